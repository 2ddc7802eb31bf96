"""Checking one row: the rules evaluated for the collector and compiled for the live cells, from one source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Literal

from perfbook.checks import explain
from perfbook.checks._vars import ENTERED, FIGURE, SIGNED, STATUS
from perfbook.checks.asked import Asked, asked
from perfbook.checks.plan import INPUTS, ROW_NUMBERS, Plan, Step, applicable, constants, plan_of, precision, severity
from perfbook.checks.row_rules import BY_CODE, ROW_RULES
from perfbook.checks.rule import Rule
from perfbook.checks.usual import Usual, usual
from perfbook.framework.model import Scheme
from perfbook.records import Finding, Severity
from perfbook.scoring.expr import (
    Cell,
    Expr,
    Lit,
    Value,
    Var,
    all_,
    any_,
    call,
    choose,
    if_,
    is_blank,
    is_number,
    join,
    steps_of,
    to_value,
    which_of,
)

__all__ = [
    "CODES",
    "FINE",
    "INPUTS",
    "LEVELS",
    "RESTATE",
    "TODO",
    "Usual",
    "applicable",
    "asked",
    "constant_texts",
    "constants",
    "live_called",
    "live_level",
    "live_message",
    "live_place",
    "live_reason",
    "live_rule",
    "live_unexplained",
    "row_findings",
    "row_values",
    "score_words",
    "trend_words",
    "untouched",
    "usual",
]

CODES = frozenset(BY_CODE)
TODO = "To do: type the figure, or choose a status."
FINE = "OK"
# In the row of a figure that an earlier return gave.
RESTATE = "Only if it was restated: type the figure anew."

# The levels of a row, as the hidden column beside the check holds them.
LEVELS: Mapping[Severity | Literal["fine", "to do"], int] = MappingProxyType(
    {"fine": 0, "to do": 1, "info": 2, "warning": 3, "error": 4}
)

# What follows from a finding is not said again: by what was found, where it stands before the others in a row.
_CONSEQUENCES: Mapping[str, frozenset[str]] = MappingProxyType({"V114": frozenset({"T102", "E106"})})


# -- What a row knows --------------------------------------------------------------------------------------------------


def constant_texts(asked: Asked) -> dict[str, str]:
    """The constants as formula text, for `to_excel`."""
    return {name: _constant_text(value) for name, value in constants(asked).items()}


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


def row_values(asked: Asked, inputs: Mapping[str, Cell], typed_decimals: int | None = None) -> dict[str, Value]:
    """All variables of a row, from its inputs.

    `inputs` holds `INPUTS` (blank where missing) and, where a text was understood, its number as `typed`;
    `typed_decimals` are those of that text.
    """
    plan = plan_of(asked)
    values = _values(plan, asked, inputs, typed_decimals)
    values["reason"] = plan.reason(values) if values["called"] else ""
    return values


def _values(
    plan: Plan, asked: Asked, inputs: Mapping[str, Cell], typed_decimals: int | None = None
) -> dict[str, Value]:
    """All variables but `reason`, which no condition reads."""
    values = dict(plan.start)
    for name, cell in inputs.items():
        values[name] = cell if cell is None or isinstance(cell, _AS_IT_IS) else to_value(cell)
    if "typed" not in inputs:
        values["typed"] = values["entered"]
    if typed_decimals is not None:
        values["precision"] = Decimal(precision(asked.measure, typed_decimals))
    target = asked.target
    values["target"], values["target_high"] = (target.value, target.high) if target else (None, None)
    figure = values["figure"] = values["actual"] = plan.figure(values)
    values["to_date"] = plan.to_date(values) if plan.to_date else ""
    values["chosen"] = plan.chosen(values) if plan.chosen else ""
    band = values["band"] = plan.score(values)
    values["trend"] = plan.movement(values) if isinstance(figure, Decimal) else ""
    values["score"] = plan.said[int(band)] if isinstance(band, Decimal) else ""
    del values["actual"]
    values["called"] = plan.called(values)
    return values


_AS_IT_IS = (str, Decimal)


# -- The rules of a row ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Steps:
    """What a rule says, put together for Python."""

    found: Step
    expected: Step | None


@cache
def _steps(code: str) -> _Steps:
    rule = BY_CODE[code]
    expected = steps_of(rule.expected) if rule.expected is not None else None
    return _Steps(steps_of(rule.found), expected)


@cache
def _trips() -> Callable[[Mapping[str, Value], Sequence[bool]], list[int]]:
    """Which of the rules trip in a row: one function for all of them."""
    return which_of([rule.condition for rule in ROW_RULES], ROW_NUMBERS)


def _live(asked: Asked) -> tuple[Rule, ...]:
    return tuple(rule for rule in applicable(asked) if rule.code not in asked.suppressed)


def row_findings(
    asked: Asked,
    inputs: Mapping[str, Cell],
    *,
    file: str = "",
    sheet: str = "",
    cells: Mapping[str, str] = MappingProxyType({}),
    typed_decimals: int | None = None,
) -> tuple[Finding, ...]:
    """Every finding about one row, in the order of `applicable`; suppressed ones last, with their reason.

    `inputs` as in `row_values`; `cells` gives the address of each column's cell. The return counts as certified where
    `inputs["signed"]` says so.
    """
    plan = plan_of(asked)
    values = _values(plan, asked, inputs, typed_decimals)
    held = _trips()(values, plan.wanted)
    if not held:
        return ()
    values["reason"] = plan.reason(values) if values["called"] else ""
    tripped = {ROW_RULES[place].code for place in held}
    certified = str(values["signed"] or "").strip().lower() == "certified"
    found: list[Finding] = []
    said: set[str] = set()
    for rule in plan.rules:
        if rule.code not in tripped or rule.code in said:
            continue
        steps = _steps(rule.code)
        suppressed = asked.suppressed.get(rule.code, "")
        if not suppressed:
            said |= _CONSEQUENCES.get(rule.code, frozenset())
        found.append(
            Finding(
                code=rule.code,
                severity=severity(asked, rule, certified=certified),
                file=file,
                sheet=sheet,
                cell=cells.get(rule.about, ""),
                measure=asked.measure.key,
                found=_words(steps.found(values)),
                expected=_words(steps.expected(values)) if steps.expected else "",
                remedy=rule.remedy,
                suppressed=suppressed,
            )
        )
    return tuple(sorted(found, key=lambda finding: bool(finding.suppressed)))


def _words(value: Value) -> str:
    return value if isinstance(value, str) else ""


# -- The live cells ----------------------------------------------------------------------------------------------------
#
# Each reads those before it: `called`, `reason`, `rule`, then the others. Names of the variables are the cells' keys.

RULE = Var("rule")


def message(rule: Rule) -> Expr:
    """The finding of a rule as one passage, as `Finding.message` joins it."""
    parts: list[Expr] = [rule.found]
    if rule.expected is not None:
        parts += [Lit(" "), rule.expected]
    return join(*parts, Lit(f" {rule.remedy}"))


def untouched(asked: Asked) -> Expr:
    """Whether a row still waits for a figure or a status; one that an earlier return gave does not."""
    return Lit(False) if asked.again else _blank_row()


def _blank_row() -> Expr:
    return all_(call("not", is_number(FIGURE)), is_blank(STATUS), is_blank(ENTERED))


def _at_rest(asked: Asked) -> Expr:
    """What a row says in which there is nothing to do."""
    return if_(_blank_row(), RESTATE, FINE) if asked.again else Lit(FINE)


def live_called(asked: Asked) -> Expr:
    """What calls for an explanation: 0 nothing, 1 the score, 2 the status, 3 a change for the worse."""
    return explain.called(asked)


def live_reason(asked: Asked) -> Expr:
    """Why an explanation is called for, in words (`Below target by 8.2 points`), else empty. Reads `called`."""
    return explain.reason(asked)


def live_rule(asked: Asked) -> Expr:
    """Which rule trips first, as the place in the row's own order, from 1; 0 where none does."""
    expression: Expr = Lit(0)
    for place, rule in reversed(tuple(enumerate(_live(asked), start=1))):
        expression = if_(rule.condition, place, expression)
    return expression


