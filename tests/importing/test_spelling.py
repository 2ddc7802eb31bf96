"""Periods as people write them."""

from __future__ import annotations

from datetime import datetime

import pytest

from perfbook.framework.periods import parse
from perfbook.importing.spelling import exact, said_by, said_in

NOW = parse("2020-21 Q2")


@pytest.mark.parametrize(
    ("text", "period", "rest"),
    [
        ("Q1 20/21", "2020-21 Q1", ""),
        ("Q1 2020-21 Actual", "2020-21 Q1", "Actual"),
        ("Quarter 3", "2020-21 Q3", ""),
        ("1st quarter 2019/20", "2019-20 Q1", ""),
        ("Qtr 2 (Jul - Sep) 2020/21", "2020-21 Q2", ""),
        ("Apr-Jun 2020/21", "2020-21 Q1", ""),
        ("Apr-20", "Apr 2020", ""),
        ("Mar-20", "Mar 2020", ""),
        ("Sept 2020", "Sep 2020", ""),
        ("April 2020/21", "Apr 2020", ""),
        ("March 2020/21", "Mar 2021", ""),
        ("September", "Sep 2020", ""),
        ("2019/20 outturn", "2019-20", "outturn"),
        ("Target 2020/21", "2020-21", "Target"),
        ("Outturn\u00a02018\u201319", "2018-19", "Outturn"),
        ("y1415", "2014-15", ""),
        ("H1 2020/21", "2020-21 H1", ""),
        ("Autumn 2020/21", "2020-21 Autumn", ""),
        ("Same quarter last year", "2019-20 Q2", ""),
        ("Previous quarter actual", "2020-21 Q1", "actual"),
        ("prev_year_q2_actual", "2019-20 Q2", "actual"),
    ],
)
def test_a_period_is_found_in_a_header(text: str, period: str, rest: str) -> None:
    said = said_in(text, 4)
    found = said.period(4, NOW)
    assert found is not None
    assert (found.label, said.rest) == (period, rest)


@pytest.mark.parametrize(
    "text", ["Direction of travel", "Answered within 5/6 days", "Decision", "2020", "Mayor", "31/03/2020", "20/30 days"]
)
def test_what_is_no_period_is_none(text: str) -> None:
    assert not said_in(text, 4).anything


def test_a_date_stands_for_its_month_and_a_plain_year_for_itself_where_years_start_in_january() -> None:
    april = said_by(datetime(2021, 3, 1), "Mar-21", 4).period(4, None)  # noqa: DTZ001
    assert april is not None and april.label == "Mar 2021" and april.year == 2020
    year = said_in("2020 actual", 1).period(1, None)
    assert year is not None and year.label == "2020"


def test_a_quarter_without_a_year_is_known_only_with_one() -> None:
    assert said_in("Q3", 4).period(4, None) is None
    assert exact("Q3 20/21", 4) == parse("2020-21 Q3")
    assert exact("Q3 20/21 target", 4) is None
