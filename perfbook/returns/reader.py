"""Reading a return, whatever people did to it: every cell is found by its hidden keys.

Codes of an UnreadableFileError: R101 not a workbook, or damaged · R102 protected by a password · R103 not a return ·
R104 a return of another council or directorate list · R105 its identity was altered · R106 the sheet Measures or its
hidden keys are gone · R107 made by a newer perfbook · R108 unpacks to far too much · R110 something else than a
workbook · R111 rights-managed · R112 protected by another password than the configured one · R113 declares entities ·
R114 two parts of one name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from perfbook.errors import PeriodError, UnreadableFileError
from perfbook.framework.model import Framework, Measure
from perfbook.framework.periods import Period, parse
from perfbook.records import Finding, Observation, Severity, Submission
from perfbook.returns import actions_layout, facts, layout
from perfbook.returns._actions_reader import read_actions
from perfbook.returns._alterations import Shape, alterations
from perfbook.returns._answers import with_answers
from perfbook.returns._context import Context
from perfbook.returns._copies import BRING_TOGETHER, Copies, sort_out
from perfbook.returns._evidence_reader import missing_evidence, read_evidence
from perfbook.returns._formats import NAMES, Contents, contents
from perfbook.returns._grid import Keyed, ReadBook, SheetCells, address, find, read_sheets
from perfbook.returns._grids_reader import read_grids
from perfbook.returns._issued import issued
from perfbook.returns._row_reader import RowRead, read_row
from perfbook.returns._sections_reader import read_sections
from perfbook.returns._sign_off import Signed, read_sign_off
from perfbook.returns.identity import Identity, plain
from perfbook.returns.opening import OPENING, Opening

NOT_A_RETURN = "R103"
OTHER_COUNCIL = "R104"
ALTERED = "R105"
NO_MEASURES = "R106"
NEWER = "R107"


@dataclass(frozen=True)
class Opened:
    """A return whose identity is known and whose cells are at hand; `read` says what they mean."""

    data: bytes
    file: str
    contents: Contents
    book: ReadBook
    identity: Identity

    def rows(self) -> Iterator[str]:
        """The keys of all rows of its sheets of measures."""
        for keyed in find(self.book.sheets, layout.MEASURES_MARK, layout.MEASURES):
            yield from keyed.rows

    def read(self, framework: Framework) -> Submission:
        """All that the return says, as a Submission. Raises UnreadableFileError (R104, R105, R106)."""
        return _submission(self, framework)


def open_return(data: bytes, file: str, opening: Opening = OPENING) -> Opened:
    """A return, whatever the name of its file says of its kind; `file` is the name by which it is spoken of.

    Raises UnreadableFileError with every code but R104 and R106.
    """
    found = contents(data, opening)
    if not found.bears_marks():
        raise no_return(file)
    book = read_sheets(found, opening)
    return Opened(data, file, found, book, _identity(book.sheets, file))


def open_by_rows(
    data: bytes, file: str, identify: Callable[[Mapping[str, str]], Identity | None], opening: Opening = OPENING
) -> Opened | None:
    """A return whose identity sheet is missing or was altered; None where its rows do not tell whose it is.

    `identify` answers an identity from the keys of the rows, each with the period that the row names. Raises
    UnreadableFileError as `open_return` does.
    """
    found = contents(data, opening)
    if not found.bears_marks():
        return None
    book = read_sheets(found, opening)
    rows: dict[str, str] = {}
    sheets = ((actions_layout.ACTIONS_MARK, actions_layout.SHEET), (layout.MEASURES_MARK, layout.MEASURES))
    for mark, name in sheets:
        for keyed in find(book.sheets, mark, name):
            rows |= {key: keyed.text(key, "about") if "about" in keyed.columns else "" for key in keyed.rows}
    identity = identify(rows)
    return Opened(data, file, found, book, identity) if identity else None


def identify(data: bytes, file: str, opening: Opening = OPENING) -> Identity:
    """Whose return a file is, by its identity sheet and never by its name. Raises what `open_return` raises."""
    return open_return(data, file, opening).identity


def bears_marks(data: bytes, opening: Opening = OPENING) -> bool:
    """Whether a workbook bears the marks of a return anywhere in its texts; False for what cannot be opened."""
    try:
        return contents(data, opening).bears_marks()
    except UnreadableFileError:
        return False


def read_return(data: bytes, *, file: str, framework: Framework, opening: Opening = OPENING) -> Submission:
    """All that a return says, as a Submission; `file` is the name under which findings and passports know it.

    Raises UnreadableFileError where the file is not a return of this framework. What is wrong within a return becomes a
    finding and stops nothing.
    """
    return open_return(data, file, opening).read(framework)


def _submission(opened: Opened, framework: Framework) -> Submission:
    sheets, file, identity = opened.book.sheets, opened.file, opened.identity
    period = _ours(identity, framework)
    keys = _RowKeys(framework, period)
    columns = [c.key for c in layout.columns(layout.EARLIER_MOST, asked=True, wanted=layout.EVERYTHING)]
    mended = [keyed.mended(keys, columns) for keyed in find(sheets, layout.MEASURES_MARK, layout.MEASURES)]
    found = tuple(keyed for keyed, _ in mended if layout.ACTUAL in keyed.columns)
    if not found and not framework.measures_of(identity.directorate, period):
        found = (_nothing(),)
    if not found:
        reason = (
            "The sheet Measures, or the hidden row and column by which its cells are found, is missing. Copy the "
            "figures into a fresh copy of the return."
        )
        raise UnreadableFileError(NO_MEASURES, reason)
    changed = tuple(dict.fromkeys(key for _, changes in mended for key in changes))
    start = find(sheets, layout.START_MARK, layout.START)
    signed = read_sign_off(start, period, file) if start else None
    made = _Return(opened, framework, period, sort_out(found))
    submission = made.read(tuple(keyed.sheet.name for keyed in found), changed, signed)
    return with_answers(submission, sheets, framework)


def _nothing() -> Keyed:
    """The sheet Measures of a return that asks for none."""
    return Keyed(SheetCells(layout.MEASURES, {}), {}, {column.key: 0 for column in layout.columns(1)})


def no_return(file: str) -> UnreadableFileError:
    """What is said of a workbook without the marks of a return."""
    return UnreadableFileError(NOT_A_RETURN, f"{file} is not a return: its identity sheet is missing.")


def _identity(sheets: tuple[SheetCells, ...], file: str) -> Identity:
    found = find(sheets, layout.IDENTITY_MARK, layout.IDENTITY)
    if not found:
        raise no_return(file)
    keyed = found[0]
    rows = {key: keyed.text(key, layout.VALUE_COLUMN) for key in keyed.rows}
    if rows.get("format", layout.FORMAT) != layout.FORMAT:
        raise UnreadableFileError(NEWER, f"{file} was made by a newer version of perfbook. Update perfbook.")
    altered = f"The identity of {file} was altered. Copy the figures into a fresh copy of the return."
    try:
        identity = Identity.from_rows(rows)
    except KeyError as error:
        raise UnreadableFileError(ALTERED, altered) from error
    if not identity.is_sound:
        raise UnreadableFileError(ALTERED, altered)
    return identity


def _ours(identity: Identity, framework: Framework) -> Period:
    """The period of a return of this framework."""
    if identity.council != plain(framework.council):
        reason = f"This is a return of {identity.council}, not of {framework.council}."
        raise UnreadableFileError(OTHER_COUNCIL, reason)
    if not framework.knows(identity.directorate):
        reason = f"The directorate {identity.directorate!r} of this return is not in the framework."
        raise UnreadableFileError(OTHER_COUNCIL, reason)
    try:
        return parse(identity.period, framework.year_start)
    except PeriodError as error:
        raise UnreadableFileError(ALTERED, f"The return names a period that does not exist: {error}") from error


class _RowKeys(Collection[str]):
    """The keys that rows of Measures may have: those of measures, and those of earlier periods of measures that are
    more frequent than the return. A key is looked up without a look at the rest, for there may be many.
    """

    def __init__(self, framework: Framework, period: Period) -> None:
        self._framework, self._period = framework, period

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (key in self._framework.by_key or self.is_earlier(key))

    def is_earlier(self, key: str) -> bool:
        """Whether a key is that of an earlier period of a measure."""
        measure = self._framework.by_key.get(key.rpartition(layout.ROW_SEPARATOR)[0])
        return measure is not None and key in self._earlier_of(measure)

    def _earlier_of(self, measure: Measure) -> tuple[str, ...]:
        return tuple(layout.row_key(measure.key, about, self._period) for about in measure.abouts(self._period)[:-1])

    def __iter__(self) -> Iterator[str]:
        yield from self._framework.by_key
        for measure in self._framework.measures:
            yield from self._earlier_of(measure)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Return:
    def __init__(
        self,
        opened: Opened,
        framework: Framework,
        period: Period,
        copies: Copies,
    ) -> None:
        identity = opened.identity
        self.opened = opened
        self.sha256 = hashlib.sha256(opened.data).hexdigest()
        self.file = opened.file
        self.framework = framework
        self.identity = identity
        self.period = period
        self.copies = copies
        self.keyed = copies.main
        self.rows = {**copies.main.rows, **{key: keyed.rows[key] for key, keyed in copies.instead.items()}}
        # Whether the framework is another than when the return was issued; then rows may differ from it.
        self.changed = identity.framework_version != framework.version
        self.findings: list[Finding] = []
        self.started = False

    def read(self, names: tuple[str, ...], mended: tuple[str, ...], signed: Signed | None) -> Submission:
        self._about_the_file(names, mended)
        if signed is None:
            self._say(
                "R208", "error", "The sheet Start with the sign-off is missing.", "Sign a fresh copy of the return."
            )
        else:
            self.findings += signed.findings
            self.started = signed.filled
        sign_off = signed.sign_off if signed else None
        context = Context(
            framework=self.framework,
            period=self.period,
            file=self.file,
            sha256=self.sha256,
            signed=sign_off.state.capitalize() if sign_off else "",
            role=signed.role if signed else "",
        )
        observations: list[Observation] = []
        for measure in self._measures():
            for row in (*self._earlier_rows(context, measure), self._row(context, measure)):
                if row:
                    observations.append(row.observation)
                    self.findings += row.findings
                    self.started = self.started or row.filled
        self._strangers()
        actions = read_actions(self.opened.book.sheets, context, self.identity.directorate, changed=self.changed)
        self.findings += actions.findings
        self.started = self.started or actions.filled
        sections = read_sections(self.opened.book.sheets, context, self.identity.directorate, changed=self.changed)
        self.findings += sections.findings
        self.started = self.started or sections.filled
        grids = read_grids(self.opened.book.sheets, context, self.identity.directorate, changed=self.changed)
        self.findings += grids.findings
        self.started = self.started or grids.filled
        directorate = self.identity.directorate
        evidence = read_evidence(self.opened.book.sheets, context, directorate, changed=self.changed)
        self.findings += evidence.findings
        self.findings += missing_evidence(context, directorate, evidence.rows, observations, actions.reports)
        self.started = self.started or evidence.filled
        return Submission(
            file=self.file,
            sha256=self.sha256,
            council=self.identity.council,
            directorate=self.identity.directorate,
            period=self.period,
            issue=self.identity.issue,
            framework_version=self.identity.framework_version,
            observations=tuple(observations),
            findings=self._settled(),
            sign_off=sign_off,
            started=self.started,
            actions=actions.reports,
            sections=sections.texts,
            grids=grids.figures,
            evidence=evidence.rows,
        )

    def _settled(self) -> tuple[Finding, ...]:
        if not self.framework.checks and not self.framework.suppressions:
            return tuple(self.findings)
        # It lists every check that there is: most of what a process loads before it can read.
        from perfbook.checks.registry import settle

        return settle(self.findings, self.framework, self.period)

    def _measures(self) -> tuple[Measure, ...]:
        """Those that the directorate returns, and those that it returned when this was issued."""
        expected = self.framework.measures_of(self.identity.directorate, self.period)
        return (*expected, *(measure for key in self.rows if (measure := self._moved(key))))

    def _moved(self, key: str) -> Measure | None:
        """A measure of the return that the framework has given to another directorate since."""
        measure = self.framework.by_key.get(key)
        if not self.changed or measure is None or measure.directorate == self.identity.directorate:
            return None
        return measure if measure.in_force(self.period) else None

    def _row(self, context: Context, measure: Measure) -> RowRead | None:
        """A measure's row; None where it is not there, or says nothing that is asked for."""
        today = measure.about(self.period)
        if measure.key not in self.rows:
            if today:
                self._missing(measure)
            return None
        keyed = self.copies.of(measure.key)
        row = issued(keyed, measure.key, self.framework.year_start)
        if not row.due:
            if today and self._moved(measure.key) is None:
                found = f"{measure.code} was not due when this return was issued; by the framework it is due now."
                self._say("R205", "warning", found, "Fill it in a fresh copy of the return.", measure=measure.key)
            return None
        about = row.about or today
        if about is None:
            return None
        read = read_row(context, keyed, measure, about, row)
        if self._moved(measure.key):
            if not read.filled:
                return None
            name = self.framework.directorate(measure.directorate).name
            found = f"{measure.code} belongs to {name} since the framework was changed; its row here was read."
            self._at(keyed, "R209", "warning", measure, found, f"Make sure that {name} does not return it too.")
        if about != today:
            if today is None and not read.filled:
                return None
            self._other_period(keyed, measure, about, today, read.filled)
        return read

    def _earlier_rows(self, context: Context, measure: Measure) -> list[RowRead]:
        """The rows of a measure's earlier periods, of one that is more frequent than the return."""
        abouts = measure.abouts(self.period)[:-1]
        keys = [layout.row_key(measure.key, about, self.period) for about in abouts]
        found: list[RowRead] = []
        for key, about in zip(keys, abouts, strict=True):
            if key in self.rows:
                keyed = self.copies.of(key)
                row = issued(keyed, key, self.framework.year_start)
                read = read_row(context, keyed, measure, about, row, key=key)
                # What an earlier return gave and this one leaves blank is as it was.
                if read.filled or not measure.is_again(about, self.period):
                    found.append(read)
            elif any(other in self.rows for other in keys):  # before there were such rows a return has none
                self._missing(measure, f" for {about.label}")
        return found

    def _other_period(self, keyed: Keyed, measure: Measure, about: Period, today: Period | None, filled: bool) -> None:
        now = f"for {today.label}" if today else f"for none in {self.period.label}"
        found = f"This row asks for the figure of {about.label}; the framework asks {now} now."
        if filled:
            found += f" What was filled in is kept for {about.label}."
        remedy = "Put frequency and arrears in the framework right, or have the measure filled in a fresh return."
        self._at(keyed, "V120", "error" if filled else "warning", measure, found, remedy)

    def _at(self, keyed: Keyed, code: str, severity: Severity, measure: Measure, found: str, remedy: str) -> None:
        place = keyed.place(measure.key, layout.ACTUAL)
        cell = address(place) if place else ""
        self._say(code, severity, found, remedy, measure=measure.key, sheet=keyed.sheet.name, cell=cell)

    def _about_the_file(self, names: tuple[str, ...], mended: tuple[str, ...]) -> None:
        kind = self.opened.contents.kind
        if kind != "xlsx":
            found = f"This is {NAMES[kind]}: it was read by value, so number formats and formulas were not looked into."
            self._say("R212", "warning", found, "Better save the return as Excel workbook (.xlsx).")
        elif not self.opened.book.inspected:
            found = "Number formats and formulas of this file could not be inspected; its values were read."
            self._say("R201", "warning", found, "Open the file in Excel and save it again.")
        if self.opened.contents.decrypted:
            found = "The file was encrypted; it was opened with a password that perfbook knows."
            self._say("R213", "info", found, "Nothing to do.")
        if len(names) > 1:
            self._copied(names)
        if self.copies.differences:
            self._say("R211", "error", self.copies.differ("Measures"), BRING_TOGETHER)
        if self.changed:
            found = "The framework has changed since this return was issued; it was read by today's framework."
            self._say("R203", "info", found, "Nothing to do, unless measures of this return changed.")
        if self.keyed.rows:
            self.findings += self._alterations()
        if mended:
            found = f"Hidden keys were changed in capitals or spaces and are understood: {', '.join(mended[:10])}."
            self._say("R210", "info", found, "Nothing to do.")
        for column in layout.columns(1, wanted=self._wanted()):
            if column.kind == "input" and column.key not in self.keyed.columns:
                found = f"The column {column.header!r} of {self.keyed.sheet.name} is missing."
                self._say("R204", "error", found, "Fill a fresh copy of the return.")

    def _wanted(self) -> layout.Wanted:
        """The columns that the return must have beyond the usual; after a change of the framework it may lack them."""
        if self.changed:
            return layout.NOTHING_MORE
        return facts.wanted_of(self.framework, self.identity.directorate, self.period)

    def _alterations(self) -> tuple[Finding, ...]:
        others = {
            name: found[0]
            for mark, name in ((layout.START_MARK, layout.START), (layout.IDENTITY_MARK, layout.IDENTITY))
            if (found := find(self.opened.book.sheets, mark, name))
        }
        shape = Shape(self.file, self.copies, others, self.opened.book.careful, self.identity.layout_checksum)
        return alterations(shape, self.framework, self.identity.directorate, self.period, changed=self.changed)

    def _copied(self, names: tuple[str, ...]) -> None:
        found = f"Several sheets claim to be Measures: {', '.join(names)}. {self.keyed.sheet.name} was read."
        elsewhere = [each.sheet.name for each in self.copies.instead.values() if each.sheet is not self.keyed.sheet]
        others = dict.fromkeys(elsewhere)
        if others:
            rows = len(elsewhere)
            found += f" {rows} row{'' if rows == 1 else 's'} with less in it came from {', '.join(others)}."
        self._say("R202", "warning", found, "Delete the copies.")

    def _missing(self, measure: Measure, which: str = "") -> None:
        found = f"The row of {measure.code} {measure.title}{which} is missing from {self.keyed.sheet.name}."
        severity: Severity = "error"
        if self.changed:
            found += " It may have been added after this return was issued."
            severity = "warning"
        self._say("R205", severity, found, "Fill it in a fresh copy of the return.", measure=measure.key)

    def _strangers(self) -> None:
        expected, earlier = {measure.key for measure in self._measures()}, _RowKeys(self.framework, self.period)
        for key, row in self.keyed.rows.items():
            if key not in expected and not earlier.is_earlier(key):
                found = f"The measure {key!r} is not one that this directorate returns for {self.period.label}."
                self._say("R206", "warning", found, "Its row was not read.", cell=self._key_cell(row))
        for key, row, found, remedy in self.copies.twice(self._code):
            self._say("R207", "error", found, remedy, measure=key, cell=self._key_cell(row))

    def _code(self, key: str) -> str:
        measure = self.framework.by_key.get(key)
        return measure.code if measure else key

    def _key_cell(self, row: int) -> str:
        columns = self.keyed.columns
        return address((row, columns.get("code", min(columns.values()))))

    def _say(
        self,
        code: str,
        severity: Severity,
        found: str,
        remedy: str,
        *,
        measure: str = "",
        sheet: str = "",
        cell: str = "",
    ) -> None:
        where = sheet or self.keyed.sheet.name
        self.findings.append(Finding(code, severity, self.file, where, cell, measure, found, "", remedy))
