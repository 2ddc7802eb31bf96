"""The half of `office.py` that speaks UNO: a child process that starts LibreOffice and obeys JSON lines.

It runs under whichever Python has the `uno` module (the system's, or LibreOffice's own), so it uses nothing but the
standard library and `uno`, and no syntax newer than Python 3.7.

    office_bridge.py SOFFICE WORKDIR

One request a line on standard input, `{"id": 1, "op": "open", ...}`; one answer a line on standard output,
`{"id": 1, "result": ...}` or `{"id": 1, "error": "a sentence", "died": false}`. Both are ASCII. When standard input
ends, LibreOffice ends too, whatever it is doing.
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
import threading
import time
import traceback
import uuid
from pathlib import Path
from typing import Any

import uno
from office_clipboard import Clipboard, RefusedError
from office_ranges import Ranges

START_SECONDS = 300
FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "pdf": "calc_pdf_Export",
    "csv": "Text - txt - csv (StarCalc)",
}
FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
FORMULA_ERRORS = 4  # com.sun.star.sheet.FormulaResult.ERROR
PERCENT = 128  # com.sun.star.util.NumberFormat.PERCENT
TOO_MANY_RANGES = 400  # beyond this, one read of the block around all formulas is quicker than one a range
TOO_MANY_CELLS = 3_000_000

# British typing, no first-start dialog, no saving behind our back; who pastes over figures means to.
SETTINGS = (
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "en-GB"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    ("/org.openoffice.Office.Calc/Input", "ReplaceCellsWarning", "false"),
)
SETTING = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
REGISTRY = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(SETTING.format(*setting) for setting in SETTINGS)
    + "</oor:items>"
)

# LibreOffice says nothing of a macro that stops with an error, so this one calls it and asks.
RUNNER = "PerfbookRunner"
RUN = """Option VBASupport 1
Function Run() As Variant
    Dim value As Variant
    On Error GoTo Failed
    value = {call}()
    Run = Array("done", value)
    Exit Function
Failed:
    Run = Array("error " & Err.Number & ", " & Err.Description, Empty)
