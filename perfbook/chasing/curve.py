"""How returns come in: counted by days from the due day, this period beside the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perfbook.collecting.archive import Archive
from perfbook.collecting.ledger import read_ledger
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import Quarter
from perfbook.settings import ZONE, Settings

# Days from the due day at which a curve is read.
MARKS = (-10, -5, -2, 0, 2, 5, 10, 20)


@dataclass(frozen=True)
class Curve:
    """One period's returns: how many are expected, and on which day from the due day each was first received.

    `today` is the present day from the due day, None for a period that is over.
    """

    period: str
    expected: int
    days: tuple[int, ...]
    today: int | None = None

    def by(self, day: int) -> int | None:
        """How many had come by the end of a day; None for one that is still to come."""
        if self.today is not None and day > self.today:
            return None
        return sum(came <= day for came in self.days)

    def as_json(self) -> dict[str, Any]:
        """The curve as plain data, read at `MARKS` up to today."""
        found = {str(mark): self.by(mark) for mark in MARKS}
        received = {mark: number for mark, number in found.items() if number is not None}
        return {"period": self.period, "expected": self.expected, "received": received}


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
