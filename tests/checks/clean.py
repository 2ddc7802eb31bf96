"""Frameworks at random, and what a careful manager would fill: consistent, explained where that is called for."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from perfbook.checks.rows import asked, row_values
from perfbook.framework.model import (
    Calculation,
    Directorate,
    Framework,
    Frequency,
    Measure,
    Polarity,
    Priority,
    Scheme,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.version import with_version
from perfbook.records import Observation
from perfbook.scoring.expr import Cell
from perfbook.scoring.rounding import round_half_away
from perfbook.scoring.schemes import BUILT_IN

PERIODS = tuple(parse(f"2031-32 Q{quarter}") for quarter in (1, 2, 3, 4))
_UNITS = ("percent", "percent", "count", "days", "days per FTE", "rate per 10,000", "\u00a3", "\u00a3m", "number")
_TEXTS = (
    "Two of the five case officers were away in August; a temporary officer started on 1 September.",
    "A third of the cases came in during one week, and the duty manager moved two staff over.",
    "The supplier's system was down for ten days; the figures follow with the next return.",
)


@dataclass(frozen=True)
class Case:
    """A framework with one directorate, a reporting period, what is known of earlier ones, and entries by measure."""

    framework: Framework
    period: Period
    history: Mapping[tuple[str, Period], Observation]
    entries: Mapping[str, Mapping[str, Cell]]


def case(seed: int, measures: int = 6) -> Case:
    """One case; the same seed gives the same case."""
    chance = random.Random(seed)
    period = chance.choice(PERIODS)
    scheme = replace(chance.choice(tuple(BUILT_IN.values())), trend_tolerance=Decimal(chance.choice([0, 0, 2])))
    made = [_measure(chance, number) for number in range(measures)]
    framework = Framework(
        council="Elmbridge Vale",
        year_start=4,
        reporting="quarterly",
        measures=tuple(made),
        directorates=(Directorate("one", "Housing"),),
        priorities=(Priority("p", "Good homes"),),
        schemes={scheme.key: scheme},
        default_scheme=scheme.key,
    )
    history: dict[tuple[str, Period], Observation] = {}
    targets: dict[tuple[str, Period], Target] = {}
    entries: dict[str, dict[str, Cell]] = {}
    for measure in made:
        about = measure.about(period)
        if about is None:
            continue
        level = _level(chance, measure)
        for past, value in _past(chance, framework, measure, about, level):
            text = chance.choice(_TEXTS[:1])
            history[measure.key, past] = Observation(measure.key, past, past, "provided", value, commentary=text)
        if measure.polarity != "none" and chance.random() < 0.8:
            low = _near(chance, measure, level * _grown(measure, about))
            targets[measure.key, about] = Target(low, low * 2 if measure.polarity == "range" else None)
        entries[measure.key] = _entry(chance, measure, level * _grown(measure, about), history, about)
    return Case(with_version(replace(framework, targets=targets)), period, history, entries)


def _measure(chance: random.Random, number: int) -> Measure:
    unit = Unit.parse(chance.choice(_UNITS))
    counts = unit.label == "count"
    polarity: Polarity = chance.choice(["higher", "lower", "range", "none"])
    frequency: Frequency = chance.choice(["quarterly", "quarterly", "quarterly", "yearly", "half-yearly"])
    adds = unit.kind == "currency" or counts
    calculation: Calculation = chance.choice(["snapshot", "cumulative", "rolling"]) if adds else "snapshot"
    fraction = not counts and unit.kind != "currency" and chance.random() < 0.5
    return Measure(
        key=f"m{number}",
        code=f"M{number}",
        title=f"Measure {number}",
        priority="p",
        directorate="one",
        unit=unit,
        decimals=0 if counts else chance.choice([0, 1, 1, 2]),
        polarity=polarity,
        frequency=frequency,
        calculation=calculation,
        arrears=chance.choice([0, 0, 0, 1]),
        numerator="Cases in time" if fraction else "",
        denominator="Cases" if fraction else "",
        minimum=Decimal(0) if chance.random() < 0.5 else None,
        maximum=Decimal(1) if unit.kind == "percent" and chance.random() < 0.5 else None,
    )


def _level(chance: random.Random, measure: Measure) -> Decimal:
    """About where the figures of a measure lie for one period."""
    if measure.unit.kind == "percent":
        return Decimal(chance.randint(15, 85)) / 100
    return Decimal(chance.choice([3, 12, 40, 150, 1200, 45_000]))


def _grown(measure: Measure, about: Period) -> int:
    return about.index if measure.calculation == "cumulative" else 1


def _near(chance: random.Random, measure: Measure, value: Decimal) -> Decimal:
    """A figure that differs from another as figures of one measure do, as shown."""
    moved = value * Decimal(chance.randint(88, 112)) / 100
    return round_half_away(moved, measure.places)


def _past(
    chance: random.Random, framework: Framework, measure: Measure, about: Period, level: Decimal
) -> list[tuple[Period, Decimal]]:
    found: list[tuple[Period, Decimal]] = []
    past, grown = about, level * _grown(measure, about)
    for _ in range(chance.choice([0, 1, 4, 12, 24])):
        past = past.previous
        if measure.calculation == "cumulative" and past.year == about.year:
            grown = round_half_away(grown * past.index / (past.index + 1), measure.places)
            found.append((past, grown))
        else:
            found.append((past, _near(chance, measure, level * _grown(measure, past))))
    return found


def _entry(
    chance: random.Random,
    measure: Measure,
    level: Decimal,
    history: Mapping[tuple[str, Period], Observation],
    about: Period,
) -> dict[str, Cell]:
    """What is filled: a figure, a fraction, both, or a status; with words, which do no harm where none are needed."""
    said: dict[str, Cell] = {"commentary": chance.choice(_TEXTS[1:])}
    if chance.random() < 0.08:
        return said | {"status": chance.choice(["Delayed", "Not available"])}
    figure = _near(chance, measure, level)
    if measure.calculation == "cumulative":
        earlier = history.get((measure.key, about.previous))
        if earlier and about.index > 1 and earlier.actual is not None:
            figure = max(figure, earlier.actual)
    if measure.unit.kind == "percent":
        figure = min(figure, Decimal(1))
    if chance.random() < 0.3:
        said["status"] = "Provided"
    if not measure.has_fraction:
        return said | {"entered": figure}
    # So many cases that one more or less moves the figure little.
    several, each = chance.randint(150, 900), (figure or level) / measure.unit.multiplier
    numerator, denominator = (round(several * each), several) if each >= 1 else (several, round(several / each))
    said |= {"numerator": numerator, "denominator": denominator}
    if chance.random() < 0.3:
        exact = Decimal(measure.unit.multiplier) * numerator / denominator
        said["entered"] = round_half_away(exact, measure.places)
    return said


def as_observations(made: Case) -> list[Observation]:
    """What a collection understands of the entries."""
    found = []
    for key, entry in made.entries.items():
        measure = made.framework.by_key[key]
        about = measure.about(made.period)
        assert about is not None
        figure = row_values(asked(made.framework, measure, about, made.period), entry)["figure"]
        found.append(
            Observation(
                key,
                about,
                made.period,
                "provided",
                figure if isinstance(figure, Decimal) else None,
                commentary=str(entry["commentary"]),
            )
        )
    return found


def scheme_of(case_: Case) -> Scheme:
    """The scheme of a case."""
    return case_.framework.schemes[case_.framework.default_scheme]
