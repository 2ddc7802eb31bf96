"""The check that Excel calculates is the check that Python makes, over a few hundred generated rows."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from perfbook.checks import rows
from perfbook.checks.row_rules import ROW_RULES
from perfbook.framework.model import Measure, Target, Unit
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, evaluate, to_excel
from perfbook.scoring.schemes import RED_AMBER_GREEN, STAR_CIRCLE_TRIANGLE
from perfbook.workbook.writer import Book
from tests.support.office import Office, compare_cached

_COLUMNS = ["entered", "numerator", "denominator", "status", "forecast", "commentary", "action", "signed"]
_KNOWN = {"earlier": 15, "last_year": 16}


def _measures() -> list[Measure]:
    return [
        rows.EXAMPLE_MEASURE,
        rows.EXAMPLE_COUNT,
        Measure("r", "R", "Rate", "", "", Unit.parse("rate per 10,000"), 1, "lower", denominator="People"),
        Measure("m", "M", "Money", "", "", Unit.parse("\u00a3"), 0, "lower", maximum=Decimal(1000)),
        Measure("d", "D", "Days", "", "", Unit.parse("days"), 2, "none", minimum=Decimal(-3)),
        Measure("p", "P", "Share", "", "", Unit.parse("percent"), 0, "higher", denominator="All"),
    ]


def _rows(count: int) -> list[dict[str, Cell]]:
    chance = random.Random(7)
    figures: list[Cell] = [None, None, 0.768, 0.769, 0.96, 1.5, 76.8, 4.5, 4, 0, -4.25, 0.1 + 0.2, "76.8% (113/147)"]
    words: list[Cell] = [None, None, None, "Demand doubled.", "  "]
    found = []
    for _ in range(count):
        found.append(
            {
                "entered": chance.choice(figures),
                "numerator": chance.choice([None, None, 113, 621, 0, 12.5, 700]),
                "denominator": chance.choice([None, None, 147, 646, 0, 131250]),
                "status": chance.choice([None, None, "Provided", "Delayed", "Not available", "not due"]),
                "forecast": chance.choice([None, None, None, 0.5]),
                "commentary": chance.choice(words),
                "action": chance.choice(words),
                "signed": chance.choice([None, None, "Provisional", "Certified"]),
                "earlier": chance.choice([None, 0.761, 4, -0.5, "Delayed", "\u2013"]),
                "last_year": chance.choice([None, None, 0.01, 131, 1.2]),
            }
        )
    return found


def test_live_message_and_level_equal_pythons(office: Office, tmp_path: Path) -> None:
    book = Book(created=datetime(2031, 1, 1, tzinfo=UTC), title="Checks")
    sheet = book.sheet("Rows")
    messages = set()
    targets = [None, Target(Decimal("0.85")), Target(Decimal(4)), None]
    cases = zip(_rows(360), itertools.cycle(_measures()), itertools.cycle(targets), strict=False)
    for row, (inputs, measure, target) in enumerate(cases):
        scheme = RED_AMBER_GREEN if row % 5 else STAR_CIRCLE_TRIANGLE
        for column, name in enumerate(_COLUMNS):
            value = inputs[name]
            if isinstance(value, str):
                sheet.text(row, column, value)
            elif isinstance(value, float | int):
                sheet.number(row, column, value)
        for name, column in _KNOWN.items():
            value = inputs[name]
            if isinstance(value, str):
                sheet.text(row, column, value)
            elif isinstance(value, float | int):
                sheet.number(row, column, value)
        # In the cell a text is text; the collector alone understands it.
        typed = None if isinstance(inputs["entered"], str) else inputs["entered"]
        if not measure.has_fraction:
            inputs |= {"numerator": None, "denominator": None}
        values = rows.row_values(measure, scheme, target, inputs | {"typed": typed})
        names = {name: f"${chr(65 + i)}{row + 1}" for i, name in enumerate(_COLUMNS)} | {"typed": f"$A{row + 1}"}
        if not measure.has_fraction:
            names |= {"numerator": '""', "denominator": '""'}
        names |= rows.constant_texts(measure, scheme)
        names |= {name: f"${chr(65 + column)}{row + 1}" for name, column in _KNOWN.items()}
        names |= {"figure": f"$I{row + 1}", "band": f"$J{row + 1}", "score": f"$K{row + 1}", "actual": f"$I{row + 1}"}
        names |= {"target": f"$N{row + 1}", "target_high": f"$O{row + 1}"}
        if target and target.value is not None:
            sheet.number(row, 13, target.value)
        formulas = (
            (8, rules.actual(measure), values["figure"]),
            (9, rules.score(scheme, measure.polarity, measure.places, measure.point), values["band"]),
            (10, rows.score_words(scheme), values["score"]),
            (11, rows.live_message(measure), evaluate(rows.live_message(measure), values)),
            (12, rows.live_level(measure), evaluate(rows.live_level(measure), values)),
        )
        for column, expression, value in formulas:
            shown = value if isinstance(value, str) else Decimal(str(float(value))) if value is not None else ""
            sheet.formula(row, column, "=" + to_excel(expression, names), shown)
        found = rows.row_findings(measure, scheme, target, inputs | {"typed": typed})
        live = evaluate(rows.live_message(measure), values)
        if inputs["signed"] != "Certified":  # which makes some findings graver than they are in the live cell
            waiting = (rows.FINE, rows.TODO)
            assert live == found[0].message if found else live in waiting
        else:
            assert not found or live in {finding.message for finding in found}
        messages |= {finding.code for finding in found}
    assert messages == {rule.code for rule in ROW_RULES}
    path = tmp_path / "checks.xlsx"
    path.write_bytes(book.close())
    comparison = compare_cached(path, office)
    assert comparison.formulas == 360 * 5
    assert comparison.mismatches == []
    assert comparison.errors == []
