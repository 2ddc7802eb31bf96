"""What a framework holds, as rows that are checked across. Pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from perfbook._grouped import grouped
from perfbook.checks.across.figures import figure_of
from perfbook.checks.across.of_quarter import shown_target
from perfbook.checks.across.subject import Direction, Figure, Line, Spot, Subject, Written
from perfbook.framework.model import Framework, Measure, Published
from perfbook.framework.periods import Period
from perfbook.framework.typed import read_typed

# Where the pages of framework.xlsx stand that a finding names.
_FRAMEWORK = "framework.xlsx"


def of_framework(framework: Framework) -> Iterator[Subject]:
    """A framework directorate by directorate: its targets, past figures and benchmarks as they are typed, and what was
    published."""
    past, aims = _periods(framework.past), _periods(framework.targets)
    published = grouped(framework.published.items(), lambda each: each[0][0])
    for measures in grouped(framework.measures, lambda measure: measure.directorate).values():
        lines = [_line(framework, each, past.get(each.key, ()), aims.get(each.key, ())) for each in measures]
        lines += [
            _published(framework, each, period, printed)
            for each in measures
            for (_, period), printed in published.get(each.key, ())
            if printed.actual
        ]
        yield Subject(tuple(lines), rows_checked=True)


def names_of_framework(framework: Framework) -> Subject:
    """The whole framework for rules that are asked between directorates: the titles and codes of its measures, and what
    they are compared with."""
    lines = [
        Line(
            each.title,
            each.code,
            each.key,
            comparators=tuple(
                Figure(known.shown, None, known.label, spot=_benchmark(each))
                for known in framework.benchmarks_of(each.key)
                if known.shown
            ),
            spot=_measure(each),
        )
        for each in framework.measures
    ]
    codes = [Written("Code", each.code, "", _measure(each)) for each in framework.measures if each.code]
    for action in framework.actions:
        if action.code:
            codes.append(Written("Reference", action.code, "", Spot(_FRAMEWORK, "Actions", "", action.key)))
    holders = {each.key: each.directorate for each in framework.measures}
    return Subject(tuple(lines), codes=tuple(codes), rows_checked=True, holders=holders)


def _measure(measure: Measure) -> Spot:
    return Spot(_FRAMEWORK, "Measures", "", measure.key)


def _benchmark(measure: Measure) -> Spot:
    return Spot(_FRAMEWORK, "Benchmarks", "", measure.key)


def _periods(known: Iterable[tuple[str, Period]]) -> Mapping[str, list[Period]]:
    """The periods of which something is known of each measure, oldest first."""
    return {
        key: sorted((period for _, period in each), key=lambda period: period.end)
        for key, each in grouped(known, lambda place: place[0]).items()
    }


def _line(framework: Framework, measure: Measure, past: Iterable[Period], aims: Iterable[Period]) -> Line:
    return Line(
        measure.title,
        measure.code,
        measure.key,
        unit=measure.unit,
        polarity=measure.polarity,
        calculation=measure.calculation,
        before=tuple([_past(framework, measure, each) for each in past]),
        targets=tuple([_aim(framework, measure, each) for each in aims]),
        comparators=tuple(
            [
                _typed(measure, each.shown, each.label, _benchmark(measure))
                for each in framework.benchmarks_of(measure.key)
                if each.shown
            ]
        ),
        spot=_measure(measure),
    )


_WORDS: Mapping[str, Direction] = MappingProxyType(
    {"improved": "improved", "consistent": "consistent", "worse": "worse", "worsened": "worse"}
)


def _published(framework: Framework, measure: Measure, period: Period, printed: Published) -> Line:
    """What a report printed of a measure: its score and its trend, beside the figures."""
    key = measure.key
    scheme, target = framework.scheme_of(measure), framework.targets.get((key, period))
    position = scheme.position(printed.score)
    best, worst = position == 1, position == len(scheme.bands)
    spot = Spot(_FRAMEWORK, "Published", "", key, period.label)
    earlier = [framework.past.get((key, each)) for each in (framework.before(measure, period), period.same_last_year)]
    before, last_year = (
        _typed(measure, each.shown, label, spot) if each else None
        for each, label in zip(earlier, ("the period before", "last year"), strict=True)
    )
    aim = _typed(measure, target.shown, "target", spot) if target and target.high is None else None
    if target and aim and aim.value is None:
        aim = shown_target(measure, target)
    # Where a person chooses the score of what has no target, it needs none.
    needless = scheme.chosen_without_target and (aim is None or aim.value is None)
    return Line(
        measure.title,
        measure.code,
        key,
        unit=measure.unit,
        polarity=measure.polarity,
        now=_typed(measure, printed.actual, period.label, spot),
        before=(before,) if before else (),
        last_year=last_year,
        target=aim,
        ranged=target is not None and target.high is not None,
        score=printed.score,
        outcome="" if needless else "met" if best else "missed" if worst else "",
        trend=_WORDS.get(printed.trend.lower(), ""),
        annual=_WORDS.get(printed.annual.lower(), ""),
        spot=spot,
    )


def _past(framework: Framework, measure: Measure, period: Period) -> Figure:
    found = framework.past[measure.key, period]
    place = found.place
    return _typed(
        measure, found.shown, period.label, Spot(place.file, place.sheet, place.cell, measure.key, period.label)
    )


def _aim(framework: Framework, measure: Measure, period: Period) -> Figure:
    target = framework.targets[measure.key, period]
    place = target.place
    spot = (
        Spot(place.file, place.sheet, place.cell, measure.key)
        if place
        else Spot(_FRAMEWORK, "Targets", "", measure.key)
    )
    return _typed(measure, target.shown, f"target {period.label}", spot)


def _typed(measure: Measure, shown: str, label: str, spot: Spot) -> Figure:
    figure = figure_of(read_typed(shown, measure.unit), measure.unit, shown, label, ends=None, spot=spot)
    # A number of a cell is in the measure's own unit.
    plain = re.fullmatch(r"-?[\d.]+(?:E-?\d+)?", shown)
    return Figure(shown, None, label, spot=spot) if plain or figure.value is None else figure
