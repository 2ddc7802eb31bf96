"""Putting a quarter together: what earlier returns brought, what was collected now, and what the framework says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

from perfbook._digest import digest_of, framework_digest
from perfbook._stored import Stored
from perfbook.adjusting import adjust
from perfbook.checks.across.findings import (
    between_findings,
    framework_findings,
    in_order,
    part_findings,
    parts_of,
    quarter_findings,
)
from perfbook.checks.registry import settle
from perfbook.collecting.collect import Collected
from perfbook.collecting.history import History
from perfbook.collecting.merge import says_figure
from perfbook.collecting.remembered import code_version
from perfbook.collecting.restated import restatements
from perfbook.framework.model import KIND_OF, Framework
from perfbook.framework.parts import whole_of
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.rating_by_hand import set_ratings
from perfbook.records import ActionReport, Finding, Observation, Quarter
from perfbook.scoring.judge import index


def quarter_of(framework: Framework, period: Period, now: datetime, past: History, collected: Collected) -> Quarter:
    """The quarter as it stands at `now`. Every figure appears once; owners' books count as their directorate's."""
    adjusting = adjust(framework, standing(past.observations, collected.observations), period)
    observations = adjusting.observations
    ratings = set_ratings(framework, (*past.actions, *collected.actions), period)
    actions = ratings.actions
    reported = _reported_in(framework, observations, period)
    reported |= {report.period for report in actions if not report.is_blank}
    texts = (*past.sections, *(text for text in collected.sections if text.text))
    reported |= {text.period for text in texts}
    grids = tuple(replace(g, directorate=whole_of(framework, g.directorate)) for g in (*past.grids, *collected.grids))
    reported |= {figure.period for figure in grids}
    # A figure that was given anew leaves the period in which it was given first.
    reported |= {each.reported_in for each in past.said if each.actual is not None}
    periods = tuple(sorted(reported | {period}, key=lambda p: p.ordinal))
    others = settle((*past.findings, *adjusting.findings, *_of_framework(framework)), framework, period)
    findings = (*collected.findings, *others)
    return Quarter(
        framework,
        period,
        now,
        periods,
        observations,
        collected.returns,
        collected.files,
        findings,
        actions=actions,
        grids=grids,
        evidence=tuple(replace(e, directorate=whole_of(framework, e.directorate)) for e in collected.evidence),
        # What an owner wrote belongs to the whole directorate.
        sections=tuple(replace(text, directorate=whole_of(framework, text.directorate)) for text in texts),
        changes=(*collected.changes, *restatements(framework, (*past.said, *collected.observations), grids)),
        adjusted=adjusting.adjusted,
        ratings_set=ratings.set,
    )


def _of_framework(framework: Framework) -> tuple[Finding, ...]:
    """What is odd about a framework, worked out once: it is the same for every quarter."""
    return framework.once("findings", lambda: framework_findings(framework))


def recall_findings(framework: Framework, root: Path) -> None:
    """Have what is odd about a framework as an earlier run of the workspace at `root` kept it, or keep it now."""
    kept = _Kept(Stored("findings", root, "framework"), framework)
    found = kept.recall("", digest_of(()), lambda: _of_framework(framework))
    kept.keep()
    framework.once("findings", lambda: found)


class _Kept:
    """Findings by what they are about, from the run before where they follow from the same.

    They follow from the framework, and from what a digest tells apart.
    """

    def __init__(self, stored: Stored, framework: Framework) -> None:
        self._stored, self._key = stored, f"{framework_digest(framework)} {code_version()}"
        self._before = _known(stored.get(self._key))
        self._now: dict[str, tuple[str, tuple[Finding, ...]]] = {}

    def recall(self, about: str, digest: str, work: Callable[[], tuple[Finding, ...]]) -> tuple[Finding, ...]:
        """The findings about something that has this digest."""
        before = self._before.get(about)
        found = before[1] if before and before[0] == digest else work()
        self._now[about] = digest, found
        return found

    def keep(self) -> None:
        """Keep what was asked for this time, and nothing else."""
        if self._now != self._before:
            self._stored.put(self._key, self._now)


def _known(kept: object) -> dict[str, tuple[str, tuple[Finding, ...]]]:
    """What was kept, if it is nothing but findings."""
    if not isinstance(kept, dict):
        return {}
    for each in kept.values():
        match each:
            case (str(), tuple(found)) if all(isinstance(finding, Finding) for finding in found):
                continue
            case _:
                return {}
    return kept


def findings_across(
    framework: Framework, period: Period, past: History, collected: Collected, root: Path | None = None
) -> tuple[Finding, ...]:
    """What the checks across rows say of the figures and ratings that would be published, those by hand among them.

    What an adjustment puts right is not said; what it brings about is said of the row of Adjustments that makes it.
    With the `root` of a workspace they are kept there for the next run, which works out those of directorates about
    which it knows something else.
    """
    figures: tuple[Observation, ...] = (*past.observations, *collected.observations)
    actions: tuple[ActionReport, ...] = collected.actions
    if framework.adjustments:
        figures = adjust(framework, figures, period).observations
        actions = set_ratings(framework, actions, period).actions
    asked = (figures, actions, collected.sections)
    if root is None:
        return quarter_findings(framework, period, (), *asked)
    kept, found = _Kept(Stored("findings", root, period.label), framework), []
    parts = parts_of(framework, period, *asked)
    digests = {key: digest_of((period, part)) for key, part in parts.items()}
    for key, part in parts.items():
        found.append(kept.recall(f"rows of {key}", digests[key], partial(part_findings, framework, period, part)))
    whole = digest_of(sorted(digests.items()))
    found.append(kept.recall("all rows", whole, lambda: between_findings(framework, period, parts.values())))
    kept.keep()
    return in_order(framework, chain.from_iterable(found))


def _reported_in(framework: Framework, observations: Iterable[Observation], period: Period) -> set[Period]:
    """The reporting periods, up to this one, in which figures were reported.

    Those alone in which a whole year's figure came, as councils bring them along, are none that a reader would choose,
    unless there are no others.
    """
    figures = [o for o in observations if o.actual is not None and o.reported_in.end <= period.end]
    often = [o for o in figures if PER_YEAR[o.period.kind] >= PER_YEAR[KIND_OF[framework.reporting]]]
    return {o.reported_in for o in often or figures}


def standing(past: Iterable[Observation], present: Iterable[Observation]) -> tuple[Observation, ...]:
    """One observation for each measure and period: the present return's, else the past one.

    A blank of the present return never displaces a figure that an earlier return brought about the same period.
    """
    found = dict(index(past))
    for observation in present:
        place = observation.measure, observation.period
        known = found.get(place)
        if (
            not says_figure(observation)
            and known
            and known.actual is not None
            and known.reported_in != observation.reported_in
        ):
            continue
        found[place] = observation
    return tuple(found.values())
