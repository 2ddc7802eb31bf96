"""Figures of earlier periods: those that the framework brings along, and those that were collected since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from perfbook._grouped import grouped
from perfbook.collecting import outcomes
from perfbook.collecting.archive import COUNTING, Archive
from perfbook.collecting.ledger import read_ledger
from perfbook.collecting.merge import merge, says_figure
from perfbook.collecting.outcomes import finding
from perfbook.collecting.recorded import Units, units_then
from perfbook.collecting.standing import restore
from perfbook.collecting.versions import RANK, Version, choose
from perfbook.errors import PeriodError, UnreadableFileError
from perfbook.framework.model import KIND_OF, Framework, Measure, PastFigure
from perfbook.framework.parts import whole_of
from perfbook.framework.periods import PER_YEAR, Kind, Period, parse
from perfbook.framework.typed import read_typed
from perfbook.records import ActionReport, Finding, GridFigure, Observation, SectionText, Source, Submission
from perfbook.scoring.judge import index
from perfbook.scoring.ratings import index_reports
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.numfmt import display


def past_observations(framework: Framework, period: Period) -> tuple[Observation, ...]:
    """The framework's past figures that a reader of `period` may see, each with its cell of framework.xlsx."""
    found: list[Observation] = []
    for (key, about), figure in framework.past.items():
        measure = framework.by_key.get(key)
        if measure is None:
            continue
        reported = reported_in(framework, measure, about)
        if _is_past(measure, about, reported, period):
            found.append(_observation(measure, about, reported, figure))
    return tuple(found)


# What `returns.reader` says of a row that today's framework does not expect in this return.
_STRANGER = "R206"


@dataclass(frozen=True)
class History:
    """Figures of earlier periods, one observation a measure and period, the ratings of actions, what was written, and
    what a person should know of them. `said` are figures as each return gave them, also where a later one gave them
    otherwise. It `is_mixed` where a return brought something of a measure or action that is another directorate's now.
    """

    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...] = ()
    actions: tuple[ActionReport, ...] = ()
    sections: tuple[SectionText, ...] = ()
    grids: tuple[GridFigure, ...] = ()
    said: tuple[Observation, ...] = ()
    is_mixed: bool = False

    @cached_property
    def figures(self) -> Mapping[tuple[str, Period], Observation]:
        """Observations by measure and the period that they are about."""
        return index(self.observations)

    @cached_property
    def reports(self) -> Mapping[tuple[str, str, Period], ActionReport]:
        """What was said of actions, by action, deliverable and reporting period."""
        return index_reports(self.actions)

    @cached_property
    def texts(self) -> Mapping[tuple[str, str, Period], SectionText]:
        """What was written, by section, directorate and reporting period."""
        return {(text.section, text.directorate, text.period): text for text in self.sections}

    @cached_property
    def lines(self) -> Mapping[tuple[str, str, str, Period], GridFigure]:
        """Figures of grids, by line, column, directorate and reporting period."""
        return {(figure.line, figure.column, figure.directorate, figure.period): figure for figure in self.grids}

    def by_directorate(self, framework: Framework) -> Mapping[str, History]:
        """What of it the return of each directorate shows and compares with."""
        measures, plan = framework.by_key, framework.actions_by_key
        figures = grouped(self.observations, lambda each: measures[each.measure].directorate)
        actions = grouped(self.actions, lambda each: plan[each.action].directorate)
        sections = grouped(self.sections, lambda each: each.directorate)
        grids = grouped(self.grids, lambda each: each.directorate)
        return {
            key: History(figures.get(key, ()), (), actions.get(key, ()), sections.get(key, ()), grids.get(key, ()))
            for key in {*figures, *actions, *sections, *grids}
        }


