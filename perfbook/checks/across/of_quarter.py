"""What a collection knows and what a framework holds, as rows that are checked across. Pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from perfbook.checks.across.figures import figure_of
from perfbook.checks.across.subject import Direction, Figure, Group, Item, Line, Progress, Spot, Subject, Text, Written
from perfbook.framework.model import Action, Framework, Measure, Place, Target, Unit
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.framework.plan import rating_scheme
from perfbook.framework.typed import read_typed
from perfbook.records import NOT_RATED, ActionReport, Observation, SectionText, Source

_Figures = Mapping[tuple[str, Period], Observation]
_DONE = re.compile(r"\b(?:complete|completed|done|achieved|delivered|finished)\b", re.IGNORECASE)
_GOOD = re.compile(r"\bon (?:track|target|course|schedule)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|nearly|partly|partially|off)\b", re.IGNORECASE)
# Where the pages of framework.xlsx stand that a finding names.
_FRAMEWORK = "framework.xlsx"


def of_quarter(
    framework: Framework,
    period: Period,
    figures: _Figures,
    actions: Iterable[ActionReport] = (),
    sections: Iterable[SectionText] = (),
    *,
    measures: Iterable[Measure] | None = None,
    between: bool = False,
) -> Subject:
    """A quarter, or a return: `figures` of this period and of all before it by measure and period, and what was
    reported in `period` of actions and in sections.

    With some `measures` it is of those alone, without what the framework declares to add up; `between` tells that only
    rules between directorates are asked (see `AcrossRule`): then it has no figures but those that are declared to add
    up.
    """
    lines = []
    summed = {key for whole, parts in framework.sums.items() for key in (whole, *parts)} if between else set()
    abouts: dict[tuple[str, int, int], Period | None] = {}
    for measure in framework.measures if measures is None else measures:
        # Measures of one frequency are about the same period.
        kind = (measure.frequency, measure.arrears, measure.due)
        if kind not in abouts:
            abouts[kind] = measure.about(period)
        about = abouts[kind] if measure.in_force(period) else None
        now = figures.get((measure.key, about)) if about else None
        if about and now and now.reported_in == period:
            as_line = _bare_line if between and measure.key not in summed else _line
            lines.append(as_line(framework, measure, about, now, figures))
    items = (_item(framework, report) for report in actions if report.period == period)
    texts = (
        Text("text", each.text, _spot(each.source, each.section, period))
        for each in sections
        if each.period == period and each.text
    )
    return Subject(
        tuple(lines),
        items=tuple(item for item in items if item),
        texts=tuple(texts),
        sums=tuple(_sums(framework, lines)) if framework.sums and measures is None else (),
        start=period.start,
        end=period.end,
        rows_checked=True,
    )


def _line(framework: Framework, measure: Measure, about: Period, now: Observation, figures: _Figures) -> Line:
    key = measure.key
    spot = _spot(now.source, key, about)
    whole, target = framework.year_target(key, about), framework.target(key, about)
    shown = _Shown(measure)
    year = None if shown.percent or measure.calculation == "rolling" else _year_before(measure, about, figures)
    # Most measures have few of the others: nothing is put together for those that are not there.
    before = [found for each in _earlier(about) if (found := figures.get((key, each))) and found.actual is not None]
    last_year = figures.get((key, about.same_last_year))
    return Line(
        measure.title,
        measure.code,
        key,
        unit=measure.unit,
        polarity=measure.polarity,
        calculation=measure.calculation,
        now=_figure(shown, now, spot),
        before=tuple([each for each in [_figure(shown, found) for found in before] if each]) if before else (),
        years=(year,) if year else (),
        last_year=_figure(shown, last_year) if last_year else None,
        target=_target(shown, target) if target else None,
        targets=tuple([each for each in (_target(shown, whole),) if each]) if whole else (),
        comparators=_comparators(framework, shown),
        texts=_texts(now, spot),
        per_year=PER_YEAR[measure.period_kind],
        ranged=target is not None and target.high is not None,
        spot=spot,
    )


def _bare_line(framework: Framework, measure: Measure, about: Period, now: Observation, _: _Figures) -> Line:
    """A row with its names and its texts alone."""
    spot = _spot(now.source, measure.key, about)
    comparators = _comparators(framework, _Shown(measure)) if framework.benchmarks else ()
    return Line(measure.title, measure.code, measure.key, comparators=comparators, texts=_texts(now, spot), spot=spot)


def _comparators(framework: Framework, shown: _Shown) -> tuple[Figure, ...]:
    found = framework.benchmarks_of(shown.key) if framework.benchmarks else ()
    return tuple([Figure(each.shown, shown.value(each.value), each.label, unit=shown.sign) for each in found])


def _texts(now: Observation, spot: Spot) -> tuple[Text, ...]:
    """The texts of a row, each in its own cell; where that is not known, at the row's sheet."""
    if not (now.commentary or now.action):
        return ()
    said = (("commentary", now.commentary, now.commentary_at), ("action", now.action, now.action_at))
    return tuple([Text(kind, text, _at(place, spot)) for kind, text, place in said if text])


