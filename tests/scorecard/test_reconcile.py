"""Our counts and outcomes beside published ones, and the columns of the data sheets."""

from __future__ import annotations

from dataclasses import replace

from perfbook.framework.model import Published
from perfbook.framework.periods import PER_YEAR, parse
from perfbook.scorecard.reconcile import reconcile
from perfbook.scorecard.slots import reference, slots_of
from tests.scorecard import invented


def test_differences_come_aspect_by_aspect_with_what_explains_them() -> None:
    found = reconcile(invented.quarter())
    assert found.differing_codes() == {
        "score": ("A2", "A4"),
        "trend": ("A1", "C1"),
        "annual": ("B3",),
        "figure": ("A2", "B3", "C1"),
    }
    assert [(each.ours, each.published) for each in found.differing("figure")] == [
        ("1.25%", "1.31%"),
        ("41.2%", "Delay with data"),
        ("Delayed", "12"),
    ]
    assert found.published


def test_lines_give_published_counts_only_and_the_codes_that_differ() -> None:
    lines = list(reconcile(invented.quarter()).lines())
    assert lines == [
        ("Measures (measures in total)", "15", "15", ""),
        ("Score (★ exceeds target)", "5", "4", "A2, A4"),
        ("Trend (worse)", "2", "5", "A1, C1"),
        ("Annual comparison", "", "not published", "B3"),
        ("Figures", "5 compared", "2 the same", "A2, B3, C1"),
    ]


def test_a_period_without_publication_has_no_lines() -> None:
    found = reconcile(invented.quarter(period=invented.PERIODS[1]))
    assert not found.published
    assert list(found.lines()) == []
    assert found.differences == ()
    assert all(total.published is None and not total.differs for total in found.totals)


def test_a_printed_figure_with_its_fraction_agrees_with_ours() -> None:
    quarter = invented.quarter()
    made = replace(quarter.framework, published={("a1", invented.LAST): Published(actual="76.8% (113/147)")})
    assert reconcile(replace(quarter, framework=made)).differences == ()
    made = replace(quarter.framework, published={("a1", invented.LAST): Published(actual="76.9%")})
    assert reconcile(replace(quarter, framework=made)).differing_codes()["figure"] == ("A1",)


def test_every_figure_has_its_previous_and_last_years_column_in_its_own_kind() -> None:
    quarter = invented.quarter()
    slots = slots_of(quarter)
    for measure in quarter.framework.measures:
        for period in quarter.periods:
            about = reference(measure, period)
            if about is None:
                continue
            number = slots.number[about]
            assert slots.periods[number - 2] == about.previous
            assert slots.periods[number - 1 - PER_YEAR[about.kind]] == about.same_last_year


def test_kinds_stand_together_and_without_gaps() -> None:
    quarter = invented.quarter()
    # A single figure of long ago leaves a gap of years, which the columns must not.
    old = replace(quarter.observations[0], period=parse("2025-26 Q3"))
    slots = slots_of(replace(quarter, observations=(*quarter.observations, old)))
    assert slots.periods[slots.group("quarter")[0] - 1] == old.period  # type: ignore[index]
    assert slots.kinds == ("month", "quarter", "term", "year")
    for kind in slots.kinds:
        group = slots.group(kind)
        assert group
        members = slots.periods[group[0] - 1 : group[1]]
        assert {period.kind for period in members} == {kind}
        assert [period.ordinal for period in members] == list(range(members[0].ordinal, members[-1].ordinal + 1))
    assert slots.number[parse("Jun 2032")] == slots.group("month")[1]  # type: ignore[index]


def test_nothing_is_due_where_a_measure_is_not_in_force() -> None:
    stopped = invented.framework().by_key["c3"]
    assert reference(stopped, invented.PERIODS[1]) == invented.PERIODS[1]
    assert reference(stopped, invented.PERIODS[2]) is None
