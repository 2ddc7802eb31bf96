"""Queries about actions, sections, grids and evidence: beside their rows, answered there, kept until they change."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from perfbook.framework.model import Decision
from perfbook.returns import layout
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.feedback.plan import FRAMEWORK, WORKFORCE, Cells, Quarter, signed
from tests.framework.books import Q2
from tests.support.office import Office, compare_cached

ACTIONS, SUMMARY, EVIDENCE = "Actions", "Service summary", "Evidence"
ODD = {
    # A rating without an update, and a date in words.
    (ACTIONS, "a-1", "rating"): FRAMEWORK.schemes["four-steps"].bands[1].word,
    (ACTIONS, "a-1", "revised"): "next spring",
    (ACTIONS, "a-3", "rating"): FRAMEWORK.schemes["four-steps"].bands[0].word,
    (ACTIONS, "a-3", "update"): "Done.",
    # It is not said where this is.
    (EVIDENCE, "evidence-02", "supports"): "General",
    (EVIDENCE, "evidence-02", "shows"): "The plan.",
}
FIGURES = {"head": 354, "female": 200, "male": 100, "young": 54, "old": 300, "casual": 7}


def grid_sheet(cells: Cells) -> str:
    return next(sheet.title for sheet in cells.book if str(sheet["A1"].value).startswith("perfbook:grid."))


def odd_return(quarter: Quarter) -> bytes:
    cells = Cells(quarter.issue())
    figures = {(grid_sheet(cells), line, "figure.staff"): value for line, value in FIGURES.items()}
    return cells.typed({**ODD, **figures, **signed()})  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Quarter, bytes]:
    quarter = Quarter(tmp_path_factory.mktemp("plan"))
    quarter.put(odd_return(quarter))
    return quarter, quarter.collect().book


def rows(book: Cells) -> tuple[tuple[str, str, str], ...]:
    """The rows that are asked about, each with the cell in question."""
    return (
        (ACTIONS, "a-1", "update"),
        (ACTIONS, "a-1", "revised"),
        (SUMMARY, "outlook", "text"),
        (EVIDENCE, "evidence-02", "where"),
        (grid_sheet(book), "head", "figure.staff"),
    )


def test_each_query_stands_beside_its_row_with_a_mark_and_links(told: tuple[Quarter, bytes]) -> None:
    book = Cells(told[1])
    links = {str(cell.value) for row in book.book[layout.QUERIES] for cell in row if "HYPERLINK" in str(cell.value)}
    for sheet, row, column in rows(book):
        assert str(book.value(sheet, row, layout.QUERY)).startswith(layout.ASKED_SIGN), (sheet, row)
        assert book.note(sheet, row, column).startswith(layout.ASKED_SIGN), (sheet, row, column)
        for place in (book.at(sheet, row, column), book.at(sheet, row, layout.REPLY)):
            assert any(f"#'{sheet}'!{place}\"" in link for link in links), (sheet, place)
        assert not book.book[sheet][book.at(sheet, row, layout.REPLY)].protection.locked
    assert book.value(ACTIONS, "a-3", layout.QUERY) is None


def test_the_book_holds_what_was_sent_and_recalculates_to_the_same(
    told: tuple[Quarter, bytes], audit: Audit, office: Office, tmp_path: Path
) -> None:
    book = Cells(told[1])
    for (sheet, row, column), value in ODD.items():
        assert book.value(sheet, row, column) == value
    assert book.value(grid_sheet(book), "male", "figure.staff") == FIGURES["male"]
    assert (breaches(told[1]), audit(told[1])) == ([], [])
    path = tmp_path / "back.xlsx"
    path.write_bytes(told[1])
    compared = compare_cached(path, office)
    assert (compared.mismatches, {error.sheet for error in compared.errors} - {layout.HISTORY}) == ([], set())


def test_what_is_typed_counts_as_an_answer_at_once(told: tuple[Quarter, bytes], office: Office, tmp_path: Path) -> None:
    book, path = Cells(told[1]), tmp_path / "back.xlsx"
    path.write_bytes(told[1])
    saved = tmp_path / "saved.xlsx"
    with office.open(path) as opened:
        lines = opened.get_cells(layout.START, "B1:C30")
        assert ("Actions", "Every action is rated, 1 row to check.") in [(a.value, b.value) for a, b in lines]
        opened.set_cell(ACTIONS, book.at(ACTIONS, "a-1", layout.REPLY), "The board decides in March.")
        # What has a reply is no row to check any more.
        lines = opened.get_cells(layout.START, "B1:C30")
        assert ("Actions", "Every action is rated.") in [(a.value, b.value) for a, b in lines]
        opened.set_cell(grid_sheet(book), book.at(grid_sheet(book), "head", "figure.staff"), 300)
        opened.save_as(saved)
    sheet = openpyxl.load_workbook(io.BytesIO(saved.read_bytes()), data_only=True)
    answered = {(each, row): sheet[each][book.at(each, row, layout.ANSWERED)].value for each, row, _ in rows(book)}
    assert {place for place, value in answered.items() if value == 1} == {(ACTIONS, "a-1"), (grid_sheet(book), "head")}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    """All of it answered, nothing changed."""
    quarter = Quarter(tmp_path_factory.mktemp("answered"))
    quarter.put(odd_return(quarter))
    book = Cells(quarter.collect().book)
    replies = {(sheet, row, layout.REPLY): f"It is right ({row})." for sheet, row, _ in rows(book)}
    quarter.put(book.typed(replies))
    return quarter


def test_what_was_explained_is_not_asked_again_until_it_changes(answered: Quarter) -> None:
    still = answered.collect()
    # A heading without a text in a certified return is an error: it stays one, but is not asked again.
    assert {(f.sheet, f.code) for f in still.asked if f.sheet not in (layout.MEASURES, layout.START)} == set()
    assert still.changes == ()
    cells = Cells(answered.path.read_bytes())
    grid = grid_sheet(cells)
    answered.put(cells.typed({(grid, "female", "figure.staff"): 201, (ACTIONS, "a-1", "revised"): "next summer"}))
    again = answered.collect()
    assert again.codes(grid) == {"G101", "I114"}
    assert {"A105", "I114"} <= again.codes(ACTIONS)
    assert again.codes(EVIDENCE) == set()


def test_officers_accept_and_refuse_by_the_key_of_the_row(answered: Quarter) -> None:
    quarter = Quarter(answered.root.with_name("decided"))
    quarter.put(odd_return(quarter))
    book = Cells(quarter.collect().book)
    quarter.put(book.typed({(sheet, row, layout.REPLY): "It is right." for sheet, row, _ in rows(book)}))
    quarter.decide(
        Decision("a-1", Q2, "A105", False, "Give the month at least.", "Performance Manager"),
        Decision("head", Q2, "G101", True, "Agreed with HR.", "Performance Manager"),
    )
    back = quarter.collect()
    assert {(f.sheet, f.code) for f in back.asked if f.sheet not in (layout.MEASURES, layout.START)} == {
        (ACTIONS, "A105")
    }
    book = Cells(back.book)
    assert "Give the month at least." in book.note(ACTIONS, "a-1", "revised")
    said = [str(cell.value) for row in book.book[layout.QUERIES] for cell in row if cell.value]
    assert {"Accepted", "Agreed with HR.", "Not accepted"} <= set(said)


def test_every_cell_that_changes_after_certification_is_listed(tmp_path: Path) -> None:
    quarter = Quarter(tmp_path)
    quarter.put(odd_return(quarter))
    quarter.collect()
    cells = Cells(quarter.path.read_bytes())
    grid = grid_sheet(cells)
    changed = {
        (ACTIONS, "a-1", "update"): "Two of three settings are open.",
        (ACTIONS, "a-3", "rating"): FRAMEWORK.schemes["four-steps"].bands[3].word,
        (ACTIONS, "a-3", "progress"): 0.5,
        (SUMMARY, "outlook", "text"): "A new team starts in May.",
        (grid, "male", "figure.staff"): 154,
        (grid, "casual", "figure.staff"): None,
        (EVIDENCE, "evidence-02", "where"): "https://www.example.org/plan",
        (layout.START, layout.SIGN_ROLE, layout.VALUE_COLUMN): "Director of Care",
    }
    places = {(sheet, cells.at(sheet, row, column)) for sheet, row, column in changed}
    quarter.put(cells.typed(changed))
    found = quarter.collect()
    assert {(change.sheet, change.cell) for change in found.changes} == places
    shown = {(change.name, change.field): (change.before, change.after) for change in found.changes}
    bands = FRAMEWORK.schemes["four-steps"].bands
    assert shown["A plan without a reference", "rating"] == (bands[0].word, bands[3].word)
    assert shown["A plan without a reference", "percentage done"] == ("", "50%")
    assert shown["Outlook", "text"] == ("", "A new team starts in May.")
    assert shown[f"{WORKFORCE.title}: Male", "Staff"] == ("100", "154")
    assert shown[f"{WORKFORCE.title}: Casual workers", "Staff"] == ("7", "")
    assert shown["the sign-off", "role"] == ("Head of Care", "Director of Care")
    # The sign-off itself is listed, and no question.
    assert {f.sheet for f in found.asked if f.code == "I114"} == {ACTIONS, SUMMARY, grid, EVIDENCE}


def test_what_is_for_officers_is_no_query(told: tuple[Quarter, bytes], tmp_path: Path) -> None:
    quarter = Quarter(tmp_path)
    quarter.put(told[0].path.read_bytes())
    found = quarter.collect()
    assert "I101" in {finding.code for finding in found.quarter.findings}
    assert "I101" not in {finding.code for finding in found.asked}
    assert found.asked
