"""What is said of a return that was sent or was not: how late it is, how complete, and what the checks say of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from perfbook._grouped import grouped
from perfbook.records import Finding, Quarter, ReturnRecord
from perfbook.settings import ZONE


def days_late(record: ReturnRecord, as_at: datetime) -> int:
    """How many calendar days after its due date a return came, or is now if it is overdue; 0 if it is in time."""
    if record.late and record.received:
        end = record.received
    elif record.overdue:
        end = as_at
    else:
        return 0
    return max((end.astimezone(ZONE).date() - record.due.astimezone(ZONE).date()) // timedelta(days=1), 0)


def findings_of(quarter: Quarter, record: ReturnRecord) -> tuple[Finding, ...]:
    """The errors and warnings of a return and of its owners' books that are not suppressed, errors first."""
    by_file = quarter.once("findings to look at", lambda: _to_look_at(quarter))
    files = {each.file for each in (record, *record.parts)} - {""}
    # In the order in which they were found, whichever file they are about.
    own = sorted(place for file in files for place in by_file.get(file, ()))
    return tuple(finding for _, finding in sorted(own, key=lambda place: place[1].severity != "error"))


def _to_look_at(quarter: Quarter) -> dict[str, tuple[tuple[int, Finding], ...]]:
    """Errors and warnings that are not suppressed, by file, each with its place among all."""
    places = ((n, f) for n, f in enumerate(quarter.findings) if f.severity != "info" and not f.suppressed)
    return grouped(places, lambda place: place[1].file)


def completeness(record: ReturnRecord) -> tuple[int, int]:
    """How many of its measures and actions are answered, and how many are asked for."""
    return record.answered + record.rated, record.measures + record.actions
