"""What the bridge to LibreOffice does for `xlwings_office`: ranges, names and tables by place, as Excel has them.

A place is [sheet, row, column, rows, columns], rows and columns from 0. Runs beside `office_bridge.py`, under the same
Python.
"""

from __future__ import annotations

from typing import Any

import uno

TEXT, DATE = 256, 2  # com.sun.star.util.NumberFormat
CONTENTS = 1 | 2 | 4 | 16  # numbers, dates, texts and formulas, of com.sun.star.sheet.CellFlags
POINT = 2540 / 72  # hundredths of a millimetre

# Asked cell by cell from outside, LibreOffice spends far more time on talking than on the answers.
READER_LIBRARY = "PerfbookReader"
READER = """Function Shown(ByVal cells, ByVal places, ByVal width) As Variant
    Dim texts() As String
    Dim i As Long
    ReDim texts(UBound(places))
    For i = 0 To UBound(places)
        texts(i) = cells.getCellByPosition(places(i) Mod width, places(i) \\ width).String
    Next i
    Shown = texts
End Function

Function Errors(ByVal cells, ByVal places, ByVal width) As Variant
    Dim codes() As Long
    Dim i As Long
    ReDim codes(UBound(places))
    For i = 0 To UBound(places)
        codes(i) = cells.getCellByPosition(places(i) Mod width, places(i) \\ width).getError()
    Next i
    Errors = codes
End Function
"""


