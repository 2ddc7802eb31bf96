"""What lies in the shared folder: every file listed once, its bytes read once, nothing touched.

A file is opened for reading only, and closed before anybody looks at its bytes. Listing and reading end in
one `Scanned` a file: either bytes to look into, or a verdict already.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from perfbook.collecting import outcomes
from perfbook.collecting.outcomes import Verdict, verdict

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".ots"})
SYSTEM_FILES = (".*", "thumbs.db", "desktop.ini", "*.tmp", "*.crdownload", "*.partial", "*.part", "*.download")
SYSTEM_FOLDERS = (".*", "$*", "@eadir", "__macosx", "system volume information")
_LOCK_PREFIXES = ("~$", ".~lock.")
_ZIP = b"PK\x03\x04"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MEGABYTE = 1_000_000
# Windows opens longer paths, and names that end with a blank or a dot, only under this prefix.
_LONG = 240
_JUNCTION = 0xA0000003


@dataclass(frozen=True)
class Limits:
    """How far a scan goes: levels of subfolders, files, bytes a file, and how often a locked file is tried."""

    depth: int = 8
    files: int = 10_000
    size: int = 60 * _MEGABYTE
    tries: int = 3
    wait: float = 0.3


LIMITS = Limits()


@dataclass(frozen=True)
class Listed:
    """One entry of the folder. `path` is relative, with forward slashes, in one Unicode form, and fit to be shown."""

    path: str
    place: Path
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Scanned:
    """One file: its bytes, or the verdict that says why there are none. `modified` is aware."""

    path: str
    data: bytes = b""
    modified: datetime | None = None
    verdict: Verdict | None = None


def list_files(folder: Path, limits: Limits = LIMITS) -> tuple[Listed, ...]:
    """Every file below a folder, in the order of its paths; symbolic links are listed and not followed."""
    found: list[tuple[tuple[str, str, str], str, Path, Verdict | None]] = []
    for count, (parts, place, judged) in enumerate(_walk(folder, (), limits)):
        path = _shown("/".join(parts))
        full = count >= limits.files
        if full:
            judged = verdict(outcomes.TOO_MANY, limit=limits.files)
        found.append(((path.casefold(), path, "/".join(parts)), path, place, judged))
        if full:
            break
    listed: list[Listed] = []
    taken: dict[str, int] = {}
    for _, path, place, judged in sorted(found, key=lambda item: item[0]):
        # Two names that differ only in their Unicode form are two files all the same.
        taken[path] = taken.get(path, 0) + 1
        name = path if taken[path] == 1 else f"{path} [{taken[path]}]"
        listed.append(Listed(name, place, judged))
    return tuple(listed)


def read_listed(
    listed: Listed,
    zone: tzinfo,
    limits: Limits = LIMITS,
    sleep: Callable[[float], None] = time.sleep,
) -> Scanned:
    """The bytes of a listed file, read once. Any trouble becomes a verdict on this file."""
    if listed.verdict:
        return Scanned(listed.path, verdict=listed.verdict, modified=_modified_of(listed.place, zone))
    for attempt in range(limits.tries):
        if attempt:
            sleep(limits.wait)
        try:
            return _read(listed, zone, limits)
        except (FileNotFoundError, NotADirectoryError):
            return Scanned(listed.path, verdict=verdict(outcomes.VANISHED))
        except PermissionError:
            continue
        except OSError as error:
            refused = verdict(outcomes.DISK, cause=error.strerror or type(error).__name__)
            return Scanned(listed.path, verdict=refused, modified=_modified_of(listed.place, zone))
    refused = verdict(outcomes.LOCKED)
    return Scanned(listed.path, verdict=refused, modified=_modified_of(listed.place, zone))


def reachable(path: Path) -> Path:
    """The path as the system can open it (see `_LONG`)."""
    text = str(path)
    if os.name != "nt" or text.startswith("\\\\?\\") or not (len(text) >= _LONG or text.endswith((" ", "."))):
        return path
    # Not Path.absolute(): it keeps what the prefix does not understand, forward slashes and "..".
    text = os.path.abspath(text)  # noqa: PTH100
    return Path(f"\\\\?\\UNC\\{text[2:]}" if text.startswith("\\\\") else f"\\\\?\\{text}")


def _walk(
    folder: Path, above: tuple[str, ...], limits: Limits
) -> Iterator[tuple[tuple[str, ...], Path, Verdict | None]]:
    try:
        with os.scandir(reachable(folder)) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        if not above:
            raise
        yield above, folder, verdict(outcomes.NO_FOLDER, cause=error.strerror or type(error).__name__)
        return
    for entry in entries:
        parts, place = (*above, entry.name), folder / entry.name
        if _is_link(entry):
            yield parts, place, verdict(outcomes.LINK)
        elif entry.is_dir(follow_symlinks=False):
            if _matches(entry.name, SYSTEM_FOLDERS):
                yield parts, place, verdict(outcomes.SYSTEM_FILE)
            elif len(parts) > limits.depth:
                yield parts, place, verdict(outcomes.TOO_DEEP, limit=limits.depth)
            else:
                yield from _walk(place, parts, limits)
        else:
            yield parts, place, _by_name(entry)


def _is_link(entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink():
        return True
    if os.name != "nt":
        return False
    # A junction is a link too; cloud placeholders are reparse points of another kind, and files.
    try:
        return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION
    except OSError:
        return False


def _by_name(entry: os.DirEntry[str]) -> Verdict | None:
    name = unicodedata.normalize("NFC", entry.name).casefold()
    if name.startswith(_LOCK_PREFIXES):
        other = entry.name[2:] if name.startswith("~$") else entry.name.removeprefix(".~lock.").removesuffix("#")
        return verdict(outcomes.LOCK_FILE, other=_shown(other))
    if _matches(name, SYSTEM_FILES):
        return verdict(outcomes.SYSTEM_FILE)
    try:
        # Opening a pipe would wait for ever.
        return None if entry.is_file(follow_symlinks=False) else verdict(outcomes.SPECIAL)
    except OSError:
        return None


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern) for pattern in patterns)


def _read(listed: Listed, zone: tzinfo, limits: Limits) -> Scanned:
    place = reachable(listed.place)
    before = place.stat(follow_symlinks=False)
    modified = _time(before.st_mtime, zone)
    workbook = PurePosixPath(listed.path.strip().casefold()).suffix in WORKBOOKS
    if not before.st_size and workbook:
        return Scanned(listed.path, modified=modified, verdict=verdict(outcomes.EMPTY))
    if before.st_size > limits.size and workbook:
        refused = verdict(
            outcomes.TOO_LARGE, size=f"{before.st_size / _MEGABYTE:.0f}", limit=f"{limits.size / _MEGABYTE:.0f}"
        )
        return Scanned(listed.path, modified=modified, verdict=refused)
    with place.open("rb") as file:
        data = file.read(len(_ZIP))
        if workbook or (data == _ZIP and before.st_size <= limits.size):
            # One byte more than there should be shows a file that grows.
            data += file.read(max(before.st_size, 1))
    after = place.stat(follow_symlinks=False)
    if not workbook and not _holds_workbook(data):
        return Scanned(listed.path, modified=modified, verdict=verdict(outcomes.NOT_A_WORKBOOK))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != before.st_size:
        return Scanned(listed.path, modified=modified, verdict=verdict(outcomes.STILL_WRITTEN))
    return Scanned(listed.path, data, modified)


def _holds_workbook(data: bytes) -> bool:
    """Whether bytes are a workbook whatever the file is called; the names of a zip's parts stand in it as they are."""
    return data.startswith(_ZIP) and b"xl/workbook" in data


def _shown(path: str) -> str:
    """A path in one Unicode form, without what no workbook and no terminal can show."""
    return _CONTROL.sub("\ufffd", unicodedata.normalize("NFC", path))


def _modified_of(place: Path, zone: tzinfo) -> datetime | None:
    try:
        return _time(reachable(place).stat(follow_symlinks=False).st_mtime, zone)
    except OSError:
        return None


def _time(stamp: float, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(stamp, zone)
    except (ValueError, OverflowError, OSError):
        return None
