"""Bombs end in a verdict; what they cost is measured by benchmarks/bombs.py."""

from __future__ import annotations

from perfbook.collecting.isolation import Job, Readers
from tests.collecting.bad_inputs import bombs
from tests.collecting.bad_inputs.bombs import BOMBS
from tests.collecting.bad_inputs.draft import framework
from tests.collecting.council import PERIOD

VERDICTS = {
    "zip bomb by ratio": "R108",
    "zip bomb by size": "R108",
    "zip bomb by entries": "R108",
    "zip bomb whose size lies": "R101",
    "all that the limits allow": "R108",
    "entity bomb": "R113",
    "a million ghost rows": "read",
    "a million rows of empty text": "read",
    "a million rows with one value": "R108",
    "a value in the last cell": "read",
    "elements half a million deep": "R108",
    "a hundred thousand attributes": "read",
    "xls with a value in the last cell": "R108",
    "ods with a row a million times": "R108",
}


FIGURES = {"0.769", "131", "22.4", "1310000"}


def test_every_bomb_is_rejected_or_read_whole() -> None:
    found = {}
    with Readers(framework(1), PERIOD) as readers:
        for name, make in BOMBS.items():
            data = bombs.by_ratio(100) if make is bombs.by_ratio else make()
            examined = readers.submit(Job("bomb.xlsx", data)).result()
            found[name] = examined.verdict.code if examined.verdict else "read"
            if examined.submission:
                assert {str(o.actual) for o in examined.submission.observations} == FIGURES, name
            else:
                assert examined.verdict is not None and examined.verdict.outcome == "rejected", name
    assert found == VERDICTS
