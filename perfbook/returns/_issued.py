"""What a row of Measures was when it was sent out: the period and the unit that its reader saw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from perfbook.errors import PeriodError
from perfbook.framework.model import Measure, Unit
from perfbook.framework.periods import Period, parse
from perfbook.framework.typed import same_scale
from perfbook.returns import layout
from perfbook.returns._grid import Keyed
from perfbook.scoring.expr import Cell
from perfbook.workbook.text import clean_text


@dataclass(frozen=True)
class Issued:
    """One row as issued.

    `about` is None where the row does not say it, `due` False where it said that nothing was due; `unit` is empty where
    the row does not say it. `earlier`, `last_year` and `last_commentary` are what the row shows, None where it shows
    none; `usual` and `spread` what it keeps of the measure's history (`checks.usual`), `before` the
    year to date of the period before, or the sum of the earlier periods of the twelve months (of a fraction in two).
    """

    about: Period | None
    due: bool
    unit: str
    earlier: Cell
    last_year: Cell
    last_commentary: Cell
    usual: Cell
    spread: Cell
    before: Cell = None
    before_numerator: Cell = None
    before_denominator: Cell = None

    def unit_differs(self, measure: Measure) -> bool:
        """Whether the framework has given the measure another unit since."""
        return bool(self.unit) and _words(self.unit).casefold() != _words(measure.unit.shown).casefold()

    def unit_fits(self, measure: Measure) -> bool:
        """Whether a figure in the unit of the row is one in the unit of the framework."""
        return not self.unit_differs(measure) or same_scale(Unit.parse(self.unit), measure.unit)


def issued(keyed: Keyed, key: str, year_start: int) -> Issued:
    """The row of a measure as issued. A cell that somebody spoilt says nothing."""
    words = keyed.text(key, "about")
    return Issued(
        about=_period(words, year_start),
        due=words.casefold() != layout.NOT_DUE,
        unit=_words(keyed.text(key, "unit")),
        earlier=_number(keyed, key, layout.PREVIOUS),
        last_year=_number(keyed, key, layout.LAST_YEAR),
        last_commentary=clean_text(keyed.text(key, "last_commentary")).strip() or None,
        usual=_number(keyed, key, "usual"),
        spread=_number(keyed, key, "spread"),
        before=_number(keyed, key, "before"),
        before_numerator=_number(keyed, key, "before_numerator"),
        before_denominator=_number(keyed, key, "before_denominator"),
    )


@lru_cache(maxsize=256)
def _period(words: str, year_start: int) -> Period | None:
    try:
        return parse(words, year_start)
    except PeriodError:
        return None


def _number(keyed: Keyed, key: str, column: str) -> Cell:
    value = keyed.value(key, column)
    return value if isinstance(value, float | int) and not isinstance(value, bool) else None


def _words(text: str) -> str:
    return " ".join(clean_text(text).split())
