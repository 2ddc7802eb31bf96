"""A return's own entries, cell by cell, as a manager left them: what a book that goes back is filled with."""

from __future__ import annotations

from collections.abc import Mapping
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
class Own:
    """Entries by (key of the row, key of the column), the sign-off by the key of its field.

    `places` are (sheet, address) of the cells of Measures and of the sign-off, with the keys of row and column.
    """

    entries: Mapping[tuple[str, str], Entry]
    sign_off: Mapping[str, Entry]
    places: Mapping[tuple[str, str], tuple[str, str]]


def own_entries(data: bytes) -> Own:
    """The entries of a return. Raises UnreadableFileError for what is none."""
    return own_of(read_sheets(contents(data, OPENING), OPENING).sheets)


def own_of(sheets: tuple[SheetCells, ...]) -> Own:
    """The same, of sheets that are read already."""
    entries: dict[tuple[str, str], Entry] = {}
    places: dict[tuple[str, str], tuple[str, str]] = {}
    found = find(sheets, layout.MEASURES_MARK, layout.MEASURES)
    if found:
        copies = sort_out(found)
        for key in dict.fromkeys(key for keyed in found for key in keyed.rows):
            keyed = copies.of(key)
            for column in (*layout.INPUT_KEYS, layout.REPLY, layout.CODES):
                entry = _entry(keyed, key, column)
                if entry is not None:
                    entries[key, column] = entry
        for keyed in (each for whole in found for each in (whole, *whole.doubles())):
            for key, row in keyed.rows.items():
                for column, at in keyed.columns.items():
                    places[keyed.sheet.name, address((row, at))] = (key, column)
    others = (
        (actions_layout.ACTIONS_MARK, actions_layout.SHEET, actions_layout.INPUT_KEYS),
        (sections_layout.SECTIONS_MARK, sections_layout.SHEET, sections_layout.INPUT_KEYS),
        (evidence_layout.EVIDENCE_MARK, evidence_layout.SHEET, evidence_layout.INPUT_KEYS),
    )
    for mark, name, columns in others:
        for keyed in find(sheets, mark, name)[:1]:
            for key in keyed.rows:
                for column in columns:
                    entry = _entry(keyed, key, column)
                    if entry is not None:
                        entries[key, column] = entry
    marks = {value for sheet in sheets for value in sheet.cells.values() if isinstance(value, str)}
    for mark in sorted(value for value in marks if value.startswith(grids_layout.GRID_MARK)):
        for keyed in find(sheets, mark, "")[:1]:
            for key in keyed.rows:
                for column in (name for name in keyed.columns if name.startswith(grids_layout.FIGURE)):
                    entry = _entry(keyed, key, column)
                    if entry is not None:
                        entries[key, column] = entry
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
                places[keyed.sheet.name, address(place)] = (key, layout.VALUE_COLUMN)
    return Own(entries, sign_off, places)


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
