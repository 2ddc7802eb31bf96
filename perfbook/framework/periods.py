"""Periods: what a figure is about.

A period is a year, a half, a quarter, a month or a school term. Years start in the month that the council says
(April for most, January or July elsewhere); terms belong to the school year, which starts in September whatever
the council's year. Labels: `2020-21`, `2020-21 H1`, `2020-21 Q2`, `Sep 2020`, `2020-21 Autumn`; where the year
starts in January the year is a plain `2020`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from perfbook.errors import PeriodError

Kind = Literal["year", "half", "quarter", "month", "term"]

KINDS: tuple[Kind, ...] = ("year", "half", "quarter", "month", "term")
_KIND = {kind: number for number, kind in enumerate(KINDS)}
PER_YEAR: dict[Kind, int] = {"year": 1, "half": 2, "quarter": 4, "month": 12, "term": 3}
_TERMS = ("Autumn", "Spring", "Summer")
# First month (counted from September) and length in months of each term of the school year.
_TERM_MONTHS = ((0, 4), (4, 3), (7, 5))
_SCHOOL_YEAR_START = 9
_MONTHS = tuple(calendar.month_abbr)[1:]

_YEAR = r"(?P<year>\d{4})(?:\s*[-/\u2013]\s*(?P<second>\d{4}|\d{2}))?"
_PART = r"(?P<part>[QH]\s*\d|Autumn|Spring|Summer)"
_YEAR_FIRST = re.compile(rf"^{_YEAR}(?:\s*[ ,]\s*{_PART}(?:\s+term)?)?$", re.IGNORECASE)
_PART_FIRST = re.compile(rf"^{_PART}(?:\s+term)?\s*[ ,]\s*{_YEAR}$", re.IGNORECASE)
_MONTH = re.compile(r"^(?P<month>[A-Za-z]{3,9})\.?[ -](?P<year>\d{4})$")


@dataclass(frozen=True, eq=False)
class Period:
    """One period. `year` is the calendar year in which its year starts, `index` counts from 1 within that year.

    `year_start` is the month (1 to 12) in which the council's year starts; for terms it is always September.
    """

    kind: Kind
    year: int
    index: int
    year_start: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.index <= PER_YEAR[self.kind]:
            raise PeriodError(f"There is no {self.kind} number {self.index} in a year.")
        if self.kind == "term" and self.year_start != _SCHOOL_YEAR_START:
            object.__setattr__(self, "year_start", _SCHOOL_YEAR_START)

    @cached_property
    def _number(self) -> int:
        """One number that says it all: periods are the keys of most tables, hashed and compared all the time."""
        return ((self.year * 16 + self.index) * 16 + self.year_start) * 8 + _KIND[self.kind]

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Period) and self._number == other._number)

    def __hash__(self) -> int:
        return self._number

    @property
    def ordinal(self) -> int:
        """A whole number that grows by one from each period to the next of its kind."""
        return self.year * PER_YEAR[self.kind] + self.index - 1

    @cached_property
    def label(self) -> str:
        """How the period is written everywhere: `2020-21 Q2`."""
        if self.kind == "month":
            start = self.start
            return f"{_MONTHS[start.month - 1]} {start.year}"
        year = str(self.year) if self.year_start == 1 else f"{self.year}-{(self.year + 1) % 100:02d}"
        if self.kind == "year":
            return year
        if self.kind == "term":
            return f"{year} {_TERMS[self.index - 1]}"
        return f"{year} {'H' if self.kind == 'half' else 'Q'}{self.index}"

    def __str__(self) -> str:
        return self.label

    @cached_property
    def start(self) -> date:
        """The first day."""
        first, _ = self._months()
        return _month(self.year, self.year_start + first)

    @cached_property
    def end(self) -> date:
        """The last day."""
        first, length = self._months()
        after = _month(self.year, self.year_start + first + length)
        return date.fromordinal(after.toordinal() - 1)

    def _months(self) -> tuple[int, int]:
        if self.kind == "term":
            return _TERM_MONTHS[self.index - 1]
        length = 12 // PER_YEAR[self.kind]
        return (self.index - 1) * length, length

    def shift(self, count: int) -> Period:
        """The period `count` places later (earlier where negative), of the same kind."""
        if not count:
            return self
        year, index = divmod(self.ordinal + count, PER_YEAR[self.kind])
        return _period(self.kind, year, index + 1, self.year_start)

    @cached_property
    def previous(self) -> Period:
        """The period before this one."""
        return self.shift(-1)

    @cached_property
    def same_last_year(self) -> Period:
        """The same period of the year before."""
        return self.shift(-PER_YEAR[self.kind])

    @property
    def earlier_this_year(self) -> tuple[Period, ...]:
        """The periods of the same year that came before this one, oldest first."""
        return tuple(self.shift(-n) for n in range(self.index - 1, 0, -1))

    @cached_property
    def whole_year(self) -> Period:
        """The year that the period belongs to."""
        return _period("year", self.year, 1, self.year_start)

    def last_ending_in(self, kind: Kind) -> Period | None:
        """The last period of another kind that ends within this one; None where none does."""
        if kind == self.kind:
            return self
        year_start = _SCHOOL_YEAR_START if kind == "term" else self.year_start
        candidate = _period(kind, self.year + 1, PER_YEAR[kind], year_start)
        while candidate.end > self.end:
            candidate = candidate.previous
        return candidate if candidate.end >= self.start else None


@lru_cache(maxsize=4096)
def _period(kind: Kind, year: int, index: int, year_start: int) -> Period:
    """The same object for the same period, so that its label and its days are worked out once."""
    return Period(kind, year, index, year_start)


def _month(year: int, month: int) -> date:
    extra, index = divmod(month - 1, 12)
    return date(year + extra, index + 1, 1)


def span(first: Period, last: Period) -> Iterator[Period]:
    """Every period from `first` to `last`, both included."""
    if (first.kind, first.year_start) != (last.kind, last.year_start):
        raise PeriodError(f"{first} and {last} are not of one kind.")
    for count in range(last.ordinal - first.ordinal + 1):
        yield first.shift(count)


def parse(text: str, year_start: int = 4) -> Period:
    """The period that a text names, in any of the usual spellings.

    `2020-21 Q2`, `Q2 2020/21`, `2020-21`, `Sep 2020`, `September 2020`, `2020-21 Autumn`. Raises PeriodError with the
    spelling that is expected.
    """
    cleaned = " ".join(str(text).replace("\u2013", "-").split())
    month = _MONTH.match(cleaned)
    if month and month["month"][:3].title() in _MONTHS and _is_month_name(month["month"]):
        number = _MONTHS.index(month["month"][:3].title()) + 1
        calendar_year = int(month["year"])
        year = calendar_year if number >= year_start else calendar_year - 1
        return _period("month", year, (number - year_start) % 12 + 1, year_start)
    match = _YEAR_FIRST.match(cleaned) or _PART_FIRST.match(cleaned)
    if not match:
        raise PeriodError(f"{cleaned!r} is not a period. {_expected(year_start)}")
    part = (match["part"] or "").replace(" ", "").title()
    start_of_year = _SCHOOL_YEAR_START if part in _TERMS else year_start
    year = int(match["year"])
    second = match["second"]
    if second is None and start_of_year != 1:
        raise PeriodError(f"{cleaned!r} is not a period: a year has two parts here. {_expected(year_start)}")
    if second is not None and (start_of_year == 1 or int(second) % 100 != (year + 1) % 100):
        raise PeriodError(f"{cleaned!r} is not a period: the years do not follow. {_expected(year_start)}")
    if not part:
        return _period("year", year, 1, year_start)
    if part in _TERMS:
        return _period("term", year, _TERMS.index(part) + 1, _SCHOOL_YEAR_START)
    kind: Kind = "half" if part[0] == "H" else "quarter"
    if not 1 <= int(part[1]) <= PER_YEAR[kind]:
        raise PeriodError(f"{cleaned!r} is not a period: there is no {part}. {_expected(year_start)}")
    return _period(kind, year, int(part[1]), year_start)


def _is_month_name(word: str) -> bool:
    index = _MONTHS.index(word[:3].title()) + 1
    return calendar.month_name[index].lower().startswith(word.lower()) or word.lower() == "sept"


def _expected(year_start: int) -> str:
    return "Write it like 2020 Q2 or Sep 2020." if year_start == 1 else "Write it like 2020-21 Q2 or Sep 2020."
