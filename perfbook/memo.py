"""What a run answered, with all that it started from, so that the same run need not be made again.

A small file a workspace and period, for each kind of run, in the user's own cache folder and never on the share; it can
be deleted at any time. Nothing else depends on it: a memo that is missing, old or not to be trusted means a full run.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import pickle
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbook import _cache
from perfbook._code import program_state
from perfbook._files import write_whole
from perfbook.collecting.scan import limits_of, list_files, reachable
from perfbook.errors import CannotWriteError
from perfbook.framework.periods import Period
from perfbook.settings import FILE_NAME, FRAMEWORK_NAME, TEMPLATES, ZONE, Settings
from perfbook.workbook.text import file_name

if TYPE_CHECKING:
    from perfbook.records import FileRecord

# What is kept by other rooms for the same purpose is dropped with them.
KINDS = ("collect", "nights", "status", "shares")
# The findings that a screen shows again from memory: a table of very many takes as long to keep as to work out.
MOST_SHOWN = 5_000
FORMAT = 2
# Tools exist that change a file and keep its time and size; once a week nobody is believed.
OLDEST = timedelta(days=7)
# A file changed twice within one tick of the share's clock shows the same time (two seconds on some).
_SETTLED = 10.0
_INSTANT = timedelta(microseconds=1)
_PLAIN = {("collections", "OrderedDict"), ("builtins", "set"), ("builtins", "frozenset")}


@dataclass(frozen=True)
class Kept:
    """An answer of before: plain data, the exit code, and what a screen shows of it (for `shown`)."""

    answer: Mapping[str, Any]
    exit_code: int
    screen: bytes = field(default=b"", repr=False)


class Memo:
    """The place of one answer. Make it before the run looks at anything: it notes what the run starts from.

    `around` is a hash of all that, but for the record and the folder; `files` are those of the folder, each with its
    path, its size and two times. Both are empty where something may change unseen.
    """

    def __init__(self, kind: str, root: Path, settings: Settings, period: Period) -> None:
        self._root, self._settings = root, settings
        self._path = _cache.cache_file(kind, root, ".json", period.label)
        self._late = settings.due_at(period) + timedelta(days=settings.grace_days) + _INSTANT
        self._longest = min(OLDEST, timedelta(days=settings.folder.recheck))
        self.around, self.files = _start(root, settings, period, time.time())

    def recall(self, as_at: datetime) -> Kept | None:
        """What a run at `as_at` would answer, but for its moment; None where it may be something else."""
        facts = self._facts()
        if not facts or self._path is None:
            return None
        try:
            table = json.loads(self._path.read_bytes())
            since, until = datetime.fromisoformat(table["since"]), datetime.fromisoformat(table["until"])
            same = table["facts"] == facts and table["zone"] == str(as_at.tzinfo)
            if not (same and since <= as_at < min(until, since + self._longest)):
                return None
            if any(stamp_of(Path(place)) != stamp for place, stamp in table["outputs"].items()):
                return None
            return Kept(dict(table["answer"]), int(table["exit_code"]), base64.b64decode(table["screen"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None

    def keep(
        self,
        as_at: datetime,
        answer: Mapping[str, Any],
        exit_code: int,
        *,
        files: Iterable[FileRecord],
        until: datetime | None = None,
        outputs: Iterable[Path] = (),
        tables: Sequence[object] | None = (),
    ) -> None:
        """Keep the answer of a run at `as_at`; it holds until returns are late, or until `until`.

        Nothing is kept where the outcome of one of the `files` may be another in a moment, or where the run found other
        files, settings or another framework than this started from. `outputs` are
        files and folders that the run leaves: where one is something else, the answer does not hold. Without `tables`
        there is nothing for a screen.
        """
        facts, found = self._facts(), tuple(files)
        lasts = is_lasting(file.code for file in found) and self.is_about(found)
        if not facts or self._path is None or not lasts:
            self.forget()
            return
        ends = [moment for moment in (until, self._late) if moment and moment > as_at]
        kept = {
            "facts": facts,
            "zone": str(as_at.tzinfo),
            "since": as_at.isoformat(),
            "until": min(ends, default=as_at + OLDEST).isoformat(),
            "outputs": {str(path): stamp_of(path) for path in outputs},
            "answer": answer,
            "exit_code": exit_code,
            "screen": "" if tables is None else base64.b64encode(pickle.dumps(tuple(tables))).decode("ascii"),
        }
        with contextlib.suppress(CannotWriteError):
            write_whole(self._path, json.dumps(kept, ensure_ascii=True).encode("ascii"))

    def forget(self) -> None:
        """Drop what was kept."""
        _cache.forget(self._path)

    def _facts(self) -> str:
        """A hash of all that the answer depends on beside the moment and what was written; empty where it may change.

        The record is looked at only now: a run adds to it.
        """
        log = self.log_digest()
        if not self.around or not log:
            return ""
        files = hashlib.sha256(json.dumps(self.files).encode("ascii")).hexdigest()
        return f"{self.around} {files} {log}"

    def stands(self) -> bool:
        """Whether settings and framework are still what they were: somebody may have saved them just before they were
        read."""
        try:
            return bool(self.around) and _around(self._root, self._settings) == self.around
        except (OSError, _Unsettled):
            return False

    def is_about(self, files: Iterable[FileRecord]) -> bool:
        """Whether a run started from this, and found just the files that lay there before it."""
        return {file.path for file in files} == {stamp[0] for stamp in self.files} and self.stands()

    def log_digest(self) -> str:
        """A hash of the record's log as it is now; empty where there is none."""
        log = self.log()
        return hashlib.sha256(log).hexdigest() if log else ""

    def log(self) -> bytes:
        """The record's log as it is now; empty where there is none."""
        try:
            return (self._root / "archive" / "log.jsonl").read_bytes()
        except OSError:
            return b""

    def until(self, as_at: datetime) -> datetime:
        """Until when nothing becomes late that is not late at `as_at`."""
        return self._late if self._late > as_at else as_at + OLDEST

    def trusts(self, since: datetime, as_at: datetime) -> bool:
        """Whether files that were read at `since` are still believed at `as_at` to be what they seem."""
        return since <= as_at < since + self._longest


