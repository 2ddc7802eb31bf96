"""XlsxWriter's worksheet with a shorter way for what most cells are: the same bytes in a third of the time.

XlsxWriter looks at each cell on its own, several calls deep. Here a row of plain values is put in its place at once,
and texts, numbers, blank cells and formulas are written a row at a time; other kinds of cells go XlsxWriter's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import CellBlankTuple, CellFormulaTuple, CellNumberTuple, CellStringTuple, Worksheet

__all__ = ["Fifteen", "QuickWorksheet", "ValueText"]

_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_SPAN = 16  # rows that share what a file says of their first and last column


class Fifteen(float):
    """A number written with 15 significant digits; XlsxWriter would write 16, or all 17 for a formula's value."""

    def __format__(self, spec: str) -> str:
        # As a plain float: '%.15g' of 0.1 + 0.2 is 0.3, and the nearest double of that is what Excel holds.
        return f"{float(self):.15G}" if spec in {"", ".16G", ".16g"} else format(float(self), spec)

    def __str__(self) -> str:
        return f"{self}"


class ValueText(str):
    """A formula's text, which XlsxWriter marks as text (t="str") even if it is empty or spells an error (`#REF!`)."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return False if other == "" or other in _ERRORS else str.__eq__(self, other)

    def __hash__(self) -> int:
        return str.__hash__(self)


class QuickWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet in memory; rows and columns count from 0."""

    def __init__(self) -> None:
        super().__init__()
        self._sparks: dict[frozenset[tuple[str, str]], dict[str, Any]] = {}

    def write_plain(self, row: int, col: int, values: Sequence[str | Fifteen | None], styles: Iterable[Any]) -> int:
        """Texts and numbers side by side, None for a blank cell, with a style (or None) each. -1: beyond the sheet.

        Texts are of a length that a cell takes, which is for the caller to see to.
        """
        last = col + len(values) - 1
        if last < col:
            return 0
        if self._check_dimensions(row, col) or self._check_dimensions(row, last):
            return -1
        cells, index = self.table[row], self.str_table._get_shared_string_index
        for place, value, style in zip(range(col, last + 1), values, styles, strict=False):
            if value is None:
                if style is not None:
                    cells[place] = CellBlankTuple(style)
            elif value.__class__ is Fifteen:
                cells[place] = CellNumberTuple(value, style)
            else:
                cells[place] = CellStringTuple(index(value), style)
        return 0

    # XlsxWriter looks twice in each formula for functions of later versions, which ours never have
    # (`writer._check_formula`): that is a fifth of the time that a return takes to write.

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """The formula as a file holds it; those of arrays go XlsxWriter's way."""
        if formula.startswith("{"):
            prepared: str = super()._prepare_formula(formula, expand_future_functions)
            return prepared
        return formula.removeprefix("=")

    def _write_formula(self, row: int, col: int, formula: str, cell_format: Any = None, value: Any = 0) -> int:
        """As XlsxWriter, but for that look."""
        if formula.startswith("{") or not formula:
            result: int = super()._write_formula(row, col, formula, cell_format, value)
            return result
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(self._prepare_formula(formula), cell_format, value)
        return 0

    def add_sparkline(self, row: int, col: int, options: dict[str, Any]) -> int:
        """As XlsxWriter, which makes the colours of all its styles anew for each of them."""
        look = frozenset((name, repr(value)) for name, value in options.items() if name != "range")
        if "location" in options or not isinstance(options.get("range"), str) or look not in self._sparks:
            result: int = super().add_sparkline(row, col, options)
            if result == 0:
                self._sparks[look] = self.sparklines[-1]
            return result
        if self._check_dimensions(row, col, True, True):
            return -1
        source = options["range"].replace("$", "").lstrip("=")
        place = {"locations": [xl_rowcol_to_cell(row, col)], "ranges": [self._whole(source)]}
        self.sparklines.append({**self._sparks[look], **place})
        return 0

    def _whole(self, source: str) -> str:
        """A range with its sheet."""
        return source if "!" in source else f"{quote_sheetname(self.name)}!{source}"

    # -- XlsxWriter's own, by a shorter way --------------------------------------------------------------------------

    def _calculate_spans(self) -> None:
        ends: dict[int, list[int]] = {}
        for held in (self.table, self.comments):
            for row, cells in held.items():
                if cells and self.dim_rowmin <= row <= self.dim_rowmax:
                    ends.setdefault(row // _SPAN, []).extend((min(cells), max(cells)))
        self.row_spans = {span: f"{min(found) + 1}:{max(found) + 1}" for span, found in ends.items()}

    def _write_rows(self) -> None:
        self._calculate_spans()
        # Numbers of styles by the identity of the format, which the workbook keeps.
        looks: dict[int, str] = {}
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells = self.table.get(row)
            info = self.row_info.get(row)
            span = self.row_spans.get(row // _SPAN)
            if cells:
                self._write_row(row, span, info)
                self._write_cells(row, cells, info.row_format if info else None, looks)
                self._xml_end_tag("row")
            elif info is not None or row in self.comments:
                self._write_empty_row(row, span, info)

    def _write_cells(self, row: int, cells: dict[int, Any], row_format: Any, looks: dict[int, str]) -> None:
        """The cells of one row."""
        pieces: list[str] = []
        number = str(row + 1)
        for column in sorted(cells):
            cell = cells[column]
            kind = cell.__class__
            style = cell.format or row_format or self._format_of_column(column)
            look = "" if style is None else looks.get(id(style)) or _look(style, looks)
            place = f'<c r="{_letters(column)}{number}"{look}'
            if kind is CellStringTuple:
                pieces.append(f'{place} t="s"><v>{cell.string}</v></c>')
            elif kind is CellNumberTuple:
                pieces.append(f"{place}><v>{cell.number:.16G}</v></c>")
            elif kind is CellBlankTuple:
                pieces.append(f"{place}/>")
            elif kind is CellFormulaTuple and cell.value.__class__ in (Fifteen, ValueText):
                sort = ' t="str"' if cell.value.__class__ is ValueText else ""
                formula, value = self._escape_data(cell.formula), self._escape_data(cell.value)
                pieces.append(f"{place}{sort}><f>{formula}</f><v>{value}</v></c>")
            else:
                self.fh.write("".join(pieces))
                pieces.clear()
                self._write_cell(row, column, cell)
        self.fh.write("".join(pieces))

    def _format_of_column(self, column: int) -> Any:
        info = self.col_info.get(column)
        return info.column_format if info else None


def _look(style: Any, looks: dict[int, str]) -> str:
    looks[id(style)] = found = f' s="{style._get_xf_index()}"'
    return found


@lru_cache(maxsize=1024)
def _letters(column: int) -> str:
    return str(xl_col_to_name(column))
