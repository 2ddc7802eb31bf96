from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest

from perfbook.checks import examples, explain, rows
from perfbook.checks.asked import Asked
from perfbook.checks.row_rules import ROW_RULES
from perfbook.checks.rule import Rule
from perfbook.framework.model import CheckSetting, Measure, Target, Unit
from perfbook.scoring.expr import Cell
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE

ROW = examples.of_rule("V101")


def _codes(rule: Rule, example: dict[str, Cell]) -> set[str]:
    return {finding.code for finding in rows.row_findings(examples.of_rule(rule.code), example)}


@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.code)
def test_kept_examples(rule: Rule) -> None:
    assert rule.code in _codes(rule, dict(rule.trips))
    assert rule.code not in _codes(rule, dict(rule.passes))


@pytest.mark.parametrize(
    ("signed", "severity"),
    [(None, "warning"), ("Provisional", "warning"), ("Certified", "error"), ("certified", "error")],
)
def test_a_certified_return_without_a_figure_is_an_error(signed: str | None, severity: str) -> None:
    inputs: dict[str, Cell] = {"commentary": "Rising since May.", "signed": signed}
    found = rows.row_findings(ROW, inputs)
    assert [(finding.code, finding.severity) for finding in found] == [("S101", severity)]


def test_a_missing_explanation_stays_a_warning_when_certified() -> None:
    found = rows.row_findings(ROW, {"entered": 0.5, "signed": "Certified"})
    assert [(finding.code, finding.severity) for finding in found] == [("E101", "warning")]
    assert found[0].found == "Below target by 35.0 points, and the commentary is empty."


def test_several_findings_come_gravest_first_and_point_at_their_cells() -> None:
    inputs: dict[str, Cell] = {
        "entered": 1.5,
        "numerator": 3,
        "status": "Delayed",
        "commentary": "Odd.",
        "signed": "Certified",
    }
    cells = {"actual": "L6", "numerator": "J6", "status": "M6"}
    found = rows.row_findings(ROW, inputs, file="f.xlsx", sheet="Measures", cells=cells)
    assert [(f.code, f.cell) for f in found] == [("V102", "L6"), ("V105", "J6"), ("S102", "M6")]
    assert {(f.file, f.sheet, f.measure) for f in found} == {("f.xlsx", "Measures", "example")}
    assert found[0].found == "150.0% is outside the plausible range."
    assert found[0].expected == "Expected: 0.0% to 100.0%."


def test_codes_are_unique_and_sorted_within_their_family() -> None:
    codes = [rule.code for rule in ROW_RULES]
    assert len(set(codes)) == len(codes)
    for family in {code[0] for code in codes}:
        of_family = [code for code in codes if code[0] == family]
        assert of_family == sorted(of_family)


def _row(unit: str, decimals: int, polarity: str, target: str, high: str = "") -> Asked:
    measure = Measure("m", "M", "M", "", "", Unit.parse(unit), decimals, polarity)  # type: ignore[arg-type]
    aim = Target(Decimal(target), Decimal(high) if high else None)
    return Asked(measure, STAR_CIRCLE_TRIANGLE, aim)


@pytest.mark.parametrize(
    ("row", "inputs", "words"),
    [
        (_row("percent", 1, "higher", "0.85"), {"entered": 0.768}, "Below target by 8.2 points"),
        (_row("percent", 0, "lower", "0.02"), {"entered": 0.03}, "Above target by 1 point"),
        (_row("days", 2, "lower", "5"), {"entered": 6.2}, "Above target by 1.20 days"),
        (_row("count", 0, "higher", "40"), {"entered": 12}, "Below target by 28"),
        (_row("\u00a3", 0, "lower", "1000"), {"entered": 3500}, "Above target by \u00a32,500"),
        (_row("rate per 10,000", 1, "range", "80", "90"), {"entered": 110}, "Above the range by 20.0"),
        (_row("rate per 10,000", 1, "range", "80", "90"), {"entered": 70.5}, "Below the range by 9.5"),
        (_row("percent", 1, "higher", "0.85"), {"status": "Not available"}, "The status is Not available"),
        (
            _row("percent", 1, "higher", "0.85"),
            {"entered": 0.86, "earlier": 0.97},
            "Worse than the period before by 11.0 points",
        ),
        # Nothing is asked for where nothing calls for it.
        (_row("percent", 1, "higher", "0.85"), {"entered": 0.86, "earlier": 0.88}, ""),
        (_row("percent", 1, "higher", "0.85"), {"status": "Not due"}, ""),
        (_row("count", 0, "higher", "1"), {"entered": 4, "earlier": 8}, ""),  # half, but a handful of cases
        (_row("percent", 1, "none", "0.85"), {"entered": 0.1, "earlier": 0.9}, ""),
        (_row("percent", 1, "higher", "0.85"), {}, ""),
    ],
)
def test_the_reason_says_why_an_explanation_is_asked_for(row: Asked, inputs: dict[str, Cell], words: str) -> None:
    assert rows.row_values(row, inputs)["reason"] == words


