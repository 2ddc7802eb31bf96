"""Where the figures of a measure's past lie: their median, and how far from it they usually are.

The writer of a return works both out and keeps them in the row, so that the live cell and the collector compare with
the same two numbers (rule T102). The spread is 1.4826 times the median absolute deviation, which for figures that
scatter evenly is their standard deviation, and which one wild figure does not move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from perfbook.checks.asked import is_count
from perfbook.framework.model import Measure
from perfbook.framework.periods import Period
from perfbook.records import Observation
from perfbook.scoring.rounding import round_half_away

# Fewer figures say too little of what is usual, and older ones are of another time.
LEAST, MOST = 8, 20
_TO_DEVIATION = Decimal("1.4826")
# A history that hardly moves leaves this much room all the same, as a share of its middle.
_LEAST_SHARE = Decimal("0.01")


@dataclass(frozen=True)
class Usual:
    """The middle of the past figures and their spread around it, in stored units."""

    middle: Decimal
    spread: Decimal


def usual(measure: Measure, about: Period, history: Mapping[tuple[str, Period], Observation]) -> Usual | None:
    """What is usual for the figure of a period; None where fewer than `LEAST` figures before it are known.

    A cumulative figure is compared with those of the same stage of earlier years alone.
    """
    figures = []
    for period, observation in _before(measure, about, history):
        if observation.actual is not None and (not measure.counts_up or period.index == about.index):
            figures.append(observation.actual)
    if len(figures) < LEAST:
        return None
    return of_figures(figures, measure.places, counts=is_count(measure))


def of_figures(figures: list[Decimal], places: int, *, counts: bool = False) -> Usual:
    """The middle and the spread of figures, oldest first, shown with so many places.

    Counts of cases scatter by the root of their size, whatever a short history shows.
    """
    recent = figures[-MOST:]
    middle = median(recent)
    spread = _TO_DEVIATION * median([abs(figure - middle) for figure in recent])
    least = max(_LEAST_SHARE * abs(middle), Decimal(1).scaleb(-places))
    if counts:
        least = max(least, abs(middle).sqrt())
    # Numbers that a cell holds exactly.
    return Usual(round_half_away(middle, places + 3), round_half_away(max(spread, least), places + 3))


def _before(
    measure: Measure, about: Period, history: Mapping[tuple[str, Period], Observation]
) -> list[tuple[Period, Observation]]:
    found = []
    period = about
    for _ in range(MOST * 4):
        period = period.previous
        observation = history.get((measure.key, period))
        if observation is not None:
            found.append((period, observation))
    return found[::-1]
