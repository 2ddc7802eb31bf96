"""Walsall's children's services, end to end: two months of one scorecard, collected in turn."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfbook import read_return
from perfbook.creating import create_workspace
from perfbook.demo import Demo, run_demo
from perfbook.figure_notes import COUNTED_OTHERWISE
from perfbook.framework.periods import Period, parse
from perfbook.records import Quarter
from perfbook.reports.story import story_of
from perfbook.samples import read_sample
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.reconcile import Reconciliation
from perfbook.scorecard.view import View
from tests.reports.shown import digest_of, shown_by

MAR, JUNE, JULY = parse("Mar 2013"), parse("Jun 2013"), parse("Jul 2013")
FRAMEWORK_SINCE = "Framework since Jun 2013"
# The order of the report, as its script keys it.
KEYS = tuple(f"wal-c{number:02d}" for number in range(1, 15))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo("walsall-children", tmp_path_factory.mktemp("children") / "demo", None)


@pytest.fixture(scope="module")
def quarter(demo: Demo) -> Quarter:
    return demo.consolidation.quarter


@pytest.fixture(scope="module")
def printed(shared: Path) -> Mapping[str, list[dict[str, str]]]:
    """The measures of both versions, in the report's order."""
    with (shared / "data/walsall_sip_2013/measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {version: [row for row in rows if row["version"] == version] for version in ("to Jun-13", "to Jul-13")}


def scorecard(demo: Demo, period: Period) -> Path:
    return demo.workspace.scorecard_path(period)


def sheet(path: Path, name: str) -> Worksheet:
    found = openpyxl.load_workbook(path, data_only=True)[name]
    assert isinstance(found, Worksheet)
    return found


def last_printed(row: Mapping[str, str]) -> str:
    """The newest column of a row."""
    return next(row[f"value_{number}"] for number in "321" if row[f"period_{number}"])


def stored(value: str, percent: bool) -> Decimal | None:
    number = value.rstrip("*")
    if not number.replace(".", "").isdigit():
        return None
    return Decimal(number) / 100 if percent else Decimal(number)


def test_both_months_say_what_their_version_printed(demo: Demo, printed: Mapping[str, list[dict[str, str]]]) -> None:
    """June as its own scorecard had it: July's was not known when it was made."""
    framework = demo.workspace.framework
    for period, version in ((JUNE, "to Jun-13"), (JULY, "to Jul-13")):
        book = sheet(scorecard(demo, period), "Passport")
        heads = {str(cell.value): place for place, cell in enumerate(book[4])}
        shown = {
            row[heads["Key"]].value: row[heads["Figure"]].value
            for row in book.iter_rows(min_row=5)
            if row[heads["Figure for"]].value == period.label
        }
        compared = 0
        for key, row in zip(KEYS, printed[version], strict=True):
            measure = framework.by_key[key]
            # Of a measure without a figure of the month the last column is an earlier one.
            value = stored(last_printed(row), measure.unit.kind == "percent")
            is_earlier = not row["period_3"] and row["period_2"] == "Mar-13"
            if measure.about(period) is None or value is None or is_earlier:
                continue
            assert shown[key] == pytest.approx(float(value), abs=1e-9), (period, key)
            compared += 1
        assert compared == (10 if period == JUNE else 11)


def changes_of(book: Path) -> list[list[Any]]:
    """The rows of the sheet Changes."""
    rows = [[cell.value for cell in row] for row in sheet(book, "Changes").iter_rows(min_row=5)]
    return [row for row in rows if row[2]]


def test_changes_lists_what_julys_framework_has_otherwise_than_junes(
    demo: Demo, printed: Mapping[str, list[dict[str, str]]]
) -> None:
    rows = changes_of(scorecard(demo, JULY))
    found = {(row[1], row[4]): (row[5], row[6]) for row in rows if row[0] == FRAMEWORK_SINCE}
    codes = [demo.workspace.framework.by_key[key].code for key in KEYS]
    pairs = list(zip(codes, printed["to Jun-13"], printed["to Jul-13"], strict=True))
    numbers = {
        code: tuple(
            number if number != "n/a" else "" for number in (june["comparator_value"], july["comparator_value"])
        )
        for code, june, july in pairs
        if (june["comparator_label"], june["comparator_value"]) != (july["comparator_label"], july["comparator_value"])
    }
    compared = {code: texts for (code, field), texts in found.items() if field == "Comparators"}
    assert set(compared) == {code for code, both in numbers.items() if any(both)}
    for code, texts in compared.items():
        for text, number in zip(texts, numbers[code], strict=True):
            assert text.startswith(number or "(blank)"), code
    assert (compared["3.2"], compared["3.3"]) == (
        ("(blank)", "77.4% England average, March 2012"),
        ("(blank)", "75.5% England average, March 2012"),
    )
    ways = {"SB": "Lower is better", "BB": "Higher is better", "": "Not judged"}
    assert {code: texts for (code, field), texts in found.items() if field == "Good is"} == {
        code: (ways[june["polarity_as_printed"]], ways[july["polarity_as_printed"]])
        for code, june, july in pairs
        if june["polarity_as_printed"] != july["polarity_as_printed"]
    }
    assert {key: texts for key, texts in found.items() if key[1] not in ("Comparators", "Good is")} == {
        ("3.2", "Title"): (
            "Initial assessments completed < 10 days",
            "Initial assessments completed in less than 10 days",
        ),
        ("3.3", "Title"): ("Core assessments completed < 35 days", "Core assessments completed in less than 35 days"),
        ("4.3", "Definition"): (
            "Agency staff at the end of the month.",
            "Agency staff at the end of the month; from July 2013 full-time equivalents worked out from hours.",
        ),
    }
    assert len(found) == 14


def test_june_is_scored_and_told_as_its_own_version_printed(demo: Demo) -> None:
    book = sheet(scorecard(demo, JUNE), "Scorecard")
    shown = {str(row[0]): [cell for cell in row if cell] for row in book.iter_rows(values_only=True)}
    assert shown["3.2"][1] == "Initial assessments completed < 10 days"
    assert "\u2716 Minimum standard not met" in shown["3.2"]
    assert "\u2714 Minimum standard met" in shown["3.3"]
    assert not [cell for code in ("3.2", "3.3") for cell in shown[code] if "England" in str(cell)]
    assert "5.6% England, March 2012 (better)" in shown["1.1"]
    # With no better direction printed, nothing of the workforce is improved or worse.
    definitions = sheet(scorecard(demo, JUNE), "Definitions")
    rows = [[cell for cell in row if cell] for row in definitions.iter_rows(values_only=True)]
    assert {row[0] for row in rows if "Not judged" in row} == {f"4.{place}" for place in range(1, 7)}
    reconciled = sheet(scorecard(demo, JUNE), "Reconciliation")["A3"].value
    assert reconciled == "Everything that was published agrees with ours, measure by measure."


def test_the_restated_figures_of_june_are_listed_and_shown(demo: Demo, quarter: Quarter) -> None:
    rows = [row for row in changes_of(scorecard(demo, JULY)) if row[0] != FRAMEWORK_SINCE]
    assert {(row[1] or "", row[2], row[3], row[5], row[6], row[10]) for row in rows} == {
        ("4.4", "Social worker turnover", "Jun 2013", "14.04%", "8.60%", "Restated in Jul 2013"),
        ("4.5", "Open cases of children in need per worker", "Jun 2013", "25.2*", "19.2", "Restated in Jul 2013"),
        ("", "Early help: Cases stepped up to level 3", "Jun 2013", "4", "8", "Restated in Jul 2013"),
    }
    nothing = "Nothing has changed since the last consolidation, and nothing was adjusted or restated."
    assert [row[:3] for row in changes_of(scorecard(demo, JUNE))] == [["None", None, nothing]]
    by_place = {(o.measure, o.period): o for o in quarter.observations}
    assert by_place["wal-c12", JUNE].actual == Decimal("0.0860")
    # July is compared with June as it is now.
    turnover = next(row for row in View(quarter, JULY).rows if row.measure.key == "wal-c12")
    assert turnover.previous == Decimal("0.0860")


def test_a_blank_row_leaves_the_earlier_figure_as_it_was(demo: Demo) -> None:
    """Rows that may be given anew are no work that remains, and a blank one changes nothing."""
    blank = next(path for path in demo.blanks.glob("*.xlsx") if "Workforce" in path.name)
    assert str(sheet(blank, "Measures")["B3"].value).startswith("6 of 12 figures to go")
    untouched = read_return(blank, demo.workspace.framework)
    assert (untouched.state, {each.period for each in untouched.observations}) == ("not started", {JULY})


def test_met_and_not_met_are_as_printed(quarter: Quarter) -> None:
    reconciliations: dict[Period, Reconciliation] = {
        period: View(quarter, period).reconciliations[period] for period in quarter.periods
    }
    assert [period.label for period in quarter.periods] == ["Mar 2012", "Mar 2013", "Jun 2013", "Jul 2013"]
    differing = {
        (each.measure.code, period.label, each.aspect, each.ours, each.published)
        for period, found in reconciliations.items()
        for each in found.differences
    }
    assert differing == {
        ("4.5", "Mar 2013", "figure", "25.2", "37"),
        ("4.4", "Jun 2013", "figure", "8.60%", "14.04%"),
        ("4.5", "Jun 2013", "figure", "19.2", "25.2*"),
    }
    assert sum(found.compared["score"] for found in reconciliations.values()) == 5
    assert sum(found.compared["figure"] for found in reconciliations.values()) == 45


def test_every_figure_of_the_tables_is_where_it_was_printed(quarter: Quarter, shared: Path) -> None:
    with (shared / "data/walsall_sip_2013/tables.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] != "Staffing measures"]
    wanted = sorted(
        (row["version"], stored(row["value_as_typed"], "%" in row["column_label"] or row["row_label"].startswith("%")))
        for row in rows
        if row["value_as_typed"] != "n/a"
    )
    versions = {JUNE: "to Jun-13", JULY: "to Jul-13"}
    assert sorted((versions[figure.period], figure.value) for figure in quarter.grids) == wanted
    assert len(wanted) == 92


def test_three_certified_returns_a_month_without_an_error(demo: Demo) -> None:
    account = demo.consolidation.account
    assert (account.returns["certified"], account.exit_code) == (3, 0)
    assert account.as_json()["measures"] == {
        "total": 14,
        "due": 11,
        "not_due": 2,
        "delayed": 1,
        "reported": 11,
        "missing": 0,
        "not_available": 0,
    }
    assert account.as_json()["score"] == {"met": 3, "not_met": 2, "not_scored": 6}
    assert account.findings["by_code"] == {"V123": 1, "V103": 1, "V211": 1, "E106": 1}


def test_init_collects_the_month_before(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "children", example="walsall-children")
    sample = read_sample("walsall-children")
    found = workspace.look(as_at=sample.as_at)
    assert len(found.changes) == 3
    # June was collected with the framework of its own, and July's lies there now.
    assert {each.section for each in found.framework_changes} == {FRAMEWORK_SINCE}
    assert len(found.framework_changes) == 14
    assert workspace.framework.by_key["wal-c09"].polarity == "lower"
    assert {path.name for path in (tmp_path / "children" / "returns").iterdir()} == {"Jun 2013", "Jul 2013"}


def test_columns_that_mean_another_month_are_headed_by_it_in_each_period(demo: Demo, quarter: Quarter) -> None:
    heads = {}
    for period in (JUNE, JULY):
        data = build_scorecard(quarter, selected=period)
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Grids"]
        row = next(row for row in book.iter_rows() if row[0].value == "Assessments received")
        stepped = [cell.value for cell in book[row[0].row + 1][2:5]]
        heads[period] = ([cell.value for cell in book[row[0].row - 1][2:5]], stepped)
    assert heads == {
        JUNE: (["Apr 2013", "May 2013", "Jun 2013"], [7, 12, 4]),
        JULY: (["May 2013", "Jun 2013", "Jul 2013"], [12, 8, 29]),
    }


def test_the_report_has_the_tables_of_the_month(quarter: Quarter) -> None:
    text, rows = shown_by("walsall-children", quarter)
    assert "Child protection plans: Children's Social Care" in text
    assert ["Plans at the end", "230", "251", "238", ""] in rows
    assert ["Cases stepped up to level 3", "12", "8", "29", ""] in rows
    assert ["Line", "May 2013", "Jun 2013", "Jul 2013", ""] in rows


def test_each_figure_is_better_or_worse_than_its_benchmark(quarter: Quarter) -> None:
    """As the scorecard says it for the chosen month, and as the report says it."""
    wanted = {
        JUNE: {"1.1": "5.6% England average, March 2012 (better)", "3.1": "96.7% England average, March 2012 (better)"},
        JULY: {"1.1": "5.6% England average, March 2012 (better)", "3.2": "77.4% England average, March 2012 (worse)"},
    }
    for period, texts in wanted.items():
        data = build_scorecard(quarter, selected=period)
        rows = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Scorecard"].iter_rows(values_only=True)
        shown = {str(row[0]): [cell for cell in row if cell] for row in rows}
        for code, text in texts.items():
            assert text in shown[code], (period, code)
        # Without a figure there is nothing to compare.
        assert "9.2% England average, March 2012" in shown["1.2"]
    lines = {line.code: line.benchmark for line in story_of(quarter).lines}
    assert lines["3.3"] == "75.5% England average, March 2012 (better)"
    assert "75.5% England average, March 2012 (better)</td>" in digest_of(quarter)
    (benchmark,) = quarter.framework.benchmarks_of("wal-c08")
    assert (benchmark.label, benchmark.dated) == ("75.5% England average", "March 2012")


def test_a_footnote_mark_stands_beside_its_figure(quarter: Quarter) -> None:
    note = View(quarter, JULY).notes["wal-c11", JULY]
    said = f"{COUNTED_OTHERWISE} Not comparable with Jun 2013: that figure bears no footnote mark."
    assert (note.mark, note.note) == ("Footnote *", said)
    book = openpyxl.load_workbook(io.BytesIO(build_scorecard(quarter)), data_only=True)["Scorecard"]
    row = next([cell.value for cell in row] for row in book.iter_rows() if row[0].value == "4.3")
    assert "Footnote *" in row
    assert said in row
