"""Checking one row: the rules evaluated for the collector and compiled for the live cell, from one source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from perfbook.checks.row_rules import E101, ENTERED, FIGURE, ROW_RULES, STATUS
from perfbook.checks.rule import Rule
from perfbook.framework.model import Measure, Scheme, Target, Unit
from perfbook.records import SEVERITIES, Finding, Severity
from perfbook.scoring import rules as scoring_rules
from perfbook.scoring.expr import Cell, Expr, Lit, Value, Var, all_, call, evaluate, if_, is_blank, is_number, join
from perfbook.scoring.judge import score
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE

INPUTS = (
    "entered",
    "numerator",
    "denominator",
    "status",
    "forecast",
    "commentary",
    "action",
    "signed",
    # Not filled but known: the figures of the period before and of the same period last year.
    "earlier",
    "last_year",
)
TODO = "To do: type the figure, or choose a status."
FINE = "OK"

# The levels of a row, as the hidden column beside the check holds them.
LEVELS: Mapping[Severity | Literal["fine", "to do"], int] = MappingProxyType(
    {"fine": 0, "to do": 1, "info": 2, "warning": 3, "error": 4}
)

_WHOLE_UNITS = frozenset({"count", "number", "no", "no."})


def is_count(measure: Measure) -> bool:
    """Whether the figures of a measure are whole by nature."""
    label = measure.unit.label.lower()
    counted = label in _WHOLE_UNITS or label.startswith(("number of", "count of"))
    return measure.unit.kind == "number" and measure.decimals == 0 and measure.unit.multiplier == 1 and counted


def constants(measure: Measure, scheme: Scheme, typed_decimals: int | None = None) -> dict[str, Cell]:
    """What the rules need to know of a measure.

    `typed_decimals` are the places of a figure that came as text: `96%` says no more than two stored places, and is
    compared at those.
    """
    percent = 2 if measure.unit.kind == "percent" else 0
    precision = measure.places if typed_decimals is None else min(measure.places, typed_decimals + percent)
    return {
        "fraction": measure.has_fraction,
        "multiplier": measure.unit.multiplier,
        "inner": 11 if percent else 9,
        "places": measure.places,
        "precision": precision,
        "format": measure.number_format,
        "minimum": measure.minimum,
        "maximum": measure.maximum,
        "whole": is_count(measure),
        "exception_from": scheme.exception_from,
        # A share that is fifty times another is almost always 76.8 for 76.8%; counts and money vary more.
        "far": 50 if percent else 100,
        "huge": 10 if percent and measure.maximum is None else None,
    }


def constant_texts(measure: Measure, scheme: Scheme) -> dict[str, str]:
    """The constants as formula text, for `to_excel`."""
    return {name: _constant_text(value) for name, value in constants(measure, scheme).items()}


def _constant_text(value: Cell) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    number = format(Decimal(str(value)).normalize(), "f")
    return f"({number})" if number.startswith("-") else number


def score_words(scheme: Scheme) -> Expr:
    """The score as a cell shows it (symbol and word), from the variable `band`."""
    words: Expr = Lit("Not scored")
    for position, band in reversed(tuple(enumerate(scheme.bands, start=1))):
        words = if_(call("eq", Var("band"), position), f"{band.symbol} {band.word}", words)
    return if_(is_number(Var("band")), words, "")


def trend_words() -> Expr:
    """The trend as a word, from the variable `trend`."""
    trend = Var("trend")
    words = if_(call("gt", trend, 0), "Improved", if_(call("lt", trend, 0), "Worse", "Consistent"))
    return if_(is_number(trend), words, "")


def message(rule: Rule) -> Expr:
    """The finding of a rule as one passage, as `Finding.message` joins it."""
    parts: list[Expr] = [rule.found]
    if rule.expected is not None:
        parts += [Lit(" "), rule.expected]
    return join(*parts, Lit(f" {rule.remedy}"))


def applicable(measure: Measure) -> tuple[Rule, ...]:
    """The rules that can ever trip for a measure, in the order in which a row shows them: gravest first."""
    never = set()
    if not measure.has_fraction:
        never |= {"V101", "V105", "V106"}
    if measure.minimum is None and measure.maximum is None:
        never.add("V102")
    if not is_count(measure):
        never.add("V104")
    if measure.minimum is not None or not (is_count(measure) or measure.unit.kind == "percent"):
        never.add("V116")
    if measure.maximum is not None or not (measure.has_fraction and measure.unit.kind == "percent"):
        never.add("V117")
    if measure.polarity == "none":
        never.add("E101")
    kept = (rule for rule in ROW_RULES if rule.code not in never)
    return tuple(sorted(kept, key=lambda rule: SEVERITIES.index(rule.severity)))


def untouched() -> Expr:
    """Whether a row still waits for a figure or a status."""
    return all_(call("not", is_number(FIGURE)), is_blank(STATUS), is_blank(ENTERED))


def live_message(measure: Measure) -> Expr:
    """The text of the check column: the gravest finding, else what is to do, else OK."""
    expression = if_(untouched(), TODO, FINE)
    for rule in reversed(applicable(measure)):
        expression = if_(rule.condition, message(rule), expression)
    return expression


def live_level(measure: Measure) -> Expr:
    """The level of the row (`LEVELS`), by which the check column is coloured and counted."""
    expression = if_(untouched(), LEVELS["to do"], LEVELS["fine"])
    for rule in reversed(applicable(measure)):
        expression = if_(rule.condition, LEVELS[rule.severity], expression)
    return expression


def live_unexplained(measure: Measure) -> Expr:
    """1 where an explanation is missing, else 0."""
    return Lit(0) if measure.polarity == "none" else if_(E101.condition, 1, 0)


def row_values(
    measure: Measure,
    scheme: Scheme,
    target: Target | None,
    inputs: Mapping[str, Cell],
    typed_decimals: int | None = None,
) -> dict[str, Cell]:
    """All variables of a row, from its inputs.

    `inputs` holds `INPUTS` (blank where missing) and, where a text was understood, its number as `typed`;
    `typed_decimals` are those of that text.
    """
    values: dict[str, Cell] = dict.fromkeys(INPUTS) | dict(inputs)
    values.setdefault("typed", values["entered"])
    values |= constants(measure, scheme, typed_decimals)
    figure = evaluate(scoring_rules.actual(measure), values)
    band = score(scheme, measure, figure, target.value if target else None, target.high if target else None)
    values |= {"figure": figure, "band": "" if band is None else band, "target": target.value if target else None}
    values["score"] = evaluate(score_words(scheme), values)
    return values


def row_findings(
    measure: Measure,
    scheme: Scheme,
    target: Target | None,
    inputs: Mapping[str, Cell],
    *,
    file: str = "",
    sheet: str = "",
    cells: Mapping[str, str] = MappingProxyType({}),
    typed_decimals: int | None = None,
) -> tuple[Finding, ...]:
    """Every finding about one row, gravest first.

    `inputs` as in `row_values`; `cells` gives the address of each column's cell. The return counts as certified where
    `inputs["signed"]` says so.
    """
    values = row_values(measure, scheme, target, inputs, typed_decimals)
    certified = str(values["signed"] or "").strip().lower() == "certified"
    found = []
    for rule in applicable(measure):
        if evaluate(rule.condition, values):
            found.append(
                Finding(
                    code=rule.code,
                    severity=rule.severity_in(certified),
                    file=file,
                    sheet=sheet,
                    cell=cells.get(rule.about, ""),
                    measure=measure.key,
                    found=_words(evaluate(rule.found, values)),
                    expected=_words(evaluate(rule.expected, values)) if rule.expected is not None else "",
                    remedy=rule.remedy,
                )
            )
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _words(value: Value) -> str:
    return value if isinstance(value, str) else ""


# What the kept examples of the rules are about: a percentage with one decimal, target 85 %, star, circle and triangle.
EXAMPLE_MEASURE = Measure(
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
EXAMPLE_COUNT = Measure(
    key="example-count",
    code="EX2",
    title="Cases closed",
    priority="",
    directorate="",
    unit=Unit("count", "number"),
    decimals=0,
    polarity="higher",
)
EXAMPLE_OPEN = replace(EXAMPLE_MEASURE, minimum=None, maximum=None)
# The measure of the examples of each rule that EXAMPLE_MEASURE does not suit.
EXAMPLES: Mapping[str, Measure] = MappingProxyType({"V104": EXAMPLE_COUNT, "V116": EXAMPLE_COUNT, "V117": EXAMPLE_OPEN})
EXAMPLE_SCHEME = STAR_CIRCLE_TRIANGLE
EXAMPLE_TARGET = Target(Decimal("0.85"))
