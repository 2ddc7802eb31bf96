"""Reading the sheets of a workbook that officers edit: tables found by their headers, mistakes collected.

The only place of the framework room that opens a workbook. Formulas give the values that were saved with them.
"""

from __future__ import annotations

import difflib
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perfbook.errors import FrameworkError, PerfbookError, PeriodError, Problem, UsageError
from perfbook.framework.layout import Column, Layout
from perfbook.framework.periods import Period, parse
from perfbook.framework.sheets import LAYOUTS, name_of
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import clean_text

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_STRICT = b"purl.oclc.org/ooxml"
# Headers are looked for in so many rows; a sheet ends after so many empty ones, however far it claims to reach.
_HEADER_ROWS, _GAP = 25, 1000
_LAST_COLUMN = 500


@dataclass(frozen=True)
class Cell:
    """One cell as the reader sees it. `broken`: it has been reported already, and nothing is known of its value."""

    sheet: str
    address: str
    value: object = None
    number_format: str = "General"
    broken: bool = False

    @property
    def text(self) -> str:
        """What the cell shows, without what surrounds it."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, str):
            return clean_text(value, drop_zero_width=True).strip()
        if isinstance(value, bool | int | float | datetime | date):
            return display(value, self.number_format).strip()
        return str(value)

    @property
    def words(self) -> str:
        """The text with single spaces: names, keys and choices never need more."""
        return " ".join(self.text.split())

    @property
    def blank(self) -> bool:
        """Whether nothing was typed; a broken cell is not blank."""
        return not self.broken and not self.text


@dataclass(frozen=True)
class Row:
    """One row of a table: its number on the sheet, its cells by field, and its period cells."""

    number: int
    cells: Mapping[str, Cell]
    periods: Mapping[Period, Cell] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Cell:
        return self.cells[name]


@dataclass(frozen=True)
class Table:
    """One sheet as read: its rows that hold anything, in order."""

    layout: Layout
    sheet: str
    rows: tuple[Row, ...]


class Problems:
    """Collects mistakes and puts them in the order of the sheets, then of rows and columns."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[int, int, int], Problem]] = []
        self._order: dict[str, int] = {layout.name: place for place, layout in enumerate(LAYOUTS)}

    def rename(self, layout: Layout, sheet: str) -> None:
        """Remembers what a sheet is called in this workbook."""
        self._order[sheet] = self._order[layout.name]

    def add(self, cell: Cell, found: str, remedy: str) -> None:
        """A mistake in a cell."""
        self.add_at(cell.sheet, cell.address, found, remedy)

    def add_at(self, sheet: str, address: str, found: str, remedy: str) -> None:
        """A mistake at an address, or of a whole sheet (address "")."""
        letters = address.rstrip("0123456789")
        row = int(address[len(letters) :] or 0)
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        self._found.append(((self._order.get(sheet, 99), row, column), Problem(sheet, address, found, remedy)))

    def about(self, layout: Layout) -> bool:
        """Whether anything has been said about a sheet."""
        return any(order[0] == self._order[layout.name] for order, _ in self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def sorted(self) -> tuple[Problem, ...]:
        """All mistakes, in sheet order; the order of finding decides within a cell."""
        return tuple(problem for _, problem in sorted(self._found, key=lambda entry: entry[0]))


def suggestion(word: str, options: Iterable[str]) -> str:
    """` Did you mean 'x'?` where one of the options is near, else nothing."""
    known = {option.casefold(): option for option in options}
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return f" Did you mean {known[near[0]]!r}?" if near else ""


class SourceBook:
    """A workbook opened for reading: tables of the layouts, with their mistakes put into `problems`."""

    def __init__(self, path: Path, problems: Problems, year_start: int) -> None:
        self.file = path.name
        self._problems = problems
        self._year_start = year_start
        self._data = _bytes_of(path)
        self._formulas = _open(self._data, self.file, values=False)
        self._values: Workbook | None = None
        self._sheets = {name_of(sheet.title): sheet for sheet in reversed(self._formulas.worksheets)}

    def table(self, layout: Layout) -> Table:
        """The rows of a sheet. A sheet or column that is missing is a mistake, and so is a header that stands twice."""
        sheet = self._sheets.get(name_of(layout.name))
        if sheet is None:
            if layout.needed:
                near = suggestion(layout.name, (found.title for found in self._formulas.worksheets))
                self._problems.add_at(
                    layout.name,
                    "",
                    "There is no sheet with this name." + near.replace("Did you mean", "Is it the sheet"),
                    f"Name the sheet {layout.name!r}, or copy it from a new framework workbook.",
                )
            return Table(layout, layout.name, ())
        self._problems.rename(layout, sheet.title)
        header = self._header_row(sheet, layout)
        if header is None:
            headers = ", ".join(column.header for column in layout.columns)
            self._problems.add_at(
                sheet.title, "", "The row with the column headers was not found.", f"Write a row with: {headers}."
            )
            return Table(layout, sheet.title, ())
        columns, periods = self._columns(sheet, layout, header)
        rows = tuple(self._rows(sheet, layout, header, columns, periods))
        return Table(layout, sheet.title, rows)

    def _header_row(self, sheet: Worksheet, layout: Layout) -> int | None:
        wanted = {name_of(column.header) for column in layout.columns}
        best, best_count = None, 1
        for row in range(1, min(sheet.max_row, _HEADER_ROWS) + 1):
            found = {name_of(str(cell.value)) for cell in self._row(sheet, row) if isinstance(cell.value, str)}
            if len(found & wanted) > best_count:
                best, best_count = row, len(found & wanted)
        return best

    def _row(self, sheet: Worksheet, number: int) -> Iterator[SheetCell]:
        last = min(sheet.max_column, _LAST_COLUMN)
        for cell in next(sheet.iter_rows(number, number, 1, last)):
            if isinstance(cell, SheetCell):  # the rest of a merged range has no value of its own
                yield cell

    def _columns(self, sheet: Worksheet, layout: Layout, header: int) -> tuple[dict[str, int], dict[Period, int]]:
        by_name = {name_of(column.header): column for column in layout.columns}
        columns: dict[str, int] = {}
        periods: dict[Period, int] = {}
        others: list[str] = []
        for raw in self._row(sheet, header):
            cell = self._cell(sheet, raw)
            if cell.blank or cell.broken:
                continue
            column = by_name.get(name_of(cell.words))
            if column is not None:
                if column.field in columns:
                    self._problems.add(
                        cell, f"There are two columns {column.header!r}.", "Remove or rename one of them."
                    )
                columns.setdefault(column.field, raw.column)
            elif layout.by_period:
                self._period_column(cell, raw.column, periods)
            else:
                others.append(cell.words)
        for column in layout.columns:
            if column.field not in columns and column.is_needed:
                self._problems.add_at(
                    sheet.title,
                    f"A{header}",
                    f"There is no column {column.header!r}.{suggestion(column.header, others)}",
                    f"Head a column with {column.header!r}; its place does not matter.",
                )
        return columns, periods

    def _period_column(self, cell: Cell, column: int, periods: dict[Period, int]) -> None:
        try:
            period = period_of(cell, self._year_start)
        except PeriodError as error:
            # A column without any digit in its header is an officer's own and none of our business.
            if any(character.isdigit() for character in cell.words):
                self._problems.add(cell, str(error), "Figures of this column cannot be placed.")
            return
        if period in periods:
            self._problems.add(cell, f"There are two columns for {period}.", "Put their figures into one of them.")
        periods.setdefault(period, column)

    def _rows(
        self, sheet: Worksheet, layout: Layout, header: int, columns: Mapping[str, int], periods: Mapping[Period, int]
    ) -> Iterator[Row]:
        typed = {name: number for name, number in columns.items() if layout.column(name).is_read}
        last = max([*typed.values(), *periods.values()], default=1)
        gap = 0
        for cells in sheet.iter_rows(header + 1, sheet.max_row, 1, last):
            at = {cell.column: cell for cell in cells if isinstance(cell, SheetCell) and cell.value is not None}
            used = {
                name: self._cell(sheet, at[number])
                if number in at
                else Cell(sheet.title, f"{get_column_letter(number)}{cells[0].row}")
                for name, number in typed.items()
            }
            figures = {period: self._cell(sheet, at[number]) for period, number in periods.items() if number in at}
            figures = {period: cell for period, cell in figures.items() if not cell.blank}
            if figures or any(not cell.blank for cell in used.values()):
                gap = 0
                for column in layout.columns:
                    if column.field not in used:
                        used[column.field] = Cell(sheet.title, "", broken=column.is_needed)
                yield Row(cells[0].row or 0, used, figures)
            else:
                gap += 1
                if gap > _GAP:
                    return

    def _cell(self, sheet: Worksheet, raw: SheetCell) -> Cell:
        address = raw.coordinate
        value: object = raw.value
        shell = Cell(sheet.title, address, None, raw.number_format or "General")
        if raw.data_type == "f":
            value = self._value(sheet.title, address)
            if value is None:
                self._problems.add(
                    shell,
                    "The formula has no saved value.",
                    "Open the workbook in Excel, save it, and try again; or type the value.",
                )
                return Cell(sheet.title, address, broken=True)
        if raw.data_type == "e" or (raw.data_type == "f" and isinstance(value, str) and value.startswith("#")):
            self._problems.add(shell, f"The cell shows the error {value}.", "Correct it, or type the value.")
            return Cell(sheet.title, address, broken=True)
        return Cell(sheet.title, address, value, shell.number_format)

    def _value(self, sheet: str, address: str) -> object:
        # Only a book with formulas where values belong is opened a second time.
        if self._values is None:
            self._values = _open(self._data, self.file, values=True)
        return self._values[sheet][address].value


def period_of(cell: Cell, year_start: int) -> Period:
    """The period that a cell names; a date (which Excel makes of `Sep 2020`) is its month. Raises PeriodError."""
    if isinstance(cell.value, datetime | date):
        return parse(f"{cell.value:%B %Y}", year_start)
    return parse(cell.words, year_start)


def number_in(cell: Cell) -> Decimal | None:
    """The number of a cell that holds a number (not text that looks like one, not a date)."""
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
        return None
    try:
        return as_decimal15(cell.value)
    except ValueError:
        return None


def required(problems: Problems, layout: Layout, rows: Sequence[Row]) -> None:
    """Reports the blank cells of required columns; keys are for the caller, who can propose one."""
    needed: list[Column] = [column for column in layout.columns if column.required and column.field != "key"]
    for row in rows:
        for column in needed:
            if row[column.field].blank:
                problems.add(row[column.field], f"{column.header} is blank.", column.help)


def _bytes_of(path: Path) -> bytes:
    if path.is_dir() or not path.exists():
        raise UsageError(f"There is no framework workbook {path}. Check the path, or make one with `perfbook init`.")
    try:
        return path.read_bytes()
    except PermissionError as error:
        raise UsageError(
            f"{path} cannot be opened: another program holds it, or you may not read it. Close it."
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}. Check the drive, then try again."
        ) from error


def _open(data: bytes, name: str, *, values: bool) -> Workbook:
    again = "Open it in Excel and save it as an Excel workbook (.xlsx), then try again."
    if data.startswith(_OLE):
        raise FrameworkError(
            name,
            [Problem(name, "", "It has a password, or is an old Excel file (.xls).", f"Remove the password. {again}")],
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            strict = _STRICT in package.read("xl/workbook.xml")
        if strict:
            raise FrameworkError(name, [Problem(name, "", "It is a Strict Open XML workbook.", again)])
        with warnings.catch_warnings():
            # What openpyxl does not know (extensions, other people's styles) does not matter for reading values.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=values)
    except PerfbookError:
        raise
    except Exception as error:  # openpyxl raises a dozen kinds on broken files
        found = f"It cannot be read as an Excel workbook ({type(error).__name__})."
        raise FrameworkError(name, [Problem(name, "", found, f"It may be damaged. {again}")]) from error
