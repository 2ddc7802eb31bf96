"""What is the same for all rows of a kind, worked out once: constants, the rules that can trip, the steps in Python.

The kind of a row is what its rules may read of the measure and of how it is asked: unit, decimals, range, polarity,
calculation, scheme, whether it has a target, settings. Not among them are keys, titles and targets: a rule's `needs`
that read those would be answered for another row.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import count

from perfbook.checks import explain
from perfbook.checks._vars import CHOSEN_WORDS, NUMBERS
from perfbook.checks.asked import Asked
from perfbook.checks.row_rules import ROW_RULES
from perfbook.checks.rule import Rule, tuned
from perfbook.framework.model import Measure, Polarity, Scheme
from perfbook.records import SEVERITIES, Severity
from perfbook.scoring import rules as scoring_rules
from perfbook.scoring.expr import Cell, Value, steps_of, to_value

__all__ = [
    "INPUTS",
    "ROW_NUMBERS",
    "Plan",
    "Step",
    "applicable",
    "constants",
    "kind_of",
    "plan_of",
    "precision",
    "severity",
]

Step = Callable[[Mapping[str, Value]], Value]

INPUTS = (
    "entered",
    "numerator",
    "denominator",
    "status",
    "forecast",
    "commentary",
    "action",
    "signed",
    # Not filled but known: the figures of the period before and of the same period last year, the commentary of the
    # period before, and where the figures of the past lie.
    "earlier",
    "last_year",
    "last_commentary",
    "usual",
    "spread",
    # Of figures that add up: the year to date that was given, and that of the period before. Of those that roll: the
    # rolling figure that was given, and the sums of the earlier periods. Of scores that are chosen: the word.
    "given",
    "before",
    "before_numerator",
    "before_denominator",
    "chosen_words",
)
# What is worked out from them and from the target, in a row about which nothing is known yet.
_WORKED_OUT = ("figure", "actual", "to_date", "chosen", "band", "trend", "score", "called", "reason")
_BLANK: Mapping[str, Value] = dict.fromkeys((*INPUTS, "typed", "target", "target_high", *_WORKED_OUT))

# The rules that have a tuning value: their code, the variable that holds it, what it usually is.
_KNOBS = tuple(
    (rule.code, tuned(rule.code).name, rule.knob.usual) for rule in ROW_RULES if rule.knob and rule.code != "V114"
)

# What is a number in every row, the tuning values among it.
ROW_NUMBERS = NUMBERS | {name for _, name, _ in _KNOBS}


def constants(asked: Asked, typed_decimals: int | None = None) -> dict[str, Cell]:
    """What the rules need to know of a measure and its checks. `typed_decimals` as in `precision`."""
    measure = asked.measure
    percent = measure.unit.kind == "percent"
    # A share that is fifty times another is almost always 76.8 for 76.8%; counts and money vary more.
    far = asked.tuning("V114", Decimal(50 if percent else 100))
    found: dict[str, Cell] = {
        "fraction": measure.has_fraction,
        "multiplier": measure.unit.multiplier,
        "inner": 11 if percent else 9,
        "places": measure.places,
        "precision": precision(measure, typed_decimals),
        "scale": 10**measure.places,
        "format": measure.number_format,
        "minimum": measure.minimum,
        "maximum": measure.maximum,
        "whole": asked.is_count,
        "exception_from": asked.scheme.exception_from,
        "far": far,
        "huge": 10 if percent and measure.maximum is None else None,
    }
    usual = {"E106": Decimal(10 if percent else 25)}
    for code, name, own in _KNOBS:
        found[name] = asked.tuning(code, own or usual.get(code, Decimal(0)))
    return found


def precision(measure: Measure, typed_decimals: int | None) -> int:
    """The stored places at which a typed figure is compared with its fraction.

    `typed_decimals` are the places of a figure that came as text: `96%` says no more than two stored places.
    """
    places = measure.places
    return places if typed_decimals is None else min(places, typed_decimals + 2 * (measure.unit.kind == "percent"))


def severity(asked: Asked, rule: Rule, *, certified: bool) -> Severity:
    """How grave a finding of a rule is: as the framework sets it, else as the rule says."""
    setting = asked.settings.get(rule.code)
    return setting.severity if setting and setting.severity else rule.severity_in(certified)


_GRAVEST_FIRST = tuple(sorted(ROW_RULES, key=lambda rule: SEVERITIES.index(rule.severity_in(certified=True))))


def applicable(asked: Asked) -> tuple[Rule, ...]:
    """The rules that are on and can ever trip in a row, in the order in which the row shows them: gravest first.

    Those that are graver in a certified return stand where they stand there, so that the order is one. Suppressed ones
    are among them.
    """
    if not asked.settings:
        return tuple([rule for rule in _GRAVEST_FIRST if rule.needs(asked)])
    kept = [rule for rule in ROW_RULES if asked.is_on(rule.code) and rule.needs(asked)]
    return tuple(sorted(kept, key=lambda rule: SEVERITIES.index(severity(asked, rule, certified=True))))


@dataclass(frozen=True)
class Plan:
    """What a kind of row asks.

    `start` is what a row holds before anything is filled. `wanted` tells of each of `ROW_RULES` whether it is asked,
    `rules` are those that are, in the order of `applicable`. The steps are those of `rows.row_values`, None where a row
    of the kind has no such value; `said` are the scores as a cell shows them, by the position of their band.
    """

    constants: Mapping[str, Value]
    start: Mapping[str, Value]
    rules: tuple[Rule, ...]
    wanted: tuple[bool, ...]
    figure: Step
    to_date: Step | None
    chosen: Step | None
    score: Step
    movement: Step
    called: Step
    reason: Step
    said: tuple[str, ...]


# By kind. A council has few kinds of rows, a run few councils.
_PLANS: dict[Hashable, Plan] = {}
_MOST_PLANS = 4096


def plan_of(asked: Asked) -> Plan:
    """The plan of a row."""
    kind = kind_of(asked)
    plan = _PLANS.get(kind)
    if plan is None:
        if len(_PLANS) >= _MOST_PLANS:
            _PLANS.clear()
        plan = _PLANS[kind] = _made(asked)
    return plan


def kind_of(asked: Asked) -> Hashable:
    """The kind of a row: the same for rows of one plan."""
    measure, unit = asked.measure, asked.measure.unit
    return (
        (unit.label, unit.kind, unit.multiplier, measure.decimals, bool(measure.denominator)),
        (measure.minimum, measure.maximum, measure.polarity, measure.calculation, measure.entered),
        (_number_of(asked.scheme), asked.has_target, asked.continues, asked.explained, asked.again),
        _number_of(asked.settings) if asked.settings else 0,
        tuple([code in asked.suppressed for code in explain.CALLS]) if asked.suppressed else None,
    )


# Schemes and settings by number, so that they are not hashed anew for each row: what is kept here keeps its id.
_NUMBERS: dict[Hashable, int] = {}
_KEPT: dict[int, tuple[object, int]] = {}
_NEXT = count(1)


def _number_of(thing: Scheme | Mapping[str, object]) -> int:
    """A number that equal schemes, and equal settings, share."""
    kept = _KEPT.get(id(thing))
    if kept is not None and kept[0] is thing:
        return kept[1]
    value: Hashable = thing if isinstance(thing, Scheme) else tuple(sorted(thing.items()))
    if len(_KEPT) >= _MOST_PLANS:
        _KEPT.clear()
        _NUMBERS.clear()
    number = _NUMBERS[value] if value in _NUMBERS else _NUMBERS.setdefault(value, next(_NEXT))
    _KEPT[id(thing)] = (thing, number)
    return number


def _made(asked: Asked) -> Plan:
    measure, scheme, rules = asked.measure, asked.scheme, applicable(asked)
    codes = {rule.code for rule in rules}
    called, reason = _explanation_steps(asked)
    known = {name: to_value(cell) for name, cell in constants(asked).items()}
    return Plan(
        constants=known,
        start={**_BLANK, **known},
        rules=rules,
        wanted=tuple(rule.code in codes for rule in ROW_RULES),
        figure=_figure_step(measure),
        to_date=_running_step(measure) if measure.runs else None,
        chosen=_chosen_step(scheme) if asked.is_chosen else None,
        score=_score_step(scheme, measure.polarity, measure.places, measure.point, measure.runs),
        movement=_movement_step(measure.polarity, measure.places, scheme.trend_tolerance),
        called=called,
        reason=reason,
        said=("Not scored", *(f"{band.symbol} {band.word}" for band in scheme.bands)),
    )


# -- The steps, each put together once for all kinds that share it -----------------------------------------------------

_FIGURES: dict[Hashable, Step] = {}
_RUNNING: dict[Hashable, Step] = {}
_EXPLANATIONS: dict[Hashable, tuple[Step, Step]] = {}


def _figure_step(measure: Measure) -> Step:
    kind = (measure.has_fraction, measure.unit.multiplier, measure.unit.kind, measure.places)
    if kind not in _FIGURES:
        _FIGURES[kind] = steps_of(scoring_rules.actual(measure))
    return _FIGURES[kind]


def _running_step(measure: Measure) -> Step:
    fraction = (measure.unit.multiplier, measure.unit.kind) if measure.rolls and measure.has_fraction else None
    kind = (measure.places, fraction)
    if kind not in _RUNNING:
        _RUNNING[kind] = steps_of(scoring_rules.running(measure))
    return _RUNNING[kind]


@lru_cache(maxsize=256)
def _chosen_step(scheme: Scheme) -> Step:
    return steps_of(scoring_rules.chosen(scheme, CHOSEN_WORDS))


@lru_cache(maxsize=4096)
def _score_step(scheme: Scheme, polarity: Polarity, places: int, point: Decimal, adds_up: bool) -> Step:
    return steps_of(scoring_rules.score(scheme, polarity, places, point, adds_up=adds_up))


@lru_cache(maxsize=4096)
def _movement_step(polarity: Polarity, places: int, tolerance: Decimal) -> Step:
    return steps_of(scoring_rules.movement(polarity, places, tolerance))


def _explanation_steps(asked: Asked) -> tuple[Step, Step]:
    measure = asked.measure
    wanted = asked.explained, *(asked.is_asked(code) for code in explain.CALLS)
    basis = measure.calculation, measure.entered, asked.is_chosen
    kind = (measure.polarity, basis, measure.unit, measure.decimals, wanted)
    if kind not in _EXPLANATIONS:
        _EXPLANATIONS[kind] = steps_of(explain.called(asked), ROW_NUMBERS), steps_of(explain.reason(asked), ROW_NUMBERS)
    return _EXPLANATIONS[kind]
