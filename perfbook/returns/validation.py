"""What each input takes, and what it says: Excel's own data validation, from a measure's unit and range."""

from __future__ import annotations

from decimal import Decimal

from perfbook.checks.asked import is_count
from perfbook.framework.model import Measure, Scheme
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.workbook.numfmt import display

Options = dict[str, object]

# Wider than any figure of a council; what a range of the measure does not narrow.
_WIDEST = 1_000_000_000_000
_WIDEST_PERCENT = 10_000  # a million percent
_MESSAGE = 255
_TITLE = 32


def figure(measure: Measure, what: str) -> Options:
    """The actual or the forecast of a measure."""
    expected = expected_figure(measure)
    example = {"percent": "76.8", "currency": "12500"}.get(measure.unit.kind, "413" if is_count(measure) else "4.35")
    if measure.unit.kind == "percent":
        example = example if measure.decimals else "77"
        kind = "a percentage"
    elif is_count(measure):
        kind = "a whole number"
    else:
        kind = "a number"
    hint = f"Type {kind}, such as {example}. {expected}"
    if what == "Actual" and measure.has_fraction:
        hint = f"Fill numerator and denominator, and the figure is worked out; or type it here. {expected}"
    wide = _WIDEST_PERCENT if measure.unit.kind == "percent" else _WIDEST
    low, high = measure.minimum, measure.maximum
    return {
        "validate": "integer" if is_count(measure) else "decimal",
        "criteria": "between",
        "minimum": -wide if low is None else _bound(low),
        "maximum": wide if high is None else _bound(high),
        "input_title": _cut(f"{what}: {measure.unit.shown}", _TITLE),
        "input_message": _cut(hint, _MESSAGE),
        "error_title": _cut(f"Not {kind} as expected", _TITLE),
        "error_message": _cut(
            f"Type {kind}, such as {example}. {expected} No figure? Leave this blank and choose a status.", _MESSAGE
        ),
    }


def expected_figure(measure: Measure) -> str:
    """The plausible range of a measure in words; empty where it has none."""
    shown = {
        name: "" if bound is None else display(bound, measure.number_format)
        for name, bound in (("low", measure.minimum), ("high", measure.maximum))
    }
    if shown["low"] and shown["high"]:
        return f"Expected: {shown['low']} to {shown['high']}."
    if shown["low"]:
        return f"Expected: {shown['low']} or more."
    return f"Expected: {shown['high']} or less." if shown["high"] else ""


def fraction(measure: Measure, part: str) -> Options:
    """The numerator or the denominator of a measure."""
    is_denominator = part == layout.DENOMINATOR
    words = measure.denominator if is_denominator else measure.numerator
    limits: Options = (
        {"criteria": ">", "value": 0}
        if is_denominator
        else {"criteria": "between", "minimum": -_WIDEST, "maximum": _WIDEST}
    )
    needed = "a number above 0" if is_denominator else "a number"
    return {
        "validate": "decimal",
        **limits,
        "input_title": "Denominator" if is_denominator else "Numerator",
        "input_message": _cut(words or f"Type {needed}.", _MESSAGE),
        "error_title": "Not a number as expected",
        "error_message": f"Type {needed}, without text. If there were no cases, leave both cells blank and choose the "
        "status Not available.",
    }


def status() -> Options:
    """The status of a value."""
    words = [word for word, _ in layout.STATUS_WORDS]
    return {
        "validate": "list",
        "source": words,
        "input_title": "Status",
        "input_message": "Needed only where there is no figure: Delayed, Not available or Not due.",
        "error_title": "Please choose from the list",
        "error_message": f"Choose {', '.join(words[:-1])} or {words[-1]}.",
    }


def year_to_date(measure: Measure) -> Options:
    """The figure that a measure runs to, the year to date or twelve months: needed only where it is not as worked
    out."""
    options = figure(measure, "Rolling figure" if measure.rolls else "Year to date")
    wide = _WIDEST_PERCENT if measure.unit.kind == "percent" else _WIDEST
    hint = (
        "Leave this blank where it is the sum of the year's figures: it is worked out for you. Type it where it is not."
    )
    if measure.rolls:
        hint = (
            "Leave this blank where it follows from the figures of the last twelve months: it is worked out for you. "
            "Type it where it does not."
        )
    return options | {"minimum": -wide, "maximum": wide, "input_message": _cut(hint, _MESSAGE)}


def chosen(scheme: Scheme) -> Options:
    """The score that a person chooses."""
    words = [band.word for band in scheme.bands]
    return {
        "validate": "list",
        "source": words,
        "input_title": "Your score",
        "input_message": "There is no target, so please choose the score yourself.",
        "error_title": "Please choose from the list",
        "error_message": _cut(f"Choose {', '.join(words[:-1])} or {words[-1]}.", _MESSAGE),
    }


def text(title: str, message: str) -> Options:
    """A running text."""
    return {
        "validate": "length",
        "criteria": "<=",
        "value": layout.TEXT_LIMIT,
        "input_title": _cut(title, _TITLE),
        "input_message": _cut(message, _MESSAGE),
        "error_title": "The text is too long",
        "error_message": f"Please keep it within {layout.TEXT_LIMIT:,} characters.",
    }


def sign_off(key: str, hint: str, period: Period) -> Options:
    """A field of the sign-off."""
    if key == layout.SIGN_STATE:
        return {
            "validate": "list",
            "source": list(layout.STATES),
            "input_title": "State",
            "input_message": "Choose Provisional while figures may still change, Certified when they are final.",
            "error_title": "Please choose from the list",
            "error_message": "Choose Provisional or Certified.",
        }
    if key == layout.SIGN_DATE:
        return {
            "validate": "date",
            "criteria": ">=",
            "value": period.start,
            "input_title": "Date",
            "input_message": f"The day of your sign-off. {hint}",
            "error_title": "Not a date as expected",
            "error_message": f"Type a date after {period.start:%d/%m/%Y}, such as 16/10/2020.",
        }
    role = key == layout.SIGN_ROLE
    return {
        "validate": "length",
        "criteria": "<=",
        "value": 100,
        "input_title": "Your role" if role else "Name (optional)",
        "input_message": hint,
        "error_title": "The text is too long",
        "error_message": "Please keep it within 100 characters.",
    }


def _bound(value: Decimal) -> float:
    return float(value)


def _cut(words: str, most: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else f"{words[: most - 3].rstrip()}..."
