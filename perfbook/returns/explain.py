"""Why a row calls for an explanation, in a few words beside the commentary, and how one might read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from perfbook.framework.model import Measure, UnitKind
from perfbook.scoring.expr import Expr, Lit, Var, any_, call, if_, is_number, join

FIGURE, BAND, EXCEPTION_FROM = Var("figure"), Var("band"), Var("exception_from")
TARGET, TARGET_HIGH, STATUS = Var("target"), Var("target_high"), Var("status")

# How a good explanation reads: the cause, with a figure; what is being done, by which role, by when.
EXAMPLES: Mapping[UnitKind, str] = MappingProxyType(
    {
        "percent": "Two of the five case officers were away in August, so 21 of 147 cases ran late. A temporary "
        "officer started on 1 September; the team manager expects 85% again by December.",
        "number": "A third of the 42 cases came in during one week in August. The duty manager moved two staff over on "
        "1 September; the backlog is down to 9 and will be gone by November.",
        "currency": "Two invoices of £41,000 fell due a month early. Nothing more is spent than planned; the finance "
        "partner expects to be within budget by the end of December.",
    }
)


def reason(measure: Measure) -> Expr:
    """Why this row needs words: how far the figure is off target, or that there is none; blank where it needs none."""
    no_figure = if_(
        any_(*(call("eq", STATUS, word) for word in ("delayed", "not available"))),
        Lit("No figure: say why, and when there will be one"),
        Lit(""),
    )
    if measure.polarity == "none":
        return if_(is_number(FIGURE), "", no_figure)
    off = if_(call("ge", BAND, EXCEPTION_FROM), _off_target(measure), "")
    return if_(is_number(BAND), off, no_figure)


def _off_target(measure: Measure) -> Expr:
    if measure.polarity == "range":
        below = call("lt", FIGURE, TARGET)
        return join(
            if_(below, Lit("Below the range by "), Lit("Above the range by ")),
            if_(below, _distance(measure, TARGET, FIGURE), _distance(measure, FIGURE, TARGET_HIGH)),
        )
    if measure.polarity == "higher":
        return join("Below target by ", _distance(measure, TARGET, FIGURE))
    return join("Above target by ", _distance(measure, FIGURE, TARGET))


def _distance(measure: Measure, more: Expr, less: Expr) -> Expr:
    apart = call("round", call("sub", more, less), measure.places)
    if measure.unit.kind != "percent":
        return call("text", apart, measure.number_format)
    places = "." + "0" * measure.decimals if measure.decimals else ""
    return join(call("text", call("mul", 100, apart), f"0{places}"), " points")
