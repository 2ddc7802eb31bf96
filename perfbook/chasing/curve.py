"""How returns come in: counted by days from the due day, this period beside the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from perfbook.collecting.archive import Archive
from perfbook.collecting.ledger import read_ledger
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.inflow import Curve
from perfbook.records import Quarter
from perfbook.settings import ZONE, Settings


def curves(quarter: Quarter, archive: Archive, settings: Settings) -> tuple[Curve, Curve | None]:
    """The curve of the quarter, and that of the period before where the archive knows of one. Raises ArchiveError."""
    due = settings.due_at(quarter.period)
    received = [record.received for record in quarter.returns if record.is_received and record.received]
    present = Curve(quarter.period.label, len(quarter.returns), _days(received, due), _from(due, quarter.as_at))
    earlier = quarter.period.previous
    before = _recorded(archive, quarter.framework, earlier)
    if not before:
        return present, None
    expected = max(len(quarter.framework.expected(earlier)), len(before))
    return present, Curve(earlier.label, expected, _days(before, settings.due_at(earlier)))


def with_curves(quarter: Quarter, archive: Archive, settings: Settings) -> Quarter:
    """The quarter with its curve, and that of the period before where there is one. Raises ArchiveError."""
    present, before = curves(quarter, archive, settings)
    return replace(quarter, curves=(present, before) if before else (present,))


def _recorded(archive: Archive, framework: Framework, period: Period) -> list[datetime]:
    """When each return of a period was first received, signed."""
    first: dict[str, datetime] = {}
    for accepted in read_ledger(archive, framework, period, ZONE).accepted:
        if accepted.state in ("provisional", "certified"):
            known = first.get(accepted.directorate, accepted.received)
            first[accepted.directorate] = min(known, accepted.received)
    return list(first.values())


def _days(moments: Iterable[datetime], due: datetime) -> tuple[int, ...]:
    return tuple(sorted(_from(due, moment) for moment in moments))


def _from(due: datetime, moment: datetime) -> int:
    return (moment.astimezone(ZONE).date() - due.astimezone(ZONE).date()).days
