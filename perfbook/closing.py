"""Closing a period: what was published is frozen in the record, and what changes later is a restatement.

The published tables are one kept file of ASCII JSON, the same for the same figures; the event `closed` names it by its
SHA-256. Whatever happens to returns, framework or adjustments afterwards, it stays what was published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from perfbook.account import reopening_json, restatement_json
from perfbook.closing_grids import CHANGED, GONE, NOTHING, frozen, received_later, restated_grids
from perfbook.collecting.archive import Archive, Event
from perfbook.collecting.events import dump
from perfbook.errors import ArchiveError, PeriodError, UsageError
from perfbook.figure_notes import adjustment_notes
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period, parse
from perfbook.rating_notes import rating_notes
from perfbook.records import Closing, Moved, Quarter, Restatement, ReturnRecord, Source
from perfbook.reopening import closings_of, reopenings
from perfbook.scorecard.reconcile import actual_text, figures_text, running_text, score_word
from perfbook.scorecard.words import DIRECTION_WORDS, rating_labels
from perfbook.scoring.judge import Judgement, Observations, index, judge
from perfbook.scoring.ratings import NONE, index_reports, rate
from perfbook.workbook.text import day_in_words

_KIND, _FORM = "closed", 1
# What is frozen of a measure and a reader sees. RUNNING is called by what the measure runs to; `movements` may follow
# from a figure of an earlier period.
_RUNNING = "running"
_FIELDS = {
    "shown": "Figure",
    _RUNNING: "",
    "score": "Score",
    "target": "Target",
    "trend": "Trend",
    "annual": "Annual comparison",
}
_MOVEMENTS = (_RUNNING, "trend", "annual")
_NOT_THERE = "It was not in the framework then."
_NOT_COMPARABLE = DIRECTION_WORDS[None]


@dataclass(frozen=True)
class Closed:
    """What `close` did or found: `is_new` says that the period was open until now."""

    quarter: Quarter
    closing: Closing
    is_new: bool

    @property
    def restatements(self) -> tuple[Restatement, ...]:
        """What of the period is something else now than was published."""
        return tuple(each for each in self.quarter.restatements if each.closed == self.closing.period)

    def as_json(self) -> dict[str, Any]:
        """The answer of `close --json`."""
        return {
            "period": self.closing.period.label,
            "closed": self.closing.at.isoformat(),
            "sha256": self.closing.sha256,
            "new": self.is_new,
            "reopened": [
                reopening_json(each) for each in self.quarter.reopenings if each.period == self.closing.period
            ],
            "restated": [restatement_json(each) for each in self.restatements],
        }


def close(archive: Archive, quarter: Quarter) -> Closed:
    """Freeze the quarter's reporting period as published; a period that is closed stays as it was published.

    Raises UsageError where there is nothing to publish, ArchiveError, CannotWriteError.
    """
    known = _event_of(archive, quarter.period)
    if known is None:
        tables = published_figures(quarter)
        if (
            not any(row["state"] == "reported" for row in tables["measures"].values())
            and not any(row["rated"] != NONE for row in tables["actions"].values())
            and not tables["grids"]
        ):
            raise UsageError(
                f"{quarter.period.label} has no figure and no rating yet, so there is nothing to publish. "
                "Collect first."
            )
        _demand_order(archive, quarter)
        data = dump(tables)
        # The bytes first: a kill in between leaves a file that nothing names, and the period open.
        archive.append(_KIND, quarter.as_at, {"period": quarter.period.label, "snapshot": archive.store(data)})
    found = with_closings(quarter, archive)
    closing = next(each for each in found.closings if each.period == quarter.period)
    return Closed(found, closing, known is None)


def _demand_order(archive: Archive, quarter: Quarter) -> None:
    """Raise UsageError where the moment of closing is before something that is closed by it."""
    label, later = quarter.period.label, "after the moment that --as-at names. Name a later one."
    for closing, undoing in closings_of(archive).undone:
        if closing.data["period"] == label and undoing.at > quarter.as_at:
            raise UsageError(f"{label} was opened again on {_minute(undoing.at)}, {later}")
    for record in quarter.returns:
        if record.received and record.received > quarter.as_at:
            name = quarter.framework.directorate(record.directorate).name
            raise UsageError(f"The return of {name} was received on {_minute(record.received)}, {later}")


def with_closings(quarter: Quarter, archive: Archive) -> Quarter:
    """The quarter with the periods that were closed, up to its own, and what was restated since.

    Raises ArchiveError where what was published cannot be read.
    """
    framework = quarter.framework
    closings: list[Closing] = []
    restated: list[Restatement] = []
    since: tuple[Moved, ...] = ()
    for event in closings_of(archive).standing:
        try:
            period = parse(str(event.data["period"]), framework.year_start)
        except PeriodError:  # the council's year started in another month then
            continue
        if period.kind != quarter.period.kind or period.end > quarter.period.end:
            continue
        closing = Closing(period, event.at, str(event.data["snapshot"]))
        closings.append(closing)
        published = published_tables(archive, closing)
        restated += _restatements(quarter, closing, published)
        if period == quarter.period:
            since = tuple(_since(quarter, closing, published))
    closings.sort(key=lambda each: each.period.ordinal)
    restated.sort(key=lambda each: -each.closed.ordinal)
    undone = reopenings(archive, framework, quarter.period)
    return replace(
        quarter, closings=tuple(closings), restatements=tuple(restated), since_close=since, reopenings=undone
    )


def _event_of(archive: Archive, period: Period) -> Event | None:
    return next((event for event in closings_of(archive).standing if event.data["period"] == period.label), None)


def published_tables(archive: Archive, closing: Closing) -> dict[str, Any]:
    """What was published of a closed period, as the record keeps it. Raises ArchiveError."""
    tables = json.loads(archive.load(closing.sha256))
    if not isinstance(tables, dict) or tables.get("form") != _FORM:
        raise ArchiveError(
            f"What was published of {closing.period.label} was recorded by another version of perfbook. "
            "Update perfbook."
        )
    return tables


def published_figures(quarter: Quarter) -> dict[str, Any]:
    """What is published of the quarter's period as it stands: see `published_tables`."""
    return _tables(quarter, quarter.period)


