"""Every cell of an existing spreadsheet, whatever its kind: the one place of this room that opens a file.

`read_spreadsheet` has it read by a process of its own, within the limits of returns; `read_source` is what runs there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from perfbook.collecting._messages import Sheets
from perfbook.collecting.isolation import Readers, ReadingLimits
from perfbook.collecting.outcomes import Verdict
from perfbook.errors import UnreadableFileError, UsageError
from perfbook.importing._looks import colours, hidden_on
from perfbook.returns._formats import contents
from perfbook.returns._grid import SheetCells, address, read_sheets
from perfbook.returns._looks import Place, Raw
from perfbook.returns._notes import notes_on
from perfbook.returns.opening import (
    AMBIGUOUS,
    ENCRYPTED,
    ENTITIES,
    RIGHTS_MANAGED,
    UNSAFE,
    WRONG_PASSWORD,
    Opening,
)
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import clean_text

__all__ = ["SourceBook", "SourceCell", "SourceSheet", "read_source", "read_spreadsheet"]

Value = str | float | int | bool | datetime | None

_TEXT_FILES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t|"
_EXCEL = "Open it in Excel, save it as an Excel workbook (.xlsx), and import that."
_REASONS = {
    ENCRYPTED: "it has a password. Save it without one, and import that",
    WRONG_PASSWORD: "it has a password. Save it without one, and import that",
    RIGHTS_MANAGED: "it is protected by rights management. Save it without protection, and import that",
    UNSAFE: "it unpacks to far more than a list of measures holds. Copy the sheet with the measures into a new one",
    ENTITIES: "it declares a document type or entities, which no workbook has and which can do harm",
    AMBIGUOUS: "it holds two parts of one name, so that nobody can say what counts. Open it in Excel and save it anew",
}
_MEGABYTES = 50


@dataclass(frozen=True)
class SourceCell:
    """One cell with something in it. `number_format` is empty where the kind of file does not tell it.

    `value` is None for a formula without a saved value and for an error, which `error` names.
    """

    sheet: str
    place: Place
    value: Value
    number_format: str = ""
    error: str = ""

    @property
    def address(self) -> str:
        """As Excel writes it: `K7`."""
        return address(self.place)

    @property
    def shown(self) -> str:
        """What the cell shows, as far as is known."""
        if self.value is None:
            return self.error
        if isinstance(self.value, str):
            return clean_text(self.value, drop_zero_width=True).strip()
        return display(self.value, self.number_format or _usual(self.value)).strip()

    @property
    def words(self) -> str:
        """What the cell shows, on one line."""
        return " ".join(self.shown.split())


@dataclass(frozen=True)
class SourceSheet:
    """One sheet. `merged` are areas as (first row, first column, last row, last column), from 0.

    `fills` are cells whose fill is plainly `red`, `amber` or `green`; `notes` the comments on cells.
    """

    name: str
    cells: Mapping[Place, SourceCell]
    visible: bool = True
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    fills: Mapping[Place, str] = field(default_factory=dict)
    notes: tuple[tuple[Place, str], ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are, to the last with something in it."""
        return 1 + max((row for row, _ in self.cells), default=-1)

    @property
    def columns(self) -> int:
        """How many columns there are, to the last with something in it."""
        return 1 + max((column for _, column in self.cells), default=-1)

    def row(self, number: int) -> tuple[SourceCell, ...]:
        """The cells of a row, from left to right."""
        return self._by_row.get(number, ())

    @cached_property
    def _by_row(self) -> Mapping[int, tuple[SourceCell, ...]]:
        rows: dict[int, list[SourceCell]] = {}
        for place in sorted(self.cells):
            rows.setdefault(place[0], []).append(self.cells[place])
        return {row: tuple(cells) for row, cells in rows.items()}


@dataclass(frozen=True)
class SourceBook:
    """A spreadsheet, or why it could not be read."""

    file: str
    sheets: tuple[SourceSheet, ...] = ()
    refused: str = ""


