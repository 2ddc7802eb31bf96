"""Periods as people write them over columns and on tabs: `Q1 20/21`, `Apr-20`, `2019/20 outturn`, `Quarter 2`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from perfbook.errors import PeriodError
from perfbook.framework.periods import PER_YEAR, Kind, Period, parse

Relative = Literal["", "current", "previous", "last year"]

_MONTHS = tuple(name.lower() for name in calendar.month_abbr)
_MONTH_NAMES = "|".join(
    f"{name[:3]}(?:{name[3:]}|t)?" if name == "september" else f"{name[:3]}(?:{name[3:]})?"
    for name in (month.lower() for month in calendar.month_name[1:])
)
_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_PAIR = re.compile(r"(?<![0-9])(?:FY|y)?\s*'?(20\d\d|\d\d)\s?[-/\u2013_]\s?'?(20\d\d|\d\d)(?![0-9/])", re.IGNORECASE)
_TIGHT_PAIR = re.compile(rf"{_START}(?:FY|y)(\d\d)(\d\d){_END}", re.IGNORECASE)
_YEAR = re.compile(rf"{_START}(?:FY|y)?(20\d\d){_END}", re.IGNORECASE)
_QUARTER = re.compile(rf"{_START}(?:q|qtr|quarter)[\s.]*([1-4])(?![0-9])(?!\s*%)", re.IGNORECASE)
_NAMED_QUARTER = re.compile(
    rf"{_START}(1st|2nd|3rd|4th|first|second|third|fourth)\s+(?:quarter|qtr){_END}", re.IGNORECASE
)
_HALF = re.compile(rf"{_START}(?:h|half[\s-]year\s?|half\s)([12]){_END}", re.IGNORECASE)
_TERM = re.compile(rf"{_START}(autumn|spring|summer)(?:\s+term)?{_END}", re.IGNORECASE)
_MONTH = re.compile(
    rf"{_START}({_MONTH_NAMES})\.?(?:(?:\s?[-'/\u2019]\s?|\s+)'?(20\d\d|\d\d)(?![0-9]))?(?![A-Za-z])", re.IGNORECASE
)
_MONTH_SPAN = re.compile(rf"\(?{_START}({_MONTH_NAMES})\s?(?:-|\u2013|to)\s?({_MONTH_NAMES}){_END}\)?", re.IGNORECASE)
_ORDINALS = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
_TERMS = ("autumn", "spring", "summer")
_RELATIVE: tuple[tuple[Relative, re.Pattern[str]], ...] = (
    (
        "last year",
        re.compile(
            r"(?:same (?:period|quarter|month|time) )?(?:last|previous|prev|prior)[ _-]year(?!s)", re.IGNORECASE
        ),
    ),
    (
        "previous",
        re.compile(
            r"(?:last|previous|prev|prior)[ _-](?:period|quarter|qtr|month|reported|result)(?!s)", re.IGNORECASE
        ),
    ),
    ("current", re.compile(r"(?:this|current|latest)(?:[ _-](?:period|quarter|qtr|month))?", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Said:
    """What a text says of a period.

    `year` is the calendar year in which the council's year starts, None where it is not said; `rest` is the text
    without it.
    """

    kind: Kind | None = None
    index: int = 1
    year: int | None = None
    relative: Relative = ""
    rest: str = ""

    @property
    def anything(self) -> bool:
        """Whether it says anything at all."""
        return self.kind is not None or bool(self.relative)

    def period(self, year_start: int, context: Period | None) -> Period | None:
        """The period that is meant, where the year of `context` stands for one that is not said; None: nobody knows."""
        if self.relative and context is not None and (self.kind is None or self.year is None):
            base = context
            if self.kind not in (None, "year"):
                assert self.kind is not None
                base = Period(self.kind, context.year, self.index, year_start)
            return {"last year": base.same_last_year, "previous": base.previous}.get(self.relative, base)
        if self.kind is None:
            return None
        year = self.year if self.year is not None else (context.year if context else None)
        return Period(self.kind, year, self.index, year_start) if year is not None else None


def said_in(text: str, year_start: int) -> Said:
    """What a text says of a period."""
    rest = " ".join(text.replace("_", " ").split())
    rest = _without_span(rest, year_start)
    relative: Relative = ""
    for meant, pattern in _RELATIVE:
        if pattern.search(rest):
            relative, rest = meant, pattern.sub(" ", rest, count=1)
            break
    month = _MONTH.search(rest)
    if month:
        number = _MONTHS.index(month[1][:3].lower())
        whole = rest
        rest = rest[: month.start()] + " " + rest[month.end() :]
        year = _full(month[2]) if month[2] else None
        pair = _pair(whole[month.start(1) :]) if month[2] else None
        if pair is not None:  # `April 2020/21`
            rest = _PAIR.sub(" ", whole.replace(month[1], " "), count=1)
            start: int | None = pair
        elif year is not None:
            start = year if number >= year_start else year - 1
        else:
            start, rest = _years(rest)
        return Said("month", (number - year_start) % 12 + 1, start, relative, _tidy(rest))
    for pattern, kind in ((_QUARTER, "quarter"), (_NAMED_QUARTER, "quarter"), (_HALF, "half"), (_TERM, "term")):
        found = pattern.search(rest)
        if found:
            word = found[1].lower()
            index = _TERMS.index(word) + 1 if word in _TERMS else _ORDINALS.get(word) or int(word)
            start, rest = _years(rest[: found.start()] + " " + rest[found.end() :], single=True)
            return Said(kind, index, start, relative, _tidy(rest))  # type: ignore[arg-type]
    start, without = _years(rest, single=year_start == 1)
    if start is not None:
        return Said("year", 1, start, relative, _tidy(without))
    return Said(relative=relative, rest=_tidy(rest))


def said_by(value: object, shown: str, year_start: int) -> Said:
    """What a cell says of a period: a date stands for its month."""
    if isinstance(value, datetime):
        start = value.year if value.month >= year_start else value.year - 1
        return Said("month", (value.month - year_start) % 12 + 1, start)
    return said_in(shown, year_start)


def exact(text: str, year_start: int) -> Period | None:
    """The period that a text names and nothing else."""
    try:
        return parse(text, year_start)
    except PeriodError:
        pass
    said = said_in(text, year_start)
    return said.period(year_start, None) if not said.rest and not said.relative else None


def is_within(inner: Period, outer: Period) -> bool:
    """Whether one period lies within another."""
    return outer.start <= inner.start and inner.end <= outer.end


def parts_of(year: Period, kind: Kind) -> tuple[Period, ...]:
    """The periods of a kind in a year of the council, oldest first."""
    if kind == "term":
        first = Period("term", year.year, 1)
        return tuple(first.shift(count) for count in range(3))
    return tuple(Period(kind, year.year, index, year.year_start) for index in range(1, PER_YEAR[kind] + 1))


def year_of(period: Period, year_start: int) -> Period:
    """The council's year in which a period ends."""
    end = period.end
    return Period("year", end.year if end.month >= year_start else end.year - 1, 1, year_start)