def _at(place: Place | None, row: Spot) -> Spot:
    if place is None:
        return Spot(row.file, row.sheet, "", row.key, row.about)
    return Spot(place.file, place.sheet, place.cell, row.key, row.about)


def _sums(framework: Framework, lines: Iterable[Line]) -> Iterator[Group]:
    """What the framework declares to add up, where every figure is known and all are about one period."""
    known = {line.key: line for line in lines if line.now}
    for key, parts in framework.sums.items():
        whole, rows = known.get(key), [known.get(part) for part in parts]
        if whole is None or whole.now is None:
            continue
        figures = [
            replace(row.now, label=row.name) for row in rows if row and row.now and row.now.label == whole.now.label
        ]
        if len(figures) == len(parts):
            yield Group(whole.name, tuple(figures), whole.now, spot=whole.spot)


_SIGNS: Mapping[str, str] = MappingProxyType({"percent": "%", "currency": "£"})


class _Shown:
    """How the figures of a measure are shown: percentages as people see them, the sign of the number format."""

    def __init__(self, measure: Measure) -> None:
        self.key, self.decimals, self.percent = measure.key, measure.decimals, measure.unit.kind == "percent"
        self.sign, self.number_format = _sign(measure.unit), measure.number_format

    def value(self, stored: Decimal | None) -> Decimal | None:
        """A figure in the unit in which it is shown."""
        return stored.scaleb(2) if self.percent and stored is not None else stored


def _sign(unit: Unit) -> str:
    """What stands beside every figure of a unit, by its number format."""
    return _SIGNS.get(unit.kind, "")


def _figure(shown: _Shown, observation: Observation, spot: Spot | None = None) -> Figure | None:
    actual = observation.actual
    if actual is None:
        return None
    to_date, period, source, companion = (
        observation.to_date,
        observation.period,
        observation.source,
        observation.companion,
    )
    typed = source.displayed if source and (companion or to_date) else ""
    if shown.percent:
        actual, to_date = actual.scaleb(2), shown.value(to_date)
    return Figure(
        typed,
        actual,
        period.label,
        shown.decimals,
        observation.numerator,
        observation.denominator,
        to_date,
        shown.sign,
        companion,
        ends=period.end,
        number_format=shown.number_format,
        spot=spot or _spot(source, shown.key, period),
    )


def _target(shown: _Shown, target: Target) -> Figure | None:
    if target.value is None or target.high is not None:
        return None
    return Figure(
        "", shown.value(target.value), "target", shown.decimals, unit=shown.sign, number_format=shown.number_format
    )


@lru_cache(maxsize=512)
def _earlier(about: Period) -> tuple[Period, ...]:
    return about.earlier_this_year


@lru_cache(maxsize=512)
def _year_of(about: Period) -> tuple[Period, ...]:
    """The periods of the year before, newest first."""
    last = about.shift(-about.index)
    return tuple(last.shift(-back) for back in range(PER_YEAR[about.kind]))


def _year_before(measure: Measure, about: Period, figures: _Figures) -> Figure | None:
    """The whole year before, of counts and money that are counted period by period."""
    if about.kind == "year":
        return None
    year = _year_of(about)
    last, periods = year[0], year[:1] if measure.counts_up else year
    values = []
    for each in periods:
        found = figures.get((measure.key, each))
        if found is None or found.actual is None:
            return None
        values.append(found.actual)
    total = sum(values, Decimal(0))
    label = last.label.rpartition(" ")[0] if " " in last.label else last.label
    sign = _sign(measure.unit)
    return Figure("", total, label, measure.decimals, unit=sign, number_format=measure.number_format)


