"""LibreOffice as the second opinion: one process, driven over JSON lines, that opens, types, recalculates and saves.

    with Office() as office, office.open("return.xlsx") as book:
        book.type_cell("Measures", "H5", "76.8")
        book.all_formulas()["Measures"]["K5"].value

LibreOffice starts at the first `open`, with a profile of its own, and again if it died. Workbooks are opened as copies
in a temporary folder: the originals are never locked or touched.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Literal

from tests.support.installation import find_installation, missing_tools

CellValue = str | float | int | bool | None
BRIDGE = Path(__file__).with_name("office_bridge.py")

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


class OfficeError(Exception):
    """LibreOffice is missing, has died, did not answer in time, or cannot do what was asked."""


# -- The process ------------------------------------------------------------------------------------------------------


class Office:
    """One LibreOffice process. `timeout` is how long one operation may take, in seconds."""

    def __init__(self, timeout: float = 900.0) -> None:
        self.timeout = timeout
        self.starts = 0
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._log: IO[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, path: str | os.PathLike[str], *, macros: int = 0, hidden: bool = True) -> Book:
        """Open a copy of the workbook `path`. `macros` is LibreOffice's MacroExecutionMode: 0 never, 4 always.

        One that is not `hidden` has a window, though on no screen, and in it a selection and an active sheet.
        """
        source = Path(path)
        if not source.is_file():
            raise FileNotFoundError(f"There is no workbook {source} to open.")
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._folder is not None
        self._count += 1
        folder = Path(self._folder.name) / str(self._count)
        folder.mkdir()
        copy = folder / source.name
        shutil.copyfile(source, copy)
        return Book(self, self.starts, int(self.call("open", path=str(copy), macros=macros, hidden=hidden)), source)

    def call(self, op: str, **arguments: object) -> Any:
        """Have the bridge do `op`; raises OfficeError with its sentence, and ends the process if it does not answer."""
        process = self._process
        if process is None or process.poll() is not None or process.stdin is None:
            raise OfficeError("LibreOffice is not running.")
        self._count += 1
        request = {"id": self._count, "op": op, **arguments}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=self.timeout)
        except (OSError, queue.Empty) as error:
            self._end()
            what = "died" if isinstance(error, OSError) else f"did not answer within {self.timeout:g} s"
            raise OfficeError(f"LibreOffice {what} ({op}).") from error
        if line is None:
            tail = self._tail()
            self._end()
            raise OfficeError(f"The bridge to LibreOffice ended ({op}). {tail}")
        answer = json.loads(line)
        if "error" in answer:
            if answer.get("died"):
                self._end()
            raise OfficeError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """End the process, politely first, and remove its temporary folder."""
        process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
        self._end()

    @property
    def process_id(self) -> int | None:
        """The process that the bridge leads, or None while LibreOffice is not running."""
        return None if self._process is None else self._process.pid

    def _start(self) -> None:
        found = find_installation()
        if found.soffice is None or found.python is None:
            raise OfficeError(f"These tests need {', '.join(missing_tools())}. Run: python3 bootstrap.py test")
        self._end()
        self._folder = tempfile.TemporaryDirectory(prefix="perfbook-office-", ignore_cleanup_errors=True)
        self._log = (Path(self._folder.name) / "bridge.log").open("w+b")
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
        self._process = subprocess.Popen(
            [found.python, BRIDGE, found.soffice, self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="ascii",
            env=environment,
            start_new_session=True,  # so that it and LibreOffice can be ended together
        )
        self._answers = queue.Queue()
        threading.Thread(target=_pump, args=(self._process, self._answers), daemon=True).start()
        self.starts += 1
        self.call("start")

    def _tail(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")[-2000:]

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if sys.platform == "win32":
                if process.poll() is None:
                    subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
            else:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        if self._log is not None:
            self._log.close()
            self._log = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _pump(process: subprocess.Popen[str], answers: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(ValueError), process.stdout:
        for line in process.stdout:
            answers.put(line)
    answers.put(None)


# -- A workbook in it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetState:
    """One sheet as LibreOffice has it."""

    name: str
    visible: bool
    protected: bool


@dataclass(frozen=True)
class Cell:
    """One cell.

    `value` is a number, a text, or None for an empty cell or an error; `string` is what is displayed; `formula` is in
    LibreOffice's English grammar (`;` between arguments) and empty unless `type` is `formula`; `error` is LibreOffice's
    code, 0 for none.
    """

    type: Literal["value", "text", "empty", "formula"]
    value: str | float | None
    string: str
    formula: str
    error: int


EMPTY = Cell("empty", None, "", "", 0)


@dataclass(frozen=True)
class Formula:
    """One formula cell after a recalculation; `value` of an error is its displayed text (`#N/A`, `Err:504`)."""

    formula: str
    value: str | float
    error: int


class Book:
    """A workbook that is open in LibreOffice. Addresses are A1, rows are numbered from 1 as Excel shows them."""

    def __init__(self, office: Office, start: int, handle: int, path: Path) -> None:
        self._office = office
        self._start = start
        self._handle = handle
        self.path = path

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OfficeError):
            self.close()

    def _call(self, op: str, **arguments: object) -> Any:
        if self._start != self._office.starts:
            raise OfficeError(f"{self.path.name} was open in a LibreOffice that has died.")
        return self._office.call(op, book=self._handle, **arguments)

    def sheets(self) -> list[SheetState]:
        """Return the sheets in order. Very hidden sheets are merely hidden in LibreOffice."""
        return [SheetState(**sheet) for sheet in self._call("sheets")]

    def set_cell(self, sheet: str, address: str, value: CellValue) -> None:
        """Put a value into an unlocked cell without interpreting it: a text stays text, as pasted; None empties it."""
        self._call("set_cell", sheet=sheet, address=address, value=value)

    def type_cell(self, sheet: str, address: str, text: str) -> None:
        """Type `text` into an unlocked cell as a person does, in a British LibreOffice.

        What it does (7.4): a number, a date (`31/12/2020`), money (`£1,200`) or `=formula` is understood, also in a
        cell of another number format, whose format it may change; a leading apostrophe makes text; in a cell formatted
        as text everything stays text. In a percent cell LibreOffice's input line puts a `%` behind anything that begins
        with a digit or a minus, which its API does not; so that is done here: `76.8` and `76.8%` both become 0.768, and
        `113/147` the text `113/147%`. Whatever has a `%` already is left as it is: `76.8% (113/147)` stays text.
        Data validation is not asked; a person would be.
        """
        self._call("type_cell", sheet=sheet, address=address, text=text)

    def set_formula(self, sheet: str, address: str, formula: str) -> None:
        """Put a formula (English names, `;` between arguments, `$Sheet.A1`) into an unlocked cell."""
        self._call("set_formula", sheet=sheet, address=address, formula=formula)

    def get_cells(self, sheet: str, address: str) -> list[list[Cell]]:
        """Return the cells of a range, row by row."""
        rows = self._call("get_cells", sheet=sheet, address=address)
        return [[Cell(**cell) if cell else EMPTY for cell in row] for row in rows]

    def get_cell(self, sheet: str, address: str) -> Cell:
        """Return one cell."""
        return self.get_cells(sheet, address)[0][0]

    def recalculate(self) -> None:
        """Calculate every formula again, whether or not its inputs changed."""
        self._call("recalculate")

    def all_formulas(self) -> dict[str, dict[str, Formula]]:
        """Recalculate, then return every formula cell of the book: sheet -> address -> formula."""
        return {
            sheet: {address: Formula(formula, value, error) for address, formula, value, error in cells}
            for sheet, cells in self._call("all_formulas").items()
        }

    def save_as(self, path: str | os.PathLike[str], format: Literal["xlsx", "ods", "xls"] = "xlsx") -> Path:
        """Save a copy in this format and return its path; the open workbook stays what it was."""
        target = Path(path).absolute()
        self._call("save_as", path=str(target), format=format)
        return target

    def to_pdf(self, path: str | os.PathLike[str]) -> Path:
        """Print every visible sheet to a PDF, with the page setup of the workbook."""
        target = Path(path).absolute()
        self._call("save_as", path=str(target), format="pdf")
        return target

    def run_macro(self, module: str, sub: str, *, library: str = "VBAProject") -> CellValue:
        """Run a macro without arguments and return what it returns.

        It runs whatever `macros` the book was opened with. A Sub returns None, a Function without arguments its value.
        A macro that fails is an OfficeError with Basic's number and words. A message box is not shown in this
        LibreOffice and answers 0 at once.
        """
        result: CellValue = self._call("run_macro", library=library, module=module, sub=sub)
        return result

    def buttons(self, sheet: str) -> dict[str, str]:
        """Return which macro each form button of a sheet runs: its caption -> `library.module.sub`."""
        found: dict[str, str] = self._call("buttons", sheet=sheet)
        return found

    def macro_sources(self, *, library: str = "VBAProject") -> dict[str, str]:
        """Return the source of each macro module as LibreOffice has read it, with a line or two of its own on top."""
        sources: dict[str, str] = self._call("macro_sources", library=library)
        return sources

    def insert_rows(self, sheet: str, row: int, count: int = 1) -> None:
        """Insert `count` rows above `row`."""
        self._call("insert_rows", sheet=sheet, row=row, count=count)

    def delete_rows(self, sheet: str, row: int, count: int = 1) -> None:
        """Delete `count` rows from `row` down."""
        self._call("delete_rows", sheet=sheet, row=row, count=count)

    def move_range(self, sheet: str, source: str, target: str) -> None:
        """Cut `source` and paste it with its first cell at `target`; formulas that name it follow it."""
        self._call("move_range", sheet=sheet, source=source, target=target)

    def paste(
        self, sheet: str, address: str, source: Book, source_sheet: str, source_range: str, *, cut: bool = False
    ) -> None:
        """Copy a range of an open book, this or another, or cut it, and paste it here with its first cell at `address`.

        As by hand, formats, limits and comments come along, and so do formulas; a cut leaves bare cells behind.
        """
        arguments = {"source": source._handle, "source_sheet": source_sheet, "source_address": source_range}
        self._call("paste", sheet=sheet, address=address, cut=cut, **arguments)

    def fill_handle(self, sheet: str, source: str, end: str) -> None:
        """Drag the fill handle of `source` to the cell `end`: one number counts on, a formula moves along."""
        self._call("fill_handle", sheet=sheet, source=source, end=end)

    def rename_sheet(self, sheet: str, name: str) -> None:
        """Give a sheet another name."""
        self._call("rename_sheet", sheet=sheet, name=name)

    def unprotect(self, sheet: str, password: str = "") -> None:
        """Take the protection off a sheet."""
        self._call("unprotect", sheet=sheet, password=password)

    def add_sheet(self, name: str) -> None:
        """A sheet behind the others."""
        self._call("add_sheet", name=name)

    def column_width(self, sheet: str, column: int, width: int) -> None:
        """The width of a column, from 0, in hundredths of a millimetre."""
        self._call("column_width", sheet=sheet, column=column, width=width)

    def add_name(self, name: str, refers_to: str) -> None:
        """A name of the workbook, `refers_to` as LibreOffice writes it: `$'My sheet'.$B$5`."""
        self._call("add_name", name=name, refers_to=refers_to)

    def add_chart(self, sheet: str, name: str, address: str) -> None:
        """A column chart of a range."""
        self._call("add_chart", sheet=sheet, name=name, address=address)

    def close(self) -> None:
        """Close without saving."""
        self._call("close")


# -- Cached values against recalculated ones --------------------------------------------------------------------------


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
        fresh = book.all_formulas()
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
