"""The variables that row rules read, and the conditions that several of them share."""

from __future__ import annotations

from perfbook.scoring.expr import Expr, Var, all_, any_, call, if_, is_blank, is_number

# What is filled. `typed` is the number of `entered`, also where that is a text that was understood.
ENTERED = Var("entered")
TYPED = Var("typed")
NUMERATOR = Var("numerator")
DENOMINATOR = Var("denominator")
STATUS = Var("status")
FORECAST = Var("forecast")
COMMENTARY = Var("commentary")
ACTION = Var("action")
SIGNED = Var("signed")
# The year to date that was given beside the figure, and the word by which a score was chosen.
GIVEN = Var("given")
CHOSEN_WORDS = Var("chosen_words")

# What the row shows of earlier periods. `usual` and `spread` say where the figures of the past lie (`checks.usual`).
EARLIER = Var("earlier")
LAST_YEAR = Var("last_year")
TARGET = Var("target")
TARGET_HIGH = Var("target_high")
LAST_COMMENTARY = Var("last_commentary")
USUAL = Var("usual")
SPREAD = Var("spread")
# The year to date of the period before; 0 for the first period of a year.
BEFORE = Var("before")
# Of figures that roll: the sums of the earlier periods of the twelve months.
BEFORE_NUMERATOR = Var("before_numerator")
BEFORE_DENOMINATOR = Var("before_denominator")

# What follows from it. `called` says what calls for an explanation (`checks.explain`), `reason` says it in words.
FIGURE = Var("figure")
BAND = Var("band")
SCORE = Var("score")
TREND = Var("trend")
TO_DATE = Var("to_date")
CHOSEN = Var("chosen")
CALLED = Var("called")
REASON = Var("reason")

# What the measure is, and how its checks are tuned.
FRACTION = Var("fraction")
MULTIPLIER = Var("multiplier")
INNER = Var("inner")
PLACES = Var("places")
PRECISION = Var("precision")
SCALE = Var("scale")
FORMAT = Var("format")
MINIMUM = Var("minimum")
MAXIMUM = Var("maximum")
WHOLE = Var("whole")
EXCEPTION_FROM = Var("exception_from")
FAR = Var("far")
HUGE = Var("huge")


# What is a number in every row.
NUMBERS = frozenset(each.name for each in (MULTIPLIER, INNER, PLACES, PRECISION, SCALE, EXCEPTION_FROM, FAR, CALLED))


def shown(value: Expr) -> Expr:
    """A figure as the measure shows it."""
    return call("text", value, FORMAT)


def is_words(value: Expr) -> Expr:
    """Whether a cell holds a text that is not blank."""
    return if_(call("is_text", value), call("not", is_blank(value)), False)


def from_fraction(places: Expr) -> Expr:
    """As `scoring.rules.actual` computes it: multiplied before the one division, with an inner round."""
    exact = call("div", call("mul", MULTIPLIER, NUMERATOR), DENOMINATOR)
    return call("round", call("round", exact, INNER), places)


def at_places(value: Expr) -> Expr:
    """A figure rounded as it is shown: without what a binary difference leaves behind."""
    return call("round", value, PLACES)


BOTH = all_(FRACTION, is_number(NUMERATOR), is_number(DENOMINATOR))
NO_FIGURE = all_(call("not", is_number(FIGURE)), is_blank(ENTERED), is_blank(NUMERATOR), is_blank(DENOMINATOR))
NO_FIGURE_DUE = any_(*(call("eq", STATUS, word) for word in ("delayed", "not available", "not due")))

# What a figure may be compared with, all in the row. Words (`Delayed`) and noughts say nothing.
KNOWN = (EARLIER, LAST_YEAR, TARGET)


def is_known(test: str, bound: int) -> Expr:
    """Whether anything known of the measure passes a comparison with a number."""
    return any_(*(if_(is_number(known), call(test, known, bound), False) for known in KNOWN))