def _spot(source: Source | None, key: str, about: Period) -> Spot:
    if source is None:
        return Spot(key=key, about=about.label)
    return Spot(source.file, source.sheet, source.cell.partition(",")[0], key, about.label)


def _item(framework: Framework, report: ActionReport) -> Item | None:
    action = framework.actions_by_key.get(report.action)
    if action is None or report.is_blank:
        return None
    word = _rating(framework, action, report.rating)
    place = framework.deliverables_by_key.get(report.deliverable)
    source = report.source
    spot = Spot(source.file, source.sheet, source.cell, action.key) if source else Spot(key=action.key)
    return Item(
        action.title,
        action.code,
        action.key,
        place.code if place else "",
        rating=word,
        progress=_progress(word),
        texts=(Text("update", report.update, _at(report.update_at, spot) if report.update_at else spot),)
        if report.update
        else (),
        spot=spot,
    )


def _rating(framework: Framework, action: Action, key: str) -> str:
    if not key or key == NOT_RATED:
        return ""
    scheme = rating_scheme(framework, action)
    band = scheme.band(scheme.position(key))
    return band.word if band else ""


def _progress(word: str) -> Progress:
    if _NOT.search(word):
        return ""
    return "done" if _DONE.search(word) else "good" if _GOOD.search(word) else ""


def of_framework(framework: Framework) -> Subject:
    """A framework: its targets, past figures and benchmarks as they are typed, its codes."""
    past: dict[str, list[Period]] = {}
    for key, period in framework.past:
        past.setdefault(key, []).append(period)
    aims: dict[str, list[Period]] = {}
    for key, period in framework.targets:
        aims.setdefault(key, []).append(period)
    lines = []
    for measure in framework.measures:
        periods = sorted(past.get(measure.key, ()), key=lambda each: each.end)
        targets = sorted(aims.get(measure.key, ()), key=lambda each: each.end)
        lines.append(
            Line(
                measure.title,
                measure.code,
                measure.key,
                unit=measure.unit,
                polarity=measure.polarity,
                calculation=measure.calculation,
                before=tuple(_past(framework, measure, each) for each in periods),
                targets=tuple(_aim(framework, measure, each) for each in targets),
                comparators=tuple(
                    _typed(measure, each.shown, each.label, Spot(_FRAMEWORK, "Benchmarks", "", measure.key))
                    for each in framework.benchmarks_of(measure.key)
                    if each.shown
                ),
                spot=Spot(_FRAMEWORK, "Measures", "", measure.key),
                directorate=measure.directorate,
            )
        )
    lines += _published(framework)
    codes = tuple(
        Written("Code", each.code, "", Spot(_FRAMEWORK, "Measures", "", each.key))
        for each in framework.measures
        if each.code
    )
    return Subject(tuple(lines), codes=codes, rows_checked=True)


_WORDS: Mapping[str, Direction] = MappingProxyType(
    {"improved": "improved", "consistent": "consistent", "worse": "worse", "worsened": "worse"}
)


def _published(framework: Framework) -> Iterator[Line]:
    """What a report printed of a measure: its score and its trend, beside the figures."""
    for (key, period), printed in framework.published.items():
        measure = framework.by_key.get(key)
        if measure is None or not printed.actual:
            continue
        scheme, target = framework.scheme_of(measure), framework.targets.get((key, period))
        position = scheme.position(printed.score)
        best, worst = position == 1, position == len(scheme.bands)
        spot = Spot(_FRAMEWORK, "Published", "", key, period.label)
        earlier = [
            framework.past.get((key, each)) for each in (framework.before(measure, period), period.same_last_year)
        ]
        before, last_year = (
            _typed(measure, each.shown, label, spot) if each else None
            for each, label in zip(earlier, ("the period before", "last year"), strict=True)
        )
        aim = _typed(measure, target.shown, "target", spot) if target and target.high is None else None
        if target and aim and aim.value is None:
            aim = _target(_Shown(measure), target)
        # Where a person chooses the score of what has no target, it needs none.
        needless = scheme.chosen_without_target and (aim is None or aim.value is None)
        yield Line(
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
            directorate=measure.directorate,
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
