"""What Dudley's directorates bring beside measures: workforce and service summaries, from the return to the reports."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from perfbook.demo import Demo, run_demo
from perfbook.records import Quarter
from tests.reports.shown import digest_of, shown_by

# Directorates of the report that print a workforce table and a summary.
WRITERS = {
    "Commercial & Customer Service Inc. ICT",
    "Public Realm",
    "Adult Social Care",
    "Regeneration & Enterprise",
    "Childrens Services",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo("dudley", tmp_path_factory.mktemp("services") / "demo", None)


@pytest.fixture(scope="module")
def quarter(demo: Demo) -> Quarter:
    return demo.consolidation.quarter


def rows_of(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / f"data/dudley_2020_q2/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def names(quarter: Quarter) -> Mapping[str, str]:
    return {each.key: each.name for each in quarter.framework.directorates}


def as_stored(text: str) -> Decimal:
    return Decimal(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def test_every_workforce_figure_is_the_published_one(quarter: Quarter, shared: Path) -> None:
    printed = [
        (row["directorate"], as_stored(text))
        for row in rows_of(shared, "workforce")
        for text in (row["count_as_typed"], row["percent_as_typed"])
        if text
    ]
    assert sorted((names(quarter)[each.directorate], each.value) for each in quarter.grids) == sorted(printed)
    assert len(printed) == 103
    lines = {line.key: line for grid in quarter.framework.grids for line in grid.lines}
    held = {
        (
            names(quarter)[each.directorate],
            lines[each.line].group,
            lines[each.line].label,
            lines[each.line].percent,
        ): each
        for each in quarter.grids
    }
    for row in rows_of(shared, "workforce"):
        if row["group"] in ("Gender", "Disability"):
            place = row["directorate"], row["group"], row["category"].capitalize()
            assert held[(*place, False)].value == as_stored(row["count_as_typed"]), place
            assert held[(*place, True)].value == as_stored(row["percent_as_typed"]), place


def test_groups_that_do_not_add_up_to_the_headcount_are_asked_about(quarter: Quarter, shared: Path) -> None:
    printed = {
        (row["directorate"], row["group"])
        for row in rows_of(shared, "workforce")
        if row["group_sum_equals_headcount"] == "no" and not row["group"].startswith("Contract")
    }
    of_file = {record.file.rpartition("/")[2]: names(quarter)[record.directorate] for record in quarter.returns}
    asked = [
        (of_file[finding.file.rpartition("/")[2]], finding.found)
        for finding in quarter.findings
        if finding.code == "G101"
    ]
    assert {(name, found.partition(": ")[2].partition(" adds up")[0]) for name, found in asked} == printed
    assert "adds up to 834, not 922" in dict(asked)["Childrens Services"]
    assert len(asked) == 6


def test_five_directorates_write_their_summaries(quarter: Quarter, shared: Path) -> None:
    titles = {section.key: section.title for section in quarter.framework.sections}
    printed = {
        (row["directorate"], row["section"]): row["example_own_words"]
        for row in rows_of(shared, "service_summary")
        if row["section"] in titles.values() and row["example_own_words"]
    }
    written = {(names(quarter)[each.directorate], titles[each.section]): each.text for each in quarter.sections}
    assert written.keys() == printed.keys()
    assert {name for name, _ in written} == WRITERS
    for place, words in printed.items():
        assert written[place].startswith(words)
    for row in rows_of(shared, "service_figures"):
        if "own count" not in row["unit"]:
            assert row["value_as_typed"] in written[row["directorate"], row["section"]]


def test_the_scorecard_shows_both(demo: Demo) -> None:
    book = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)
    grids = [[cell.value for cell in row] for row in book["Grids"].iter_rows()]
    place = next(number for number, row in enumerate(grids) if row[0] == "Workforce: Adult Social Care")
    assert [row[:3] for row in grids[place + 2 : place + 5]] == [
        ["Headcount, without casual staff", None, 849],
        ["Full-time equivalents", None, 714.86],
        ["Female", "Gender", 708],
    ]
    texts = [(row[0].value, row[1].value) for row in book["Service summaries"].iter_rows(min_row=5)]
    after = texts[texts.index(("Childrens Services", None)) + 1 :]
    assert after[0] == ("Benchmarking", "Nothing was written.")
    assert str(after[1][1]).startswith("Centres reopened after risk assessment")


def test_report_and_digest_say_what_services_say(quarter: Quarter) -> None:
    text, rows = shown_by("dudley", quarter)
    page = digest_of(quarter)
    assert "Workforce: Public Realm" in text
    assert ["Full-time equivalents", "986.14"] in [row[:2] for row in rows]
    assert ["Turnover in the period", "2.05%"] in [row[:2] for row in rows]
    told = "Keeping the care market stable is named as the next challenge."
    assert told in text
    assert told in page
    assert "Workforce: Public Realm" in page
    # Two lines of one name are told apart by their groups.
    for name in ("Undisclosed (Disability)", "Undisclosed (Ethnicity)"):
        assert name in {row[0] for row in rows}
        assert name in page
    assert '<th scope="row" dir="auto">Full-time equivalents</th><td class="n">986.14</td></tr>' in page
