"""Checks across cells, rows and periods: kept examples, and what they must not cry wolf about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from perfbook.checks.across.dates import days_in, span_of
from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.numbers import numbers_in, shares_in
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.run import BY_CODE, RULES, across_findings
from perfbook.checks.across.subject import Item, Line, Subject, Text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_kept_examples(rule: AcrossRule) -> None:
    assert list(rule.find(rule.trips))
    for number, subject in enumerate(rule.passes):
        assert list(rule.find(subject)) == [], f"example {number}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_example_that_passes_is_not_empty(rule: AcrossRule) -> None:
    assert rule.code == "U107" or all(each != Subject() for each in rule.passes)


def test_codes_are_unique() -> None:
    assert len(BY_CODE) == len(RULES)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("c. 2,000 trees to plant in spring 2024", ["2000"]),
        ("£3.2m secured, and 240k more", ["3200000", "240000"]),
        ("3-4 months for the remaining 5 flats", ["3.5", "5"]),
        ("between 10% and 15 per cent", ["10", "15"]),
        ("10 to 15% is ideal", ["12.5"]),
        ("eight areas and two thirds of them", ["8", "66.67"]),
        ("over 130 learners, 12 of them new", ["130", "12"]),
        ("Q2 2031/32, on 3 May 2031 and 01/06/2031, in 2032", []),
        ("H15, PI.1319 and Phase 2 of the A46", []),
        ("at 10.30 am on the 21st", []),
        ("21.6 per 10,000", ["21.6"]),
        ("up by 8 percentage points or 12 percent", ["8", "12"]),
        ("no change, none of it", []),
        (".5 of a post", ["0.5"]),
        ("-069 on progress", []),
    ],
)
def test_figures_in_a_text(text: str, values: list[str]) -> None:
    assert [str(round(number.value, 2).normalize().__format__("f")) for number in numbers_in(text)] == values


@pytest.mark.parametrize(
    ("text", "figure", "holds"),
    [
        ("about 18", "18.4", True),
        ("54%", "54.49", True),
        ("54.1%", "54.5", False),
        ("£1.2m", "1249999", True),
        ("£1.2m", "1260000", False),
        ("3-4", "4", True),
        ("48", "49", False),
    ],
)
def test_a_figure_in_a_text_stands_for_what_rounds_to_it(text: str, figure: str, holds: bool) -> None:
    (number,) = numbers_in(text)
    assert number.holds(Decimal(figure)) is holds


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("15 out of the 29", [(15, 29)]),
        ("Three of the four posts", [(3, 4)]),
        ("capital appraisals for 3/6 projects", [(3, 6)]),
        ("in 2023/24 and 24/25", []),
        ("40 of 30", []),
    ],
)
def test_parts_of_a_whole_in_a_text(text: str, shares: list[tuple[int, int]]) -> None:
    assert [(share.part, share.whole) for share in shares_in(text)] == shares


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("01/07/2020 and 30/06/2021", date(2020, 7, 1), date(2021, 6, 30)),
        ("2020-21 academic year up to 30th June 2021", date(2020, 9, 1), date(2021, 6, 30)),
        ("2020-21", date(2020, 4, 1), date(2021, 3, 31)),
        ("end of June 2021", None, date(2021, 6, 30)),
        ("Jul-13", None, date(2013, 7, 31)),
        ("May '13", None, date(2013, 5, 31)),
    ],
)
def test_windows_of_dates(text: str, start: date | None, end: date) -> None:
    found = span_of(text)
    assert found is not None and (found.start, found.end) == (start, end)


def test_a_window_without_a_year_says_nothing() -> None:
    assert span_of("31st March") is None and span_of("this quarter") is None
    assert [day.exact for day in days_in("1st July 2020 to 31st June 2021")] == [date(2020, 7, 1), None]


SHARE = Line(
    "Invoices paid in time",
    "EX1",
    "k1",
    unit=PERCENT,
    polarity="higher",
    now=read_figure("54.5%", PERCENT, "Q2"),
    before=(read_figure("60.1%", PERCENT, "Q1"),),
    target=read_figure("85%", PERCENT, "Target"),
)


def _codes(*texts: str, line: Line = SHARE) -> list[str]:
    subject = Subject((replace(line, texts=tuple(Text("commentary", text) for text in texts)),), rows_checked=True)
    return [finding.code for finding in across_findings(subject)]


@pytest.mark.parametrize(
    "text",
    [
        "Invoices paid in time fell from 60.1% to 54.5%.",
        "Performance is 30.5 points below the target of 85%.",
        "The figure was 54.1% before the late ones were counted.",
        "Regionally 55% of invoices are paid in time.",
        "We expect to be at 56% of invoices paid in time by March.",
        "Two officers paid 53 invoices in time in one day.",
        "The target is 85%, and 90% is the aim for next year.",
        "In time were 54.5%; of the others half were a day late.",
        "The plan was agreed in May 2030 and runs until 2035.",
        "Three risks: staff; the system.",
        "Two teams of 12 and 14 people, 30 desks in total.",
        "Visitors rose from 12 in May to 30 in June, with 40% of them new.",
        "The rate is 52.1%, above the national 49%.",
    ],
)
def test_what_a_careful_commentary_says_is_no_finding(text: str) -> None:
    assert _codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The figure for the quarter is 54.1%.", "W101"),
        ("Invoices paid in time: c. 60 per cent in Q1, i.e. 57.9% of invoices in Q1.", ""),
        ("Our target is 94%.", "W102"),
        ("The number of visits was up from 60 to 54.", "W106"),
        ("The rate is 14.1, just below the England 13.1.", "W107"),
        ("Need to check with finance.", "X205"),
        ("Mr Example runs it.", "X208"),
    ],
)
def test_what_a_careless_one_says_is(text: str, code: str) -> None:
    assert _codes(text) == ([code] if code else [])


def test_a_text_in_another_row_is_a_copy_and_one_of_the_same_action_is_none() -> None:
    text = (Text("update", "The consultation is complete and the framework ready."),)
    one, other = Item("Open a library", "A1", texts=text), Item("Close a depot", "A2", texts=text)
    assert [f.code for f in across_findings(Subject(items=(one, other), rows_checked=True))] == ["X201"]
    assert across_findings(Subject(items=(one, replace(one, place="B")), rows_checked=True)) == ()


def test_a_rate_is_of_a_population_and_a_share_of_other_cases_every_time() -> None:
    for unit, found in ((PERCENT, []), (COUNT, [])):
        figures = [read_figure(text, unit, "Q1") for text in ("21.6 (149)", "23.3 (162)")]
        line = Line("Cases", unit=unit, before=(figures[0],), now=figures[1])
        assert [f.code for f in across_findings(Subject((line,), rows_checked=True))] == found


def test_what_is_off_is_not_asked() -> None:
    subject = BY_CODE["T201"].trips
    assert [f.code for f in across_findings(subject)] == ["T201"]
    assert across_findings(subject, lambda code: code != "T201") == ()


def test_what_rules_of_rows_ask_in_a_return_is_not_asked_again() -> None:
    published = [rule for rule in RULES if rule.published]
    assert published
    for rule in published:
        assert rule.code not in [f.code for f in across_findings(replace(rule.trips, rows_checked=True))]