def _without_span(text: str, year_start: int) -> str:
    """The text with `Apr - Jun` as the quarter or half that it is; beside the number of one it says nothing more."""
    found = _MONTH_SPAN.search(text)
    if not found:
        return text
    first, last = (_MONTHS.index(found[group][:3].lower()) for group in (1, 2))
    start, length = (first - year_start) % 12, (last - first) % 12 + 1
    kind = {3: "Q", 6: "H"}.get(length, "")
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    if _QUARTER.search(rest) or _HALF.search(rest):
        return rest
    if not kind or start % length:
        return text
    return f"{text[: found.start()]} {kind}{start // length + 1} {text[found.end() :]}"


def _years(text: str, *, single: bool = False) -> tuple[int | None, str]:
    """The first year in a text, and the text without it. `single`: a plain `2020` counts too."""
    for pattern in (_PAIR, _TIGHT_PAIR):
        for found in pattern.finditer(text):
            start = _follows(found[1], found[2])
            if start is not None:
                return start, text[: found.start()] + " " + text[found.end() :]
    plain = _YEAR.search(text) if single else None
    if plain:
        return int(plain[1]), text[: plain.start()] + " " + text[plain.end() :]
    return None, text


def _pair(text: str) -> int | None:
    found = _PAIR.search(text)
    return _follows(found[1], found[2]) if found else None


def _follows(first: str, second: str) -> int | None:
    start = _full(first)
    return start if (start + 1) % 100 == int(second) % 100 else None


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _tidy(text: str) -> str:
    return " ".join(re.sub(r"\(\s*\)|^[\s:,;/()|-]+|[\s:,;/(|-]+$", " ", text).split())