def _tables(quarter: Quarter, period: Period) -> dict[str, Any]:
    """What a reader sees of one reporting period."""
    framework = quarter.framework
    observations = index(quarter.observations)
    rows = judge(framework, observations, period)
    labels = rating_labels(framework)
    rated = rate(framework, index_reports(quarter.actions), period)
    return {
        "form": _FORM,
        "period": period.label,
        "measures": {row.measure.key: _row(framework, row, observations) for row in rows if row.state != "withdrawn"},
        "actions": {
            each.placement.key: {
                "name": f"{each.placement.action.code} {each.placement.action.title}".strip(),
                "rated": each.rating,
                "rating": labels.get(each.rating, each.rating),
            }
            for each in rated
        },
        "returns": {each.directorate: [*_state(quarter, each)] for each in quarter.returns},
        "grids": frozen(quarter, period),
    }


def _state(quarter: Quarter, record: ReturnRecord) -> tuple[str, str]:
    return quarter.framework.directorate(record.directorate).name, record.state.capitalize()


def _since(quarter: Quarter, closing: Closing, published: Mapping[str, Any]) -> Iterator[Moved]:
    """The returns whose state is another one than when their period was closed."""
    for record in quarter.returns:
        name, state = _state(quarter, record)
        # Of a period that was closed before states were kept nothing is said.
        before = published.get("returns", {}).get(record.directorate, ["", state])[1]
        if before != state:
            yield Moved("Return", record.directorate, name, before, state, closing.at)


