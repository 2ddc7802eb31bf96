from __future__ import annotations

import pytest

from perfbook.checks import rows
from perfbook.checks.row_rules import ROW_RULES
from perfbook.checks.rule import Rule
from perfbook.scoring.expr import Cell


def _codes(rule: Rule, example: dict[str, Cell]) -> set[str]:
    measure = rows.EXAMPLES.get(rule.code, rows.EXAMPLE_MEASURE)
    found = rows.row_findings(measure, rows.EXAMPLE_SCHEME, rows.EXAMPLE_TARGET, example)
    return {finding.code for finding in found}


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
    found = rows.row_findings(rows.EXAMPLE_MEASURE, rows.EXAMPLE_SCHEME, rows.EXAMPLE_TARGET, inputs)
    assert [(finding.code, finding.severity) for finding in found] == [("S101", severity)]


def test_a_missing_explanation_stays_a_warning_when_certified() -> None:
    inputs: dict[str, Cell] = {"entered": 0.5, "signed": "Certified"}
    found = rows.row_findings(rows.EXAMPLE_MEASURE, rows.EXAMPLE_SCHEME, rows.EXAMPLE_TARGET, inputs)
    assert [(finding.code, finding.severity) for finding in found] == [("E101", "warning")]


def test_several_findings_come_gravest_first_and_point_at_their_cells() -> None:
    inputs: dict[str, Cell] = {
        "entered": 1.5,
        "numerator": 3,
        "status": "Delayed",
        "commentary": "Odd.",
        "signed": "Certified",
    }
    cells = {"actual": "L6", "numerator": "J6", "status": "M6"}
    found = rows.row_findings(
        rows.EXAMPLE_MEASURE,
        rows.EXAMPLE_SCHEME,
        rows.EXAMPLE_TARGET,
        inputs,
        file="f.xlsx",
        sheet="Measures",
        cells=cells,
    )
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
