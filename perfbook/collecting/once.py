"""Each figure and each report once, however many returns and rows say it."""

from __future__ import annotations

from collections.abc import Sequence

from perfbook.collecting.merge import says_figure
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import ActionReport, Observation, Submission


def last_of_each(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """Of each measure its observation of the latest period: a measure counts once, however many months it has."""
    found: dict[str, Observation] = {}
    for each in observations:
        known = found.get(each.measure)
        if known is None or each.period.end > known.period.end:
            found[each.measure] = each
    return tuple(found.values())


def one_each(framework: Framework, submissions: Sequence[Submission]) -> tuple[Observation, ...]:
    """One observation a measure: where a measure changed hands, the one that says something, then its owner's."""
    best: dict[tuple[str, Period], tuple[bool, bool]] = {}
    found: dict[tuple[str, Period], Observation] = {}
    for submission in submissions:
        for observation in submission.observations:
            place = (observation.measure, observation.period)
            measure = framework.by_key.get(observation.measure)
            if measure is None:
                continue
            worth = (says_figure(observation), measure.directorate == submission.directorate)
            if place not in best or worth > best[place]:
                best[place], found[place] = worth, observation
    return tuple(found.values())


def one_report_each(framework: Framework, submissions: Sequence[Submission]) -> tuple[ActionReport, ...]:
    """One report an action and place, as `one_each` does it for measures."""
    best: dict[tuple[str, str], tuple[bool, bool]] = {}
    found: dict[tuple[str, str], ActionReport] = {}
    for submission in submissions:
        for report in submission.actions:
            action = framework.actions_by_key.get(report.action)
            if action is None:
                continue
            place = (report.action, report.deliverable)
            worth = (not report.is_blank, action.directorate == submission.directorate)
            if place not in best or worth > best[place]:
                best[place], found[place] = worth, report
    return tuple(found.values())
