"""Old, binary and OpenDocument workbooks: where their formulas and errors are, and how far their sheets reach.

Their values come from calamine, for which an error is a blank and a formula its last value. So that neither passes
unseen, the records of the cells are walked through once more; nothing else in them is understood, neither number
formats nor the text of formulas.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import olefile

from perfbook.returns._book_parts import related_by_id
from perfbook.returns._formats import Contents
from perfbook.returns._looks import Look, Place
from perfbook.returns._package import Package
from perfbook.returns._xml import NotXmlError, parse

# One code an error, the same in both binary formats ([MS-XLS] 2.5.10).
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_NO_FORMAT = ""

_EOF, _BOUNDSHEET, _BOOLERR, _MULRK = 0x000A, 0x0085, 0x0205, 0x00BD
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_BEGINNINGS = frozenset({0x0809, 0x0409, 0x0209, 0x0009})
_VALUES = frozenset({0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _MULRK, _BOOLERR, *_FORMULAS})

_ROW, _CELL_ERROR, _FORMULA_ERROR, _BUNDLE_SHEET = 0, 3, 11, 156
_CELLS = range(2, 12)
_FORMULA_CELLS = range(8, 12)
_FORMATTED_TEXT = 62
# Records with a text, and where its length stands in them; what every record holds at the least ([MS-XLSB] 2.4).
_TEXTS = {6: 8, 8: 8, 19: 1, _FORMATTED_TEXT: 9}
_LEAST = {_ROW: 4, 1: 8, 2: 12, 3: 9, 4: 9, 5: 16, 6: 12, 7: 12, 8: 12, 9: 16, 10: 9, 11: 9, 19: 5, _FORMATTED_TEXT: 13}
# Calamine passes over a text with formats of its own that stands in its cell.
_NOT_READ = "a formatted text, which is not read from this kind of file"

# Read by calamine as well.
_OTHER_PARTS = ("sharedstrings.bin", "styles.bin")

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_ODS = {
    f"{_TABLE} table": "table",
    f"{_TABLE} table-row": "row",
    f"{_TABLE} table-cell": "cell",
    f"{_TABLE} covered-table-cell": "cell",
    f"{_TEXT} p": "p",
}
# A formula dragged along is one cell that says how often it stands there.
_MOST_REPEATS = 200


@dataclass
class Walked:
    """What was found on one sheet. `extent` is rows x columns up to the last value."""

    looks: dict[Place, Look] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    @property
    def extent(self) -> int:
        """Rows x columns up to the last value."""
        return self.rows * self.columns

    def reach(self, row: int, column: int) -> None:
        """Note that a value stands in a cell."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


def walk(contents: Contents) -> Mapping[str, Walked]:
    """Formulas, errors and extents by sheet name; fewer of .xls where its records cannot be followed.

    Raises NotXmlError where an .ods is not well-formed, and where a record of an .xlsb reaches beyond its part or is
    shorter than what it holds. Of the first calamine may never come back; for the second it asks for as much memory as
    the record says; in the third it reads on in what an earlier record left behind, as a value or as a place.
    """
    if contents.package is None:
        return _walk_xls(contents.data)
    if contents.kind == "xlsb":
        return _walk_xlsb(contents.package)
    return _walk_ods(contents.package)


# -- .xls -------------------------------------------------------------------------------------------------------------


def _walk_xls(data: bytes) -> dict[str, Walked]:
    stream = _book_stream(data)
    found: dict[str, Walked] = {}
    eighth = True
    for number, body in _records(stream, 0):
        if number == _EOF:
            break
        if number in _BEGINNINGS:
            eighth = body[:2] == b"\x00\x06"
        elif number == _BOUNDSHEET and len(body) >= 8:
            # Names of before Excel 97 have no byte that says whether they are wide.
            offset, wide, at = struct.unpack_from("<I", body)[0], body[7] & 1 if eighth else 0, 8 if eighth else 7
            words = body[at : at + body[6] * (1 + wide)]
            found[words.decode("utf-16-le" if wide else "latin-1", "replace")] = _walk_biff(stream, offset)
    return found


def _book_stream(data: bytes) -> bytes:
    if not data.startswith(b"\xd0\xcf\x11\xe0"):
        return data
    try:
        with olefile.OleFileIO(data) as compound:
            name = next(name for name in ("Workbook", "Book") if compound.exists(name))
            return bytes(compound.openstream(name).read())
    except Exception:  # it has many of its own
        return b""


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    at = start
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        yield number, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _walk_biff(stream: bytes, offset: int) -> Walked:
    walked, depth = Walked(), 0
    for number, body in _records(stream, offset):
        if number in _BEGINNINGS:
            depth += 1
        elif number == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1 and number in _VALUES and len(body) >= 8:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if number == _MULRK else column
            walked.reach(row, max(column, last))
            if number == _BOOLERR and body[7]:
                walked.looks[row, column] = Look(_NO_FORMAT, "", _ERRORS.get(body[6], "#VALUE!"))
            elif number in _FORMULAS and len(body) >= 14:
                failed = body[12:14] == b"\xff\xff" and body[6] == 2
                walked.looks[row, column] = Look(_NO_FORMAT, "=", _ERRORS.get(body[8], "#VALUE!") if failed else "")
    return walked


