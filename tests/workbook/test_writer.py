from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from perfbook.errors import LimitError
from perfbook.workbook.palette import STANDARD
from perfbook.workbook.writer import Book, Sheet
from tests.support.office import Office, compare_cached

CREATED = datetime(2031, 10, 5, 9, 30, tzinfo=UTC)


def new_book() -> Book:
    return Book(created=CREATED, title="Return", subject="2031-32 Q2", company="Anywhere Council")


def part(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def cell_xml(data: bytes, address: str) -> str:
    match = re.search(rf'<c r="{address}".*?(?:/>|</c>)', part(data))
    assert match, f"no cell {address}"
    return match.group()


def written(write: Callable[[Sheet], None]) -> bytes:
    book = new_book()
    write(book.sheet("Measures"))
    return book.close()


def everything(book: Book) -> None:
    sheet = book.sheet("Measures")
    book.sheet("Identity", state="very_hidden").text(0, 0, "key")
    book.sheet("Feed", state="hidden").formula(0, 0, "=NA()", "#N/A")
    plain = book.style(**STANDARD.body())
    sheet.table(0, 0, 3, 2, {"name": "tbl_measures", "columns": [{"header": h} for h in ("Code", "Actual", "Due")]})
    for row in range(1, 4):
        sheet.text(row, 0, "=A1+1", plain)
        sheet.number(row, 1, 0.1 + 0.2, book.style(**STANDARD.figure("0.0%")))
        sheet.date(row, 2, date(2031, 9, 30), book.style(num_format="dd/mm/yyyy"))
    sheet.formula(5, 0, '=IF(B2>0,"yes","")', "yes", plain)
    sheet.formula(6, 0, '=""', "")
    sheet.formula(7, 0, "=B2/9", 0.3 / 9)
    sheet.formula(8, 0, "=B2>1", False)
    sheet.boolean(9, 0, True)
    sheet.blank(10, 0, plain)
    sheet.link(11, 0, "internal:'Measures'!A1", "To the top", tip="Goes to the first row")
    sheet.validation(12, 0, 12, 0, {"validate": "list", "source": ["provided", "delayed"], "input_title": "Status"})
    criteria = {"type": "formula", "criteria": '=$A6="yes"', "format": book.difference(**STANDARD.good())}
    sheet.conditional(5, 0, 5, 0, criteria)
    sheet.sparkline(13, 0, {"range": "B2:B4"})
    chart = book.chart("line")
    chart.add_series({"values": "=Measures!$B$2:$B$4"})
    sheet.chart(15, 0, chart, description="Three figures, all the same")
    book.define_name("period", "=Measures!$C$2")


def test_the_same_calls_give_the_same_bytes() -> None:
    first, second = new_book(), new_book()
    everything(first)
    everything(second)
    assert first.close() == second.close()


def test_another_time_of_creation_gives_other_bytes() -> None:
    first = Book(created=CREATED, title="t")
    second = Book(created=CREATED.replace(minute=31), title="t")
    first.sheet("A")
    second.sheet("A")
    assert first.close() != second.close()


def test_a_book_with_everything_is_valid(audit: Callable[[bytes], list[str]]) -> None:
    book = new_book()
    everything(book)
    assert audit(book.close()) == []


@pytest.mark.filterwarnings("ignore:Sparkline Group extension")
def test_another_reader_finds_what_was_written() -> None:
    book = new_book()
    everything(book)
    loaded = load_workbook(io.BytesIO(book.close()), data_only=True)
    sheet = loaded["Measures"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=A1+1", "s")
    assert sheet["B2"].value == 0.3
    assert sheet["C2"].value == datetime(2031, 9, 30)  # noqa: DTZ001 (a cell knows no zone)
    assert sheet["A6"].value == "yes"
    assert sheet["A9"].value is False
    assert loaded["Identity"].sheet_state == "veryHidden"
    assert loaded["Feed"].sheet_state == "hidden"
    assert loaded.properties.title == "Return"


def test_numbers_have_fifteen_digits_in_cells_formulas_and_charts() -> None:
    # The nearest double to these fifteen digits shows as ...341 with sixteen.
    awkward = 9.12345678901234

    def write(sheet: Sheet) -> None:
        sheet.number(0, 0, 0.1 + 0.2)
        sheet.number(0, 1, awkward)
        sheet.number(0, 2, Decimal("0.1234567890123456"))
        sheet.formula(1, 0, "=0.1+0.2", 0.1 + 0.2)
        sheet.formula(1, 1, "=B1", awkward)
        chart = sheet.book.chart("line")
        chart.add_series({"values": "=Measures!$A$1:$B$1"})
        sheet.chart(3, 0, chart, description="two")

    data = written(write)
    assert "<v>0.3</v>" in cell_xml(data, "A1")
    assert "<v>9.12345678901234</v>" in cell_xml(data, "B1")
    assert "<v>0.123456789012346</v>" in cell_xml(data, "C1")
    assert "<v>0.3</v>" in cell_xml(data, "A2")
    assert "<v>9.12345678901234</v>" in cell_xml(data, "B2")
    assert re.findall(r"<c:v>(.*?)</c:v>", part(data, "xl/charts/chart1.xml")) == ["0.3", "9.12345678901234"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300), max_size=8))
