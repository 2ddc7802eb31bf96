"""The period that a sentence names beside the row's own, the figure of it, and whether the sentence is of the row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from perfbook.checks.across._told import holds, suits
from perfbook.checks.across.dates import MONTHS, month_of
from perfbook.checks.across.numbers import Number
from perfbook.checks.across.subject import Figure, Line, Subject, Text
from perfbook.checks.said import Said, long_words
from perfbook.checks.signs import sign_of

# -- The period that a text names --------------------------------------------------------------------------------------

# In small letters.
PERIOD = re.compile(
    r"\b(?:the\s)?(?:"
    r"(?P<same>same\s(?:quarter|period|time|point|month)(?:\s(?:in|of))?\s(?:last|the\sprevious)\syear"
    r"|(?:a|one)\syear\s(?:ago|earlier))"
    r"|(?P<year>(?:last|past|previous)\syear|year\sbefore)"
    r"|(?P<last>(?:last|previous|preceding)\s(?:quarter|period|month)|(?:quarter|period|month)\sbefore)"
    r"|(?P<season>spring|summer|autumn|winter)\squarter"
    r"|(?P<part>(?:first|second|third)\squarter|quarter\s(?:one|two|three|[1-3])|q(?:tr)?\.?\s?[1-3])"
    rf"|(?:end\sof\s)?(?P<month>{'|'.join(MONTHS)})"
    # The part or the month of another year.
    r")\b(?!\s(?:of\s|in\s)?(?:last|the\sprevious)\syear|,?\s(?:19|20)\d\d|['\u2019]s)"
)
# The last month of each.
_SEASONS = {"spring": 6, "summer": 9, "autumn": 12, "winter": 3}
_PARTS = {"first": 1, "second": 2, "third": 3, "one": 1, "two": 2, "three": 3}


def meant(line: Line, named: re.Match[str]) -> Figure | None:
    """The figure of the period that is named; None where it is not known, or may be that of a whole year."""
    if named["same"]:
        return line.last_year
    if named["year"]:
        return None if line.adds or line.years else line.last_year
    if line.calculation == "cumulative":
        return None
    if named["last"]:
        return _previous(line)
    if named["month"] or named["season"]:
        month = month_of(named["month"]) if named["month"] else _SEASONS[named["season"].lower()]
        return next((each for each in line.before if each.ends and each.ends.month == month), None)
    words = named["part"].lower()
    number = int(words[-1]) if words[-1].isdigit() else next(n for word, n in _PARTS.items() if word in words)
    return next((each for each in line.before if each.label.upper().endswith(f"Q{number}")), None)


def _previous(line: Line) -> Figure | None:
    """The figure of the period right before; None where the year has begun since, or it is missing."""
    now, was = line.now, line.before[-1] if line.before else None
    if now is None or was is None:
        return None
    if now.ends and was.ends:
        apart = (now.ends.year - was.ends.year) * 12 + now.ends.month - was.ends.month
        return was if apart * line.per_year == 12 else None
    return was


# What stands in every sentence that names a part of the year, beside its months, and in those that name the last year.
_PART_NAMES, _YEAR_NAMES = ("quarter", "qtr", "q1", "q2", "q3", "period", "month"), ("year",)
_PARTLY, _YEARLY = sign_of("quarter", "qtr", "q", "period", "month"), sign_of("year")
_MONTHLY = tuple(sign_of(month) for month in MONTHS)


def told_of_periods(subject: Subject) -> list[tuple[Line, Text, Said]]:
    """The sentences of rows with a figure that may name a period whose figure is known."""

    def work() -> list[tuple[Line, Text, Said]]:
        rows = (line for line in subject.lines if line.now is not None and line.texts)
        return [(line, text, sentence) for line in rows for text, sentence in _sentences(line)]

    return subject.once("sentences that name a period", work)


def _sentences(line: Line) -> Iterator[tuple[Text, Said]]:
    """The sentences of a row's texts that may name a period whose figure is known."""
    sign = _YEARLY if line.last_year else 0
    if line.before:
        sign |= _PARTLY
        for each in line.before:
            if each.ends:
                sign |= _MONTHLY[each.ends.month - 1]
    for text in line.texts:
        if text.said.signs & sign:
            names = _names(line)
            for sentence in text.said.sentences:
                if holds(sentence.lower, names):
                    yield text, sentence


def _names(line: Line) -> tuple[str, ...]:
    """One of these stands in every sentence that names a period whose figure a row has."""
    names: tuple[str, ...] = _YEAR_NAMES if line.last_year else ()
    if line.before:
        names = (*names, *_PART_NAMES, *(MONTHS[each.ends.month - 1] for each in line.before if each.ends))
    return names


@lru_cache(maxsize=2048)
def periods_in(lower: str) -> tuple[re.Match[str], ...]:
    """The periods that a sentence in small letters names: where `PERIOD` matches.

    It is tried at words with which one can begin, and not at every place.
    """
    found, place = [], 0
    for word in _WORD.finditer(lower):
        if word[0] not in _FIRST:
            continue
        match = PERIOD.match(lower, word.start()) if word.start() >= place else None
        if match:
            found.append(match)
            place = match.end()
    return tuple(found)


_WORD = re.compile(r"[a-z][a-z]*")
_FIRST = frozenset(
    {
        "the",
        "same",
        "a",
        "one",
        "last",
        "past",
        "previous",
        "year",
        "preceding",
        "quarter",
        "period",
        "month",
        "q",
        "qtr",
    }
    | {"spring", "summer", "autumn", "winter", "first", "second", "third", "end", *MONTHS}
)


def figure_now(line: Line) -> Decimal | None:
    """The figure of the row's own period; None where it is not known."""
    return line.now.value if line.now else None


# -- Whether a sentence is about the figure ----------------------------------------------------------------------------


def is_of(sentence: Said, line: Line, numbers: tuple[Number, ...]) -> bool:
    """Whether a sentence gives the row's figure itself, or names half of the longer words of its title."""
    now = figure_now(line)
    if now is not None and any(suits(number, line) and number.holds(now) for number in numbers):
        return True
    words = long_words(line.title)
    words = words - _OF_ANYTHING or words
    held = len(words & sentence.words)
    return held * 2 >= len(words) > 0 and held >= min(2, len(words))


# These stand in titles, and as well in sentences about something else.
_OF_ANYTHING = frozenset(
    {
        "average",
        "days",
        "weeks",
        "number",
        "percentage",
        "proportion",
        "rate",
        "time",
        "total",
        "within",
        "year",
        "working",
    }
)
