"""The careful reading of .xlsx and .xlsm, Transitional and Strict: what is in each cell, and in which way.

The fast reader gives values only: for it an error is a blank, a formula is its last value, and number formats are not
there. Here every cell comes with its formula, its error and its number format. Only the sheets that are wanted are
read, cell by cell, so that a sheet which claims a million rows costs what is in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from perfbook.errors import UnreadableFileError
from perfbook.returns._book_parts import MAIN, formats_of, nothing, relations_of, strings_of, workbook_part
from perfbook.returns._looks import Look, Place, Raw, shows_date
from perfbook.returns._package import DAMAGED, SWOLLEN, Package
from perfbook.returns._quick_cells import QuickCells, plain, quick_cells
from perfbook.returns._xml import NotXmlError, attribute, names_in, parse
from perfbook.returns.opening import NOT_A_WORKBOOK, UNSAFE, Opening

_LINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_BOOK = names_in(MAIN, "sheet workbookPr")
_SHEET = (
    names_in(MAIN, "row c v f t rPh sheetProtection dataValidation mergeCell")
    | names_in(("http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",), "dataValidation")
    | names_in(("http://schemas.microsoft.com/office/excel/2006/main",), "sqref")
)

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# A row with nothing in it but formats; where a sheet claims a million of them, they are dropped before it is read.
_EMPTY_ROW = re.compile(rb"""<row r="[0-9]+"[^<>]*(?:/>|>(?:<c r="[A-Z]+[0-9]+"[^<>]*/>)*</row>)""")
_LARGE = 4_000_000
_PIECE = 1_000_000
# Elements to run through, for each cell that there may be with something in it.
_EMPTY_ONES = 5
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 (a cell knows no zone)
_LAST_SERIAL = 2_958_465
_DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)

# First row, first column, last row, last column, from 0.
Area = tuple[int, int, int, int]


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its name, the part that holds it, and whether it is shown."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True)
class CarefulSheet:
    """What stands on a sheet. `cells` leaves out those with nothing in them; `extent` is rows x columns to the last.

    `validated` are the areas that have limits or a drop-down; `twice` are cells that are written down more than once,
    with what they are to hold. `large` says that the part is many times that of a return.
    """

    name: str
    visible: bool
    cells: Mapping[Place, Raw]
    looks: Mapping[Place, Look]
    extent: int
    protected: bool
    validated: tuple[Area, ...]
    merged: tuple[Area, ...]
    twice: Mapping[Place, tuple[Raw, Raw]]
    part: str = ""
    large: bool = False


@dataclass(frozen=True)
class CarefulBook:
    """A workbook as it lies in its package. `sheets` are its worksheets in their order."""

    package: Package
    opening: Opening
    sheets: tuple[SheetPart, ...]
    strings: tuple[str, ...]
    formats: tuple[str, ...]
    date1904: bool
    active: tuple[str, ...] = field(default=())

    def may_bear(self, sheet: SheetPart, mark: str) -> bool:
        """Whether a sheet may hold a text that begins with a mark, by a look at its bytes."""
        content = self.package.read(sheet.part)
        if content is None:
            return False
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or mark.encode() in content:
            return True
        numbers = [number for number, text in enumerate(self.strings) if text.startswith(mark)]
        return any(f">{number}<".encode() in content for number in numbers)

    def read(self, sheet: SheetPart) -> CarefulSheet:
        """The cells of a sheet. Raises NotXmlError, UnreadableFileError."""
        content = self.package.read(sheet.part)
        if content is None:
            raise NotXmlError(f"there is no part {sheet.part}")
        return _read(self, sheet, content)


def open_book(package: Package, opening: Opening) -> CarefulBook:
    """The workbook in a package. Raises NotXmlError, UnreadableFileError (R101 where there is none)."""
    part = workbook_part(package)
    content = package.read(part)
    if content is None:
        raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED)
    relations = relations_of(package, part)
    sheets: list[SheetPart] = []
    flags: list[bool] = []
    lost: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            flags.append(attributes.get("date1904", "") in ("1", "true"))
            return
        kind, target = relations.get(attribute(attributes, _LINKS, "id"), ("nowhere", ""))
        lost.append(kind == "nowhere")
        if kind == "worksheet":
            shown = attributes.get("state", "visible") == "visible"
            sheets.append(SheetPart(attributes.get("name", ""), target, shown))

    parse(content, _BOOK, start, nothing)
    if all(lost):
        raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED)  # not one of its sheets can be found
    linked = dict(relations.values())
    active = [kind for kind in ("vbaProject", "xlMacrosheet", "externalLink") if kind in linked]
    return CarefulBook(
        package=package,
        opening=opening,
        sheets=tuple(sheets),
        strings=strings_of(package, linked.get("sharedStrings", "")),
        formats=formats_of(package, linked.get("styles", "")),
        date1904=any(flags),
        active=tuple(active),
    )


def reference(text: str) -> Place | None:
    """The place of an address like `K7`; None for anything else."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _thinned(content: bytes) -> Iterator[bytes]:
    """A large sheet in pieces that end with a row, without the rows that hold nothing."""
    start = 0
    while start < len(content):
        end = content.rfind(b"row>", start, start + _PIECE) + len(b"row>")
        if end < start + len(b"row>"):
            end = min(start + _PIECE, len(content))
        yield _EMPTY_ROW.sub(b"", content[start:end])
        start = end


