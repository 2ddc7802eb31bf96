"""The held-out cases can be read, and each goes the way of a collection."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.checks.held_out.cases import Case, cases, second_cases, third_cases
from tests.support.held_out import findings_of

_ALL = (*cases(), *second_cases(), *third_cases())
_CASES = {case.id: case for case in _ALL}


def test_each_case_has_an_id_of_its_own() -> None:
    assert not [name for name, count in Counter(case.id for case in _ALL).items() if count > 1]


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.id)
def test_where_a_reader_marks_the_mistake_is_said_of_mistakes_alone(case: Case) -> None:
    assert bool(case.where) == case.mistake


@pytest.mark.parametrize(
    ("name", "code", "field"),
    [
        ("values-m01", "V101", "actual"),
        ("values-m04", "F001", "target"),
        ("totals-m02", "G101", "grid"),
        ("score-m01", "S301", "score"),
        ("text-m05", "A106", "update"),
        ("complete-m02", "A102", "rating"),
    ],
)
def test_a_finding_stands_in_the_field_that_it_is_about(name: str, code: str, field: str) -> None:
    found = {said.finding.code: said.fields for said in findings_of(_CASES[name])}
    assert field in found[code]


def test_a_clean_case_is_left_alone() -> None:
    assert not findings_of(_CASES["score-n03"])
