"""The rules, figure by figure, and both engines against each other."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from perfbook.framework.model import Band, Measure, Polarity, Scheme, Unit
from perfbook.scoring import rules
from perfbook.scoring.expr import Expr, Value, evaluate, to_excel
from perfbook.scoring.judge import movement, score
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE

POINTS = Scheme(
    "points",
    "Four bands by points",
    (
        Band("a", "A", "A", "#000000", Decimal(0), "points"),
        Band("b", "B", "B", "#000000", Decimal("2.5"), "points"),
        Band("c", "C", "C", "#000000", Decimal("7.5"), "% of target"),
        Band("d", "D", "D", "#000000"),
    ),
    3,
    Decimal("0.5"),
)
SCHEMES = (STAR_CIRCLE_TRIANGLE, POINTS)


def measure(polarity: Polarity = "higher", unit: str = "count", decimals: int = 0, **changes: Any) -> Measure:
    return Measure("k", "C", "Title", "p", "d", Unit.parse(unit), decimals, polarity, **changes)


@pytest.mark.parametrize(
    ("polarity", "unit", "decimals", "actual", "target", "position"),
    [
        ("higher", "percent", 1, "0.980", "0.98", 1),
        ("higher", "percent", 1, "0.953", "0.98", 2),  # 2.7 points of 98: 2.8 % of the target short
        ("higher", "percent", 1, "0.931", "0.98", 2),  # exactly 5 % short is still tolerated
        ("higher", "percent", 1, "0.930", "0.98", 3),
        ("lower", "percent", 2, "0.0189", "0.015", 3),
        ("lower", "count", 0, "105", "100", 2),
        ("lower", "count", 0, "106", "100", 3),
        ("lower", "count", 0, "0", "0", 1),
        ("lower", "count", 0, "1", "0", 3),
        ("higher", "count", 0, "-105", "-100", 2),
        ("higher", "count", 0, "99.5", "100", 1),  # shown as 100
    ],
)
def test_a_figure_falls_into_its_band(
    polarity: Polarity, unit: str, decimals: int, actual: str, target: str, position: int
) -> None:
    one = measure(polarity, unit, decimals)
    assert score(STAR_CIRCLE_TRIANGLE, one, Decimal(actual), Decimal(target)) == position


def test_points_are_points_as_shown() -> None:
    percent = measure("higher", "percent", 1)
    assert [score(POINTS, percent, Decimal(a), Decimal("0.80")) for a in ("0.8", "0.775", "0.774", "0.73")] == [
        1,
        2,
        3,
        4,
    ]
    count = measure("higher", "count", 1)
    assert [score(POINTS, count, Decimal(a), Decimal(80)) for a in ("80", "77.5", "77.4", "73")] == [1, 2, 3, 4]


def test_nothing_to_score_against_is_not_scored_and_no_figure_is_no_score() -> None:
    one = measure()
    assert score(STAR_CIRCLE_TRIANGLE, one, Decimal(5), None) == 0
    assert score(STAR_CIRCLE_TRIANGLE, one, Decimal(5), "No target") == 0
    assert score(STAR_CIRCLE_TRIANGLE, one, None, Decimal(5)) is None
    assert score(STAR_CIRCLE_TRIANGLE, measure("none"), Decimal(5), Decimal(4)) == 0


def test_a_range_is_met_inside_and_missed_by_the_nearer_end() -> None:
    one = measure("range", "percent", 0)
    outcomes = [
        score(STAR_CIRCLE_TRIANGLE, one, Decimal(a), Decimal("0.1"), Decimal("0.2")) for a in (".1", ".15", ".2")
    ]
    assert outcomes == [1, 1, 1]
    assert score(STAR_CIRCLE_TRIANGLE, one, Decimal("0.21"), Decimal("0.1"), Decimal("0.2")) == 2  # 5 % of 20 %
    assert score(STAR_CIRCLE_TRIANGLE, one, Decimal("0.09"), Decimal("0.1"), Decimal("0.2")) == 3  # 10 % of 10 %


def test_movements_go_by_polarity() -> None:
    assert movement(STAR_CIRCLE_TRIANGLE, measure("higher"), 5, 4) == 1
    assert movement(STAR_CIRCLE_TRIANGLE, measure("lower"), 5, 4) == -1
    assert movement(STAR_CIRCLE_TRIANGLE, measure("lower", "percent", 1), Decimal("0.0331"), Decimal("0.0329")) == 0
    assert movement(STAR_CIRCLE_TRIANGLE, measure("none"), 5, 4) is None
    assert movement(STAR_CIRCLE_TRIANGLE, measure(), 5, None) is None
    nearer = movement(STAR_CIRCLE_TRIANGLE, measure("range"), 21, 25, 10, 20)
    assert nearer == 1
    assert movement(POINTS, measure(decimals=1), Decimal("200.9"), Decimal(200)) == 0  # within 0.5 %
    assert movement(POINTS, measure(decimals=1), Decimal("201.1"), Decimal(200)) == 1


def test_a_fraction_decides_over_a_typed_figure() -> None:
    one = measure("higher", "percent", 1, numerator="handled", denominator="surveyed")
    rule = rules.actual(one)
    given = {"numerator": 113, "denominator": 147, "typed": Decimal("0.768")}
    assert evaluate(rule, given) == Decimal("0.769")
    assert evaluate(rule, given | {"denominator": 0}) == Decimal("0.768")
    assert evaluate(rule, given | {"numerator": None}) == Decimal("0.768")
    assert evaluate(rule, {"numerator": "113", "denominator": "x", "typed": "76.8%"}) == ""
    rate = measure("lower", "rate per 10,000", 1, numerator="children", denominator="population")
    assert evaluate(rules.actual(rate), {"numerator": 613, "denominator": 67438, "typed": None}) == Decimal("90.9")


Case = tuple[str, Expr, dict[str, Any]]


def _near(target: Decimal, factor: Decimal, places: int, rng: random.Random) -> Decimal:
    step = Decimal(1).scaleb(-places)
    nudge = rng.choice([Decimal(0), step, -step, step / 2, -step / 2, step / 4, 3 * step, Decimal("1E-14")])
    return target * factor + nudge


def _score_cases(rng: random.Random) -> list[Case]:
    cases: list[Case] = []
    grid = product(SCHEMES, ("higher", "lower", "range", "none"), ((0, 1), (1, 1), (2, 1), (1, 100), (2, 100)))
    for scheme, polarity, (decimals, percent) in grid:
        places = decimals + (2 if percent == 100 else 0)
        rule = rules.score(scheme, polarity, places, Decimal("0.01") if percent == 100 else Decimal(1))
        for _ in range(60):
            target: Any = Decimal(rng.randint(-2000, 20000)).scaleb(-places)
            factor = rng.choice([Decimal(1), Decimal("0.95"), Decimal("1.05"), Decimal("0.925"), Decimal("1.075")])
            points = rng.choice([Decimal(0), Decimal("2.5"), Decimal("-2.5")]) / percent
            actual: Any = _near(target, factor, places, rng) + points
            high: Any = abs(target) * 2 + 1
            oddity = rng.randrange(14)
            if oddity == 0:
                target = rng.choice([0, None, "No target", "n/a"])
            if oddity == 1:
                actual = rng.choice([None, 0, "tbc", Decimal(-3)])
            if oddity == 2:
                high = rng.choice([None, "no"])
            cases.append(("score", rule, {"actual": actual, "target": target, "target_high": high}))
    return cases


def _movement_cases(rng: random.Random) -> list[Case]:
    cases: list[Case] = []
    grid = product(("higher", "lower", "range", "none"), (0, 1, 3), (Decimal(0), Decimal("0.5"), Decimal(2)))
    for polarity, places, tolerance in grid:
        rule = rules.movement(polarity, places, tolerance)
        for _ in range(40):
            earlier: Any = Decimal(rng.randint(-500, 5000)).scaleb(-places)
            factor = rng.choice([Decimal(1), Decimal("1.005"), Decimal("0.995"), Decimal("1.02"), Decimal("0.98")])
            actual: Any = _near(earlier, factor, places, rng)
            if rng.randrange(12) == 0:
                earlier = rng.choice([None, "New Measure", 0])
            low = Decimal(rng.randint(0, 3000)).scaleb(-places)
            cases.append(
                ("movement", rule, {"actual": actual, "earlier": earlier, "target": low, "target_high": low * 2})
            )
    return cases


def _actual_cases(rng: random.Random) -> list[Case]:
    cases: list[Case] = []
    for unit, decimals in product(("percent", "rate per 10,000", "count", "£"), (0, 1, 2)):
        rule = rules.actual(measure("higher", unit, decimals, numerator="a", denominator="b"))
        for _ in range(60):
            denominator: Any = rng.choice([2, 4, 8, 16, 32, 125, 200, 2000, 40000, rng.randint(1, 99999)])
            numerator: Any = rng.randint(-50, 2 * denominator)
            if rng.randrange(5) == 0:
                numerator = Decimal(numerator) + Decimal(rng.randint(0, 99)) / 100
            typed: Any = Decimal(rng.randint(-999999, 999999)) / Decimal(10 ** rng.randint(0, 6))
            oddity = rng.randrange(12)
            if oddity == 0:
                denominator = rng.choice([0, None, "147"])
            if oddity == 1:
                numerator = rng.choice([None, "113"])
            if oddity <= 3:
                typed = rng.choice([None, "76.8% (113/147)", "", 0])
            cases.append(("actual", rule, {"numerator": numerator, "denominator": denominator, "typed": typed}))
    return cases


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> str:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, float(value))
    return xlsxwriter.utility.xl_rowcol_to_cell(row, column)


def test_both_engines_agree_over_thousands_of_cases(office: Any, tmp_path: Path) -> None:
    rng = random.Random(20201019)
    cases = _score_cases(rng) + _movement_cases(rng) + _actual_cases(rng)
    assert len(cases) > 4000
    path = tmp_path / "rules.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Rules")
        for row, (_, rule, values) in enumerate(cases):
            names = {name: _write_cell(sheet, row, column, values[name]) for column, name in enumerate(values, 1)}
            sheet.write_formula(row, 0, "=" + to_excel(rule, names), None, -99)
    with office.open(path) as opened:
        answers = opened.all_formulas()["Rules"]
    differing = []
    for row, (kind, rule, values) in enumerate(cases):
        ours = evaluate(rule, {name: _as_cell(value) for name, value in values.items()})
        theirs = answers[f"A{row + 1}"]
        if theirs.error or not _same(ours, theirs.value):
            differing.append((kind, values, ours, theirs))
    assert not differing[:5], f"{len(differing)} of {len(cases)} cases differ"


def _as_cell(value: Any) -> Any:
    # What the cell holds is a float; both engines start from that.
    return float(value) if isinstance(value, Decimal) else value


def _same(ours: Value, theirs: Any) -> bool:
    if isinstance(ours, Decimal) and isinstance(theirs, int | float):
        return f"{float(ours) + 0.0:.15g}" == f"{float(theirs) + 0.0:.15g}"  # a spreadsheet may answer -0
    return ours == theirs