def history(
    framework: Framework,
    archive: Archive,
    period: Period,
    zone: str = "Europe/London",
    only: Collection[str] | None = None,
) -> History:
    """Past figures, overlaid by what returns of earlier periods said when they were accepted, or those `only` of some
    directorates.

    Figures belong to their measure, whoever owned it then and whatever the council was called; a measure that the
    framework no longer has is left out. Blanks of a return take nothing away. A return that cannot be understood any
    more is a finding, and so is a past figure that differs from a return's: the return's is shown. Raises ArchiveError.
    """
    found = {(o.measure, o.period): o for o in past_observations(framework, period)}
    typed, findings = dict(found), _Findings(framework)
    reports: dict[tuple[str, str, Period], ActionReport] = {}
    texts: dict[tuple[str, str, Period], SectionText] = {}
    known = {section.key for section in framework.sections}
    figures: dict[tuple[str, str, str, Period], GridFigure] = {}
    said: list[Observation] = []
    is_mixed = False
    lines = {line.key for grid in framework.grids for line in grid.lines}
    for earlier in _earlier_periods(framework, archive, period, findings):
        for submission, units in _collected(framework, archive, earlier, ZoneInfo(zone), findings, only):
            owner = whole_of(framework, submission.directorate)
            for figure in submission.grids:
                if figure.line in lines:
                    whole = whole_of(framework, figure.directorate)
                    figures[figure.line, figure.column, whole, figure.period] = replace(figure, directorate=whole)
            for text in submission.sections:
                if text.section in known and text.text:
                    whole = whole_of(framework, text.directorate)
                    texts[text.section, whole, text.period] = replace(text, directorate=whole)
            for report in submission.actions:
                action = framework.actions_by_key.get(report.action)
                if action and not report.is_blank:
                    is_mixed |= action.directorate != owner
                    reports[report.action, report.deliverable, report.period] = report
            for observation in submission.observations:
                measure = framework.by_key.get(observation.measure)
                if measure is None:
                    continue
                if units.get(measure.key, now := [measure.unit.kind, measure.unit.multiplier]) != now:
                    if observation.actual is not None:
                        findings.other_unit(measure, submission)
                    continue
                is_mixed |= measure.directorate != owner
                place = (observation.measure, observation.period)
                if says_figure(observation):
                    if place in typed:
                        findings.compare(typed[place], observation, submission)
                    found[place] = observation
                    said.append(observation)
                elif place not in found:
                    found[place] = observation
    return History(
        tuple(found.values()),
        findings.found,
        tuple(reports.values()),
        tuple(texts.values()),
        tuple(figures.values()),
        tuple(said),
        is_mixed,
    )


def reported_in(framework: Framework, measure: Measure, about: Period) -> Period:
    """The reporting period whose return brings a figure about a period."""
    shown = about.shift(measure.arrears)
    kind = KIND_OF[framework.reporting]
    if measure.due and about.kind == measure.period_kind:
        return Period(kind, shown.year, measure.due, framework.year_start)
    return _containing(shown, kind, framework.year_start)


def _containing(inner: Period, kind: Kind, year_start: int) -> Period:
    """The period of a kind in which another one ends."""
    last = Period(kind, inner.end.year, PER_YEAR[kind], year_start)
    while last.start > inner.end:
        last = last.previous
    return last


def _is_past(measure: Measure, about: Period, reported: Period, period: Period) -> bool:
    current = measure.about(period)
    if current and current.kind == about.kind:
        return about.ordinal < current.ordinal
    return reported.end < period.end


def _observation(measure: Measure, about: Period, reported: Period, figure: PastFigure) -> Observation:
    stored = f"{figure.actual:f}" if figure.actual is not None else figure.shown
    place = figure.place
    # The parts of a published fraction count where periods are added up, and say on what population a rate is.
    counted = measure.has_fraction and (measure.rolls or measure.unit.multiplier > 1)
    parts = read_typed(figure.shown, measure.unit) if counted else None
    return Observation(
        measure=measure.key,
        period=about,
        reported_in=reported,
        status=figure.status,
        actual=figure.actual,
        typed=figure.actual,
        numerator=parts.numerator if parts else None,
        denominator=parts.denominator if parts else None,
        companion=figure.companion,
        to_date=figure.to_date,
        source=Source(place.file, place.sheet, place.cell, stored, figure.shown),
        mark=figure.mark,
    )


