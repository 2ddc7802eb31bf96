"""A footnote mark flags that something is counted in another way: nothing is compared across it, and readers know."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal as D
from pathlib import Path

import pytest
from openpyxl import load_workbook

from perfbook.framework.model import Band, Grid, GridLine, Scheme
from perfbook.framework.periods import Period, parse
from perfbook.records import GridFigure, Quarter
from perfbook.reports.plot import BREAK, trend
from perfbook.reports.story import story_of
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.view import View
from perfbook.scoring.judge import Judgement, index, judge
from tests.reports.shown import digest_of, shown_by
from tests.scorecard import invented
from tests.support.office import Office, compare_cached

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension:UserWarning")
Q1_31, Q3, Q4, Q1 = (parse(each) for each in ("2031-32 Q1", "2031-32 Q3", "2031-32 Q4", "2032-33 Q1"))
STAFF = Grid(
    "staff",
    "Staff",
    ("Posts",),
    (GridLine("posts", "Posts filled"), GridLine("casual", "Casual workers")),
    ("housing",),
)
PLANS = Grid("plans", "Plans", ("Period before", "This period"), (GridLine("open", "Plans open"),), ("housing",))


def marked(quarter: Quarter, marks: Mapping[tuple[str, Period], str]) -> Quarter:
    """The quarter with footnote marks behind some figures."""
    return replace(
        quarter,
        observations=tuple(replace(o, mark=marks.get((o.measure, o.period), "")) for o in quarter.observations),
    )


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    """A measure marked from this period on, one that was marked before, one marked throughout; two grids."""
    plain = invented.quarter()
    figures = (
        (STAFF, "posts", "posts", Q3, "40", ""),
        (STAFF, "posts", "posts", Q4, "42", ""),
        (STAFF, "posts", "posts", Q1, "54", "*"),
        (STAFF, "casual", "posts", Q4, "6", "*"),
        (STAFF, "casual", "posts", Q1, "7", "*"),
        (PLANS, "open", "period_before", Q1, "12", ""),
        (PLANS, "open", "this_period", Q1, "15", "\u2020"),
    )
    grids = tuple(
        GridFigure(line, column, "housing", period, D(value), None, mark)
        for _, line, column, period, value, mark in figures
    )
    throughout = {(o.measure, o.period): "*" for o in plain.observations if o.measure == "a3"}
    made = marked(plain, {("a1", Q1): "*", ("a2", Q4): "*", ("a2", Q1_31): "*"} | throughout)
    return replace(made, grids=grids, framework=replace(made.framework, grids=(STAFF, PLANS)))


def row(quarter: Quarter, key: str, period: Period = Q1) -> Judgement:
    found = judge(quarter.framework, index(quarter.observations), period)
    return next(each for each in found if each.measure.key == key)


def test_figures_are_compared_with_those_that_are_counted_in_the_same_way(quarter: Quarter) -> None:
    plain = invented.quarter()
    for key in ("a1", "a2"):
        assert None not in (row(plain, key).trend, row(plain, key).annual)
        assert (row(quarter, key).trend, row(quarter, key).annual) == (None, None)
        # What was reported then is shown all the same.
        assert row(quarter, key).previous == row(plain, key).previous is not None
        assert row(quarter, key).band == row(plain, key).band
    assert (row(quarter, "a3").trend, row(quarter, "a3").annual) == (row(plain, "a3").trend, row(plain, "a3").annual)


def test_a_policy_of_direction_does_not_look_across_a_mark() -> None:
    """Close only if not worse than the period before: what cannot be compared is not worse."""
    bands = (
        Band("good", "Good", "+", "#1B6B3A", D(0)),
        Band("close", "Close", "~", "#8A5A00", D(50), only_if="not worse"),
        Band("poor", "Poor", "-", "#B3261E"),
    )
    policy = Scheme("policy", "Level and direction", bands, exception_from=3)
    plain = invented.quarter()
    schemes = dict(plain.framework.schemes) | {"policy": policy}
    measures = tuple(replace(each, scheme="policy") if each.key == "a1" else each for each in plain.framework.measures)
    plain = replace(plain, framework=replace(plain.framework, schemes=schemes, measures=measures))
    assert (row(plain, "a1").trend, row(plain, "a1").band) == (-1, 3)
    assert row(marked(plain, {("a1", Q1): "*"}), "a1").band == 2


def test_the_reason_stands_beside_the_figure(quarter: Quarter) -> None:
    notes = View(quarter, Q1).notes
    assert notes["a1", Q1].mark == "Footnote *"
    assert notes["a1", Q1].note.endswith(
        "Not comparable with 2031-32 Q4: that figure bears no footnote mark. "
        "Not comparable with 2031-32 Q1: that figure bears no footnote mark."
    )
    assert notes["a2", Q1].mark == "Series break"
    assert notes["a2", Q1].note.startswith("Not comparable with 2031-32 Q4: that figure bears the footnote mark *.")
    assert "Not comparable" not in notes["a3", Q1].note


def test_formulas_of_every_period_say_what_python_says(quarter: Quarter, office: Office, tmp_path: Path) -> None:
    for period in (Q4, Q1):
        path = tmp_path / f"{period.label}.xlsx"
        path.write_bytes(build_scorecard(quarter, selected=period))
        compared = compare_cached(path, office)
        assert (compared.mismatches[:3], compared.errors[:3]) == ([], [])
    book = load_workbook(tmp_path / f"{Q1.label}.xlsx", data_only=True)
    shown = {str(cells[0]): cells for cells in book["Scorecard"].iter_rows(values_only=True)}
    assert "Not comparable" in shown["A1"]
    assert "Improved" in shown["A3"] or "Worse" in shown["A3"] or "Consistent" in shown["A3"]


def test_grids_say_where_they_cannot_be_compared(quarter: Quarter) -> None:
    data = build_scorecard(quarter)
    book = load_workbook(io.BytesIO(data), data_only=True)
    rows = {str(cells[0]): cells for cells in book["Grids"].iter_rows(values_only=True)}
    assert rows["Posts filled"][2:5] == (
        54,
        42,
        "Posts bears the footnote mark *. Posts is not comparable with the period before.",
    )
    assert rows["Casual workers"][2:5] == (7, 6, "Posts bears the footnote mark *.")
    assert rows["Plans open"][4] == (
        "2032-33 Q1 bears the footnote mark \u2020. 2032-33 Q1 is not comparable with 2031-32 Q4."
    )
    feed = [cells[:4] for cells in book["Feed grids"].iter_rows(values_only=True)]
    assert ("Line", "2031-32 Q3", "2031-32 Q4", "2032-33 Q1") in [("Line", *cells[1:]) for cells in feed]
    assert (f"Posts filled {BREAK}", 40, 42, 54) in feed
    assert ("Casual workers", None, 6, 7) in [(cells[0], cells[1] or None, *cells[2:]) for cells in feed]


def test_charts_of_reports_have_a_gap_or_a_mark(quarter: Quarter) -> None:
    view = View(quarter, Q1)
    plot = trend(view, next(each for each in view.rows if each.measure.key == "a1"))
    assert plot.categories[-3:] == ("2031-32 Q4", BREAK, "2032-33 Q1*")
    assert plot.series[0].values[-2] is None
    assert "from here on counted in another way" in plot.description
    staff, plans = (table.plot for table in story_of(quarter).tables)
    assert staff is not None
    assert plans is not None
    assert [each.name for each in staff.series] == ["2031-32 Q3", "2031-32 Q4", "2032-33 Q1"]
    assert staff.categories == (f"Posts filled {BREAK}", "Casual workers")
    assert plans.categories == (f"Plans open {BREAK}",)
    text, _ = shown_by("default", quarter)
    assert f"{BREAK} behind a line: its figures are not counted in one way." in text
    assert f"{BREAK}: figures before and after it are not counted in one way." in text
    page = digest_of(quarter)
    assert 'class="groups"' in page
    assert f"Posts filled {BREAK}" in page
