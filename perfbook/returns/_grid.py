"""The cells of a workbook as two readers see them: calamine its values, the careful reading what they are.

Of .xlsx and .xlsm both read the sheets that bear a mark, and a cell of which they say different things is known. Of
other kinds calamine reads the values, and where their formulas and errors are is known as well.
"""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cached_property, lru_cache

import python_calamine

from perfbook.errors import UnreadableFileError
from perfbook.returns import layout
from perfbook.returns._by_value import walk
from perfbook.returns._formats import Contents
from perfbook.returns._looks import Look, Place, Raw
from perfbook.returns._ooxml import CarefulBook, CarefulSheet, SheetPart, open_book
from perfbook.returns._package import DAMAGED
from perfbook.returns._xml import NotXmlError
from perfbook.returns.opening import NOT_A_WORKBOOK, UNSAFE, Opening
from perfbook.workbook.lookalikes import latin
from perfbook.workbook.text import clean_text

__all__ = ["Keyed", "Look", "Place", "Raw", "ReadBook", "SheetCells", "address", "find", "read_sheets"]

# A reader that lays out the whole rectangle up to the last cell would ask for more memory than there is.
_MOST_LAID_OUT = 2_000_000


@dataclass(frozen=True)
class SheetCells:
    """One sheet: values by (row, column), both from 0; blank cells are not in it.

    `looks` is None where nothing but values is known. `disputed` holds the cells of which the two readings differ.
    `careful` is the careful reading, where there was one.
    """

    name: str
    cells: Mapping[Place, Raw]
    looks: Mapping[Place, Look] | None = None
    disputed: Mapping[Place, tuple[Raw, Raw]] = field(default_factory=dict)
    careful: CarefulSheet | None = None

    @cached_property
    def marks(self) -> Mapping[str, Place]:
        """The texts that begin as the marks of sheets do, each with where it stands first."""
        values = set(self.cells.values())
        marks = {value for value in values if isinstance(value, str) and value.startswith(layout.MARK)}
        found: dict[str, Place] = {}
        for place, value in self.cells.items() if marks else ():
            if value in marks and isinstance(value, str):
                found.setdefault(value, place)
        return found

    @cached_property
    def _by_mark(self) -> dict[str, Keyed]:
        return {}

    def keyed(self, mark: str) -> Keyed:
        """The sheet by the keys that cross at a mark, which stands on it."""
        if mark not in self._by_mark:
            self._by_mark[mark] = _keyed(self, self.marks[mark])
        return self._by_mark[mark]

    def value(self, place: Place) -> Raw:
        """The value of a cell, None for a blank one."""
        return self.cells.get(place)

    def look(self, place: Place) -> Look | None:
        """What is known of a cell's format, formula and error; None where nothing is."""
        return self.looks.get(place) if self.looks is not None else None


@dataclass(frozen=True)
class ReadBook:
    """The sheets of a workbook that can be those of a return.

    `inspected` says whether formulas and number formats were seen; `careful` is the book of the careful reading.
    """

    sheets: tuple[SheetCells, ...]
    inspected: bool
    careful: CarefulBook | None = None


@dataclass(frozen=True)
class Keyed:
    """A sheet whose cells are found by keys. `twice` lists row keys that stand again; `rows` knows the first of each.

    `corner` is where keys of rows and of columns cross; `columns_twice` are column keys that stand again further on.
    """

    sheet: SheetCells
    rows: Mapping[str, int]
    columns: Mapping[str, int]
    twice: tuple[tuple[str, int], ...] = field(default=())
    corner: Place = (0, 0)
    columns_twice: tuple[tuple[str, int], ...] = field(default=())

    @cached_property
    def inputs(self) -> tuple[tuple[str, int, str], ...]:
        """The columns of Measures that are filled, as far as they are there: key, column, and its letters."""
        there = [(key, self.columns[key]) for key in layout.INPUT_KEYS if key in self.columns]
        return tuple((key, column, address((0, column))[:-1]) for key, column in there)

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

    def doubles(self) -> tuple[Keyed, ...]:
        """The rows that stand again, as sheets of their own: the second ones, the third ones and so on."""
        layers: list[dict[str, int]] = []
        for key, row in self.twice:
            layer = next((layer for layer in layers if key not in layer), None)
            if layer is None:
                layers.append(layer := {})
            layer[key] = row
        return tuple(replace(self, rows=layer, twice=()) for layer in layers)

    def mended(self, known: Collection[str], known_columns: Collection[str]) -> tuple[Keyed, tuple[str, ...]]:
        """The same sheet with keys as they should be, where only capitals, spaces or look-alikes differ.

        The keys that were found changed come second. A key counts only where exactly one is meant.
        """
        rows, changed = _mended(self.rows, known)
        columns, changed_columns = _mended(self.columns, known_columns)
        return replace(self, rows=rows, columns=columns), (*changed, *changed_columns)


