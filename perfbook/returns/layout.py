"""The one layout of a return, from which the writer and the reader both derive.

Every sheet that a machine reads has a hidden key column and a hidden key row; where they cross stands the sheet's mark.
A cell is found by its row key and its column key, never by its address, its sheet's name or the words of a header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from perfbook.framework.model import ValueStatus
from perfbook.framework.periods import Period

Kind = Literal["locked", "input", "live", "hidden"]

FORMAT = "1"
MARK = "perfbook:"
START_MARK = f"{MARK}start"
MEASURES_MARK = f"{MARK}measures"
IDENTITY_MARK = f"{MARK}identity"

START = "Start"
MEASURES = "Measures"
DEFINITIONS = "Definitions"
IDENTITY = "_perfbook"
HISTORY = "_history"
QUERIES = "Queries"
# Rows of the identity sheet of a book that goes back with queries: the version that was asked about, and what the book
# held when it went back.
ANSWERS = "feedback.answers"
CONTENT = "feedback.content"
# The row of the identity sheet, from 1, in which the examples of explanations begin.
EXAMPLES_ROW = 21

# With this sign begin our own notes in a book that goes back with queries, and the cells that they are on.
ASKED_SIGN = "\u25ba"

# What stands in a cell that needs nothing, and for the period of a measure that is not due.
DASH = "\u2013"
NOT_DUE = "not due"

TEXT_LIMIT = 8_000
EARLIER_MOST = 3

STATUS_WORDS: tuple[tuple[str, ValueStatus], ...] = (
    ("Provided", "provided"),
    ("Delayed", "delayed"),
    ("Not available", "not available"),
    ("Not due", "not due"),
)
STATES = ("Provisional", "Certified")


@dataclass(frozen=True)
class Column:
    """One column of Measures. `group` names the block that it belongs to; `width` is in characters."""

    key: str
    header: str
    width: float
    kind: Kind
    group: str = ""


@dataclass(frozen=True)
class Field:
    """One cell of Start that is filled by hand: the sign-off."""

    key: str
    label: str
    hint: str


NUMERATOR = "numerator"
DENOMINATOR = "denominator"
ACTUAL = "actual"
STATUS = "status"
FORECAST = "forecast"
COMMENTARY = "commentary"
ACTION = "action"
# Only where a measure of the return asks for them: the year to date, and the score that a person chooses.
TO_DATE = "to_date"
CHOSEN = "chosen_words"
INPUT_KEYS = (NUMERATOR, DENOMINATOR, ACTUAL, TO_DATE, STATUS, CHOSEN, FORECAST, COMMENTARY, ACTION)
QUERY = "query"
REPLY = "reply"
CODES = "codes"
ANSWERED = "answered"
# What a row is a row of: keys of rows are unique within a kind.
MEASURE = "measure"
SIGN = "sign-off"

PREVIOUS = "previous"
LAST_YEAR = "last_year"

SIGN_STATE = "sign_off.state"
SIGN_ROLE = "sign_off.role"
SIGN_NAME = "sign_off.name"
SIGN_DATE = "sign_off.date"
SIGN_OFF: tuple[Field, ...] = (
    Field(SIGN_STATE, "State", "Provisional: figures may still change. Certified: they are final."),
    Field(SIGN_ROLE, "Your role", "For example Head of Service."),
    Field(SIGN_NAME, "Name (optional)", "Leave blank if you like."),
    Field(SIGN_DATE, "Date", "For example 16/10/2020."),
)
VALUE_COLUMN = "value"
# No key of a measure holds it.
ROW_SEPARATOR = "@"

# What only some returns have: figures that add up over the year, scores that are chosen, whole years of the past.
ADDING, CHOOSING = "adding", "choosing"
MOST_YEARS = 3
_ADDING = frozenset({TO_DATE, "running", "before", "year_target"})
# Figures that roll over twelve months stand in the same columns, under another name, with what came before.
_ROLLING = frozenset({"before_numerator", "before_denominator"})
_ROLLING_NAMES = {
    TO_DATE: "Year to date or 12 months (if not as worked out)",
    "running": "Year to date or 12 months",
}
_CHOOSING = frozenset({CHOSEN, "chosen"})

_BEFORE: tuple[Column, ...] = (
    Column("code", "Code", 9, "locked", "Measure"),
    Column("title", "Measure", 29, "locked", "Measure"),
    Column("unit", "Unit", 9, "locked", "Measure"),
    Column("polarity", "Good is", 8, "locked", "Measure"),
    Column("about", "Figure for", 9.5, "locked", "Measure"),
    Column(LAST_YEAR, "Same period last year", 10, "locked", "To compare with"),
)
# How the figure came about, as a small line; what feeds it stands on a hidden sheet.
_KNOWN: tuple[Column, ...] = (
    Column("spark", "History", 11, "locked", "To compare with"),
    Column("target", "Target", 9.5, "locked", "To compare with"),
    Column("year_target", "Target for the year", 9.5, "locked", "To compare with"),
    Column("benchmark", "Benchmark", 13.5, "locked", "To compare with"),
)
_FILLED: tuple[Column, ...] = (
    Column(NUMERATOR, "Numerator", 10.5, "input", "Please fill"),
    Column(DENOMINATOR, "Denominator", 11.5, "input", "Please fill"),
    Column(ACTUAL, "Actual", 13, "input", "Please fill"),
    Column(TO_DATE, "Year to date (if not the sum)", 11, "input", "Please fill"),
    Column(STATUS, "Status", 12, "input", "Please fill"),
    Column(CHOSEN, "Your score (no target)", 12, "input", "Please fill"),
    Column("figure", "Figure used", 9.5, "live", "Worked out for you"),
    Column("running", "Year to date", 9.5, "live", "Worked out for you"),
    Column("score", "Score", 15, "live", "Worked out for you"),
    Column("trend", "", 3.4, "live", "Worked out for you"),
    Column("trend_word", "Trend", 10.5, "live", "Worked out for you"),
    Column("check", "Check", 33, "live", "Worked out for you"),
)
# Only in a book that goes back with queries: what is asked, and the answer.
_ASKED: tuple[Column, ...] = (
    Column(QUERY, "Our query", 38, "locked", "Please answer"),
    Column(REPLY, "Your reply", 34, "input", "Please answer"),
)
_EXPLAINED: tuple[Column, ...] = (
    Column("why", "Why explain", 16, "live", "Please explain"),
    Column(COMMENTARY, "Commentary", 40, "input", "Please explain"),
    Column(ACTION, "Recovery action", 32, "input", "Please explain"),
    Column(FORECAST, "Forecast (year end)", 10, "input", "Please explain"),
    # Not at the end: LibreOffice prints the edge of a hidden number beside the last column as ###.
    Column("target_low", "target", 8, "hidden"),
    Column("target_high", "target high", 8, "hidden"),
    Column("before", "before", 8, "hidden"),
    Column("before_numerator", "before: numerator", 8, "hidden"),
    Column("before_denominator", "before: denominator", 8, "hidden"),
    Column("chosen", "chosen", 8, "hidden"),
    Column("band", "band", 8, "hidden"),
    Column("level", "level", 8, "hidden"),
    Column("todo", "to do", 8, "hidden"),
    Column("unexplained", "unexplained", 8, "hidden"),
    Column("problem", "problem", 8, "hidden"),
    Column("usual", "usual", 8, "hidden"),
    Column("spread", "spread", 8, "hidden"),
    Column("called", "called", 8, "hidden"),
    Column("rule", "rule", 8, "hidden"),
    Column("where", "where", 8, "hidden"),
    Column("rank", "rank", 8, "hidden"),
)
_HELPFUL: tuple[Column, ...] = (
    Column("last_commentary", "What was said last time", 30, "locked", "To help you"),
    Column("example", "How it might read", 30, "live", "To help you"),
)
# The first columns of the further printed pages; the columns up to the title are repeated there.
NEW_PAGES = ("check", "why")
REPEATED = "title"

_NAMES_BEFORE = ("Previous period", "Two periods before", "Three periods before")


@dataclass(frozen=True)
class Wanted:
    """What the measures of a return ask for beyond what every return has: `years` are the whole years of the past that
    are shown, oldest first."""

    adding: bool = False
    rolling: bool = False
    choosing: bool = False
    years: tuple[Period, ...] = ()


NOTHING_MORE = Wanted()
# What a return may have at most.
EVERYTHING = Wanted(adding=True, rolling=True, choosing=True)


@lru_cache(maxsize=64)
def columns(earlier: int, *, asked: bool = False, wanted: Wanted = NOTHING_MORE) -> tuple[Column, ...]:
    """The columns of Measures after the hidden key column, with so many earlier periods (1 to 3), oldest first.

    `asked`: with those of a book that goes back with queries.
    """
    without = (frozenset() if wanted.adding else _ADDING) | (frozenset() if wanted.choosing else _CHOOSING)
    without |= frozenset() if wanted.rolling else _ROLLING
    without |= frozenset(f"sent_{key}" for key in without)
    years = tuple(
        Column(year_key(back), year.label, 10, "locked", "To compare with")
        for back, year in zip(range(len(wanted.years), 0, -1), wanted.years, strict=True)
    )
    before = tuple(
        Column(earlier_key(back), _NAMES_BEFORE[back - 1], 10, "locked", "To compare with")
        for back in range(earlier, 0, -1)
    )
    query, sent = (_ASKED, sent_columns(INPUT_KEYS)) if asked else ((), ())
    found = (*_BEFORE[:-1], *years, _BEFORE[-1], *before, *_KNOWN, *_FILLED, *query, *_EXPLAINED, *sent, *_HELPFUL)
    kept = tuple(column for column in found if column.key not in without)
    if not wanted.rolling:
        return kept
    return tuple(replace(each, header=_ROLLING_NAMES.get(each.key, each.header)) for each in kept)


def year_key(back: int) -> str:
    """The key of the column with the figure of so many whole years before."""
    return f"year_{back}"


def sent_columns(inputs: Sequence[str]) -> tuple[Column, ...]:
    """Of a row with a query: the codes of what is asked, what was filled when it went back, whether it is answered."""
    return (
        Column(CODES, "codes", 8, "hidden"),
        *(Column(sent_key(key), f"sent {key}", 8, "hidden") for key in inputs),
        Column(ANSWERED, "answered", 8, "hidden"),
    )


def sent_key(column: str) -> str:
    """The key of the column that keeps what a column held when the book went back."""
    return f"sent_{column}"


def with_queries(columns: Sequence[Column], inputs: Sequence[str], *, hidden: str = "problem") -> tuple[Column, ...]:
    """The columns of another sheet than Measures in a book that goes back: queries stand after its check, what nobody
    needs to see after its column `hidden`.
    """
    found: list[Column] = []
    for column in columns:
        found.append(column)
        if column.key == "check":
            found += _ASKED
        elif column.key == hidden:
            found += sent_columns(inputs)
    return tuple(found)


def reply_key(kind: str, column: str = REPLY) -> str:
    """The key under which the reply (or its codes) beside a row is kept, whatever other sheets call their rows."""
    return column if kind == MEASURE else f"{column}@{kind}"


def row_key(measure: str, about: Period, last: Period) -> str:
    """The key of a row of Measures.

    A measure that is more frequent than the return has a row for each of its periods: the last one bears the measure's
    key alone, as every other row does, those before it also say their period.
    """
    return measure if about == last else f"{measure}{ROW_SEPARATOR}{about.label}"


def earlier_key(back: int) -> str:
    """The key of the column with the figure of so many periods before."""
    return PREVIOUS if back == 1 else f"{PREVIOUS}_{back}"


def earlier_periods(period: Period) -> int:
    """How many earlier periods Measures shows: those of the reporting year, at least one, at most three."""
    return max(1, min(EARLIER_MOST, period.index - 1))


@cache
def checksum() -> str:
    """Identifies the layout: 16 hexadecimal digits that change with its keys."""
    keys = [FORMAT, *(c.key for c in columns(EARLIER_MOST)), *(f.key for f in SIGN_OFF)]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
