"""The careful reading of .xlsx and .xlsm, Transitional and Strict: what is in each cell, and in which way.

The fast reader gives values only: for it an error is a blank, a formula is its last value, and number formats are not
there. Here every cell comes with its formula, its error and its number format. Only the sheets that are wanted are
read, cell by cell, so that a sheet which claims a million rows costs what is in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from perfbook.errors import UnreadableFileError
from perfbook.returns._addresses import PLACES, Area, area_of, reference
from perfbook.returns._book_parts import MAIN, formats_of, nothing, relations_of, strings_of, workbook_part
from perfbook.returns._looks import Look, Place, Raw, shows_date
from perfbook.returns._package import DAMAGED, SWOLLEN, Package
from perfbook.returns._quick_cells import QuickCells, kind_of, quick_cells
from perfbook.returns._quick_text import meant
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

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NUMBER_BYTES = re.compile(_NUMBER.pattern.encode())
# A row with nothing in it but formats; where a sheet claims a million of them, they are dropped before it is read.
_EMPTY_ROW = re.compile(rb"""<row r="[0-9]+"[^<>]*(?:/>|>(?:<c r="[A-Z]+[0-9]+"[^<>]*/>)*</row>)""")
_LARGE = 4_000_000
_PIECE = 1_000_000
# Elements to run through, for each cell that there may be with something in it.
_EMPTY_ONES = 5
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 (a cell knows no zone)
_LAST_SERIAL = 2_958_465
_DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)
_INFINITE = math.inf
_LONGEST_AREA = 32
_SMALL = 100_000


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
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return True
        # What is found soon first: a mark stands in the first cell.
        return any(number in content for number in self._numbers_of(mark)) or mark.encode() in content

    def _numbers_of(self, mark: str) -> tuple[bytes, ...]:
        """The shared texts that begin with a mark, as cells refer to them."""
        known = self._marked.get(mark)
        if known is None:
            texts = enumerate(self.strings)
            known = self._marked[mark] = tuple([b">%d<" % at for at, text in texts if text.startswith(mark)])
        return known

    @cached_property
    def _marked(self) -> dict[str, tuple[bytes, ...]]:
        return {}

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
    named, date1904 = _kept_named(content) if len(content) <= _SMALL else _named(content)
    found = [(sheet, relations.get(identifier, ("nowhere", ""))) for sheet, identifier in named]
    if all(kind == "nowhere" for _, (kind, _) in found):
        raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED)  # not one of its sheets can be found
    sheets = [replace(sheet, part=target) for sheet, (kind, target) in found if kind == "worksheet"]
    linked = dict(relations.values())
    active = [kind for kind in ("vbaProject", "xlMacrosheet", "externalLink") if kind in linked]
    return CarefulBook(
        package=package,
        opening=opening,
        sheets=tuple(sheets),
        strings=strings_of(package, linked.get("sharedStrings", "")),
        formats=formats_of(package, linked.get("styles", "")),
        date1904=date1904,
        active=tuple(active),
    )


def _named(content: bytes) -> tuple[tuple[tuple[SheetPart, str], ...], bool]:
    """The sheets of a workbook with the ids of their parts, which are not known yet, and whether its days are those of
    1904.
    """
    sheets: list[tuple[SheetPart, str]] = []
    flags: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            flags.append(attributes.get("date1904", "") in ("1", "true"))
            return
        shown = attributes.get("state", "visible") == "visible"
        sheets.append((SheetPart(attributes.get("name", ""), "", shown), attribute(attributes, _LINKS, "id")))

    parse(content, _BOOK, start, nothing)
    return tuple(sheets), any(flags)


_kept_named = lru_cache(maxsize=64)(_named)  # the same in most returns


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


_COLUMN = itemgetter(1)


# Of the first thousand shared texts, as cells refer to them.
_NUMBERS = tuple(b"%d" % number for number in range(1000))


class _Shared(dict[bytes, str | None]):
    """The shared texts by their numbers as they stand in cells; None for a number that is not plain, or of no text."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__(zip(_NUMBERS, strings, strict=False))
        self._strings = strings

    def __missing__(self, number: bytes) -> str | None:
        known = number.isdigit() and int(number) < len(self._strings)
        text = self[number] = self._strings[int(number)] if known else None
        return text