def test_any_number_passes_the_gate_and_comes_back_on_fifteen_digits(values: list[float]) -> None:
    def write(sheet: Sheet) -> None:
        for row, value in enumerate(values):
            sheet.number(row, 0, value)
            sheet.formula(row, 1, f"=A{row + 1}", value)

    sheet = load_workbook(io.BytesIO(written(write)), data_only=True)["Measures"]
    for row, value in enumerate(values):
        expected = float(f"{value:.15g}")
        assert sheet.cell(row + 1, 1).value == expected
        assert sheet.cell(row + 1, 2).value == expected


def test_an_empty_text_of_a_formula_is_marked_as_text() -> None:
    data = written(lambda sheet: sheet.formula(0, 0, '=""', ""))
    assert cell_xml(data, "A1") == '<c r="A1" t="str"><f>""</f><v></v></c>'


def test_a_formula_text_that_looks_like_a_number_stays_text() -> None:
    data = written(lambda sheet: sheet.formula(0, 0, '="12"', "12"))
    assert 't="str"' in cell_xml(data, "A1")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "https://example.org", "12", "\t=1", "#N/A"])
def test_text_is_text_whatever_it_looks_like(value: str) -> None:
    data = written(lambda sheet: sheet.text(0, 0, value))
    assert 't="s"' in cell_xml(data, "A1")
    assert load_workbook(io.BytesIO(data))["Measures"]["A1"].value == value
    assert "hyperlink" not in part(data)


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#DIV/0!", "TRUE", "12", ""])
def test_the_text_of_a_formula_is_text_whatever_it_spells(value: str) -> None:
    data = written(lambda sheet: sheet.formula(0, 0, '=B1&""', value))
    assert 't="str"' in cell_xml(data, "A1")


def test_text_is_cleaned() -> None:
    data = written(lambda sheet: sheet.text(0, 0, "a\r\nb\x00_x0041_c\ud800"))
    assert load_workbook(io.BytesIO(data))["Measures"]["A1"].value == "a\nbc"


def test_the_same_properties_are_the_same_style() -> None:
    book = new_book()
    assert book.style(bold=True, italic=True) is book.style(italic=True, bold=True)
    assert book.style(bold=True) is not book.style(bold=True, italic=True)
    assert book.style(bold=True).font_name == STANDARD.font


NEWER = ["IFS", "SWITCH", "TEXTJOIN", "CONCAT", "MAXIFS", "MINIFS", "XLOOKUP", "XMATCH", "LET", "FILTER", "SORT"]
NEWER += ["UNIQUE", "SEQUENCE", "LAMBDA", "IFNA", "UNICHAR", "VSTACK", "_xlfn.IFS", "_xlfn._xlws.SORT", "FORMULATEXT"]


