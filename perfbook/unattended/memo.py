"""What the last night saw, so that a night in which nothing changed need not read everything again.

A small JSON file a period in the user's own cache folder, never on the share; it can be deleted at any time. Nothing
else depends on it: a memo that is missing, old or not to be trusted means a full night.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from perfbook import __version__
from perfbook._cache import cache_folder
from perfbook._files import write_whole
from perfbook.collecting.scan import list_files, reachable
from perfbook.errors import CannotWriteError
from perfbook.framework.periods import Period

FORMAT = 1
# Tools exist that change a file and keep its time and size; once a week nobody is believed.
OLDEST = timedelta(days=7)
# A file changed twice within one tick of the share's clock shows the same time (two seconds on some).
_SETTLED = 10.0
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Memo:
    """A night that was read in full: what it saw (`facts`), what it wrote, and what it found.

    `as_at` is that night's moment, `deadline` the one after which open returns are overdue, both ISO. `outputs` are
    paths with size and modification time (ns).
    """

    facts: str
    as_at: str
    deadline: str
    outputs: Mapping[str, tuple[str, int, int]]
    account: Mapping[str, Any]
    exit_code: int

    def still_holds(self, facts: str, as_at: datetime) -> bool:
        """Whether a night at `as_at` that sees `facts` would find and write the same, lateness included."""
        then, deadline = datetime.fromisoformat(self.as_at), datetime.fromisoformat(self.deadline)
        return (
            bool(facts)
            and facts == self.facts
            and timedelta(0) <= as_at - then < OLDEST
            and (then > deadline) == (as_at > deadline)
            and all(_stamp(Path(path)) == (size, changed) for path, size, changed in self.outputs.values())
        )


def sight(root: Path, folder: Path, now: float) -> str:
    """A digest of what a night starts from: settings, framework, the files of the folder; empty where it may not last.

    `now` is the time in seconds since 1970: a file that was changed just now may change again unseen. Take it before
    the files are read, so that one that changes meanwhile looks different the next time.
    """
    try:
        seen: list[object] = [FORMAT, __version__, _code()]
        for path in (root / "perfbook.toml", root / "framework.xlsx"):
            seen.append(hashlib.sha256(path.read_bytes()).hexdigest())
        for entry in list_files(folder):
            status = reachable(entry.place).stat(follow_symlinks=False)
            if status.st_mtime > now - _SETTLED:
                return ""
            seen.append([entry.path, status.st_size, status.st_mtime_ns, status.st_ctime_ns])
    except OSError:
        return ""
    return hashlib.sha256(json.dumps(seen).encode("ascii")).hexdigest()


def facts(root: Path, seen: str) -> str:
    """A digest of all that a night depends on beside the moment: what it saw, and the archive's log as it is now."""
    try:
        log = hashlib.sha256((root / "archive" / "log.jsonl").read_bytes()).hexdigest()
    except OSError:
        return ""
    return f"{seen}:{log}" if seen else ""


def read(root: Path, period: Period) -> Memo | None:
    """The memo of a period, None where there is none that can be used."""
    path = _path(root, period)
    if path is None:
        return None
    try:
        table = json.loads(path.read_bytes())
        outputs = {name: (str(place), int(size), int(at)) for name, (place, size, at) in table["outputs"].items()}
        for moment in ("as_at", "deadline"):
            if datetime.fromisoformat(table[moment]).tzinfo is None:
                return None
        return Memo(
            facts=str(table["facts"]),
            as_at=table["as_at"],
            deadline=table["deadline"],
            outputs=outputs,
            account=dict(table["account"]),
            exit_code=int(table["exit_code"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write(root: Path, period: Period, memo: Memo) -> None:
    """Keep a memo. Where that is not possible the next night is a full one, and no harm is done."""
    path = _path(root, period)
    if path:
        with contextlib.suppress(CannotWriteError):
            write_whole(path, json.dumps(asdict(memo), ensure_ascii=True).encode("ascii"))


def forget(root: Path, period: Period) -> None:
    """Drop the memo of a period."""
    path = _path(root, period)
    if path:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def stamped(outputs: Mapping[str, Path]) -> dict[str, tuple[str, int, int]]:
    """Outputs as a memo keeps them."""
    return {name: (str(path), *_stamp(path)) for name, path in outputs.items()}


def is_lasting(codes: Iterable[str]) -> bool:
    """Whether outcomes of files hold as long as the files do: one that could not be opened may open tomorrow."""
    from perfbook.collecting import outcomes

    passing = {
        *(outcomes.LOCKED, outcomes.VANISHED, outcomes.STILL_WRITTEN, outcomes.DISK, outcomes.NO_FOLDER),
        outcomes.PLACEHOLDER,
        # On a machine that was busier than it is tomorrow, an honest file ends so too.
        *(outcomes.TOO_SLOW, outcomes.TOO_MUCH_MEMORY, outcomes.CRASHED),
    }
    return not passing.intersection(codes)


def _path(root: Path, period: Period) -> Path | None:
    folder = cache_folder()
    name = hashlib.sha256(f"{root.resolve()}\n{period.label}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return folder / "nights" / f"{name}.json" if folder else None


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return -1, -1
    return status.st_size, status.st_mtime_ns


def _code() -> int:
    """When perfbook itself last changed: an update reads everything again."""
    return max((path.stat().st_mtime_ns for path in _PACKAGE.rglob("*.py")), default=0)
