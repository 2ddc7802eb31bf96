"""What a collection knows, as rows that are checked across. Pure, no I/O."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from perfbook.checks.across._doing import tells_of_doing
from perfbook.checks.across.subject import Figure, Group, Item, Line, Progress, Spot, Subject, Text
from perfbook.checks.said import alike
from perfbook.framework.model import Action, Framework, Measure, Place, Target
from perfbook.framework.model_measure import UnitKind, number_format
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.framework.plan import rating_scheme
from perfbook.records import NOT_RATED, ActionReport, Observation, SectionText, Source
from perfbook.scoring.judge import score, score_set

_DONE = re.compile(r"\b(?:complete|completed|done|achieved|delivered|finished)\b", re.IGNORECASE)
_GOOD = re.compile(r"\bon (?:track|target|course|schedule)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|nearly|partly|partially|off)\b", re.IGNORECASE)


def of_quarter(
    framework: Framework,
    period: Period,
    figures: Iterable[Observation],
    actions: Iterable[ActionReport] = (),
    sections: Iterable[SectionText] = (),
    measures: Iterable[Measure] | None = None,
) -> Subject:
    """A quarter, or a return: `figures` of this period and of all before it, of which the last of each measure and
    period counts, and what was reported in `period` of actions and in sections.

    With some `measures` it is of those alone, without what the framework declares to add up.
    """
    asked = framework.measures if measures is None else measures
    lines = [_line(framework, *row) for row in _rows(period, figures, asked)]
    sums = tuple(_sums(framework, lines)) if framework.sums and measures is None else ()
    return _subject(framework, period, lines, sums, actions, sections)


def between_directorates(
    framework: Framework,
    period: Period,
    figures: Iterable[Observation],
    actions: Iterable[ActionReport],
    sections: Iterable[SectionText],
) -> Subject:
    """The same for rules that are asked between directorates (see `AcrossRule`): of the figures it has those that are
    declared to add up, of the texts of measures those that stand in more than one row."""
    summed = {key for whole, parts in framework.sums.items() for key in (whole, *parts)}
    rows = list(_rows(period, figures, framework.measures))
    said = [[alike(text) for text in (now.commentary, now.action) if text] for *_, now in rows]
    told = Counter(chain.from_iterable(said))
    lines = []
    for (measure, around, now), texts in zip(rows, said, strict=True):
        if measure.key in summed:
            lines.append(_line(framework, measure, around, now))
        else:
            is_own = all(told[text] == 1 for text in texts)
            lines.append(_bare_line(framework, measure, around.about, now, with_texts=not is_own))
    return _subject(framework, period, lines, tuple(_sums(framework, lines)), actions, sections)


_ByMeasure = Mapping[str, Observation]


@dataclass(frozen=True)
class _Around:
    """The figures about a period by their measures, those of the periods before it in its year, oldest first, those of
    the same period last year, and those of the year before: of its periods, newest first, and of the whole of it."""

    about: Period
    now: _ByMeasure
    before: tuple[_ByMeasure, ...]
    last_year: _ByMeasure
    year: tuple[_ByMeasure, ...]
    whole_year: _ByMeasure
    year_label: str


def _around(about: Period, figures: Mapping[Period, _ByMeasure]) -> _Around:
    last = about.shift(-about.index)
    now, *before = (figures.get(each, {}) for each in (about, *about.earlier_this_year))
    return _Around(
        about,
        now,
        tuple(each for each in before if each),
        figures.get(about.same_last_year, {}),
        tuple(figures.get(last.shift(-back), {}) for back in range(PER_YEAR[about.kind])),
        figures.get(last.whole_year, {}),
        last.label.rpartition(" ")[0] if " " in last.label else last.label,
    )


def _rows(
    period: Period, figures: Iterable[Observation], measures: Iterable[Measure]
) -> Iterator[tuple[Measure, _Around, Observation]]:
    """The measures that were reported in a period, with the figures around that of each, and that figure."""
    known = _by_period(figures)
    arounds: dict[tuple[str, int, int], _Around | None] = {}
    for measure in measures:
        # Measures of one frequency are about the same period.
        kind = (measure.frequency, measure.arrears, measure.due)
        if kind not in arounds:
            about = measure.about(period)
            arounds[kind] = _around(about, known) if about else None
        around = arounds[kind]
        now = around.now.get(measure.key) if around else None
        if around and now and now.reported_in == period and measure.in_force(period):
            yield measure, around, now


def reported_rows(
    period: Period, figures: Iterable[Observation], measures: Iterable[Measure]
) -> Iterator[tuple[Measure, Period, Observation]]:
    """The measures that were reported in a period, with the period that each is about and its figure of then."""
    return ((measure, around.about, now) for measure, around, now in _rows(period, figures, measures))


def _by_period(figures: Iterable[Observation]) -> Mapping[Period, _ByMeasure]:
    """The last figure of each measure and period."""
    known: defaultdict[Period, dict[str, Observation]] = defaultdict(dict)
    # Most figures of a period have the same object for it, which is found without a comparison of periods.
    figures = tuple(figures)
    same: dict[int, dict[str, Observation]] = {}
    last: Period | None = None
    held: dict[str, Observation] = {}
    for each in figures:
        period = each.period
        if period is not last:  # they come period by period, or measure by measure
            last = period
            number = id(period)
            held = same[number] if number in same else same.setdefault(number, known[period])
        held[each.measure] = each
    return known


def _subject(
    framework: Framework,
    period: Period,
    lines: Iterable[Line],
    sums: tuple[Group, ...],
    actions: Iterable[ActionReport],
    sections: Iterable[SectionText],
) -> Subject:
    items = (_item(framework, report) for report in actions if report.period == period)
    texts = (
        Text("text", each.text, spot_of(each.source, each.section, period))
        for each in sections
        if each.period == period and each.text
    )
    return Subject(
        tuple(lines),
        items=tuple(item for item in items if item),
        texts=tuple(texts),
        sums=sums,
        start=period.start,
        end=period.end,
        rows_checked=True,
    )


def _line(framework: Framework, measure: Measure, around: _Around, now: Observation) -> Line:
    key, about = measure.key, around.about
    spot = spot_of(now.source, key, about)
    whole, target = framework.year_target(key, about), framework.target(key, about)
    shown = _shown(measure.unit.kind, measure.decimals)
    year = None if shown.percent or measure.calculation == "rolling" else _year_before(measure, around, shown)
    # Most measures have few of the others: nothing is put together for those that are not there.
    before = [found for held in around.before if (found := held.get(key)) and found.actual is not None]
    last_year = around.last_year.get(key)
    texts = _texts(now, spot)
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
        comparators=_comparators(framework, key, shown) if framework.benchmarks else (),
        texts=texts,
        per_year=PER_YEAR[measure.period_kind],
        explain=bool(texts and target) and _is_unanswered(framework, measure, target, texts, now),
        ranged=target is not None and target.high is not None,
        spot=spot,
    )


def _is_unanswered(
    framework: Framework, measure: Measure, target: Target | None, texts: tuple[Text, ...], now: Observation
) -> bool:
    """Whether the score of a figure calls for an explanation, and the row's texts explain it without a word of what is
    being done. What is soon seen comes first."""
    actual, aim = now.actual, target.value if target and target.high is None else None
    if now.action or actual is None or aim is None:
        return False
    if actual >= aim if measure.polarity == "higher" else measure.polarity != "lower" or actual <= aim:
        return False
    if any(map(tells_of_doing, texts)):
        return False
    scheme = framework.scheme_of(measure)
    to_date = actual if measure.counts_up else now.to_date
    by_rule = score(scheme, measure, actual, aim, to_date=to_date)
    return (score_set(framework, measure, now.period, by_rule) or 0) >= scheme.exception_from


def _bare_line(framework: Framework, measure: Measure, about: Period, now: Observation, *, with_texts: bool) -> Line:
    """A row with its names, and with its texts or without."""
    spot = spot_of(now.source, measure.key, about)
    shown = _shown(measure.unit.kind, measure.decimals)
    comparators = _comparators(framework, measure.key, shown) if framework.benchmarks else ()
    texts = _texts(now, spot) if with_texts else ()
    return Line(measure.title, measure.code, measure.key, comparators=comparators, texts=texts, spot=spot)


def _comparators(framework: Framework, key: str, shown: _Shown) -> tuple[Figure, ...]:
    found = framework.benchmarks_of(key)
    return tuple([Figure(each.shown, shown.value(each.value), each.label, unit=shown.sign) for each in found])


def _texts(now: Observation, spot: Spot) -> tuple[Text, ...]:
    """The texts of a row, each in its own cell; where that is not known, at the row's sheet."""
    if not (now.commentary or now.action):
        return ()
    found = []
    if now.commentary:
        found.append(Text("commentary", now.commentary, _at(now.commentary_at, spot)))
    if now.action:
        found.append(Text("action", now.action, _at(now.action_at, spot)))
    return tuple(found)


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


