"""The cells of a workbook as two libraries see them: calamine its values, openpyxl its formats, formulas, errors."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import openpyxl
import python_calamine
from openpyxl.utils import get_column_letter

from perfbook.errors import UnreadableFileError
from perfbook.returns import _package, layout
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook._numfmt_parse import DateSection, NumberSection, parse
from perfbook.workbook.text import clean_text

Raw = str | float | int | bool | datetime | date | time | timedelta | None
Place = tuple[int, int]


@dataclass(frozen=True)
class Look:
    """What openpyxl sees of a cell beyond its value."""

    number_format: str
    formula: str = ""
    error: str = ""

    def percent(self, value: float) -> tuple[bool, bool]:
        """Whether the format shows a % for a number, and whether it shows a hundredfold of what is stored."""
        section = self._section(value)
        if not isinstance(section, NumberSection):
            return False, False
        return "%" in section.before + section.after, section.scale == 2

    def is_date(self, value: float) -> bool:
        """Whether the format shows a number as a date or a time."""
        return isinstance(self._section(value), DateSection)

    def _section(self, value: float) -> object:
        try:
            number = as_decimal15(value)
        except ValueError:
            return None
        parsed = parse(self.number_format)
        return parsed.choose(number)[0] if parsed else None


class Inspector:
    """A workbook as openpyxl sees it. The values that its formulas carry are loaded only if they are asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._book = _openpyxl(data)

    @property
    def worked(self) -> bool:
        """Whether openpyxl could open the file."""
        return self._book is not None

    @cached_property
    def _values(self) -> Any:
        return _openpyxl(self._data, data_only=True)

    def look(self, sheet: str, place: Place) -> Look | None:
        """The format, formula and error of a cell; None where the file could not be inspected."""
        if self._book is None or sheet not in self._book.sheetnames:
            return None
        cell = self._book[sheet].cell(place[0] + 1, place[1] + 1)
        formula = str(getattr(cell.value, "text", cell.value)) if cell.data_type == "f" else ""
        # What a formula ended in stands in its stored value.
        result = self._values[sheet].cell(place[0] + 1, place[1] + 1) if formula and self._values else cell
        return Look(str(cell.number_format), formula, str(result.value) if result.data_type == "e" else "")


@dataclass(frozen=True)
class SheetCells:
    """One sheet: values by (row, column), both from 0; blank cells are not in it."""

    name: str
    cells: Mapping[Place, Raw]
    inspector: Inspector | None = None

    def value(self, place: Place) -> Raw:
        """The value of a cell, None for a blank one."""
        return self.cells.get(place)

    def look(self, place: Place) -> Look | None:
        """What is known of a cell's format, formula and error; None where the file could not be inspected."""
        return self.inspector.look(self.name, place) if self.inspector else None


@dataclass(frozen=True)
class Keyed:
    """A sheet whose cells are found by keys. `twice` lists row keys that stand in several rows; the first counts."""

    sheet: SheetCells
    rows: Mapping[str, int]
    columns: Mapping[str, int]
    twice: tuple[tuple[str, int], ...] = field(default=())

    def place(self, row: str, column: str) -> Place | None:
        """Where a cell is; None where its row or column is gone."""
        if row not in self.rows or column not in self.columns:
            return None
        return self.rows[row], self.columns[column]

    def value(self, row: str, column: str) -> Raw:
        """The value of a cell, None where it or its place is missing."""
        place = self.place(row, column)
        return self.sheet.value(place) if place else None

    def text(self, row: str, column: str) -> str:
        """The text of a cell, empty where it or its place is missing."""
        value = self.value(row, column)
        return "" if value is None else str(value).strip()

    def mended(self, known: Iterable[str], known_columns: Iterable[str]) -> tuple[Keyed, tuple[str, ...]]:
        """The same sheet with keys as they should be, where only capitals, spaces or unseen characters differ.

        The keys that were found changed come second. A key counts only where exactly one is meant.
        """
        rows, changed = _mended(self.rows, known)
        columns, changed_columns = _mended(self.columns, known_columns)
        return replace(self, rows=rows, columns=columns), (*changed, *changed_columns)


def address(place: Place) -> str:
    """The address of a cell as Excel writes it."""
    return f"{get_column_letter(place[1] + 1)}{place[0] + 1}"


