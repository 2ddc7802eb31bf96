"""Several copies of one issue, each filled in part, brought together measure by measure and field by field.

A blank never beats a value. Of two different values that of the version that counts stays, and the other is a conflict
for a person to settle. Only copies of the same issue and the same sign-off are merged: what nobody signed never enters
a signed return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfbook.checks.evidence_rules import GENERAL, NO_EVIDENCE
from perfbook.collecting.merge_actions import FIELDS as ACTION_FIELDS
from perfbook.collecting.merge_actions import both, lacking_actions, places_of
from perfbook.collecting.versions import Version, dated
from perfbook.records import ActionReport, Finding, GridFigure, Observation, SectionText, Submission

_TEXTS = ("commentary", "action")
# What stands beside the figure and is merged on its own.
_BESIDE = ("forecast", "chosen", *_TEXTS)
# Where the texts stand goes with them.
_AT = {field: f"{field}_at" for field in _TEXTS}
FIELDS = {
    "figure": "figure",
    "forecast": "forecast",
    "chosen": "chosen score",
    "commentary": "commentary",
    "action": "recovery action",
    **ACTION_FIELDS,
    "text": "text",
    "grid": "figure",
}


@dataclass(frozen=True)
class Conflict:
    """Two different values of one field of one measure or action: of the version that counts, and of a copy."""

    field: str
    ours: Observation | ActionReport | SectionText | GridFigure
    theirs: Observation | ActionReport | SectionText | GridFigure
    version: Version

    @property
    def about(self) -> str:
        """The key of the measure, action, section or line of a grid."""
        if isinstance(self.ours, GridFigure):
            return self.ours.line
        if isinstance(self.ours, SectionText):
            return self.ours.section
        return self.ours.measure if isinstance(self.ours, Observation) else self.ours.action


@dataclass(frozen=True)
class Merged:
    """What came of a merge. `added` names, by path and hash of the copy, the measures and actions to which it added."""

    submission: Submission
    added: dict[tuple[str, str], tuple[str, ...]]
    conflicts: tuple[Conflict, ...]


def merge(winner: Version, copies: Sequence[Version]) -> Merged:
    """The winner's figures, and what its copies add to them, in the order of the copies.

    Copies whose file is gone still add what they held; they are in conflict with nothing, for nobody could settle it.
    """
    submission = dated(winner)
    rows = {(o.measure, o.period): o for o in submission.observations}
    reports = places_of(submission.actions)
    texts = {text.section: text for text in submission.sections}
    figures = {(figure.line, figure.column): figure for figure in submission.grids}
    evidence = {row.content: row for row in submission.evidence}
    findings = list(submission.findings)
    added: dict[tuple[str, str], tuple[str, ...]] = {}
    conflicts: list[Conflict] = []
    for copy in copies:
        if not may_merge(copy, winner):
            continue
        other = dated(copy)
        gained: list[str] = []
        for theirs in other.observations:
            place = (theirs.measure, theirs.period)
            ours = rows.get(place)
            if ours is None:
                if not is_blank(theirs):
                    rows[place] = theirs
                    gained.append(theirs.measure)
                continue
            rows[place], found = _both(ours, theirs, copy)
            conflicts += found if copy.present else []
            if rows[place] != ours:
                gained.append(theirs.measure)
            if says_figure(theirs) and not says_figure(ours):
                findings = _taken_over(findings, other.findings, theirs.measure)
        for report in other.actions:
            spot = (report.action, report.deliverable)
            own = reports.get(spot)
            if own is None:
                if report.is_blank:
                    continue
                fields: list[str] = []
                reports[spot] = report
            else:
                reports[spot], fields = both(own, report)
                conflicts += [Conflict(field, own, report, copy) for field in fields if copy.present]
            if reports[spot] != own:
                gained.append(report.action)
                if report.rating and not (own and own.rating):
                    findings = _taken_over(findings, other.findings, report.action)
        for text in other.sections:
            mine = texts.get(text.section)
            if text.text and not (mine and mine.text):
                texts[text.section] = text
                gained.append(text.section)
            elif text.text and mine and mine.text != text.text and copy.present:
                conflicts.append(Conflict("text", mine, text, copy))
        for figure in other.grids:
            known = figures.setdefault((figure.line, figure.column), figure)
            if known is figure:
                gained.append(figure.line)
            elif known.value != figure.value and copy.present:
                conflicts.append(Conflict("grid", known, figure, copy))
        for row in other.evidence:
            if evidence.setdefault(row.content, row) is row:
                gained.append(row.about or row.supports or GENERAL)
        if gained:
            added[copy.path, copy.sha256] = tuple(dict.fromkeys(gained))
    named = {row.about for row in evidence.values()}
    findings = [f for f in findings if not (f.code == NO_EVIDENCE and f.measure in named)]
    whole = replace(
        submission,
        observations=tuple(rows.values()),
        actions=tuple(reports.values()),
        sections=tuple(texts.values()),
        grids=tuple(figures.values()),
        evidence=tuple(evidence.values()),
        findings=tuple(findings),
    )
    return Merged(whole, added, tuple(conflicts))


def may_merge(copy: Version, winner: Version) -> bool:
    """Whether two versions are copies of the same issue with the same sign-off.

    A version that was asked about is no copy of the one that answers it, which holds what it held.
    """
    ours, theirs = winner.submission, copy.submission
    if copy.sha256 == ours.answers:
        return False
    return theirs.started and (theirs.issue, theirs.state) == (ours.issue, ours.state)


def lacking(counts: Submission, other: Submission) -> tuple[str, ...]:
    """The measures for which another version has a figure or a status and the one that counts has none, and the actions
    for which it has a rating or an update."""
    there = {o.measure for o in counts.observations if says_figure(o)}
    found = tuple(o.measure for o in other.observations if says_figure(o) and o.measure not in there)
    written = {text.section for text in counts.sections if text.text}
    texts = tuple(text.section for text in other.sections if text.text and text.section not in written)
    named = {row.content for row in counts.evidence}
    more = tuple(row.about or row.supports or GENERAL for row in other.evidence if row.content not in named)
    lines = _lines(counts, other)
    return tuple(dict.fromkeys((*found, *lacking_actions(counts.actions, other.actions), *texts, *lines, *more)))


def _lines(counts: Submission, other: Submission) -> tuple[str, ...]:
    there = {(figure.line, figure.column) for figure in counts.grids}
    return tuple(dict.fromkeys(f.line for f in other.grids if (f.line, f.column) not in there))


def says_figure(observation: Observation) -> bool:
    """Whether there is a figure or a status."""
    return observation.actual is not None or observation.status is not None


def is_blank(observation: Observation) -> bool:
    """Whether a row holds nothing at all."""
    texts = any(getattr(observation, field) for field in _TEXTS)
    return not (says_figure(observation) or texts or observation.chosen or observation.forecast is not None)


def _both(ours: Observation, theirs: Observation, copy: Version) -> tuple[Observation, list[Conflict]]:
    row, differing = ours, []
    if says_figure(theirs):
        if not says_figure(ours):
            # The row of the copy, with the words of ours.
            row = replace(theirs, **{field: getattr(ours, field) for field in (*_BESIDE, *_AT.values())})
        elif (ours.actual, ours.status, ours.to_date) != (theirs.actual, theirs.status, theirs.to_date):
            differing.append("figure")
    for field in _BESIDE:
        mine, other = getattr(ours, field), getattr(theirs, field)
        if other in (None, "") or mine == other:
            continue
        if mine in (None, ""):
            at = {_AT[field]: getattr(theirs, _AT[field])} if field in _AT else {}
            row = replace(row, **{field: other} | at)
        else:
            differing.append(field)
    return row, [Conflict(field, ours, theirs, copy) for field in differing]


def _taken_over(findings: list[Finding], others: tuple[Finding, ...], measure: str) -> list[Finding]:
    """The findings once the figure of a measure comes from the copy: what was said of it there is what holds."""
    return [f for f in findings if f.measure != measure] + [f for f in others if f.measure == measure]
