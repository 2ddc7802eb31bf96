"""What changed between two days: figures, scores, ratings of actions, states of returns, as readers saw them.

What was shown is a table of plain data that the archive keeps; two of them are compared. Each consolidation leaves one,
and so does each report (see `reports.changes`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from perfbook.collecting.archive import Archive, Event
from perfbook.collecting.events import dump
from perfbook.errors import ArchiveError
from perfbook.figure_notes import figure_notes, with_mark
from perfbook.framework.periods import Period
from perfbook.records import Moved, Quarter
from perfbook.scorecard.reconcile import actual_text, score_word
from perfbook.scorecard.words import ZONE, rating_labels
from perfbook.scoring.judge import index, judge
from perfbook.scoring.ratings import index_reports, rate

_CONSOLIDATED, SHOWN_FORM = "consolidated", 1
Shown = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One change: `key` says of what, `about` how readers know it, `before` and `now` as shown.

    `what` is `Figure`, `Score`, `Rating`, `Return`, `Measure` or `Action`.
    """

    what: str
    about: str
    before: str
    now: str
    key: str = ""


def table_of(
    measures: Mapping[str, list[str]], returns: Mapping[str, list[str]], actions: Mapping[str, list[str]]
) -> Shown:
    """What was shown: of each measure its name, figure and score, of each return and action its name and state."""
    return {"form": SHOWN_FORM, "measures": dict(measures), "returns": dict(returns), "actions": dict(actions)}


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Returns first, since the rest follows from them; then measures, then actions.

    Of what was kept before actions were, nothing is said of them.
    """
    for key, (name, state) in now["returns"].items():
        earlier = before["returns"].get(key, ["", ""])[1]
        if earlier != state:
            yield Change("Return", name, earlier or "Not expected", state, key)
    for key, row in now["measures"].items():
        yield from _of_measure(key, before["measures"].get(key), row)
    for key, (name, actual, _) in before["measures"].items():
        if key not in now["measures"]:
            yield Change("Measure", name, actual, "No longer reported", key)
    if "actions" not in before:
        return
    for key, (name, rating) in now["actions"].items():
        held = before["actions"].get(key)
        if held is None:
            yield Change("Action", name, "Not reported before", rating, key)
        elif held[1] != rating:
            yield Change("Rating", name, held[1], rating, key)
    for key, (name, rating) in before["actions"].items():
        if key not in now["actions"]:
            yield Change("Action", name, rating, "No longer reported", key)


def _of_measure(key: str, earlier: list[str] | None, row: list[str]) -> Iterator[Change]:
    name, actual, score = row
    if earlier is None:
        yield Change("Measure", name, "Not reported before", actual, key)
        return
    if earlier[1] != actual:
        yield Change("Figure", name, earlier[1], actual, key)
    if earlier[2] != score:
        yield Change("Score", name, earlier[2] or "None", score or "None", key)


def last_kept(archive: Archive, kind: str, period: Period, as_at: datetime) -> Event | None:
    """The event that kept what was shown last on an earlier day. Raises ArchiveError where the log is broken."""
    day = as_at.astimezone(ZONE).date()
    return next((e for e in reversed(_kept(archive, kind, period)) if e.at.astimezone(ZONE).date() < day), None)


def last_shown(archive: Archive, kind: str, period: Period, as_at: datetime) -> tuple[datetime, Shown] | None:
    """When and what was kept last, on an earlier day, so that whatever runs on one day says the same.

    None where nothing was, or what was kept is lost. Raises ArchiveError where the log is broken.
    """
    event = last_kept(archive, kind, period, as_at)
    table = loaded(archive, event) if event else None
    return (event.at, table) if event and table else None


def keep_shown(
    archive: Archive, kind: str, period: Period, as_at: datetime, shown: Shown, framework: Shown | None = None
) -> None:
    """Keep what was shown, and with what framework, unless the last tables show the same."""
    earlier = _kept(archive, kind, period)
    named = {"snapshot": archive.store(dump(shown))}
    if framework is not None:
        named["measured"] = archive.store(dump(framework))
    if not earlier or any(earlier[-1].data.get(name) != digest for name, digest in named.items()):
        archive.append(kind, as_at, {"period": period.label, **named})


def _kept(archive: Archive, kind: str, period: Period) -> list[Event]:
    return [event for event in archive.events(kind) if event.data.get("period") == period.label]


def loaded(archive: Archive, event: Event, name: str = "snapshot") -> Shown | None:
    """What an event keeps under a name; None where it is lost, or was never kept."""
    try:
        table = json.loads(archive.load(str(event.data.get(name, ""))))
    except (ArchiveError, ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) and table.get("form") == SHOWN_FORM else None


# -- The scorecard's ---------------------------------------------------------------------------------------------------


def shown_of(quarter: Quarter) -> Shown:
    """What the scorecard shows of the quarter's own period."""
    framework, notes = quarter.framework, figure_notes(quarter)
    measures = {}
    for row in judge(framework, index(quarter.observations), quarter.period):
        if row.state == "withdrawn":
            continue
        note = notes.get((row.measure.key, row.about)) if row.about else None
        score = score_word(framework, row) if row.state == "reported" else ""
        name = f"{row.measure.code} {row.measure.title}".strip()
        measures[row.measure.key] = [name, with_mark(actual_text(row), note), score]
    labels = rating_labels(framework)
    actions = {}
    for each in rate(framework, index_reports(quarter.actions), quarter.period):
        place = each.placement
        actions[place.key] = [f"{place.action.code} {place.action.title}".strip(), labels[each.rating]]
    returns = {
        each.directorate: [framework.directorate(each.directorate).name, each.state.capitalize()]
        for each in quarter.returns
    }
    return table_of(measures, returns, actions)


def with_moves(quarter: Quarter, archive: Archive) -> Quarter:
    """The quarter with what changed since the last consolidation of an earlier day. Raises ArchiveError."""
    found = last_shown(archive, _CONSOLIDATED, quarter.period, quarter.as_at)
    if found is None:
        return quarter
    was, before = found
    moved = tuple(
        Moved(each.what, each.key, each.about, each.before, each.now, was)
        for each in changes(before, shown_of(quarter))
    )
    return replace(quarter, moved=moved)


def remember_consolidated(archive: Archive, quarter: Quarter) -> None:
    """Keep what this consolidation shows. Raises CannotWriteError, ArchiveError."""
    keep_shown(archive, _CONSOLIDATED, quarter.period, quarter.as_at, shown_of(quarter))
