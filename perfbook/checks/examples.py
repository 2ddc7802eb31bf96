"""What the examples of the row rules are about: a percentage with one decimal, target 85 %; star, circle, triangle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from perfbook.checks.asked import Asked
from perfbook.framework.model import Measure, Target, Unit
from perfbook.scoring.schemes import RED_AMBER_GREEN, STAR_CIRCLE_TRIANGLE

SHARE = Measure(
    key="example",
    code="EX1",
    title="Share of cases closed in time",
    priority="",
    directorate="",
    unit=Unit("percent", "percent"),
    decimals=1,
    polarity="higher",
    numerator="Cases closed in time",
    denominator="Cases closed",
    minimum=Decimal(0),
    maximum=Decimal(1),
)
COUNT = Measure(
    key="example-count",
    code="EX2",
    title="Cases closed",
    priority="",
    directorate="",
    unit=Unit("count", "number"),
    decimals=0,
    polarity="higher",
)
OPEN = replace(SHARE, minimum=None, maximum=None)
CUMULATIVE = replace(COUNT, calculation="cumulative")
ADDING = replace(CUMULATIVE, entered="in period")
ROLLING = replace(COUNT, calculation="rolling", entered="in period")
_OF_RULE: Mapping[str, Measure] = MappingProxyType(
    {"V104": COUNT, "V116": COUNT, "V117": OPEN, "T101": CUMULATIVE, "T104": ADDING, "T105": ROLLING}
)
_CHOSEN = replace(RED_AMBER_GREEN, chosen_without_target=True)


def of_rule(code: str) -> Asked:
    """The row in which the examples of a rule are filled."""
    measure = _OF_RULE.get(code, SHARE)
    target = Target(Decimal("0.85")) if measure.unit.kind == "percent" else None
    if code in ("S108", "S109", "S110"):
        return Asked(measure, _CHOSEN, target if code == "S110" else None, continues=True)
    return Asked(measure, STAR_CIRCLE_TRIANGLE, target, continues=True)
