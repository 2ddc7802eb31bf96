"""Finds LibreOffice, which prints reports to PDF, and asks it to. Standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from perfbook.errors import UsageError

_PATIENCE = 300  # seconds; a cold start on a slow disk alone may take half a minute


def find_soffice() -> Path | None:
    """LibreOffice's program on this machine (Windows, macOS, Linux); None where there is none."""
    programs: list[Path] = []
    if sys.platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)"):
            if os.environ.get(variable):
                programs.append(Path(os.environ[variable]) / "LibreOffice" / "program" / "soffice.exe")
    elif sys.platform == "darwin":
        programs.append(Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"))
    else:
        programs.extend(sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True))
    for name in ("soffice", "libreoffice"):
        on_path = shutil.which(name)
        if on_path:
            programs.insert(0, Path(on_path))
    return next((program for program in programs if program.is_file()), None)


def pdf_of(document: bytes, suffix: str = ".docx") -> bytes:
    """A document as PDF, printed by LibreOffice under a profile of its own. Raises UsageError where that fails."""
    return converted(document, suffix, "pdf", "save the Word report as PDF in Word", "the Word report")


def converted(document: bytes, suffix: str, to: str, instead: str, what: str) -> bytes:
    """A document in another format (`pdf`, `ods`), made by LibreOffice under a profile of its own.

    `instead` says what to do without LibreOffice, `what` names the document. Raises UsageError where it fails.
    """
    name = f"an {to.upper()}" if to[0] in "aeio" else f"a {to.upper()}"
    program = find_soffice()
    if program is None:
        raise UsageError(
            f"{name.capitalize().replace(to, to.upper())} needs LibreOffice, which is not on this machine. "
            f"Install it, or {instead}."
        )
    with tempfile.TemporaryDirectory(prefix="perfbook", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        source = folder / f"report{suffix}"
        source.write_bytes(document)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command: list[str | Path] = [program, profile, "--headless", "--norestore", "--convert-to", to]
        command += ["--outdir", folder, source]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"LibreOffice made no {to.upper()} within {_PATIENCE} seconds. Try again.") from error
        except OSError as error:
            raise UsageError(f"LibreOffice ({program}) could not be started: {error.strerror or error}.") from error
        printed = source.with_suffix(f".{to}")
        if not printed.is_file():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            why = f": {said[-1]}" if said else ""
            raise UsageError(f"LibreOffice made no {to.upper()}{why}. Open {what} in it to see why.")
        return printed.read_bytes()