def read_sheets(data: bytes, *, inspect: bool) -> tuple[tuple[SheetCells, ...], bool]:
    """All sheets, and whether openpyxl could open the file (always False without `inspect`).

    Raises UnreadableFileError where neither library can read it.
    """
    _package.check_package(data)
    inspector = Inspector(data) if inspect else None
    values = None if _package.far_cells(data) else _calamine(data)
    if values is None:
        stored = _openpyxl(data, data_only=True)
        if stored is None:
            reason = "The workbook is damaged. Open it in Excel, save it under another name and send that file."
            raise UnreadableFileError(_package.NOT_A_WORKBOOK, reason)
        values = [(sheet.title, dict(_cells_of(sheet))) for sheet in stored.worksheets]
    return tuple(
        SheetCells(name, cells, inspector) for name, cells in values
    ), inspector is not None and inspector.worked


def find(sheets: tuple[SheetCells, ...], mark: str, expected: str) -> tuple[Keyed, ...]:
    """The sheets that bear a mark (somebody may have copied one), the one with the expected name first."""
    found: list[Keyed] = []
    for sheet in sheets:
        corner = next((place for place, value in sheet.cells.items() if value == mark), None)
        if corner:
            found.append(_keyed(sheet, corner))
    return tuple(sorted(found, key=lambda keyed: keyed.sheet.name != expected))


def _keyed(sheet: SheetCells, corner: Place) -> Keyed:
    rows: dict[str, int] = {}
    twice: list[tuple[str, int]] = []
    for (row, column), value in sorted(sheet.cells.items(), key=lambda item: item[0]):
        if column == corner[1] and row != corner[0] and str(value).strip():
            key = str(value).strip()
            if key in rows:
                twice.append((key, row))
            rows.setdefault(key, row)
    columns: dict[str, int] = {}
    for (row, column), value in sorted(sheet.cells.items(), key=lambda item: item[0]):
        if row == corner[0] and column != corner[1]:
            columns.setdefault(str(value).strip(), column)
    return Keyed(sheet, rows, columns, tuple(twice))


def _mended(found: Mapping[str, int], known: Iterable[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    wanted: dict[str, list[str]] = {}
    for key in known:
        if key not in found:
            wanted.setdefault(_bare(key), []).append(key)
    strangers: dict[str, list[str]] = {}
    for key in found:
        if wanted.get(_bare(key)):
            strangers.setdefault(_bare(key), []).append(key)
    meant = {keys[0]: wanted[bare][0] for bare, keys in strangers.items() if len(keys) == len(wanted[bare]) == 1}
    return {meant.get(key, key): at for key, at in found.items()}, tuple(meant)


def _bare(key: str) -> str:
    return "".join(clean_text(key, drop_zero_width=True).split()).casefold()


def _calamine(data: bytes) -> list[tuple[str, dict[Place, Raw]]] | None:
    """Values as calamine reads them; None where it cannot. Dates come as dates, error cells as blanks."""
    found: list[tuple[str, dict[Place, Raw]]] = []
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False, nrows=layout.MOST_ROWS)
                cells: dict[Place, Raw] = {}
                for row, line in enumerate(rows):
                    for column, value in enumerate(line[: layout.MOST_COLUMNS]):
                        if value != "":
                            cells[row, column] = value
                found.append((meta.name, cells))
    except (KeyboardInterrupt, SystemExit):
        raise
    except python_calamine.PasswordError as error:
        reason = "The file is protected by a password. Save it without one (File, Info, Protect Workbook)."
        raise UnreadableFileError(_package.ENCRYPTED, reason) from error
    except BaseException:  # its panics are no Exceptions
        return None
    return found


def _openpyxl(data: bytes, *, data_only: bool = False) -> Any:
    """The workbook as openpyxl reads it; None where it cannot, which it says with many kinds of exception."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=data_only, keep_links=False)
    except Exception:
        return None
    # It reads Strict Open XML as a workbook without sheets.
    return book if book.worksheets else None


def _cells_of(sheet: Any) -> Iterator[tuple[Place, Raw]]:
    for (row, column), cell in sheet._cells.items():
        if column <= layout.MOST_COLUMNS and cell.value is not None and cell.value != "" and cell.data_type != "e":
            yield (row - 1, column - 1), cell.value
