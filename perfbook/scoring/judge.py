"""Judging a quarter: for each measure its state, figures, score, trend and annual comparison, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from perfbook._quick import quick
from perfbook.framework.model import Framework, Measure, Polarity, Scheme
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.records import Observation
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, Value, function_of

MeasureState = Literal["reported", "missing", "not available", "delayed", "not due", "withdrawn"]
Direction = Literal["improved", "consistent", "worse"]

DIRECTIONS: dict[int, Direction] = {1: "improved", 0: "consistent", -1: "worse"}
_Rule = Callable[[Mapping[str, Cell]], Value]

DUE: tuple[MeasureState, ...] = ("reported", "missing", "not available")


@quick
@dataclass(frozen=True)
class Judgement:
    """One measure in one reporting period.

    `about` is the period of the figure (None where none is due). Figures are as shown, in stored units. `band` is the
    position in the scheme (1 = best), 0 for a figure without anything to score against, None where none is reported;
    `by_rule` is the same as the scheme has it, whatever an officer set. `trend` and `annual` are 1, 0 or -1, None where
    there is nothing to compare. Of a cumulative measure `to_date` is the year to date, of one that rolls the rolling
    figure, and `year_target` the target of the whole year. `previous_like` and `last_year_like` are the earlier figures
    that are counted in the same way: it is these that the figure is compared with.
    """

    measure: Measure
    period: Period
    about: Period | None
    state: MeasureState
    actual: Decimal | None = None
    previous: Decimal | None = None
    last_year: Decimal | None = None
    target: Decimal | None = None
    target_high: Decimal | None = None
    band: int | None = None
    trend: int | None = None
    annual: int | None = None
    to_date: Decimal | None = None
    year_target: Decimal | None = None
    by_rule: int | None = None
    previous_like: Decimal | None = None
    last_year_like: Decimal | None = None


Observations = Mapping[tuple[str, Period], Observation]


def index(observations: Iterable[Observation]) -> Observations:
    """Observations by (measure key, period that the figure is about)."""
    return {(o.measure, o.period): o for o in observations}


def judge(framework: Framework, observations: Observations, period: Period) -> tuple[Judgement, ...]:
    """Every measure of the framework in one reporting period, in the framework's order."""
    return tuple(_judge(framework, measure, observations, period) for measure in framework.measures)


def _judge(framework: Framework, measure: Measure, observations: Observations, period: Period) -> Judgement:
    if not measure.in_force(period):
        return Judgement(measure, period, None, "withdrawn")
    about = measure.about(period)
    if about is None:
        return Judgement(measure, period, None, "not due")
    observation = observations.get((measure.key, about))
    state = measure_state(observation)
    target = framework.target(measure.key, about)
    value = target.value if target else None
    high = target.high if target else None
    before = observations.get((measure.key, framework.before(measure, about)))
    year_before = observations.get((measure.key, about.same_last_year))
    previous, last_year = _figure(before), _figure(year_before)
    previous_like, last_year_like = like(observation, before), like(observation, year_before)
    whole = framework.year_target(measure.key, about)
    year = whole.value if whole else None
    running = running_figure(measure, observations, about)
    if observation is None or state != "reported":
        return Judgement(
            measure,
            period,
            about,
            state,
            None,
            previous,
            last_year,
            value,
            high,
            to_date=running,
            year_target=year,
            previous_like=previous_like,
            last_year_like=last_year_like,
        )
    actual, scheme = _figure(observation), framework.scheme_of(measure)
    by_rule = rule_band(framework, measure, observations, about)
    band = score_set(framework, measure, about, by_rule)
    trend, annual = (
        movement(scheme, measure, actual, earlier, value, high) for earlier in (previous_like, last_year_like)
    )
    return Judgement(
        measure,
        period,
        about,
        state,
        actual,
        previous,
        last_year,
        value,
        high,
        band,
        trend,
        annual,
        running,
        year,
        by_rule,
        previous_like,
        last_year_like,
    )


