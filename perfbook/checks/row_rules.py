"""The rules about one row of a return, as data. Family V: values, S: statuses, E: explanations."""

from __future__ import annotations

from perfbook.checks.rule import Rule
from perfbook.scoring.expr import Expr, Lit, Var, all_, any_, call, if_, is_blank, is_number, join

ENTERED = Var("entered")
TYPED = Var("typed")
NUMERATOR = Var("numerator")
DENOMINATOR = Var("denominator")
STATUS = Var("status")
FORECAST = Var("forecast")
COMMENTARY = Var("commentary")
ACTION = Var("action")
SIGNED = Var("signed")
FIGURE = Var("figure")
BAND = Var("band")
SCORE = Var("score")

EARLIER = Var("earlier")
LAST_YEAR = Var("last_year")
TARGET = Var("target")

FRACTION = Var("fraction")
MULTIPLIER = Var("multiplier")
INNER = Var("inner")
PLACES = Var("places")
PRECISION = Var("precision")
FORMAT = Var("format")
MINIMUM = Var("minimum")
MAXIMUM = Var("maximum")
WHOLE = Var("whole")
EXCEPTION_FROM = Var("exception_from")
FAR = Var("far")
HUGE = Var("huge")


def _shown(value: Expr) -> Expr:
    return call("text", value, FORMAT)


def _text(value: Expr) -> Expr:
    return if_(call("is_text", value), call("not", is_blank(value)), False)


def _from_fraction(places: Expr) -> Expr:
    """As `scoring.rules.actual` computes it: multiplied before the one division, with an inner round."""
    exact = call("div", call("mul", MULTIPLIER, NUMERATOR), DENOMINATOR)
    return call("round", call("round", exact, INNER), places)


_BOTH = all_(FRACTION, is_number(NUMERATOR), is_number(DENOMINATOR))
_NO_FIGURE = all_(call("not", is_number(FIGURE)), is_blank(ENTERED), is_blank(NUMERATOR), is_blank(DENOMINATOR))
_NO_FIGURE_DUE = any_(*(call("eq", STATUS, word) for word in ("delayed", "not available", "not due")))

V101 = Rule(
    code="V101",
    severity="warning",
    title="The fraction and the typed figure disagree",
    about="actual",
    condition=if_(
        all_(_BOTH, is_number(TYPED)),
        if_(
            call("ne", DENOMINATOR, 0),
            call("ne", _from_fraction(PRECISION), call("round", TYPED, PRECISION)),
            False,
        ),
        False,
    ),
    found=join(
        NUMERATOR,
        "/",
        DENOMINATOR,
        " is ",
        _shown(_from_fraction(PLACES)),
        ", but ",
        _shown(TYPED),
        " is typed.",
    ),
    remedy="Correct one of them.",
    trips={"numerator": 113, "denominator": 147, "entered": 0.768, "typed": 0.768},
    passes={"numerator": 113, "denominator": 147, "entered": 0.769, "typed": 0.769},
)

V102 = Rule(
    code="V102",
    severity="warning",
    title="The figure is outside the plausible range",
    about="actual",
    condition=if_(
        is_number(FIGURE),
        any_(
            if_(is_number(MINIMUM), call("lt", FIGURE, MINIMUM), False),
            if_(is_number(MAXIMUM), call("gt", FIGURE, MAXIMUM), False),
        ),
        False,
    ),
    found=join(_shown(FIGURE), " is outside the plausible range."),
    expected=if_(
        all_(is_number(MINIMUM), is_number(MAXIMUM)),
        join("Expected: ", _shown(MINIMUM), " to ", _shown(MAXIMUM), "."),
        if_(
            is_number(MINIMUM),
            join("Expected: at least ", _shown(MINIMUM), "."),
            join("Expected: at most ", _shown(MAXIMUM), "."),
        ),
    ),
    remedy="Correct it or, if it is right, say why in the commentary.",
    sure="likely",
    trips={"entered": 76.8, "typed": 76.8},
    passes={"entered": 1, "typed": 1},
)

