"""Cells that are cut out in one go are those that the parser finds one by one; where they are not, it finds them."""

from __future__ import annotations

import random
from typing import cast

import pytest

from perfbook.errors import UnreadableFileError
from perfbook.returns import _ooxml
from perfbook.returns._book_parts import _strings, quick_strings
from perfbook.returns._formats import contents
from perfbook.returns._ooxml import CarefulBook, SheetPart, _SheetReader, open_book
from perfbook.returns._package import Package
from perfbook.returns._quick_cells import quick_cells
from perfbook.returns._xml import NotXmlError
from perfbook.returns.opening import OPENING, Opening
from tests.collecting.council import filled

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = SheetPart("Measures", "xl/worksheets/sheet1.xml", True)
# A row of cells, and whether it is plain enough to be cut out.
ROWS = {
    "numbers": ('<c r="A1"><v>5</v></c><c r="B1" s="1"><v>-0.25</v></c><c r="C1" t="n"><v>1E3</v></c>', True),
    "what is no number": ('<c r="A1"><v>five</v></c><c r="B1"><v> 5 </v></c><c r="C1"><v>1e999</v></c>', True),
    "dates": ('<c r="A1" s="2"><v>44000.5</v></c><c r="B1" s="2"><v>-3</v></c><c r="C1" s="99"><v>1</v></c>', True),
    "shared texts": ('<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>7</v></c>', True),
    "no shared text": ('<c r="A1" t="s"><v></v></c><c r="B1" t="s"><v>-1</v></c><c r="C1" t="s"/>', True),
    "texts": ('<c r="A1" t="inlineStr"><is><t>a &amp;lt; b</t></is></c><c r="B1" t="str"><v>c</v></c>', True),
    "errors": ('<c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="e"/><c r="C1" t="e"><f>A1</f></c>', True),
    "truth": ('<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="d"><v>2032-01-02</v></c>', True),
    "formulas": ('<c r="A1"><f>1&lt;2&amp;"&quot;"</f><v>5</v></c><c r="B1" t="str"><f>"x"</f><v></v></c>', True),
    "formulas of many": (
        '<c r="A1"><f t="shared" ref="A1:B1" si="0">1+1</f><v>2</v></c><c r="B1"><f t="shared" si="0"/><v>2</v></c>',
        True,
    ),
    "a formula without a value": ('<c r="A1"><f>1</f></c><c r="B1"><f/></c><c r="C1"><f>1</f><v/></c>', True),
    "nothing": ('<c r="A1"/><c r="B1" s="1"/><c r="C1"></c>', True),
    "the same twice": ('<c r="A1"><v>5</v></c><c r="A1"><v>6</v></c><c r="B1" t="s"/><c r="B1"><v>1</v></c>', True),
    "far to the right": ('<c r="A1"><v>5</v></c><c r="XFD1"><v>6</v></c>', True),
    "characters by number": ('<c r="A1" t="str"><v>&#65;&#x42;&#13;&gt;</v></c>', True),
    "lines": ('<c r="A1" t="str"><v>a\nb\tc</v></c>\n  <c r="B1"><v>1</v></c>', True),
    "two values": ('<c r="A1"><v>5</v><v>6</v></c>', False),
    "rich text": ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c>', False),
    "no address": ('<c><v>5</v></c><c r="C1"><v>6</v></c>', False),
    "other attributes": ('<c r="A1" cm="1"><v>5</v></c>', False),
    "a remark": ('<c r="A1"><v>5</v></c><!-- <c r="B1"><v>6</v></c> -->', False),
    "raw characters": ('<c r="A1" t="str"><v><![CDATA[5 & 6]]></v></c>', False),
    "carriage returns": ('<c r="A1" t="str"><v>a\r\nb</v></c>', False),
    "another namespace": ('<c r="A1" xmlns="urn:x"><v>5</v></c>', False),
    "an unknown entity": ('<c r="A1" t="str"><v>&nbsp;</v></c>', False),
    "a bare ampersand": ('<c r="A1" t="str"><v>a & b</v></c>', False),
    "a forbidden character": ('<c r="A1" t="str"><v>&#0;</v></c>', False),
    "a control character": ('<c r="A1" t="str"><v>\x01</v></c>', False),
    "an attribute twice": ('<c r="A1"><f t="shared" t="array">1</f><v>5</v></c>', False),
    "an end that is none": ('<c r="A1" t="str"><v>a]]>b</v></c>', False),
    "within a tag": ('<c r="A1"><v>5</v></c></row><row <c r="A2"><v>6</v></c>r="2">', False),
    "not closed": ('<c r="A1"><v>5</v>', False),
}


