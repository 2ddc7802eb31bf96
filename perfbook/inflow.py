"""How the returns of a period come in: a curve over the days from the due day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
