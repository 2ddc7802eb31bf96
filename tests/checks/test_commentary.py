"""Checks across rows on commentary as people write it, by the subjects that councils report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest

from perfbook.checks.across.figures import PERCENT, read_figure
from perfbook.checks.across.run import across_findings
from perfbook.checks.across.subject import Item, Line, Subject, Text

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
    assert _codes(replace(SHARE, title=title, polarity=polarity)) == codes


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
