"""What is wrong with this machine or workspace: each thing that perfbook needs, looked at, with what to do.

Nothing is changed: a file that is written to try a folder is deleted at once, and mail is not sent.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from perfbook import __version__, _cache
from perfbook._office import find_soffice
from perfbook.chasing.post import Post
from perfbook.errors import FrameworkError, PerfbookError
from perfbook.settings import FILE_NAME, ZONE
from perfbook.styling import GRAPHICS, StyleSettings, pale_bands
from perfbook.workspace import Workspace, open_workspace

Verdict = Literal["ok", "to do", "if wanted"]
# Excel opens no path beyond this; Windows knows 259 without long paths.
LONGEST_EXCEL, LONGEST_WINDOWS = 218, 259
_LEAST_ROOM, _MOST_CLOCK = 500_000_000, 120.0
_FONTS = ("Calibri", "Carlito")
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*>=\s*(?P<least>[0-9.]+)")


@dataclass(frozen=True)
class Line:
    """One thing that was looked at. `if wanted`: missing, but needed for one purpose only, which `remedy` names."""

    what: str
    verdict: Verdict
    found: str
    remedy: str = ""


def examine(path: str | os.PathLike[str]) -> tuple[Line, ...]:
    """Look at the machine, then at the workspace at `path`, where there is one."""
    lines = [*_machine()]
    try:
        workspace = open_workspace(path)
    except PerfbookError as error:
        return (*lines, Line("Workspace", "to do", str(error), "Put it right and run perfbook doctor again."))
    lines.append(
        Line("Workspace", "ok", f"{workspace.root}, {workspace.settings.council}, {workspace.settings.period}")
    )
    for look in (_framework, _style, _folders, _lengths, _clock, _archive, _mail):
        try:
            lines += look(workspace)
        except (PerfbookError, OSError) as error:
            name = look.__name__.strip("_").capitalize()
            lines.append(Line(name, "to do", " ".join(str(error).split()), "Put it right and run it again."))
    return tuple(lines)


# --- The machine ------------------------------------------------------------------------------------------------------


def _machine() -> Iterator[Line]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Line("Versions", "ok", f"perfbook {__version__}, Python {version}")
    yield from _packages()
    soffice = find_soffice()
    if soffice:
        yield Line("LibreOffice", "ok", str(soffice))
    else:
        yield Line("LibreOffice", "if wanted", "not found", "Install it for reports as PDF and public copies as ODS.")
    yield _excel()
    yield from _fonts()
    folder = _cache.cache_folder()
    if folder is None:
        yield Line(
            "Cache folder", "if wanted", "this account has none", "Give the account a home folder: nights get faster."
        )
    else:
        problem = _write_problem(folder)
        remedy = "Give this account the right to write there: nights get faster."
        yield Line("Cache folder", "if wanted" if problem else "ok", problem or str(folder), remedy if problem else "")


def _packages() -> Iterator[Line]:
    """Packages that are older than perfbook needs; those of extras are left out."""
    for text in importlib.metadata.requires("perfbook") or ():
        match = _REQUIREMENT.match(text)
        if match is None or "extra ==" in text:
            continue
        try:
            there = importlib.metadata.version(match["name"])
        except importlib.metadata.PackageNotFoundError:
            yield Line("Packages", "to do", f"{match['name']} is not installed", "Install perfbook again.")
            continue
        if _numbers(there) < _numbers(match["least"]):
            found = f"{match['name']} is {there}, but {match['least']} is needed"
            yield Line("Packages", "to do", found, f"pip install --upgrade {match['name']}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _excel() -> Line:
    purpose = "Needed for perfbook excel only, on Windows or a Mac."
    if platform.system() not in ("Windows", "Darwin"):
        return Line("Excel", "if wanted", "there is none for this system", purpose)
    if importlib.util.find_spec("xlwings") is None:
        return Line("Excel", "if wanted", "xlwings is not installed", f"pip install xlwings. {purpose}")
    return Line("Excel", "ok", "xlwings is installed")


def _fonts() -> Iterator[Line]:
    """Calibri, or Carlito with the same widths; looked for where LibreOffice would."""
    lister = shutil.which("fc-list")
    if lister is None:
        return
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        listed = subprocess.run([lister, ":", "family"], capture_output=True, timeout=60, check=False).stdout.decode(
            "utf-8", "replace"
        )
        there = [font for font in _FONTS if font in listed]
        if there:
            yield Line("Fonts", "ok", " and ".join(there))
        else:
            remedy = "Install Carlito (fonts-crosextra-carlito) for PDFs that break lines as Word does."
            yield Line("Fonts", "if wanted", "neither Calibri nor Carlito", remedy)


# --- The workspace ----------------------------------------------------------------------------------------------------


def _framework(workspace: Workspace) -> Iterator[Line]:
    try:
        framework = workspace.framework
    except FrameworkError as error:
        count, first = len(error.problems), error.problems[0]
        found = f"{count} mistake{'' if count == 1 else 's'}, the first: {first}"
        yield Line("Framework", "to do", found, "Put framework.xlsx right; perfbook generate lists all of them.")
        return
    expected = framework.expected(workspace.settings.period)
    yield Line("Framework", "ok", f"{len(framework.measures)} measures, {len(expected)} returns")
    if not expected:
        yield Line("Framework", "to do", "no return is expected in this period", "Check First and Last period.")
    silent = [d.name for d in framework.directorates if d.key in expected and not d.email]
    if silent:
        remedy = "Fill in E-mail on the sheet Directorates to chase them."
        yield Line("Addresses", "if wanted", f"none for {', '.join(silent)}", remedy)


def _style(workspace: Workspace) -> Iterator[Line]:
    """The house style, whose contrasts were checked when it was read, and the colours of bands."""
    house, settings = workspace.house, workspace.settings.style
    if settings == StyleSettings():
        yield Line("House style", "ok", "the usual one")
    else:
        yield Line("House style", "ok", f"contrasts as WCAG 2.2 AA wants them, {house.font}")
    for band, ratio, better in pale_bands(workspace.framework, house):
        found = f"{band.word} is {band.colour}: {ratio:.1f} : 1 on white, where a symbol needs {GRAPHICS:g} : 1"
        remedy = f"perfbook darkens it where it writes it. The nearest that passes is {better} (sheet Schemes)."
        yield Line("Colours of bands", "if wanted", found, remedy)


def _folders(workspace: Workspace) -> Iterator[Line]:
    period = workspace.settings.period
    returns = workspace.returns_folder(period)
    if not returns.is_dir():
        remedy = f"Run perfbook generate, or put returns.folder in {FILE_NAME} right. Name shares by their UNC path."
        yield Line("Returns folder", "to do", f"{returns} is not there", remedy)
    else:
        count = sum(1 for _ in returns.iterdir())
        yield Line("Returns folder", "ok", f"{returns}, {count} file{'' if count == 1 else 's'}")
    for what, folder in (("Archive", workspace.root / "archive"), ("Outputs", workspace.outputs_folder(period))):
        problem = _write_problem(folder)
        remedy = "Give the account that runs perfbook the right to write there."
        yield Line(f"{what} folder", "to do" if problem else "ok", problem or str(folder), remedy if problem else "")
    room = shutil.disk_usage(workspace.root).free
    if room < _LEAST_ROOM:
        yield Line("Room", "to do", f"{room // 1_000_000} MB are free", "Make room on the disk of the workspace.")
    else:
        yield Line("Room", "ok", f"{room // 1_000_000_000:,} GB free")


def _write_problem(folder: Path) -> str:
    """Why a file cannot be written into a folder, or into the one that it will be made in; empty where it can."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.NamedTemporaryFile(prefix=".~perfbook", dir=place) as file:
            file.write(b"perfbook")
    except OSError as error:
        return f"{place} cannot be written: {error.strerror or error}"
    return ""