def _row(framework: Framework, row: Judgement, observations: Observations) -> dict[str, Any]:
    held = observations.get((row.measure.key, row.about)) if row.about else None
    return {
        "name": f"{row.measure.code} {row.measure.title}".strip(),
        "about": row.about.label if row.about else "",
        "state": row.state,
        "actual": _number(row.actual),
        "fraction": [_number(held.numerator), _number(held.denominator)] if held and row.actual is not None else None,
        "shown": actual_text(row),
        "score": score_word(framework, row) if row.state == "reported" else "",
        "target": figures_text(row)[1],
        "targets": [_number(row.target), _number(row.target_high)],
        "to_date": _number(row.to_date) if row.measure.runs else None,
        _RUNNING: running_text(row),
        "trend": DIRECTION_WORDS[row.trend] if row.state == "reported" else "",
        "annual": DIRECTION_WORDS[row.annual] if row.state == "reported" else "",
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _restatements(quarter: Quarter, closing: Closing, published: Mapping[str, Any]) -> Iterator[Restatement]:
    framework, period = quarter.framework, closing.period
    now = _tables(quarter, period)
    observations = index(quarter.observations)
    reasons = {place: note.note for place, note in adjustment_notes(quarter).items()}
    rated = rate(framework, index_reports(quarter.actions), period)
    sources = {each.placement.key: each.report.source for each in rated if each.report and each.report.source}

    def restated(key: str, row: Mapping[str, Any], field: str, before: str, after: str, why: str) -> Restatement:
        about = parse(row["about"], framework.year_start) if row.get("about") else period
        return Restatement(period, key, row["name"], about, field, before or NOTHING, after or NOTHING, closing.at, why)

    for key in dict.fromkeys((*published["measures"], *now["measures"])):
        before, after = published["measures"].get(key), now["measures"].get(key)
        if before is None:
            yield restated(key, after, "Measure", "", after["shown"], _NOT_THERE)
        elif after is None:
            yield restated(key, before, "Measure", before["shown"], "", GONE)
        else:
            about = parse(after["about"], framework.year_start) if after["about"] else period
            found = _Reasons(key, about, closing, reasons, observations)
            moved = [name for name in _MOVEMENTS if name in before and _said(before, name) != _said(after, name)]
            for name, word in _FIELDS.items():
                # What was published before a field was kept says nothing of it.
                was, is_now = _said(before, name), _said(after, name)
                if name == "shown" and before["about"] != after["about"]:
                    was, is_now = _of_period(before), _of_period(after)
                if was == is_now or name not in before:
                    continue
                follows = name in moved or (name == "score" and moved and before["target"] == after["target"])
                field = word or ("Rolling figure" if framework.by_key[key].rolls else "Year to date")
                yield restated(key, after, field, was, is_now, found.why(follows=bool(follows)))
    # What was published before grids were kept says nothing of them.
    if "grids" in published:
        yield from restated_grids(quarter, closing, published["grids"], now["grids"])
    by_hand = rating_notes(quarter)
    for key in dict.fromkeys((*published["actions"], *now["actions"])):
        before, after = published["actions"].get(key), now["actions"].get(key)
        if (before or {}).get("rated") != (after or {}).get("rated"):
            row = after or before
            rating = [(each or {}).get("rating", "") for each in (before, after)]
            known = by_hand.get((key, period))
            why = (
                known.note
                if known
                else _why_rated(sources.get(key), closing, was=before is not None, there=after is not None)
            )
            yield restated(key, row, "Rating", rating[0], rating[1], why)


def _said(row: Mapping[str, Any], name: str) -> str:
    text = str(row.get(name, ""))
    return "" if text == _NOT_COMPARABLE else text


def _of_period(row: Mapping[str, Any]) -> str:
    """A figure with the period that it is about: of another one it is another figure, though it may look the same."""
    return f"{row['shown']} for {row['about']}" if row["about"] else str(row["shown"])


@dataclass(frozen=True)
class _Reasons:
    """What is known of why a measure shows something else than was published."""

    key: str
    about: Period
    closing: Closing
    reasons: Mapping[tuple[str, Period], str]
    observations: Observations

    def why(self, *, follows: bool) -> str:
        """The reason of one change; `follows`: it may be a figure of an earlier period that was changed."""
        own = self.reasons.get((self.key, self.about), "")
        if own:
            return own
        later = self._later(self.about)
        if later:
            return later
        if follows:
            places = {*self.observations, *self.reasons}
            earlier = {period for key, period in places if key == self.key and period.end < self.about.end}
            for period in sorted(earlier, key=lambda each: each.end, reverse=True):
                if self._later(period) or (self.key, period) in self.reasons:
                    return f"The figure for {period.label} was changed."
        return CHANGED

    def _later(self, about: Period) -> str:
        held = self.observations.get((self.key, about))
        return received_later(held.source if held else None, self.closing)


def _why_rated(source: Source | None, closing: Closing, *, was: bool, there: bool) -> str:
    if not was:
        return _NOT_THERE
    if not there:
        return GONE
    return received_later(source, closing) or CHANGED


def _minute(moment: datetime) -> str:
    from perfbook.scorecard.words import ZONE

    here = moment.astimezone(ZONE)
    return f"{day_in_words(here)} at {here:%H:%M}"
