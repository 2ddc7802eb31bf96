"""The rows of Measures: one a figure, which is one a measure unless the measure is more frequent than the return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbook._quick import quick
from perfbook.framework.model import Framework, Measure
from perfbook.framework.periods import Period
from perfbook.records import Observation
from perfbook.returns import layout

History = Mapping[tuple[str, Period], Observation]


@quick
@dataclass(frozen=True)
class Line:
    """One row. `about` is the period of its figure, None where nothing is due.

    `is_last` is False for the earlier months of a quarter: their figures are wanted, an explanation is not.
    """

    key: str
    measure: Measure
    about: Period | None
    is_last: bool = True

    def name(self, period: Period) -> str:
        """What people call the row, with its period where it is another than that of the return."""
        name = " ".join(part for part in (self.measure.code, self.measure.title) if part)
        return f"{name} ({self.about.label})" if self.about and self.about != period else name


def lines_of(framework: Framework, directorate: str, period: Period) -> tuple[Line, ...]:
    """The rows of a directorate's return, in the framework's order, the periods of a measure oldest first."""
    found: list[Line] = []
    for measure in framework.measures_of(directorate, period):
        abouts = measure.abouts(period)
        for about in abouts:
            found.append(Line(layout.row_key(measure.key, about, abouts[-1]), measure, about, about == abouts[-1]))
        if not abouts:
            found.append(Line(measure.key, measure, None))
    return tuple(found)