End Function
"""


class BridgeError(RefusedError):  # type: ignore[misc]
    """Something that the caller asked for cannot be done; the text says what."""


class Bridge(Clipboard, Ranges):  # type: ignore[misc]
    """One LibreOffice process and the workbooks that are open in it."""

    def __init__(self, soffice: str, workdir: str) -> None:
        super().__init__()
        self.soffice = soffice
        self.workdir = Path(workdir)
        self.books: dict[int, Any] = {}
        self.last = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.desktop: Any = None

    # -- the process ------------------------------------------------------------------------------------------------

    def start(self) -> dict[str, int]:
        profile = self.workdir / "profile"
        (profile / "user").mkdir(parents=True, exist_ok=True)
        (profile / "user" / "registrymodifications.xcu").write_text(REGISTRY, encoding="utf-8")
        pipe = "perfbook" + uuid.uuid4().hex
        self.process = subprocess.Popen(
            [
                self.soffice,
                "--headless",
                "--invisible",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nolockcheck",
                "-env:UserInstallation=" + profile.absolute().as_uri(),
                "--accept=pipe,name=" + pipe + ";urp;StarOffice.ComponentContext",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        address = "uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext"
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                context = resolver.resolve(address)
                break
            except Exception as error:
                if self.process.poll() is not None:
                    raise BridgeError(f"LibreOffice ended at once with exit code {self.process.returncode}.") from error
                if time.monotonic() > deadline:
                    raise BridgeError(f"LibreOffice did not answer within {START_SECONDS} s.") from error
                time.sleep(0.05)
        services = context.ServiceManager
        self.desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.start_reader(services, context)
        return {"pid": self.process.pid}

    def stop(self) -> None:
        for handle in list(self.books):
            try:
                self.books.pop(handle).close(True)
            except Exception:
                continue
        with contextlib.suppress(Exception):  # it may vanish before it answers
            self.desktop.terminate()
        if self.process is not None:
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # -- finding things ---------------------------------------------------------------------------------------------

    def book(self, handle: int) -> Any:
        if handle not in self.books:
            raise BridgeError("This workbook is not open any more.")
        return self.books[handle]

    def sheet(self, handle: int, name: str) -> Any:
        sheets = self.book(handle).Sheets
        if not sheets.hasByName(name):
            raise BridgeError("There is no sheet {!r}; there are: {}.".format(name, ", ".join(sheets.ElementNames)))
        return sheets.getByName(name)

    def range(self, handle: int, sheet: str, address: str) -> Any:
        try:
            return self.sheet(handle, sheet).getCellRangeByName(address)
        except BridgeError:
            raise
        except Exception as error:
            raise BridgeError(f"{address!r} is not a cell or range of the sheet {sheet!r}.") from error

    def input(self, handle: int, sheet: str, address: str) -> Any:
        """One cell that a person could change: LibreOffice drops changes to locked cells without a word."""
        cells = self.range(handle, sheet, address)
        where = cells.RangeAddress
        if (where.StartColumn, where.StartRow) != (where.EndColumn, where.EndRow):
            raise BridgeError(f"{address!r} is a range; one cell is expected.")
        if self.sheet(handle, sheet).isProtected() and cells.CellProtection.IsLocked:
            raise BridgeError(f"{sheet}!{address} is locked on a protected sheet.")
        return cells.getCellByPosition(0, 0)

    # -- operations -------------------------------------------------------------------------------------------------

    def open(self, path: str, macros: int, hidden: bool = True) -> int:
        try:
            book = self.desktop.loadComponentFromURL(
                Path(path).as_uri(),
                "_blank",
                0,
                properties(Hidden=hidden, MacroExecutionMode=macros, UpdateDocMode=0),
            )
        except Exception as error:
            if not self.alive():
                raise
            raise BridgeError(f"LibreOffice could not open {Path(path).name}: {error}") from error
        if book is None:
            raise BridgeError(f"LibreOffice could not open {Path(path).name}.")
        if not book.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            book.close(True)
            raise BridgeError(f"{Path(path).name} is not a workbook.")
        self.last += 1
        self.books[self.last] = book
        return self.last

    def close(self, book: int) -> None:
        self.parts.pop(book, None)
        self.kinds.pop(book, None)
        self.books.pop(book).close(True)

    def sheets(self, book: int) -> list[dict[str, Any]]:
        return [
            {"name": sheet.Name, "visible": bool(sheet.IsVisible), "protected": bool(sheet.isProtected())}
            for sheet in (self.book(book).Sheets.getByIndex(i) for i in range(self.book(book).Sheets.Count))
        ]

    def set_cell(self, book: int, sheet: str, address: str, value: str | float | None) -> None:
        cell = self.input(book, sheet, address)
        if isinstance(value, str):
            cell.setString(value)
        elif value is None:
            cell.setFormula("")
        else:
            cell.setValue(float(value))

    def set_formula(self, book: int, sheet: str, address: str, formula: str) -> None:
        self.input(book, sheet, address).setFormula(formula)

    def type_cell(self, book: int, sheet: str, address: str, text: str) -> None:
        cell = self.input(book, sheet, address)
        formats = self.book(book).NumberFormats
        kind = formats.getByKey(cell.NumberFormat).Type
        # LibreOffice's own input line puts the sign behind what is typed into a percent cell; its API does not.
        if kind & PERCENT and text[:1] in tuple("0123456789-") and "%" not in text:
            text += "%"
        cell.FormulaLocal = text

    def get_cells(self, book: int, sheet: str, address: str) -> list[list[dict[str, Any] | None]]:
        """The cells of a range, None for an empty one."""
        cells = self.range(book, sheet, address)
        corner = cells.RangeAddress
        formula_cells = {
            (column - corner.StartColumn, row - corner.StartRow)
            for area in cells.queryContentCells(FORMULAS).RangeAddresses
            for column in range(area.StartColumn, area.EndColumn + 1)
            for row in range(area.StartRow, area.EndRow + 1)
        }
        values, formulas = cells.getDataArray(), cells.getFormulaArray()
        width = len(values[0])
        places = [
            r * width + c
            for r, line in enumerate(values)
            for c, value in enumerate(line)
            if not isinstance(value, str) or (c, r) in formula_cells
        ]
        texts = self.shown(cells, places, width)
        errors = self.errors(cells, [place for place in places if values[place // width][place % width] is None], width)
        rows: list[list[dict[str, Any] | None]] = []
        for r, line in enumerate(values):
            row: list[dict[str, Any] | None] = []
            for c, value in enumerate(line):
                if (c, r) in formula_cells:
                    error = errors.get(r * width + c, 0)
                    made = {"type": "formula", "formula": formulas[r][c], "error": error}
                elif value == "":
                    row.append(None)
                    continue
                else:
                    made = {"type": "text" if isinstance(value, str) else "value", "formula": "", "error": 0}
                row.append({**made, "value": value, "string": texts.get(r * width + c, value)})
            rows.append(row)
        return rows

    def recalculate(self, book: int) -> None:
        self.book(book).calculateAll()

    def all_formulas(self, book: int, texts: bool) -> dict[str, list[list[Any]]]:
        self.book(book).calculateAll()
        sheets = self.book(book).Sheets
        return {name: self.sheet_formulas(sheets.getByName(name), texts) for name in sheets.ElementNames}

    def sheet_formulas(self, sheet: Any, texts: bool) -> list[list[Any]]:
        """Return [address, formula, value, error code] for each formula cell; error cells have their text as value.

        Without `texts` the formulas are empty: LibreOffice puts each together anew from what it made of it.
        """
        areas = sheet.queryContentCells(FORMULAS).RangeAddresses
        if not areas:
            return []
        left = min(area.StartColumn for area in areas)
        top = min(area.StartRow for area in areas)
        right = max(area.EndColumn for area in areas)
        bottom = max(area.EndRow for area in areas)
        width = right - left + 1
        around = sheet.getCellRangeByPosition(left, top, right, bottom)
        failed = [
            (row - top) * width + column - left
            for area in sheet.queryFormulaCells(FORMULA_ERRORS).RangeAddresses
            for column in range(area.StartColumn, area.EndColumn + 1)
            for row in range(area.StartRow, area.EndRow + 1)
        ]
        errors, shown = self.errors(around, failed, width), self.shown(around, failed, width)
        block = None
        if len(areas) > TOO_MANY_RANGES and width * (bottom - top + 1) <= TOO_MANY_CELLS:
            block = (around.getDataArray(), around.getFormulaArray() if texts else None)
        names = {column: column_name(column) for column in range(left, right + 1)}
        found = []
        for area in areas:
            if block is None:
                cells = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
                values, formulas = cells.getDataArray(), cells.getFormulaArray() if texts else None
                up, back = area.StartRow, area.StartColumn
            else:
                values, formulas = block
                up, back = top, left
            for row in range(area.StartRow, area.EndRow + 1):
                value_row, formula_row = values[row - up], formulas[row - up] if formulas else None
                for column in range(area.StartColumn, area.EndColumn + 1):
                    place = (row - top) * width + column - left
                    value = shown.get(place, value_row[column - back])
                    address = names[column] + str(row + 1)
                    formula = formula_row[column - back] if formula_row else ""
                    found.append([address, formula, value, errors.get(place, 0)])
        return found

    def save_as(self, book: int, path: str, format: str) -> None:
        options = {"FilterName": FILTERS[format], "Overwrite": True}
        try:
            self.book(book).storeToURL(Path(path).as_uri(), properties(**options))
        except Exception as error:
            if not self.alive():
                raise
            raise BridgeError(f"LibreOffice could not write {path}: {error}") from error

    def run_macro(self, book: int, library: str, module: str, sub: str) -> Any:
        modules = self.libraries(book, library)
        if not modules.hasByName(module):
            raise BridgeError("There is no module {!r}; there are: {}.".format(module, ", ".join(modules.ElementNames)))
        if modules.hasByName(RUNNER):
            modules.removeByName(RUNNER)
        modules.insertByName(RUNNER, RUN.format(call=f"{module}.{sub}"))
        address = f"vnd.sun.star.script:{library}.{RUNNER}.Run?language=Basic&location=document"
        try:
            outcome, value = self.book(book).getScriptProvider().getScript(address).invoke((), (), ())[0] or ("", None)
        except Exception as error:
            if not self.alive():
                raise
            raise BridgeError(f"The macro {module}.{sub} cannot be run: {error}") from error
        finally:
            if self.alive():
                modules.removeByName(RUNNER)
        if outcome != "done":
            raise BridgeError(f"The macro {module}.{sub} failed: {outcome.rstrip('.') or 'Basic stopped it'}.")
        return value

    def buttons(self, book: int, sheet: str) -> dict[str, str]:
        forms = self.sheet(book, sheet).DrawPage.Forms
        found = {}
        for form in (forms.getByIndex(i) for i in range(forms.Count)):
            for place in range(form.Count):
                for event in form.getScriptEvents(place):
                    if event.EventMethod == "actionPerformed":
                        found[form.getByIndex(place).Label] = event.ScriptCode.partition(":")[2].partition("?")[0]
        return found

    def libraries(self, book: int, library: str) -> Any:
        found = self.book(book).BasicLibraries
        if not found.hasByName(library):
            raise BridgeError(f"There is no macro library {library!r} in this workbook.")
        found.loadLibrary(library)
        return found.getByName(library)

    def macro_sources(self, book: int, library: str) -> dict[str, str]:
        modules = self.libraries(book, library)
        return {name: modules.getByName(name) for name in modules.ElementNames}

    def insert_rows(self, book: int, sheet: str, row: int, count: int) -> None:
        self.changeable(book, sheet).Rows.insertByIndex(row - 1, count)

    def delete_rows(self, book: int, sheet: str, row: int, count: int) -> None:
        self.changeable(book, sheet).Rows.removeByIndex(row - 1, count)

    def move_range(self, book: int, sheet: str, source: str, target: str) -> None:
        source_cells = self.range(book, sheet, source)
        target_cells = self.range(book, sheet, target)
        for cells in (source_cells, self._landing(target_cells, source_cells)):
            self._demand_unlocked(cells)
        corner = target_cells.getCellByPosition(0, 0).CellAddress
        self.sheet(book, sheet).moveRange(corner, source_cells.RangeAddress)

    def rename_sheet(self, book: int, sheet: str, name: str) -> None:
        if self.book(book).isProtected():
            raise BridgeError("The structure of this workbook is protected.")
        self.sheet(book, sheet).Name = name
        if not self.book(book).Sheets.hasByName(name):
            raise BridgeError(f"LibreOffice refuses the sheet name {name!r}.")

    def unprotect(self, book: int, sheet: str, password: str) -> None:
        found = self.sheet(book, sheet)
        found.unprotect(password)
        if found.isProtected():
            raise BridgeError(f"The sheet {sheet!r} is protected with another password.")

    def changeable(self, book: int, sheet: str) -> Any:
        found = self.sheet(book, sheet)
        if found.isProtected():
            raise BridgeError(f"The sheet {sheet!r} is protected.")
        return found


def properties(**values: object) -> tuple[Any, ...]:
    """Return `values` as the property list that UNO's calls take."""
    made = []
    for name, value in values.items():
        item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        item.Name = name
        item.Value = value
        made.append(item)
    return tuple(made)


