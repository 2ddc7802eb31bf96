"""A return's own entries, cell by cell, as a manager left them: what a book that goes back is filled with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from perfbook.returns import actions_layout, evidence_layout, grids_layout, layout, sections_layout
from perfbook.returns._copies import sort_out
from perfbook.returns._formats import contents
from perfbook.returns._grid import Keyed, SheetCells, address, find, read_sheets
from perfbook.returns.filled import Entry
from perfbook.returns.opening import OPENING
from perfbook.workbook.text import clean_text


@dataclass(frozen=True)
class Place:
    """A cell by what its row is a row of (`layout.MEASURE` and others), and the keys of row and column."""

    kind: str
    row: str
    column: str


@dataclass(frozen=True)
class Own:
    """Entries by (key of the row, key of the column), the sign-off by the key of its field.

    `places` are the cells of all sheets that are filled, by (sheet, address).
    """

    entries: Mapping[tuple[str, str], Entry]
    sign_off: Mapping[str, Entry]
    places: Mapping[tuple[str, str], Place]


def own_entries(data: bytes) -> Own:
    """The entries of a return. Raises UnreadableFileError for what is none."""
    return own_of(read_sheets(contents(data, OPENING), OPENING).sheets)


def own_of(sheets: tuple[SheetCells, ...]) -> Own:
    """The same, of sheets that are read already."""
    entries: dict[tuple[str, str], Entry] = {}
    places: dict[tuple[str, str], Place] = {}
    found = find(sheets, layout.MEASURES_MARK, layout.MEASURES)
    if found:
        copies = sort_out(found)
        for key in dict.fromkeys(key for keyed in found for key in keyed.rows):
            _enter(entries, copies.of(key), key, layout.MEASURE, layout.INPUT_KEYS)
        for keyed in (each for whole in found for each in (whole, *whole.doubles())):
            _place(places, keyed, layout.MEASURE)
    others = (
        (actions_layout.ACTIONS_MARK, actions_layout.SHEET, actions_layout.ACTION, actions_layout.INPUT_KEYS),
        (sections_layout.SECTIONS_MARK, sections_layout.SHEET, sections_layout.SECTION, sections_layout.INPUT_KEYS),
        (evidence_layout.EVIDENCE_MARK, evidence_layout.SHEET, evidence_layout.EVIDENCE, evidence_layout.INPUT_KEYS),
    )
    for mark, name, kind, columns in others:
        for keyed in find(sheets, mark, name)[:1]:
            for key in keyed.rows:
                _enter(entries, keyed, key, kind, columns)
            _place(places, keyed, kind)
    marks = {value for sheet in sheets for value in sheet.cells.values() if isinstance(value, str)}
    for mark in sorted(value for value in marks if value.startswith(grids_layout.GRID_MARK)):
        for keyed in find(sheets, mark, "")[:1]:
            figures = [name for name in keyed.columns if name.startswith(grids_layout.FIGURE)]
            for key in keyed.rows:
                _enter(entries, keyed, key, grids_layout.LINE, figures)
            _place(places, keyed, grids_layout.LINE)
    start = find(sheets, layout.START_MARK, layout.START)
    fields = {field.key for field in layout.SIGN_OFF}
    sign_off: dict[str, Entry] = {}
    for keyed in start[:1]:
        for key in fields & set(keyed.rows):
            entry = _entry(keyed, key, layout.VALUE_COLUMN)
            if entry is not None:
                sign_off[key] = entry
            place = keyed.place(key, layout.VALUE_COLUMN)
            if place:
                places[keyed.sheet.name, address(place)] = Place(layout.SIGN, key, layout.VALUE_COLUMN)
    return Own(entries, sign_off, places)


def _enter(entries: dict[tuple[str, str], Entry], keyed: Keyed, row: str, kind: str, columns: Iterable[str]) -> None:
    """Adds what a row holds: its inputs, and the reply to what was asked about it."""
    kept = {column: column for column in columns}
    kept |= {column: layout.reply_key(kind, column) for column in (layout.REPLY, layout.CODES)}
    for column, name in kept.items():
        entry = _entry(keyed, row, column)
        if entry is not None:
            entries[row, name] = entry


def _place(places: dict[tuple[str, str], Place], keyed: Keyed, kind: str) -> None:
    for key, row in keyed.rows.items():
        for column, at in keyed.columns.items():
            places[keyed.sheet.name, address((row, at))] = Place(kind, key, column)


def _entry(keyed: Keyed, row: str, column: str) -> Entry:
    value = keyed.value(row, column)
    if isinstance(value, str):
        value = clean_text(value).strip()
        return None if value in ("", layout.DASH) else value
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, str | bool | int | float | date):
        return value
    return str(value)  # a time of day, or a span of it
