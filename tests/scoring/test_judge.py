from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from perfbook.framework.model import Directorate, Framework, Frequency, Measure, Priority, Target, Unit
from perfbook.framework.periods import parse
from perfbook.records import Observation
from perfbook.scoring.judge import count, index, judge
from perfbook.scoring.schemes import BUILT_IN

QUARTER = parse("2026-27 Q2")


def one(frequency: Frequency = "quarterly", **changes: Any) -> Measure:
    return Measure("m", "M", "Title", "p", "d", Unit.parse("count"), 0, "higher", frequency, **changes)


def framework(*measures: Measure, reporting: Frequency = "quarterly", **changes: Any) -> Framework:
    priorities, directorates = (Priority("p", "P"),), (Directorate("d", "D"),)
    known = {"schemes": BUILT_IN, "default_scheme": "rag", **changes}
    return Framework("Anywhere", 4, reporting, measures, directorates, priorities, **known)


def figure(label: str, value: int | None, status: Any = "provided") -> Observation:
    actual = None if value is None else Decimal(value)
    return Observation("m", parse(label), QUARTER, status, actual)


def test_a_measure_in_arrears_is_judged_by_its_own_period() -> None:
    targets = {("m", parse("2026-27 Q1")): Target(Decimal(40)), ("m", QUARTER): Target(Decimal(99))}
    known = index(
        [figure("2026-27 Q1", 45), figure("2025-26 Q4", 50), figure("2025-26 Q1", 44), figure("2026-27 Q2", 1)]
    )
    [row] = judge(framework(one(arrears=1), targets=targets), known, QUARTER)
    assert (row.about, row.actual, row.target) == (parse("2026-27 Q1"), 45, 40)
    assert (row.band, row.trend, row.annual) == (1, -1, 1)


@pytest.mark.parametrize(
    ("frequency", "reporting", "now", "before"),
    [
        ("quarterly", "quarterly", "2026-27 Q2", "2026-27 Q1"),
        # A quarterly return asks for the last month of the quarter: the one before is three months back.
        ("monthly", "quarterly", "Sep 2026", "Jun 2026"),
        ("monthly", "monthly", "Sep 2026", "Aug 2026"),
        ("yearly", "quarterly", "2025-26", "2024-25"),
    ],
)
def test_trend_compares_with_the_figure_reported_before(
    frequency: Frequency, reporting: Frequency, now: str, before: str
) -> None:
    period = {"Sep 2026": parse("Sep 2026") if reporting == "monthly" else QUARTER}.get(now, QUARTER)
    if now == "2025-26":
        period = parse("2025-26 Q4")
    known = index([figure(now, 20), figure(before, 21)])
    [row] = judge(framework(one(frequency), reporting=reporting), known, period)
    assert (row.actual, row.previous, row.trend) == (20, 21, -1)


@pytest.mark.parametrize(
    ("observation", "state"),
    [
        (None, "missing"),
        (figure("2026-27 Q2", None, None), "missing"),
        (figure("2026-27 Q2", None, "delayed"), "delayed"),
        (figure("2026-27 Q2", None, "not available"), "not available"),
        (figure("2026-27 Q2", None, "new"), "not due"),
        (figure("2026-27 Q2", 0, "delayed"), "reported"),  # a figure counts, whatever stands beside it
    ],
)
def test_each_measure_has_one_state_and_the_counts_add_up(observation: Observation | None, state: str) -> None:
    whole = framework(one(), replace(one(), key="other", last=parse("2026-27 Q1")), replace(one("yearly"), key="year"))
    rows = judge(whole, index([observation] if observation else []), QUARTER)
    assert [row.state for row in rows] == [state, "withdrawn", "not due"]
    counts = count(whole, rows)
    measures = counts.measures
    assert measures["total"] == measures["due"] + measures["not_due"] + measures["delayed"] == 2
    assert measures["due"] == measures["reported"] + measures["missing"] + measures["not_available"]
    for group in (counts.score, counts.trend, counts.annual):
        assert sum(group.values()) == measures["reported"]