def _read(book: CarefulBook, sheet: SheetPart, content: bytes) -> CarefulSheet:
    quick = quick_cells(content) if len(content) <= _LARGE else None
    if quick:
        found = _SheetReader(book, sheet).read_quickly(quick)
        if found:
            return found
    return _SheetReader(book, sheet).read(content)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    place = reference(f"{letters}1")
    assert place is not None
    return place[1]


class _SheetReader:
    """One run through a sheet."""

    def __init__(self, book: CarefulBook, sheet: SheetPart) -> None:
        self.book = book
        self.sheet = sheet
        self.cells: dict[Place, Raw] = {}
        self.looks: dict[Place, Look] = {}
        self.last = [-1, -1]
        self.row = -1
        self.column = -1
        self.kind = ""
        self.style = ""
        self.value: str | None = None
        self.values = 0
        self.formula: str | None = None
        self.pieces: list[str] = []
        self.phonetic = False
        self.protected = False
        self.limits = False
        self.validated: list[Area] = []
        self.merged: list[Area] = []
        self.twice: dict[Place, tuple[Raw, Raw]] = {}
        self.seen = 0
        self.rows = 0
        # Most cells look alike.
        self.alike: dict[tuple[str, str, str], Look] = {}

    def read(self, content: bytes) -> CarefulSheet:
        thin = len(content) > _LARGE and not content.startswith((b"\xff\xfe", b"\xfe\xff"))
        parse(_thinned(content) if thin else content, _SHEET, self._start, self._end)
        return self._sheet(large=len(content) > _LARGE)

    def read_quickly(self, quick: QuickCells) -> CarefulSheet | None:
        """The same of a sheet whose cells are cut out already; None where they are not what they seem."""
        parse(quick.rest, _SHEET, self._start, self._end)
        if self.rows != quick.rows or (quick.count and not quick.rows):
            return None  # rows of another namespace
        self._count(quick.count)
        styles: dict[str | None, tuple[str, bool]] = {}
        alike: dict[tuple[str | None, str | None], Look] = {}  # many rows have the same formulas
        strings, cells, looks = self.book.strings, self.cells, self.looks
        most = self.book.opening.columns
        for letters, row, style, kind, attributes, formula, value, text in quick.cells:
            if value is None and text is None and attributes is None and kind != "e":
                continue
            known = styles.get(style)
            if known is None:
                self.style = style or "0"
                number_format = self._format()
                dated = _DATE_LETTERS.search(number_format) is not None
                known = styles[style] = (number_format, dated)
            number_format, dated = known
            column = _column(letters)
            place = (int(row) - 1, column)
            # Most cells are plain numbers and texts: these are kept here, all others as the parser's are.
            if text is None and value and column < most and place not in looks:
                raw: Raw = None
                if kind == "s" and value.isascii() and value.isdigit() and int(value) < len(strings):
                    raw = strings[int(value)]
                elif (kind is None or kind == "n") and not dated and _NUMBER.fullmatch(value):
                    number = float(value)
                    raw = number if math.isfinite(number) else None
                elif kind == "str":
                    raw = plain(value) if quick.escaped else value
                if raw is not None and raw != "":
                    if len(looks) >= self.book.opening.cells:
                        raise UnreadableFileError(UNSAFE, SWOLLEN)
                    same = (style, None if attributes is None else formula or "")
                    look = alike.get(same)
                    if look is None:
                        shown = "" if same[1] is None else f"={plain(same[1])}"
                        look = alike[same] = Look(number_format, shown)
                    cells[place], looks[place] = raw, look
                    continue
            if quick.escaped:
                formula, value, text = formula and plain(formula), value and plain(value), text and plain(text)
            self.row, self.column = place
            self.kind, self.value, self.values = kind or "n", value, 1
            self.pieces = [] if text is None else [text]
            self.formula = None if attributes is None else formula or ""
            self._hold(number_format)
        self.last[0] = max(self.last[0], max((row for row, _ in looks), default=-1))
        self.last[1] = max(self.last[1], max((column for _, column in looks), default=-1))
        return self._sheet(large=False)

    def _sheet(self, *, large: bool) -> CarefulSheet:
        return CarefulSheet(
            name=self.sheet.name,
            visible=self.sheet.visible,
            cells=self.cells,
            looks=self.looks,
            extent=(self.last[0] + 1) * (self.last[1] + 1),
            protected=self.protected,
            validated=tuple(self.validated),
            merged=tuple(self.merged),
            twice=self.twice,
            part=self.sheet.part,
            large=large,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._count()
            self.rows += 1
            given = attributes.get("r", "")
            self.row = int(given) - 1 if given.isascii() and given.isdigit() and 0 < len(given) < 8 else self.row + 1
            self.column = -1
        elif name == "f":
            self.formula = ""
        elif name == "rPh":
            self.phonetic = True
        elif name == "sheetProtection":
            self.protected = attributes.get("sheet", "") in ("1", "true")
        elif name == "dataValidation":
            self.limits = True
            self._note(self.validated, attributes.get("sqref", ""))
        elif name == "mergeCell":
            self._note(self.merged, attributes.get("ref", ""))

    def _note(self, areas: list[Area], words: str) -> None:
        for area in words.split():
            self._count()
            first, _, last = area.partition(":")
            begin, finish = reference(first), reference(last or first)
            if begin and finish:
                areas.append((*begin, *finish))

    def _count(self, more: int = 1) -> None:
        self.seen += more
        if self.seen > _EMPTY_ONES * self.book.opening.cells:
            raise UnreadableFileError(UNSAFE, SWOLLEN)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._count()
        place = reference(attributes.get("r", ""))
        if place is None:
            self.column += 1
        else:
            self.row, self.column = place
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
        self.value = self.formula = None
        self.pieces = []
        self.values = 0

    def _end(self, name: str, text: str) -> None:
        if name == "v":
            self.value = text
            self.values += 1
        elif name == "f":
            self.formula = text
        elif name == "t":
            if not self.phonetic:
                self.pieces.append(text)
        elif name == "rPh":
            self.phonetic = False
        elif name == "dataValidation":
            self.limits = False
        elif name == "sqref" and self.limits:  # those of Excel 2010 and later; formats have such areas too
            self._note(self.validated, text)
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        self._hold(self._format())

    def _hold(self, number_format: str) -> None:
        """Keep the cell that was read."""
        error = ""
        raw: Raw = None
        text = "".join(self.pieces) if self.pieces else self.value
        if self.kind == "e":
            error = self.value or "#VALUE!"
        elif self.kind == "s":
            raw, error = self._shared()
        elif self.kind in ("str", "inlineStr") or self.pieces:
            raw = text or None
        elif self.value:
            raw = self._typed(self.value.strip(), number_format)
        if raw is None and not error and self.formula is None:
            return
        if self.row > self.last[0]:
            self.last[0] = self.row
        if self.column > self.last[1]:
            self.last[1] = self.column
        if self.column >= self.book.opening.columns:
            return
        place = (self.row, self.column)
        if len(self.looks) >= self.book.opening.cells:
            raise UnreadableFileError(UNSAFE, SWOLLEN)
        if place in self.looks or self.values > 1:
            self.twice[place] = (self.cells.get(place), raw)
        seen = (number_format, "" if self.formula is None else f"={self.formula}", error)
        look = self.alike.get(seen)
        if look is None:
            look = self.alike[seen] = Look(*seen)
        self.looks[place] = look
        if raw is not None:
            self.cells[place] = raw
        else:
            self.cells.pop(place, None)

    def _format(self) -> str:
        number = int(self.style) if self.style.isascii() and self.style.isdigit() else 0
        return self.book.formats[number] if number < len(self.book.formats) else "General"

    def _shared(self) -> tuple[Raw, str]:
        words = (self.value or "").strip()
        if not words:
            return None, ""
        number = int(words) if words.isascii() and words.isdigit() else -1
        if not 0 <= number < len(self.book.strings):
            return None, "a text that is missing from the file"
        return self.book.strings[number] or None, ""

    def _typed(self, value: str, number_format: str) -> Raw:
        if self.kind == "b":
            return value in ("1", "true")
        if self.kind == "d":
            try:
                return datetime.fromisoformat(value).replace(tzinfo=None)
            except ValueError:
                return value
        if not _NUMBER.fullmatch(value):
            return value
        number = float(value)
        if not math.isfinite(number):
            return value
        if _DATE_LETTERS.search(number_format) and 0 <= number <= _LAST_SERIAL and shows_date(number_format, number):
            return _EPOCHS[self.book.date1904] + timedelta(days=number)
        return number
