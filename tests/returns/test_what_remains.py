"""Start says what remains, where, and what is next; a row that needs words says why."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from perfbook.returns import explain, layout
from perfbook.returns.progress import TO_FILL
from perfbook.returns.start_sheet import DONE, GO_ON, SIGNED_AND_DONE
from perfbook.returns.writer import build_return
from tests.feedback import plan
from tests.framework.books import Q2
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.support.office import Book, Office, compare_cached


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("remains") / "blank.xlsx"
    path.write_bytes(build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED))
    return path


@pytest.fixture(scope="module")
def places(blank: Path) -> Places:
    return Places(blank.read_bytes())


def _start(book: Book) -> dict[str, tuple[str, str]]:
    """Label, and the two cells beside it, of the rows of Start; rows without a label under their number."""
    rows: dict[str, tuple[str, str]] = {}
    for number, cells in enumerate(book.get_cells("Start", "B1:D45"), start=1):
        label, value, hint = (str(cell.value if cell.value is not None else "") for cell in cells)
        rows[label or str(number)] = (value, hint)
    return rows


def test_the_next_thing_is_named_and_linked(blank: Path, places: Places, office: Office) -> None:
    with office.open(blank) as book:
        rows = _start(book)
        assert rows["Next"][0].startswith("HS1 Tenants satisfied")
        assert rows["Next"][1] == TO_FILL
        links = [f.formula for f in book.all_formulas()["Start"].values() if "HYPERLINK" in f.formula]
        assert len(links) == 6
        # A row that is filled goes off the list, one that looks wrong comes after those that are not filled.
        book.type_cell("Measures", places.measure("k001", "numerator"), "113")
        book.type_cell("Measures", places.measure("k001", "denominator"), "147")
        assert _start(book)["Next"][0].startswith("HS2 Rent lost")


def test_what_is_filled_is_checked_then_explained_then_signed(blank: Path, places: Places, office: Office) -> None:
    due = [m for m in framework().measures_of("housing", PERIOD) if m.about(PERIOD)]
    with office.open(blank) as book:
        for measure in due:
            abouts = measure.abouts(PERIOD)
            for key in (layout.row_key(measure.key, about, abouts[-1]) for about in abouts):
                book.type_cell("Measures", places.measure(key, "status"), "Not available")
            book.set_cell("Measures", places.measure(measure.key, "commentary"), "The new system starts in May.")
        assert _start(book)["Next"] == (DONE, "")
        book.type_cell("Measures", places.measure("k001", "actual"), "76.8%")
        book.set_cell("Measures", places.measure("k001", "commentary"), "Two officers were away in November.")
        assert _start(book)["Next"][1].startswith("The status is Not available, but the figure is 76.8%.")
        book.type_cell("Measures", places.measure("k001", "status"), "")
        book.type_cell("Measures", places.measure("k001", "commentary"), "")
        value, hint = _start(book)["Next"]
        assert value.startswith("HS1")
        assert hint == "Below target by 8.2 points. Write why, and what is being done."
        example = book.get_cell("Measures", places.measure("k001", "example")).value
        assert example == explain.EXAMPLES["percent"]
        book.set_cell("Measures", places.measure("k001", "commentary"), "Two officers were away in November.")
        assert _start(book)["Next"][0] == DONE
        assert book.get_cell("Measures", places.measure("k001", "why")).value == "Below target by 8.2 points"
        assert book.get_cell("Measures", places.measure("k001", "example")).value == ""
        book.type_cell("Start", places.start("sign_off.state"), "Certified")
        assert _start(book)["Next"][0] == SIGNED_AND_DONE
        totals = _start(book)
        assert [totals[label][0] for label in ("Figures", "Statuses", "Commentaries")] == [
            "1.0",
            "12.0",
            f"{len(due)}.0",
        ]
        assert float(totals["All figures added up"][0]) == pytest.approx(0.768)


def test_links_go_to_the_cell_that_waits(blank: Path, places: Places, office: Office) -> None:
    with office.open(blank) as book:
        where = {key: book.get_cell("Measures", places.measure(key, "where")).value for key in ("k001", "k003")}
        columns = openpyxl.utils.cell.column_index_from_string
        assert where["k001"] == columns(places.column("numerator"))
        assert where["k003"] == columns(places.column("actual"))
        book.type_cell("Measures", places.measure("k002", "actual"), "9")
        at = book.get_cell("Measures", places.measure("k002", "where")).value
        assert at == columns(places.column("commentary"))


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("k002", "1.54%", "Above target by 0.29 points"),
        ("k003", "100", "Below target by 20"),
        ("k005", "1400000", "Above target by \u00a3150,000"),
        ("k007", "86", "Below the range by 4 points"),
        ("k007", "99", "Above the range by 3 points"),
        ("k004", "20", ""),
    ],
)
def test_why_a_row_needs_words(key: str, typed: str, words: str, blank: Path, places: Places, office: Office) -> None:
    with office.open(blank) as book:
        book.type_cell("Measures", places.measure(key, "actual"), typed)
        assert book.get_cell("Measures", places.measure(key, "why")).value == words


def test_a_month_has_a_row_of_its_own_and_is_explained_once(blank: Path, places: Places, office: Office) -> None:
    assert places.row("k010@Oct 2031") + 2 == places.row("k010@Nov 2031") + 1 == places.row("k010")
    with office.open(blank) as book:
        for key in ("k010@Oct 2031", "k010"):
            book.type_cell("Measures", places.measure(key, "actual"), "50")
        assert book.get_cell("Measures", places.measure("k010@Oct 2031", "why")).value == ""
        assert book.get_cell("Measures", places.measure("k010", "why")).value == "Below target by 42.0 points"


def test_names_for_those_who_move_by_them_and_a_small_line_a_measure(blank: Path) -> None:
    data = blank.read_bytes()
    names = openpyxl.load_workbook(io.BytesIO(data)).defined_names
    assert {"Measures_to_fill", "Sign_off", "Control_totals"} <= set(names)
    with zipfile.ZipFile(blank) as package:
        sheet = package.read("xl/worksheets/sheet2.xml").decode()
    drawn = re.findall(r"<xm:sqref>([A-Z]+)(\d+)</xm:sqref>", sheet)
    column = Places(data).column("spark")
    assert str(Places(data).row("k001")) in {row for _, row in drawn}
    assert {letter for letter, _ in drawn} == {column}


def test_an_odd_figure_is_looked_at_before_it_is_explained(blank: Path, places: Places, office: Office) -> None:
    with office.open(blank) as book:
        for measure in (m for m in framework().measures_of("housing", PERIOD) if m.about(PERIOD)):
            abouts = measure.abouts(PERIOD)
            for key in (layout.row_key(measure.key, about, abouts[-1]) for about in abouts):
                book.type_cell("Measures", places.measure(key, "status"), "Not available")
            book.set_cell("Measures", places.measure(measure.key, "commentary"), "The new system starts in May.")
        assert _start(book)["Next"] == (DONE, "")
        for column, text in (("status", ""), ("commentary", "")):
            book.type_cell("Measures", places.measure("k002", column), text)
        # Pasted, where typing would have been stopped: 1.93 for 1.93%.
        book.set_cell("Measures", places.measure("k002", "actual"), 1.93)
        rows = _start(book)
        assert rows["Measures"][0] == "Every figure is filled, 1 explanation missing, 1 row to check."
        assert rows["Next"][0].startswith("HS2 Rent lost")
        assert rows["Next"][1].startswith("193.00% is")
        book.type_cell("Measures", places.measure("k002", "actual"), "1.93%")
        assert _start(book)["Next"][1].startswith("Above target by")


def test_a_figure_typed_with_words_is_said_not_to_be_in_the_totals(blank: Path, places: Places, office: Office) -> None:
    with office.open(blank) as book:
        assert _start(book)["Figures"] == ("0.0", "Figures given.")
        book.set_cell("Measures", places.measure("k002", "actual"), "1.54% (V=\u00a31,339,112)")
        value, hint = _start(book)["Figures"]
        assert value == "0.0"
        assert "1 typed with words: not in these totals" in hint
        book.type_cell("Measures", places.measure("k002", "actual"), "1.54%")
        assert _start(book)["Figures"] == ("1.0", "Figures given.")


def test_actions_come_after_measures_and_then_the_other_sheets(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(build_return(plan.FRAMEWORK, "care", Q2, {}, due=DUE, created=CREATED))
    cells = plan.Cells(path.read_bytes())
    compared = compare_cached(path, office)
    assert compared.mismatches == []
    with office.open(path) as book:
        assert _start(book)["Next"][1] == TO_FILL
        for measure in plan.CARE:
            abouts = measure.abouts(Q2)
            for key in (layout.row_key(measure.key, about, abouts[-1]) for about in abouts):
                book.type_cell("Measures", cells.at("Measures", key, "status"), "Not available")
            if abouts:
                book.set_cell("Measures", cells.at("Measures", measure.key, "commentary"), "It comes in May.")
        assert _start(book)["Next"] == (
            "CH9 Early years places",
            "Choose a rating, and write what has been done.",
        )
        links = book.all_formulas()["Start"].values()
        assert any("ACTIONS!" in f.formula.upper() for f in links if "HYPERLINK" in f.formula)
        for key in ("a-1", "a-3"):
            book.type_cell(
                "Actions", cells.at("Actions", key, "rating"), plan.FRAMEWORK.schemes["four-steps"].bands[0].word
            )
        value, hint = _start(book)["Next"]
        assert (value, hint.startswith("The action is rated")) == ("CH9 Early years places", True)
        for key in ("a-1", "a-3"):
            book.set_cell("Actions", cells.at("Actions", key, "update"), "All done.")
        assert _start(book)["Next"][0] == GO_ON
        book.set_cell("Service summary", cells.at("Service summary", "outlook", "text"), "Steady.")
        assert _start(book)["Next"][0] == GO_ON


def test_a_return_of_actions_alone_lists_them(office: Office, tmp_path: Path) -> None:
    council = replace(plan.FRAMEWORK, measures=tuple(m for m in plan.FRAMEWORK.measures if m.directorate != "care"))
    path = tmp_path / "return.xlsx"
    path.write_bytes(build_return(council, "care", Q2, {}, due=DUE, created=CREATED))
    assert compare_cached(path, office).mismatches == []
    with office.open(path) as book:
        assert _start(book)["Next"][0] == "CH9 Early years places"
        assert "A plan without a reference" in {value for value, _ in _start(book).values()}
