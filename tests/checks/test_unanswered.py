"""A figure that misses its target, is explained, and of which nobody says what is being done (U106), in a return."""

from __future__ import annotations

from typing import Any

import pytest

from perfbook.framework.periods import parse
from tests.checks.held_out.cases import Case
from tests.support.held_out import findings_of

_WHY = "Two of the five inspectors left in May."
_ROW = {"code": "EH2", "title": "Food businesses inspected", "unit": "%", "polarity": "higher", "q1": "88%"}
_ROW |= {"last_year": "91%", "target": "90%", "actual": "70%", "commentary": _WHY}


@pytest.mark.parametrize(
    ("changed", "is_found"),
    [
        ({}, True),
        ({"recovery": "Interviews are in October."}, False),
        ({"commentary": f"{_WHY} Both posts will be filled in October."}, False),
        ({"commentary": f"{_WHY} An agency inspector started in August."}, False),
        ({"actual": "87%"}, False),  # amber, which calls for no explanation
        ({"actual": "92%"}, False),
        ({"target": "No target"}, False),
        ({"polarity": "none"}, False),
        ({"polarity": "lower", "actual": "97%"}, True),
        (
            {
                "calculation": "cumulative",
                "unit": "count",
                "q1": "30",
                "last_year": "91",
                "target": "90",
                "actual": "60",
            },
            True,
        ),
    ],
)
def test_what_is_being_done_is_asked_for_where_nothing_says_it(changed: dict[str, Any], is_found: bool) -> None:
    case = Case("one", "completeness", True, "", parse("2027-28 Q2"), measures=[_ROW | changed])
    assert ("U106" in {said.finding.code for said in findings_of(case)}) == is_found
