"""The shorter way through XlsxWriter's worksheet writes what XlsxWriter itself would."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from perfbook.errors import LimitError
from perfbook.workbook._quick_sheet import Fifteen, QuickWorksheet, ValueText
from perfbook.workbook.writer import Book
from tests.workbook.test_writer import CREATED


def _parts(kind: type[Worksheet]) -> dict[str, bytes]:
    """The parts of a book with a cell of every kind, its sheets of one class or the other."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#990000"})
        twin = book.add_format({"bold": True})
        first, second = book.add_worksheet("One", kind), book.add_worksheet("It's two", kind)
        first.set_column(3, 4, 12, red)
        first.set_row(2, 30, bold)
        first.set_row(40, 22)
        _row(first, 0, 0, ["Text & <more>", Fifteen(0.1 + 0.2), None, None, " kept ", Fifteen(1e20)], [bold, twin, red])
        _row(first, 2, 1, ["Text & <more>", None, Fifteen(-3)], [None, None, None])
        first.write_formula(3, 3, 'A1&"<"', None, ValueText(""))
        first.write_formula(3, 4, "1/3", bold, Fifteen(1 / 3))
        first.write_formula(3, 5, "A1", None, ValueText("#REF!"))
        first.write_formula(3, 6, "NA()", None, "#N/A")
        first.write_formula(3, 7, "TRUE", None, True)
        first.write_boolean(4, 0, False)
        first.write_rich_string(4, 1, "one ", bold, "two")
        first.write_array_formula(5, 0, 5, 1, "{=A1:B1}", None, 1)
        first.write_url(6, 0, "https://example.com/", None, "a link")
        first.write_comment(50, 8, "a note")
        first.write_blank(6, 30, None, bold)
        for row in range(70, 90):
            second.write_number(row, row % 5, row)
            for type_ in ("line", "column"):
                second.add_sparkline(row, 9, {"range": f"=One!$A${row}:$F${row}", "type": type_, "min": 0})
        second.add_sparkline(91, 9, {"range": "A1:B1", "type": "line", "min": 0})
        second.add_sparkline(92, 9, {"location": ["J93", "J94"], "range": ["A1:B1", "A2:B2"]})
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as package:
        return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}


def _row(sheet: Any, row: int, col: int, values: list[Any], styles: list[Any]) -> None:
    styles = styles + [None] * (len(values) - len(styles))
    if isinstance(sheet, QuickWorksheet):
        assert sheet.write_plain(row, col, values, styles) == 0
        return
    for place, (value, style) in enumerate(zip(values, styles, strict=True), col):
        write = (
            sheet.write_blank if value is None else sheet.write_string if isinstance(value, str) else sheet.write_number
        )
        write(row, place, value, style)


def test_the_same_bytes_as_xlsxwriter() -> None:
    quick, plain = _parts(QuickWorksheet), _parts(Worksheet)
    assert quick.keys() == plain.keys()
    for name, content in plain.items():
        assert quick[name].decode() == content.decode(), name


def test_a_row_of_plain_values_beyond_the_sheet_is_refused() -> None:
    sheet = Book(created=CREATED, title="Far").sheet("Far")
    with pytest.raises(LimitError, match="outside Excel's sheet"):
        sheet.plain(0, 16_383, ["in", "out"], [None, None])


def test_what_a_row_of_plain_values_cannot_hold_is_named_with_its_cell() -> None:
    sheet = Book(created=CREATED, title="Long").sheet("Long")
    with pytest.raises(LimitError, match=r"Long!C2: a text of 40,000 characters"):
        sheet.plain(1, 1, [1, "x" * 40_000], [None, None])
    with pytest.raises(LimitError, match=r"Long!B2: inf is not a number"):
        sheet.plain(1, 1, [float("inf")], [None])
