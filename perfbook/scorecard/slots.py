"""The columns of the data sheets: every period that a figure can be about, those of one kind side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from perfbook.framework.model import Measure
from perfbook.framework.periods import PER_YEAR, Kind, Period, span
from perfbook.records import Quarter

_ORDER: tuple[Kind, ...] = ("month", "quarter", "term", "half", "year")


@dataclass(frozen=True)
class Slots:
    """Columns 1, 2, ... of the data sheets.

    The periods of one kind are contiguous and without gaps, and begin at least a year before the earliest period that a
    reader can be shown: a figure's previous period is `Framework.step` columns before it, last year's `PER_YEAR`.
    """

    periods: tuple[Period, ...]

    @cached_property
    def number(self) -> dict[Period, int]:
        """The column of a period, from 1."""
        return {period: number for number, period in enumerate(self.periods, 1)}

    def group(self, kind: Kind) -> tuple[int, int] | None:
        """The first and last column of a kind; None where there is none."""
        numbers = [number for number, period in enumerate(self.periods, 1) if period.kind == kind]
        return (numbers[0], numbers[-1]) if numbers else None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that have columns, in their order."""
        return tuple(dict.fromkeys(period.kind for period in self.periods))


def slots_of(quarter: Quarter) -> Slots:
    """The columns that a quarter's measures and observations need."""
    wanted: dict[Kind, set[Period]] = {kind: set() for kind in _ORDER}
    for measure in quarter.framework.measures:
        for period in quarter.periods:
            about = reference(measure, period)
            if about:
                wanted[about.kind] |= {about, about.same_last_year}
    for observation in quarter.observations:
        wanted[observation.period.kind].add(observation.period)
    columns: list[Period] = []
    for kind in _ORDER:
        if wanted[kind]:
            ordered = sorted(wanted[kind], key=lambda period: period.ordinal)
            columns.extend(span(ordered[0], ordered[-1]))
    # A framework without anything due still has a column to stand in.
    return Slots(tuple(columns) or (quarter.period,))


def reference(measure: Measure, period: Period) -> Period | None:
    """The period of the figure that a reporting period shows; None where none is due or the measure is not in force."""
    return measure.about(period) if measure.in_force(period) else None


def per_year(measure: Measure) -> int:
    """How many columns one year is for a measure."""
    return PER_YEAR[measure.period_kind]
