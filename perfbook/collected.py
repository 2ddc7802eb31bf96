"""What `perfbook collect` answers: worked out, or as it was remembered where a run would find and write the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbook._lock import held
from perfbook.collecting import outcomes
from perfbook.collecting.archive import Archive, Event
from perfbook.collecting.outcomes import Verdict, verdict
from perfbook.collecting.versions import when
from perfbook.framework.periods import Period
from perfbook.memo import MOST_SHOWN, Memo, end_of_day, shown
from perfbook.records import FileRecord
from perfbook.settings import FILE_NAME, ZONE, read_settings

if TYPE_CHECKING:
    from perfbook.consolidation import Consolidation
    from perfbook.workspace import Progress, Workspace

# What is logged once: a run that follows finds the same bytes and refuses the same files, and knows the adjustments.
_LOGGED_ONCE = ("received", "rejected", "ignored", "adjusted")
_FIRST_TIME = (outcomes.ACCEPTED, outcomes.NEW_VERSION)


@dataclass(frozen=True)
class Told:
    """The answer of `--json`, what a screen shows, and the exit code; `is_remembered` where nothing was worked out.

    There are no `tables` where no screen was asked for.
    """

    answer: dict[str, Any]
    tables: tuple[object, ...]
    exit_code: int
    is_remembered: bool = False


def collect_told(
    root: Path,
    opened: Callable[[], AbstractContextManager[Workspace]],
    *,
    period: str | None = None,
    as_at: datetime | None = None,
    progress: Progress | None = None,
    screen: bool = True,
) -> Told:
    """Collect a period of the workspace at `root`, which `opened` opens where there is something to do.

    What a `screen` shows of very many findings is worked out each time; the answer of `--json` is not.
    Raises as `Workspace.collect` does.
    """
    settings = read_settings(root / FILE_NAME)
    chosen = settings.period if period is None else settings.parse_period(period)
    now = as_at or datetime.now(ZONE)
    with held(root, together=True):
        memo = Memo("collect", root, settings, chosen)
        known = memo.recall(now)
        tables = (shown(known.screen) if screen else ()) if known else None
        if known and tables is not None:
            # What is lost from the record is said, though nothing changed in the folder.
            Archive(root / "archive").demand()
            return Told(dict(known.answer) | {"as_at": now.isoformat()}, tables, known.exit_code, is_remembered=True)
        with opened() as workspace:
            done = _collected(workspace, memo, chosen, now, progress, screen=screen)
    return told_of(done, screen=screen)


def _collected(
    workspace: Workspace, memo: Memo, period: Period, now: datetime, progress: Progress | None, *, screen: bool
) -> Consolidation:
    """A collection, and what it leaves for the next one."""
    from perfbook.folding.fold import fold
    from perfbook.folding.keep import keep

    before = len(workspace.archive.events())
    folded = fold(workspace, memo, period, now, progress, screen=screen)
    done = folded.done if folded else workspace.converse(period=period, as_at=now, progress=progress)
    next_time = _next_time(done, workspace.archive.events(), before) if memo.is_about(done.quarter.files) else None
    books = workspace.feedback_folder(period)
    keep(workspace.root, memo, period, now, done, next_time, folded, books)
    if next_time is None:
        memo.forget()
        return done
    few = done.account.found <= MOST_SHOWN and (folded is None or folded.has_all)
    told = told_of(next_time, screen=few)
    memo.keep(
        *(now, told.answer, told.exit_code),
        files=next_time.quarter.files,
        until=end_of_day(now),
        outputs=[books],
        tables=told.tables if few else None,
    )
    return done


def told_of(done: Consolidation, *, screen: bool) -> Told:
    """What is told of a collection."""
    from perfbook import _show

    if not screen:
        return Told(done.as_json(), (), done.account.exit_code)
    quarter, headline = done.quarter, _show.headline(done.account)
    tables = _show.files(quarter), _show.findings(quarter), _show.returns(quarter), headline
    return Told(done.as_json(), (*tables, _show.feedback(done.feedback)), done.account.exit_code)


def _next_time(done: Consolidation, events: tuple[Event, ...], before: int) -> Consolidation | None:
    """What a run right after this one would find; None where that is not known for certain, or another may follow.

    It finds the same but for the returns that came new: they are as they were read. `before` is how many of the events
    there were before this run.
    """
    now, new = done.quarter.as_at, events[before:]
    if any(event.at > now for event in events):
        return None  # the state as it was earlier: what is said of later events depends on the moment
    accepted = {event.data["path"]: event for event in new if event.kind == "accepted"}
    plain = all(event.data["code"] in _FIRST_TIME for event in accepted.values())
    if not plain or any(event.kind not in (*_LOGGED_ONCE, "accepted") for event in new):
        return None
    names = {each.key: each.name for each in done.quarter.framework.directorates}
    if any(event.data["directorate"] not in names for event in accepted.values()):
        return None
    files = tuple(
        _as_it_was(file, accepted[file.path], names, now) if file.path in accepted else file
        for file in done.quarter.files
    )
    if any(file.outcome == "accepted" for file in files):
        return None
    quarter = replace(done.quarter, files=files)
    outcomes_then = {name: sum(file.outcome == name for file in files) for name in done.account.outcomes}
    account = replace(done.account, quarter=quarter, outcomes=outcomes_then)
    return replace(done, quarter=quarter, account=account, kept=done.feedback)


def _as_it_was(file: FileRecord, event: Event, names: dict[str, str], now: datetime) -> FileRecord:
    name, day = names[event.data["directorate"]], when(event.at.astimezone(ZONE), now.astimezone(ZONE))
    found: Verdict = verdict(outcomes.UNCHANGED, directorate=name, when=day, state=event.data["state"])
    return replace(file, outcome=found.outcome, code=found.code, reason=found.reason)
