"""Checks across rows on commentary as people write it, by the subjects that councils report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.run import across_findings
from perfbook.checks.across.subject import Item, Line, Progress, Subject, Text, Written
from perfbook.framework.model import Unit

START, END = date(2031, 7, 1), date(2031, 9, 30)
SHARE = Line(
    "Homes let within 25 days",
    "HS1",
    "k1",
    unit=PERCENT,
    polarity="higher",
    now=read_figure("71.2%", PERCENT, "2031-32 Q2", ends=END),
    before=(read_figure("74.9%", PERCENT, "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=read_figure("66.0%", PERCENT, "2030-31 Q2"),
    target=read_figure("70%", PERCENT, "target"),
)


def _codes(*lines: Line, items: Iterable[Item] = ()) -> list[str]:
    subject = Subject(tuple(lines), items=tuple(items), start=START, end=END, rows_checked=True)
    return [finding.code for finding in across_findings(subject)]


def _said(text: str, line: Line = SHARE) -> list[str]:
    return _codes(replace(line, texts=(Text("commentary", text),)))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("The forms will be taken off the website in April 2031.", ["X206"]),
        ("Works will start on site on 3 June 2031.", ["X206"]),
        ("Works will start on site in July 2031.", []),
        ("Works were to start by June 2031 and are late.", []),
        ("All the stock is to be surveyed by the end of 2029-30.", ["X206"]),
        ("All the stock was surveyed in 2029-30.", []),
        ("We expect two thirds by 2031/32.", []),
    ],
)
def test_what_is_still_to_come_and_is_past(text: str, codes: list[str]) -> None:
    assert _said(text) == codes


def test_a_column_of_actions_that_was_dragged_is_seen_between_commentaries() -> None:
    lines = [
        replace(
            SHARE,
            code=f"HS{number}",
            texts=(
                Text("commentary", f"{why} in {number * 3} homes."),
                Text("action", f"Meet the contractor on 3 May {2032 + number}"),
            ),
        )
        for number, why in enumerate(("Damp", "Asbestos", "New kitchens"))
    ]
    assert _codes(*lines) == ["X202"]


@pytest.mark.parametrize(("text", "codes"), [("It is =B7 now.", ["X209"]), ("Grades A=3, B=C2 level", [])])
def test_a_formula_in_a_text(text: str, codes: list[str]) -> None:
    assert _said(text) == codes


def test_one_target_may_be_met_to_the_last_digit_and_not_a_column_of_them() -> None:
    met = [
        replace(SHARE, now=read_figure(f"{n}.37%", PERCENT), target=read_figure(f"{n}.37%", PERCENT))
        for n in (81, 7, 46)
    ]
    assert _codes(*met) == ["S305"] * 3
    assert _codes(*met[:2]) == []


@pytest.mark.parametrize(
    ("title", "polarity", "codes"),
    [
        ("Calls abandoned", "higher", ["S306"]),
        ("Rent arrears of former tenants recovered", "higher", []),
        ("Increase the number of apprentices", "lower", ["S306"]),
        ("Reduce the average time to let a home", "higher", ["S306"]),
        ("Reduce the average time to let a home", "lower", []),
        ("Reduction in emissions", "higher", []),
    ],
)
def test_which_way_a_title_wants_it(title: str, polarity: Literal["higher", "lower"], codes: list[str]) -> None:
    subject = Subject((replace(SHARE, title=title, polarity=polarity),), rows_checked=True)
    assert [finding.code for finding in across_findings(subject)] == codes


@pytest.mark.parametrize(
    ("update", "codes"),
    [
        ("The move is suspended until a lease is signed.", ["K108"]),
        ("Digging, suspended in May after finds from Roman times, restarted in June.", []),
    ],
)
def test_what_was_on_hold(update: str, codes: list[str]) -> None:
    item = Item("Move the museum", "MU1", rating="On Track", progress="good", texts=(Text("update", update),))
    assert _codes(items=[item]) == codes


COUNTED = replace(
    SHARE,
    title="Rough sleepers found in the borough",
    unit=COUNT,
    polarity="lower",
    now=read_figure("31", COUNT, "2031-32 Q2", ends=END),
    before=(read_figure("40", COUNT, "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=read_figure("44", COUNT, "2030-31 Q2"),
    target=read_figure("35", COUNT, "target"),
)
MONEY = replace(
    COUNTED,
    title="Rent arrears of current tenants",
    unit=Unit("£m", "currency"),
    now=read_figure("£2.31m", Unit("£m", "currency"), "2031-32 Q2", ends=END),
    before=(read_figure("£2.40m", Unit("£m", "currency"), "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=None,
    target=None,
)


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
    assert _said(text) == []


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
    assert _said(text, line) == [code]


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
    assert _said(text, COUNTED) == []


def test_the_quarter_before_is_not_that_before_a_gap() -> None:
    third = replace(SHARE, now=read_figure("71.2%", PERCENT, "2031-32 Q3", ends=date(2031, 12, 31)))
    assert _said("Performance has improved since the previous quarter.", third) == []
    assert _said("Performance has improved since the first quarter.", third) == ["W116"]


def test_what_was_counted_since_the_start_of_the_year_is_not_compared_with_a_part_of_it() -> None:
    line = replace(COUNTED, calculation="cumulative", now=read_figure("90", COUNT, "2031-32 Q2", ends=END))
    assert _said("The figure has fallen since Q1.", line) == []


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
    assert _said(text, line) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Of 60 appeals, 21 were allowed and 42 dismissed.", ["P109"]),
        ("Of the 14 milestones nine are complete, three on track and one delayed.", []),
        ("Of the 14 milestones nine are complete, five on track and two delayed.", ["P109"]),
        ("Of our 90 leavers 40 had worked here for a year and 60 were women.", []),
        ("Tenants: 44% satisfied, 21% neither and 40% dissatisfied.", []),
        ("Tenants: 44% very satisfied, 30% fairly satisfied and 16% dissatisfied.", ["P109"]),
        ("Tenants: 44.1% very satisfied, 30.2% fairly satisfied and 25.6% dissatisfied.", []),
        ("Of the 80 calls 20 (25%) were about bins and 24 (31%) about parking.", ["P110"]),
        ("Of the 80 calls 20 (25%) were about bins and 24 (30%) about parking.", []),
        ("Of the 80 calls, 20 were about bins (25%), up from 12 (20%) in spring.", []),
        ("Three ponds, two parks and a wood were cleaned, six sites in all.", []),
        ("Three ponds and two parks were cleaned, six sites in all.", ["W109"]),
        ("Of those who left, 4 went home, 6 were adopted and 3 turned eighteen, 13 in all.", []),
        ("25 repairs were late, 11 by a day, 7 by a week and 7 by more, 25 in all.", []),
        ("25 repairs were late, 11 by a day, 7 by a week and 9 by more, 25 in all.", ["W109"]),
        ("25 repairs were late, 11 by a day, 7 by a week and 7 by more, making 25 in all.", []),
        ("Of those who left, 4 went home, 6 were adopted and 3 turned eighteen, 14 in all.", ["W109"]),
        ("Agency posts by team: assessment 19, care 15, others 10.31, making 44.31 in total.", []),
        ("Agency posts by team: assessment 19, care 15, others 10.31, making 45.31 in total.", ["W109"]),
        ("We gave out 30 kits in May and 45 in June, making 85.", ["W109"]),
        ("We gave out 30 kits in May and 45 in June, making 75.", []),
        ("£2.1m for roads, £0.35m for paths and £600k for bridges, totalling £3.05m.", []),
        ("£2.1m for roads, £0.35m for paths and £600k for bridges, totalling £3.5m.", ["W109"]),
        ("Five schools were visited: Ash Lane, Birch Road, Corley and Denham.", ["W108"]),
        ("Five schools were visited: Ash Lane, Birch Road, Corley, Denham and Elm Grove.", []),
        ("Five themes matter: work, health and care, homes and roads.", []),
        ("Ten schools were visited, including: Ash Lane, Birch Road, Corley and Denham.", []),
        ("Two teams did this: the north, which has three officers, the south, and the duty desk.", []),
    ],
)
def test_what_is_counted_in_a_text(text: str, codes: list[str]) -> None:
    assert _said(text) == codes


@pytest.mark.parametrize(
    ("rating", "update", "codes"),
    [
        ("Not Started", "Both kitchens were installed in June.", ["K116"]),
        ("Not started", "Waiting until the first phase is completed.", []),
        ("Not Started", "The scheme has not been launched.", []),
        ("On Track", "The move is off track since the landlord withdrew.", ["K108"]),
        ("On Track", "The landlord agreed, so the move is back on track.", []),
    ],
)
def test_a_rating_beside_its_update(rating: str, update: str, codes: list[str]) -> None:
    progress: Progress = "good" if rating == "On Track" else ""
    item = Item("Move the museum", "MU1", rating=rating, progress=progress, texts=(Text("update", update),))
    assert _codes(items=[item]) == codes


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        (("HR 01", "HR 02", "HR O3"), ["K102"]),
        (("HR 01", "HR 02", "HR-03"), ["K103"]),
        (("HR 01", "HR 02", "\u041dR 03"), ["K101"]),
        (("HR 01", "FIN 2", "HR1a"), ["K103"]),
        (("HR 01", "FIN 2", "EHC"), []),
    ],
)
def test_how_codes_are_written(typed: tuple[str, ...], codes: list[str]) -> None:
    subject = Subject(codes=tuple(Written("Code", each) for each in typed), rows_checked=True)
    assert [finding.code for finding in across_findings(subject)] == codes


def test_codes_that_changed_places() -> None:
    rows = (Line("B2 Bins missed", "A1"), Line("A1 Books lent", "B2"), Line("A38 widened", "C3"))
    assert [finding.code for finding in across_findings(Subject(rows, rows_checked=True))] == ["K117", "K117"]


RATE = replace(
    COUNTED,
    title="Children looked after, per 10,000 under 18",
    unit=Unit.parse("per 10,000"),
    now=read_figure("71.0 (355/50,000)", Unit.parse("per 10,000"), "2031-32 Q2", ends=END),
    before=(read_figure("70.4 (352/50,000)", Unit.parse("per 10,000"), "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=None,
    target=None,
)


@pytest.mark.parametrize(
    ("base", "title", "codes"),
    [
        ("70.4 (329/46,700)", RATE.title, ["T206"]),
        ("70.4 (350/49,700)", RATE.title, []),
        ("70.4 (329/46,700)", "Bins missed, per 10,000 collected", []),
    ],
)
def test_a_rate_is_of_people_of_whom_there_are_much_as_many_in_each_quarter(
    base: str, title: str, codes: list[str]
) -> None:
    before = read_figure(base, RATE.unit, "2031-32 Q1", ends=date(2031, 6, 30))
    assert _codes(replace(RATE, title=title, before=(before,))) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("9.1% of rooms were empty in Q1 and 8.0% in Q2, making 17.1% for the year.", ["T202"]),
        ("By the end of the year 40% should be electric, 35% hybrid and 25% hired.", []),
        ("40% cycle and 20% walk; over the year 60% of staff did either.", []),
    ],
)
def test_rates_are_not_added_up_in_a_text(text: str, codes: list[str]) -> None:
    assert _said(text) == codes


def test_a_column_that_repeats_another_is_seen_in_several_rows() -> None:
    figures = [("81.37%", "80.2%"), ("7.19%", "7.4%"), ("46.03%", "47%")]
    rows = [
        replace(
            SHARE,
            last_year=read_figure(was, PERCENT),
            before=(read_figure(was, PERCENT),),
            now=read_figure(now, PERCENT),
        )
        for was, now in figures
    ]
    assert _codes(*rows) == ["T204"] * 3
    assert _codes(*rows[:2], replace(rows[2], last_year=read_figure("45.90%", PERCENT))) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Figures are as at 31 May 2031.", ["V214"]),
        ("The data covers April to June 2031.", ["V214"]),
        ("Figures as at 7 October 2031.", []),
        ("The data covers July to September 2031.", []),
        ("The position at 30 June 2031 was better.", []),
        ("Results are provisional, as at 30 June 2031.", []),
    ],
)
def test_the_days_that_a_text_says_it_is_about(text: str, codes: list[str]) -> None:
    assert _said(text) == codes


@pytest.mark.parametrize(
    ("now", "aim", "codes"), [("£5.31m", "£52m", ["T208"]), ("£51.9m", "£52m", []), ("£5.31m", "£5.2m", [])]
)
def test_of_three_figures_the_target_says_how_large_they_are(now: str, aim: str, codes: list[str]) -> None:
    unit = Unit("£m", "currency")
    line = replace(
        MONEY,
        now=read_figure(now, unit, "Q2"),
        before=(read_figure("£53.4m", unit, "Q1"),),
        last_year=read_figure("£50.8m", unit, "Q2 of last year"),
        target=read_figure(aim, unit, "target"),
    )
    assert _codes(line) == codes


DAYS = replace(
    COUNTED,
    title="Average days to let an empty home",
    unit=Unit("days", "number"),
    now=read_figure("27.4", Unit("days", "number"), "2031-32 Q2", ends=END),
    before=(read_figure("28.1", Unit("days", "number"), "2031-32 Q1", ends=date(2031, 6, 30)),),
    last_year=None,
    target=read_figure("28", Unit("days", "number"), "target"),
)


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
    assert _said(text, line) == codes


MANY = replace(COUNTED, now=read_figure("310", COUNT, "Q2"), before=(), last_year=None, target=None)


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
    assert _said(text, line) == codes


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
    assert _said(text, line) == []


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
