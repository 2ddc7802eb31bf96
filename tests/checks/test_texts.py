from __future__ import annotations

import pytest

from perfbook.checks.text_rules import TEXT_RULES, TextRule, text_findings


def _codes(text: str) -> list[str]:
    return [finding.code for finding in text_findings({"commentary": text}, "k")]


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.code)
def test_kept_examples(rule: TextRule) -> None:
    assert _codes(rule.trips) == [rule.code]
    for text in rule.passes:
        assert rule.code not in _codes(text), text


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("90.0% (234/259)", ["X101"]),
        ("621 of 646 assessments (96%) were in time.", []),
        ("621 of 646 assessments (86%) were in time.", ["X101"]),
        ("1,796 of 6,000 (30%)", []),
        ("4% were late (620 of 646)", []),  # the other part of the whole stands nearby
        ("76.8% (113/147)", []),  # cut off instead of rounded
        ("In 2024/25 (50%) of the plan", []),  # more above than below the line is no share
        ("3 out of 6 (50 per cent)", []),
        ("3 out of 6 (40 per cent)", ["X101"]),
        ("12/03/2024 (50%)", []),
        ("0 of 0 (100%)", []),
    ],
)
def test_percentages_and_their_fractions(text: str, codes: list[str]) -> None:
    assert _codes(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("from 1st July 2020 to 31st June 2021", ["X102"]),
        ("29 February 2024", []),
        ("29 February 2023", ["X102"]),
        ("29 February", []),
        ("due 31/04/2031", ["X102"]),
        ("see 3.2.2031 and 13/12/2031", []),
        ("31 May, 30 September", []),
    ],
)
def test_dates(text: str, codes: list[str]) -> None:
    assert _codes(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Costs came to \u00a3XX in June.", ["X103"]),
        ("Due on xx/xx/2031.", ["X103"]),
        ("[insert date] the board met", ["X103"]),
        ("The rate is #REF! now.", ["X103"]),
        ("[Source: annual survey]", []),
        ("Phase XX of the A46 works, Size X, \u00a35m", []),
    ],
)
def test_what_a_template_left(text: str, codes: list[str]) -> None:
    assert _codes(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Call 01922 000 000 for more.", ["X105"]),
        ("Call +44 7700 900123.", ["X105"]),
        ("Spent 0 in Q1, 1000000000 in all", []),
        ("Reference 2031-0123456", []),
    ],
)
def test_contacts(text: str, codes: list[str]) -> None:
    assert _codes(text) == codes


def test_a_finding_points_at_the_cell_of_its_text() -> None:
    (found,) = text_findings(
        {"commentary": "", "action": "By 31 June."}, "k", file="f.xlsx", sheet="Measures", cells={"action": "S6"}
    )
    assert (found.measure, found.sheet, found.cell) == ("k", "Measures", "S6")
    assert found.message == "There is no \u201c31 June\u201d. Correct the date."
