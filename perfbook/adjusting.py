"""Adjustments: what officers change by hand, applied to what returns say, and kept in the record.

Nothing is overwritten: `Adjusted` keeps what the return says beside what counts, and wherever the figure is shown a
word and a note say what was done, why and by whom (see `figure_notes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from perfbook.collecting.archive import Archive, NewEvent
from perfbook.collecting.history import History, reported_in
from perfbook.collecting.merge import says_figure
from perfbook.collecting.outcomes import ADJUSTED_NOTHING, NOT_NEEDED, finding
from perfbook.framework.adjustment_sheet import ADJUSTMENT_WORDS
from perfbook.framework.model import Adjustment, Framework, Measure
from perfbook.framework.periods import Period
from perfbook.framework.typed import read_typed
from perfbook.rating_by_hand import set_ratings
from perfbook.records import Adjusted, Finding, Observation, Source
from perfbook.scoring.judge import index

_KIND = "adjusted"
# What an adjustment is about: a second one about the same replaces it.
_NAMES = ("adjustment", "measure", "period", "file", "action", "deliverable")
_FIGURES = ("correct", "enter")


@dataclass(frozen=True)
class Adjusting:
    """The figures that count, and what became of each adjustment of a figure."""

    observations: tuple[Observation, ...]
    adjusted: tuple[Adjusted, ...] = ()
    findings: tuple[Finding, ...] = ()


def adjust(framework: Framework, observations: Iterable[Observation], until: Period | None = None) -> Adjusting:
    """What counts once every adjustment of a figure is made; those reported after the period `until` are left out.

    A figure entered on behalf stands until the return has one itself. A return's commentary stays beside a figure that
    was corrected.
    """
    found = dict(index(observations))
    adjusted: list[Adjusted] = []
    findings: list[Finding] = []
    # Figures first: a mark or a score may be about one that is entered by hand.
    for each in sorted(framework.adjustments, key=lambda each: each.kind not in _FIGURES):
        measure = framework.by_key.get(each.measure)
        if measure is None or (until and reported_in(framework, measure, each.period).end > until.end):
            continue
        own = found.get((each.measure, each.period))
        if each.kind == "correct":
            counts = True
        elif each.kind == "enter":
            counts = not (own and says_figure(own))
            if own and not counts and own.actual != each.actual:
                findings.append(_finding(NOT_NEEDED, each, measure))
        else:
            counts = own is not None and own.actual is not None
            if not counts:
                findings.append(_finding(ADJUSTED_NOTHING, each, measure))
        if counts and each.kind in _FIGURES:
            found[each.measure, each.period] = _changed(framework, measure, each, own)
        adjusted.append(Adjusted(each, own, counts))
    return Adjusting(tuple(found.values()), tuple(adjusted), tuple(findings))


def adjusted_past(framework: Framework, past: History, period: Period) -> History:
    """What earlier returns brought, as it counts: what a return for `period` shows and compares with."""
    return replace(
        past,
        observations=adjust(framework, past.observations, period.previous).observations,
        actions=set_ratings(framework, past.actions, period.previous).actions,
    )


def _changed(framework: Framework, measure: Measure, each: Adjustment, own: Observation | None) -> Observation:
    blank = Observation(measure.key, each.period, reported_in(framework, measure, each.period), None)
    place = each.place
    parts = read_typed(each.shown, measure.unit) if measure.rolls and measure.has_fraction else None
    stored = f"{each.actual:f}" if each.actual is not None else each.shown
    return replace(
        own or blank,
        status=each.status,
        actual=each.actual,
        typed=each.actual,
        to_date=each.to_date,
        numerator=parts.numerator if parts else None,
        denominator=parts.denominator if parts else None,
        companion="",
        source=Source(place.file, place.sheet, place.cell, stored, each.shown, each.by),
    )


def _finding(code: str, each: Adjustment, measure: Measure) -> Finding:
    return finding(
        code,
        each.place.file,
        sheet=each.place.sheet,
        cell=each.place.cell,
        about=measure.key,
        place=f"{each.place.sheet}!{each.place.cell}",
        what=ADJUSTMENT_WORDS[each.kind],
        measure=f"{measure.code} {measure.title}".strip(),
        period=each.period,
    )


# --- The record ---------------------------------------------------------------------------------------------------


def record_adjustments(archive: Archive, framework: Framework, at: datetime) -> None:
    """Add to the record what was adjusted, or is not adjusted any more, since it was last written.

    Raises ArchiveError, CannotWriteError.
    """
    archive.append_all(_new_events(archive, framework, at))


def _new_events(archive: Archive, framework: Framework, at: datetime) -> Iterator[NewEvent]:
    known: dict[str, dict[str, Any]] = {}
    for event in archive.events(_KIND):
        known[_identity(event.data)] = dict(event.data)
    now = {_identity(data): data for data in map(_data, framework.adjustments)}
    for name, data in now.items():
        if known.get(name) != data:
            yield NewEvent(_KIND, at, data)
    for name, data in known.items():
        if name not in now and not data.get("withdrawn"):
            yield NewEvent(_KIND, at, data | {"withdrawn": True})


def _data(each: Adjustment) -> dict[str, Any]:
    data = {
        "adjustment": each.kind,
        "measure": each.measure,
        "period": each.period.label,
        "file": each.file,
        "value": each.band or (f"{each.actual:f}" if each.actual is not None else each.status or ""),
        "reason": each.reason,
        "by": each.by,
    }
    if each.kind == "rating":
        done = "" if each.progress is None else f"{each.progress:f}"
        data |= {"action": each.action, "deliverable": each.deliverable}
        data |= {"update": each.update, "revised": each.revised, "progress": done}
    return data


def _identity(data: Mapping[str, Any]) -> str:
    return "\t".join(str(data.get(name, "")) for name in _NAMES)
