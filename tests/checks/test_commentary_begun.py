"""What the checks across rows say of how a commentary begins, of its target, and of others beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.subject import Line
from tests.checks.rows_said import COUNTED, MONEY, SHARE, codes_of_text

BINS = replace(
    COUNTED, title="Missed bins reported", now=read_figure("2,110", COUNT, "Q2"), before=(), last_year=None, target=None
)
VISITS = replace(SHARE, title="Planning complaints visited in time", now=read_figure("91.2%", PERCENT, "Q2"), before=())
RECYCLED = replace(SHARE, title="Household waste sent for recycling", target=None)
OTHERS = replace(
    SHARE,
    comparators=(read_figure("75%", PERCENT, "Statistical neighbours"), read_figure("69.8%", PERCENT, "England")),
)


@pytest.mark.parametrize(
    ("text", "line", "codes"),
    [
        ("Around 1.2k missed bins were reported in the quarter.", BINS, ["W120"]),
        ("Around 2.1k missed bins were reported in the quarter.", BINS, []),
        ("Around 1.2k missed bins were reported in the north.", BINS, []),
        ("Around 1.2k missed garden bins were reported.", BINS, []),
        ("Around 1.2k missed bins were emptied the day after.", BINS, []),
        ("Rent arrears have come down to £1.3m, chiefly because of new staff.", MONEY, ["W120"]),
        ("Rent arrears have come down to £2.31m, chiefly because of new staff.", MONEY, []),
        ("Rent arrears have come down to £1.3m for flats.", MONEY, []),
        ("Arrears of garages have come down to £1.3m.", MONEY, []),
        ("Last year's rent arrears have come down to £1.3m.", MONEY, []),
        ("The recycling rate for the quarter is c. 52%, as summer was dry.", RECYCLED, ["W120"]),
        ("The recycling rate for the quarter is c. 71%, as summer was dry.", RECYCLED, []),
        ("The rate is 52%, as summer was dry.", RECYCLED, []),
        ("The rate is 52% of that of Ashlow.", SHARE, []),
        ("All 14 planning complaints were visited in time.", VISITS, ["W120"]),
        ("All 14 planning complaints were visited in time but one.", VISITS, []),
        ("All 14 planning complaints in the north were visited in time.", VISITS, []),
        ("All 14 planning complaints were closed.", VISITS, []),
        ("All 14 planning complaints were visited in time.", replace(VISITS, now=read_figure("100%", PERCENT)), []),
        ("One in three homes is let within the standard.", SHARE, ["W120"]),
        ("One in three homes of category 2 is let within 10 days, 33% of all.", SHARE, []),
    ],
)
def test_how_a_text_begins(text: str, line: Line, codes: list[str]) -> None:
    assert codes_of_text(text, line) == codes


@pytest.mark.parametrize(
    ("text", "line", "codes"),
    [
        ("We exceeded the target by 3.2 percentage points.", SHARE, ["W121"]),
        ("We exceeded the target by 1.2 percentage points.", SHARE, []),
        ("We exceeded the target by 2%.", SHARE, []),  # of 70
        ("We are 3.2 points above target.", SHARE, ["W121"]),
        ("The north team is 3.2 points above target.", SHARE, []),
        ("We missed the target by 6.", COUNTED, ["W121"]),
        ("We missed the target by 4, and the budget by £6k.", COUNTED, []),
        ("We missed the target by 4 weeks.", COUNTED, []),
        ("Lettings fell short of the target of 75%.", SHARE, ["W102"]),
        ("Lettings met the target of 70%.", SHARE, []),
        ("For garages the target is 85% and was missed.", SHARE, []),
        ("The target is 75% for garages.", SHARE, []),
        ("Performance is above our statistical neighbours.", OTHERS, ["W122"]),
        ("Performance is below our statistical neighbours and above target.", OTHERS, []),
        ("Performance is better than England.", OTHERS, []),
        ("Performance is worse than England.", OTHERS, ["W122"]),
        ("Performance is above our statistical neighbours in the north.", OTHERS, []),
        ("Demand is above our statistical neighbours.", OTHERS, []),
    ],
)
def test_the_target_and_others_in_a_text(text: str, line: Line, codes: list[str]) -> None:
    assert codes_of_text(text, line) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Whilst above target, this is an improvement on the last quarter.", ["W116"]),
        ("Whilst above target, this is no improvement on the last quarter.", []),
        ("Monthly performance ranged from 74% in July to 81% in August.", ["W114"]),
        ("Monthly performance ranged from 64% in July to 81% in August.", []),
        ("Performance ranged from 74% to 81% among the larger teams.", []),
        ("Lettings in quarter 3 (July to September) were up.", ["V216"]),
        ("Lettings in quarter 2 (July to September) were up.", []),
        ("Lettings in Q3 (October-December) will be up.", []),
        ("By the calendar, Q3 (July to September) was better.", []),
    ],
)
def test_months_and_quarters_in_a_text(text: str, codes: list[str]) -> None:
    assert codes_of_text(text) == codes


def test_a_year_ago_is_the_past_year_and_a_subject_may_be_called_nearly_as_the_title() -> None:
    turnover = replace(
        SHARE, title="Turnover of staff", polarity="lower", last_year=read_figure("80%", PERCENT, "2030-31 Q2")
    )
    assert codes_of_text("Turnover has halved over the past year.", turnover) == ["W118"]
    assert codes_of_text("Turnover in care has halved over the past year.", turnover) == []
    tax = replace(SHARE, title="Council tax collected", before=())
    assert codes_of_text("Collection is up by 0.8 percentage points on the same point last year.", tax) == ["W118"]
    assert codes_of_text("Collection is up by 5.2 percentage points on the same point last year.", tax) == []
    assert codes_of_text("Attendance is up by 0.8 percentage points on the same point last year.", tax) == []
