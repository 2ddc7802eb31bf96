"""The gate for one worksheet part."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element, iterparse
from xml.sax.saxutils import unescape

from perfbook.workbook._gate_formula import check_formula
from perfbook.workbook._limit_table import Report
from perfbook.workbook.text import escape_free, utf16_length

__all__ = ["MAIN", "SheetPart", "Text", "check_sheet", "check_text", "local", "text_of"]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL, _VALUE, _FORMULA = f"{MAIN}c", f"{MAIN}v", f"{MAIN}f"
# What belongs to a cell and is looked at with it.
_WITHIN = frozenset({_VALUE, _FORMULA})
# Addresses that need no calculation: columns of two letters at most, rows below 100,000.
_NEAR = re.compile(r"[A-Z]{1,2}[1-9]\d{0,4}")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# Cells that break no limit for certain: blank ones, short numbers, and shared strings that are fine.
_PLAIN_CELL = re.compile(
    rb'<c r="[A-Z]{1,2}[1-9][0-9]{0,4}"(?: s="[0-9]+")?'
    rb'(?:/>|><v>-?[0-9]{1,7}(?:\.[0-9]{1,7})?</v></c>| t="s"><v>([0-9]{1,9})</v></c>)'
)
# The same with a formula, whose value is a short number, a truth value or a text without escapes that is not long.
_FORMULA_CELL = re.compile(
    rb'<c r="[A-Z]{1,2}[1-9][0-9]{0,4}"(?: s="[0-9]+")?'
    rb"(?:><f>([^<]+)</f><v>-?[0-9]{1,7}(?:\.[0-9]{1,7})?</v></c>"
    rb'| t="(?:str|b)"><f>([^<]+)</f><v>((?:[^<&_]|&(?:amp|lt|gt|quot);){0,250})</v></c>)'
)
_ROWS, _COLUMNS = 1_048_576, 16_384
_HEADERS = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
_LONG = 254  # characters: shorter texts have fewer line feeds than a cell takes
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Excel stores the width that is typed plus the margins of the cell: 5 pixels, under one character.
_WIDTH_MARGIN = 0.9


@dataclass(frozen=True)
class Text:
    """What counts of a text: its length in UTF-16 units, its line feeds, whether it is free of escapes."""

    length: int
    line_feeds: int
    clean: bool

    @classmethod
    def of(cls, value: str) -> Text:
        return cls(utf16_length(value), value.count("\n"), escape_free(value) and not _CONTROL.search(value))


@dataclass(frozen=True)
class SheetPart:
    """A worksheet as the workbook part names it."""

    part: str
    name: str
    hidden: bool
    targets: dict[str, str] = field(default_factory=dict)


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text of a string item: its own or that of its runs, without the readings of phonetic runs."""
    own = element.findtext(f"{MAIN}t")
    runs = "".join(run.findtext(f"{MAIN}t") or "" for run in element.iterfind(f"{MAIN}r"))
    return (own or "") + runs


def check_text(report: Report, text: Text, part: str, sheet: str, cell: str) -> None:
    """Length, line feeds and escapes of a text in a cell."""
    if text.clean and text.length < _LONG:
        return
    report.at_most("cell_text", part, text.length, sheet=sheet, cell=cell)
    report.at_most("cell_line_feeds", part, text.line_feeds, sheet=sheet, cell=cell)
    if not text.clean:
        report.add("cell_escape", part, "an escape or a control character", sheet=sheet, cell=cell)


def check_sheet(report: Report, sheet: SheetPart, content: bytes, strings: list[Text]) -> None:
    """Reads the part once, row by row."""
    links = 0
    sparklines: Counter[str] = Counter()
    content = _without_plain_formulas(_without_plain_cells(content, strings), errors=sheet.hidden)
    for _, element in iterparse(io.BytesIO(content), events=("end",)):
        tag = element.tag
        if tag == _CELL:
            _check_cell(report, sheet, element, strings)
            continue
        if tag in _WITHIN:
            continue
        name = local(element)
        if name == "row" and element.tag == f"{MAIN}row":
            if "ht" in element.attrib:
                report.at_most(
                    "row_height", sheet.part, float(element.attrib["ht"]), sheet=sheet.name, cell=element.get("r", "")
                )
            element.clear()
        elif name == "col":
            _check_column(report, sheet, element)
        elif name == "dataValidation":
            _check_validation(report, sheet, element)
        elif name == "cfRule":
            place = element.get("priority", "")
            for formula in _inner_formulas(element, {"formula", "f"}):
                check_formula(
                    report, formula, sheet.part, sheet=sheet.name, what=f"conditional format {place}", errors=True
                )
        elif name == "hyperlink":
            links += 1
            _check_link(report, sheet, element)
        elif name in _HEADERS:
            length = utf16_length(element.text or "")
            report.at_most("header_footer", sheet.part, length, sheet=sheet.name, what=name)
        elif name == "sparkline":
            _check_sparkline(report, sheet, element, sparklines)
    report.at_most("hyperlink_count", sheet.part, links, sheet=sheet.name)


def _without_plain_cells(content: bytes, strings: list[Text]) -> bytes:
    """The part without the cells that break no limit for certain: most of them, and slow to parse one by one."""

    def left(match: re.Match[bytes]) -> bytes:
        number = match[1]
        if number is None:
            return b""
        text = strings[int(number)] if int(number) < len(strings) else None
        return b"" if text and text.clean and text.length < _LONG else match[0]

    return _PLAIN_CELL.sub(left, content)


def _without_plain_formulas(content: bytes, *, errors: bool) -> bytes:
    """The part without the cells with a formula that break no limit for certain."""

    def left(match: re.Match[bytes]) -> bytes:
        return b"" if _is_plain(match[1] or match[2], errors) else match[0]

    return _FORMULA_CELL.sub(left, content)


