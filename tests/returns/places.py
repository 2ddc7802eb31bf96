"""Where the cells of a return are, for tests that fill them; found with openpyxl, apart from the reader."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.utils import get_column_letter

from perfbook.returns import layout


class Places:
    """Addresses of a return as issued."""

    def __init__(self, data: bytes) -> None:
        book = openpyxl.load_workbook(io.BytesIO(data))
        measures, start = book[layout.MEASURES], book[layout.START]
        self._rows = {str(cell.value): cell.row for cell in measures["A"] if cell.value}
        self._columns = {str(cell.value): cell.column for cell in measures[1] if cell.value}
        self._fields = {str(cell.value): cell.row for cell in start["A"] if cell.value}

    def measure(self, key: str, column: str) -> str:
        """The address of a measure's cell on Measures."""
        return f"{get_column_letter(self._columns[column])}{self._rows[key]}"

    def column(self, column: str) -> str:
        """The letter of a column of Measures."""
        return get_column_letter(self._columns[column])

    def row(self, key: str) -> int:
        """The row of a measure."""
        return int(self._rows[key])

    def start(self, field: str) -> str:
        """The address of a field of the sign-off on Start."""
        return f"C{self._fields[field]}"
