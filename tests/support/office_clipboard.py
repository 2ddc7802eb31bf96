"""What the bridge to LibreOffice does with its clipboard and its fill handle, as a person does in the window.

LibreOffice's own commands are run on what is selected, so values, formats, limits and whether a cell is locked travel
as they do by hand. Without a screen the clipboard is LibreOffice's own. Runs beside `office_bridge.py`, under the same
Python.
"""

from __future__ import annotations

from typing import Any

import uno


class RefusedError(Exception):
    """What LibreOffice refuses in a message box that nobody sees here; the text says why."""


class Clipboard:
    """Operations on the books of a bridge."""

    def book(self, handle: int) -> Any:
        raise NotImplementedError

    def range(self, handle: int, sheet: str, address: str) -> Any:
        raise NotImplementedError

    def paste(
        self, book: int, sheet: str, address: str, source: int, source_sheet: str, source_address: str, cut: bool
    ) -> None:
        """Copy or cut a range of the book `source`, and paste it with its first cell at `address`."""
        taken = self.range(source, source_sheet, source_address)
        landing = self._landing(self.range(book, sheet, address), taken)
        for cells in (taken, landing) if cut else (landing,):
            self._demand_unlocked(cells)
        self._on(source, taken, "Cut" if cut else "Copy")
        self._on(book, landing.getCellByPosition(0, 0), "Paste")

    def fill_handle(self, book: int, sheet: str, source: str, end: str) -> None:
        """Drag the fill handle of `source` to the cell `end`."""
        cells, last = self.range(book, sheet, source), self.range(book, sheet, end)
        self._demand_unlocked(last)
        self._on(book, cells, "AutoFill", EndCell=last.AbsoluteName.rpartition(".")[2])

    def _on(self, book: int, cells: Any, command: str, **values: object) -> None:
        """Run a command of the window on what is selected in it."""
        controller = self.book(book).CurrentController
        controller.setActiveSheet(cells.Spreadsheet)
        controller.select(cells)
        address = uno.createUnoStruct("com.sun.star.util.URL")
        address.Protocol, address.Path = ".uno:", command
        address.Complete = address.Main = f".uno:{command}"
        arguments = []
        for name, value in values.items():
            item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            item.Name, item.Value = name, value
            arguments.append(item)
        controller.Frame.queryDispatch(address, "", 0).dispatch(address, tuple(arguments))

    def _landing(self, at: Any, taken: Any) -> Any:
        """Where a range will lie whose first cell comes to `at`."""
        start = at.RangeAddress
        right = start.StartColumn + taken.Columns.Count - 1
        bottom = start.StartRow + taken.Rows.Count - 1
        return at.Spreadsheet.getCellRangeByPosition(start.StartColumn, start.StartRow, right, bottom)

    def _demand_unlocked(self, cells: Any) -> None:
        # A range of both kinds has no single answer.
        locked = cells.CellProtection is None or cells.CellProtection.IsLocked
        if locked and cells.Spreadsheet.isProtected():
            raise RefusedError(f"{cells.AbsoluteName.replace('$', '')} has locked cells on a protected sheet.")
