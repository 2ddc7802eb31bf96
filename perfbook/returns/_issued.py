"""What a row of Measures was when it was sent out: the period and the unit that its reader saw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from perfbook._quick import quick
from perfbook.errors import PeriodError
from perfbook.framework.model import Measure, Unit
from perfbook.framework.periods import Period, parse
from perfbook.framework.typed import same_scale
from perfbook.returns import layout
from perfbook.returns._grid import Keyed, Raw
from perfbook.scoring.expr import Cell
from perfbook.workbook.text import clean_text


@quick
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
        return bool(self.unit) and self.unit != measure.unit.shown and _differ(self.unit, measure.unit.shown)

    def unit_fits(self, measure: Measure) -> bool:
        """Whether a figure in the unit of the row is one in the unit of the framework."""
        return not self.unit_differs(measure) or same_scale(Unit.parse(self.unit), measure.unit)


def issued(keyed: Keyed, key: str, year_start: int) -> Issued:
    """The row of a measure as issued. A cell that somebody spoilt says nothing."""
    at, columns, cells = keyed.rows.get(key), keyed.columns, keyed.sheet.cells

    def there(column: str) -> Raw:
        return None if at is None or column not in columns else cells.get((at, columns[column]))

    words = _text(there("about"))
    return Issued(
        about=_period(words, year_start),
        due=words.casefold() != layout.NOT_DUE,
        unit=_words(_text(there("unit"))),
        earlier=_number(there(layout.PREVIOUS)),
        last_year=_number(there(layout.LAST_YEAR)),
        last_commentary=clean_text(_text(there("last_commentary"))).strip() or None,
        usual=_number(there("usual")),
        spread=_number(there("spread")),
        before=_number(there("before")),
        before_numerator=_number(there("before_numerator")),
        before_denominator=_number(there("before_denominator")),
    )


@lru_cache(maxsize=256)
def _period(words: str, year_start: int) -> Period | None:
    try:
        return parse(words, year_start)
    except PeriodError:
        return None


def _text(value: Raw) -> str:
    return "" if value is None else str(value).strip()


def _number(value: Raw) -> Cell:
    return value if isinstance(value, (float, int)) and not isinstance(value, bool) else None


@lru_cache(maxsize=256)
def _differ(one: str, other: str) -> bool:
    return _words(one).casefold() != _words(other).casefold()


def _words(text: str) -> str:
    return " ".join(clean_text(text).split())
