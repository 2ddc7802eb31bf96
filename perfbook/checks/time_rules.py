"""Family T, the figure of a row against earlier ones."""

from __future__ import annotations

from decimal import Decimal

from perfbook.checks._vars import (
    BEFORE,
    EARLIER,
    FIGURE,
    GIVEN,
    LAST_YEAR,
    SCALE,
    SPREAD,
    TO_DATE,
    USUAL,
    at_places,
    shown,
)
from perfbook.checks.asked import Asked
from perfbook.checks.rule import Knob, Rule, tuned
from perfbook.scoring.expr import Lit, all_, any_, call, if_, is_number, join


def _counts_up(asked: Asked) -> bool:
    """Whether the figure can only grow within the year: numbers and money do, shares and averages need not."""
    measure = asked.measure
    adds = asked.is_count or measure.unit.kind == "currency" or "per fte" in measure.unit.label.lower()
    return asked.continues and measure.counts_up and adds


T101 = Rule(
    code="T101",
    severity="warning",
    title="A cumulative figure that went down",
    about="actual",
    needs=_counts_up,
    condition=if_(
        all_(is_number(FIGURE), is_number(EARLIER)),
        call(
            "lt",
            call("mul", 100, at_places(FIGURE)),
            call("mul", call("sub", 100, tuned("T101")), at_places(EARLIER)),
        ),
        False,
    ),
    found=join(shown(FIGURE), " is less than the ", shown(EARLIER), " of the period before."),
    expected=join("The figure counts from the start of the year, so it does not go down."),
    remedy="Type the figure since the start of the year or, if it is right, say so in the commentary.",
    sure="likely",
    knob=Knob("By how many % it may go down, where figures are corrected as a rule.", Decimal(0), most=Decimal(100)),
    trips={"entered": 62, "typed": 62, "earlier": 122},
    passes={"entered": 184, "typed": 184, "earlier": 122},
)

T102 = Rule(
    code="T102",
    severity="warning",
    title="The figure is far from its history",
    about="actual",
    condition=if_(
        all_(is_number(FIGURE), is_number(USUAL), is_number(SPREAD)),
        call(
            "gt",
            call("round", call("abs", call("sub", FIGURE, USUAL)), 9),
            call("round", call("mul", tuned("T102"), SPREAD), 9),
        ),
        False,
    ),
    found=join(shown(FIGURE), " is far from the figures of earlier periods."),
    expected=join("They lie around ", shown(USUAL), "."),
    remedy="Correct it or, if it is right, say why in the commentary.",
    sure="possible",
    knob=Knob(
        "How many times further from the middle of earlier figures than they usually are.",
        Decimal(10),
        least=Decimal(2),
        most=Decimal(1000),
    ),
    trips={"entered": 0.2, "typed": 0.2, "earlier": 0.861, "usual": 0.86, "spread": 0.015},
    passes={"entered": 0.8, "typed": 0.8, "earlier": 0.861, "usual": 0.86, "spread": 0.015},
)

# By chance a small or a coarse figure often repeats; one of three digits or more hardly ever does.
T103 = Rule(
    code="T103",
    severity="info",
    title="The same figure as in the period before",
    about="actual",
    condition=if_(
        all_(is_number(FIGURE), is_number(EARLIER)),
        all_(
            call("eq", at_places(FIGURE), at_places(EARLIER)),
            call("ge", call("round", call("mul", SCALE, call("abs", FIGURE)), 0), tuned("T103")),
            call("ne", FIGURE, 1),
            call("not", any_(if_(is_number(LAST_YEAR), call("eq", at_places(LAST_YEAR), at_places(FIGURE)), False))),
        ),
        False,
    ),
    found=join(shown(FIGURE), " is exactly the figure of the period before."),
    remedy="Make sure that it is this period's figure.",
    sure="possible",
    knob=Knob("How large a figure is at least, counted in its last shown decimal (86.1% is 861).", Decimal(100)),
    trips={"entered": 0.861, "typed": 0.861, "earlier": 0.861},
    passes={"entered": 0.861, "typed": 0.861, "earlier": 0.859},
)

_SUM = call("add", BEFORE, FIGURE)

T104 = Rule(
    code="T104",
    severity="warning",
    title="A year to date that is not the sum of its periods",
    about="to_date",
    needs=lambda asked: asked.measure.adds_up,
    condition=if_(
        all_(is_number(GIVEN), is_number(BEFORE), is_number(FIGURE)),
        call("ne", at_places(GIVEN), at_places(_SUM)),
        False,
    ),
    found=join(
        "The year to date is given as ",
        shown(GIVEN),
        ", but the year's periods add up to ",
        shown(at_places(_SUM)),
        ".",
    ),
    expected=Lit("What is given counts."),
    remedy="Correct it, or clear it and the sum is taken; if it is right, say so in the commentary.",
    sure="likely",
    trips={"entered": 60, "typed": 60, "before": 62, "given": 127},
    passes={"entered": 60, "typed": 60, "before": 62, "given": 122},
)

T105 = Rule(
    code="T105",
    severity="info",
    title="A rolling figure that cannot be worked out",
    about="to_date",
    needs=lambda asked: asked.measure.rolls,
    condition=all_(is_number(FIGURE), call("not", is_number(TO_DATE))),
    found=Lit("The rolling figure is not worked out: not every period of the twelve months is known."),
    expected=Lit("Until then the figure is not scored."),
    remedy="If you know the rolling figure, type it beside; else nothing to do.",
    sure="certain",
    trips={"entered": 60, "typed": 60, "before": None},
    passes={"entered": 60, "typed": 60, "before": 180},
)

TIME_RULES: tuple[Rule, ...] = (T101, T102, T103, T104, T105)
