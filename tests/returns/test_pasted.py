"""What people paste into a return from other books, cut, and drag: done in LibreOffice by its own commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from perfbook.records import Finding, Submission
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.support.office import Book, Office, OfficeError

SHEET = "Measures"


def own_figures(path: Path) -> Path:
    """A book in which somebody keeps figures: as they look there, as text, and by formula."""
    book = openpyxl.Workbook()
    ours = book["Sheet"]
    ours.title = "Ours"
    for cell, value, shown in (
        ("B3", 131, "#,##0"),
        ("B4", 22.35, '0.0" days"'),
        ("B5", " \u00a31,310,000\u00a0", "@"),
        ("C3", "Provided", "General"),
        ("C5", "Provided", "General"),
        ("B7", 0.93, "0%"),
        ("B8", 93, '0"%"'),
        ("B9", "=Notes!A1*2", "General"),
    ):
        ours[cell], ours[cell].number_format = value, shown
    book.create_sheet("Notes")["A1"] = 60
    book.save(path)
    return path


@dataclass(frozen=True)
class Desk:
    """The books that are open: a blank return, one of the period before with two figures, and somebody's own."""

    office: Office
    blank: Path
    own: Book
    before: Book
    places: Places

    def at(self, key: str, column: str = "actual") -> str:
        return self.places.measure(key, column)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("pasted")
    paths = [folder / "blank.xlsx", folder / "before.xlsx"]
    for path, period in zip(paths, (PERIOD, PERIOD.previous), strict=True):
        path.write_bytes(build_return(framework(), "housing", period, history(), due=DUE, created=CREATED))
    with office.open(own_figures(folder / "own.xlsx")) as own, office.open(paths[1]) as before:
        own.recalculate()
        places = Places(paths[0].read_bytes())
        yield Desk(office, paths[0], own, before, places)


def read(book: Book, path: Path) -> Submission:
    return read_return(book.save_as(path).read_bytes(), file=path.name, framework=framework())


def figures(submission: Submission) -> dict[str, str]:
    return {o.measure: str(o.actual) for o in submission.observations if o.actual is not None}


def said(submission: Submission, code: str) -> Finding:
    (found,) = [f for f in submission.findings if f.code == code]
    return found


@pytest.mark.parametrize("protected", [True, False])
def test_a_block_from_another_book(desk: Desk, tmp_path: Path, protected: bool) -> None:
    with desk.office.open(desk.blank) as book:
        if not protected:
            book.unprotect(SHEET)
        book.paste(SHEET, desk.at("k003"), desk.own, "Ours", "B3:C5")
        submission = read(book, tmp_path / "pasted.xlsx")
    assert figures(submission) == {"k003": "131", "k004": "22.4", "k005": "1310000"}
    pasted = [desk.at(key, column) for key in ("k003", "k004", "k005") for column in ("actual", "status")]
    pasted.remove(desk.at("k004", "status"))  # which was blank, and is
    words = f"cells of Measures were pasted over, so their limits are gone: {', '.join(pasted)}"
    assert words in said(submission, "R221").found
    assert ("protection of Measures" in said(submission, "R221").found) == (not protected)
    assert said(submission, "V103").measure == "k005"


def test_figures_that_look_alike_elsewhere(desk: Desk, tmp_path: Path) -> None:
    found = {}
    for cell in ("B7", "B8"):
        with desk.office.open(desk.blank) as book:
            book.paste(SHEET, desk.at("k007"), desk.own, "Ours", cell)
            found[cell] = read(book, tmp_path / f"{cell}.xlsx")
    assert figures(found["B7"]) == {"k007": "0.93"}
    assert {"V114", "V115"}.isdisjoint(f.code for f in found["B7"].findings)
    # It shows 93% and is ninety-three: as it stands, and asked about.
    assert figures(found["B8"]) == {"k007": "93.00"}
    assert said(found["B8"], "V115").cell == desk.at("k007")


def test_a_formula_that_looks_into_the_other_book(desk: Desk, tmp_path: Path) -> None:
    with desk.office.open(desk.blank) as book:
        book.paste(SHEET, desk.at("k003"), desk.own, "Ours", "B9")
        shown = book.get_cell(SHEET, desk.at("k003"))
        submission = read(book, tmp_path / "linked.xlsx")
    assert "own.xlsx" in shown.formula
    assert "another workbook" in said(submission, "V112").found
    assert said(submission, "R219").severity == "info"
    assert figures(submission) == {"k003": str(int(float(str(shown.value))))}