def book(opening: Opening = OPENING) -> CarefulBook:
    formats = ("General", "0.0%", "dd/mm/yyyy")
    return CarefulBook(cast(Package, None), opening, (SHEET,), ("one & all", ""), formats, False)


def sheet_of(cells: str, row: str = '<row r="1" ht="15">', namespace: str = NAMESPACE) -> bytes:
    after = '<sheetProtection sheet="1"/><mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    words = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{namespace}"><sheetData>{row}{cells}</row>'
    return f"{words}</sheetData>{after}</worksheet>".encode()


def outcomes(content: bytes, opening: Opening = OPENING) -> list[object]:
    """What both ways make of a sheet."""
    return both(book(opening), SHEET, content)


def both(opened: CarefulBook, part: SheetPart, content: bytes) -> list[object]:
    found: list[object] = []
    for quickly in (False, True):
        try:
            found.append(_ooxml._read(opened, part, content) if quickly else _SheetReader(opened, part).read(content))
        except (NotXmlError, UnreadableFileError) as error:
            found.append(type(error))
    return found


@pytest.mark.parametrize("name", ROWS)
def test_both_ways_find_the_same(name: str) -> None:
    cells, is_plain = ROWS[name]
    content = sheet_of(cells)
    slowly, quickly = outcomes(content)
    assert slowly == quickly
    assert (quick_cells(content) is not None) == is_plain


@pytest.mark.parametrize(
    "content",
    [
        sheet_of(ROWS["numbers"][0], row='<row r="1" r="2">'),
        sheet_of(ROWS["numbers"][0], row='<row x:r="1">'),
        sheet_of(ROWS["numbers"][0], row='<row r="1" xmlns="urn:x">'),
        sheet_of(ROWS["numbers"][0], namespace="urn:x"),
        sheet_of(ROWS["numbers"][0]) + b"<more/>",
        sheet_of(ROWS["numbers"][0]).replace(b"UTF-8", b"ISO-8859-1").replace(b">5<", b">\xe9<"),
        sheet_of(ROWS["numbers"][0]).replace(b">5<", b">\xff<"),
        sheet_of(ROWS["numbers"][0]).decode().encode("utf-16"),
    ],
    ids=range(8),
)
def test_what_is_around_the_cells_counts(content: bytes) -> None:
    slowly, quickly = outcomes(content)
    assert slowly == quickly


LIMIT = '<dataValidation type="list" prompt="a &gt; b" sqref="{}"{}><formula1>"a,b"</formula1></dataValidation>'
MORE = """<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidations><x14:dataValidation type="list">
<xm:sqref>C3:C9</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"""
# What stands after the cells, and how many of its areas with limits are cut out.
LIMITS = {
    "in the order of Excel": (LIMIT.format("B2", "") + LIMIT.format("A1:A9 D4", ""), 2),
    "in the order of letters": ('<dataValidation allowBlank="true" error="&lt;" sqref="B2" type="list"/>', 1),
    "of a prefix that is not declared": (LIMIT.format("B2", ' xr:uid="{1}"'), 0),
    "an attribute twice": ('<dataValidation type="list" type="whole" sqref="B2"/>', 0),
    "in two orders": (LIMIT.format("B2", "") + '<dataValidation sqref="B3" type="list"/>', 0),
    "with a namespace of its own": ('<dataValidation xmlns="urn:x" sqref="B2"/>' + LIMIT.format("B3", ""), 0),
    "with what no XML holds": (LIMIT.format("B2", "").replace("a,b", "a&b"), 0),
    "with words between": (LIMIT.format("B2", "") + "words" + LIMIT.format("B3", ""), 0),
    "of no area": (LIMIT.format("b2 or so", ""), 0),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("more", ["", MORE])
def test_limits_are_those_that_the_parser_finds(name: str, more: str) -> None:
    words, cut = LIMITS[name]
    block = f"<dataValidations>{words}</dataValidations>{more}</worksheet>"
    content = sheet_of(ROWS["numbers"][0]).replace(b"</worksheet>", block.encode())
    slowly, quickly = outcomes(content)
    assert slowly == quickly
    taken = quick_cells(content)
    assert taken is not None and len(taken.limits) == cut


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1" spans="1:3" s="1" customFormat="1" ht="15" customHeight="1">',
        '<row r="1" customFormat="false" ht="15" customHeight="false" outlineLevel="0" collapsed="false">',
        '<row r="3"/><row r="4"></row>\n<row r="1">',
        '<row r="1" ht="15" ht="15">',
        '<row r="1" x14ac:dyDescent="0.25">',
        '<row r="1"><row r="2">',
    ],
)
def test_rows_are_those_that_the_parser_finds(row: str) -> None:
    slowly, quickly = outcomes(sheet_of(ROWS["numbers"][0], row=row))
    assert slowly == quickly


