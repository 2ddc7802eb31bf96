"""What lies in the shared folder: every file listed once, its bytes read once, nothing touched.

A file is opened for reading only, and closed before anybody looks at its bytes. Listing and reading end in
one `Scanned` a file: either bytes to look into, or their hash where they are known already, or a verdict.
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

from perfbook.collecting import outcomes, placeholder
from perfbook.collecting.outcomes import Verdict, verdict
from perfbook.collecting.owner_file import SOMEBODY, is_owner_file, opened_name, read_person
from perfbook.settings import FolderSettings

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".ots"})
SYSTEM_FILES = (".*", "thumbs.db", "desktop.ini", "*.tmp", "*.crdownload", "*.partial", "*.part", "*.download")
SYSTEM_FOLDERS = (".*", "$*", "@eadir", "__macosx", "system volume information")
_ZIP = b"PK\x03\x04"
# The end of a zip is marked so; a comment of at most 65,535 bytes may follow.
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 22 + 65_535
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MEGABYTE = 1_000_000
# Windows opens longer paths, and names that end with a blank or a dot, only under this prefix.
_LONG = 240
_JUNCTION = 0xA0000003


@dataclass(frozen=True)
class Limits:
    """How far a scan goes: levels of subfolders, files, bytes a file, how often a locked file is tried, and after what
    wait (seconds).

    `ignore` are patterns of names, or with a slash of paths, that are left out, whatever their capitals. A file that is
    not whole is looked at again when its last change is `settle` seconds ago: it may still be written.
    """

    depth: int = 8
    files: int = 10_000
    size: int = 60 * _MEGABYTE
    tries: int = 3
    wait: float = 0.3
    ignore: tuple[str, ...] = ()
    settle: float = 2.0


LIMITS = Limits()


def limits_of(settings: FolderSettings) -> Limits:
    """The limits that perfbook.toml sets."""
    return Limits(
        depth=settings.levels,
        files=settings.files,
        size=settings.megabytes * _MEGABYTE,
        tries=settings.tries,
        wait=settings.wait,
        ignore=settings.ignore,
        settle=settings.settle,
    )


@dataclass(frozen=True)
class Listed:
    """One entry of the folder. `path` is relative, with forward slashes, in one Unicode form, and fit to be shown.

    `person` has it open, by the owner file beside it.
    """

    path: str
    place: Path
    verdict: Verdict | None = None
    person: str = ""


@dataclass(frozen=True)
class Scanned:
    """One file: its bytes, or the verdict that says why there are none. `modified` is aware.

    `stamp` is by what an unchanged file is known (see `Stamp`). A file that is known has no bytes, but `sha256`.
    """

    path: str
    data: bytes = b""
    modified: datetime | None = None
    verdict: Verdict | None = None
    stamp: Stamp | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Stamp:
    """Size in bytes, and times of change of the content and of the entry (ns): what says that a file is unchanged."""

    size: int
    modified: int
    changed: int


def list_files(folder: Path, limits: Limits = LIMITS) -> tuple[Listed, ...]:
    """Every file below a folder, in the order of its paths; symbolic links are listed and not followed."""
    found: list[tuple[tuple[str, str, str], str, Path, Verdict | None]] = []
    persons: dict[Path, str] = {}
    for count, (parts, place, judged) in enumerate(_walk(folder, (), limits)):
        path = _shown("/".join(parts))
        full = count >= limits.files
        if full:
            judged = verdict(outcomes.TOO_MANY, limit=limits.files)
        elif judged and judged.code == outcomes.LOCK_FILE:
            other, person = opened_name(place.name), read_person(reachable(place))
            persons[place.with_name(other)] = person
            judged = verdict(outcomes.LOCK_FILE, other=_shown(other), person=person or SOMEBODY)
        found.append(((path.casefold(), path, "/".join(parts)), path, place, judged))
        if full:
            break
    listed: list[Listed] = []
    taken: dict[str, int] = {}
    for _, path, place, judged in sorted(found, key=lambda item: item[0]):
        # Two names that differ only in their Unicode form are two files all the same.
        taken[path] = taken.get(path, 0) + 1
        name = path if taken[path] == 1 else f"{path} [{taken[path]}]"
        listed.append(Listed(name, place, judged, persons.get(place, "")))
    return tuple(listed)


def read_listed(
    listed: Listed,
    zone: tzinfo,
    limits: Limits = LIMITS,
    sleep: Callable[[float], None] = time.sleep,
    *,
    known: Callable[[str, Stamp], str] | None = None,
    clock: Callable[[], float] = time.time,
) -> Scanned:
    """The bytes of a listed file, read once. Any trouble becomes a verdict on this file.

    `known` answers the SHA-256 of an unchanged file by its path and stamp, or nothing; such a file is not read. `clock`
    tells the seconds since 1970.
    """
    if listed.verdict:
        return Scanned(listed.path, verdict=listed.verdict, modified=_modified_of(listed.place, zone))
    for attempt in range(limits.tries):
        if attempt:
            sleep(limits.wait)
        try:
            return _read(listed, zone, limits, sleep, known, clock)
        except (FileNotFoundError, NotADirectoryError):
            return Scanned(listed.path, verdict=verdict(outcomes.VANISHED))
        except PermissionError:
            continue
        except OSError as error:
            refused = verdict(outcomes.DISK, cause=error.strerror or type(error).__name__)
            return Scanned(listed.path, verdict=refused, modified=_modified_of(listed.place, zone))
    return Scanned(listed.path, verdict=outcomes.locked(listed.person), modified=_modified_of(listed.place, zone))


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
        left_out = _left_out(parts, limits.ignore)
        if left_out:
            yield parts, place, verdict(outcomes.LEFT_OUT, pattern=left_out)
        elif _is_link(entry):
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
    name = unicodedata.normalize("NFC", entry.name)
    other = placeholder.stub_of(name)
    if other and _is_workbook(other):
        return verdict(outcomes.PLACEHOLDER, other=_shown(other))
    if not is_owner_file(name) and _matches(name, SYSTEM_FILES):
        return verdict(outcomes.SYSTEM_FILE)
    try:
        # Opening a pipe would wait for ever.
        if not entry.is_file(follow_symlinks=False):
            return verdict(outcomes.SPECIAL)
        if not is_owner_file(name):
            return None
    except OSError:
        return None
    return verdict(outcomes.LOCK_FILE, other=_shown(opened_name(name)), person=SOMEBODY)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern) for pattern in patterns)


def _left_out(parts: tuple[str, ...], patterns: tuple[str, ...]) -> str:
    """The pattern by which an entry is left out: one with a slash is compared with its path, others with its name."""
    path = unicodedata.normalize("NFC", "/".join(parts)).casefold()
    for pattern in patterns:
        plain = unicodedata.normalize("NFC", pattern).casefold().strip("/")
        if fnmatchcase(path if "/" in plain else path.rpartition("/")[2], plain):
            return pattern
    return ""


def _is_workbook(path: str) -> bool:
    return PurePosixPath(path.strip().casefold()).suffix in WORKBOOKS


def _read(
    listed: Listed,
    zone: tzinfo,
    limits: Limits,
    sleep: Callable[[float], None],
    known: Callable[[str, Stamp], str] | None,
    clock: Callable[[], float],
) -> Scanned:
    place = reachable(listed.place)
    before = place.stat(follow_symlinks=False)
    modified = _time(before.st_mtime, zone)
    workbook = _is_workbook(listed.path)
    if placeholder.is_placeholder(before):
        # Opening it would start a download, and wait for it.
        judged = verdict(outcomes.PLACEHOLDER, other=PurePosixPath(listed.path).name)
        return Scanned(listed.path, modified=modified, verdict=judged if workbook else verdict(outcomes.NOT_A_WORKBOOK))
    if not before.st_size and workbook:
        _let_settle(before, limits, sleep, clock)
        changed = _differs(place, before)
        return Scanned(
            listed.path, modified=modified, verdict=verdict(outcomes.STILL_WRITTEN if changed else outcomes.EMPTY)
        )
    if before.st_size > limits.size and workbook:
        refused = verdict(
            outcomes.TOO_LARGE, size=f"{before.st_size / _MEGABYTE:.0f}", limit=f"{limits.size / _MEGABYTE:.0f}"
        )
        return Scanned(listed.path, modified=modified, verdict=refused)
    stamp = Stamp(before.st_size, before.st_mtime_ns, before.st_ctime_ns)
    digest = known(listed.path, stamp) if known else ""
    if digest:
        return Scanned(listed.path, modified=modified, stamp=stamp, sha256=digest)
    with place.open("rb") as file:
        data = file.read(len(_ZIP))
        if workbook or (data == _ZIP and before.st_size <= limits.size):
            # One byte more than there should be shows a file that grows.
            data += file.read(max(before.st_size, 1))
    if not workbook and not _holds_workbook(data):
        return Scanned(listed.path, modified=modified, verdict=verdict(outcomes.NOT_A_WORKBOOK))
    hollow = not data.strip(b"\0")
    if hollow or _is_cut_off(data):
        # A sync client or a slow copy may be at work; a workbook that is whole is taken at once.
        _let_settle(before, limits, sleep, clock)
    if _differs(place, before) or len(data) != before.st_size:
        return Scanned(listed.path, modified=modified, verdict=verdict(outcomes.STILL_WRITTEN))
    if hollow:
        judged = verdict(outcomes.HOLLOW, size=f"{len(data):,}")
        return Scanned(listed.path, modified=modified, verdict=judged)
    return Scanned(listed.path, data, modified, stamp=stamp)


def _let_settle(
    status: os.stat_result, limits: Limits, sleep: Callable[[float], None], clock: Callable[[], float]
) -> None:
    """Wait until the last change of a file is a while ago; one in the future tells nothing."""
    age = clock() - status.st_mtime
    if 0 <= age < limits.settle:
        sleep(limits.settle - age)


def _differs(place: Path, before: os.stat_result) -> bool:
    after = place.stat(follow_symlinks=False)
    return (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def _is_cut_off(data: bytes) -> bool:
    """Whether bytes are the beginning of a package without its end."""
    return data.startswith(_ZIP) and _ZIP_END not in data[-_ZIP_TAIL:]


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
