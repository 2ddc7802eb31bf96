"""Where the year will end: forecasts and what the rest of the year may hold, as expressions for both engines.

Inputs: `to_date` (the figure since the start of the year), `part` and `parts` (which of how many periods of the year it
is), `last_to_date` and `last_total` (the same figure a year before, and how that year ended), `own` (the manager's
forecast), `annual` (the target for the year). Figures are rounded to the measure's decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from perfbook.framework.model import ForecastMethod, Framework, Measure, Target
from perfbook.framework.periods import PER_YEAR, Kind, Period
from perfbook.scoring.expr import Cell, Expr, Lit, Var, all_, call, evaluate, if_, is_number, join, text
from perfbook.scoring.judge import Observations, running_figure, score
from perfbook.scoring.rules import NOT_SCORED

PERIOD_WORDS: dict[Kind, tuple[str, str]] = {
    "month": ("month", "months"),
    "quarter": ("quarter", "quarters"),
    "term": ("term", "terms"),
    "half": ("half-year", "half-years"),
    "year": ("year", "years"),
}
METHOD_WORDS: dict[ForecastMethod, str] = {
    "own": "The service's own",
    "straight line": "Straight line",
    "last year's profile": "As last year went on",
}
_TO_DATE, _PART, _PARTS = Var("to_date"), Var("part"), Var("parts")
_LAST_TO_DATE, _LAST_TOTAL, _OWN, _ANNUAL = Var("last_to_date"), Var("last_total"), Var("own"), Var("annual")
_FORECAST = Var("forecast")


def forecast(method: ForecastMethod, places: int) -> Expr:
    """The figure at the end of the year; blank where it cannot be told.

    A straight line goes on as the year has gone so far; last year's profile has the share of the year's total that had
    been reached at this time last year. Multiplies before the one division (DESIGN, Judging a figure).
    """
    if method == "own":
        return if_(is_number(_OWN), call("round", _OWN, places), "")
    if method == "straight line":
        return if_(is_number(_TO_DATE), _share(_TO_DATE, _PARTS, _PART, places), "")
    known = all_(is_number(_TO_DATE), is_number(_LAST_TO_DATE), is_number(_LAST_TOTAL))
    profile = if_(call("ne", _LAST_TO_DATE, 0), _share(_TO_DATE, _LAST_TOTAL, _LAST_TO_DATE, places), "")
    return if_(known, profile, "")


def gap(places: int) -> Expr:
    """How far the forecast is above (positive) or below the target for the year; blank where either is not known."""
    both = all_(is_number(_FORECAST), is_number(_ANNUAL))
    return if_(both, call("round", call("sub", _FORECAST, _ANNUAL), places), "")


def hold(measure: Measure) -> Expr:
    """What the rest of the year may hold, in words: `not more than 5 in each of the 3 quarters that remain`.

    For cumulative measures of which higher or lower is better; blank for others, at the end of the year, and where
    something is not known. Rounded to the safe side, so that keeping to it reaches the target.
    """
    polarity = measure.polarity
    if measure.calculation != "cumulative" or polarity not in ("higher", "lower"):
        return Lit("")
    left, places = call("sub", _PARTS, _PART), measure.places
    rest = call("round", call("sub", _ANNUAL, _TO_DATE), places)
    one, several = PERIOD_WORDS[measure.period_kind]
    which = if_(
        call("eq", left, 1), f" in the {one} that remains", join(" in each of the ", left, f" {several} that remain")
    )
    safe = "round_down" if polarity == "lower" else "round_up"
    each = call(safe, call("round", call("div", rest, left), places + 6), places)
    begin = "Not more than " if polarity == "lower" else "At least "
    spare = join(begin, text(each, measure.number_format), which)
    over = join("The year's target is passed by ", text(call("sub", 0, rest), measure.number_format))
    done: Expr = over if polarity == "lower" else Lit("The year's target is reached")
    reached = call("lt", rest, 0) if polarity == "lower" else call("le", rest, 0)
    known = all_(is_number(_TO_DATE), is_number(_ANNUAL))
    return if_(known, if_(reached, done, if_(call("gt", left, 0), spare, "")), "")


def _share(figure: Expr, times: Expr, by: Expr, places: int) -> Expr:
    """figure x times / by, rounded: with an inner round, since the figures need not be whole."""
    return call("round", call("round", call("div", call("mul", figure, times), by), places + 6), places)


@dataclass(frozen=True)
class Forecast:
    """Where one measure will end the year, seen from one period. Figures in stored units, None where not known.

    `to_date` is the year to date, of measures that are not cumulative the figure itself. `gap` is forecast less target.
    `band` is the position of the score that the forecast would have against the target for the year.
    """

    measure: Measure
    about: Period
    to_date: Decimal | None = None
    annual: Decimal | None = None
    value: Decimal | None = None
    gap: Decimal | None = None
    band: int | None = None
    hold: str = ""


def forecast_of(framework: Framework, measure: Measure, observations: Observations, about: Period) -> Forecast:
    """The forecast of a measure as it stood with the figure about a period."""
    inputs = inputs_of(framework, measure, observations, about)
    found = dict(inputs)
    found["forecast"] = evaluate(_forecast_rule(measure.forecast, measure.places), inputs)
    difference = evaluate(_gap_rule(measure.places), found)
    value = _number(found["forecast"])
    return Forecast(
        measure,
        about,
        _number(inputs["to_date"]),
        _number(inputs["annual"]),
        value,
        _number(difference),
        course(framework, measure, value, framework.annual_target_of(measure, about), inputs["last_total"]),
        str(evaluate(_hold_rule(measure), inputs)),
    )


def inputs_of(framework: Framework, measure: Measure, observations: Observations, about: Period) -> Mapping[str, Cell]:
    """The inputs of the expressions for the figure about a period; blanks are empty texts, as in a cell."""
    parts = PER_YEAR[about.kind]
    last_end = about.shift(-about.index)
    target = framework.annual_target_of(measure, about)
    observation = observations.get((measure.key, about))
    found: dict[str, Cell] = {
        "to_date": so_far(measure, observations, about),
        "last_to_date": so_far(measure, observations, about.same_last_year),
        "last_total": so_far(measure, observations, last_end),
        "own": observation.forecast if observation else None,
        "annual": target.value if target and target.high is None else None,
    }
    return {name: "" if value is None else value for name, value in found.items()} | {
        "part": about.index,
        "parts": parts,
    }


def course(
    framework: Framework, measure: Measure, value: Decimal | None, target: Target | None, last_total: Cell
) -> int | None:
    """The band that the forecast would have against the target for the year; None without a forecast.

    `last_total` is how last year ended, with which such a year would be compared.
    """
    if value is None or target is None:
        return None if value is None else NOT_SCORED
    scheme = framework.scheme_of(measure)
    return score(
        scheme, measure, value, target.value, target.high, to_date=value, earlier=last_total, last_year=last_total
    )


def so_far(measure: Measure, observations: Observations, about: Period) -> Decimal | None:
    """The year to date of a cumulative measure, the rolling figure of one that rolls, the figure itself of any other;
    None where it is not known."""
    if measure.calculation == "cumulative" or measure.rolls:
        return running_figure(measure, observations, about)
    observation = observations.get((measure.key, about))
    return observation.actual if observation else None


def _number(value: Cell) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


@lru_cache(maxsize=1024)
def _forecast_rule(method: ForecastMethod, places: int) -> Expr:
    return forecast(method, places)


@lru_cache(maxsize=64)
def _gap_rule(places: int) -> Expr:
    return gap(places)


@lru_cache(maxsize=4096)
def _hold_rule(measure: Measure) -> Expr:
    return hold(measure)
