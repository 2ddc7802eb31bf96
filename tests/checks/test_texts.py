from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from perfbook.checks.text_rules import TEXT_RULES, Facts, TextRule, text_findings
from perfbook.framework.model import Measure, Polarity, Unit

SHARE = Measure("k", "K", "Tenants satisfied with repairs", "", "", Unit("percent", "percent"), 1, "higher")


def _codes(text: str, facts: Facts | None = None) -> list[str]:
    return [finding.code for finding in text_findings({"commentary": text}, "k", facts)]


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.code)
def test_kept_examples(rule: TextRule) -> None:
    assert _codes(rule.trips, rule.about) == [rule.code]
    for text in rule.passes:
        assert rule.code not in _codes(text, rule.about), text


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
        ("3 Out Of 6 (40 Per Cent)", ["X101"]),
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
        ("Please describe what has happened since the last report.", ["X103"]),
        ("Click here to enter text", ["X103"]),
        ("Two risks remain (max. 50 words)", ["X103"]),
        ("Tenants asked us to say please and thank you.", []),
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


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Next steps:", ["X104"]),
        ("What went well: all three.", []),
        ("The vans were late again because the garage had not", ["X104"]),
        ("The vans are back and all of them in use", []),
        ("The officers who left in May and in June were from the", ["X104"]),
    ],
)
def test_what_breaks_off(text: str, codes: list[str]) -> None:
    assert _codes(text) == codes


def test_a_finding_points_at_the_cell_of_its_text() -> None:
    (found,) = text_findings(
        {"commentary": "", "action": "By 31 June."}, "k", file="f.xlsx", sheet="Measures", cells={"action": "S6"}
    )
    assert (found.measure, found.sheet, found.cell) == ("k", "Measures", "S6")
    assert found.message == "There is no \u201c31 June\u201d. Correct the date."


def _facts(figure: str, earlier: str | None, last_year: str | None, target: str | None = None) -> Facts:
    return Facts(SHARE, *(Decimal(each) if each else None for each in (figure, earlier, last_year, target)))


@pytest.mark.parametrize(
    ("text", "facts", "codes"),
    [
        ("The percentage has increased again.", _facts("0.8", "0.82", "0.85"), ["X106"]),
        ("Satisfaction fell while two officers were away.", _facts("0.9", "0.82", "0.85"), []),  # of what?
        ("Satisfied tenants rose in number.", _facts("0.8", "0.82", "0.85"), ["X106"]),
        ("The percentage has increased again.", _facts("0.83", "0.82", "0.85"), []),  # since last quarter
        ("The percentage has increased again.", _facts("0.8", "0.82", None), []),
        ("The percentage has increased again.", _facts("0.82", "0.82", "0.85"), []),
        ("The percentage of agency staff has increased.", _facts("0.8", "0.82", "0.85"), []),
        ("Officers expect that the percentage has increased.", _facts("0.8", "0.82", "0.85"), []),
        ("Performance is above target.", _facts("0.8", None, None, "0.85"), ["X107"]),
        ("Performance is just below target.", _facts("0.9", None, None, "0.85"), ["X107"]),
        ("Performance is just below target.", _facts("0.8", None, None, "0.85"), []),
        ("Performance is above target.", _facts("0.85", None, None, "0.85"), []),
        ("Performance is expected to be above target.", _facts("0.8", None, None, "0.85"), []),
        ("Performance is above target.", _facts("0.8", None, None), []),
    ],
)
def test_words_against_the_figures(text: str, facts: Facts, codes: list[str]) -> None:
    assert _codes(text, facts) == codes


_MISSED = Facts(SHARE, figure=Decimal("0.61"), target=Decimal("0.85"))
_REACHED = Facts(SHARE, figure=Decimal("0.86"), target=Decimal("0.85"))
_FEWER = Facts(replace(SHARE, polarity="lower"), figure=Decimal("0.61"), target=Decimal("0.85"))


@pytest.mark.parametrize(
    ("text", "facts", "codes"),
    [
        ("Our target has been met.", _MISSED, ["X107"]),
        ("The target was exceeded in spite of the move.", _MISSED, ["X107"]),
        ("The service narrowly missed its target.", _REACHED, ["X107"]),
        ("We have again met our target.", _MISSED, ["X107"]),
        ("The target was not met.", _REACHED, ["X107"]),
        ("A good quarter, with performance ahead of target.", _MISSED, ["X107"]),
        ("We are still short of our target.", _REACHED, ["X107"]),
        ("We are short of our target.", _MISSED, []),
        ("We were ahead of target in May.", _MISSED, []),
        ("The target was missed.", _FEWER, ["X107"]),
        ("Performance is slightly below target.", _MISSED, ["X107"]),
        ("Performance is well below target.", _MISSED, []),
        ("The target was not met.", _MISSED, []),
        ("The target was met for small sites and in August.", _MISSED, []),
        ("The target was met in August.", _MISSED, []),
        ("The national target was met.", _MISSED, []),
        ("The target was met last year.", _MISSED, []),
        ("We met the council's finance team about the target.", _MISSED, []),
        ("We have met the target.", _FEWER, []),
        ("The target was exceeded.", _FEWER, []),
    ],
)
def test_whether_a_target_was_met(text: str, facts: Facts, codes: list[str]) -> None:
    assert _codes(text, facts) == codes


@pytest.mark.parametrize("polarity", ["lower", "range", "none"])
def test_below_target_says_little_where_lower_is_better(polarity: Polarity) -> None:
    facts = replace(_facts("0.9", None, None, "0.85"), measure=replace(SHARE, polarity=polarity))
    assert _codes("Performance is below target.", facts) == []