def address(place: Place) -> str:
    """The address of a cell as Excel writes it."""
    return f"{_letters(place[1])}{place[0] + 1}"


@lru_cache(maxsize=1024)
def _letters(column: int) -> str:
    letters, number = "", column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def read_sheets(contents: Contents, opening: Opening, mark: str = layout.MARK) -> ReadBook:
    """The sheets that bear a mark of a return, or all where that cannot be told. An empty mark stands on every sheet.

    Raises UnreadableFileError where neither reading is possible (R101), or a sheet reaches too far (R108).
    """
    return _both_readings(contents, opening, mark) if contents.kind == "xlsx" else _by_value(contents, opening)


def _both_readings(contents: Contents, opening: Opening, mark: str) -> ReadBook:
    assert contents.package is not None
    try:
        book = open_book(contents.package, opening)
        both = [(sheet, _carefully(book, sheet)) for sheet in book.sheets if book.may_bear(sheet, mark)]
    except NotXmlError:
        fast = _calamine(contents.data, opening, None)
        if fast is None:
            raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED) from None
        return ReadBook(tuple(SheetCells(name, cells) for name, cells in fast), inspected=False)
    parts, careful = [sheet for sheet, _ in both], [read for _, read in both]
    names = [sheet.name for sheet in book.sheets]
    # By name calamine finds the first; and it lays out every cell up to the last.
    unread = [sheet.name for sheet, read in zip(parts, careful, strict=True) if read is None]
    near = {
        sheet.name
        for sheet in careful
        if sheet and not sheet.large and sheet.extent <= _MOST_LAID_OUT and names.count(sheet.name) == 1
    }
    fast_by_name = dict(_calamine(contents.data, opening, near | set(unread)) or ())
    sheets: list[SheetCells] = []
    for part, read in zip(parts, careful, strict=True):
        values = fast_by_name.get(part.name)
        if read is not None:
            sheets.append(_compared(read, values))
        elif values is not None:
            sheets.append(SheetCells(part.name, values))
        else:
            raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED)
    return ReadBook(tuple(sheets), inspected=not unread, careful=book)


def _carefully(book: CarefulBook, sheet: SheetPart) -> CarefulSheet | None:
    try:
        return book.read(sheet)
    except NotXmlError:
        return None


def _compared(read: CarefulSheet, fast: Mapping[Place, Raw] | None) -> SheetCells:
    """The values of a sheet of which there are two readings: those that both see, and those that only one sees."""
    if fast is None:
        return SheetCells(read.name, read.cells, read.looks, read.twice, read)
    if read.cells == fast:  # as nearly always; no look into each
        return SheetCells(read.name, fast, read.looks, dict(read.twice), read)
    cells: dict[Place, Raw] = {}
    disputed: dict[Place, tuple[Raw, Raw]] = dict(read.twice)
    # The fast reading is in the order of the rows.
    for place in fast if read.cells.keys() <= fast.keys() else sorted(read.cells.keys() | fast.keys()):
        quick, slow = fast.get(place), read.cells.get(place)
        if isinstance(quick, float) and not math.isfinite(quick):
            quick = slow  # for the careful reading it is the text that stands there
        if slow is None and place in read.looks:
            continue  # an error, or a formula without a value
        cells[place] = slow if quick is None else quick
        if quick is not None and not _agree(quick, slow):
            disputed[place] = (quick, slow)
    return SheetCells(read.name, cells, read.looks, disputed, read)


