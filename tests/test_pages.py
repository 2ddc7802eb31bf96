"""`perfbook pages`: a sheet of each directorate for printing, with its own rows alone and texts in full."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from perfbook.cli import cli
from perfbook.framework.model import Framework
from perfbook.scorecard.pages import build_pages
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.framework.test_plan import PLAN
from tests.scorecard import invented
from tests.scorecard.test_actions import quarter
from tests.unattended.council import AFTER_DUE, PERIOD, make_workspace


def _sheets(data: bytes, path: Path) -> dict[str, list[list[object]]]:
    path.write_bytes(data)
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_each_directorate_has_a_sheet_with_its_measures_and_all_that_was_said(tmp_path: Path, audit: Audit) -> None:
    data = build_pages(invented.quarter())
    sheets = _sheets(data, tmp_path / "pages.xlsx")
    assert list(sheets) == ["Housing & Estates", "Adult Care"]
    rows = sheets["Housing & Estates"]
    assert rows[0][0] == "Housing & Estates"
    start = next(number for number, row in enumerate(rows) if row[0] == "Code")
    listed = {row[0]: row for row in rows[start + 1 :]}
    assert list(listed) == [m.code for m in invented.MEASURES if m.directorate == "housing" and m.key != "c3"]
    assert str(listed["A1"][9]) == f"{('Fewer people answered than before. ' * 6).strip()}\nWhat is being done: =1+1"
    assert not any(str(cell).startswith("=") and "(" in str(cell) for row in rows for cell in row)
    book = openpyxl.load_workbook(tmp_path / "pages.xlsx")
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == f"${start}:${start + 1}"
    assert breaches(data) == []
    assert audit(tmp_path / "pages.xlsx") == []
    assert build_pages(invented.quarter()) == data


@pytest.mark.parametrize("framework", [PLAN])
def test_actions_stand_below_the_measures_with_their_updates_in_full(framework: Framework, tmp_path: Path) -> None:
    sheets = _sheets(build_pages(quarter(framework)), tmp_path / "pages.xlsx")
    texts = [str(cell) for rows in sheets.values() for row in rows for cell in row if cell]
    assert ("word " * 400).strip() in texts


def test_the_command_writes_workbook_and_pdf(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "council", directorates=2)
    workspace.collect(as_at=AFTER_DUE)
    done = CliRunner().invoke(cli, ["pages", "-w", str(workspace.root), "--as-at", "2032-01-21T09:00"])
    assert done.exit_code == 0, done.output
    written = workspace.output_path(PERIOD, "directorate pages", "pdf")
    assert written.read_bytes().startswith(b"%PDF")
    assert str(written) in done.output.replace("\n", "")
    assert workspace.output_path(PERIOD, "directorate pages", "xlsx").is_file()
