"""The book that goes back: the manager's own figures in a fresh return, what we ask beside them."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from perfbook._packing import pack
from perfbook.collecting.archive import Archive
from perfbook.collecting.history import History
from perfbook.errors import ArchiveError, UnreadableFileError
from perfbook.feedback.settle import Settling
from perfbook.framework.grid_columns import heads
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import place_key
from perfbook.parallel import Workers, in_order, local, worth
from perfbook.records import Finding, Observation, Submission
from perfbook.returns import actions_layout, evidence_layout, grids_layout, layout, sections_layout
from perfbook.returns.batches import Batch, Blanks, batches
from perfbook.returns.filled import SECTION_TEXT, Elsewhere, Entry, Filled, Query, Settled, one_each_cell
from perfbook.returns.grids_layout import FIGURE as GRID_FIGURE
from perfbook.returns.lines import Line, lines_of
from perfbook.returns.own import Own, Place, own_entries
from perfbook.returns.writer import build_return
from perfbook.workbook.palette import STANDARD, HouseStyle

# What is entered on other sheets than Measures.
_ELSEWHERE = (*actions_layout.INPUT_KEYS, SECTION_TEXT, *evidence_layout.INPUT_KEYS)
_TEXTS = (layout.COMMENTARY, layout.ACTION, layout.FORECAST)
# So many books take about as long as a process needs to start.
_START = 8
_NOTHING = Own(MappingProxyType({}), MappingProxyType({}), MappingProxyType({}))


def feedback_book(
    framework: Framework,
    submission: Submission,
    settlings: Sequence[Settling],
    archive: Archive,
    past: History,
    *,
    due: datetime,
    created: datetime,
    house: HouseStyle = STANDARD,
) -> bytes:
    """The workbook as bytes. `settlings` are those of this return, open or not. Raises ArchiveError."""
    filled = filled_of(framework, submission, settlings, archive)
    period = submission.period
    return build_return(
        framework,
        submission.directorate,
        period,
        past.figures,
        due=due,
        created=created,
        house=house,
        filled=filled,
        reports=past.reports,
        texts=past.texts,
        grids=past.lines,
    )


@dataclass(frozen=True)
class Asked:
    """A return that goes back: what it says, what is asked about it, and from when its book is."""

    submission: Submission
    settlings: tuple[Settling, ...]
    created: datetime


def made_books(
    framework: Framework,
    asked: Sequence[Asked],
    archive: Archive,
    past: History,
    *,
    due: datetime,
    house: HouseStyle = STANDARD,
    workers: Workers | None = None,
) -> Iterator[bytes]:
    """The workbooks as bytes, in their order: by the workers that there are, or as many as are worth it here.

    All returns are of one period. They are, byte for byte, those of `feedback_book`. Raises ArchiveError.
    """
    processes = worth(len(asked), _START)
    if not asked or (workers is None and processes < 2):
        for each in asked:
            about = (framework, each.submission, each.settlings, archive, past)
            yield feedback_book(*about, due=due, created=each.created, house=house)
        return
    period = asked[0].submission.period
    about_all = (past.figures, past.reports, past.texts, past.lines)
    blanks = Blanks(framework, period, *about_all, due=due, created=due, house=house)

    def parts() -> Iterator[tuple[None, bytes]]:
        cut = batches(blanks, [each.submission.directorate for each in asked], 1)
        for each, (_, packed) in zip(asked, cut, strict=True):
            filled = filled_of(framework, each.submission, each.settlings, archive)
            yield None, pack((packed, filled, each.created))

    with contextlib.nullcontext(workers) if workers else local(processes) as found:
        for _, data in in_order(found, build_book, parts()):
            yield data


def build_book(part: bytes) -> bytes:
    """One workbook, in any process, from what `made_books` handed to it."""
    packed, filled, created = pickle.loads(part)
    batch = pickle.loads(packed)
    assert isinstance(batch, Batch) and isinstance(filled, Filled) and isinstance(created, datetime)
    blanks = batch.blanks
    (directorate,) = batch.directorates
    return build_return(
        blanks.framework,
        directorate,
        blanks.period,
        blanks.figures,
        due=blanks.due,
        created=created,
        house=blanks.house,
        filled=filled,
        reports=blanks.reports,
        texts=blanks.texts,
        grids=blanks.grids,
    )


def filled_of(framework: Framework, submission: Submission, settlings: Sequence[Settling], archive: Archive) -> Filled:
    """What the book is filled with."""
    return _Filling(framework, submission, archive).filled(settlings)


class _Filling:
    def __init__(self, framework: Framework, submission: Submission, archive: Archive) -> None:
        self.framework = framework
        self.submission = submission
        self.archive = archive
        self.lines = {line.key: line for line in lines_of(framework, submission.directorate, submission.period)}
        self.rows = _rows(framework, submission.directorate, submission.period)
        self._own: dict[str, Own] = {}
        self.main = self._of(submission.sha256)

    def filled(self, settlings: Sequence[Settling]) -> Filled:
        queries: dict[tuple[str, str], list[Query]] = {}
        elsewhere: list[Elsewhere] = []
        settled: list[Settled] = []
        for settling in settlings:
            finding = settling.finding
            place = self._where(finding)
            if settling.decision:
                settled.append(self._settled(settling, place))
            if not settling.is_open:
                continue
            if place is None or place.kind == layout.SIGN:
                elsewhere.append(self._elsewhere(settling, place.row if place else ""))
                continue
            refused = settling.decision.reason if settling.decision and not settling.decision.accepts else ""
            query = Query((finding.code,), finding.severity, place.column, settling.asked, finding.remedy, refused)
            queries.setdefault((place.kind, place.row), []).append(query)
        return Filled(
            entries=self._entries(),
            sign_off=self.main.sign_off,
            queries={row: one_each_cell(found) for row, found in queries.items()},
            elsewhere=tuple(elsewhere),
            settled=tuple(settled),
            answers=self.submission.sha256,
        )

    # -- the manager's own entries ------------------------------------------------------------------------------------

    def _entries(self) -> dict[tuple[str, str], Entry]:
        """Each row from the file that its figure came from; texts that copies added are theirs."""
        entries: dict[tuple[str, str], Entry] = {
            place: entry
            for place, entry in self.main.entries.items()
            if (place[0] in self.lines and place[1] in layout.INPUT_KEYS)
            or place[1] in _ELSEWHERE
            or place[1].startswith(GRID_FIGURE)
        }
        entries |= self._evidence_of_copies(entries)
        for report in self.submission.actions:
            if report.source and report.source.sha256 not in ("", self.submission.sha256):
                key = place_key(report.action, report.deliverable) if report.deliverable else report.action
                own = self._of(report.source.sha256)
                entries |= {place: entry for place, entry in own.entries.items() if place[0] == key}

        for figure in self.submission.grids:
            entries[figure.line, f"{GRID_FIGURE}{figure.column}"] = figure.value
        by_place = {(o.measure, o.period): o for o in self.submission.observations}
        for key, line in self.lines.items():
            observation = by_place.get((line.measure.key, line.about)) if line.about else None
            source = observation.source if observation else None
            if observation is None or source is None:
                continue
            if self.main is _NOTHING:  # a file that is opened with a password, or was redacted
                entries |= _as_understood(key, observation)
            if source.sha256 and source.sha256 != self.submission.sha256:
                own = self._of(source.sha256)
                for column in layout.INPUT_KEYS:
                    if column not in _TEXTS and (key, column) in own.entries:
                        entries[key, column] = own.entries[key, column]
            for column, value in (
                (layout.COMMENTARY, observation.commentary),
                (layout.ACTION, observation.action),
                (layout.FORECAST, observation.forecast),
            ):
                if value not in (None, "") and (key, column) not in entries:
                    entries[key, column] = value
        return entries

    def _evidence_of_copies(self, entries: Mapping[tuple[str, str], Entry]) -> dict[tuple[str, str], Entry]:
        """Evidence that copies added, in the rows that are free."""
        taken = {row for row, _ in entries}
        free = (row for row in evidence_layout.ROW_KEYS if row not in taken)
        theirs = [
            each
            for each in self.submission.evidence
            if each.source and each.source.sha256 not in ("", self.submission.sha256)
        ]
        return {
            (row, column): text
            for row, each in zip(free, theirs, strict=False)
            for column, text in (
                (evidence_layout.SUPPORTS, each.supports),
                (evidence_layout.SHOWS, each.shows),
                (evidence_layout.WHERE, each.where),
            )
            if text
        }

    def _of(self, digest: str) -> Own:
        if digest not in self._own:
            try:
                self._own[digest] = own_entries(self.archive.load(digest))
            except UnreadableFileError:  # it could be read when it was accepted
                self._own[digest] = _NOTHING
            except ArchiveError:
                if digest not in self.archive.redacted():
                    raise
                self._own[digest] = _NOTHING
        return self._own[digest]

    # -- what is asked ------------------------------------------------------------------------------------------------

    def _where(self, finding: Finding) -> Place | None:
        """The cell that a finding is about, as it is in the book that goes back; None where it is about no cell."""
        place = self.main.places.get((finding.sheet, finding.cell))
        if place and (place.kind == layout.SIGN or self._is_asked_at(place)):
            return place
        line = self._line(finding)
        if line:
            return Place(layout.MEASURE, line.key, layout.ACTUAL)
        # A row that is missing, or in which nothing is wrong by itself.
        return next(
            (
                Place(kind, finding.measure, columns[0])
                for (kind, row), columns in self.rows.items()
                if row == finding.measure
            ),
            None,
        )

    def _is_asked_at(self, place: Place) -> bool:
        if place.kind == layout.MEASURE:
            line = self.lines.get(place.row)
            return line is not None and line.about is not None and place.column in layout.INPUT_KEYS
        return place.column in self.rows.get((place.kind, place.row), ())

    def _elsewhere(self, settling: Settling, field: str) -> Elsewhere:
        finding = settling.finding
        name = self._name(finding.measure)
        return Elsewhere(finding.code, finding.severity, finding.sheet, settling.asked, finding.remedy, field, name)

    def _name(self, key: str) -> str:
        """What people call a measure, an action, a section or a line of a grid."""
        code, title = self.framework.named(key.partition("@")[0])
        return f"{code} {title}".strip()

    def _line(self, finding: Finding) -> Line | None:
        found = [line for line in self.lines.values() if line.measure.key == finding.measure and self._is_asked(line)]
        about = [line for line in found if line.about and line.about.label == finding.about]
        best = about or [line for line in found if line.is_last]
        return best[0] if best else None

    @staticmethod
    def _is_asked(line: Line) -> bool:
        return line.about is not None

    def _settled(self, settling: Settling, place: Place | None) -> Settled:
        decision = settling.decision
        assert decision is not None
        name = self._name(settling.finding.measure) or (place.row if place else "")
        asked = f"\u201c{settling.explanation.text}\u201d" if settling.explanation else settling.asked
        return Settled(name, asked, "Accepted" if decision.accepts else "Not accepted", decision.reason)


def _rows(framework: Framework, directorate: str, period: Period) -> dict[tuple[str, str], tuple[str, ...]]:
    """The rows of the other sheets of a return, by what they are rows of and their keys, with their inputs."""
    found: dict[tuple[str, str], tuple[str, ...]] = {
        (actions_layout.ACTION, row.key): actions_layout.INPUT_KEYS
        for row in actions_layout.rows_of(framework, directorate, period)
    }
    for section in framework.sections_of(directorate, period):
        found[sections_layout.SECTION, section.key] = sections_layout.INPUT_KEYS
    for grid in framework.grids_of(directorate):
        for line in grid.lines:
            columns = tuple(f"{GRID_FIGURE}{key}" for key in heads(grid, period).labels)
            found[grids_layout.LINE, line.key] = columns
    if framework.evidence_of(directorate, period):
        for key in evidence_layout.ROW_KEYS:
            found[evidence_layout.EVIDENCE, key] = evidence_layout.INPUT_KEYS
    return found


def _as_understood(key: str, observation: Observation) -> dict[tuple[str, str], Entry]:
    """What was understood of a row whose cells are not at hand."""
    found: dict[tuple[str, str], Entry] = {
        (key, layout.NUMERATOR): observation.numerator,
        (key, layout.DENOMINATOR): observation.denominator,
        (key, layout.ACTUAL): observation.typed,
        (key, layout.TO_DATE): observation.to_date,
        (key, layout.STATUS): (observation.status or "").capitalize() if observation.actual is None else None,
    }
    return {place: entry for place, entry in found.items() if entry not in (None, "")}