# What a figure may be compared with, all in the row. Words (`Delayed`) and noughts say nothing.
_KNOWN = (EARLIER, LAST_YEAR, TARGET)


def _is_near(known: Expr) -> Expr:
    apart = (call("mul", FAR, call("abs", known)), call("mul", FAR, call("abs", FIGURE)))
    return if_(
        is_number(known),
        all_(call("lt", call("abs", FIGURE), apart[0]), call("lt", call("abs", known), apart[1])),
        False,
    )


def _is_known(test: str, bound: int) -> Expr:
    return any_(*(if_(is_number(known), call(test, known, bound), False) for known in _KNOWN))


# Never converted: a manager says what is right.
V114 = Rule(
    code="V114",
    severity="warning",
    title="The figure is many times larger or smaller than it ever was",
    about="actual",
    condition=if_(
        is_number(FIGURE),
        if_(
            call("ne", FIGURE, 0),
            any_(
                if_(is_number(HUGE), call("ge", call("abs", FIGURE), HUGE), False),
                all_(_is_known("ne", 0), call("not", any_(*(_is_near(known) for known in _KNOWN)))),
            ),
            False,
        ),
        False,
    ),
    found=join(
        _shown(FIGURE),
        if_(
            any_(*(is_number(known) for known in _KNOWN)),
            " is far from anything known of this measure.",
            " is 1000% or more.",
        ),
    ),
    expected=if_(
        is_number(EARLIER),
        join("The period before: ", _shown(EARLIER), "."),
        if_(
            is_number(LAST_YEAR),
            join("The same period last year: ", _shown(LAST_YEAR), "."),
            if_(is_number(TARGET), join("The target: ", _shown(TARGET), "."), ""),
        ),
    ),
    remedy="Correct it or, if it is right, say so in the commentary.",
    sure="likely",
    trips={"entered": 76.8, "typed": 76.8, "earlier": 0.761},
    passes={"entered": 0.02, "typed": 0.02, "earlier": 0.761},
)

V103 = Rule(
    code="V103",
    severity="info",
    title="A figure typed as text",
    about="actual",
    condition=_text(ENTERED),
    found=join("The actual is text: ", ENTERED, "."),
    remedy="Type a plain number, or choose a status.",
    trips={"entered": "76.8% (113/147)"},
    passes={"entered": 0.768, "typed": 0.768},
)

V104 = Rule(
    code="V104",
    severity="warning",
    title="A whole number is expected",
    about="actual",
    condition=if_(all_(WHOLE, is_number(TYPED)), call("ne", call("round", TYPED, 0), TYPED), False),
    found=join(TYPED, " is not a whole number."),
    expected=Lit("This measure is a count."),
    remedy="Type a whole number.",
    trips={"entered": 4.5, "typed": 4.5},
    passes={"entered": 4, "typed": 4},
)

V105 = Rule(
    code="V105",
    severity="warning",
    title="Half a fraction",
    about="numerator",
    condition=if_(FRACTION, call("ne", is_blank(NUMERATOR), is_blank(DENOMINATOR)), False),
    found=if_(
        is_blank(NUMERATOR),
        Lit("The denominator is given without its numerator."),
        Lit("The numerator is given without its denominator."),
    ),
    remedy="Fill both, or neither.",
    trips={"numerator": 113},
    passes={"numerator": 113, "denominator": 147},
)

V106 = Rule(
    code="V106",
    severity="warning",
    title="The denominator is 0",
    about="denominator",
    condition=if_(_BOTH, call("eq", DENOMINATOR, 0), False),
    found=Lit("The denominator is 0, so there is no figure."),
    remedy="Correct it or, if there were no cases, clear both and choose Not available.",
    trips={"numerator": 0, "denominator": 0},
    passes={"numerator": 0, "denominator": 12},
)