# Shared texts, and whether they are plain enough to be cut out.
STRINGS = {
    "plain": ('<si><t>a</t></si><si><t xml:space="preserve"> b &amp; c </t></si><si><t/></si>', True),
    "rich": ("<si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si>", False),
    "with how they are read": ("<si><t>a</t><rPh><t>b</t></rPh></si>", False),
    "in a remark": ("<si><t>a</t></si><!-- <si><t>b</t></si> -->", False),
    "with carriage returns": ("<si><t>a\r\nb</t></si>", False),
    "after the end": ("<si><t>a</t></si></sst><sst>", False),
    "of another namespace": ('<si xmlns="urn:x"><t>a</t></si>', False),
    "a bare ampersand": ("<si><t>a & b</t></si>", False),
}


@pytest.mark.parametrize("name", STRINGS)
def test_shared_texts_are_those_that_the_parser_finds(name: str) -> None:
    strings, is_plain = STRINGS[name]
    content = f'<?xml version="1.0"?><sst xmlns="{NAMESPACE}" count="3" uniqueCount="2">{strings}</sst>'.encode()
    quickly = quick_strings(content)
    assert (quickly is not None) == is_plain
    if is_plain:
        assert quickly == _strings(content)


def test_shared_texts_of_a_part_that_begins_as_no_xml_are_none() -> None:
    content = f'<?xml ver="1.0"?><sst xmlns="{NAMESPACE}"><si><t>a</t></si></sst>'.encode()
    assert quick_strings(content) is None


PIECES = (
    *(b"<", b">", b'"', b"&", b"/", b" ", b"\r", b"\x01", b"\xff", b"]]>", b"<!-- -->", b"&amp;", b"&#0;", b"&nbsp;"),
    *(
        b' xmlns="urn:x"',
        b' xr:uid="{1}"',
        b' ht="5"',
        b"<row>",
        b"</row>",
        b'<row r="3"/>',
        b'<c r="A1"/>',
        b"<v>1</v>",
    ),
    *(b'<dataValidation sqref="A1"/>', b"<dataValidations>", b"</dataValidations>", b"<sheetData>", b"</sheetData>"),
)


@pytest.mark.parametrize("seed", range(4))
def test_a_spoilt_sheet_is_the_same_for_both(seed: int) -> None:
    draw = random.Random(seed)
    found = contents(filled("housing", {"h1": 4}, "Certified"), OPENING)
    assert found.package is not None
    opened = open_book(found.package, OPENING)
    for part in opened.sheets:
        content = found.package.read(part.part)
        assert content is not None
        places = [at for word in (b"<row", b"<c ", b"<dataValidation", b"sheetData") if (at := content.find(word)) >= 0]
        for _ in range(30):
            at = draw.choice((*places, draw.randrange(len(content)))) + draw.randrange(60)
            cut = draw.choice((0, 0, 1, 3, 12))
            spoilt = content[:at] + (draw.choice(PIECES) if not cut else b"") + content[at + cut :]
            slowly, quickly = both(opened, part, spoilt)
            assert slowly == quickly, spoilt[max(at - 80, 0) : at + 80]


def test_the_limit_of_cells_holds_for_both() -> None:
    assert outcomes(sheet_of(ROWS["numbers"][0]), Opening(cells=2)) == [UnreadableFileError] * 2


def test_the_sheets_of_a_return_are_cut_out() -> None:
    found = contents(filled("housing", {"h1": 4}, "Certified"), OPENING)
    assert found.package is not None
    opened = open_book(found.package, OPENING)
    for part in opened.sheets:
        content = found.package.read(part.part)
        assert content is not None and quick_cells(content) is not None
        assert _ooxml._read(opened, part, content) == _SheetReader(opened, part).read(content)