def _lengths(workspace: Workspace) -> Iterator[Line]:
    """Paths that Excel does not open. Those of the returns may be longer where managers see them."""
    period = workspace.settings.period
    folders = (workspace.outputs_folder(period), workspace.returns_folder(period))
    paths = [str(path) for folder in folders if folder.is_dir() for path in folder.rglob("*.xls*")]
    longest = max([*paths, str(workspace.scorecard_path(period))], key=len)
    if len(longest) > LONGEST_EXCEL:
        limit = f"Excel opens {LONGEST_EXCEL} at most, Windows {LONGEST_WINDOWS}."
        remedy = f"Move the workspace or the returns to a folder with a shorter path. {limit}"
        yield Line("Path lengths", "to do", f"{len(longest)} characters: {longest}", remedy)
    else:
        yield Line("Path lengths", "ok", f"{len(longest)} characters at most")


def _clock(workspace: Workspace) -> Iterator[Line]:
    """The clock of the share beside this machine's: lateness is told by the times of files."""
    with tempfile.NamedTemporaryFile(prefix=".~perfbook", dir=workspace.root) as file:
        before = time.time()
        file.write(b"perfbook")
        file.flush()
        there = Path(file.name).stat().st_mtime
        after = time.time()
    apart = there - after if there > after else before - there if there < before else 0.0
    if apart > _MOST_CLOCK:
        found = f"the workspace's disk and this machine are {apart:.0f} s apart"
        yield Line("Clock", "to do", found, "Set both clocks by the same time server: lateness hangs on them.")
    else:
        yield Line("Clock", "ok", f"{ZONE.key}, {time.strftime('%d.%m.%Y %H:%M')} on this machine")


def _archive(workspace: Workspace) -> Iterator[Line]:
    events = workspace.archive.events()
    yield Line("Archive", "ok", f"{len(events)} events; perfbook archive verify reads all of it")


def _mail(workspace: Workspace) -> Iterator[Line]:
    """The mail server is logged in to and left again."""
    mail = workspace.settings.mail
    if not mail.host:
        remedy = f"Write the section [mail] of {FILE_NAME} for perfbook chase --send."
        yield Line("Mail", "if wanted", "no server is configured", remedy)
        return
    try:
        with Post(mail) as post:
            post.open()
    except PerfbookError as error:
        yield Line("Mail", "to do", str(error), f"Check the section [mail] of {FILE_NAME} and the password.")
        return
    yield Line("Mail", "ok", f"{mail.host}:{mail.port} takes mail from {mail.sender}")
