"""Ratings that a report printed, beside ours, place by place: each difference named."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from perfbook.errors import FrameworkError
from perfbook.framework.book_writer import write_framework
from perfbook.framework.version import version_of
from perfbook.records import ActionReport, Quarter
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.reconcile import reconcile
from perfbook.workspace import open_workspace
from tests.collecting.council import ISSUED, NOW, PERIOD
from tests.collecting.test_actions import FRAMEWORK, NEXT
from tests.support.office import Office, compare_cached
from tests.test_ratings_by_hand import TOML

PRINTED = {
    ("a1", "d1", PERIOD): "done",
    ("a1", "d2", PERIOD): "slow",
    ("a2", "d1", PERIOD): "none",
    ("a1", "d1", NEXT): "slow",
}


@pytest.fixture
def quarter() -> Quarter:
    said = [
        ActionReport("a1", PERIOD, rating="done"),
        ActionReport("a2", PERIOD, rating="slow"),
        ActionReport("a1", NEXT, rating="slow"),
    ]
    made = replace(FRAMEWORK, published_ratings=PRINTED)
    return Quarter(made, PERIOD, NOW, (PERIOD, NEXT), (), (), (), (), actions=tuple(said))


def test_each_place_whose_rating_differs_is_named(quarter: Quarter) -> None:
    found = reconcile(quarter)
    assert found.ratings_compared == 3
    assert found.differing_codes()["rating"] == ("HS2", "HS1 under B2")
    assert [(each.ours, each.published) for each in found.ratings] == [
        ("\u25b2 Slow", "No rating"),
        ("\u2714 Done", "\u25b2 Slow"),
    ]
    lines = {line[0]: line[1:] for line in found.lines()}
    assert lines["Ratings, place by place"] == ("3 compared", "1 the same", "HS2, HS1 under B2")
    later = reconcile(replace(quarter, period=NEXT))
    assert (later.ratings_compared, later.ratings) == (1, ())


def test_the_sheet_lists_the_differences_of_whichever_period_is_chosen(
    quarter: Quarter, office: Office, tmp_path: Path
) -> None:
    own, other = tmp_path / "own.xlsx", tmp_path / "other.xlsx"
    own.write_bytes(build_scorecard(quarter))
    other.write_bytes(build_scorecard(quarter, selected=NEXT))
    sheet = load_workbook(own, data_only=True)["Reconciliation"]
    rows = ["|".join(str(cell) for cell in row if cell not in (None, "")) for row in sheet.values]
    start = next(n for n, row in enumerate(rows) if row.endswith("place by place: 2 differ, listed below."))
    assert rows[start + 2 : start + 4] == [
        "Rating differs|HS2|Repair homes|B1|\u25b2 Slow|No rating",
        "Rating differs|HS1|Build homes|B2|\u2714 Done|\u25b2 Slow",
    ]
    for found in (
        compare_cached(own, office),
        compare_cached(own, office, sets={("Summary", "B4"): NEXT.label}, against=other),
    ):
        assert (found.mismatches, found.errors) == ([], [])


def test_the_sheet_of_the_framework_is_read_back_and_is_no_new_version(tmp_path: Path) -> None:
    made = replace(FRAMEWORK, published_ratings=PRINTED)
    assert version_of(made) == version_of(FRAMEWORK)
    (tmp_path / "perfbook.toml").write_text(TOML, encoding="utf-8")
    path = tmp_path / "framework.xlsx"
    path.write_bytes(write_framework(made, created=ISSUED, periods=[PERIOD], spare_rows=3))
    assert open_workspace(tmp_path).framework.published_ratings == PRINTED
    book = load_workbook(io.BytesIO(path.read_bytes()))
    row = next(row for row in book["Published ratings"].iter_rows() if row[0].value == "a1")
    row[3].value = None
    row[5].value = "Dnoe"
    book.save(path)
    with pytest.raises(FrameworkError) as caught:
        open_workspace(tmp_path).framework  # noqa: B018
    assert f"Published ratings!F{row[0].row}: 'Dnoe' is no rating of the scheme 'steps'" in str(caught.value)