def year_to_date(measure: Measure, observations: Observations, about: Period) -> Decimal | None:
    """The figure of a cumulative measure since the start of the year; None for others, and where it is not known.

    It is what was given; where figures add up and none was given, the sum of the year's, which wants each of them.
    """
    if measure.calculation != "cumulative":
        return None
    running: Cell = 0
    for period in (*about.earlier_this_year, about):
        observation = observations.get((measure.key, period))
        figure = _figure(observation)
        if measure.counts_up:
            running = figure
        else:
            given = observation.to_date if observation else None
            running = _to_date(measure, given, figure, running)
    return running if isinstance(running, Decimal) else None


def running_figure(measure: Measure, observations: Observations, about: Period) -> Decimal | None:
    """The year to date of a cumulative measure, the rolling twelve months of one that rolls; None for others, and where
    it is not known: a rolling figure that was not given wants the figure of every period of the twelve months."""
    if not measure.rolls:
        return year_to_date(measure, observations, about)
    observation = observations.get((measure.key, about))
    if observation is None:
        return None
    found = _running_rule(measure)(
        {
            "given": observation.to_date,
            "actual": observation.actual,
            "numerator": observation.numerator,
            "denominator": observation.denominator,
            **rolling_before(measure, observations, about),
        },
    )
    return found if isinstance(found, Decimal) else None


def rolling_before(measure: Measure, observations: Observations, about: Period) -> dict[str, Decimal | None]:
    """What came before a period in its twelve months: the sum of the figures, or of numerators and denominators; None
    where one of them is not known."""
    earlier = [about.shift(-back) for back in range(1, PER_YEAR[about.kind])]
    held = [observations.get((measure.key, period)) for period in earlier]

    def total(field: str) -> Decimal | None:
        parts = [getattr(each, field) for each in held if each and getattr(each, field) is not None]
        return sum(parts, Decimal(0)) if len(parts) == len(earlier) else None

    if measure.has_fraction:
        return {"before": None, "before_numerator": total("numerator"), "before_denominator": total("denominator")}
    return {"before": total("actual"), "before_numerator": None, "before_denominator": None}


def _to_date(measure: Measure, given: Cell, actual: Cell, before: Cell) -> Cell:
    found = _to_date_rule(measure.places)({"given": given, "actual": actual, "before": before})
    return found if isinstance(found, Decimal) else None


@lru_cache(maxsize=64)
def _to_date_rule(places: int) -> _Rule:
    return function_of(rules.to_date(places))


@lru_cache(maxsize=1024)
def _running_rule(measure: Measure) -> _Rule:
    return function_of(rules.running(measure))


def measure_state(observation: Observation | None) -> MeasureState:
    """The state of a measure that is in force and due by the calendar. A figure counts whatever its status."""
    if observation is None:
        return "missing"
    if observation.actual is not None:
        return "reported"
    if observation.status in ("not due", "new"):
        return "not due"
    if observation.status in ("delayed", "not available", "withdrawn"):
        return observation.status
    return "missing"


def score(
    scheme: Scheme,
    measure: Measure,
    actual: Cell,
    target: Cell,
    target_high: Cell = None,
    to_date: Cell = None,
    chosen: Cell = None,
    earlier: Cell = None,
    last_year: Cell = None,
) -> int | None:
    """The position of the band (1 = best), 0 = not scored, None where there is no figure."""
    values = {
        "actual": actual,
        "target": target,
        "target_high": target_high,
        "to_date": to_date,
        "chosen": chosen,
        "earlier": earlier,
        "last_year": last_year,
    }
    return _whole(_score_rule(scheme, measure.polarity, measure.places, measure.point, measure.runs)(values))


def rule_band(framework: Framework, measure: Measure, observations: Observations, about: Period) -> int | None:
    """The band of the figure about a period by the scheme, whatever officers set; None where there is no figure."""
    observation = observations.get((measure.key, about))
    target, scheme = framework.target(measure.key, about), framework.scheme_of(measure)
    return score(
        scheme,
        measure,
        _figure(observation),
        target.value if target else None,
        target.high if target else None,
        running_figure(measure, observations, about),
        scheme.position(observation.chosen) if observation else None,
        like(observation, observations.get((measure.key, framework.before(measure, about)))),
        like(observation, observations.get((measure.key, about.same_last_year))),
    )