class _Findings:
    """What is said of earlier periods; of a past figure once, against the return that is shown."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self._unreadable: list[Finding] = []
        self._differing: dict[tuple[str, Period], Finding | None] = {}

    @property
    def found(self) -> tuple[Finding, ...]:
        """All findings."""
        return (*self._unreadable, *(finding for finding in self._differing.values() if finding))

    def unreadable(self, file: str, period: str, reason: str) -> None:
        """A return whose figures cannot be shown."""
        self._unreadable.append(finding(outcomes.HISTORY_UNREADABLE, file, period=period, reason=reason))

    def other_unit(self, measure: Measure, submission: Submission) -> None:
        """A figure that would mean something else by the unit that its measure has now."""
        self._unreadable.append(
            finding(
                outcomes.OTHER_UNIT,
                submission.file,
                about=measure.key,
                measure=f"{measure.code} {measure.title}",
                unit=measure.unit.shown,
                period=submission.period,
            )
        )

    def compare(self, past: Observation, archived: Observation, submission: Submission) -> None:
        """A past figure of framework.xlsx beside that of a return."""
        measure, source = self.framework.by_key[past.measure], past.source
        place = (past.measure, past.period)
        self._differing[place] = None
        if source is None or _same(measure, past, archived):
            return
        self._differing[place] = finding(
            outcomes.PAST_DIFFERS,
            source.file,
            sheet=source.sheet,
            cell=source.cell,
            about=measure.key,
            place=f"{source.sheet}!{source.cell}",
            past=_shown(measure, past),
            archived=_shown(measure, archived),
            measure=f"{measure.code} {measure.title}",
            period=past.period,
            other=submission.file,
            state=submission.state,
        )


def _same(measure: Measure, past: Observation, archived: Observation) -> bool:
    if past.actual is None or archived.actual is None:
        return past.actual == archived.actual and past.status == archived.status
    # The sheet may hold more places than are shown, or the return may.
    return round_half_away(past.actual, measure.places) == round_half_away(archived.actual, measure.places)


def _shown(measure: Measure, observation: Observation) -> str:
    if observation.actual is None:
        return str(observation.status)
    return display(float(observation.actual), measure.number_format)


def _earlier_periods(framework: Framework, archive: Archive, period: Period, findings: _Findings) -> list[Period]:
    files: dict[str, set[str]] = {}
    for event in archive.events():
        if event.kind in COUNTING:
            files.setdefault(str(event.data["period"]), set()).add(str(event.data["path"]))
    found: list[Period] = []
    for label, paths in files.items():
        reason = "the council's year started in another month then."
        try:
            earlier = parse(label, framework.year_start)
            if earlier.end >= period.end:
                continue
            if earlier.kind == period.kind:
                found.append(earlier)
                continue
            reason = f"returns were sent out by the {earlier.kind} then."
        except PeriodError:
            pass
        for path in sorted(paths):
            findings.unreadable(path, label, reason)
    return sorted(found, key=lambda p: p.ordinal)


def _collected(
    framework: Framework,
    archive: Archive,
    period: Period,
    zone: ZoneInfo,
    findings: _Findings,
    only: Collection[str] | None = None,
) -> list[tuple[Submission, Units]]:
    """What counted of one period and the units of then, the best last: it prevails where two returns had a measure."""
    versions: dict[str, list[Version]] = {}
    units: dict[str, Units] = {}
    for accepted in read_ledger(archive, framework, period, zone).standing.values():
        if only is not None and accepted.directorate not in only:
            continue
        try:
            submission = restore(archive, accepted, framework)
        except UnreadableFileError as error:
            findings.unreadable(accepted.path, period.label, error.reason)
            continue
        if submission.period != period:
            reason = "the council's year started in another month then."
            findings.unreadable(accepted.path, period.label, reason)
            continue
        if accepted.figures:
            units.setdefault(accepted.directorate, {}).update(units_then(archive.load(accepted.figures)))
        else:
            for said in submission.findings:
                if said.code == _STRANGER:
                    findings.unreadable(accepted.path, period.label, said.found)
        version = Version(accepted.path, accepted.sha256, submission, accepted.received, False, True)
        versions.setdefault(accepted.directorate, []).append(version)
    found: list[tuple[int, float, Submission, Units]] = []
    for directorate, several in versions.items():
        choice = choose(several, "", max(version.received for version in several))
        merged = merge(choice.winner, [version for version, _ in choice.losers]).submission
        found.append((RANK[merged.state], choice.winner.received.timestamp(), merged, units.get(directorate, {})))
    return [(submission, then) for _, _, submission, then in sorted(found, key=lambda item: item[:2])]
