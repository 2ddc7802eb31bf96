"""LibreOffice as the second opinion: whether the values that a file carries are those that it calculates.

with Office() as office:
    assert compare_cached("return.xlsx", office).mismatches == []
"""

from __future__ import annotations

import math
import os
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

from tests.support.office_process import Book, Cell, CellValue, Formula, Office, OfficeError, SheetState

__all__ = [
    "Book",
    "Cached",
    "Cell",
    "Comparison",
    "Difference",
    "Formula",
    "Office",
    "OfficeError",
    "SheetState",
    "compare_cached",
    "read_cached",
    "same_number",
]

# What LibreOffice's error codes are called in Excel; 502 is Excel's #NUM! or #VALUE!, depending on the function.
ERROR_NAMES = {
    502: ("#VALUE!", "#NUM!"),
    503: ("#NUM!",),
    504: ("#REF!", "#VALUE!"),
    508: ("#NAME?",),
    519: ("#VALUE!",),
    521: ("#NULL!",),
    524: ("#REF!",),
    525: ("#NAME?",),
    532: ("#DIV/0!",),
    32767: ("#N/A",),
}


@dataclass(frozen=True)
class Cached:
    """A formula cell as it is in the file: `value` is None where the file has no value, `error` its error text."""

    formula: str
    value: str | float | bool | None
    error: str = ""


@dataclass(frozen=True)
class Difference:
    """A formula cell whose two values are not the same, or whose value is an error."""

    sheet: str
    cell: str
    formula: str
    cached: str | float | bool | None
    recalculated: str | float | None

    def __str__(self) -> str:
        values = f"in the file {self.cached!r}, recalculated {self.recalculated!r}"
        return f"{self.sheet}!{self.cell}: {values}, by {self.formula}"


@dataclass(frozen=True)
class Comparison:
    """What `compare_cached` found. `errors` lists every formula that gives an error, also where the file agrees.

    The #N/A of a formula that asks for it with NA() is none: it is how a chart is told that there is nothing to draw.
    """

    formulas: int
    mismatches: list[Difference] = field(default_factory=list)
    errors: list[Difference] = field(default_factory=list)


def compare_cached(
    path: str | os.PathLike[str],
    office: Office,
    *,
    sets: Mapping[tuple[str, str], CellValue] | None = None,
    against: str | os.PathLike[str] | None = None,
) -> Comparison:
    """Compare the value that each formula cell carries in the file with what LibreOffice calculates.

    `sets` are cells, (sheet, address), to fill before the recalculation, on protected sheets too. `against` is the
    workbook whose cached values are expected, if not `path` itself: so a book written for one period, with the period
    picker set to another, can be compared with the book written for that other period.

    Numbers agree within a relative 1e-12, as all do that agree at 15 significant digits; True and False agree with 1
    and 0; an empty text agrees with no value.
    """
    cached = read_cached(path if against is None else against)
    with office.open(path) as book:
        for (sheet, address), value in (sets or {}).items():
            if next((state.protected for state in book.sheets() if state.name == sheet), False):
                book.unprotect(sheet)
            book.set_cell(sheet, address, value)
        fresh = book.all_formulas(texts=False)
        if any(cells.keys() - cached.get(sheet, {}).keys() for sheet, cells in fresh.items()):
            fresh = book.all_formulas()  # what the file does not have as a formula is told with its text
    mismatches: list[Difference] = []
    errors: list[Difference] = []
    for sheet in dict.fromkeys([*cached, *fresh]):
        ours, theirs = cached.get(sheet, {}), fresh.get(sheet, {})
        for address in dict.fromkeys([*ours, *theirs]):
            mine, other = ours.get(address), theirs.get(address)
            difference = Difference(
                sheet,
                address,
                mine.formula if mine and mine.formula else other.formula if other else "",
                (mine.error or mine.value) if mine else None,
                other.value if other else None,
            )
            if mine is None or other is None or not _agree(mine, other):
                mismatches.append(difference)
            if ((mine and mine.error) or (other and other.error)) and not _for_a_chart(mine):
                errors.append(difference)
    return Comparison(sum(len(cells) for cells in cached.values()), mismatches, errors)


def _for_a_chart(cached: Cached | None) -> bool:
    return bool(cached and cached.error == "#N/A" and "NA()" in cached.formula)


def _agree(cached: Cached, fresh: Formula) -> bool:
    if fresh.error:
        names = ERROR_NAMES.get(fresh.error, ())
        return bool(cached.error) and (cached.error in names or cached.error == fresh.value)
    if cached.error:
        return False
    if isinstance(fresh.value, str):
        return fresh.value == ("" if cached.value is None else cached.value)
    if isinstance(cached.value, (bool, int, float)):
        return same_number(float(cached.value), fresh.value)
    return False


def same_number(first: float, second: float) -> bool:
    """Return whether two numbers agree within a relative 1e-12, as all do that agree at 15 significant digits."""
    return math.isclose(first, second, rel_tol=1e-12, abs_tol=0.0)


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_cached(path: str | os.PathLike[str]) -> dict[str, dict[str, Cached]]:
    """Return the formula cells of an .xlsx with the values stored in it, sheet -> address, without calculating."""
    with zipfile.ZipFile(path) as package:
        relations = {
            item.attrib["Id"]: item.attrib["Target"]
            for item in ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        }
        shared: list[str] = []
        if "xl/sharedStrings.xml" in package.namelist():
            shared = [_text(item) for item in ET.fromstring(package.read("xl/sharedStrings.xml"))]
        found: dict[str, dict[str, Cached]] = {}
        for sheet in ET.fromstring(package.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
            target = relations[sheet.attrib[_RELATIONSHIP]]
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            with package.open(part) as stream:
                found[sheet.attrib["name"]] = _cached_cells(stream, shared)
        return found


def _text(item: ET.Element) -> str:
    # A phonetic run repeats the text; only t of the item itself and of its runs count.
    nodes = [*item.findall(f"{_MAIN}t"), *item.findall(f"{_MAIN}r/{_MAIN}t")]
    return "".join(node.text or "" for node in nodes)


def _cached_cells(stream: IO[bytes], shared: list[str]) -> dict[str, Cached]:
    found: dict[str, Cached] = {}
    arrays: list[tuple[int, int, int, int, str]] = []
    for _, cell in ET.iterparse(stream):
        if cell.tag == f"{_MAIN}row":
            cell.clear()
            continue
        if cell.tag != f"{_MAIN}c":
            continue
        address = cell.attrib["r"]
        formula = cell.find(f"{_MAIN}f")
        if formula is None:
            column, row = _position(address)
            text = next((a[4] for a in arrays if a[0] <= column <= a[2] and a[1] <= row <= a[3]), None)
            if text is None:
                continue
        else:
            text = formula.text or ""
            if formula.attrib.get("t") == "array":
                first, _, last = formula.attrib["ref"].partition(":")
                arrays.append((*_position(first), *_position(last or first), text))
        node = cell.find(f"{_MAIN}v")
        raw = None if node is None else node.text or ""
        kind = cell.attrib.get("t", "n")
        value: str | float | bool | None
        if kind == "e":
            found[address] = Cached(text, None, raw or "#ERROR")
            continue
        if kind == "s" and raw:
            value = shared[int(raw)]
        elif kind == "b" and raw:
            value = raw == "1"
        elif kind == "n":
            value = float(raw) if raw else None
        else:
            value = raw
        found[address] = Cached(text, value)
    return found


def _position(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column, int(address[len(letters) :])
