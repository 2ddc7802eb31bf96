"""Days, months and windows as reports write them: `31st March 2021`, `01/04/2020 and 31/03/2021`, `Jul-13`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from string import ascii_letters

from perfbook._quick import quick

MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
_SHORT = r"jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_MONTH = rf"(?P<{{}}>{'|'.join(MONTHS)}|{_SHORT})\.?"
_YEAR = r"(?P<{}>(?:19|20)\d\d|['\u2019]?\d\d(?!\d))"
_WRITTEN = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format('m1')}(?:,?\s+{_YEAR.format('y1')})?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(?<![\d/.])(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>(?:20)?\d\d)(?![\d/])")
_MONTH_YEAR = re.compile(rf"\b{_MONTH.format('m2')}[\s-]*{_YEAR.format('y2')}(?!\d|[/.]\d)", re.IGNORECASE)
_SCHOOL_OR_COUNCIL = re.compile(r"\b(?P<first>20\d\d)\s?[-/\u2013]\s?(?P<second>20\d\d|\d\d)\b")
_CENTURY = 2000
_BY_BEGINNING = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
# Written so that the first sign is looked for, and nothing is tried where it does not stand.
_RUN = re.compile(r"\d\d*")


@dataclass(frozen=True)
class Span:
    """From a first to a last day, both included. `start` is None where only the last is said."""

    start: date | None
    end: date

    @property
    def months(self) -> int | None:
        """How many months it holds, to the nearest; None where its start is not known."""
        if self.start is None:
            return None
        return round(((self.end - self.start).days + 1) / 30.44)


@quick
@dataclass(frozen=True)
class Day:
    """A day or a month in a text. `day` is None for a month; `exact` for what is no day of the calendar is None."""

    text: str
    place: int
    exact: date | None
    is_month: bool = False
    has_year: bool = True


def month_of(word: str) -> int:
    """The month (1 to 12) that a word names by its beginning; 0 where it names none."""
    lowered = word.lower()[:3]
    if len(lowered) == 3:
        return _BY_BEGINNING.get(lowered, 0)
    return next((number for number, name in enumerate(MONTHS, 1) if name.startswith(lowered)), 0) if lowered else 0


def last_of(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


@lru_cache(maxsize=4096)
def days_in(text: str) -> tuple[Day, ...]:
    """The days and months that a text names with their year, in its order; a month stands for its last day."""
    return days_at(text, runs_in(text))


def runs_in(text: str) -> list[tuple[int, int]]:
    """Where digits begin and end in a text."""
    return [match.span() for match in _RUN.finditer(text)]


def days_at(text: str, runs: list[tuple[int, int]]) -> tuple[Day, ...]:
    """The same, of a text of which it is known where its digits are."""
    found: list[Day] = []
    # Where the last written day, the last one in figures and the last month end.
    written = numeric = months = 0
    # Every one of them holds figures, and where those stand tells what it can be: so no pattern is tried at each place.
    for start, end in runs:
        after = text[end : end + 1]
        if end - start <= 2 and start >= written and (after.isspace() or after in _ORDINAL):
            match = _WRITTEN.match(text, start) if _MONTH_AFTER.match(text, end) else None
            if match:
                year, month = _year(match["y1"]), month_of(match["m1"])
                exact = _day(year or _CENTURY, month, int(match["day"]))
                found.append(Day(match[0], start, exact, has_year=bool(year)))
                written = match.end()
        if end - start <= 2 and start >= numeric and after in _PARTS:
            match = _NUMERIC.match(text, start)
            if match:
                exact = _day(_year(match["year"]), int(match["month"]), int(match["day"]))
                found.append(Day(match[0], start, exact))
                numeric = match.end()
        if end - start in (2, 4):
            word = _month_before(text, start, months)
            match = _MONTH_YEAR.match(text, word) if word >= 0 else None
            if match:
                months = match.end()
                if word >= max(written, numeric):
                    exact = last_of(_year(match["y2"]), month_of(match["m2"]))
                    found.append(Day(match[0], word, exact, is_month=True))
    return tuple(sorted(found, key=lambda each: each.place)) if len(found) > 1 else tuple(found)


@dataclass(frozen=True)
class Exchange:
    """A day in figures, `03/04/2031`, as it is read here, and read with the month first; None for no such day."""

    text: str
    place: int
    day_first: date | None
    month_first: date | None


_SLASHED = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})/((?:20)?\d\d)(?![\d/])")


def exchanges_in(text: str) -> list[Exchange]:
    """The days in figures of a text, each read both ways."""
    found = []
    for match in _SLASHED.finditer(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        found.append(Exchange(match[0], match.start(), _day(year, second, first), _day(year, first, second)))
    return found


# What follows the figures of a written day, and what follows those of any.
_MONTH_AFTER = re.compile(rf"(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_SHORT})", re.IGNORECASE)
_ORDINAL = frozenset("snrtSNRT\u017f")
_PARTS = frozenset("/.")


def _month_before(text: str, place: int, least: int) -> int:
    """Where the word begins that stands before the figures at a place, if it may be a month; else -1."""
    end = place
    if end > least and text[end - 1] in "'\u2019":
        end -= 1
    while end > least and (text[end - 1] == "-" or text[end - 1].isspace()):
        end -= 1
    if end > least and text[end - 1] == ".":
        end -= 1
    start = least + len(text[least:end].rstrip(ascii_letters))
    while start > least and text[start - 1].isalpha():
        start -= 1
    return start if text[start : start + 3].lower() in _BY_BEGINNING and end - start >= 3 else -1


@lru_cache(maxsize=64)
def half_of(places: int) -> Decimal:
    """Half of the last of so many decimal places: by so much a figure may be rounded."""
    return Decimal(5).scaleb(-places - 1)


def _year(text: str | None) -> int:
    if not text:
        return 0
    digits = text.strip("'\u2019")
    return int(digits) if len(digits) == 4 else _CENTURY + int(digits)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_UP_TO = re.compile(r"\b(?:academic|school)\s+year\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def span_of(text: str) -> Span | None:
    """The days that a window names: two days, one (then only the end is known), or a year; None for anything else.

    A year that is said to be of schools starts in September, another in April.
    """
    days = [day for day in days_in(text) if day.has_year and day.exact]
    year = _SCHOOL_OR_COUNCIL.search(text)
    starts = date(int(year["first"]), 9 if _UP_TO.search(text) else 4, 1) if year else None
    if len(days) >= 2 and days[0].exact and days[1].exact and days[0].exact < days[1].exact:
        first = days[0].exact.replace(day=1) if days[0].is_month else days[0].exact
        return Span(first, days[1].exact)
    if len(days) == 1 and days[0].exact:
        return Span(starts if starts and starts < days[0].exact else None, days[0].exact)
    if starts and not days and (int(year["second"]) - int(year["first"]) - 1) % 100 == 0:  # type: ignore[index]
        return Span(starts, starts.replace(year=starts.year + 1) - timedelta(days=1))
    return None
