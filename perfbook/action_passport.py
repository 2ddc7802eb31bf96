"""The passport of a rating: from the scorecard back to file, sheet and cell, in each place where the action stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from perfbook.errors import UsageError
from perfbook.figure_notes import FigureNote
from perfbook.framework.model import Action, Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import day_words, reference_of
from perfbook.rating_notes import rating_notes
from perfbook.records import Finding, Quarter, Source
from perfbook.scorecard.words import NO_RATING, band_label
from perfbook.scoring.ratings import Rated, index_reports, rate
from perfbook.workbook.lookalikes import latin


@dataclass(frozen=True)
class ActionPassport:
    """One action in one reporting period: how it is rated in each place, what is said, and where that was read."""

    quarter: Quarter
    action: Action
    places: tuple[Rated, ...]
    findings: tuple[Finding, ...]
    notes: Mapping[tuple[str, Period], FigureNote] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Label and text, in the order in which a person reads them."""
        action = self.action
        yield "Action", f"{action.code} {action.title} (key {action.key})".strip()
        if action.written:
            yield "Written as", f"{action.written}, in letters that only look Latin"
        yield "Directorate", self.quarter.framework.directorate(action.directorate).name
        yield "Period", self.quarter.period.label
        if action.due:
            yield "Due", day_words(action.due)
        if not self.places:
            yield "State", f"not reported in {self.quarter.period}"
        for rated in self.places:
            deliverable = rated.placement.deliverable
            yield "Under", f"{deliverable.code} {deliverable.title}".strip() if deliverable else "its priority"
            own = " (its own here)" if rated.own and len(self.places) > 1 else ""
            yield "  rating", f"{band_label(rated.band) if rated.band else NO_RATING}{own}"
            known = self._note(rated)
            if known:
                yield f"  {known.mark.lower()}", known.note
            for label, text in (("update", rated.update), ("milestone", rated.milestone)):
                if text:
                    yield f"  {label}", text
            if rated.revised:
                yield "  revised date", day_words(rated.revised)
            yield from _source_rows(rated.report.source if rated.report else None)
        for finding in self.findings:
            yield f"Finding {finding.code}", f"{finding.severity}: {finding.message}"

    def _note(self, rated: Rated) -> FigureNote | None:
        return self.notes.get((rated.placement.key, rated.period))

    def as_json(self) -> dict[str, Any]:
        """The passport as plain data."""
        return {
            "action": {"key": self.action.key, "code": self.action.code, "title": self.action.title},
            "period": self.quarter.period.label,
            "places": [_place_json(rated, self._note(rated)) for rated in self.places],
            "findings": [{"code": f.code, "severity": f.severity, "message": f.message} for f in self.findings],
        }


def find_action(framework: Framework, text: str) -> Action | None:
    """The action with a key or a reference, in whatever alphabet it is typed; None where there is none.

    Raises UsageError for a reference that several actions carry.
    """
    by_key = framework.actions_by_key.get(text.strip())
    if by_key:
        return by_key
    wanted = reference_of(latin(text))
    found = [action for action in framework.actions if wanted and reference_of(action.code) == wanted]
    if len(found) > 1:
        listing = "; ".join(f"{action.key} ({action.title})" for action in found)
        raise UsageError(f"{len(found)} actions carry the reference {text!r}: {listing}. Name one by its key.")
    return found[0] if found else None


def action_passport(quarter: Quarter, action: Action) -> ActionPassport:
    """The passport of an action in the quarter's reporting period."""
    rated = rate(quarter.framework, index_reports(quarter.actions), quarter.period)
    places = tuple(row for row in rated if row.placement.action.key == action.key)
    findings = tuple(f for f in quarter.findings if f.measure == action.key)
    return ActionPassport(quarter, action, places, findings, rating_notes(quarter))


def _source_rows(source: Source | None) -> Iterator[tuple[str, str]]:
    if source is None:
        return
    yield "  file", source.file
    yield "  cell", f"{source.sheet}!{source.cell}"
    yield "  stored as", source.stored
    received = f", received {source.received:%d %B %Y %H:%M}" if source.received else ""
    yield "  sent by", f"{source.submitted_by or 'not signed'}{received}"
    if source.sha256:
        yield "  sha-256", source.sha256


def _place_json(rated: Rated, note: FigureNote | None) -> dict[str, Any]:
    deliverable, report = rated.placement.deliverable, rated.report
    source = report.source if report else None
    table: dict[str, Any] = {
        "key": rated.placement.key,
        "deliverable": deliverable.code if deliverable else "",
        "rating": rated.rating,
        "own": rated.own,
        "update": rated.update,
        "revised": rated.revised,
        "progress": None if rated.progress is None else float(rated.progress),
        "milestone": rated.milestone,
    }
    if note:
        table["note"] = {"mark": note.mark, "text": note.note}
    if source:
        received = source.received.isoformat() if source.received else None
        table["source"] = vars(source) | {"received": received}
    return table