def _agree(quick: Raw, slow: Raw) -> bool:
    if quick == slow or isinstance(quick, date | time | timedelta):  # datetime is a date
        return slow is not None
    if isinstance(quick, str) and isinstance(slow, str):
        return "".join(clean_text(quick).split()) == "".join(clean_text(slow).split())
    return False


def _by_value(contents: Contents, opening: Opening) -> ReadBook:
    try:
        walked = walk(contents)
    except NotXmlError as error:
        raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED) from error
    if any(sheet.extent > _MOST_LAID_OUT for sheet in walked.values()):
        reason = "A sheet has a cell far outside of a return. Save the return as Excel workbook (.xlsx)."
        raise UnreadableFileError(UNSAFE, reason)
    fast = _calamine(contents.data, opening, None)
    if fast is None:
        raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED)
    return ReadBook(
        tuple(SheetCells(name, cells, walked[name].looks if name in walked else None) for name, cells in fast),
        inspected=False,
    )


def find(sheets: tuple[SheetCells, ...], mark: str, expected: str) -> tuple[Keyed, ...]:
    """The sheets that bear a mark (somebody may have copied one), the one with the expected name first."""
    found: list[Keyed] = []
    for sheet in sheets:
        if mark in sheet.marks:
            found.append(sheet.keyed(mark))
    return tuple(sorted(found, key=lambda keyed: keyed.sheet.name != expected))


def _keyed(sheet: SheetCells, corner: Place) -> Keyed:
    rows: dict[str, int] = {}
    twice: list[tuple[str, int]] = []
    above, before = corner
    for row in sorted([row for row, column in sheet.cells if column == before and row != above]):
        key = str(sheet.cells[row, corner[1]]).strip()
        if key in rows:
            twice.append((key, row))
        elif key:
            rows[key] = row
    columns: dict[str, int] = {}
    columns_twice: list[tuple[str, int]] = []
    for column in sorted([column for row, column in sheet.cells if row == above and column != before]):
        key = str(sheet.cells[corner[0], column]).strip()
        if key in columns:
            columns_twice.append((key, column))
        columns.setdefault(key, column)
    return Keyed(sheet, rows, columns, tuple(twice), corner, tuple(columns_twice))


def _mended(found: Mapping[str, int], known: Collection[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    strangers: dict[str, list[str]] = {}
    for key in found:
        if key not in known:
            strangers.setdefault(bare_key(key), []).append(key)
    if not strangers:
        return dict(found), ()
    wanted: dict[str, list[str]] = {bare: [] for bare in strangers}
    for key in known:
        if key not in found and (bare := bare_key(key)) in wanted:
            wanted[bare].append(key)
    meant = {keys[0]: wanted[bare][0] for bare, keys in strangers.items() if len(keys) == len(wanted[bare]) == 1}
    return {meant.get(key, key): at for key, at in found.items()}, tuple(meant)


def bare_key(key: str) -> str:
    """A key without what is easily changed in it: capitals, blanks, letters that look alike."""
    return latin("".join(clean_text(key, drop_zero_width=True).split())).casefold()


def _calamine(data: bytes, opening: Opening, names: Iterable[str] | None) -> list[tuple[str, dict[Place, Raw]]] | None:
    """Values as calamine reads them, of all sheets or some; None where it cannot.

    Dates come as dates, error cells as blanks.
    """
    wanted = None if names is None else set(names)
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            metas = [meta for meta in book.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet]
            return [
                (meta.name, _filled(book.get_sheet_by_name(meta.name), opening.columns))
                for meta in metas
                if wanted is None or meta.name in wanted
            ]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # its panics are no Exceptions
        return None


def _filled(sheet: python_calamine.CalamineSheet, columns: int) -> dict[Place, Raw]:
    lines = sheet.to_python(skip_empty_area=False)
    return {
        (row, column): value
        for row, line in enumerate(lines)
        for column, value in enumerate(line if len(line) <= columns else line[:columns])
        if value != ""
    }