@pytest.mark.parametrize("name", NEWER)
def test_functions_newer_than_excel_2010_are_refused(name: str) -> None:
    with pytest.raises(LimitError, match=r"Measures!A1: .*Excel 2010"):
        new_book().sheet("Measures").formula(0, 0, f"={name}(A1,B1)", 1)


REFUSED: list[tuple[str, Callable[[Sheet], Any]]] = [
    ("too long a text", lambda s: s.text(0, 0, "x" * 32_768)),
    ("too many line breaks", lambda s: s.text(0, 0, "\n" * 254 + "x")),
    ("not a number", lambda s: s.number(0, 0, float("nan"))),
    ("infinite", lambda s: s.number(0, 0, float("-inf"))),
    ("a decimal that is no number", lambda s: s.number(0, 0, Decimal("NaN"))),
    ("a decimal too large", lambda s: s.number(0, 0, Decimal("1E400"))),
    ("a formula without text", lambda s: s.formula(0, 0, "=", 1)),
    ("a formula that is no number", lambda s: s.formula(0, 0, "=A2", float("inf"))),
    ("text in a formula", lambda s: s.formula(0, 0, f'="{"x" * 256}"', "x")),
    ("another workbook", lambda s: s.formula(0, 0, "=[other.xlsx]Sheet1!A1", 1)),
    ("a date before 1900", lambda s: s.date(0, 0, date(1899, 12, 31), None)),
    ("a link of no kind", lambda s: s.link(0, 0, "nowhere", "there")),
    ("a link too long", lambda s: s.link(0, 0, "internal:" + "x" * 256, "there")),
    ("a tip too long", lambda s: s.link(0, 0, "internal:A1", "there", tip="x" * 256)),
    ("a title too long", lambda s: s.validation(0, 0, 0, 0, {"validate": "any", "input_title": "x" * 33})),
    ("a message too long", lambda s: s.validation(0, 0, 0, 0, {"validate": "any", "input_message": "x" * 256})),
    ("a validation without effect", lambda s: s.validation(0, 0, 0, 0, {"validate": "any"})),
    ("an unknown option", lambda s: s.validation(0, 0, 0, 0, {"validate": "list", "source": "=A1:A2", "titel": "x"})),
    ("an unknown validation", lambda s: s.validation(0, 0, 0, 0, {"validate": "lst", "source": "=A1:A2"})),
    ("a list too long", lambda s: s.validation(0, 0, 0, 0, {"validate": "list", "source": ["x" * 130] * 2})),
    ("a choice with a comma", lambda s: s.validation(0, 0, 0, 0, {"validate": "list", "source": ["a,b"]})),
    ("a formula too long", lambda s: s.validation(0, 0, 0, 0, {"validate": "custom", "value": "=1" + "+1" * 128})),
    ("a new function", lambda s: s.validation(0, 0, 0, 0, {"validate": "custom", "value": "=IFS(A1,1)"})),
    ("a row outside", lambda s: s.validation(0, 0, 1_048_576, 0, {"validate": "any", "input_title": "x"})),
    ("an unknown format", lambda s: s.conditional(0, 0, 0, 0, {"type": "colour"})),
    ("a new function", lambda s: s.conditional(0, 0, 0, 0, {"type": "formula", "criteria": "=LET(a,1,a)"})),
    ("an icon set", lambda s: s.conditional(0, 0, 0, 0, {"type": "icon_set", "icon_style": "3_hats"})),
    ("a sparkline without range", lambda s: s.sparkline(0, 0, {"type": "line"})),
    ("a sparkline of no kind", lambda s: s.sparkline(0, 0, {"range": "A1:B1", "type": "pie"})),
    ("a table's name", lambda s: s.table(0, 0, 1, 0, {"name": "a b", "columns": [{"header": "x"}]})),
    ("a table's name like a cell", lambda s: s.table(0, 0, 1, 0, {"name": "ABC12", "columns": [{"header": "x"}]})),
    ("a table's headers", lambda s: s.table(0, 0, 1, 1, {"name": "t", "columns": [{"header": "x"}, {"header": "X"}]})),
    ("a table without headers", lambda s: s.table(0, 0, 1, 1, {"name": "t", "columns": [{"header": "x"}]})),
    ("a table without rows", lambda s: s.table(0, 0, 0, 0, {"name": "t", "columns": [{"header": "x"}]})),
    ("a row outside the sheet", lambda s: s.number(1_048_576, 0, 1)),
    ("a column outside the sheet", lambda s: s.blank(0, 16_384, s.book.style())),
    ("a chart used twice", lambda s: _chart_twice(s)),
]


