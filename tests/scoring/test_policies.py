"""Policies of level and direction together, written in Schemes as data: right in both engines."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from perfbook.framework.model import DIRECTIONS, Band, Direction, Polarity, Scheme
from perfbook.scoring import rules
from perfbook.scoring.expr import evaluate, to_excel
from perfbook.scoring.judge import score
from perfbook.scoring.words import direction_words
from tests.scoring.test_rules import _as_cell, _same, measure
from tests.support.office import Office

# "Red only if more than 10 % off and not improved on the same quarter last year", and a green that must not slip.
POLICY = Scheme(
    "policy",
    "Level and direction",
    (
        Band("green", "Green", "G", "#1B6B3A", Decimal(0), only_if="not worse than last year"),
        Band("amber", "Amber", "A", "#8A5A00", Decimal(10), or_if="improved on last year"),
        Band("red", "Red", "R", "#B3261E"),
    ),
    3,
)


@pytest.mark.parametrize(
    ("actual", "last_year", "position"),
    [
        (100, 100, 1),
        (100, 101, 2),  # on target, but worse than last year
        (100, None, 1),  # nothing to compare with: not worse
        (90, 95, 2),  # 10 % off
        (89, 95, 3),  # more than 10 % off, and not improved
        (89, 88, 2),  # more than 10 % off, but improved
        (89, 89, 3),
        (89, None, 3),  # nothing to compare with: not improved
    ],
)
def test_red_is_only_what_is_far_off_and_has_not_improved(actual: int, last_year: int | None, position: int) -> None:
    assert score(POLICY, measure(), Decimal(actual), Decimal(100), last_year=last_year) == position


def test_the_previous_period_may_be_what_counts() -> None:
    amber = replace(POLICY.bands[1], or_if="improved on the previous period")
    scheme = replace(POLICY, bands=(POLICY.bands[0], amber, POLICY.bands[2]))
    assert score(scheme, measure(), Decimal(50), Decimal(100), earlier=Decimal(49), last_year=Decimal(60)) == 2
    assert score(scheme, measure(), Decimal(50), Decimal(100), earlier=Decimal(51), last_year=Decimal(40)) == 3


def test_what_is_lower_improves_downwards_and_a_tolerated_movement_is_none() -> None:
    lower = measure("lower")
    assert score(POLICY, lower, Decimal(150), Decimal(100), last_year=Decimal(160)) == 2
    tolerant = replace(POLICY, trend_tolerance=Decimal(10))
    assert score(tolerant, lower, Decimal(150), Decimal(100), last_year=Decimal(160)) == 3


def test_a_policy_is_said_in_words() -> None:
    assert [direction_words(band) for band in POLICY.bands] == [
        ", and only if it is not worse than last year",
        ", or if it has improved on last year",
        "",
    ]


def test_both_engines_agree_on_policies(office: Office, tmp_path: Path) -> None:
    rng = random.Random(1)
    cases: list[tuple[Any, dict[str, Any]]] = []
    for _ in range(1500):
        polarity: Polarity = rng.choice(("higher", "lower", "range"))
        places = rng.choice((0, 1, 3))
        only: Direction = rng.choice(("", *DIRECTIONS))
        other: Direction = rng.choice(("", *DIRECTIONS))
        bands = (
            replace(POLICY.bands[0], only_if=only),
            replace(POLICY.bands[1], only_if=rng.choice(("", *DIRECTIONS)), or_if=other),
            POLICY.bands[2],
        )
        scheme = replace(POLICY, bands=bands, trend_tolerance=Decimal(rng.choice((0, 5))))
        values: dict[str, Any] = {
            name: rng.choice((Decimal(rng.randint(800, 1200)).scaleb(-places), None, ""))
            if rng.random() < 0.2
            else Decimal(rng.randint(800, 1200)).scaleb(-places)
            for name in ("actual", "target", "target_high", "earlier", "last_year")
        }
        cases.append((rules.score(scheme, polarity, places), values))
    path = tmp_path / "policies.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("P")
        for row, (rule, values) in enumerate(cases):
            names = {}
            for column, (name, value) in enumerate(values.items(), 1):
                names[name] = f"{chr(65 + column)}{row + 1}"
                if value is not None:
                    sheet.write(row, column, float(value) if isinstance(value, Decimal) else value)
            sheet.write_formula(row, 0, "=" + to_excel(rule, names), None, -99)
    with office.open(path) as opened:
        answers = opened.all_formulas()["P"]
    found = [evaluate(rule, {n: _as_cell(v) for n, v in values.items()}) for rule, values in cases]
    assert {1, 2, 3, 0, ""} <= {int(f) if isinstance(f, Decimal) else f for f in found}
    differing = [
        (values, ours, answers[f"A{row + 1}"])
        for row, ((_, values), ours) in enumerate(zip(cases, found, strict=True))
        if answers[f"A{row + 1}"].error or not _same(ours, answers[f"A{row + 1}"].value)
    ]
    assert not differing[:3], len(differing)
