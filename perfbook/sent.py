"""What is said of a return that was sent or was not: how late it is, how complete, and what the checks say of it."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    files = {each.file for each in (record, *record.parts)} - {""}
    own = [f for f in quarter.findings if f.severity != "info" and f.file in files and not f.suppressed]
    return tuple(sorted(own, key=lambda each: each.severity != "error"))


def completeness(record: ReturnRecord) -> tuple[int, int]:
    """How many of its measures and actions are answered, and how many are asked for."""
    return record.answered + record.rated, record.measures + record.actions