@lru_cache(maxsize=4096)
def _is_plain(formula: bytes, errors: bool) -> bool:
    """Whether a formula, as it stands in a part, breaks no limit; rows often have the same."""
    report = Report()
    check_formula(report, unescape(formula.decode(), {"&quot;": '"', "&apos;": "'"}), "", errors=errors)
    return not report.breaches and b"&#" not in formula


def _check_cell(report: Report, sheet: SheetPart, cell: Element, strings: list[Text]) -> None:
    address = cell.get("r", "")
    kind = cell.get("t", "n")
    value, formula = cell.findtext(_VALUE), cell.find(_FORMULA)
    if address and not _inside(address):
        report.add("cell_address", sheet.part, address, sheet=sheet.name, cell=address)
    if formula is not None:
        if formula.text:
            check_formula(report, formula.text, sheet.part, sheet=sheet.name, cell=address, errors=sheet.hidden)
        if value is None or (value == "" and kind != "str"):
            report.add("formula_value", sheet.part, "none", sheet=sheet.name, cell=address)
    if kind == "e":
        if not (sheet.hidden and value == "#N/A"):
            report.add("formula_error", sheet.part, value, sheet=sheet.name, cell=address)
    elif kind == "n":
        if value:
            _check_number(report, sheet, address, value)
    elif kind == "s":
        if value is None or not value.isdigit() or int(value) >= len(strings):
            report.add("package", sheet.part, f"a lost shared string, {value}", sheet=sheet.name, cell=address)
        else:
            check_text(report, strings[int(value)], sheet.part, sheet.name, address)
    elif kind == "str":
        check_text(report, Text.of(value or ""), sheet.part, sheet.name, address)
    elif kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        check_text(report, Text.of("" if inline is None else text_of(inline)), sheet.part, sheet.name, address)


def _inside(address: str) -> bool:
    if _NEAR.fullmatch(address):
        return True
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return False
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return column <= _COLUMNS and int(match.group(2)) <= _ROWS


def _check_number(report: Report, sheet: SheetPart, address: str, value: str) -> None:
    match = _NUMBER.fullmatch(value)
    if match is None:
        report.add("number_form", sheet.part, value, sheet=sheet.name, cell=address)
    elif len(value) > 15:
        digits = match.group(1).replace(".", "").lstrip("0")
        # Noughts at the end of a whole number only say how large it is.
        report.at_most("number_digits", sheet.part, len(digits.rstrip("0")), sheet=sheet.name, cell=address)


def _check_column(report: Report, sheet: SheetPart, column: Element) -> None:
    place = f"column {column.get('min', '')}"
    width = float(column.get("width", "0")) - _WIDTH_MARGIN
    if width > 255:
        report.add("column_width", sheet.part, float(column.get("width", "0")), sheet=sheet.name, what=place)
    if int(column.get("max", "1")) > _COLUMNS:
        report.add("cell_address", sheet.part, f"column {column.get('max')}", sheet=sheet.name)


def _inner_formulas(element: Element, names: Iterable[str]) -> list[str]:
    """The texts of the formulas below an element; in extensions the formula is wrapped once more."""
    return [child.text for child in element.iter() if local(child) in set(names) and child.text and child.text.strip()]


def _check_validation(report: Report, sheet: SheetPart, rule: Element) -> None:
    cells = rule.get("sqref") or next((child.text or "" for child in rule.iter() if local(child) == "sqref"), "")
    cell = cells.partition(" ")[0]
    for attribute, code in (
        ("promptTitle", "validation_title"),
        ("errorTitle", "validation_title"),
        ("prompt", "validation_message"),
        ("error", "validation_message"),
    ):
        length = utf16_length(rule.get(attribute, ""))
        report.at_most(code, sheet.part, length, sheet=sheet.name, cell=cell, what=attribute)
    for formula in _inner_formulas(rule, {"formula1", "formula2", "f"}):
        if rule.get("type") == "list" and formula.startswith('"') and formula.endswith('"'):
            length = utf16_length(formula[1:-1].replace('""', '"'))
            report.at_most("validation_list", sheet.part, length, sheet=sheet.name, cell=cell)
            continue
        report.at_most("validation_formula", sheet.part, utf16_length(formula), sheet=sheet.name, cell=cell)
        check_formula(report, formula, sheet.part, sheet=sheet.name, cell=cell, what="validation")


def _check_link(report: Report, sheet: SheetPart, link: Element) -> None:
    cell = link.get("ref", "")
    where = {"sheet": sheet.name, "cell": cell}
    report.at_most("hyperlink_location", sheet.part, utf16_length(link.get("location", "")), **where)
    report.at_most("hyperlink_tip", sheet.part, utf16_length(link.get("tooltip", "")), **where)
    target = sheet.targets.get(link.get(_RELATION, ""), "")
    report.at_most("hyperlink_target", sheet.part, utf16_length(target), **where)


def _check_sparkline(report: Report, sheet: SheetPart, sparkline: Element, seen: Counter[str]) -> None:
    parts = {local(child): (child.text or "").strip() for child in sparkline}
    place, source = parts.get("sqref", ""), parts.get("f", "")
    seen[place] += 1
    if not source or not _inside(place) or seen[place] > 1:
        found = "no range" if not source else "a second sparkline" if seen[place] > 1 else f"the place {place!r}"
        report.add("sparkline_place", sheet.part, found, sheet=sheet.name, cell=place)
    if source:
        check_formula(report, source, sheet.part, sheet=sheet.name, cell=place, what="sparkline")