def test_cells_cut_from_another_book_are_gone_there(desk: Desk, tmp_path: Path) -> None:
    with desk.office.open(desk.own.path) as own, desk.office.open(desk.blank) as book:
        book.paste(SHEET, desk.at("k003"), own, "Ours", "B3:B4", cut=True)
        assert [row[0].type for row in own.get_cells("Ours", "B3:B4")] == ["empty", "empty"]
        submission = read(book, tmp_path / "cut.xlsx")
    assert figures(submission) == {"k003": "131", "k004": "22.4"}


def test_an_input_that_was_cut_and_pasted(desk: Desk, tmp_path: Path) -> None:
    with desk.office.open(desk.blank) as book:
        book.type_cell(SHEET, desk.at("k003"), "131")
        book.paste(SHEET, desk.at("k008"), book, SHEET, desk.at("k003"), cut=True)
        moved = read(book, tmp_path / "moved.xlsx")
        book.type_cell(SHEET, desk.at("k003"), "132")  # into the bare cell that the cut left behind
        again = read(book, tmp_path / "again.xlsx")
    assert figures(moved) == {"k008": "131"}
    assert figures(again) == {"k003": "132", "k008": "131"}
    assert said(again, "R221").found.endswith(f"limits are gone: {desk.at('k003')}.")


def test_the_fill_handle_counts_on_and_every_row_is_judged_by_itself(desk: Desk, tmp_path: Path) -> None:
    with desk.office.open(desk.blank) as book:
        book.type_cell(SHEET, desk.at("k002"), "1.3")
        book.fill_handle(SHEET, desk.at("k002"), desk.at("k004"))
        assert [row[0].value for row in book.get_cells(SHEET, f"{desk.at('k002')}:{desk.at('k004')}")] == [
            pytest.approx(0.013 + step / 100) for step in range(3)
        ]
        submission = read(book, tmp_path / "dragged.xlsx")
    # 2.3% of a count and 3.3% of days are no figures of theirs.
    assert figures(submission) == {"k002": "0.0130"}
    assert {(f.code, f.measure) for f in submission.findings if f.severity == "error"} == {
        ("V108", "k003"),
        ("V108", "k004"),
    }


def test_the_whole_sheet_of_the_period_before(desk: Desk, tmp_path: Path) -> None:
    before = Places(desk.before.path.read_bytes())
    desk.before.set_cell(SHEET, before.measure("k003", "actual"), 77)
    last = f"{before.column('example')}{before.row('k012')}"
    with desk.office.open(desk.blank) as book:
        book.unprotect(SHEET)
        book.paste(SHEET, "A1", desk.before, SHEET, f"A1:{last}")
        submission = read(book, tmp_path / "whole.xlsx")
    (third,) = [o for o in submission.observations if o.actual is not None]
    # The row says which period it is about; no figure of one quarter becomes that of another.
    assert (third.measure, third.period, str(third.actual)) == ("k003", PERIOD.previous, "77")
    assert {("V120", "k003", "error")} <= {(f.code, f.measure, f.severity) for f in submission.findings}
    assert "Target of HS3 is \u201cNo target\u201d (sent out: \u201c120\u201d)" in said(submission, "R222").found


def test_a_row_pasted_once_more_beneath(desk: Desk, tmp_path: Path) -> None:
    row = desk.places.row("k003")
    last = desk.places.column("example")
    beneath = desk.places.row("k012") + 2
    second = f"{desk.places.column('actual')}{beneath}"
    with desk.office.open(desk.blank) as book:
        book.unprotect(SHEET)
        book.paste(SHEET, f"A{beneath}", book, SHEET, f"A{row}:{last}{row}")
        book.set_cell(SHEET, second, 131)
        below = read(book, tmp_path / "below.xlsx")
        book.set_cell(SHEET, desk.at("k003"), 130)
        both = read(book, tmp_path / "both.xlsx")
    assert figures(below) == {"k003": "131"}
    (source,) = [o.source for o in below.observations if o.measure == "k003"]
    assert source is not None and source.cell == second
    twice = said(below, "R207")
    assert (twice.cell, twice.remedy) == (f"B{row}", f"Delete row {row}.")
    assert f"row {beneath} was read, which has more in it than row {row}" in twice.found
    assert "R211" not in {f.code for f in below.findings}

    assert figures(both) == {"k003": "130"}
    assert said(both, "R207").cell == f"B{beneath}"
    assert f"not taken were {second} of Measures" in said(both, "R211").found


def test_what_is_locked_takes_no_paste(desk: Desk) -> None:
    with desk.office.open(desk.blank) as book, pytest.raises(OfficeError, match="locked cells"):
        book.paste(SHEET, desk.at("k003", "target"), desk.own, "Ours", "B3:C5")