def score_set(framework: Framework, measure: Measure, about: Period, by_rule: int | None) -> int | None:
    """The band that counts: the one that an officer set for the figure about a period, else the rule's."""
    found = framework.scores_set.get((measure.key, about))
    return by_rule if found is None else framework.scheme_of(measure).position(found.band) or 0


def movement(
    scheme: Scheme, measure: Measure, actual: Cell, earlier: Cell, target: Cell = None, target_high: Cell = None
) -> int | None:
    """1 improved, 0 consistent, -1 worse, None where there is nothing to compare."""
    if actual is None or earlier is None:
        return None
    values = {"actual": actual, "earlier": earlier, "target": target, "target_high": target_high}
    return _whole(_movement_rule(measure.polarity, measure.places, scheme.trend_tolerance)(values))


@lru_cache(maxsize=4096)
def _score_rule(scheme: Scheme, polarity: Polarity, places: int, point: Decimal, adds_up: bool) -> _Rule:
    return function_of(rules.score(scheme, polarity, places, point, adds_up=adds_up))


@lru_cache(maxsize=4096)
def _movement_rule(polarity: Polarity, places: int, tolerance: Decimal) -> _Rule:
    return function_of(rules.movement(polarity, places, tolerance))


def like(now: Observation | None, then: Observation | None) -> Decimal | None:
    """An earlier figure that a later one can be compared with: None where there is none, and across a change of what is
    counted, which footnote marks flag (`54*` beside `48`)."""
    if then is None or then.mark != (now.mark if now else ""):
        return None
    return then.actual


def _figure(observation: Observation | None) -> Decimal | None:
    return observation.actual if observation else None


def _whole(value: Value) -> int | None:
    return int(value) if isinstance(value, Decimal) else None


@dataclass(frozen=True)
class Counts:
    """The counts of a quarter (DESIGN, Words): they add up, and `check` says so.

    `score` holds the band keys of the default scheme, best first, then of other schemes in use, and `not_scored`.
    """

    measures: Mapping[str, int]
    score: Mapping[str, int]
    trend: Mapping[str, int]
    annual: Mapping[str, int]


def count(framework: Framework, judgements: Iterable[Judgement]) -> Counts:
    """The counts over judgements of one reporting period."""
    rows = tuple(judgements)
    states = Counter(row.state for row in rows)
    due = sum(states[state] for state in DUE)
    measures = {
        "total": due + states["not due"] + states["delayed"],
        "due": due,
        "not_due": states["not due"],
        "delayed": states["delayed"],
        "reported": states["reported"],
        "missing": states["missing"],
        "not_available": states["not available"],
    }
    reported = [row for row in rows if row.state == "reported"]
    score_counts = dict.fromkeys(band_keys(framework), 0) | {"not_scored": 0}
    for row in reported:
        band = framework.scheme_of(row.measure).band(row.band)
        score_counts[band.key if band else "not_scored"] += 1
    return Counts(
        measures, score_counts, _directions(r.trend for r in reported), _directions(r.annual for r in reported)
    )


def band_keys(framework: Framework) -> tuple[str, ...]:
    """The keys of all bands in use, best first, the default scheme's before others'."""
    return framework.once("keys of bands", lambda: _band_keys(framework))


def _band_keys(framework: Framework) -> tuple[str, ...]:
    used = dict.fromkeys((framework.default_scheme, *(m.scheme for m in framework.measures if m.scheme)))
    return tuple(dict.fromkeys(band.key for key in used for band in framework.schemes[key].bands))


def _directions(values: Iterable[int | None]) -> dict[str, int]:
    counts: dict[str, int] = {"improved": 0, "consistent": 0, "worse": 0, "not_comparable": 0}
    for value in values:
        counts["not_comparable" if value is None else DIRECTIONS[value]] += 1
    return counts
