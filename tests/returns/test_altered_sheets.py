"""Actions, Service summary, the grids and Evidence, altered as people alter them: nothing lost, everything said."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perfbook.framework.version import with_version
from perfbook.records import Finding, Submission
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from tests.framework.books import Q2
from tests.returns.test_actions import ALONE
from tests.returns.test_grids import CREATED, DUE, WORKFORCE
from tests.returns.test_sections import SECTIONS

FRAMEWORK = with_version(
    replace(
        ALONE,
        sections=SECTIONS,
        grids=(WORKFORCE,),
        actions=tuple(replace(action, evidence=action.key == "a-1") for action in ALONE.actions),
    )
)


@dataclass(frozen=True)
class Kind:
    """A sheet: the row and the input to fill, a column with what was sent out, what a row is about, and how what was
    filled is found in a submission."""

    sheet: str
    row: str
    column: str
    locked: str
    what: str
    told: Callable[[Submission], list[str]]


def _reports(submission: Submission) -> list[str]:
    return [report.update for report in submission.actions if report.update]


def _texts(submission: Submission) -> list[str]:
    return [text.text for text in submission.sections if text.text]


def _figures(submission: Submission) -> list[str]:
    return [str(figure.value) for figure in submission.grids]


def _evidence(submission: Submission) -> list[str]:
    return [row.shows for row in submission.evidence]


ACTIONS = Kind("Actions", "a-1", "update", "title", "action", _reports)
SUMMARY = Kind("Service summary", "overview", "text", "title", "heading", _texts)
GRID = Kind("Workforce staff", "head", "figure.staff", "label", "line", _figures)
EVIDENCE = Kind("Evidence", "evidence-01", "shows", "asked", "free line", _evidence)
KINDS = (ACTIONS, SUMMARY, GRID, EVIDENCE)
STATING = (ACTIONS, SUMMARY, GRID)


def value(kind: Kind, number: int) -> object:
    """What is filled in; as text it is the number."""
    return number if kind is GRID else str(number)


class At:
    """One sheet of a blank return, opened to be altered."""

    def __init__(self, kind: Kind) -> None:
        data = build_return(FRAMEWORK, "care", Q2, {}, due=DUE, created=CREATED)
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet: Worksheet = self.book[kind.sheet]
        self.rows = {str(cell.value): cell.row for cell in self.sheet["A"] if cell.value}
        self.columns = {str(cell.value): get_column_letter(cell.column) for cell in self.sheet[1] if cell.value}

    def cell(self, row: str | int, column: str) -> str:
        return f"{self.columns[column]}{self.rows[row] if isinstance(row, str) else row}"

    def copy_beneath(self, row: str) -> int:
        """Copy a row, hidden key and all, below the last one; answers its number."""
        number = max(self.rows.values()) + 1
        for cell in self.sheet[self.rows[row]]:
            self.sheet.cell(number, cell.column, cell.value)
        return number

    def read(self) -> Submission:
        target = io.BytesIO()
        self.book.save(target)
        return read_return(target.getvalue(), file="care.xlsx", framework=FRAMEWORK)


def said(submission: Submission, code: str) -> Finding:
    (found,) = [f for f in submission.findings if f.code == code]
    return found


def codes(submission: Submission) -> set[str]:
    return {f.code for f in submission.findings if f.code.startswith("R")}


@pytest.mark.parametrize("kind", STATING, ids=lambda kind: kind.sheet)
def test_locked_cells_that_were_altered_are_said(kind: Kind) -> None:
    at = At(kind)
    cell = at.cell(kind.row, kind.locked)
    sent = str(at.sheet[cell].value)
    at.sheet[cell] = f" {sent.upper()}\u00a0"
    assert codes(at.read()) == set()  # the same, for a reader
    at.sheet[cell] = "Something else"
    at.sheet[at.cell(kind.row, kind.column)] = value(kind, 7)
    submission = at.read()
    found = said(submission, "R222")
    assert (found.sheet, found.cell, found.measure, found.severity) == (kind.sheet, cell, kind.row, "warning")
    assert f"is \u201cSomething else\u201d (sent out: \u201c{sent}\u201d)" in found.found
    assert kind.told(submission) == ["7"]


def test_the_heading_of_figures_that_was_altered_is_said() -> None:
    at = At(GRID)
    heading = next(cell for cell in at.sheet[at.rows["head"] - 1] if cell.value == "Staff")
    heading.value = "Vacancies"
    found = said(at.read(), "R222")
    assert (found.cell, found.sheet) == (heading.coordinate, GRID.sheet)
    assert "heading of the column Staff is \u201cVacancies\u201d" in found.found


@pytest.mark.parametrize("kind", STATING, ids=lambda kind: kind.sheet)
def test_a_row_that_stands_twice_is_read_where_it_is_filled(kind: Kind) -> None:
    at = At(kind)
    beneath = at.copy_beneath(kind.row)
    at.sheet[at.cell(beneath, kind.column)] = value(kind, 8)
    submission = at.read()
    assert kind.told(submission) == ["8"]
    assert f"row {beneath} was read" in said(submission, "R207").found
    assert said(submission, "R207").remedy == f"Delete row {at.rows[kind.row]}."

    at.sheet[at.cell(kind.row, kind.column)] = value(kind, 9)
    submission = at.read()
    assert kind.told(submission) == ["9"]
    assert said(submission, "R207").remedy == "Delete the second row."
    assert f"{at.cell(beneath, kind.column)} of {kind.sheet}" in said(submission, "R211").found


def test_a_row_of_evidence_that_was_copied_is_a_row_more() -> None:
    at = At(EVIDENCE)
    at.sheet[at.cell("evidence-01", "shows")] = "first"
    beneath = at.copy_beneath("evidence-01")
    assert _evidence(at.read()) == ["first"]
    at.sheet[at.cell(beneath, "shows")] = "second"
    submission = at.read()
    assert _evidence(submission) == ["first", "second"]
    assert codes(submission) == set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.sheet)
def test_what_stands_in_a_row_without_a_key_is_said(kind: Kind) -> None:
    at = At(kind)
    beneath = max(at.rows.values()) + 2
    at.sheet[at.cell(beneath, kind.column)] = value(kind, 5)
    submission = at.read()
    assert kind.told(submission) == []
    found = said(submission, "R217")
    assert (found.sheet, found.cell) == (kind.sheet, at.cell(beneath, kind.column))
    assert f"no {kind.what}" in found.found


def test_the_first_row_that_lost_its_key_is_said() -> None:
    at = At(EVIDENCE)
    cell = at.cell("evidence-01", "shows")
    at.sheet[cell] = "first"
    at.sheet[f"A{at.rows['evidence-01']}"] = None
    submission = at.read()
    assert submission.evidence == ()
    assert said(submission, "R217").cell == cell


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.sheet)
def test_a_formula_without_a_value_is_no_blank(kind: Kind) -> None:
    at = At(kind)
    at.sheet[at.cell(kind.row, kind.column)] = "=3+4"
    submission = at.read()
    assert kind.told(submission) == []
    assert submission.state == "in progress"
    assert (said(submission, "V111").sheet, said(submission, "V111").severity) == (kind.sheet, "error")


@pytest.mark.parametrize(
    ("typed", "shown", "figure", "code"),
    [
        ("1,234", "@", "1234", "V119"),
        (" 12\u00a0", "@", "12", "V119"),
        (0.12, "0%", None, "V109"),
        ("12k", "@", None, "G102"),
        (12, "0", "12", ""),
    ],
)
def test_what_was_pasted_into_a_grid(typed: object, shown: str, figure: str | None, code: str) -> None:
    at = At(GRID)
    cell = at.sheet[at.cell("casual", "figure.staff")]
    cell.value, cell.number_format = typed, shown
    submission = at.read()
    assert _figures(submission) == ([figure] if figure else [])
    assert [f.code for f in submission.findings if f.measure == "casual"] == ([code] if code else [])
