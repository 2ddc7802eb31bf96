"""The scorecard workbook: right values in every formula for every period, in a second engine too."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from perfbook.errors import UsageError
from perfbook.framework.periods import Period, parse
from perfbook.records import Quarter
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.view import View
from perfbook.scoring.judge import count, index, judge
from perfbook.workbook.limits import breaches
from perfbook.workbook.numfmt import display
from tests.scorecard import invented
from tests.support.office import Book, Office, compare_cached, read_cached

# openpyxl, our inspector, does not keep sparklines; what we write has them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
PICKER = ("Summary", "B4")
VISIBLE = [
    "Summary",
    "Scorecard",
    "Exceptions",
    "Directorate",
    "Detail",
    "Returns",
    "Files",
    "Findings",
    "Changes",
    "Reconciliation",
    "Trends",
    "Passport",
    "Self-test",
    "Definitions",
]


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    return invented.quarter()


@pytest.fixture(scope="module")
def books(quarter: Quarter, tmp_path_factory: pytest.TempPathFactory) -> dict[Period, Path]:
    """The book as built for each period that can be picked."""
    folder = tmp_path_factory.mktemp("books")
    paths = {}
    for number, period in enumerate(quarter.periods):
        paths[period] = folder / f"{number}.xlsx"
        paths[period].write_bytes(build_scorecard(quarter, selected=period))
    return paths


@cache
def _values(path: Path) -> dict[str, list[list[Any]]]:
    with path.open("rb") as stream:
        book = load_workbook(stream, data_only=True)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


@cache
def _formulas(path: Path) -> dict[str, dict[str, Any]]:
    with path.open("rb") as stream:
        book = load_workbook(stream)
    return {sheet.title: {c.coordinate: c.value for row in sheet.iter_rows() for c in row} for sheet in book}


def _cells(path: Path, sheet: str) -> list[list[Any]]:
    return _values(path)[sheet]


def _find(path: Path, sheet: str, text: str, column: int = 0) -> int:
    """The row (from 1) whose cell in a column is the text."""
    return next(number for number, row in enumerate(_cells(path, sheet), 1) if row[column] == text)


# --- Values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picked", invented.PERIODS, ids=str)
def test_picking_a_period_gives_the_values_of_the_book_built_for_it(
    picked: Period, books: dict[Period, Path], office: Office
) -> None:
    found = compare_cached(books[invented.LAST], office, sets={PICKER: picked.label}, against=books[picked])
    assert found.formulas > 1500
    assert (found.mismatches, found.errors) == ([], [])


@pytest.mark.parametrize("picked", invented.PERIODS[:-1], ids=str)
def test_only_formulas_and_the_picker_depend_on_the_period(picked: Period, books: dict[Period, Path]) -> None:
    one, other = (_formulas(books[period]) for period in (invented.LAST, picked))
    different = {
        (sheet, place)
        for sheet, cells in one.items()
        for place, value in cells.items()
        if value != other[sheet].get(place)
    }
    assert different == {PICKER}


def test_scorecard_shows_figures_states_and_scores(books: dict[Period, Path]) -> None:
    rows = {row[0]: row for row in _cells(books[invented.LAST], "Scorecard")}
    # Code, title, unit, figure for, last year, previous, actual, target, score, 1/0/-1, trend, 1/0/-1, annual.
    assert rows["A1"][3:13] == [None, 0.807, 0.85, 0.768, 0.85, "▲ Below target", -1, "Worse", -1, "Worse"]
    assert rows["A4"][3] == "Jun 2032"
    assert rows["A4"][8] == "! Off track"
    assert rows["A5"][6:9] == ["Not due", None, None]
    assert rows["B1"][6:9] == [0.9, "90% to 96%", "✓ Met"]
    assert rows["B2"][6:13] == [1204, "No target", "Not scored", None, "Not comparable", None, "Not comparable"]
    assert rows["B3"][3] == "2031-32 Q4"
    assert rows["B4"][4:9] == [1339112, -3000, -12500, 0, "★ Exceeds target"]
    assert rows["C1"][6] == "Delayed"
    assert rows["C2"][6] == "Missing"
    assert rows["C3"][6] == "Withdrawn"
    assert rows["C3"][7] is None


@pytest.mark.parametrize("picked", invented.PERIODS, ids=str)
def test_headline_counts_are_those_of_python_and_add_up(
    picked: Period, books: dict[Period, Path], quarter: Quarter
) -> None:
    counts = count(quarter.framework, judge(quarter.framework, index(quarter.observations), picked))
    live = {(row[0], row[1]): row[3] for row in _cells(books[picked], "Counts")[1:]}
    for group in ("measures", "score", "trend", "annual"):
        assert {outcome: live[group, outcome] for outcome in getattr(counts, group)} == getattr(counts, group)
        if group != "measures":
            assert sum(value for (g, _), value in live.items() if g == group) == live["measures", "reported"]
    assert live["measures", "total"] == sum(live["measures", part] for part in ("due", "not_due", "delayed"))
    assert live["measures", "due"] == sum(live["measures", part] for part in ("reported", "missing", "not_available"))
    verdicts = [row[3] for row in _cells(books[picked], "Summary") if str(row[3]).endswith("up")]
    assert verdicts == ["✓ adds up"] * 7


def test_score_by_priority_adds_up_to_the_score_counts(books: dict[Period, Path], quarter: Quarter) -> None:
    rows = _cells(books[invented.LAST], "Summary")
    start = next(number for number, row in enumerate(rows) if row[0] == "Scores by priority")
    table = [row[:11] for row in rows[start + 1 : start + 4]]
    assert [row[0] for row in table] == ["Good homes", "Care when it is needed", "All"], "priorities without measures"
    assert [sum(pair) for pair in zip(table[0][1:], table[1][1:], strict=True)] == table[2][1:]
    counts = View(quarter, invented.LAST).counts[invented.LAST]
    assert table[2][1:] == [counts.measures["total"], counts.measures["reported"], *counts.score.values()]


# --- Lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picked", invented.PERIODS, ids=str)
def test_exceptions_list_each_measure_beyond_its_schemes_limit_in_order(
    picked: Period, books: dict[Period, Path], quarter: Quarter
) -> None:
    rows = judge(quarter.framework, index(quarter.observations), picked)
    # Three or worse is an exception in both schemes here.
    expected = [row.measure.code for row in rows if (row.band or 0) >= 3]
    assert expected
    listed = [row for row in _cells(books[picked], "Exceptions")[4:] if row[0]]
    assert [row[0] for row in listed] == expected
    assert all(row[7].split()[0] in "▲!✗" for row in listed)


def test_an_exception_carries_texts_in_the_measures_format(books: dict[Period, Path]) -> None:
    (row,) = [row for row in _cells(books[invented.LAST], "Exceptions") if row[0] == "A1"]
    assert row[2:9] == [
        "Housing & Estates",
        "2032-33 Q1",
        "76.8%",
        "85.0%",
        "85.0%",
        "▲ Below target",
        "↘ Worse",
    ]
    assert row[9].startswith("Fewer people answered")
    silent = next(row for row in _cells(books[invented.PERIODS[-2]], "Exceptions")[4:] if row[0])
    assert "No commentary was given." in silent


def test_no_exception_is_said_in_words(quarter: Quarter, tmp_path: Path) -> None:
    path = tmp_path / "without.xlsx"
    path.write_bytes(build_scorecard(replace(quarter, observations=())))
    rows = _cells(path, "Exceptions")
    assert rows[2][0] == "No measure needs an explanation in this period."
    assert not any(row[0] for row in rows[4:])


def test_reconciliation_lists_what_differs_score_first(books: dict[Period, Path]) -> None:
    rows = _cells(books[invented.LAST], "Reconciliation")
    start = next(number for number, row in enumerate(rows) if row[0] == "Differs in")
    listed = [tuple(row[:2]) + tuple(row[4:6]) for row in rows[start + 1 :] if row[0]]
    assert listed == [
        ("Score", "A2", "★ Exceeds target", "▲ Below target"),
        ("Score", "A4", "! Off track", "✓ Met"),
        ("Trend", "A1", "Worse", "Improved"),
        ("Trend", "C1", "Delayed", "Worse"),
        ("Annual comparison", "B3", "Improved", "Worse"),
        ("Figure", "A2", "1.25%", "1.31%"),
        ("Figure", "B3", "41.2%", "Delay with data"),
        ("Figure", "C1", "Delayed", "12"),
    ]
    totals = {row[1]: row[3:6] for row in rows[5:start] if row[4] is not None}
    assert totals == {"Measures in total": [15, 15, 0], "★ Exceeds target": [5, 4, 1], "Worse": [2, 5, -3]}


def test_a_period_without_anything_published_says_so(books: dict[Period, Path]) -> None:
    rows = _cells(books[invented.PERIODS[1]], "Reconciliation")
    assert rows[2][0] == "Nothing was published for this period."
    assert not any(row[5] for row in rows[5:28])


def test_passport_leads_to_file_sheet_and_cell(books: dict[Period, Path], quarter: Quarter) -> None:
    rows = _cells(books[invented.LAST], "Passport")
    assert len([row for row in rows[4:] if row[15]]) == len(quarter.observations)
    row = rows[4]
    assert row[:9] == [
        "A1",
        "Tenants satisfied with how their complaint was handled",
        "2032-33 Q1",
        "2032-33 Q1",
        "provided",
        0.768,
        "0.768",
        "0.768",
        "V=£1",
    ]
    assert row[9:13] == ["returns/housing <1>.xlsx", "Measures", "H5", "Head of it"]
    assert (row[13].day, row[13].hour, row[13].minute) == (20, 17, 30), "London time"
    assert row[14:16] == ["abababababab", "a1"]


# --- A book that lives --------------------------------------------------------------------------------------------


def _data_cell(book: Path, sheet: str, key: str, label: str) -> str:
    rows = _cells(book, sheet)
    column = rows[0].index(label)
    row = next(number for number, each in enumerate(rows, 1) if each[0] == key)
    return f"{get_column_letter(column + 1)}{row}"


def test_a_changed_figure_flows_to_summary_and_the_self_test_disagrees(
    books: dict[Period, Path], office: Office
) -> None:
    path = books[invented.LAST]
    cell = _data_cell(path, "Data actual", "a1", "2032-33 Q1")
    with office.open(path) as book:
        assert _counted(book) == (5, 2)
        book.set_cell("Data actual", cell, 0.9)
        book.recalculate()
        assert _counted(book) == (6, 1)
        row = _find(path, "Scorecard", "A1")
        scorecard = [each.string for each in book.get_cells("Scorecard", f"G{row}:K{row}")[0]]
        assert scorecard == ["90.0%", "85.0%", "★ Exceeds target", "1", "Improved"]
        assert book.get_cell("Self-test", "A3").string.startswith("DISAGREES: ")
        verdict = next(
            cell.string for row in book.get_cells("Summary", "A30:P70") for cell in row if "DISAGREES" in cell.string
        )
        assert verdict.startswith("DISAGREES")
        # Two counts of the score, one more that improved, one less that got worse, twice; and the measure itself.
        assert book.get_cell("Self-test", "A3").string == "DISAGREES: 7 of the rows below; see the last column."


def _counted(book: Book) -> tuple[float, float]:
    rows = book.get_cells("Summary", "D10:F12")
    values = [row[2].value for row in rows]
    assert [row[0].string for row in rows] == ["★ Exceeds target", "● On target, upper tolerance", "▲ Below target"]
    return float(values[0] or 0), float(values[2] or 0)


def test_data_sheets_hold_plain_values_only(books: dict[Period, Path]) -> None:
    formulas = read_cached(books[invented.LAST])
    starts = ("Data ", "Check ", "Printed ", "Scheme ", "Slot", "Period", "Directorate labels")
    plain = {name for name in formulas if name.startswith(starts)}
    assert len(plain) == 37
    assert not any(formulas[name] for name in plain)


def test_the_picker_offers_the_periods_and_is_a_named_cell(books: dict[Period, Path]) -> None:
    book = load_workbook(books[invented.LAST])
    assert book.defined_names["chosen_period"].attr_text == "Summary!$B$4"
    rule, other = book["Summary"].data_validations.dataValidation
    assert (str(other.sqref), other.type, other.formula1) == ("B5", "list", "directorate_labels")
    assert (str(rule.sqref), rule.type, rule.formula1) == ("B4", "list", "period_labels")
    assert not book["Summary"]["B4"].protection.locked
    sheet, cells = book.defined_names["period_labels"].attr_text.split("!")
    assert [cell[0].value for cell in book[sheet.strip("'")][cells.replace("$", "")]] == [
        period.label for period in invented.PERIODS
    ]


# --- What a file must be ------------------------------------------------------------------------------------------


def test_text_from_a_return_arrives_as_text(books: dict[Period, Path]) -> None:
    path = books[invented.LAST]
    formulas = read_cached(path)
    everything = {
        (sheet, value)
        for sheet in ("Data commentary", "Data action", "Files", "Findings")
        for row in _cells(path, sheet)
        for value in row
    }
    for text in invented.HOSTILE:
        assert ("Data action", text) in everything
    assert ("Files", "=cmd.pdf") in everything
    row = _find(path, "Scorecard", "C5")
    assert _cells(path, "Scorecard")[row - 1][1] == "=1+1"
    assert f"B{row}" not in formulas["Scorecard"]
    with zipfile.ZipFile(path) as package:
        assert not any("externalLink" in name for name in package.namelist())


def test_hostile_text_stays_text_in_the_list_of_exceptions(books: dict[Period, Path], office: Office) -> None:
    texts = set(invented.HOSTILE)
    for path in books.values():
        with office.open(path) as book:
            book.recalculate()
            for row in book.get_cells("Exceptions", "J5:K12"):
                texts -= {cell.string for cell in row}
    # One of the seven belongs to no exception of any period.
    assert len(texts) < 3


@pytest.mark.parametrize("picked", (invented.FIRST, invented.LAST), ids=str)
def test_gates_have_nothing_to_say(
    picked: Period, books: dict[Period, Path], audit: Callable[[Path], list[str]]
) -> None:
    assert breaches(books[picked].read_bytes()) == []
    assert audit(books[picked]) == []


def test_same_inputs_same_bytes(books: dict[Period, Path]) -> None:
    assert build_scorecard(invented.quarter()) == books[invented.LAST].read_bytes()


def test_visible_sheets_are_ready_to_print_and_have_the_right_order(books: dict[Period, Path]) -> None:
    book = load_workbook(books[invented.LAST])
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == VISIBLE
    for name in VISIBLE:
        sheet = book[name]
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        fits, header = sheet.sheet_properties.pageSetUpPr, sheet.oddHeader
        assert name == "Scorecard" or (fits and fits.fitToPage)
        assert header
        assert "Elmbridge &" in str(header.left.text)
        # The names of directorates need a wider cell than the counts below it; no data is merged.
        assert {str(area) for area in sheet.merged_cells.ranges} == ({"B5:E5"} if name == "Summary" else set())
        assert name == "Summary" or sheet.freeze_panes
    # Wide lists go over two pages, each with what the row is about, or nobody could read them on paper.
    for name, columns in {"Returns": "$A:$A", "Changes": "$A:$C", "Passport": "$A:$B"}.items():
        assert (book[name].page_setup.fitToWidth, book[name].print_title_cols) == (2, columns)
    # The Scorecard is parted between score and trend, at a scale that can be read.
    wide = book["Scorecard"]
    [parted] = [each.id for each in wide.col_breaks.brk]
    headings = [cell.value for cell in wide[4]]
    # The arrow of the trend has no heading of its own.
    assert headings[parted - 1 : parted + 2] == ["Score", None, "Trend since previous"]
    assert wide.print_title_cols == "$A:$B"
    assert wide.page_setup.scale >= 60
    # A figure with its mark, 12.5% (score set), would lose its first digits: it wraps, and the longest link shrinks.
    assert book["Exceptions"]["E5"].alignment.wrap_text
    assert book["Summary"]["B5"].alignment.shrink_to_fit or book["Summary"]["B6"].alignment.shrink_to_fit


def test_charts_say_in_words_what_they_show(books: dict[Period, Path]) -> None:
    with zipfile.ZipFile(books[invented.LAST]) as package:
        drawings = [package.read(name).decode() for name in package.namelist() if "drawings/drawing" in name]
    text = " ".join(drawings)
    assert text.count("descr=") == 6
    assert text.count("Stacked ") >= 2


def test_a_period_that_the_book_does_not_hold_is_refused(quarter: Quarter) -> None:
    with pytest.raises(UsageError, match=r"holds no period 2020-21 Q2\. It holds: 2031-32 Q1"):
        build_scorecard(quarter, selected=parse("2020-21 Q2"))


def test_a_day_on_which_nothing_has_arrived(quarter: Quarter, office: Office, tmp_path: Path) -> None:
    blank = replace(quarter, observations=(), files=(), findings=(), returns=(), periods=(invented.LAST,))
    path = tmp_path / "blank.xlsx"
    path.write_bytes(build_scorecard(blank))
    found = compare_cached(path, office)
    assert (found.mismatches, found.errors) == ([], [])
    rows = {row[0]: row for row in _cells(path, "Scorecard")}
    assert rows["A1"][6] == "Missing"
    assert _cells(path, "Findings")[2][0] == "The checks found nothing to say."


def test_the_longest_figure_fits_its_column(quarter: Quarter, tmp_path: Path) -> None:
    """A number that is wider than its column is shown as ####."""
    measure, huge = quarter.framework.by_key["b4"], Decimal(-123456789012)
    changed = [replace(o, actual=huge) if o.measure == "b4" else o for o in quarter.observations]
    assert changed != list(quarter.observations)
    path = tmp_path / "huge.xlsx"
    path.write_bytes(build_scorecard(replace(quarter, observations=tuple(changed))))
    columns = load_workbook(path)["Scorecard"].column_dimensions
    assert columns["E"].width > len(display(huge, measure.number_format)) > 14
    assert {columns[letter].width for letter in "FGH"} <= {columns["E"].width, None, 13.0}
