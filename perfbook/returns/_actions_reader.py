"""Reading the sheet Actions of a return: what it says of each action and place, found by hidden keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from perfbook.checks.action_rules import NOT_RATED_WORD, action_findings, spellings
from perfbook.checks.text_rules import text_findings
from perfbook.framework.model import Action, Framework, Place
from perfbook.framework.periods import Period
from perfbook.framework.plan import place_key, rating_scheme
from perfbook.records import NOT_RATED, ActionReport, Finding, Severity, Source
from perfbook.returns import actions_layout as layout
from perfbook.returns._cells import beside, look_into
from perfbook.returns._context import Context
from perfbook.returns._copies import BRING_TOGETHER, Copies, sort_out
from perfbook.returns._grid import Keyed, Raw, SheetCells, address, find
from perfbook.returns._locked import altered
from perfbook.scoring.expr import Cell
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.text import clean_text

_EPOCH = date(1899, 12, 30)
_COLUMN_KEYS = tuple(column.key for column in layout.COLUMNS)


@dataclass(frozen=True)
class ActionsRead:
    """What the sheet says. `filled` tells whether any of its inputs holds something."""

    reports: tuple[ActionReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    filled: bool = False


def read_actions(sheets: tuple[SheetCells, ...], context: Context, directorate: str, *, changed: bool) -> ActionsRead:
    """All that the sheet Actions says of the actions of a directorate.

    `changed`: the framework is another than when the return was issued. Nothing where no action is expected and no such
    sheet is there; what is wrong becomes a finding and stops nothing.
    """
    reader = _Reader(context, directorate, changed)
    framework = context.framework
    known = framework.once(
        "rows of actions", lambda: dict.fromkeys(key for action in framework.actions for key in _keys(action))
    )
    found = tuple(keyed.mended(known, _COLUMN_KEYS)[0] for keyed in find(sheets, layout.ACTIONS_MARK, layout.SHEET))
    found = tuple(keyed for keyed in found if {layout.RATING, layout.UPDATE} & keyed.columns.keys())
    if not found:
        return reader.nothing()
    return reader.read(sort_out(found, layout.INPUT_KEYS, (layout.RATING, layout.UPDATE)), found)


def _keys(action: Action) -> Iterable[str]:
    yield action.key
    for deliverable in action.deliverables:
        yield place_key(action.key, deliverable)


class _Reader:
    def __init__(self, context: Context, directorate: str, changed: bool) -> None:
        self.context = context
        self.framework: Framework = context.framework
        self.period: Period = context.period
        self.directorate = directorate
        self.changed = changed
        self.asked = self.framework.actions_of(directorate, context.period)
        self.findings: list[Finding] = []
        self.sheet = layout.SHEET
        self.filled = False

    def nothing(self) -> ActionsRead:
        """The sheet is not there."""
        if self.asked:
            found = "The sheet Actions, or the hidden row and column by which its cells are found, is missing."
            severity: Severity = "error"
            if self.changed:
                found += " It may not have been in this return when it was issued."
                severity = "warning"
            self._say("R214", severity, found, "Fill a fresh copy of the return.")
        return ActionsRead(findings=tuple(self.findings))

    def read(self, copies: Copies, found: tuple[Keyed, ...]) -> ActionsRead:
        """Every row that is asked for, and those of actions that went to another directorate since."""
        self.sheet = copies.main.sheet.name
        self._about_the_sheet(copies, found)
        rows = {key for keyed in (copies.main, *copies.instead.values()) for key in keyed.rows}
        moved = [each for each in self.framework.actions if self._has_moved(each) and rows & set(_keys(each))]
        reports: list[ActionReport] = []
        for action in (*self.asked, *moved):
            if action.key not in rows and action in self.asked:
                self._missing(action)
            before = len(reports)
            reports += self._action(copies, action, rows)
            if action in moved and any(not report.is_blank for report in reports[before:]):
                self._say_moved(action)
        self._strangers(copies, (*self.asked, *moved))
        return ActionsRead(tuple(reports), tuple(self.findings), self.filled)

    def _action(self, copies: Copies, action: Action, rows: set[str]) -> list[ActionReport]:
        found = []
        for deliverable in ("", *action.deliverables):
            key = place_key(action.key, deliverable)
            if key in rows:
                row = _Row(self, copies.of(key), key, action, deliverable)
                report = row.read()
                self.filled = self.filled or row.filled
                if not (deliverable and report.is_blank):
                    found.append(report)
        return found

    # -- about the sheet ----------------------------------------------------------------------------------------------

    def _about_the_sheet(self, copies: Copies, found: tuple[Keyed, ...]) -> None:
        names = ", ".join(keyed.sheet.name for keyed in found)
        if len(found) > 1:
            said = f"Several sheets claim to be Actions: {names}. {self.sheet} was read."
            self._say("R202", "warning", said, "Delete the copies.")
        if copies.differences:
            self._say("R211", "error", copies.differ(layout.SHEET), BRING_TOGETHER)
        for column in layout.COLUMNS:
            if column.kind == "input" and column.key not in copies.main.columns:
                said = f"The column {column.header!r} of {self.sheet} is missing."
                self._say("R204", "error", said, "Fill a fresh copy of the return.")

    def _has_moved(self, action: Action) -> bool:
        return self.changed and action.directorate != self.directorate and action.in_force(self.period)

    def _say_moved(self, action: Action) -> None:
        name = self.framework.directorate(action.directorate).name
        said = f"{_name(action)} belongs to {name} since the framework was changed; its row here was read."
        self._say("R209", "warning", said, f"Make sure that {name} does not return it too.", about=action.key)

    def _missing(self, action: Action) -> None:
        said = f"The row of {_name(action)} is missing from {self.sheet}."
        severity: Severity = "error"
        if self.changed:
            said += " It may have been added after this return was issued."
            severity = "warning"
        self._say("R205", severity, said, "Fill it in a fresh copy of the return.", about=action.key)

    def _strangers(self, copies: Copies, expected: Iterable[Action]) -> None:
        keyed = copies.main
        known = {key for action in expected for key in _keys(action)}
        for key, row in keyed.rows.items():
            if key in known:
                continue
            filled = any(_value(keyed, key, column) is not None for column in layout.INPUT_KEYS)
            action = self.framework.actions_by_key.get(key.partition("@")[0])
            name = _name(action) if action else f"The action {key!r}"
            said = f"{name} does not stand here by the framework: this directorate does not return it, or not there."
            if filled or action is None:
                self._say("R206", "warning", said, "Its row was not read.", cell=_key_cell(keyed, row))
        self.findings += beside(keyed, layout.INPUT_HEADERS, self.context.file, "action")
        if not self.changed:
            facts = layout.facts_of_actions(self.framework, self.directorate, self.period)
            self.findings += altered(copies, facts, self.context.file)
        for key, row, said, remedy in copies.twice(self._named):
            self._say("R207", "error", said, remedy, about=key, cell=_key_cell(keyed, row))

    def _named(self, key: str) -> str:
        action = self.framework.actions_by_key.get(key.partition("@")[0])
        return _name(action) if action else key

    def _say(self, code: str, severity: Severity, found: str, remedy: str, *, about: str = "", cell: str = "") -> None:
        finding = Finding(code, severity, self.context.file, self.sheet, cell, about, found, "", remedy)
        self.findings.append(finding)


class _Row:
    """One row: from cells to a report and its findings."""

    def __init__(self, reader: _Reader, keyed: Keyed, key: str, action: Action, deliverable: str) -> None:
        self.reader, self.keyed, self.key = reader, keyed, key
        self.action, self.deliverable = action, deliverable
        self.filled = False
        places = {column: keyed.place(key, column) for column in layout.INPUT_KEYS}
        self.places = places
        self.cells = {column: address(place) for column, place in places.items() if place}

    def read(self) -> ActionReport:
        context, scheme = self.reader.context, rating_scheme(self.reader.framework, self.action)
        raw = {column: self._raw(column) for column in layout.INPUT_KEYS}
        inputs: dict[str, Cell] = {column: _cell(value) for column, value in raw.items()}
        inputs[layout.RATING] = _words(raw[layout.RATING]) or None
        inputs["last_update"] = self.keyed.text(self.key, "last_update") or None
        inputs["signed"] = context.signed or None
        place = bool(self.deliverable)
        self.reader.findings += action_findings(
            self.action.key,
            scheme,
            inputs,
            place=place,
            settings=self.reader.framework.checks,
            file=context.file,
            sheet=self.keyed.sheet.name,
            cells=self.cells,
        )
        self.reader.findings += text_findings(
            {layout.UPDATE: _text(raw[layout.UPDATE])},
            self.action.key,
            file=context.file,
            sheet=self.keyed.sheet.name,
            cells=self.cells,
        )
        word = spellings(scheme).get(_words(raw[layout.RATING]).lower(), "")
        rating = next((band.key for band in scheme.bands if band.word == word), "")
        progress = inputs[layout.PROGRESS]
        in_range = isinstance(progress, Decimal) and 0 <= progress <= 1
        return ActionReport(
            action=self.action.key,
            period=context.period,
            deliverable=self.deliverable,
            rating=NOT_RATED if word == NOT_RATED_WORD else rating,
            update=_text(raw[layout.UPDATE]),
            revised=_day(raw[layout.REVISED]),
            progress=progress if in_range and isinstance(progress, Decimal) else None,
            milestone=_text(raw[layout.MILESTONE]),
            source=self._source(raw),
            update_at=self._update_at(raw),
        )

    def _update_at(self, raw: dict[str, Raw]) -> Place | None:
        cell = self.cells.get(layout.UPDATE) if _text(raw[layout.UPDATE]) else None
        return Place(self.reader.context.file, self.keyed.sheet.name, cell) if cell else None

    def _source(self, raw: dict[str, Raw]) -> Source:
        """The cell of the rating; that of the update where there is no rating."""
        column = layout.UPDATE if raw[layout.RATING] is None and raw[layout.UPDATE] is not None else layout.RATING
        context = self.reader.context
        return Source(
            file=context.file,
            sheet=self.keyed.sheet.name,
            cell=self.cells.get(column, ""),
            stored=_words(raw[layout.RATING]),
            displayed=_words(raw[layout.RATING]),
            submitted_by=context.role,
            sha256=context.sha256,
        )

    def _raw(self, column: str) -> Raw:
        """A cell's value; an error or a formula is reported, and a formula without a value is no blank."""
        place = self.places[column]
        if place is None:
            return None
        seen = look_into(self.keyed.sheet, place, _value(self.keyed, self.key, column), layout.NAMES[column])
        self.filled = self.filled or seen.filled
        if seen.code:
            self._say(seen.code, seen.severity, column, seen.found, seen.remedy)
        return seen.value

    def _say(self, code: str, severity: Severity, column: str, found: str, remedy: str) -> None:
        file, sheet = self.reader.context.file, self.keyed.sheet.name
        cell = self.cells.get(column, "")
        self.reader.findings.append(Finding(code, severity, file, sheet, cell, self.action.key, found, "", remedy))


def _value(keyed: Keyed, key: str, column: str) -> Raw:
    value = keyed.value(key, column)
    if isinstance(value, str):
        return clean_text(value, drop_zero_width=column not in layout.TEXTS).strip() or None
    return value


def _cell(value: Raw) -> Cell:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Decimal((value - _EPOCH).days)
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        try:
            return as_decimal15(value)
        except ValueError:
            return str(value)
    return value


def _words(value: Raw) -> str:
    return " ".join(_text(value).split())


def _text(value: Raw) -> str:
    """A text as it was typed; what Excel made a number, a date or a truth value of, as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, float | int):
        return f"{value:.15g}"
    return str(value).strip()


def _day(value: Raw) -> str:
    """A revised date in ISO form, or what was typed instead."""
    number = _cell(value)
    if isinstance(number, Decimal) and number == int(number) and 36_526 <= number < 110_000:
        return (_EPOCH + timedelta(days=int(number))).isoformat()
    return _text(value)


def _name(action: Action) -> str:
    return f"{action.code} {action.title}".strip()


def _key_cell(keyed: Keyed, row: int) -> str:
    return address((row, keyed.columns.get("code", min(keyed.columns.values()))))
