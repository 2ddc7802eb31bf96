"""What is seen before a pattern is tried, and the patterns themselves: no rule may miss what it would have found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from perfbook.checks.across import _named_periods, copy_rules, dates, numbers, telling_rules
from perfbook.checks.across._told import LINE, says
from perfbook.checks.across.run import RULES, across_findings
from perfbook.checks.across.subject import Text
from perfbook.checks.said import DIGITS, Said, matches_at, numerals_in
from perfbook.checks.signs import sign_of
from perfbook.checks.text_rules import TEXT_RULES, text_findings

_WRITTEN = (
    "c.5 cases, ca. 40 of them and approx.12% of the rest; just over 3-4 a week, ~7 a day.",
    "In key stage 3 and Key Stage 4s, KS2, wards 3, SR 12, H.6 and the year 2031 there were 12 and 13.",
    "Between 01/04/2030 and 31/03/2031, from 1st of May 2030 to 12 marvellous days in Jul-13, June '14 or Sept. 2031.",
    "At 10:30am on the 3rd of 4-5 years, 23/24 and 23/25, 0045 and 1,2031.",
    "quarter one and Quarter 2 and quarters 3; Q. 4; q3, Q2a, year2 4",
)
TEXTS = tuple(
    dict.fromkeys(
        [
            *_WRITTEN,
            *(text for rule in TEXT_RULES for text in (rule.trips, *rule.passes)),
            *(text.text for rule in RULES for subject in (rule.trips, *rule.passes) for text in subject.every_text),
        ]
    )
)


def _days_everywhere(text: str) -> list[tuple[int, int]]:
    """Days by their patterns alone, tried at every place."""
    taken = [match.span() for pattern in (dates._WRITTEN, dates._NUMERIC) for match in pattern.finditer(text)]
    months = [match.span() for match in dates._MONTH_YEAR.finditer(text)]
    return sorted([*taken, *(each for each in months if not any(a <= each[0] < b for a, b in taken))])


def test_days_and_references_are_found_as_by_their_patterns_alone() -> None:
    for text in TEXTS:
        found = [(day.place, day.place + len(day.text)) for day in dates.days_in(text)]
        assert found == _days_everywhere(text), text
        if "quarter" not in text:
            found = list(numbers._references(text, dates.runs_in(text)))
            assert found == [match.span() for match in numbers._NOT.finditer(text)], text


@pytest.mark.parametrize(
    ("text", "said_so", "about"),
    [
        ("c. 5 cases", "c. 5", True),
        ("approx. 12% of them", "approx. 12%", True),
        ("just over 40 cases", "just over 40", True),
        ("Just under half of them", "Just under half", True),
        ("the lover 5 cases", "over 5", False),
        ("in .5 of them", ".5", False),
    ],
)
def test_what_says_that_a_figure_is_rounded_belongs_to_it(text: str, said_so: str, about: bool) -> None:
    (found,) = numbers.numbers_in(text)
    assert (found.text, found.approximate) == (said_so if about else said_so.rpartition(" ")[2], about)


def test_matches_are_those_of_the_pattern_alone() -> None:
    pattern = re.compile(r"\btarget\s(?:is|was)\b(?: target is)?", re.IGNORECASE)
    for text in ("The Target is, a target was; off-target is, retarget is.", "target is target is", "İ Target is 5"):
        found = [match.span() for match in matches_at(pattern, Said(text), "target")]
        assert found == [match.span() for match in pattern.finditer(text)]


def test_what_is_tried_where_it_can_begin_is_found_as_at_every_place() -> None:
    for text in (*TEXTS, "Up from 3 to 5; it rose, FROM 2, from £.5m to £2m and fell from 9% to 8%, 11% down."):
        told = Said(text)
        found = [match.span() for match in telling_rules._from_to(told)]
        assert found == [match.span() for match in telling_rules._FROM_TO.finditer(text)], text
        assert list(numerals_in(told.lower, told.outline)) == [
            float(each.replace(",", "")) for each in re.findall(DIGITS, text)
        ]
        parts = list(re.split(r"(?<=[.;!?])\s+|\n+", text))
        assert [each.text for each in told.sentences] == parts


def test_whatever_is_said_to_come_is_seen_before_it_is_looked_at() -> None:
    days = (
        "June 2031",
        "1 June 2031",
        "1st of June, 2031",
        "01/06/31",
        "1.6.2031",
        "Jun '31",
        "SEPT.-31",
        "\n May 2031",
    )
    for ahead in (
        "Until ",
        "due by the end of ",
        "will move in early ",
        "By",
        "is Ready by ",
        "expected\u00a0",
        "due in",
    ):
        for day in days:
            text = f"The team, {ahead}{day}."
            found = [each for each in dates.days_in(text) if copy_rules._AHEAD.search(text[: each.place].rstrip())]
            assert bool(found) <= copy_rules._comes(Text("commentary", text), date(2032, 4, 1)), text


def test_periods_are_found_as_by_their_pattern_alone() -> None:
    named = (
        "the same quarter of last year, a year ago and the year before; not this year's",
        "in q1, Qtr. 2 and quarter three, by the end of May but not May 2031; the last month of last year",
        "the theSecond quarter, \u00e9quarter 2, _period before and the summer quarter",
    )
    for text in (*TEXTS, *named):
        lower = text.lower()
        found = [match.span() for match in _named_periods.periods_in(lower)]
        assert found == [match.span() for match in _named_periods.PERIOD.finditer(lower)], text
    assert all(_named_periods.periods_in(text.lower()) for text in named)


@pytest.mark.parametrize(
    ("text", "lower", "outline"),
    [
        ("The 3rd of 14 (20%).", "the 3rd of 14 (20%).", "the0rdof00(00%)."),
        (
            "\u017fick lea\u0130\u0131e \u0661\u00b2 \u2013 \u00a35",
            "sick leaiie 1\u00b2 \u2013 \u00a35",
            "sickleaiie00",
        ),
    ],
)
def test_small_letters_are_those_that_patterns_take_for_the_same(text: str, lower: str, outline: str) -> None:
    told = Said(text)
    assert (told.lower, len(told.lower)) == (lower, len(text))
    assert told.outline == outline


def test_the_signs_of_a_text_are_those_of_its_words() -> None:
    sign, other = sign_of("overdue", "lease"), sign_of("lease")
    told = Said("OVERDUE since May; lea\u017fe signed, releases were not.")
    assert told.marks >= {"overdue", "lease"}
    assert (bool(told.signs & sign), bool(told.signs & other)) == (True, True)
    assert not Said("Releases are overdues.").signs & sign
    assert (bool(Said("Overdue").signs & sign), bool(Said("Overdue").signs & other)) == (True, False)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("In all F\u0130VE of the 31 audits were late, and s\u0130x of 12 homes.", set()),
        ("Attainment 8: 41.2, atta\u0130nment 8 is 120.", {"V208"}),
        ("The lease ends by the SPR\u0130NG of 2031; costs were \u00a32m\u0130llion.", {"X206"}),
        ("Invoices paid in time tr\u0130pled since Q1.", {"W118"}),
        ("A th\u0130rd of invoices are paid in time.", {"W120"}),
    ],
)
def test_letters_that_patterns_take_for_others_are_no_surprise_to_a_rule(text: str, codes: set[str]) -> None:
    subject = replace(says(text, before=LINE.before), start=date(2032, 4, 1))
    assert {finding.code for finding in across_findings(subject)} >= codes
    assert text_findings({"commentary": "By 31 Apr\u0130l 2031."}, "m1")


def test_a_text_is_taken_apart_once() -> None:
    told = Said("Half of them came. In Q2 there were 12; no more.")
    assert [each.text for each in told.sentences] == ["Half of them came.", "In Q2 there were 12;", "no more."]
    assert [each.has_figure for each in told.sentences] == [True, True, False]
    assert told.shape == "Half of them came. In Q# there were #; no more."


@pytest.mark.parametrize("end", ["", "\nNew.", "  New.", "\tNew."])
def test_a_word_that_is_shortened_ends_no_sentence(end: str) -> None:
    parts = [each.text.strip() for each in Said(f"The rate is c. 52% now. It was c. 50%.{end}").sentences]
    assert parts == ["The rate is c. 52% now.", "It was c. 50%.", *(["New."] if end else [])]