def column_name(index: int) -> str:
    """Return the letters of the column with this zero-based index."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_requests(lines: queue.Queue[str | None]) -> None:
    """Put each line of standard input on the queue; when it ends, make sure that this process does too."""
    for line in sys.stdin:
        lines.put(line)
    lines.put(None)
    time.sleep(20)
    end_all()  # LibreOffice hangs and nobody is left to say so


def end_all() -> None:
    """End this process and, as it leads their group, every one of LibreOffice, and remove their folder."""
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    if hasattr(os, "killpg"):
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os._exit(1)


def main() -> None:
    """Serve until standard input ends."""
    # Nothing but answers may reach standard output, whatever the libraries print.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    bridge = Bridge(sys.argv[1], sys.argv[2])
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=read_requests, args=(lines,), daemon=True).start()
    while True:
        line = lines.get()
        if line is None:
            break
        request = json.loads(line)
        answer = {"id": request.pop("id")}
        try:
            answer["result"] = getattr(bridge, request.pop("op"))(**request)
        except RefusedError as error:
            answer["error"] = str(error)
            answer["died"] = not bridge.alive()
        except Exception as error:
            traceback.print_exc()
            answer["error"] = f"LibreOffice: {type(error).__name__}: {error}"
            answer["died"] = "DisposedException" in type(error).__name__ or not bridge.alive()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    bridge.stop()
    end_all()


if __name__ == "__main__":
    main()