class Ranges:
    """Operations on the books of a bridge."""

    def __init__(self) -> None:
        self.reader: dict[str, Any] = {}
        self.parts: dict[int, dict[str, Any]] = {}  # of each book
        self.kinds: dict[int, dict[int, int]] = {}  # of each book's number formats

    def start_reader(self, services: Any, context: Any) -> None:
        """Put READER into LibreOffice's own profile."""
        libraries = services.createInstanceWithContext("com.sun.star.script.ApplicationScriptLibraryContainer", context)
        libraries.createLibrary(READER_LIBRARY).insertByName("Reader", READER)
        factory = "com.sun.star.script.provider.MasterScriptProviderFactory"
        scripts = services.createInstanceWithContext(factory, context).createScriptProvider("")
        address = f"vnd.sun.star.script:{READER_LIBRARY}.Reader.{{}}?language=Basic&location=application"
        self.reader = {name: scripts.getScript(address.format(name)) for name in ("Shown", "Errors")}

    def shown(self, cells: Any, places: list[int], width: int) -> dict[int, str]:
        """What is displayed in the cells of a range at these places, counted row by row from 0."""
        return self._read("Shown", cells, places, width)

    def errors(self, cells: Any, places: list[int], width: int) -> dict[int, int]:
        """The same for the codes of errors, 0 for none."""
        return self._read("Errors", cells, places, width)

    def _read(self, function: str, cells: Any, places: list[int], width: int) -> dict[int, Any]:
        if not places:
            return {}
        return dict(zip(places, self.reader[function].invoke((cells, tuple(places), width), (), ())[0]))

    def book(self, handle: int) -> Any:
        raise NotImplementedError

    def part(self, book: int, name: str) -> Any:
        """A collection of a book, as `Sheets`; asked for once, as each object that is new here costs many questions."""
        known = self.parts.setdefault(book, {})
        if name not in known:
            known[name] = getattr(self.book(book), name)
        return known[name]

    def _sheet(self, book: int, name: str) -> Any:
        return self.part(book, "Sheets").getByName(name)

    def _cells(self, book: int, place: list[Any]) -> Any:
        sheet, row, column, rows, columns = place
        return self._sheet(book, sheet).getCellRangeByPosition(column, row, column + columns - 1, row + rows - 1)

    def _kind(self, book: int, key: Any) -> int:
        if key is None:
            return 0
        kinds = self.kinds.setdefault(book, {})
        if key not in kinds:
            kinds[key] = int(self.part(book, "NumberFormats").getByKey(key).Type)
        return int(kinds[key])

    def _column_formats(self, cells: Any, place: list[Any]) -> list[Any]:
        """The number format of each column, None where there are several."""
        return [cells.getCellRangeByPosition(c, 0, c, place[3] - 1).NumberFormat for c in range(place[4])]

    # -- contents -----------------------------------------------------------------------------------------------------

    def range_read(self, book: int, place: list[Any]) -> dict[str, Any]:
        """Values, formulas (a constant is its own, as Excel has it) and the columns that show numbers as dates."""
        cells = self._cells(book, place)
        values = cells.getDataArray()
        formulas = []
        for shown, row in zip(values, cells.getFormulaArray()):
            formulas.append([f if f.startswith("=") and f != v else _constant(v) for v, f in zip(shown, row)])
        dates = [c for c, key in enumerate(self._column_formats(cells, place)) if self._kind(book, key) & DATE]
        return {"values": values, "formulas": formulas, "dates": dates}

    def everything(self, book: int) -> dict[str, list[Any]]:
        """Values and formulas of every sheet, from A1 to the last cell in use."""
        found = {}
        sheets = self.part(book, "Sheets")
        for sheet in (sheets.getByIndex(number) for number in range(sheets.Count)):
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            last = cursor.RangeAddress
            cells = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)
            found[sheet.Name] = [cells.getDataArray(), cells.getFormulaArray()]
        return found

    def range_write(self, book: int, place: list[Any], rows: list[list[Any]]) -> None:
        """Write values as Excel does: in cells that are not of the format @, a text is understood as if it was typed;
        a first apostrophe makes a text and is no part of it."""
        cells = self._cells(book, place)
        keys = self._column_formats(cells, place)
        typed = []
        data = []
        for r, row in enumerate(rows):
            line = []
            for c, value in enumerate(row):
                if isinstance(value, str) and value.startswith("'"):
                    value = value[1:]
                elif isinstance(value, str) and value:
                    key = keys[c] if keys[c] is not None else cells.getCellByPosition(c, r).NumberFormat
                    if not self._kind(book, key) & TEXT:
                        typed.append((c, r, value))
                line.append("" if value is None else value if isinstance(value, str) else float(value))
            data.append(tuple(line))
        cells.setDataArray(tuple(data))
        for c, r, value in typed:
            cells.getCellByPosition(c, r).setFormula(value)

    def range_clear(self, book: int, place: list[Any]) -> None:
        self._cells(book, place).clearContents(CONTENTS)

    # -- looks --------------------------------------------------------------------------------------------------------

    def range_format(self, book: int, place: list[Any]) -> str | None:
        """The number format; None where there are several."""
        key = self._cells(book, place).NumberFormat
        return None if key is None else str(self.part(book, "NumberFormats").getByKey(key).FormatString)

    def range_set_format(self, book: int, place: list[Any], code: str) -> None:
        formats, british = (
            self.part(book, "NumberFormats"),
            uno.createUnoStruct("com.sun.star.lang.Locale", "en", "GB", ""),
        )
        key = formats.queryKey(code, british, False)
        self._cells(book, place).NumberFormat = formats.addNew(code, british) if key == -1 else key

    def range_set_height(self, book: int, place: list[Any], points: float) -> None:
        self._cells(book, place).getRows().Height = round(points * POINT)

    def range_fill_formats(self, book: int, source: list[Any], target: list[Any]) -> None:
        """Give the rows of `target`, which hold nothing, the look of the one row `source`."""
        sheet = self._sheet(book, source[0])
        address = self._cells(book, source).RangeAddress
        for row in range(target[1], target[1] + target[3]):
            if row != source[1]:
                place = [source[0], row, source[2], 1, source[4]]
                sheet.copyRange(self._cells(book, place).getCellByPosition(0, 0).CellAddress, address)
                self.range_clear(book, place)

    def print_area(self, book: int, sheet: str, address: str) -> None:
        found = self._sheet(book, sheet)
        found.setPrintAreas((found.getCellRangeByName(address.replace("$", "")).RangeAddress,))

    # -- names and tables ---------------------------------------------------------------------------------------------

    def names(self, book: int) -> list[str]:
        return list(self.part(book, "NamedRanges").ElementNames)

    def name_place(self, book: int, name: str) -> list[Any] | None:
        """The place that a name stands for; None where it stands for no range."""
        cells = self.part(book, "NamedRanges").getByName(name).getReferredCells()
        return None if cells is None else self._place(book, cells.RangeAddress)

    def name_refer(self, book: int, name: str, sheet: str, address: str) -> None:
        quoted = sheet.replace("'", "''")
        self.part(book, "NamedRanges").getByName(name).setContent(f"$'{quoted}'." + address)

    def tables(self, book: int, sheet: str) -> dict[str, list[Any]]:
        return {name: place for name, place in self._tables(book).items() if place[0] == sheet}

    def _tables(self, book: int) -> dict[str, list[Any]]:
        sheets, ranges = self.part(book, "Sheets").ElementNames, self.part(book, "DatabaseRanges")
        return {name: _placed(sheets, ranges.getByName(name).DataArea) for name in ranges.ElementNames}

    def layout(self, book: int) -> dict[str, Any]:
        """The places of all names (None where one stands for no range) and, sheet by sheet, of all tables."""
        sheets = self.part(book, "Sheets").ElementNames
        tables: dict[str, dict[str, Any]] = {sheet: {} for sheet in sheets}
        for name, place in self._tables(book).items():
            tables[place[0]][name] = place
        return {"names": {name: self.name_place(book, name) for name in self.names(book)}, "tables": tables}

    def table_resize(self, book: int, name: str, place: list[Any]) -> None:
        self.part(book, "DatabaseRanges").getByName(name).DataArea = self._cells(book, place).RangeAddress

    def table_filter(self, book: int, name: str, shown: bool | None) -> bool:
        """Whether the table has buttons to filter by; with `shown`, put them there or take them away."""
        table = self.part(book, "DatabaseRanges").getByName(name)
        if shown is not None:
            table.AutoFilter = shown
        return bool(table.AutoFilter)

    def _place(self, book: int, where: Any) -> list[Any]:
        return _placed(self.part(book, "Sheets").ElementNames, where)

    # -- the application ----------------------------------------------------------------------------------------------

    def automatic(self, book: int, on: bool) -> None:
        self.book(book).enableAutomaticCalculation(on)

    def calculate(self, book: int) -> None:
        self.book(book).calculate()

    # -- what people add ----------------------------------------------------------------------------------------------

    def add_sheet(self, book: int, name: str) -> None:
        sheets = self.part(book, "Sheets")
        sheets.insertNewByName(name, sheets.Count)

    def column_width(self, book: int, sheet: str, column: int, width: int) -> None:
        """The width of a column, from 0, in hundredths of a millimetre."""
        self._sheet(book, sheet).Columns.getByIndex(column).Width = width

    def add_name(self, book: int, name: str, refers_to: str) -> None:
        self.part(book, "NamedRanges").addNewByName(
            name, refers_to, uno.createUnoStruct("com.sun.star.table.CellAddress"), 0
        )

    def add_chart(self, book: int, sheet: str, name: str, address: str) -> None:
        """A column chart of a range, with its first column and first row as labels."""
        on = self._sheet(book, sheet)
        frame = uno.createUnoStruct("com.sun.star.awt.Rectangle")
        frame.X, frame.Y, frame.Width, frame.Height = 9000, 1000, 9000, 6000
        on.Charts.addNewByName(name, frame, (on.getCellRangeByName(address).RangeAddress,), True, True)


def _placed(sheets: tuple[str, ...], where: Any) -> list[Any]:
    rows, columns = where.EndRow - where.StartRow + 1, where.EndColumn - where.StartColumn + 1
    return [sheets[where.Sheet], where.StartRow, where.StartColumn, rows, columns]


def _constant(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:.15g}"