def _chart_twice(sheet: Sheet) -> None:
    chart = sheet.book.chart("line")
    chart.add_series({"values": "=Measures!$A$1:$B$1"})
    sheet.chart(0, 0, chart, description="one")
    sheet.chart(0, 5, chart, description="two")


@pytest.mark.parametrize(("label", "write"), REFUSED, ids=[label for label, _ in REFUSED])
def test_nothing_is_dropped_in_silence(label: str, write: Callable[[Sheet], Any]) -> None:
    with pytest.raises(LimitError, match="Measures"):
        write(new_book().sheet("Measures"))


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "'a", "History", "a\nb"])
def test_sheet_names_are_checked(name: str) -> None:
    with pytest.raises(LimitError):
        new_book().sheet(name)


def test_a_sheet_name_is_used_once_whatever_its_case() -> None:
    book = new_book()
    book.sheet("Measures")
    with pytest.raises(LimitError, match="twice"):
        book.sheet("MEASURES")


@pytest.mark.parametrize("name", ["A1", "r1c1", "two words", "1st", "x" * 256, "Nowhere!period"])
def test_names_are_checked(name: str) -> None:
    book = new_book()
    book.sheet("Measures")
    with pytest.raises(LimitError):
        book.define_name(name, "=Measures!$A$1")


def test_an_unknown_property_of_a_style_is_refused() -> None:
    with pytest.raises(LimitError):
        new_book().style(colour_of_text="#000000")


def test_an_unknown_chart_is_refused() -> None:
    with pytest.raises(LimitError):
        new_book().chart("cake")


def test_closing_runs_the_gate_and_lists_every_breach() -> None:
    book = new_book()
    sheet = book.sheet("Measures")
    sheet.raw.write_formula(0, 0, "=MAXIFS(A:A,B:B,1)", None, 1)
    sheet.raw.write_formula(1, 0, "=NA()", None, "#N/A")
    with pytest.raises(LimitError) as caught:
        book.close()
    assert "Measures!A1" in str(caught.value)
    assert "MAXIFS" in str(caught.value)
    assert "Measures!A2" in str(caught.value)


def test_libreoffice_calculates_what_is_stored(office: Office, tmp_path: Path) -> None:
    book = new_book()
    everything(book)
    path = tmp_path / "book.xlsx"
    path.write_bytes(book.close())
    compared = compare_cached(path, office)
    assert compared.formulas == 5
    # LibreOffice makes a formula of a plain TRUE.
    assert [found for found in compared.mismatches if found.formula != "=TRUE()"] == []
    # The #N/A of the sheet Feed is asked for.
    assert compared.errors == []


def test_a_text_within_a_formula_is_as_long_as_its_digits_make_it() -> None:
    with pytest.raises(LimitError, match="257 characters of a text within a formula"):
        new_book().sheet("Sheet").formula(0, 0, f'="A{"1" * 256}"&B1', "")


def test_what_xlsxwriter_only_warns_of_is_refused() -> None:
    with pytest.raises(LimitError, match="rotation"):
        new_book().style(rotation=200)
