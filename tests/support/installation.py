"""Finds LibreOffice and what else the tests need of the system: the only place that knows the three systems.

Run as a program (bootstrap.py does), it prints the name of each thing that this machine lacks, one a line.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from perfbook._office import find_soffice

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FONTS = ("DejaVu Sans", "Liberation Sans", "Carlito")


@dataclass(frozen=True)
class Installation:
    """The program, and a Python that has its `uno` module; None where not found."""

    soffice: Path | None
    python: Path | None


@cache
def find_installation() -> Installation:
    """Return where LibreOffice is on this machine (Windows, macOS, Linux)."""
    soffice = find_soffice()
    pythons: list[Path] = []
    if soffice is not None:
        home = soffice.resolve().parent
        pythons += [home / "python.exe", home / "python", home.parent / "Resources" / "python"]
    if sys.platform != "win32":
        pythons.append(Path("/usr/bin/python3"))
    pythons.append(Path(sys.executable))
    python = next((found for found in pythons if found.is_file() and _has_uno(found)), None)
    return Installation(soffice, python)


def _has_uno(python: Path) -> bool:
    try:
        done = subprocess.run([python, "-c", "import uno"], capture_output=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def missing_tools() -> list[str]:
    """Return what the tests need and this machine lacks, in words for a person; empty if all is there."""
    found = find_installation()
    missing = []
    if found.soffice is None:
        missing.append("LibreOffice")
    if found.python is None:
        missing.append("the Python module uno of LibreOffice")
    if not any(map(shutil.which, BROWSERS)):
        missing.append("Chromium")
    if shutil.which("pdftoppm") is None:
        missing.append("pdftoppm of poppler-utils")
    if sys.platform.startswith("linux"):
        if shutil.which("systemd-analyze") is None:
            missing.append("systemd-analyze of systemd")
        lister = shutil.which("fc-list")
        listed = "" if lister is None else subprocess.run([lister], capture_output=True, text=True, check=False).stdout
        missing += [f"the font {font}" for font in FONTS if font not in listed]
    return missing


if __name__ == "__main__":
    print("\n".join(missing_tools()))
