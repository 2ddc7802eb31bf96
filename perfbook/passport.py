"""The passport of a figure: from the scorecard back to file, sheet and cell."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from perfbook.errors import UsageError
from perfbook.figure_notes import FigureNote, figure_notes
from perfbook.framework.model import Framework, Measure
from perfbook.records import Finding, Observation, Quarter
from perfbook.scoring.judge import DIRECTIONS, Judgement, index, judge
from perfbook.workbook.numfmt import display


@dataclass(frozen=True)
class Passport:
    """One measure in one reporting period: the judgement, the figures behind it and what checks said of it.

    `figures` are the figure itself, what the return says where that is another one, the one before and the same period
    last year, where they are held. `note` says what was adjusted or restated.
    """

    quarter: Quarter
    measure: Measure
    judgement: Judgement
    figures: tuple[tuple[str, Observation], ...]
    findings: tuple[Finding, ...]
    note: FigureNote | None = None

    def rows(self) -> Iterator[tuple[str, str]]:
        """Label and text, in the order in which a person reads them."""
        measure, judgement = self.measure, self.judgement
        scheme = self.quarter.framework.scheme_of(measure)
        band = scheme.band(judgement.band)
        yield "Measure", f"{measure.code} {measure.title} (key {measure.key})"
        yield "Period", f"{judgement.about or judgement.period}, reported in {judgement.period}"
        yield "State", judgement.state
        yield "Figure", _shown(judgement.actual, measure)
        if self.note:
            yield self.note.mark, self.note.note
        yield "Target", _shown(judgement.target, measure)
        if judgement.state == "reported":
            yield "Score", f"{band.symbol} {band.word}" if band else "not scored"
            yield "Trend", _direction(judgement.trend)
            yield "Annual", _direction(judgement.annual)
        for label, observation in self.figures:
            yield from _source_rows(label, observation, measure)
        for finding in self.findings:
            said = f"{finding.severity}: {finding.message}"
            yield f"Finding {finding.code}", f"suppressed: {finding.suppressed}" if finding.suppressed else said

    def as_json(self) -> dict[str, Any]:
        """The passport as plain data."""
        judgement = self.judgement
        band = self.quarter.framework.scheme_of(self.measure).band(judgement.band)
        return {
            "measure": {"key": self.measure.key, "code": self.measure.code, "title": self.measure.title},
            "period": judgement.period.label,
            "about": judgement.about.label if judgement.about else None,
            "state": judgement.state,
            "actual": _plain(judgement.actual),
            "target": _plain(judgement.target),
            "score": band.key if band else None,
            "trend": DIRECTIONS.get(judgement.trend) if judgement.trend is not None else None,
            "annual": DIRECTIONS.get(judgement.annual) if judgement.annual is not None else None,
            "note": {"mark": self.note.mark, "text": self.note.note} if self.note else None,
            "figures": [_figure_json(label, observation) for label, observation in self.figures],
            "findings": [{"code": f.code, "severity": f.severity, "message": f.message} for f in self.findings],
        }


def has_measure(framework: Framework, text: str) -> bool:
    """Whether any measure has this key or this code."""
    wanted, key = _plain_code(text), text.strip().lower()
    return any(key == m.key.lower() or (m.code and wanted == _plain_code(m.code)) for m in framework.measures)


def find_measure(framework: Framework, text: str) -> Measure:
    """The measure with a key or a code. Raises UsageError for none, or for a code that several measures carry."""
    wanted = _plain_code(text)
    by_key = [m for m in framework.measures if m.key.lower() == text.strip().lower()]
    found = by_key or [m for m in framework.measures if _plain_code(m.code) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        listing = "; ".join(f"{m.key} ({m.title})" for m in found)
        raise UsageError(f"{len(found)} measures carry the code {text!r}: {listing}. Name one by its key.")
    names = [name for m in framework.measures for name in (m.key, m.code)]
    names += [name for action in framework.actions for name in (action.key, action.code)]
    known = {_plain_code(name): name for name in names if name}
    near = [known[name] for name in difflib.get_close_matches(wanted, known, n=3)]
    hint = f" Did you mean {', '.join(near)}?" if near else " The Measures sheet of framework.xlsx lists them."
    if framework.actions and not near:
        hint = " The sheets Measures and Actions of framework.xlsx list them."
    what = "measure or action" if framework.actions else "measure"
    raise UsageError(f"There is no {what} {text!r}.{hint}")


def passport(quarter: Quarter, measure: Measure) -> Passport:
    """The passport of a measure in the quarter's reporting period."""
    observations = index(quarter.observations)
    judgement = next(j for j in judge(quarter.framework, observations, quarter.period) if j.measure.key == measure.key)
    figures = []
    note = None
    if judgement.about:
        wanted = {
            "This figure": judgement.about,
            "Previous": quarter.framework.before(measure, judgement.about),
            "Same period last year": judgement.about.same_last_year,
        }
        for label, period in wanted.items():
            observation = observations.get((measure.key, period))
            if observation:
                figures.append((label, observation))
            figures += [
                (f"{label}, as returned", each.own)
                for each in quarter.adjusted
                if each.counts and each.own and each.adjustment.kind == "correct"
                if (each.adjustment.measure, each.adjustment.period) == (measure.key, period)
            ]
        note = figure_notes(quarter).get((measure.key, judgement.about))
    findings = tuple(f for f in quarter.findings if f.measure == measure.key)
    return Passport(quarter, measure, judgement, tuple(figures), findings, note)


def _source_rows(label: str, observation: Observation, measure: Measure) -> Iterator[tuple[str, str]]:
    figure = (
        _shown(observation.actual, measure) if observation.actual is not None else observation.status or "no figure"
    )
    yield f"{label} ({observation.period})", figure
    if observation.denominator is not None and observation.numerator is not None:
        yield "  from", f"{observation.numerator:f} / {observation.denominator:f}"
    if observation.companion:
        yield "  beside it", observation.companion
    source = observation.source
    if source is None:
        return
    yield "  file", source.file
    yield "  cell", f"{source.sheet}!{source.cell}"
    yield "  stored / shown", f"{source.stored} / {source.displayed}"
    if source.submitted_by or source.received:
        received = f", received {source.received:%d %B %Y %H:%M}" if source.received else ""
        yield "  sent by", f"{source.submitted_by or 'not signed'}{received}"
    if source.sha256:
        yield "  sha-256", source.sha256


def _figure_json(label: str, observation: Observation) -> dict[str, Any]:
    source = observation.source
    table: dict[str, Any] = {
        "figure": label,
        "period": observation.period.label,
        "reported_in": observation.reported_in.label,
        "status": observation.status,
        "actual": _plain(observation.actual),
        "numerator": _plain(observation.numerator),
        "denominator": _plain(observation.denominator),
        "companion": observation.companion,
    }
    if source:
        received = source.received.isoformat() if source.received else None
        table["source"] = {
            "file": source.file,
            "sheet": source.sheet,
            "cell": source.cell,
            "stored": source.stored,
            "displayed": source.displayed,
            "submitted_by": source.submitted_by,
            "received": received,
            "sha256": source.sha256,
        }
    return table


def _shown(value: Any, measure: Measure) -> str:
    return "none" if value is None else display(value, measure.number_format)


def _direction(value: int | None) -> str:
    return "nothing to compare" if value is None else DIRECTIONS[value]


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def _plain_code(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
