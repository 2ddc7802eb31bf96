"""Family V, the figures of a row."""

from __future__ import annotations

from decimal import Decimal

from perfbook.checks._vars import (
    BOTH,
    DENOMINATOR,
    EARLIER,
    ENTERED,
    FAR,
    FIGURE,
    FRACTION,
    HUGE,
    KNOWN,
    LAST_YEAR,
    MAXIMUM,
    MINIMUM,
    NUMERATOR,
    PLACES,
    PRECISION,
    TARGET,
    TYPED,
    WHOLE,
    from_fraction,
    is_known,
    is_words,
    shown,
)
from perfbook.checks.asked import Asked
from perfbook.checks.rule import Knob, Rule
from perfbook.scoring.expr import Expr, Lit, all_, any_, call, if_, is_blank, is_number, join


def _has_fraction(asked: Asked) -> bool:
    return asked.measure.has_fraction


def _has_range(asked: Asked) -> bool:
    return asked.measure.minimum is not None or asked.measure.maximum is not None


def _never_below_nought(asked: Asked) -> bool:
    measure = asked.measure
    return measure.minimum is None and (asked.is_count or measure.unit.kind == "percent")


def _is_share(asked: Asked) -> bool:
    measure = asked.measure
    return measure.maximum is None and measure.has_fraction and measure.unit.kind == "percent"


V101 = Rule(
    code="V101",
    severity="warning",
    title="The fraction and the typed figure disagree",
    about="actual",
    needs=_has_fraction,
    condition=if_(
        all_(BOTH, is_number(TYPED)),
        if_(
            call("ne", DENOMINATOR, 0),
            call("ne", from_fraction(PRECISION), call("round", TYPED, PRECISION)),
            False,
        ),
        False,
    ),
    found=join(NUMERATOR, "/", DENOMINATOR, " is ", shown(from_fraction(PLACES)), ", but ", shown(TYPED), " is typed."),
    remedy="Correct one of them.",
    trips={"numerator": 113, "denominator": 147, "entered": 0.768, "typed": 0.768},
    passes={"numerator": 113, "denominator": 147, "entered": 0.769, "typed": 0.769},
)

V102 = Rule(
    code="V102",
    severity="warning",
    title="The figure is outside the plausible range",
    about="actual",
    needs=_has_range,
    condition=if_(
        is_number(FIGURE),
        any_(
            if_(is_number(MINIMUM), call("lt", FIGURE, MINIMUM), False),
            if_(is_number(MAXIMUM), call("gt", FIGURE, MAXIMUM), False),
        ),
        False,
    ),
    found=join(shown(FIGURE), " is outside the plausible range."),
    expected=if_(
        all_(is_number(MINIMUM), is_number(MAXIMUM)),
        join("Expected: ", shown(MINIMUM), " to ", shown(MAXIMUM), "."),
        if_(
            is_number(MINIMUM),
            join("Expected: at least ", shown(MINIMUM), "."),
            join("Expected: at most ", shown(MAXIMUM), "."),
        ),
    ),
    remedy="Correct it or, if it is right, say why in the commentary.",
    sure="likely",
    trips={"entered": 76.8, "typed": 76.8},
    passes={"entered": 1, "typed": 1},
)

V103 = Rule(
    code="V103",
    severity="info",
    title="A figure typed as text",
    about="actual",
    condition=is_words(ENTERED),
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
    needs=lambda asked: asked.is_count,
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
    needs=_has_fraction,
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
    needs=_has_fraction,
    condition=if_(BOTH, call("eq", DENOMINATOR, 0), False),
    found=Lit("The denominator is 0, so there is no figure."),
    remedy="Correct it or, if there were no cases, clear both and choose Not available.",
    trips={"numerator": 0, "denominator": 0},
    passes={"numerator": 0, "denominator": 12},
)


def _is_near(known: Expr) -> Expr:
    apart = (call("mul", FAR, call("abs", known)), call("mul", FAR, call("abs", FIGURE)))
    return if_(
        is_number(known),
        all_(call("lt", call("abs", FIGURE), apart[0]), call("lt", call("abs", known), apart[1])),
        False,
    )


# Many times larger or smaller than anything known of the measure. Never converted: a manager says what is right.
HUNDREDFOLD = if_(
    is_number(FIGURE),
    if_(
        call("ne", FIGURE, 0),
        any_(
            if_(is_number(HUGE), call("ge", call("abs", FIGURE), HUGE), False),
            all_(is_known("ne", 0), call("not", any_(*(_is_near(known) for known in KNOWN)))),
        ),
        False,
    ),
    False,
)

V114 = Rule(
    code="V114",
    severity="warning",
    title="The figure is many times larger or smaller than it ever was",
    about="actual",
    condition=HUNDREDFOLD,
    found=join(
        shown(FIGURE),
        if_(
            any_(*(is_number(known) for known in KNOWN)),
            " is far from anything known of this measure.",
            " is 1000% or more.",
        ),
    ),
    expected=if_(
        is_number(EARLIER),
        join("The period before: ", shown(EARLIER), "."),
        if_(
            is_number(LAST_YEAR),
            join("The same period last year: ", shown(LAST_YEAR), "."),
            if_(is_number(TARGET), join("The target: ", shown(TARGET), "."), "Nothing is known to compare it with."),
        ),
    ),
    remedy="Correct it or, if it is right, say why in the commentary.",
    sure="likely",
    knob=Knob("How many times larger or smaller. Blank: 50 for percentages, else 100.", None, least=Decimal(2)),
    trips={"entered": 76.8, "typed": 76.8, "earlier": 0.761},
    passes={"entered": 0.02, "typed": 0.02, "earlier": 0.761},
)

V116 = Rule(
    code="V116",
    severity="warning",
    title="A figure below 0",
    about="actual",
    needs=_never_below_nought,
    condition=if_(is_number(FIGURE), all_(call("lt", FIGURE, 0), call("not", is_known("lt", 0))), False),
    found=join(shown(FIGURE), " is below 0, which nothing known of this measure is."),
    remedy="Correct it or, if it is right, say why in the commentary.",
    sure="likely",
    trips={"entered": -4, "typed": -4},
    passes={"entered": -4, "typed": -4, "last_year": -2},
)

V117 = Rule(
    code="V117",
    severity="warning",
    title="The numerator is larger than the denominator",
    about="numerator",
    needs=_is_share,
    condition=if_(
        BOTH,
        all_(call("gt", DENOMINATOR, 0), call("gt", NUMERATOR, DENOMINATOR), call("not", is_known("gt", 1))),
        False,
    ),
    found=join("The numerator, ", NUMERATOR, ", is larger than the denominator, ", DENOMINATOR, "."),
    remedy="Correct them or, if they are right, say so in the commentary.",
    sure="likely",
    trips={"numerator": 147, "denominator": 113},
    passes={"numerator": 147, "denominator": 113, "earlier": 1.2},
)

VALUE_RULES: tuple[Rule, ...] = (V101, V102, V103, V104, V105, V106, V114, V116, V117)
