"""Dudley's published quarter: by rule 17 / 3 / 13 where the report printed 16 / 3 / 14; PI1709 alone explains it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from perfbook.creating import create_workspace
from perfbook.records import Quarter
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.reconcile import reconcile
from perfbook.scorecard.view import View
from tests.support.office import Office, compare_cached

PICKER = ("Summary", "B4")


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    workspace = create_workspace(tmp_path_factory.mktemp("dudley") / "council", example="dudley")
    return workspace.collect(as_at=datetime(2020, 10, 20, 9, 0, tzinfo=UTC))


def test_the_counts_are_those_of_the_rule_beside_the_published_ones(quarter: Quarter) -> None:
    found = reconcile(quarter)
    ours = {(total.group, total.outcome): (total.ours, total.published) for total in found.totals}
    assert ours["measures", "total"] == (34, 34)
    assert ours["measures", "due"] == (33, 33)
    assert ours["measures", "delayed"] == (1, 1)
    scores = [ours["score", band] for band in ("exceeds_target", "upper_tolerance", "below_target")]
    assert scores == [(17, 16), (3, 3), (13, 14)]
    assert [ours["trend", way][1] for way in ("improved", "consistent", "worse")] == [10, 4, 19]
    assert [ours["annual", way][1] for way in ("improved", "consistent", "worse")] == [12, 5, 10]
    for group in ("score", "trend", "annual"):
        assert sum(pair[0] for key, pair in ours.items() if key[0] == group) == 33


def test_one_measure_alone_differs_in_its_score(quarter: Quarter) -> None:
    (difference,) = reconcile(quarter).differing("score")
    assert difference.measure.code == "PI1709"
    assert (difference.ours, difference.published) == ("★ Exceeds target", "▲ Below target")
    assert difference.judgement.actual == Decimal(107)
    assert difference.judgement.target == Decimal(20)
    # 113 of 147 is 76.9 %, where the report printed 76.8 %.
    assert "PI2027" in reconcile(quarter).differing_codes()["figure"]


def test_every_pick_recalculates_to_the_values_of_the_book_built_for_it(
    quarter: Quarter, office: Office, audit: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    paths = {}
    for period in quarter.periods:
        paths[period] = tmp_path / f"{period.ordinal}.xlsx"
        paths[period].write_bytes(build_scorecard(quarter, selected=period))
    assert [period.label for period in quarter.periods] == ["2019-20 Q2", "2020-21 Q1", "2020-21 Q2"]
    assert audit(paths[quarter.period]) == []
    for period in quarter.periods:
        found = compare_cached(paths[quarter.period], office, sets={PICKER: period.label}, against=paths[period])
        assert found.formulas > 3500
        assert (found.mismatches, found.errors) == ([], []), period


def test_waste_is_shown_for_the_quarter_that_it_is_about(quarter: Quarter) -> None:
    rows = {row.measure.code: row for row in View(quarter, quarter.period).rows}
    assert rows["PI1498"].about == quarter.period.previous
    assert rows["PI47"].about == quarter.period


def test_reconciliation_says_where_the_report_printed_totals_alone(quarter: Quarter) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(build_scorecard(quarter))).get_sheet_by_name("Reconciliation")
    assert rows.to_python(skip_empty_area=False)[3][0].strip() == (
        "Annual comparison: ours covers 28 measures, the report 27; it printed totals alone, so the measures behind a "
        "difference cannot be named."
    )
