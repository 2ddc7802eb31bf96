"""What calls for an explanation, and the words that say so: `Below target by 8.2 points`.

A score, a status or a change may call for one, in this order; each is a check that can be switched and tuned (E101,
E105, E106). A row has one reason at a time.
"""

from __future__ import annotations

from decimal import Decimal

from perfbook.checks._vars import (
    BAND,
    CALLED,
    EARLIER,
    EXCEPTION_FROM,
    FIGURE,
    SCORE,
    STATUS,
    TARGET,
    TARGET_HIGH,
    TO_DATE,
    TREND,
    at_places,
    shown,
)
from perfbook.checks.asked import Asked, is_count
from perfbook.checks.rule import tuned
from perfbook.framework.model import Measure
from perfbook.scoring.expr import Expr, Lit, all_, any_, call, if_, is_number, join, lift

# The codes of what may call for an explanation: their places, from 1, are the numbers that `called` gives.
CALLS = ("E101", "E105", "E106")
SCORE_CALL, STATUS_CALL, CHANGE_CALL = 1, 2, 3

# A change by fewer cases than this is none to explain, however small the figure was.
_LEAST_CASES = 10
_UNNAMED = frozenset({"count", "number", "no", "no.", "score", "ratio"})


def called(asked: Asked) -> Expr:
    """What calls for an explanation: 0 nothing, else the place of its code in `CALLS`."""
    expression: Expr = Lit(0)
    for place, code in reversed(tuple(enumerate(CALLS, start=1))):
        if asked.is_asked(code) and can_call(asked, code):
            expression = if_(_condition(asked.measure, code), place, expression)
    return expression


def can_call(asked: Asked, code: str) -> bool:
    """Whether a code of `CALLS` can ever call for an explanation in a row."""
    if code == "E105":
        return asked.explained
    # From one quarter to the next a figure that counts up over the year only ever grows.
    grows = code == "E106" and asked.measure.counts_up
    scored = asked.measure.polarity != "none" or (code == "E101" and asked.is_chosen)
    return asked.explained and scored and not grows


def reason(asked: Asked) -> Expr:
    """Why an explanation is called for, in words; empty where none is. Reads `called`."""
    measure = asked.measure
    words: Expr = if_(call("eq", CALLED, STATUS_CALL), join("The status is ", STATUS), "")
    if measure.polarity == "none" and asked.is_chosen:
        words = if_(call("eq", CALLED, SCORE_CALL), _against_target(asked), words)
    if measure.polarity != "none":
        before = at_places(call("abs", call("sub", FIGURE, EARLIER)))
        words = if_(
            call("eq", CALLED, SCORE_CALL),
            _against_target(asked),
            if_(
                call("eq", CALLED, CHANGE_CALL),
                join("Worse than the period before by ", _by(measure, before)),
                words,
            ),
        )
    return words


def _condition(measure: Measure, code: str) -> Expr:
    if code == "E101":
        return if_(is_number(BAND), call("ge", BAND, EXCEPTION_FROM), False)
    if code == "E105":
        return all_(
            call("not", is_number(FIGURE)), any_(call("eq", STATUS, "delayed"), call("eq", STATUS, "not available"))
        )
    change = at_places(call("abs", call("sub", FIGURE, EARLIER)))
    if measure.unit.kind == "percent":
        large: Expr = call("ge", call("round", call("mul", 100, change), measure.decimals), tuned("E106"))
    else:
        large = call("ge", call("mul", 100, change), call("mul", tuned("E106"), call("abs", EARLIER)))
    if is_count(measure):
        large = all_(large, call("ge", change, _LEAST_CASES))
    return if_(is_number(TREND), if_(call("lt", TREND, 0), large, False), False)


def _against_target(asked: Asked) -> Expr:
    measure = asked.measure
    other: Expr = join("The score is ", SCORE)  # a scheme may call for an explanation of any score
    if asked.is_chosen:
        return other
    scored = TO_DATE if measure.runs else FIGURE
    below, above = call("sub", TARGET, scored), call("sub", scored, TARGET)
    if measure.polarity == "range":
        beyond = call("sub", scored, TARGET_HIGH)
        other = _if_more(beyond, "Above the range by ", measure, other)
        return _if_more(below, "Below the range by ", measure, other)
    if measure.polarity == "higher":
        return _if_more(below, "Below target by ", measure, other)
    return _if_more(above, "Above target by ", measure, other)


def _if_more(difference: Expr, words: str, measure: Measure, otherwise: Expr) -> Expr:
    rounded = at_places(difference)
    return if_(call("gt", rounded, 0), join(words, _by(measure, rounded)), otherwise)


def _by(measure: Measure, difference: Expr) -> Expr:
    """A difference in words: `8.2 points`, `1.20 days`, `£12`."""
    if measure.unit.kind == "percent":
        places = "." + "0" * measure.decimals if measure.decimals else ""
        points = call("text", call("mul", 100, difference), lift(f"0{places}"))
        one = call("eq", difference, Decimal("0.01")) if not measure.decimals else lift(False)
        return join(points, if_(one, " point", " points") if not measure.decimals else " points")
    label = measure.unit.label
    named = measure.unit.kind == "number" and measure.unit.multiplier == 1 and label.islower()
    if not named or label in _UNNAMED or label.startswith(("number of", "count of", "per ")):
        return shown(difference)
    return join(shown(difference), f" {label}")