@dataclass(frozen=True)
class _Shown:
    """How the figures of a measure are shown: percentages as people see them, the sign of the number format."""

    decimals: int
    percent: bool
    sign: str
    number_format: str

    def value(self, stored: Decimal | None) -> Decimal | None:
        """A figure in the unit in which it is shown."""
        return stored.scaleb(2) if self.percent and stored is not None else stored


@lru_cache(maxsize=256)
def _shown(kind: UnitKind, decimals: int) -> _Shown:
    return _Shown(decimals, kind == "percent", _SIGNS.get(kind, ""), number_format(kind, decimals))


def _figure(shown: _Shown, observation: Observation, spot: Spot | None = None) -> Figure | None:
    actual, to_date, period = observation.actual, observation.to_date, observation.period
    if actual is None:
        return None
    source, companion = observation.source, observation.companion
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
        spot=spot or spot_of(source, observation.measure, period),
    )


def shown_target(measure: Measure, target: Target) -> Figure | None:
    """A target as a figure in the unit in which it is shown; None for a range, and where it has no value."""
    return _target(_shown(measure.unit.kind, measure.decimals), target)


def _target(shown: _Shown, target: Target) -> Figure | None:
    if target.value is None or target.high is not None:
        return None
    return Figure(
        "", shown.value(target.value), "target", shown.decimals, unit=shown.sign, number_format=shown.number_format
    )


def _year_before(measure: Measure, around: _Around, shown: _Shown) -> Figure | None:
    """The whole year before, of counts and money that are counted period by period."""
    if around.about.kind == "year":
        return None
    periods = around.year[:1] if measure.counts_up else around.year
    values, key = [], measure.key
    for held in periods:
        found = held.get(key)
        if found is None or found.actual is None:
            break
        values.append(found.actual)
    if len(values) < len(periods):
        # The year may be known as a whole alone.
        found = around.whole_year.get(key)
        if found is None or found.actual is None:
            return None
        values = [found.actual]
    total = sum(values, Decimal(0))
    return Figure("", total, around.year_label, shown.decimals, unit=shown.sign, number_format=shown.number_format)


def spot_of(source: Source | None, key: str, about: Period) -> Spot:
    """Where something stands: its cell, or no more than what it is about."""
    if source is None:
        return Spot(key=key, about=about.label)
    cell = source.cell
    return Spot(source.file, source.sheet, cell.partition(",")[0] if "," in cell else cell, key, about.label)


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
