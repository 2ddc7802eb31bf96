"""What the checks across rows say of commentary that is wrong by itself: what it counts, and the days that it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfbook.checks.across.subject import Text
from perfbook.checks.text_rules import text_findings
from tests.checks.rows_said import SHARE, codes_of, codes_of_text


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("The forms will be taken off the website in April 2031.", ["X206"]),
        ("Works will start on site on 3 June 2031.", ["X206"]),
        ("Works will start on site in July 2031.", []),
        ("Works were to start by June 2031 and are late.", []),
        ("All the stock is to be surveyed by the end of 2029-30.", ["X206"]),
        ("All the stock was surveyed in 2029-30.", []),
        ("The backlog left by the 2029-30 restructure is cleared.", []),
        ("The works will be done by 2029-30 and cost more.", ["X206"]),
        ("We expect two thirds by 2031/32.", []),
    ],
)
def test_what_is_still_to_come_and_is_past(text: str, codes: list[str]) -> None:
    assert codes_of_text(text) == codes


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
    assert codes_of(*lines) == ["X202"]


@pytest.mark.parametrize(("text", "codes"), [("It is =B7 now.", ["X209"]), ("Grades A=3, B=C2 level", [])])
def test_a_formula_in_a_text(text: str, codes: list[str]) -> None:
    assert codes_of_text(text) == codes


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
        ("Three schools were visited: Ash Lane, Birch Road, Corley and the annexe of Denham.", ["W108"]),
        ("Three schools were visited: Ash Lane, Birch Road, and Corley and Denham.", []),
        ("118 calls were taken: 54 on bins, 31 on parking, 18 on noise and 25 on others.", ["W109"]),
        ("118 calls were taken: 54 on bins, 31 on parking, 18 on noise and 5 on others.", ["W109"]),
        ("118 calls were taken: 54 on bins, 31 on parking, 18 on noise and 15 on others.", []),
        ("118 calls were taken: 54 on bins, 31 on parking and 18 on noise.", []),
        ("Of the 42 enquiries closed, the risk was reduced in 38 (80%).", ["P110"]),
        ("Of the 42 enquiries closed, the risk was reduced in 38 (90%).", []),
        ("Of the 42 enquiries closed, those from schools rose by 38 (80%).", []),
        ("Two teams did this: the north, which has three officers, the south, and the duty desk.", []),
    ],
)
def test_what_is_counted_in_a_text(text: str, codes: list[str]) -> None:
    assert codes_of_text(text) == codes


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
    assert codes_of_text(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Lettings are up (120?) again.",
        "Lettings are up (are these numbers final?) again.",
        "Lettings are up (is this still the case?) again.",
        "Lettings are up. Check with the north team.",
        "Lettings are up. NB check with the north team first!",
        "Lettings are up - ask Sam for the list.",
        "The June figure is to be checked.",
    ],
)
def test_a_note_to_oneself(text: str) -> None:
    assert codes_of_text(text) == ["X205"]


@pytest.mark.parametrize(
    "text",
    [
        "Tenants were asked one question (how safe do you feel at home?) by telephone.",
        "A review (can repairs and lettings share an office?) comes to cabinet in November.",
        "Officers need to check with the landlord before they let a home.",
        "Our surveyors ask tenants about damp on each visit.",
        "Some 40 homes are still to be checked for asbestos.",
        "Tenants were not sure whether the lift is safe.",
    ],
)
def test_what_a_service_asks_and_checks_is_no_note(text: str) -> None:
    assert codes_of_text(text) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Requests rose, with XX received in August.", True),
        ("The wait is down to XXX.", True),
        ("Bus route XX and size XXL were not counted.", False),
        ("It was down to XX-large sizes.", False),
    ],
)
def test_what_stands_for_a_number_that_is_still_to_come(text: str, is_found: bool) -> None:
    assert ("X103" in [each.code for each in text_findings({"commentary": text}, "k1")]) == is_found