class _Kind(NamedTuple):
    """What is told of a cell by its attributes."""

    style: str
    kind: str
    number_format: str
    fails: bool


# What a cell holds, by its attributes: a plain number, a shared text, a text, or something else.
_NUMBER_CELL, _SHARED, _TEXT, _OTHER = range(4)


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
        if self.rows != quick.rows or (quick.count and not quick.rows and not quick.cut_rows):
            return None  # rows of another namespace
        if quick.count > self.book.opening.cells:
            return None  # it may be too many
        self._count(quick.count + quick.cut_rows)
        beyond, self.validated = self.validated, []
        self._note(self.validated, " ".join(quick.limits))
        self.validated += beyond
        if not self._keep(quick):
            return None
        if self.looks:
            self.last[0] = max(self.last[0], max(self.looks)[0])
            self.last[1] = max(self.last[1], *map(_COLUMN, self.looks))
        return self._sheet(large=False)

    def _keep(self, quick: QuickCells) -> bool:
        """Keep the cells that were cut out, unless one stands there twice.

        Most are plain numbers and texts, and formulas without a value; all others are held as the parser's are.
        """
        kinds: dict[bytes, tuple[int, _Kind]] = {}
        alike: dict[bytes | tuple[bytes, bytes | None], Look] = {}  # many rows have the same formulas
        strings, cells, looks, places = _Shared(self.book.strings), self.cells, self.looks, PLACES
        most, kept = self.book.opening.columns, 0
        is_number = _NUMBER_BYTES.fullmatch
        for address, attributes, given, formula, value, text in quick.cells:
            seen = kinds.get(attributes)
            if seen is None:
                seen = kinds[attributes] = self._kind(attributes)
            way, known = seen
            raw: Raw = None
            if text is not None or way == _OTHER:
                plain = False
            elif not value:
                if given is None:
                    continue
                plain = True
            elif way == _SHARED:
                raw = strings[value]
                plain = bool(raw)
            elif way == _TEXT:
                raw = meant(value)
                plain = bool(raw)
            else:
                raw = float(value) if is_number(value) else _INFINITE
                plain = -_INFINITE < raw < _INFINITE
            place = places[address]
            if not plain or place[1] >= most:
                kept += self._hold_cut(place, known, given, formula, value, text)
                continue
            same = attributes if given is None else (attributes, formula)
            look = alike.get(same)
            if look is None:
                look = alike[same] = Look(known.number_format, "" if given is None else b"=" + (formula or b""))
            looks[place] = look
            if raw is not None:
                cells[place] = raw
            kept += 1
        return kept == len(looks)

    def _hold_cut(
        self,
        place: Place,
        known: _Kind,
        given: bytes | None,
        formula: bytes | None,
        value: bytes | None,
        text: bytes | None,
    ) -> int:
        """A cell that is not plain; how many cells there are more to be looked at."""
        if value is None and text is None and given is None and not known.fails:
            return 0
        self.row, self.column = place
        self.kind, self.style = known.kind, known.style
        self.value, self.values = None if value is None else meant(value), 1
        self.pieces = [] if text is None else [meant(text)]
        self.formula = None if given is None else meant(formula or b"")
        return self._hold(known.number_format)

    def _kind(self, attributes: bytes) -> tuple[int, _Kind]:
        self.style, kind = kind_of(attributes)
        number_format = self._format()
        is_number = kind == "n" and _DATE_LETTERS.search(number_format) is None
        way = _NUMBER_CELL if is_number else {"s": _SHARED, "str": _TEXT}.get(kind, _OTHER)
        return way, _Kind(self.style, kind, number_format, kind == "e")

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
        named = words.split()
        self._count(len(named))
        areas += [known for area in named if len(area) <= _LONGEST_AREA and (known := area_of(area))]

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

    def _hold(self, number_format: str) -> int:
        """Keep the cell that was read; how many were kept."""
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
            return 0
        if self.row > self.last[0]:
            self.last[0] = self.row
        if self.column > self.last[1]:
            self.last[1] = self.column
        if self.column >= self.book.opening.columns:
            return 0
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
        return 1

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