V116 = Rule(
    code="V116",
    severity="warning",
    title="A figure below 0",
    about="actual",
    condition=if_(is_number(FIGURE), all_(call("lt", FIGURE, 0), call("not", _is_known("lt", 0))), False),
    found=join(_shown(FIGURE), " is below 0, which nothing known of this measure is."),
    remedy="Correct it or, if it is right, say so in the commentary.",
    sure="likely",
    trips={"entered": -4, "typed": -4},
    passes={"entered": -4, "typed": -4, "last_year": -2},
)

V117 = Rule(
    code="V117",
    severity="warning",
    title="The numerator is larger than the denominator",
    about="numerator",
    condition=if_(
        _BOTH,
        all_(call("gt", DENOMINATOR, 0), call("gt", NUMERATOR, DENOMINATOR), call("not", _is_known("gt", 1))),
        False,
    ),
    found=join("The numerator, ", NUMERATOR, ", is larger than the denominator, ", DENOMINATOR, "."),
    remedy="Correct them or, if they are right, say so in the commentary.",
    sure="likely",
    trips={"numerator": 147, "denominator": 113},
    passes={"numerator": 147, "denominator": 113, "earlier": 1.2},
)

S101 = Rule(
    code="S101",
    severity="warning",
    certified="error",
    title="No figure and no status",
    about="actual",
    condition=if_(
        all_(_NO_FIGURE, is_blank(STATUS)),
        any_(
            call("not", is_blank(SIGNED)),
            call("not", is_blank(FORECAST)),
            call("not", is_blank(COMMENTARY)),
            call("not", is_blank(ACTION)),
        ),
        False,
    ),
    found=Lit("There is no figure and no status."),
    remedy="Type the figure, or choose a status.",
    trips={"commentary": "Rising since May."},
    passes={"commentary": "Collection paused.", "status": "Delayed"},
)

S102 = Rule(
    code="S102",
    severity="warning",
    title="A status that says there is no figure, and a figure",
    about="status",
    condition=if_(is_number(FIGURE), _NO_FIGURE_DUE, False),
    found=join("The status is ", STATUS, ", but the figure is ", _shown(FIGURE), "."),
    remedy="Clear the figure, or change the status to Provided.",
    trips={"entered": 0.5, "typed": 0.5, "status": "Delayed"},
    passes={"status": "Delayed"},
)

S103 = Rule(
    code="S103",
    severity="warning",
    certified="error",
    title="Provided, but no figure",
    about="actual",
    condition=if_(_NO_FIGURE, call("eq", STATUS, "provided"), False),
    found=Lit("The status is Provided, but there is no figure."),
    remedy="Type the figure, or choose another status.",
    trips={"status": "Provided"},
    passes={"entered": 0.5, "typed": 0.5, "status": "Provided"},
)

# Rows that are not due have no rules: where this one is asked, a figure is due by the calendar.
S105 = Rule(
    code="S105",
    severity="warning",
    title="Not due, but the calendar says that it is",
    about="status",
    condition=all_(call("eq", STATUS, "not due"), call("not", is_number(FIGURE))),
    found=Lit("The status is Not due, but by the framework a figure is due."),
    remedy="Type the figure, or choose Delayed or Not available.",
    sure="likely",
    trips={"status": "Not due"},
    passes={"status": "Delayed"},
)

# A warning also in certified returns: councils publish such figures, and the scorecard lists what is not explained.
E101 = Rule(
    code="E101",
    severity="warning",
    title="An explanation is missing",
    about="commentary",
    condition=if_(all_(is_number(BAND), is_blank(COMMENTARY)), call("ge", BAND, EXCEPTION_FROM), False),
    found=join(SCORE, ", and the commentary is empty."),
    remedy="Say why, and what is being done.",
    trips={"entered": 0.5, "typed": 0.5, "status": "Provided"},
    passes={"entered": 0.5, "typed": 0.5, "commentary": "Demand doubled."},
)

ROW_RULES: tuple[Rule, ...] = (
    V101,
    V102,
    V103,
    V104,
    V105,
    V106,
    V114,
    V116,
    V117,
    S101,
    S102,
    S103,
    S105,
    E101,
)
