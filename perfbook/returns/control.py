"""Control totals: what is in a return, counted and added up in the book and again on the scorecard, to be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from perfbook.records import Observation
from perfbook.scoring.rounding import as_decimal15

# Of all figures added up, whatever their unit: it stands for nothing but that every figure is there.
PLACES = 6


@dataclass(frozen=True)
class Totals:
    """Figures given, statuses chosen where there is no figure, commentaries written, and the sum of all figures."""

    figures: int = 0
    statuses: int = 0
    commentaries: int = 0
    total: Decimal = Decimal(0)

    @property
    def shown(self) -> tuple[int, int, int, Decimal]:
        """The four, in the order in which they are shown."""
        return self.figures, self.statuses, self.commentaries, self.total


def totals_of(observations: Iterable[Observation]) -> Totals:
    """The control totals of what was read from a return."""
    return totals_from((o.actual, o.status is not None, bool(o.commentary)) for o in observations)


def totals_from(rows: Iterable[tuple[Decimal | None, bool, bool]]) -> Totals:
    """The control totals of rows: the figure, whether there is a status, whether there is a commentary."""
    found = tuple(rows)
    figures = [figure for figure, _, _ in found if figure is not None]
    return Totals(
        figures=len(figures),
        statuses=sum(figure is None and status for figure, status, _ in found),
        commentaries=sum(commentary for _, _, commentary in found),
        total=round(as_decimal15(float(sum(figures, Decimal(0)))), PLACES),
    )