def live_wants_words(asked: Asked) -> Expr:
    """Whether the finding that is shown asks for an explanation and nothing else. Reads `rule`."""
    places = [place for place, rule in enumerate(_live(asked), start=1) if rule.code in explain.CALLS]
    return any_(*(call("eq", RULE, place) for place in places)) if places else Lit(False)


def live_place(asked: Asked, places: Mapping[str, Expr], otherwise: Expr) -> Expr:
    """Of the columns in `places` that of the finding that is shown (`Rule.about`), else `otherwise`. Reads `rule`."""
    found = [places.get(rule.about, places["actual"]) for rule in _live(asked)]
    return if_(call("gt", RULE, 0), choose(RULE, *found), otherwise)


def live_message(asked: Asked) -> Expr:
    """The text of the check column: the gravest finding, else what is to do, else OK. Reads `rule`."""
    messages: Sequence[Expr] = [message(rule) for rule in _live(asked)]
    return if_(call("gt", RULE, 0), choose(RULE, *messages), if_(untouched(asked), TODO, _at_rest(asked)))


def live_level(asked: Asked) -> Expr:
    """The level of the row (`LEVELS`), by which the check column is coloured and counted. Reads `rule`."""
    levels: list[Expr] = []
    for rule in _live(asked):
        usual, certified = (LEVELS[severity(asked, rule, certified=each)] for each in (False, True))
        same: Expr = Lit(usual)
        is_certified = call("eq", call("trim", SIGNED), "certified")
        levels.append(same if usual == certified else if_(is_certified, certified, usual))
    return if_(call("gt", RULE, 0), choose(RULE, *levels), if_(untouched(asked), LEVELS["to do"], LEVELS["fine"]))


def _severity(asked: Asked, code: str) -> Severity:
    return severity(asked, BY_CODE[code], certified=False)


def live_unexplained(asked: Asked) -> Expr:
    """1 where an explanation is missing that is more than a note, else 0. Reads `called`."""
    wanted = [
        place
        for place, code in enumerate(explain.CALLS, start=1)
        if asked.is_asked(code) and explain.can_call(asked, code) and _severity(asked, code) != "info"
    ]
    if not wanted:
        return Lit(0)
    calls = any_(*(call("eq", Var("called"), place) for place in wanted))
    return if_(all_(calls, is_blank(Var("commentary"))), 1, 0)
