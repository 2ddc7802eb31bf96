"""The scorecard of figures that were adjusted or restated: right in a second engine, whatever period is picked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbook.adjusting import adjust
from perfbook.framework.model import Adjustment, AdjustmentKind, Place
from perfbook.framework.periods import Period
from perfbook.records import Closing, Quarter, Restatement
from perfbook.scorecard import build_scorecard
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.scorecard import invented
from tests.support.office import Office, compare_cached

PICKER = ("Summary", "B4")
FIRST, LAST = invented.FIRST, invented.LAST
PLACE = Place("framework.xlsx", "Adjustments", "F5")


def _row(kind: AdjustmentKind, measure: str, period: Period, **more: Any) -> Adjustment:
    return Adjustment(kind, period, '=1+1 "why" <b>', "@Officer", PLACE, measure, **more)


def adjusted() -> Quarter:
    """The invented quarter, with adjustments of every kind in two periods and restatements of both."""
    plain = invented.quarter()
    rows = (
        _row("correct", "a1", LAST, actual=Decimal("0.86"), shown="86%"),
        _row("score", "a1", LAST, band="below_target", shown="Below target"),
        _row("score", "a2", FIRST, band="not scored", shown="not scored"),
        _row("enter", "c2", LAST, actual=Decimal(7), shown="7"),
        _row("enter", "c2", FIRST, status="delayed", shown="Delayed"),
        _row("provisional", "b1", LAST),
    )
    framework = replace(plain.framework, adjustments=rows)
    made = adjust(framework, plain.observations, LAST)
    moment = datetime(2031, 8, 1, 9, tzinfo=UTC)
    restated = tuple(
        Restatement(FIRST, key, title, FIRST, "Figure", before, "now", moment, "Because")
        for key, title, before in (("a1", "Tenants", "80.6%"), ("b2", "Applications", "=1+1"))
    )
    return replace(
        plain,
        framework=framework,
        observations=made.observations,
        adjusted=made.adjusted,
        closings=(Closing(FIRST, moment, "ab" * 32),),
        restatements=restated,
    )


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[Period, Path]:
    folder = tmp_path_factory.mktemp("adjusted")
    paths = {}
    for number, period in enumerate(invented.PERIODS):
        paths[period] = folder / f"{number}.xlsx"
        paths[period].write_bytes(build_scorecard(adjusted(), selected=period))
    return paths


@pytest.mark.parametrize("picked", (FIRST, LAST), ids=str)
def test_marks_notes_and_scores_that_were_set_follow_the_period_in_libreoffice(
    picked: Period, books: dict[Period, Path], office: Office
) -> None:
    other = LAST if picked == FIRST else FIRST
    found = compare_cached(books[other], office, sets={PICKER: picked.label}, against=books[picked])
    assert (found.mismatches, found.errors) == ([], [])


def test_what_is_adjusted_keeps_the_limits_and_the_standard(books: dict[Period, Path], audit: Audit) -> None:
    assert not breaches(books[LAST].read_bytes())
    assert not audit(books[LAST])


def test_a_restated_period_says_what_was_published(books: dict[Period, Path], office: Office) -> None:
    with office.open(books[FIRST]) as book:
        cells = {cell.value for row in book.get_cells("Scorecard", "R5:S40") for cell in row}
    assert "Restated" in cells and "Delayed" not in cells
    assert "Figure published as 80.6% on 1 August 2031." in cells
    assert 'Entered on behalf of the service. =1+1 "why" <b> (@Officer).' in cells