def end_of_day(as_at: datetime) -> datetime:
    """Until when an answer holds that counts days."""
    day = as_at.astimezone(ZONE) + timedelta(days=1)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def forget_all() -> None:
    """Drop every memo, of every workspace."""
    for kind in KINDS:
        _cache.forget_kind(kind)


def is_lasting(codes: Iterable[str]) -> bool:
    """Whether outcomes of files hold as long as the files do: one that could not be opened may open tomorrow."""
    from perfbook.collecting import outcomes

    passing = {
        *(outcomes.LOCKED, outcomes.VANISHED, outcomes.STILL_WRITTEN, outcomes.DISK, outcomes.NO_FOLDER),
        outcomes.PLACEHOLDER,
        # On a machine that was busier than it is tomorrow, an honest file ends so too.
        *(outcomes.TOO_SLOW, outcomes.TOO_MUCH_MEMORY, outcomes.CRASHED, outcomes.FAILED),
    }
    return not passing.intersection(codes)


def shown(screen: bytes) -> tuple[object, ...] | None:
    """What was kept for the screen; None for what is spoilt."""
    try:
        found = _ScreenOnly(io.BytesIO(screen)).load()
    except Exception:  # what is spoilt fails in any way
        return None
    return found if isinstance(found, tuple) else None


class _ScreenOnly(pickle.Unpickler):
    """Makes nothing but what rich shows on a screen."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or module.partition(".")[0] == "rich":
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is nothing to be shown")


# What a run starts from, but for the record


Stamps = tuple[tuple[str, int, int, int], ...]


def _start(root: Path, settings: Settings, period: Period, now: float) -> tuple[str, Stamps]:
    """What a run of `now` (seconds since 1970) starts from: a hash, and the files."""
    try:
        return _around(root, settings), tuple(_files(root, settings, period, now))
    except (OSError, _Unsettled):
        return "", ()


def _around(root: Path, settings: Settings) -> str:
    """A hash of all that a run starts from, but for the record and the folder."""
    seen = [
        FORMAT,
        program_state(),
        _digest_of_file(root / FILE_NAME),
        _digest_of_file(root / FRAMEWORK_NAME),
        stamp_of(root / settings.style.logo) if settings.style.logo else None,
        stamp_of(root / TEMPLATES),
        _passwords(root, settings),
    ]
    return hashlib.sha256(json.dumps(seen).encode("ascii")).hexdigest()


class _Unsettled(Exception):
    """It may be something else in a moment, and look the same."""


def _files(root: Path, settings: Settings, period: Period, now: float) -> Iterator[tuple[str, int, int, int]]:
    """The files of the period's folder, as `seen` knows them: path, size, time of the content, time of the entry."""
    folder = root / settings.returns_folder / file_name(period.label)
    for entry in list_files(folder, limits_of(settings.folder)):
        status = reachable(entry.place).stat(follow_symlinks=False)
        if status.st_mtime > now - _SETTLED:
            raise _Unsettled
        yield entry.path, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _passwords(root: Path, settings: Settings) -> object:
    """By what passwords are known: their file. One in a variable leaves no trace by which to tell it from another."""
    if settings.reading.password_variable:
        raise _Unsettled
    return stamp_of(root / settings.reading.password_file) if settings.reading.password_file else None


def _digest_of_file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def stamp_of(path: Path) -> list[Any]:
    """Size and time of change of a file; of a folder those of each file in it, by name."""
    try:
        if path.is_dir():
            return [[each.name, *stamp_of(each)] for each in sorted(path.iterdir())]
        status = path.stat()
    except OSError:
        return [-1, -1]
    return [status.st_size, status.st_mtime_ns]
