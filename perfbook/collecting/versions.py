"""Which of several versions of one return counts, and why the others do not.

Certified comes before provisional, in progress and not started; then the later time; then the name. The same content
under two names is one version. What the others add to it measure by measure is for `merge`.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from perfbook.collecting import outcomes
from perfbook.collecting.outcomes import Verdict, verdict
from perfbook.framework.periods import Period
from perfbook.records import (
    ActionReport,
    Evidence,
    GridFigure,
    Observation,
    ReturnState,
    SectionText,
    Submission,
)

R = TypeVar("R")
Dated = TypeVar("Dated", Observation, ActionReport, SectionText, GridFigure, Evidence)

RANK: dict[ReturnState, int] = {"certified": 3, "provisional": 2, "in progress": 1, "not started": 0, "unreadable": -1}


@dataclass(frozen=True)
class Version:
    """One readable version of a return.

    `received` is when it arrived (see `received_at`), `first_seen` when a run first saw it. `present` says whether the
    file still lies there with these bytes, `counted` whether these bytes counted under this name before, `issued_name`
    whether the file has the name under which the return was sent out.
    """

    path: str
    sha256: str
    submission: Submission
    received: datetime
    present: bool = True
    counted: bool = False
    issued_name: bool = False


@dataclass(frozen=True)
class Choice:
    """The version that counts, and a verdict on each other one. `moved_from` is where its bytes lay before."""

    winner: Version
    losers: tuple[tuple[Version, Verdict], ...]
    moved_from: str = ""


def choose(versions: Sequence[Version], name: str, as_at: datetime) -> Choice:
    """Decide between the versions of one return (at least one); `name` is its directorate's name."""
    by_content: dict[str, list[Version]] = {}
    for version in sorted(versions, key=_preference):
        by_content.setdefault(version.sha256, []).append(version)
    first = [same[0] for same in by_content.values()]
    winner = min(first, key=lambda v: (-RANK[v.submission.state], -_stamp(v), v.path))
    losers: list[tuple[Version, Verdict]] = []
    moved_from = ""
    for same in by_content.values():
        chosen = same[0]
        if chosen is not winner:
            losers.append((chosen, _why(chosen, winner, name, as_at)))
        for copy in same[1:]:
            if chosen is winner:
                losers.append((copy, verdict(outcomes.SAME_CONTENT, other=winner.path)))
                moved_from = moved_from or ("" if copy.present else copy.path)
            else:
                losers.append((copy, _why(copy, winner, name, as_at)))
    return Choice(winner, tuple(sorted(losers, key=lambda pair: pair[0].path)), moved_from)


def dated(version: Version) -> Submission:
    """A submission whose figures know when they were received."""
    said, when = version.submission, version.received
    return replace(
        said,
        observations=_dated(said.observations, when),
        actions=_dated(said.actions, when),
        sections=_dated(said.sections, when),
        grids=_dated(said.grids, when),
        evidence=_dated(said.evidence, when),
    )


def _dated(records: tuple[Dated, ...], received: datetime) -> tuple[Dated, ...]:
    return tuple(_with(each, source=_with(each.source, received=received)) if each.source else each for each in records)


def _with(record: R, **changes: object) -> R:
    """As `replace`, for the many records of a period: their fields hold what they were made with, and nothing else."""
    made = object.__new__(type(record))
    made.__dict__.update(record.__dict__, **changes)
    return made


def received_at(first_seen: datetime, modified: datetime | None, period: Period) -> datetime:
    """When a version arrived: its modification time where that is plausible, else when it was first seen.

    Plausible is a time after the period's end, for nobody can fill a return before, and not after it was first seen.
    """
    if modified and modified.date() > period.end and modified <= first_seen:
        return modified
    return first_seen


def day(moment: datetime) -> str:
    """A day as people write it: 5 October 2020."""
    return f"{moment.day} {calendar.month_name[moment.month]} {moment.year}"


def when(moment: datetime, as_at: datetime) -> str:
    """The day of something that happened, `on 5 October 2020`; `before`, where that day had not come at `as_at`.

    A run may be asked for the state at an earlier time than that of runs before it.
    """
    return f"on {day(moment)}" if moment.date() <= as_at.date() else "before"


def _preference(version: Version) -> tuple[bool, bool, bool, int, str]:
    """Of the same content under several names: one that lies there, that counted, that has the name sent out."""
    return (not version.present, not version.counted, not version.issued_name, len(version.path), version.path)


def _stamp(version: Version) -> float:
    return version.received.timestamp()


def _why(version: Version, winner: Version, name: str, as_at: datetime) -> Verdict:
    own, state = version.submission.state, winner.submission.state
    if own == "not started" and state != own and not winner.present:
        return verdict(
            outcomes.BLANK, other=winner.path, directorate=name, state=state, when=when(winner.received, as_at)
        )
    if own != state:
        return verdict(outcomes.LESS_SIGNED, other=winner.path, directorate=name, state=state, own=own)
    if _stamp(version) < _stamp(winner):
        return verdict(
            outcomes.OLDER,
            other=winner.path,
            directorate=name,
            state=state,
            time=_moment(winner.received),
            own=_moment(version.received),
        )
    return verdict(outcomes.SAME_TIME, other=winner.path, directorate=name, state=state)


def _moment(moment: datetime) -> str:
    return f"{day(moment)}, {moment:%H:%M:%S}"