# -- .xlsb ------------------------------------------------------------------------------------------------------------


def _walk_xlsb(package: Package) -> dict[str, Walked]:
    book = next((name for name in package.names if name.endswith("workbook.bin")), "")
    for name in package.names:
        if name.endswith(_OTHER_PARTS):
            for _ in _long_records(package.read(name) or b""):
                pass
    relations = related_by_id(package, book)
    found: dict[str, Walked] = {}
    for number, body in _long_records(package.read(book) or b""):
        if number == _BUNDLE_SHEET and len(body) >= 12:
            identifier, at = _wide(body, 8)
            name, _ = _wide(body, at)
            found[name] = _walk_binary(package.read(relations.get(identifier, "")) or b"")
    return found


def _wide(body: bytes, at: int) -> tuple[str, int]:
    if at + 4 > len(body):
        return "", len(body)
    length = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _long_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(stream):
        number, at = _varint(stream, at, 2)
        length, at = _varint(stream, at, 4)
        if at + length > len(stream):
            raise NotXmlError(f"a record of {length} bytes reaches beyond the end")
        body = stream[at : at + length]
        if length < _LEAST.get(number, 0) or (number in _TEXTS and _wide(body, _TEXTS[number])[1] > length):
            raise NotXmlError(f"a record of the kind {number} has only {length} bytes")
        yield number, body
        at += length


def _varint(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """A number in up to so many bytes of seven bits, lowest first ([MS-XLSB] 2.1.4)."""
    number = 0
    for index in range(most):
        if at >= len(stream):
            break
        byte = stream[at]
        at += 1
        number |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return number, at


def _walk_binary(stream: bytes) -> Walked:
    walked, row = Walked(), 0
    for number, body in _long_records(stream):
        if number == _ROW:
            row = struct.unpack_from("<I", body)[0]
        elif number in _CELLS:
            column = struct.unpack_from("<I", body)[0]
            walked.reach(row, column)
            failed = number in (_CELL_ERROR, _FORMULA_ERROR)
            if failed or number in _FORMULA_CELLS:
                formula = "=" if number in _FORMULA_CELLS else ""
                error = _ERRORS.get(body[8], "#VALUE!") if failed else ""
                walked.looks[row, column] = Look(_NO_FORMAT, formula, error)
        elif number == _FORMATTED_TEXT:
            column = struct.unpack_from("<I", body)[0]
            walked.reach(row, column)
            walked.looks[row, column] = Look(_NO_FORMAT, "", _NOT_READ)
    return walked


# -- .ods -------------------------------------------------------------------------------------------------------------


def _walk_ods(package: Package) -> dict[str, Walked]:
    walker = _OdsWalker()
    parse(package.read("content.xml") or b"", _ODS, walker.start, walker.end)
    return walker.found


class _OdsWalker:
    def __init__(self) -> None:
        self.found: dict[str, Walked] = {}
        self.sheet = Walked()
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.attributes: dict[str, str] = {}
        self.words: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self.sheet = self.found.setdefault(attributes.get(_name(_TABLE, "name"), ""), Walked())
            self.row = self.column = 0
        elif name == "row":
            self.rows, self.column = _repeats(attributes, "number-rows-repeated"), 0
        elif name == "cell":
            self.columns = _repeats(attributes, "number-columns-repeated")
            self.attributes, self.words = attributes, []

    def end(self, name: str, text: str) -> None:
        if name == "p":
            self.words.append(text)
        elif name == "row":
            self.row += self.rows
        elif name == "cell":
            self._end_cell()
            self.column += self.columns

    def _end_cell(self) -> None:
        formula = self.attributes.get(_name(_TABLE, "formula"), "")
        if _name(_OFFICE, "value-type") not in self.attributes and not formula:
            return
        self.sheet.reach(self.row + self.rows - 1, self.column + self.columns - 1)
        failed = self.attributes.get(_name(_CALC, "value-type"), "") == "error"
        if formula or failed:
            error = ("".join(self.words) or "#VALUE!") if failed else ""
            look = Look(_NO_FORMAT, formula and f"={formula.partition('=')[2]}", error)
            for row in range(self.row, self.row + min(self.rows, _MOST_REPEATS)):
                for column in range(self.column, self.column + min(self.columns, _MOST_REPEATS)):
                    self.sheet.looks[row, column] = look


def _name(uri: str, name: str) -> str:
    return f"{uri}\x1f{name}"


def _repeats(attributes: Mapping[str, str], name: str) -> int:
    given = attributes.get(_name(_TABLE, name), "1")
    return int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 8 else 1
