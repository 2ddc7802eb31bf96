"""The check that the book calculates is the check that the collector makes, over hundreds of generated rows."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import examples, rows
from perfbook.checks.asked import Asked
from perfbook.checks.row_rules import ROW_RULES
from perfbook.framework.model import CheckSetting, Measure, Target, Unit
from perfbook.records import SEVERITIES
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, Expr, Var, evaluate, to_excel
from perfbook.scoring.schemes import RED_AMBER_GREEN, STAR_CIRCLE_TRIANGLE
from perfbook.workbook.writer import Book, Sheet
from tests.support.office import Office, compare_cached

ROWS = 900
_COLUMNS = (*rows.INPUTS, "target", "target_high")
_LIVE = (
    "figure",
    "to_date",
    "chosen",
    "band",
    "score",
    "trend",
    "called",
    "reason",
    "rule",
    "level",
    "unexplained",
    "check",
)
_PLACE = {name: place for place, name in enumerate((*_COLUMNS, *_LIVE))}
_LETTER = {name: xl_col_to_name(place) for name, place in _PLACE.items()}


_CHOSEN = replace(RED_AMBER_GREEN, chosen_without_target=True)


def _measures() -> list[Measure]:
    rate = Measure("r", "R", "Rate", "", "", Unit.parse("rate per 10,000"), 1, "lower", denominator="People")
    money = Measure("m", "M", "Money", "", "", Unit.parse("\u00a3"), 0, "lower", maximum=Decimal(1000))
    return [
        examples.SHARE,
        examples.COUNT,
        *[examples.OPEN] * 3,
        examples.CUMULATIVE,
        examples.ADDING,
        replace(examples.SHARE, key="s", calculation="cumulative", entered="in period", polarity="lower"),
        examples.ROLLING,
        replace(examples.SHARE, key="t", calculation="rolling", entered="in period"),
        replace(rate, key="u", calculation="rolling", entered="in period"),
        rate,
        money,
        replace(money, key="c", calculation="cumulative", maximum=None, decimals=2),
        Measure("d", "D", "Days", "", "", Unit.parse("days"), 2, "none", minimum=Decimal(-3)),
        Measure("l", "L", "Days", "", "", Unit.parse("days"), 1, "lower"),
        Measure("p", "P", "Share", "", "", Unit.parse("percent"), 0, "higher", denominator="All"),
        Measure("g", "G", "Range", "", "", Unit.parse("count"), 0, "range"),
        Measure("n", "N", "Range", "", "", Unit.parse("percent"), 2, "range"),
    ]


def _asked(chance: random.Random) -> Asked:
    measure = chance.choice(_measures())
    low = chance.choice([None, Decimal("0.85"), Decimal(4), Decimal(100), Decimal("-0.5")])
    high = low + 10 if low is not None and measure.polarity == "range" else None
    scheme = chance.choice([RED_AMBER_GREEN, STAR_CIRCLE_TRIANGLE, replace(RED_AMBER_GREEN, exception_from=1), _CHOSEN])
    settings = {}
    for rule in ROW_RULES:
        if chance.random() < 0.15:
            tuning = chance.choice([None, Decimal(2), Decimal(40)]) if rule.knob else None
            severity = chance.choice([None, *SEVERITIES])
            settings[rule.code] = CheckSetting(rule.code, chance.random() < 0.6, severity, tuning)
    suppressed = {chance.choice(ROW_RULES).code: "Known."} if chance.random() < 0.3 else {}
    target = Target(low, high) if low is not None or chance.random() < 0.5 else None
    explained = chance.random() < 0.9
    return Asked(measure, scheme, target, chance.random() < 0.8, explained, settings, suppressed)


def _filled(chance: random.Random) -> dict[str, Cell]:
    figures: list[Cell] = [None, None, 0.768, 0.769, 0.96, 1.5, 76.8, 4.5, 4, 0, 1, -4.25, 0.1 + 0.2, 122, 3500]
    texts: list[Cell] = ["76.8% (113/147)", "Delayed"]
    words: list[Cell] = [
        None,
        None,
        None,
        "Demand doubled in May.",
        "  ",
        "tbc",
        "See  above.",
        "n/a",
        "Staff.",
        "\u2013",
    ]
    said = chance.choice(words)
    return {
        "entered": chance.choice([*figures, *figures, *texts]),
        "numerator": chance.choice([None, None, 113, 621, 0, 12.5, 700]),
        "denominator": chance.choice([None, None, 147, 646, 0, 131250]),
        "status": chance.choice([None, None, None, "Provided", "Delayed", "Not available", "not due"]),
        "forecast": chance.choice([None, None, None, 0.5]),
        "commentary": said,
        "action": chance.choice(words),
        "signed": chance.choice([None, None, "Provisional", "Certified", "certified"]),
        "earlier": chance.choice([None, 0.761, 0.96, 4, 122, -0.5, 3500, "Delayed", "\u2013"]),
        "last_year": chance.choice([None, None, 0.01, 131, 1.2, 122]),
        "last_commentary": chance.choice([said, said, None, "demand doubled in May. "]),
        "usual": chance.choice([None, None, 0.77, 120]),
        "spread": chance.choice([None, 0.004, 0.02, 9]),
        "given": chance.choice([None, None, 122, 4.5, 0.768]),
        "before": chance.choice([None, 0, 0.5, 62]),
        "before_numerator": chance.choice([None, 0, 311, 0.1 + 0.2]),
        "before_denominator": chance.choice([None, 0, 402, 290]),
        "chosen_words": chance.choice([None, None, "Amber", "r", " Green ", "Purple"]),
    }


def _write(sheet: Sheet, row: int, name: str, value: Cell) -> None:
    if isinstance(value, str):
        sheet.text(row, _place(name), value)
    elif isinstance(value, float | int | Decimal):
        sheet.number(row, _place(name), value)


def _place(name: str) -> int:
    return _PLACE[name]


def test_live_message_and_level_equal_the_collectors(office: Office, tmp_path: Path) -> None:
    chance = random.Random(5)
    book = Book(created=datetime(2031, 1, 1, tzinfo=UTC), title="Checks")
    sheet = book.sheet("Rows")
    seen: Counter[str] = Counter()
    for row in range(ROWS):
        if row < len(ROW_RULES):  # the kept examples first: every rule's own message is among those compared
            asked, inputs = (
                examples.of_rule(ROW_RULES[row].code),
                dict.fromkeys(rows.INPUTS) | dict(ROW_RULES[row].trips),
            )
        else:
            asked, inputs = _asked(chance), _filled(chance)
        measure = asked.measure
        for name in rows.INPUTS:
            _write(sheet, row, name, inputs[name])
        if asked.target:
            _write(sheet, row, "target", asked.target.value)
            _write(sheet, row, "target_high", asked.target.high)
        # In the cell a text is text; the collector alone understands it.
        inputs["typed"] = None if isinstance(inputs["entered"], str) else inputs["entered"]
        if not measure.has_fraction:
            inputs |= {"numerator": None, "denominator": None}
        values: dict[str, Cell] = {**rows.row_values(asked, inputs)}
        values["actual"] = values["figure"]
        names = {name: f"${letter}{row + 1}" for name, letter in _LETTER.items()} | rows.constant_texts(asked)
        names |= {"typed": names["entered"], "actual": names["figure"]}
        if not measure.has_fraction:
            names |= {"numerator": '""', "denominator": '""'}
        formulas: dict[str, Expr] = {
            "figure": rules.actual(measure),
            "to_date": rules.running(measure) if measure.runs else rules.BLANK,
            "chosen": rules.chosen(asked.scheme, Var("chosen_words")) if asked.is_chosen else rules.BLANK,
            "band": rules.score(asked.scheme, measure.polarity, measure.places, measure.point, adds_up=measure.runs),
            "score": rows.score_words(asked.scheme),
            "trend": rules.movement(measure.polarity, measure.places, asked.scheme.trend_tolerance),
            "called": rows.live_called(asked),
            "reason": rows.live_reason(asked),
            "rule": rows.live_rule(asked),
            "level": rows.live_level(asked),
            "unexplained": rows.live_unexplained(asked),
            "check": rows.live_message(asked),
        }
        for name, expression in formulas.items():
            found = evaluate(expression, values)
            assert name not in values or (values[name] or 0) == (found or 0), name
            values[name] = found
            shown = found if isinstance(found, str) else Decimal(str(float(found))) if found is not None else ""
            sheet.formula(row, _place(name), "=" + to_excel(expression, names), shown)
        findings = [finding for finding in rows.row_findings(asked, inputs) if not finding.suppressed]
        if findings:
            assert values["check"] == findings[0].message
            assert values["level"] == rows.LEVELS[findings[0].severity]
            seen[findings[0].code] += 1
        else:
            assert values["check"] in (rows.FINE, rows.TODO)
    assert set(seen) == {rule.code for rule in ROW_RULES}
    path = tmp_path / "checks.xlsx"
    path.write_bytes(book.close())
    comparison = compare_cached(path, office)
    assert comparison.formulas == ROWS * len(_LIVE)
    assert comparison.mismatches == []
    assert comparison.errors == []
