from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbook.errors import PeriodError
from perfbook.framework.periods import KINDS, PER_YEAR, Period, parse, span


@pytest.mark.parametrize(
    ("text", "label", "start", "end"),
    [
        ("2020-21 Q2", "2020-21 Q2", date(2020, 7, 1), date(2020, 9, 30)),
        ("Q2 2020/21", "2020-21 Q2", date(2020, 7, 1), date(2020, 9, 30)),
        ("2020/2021 q4", "2020-21 Q4", date(2021, 1, 1), date(2021, 3, 31)),
        ("1999-00", "1999-00", date(1999, 4, 1), date(2000, 3, 31)),
        ("2020-21 H2", "2020-21 H2", date(2020, 10, 1), date(2021, 3, 31)),
        ("Sep 2020", "Sep 2020", date(2020, 9, 1), date(2020, 9, 30)),
        ("February 2024", "Feb 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("Sept 2020", "Sep 2020", date(2020, 9, 1), date(2020, 9, 30)),
        ("2020-21 Autumn", "2020-21 Autumn", date(2020, 9, 1), date(2020, 12, 31)),
        ("Spring term 2020-21", "2020-21 Spring", date(2021, 1, 1), date(2021, 3, 31)),
        ("2020-21 Summer", "2020-21 Summer", date(2021, 4, 1), date(2021, 8, 31)),
    ],
)
def test_a_period_is_read_in_any_usual_spelling(text: str, label: str, start: date, end: date) -> None:
    period = parse(text)
    assert (period.label, period.start, period.end) == (label, start, end)


@pytest.mark.parametrize(
    ("text", "year_start", "label", "start"),
    [
        ("2020 Q2", 1, "2020 Q2", date(2020, 4, 1)),
        ("2020", 1, "2020", date(2020, 1, 1)),
        ("2020-21 Q2", 7, "2020-21 Q2", date(2020, 10, 1)),
        ("Jun 2021", 7, "Jun 2021", date(2021, 6, 1)),
    ],
)
def test_years_start_where_the_council_says(text: str, year_start: int, label: str, start: date) -> None:
    period = parse(text, year_start)
    assert (period.label, period.start) == (label, start)


@pytest.mark.parametrize(
    "text", ["", "Q2", "2020-21 Q5", "2020-22 Q1", "2020 Q2", "2020-21 Winter", "Mar", "Marsh 2020", "2020-21 Q", "x"]
)
def test_what_is_not_a_period_is_refused_with_the_spelling_expected(text: str) -> None:
    with pytest.raises(PeriodError, match="Write it like 2020-21 Q2"):
        parse(text)


def test_previous_and_same_period_last_year() -> None:
    first = parse("2020-21 Q1")
    assert first.previous == parse("2019-20 Q4")
    assert first.same_last_year == parse("2019-20 Q1")
    assert parse("Apr 2020").previous == parse("Mar 2020")
    assert parse("2020-21 Autumn").previous == parse("2019-20 Summer")
    assert parse("2020-21").same_last_year == parse("2019-20")
    assert [p.label for p in parse("2020-21 Q3").earlier_this_year] == ["2020-21 Q1", "2020-21 Q2"]
    assert parse("2020-21 Q1").earlier_this_year == ()


@pytest.mark.parametrize(
    ("period", "kind", "expected"),
    [
        ("2020-21 Q2", "month", "Sep 2020"),
        ("2020-21 Q2", "half", "2020-21 H1"),
        ("2020-21 Q1", "half", None),
        ("2020-21 Q4", "year", "2020-21"),
        ("2020-21 Q3", "year", None),
        ("2020-21 Q3", "term", "2020-21 Autumn"),
        ("2020-21 Q4", "term", "2020-21 Spring"),
        ("2020-21 Q2", "term", "2019-20 Summer"),
        ("Sep 2020", "quarter", "2020-21 Q2"),
        ("Aug 2020", "quarter", None),
    ],
)
def test_the_period_of_another_kind_that_ends_within(period: str, kind: str, expected: str | None) -> None:
    found = parse(period).last_ending_in(kind)  # type: ignore[arg-type]
    assert (found.label if found else None) == expected


periods = st.builds(
    lambda kind, year, index, start: Period(kind, year, index % PER_YEAR[kind] + 1, start),
    st.sampled_from(KINDS),
    st.integers(1950, 2090),
    st.integers(0, 11),
    st.integers(1, 12),
)


@given(periods)
def test_a_label_reads_back_as_its_period(period: Period) -> None:
    assert parse(period.label, period.year_start) == period


@given(periods, st.integers(-60, 60))
def test_periods_follow_each_other_without_gap_or_overlap(period: Period, count: int) -> None:
    assert period.shift(count).shift(-count) == period
    following = period.shift(1)
    if period.kind != "term":
        assert (following.start - period.end).days == 1
    assert following.start > period.end


def test_a_span_refuses_periods_of_two_kinds() -> None:
    assert [p.label for p in span(parse("2019-20 Q4"), parse("2020-21 Q1"))] == ["2019-20 Q4", "2020-21 Q1"]
    with pytest.raises(PeriodError, match="not of one kind"):
        list(span(parse("2019-20"), parse("2020-21 Q1")))
