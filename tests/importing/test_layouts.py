"""Layouts that councils' spreadsheets have, one by one."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl.styles import PatternFill

from perfbook.importing.drafts import Corrections
from perfbook.importing.fields import Goal
from tests.importing.sheets import figures, goals, listed, measure, proposed, targets, workbook

BINS = "Missed bins"


def test_a_plain_table() -> None:
    rows = [
        [
            "Ref",
            "Measure",
            "Directorate",
            "Priority",
            "Owner",
            "Unit",
            "Good is",
            "Q1 20/21",
            "Q2 20/21",
            "Target 2020/21",
        ],
        ["W1", BINS, "Place", "Clean", "Head of Waste", "No.", "Low", 41, 38, 30],
    ]
    found = proposed(workbook(("Sheet1", rows)))
    bins = measure(found, BINS)
    assert (bins.code, bins.owner, bins.unit.label, bins.polarity) == ("W1", "Head of Waste", "count", "lower")
    assert found.framework.directorates[0].name == "Place" and found.framework.priorities[0].name == "Clean"
    assert figures(found, BINS) == {"2020-21 Q1": "41", "2020-21 Q2": "38"}
    assert targets(found, BINS) == {"2020-21": "30"}
    assert found.period.label == "2020-21 Q3" and not found.ledger.listed


def test_title_rows_a_header_of_two_rows_and_merged_cells() -> None:
    rows = [
        ["Corporate performance"],
        ["2020/21"],
        [],
        ["Ref", "Indicator", "Quarter 1", None, None, "Quarter 2", None, None],
        [None, None, "Actual", "Target", "RAG", "Actual", "Target", "RAG"],
        ["W1", BINS, 41, 40, "A", 38, 39, "G"],
    ]
    found = proposed(
        workbook(
            ("KPIs", rows),
            edit=lambda sheet: [sheet.merge_cells(area) for area in ("A4:A5", "B4:B5", "C4:E4", "F4:H4", "A1:H1")],
        )
    )
    assert goals(found) == [
        "Code",
        "Title",
        *(f"{w} 2020-21 Q{n}" for n in (1, 2) for w in ("Figure", "Target", "Score")),
    ]
    assert figures(found, BINS) == {"2020-21 Q1": "41", "2020-21 Q2": "38"}
    assert targets(found, BINS) == {"2020-21 Q1": "40", "2020-21 Q2": "39"}
    scores = {period.label: each.score for (_, period), each in found.framework.published.items()}
    assert scores == {"2020-21 Q1": "amber", "2020-21 Q2": "green"}


def test_an_upper_header_that_is_not_merged_goes_on_to_the_right() -> None:
    rows = [["Measure", "2019/20", None, "2020/21", None], [None, "Q3", "Q4", "Q1", "Q2"], [BINS, 1, 2, 3, 4]]
    assert figures(proposed(workbook(("A", rows))), BINS) == {
        "2019-20 Q3": "1",
        "2019-20 Q4": "2",
        "2020-21 Q1": "3",
        "2020-21 Q2": "4",
    }


def test_a_sheet_for_each_directorate() -> None:
    head = ["Measure", "Q1 20/21"]
    found = proposed(workbook(("Place", [head, [BINS, 4]]), ("People", [head, ["Reviews done on time", 5]])))
    assert [each.name for each in found.framework.directorates] == ["Place", "People"]
    assert measure(found, "Reviews done on time").directorate == "people"


def test_a_sheet_for_each_quarter_is_one_measure_with_several_figures() -> None:
    head = ["Code", "Measure", "Actual", "Target", "RAG"]
    one = [head, ["W1", BINS, 41, 40, "R"], ["W2", "Streets cleaned", 7, 9, "R"]]
    two = [head, ["W2", "Streets cleaned", 9, 9, "G"], ["W1", f"{BINS} ", 38, 39, "G"]]
    found = proposed(workbook(("Q1 2020-21", one), ("Q2 2020-21", two)))
    assert len(found.framework.measures) == 2
    assert figures(found, BINS) == {"2020-21 Q1": "41", "2020-21 Q2": "38"}
    assert targets(found, "Streets cleaned") == {"2020-21 Q1": "9", "2020-21 Q2": "9"}
    assert measure(found, BINS).polarity == "lower"


def test_the_same_title_on_the_sheets_of_two_directorates_is_two_measures() -> None:
    head = ["Code", "Measure", "Q1 20/21"]
    found = proposed(workbook(("Place", [head, ["S1", "Days lost", 4]]), ("People", [head, ["S1", "Days lost", 5]])))
    assert [(each.title, each.directorate) for each in found.framework.measures] == [
        ("Days lost", "place"),
        ("Days lost", "people"),
    ]
    assert sorted(past.shown for past in found.framework.past.values()) == ["4", "5"]


def test_figures_on_one_sheet_and_targets_on_another_are_of_one_measure() -> None:
    one = [["Code", "Measure", "Q1 20/21"], ["W1", BINS, 41]]
    found = proposed(workbook(("Results", one), ("Targets", [["Code", "Target 2020/21"], ["W1", 30]])))
    assert (figures(found, BINS), targets(found, BINS)) == ({"2020-21 Q1": "41"}, {"2020-21": "30"})


def test_a_cell_that_says_something_else_on_another_sheet_is_listed() -> None:
    one = [["Code", "Measure", "Owner", "Actual"], ["W1", BINS, "Head of Waste", 41]]
    two = [["Code", "Measure", "Owner", "Actual"], ["W1", BINS, "Head of Streets", 38]]
    found = proposed(workbook(("Q1 2020-21", one), ("Q2 2020-21", two)))
    assert listed(found) == {"Q2 2020-21!C2": "Q1 2020-21!C2 says something else of it: 'Head of Waste'"}


def test_two_tables_on_one_sheet_are_read_each_by_its_own_header() -> None:
    rows = [
        ["Performance 2020/21"],
        ["Ref", "Measure", "Q1", "Q2", "Target"],
        ["W1", BINS, 41, 38, 30],
        [],
        ["Safer streets"],
        ["Indicator", "Ref", "Target", "Q2", "Owner", "Q1"],
        ["Burglaries", "S1", 8, 7, "Head of Safety", 9],
        ["Indicator", "Ref", "Target", "Q2", "Owner", "Q1"],
        ["Robberies", "S2", 3, 2, "Head of Safety", 1],
    ]
    found = proposed(workbook(("A", rows)))
    assert [each.code for each in found.framework.measures] == ["W1", "S1", "S2"]
    assert figures(found, BINS) == {"2020-21 Q1": "41", "2020-21 Q2": "38"}
    assert figures(found, "Burglaries") == {"2020-21 Q1": "9", "2020-21 Q2": "7"}
    assert targets(found, "Robberies") == {"2020-21": "3"}
    assert [read.table.name for read in found.tables] == ["A", "A row 6"]


def test_headings_between_the_measures_totals_and_remarks() -> None:
    rows = [
        ["Ref", "Measure", "Q1 20/21"],
        ["Priority 1: Clean"],
        ["W1", BINS, 41],
        ["Total", None, 41],
        ["Priority 2: Safe"],
        ["Outcome: at home"],
        ["S1", "Burglaries", 9],
        ["Outcome: in town"],
        ["S2", "Robberies", 3],
        [],
        ["Source: police figures"],
    ]
    found = proposed(workbook(("A", rows)))
    by_title = {each.title: each.priority for each in found.framework.measures}
    assert by_title == {BINS: "priority-1-clean", "Burglaries": "priority-2-safe", "Robberies": "priority-2-safe"}
    assert set(listed(found)) == {"A!A4", "A!C4", "A!A6", "A!A8", "A!A11"}


def test_a_group_that_is_written_once_holds_for_the_rows_below() -> None:
    rows = [
        ["Priority", "Measure", "Q1 20/21"],
        ["Clean", BINS, 41],
        [None, "Streets cleaned", 7],
        ["Safe", "Burglaries", 9],
        [None, "Robberies", 3],
    ]
    for edit in (None, lambda sheet: sheet.merge_cells("A2:A3")):
        found = proposed(workbook(("A", rows), edit=edit))
        assert [each.priority for each in found.framework.measures] == ["clean", "clean", "safe", "safe"]


def test_dates_as_headers_and_years_beside_quarters() -> None:
    rows = [["Measure", "2018/19 outturn", "2019/20 outturn", datetime(2020, 4, 1), datetime(2020, 5, 1)]]  # noqa: DTZ001
    found = proposed(workbook(("A", [*rows, [BINS, 380, 400, 41, 38]])))
    assert figures(found, BINS) == {"2018-19": "380", "2019-20": "400", "Apr 2020": "41", "May 2020": "38"}
    assert (measure(found, BINS).frequency, found.framework.reporting) == ("monthly", "monthly")


@pytest.mark.parametrize(
    ("title", "values", "unit", "shown"),
    [
        ("Rent collected", ["76.8%", "77%"], "percent", "76.8%"),
        ("% of rent collected", [76.8, 77], "percent", "76.8%"),
        ("% of rent collected", [0.768, 0.77], "percent", "76.8%"),
        ("Rent collected as a percentage of rent due", ["76.8", "77"], "percent", "76.8"),
        ("Rent collected as a percentage of rent due", ["0.768", ".77"], "percent", "76.8%"),
        ("Cost per home (\u00a3)", [742, 750], "\u00a3", "742"),
        ("Savings", ["\u00a31.2m", "\u00a3.9m"], "\u00a3m", "\u00a31.2m"),
        ("Savings (\u00a3k)", [120, 90], "\u00a3k", "120"),
        ("Admissions per 100,000 population", [151.2, 149.8], "rate per 100,000", "151.2"),
        ("Sickness per FTE", ["5.89 Days", "4.1 days"], "days per FTE", "5.89 Days"),
        ("Average days to let a home", [31, 27.5], "days", "31"),
        ("Number of new homes (50% affordable)", [31, 27], "count", "31"),
        ("Homes built", [31, 27], "count", "31"),
    ],
)
def test_units_by_figures_and_titles(title: str, values: list[object], unit: str, shown: str) -> None:
    found = proposed(workbook(("A", [["Measure", "Q1 20/21", "Q2 20/21"], [title, *values]])))
    assert measure(found, title).unit.label == unit
    assert figures(found, title)["2020-21 Q1"] == shown
    assert ("Measures", 0, "unit") in found.marks


def test_percentages_of_excel_stay_what_they_show() -> None:
    def formatted(sheet: object) -> None:
        for address in ("B2", "C2"):
            sheet[address].number_format = "0.0%"  # type: ignore[index]

    found = proposed(workbook(("A", [["Measure", "Q1 20/21", "Target"], ["Rent", 0.7684, 0.8]]), edit=formatted))
    assert figures(found, "Rent") == {"2020-21 Q1": "76.8%"}
    assert targets(found, "Rent") == {"2020-21": "80.0%"}


def test_tonnes_in_a_row_of_percentages_are_not_taken_for_one() -> None:
    rows = [["Measure", "2018/19", "2019/20", "Q1 20/21"], ["Waste recycled", "42%", "43%", "12,935"]]
    found = proposed(workbook(("A", rows)))
    assert figures(found, "Waste recycled") == {"2018-19": "42%", "2019-20": "43%"}
    assert "does not look like a percentage" in listed(found)["A!D2"]


@pytest.mark.parametrize(
    ("word", "polarity"),
    [
        ("Smaller is better", "lower"),
        ("SB", "lower"),
        ("high", "higher"),
        ("\u2191", "higher"),
        ("\u2193", "lower"),
        ("10-15%", "range"),
        ("n/a", "none"),
        ("Aim to minimise", "lower"),
        ("Bigger is Better", "higher"),
    ],
)
def test_which_way_is_good_in_the_words_of_a_column(word: str, polarity: str) -> None:
    rows = [["Measure", "Polarity", "Q1 20/21"], ["Something", word, 4], ["Another thing", word, 5]]
    assert measure(proposed(workbook(("A", rows))), "Something").polarity == polarity


def test_which_way_is_good_by_scores_and_never_against_all_evidence() -> None:
    head = ["Measure", "Actual Q1 20/21", "Target Q1 20/21", "RAG Q1 20/21"]
    rows = [head, ["Foo", 9, 10, "G"], ["Bar", 9, 10, "R"], ["Qux", 9, 10, "A"]]
    found = proposed(workbook(("A", rows)))
    assert [each.polarity for each in found.framework.measures] == ["lower", "higher", "none"]


def test_scores_by_the_colour_of_an_empty_cell() -> None:
    def coloured(sheet: object) -> None:
        sheet["C2"].fill = PatternFill("solid", fgColor="FF0000")  # type: ignore[index]

    found = proposed(workbook(("A", [["Measure", "Q1 20/21", "RAG"], [BINS, 41, None]]), edit=coloured))
    (published,) = found.framework.published.values()
    assert (published.score, published.actual) == ("red", "41")
    assert found.marks["Published", 0, "score"] == "A!C2 is filled in red"


def test_codes_that_stand_twice_are_blank_or_hold_letters_of_another_alphabet() -> None:
    rows = [
        ["Code", "Measure", "Q1 20/21"],
        ["W1", BINS, 1],
        ["W1", BINS, 2],
        [None, "No code", 3],
        ["\u0421\u041d9", "Odd", 4],
    ]
    found = proposed(workbook(("A", rows)))
    assert [each.code for each in found.framework.measures] == ["W1", "W1", "", "CH9"]
    assert len({each.key for each in found.framework.measures}) == 4
    assert "look like ours" in found.marks["Measures", 3, "code"]


def test_hidden_rows_and_columns_are_imported_and_said() -> None:
    def hide(sheet: object) -> None:
        sheet.row_dimensions[2].hidden = True  # type: ignore[attr-defined]
        sheet.column_dimensions["C"].hidden = True  # type: ignore[attr-defined]

    found = proposed(workbook(("A", [["Measure", "Q1 20/21", "Owner"], [BINS, 41, "Head of Waste"]]), edit=hide))
    assert measure(found, BINS).owner == "Head of Waste"
    assert "hidden" in found.marks["Measures", 0, "title"]


def test_a_yearly_total_is_no_target_of_each_quarter() -> None:
    rows = [["Measure", "Q1 20/21", "Q2 20/21", "Target 2020/21"], ["New homes completed", 12, 22, 180]]
    found = proposed(workbook(("A", rows)))
    assert targets(found, "New homes completed") == {"2020-21 Q4": "180"}


def test_figures_with_the_year_to_date_beside_them_are_cumulative() -> None:
    rows = [["Measure", "Q1 20/21", "Q2 20/21", "Target 2020/21"], ["Jobs created", 62, "60 (122 cum)", 250]]
    found = proposed(workbook(("A", rows)))
    jobs = measure(found, "Jobs created")
    assert (jobs.calculation, jobs.entered, jobs.adds_up) == ("cumulative", "in period", True)
    assert targets(found, "Jobs created") == {"2020-21": "250"}


def test_figures_under_year_to_date_count_up() -> None:
    rows = [["Measure", "Q1 20/21 YTD", "Q2 20/21 YTD", "Target 2020/21"], ["Jobs created", 62, 122, 250]]
    jobs = measure(proposed(workbook(("A", rows))), "Jobs created")
    assert (jobs.calculation, jobs.counts_up) == ("cumulative", True)


def test_comments_and_further_codes_become_notes_with_their_headers() -> None:
    rows = [["Ref", "KPI code", "Measure", "Q1 20/21", "Commentary"], ["1.1", "W1", BINS, 41, "A hard\nwinter."]]
    bins = measure(proposed(workbook(("A", rows))), BINS)
    assert (bins.code, bins.note) == ("W1", "Ref: 1.1\nCommentary: A hard\nwinter.")


def test_an_address_that_a_directorate_shares_is_its_own_and_others_are_listed() -> None:
    rows = [
        ["Measure", "Service", "E-mail", "Q1 20/21"],
        [BINS, "Waste", "waste@example.org", 1],
        ["Tips", "Waste", "waste@example.org", 2],
        ["Parks", "Green", "parks@example.org", 3],
        ["Trees", "Green", "trees@example.org", 4],
        ["Roads", "Roads", "ask Bob", 4],
    ]
    found = proposed(workbook(("A", rows)))
    assert [(each.name, each.email) for each in found.framework.directorates] == [
        ("Waste", "waste@example.org"),
        ("Green", ""),
        ("Roads", ""),
    ]
    assert set(listed(found)) == {"A!C4", "A!C5", "A!C6"}


def test_what_an_officer_says_of_columns_and_rows_counts() -> None:
    rows = [["Thing", "Measure", "Q1 20/21", "Total"], ["x", BINS, 41, 5], ["Total", "Streets", 7, 6]]
    said = Corrections(columns={"A": {0: Goal("code"), 3: Goal("nothing")}}, rows={"A": {2: "measure"}})
    found = proposed(workbook(("A", rows)), said=said)
    assert [(each.code, each.title) for each in found.framework.measures] == [("x", BINS), ("Total", "Streets")]
    assert found.tables[0].plans[0].because == "chosen by you"
