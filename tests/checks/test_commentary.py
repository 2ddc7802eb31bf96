"""What the checks across rows say of commentary as people write it, beside the figures of its row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.run import across_findings
from perfbook.checks.across.subject import Line, Subject, Text
from perfbook.framework.model import Unit
from tests.checks.rows_said import COUNTED, DAYS, END, MANY, MONEY, SHARE, START, codes_of_text


@pytest.mark.parametrize(
    "text",
    [
        "Performance has fallen since the first quarter, when it was 74.9%.",
        "Performance has improved on the same quarter last year (66%).",
        "The proportion of homes let within 25 days dropped from Q1 and is 5.2 points above last year.",
        "Down 3.7 percentage points on the previous quarter, up 5.2 points on the same period last year.",
        "Lettings in the north have increased since the last quarter.",
        "Demand for two-bedroom homes is higher than last year, and waiting has increased since June.",
        "At 71.2% it is lower than in June (74.9%) and higher than the 66.0% of last year.",
        "In Q1 it was 74.9%.",
        "The average for England was 68% in Q1.",
        "Of the homes in high-rise blocks 58% were let in time in Q1.",
        "Q1 was first given as 73.0%; one landlord's homes were missing.",
        "An increase in homes refused compared to the previous quarter explains the fall.",
        "May was the best month so far this year.",
        "Voids doubled since the first quarter.",
        "The team improved its advertisements over the last quarter.",
        "Ten more officers than last year let homes at weekends.",
        "Homes with adaptations, 41 in June, take longest.",
        "We let homes faster than in the first quarter of last year, by 5 percentage points on the second quarter.",
    ],
)
def test_a_careful_comparison_with_another_period(text: str) -> None:
    assert codes_of_text(text) == []


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("Performance has improved since the previous quarter.", SHARE, "W116"),
        ("The figure has risen again since Q1 after more viewings.", SHARE, "W116"),
        (
            "The rate remains unchanged from the same quarter last year.",
            replace(SHARE, last_year=read_figure("50%", PERCENT)),
            "W116",
        ),
        ("A further improvement in homes let compared with the first quarter.", SHARE, "W116"),
        (
            "The number of rough sleepers has increased from the last quarter and the same time last year.",
            COUNTED,
            "W116",
        ),
        ("Performance is worse than in the last quarter.", COUNTED, "W116"),
        ("71.2% of homes were let in time, against 69.0% in the same quarter last year.", SHARE, "W117"),
        ("The result for quarter one was 79.4%.", SHARE, "W117"),
        ("Down from 47 in Q1.", COUNTED, "W117"),
        ("31 people were found, 12 fewer than in June.", COUNTED, "W118"),
        ("Up by 8 percentage points on the same quarter last year.", SHARE, "W118"),
        ("Arrears are £2.31m, £0.3m less than in the last quarter.", MONEY, "W118"),
        ("The number of rough sleepers has halved since last year's count, and since Q1.", COUNTED, "W118"),
        ("It was the highest number of the year.", COUNTED, "W119"),
    ],
)
def test_a_careless_comparison_with_another_period(text: str, line: Line, code: str) -> None:
    assert codes_of_text(text, line) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "Nine fewer than in June, and 13 fewer than in the same quarter last year.",
        "Performance has improved again since the last quarter: 31 people after 40.",
        "Down by a quarter on Q1.",
        "It is the lowest number of the year.",
        "The number of rough sleepers is a fifth lower than in the last quarter.",
    ],
)
def test_a_careful_comparison_where_lower_is_better(text: str) -> None:
    assert codes_of_text(text, COUNTED) == []


def test_the_quarter_before_is_not_that_before_a_gap() -> None:
    third = replace(SHARE, now=read_figure("71.2%", PERCENT, "2031-32 Q3", ends=date(2031, 12, 31)))
    assert codes_of_text("Performance has improved since the previous quarter.", third) == []
    assert codes_of_text("Performance has improved since the first quarter.", third) == ["W116"]


def test_what_was_counted_since_the_start_of_the_year_is_not_compared_with_a_part_of_it() -> None:
    line = replace(COUNTED, calculation="cumulative", now=read_figure("90", COUNT, "2031-32 Q2", ends=END))
    assert codes_of_text("The figure has fallen since Q1.", line) == []


@pytest.mark.parametrize(
    ("text", "line", "codes"),
    [
        ("In the borough 31 rough sleepers were found at the end of September, fewer than hoped.", COUNTED, []),
        (
            "In the borough we found 32 rough sleepers at the end of September, fewer than in spring.",
            COUNTED,
            ["W101"],
        ),
        ("In the borough 32 rough sleepers will be found by the end of March.", COUNTED, []),
        ("32 fewer rough sleepers were found in the borough.", COUNTED, []),
        ("Rent arrears of tenants are £2.35m.", MONEY, ["W101"]),
        ("We are some way from the 75% target.", SHARE, ["W102"]),
        ("We are above the 70% target.", SHARE, []),
        ("The 75% target for next year is in reach, as is the national 80% target.", SHARE, []),
        ("Homes let within the 25 day target are more.", SHARE, []),
    ],
)
def test_the_figure_and_its_target_in_a_text(text: str, line: Line, codes: list[str]) -> None:
    assert codes_of_text(text, line) == codes


@pytest.mark.parametrize(
    ("text", "line", "codes"),
    [
        ("Rent arrears stand at £3.2m.", MONEY, ["W120"]),
        ("Rent arrears stand at £2.31 million, and £140,000 of it is disputed.", MONEY, []),
        ("Arrears of garages stand at £0.2m.", MONEY, []),
        ("The total is now £2.31m; it was £2.40m in June.", MONEY, []),
        ("The number of rough sleepers is now 27.", COUNTED, ["W120"]),
        ("The number of beds is now 27.", COUNTED, []),
        ("We found fewer than 30 rough sleepers in the borough.", COUNTED, ["W120"]),
        ("We found more than 30 rough sleepers in the borough.", COUNTED, []),
        ("We found more than 35 rough sleepers in the borough last winter.", COUNTED, []),
        ("On average a home is let in 22 days.", DAYS, ["W120"]),
        ("On average a home is let in 26 to 29 days.", DAYS, []),
        ("On average a home is let in between 30 and 35 days.", DAYS, ["W120"]),
        (
            "On average an asbestos survey takes 12 days to book, with homes to let.",
            replace(DAYS, title="Days to let"),
            [],
        ),
        ("Half of all homes are let within a few days.", SHARE, ["W120"]),
        ("Nearly three quarters of homes are let within the standard.", SHARE, []),
        ("Half of all homes need a new kitchen.", SHARE, []),
    ],
)
def test_a_figure_that_a_text_says_is_the_measures(text: str, line: Line, codes: list[str]) -> None:
    assert codes_of_text(text, line) == codes


@pytest.mark.parametrize(
    ("text", "line", "codes"),
    [
        ("There was a marked improvement on the previous quarter.", SHARE, ["W116"]),
        ("A better result than in the spring quarter.", SHARE, ["W116"]),
        ("This was a better quarter than the same period last year.", SHARE, []),
        ("More sleepers were seen than in Q1.", COUNTED, ["W116"]),
        ("More officers went out than in Q1.", COUNTED, []),
        ("We saw 19 fewer sleepers than in the last quarter.", COUNTED, ["W118"]),
        ("We had 19 fewer beds than in the last quarter.", COUNTED, []),
        ("Compared with the same period last year this is a 45% reduction.", COUNTED, ["W118"]),
        ("Compared with the same period last year this is a 30% reduction.", COUNTED, []),
        (
            "We counted 130 rough sleepers in the borough.",
            MANY,
            ["W120"],
        ),
        ("We counted 112 rough sleepers in the borough.", MANY, []),
        ("Nine in ten homes are let within the standard.", SHARE, ["W120"]),
        ("Seven in ten homes are let within the standard.", SHARE, []),
        ("Two landlords let homes, these are Ashlow and Corley.", SHARE, []),
        ("Five landlords let homes, these are Ashlow, Brierdale and Corley.", SHARE, ["W108"]),
        ("Of the 90 offers made, 30 (50%) were refused.", SHARE, ["P110"]),
        ("We plan to open the office in autumn 2030.", SHARE, ["X206"]),
        ("We plan to open the office in autumn 2031.", SHARE, []),
        ("The office opened in autumn 2030.", SHARE, []),
        ("Lettings are up (Alex: can this be right?) again.", SHARE, ["X205"]),
        ("Lettings are up (the reason is the new team).", SHARE, []),
        ("Lettings are led by Wilhelmina Thatchwood and her team.", SHARE, ["X208"]),
        ("Lettings at Thatchwood House and the Corley Estate are up.", SHARE, []),
    ],
)
def test_the_same_in_other_words(text: str, line: Line, codes: list[str]) -> None:
    assert codes_of_text(text, line) == codes


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Performance improved in July and August compared to June but September was poor.", SHARE),
        ("Performance has improved since the new contractor started, after a drop on the first quarter.", SHARE),
        ("Three priorities remain: fire doors, damp and mould, and lifts, cladding and alarms.", SHARE),
        ("Six officers cover three areas: north, south and centre.", SHARE),
        ("Three of the five blocks are done: Ash, Birch and Corley.", SHARE),
        ("Spent £1.2m on kitchens, £0.8m on baths and £0.3m on doors, of a total of £4.1m.", SHARE),
        ("Data for April to June 2031 have been revised; the fall is real.", SHARE),
        ("Costs were 4% in Q1, 5% in Q2 and 9% of the total budget for the year went on voids.", SHARE),
        ("The number of rough sleepers in tents has increased since the last quarter.", COUNTED),
        ("It was the worst weather of the year.", COUNTED),
        ("Rent arrears now amount to £231 for each tenant.", MONEY),
        ("It took an average of 40 days to let sheltered homes.", DAYS),
        ("The average for flats was 33 days, compared with 30 in Q1.", DAYS),
    ],
)
def test_what_is_said_of_something_else(text: str, line: Line) -> None:
    assert codes_of_text(text, line) == []


def test_what_is_quoted_begins_with_a_whole_number() -> None:
    count = Unit.parse("count")
    line = Line(
        "Number of assessments started",
        "CS1",
        unit=count,
        now=read_figure("534", count, "2031-32 Q2", ends=END),
        before=(read_figure("609", count, "2031-32 Q1", ends=date(2031, 6, 30)),),
        texts=(Text("commentary", "534 assessments, 95 fewer than in Q1."),),
    )
    subject = Subject((line,), start=START, end=END, rows_checked=True)
    (found,) = [each.found for each in across_findings(subject) if each.code == "W118"]
    assert found == "“534 assessments, 95 fewer than in Q1”: from 609 to 534 is a fall of 75."
