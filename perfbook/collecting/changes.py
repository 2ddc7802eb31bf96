"""What changed in a return after it was certified, cell by cell, from the versions that the record holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from perfbook.collecting.archive import Archive
from perfbook.collecting.ledger import Ledger
from perfbook.collecting.standing import restore
from perfbook.collecting.versions import Version
from perfbook.errors import ArchiveError, UnreadableFileError
from perfbook.framework.model import Framework, Measure
from perfbook.records import Change, Observation, Submission
from perfbook.returns import layout
from perfbook.returns.own import own_entries
from perfbook.workbook.numfmt import display

# Fields of an observation, the column in which each is filled, and what it is called.
_FIELDS = (
    ("actual", layout.ACTUAL, "figure"),
    ("status", layout.STATUS, "status"),
    ("numerator", layout.NUMERATOR, "numerator"),
    ("denominator", layout.DENOMINATOR, "denominator"),
    ("to_date", layout.TO_DATE, "year to date"),
    ("chosen", layout.CHOSEN, "chosen score"),
    ("forecast", layout.FORECAST, "forecast"),
    ("commentary", layout.COMMENTARY, "commentary"),
    ("action", layout.ACTION, "recovery action"),
)


@dataclass(frozen=True)
class _State:
    submission: Submission
    sha256: str
    received: datetime


def late_changes(
    directorate: str, ledger: Ledger, winner: Version, archive: Archive, framework: Framework
) -> tuple[Change, ...]:
    """Every change since the first version of a return that was certified, oldest first.

    Of several changes of one cell the last is the `is_latest`. A version that cannot be read any more is left out.
    """
    found: list[Change] = []
    states = list(_states(directorate, ledger, winner, archive, framework))
    first = next((at for at, state in enumerate(states) if state.submission.state == "certified"), len(states))
    for before, after in zip(states[first:], states[first + 1 :], strict=False):
        found += _between(before, after, archive, framework)
    last = {(c.measure, c.period, c.field): at for at, c in enumerate(found)}
    return tuple(
        replace(change, is_latest=last[change.measure, change.period, change.field] == at)
        for at, change in enumerate(found)
    )


def _states(
    directorate: str, ledger: Ledger, winner: Version, archive: Archive, framework: Framework
) -> Iterator[_State]:
    """The versions that counted, oldest first, each once."""
    digest = ""
    own = [accepted for accepted in ledger.accepted if accepted.directorate == directorate]
    certified = any(accepted.state == "certified" for accepted in own)
    if certified and any(accepted.sha256 != winner.sha256 for accepted in own):
        for accepted in own:
            if accepted.sha256 == digest:
                continue
            try:
                yield _State(restore(archive, accepted, framework), accepted.sha256, accepted.received)
            except (UnreadableFileError, ArchiveError):  # redacted, or recorded by a newer perfbook
                continue
            digest = accepted.sha256
    if winner.sha256 != digest:
        yield _State(winner.submission, winner.sha256, winner.received)


def _between(before: _State, after: _State, archive: Archive, framework: Framework) -> Iterator[Change]:
    earlier = {(o.measure, o.period): o for o in before.submission.observations}
    places: dict[tuple[str, str], tuple[str, str]] | None = None
    for now in after.submission.observations:
        was = earlier.get((now.measure, now.period))
        measure = framework.by_key.get(now.measure)
        if was is None or measure is None:
            continue
        for field, column, words in _FIELDS:
            if not _differs(was, now, field):
                continue
            places = _places(after.sha256, archive) if places is None else places
            abouts = measure.abouts(after.submission.period)
            row = layout.row_key(measure.key, now.period, abouts[-1]) if abouts else measure.key
            sheet, cell = _cell(now, column, places, row)
            sign_off = after.submission.sign_off
            yield Change(
                after.submission.directorate,
                measure.key,
                now.period,
                words,
                _shown(measure, was, field),
                _shown(measure, now, field),
                after.submission.file,
                sheet,
                cell,
                before.received,
                after.received,
                sign_off.role if sign_off else "",
                after.submission.answers == before.sha256,
            )


def _differs(was: Observation, now: Observation, field: str) -> bool:
    if field == "status" and (was.actual is None) != (now.actual is None):
        return False  # the figure says so already
    before, after = getattr(was, field), getattr(now, field)
    blank = (None, "")
    return before != after and not (before in blank and after in blank)


def _shown(measure: Measure, observation: Observation, field: str) -> str:
    value = getattr(observation, field)
    if field == "actual" and value is None:
        return observation.status or ""
    if value is None:
        return ""
    if field in ("actual", "forecast", "to_date"):
        return display(value, measure.number_format)
    return display(value) if field in ("numerator", "denominator") else str(value)


def _places(digest: str, archive: Archive) -> dict[tuple[str, str], tuple[str, str]]:
    """Where each cell is in a version, by the keys of its row and column."""
    try:
        own = own_entries(archive.load(digest))
    except (UnreadableFileError, ArchiveError):
        return {}
    return {keys: place for place, keys in own.places.items()}


def _cell(now: Observation, column: str, places: dict[tuple[str, str], tuple[str, str]], row: str) -> tuple[str, str]:
    if (row, column) in places:
        return places[row, column]
    return (now.source.sheet, now.source.cell) if now.source else ("", "")
