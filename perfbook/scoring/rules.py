"""The rules by which a figure is judged, as expressions for both engines.

Inputs: `numerator`, `denominator`, `typed` for the actual; `actual`, `target`, `target_high` for the score, `to_date`
where figures add up over the year, `chosen` (a position) where a person chooses, `earlier` (the previous period's) and
`last_year` where a direction counts with the level; `actual` and `earlier` for a movement.
Figures are compared as they are shown, that is after rounding to the measure's decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

from perfbook.framework.model import Band, Direction, Measure, Polarity, Scheme, Unit
from perfbook.scoring.expr import Call, Cell, Expr, Lit, Value, Var, all_, any_, call, function_of, if_, is_number

NOT_SCORED = 0
BLANK = Lit("")

ACTUAL = Var("actual")
TARGET = Var("target")
TARGET_HIGH = Var("target_high")
EARLIER = Var("earlier")
NUMERATOR = Var("numerator")
DENOMINATOR = Var("denominator")
TYPED = Var("typed")
TO_DATE = Var("to_date")
CHOSEN = Var("chosen")
BEFORE = Var("before")
BEFORE_NUMERATOR = Var("before_numerator")
BEFORE_DENOMINATOR = Var("before_denominator")
LAST_YEAR = Var("last_year")


def actual(measure: Measure) -> Expr:
    """The figure as shown: from the fraction where both parts are numbers, else as typed; blank where there is none.

    A fraction decides over a typed figure (DESIGN, Judging a figure). Multiplies before the one division, with an inner
    round at the ninth place of what is shown, so that binary noise never reaches the last place.
    """
    return _actual(measure.places, measure.has_fraction, measure.unit)


def figure_of(measure: Measure) -> Callable[[Mapping[str, Cell]], Value]:
    """The same as a function of the inputs, put together once for all measures alike."""
    return _figure_of(measure.places, measure.has_fraction, measure.unit)


@lru_cache(maxsize=1024)
def _figure_of(places: int, has_fraction: bool, unit: Unit) -> Callable[[Mapping[str, Cell]], Value]:
    return function_of(_actual(places, has_fraction, unit))


@lru_cache(maxsize=1024)
def _actual(places: int, has_fraction: bool, unit: Unit) -> Expr:
    typed = if_(is_number(TYPED), _rounded(TYPED, places), BLANK)
    if not has_fraction:
        return typed
    from_fraction = _divided(places, unit, NUMERATOR, DENOMINATOR, typed)
    return if_(all_(is_number(NUMERATOR), is_number(DENOMINATOR)), from_fraction, typed)


def _divided(places: int, unit: Unit, numerator: Expr, denominator: Expr, otherwise: Expr) -> Expr:
    scaled = numerator if unit.multiplier == 1 else call("mul", unit.multiplier, numerator)
    inner = 11 if unit.kind == "percent" else 9
    figure = call("round", call("round", call("div", scaled, denominator), inner), places)
    # IF guards the division: AND computes all its arguments, in Excel as here.
    return if_(call("ne", denominator, 0), figure, otherwise)


def running(measure: Measure) -> Expr:
    """The figure that a measure runs to: the year to date, or the rolling twelve months; see `to_date`.

    A rolling one is the sum of the periods, where `before` is that of those before this one. Where there is a fraction
    it is the sum of the numerators over that of the denominators, with `before_numerator` and `before_denominator`.
    """
    if not (measure.rolls and measure.has_fraction):
        return to_date(measure.places)
    given = Var("given")
    parts = (NUMERATOR, DENOMINATOR, BEFORE_NUMERATOR, BEFORE_DENOMINATOR)
    numerator, denominator = call("add", BEFORE_NUMERATOR, NUMERATOR), call("add", BEFORE_DENOMINATOR, DENOMINATOR)
    summed = _divided(measure.places, measure.unit, numerator, denominator, BLANK)
    worked = if_(all_(*(is_number(part) for part in parts)), summed, BLANK)
    return if_(is_number(given), call("round", given, measure.places), worked)


def to_date(places: int) -> Expr:
    """The year to date of figures that add up: as it was given, else the figure and what came before it in the year.

    Reads `given` (the year to date beside the figure), `actual` and `before` (the year to date of the period before, 0
    for the first of the year); blank where it cannot be known.
    """
    given = Var("given")
    summed = if_(all_(is_number(ACTUAL), is_number(BEFORE)), call("round", call("add", BEFORE, ACTUAL), places), BLANK)
    return if_(is_number(given), call("round", given, places), summed)


def chosen(scheme: Scheme, words: Expr) -> Expr:
    """The position of the band that a person named by its word or its symbol, blank where none is named."""
    found: Expr = BLANK
    said = call("trim", words)
    for position, band in reversed(tuple(enumerate(scheme.bands, 1))):
        names = dict.fromkeys((band.word, band.symbol))
        found = if_(any_(*(call("eq", said, name) for name in names)), position, found)
    return found


def score(
    scheme: Scheme, polarity: Polarity, places: int, point: Decimal = Decimal(1), *, adds_up: bool = False
) -> Expr:
    """The position of the band (1 = best), 0 where there is nothing to score against, blank where there is no figure.

    `point` is what one point of a band's limit is in stored units: 0.01 for percentages. Where figures add up over the
    year, the year to date is scored. Without a target it is `chosen`, where the scheme lets a person choose.
    """
    otherwise: Expr = Lit(NOT_SCORED)
    if scheme.chosen_without_target:
        otherwise = if_(is_number(CHOSEN), CHOSEN, NOT_SCORED)
    if polarity == "none":
        return if_(is_number(ACTUAL), otherwise, BLANK)
    target_given = is_number(TARGET)
    if polarity == "range":
        target_given = all_(is_number(TARGET), is_number(TARGET_HIGH))
    figure = TO_DATE if adds_up else ACTUAL
    bands: Expr = Lit(len(scheme.bands))
    for position in range(len(scheme.bands) - 1, 0, -1):
        holds = _holds(scheme.bands[position - 1], scheme.trend_tolerance, polarity, places, point, figure)
        bands = if_(holds, position, bands)
    if adds_up:
        bands = if_(is_number(TO_DATE), bands, NOT_SCORED)
    return if_(is_number(ACTUAL), if_(target_given, bands, otherwise), BLANK)


def movement(polarity: Polarity, places: int, tolerance: Decimal = Decimal(0), earlier: Var = EARLIER) -> Expr:
    """1 improved, 0 consistent, -1 worse, blank where there is nothing to compare.

    For a range the distance from the range counts. `tolerance` is the movement, in % of the earlier figure, that is
    still consistent.
    """
    if polarity == "none":
        return BLANK
    now, before = _rounded(ACTUAL, places), _rounded(earlier, places)
    given = all_(is_number(ACTUAL), is_number(earlier))
    if polarity == "range":
        given = all_(is_number(ACTUAL), is_number(earlier), is_number(TARGET), is_number(TARGET_HIGH))
        better: Expr = call("sub", _outside(before, places), _outside(now, places))
    else:
        better = call("sub", now, before) if polarity == "higher" else call("sub", before, now)
    direction: Expr = call("sign", _rounded(better, places))
    if tolerance:
        digits = _compare_places(places, tolerance)
        small = call(
            "le",
            _rounded(call("mul", 100, call("abs", better)), digits),
            _rounded(call("mul", tolerance, call("abs", before)), digits),
        )
        direction = if_(small, 0, direction)
    return if_(given, direction, BLANK)


def _holds(band: Band, tolerance: Decimal, polarity: Polarity, places: int, point: Decimal, figure: Var) -> Expr:
    """Whether a figure belongs to a band or a better one: by its level, with a direction where the band has one."""
    found: Expr = _within(band, polarity, places, point, figure)
    if band.only_if:
        found = all_(found, _moved(band.only_if, polarity, places, tolerance))
    if band.or_if:
        found = any_(found, _moved(band.or_if, polarity, places, tolerance))
    return found


def _moved(direction: Direction, polarity: Polarity, places: int, tolerance: Decimal) -> Expr:
    # What cannot be compared is the empty text: not worse, and not improved.
    way = movement(polarity, places, tolerance, LAST_YEAR if direction.endswith("last year") else EARLIER)
    return call("eq", way, 1) if direction.startswith("improved") else call("ne", way, -1)


def _within(band: Band, polarity: Polarity, places: int, point: Decimal, figure: Var) -> Call:
    limit = band.limit or Decimal(0)
    short = _shortfall(polarity, places, figure)
    if band.limit_unit == "points":
        points = (limit * point).normalize()
        return call("le", _rounded(short, _compare_places(places, points)), Lit(points))
    digits = _compare_places(places, limit)
    base = _rounded(TARGET, places)
    if polarity == "range":
        base = if_(call("lt", _rounded(figure, places), base), base, _rounded(TARGET_HIGH, places))
    if not limit:
        return call("le", _rounded(short, places), 0)
    allowed = call("mul", limit, call("abs", base))
    return call("le", _rounded(call("mul", 100, short), digits), _rounded(allowed, digits))


def _shortfall(polarity: Polarity, places: int, scored: Var) -> Expr:
    figure, target = _rounded(scored, places), _rounded(TARGET, places)
    if polarity == "higher":
        return call("sub", target, figure)
    if polarity == "lower":
        return call("sub", figure, target)
    return _outside(figure, places)


def _outside(figure: Expr, places: int) -> Expr:
    low, high = _rounded(TARGET, places), _rounded(TARGET_HIGH, places)
    return call("max", call("sub", low, figure), call("sub", figure, high), 0)


def _rounded(value: Expr, places: int) -> Call:
    return call("round", value, places)


def _compare_places(places: int, factor: Decimal) -> int:
    # Exact products of a figure with `places` decimals and the factor have no more decimals than this: rounding there
    # removes binary noise and nothing else.
    exponent = factor.normalize().as_tuple().exponent
    return places + max(0, -exponent if isinstance(exponent, int) else 0)
