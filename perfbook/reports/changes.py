"""What changed since the last report: each report leaves in the archive what it showed, and the next compares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perfbook.collecting.archive import Archive, Event
from perfbook.errors import ArchiveError
from perfbook.framework.periods import Period
from perfbook.reports.story import Line, Story
from perfbook.scorecard.words import ZONE, moment

_KIND, _FORM = "reported", 1


@dataclass(frozen=True)
class Change:
    """One change: what it is about, what it was, what it is. `what` is `Figure`, `Score`, `Return` or `Measure`."""

    what: str
    about: str
    before: str
    now: str


@dataclass(frozen=True)
class Since:
    """The changes since an earlier day's report; `when` is empty where there was none."""

    when: str
    changes: tuple[Change, ...] = ()


def since_last(archive: Archive, story: Story, period: Period, as_at: datetime) -> Since:
    """What changed since the last report of an earlier day, so that several reports of one day all say the same.

    Raises ArchiveError where the log is broken; what an earlier report showed and is lost is as if it had never been.
    """
    day = as_at.astimezone(ZONE).date()
    for event in reversed(_reported(archive, period)):
        if event.at.astimezone(ZONE).date() < day:
            before = _shown(archive, event)
            return Since(moment(event.at), tuple(_changes(before, story))) if before else Since("")
    return Since("")


def remember(archive: Archive, story: Story, period: Period, as_at: datetime) -> None:
    """Keep what this report shows, unless the last one showed the same."""
    data = json.dumps(_snapshot(story), ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")
    earlier = _reported(archive, period)
    digest = archive.store(data)
    if not earlier or earlier[-1].data.get("snapshot") != digest:
        archive.append(_KIND, as_at, {"period": period.label, "snapshot": digest})


def _reported(archive: Archive, period: Period) -> list[Event]:
    return [event for event in archive.events(_KIND) if event.data.get("period") == period.label]


def _shown(archive: Archive, event: Event) -> dict[str, Any] | None:
    try:
        table = json.loads(archive.load(str(event.data.get("snapshot", ""))))
    except (ArchiveError, ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) and table.get("form") == _FORM else None


def _snapshot(story: Story) -> dict[str, Any]:
    return {
        "form": _FORM,
        "measures": {line.key: [line.name, line.actual, line.score] for line in story.lines},
        "returns": {each.key: [each.directorate, each.state] for each in story.sent},
    }


def _changes(before: Mapping[str, Any], story: Story) -> Iterator[Change]:
    """Returns first, since the rest follows from them."""
    returns, measures = before["returns"], before["measures"]
    for each in story.sent:
        earlier = returns.get(each.key, ["", ""])[1]
        if earlier != each.state:
            yield Change("Return", each.directorate, earlier or "Not expected", each.state)
    for line in story.lines:
        yield from _of_measure(measures.get(line.key), line)
    left = {line.key for line in story.lines}
    for key, (name, actual, _) in measures.items():
        if key not in left:
            yield Change("Measure", name, actual, "No longer reported")


def _of_measure(earlier: list[str] | None, line: Line) -> Iterator[Change]:
    if earlier is None:
        yield Change("Measure", line.name, "Not reported before", line.actual)
        return
    _, actual, score = earlier
    if actual != line.actual:
        yield Change("Figure", line.name, actual, line.actual)
    if score != line.score:
        yield Change("Score", line.name, score or "None", line.score or "None")