@pytest.mark.parametrize(
    "text", ["tbc", "TBC.", " t.b.c. ", "xx", "See above", "to be confirmed", "N/A", "-", "?", ".."]
)
def test_placeholders_are_no_explanation(text: str) -> None:
    found = rows.row_findings(ROW, {"entered": 0.5, "commentary": text})
    assert [finding.code for finding in found] == ["E104"]


@pytest.mark.parametrize("text", ["N/A", "-", "None", "No change", "See the paper of 3 May.", "Demand doubled (tbc)."])
def test_short_words_are_no_placeholders_where_nothing_is_asked_for(text: str) -> None:
    assert rows.row_findings(ROW, {"entered": 0.9, "commentary": text}) == ()


def test_a_check_is_switched_tuned_and_made_graver_by_the_framework() -> None:
    inputs: dict[str, Cell] = {"entered": 0.5, "commentary": "Staff."}
    assert [f.code for f in rows.row_findings(ROW, inputs)] == ["E102"]
    off = replace(ROW, settings={"E102": CheckSetting("E102", on=False)})
    assert rows.row_findings(off, inputs) == ()
    lenient = replace(ROW, settings={"E102": CheckSetting("E102", tuning=Decimal(6))})
    assert rows.row_findings(lenient, inputs) == ()
    grave = replace(ROW, settings={"E102": CheckSetting("E102", severity="error")})
    assert [f.severity for f in rows.row_findings(grave, inputs)] == ["error"]


def test_an_explanation_that_is_switched_off_is_not_asked_for() -> None:
    off = replace(ROW, settings={code: CheckSetting(code, on=False) for code in explain.CALLS})
    assert rows.row_values(off, {"entered": 0.5})["reason"] == ""
    assert rows.row_findings(off, {"entered": 0.5, "commentary": "-"}) == ()


def test_a_suppressed_finding_is_kept_with_its_reason_and_comes_last() -> None:
    row = replace(ROW, suppressed=MappingProxyType({"V102": "Repeat cases count twice (Head of Housing)"}))
    found = rows.row_findings(row, {"entered": 1.5, "numerator": 3})
    assert [(f.code, f.suppressed) for f in found] == [
        ("V105", ""),
        ("V102", "Repeat cases count twice (Head of Housing)"),
    ]


def test_what_follows_from_a_finding_is_not_said_twice() -> None:
    inputs: dict[str, Cell] = {"entered": 76.8, "earlier": 0.761, "usual": 0.76, "spread": 0.01}
    row = examples.of_rule("V117")  # without a range
    assert [f.code for f in rows.row_findings(row, inputs)] == ["V114"]
    off = replace(row, settings={"V114": CheckSetting("V114", on=False)})
    assert [f.code for f in rows.row_findings(off, inputs)] == ["T102"]


@pytest.mark.parametrize(
    ("entered", "earlier", "last_year", "found"),
    [
        (0.861, 0.861, None, True),
        (0.861, 0.861, 0.861, False),  # it is always so
        (0, 0, None, False),
        (1, 1, None, False),
        (0.05, 0.05, None, False),  # two digits repeat by chance
    ],
)
def test_the_same_figure_again(entered: float, earlier: float, last_year: float | None, found: bool) -> None:
    inputs: dict[str, Cell] = {"entered": entered, "earlier": earlier, "last_year": last_year, "commentary": "x" * 20}
    assert ("T103" in {f.code for f in rows.row_findings(ROW, inputs)}) is found


def test_a_cumulative_figure_starts_anew_with_the_year() -> None:
    row = examples.of_rule("T101")
    assert [f.code for f in rows.row_findings(row, {"entered": 62, "earlier": 122})] == ["T101"]
    assert rows.row_findings(replace(row, continues=False), {"entered": 62, "earlier": 122}) == ()