def read_spreadsheet(path: Path, limits: ReadingLimits | None = None) -> SourceBook:
    """Every sheet of a spreadsheet: xlsx, xlsm, xls, xlsb, ods or csv. Raises UsageError, which says what to do."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the spreadsheet in it.")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {path}. Check the path.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror or error}. Close it in Excel.") from error
    if len(data) > _MEGABYTES * 1_000_000:
        raise UsageError(f"{path.name} has more than {_MEGABYTES} MB. Copy the sheet with the measures into a new one.")
    limits = limits or ReadingLimits()
    wide = replace(limits, opening=replace(limits.opening, columns=16_384))
    with Readers(None, None, wide) as readers:
        found = readers.ask(Sheets(path.name, data), SourceBook)
    if isinstance(found, Verdict):
        raise UsageError(f"{path.name} could not be read: reading it was given up. {_EXCEL}")
    if found.refused:
        raise UsageError(f"{path.name} could not be read: {found.refused}.")
    if not any(sheet.cells for sheet in found.sheets):
        raise UsageError(f"{path.name} is empty: no sheet has anything on it. Check that it is the right file.")
    return found


def read_source(file: str, data: bytes, opening: Opening) -> SourceBook:
    """The sheets in the bytes of a file. Never raises: what is wrong is told by `refused`."""
    try:
        if file.lower().endswith(_TEXT_FILES) and not data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return SourceBook(file, (_text_sheet(file, data, opening),))
        return SourceBook(file, tuple(_sheets(data, opening)))
    except UnreadableFileError as error:
        usual = f"it is not a workbook, or is damaged. {_EXCEL}".removesuffix(".")
        return SourceBook(file, refused=_REASONS.get(error.code, usual))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a library's panic is no Exception
        return SourceBook(file, refused=f"it may be damaged. {_EXCEL}".removesuffix("."))


# --- Workbooks --------------------------------------------------------------------------------------------------------


def _sheets(data: bytes, opening: Opening) -> Iterator[SourceSheet]:
    found = contents(data, opening)
    book = read_sheets(found, opening, mark="")
    fills = colours(book.careful) if book.careful else ()
    for sheet in book.sheets:
        cells = dict(_cells(sheet))
        if sheet.careful is None or book.careful is None:
            yield SourceSheet(sheet.name, cells)
            continue
        rows, columns, filled = hidden_on(book.careful, sheet.careful.part, fills)
        notes = notes_on(book.careful.package, sheet.careful.part)
        yield SourceSheet(
            name=sheet.name,
            cells=cells,
            visible=sheet.careful.visible,
            merged=sheet.careful.merged,
            hidden_rows=rows,
            hidden_columns=columns,
            fills=filled,
            notes=tuple((note.place, note.text) for note in notes if note.text.strip()),
        )


def _cells(sheet: SheetCells) -> Iterator[tuple[Place, SourceCell]]:
    looks = sheet.looks or {}
    for place in sorted(sheet.cells.keys() | looks.keys()):
        look = looks.get(place)
        value = _plain(sheet.cells.get(place))
        error = (look.error or ("a formula without a saved value" if value is None else "")) if look else ""
        if isinstance(value, str) and not clean_text(value, drop_zero_width=True).strip():
            continue  # blanks are nothing
        if value is not None or error:
            yield place, SourceCell(sheet.name, place, value, look.number_format if look else "", error)


def _plain(value: Raw) -> Value:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (a cell knows no zone)
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def _usual(value: Value) -> str:
    if not isinstance(value, datetime):
        return "General"
    return "dd/mm/yyyy" if value.time() == time() else "dd/mm/yyyy hh:mm"


# --- Text -------------------------------------------------------------------------------------------------------------


def _text_sheet(file: str, data: bytes, opening: Opening) -> SourceSheet:
    name = Path(file).stem
    rows = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=_delimiter(_decoded(data[:20_000])))
    cells: dict[Place, SourceCell] = {}
    for row, line in enumerate(rows):
        for column, text in enumerate(line):
            if clean_text(text, drop_zero_width=True).strip():
                cells[row, column] = SourceCell(name, (row, column), text, "@")
        if len(cells) > opening.cells:
            raise UnreadableFileError(UNSAFE, "")
    return SourceSheet(name, cells)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what Excel on Windows writes


def _delimiter(text: str) -> str:
    """The sign that parts the cells: the one by which most lines fall into the same number of several cells."""

    def evenness(sign: str) -> tuple[int, int]:
        counts = [len(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if any(line)]
        several = [count for count in counts if count > 1]
        return (max(map(several.count, several), default=0), max(several, default=0))

    return max(_DELIMITERS, key=evenness)
