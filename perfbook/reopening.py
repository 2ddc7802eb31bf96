"""Undoing a closing: the period is open again, and what was published stays in the record with who undid it and why.

Nothing is taken out: the event `closed` and the tables that it names stay, an event `reopened` stands behind it. Closed
again, the period is published anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from perfbook.collecting.archive import Archive, Event
from perfbook.errors import PeriodError, UsageError
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period, parse
from perfbook.records import Reopening

CLOSED, REOPENED = "closed", "reopened"


@dataclass(frozen=True)
class Closings:
    """The closings of an archive: those that stand, one a period, and those that were undone, each with its undoing."""

    standing: tuple[Event, ...]
    undone: tuple[tuple[Event, Event], ...]


def closings_of(archive: Archive) -> Closings:
    """What was closed and undone, oldest first. Of closings that follow each other the first is when it was published.

    Raises ArchiveError where the log is broken.
    """
    standing: dict[str, Event] = {}
    undone: list[tuple[Event, Event]] = []
    for event in archive.events():
        label = str(event.data.get("period", ""))
        if event.kind == CLOSED:
            standing.setdefault(label, event)
        elif event.kind == REOPENED and label in standing:
            undone.append((standing.pop(label), event))
    return Closings(tuple(standing.values()), tuple(undone))


def reopenings(archive: Archive, framework: Framework, period: Period) -> tuple[Reopening, ...]:
    """What was undone of the reporting periods up to one, oldest first."""
    found = []
    for closing, undoing in closings_of(archive).undone:
        try:
            closed = parse(str(closing.data["period"]), framework.year_start)
        except PeriodError:  # the council's year started in another month then
            continue
        if closed.kind == period.kind and closed.end <= period.end:
            found.append(
                Reopening(
                    closed,
                    closing.at,
                    str(closing.data["snapshot"]),
                    undoing.at,
                    str(undoing.data["reason"]),
                    str(undoing.data["by"]),
                )
            )
    return tuple(found)


def reopen(archive: Archive, period: Period, at: datetime, reason: str, by: str) -> Reopening:
    """Undo the closing of a period.

    Raises UsageError where it is not closed, was closed later than `at`, or nobody says why and who; ArchiveError,
    CannotWriteError.
    """
    reason, by = " ".join(reason.split()), " ".join(by.split())
    if not reason or not by:
        raise UsageError("To undo a closing, say why (--reason) and who decided it (--by): both stay in the record.")
    closing = next((each for each in closings_of(archive).standing if each.data["period"] == period.label), None)
    if closing is None:
        raise UsageError(f"{period.label} is not closed, so there is nothing to undo.")
    if at < closing.at:
        raise UsageError(
            f"{period.label} was closed on {closing.at:%d %B %Y at %H:%M}, after the moment that --as-at names. "
            "Name a later one."
        )
    data = {"period": period.label, "snapshot": closing.data["snapshot"], "reason": reason, "by": by}
    archive.append(REOPENED, at, data)
    return Reopening(period, closing.at, str(closing.data["snapshot"]), at, reason, by)
