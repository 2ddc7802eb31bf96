"""What changed in a return after it was certified, cell by cell, from the versions that the record holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from perfbook.checks.action_rules import NOT_RATED_WORD
from perfbook.collecting.archive import Archive
from perfbook.collecting.ledger import Ledger
from perfbook.collecting.remembered import Remembered
from perfbook.collecting.standing import restore
from perfbook.collecting.versions import Version
from perfbook.errors import ArchiveError, UnreadableFileError
from perfbook.framework.grid_columns import heads
from perfbook.framework.model import Framework, Measure
from perfbook.framework.periods import Period
from perfbook.framework.plan import day_words, place_key, rating_scheme
from perfbook.records import NOT_RATED, ActionReport, Change, GridFigure, Observation, Source, Submission
from perfbook.returns import actions_layout, evidence_layout, grids_layout, layout, sections_layout
from perfbook.returns.own import Place, own_entries
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
# Of a measure with a figure nothing is said by its status.
_SAID_BY_FIGURE = "figure"
# The name of who signed is nobody's business but the return's.
_SIGNED = (
    ("state", layout.SIGN_STATE, "state"),
    ("role", layout.SIGN_ROLE, "role"),
    ("date", layout.SIGN_DATE, "date"),
)
_EVIDENCE = (
    ("supports", evidence_layout.SUPPORTS, "what it supports"),
    ("shows", evidence_layout.SHOWS, "what it shows"),
    ("where", evidence_layout.WHERE, "where it is"),
)


@dataclass(frozen=True)
class _Said:
    """What one cell says: of what (a key and a name), for which period, its field in words, its value and as shown."""

    key: str
    name: str
    period: Period
    field: str
    value: object
    shown: str
    source: Source | None = None


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
    found: list[tuple[Place, Change]] = []
    states = list(_states(directorate, ledger, winner, archive, framework))
    first = next((at for at, state in enumerate(states) if state.submission.state == "certified"), len(states))
    for before, after in zip(states[first:], states[first + 1 :], strict=False):
        found += _between(before, after, archive, framework)
    last = {place: at for at, (place, _) in enumerate(found)}
    return tuple(replace(change, is_latest=last[place] == at) for at, (place, change) in enumerate(found))


def kept_changes(
    remembered: Remembered | None,
    directorate: str,
    ledger: Ledger,
    winner: Version,
    archive: Archive,
    framework: Framework,
) -> tuple[Change, ...]:
    """The same, from what is remembered where the versions are: each workbook is read again for the places in it."""
    now = (winner.sha256, "", winner.submission.state, winner.received.isoformat())
    states = [
        now if a.sha256 == winner.sha256 else (a.sha256, a.figures, a.state, a.received.isoformat())
        for a in ledger.accepted_of(directorate)
    ]
    if not states or states[-1] != now:
        states.append(now)  # it counts for the first time

    def work() -> tuple[Change, ...]:
        return late_changes(directorate, ledger, winner, archive, framework)

    zone = winner.received.tzinfo
    if remembered is None or zone is None or len(set(states)) == 1:
        return work()
    # What was accepted of the same bytes by another framework may be carried over into what is read now.
    stands = ledger.standing.get((winner.path, directorate))
    carried = stands.figures if stands and stands.sha256 == winner.sha256 else ""
    about = (states, winner.path, winner.present, carried if carried != remembered.figures(winner.path) else "")
    return remembered.changes(directorate, about, zone, work)


def _states(
    directorate: str, ledger: Ledger, winner: Version, archive: Archive, framework: Framework
) -> Iterator[_State]:
    """The versions that counted, oldest first, each once."""
    digest = ""
    own = ledger.accepted_of(directorate)
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


def _between(before: _State, after: _State, archive: Archive, framework: Framework) -> Iterator[tuple[Place, Change]]:
    earlier, later = _cells(before.submission, framework), _cells(after.submission, framework)
    places: dict[Place, tuple[str, str]] | None = None
    sign_off = after.submission.sign_off
    for place in dict.fromkeys((*later, *earlier)):
        was, now = earlier.get(place), later.get(place)
        some = now or was
        assert some is not None
        if place.kind == layout.MEASURE and (was is None or now is None):
            continue  # a row that one of them does not have
        values = was.value if was else None, now.value if now else None
        if values[0] == values[1] or (place.column == layout.STATUS and _SAID_BY_FIGURE in values):
            continue
        places = _places(after.sha256, archive) if places is None else places
        source = now.source if now else None
        sheet, cell = places.get(place) or ((source.sheet, source.cell) if source else ("", ""))
        yield (
            place,
            Change(
                after.submission.directorate,
                some.key,
                some.period,
                some.field,
                was.shown if was else "",
                now.shown if now else "",
                after.submission.file,
                sheet,
                cell,
                before.received,
                after.received,
                sign_off.role if sign_off else "",
                after.submission.answers == before.sha256,
                name=some.name,
            ),
        )


def _cells(submission: Submission, framework: Framework) -> dict[Place, _Said]:
    """All that a version says, cell by cell; blank cells of measures are in it, others are not."""
    found: dict[Place, _Said] = {}
    for observation in submission.observations:
        found |= _of_figure(observation, submission.period, framework)
    for report in submission.actions:
        found |= _of_action(report, framework)
    for text in submission.sections:
        name = framework.named(text.section)[1]
        place = Place(sections_layout.SECTION, text.section, sections_layout.TEXT)
        found[place] = _Said(text.section, name, text.period, "text", text.text, text.text, text.source)
    for figure in submission.grids:
        place = Place(grids_layout.LINE, figure.line, f"{grids_layout.FIGURE}{figure.column}")
        name, field, value = framework.named(figure.line)[1], _column(figure, framework), figure.value
        found[place] = _Said(figure.line, name, figure.period, field, value, display(value), figure.source)
    for number, each in enumerate(submission.evidence):
        for attribute, column, field in _EVIDENCE:
            words, key = str(getattr(each, attribute)), each.about or evidence_layout.EVIDENCE
            place = Place(evidence_layout.EVIDENCE, each.row or str(number), column)
            name = f"the evidence for {each.supports or 'the return'}"
            found[place] = _Said(key, name, each.period, field, words, words, each.source)
    for attribute, column, field in _SIGNED if submission.sign_off else ():
        words = str(getattr(submission.sign_off, attribute))
        shown = words.capitalize() if attribute == "state" else words
        place = Place(layout.SIGN, column, layout.VALUE_COLUMN)
        found[place] = _Said("", "the sign-off", submission.period, field, words, shown)
    blank = (None, "")
    return {place: said for place, said in found.items() if place.kind == layout.MEASURE or said.value not in blank}


def _column(figure: GridFigure, framework: Framework) -> str:
    """What the column of a figure is called."""
    grid = next(grid for grid in framework.grids if any(line.key == figure.line for line in grid.lines))
    return heads(grid, figure.period).labels.get(figure.column, figure.column)


def _of_figure(observation: Observation, period: Period, framework: Framework) -> Iterator[tuple[Place, _Said]]:
    measure = framework.by_key.get(observation.measure)
    if measure is None:
        return
    abouts, name = measure.abouts(period), f"{measure.code} {measure.title}".strip()
    row = layout.row_key(measure.key, observation.period, abouts[-1]) if abouts else measure.key
    for attribute, column, field in _FIELDS:
        value = getattr(observation, attribute)
        if attribute == "status" and observation.actual is not None:
            value = _SAID_BY_FIGURE
        shown, source = _shown(measure, observation, attribute), observation.source
        said = _Said(measure.key, name, observation.period, field, None if value == "" else value, shown, source)
        yield Place(layout.MEASURE, row, column), said


def _of_action(report: ActionReport, framework: Framework) -> Iterator[tuple[Place, _Said]]:
    action = framework.actions_by_key.get(report.action)
    if action is None:
        return
    name = f"{action.code} {action.title}".strip()
    deliverable = next((each for each in framework.deliverables if each.key == report.deliverable), None)
    if deliverable:
        name = f"{name} (under {deliverable.code or deliverable.title})"
    bands = {band.key: band.word for band in rating_scheme(framework, action).bands}
    bands[NOT_RATED] = NOT_RATED_WORD
    values: dict[str, tuple[object, str]] = {
        actions_layout.RATING: (report.rating, bands.get(report.rating, report.rating)),
        actions_layout.UPDATE: (report.update, report.update),
        actions_layout.REVISED: (report.revised, day_words(report.revised)),
        actions_layout.PROGRESS: (report.progress, "" if report.progress is None else display(report.progress, "0%")),
        actions_layout.MILESTONE: (report.milestone, report.milestone),
    }
    row = place_key(report.action, report.deliverable)
    for column, (value, shown) in values.items():
        said = _Said(action.key, name, report.period, actions_layout.NAMES[column], value, shown, report.source)
        yield Place(actions_layout.ACTION, row, column), said


def _shown(measure: Measure, observation: Observation, field: str) -> str:
    value = getattr(observation, field)
    if field == "actual" and value is None:
        return observation.status or ""
    if value is None:
        return ""
    if field in ("actual", "forecast", "to_date"):
        return display(value, measure.number_format)
    return display(value) if field in ("numerator", "denominator") else str(value)


def _places(digest: str, archive: Archive) -> dict[Place, tuple[str, str]]:
    """Where each cell is in a version."""
    try:
        own = own_entries(archive.load(digest))
    except (UnreadableFileError, ArchiveError):
        return {}
    return {keys: place for place, keys in own.places.items()}
