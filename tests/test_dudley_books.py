"""The scorecard and the framework that the demonstration writes, before LibreOffice, the validator and our gate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from perfbook.demo import Demo, run_demo
from perfbook.scorecard import build_scorecard
from perfbook.workbook.limits import breaches
from tests.support.office import Office, compare_cached

if TYPE_CHECKING:
    from tests.conftest import Audit

PICKER = ("Summary", "B4")
PERIODS = ("2019-20 Q2", "2020-21 Q1", "2020-21 Q2")


@dataclass(frozen=True)
class Books:
    """The demonstration, and its scorecard built for each period that can be picked."""

    demo: Demo
    scorecards: dict[str, Path]


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    folder = tmp_path_factory.mktemp("dudley-books")
    demo = run_demo("dudley", folder / "demo", None)
    quarter = demo.consolidation.quarter
    scorecards = {}
    for period in quarter.periods:
        scorecards[period.label] = folder / f"{period.label}.xlsx"
        scorecards[period.label].write_bytes(build_scorecard(quarter, selected=period, house=demo.workspace.house))
    return Books(demo, scorecards)


def test_the_periods_that_can_be_picked_are_those_with_figures(books: Books) -> None:
    assert tuple(books.scorecards) == PERIODS


def test_the_scorecard_on_disk_is_the_one_for_the_current_period(books: Books) -> None:
    written = books.demo.consolidation.outputs["scorecard"]
    assert written.read_bytes() == books.scorecards["2020-21 Q2"].read_bytes()


@pytest.mark.parametrize("picked", PERIODS)
def test_each_period_that_is_picked_gives_what_python_computes(picked: str, books: Books, office: Office) -> None:
    written = books.demo.consolidation.outputs["scorecard"]
    found = compare_cached(written, office, sets={PICKER: picked}, against=books.scorecards[picked])
    assert found.formulas > 2000
    assert (found.mismatches[:3], found.errors[:3]) == ([], [])


def test_the_framework_holds_true_values(books: Books, office: Office, audit: Audit) -> None:
    """Returns and scorecards of every council are held before the same judges in test_all_books.py."""
    path = books.demo.workspace.root / "framework.xlsx"
    found = compare_cached(path, office)
    assert (found.mismatches[:3], found.errors[:3]) == ([], [])
    assert audit(path) == []
    assert breaches(path.read_bytes()) == []


def test_counts_of_an_earlier_period_come_from_the_past_figures(books: Books) -> None:
    counts = headline(books.scorecards["2019-20 Q2"])
    # 35, since PI2061 had not been withdrawn yet: no figure of it was printed. Six were "New Measure" a year later.
    assert counts["Measures in total"] == 35
    assert (counts["Reported"], counts["Missing"], counts["Not due"], counts["Delayed"]) == (28, 1, 6, 0)


def headline(path: Path) -> dict[str, object]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Summary").to_python(skip_empty_area=False)
    return {str(row[0]).strip(): row[1] for row in rows if row[0] and row[1] != ""}
