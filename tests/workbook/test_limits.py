"""Each limit of the gate is broken once, and kept once by the narrowest margin."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter

from perfbook.workbook.limits import LIMITS, breaches

Build = Callable[[Any, Any], None]
Edit = Callable[[str, str], str]


def book(build: Build | None = None, edit: Edit | None = None, sheet: str = "Sheet1") -> bytes:
    """A workbook of XlsxWriter with one sheet, its parts changed by `edit(name, content)`."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties({"created": datetime(2031, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    worksheet = workbook.add_worksheet(sheet)
    worksheet.write(0, 0, "text")
    if build:
        build(workbook, worksheet)
    workbook.close()
    if edit is None:
        return stream.getvalue()
    result = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            target.writestr(name, edit(name, source.read(name).decode()))
    return result.getvalue()


def replace(part: str, old: str, new: str) -> Edit:
    def edit(name: str, content: str) -> str:
        if name != part:
            return content
        assert old in content, f"{old!r} is not in {part}"
        return content.replace(old, new, 1)

    return edit


def sheet_xml(old: str, new: str) -> Edit:
    return replace("xl/worksheets/sheet1.xml", old, new)


def formula(text: str, value: Any = 1) -> bytes:
    """A book with that formula in B1, written around XlsxWriter's own checks."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def build(workbook: Any, sheet: Any) -> None:
        sheet.write_formula(0, 1, "=MARK", None, value)

    return book(build, sheet_xml("<f>MARK</f>", f"<f>{escaped}</f>"))


def joined(parts: int, size: int) -> str:
    return "&".join(f'"{"x" * size}"' for _ in range(parts))


def nested(levels: int) -> str:
    return "ABS(" * levels + "1" + ")" * levels


def padded(length: int) -> str:
    text = "1" + "+1" * ((length - 1) // 2)
    return text + " " * (length - len(text))


def validation(**options: Any) -> bytes:
    """A book with one validation, its limits of XlsxWriter evaded by marks that are then replaced."""
    marks: dict[str, str] = {}
    given: dict[str, Any] = {"validate": "whole", "criteria": ">", "value": 0}
    for key, value in options.items():
        if isinstance(value, str) and key != "validate":
            mark = f"MARK{len(marks)}Z"
            marks[mark] = value
            given[key] = mark if not value.startswith("=") else f"={mark}"
            if value.startswith("="):
                marks[mark] = value[1:]
        else:
            given[key] = value

    def edit(name: str, content: str) -> str:
        for mark, value in marks.items():
            content = content.replace(mark, value)
        return content

    return book(lambda w, s: s.data_validation(0, 0, 0, 0, given), edit)


def choices(length: int) -> bytes:
    edit = sheet_xml('"MARK"', f'"{"x" * length}"')
    return book(lambda w, s: s.data_validation(0, 0, 0, 0, {"validate": "list", "source": ["MARK"]}), edit)


def named(name: str, refers: str = "Sheet1!$A$1") -> bytes:
    edit = replace("xl/workbook.xml", 'name="MARKED"', f'name="{name}"')
    return book(lambda w, s: w.define_name("MARKED", refers), edit)


def link(**changes: str) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        sheet.write_url(1, 0, "internal:PLACE", None, "there", "TIP")

    def edit(name: str, content: str) -> str:
        for mark, value in changes.items():
            content = content.replace(f'"{mark}"', f'"{value}"')
        return content

    return book(build, edit)


def links(count: int) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        sheet.write_url(1, 0, "internal:Sheet1!A1")

    one = '<hyperlink ref="A2" location="Sheet1!A1" display="Sheet1!A1"/>'
    return book(build, sheet_xml(one, '<hyperlink ref="A2" location="A1"/>' * count))


def target(length: int) -> bytes:
    address = "https://example.org/" + "x" * (length - 20)
    edit = replace("xl/worksheets/_rels/sheet1.xml.rels", "https://example.org/MARK", address)
    return book(lambda w, s: s.write_url(1, 0, "https://example.org/MARK"), edit)


def text(value: str) -> bytes:
    escaped = value.replace("\n", "&#10;")
    return book(lambda w, s: s.write_string(1, 1, "MARK"), replace("xl/sharedStrings.xml", "MARK", escaped))


def named_sheet(name: str) -> bytes:
    return book(edit=replace("xl/workbook.xml", 'sheet name="Sheet1"', f'sheet name="{name}"'))


def two_sheets(name: str) -> bytes:
    edit = replace("xl/workbook.xml", 'sheet name="Sheet2"', f'sheet name="{name}"')
    return book(lambda w, s: w.add_worksheet("Sheet2"), edit)


def hidden_sheet(state: str) -> bytes:
    return book(edit=replace("xl/workbook.xml", '<sheet name="Sheet1"', f'<sheet name="Sheet1" state="{state}"'))


def error_on(state: str, error: str = "#N/A") -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        other = workbook.add_worksheet("Feed")
        other.write_formula(0, 0, "=NA()", None, error)
        if state == "hidden":
            other.hide()

    return book(build)


def number(digits: str) -> bytes:
    return book(lambda w, s: s.write_number(1, 1, 4711), sheet_xml("<v>4711</v>", f"<v>{digits}</v>"))


def many_styles(element: str, item: str, count: int) -> bytes:
    """A book with so many members of one group of styles."""

    def edit(name: str, content: str) -> str:
        if name != "xl/styles.xml":
            return content
        group = f"<{element} count='{count}'>{item * count}</{element}>"
        changed, found = re.subn(rf"<{element} .*?</{element}>", group, content, flags=re.DOTALL)
        return changed if found else content.replace("<fonts ", f"{group}<fonts ", 1)

    return book(edit=edit)


def number_format(length: int) -> bytes:
    code = '"' + "x" * (length - 3) + '"0'
    return book(lambda w, s: s.write(1, 1, 1, w.add_format({"num_format": code})))


def header(length: int) -> bytes:
    return book(lambda w, s: s.set_header("MARK"), sheet_xml("MARK", "x" * length))


def table(*headers: str) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        options = {"columns": [{"header": f"MARK{n}Z"} for n in range(len(headers))], "name": "tbl"}
        sheet.add_table(3, 0, 5, len(headers) - 1, options)

    def edit(name: str, content: str) -> str:
        for n, shown in enumerate(headers):
            content = content.replace(f"MARK{n}Z", shown)
        return content

    return book(build, edit)


def two_names(first: str) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        sheet.add_table(3, 0, 5, 1, {"name": "tbl_figures"})
        workbook.define_name(first, "=Sheet1!$A$1")

    return book(build)


def sparklines(places: list[str]) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        for place in places:
            sheet.add_sparkline(place, {"range": "A1:E1"})

    return book(build)


def chart(series: int) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        made = workbook.add_chart({"type": "line"})
        made.add_series({"values": "=Sheet1!$A$1:$A$2"})
        sheet.insert_chart(5, 5, made)

    return book(build, replace("xl/charts/chart1.xml", "<c:ser>", "<c:ser/>" * (series - 1) + "<c:ser>"))


def external_part(name: str) -> bytes:
    stream = io.BytesIO(book())
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr(name, "<externalLink/>")
    return stream.getvalue()


def conditional(size: int) -> bytes:
    def build(workbook: Any, sheet: Any) -> None:
        criteria = f'=A1="{"x" * size}"'
        sheet.conditional_format(0, 0, 0, 0, {"type": "formula", "criteria": criteria, "format": workbook.add_format()})

    return book(build)


@dataclass(frozen=True)
class Case:
    code: str
    broken: Callable[[], bytes]
    kept: Callable[[], bytes]
    label: str = ""


def width(value: float) -> bytes:
    return book(lambda w, s: s.set_column(0, 0, value))


def height(value: float) -> bytes:
    return book(lambda w, s: s.set_row(0, value))


CASES = [
    Case("formula_text", lambda: formula(joined(1, 256), "x"), lambda: formula(joined(1, 255), "x")),
    Case("formula_text", lambda: conditional(256), lambda: conditional(255), "in a conditional format"),
    Case("formula_length", lambda: formula(padded(8193)), lambda: formula(padded(8192))),
    Case("formula_nesting", lambda: formula(nested(65)), lambda: formula(nested(64))),
    Case("formula_arguments", lambda: formula(f"SUM({'1,' * 255}1)"), lambda: formula(f"SUM({'1,' * 254}1)")),
    Case("formula_function", lambda: formula("_xlfn.IFS(A1,1)"), lambda: formula("IFERROR(LOG10(A1),1)")),
    Case("formula_function", lambda: formula("XLOOKUP(1,A:A,B:B)"), lambda: formula("INDEX(B:B,1)"), "no prefix"),
    Case("formula_prefix", lambda: formula("RANK.EQ(1,A1:A2)"), lambda: formula("_xlfn.RANK.EQ(1,A1:A2)")),
    Case("formula_external", lambda: formula("[1]Sheet1!A1"), lambda: formula("Sheet1!A1")),
    Case("formula_external", lambda: formula("'[1]My sheet'!A1"), lambda: formula("SUM(tbl[Col!])"), "quoted"),
    Case("formula_broken", lambda: formula("SUM(#REF!)"), lambda: formula("SUM(A1)")),
    Case("formula_broken", lambda: named("lost", "Sheet1!#REF!"), lambda: named("found"), "in a name"),
    Case("formula_unreadable", lambda: formula("SUM(A1"), lambda: formula("SUM(A1)")),
    Case(
        "formula_value",
        lambda: book(lambda w, s: s.write_formula(0, 1, "=1", None, 4711), sheet_xml("<v>4711</v>", "")),
        lambda: book(lambda w, s: s.write_formula(0, 1, "=1", None, 4711)),
    ),
    Case(
        "formula_value",
        lambda: book(lambda w, s: s.write_formula(0, 1, '=""', None, "")),
        lambda: book(lambda w, s: s.write_formula(0, 1, '=""', None, ""), sheet_xml('r="B1"', 'r="B1" t="str"')),
        "empty text",
    ),
    Case("formula_error", lambda: error_on("visible"), lambda: error_on("hidden")),
    Case("formula_error", lambda: error_on("hidden", "#REF!"), lambda: error_on("hidden"), "other than #N/A"),
    Case(
        "hyperlink_function",
        lambda: formula(f'HYPERLINK({joined(2, 128)},"there")', "there"),
        lambda: formula(f'HYPERLINK({joined(3, 85)},"there")', "there"),
    ),
    Case("hyperlink_location", lambda: link(PLACE="x" * 256), lambda: link(PLACE="x" * 255)),
    Case("hyperlink_tip", lambda: link(TIP="x" * 256), lambda: link(TIP="x" * 255)),
    Case("hyperlink_target", lambda: target(2080), lambda: target(2079)),
    Case("hyperlink_count", lambda: links(65_531), lambda: links(65_530)),
    Case(
        "validation_formula",
        lambda: validation(validate="custom", value="=" + padded(256)),
        lambda: validation(validate="custom", value="=" + padded(255)),
    ),
    Case("validation_list", lambda: choices(256), lambda: choices(255)),
    Case("validation_title", lambda: validation(input_title="x" * 33), lambda: validation(input_title="x" * 32)),
    Case(
        "validation_title", lambda: validation(error_title="x" * 33), lambda: validation(error_title="x" * 32), "error"
    ),
    Case(
        "validation_message", lambda: validation(input_message="x" * 256), lambda: validation(input_message="x" * 255)
    ),
    Case(
        "validation_message",
        lambda: validation(error_message="x" * 256),
        lambda: validation(error_message="x" * 255),
        "error",
    ),
    Case("sheet_name", lambda: named_sheet("x" * 32), lambda: named_sheet("x" * 31)),
    Case("sheet_name", lambda: named_sheet("\U0001f600" * 16), lambda: named_sheet("\U0001f600" * 15), "UTF-16"),
    Case("sheet_name_form", lambda: named_sheet("a/b"), lambda: named_sheet("a-b")),
    Case("sheet_name_form", lambda: named_sheet("history"), lambda: named_sheet("histories"), "reserved"),
    Case("sheet_name_form", lambda: named_sheet("'a"), lambda: named_sheet("a'b"), "apostrophe"),
    Case("sheet_name_twice", lambda: two_sheets("SHEET1"), lambda: two_sheets("SHEET2")),
    Case("sheet_visible", lambda: hidden_sheet("hidden"), lambda: hidden_sheet("visible")),
    Case("cell_text", lambda: text("x" * 32_768), lambda: text("x" * 32_767)),
    Case("cell_text", lambda: text("\U0001f600" * 16_384), lambda: text("\U0001f600" * 16_383), "UTF-16"),
    Case("cell_text", lambda: formula("A1", "x" * 32_768), lambda: formula("A1", "x" * 32_767), "of a formula"),
    Case("cell_line_feeds", lambda: text("\n" * 254 + "x"), lambda: text("\n" * 253 + "x")),
    Case("cell_escape", lambda: text("a_x000D_b"), lambda: text("a_x00_b")),
    Case(
        "cell_address",
        lambda: book(edit=sheet_xml('r="A1"', 'r="XFE1"')),
        lambda: book(edit=sheet_xml('r="A1"', 'r="XFD1048576"')),
    ),
    Case("number_digits", lambda: number("0.1234567890123456"), lambda: number("0.123456789012345")),
    Case("number_digits", lambda: number("1234567890123456"), lambda: number("1234567890123450000"), "whole"),
    Case("number_form", lambda: number("NaN"), lambda: number("1.5E+300")),
    Case("column_width", lambda: width(256), lambda: width(255)),
    Case("row_height", lambda: height(410), lambda: height(409)),
    Case(
        "cell_formats", lambda: many_styles("cellXfs", "<xf/>", 65_491), lambda: many_styles("cellXfs", "<xf/>", 65_490)
    ),
    Case("fonts", lambda: many_styles("fonts", "<font/>", 513), lambda: many_styles("fonts", "<font/>", 512)),
    Case(
        "number_formats",
        lambda: many_styles("numFmts", "<numFmt/>", 201),
        lambda: many_styles("numFmts", "<numFmt/>", 200),
    ),
    Case("number_format_length", lambda: number_format(256), lambda: number_format(255)),
    Case("name_length", lambda: named("x" * 256), lambda: named("x" * 255)),
    Case("name_form", lambda: named("XFD1048576"), lambda: named("XFE1")),
    Case("name_form", lambda: named("r1c1"), lambda: named("r1c1x"), "R1C1"),
    Case("name_form", lambda: named("2nd"), lambda: named("_2nd"), "digit"),
    Case("name_twice", lambda: two_names("TBL_figures"), lambda: two_names("tbl_figure")),
    Case("header_footer", lambda: header(256), lambda: header(255)),
    Case("table_column_twice", lambda: table("One", "ONE"), lambda: table("One", "Two")),
    Case("table_column_name", lambda: table("x" * 256), lambda: table("x" * 255)),
    Case("table_column_name", lambda: table(""), lambda: table("x"), "empty"),
    Case("sparkline_place", lambda: sparklines(["F1", "F1"]), lambda: sparklines(["F1", "F2"])),
    Case("chart_series", lambda: chart(256), lambda: chart(255)),
    Case(
        "external_link",
        lambda: external_part("xl/externalLinks/externalLink1.xml"),
        lambda: external_part("customXml/item1.xml"),
    ),
    Case(
        "document_type",
        lambda: book(edit=replace("xl/workbook.xml", "<workbook", "<!DOCTYPE workbook><workbook")),
        lambda: book(edit=replace("xl/workbook.xml", "<workbook", "<!-- DOCTYPE --><workbook")),
    ),
    Case("package", lambda: b"PK not a zip", book),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}{' ' if case.label else ''}{case.label}")
@pytest.mark.filterwarnings("ignore")
def test_limit_is_seen_broken_and_kept(case: Case) -> None:
    found = breaches(case.broken())
    assert {breach.limit for breach in found} == {case.code}, [breach.message for breach in found]
    assert all(breach.message for breach in found)
    assert [breach.message for breach in breaches(case.kept())] == []


def test_every_limit_has_its_case() -> None:
    assert {case.code for case in CASES} == set(LIMITS)


def test_every_limit_says_where_it_is_documented() -> None:
    assert all(limit.title and limit.source for limit in LIMITS.values())


def test_a_breach_names_sheet_and_cell() -> None:
    (breach,) = breaches(formula("[1]Other!A1"))
    assert (breach.sheet, breach.cell, breach.part) == ("Sheet1", "B1", "xl/worksheets/sheet1.xml")
    assert "Sheet1!B1" in breach.message


def test_a_member_of_the_package_that_is_missing_is_a_breach() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("a.txt", "nothing")
    assert [breach.limit for breach in breaches(stream.getvalue())] == ["package"]
