"""The checks across rows asked of what a collection brought, and of a framework."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from perfbook.checks.across.of_framework import names_of_framework, of_framework
from perfbook.checks.across.of_quarter import between_directorates, of_quarter
from perfbook.checks.across.run import BY_CODE, across_findings, findings_between, findings_of_rows
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import ActionReport, Finding, Observation, SectionText, remarks_of
from perfbook.scoring.judge import index


@dataclass(frozen=True)
class Part:
    """What one directorate reported in a period, and its earlier figures as far as they are read beside it."""

    figures: tuple[Observation, ...] = ()
    actions: tuple[ActionReport, ...] = ()
    sections: tuple[SectionText, ...] = ()


def quarter_findings(
    framework: Framework,
    period: Period,
    past: Iterable[Observation],
    present: Iterable[Observation],
    actions: Iterable[ActionReport] = (),
    sections: Iterable[SectionText] = (),
) -> tuple[Finding, ...]:
    """What the figures and texts of a period show only beside each other and beside those `past`, which are of all
    periods before it."""
    if len(framework.directorates) < 2:
        subject = of_quarter(framework, period, (*past, *present), actions, sections)
        return in_order(framework, across_findings(subject, _asked(framework)))
    parts = parts_of(framework, period, (*past, *present), actions, sections)
    found = [part_findings(framework, period, part) for part in parts.values()]
    found.append(between_findings(framework, period, parts.values()))
    return in_order(framework, (finding for each in found for finding in each))


def parts_of(
    framework: Framework,
    period: Period,
    figures: Iterable[Observation],
    actions: Iterable[ActionReport],
    sections: Iterable[SectionText],
) -> dict[str, Part]:
    """What was reported in a period by directorate, with the earlier `figures`; of one measure and period the last."""
    first = date(_oldest(framework, period).year - 2, 1, 1)
    parts: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    for figure in index(figures).values():
        measure = framework.by_key.get(figure.measure)
        if measure and figure.period.start >= first:
            parts[measure.directorate].figures.append(figure)
    for report in actions:
        action = framework.actions_by_key.get(report.action)
        if action and report.period == period:
            parts[action.directorate].actions.append(report)
    for text in sections:
        if text.period == period:
            parts[text.directorate].sections.append(text)
    return {key: each.part() for key, each in parts.items()}


class _Gathered:
    """A part while it is put together."""

    def __init__(self) -> None:
        self.figures: list[Observation] = []
        self.actions: list[ActionReport] = []
        self.sections: list[SectionText] = []

    def part(self) -> Part:
        return Part(tuple(self.figures), tuple(self.actions), tuple(self.sections))


def _oldest(framework: Framework, period: Period) -> date:
    """The first day that a figure of a period is about, of the measure with the longest arrears."""
    kinds = {(each.frequency, each.arrears, each.due): each for each in framework.measures}
    abouts = (measure.about(period) for measure in kinds.values())
    return min((about.start for about in abouts if about), default=period.start)


def part_findings(framework: Framework, period: Period, part: Part) -> tuple[Finding, ...]:
    """What is found in the rows of one directorate, whatever others report."""
    keys = sorted({each.measure for each in part.figures}, key=framework.places.__getitem__)
    measures = [framework.by_key[key] for key in keys]
    subject = of_quarter(framework, period, part.figures, part.actions, part.sections, measures=measures)
    return findings_of_rows(subject, _asked(framework))


def between_findings(framework: Framework, period: Period, parts: Iterable[Part]) -> tuple[Finding, ...]:
    """What the rows of all directorates show only beside each other."""
    parts = tuple(parts)
    figures = (figure for part in parts for figure in part.figures)
    actions = (report for part in parts for report in part.actions)
    sections = (text for part in parts for text in part.sections)
    subject = between_directorates(framework, period, figures, actions, sections)
    return findings_between(subject, _asked(framework))


_PLACES: Mapping[str, int] = {code: place for place, code in enumerate(BY_CODE)}


def in_order(framework: Framework, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: rule by rule, those of one in the order of the framework's measures, then of its actions."""
    places = _places(framework)
    found = dict.fromkeys(findings)
    return tuple(sorted(found, key=lambda each: (_PLACES[each.code], places.get(each.measure, len(places)))))


def _places(framework: Framework) -> Mapping[str, int]:
    """The places of measures and actions, by their keys, in the order of the framework."""

    def worked_out() -> dict[str, int]:
        keys = (*(measure.key for measure in framework.measures), *(action.key for action in framework.actions))
        return {key: place for place, key in enumerate(dict.fromkeys(keys))}

    return framework.once("places of rows", worked_out)


def framework_findings(framework: Framework) -> tuple[Finding, ...]:
    """What is odd about a framework, as notes: what its reader had to say, and what its rows show beside each other."""
    asked = _asked(framework)
    found = [finding for subject in of_framework(framework) for finding in findings_of_rows(subject, asked)]
    found += findings_between(names_of_framework(framework), asked)
    notes = (replace(finding, severity="info") for finding in in_order(framework, found))
    return (*remarks_of(framework), *notes)


def _asked(framework: Framework) -> Callable[[str], bool]:
    """Whether a framework wants a check, by its code."""
    settings = framework.checks
    return lambda code: code not in settings or settings[code].on
