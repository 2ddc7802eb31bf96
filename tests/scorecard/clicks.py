"""A workspace with its scorecard open in LibreOffice, and what clicking its button does."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from perfbook.creating import create_workspace
from perfbook.excel import project
from perfbook.excel.project import Module
from perfbook.scorecard import button as made
from perfbook.settings import ZONE
from perfbook.workspace import Workspace, open_workspace
from tests.support.office import Book, Cell, Office

BUILT = datetime(2020, 10, 20, 9, 0, tzinfo=ZONE)
CLICKED = datetime(2020, 10, 22, 16, 30, tzinfo=ZONE)
AS_AT = "2020-10-22T16:30"
# Spaces, quotation marks, signs that shells and Windows read, and letters beyond ASCII.
FOLDER = "Zoë's returns & 100% %HOME% ✓"
WAY, COMMAND, WORKSPACE, LIMIT, MESSAGE, COUNT = "B1", "B2", "B3", "B5", "B7", "B8"

# What a test needs from inside the workbook.
HOOKS = """\
Option Explicit

Public Sub Protect()
    ThisWorkbook.Worksheets("Check trend").Protect
End Sub

Public Sub ClickTwice()
    Buttons.Busy = True
    Buttons.Consolidate
    Buttons.Busy = False
End Sub

Public Function Traced() As Variant
    Dim said As String
    Traced = Find.PassportRow("Scorecard", CLng(Val(Refresh.Text("last_message"))), said)
    If Traced = 0 Then Traced = said
End Function

Public Function Opened() As Variant
    Dim said As String
    Opened = Find.ReturnPath("Scorecard", CLng(Val(Refresh.Text("last_message"))), said)
    If Opened = "" Then Opened = said
End Function

Private Sub PutCursor()
    Dim row As Long
    row = CLng(Val(Refresh.Text("last_message")))
    ThisWorkbook.Worksheets("Scorecard").Activate
    ThisWorkbook.Worksheets("Scorecard").Cells(row, 1).Select
End Sub

Public Sub PressConsolidate()
    Buttons.RibbonConsolidate Nothing
End Sub

Public Function PressTrace() As Variant
    PutCursor
    Buttons.RibbonTrace Nothing
    PressTrace = ActiveSheet.Name & " " & ActiveCell.Row
End Function

Public Function PressOpen() As Variant
    PutCursor
    Buttons.RibbonOpen Nothing
    PressOpen = ActiveWorkbook.Name
    If ActiveWorkbook.Name <> ThisWorkbook.Name Then ActiveWorkbook.Close False
End Function

Public Sub PressAbout()
    Buttons.RibbonAbout Nothing
End Sub

Public Function Outside() As Variant
    Dim said As String
    Refresh.RangeOf("list_files").Cells(1, 1).Value = "../framework.xlsx"
    Outside = Find.ReturnPath("Files", Refresh.RangeOf("list_files").Row, said) & said
End Function
"""


@dataclass(frozen=True)
class Click:
    """An open scorecard. `screen` is all that it shows and holds, the sheet Settings apart."""

    workspace: Workspace
    book: Book

    def click(self, hook: str = "") -> str:
        """Run what the form button runs, or a hook; the message that it ended in, of which there must be one."""
        before = self._count()
        if hook:
            self.book.run_macro("Hooks", hook)
        else:
            _, module, sub = self.book.buttons("Summary")["Consolidate"].split(".")
            self.book.run_macro(module, sub)
        assert self._count() == before + 1
        return str(self.book.get_cell("Settings", MESSAGE).value)

    def _count(self) -> int:
        return int(float(self.book.get_cell("Settings", COUNT).value or 0))

    def set(self, cell: str, value: str) -> None:
        """A setting of the workbook."""
        self.book.set_cell("Settings", cell, value)

    def screen(self) -> dict[str, list[list[Cell]]]:
        """Every cell of every sheet."""
        return cells(self.book)


def cells(book: Book) -> dict[str, list[list[Cell]]]:
    """Every cell of every sheet but Settings, recalculated."""
    book.recalculate()
    return {s.name: book.get_cells(s.name, "A1:Z160") for s in book.sheets() if s.name != "Settings"}


def _built(workspace: Workspace) -> None:
    """The scorecard as built on the day before, with hooks."""
    sources = project.read_sources
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "read_sources", lambda folder: (*sources(folder), Module("Hooks", HOOKS, "standard")))
        workspace.consolidate(as_at=BUILT, xlsm=True)


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dudley's second quarter, which tests copy: nothing is consolidated yet."""
    return create_workspace(tmp_path_factory.mktemp("created") / FOLDER, example="dudley").root


@pytest.fixture(scope="module")
def built(created: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its scorecard, which tests copy."""
    workspace = copied(created, tmp_path_factory.mktemp("built"))
    _built(workspace)
    return workspace.root


def copied(root: Path, folder: Path) -> Workspace:
    """A copy of a workspace to change."""
    return open_workspace(Path(shutil.copytree(root, folder / FOLDER)))


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Workspace:
    """A workspace with its scorecard as built on the day before."""
    return copied(built, tmp_path)


def script(path: Path, line: str) -> str:
    """A command of one line; the answer starts it."""
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
    return f'"{path}"'


def perfbook_command(folder: Path) -> str:
    """The real perfbook, at the moment of the click."""
    python = f"PYTHONPATH={shlex.quote(str(Path(__file__).parents[2]))} {shlex.quote(sys.executable)}"
    return script(folder / "perfbook it.sh", f'{python} -m perfbook "$@" --as-at {AS_AT} > /dev/null 2>&1')


def _scorecards(workspace: Workspace) -> list[Path]:
    return list((workspace.root / "outputs").glob("*/*.xlsm"))


@contextmanager
def opened(workspace: Workspace, office: Office, *, hidden: bool = True) -> Iterator[Click]:
    """The scorecard of the workspace as built on the day before, open in LibreOffice, with hooks.

    Only one that is not `hidden` has a cell that is selected.
    """
    if not _scorecards(workspace):
        _built(workspace)
    (path,) = _scorecards(workspace)
    with office.open(path, macros=4, hidden=hidden) as book:
        click = Click(workspace, book)
        click.set(WORKSPACE, str(workspace.root))
        click.set(COMMAND, perfbook_command(workspace.root.parent))
        click.set(LIMIT, "600")  # so long that only what hangs takes as long
        yield click


def change_returns(workspace: Workspace) -> None:
    """A figure corrected, another that is odd and so a finding more, and a file more in the folder."""
    folder = workspace.returns_folder(workspace.settings.period)
    path = next(folder.glob("*Housing.xlsx"))
    found = openpyxl.load_workbook(path)
    sheet = found["Measures"]
    columns = {cell.value: cell.column or 0 for cell in sheet[1]}
    sheet.cell(6, columns["numerator"]).value = 100
    found.save(path)
    other = next(folder.glob("*Childrens Services.xlsx"))
    found = openpyxl.load_workbook(other)
    for row in range(6, 12):
        found["Measures"].cell(row, columns["actual"]).value = "about twelve"
    found.save(other)
    shutil.copyfile(path, folder / "=1+1, notes & é.txt")


def headless(workspace: Workspace, target: Path) -> Path:
    """The scorecard that perfbook writes at the moment of the click, from a copy of the workspace."""
    shutil.copytree(workspace.root, target)
    return open_workspace(target).consolidate(as_at=CLICKED).outputs["scorecard"]
