"""One LibreOffice process, driven over JSON lines, that opens, types, recalculates and saves.

    with Office() as office, office.open("return.xlsx") as book:
        book.type_cell("Measures", "H5", "76.8")
        book.all_formulas()["Measures"]["K5"].value

LibreOffice starts at the first `open`, with a profile of its own, and again if it died. Workbooks are opened as copies
in a temporary folder: the originals are never locked or touched. LibreOffice ends with the process that started it,
however that ends; should anything be left all the same, the next one to start clears it away.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

import psutil

from tests.support.installation import find_installation, missing_tools

CellValue = str | float | int | bool | None
BRIDGE = Path(__file__).with_name("office_bridge.py")
PREFIX, OWNER = "perfbook-office-", "owner"


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
        remove_leftovers(Path(tempfile.gettempdir()))
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        (Path(self._folder.name) / OWNER).write_text(str(os.getpid()), encoding="ascii")
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


def remove_leftovers(folder: Path) -> None:
    """End what was started by a process that is no more, and remove its profile."""
    for left in folder.glob(PREFIX + "*"):
        try:
            owner = int((left / OWNER).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue  # one that is being made or removed
        if psutil.pid_exists(owner):
            continue
        for process in psutil.process_iter(["cmdline"]):
            if any(str(left) in part for part in process.info["cmdline"] or ()):
                with contextlib.suppress(psutil.Error):
                    process.kill()
        shutil.rmtree(left, ignore_errors=True)


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

    def all_formulas(self, *, texts: bool = True) -> dict[str, dict[str, Formula]]:
        """Recalculate, then return every formula cell of the book: sheet -> address -> formula.

        Without `texts` only their values and errors, which takes a fraction of the time.
        """
        return {
            sheet: {address: Formula(formula, value, error) for address, formula, value, error in cells}
            for sheet, cells in self._call("all_formulas", texts=texts).items()
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
