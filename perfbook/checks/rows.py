"""Checking one row: the rules evaluated for the collector and compiled for the live cells, from one source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Literal

from perfbook.checks import explain
from perfbook.checks._vars import CHOSEN_WORDS, ENTERED, FIGURE, SIGNED, STATUS
from perfbook.checks.asked import Asked, asked
from perfbook.checks.row_rules import BY_CODE, ROW_RULES
from perfbook.checks.rule import Rule, tuned
from perfbook.checks.usual import Usual, usual
from perfbook.framework.model import Measure, Scheme
from perfbook.records import SEVERITIES, Finding, Severity
from perfbook.scoring import rules as scoring_rules
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
)
from perfbook.scoring.judge import movement, score

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

INPUTS = (
    "entered",
    "numerator",
    "denominator",
    "status",
    "forecast",
    "commentary",
    "action",
    "signed",
    # Not filled but known: the figures of the period before and of the same period last year, the commentary of the
    # period before, and where the figures of the past lie.
    "earlier",
    "last_year",
    "last_commentary",
    "usual",
    "spread",
    # Of figures that add up: the year to date that was given, and that of the period before. Of scores that are chosen:
    # the word.
    "given",
    "before",
    "chosen_words",
)
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
_Step = Callable[[Mapping[str, Value]], Value]


# -- What a row knows --------------------------------------------------------------------------------------------------


# The rules that have a tuning value: their code, the variable that holds it, what it usually is.
_KNOBS = tuple(
    (rule.code, tuned(rule.code).name, rule.knob.usual) for rule in ROW_RULES if rule.knob and rule.code != "V114"
)


def constants(asked: Asked, typed_decimals: int | None = None) -> dict[str, Cell]:
    """What the rules need to know of a measure and its checks.

    `typed_decimals` are the places of a figure that came as text: `96%` says no more than two stored places, and is
    compared at those.
    """
    measure = asked.measure
    percent = measure.unit.kind == "percent"
    # A share that is fifty times another is almost always 76.8 for 76.8%; counts and money vary more.
    far = asked.tuning("V114", Decimal(50 if percent else 100))
    found: dict[str, Cell] = {
        "fraction": measure.has_fraction,
        "multiplier": measure.unit.multiplier,
        "inner": 11 if percent else 9,
        "places": measure.places,
        "precision": measure.places if typed_decimals is None else min(measure.places, typed_decimals + 2 * percent),
        "scale": 10**measure.places,
        "format": measure.number_format,
        "minimum": measure.minimum,
        "maximum": measure.maximum,
        "whole": asked.is_count,
        "exception_from": asked.scheme.exception_from,
        "far": far,
        "huge": 10 if percent and measure.maximum is None else None,
    }
    usual = {"E106": Decimal(10 if percent else 25)}
    for code, name, own in _KNOBS:
        found[name] = asked.tuning(code, own or usual.get(code, Decimal(0)))
    return found


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
    cells: dict[str, Cell] = dict.fromkeys(INPUTS) | dict(inputs)
    cells.setdefault("typed", cells["entered"])
    cells |= constants(asked, typed_decimals)
    target, high = (asked.target.value, asked.target.high) if asked.target else (None, None)
    cells |= {"target": target, "target_high": high}
    values = {name: to_value(cell) for name, cell in cells.items()}
    measure, scheme = asked.measure, asked.scheme
    figure = values["figure"] = _figure_step(measure)(values)
    running = values | {"actual": figure}
    values["to_date"] = _to_date_step(measure.places)(running) if measure.adds_up else ""
    values["chosen"] = _chosen_step(scheme)(values) if asked.is_chosen else ""
    earlier, last_year = (
        held if isinstance(held, Decimal) else None for held in (values["earlier"], values["last_year"])
    )
    to_date, chosen = values["to_date"], values["chosen"]
    band = score(scheme, measure, figure, target, high, to_date, chosen, earlier, last_year)
    trend = movement(scheme, measure, figure, earlier, target, high) if isinstance(figure, Decimal) else None
    values["band"] = "" if band is None else Decimal(band)
    values["trend"] = "" if trend is None else Decimal(trend)
    values["score"] = "" if band is None else _score_said(scheme, band)
    called, reason = _explanation_steps(asked)
    values["called"] = called(values)
    values["reason"] = reason(values) if values["called"] else ""
    return values


def _score_said(scheme: Scheme, band: int) -> str:
    found = scheme.band(band)
    return f"{found.symbol} {found.word}" if found else "Not scored"


@cache
def _chosen_step(scheme: Scheme) -> _Step:
    return steps_of(scoring_rules.chosen(scheme, CHOSEN_WORDS))


# Put together once for each kind of measure, not for each row.
_FIGURES: dict[tuple[object, ...], _Step] = {}
_EXPLANATIONS: dict[tuple[object, ...], tuple[_Step, _Step]] = {}


def _figure_step(measure: Measure) -> _Step:
    kind = (measure.has_fraction, measure.unit.multiplier, measure.unit.kind, measure.places)
    if kind not in _FIGURES:
        _FIGURES[kind] = steps_of(scoring_rules.actual(measure))
    return _FIGURES[kind]


@cache
def _to_date_step(places: int) -> _Step:
    return steps_of(scoring_rules.to_date(places))


def _explanation_steps(asked: Asked) -> tuple[_Step, _Step]:
    measure = asked.measure
    wanted = asked.explained, *(asked.is_asked(code) for code in explain.CALLS)
    basis = measure.calculation, measure.entered, asked.is_chosen
    kind = (measure.polarity, basis, measure.unit, measure.decimals, wanted)
    if kind not in _EXPLANATIONS:
        _EXPLANATIONS[kind] = steps_of(explain.called(asked)), steps_of(explain.reason(asked))
    return _EXPLANATIONS[kind]


# -- The rules of a row ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Steps:
    """A rule put together for Python."""

    condition: _Step
    found: _Step
    expected: _Step | None


@cache
def _steps(code: str) -> _Steps:
    rule = BY_CODE[code]
    expected = steps_of(rule.expected) if rule.expected is not None else None
    return _Steps(steps_of(rule.condition), steps_of(rule.found), expected)


def severity(asked: Asked, rule: Rule, *, certified: bool) -> Severity:
    """How grave a finding of a rule is: as the framework sets it, else as the rule says."""
    setting = asked.settings.get(rule.code)
    return setting.severity if setting and setting.severity else rule.severity_in(certified)


_GRAVEST_FIRST = tuple(sorted(ROW_RULES, key=lambda rule: SEVERITIES.index(rule.severity_in(certified=True))))


def applicable(asked: Asked) -> tuple[Rule, ...]:
    """The rules that are on and can ever trip in a row, in the order in which the row shows them: gravest first.

    Those that are graver in a certified return stand where they stand there, so that the order is one. Suppressed ones
    are among them.
    """
    if not asked.settings:
        return tuple([rule for rule in _GRAVEST_FIRST if rule.needs(asked)])
    kept = [rule for rule in ROW_RULES if asked.is_on(rule.code) and rule.needs(asked)]
    return tuple(sorted(kept, key=lambda rule: SEVERITIES.index(severity(asked, rule, certified=True))))


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
    values = row_values(asked, inputs, typed_decimals)
    certified = str(values["signed"] or "").strip().lower() == "certified"
    found: list[Finding] = []
    said: set[str] = set()
    for rule in applicable(asked):
        steps = _steps(rule.code)
        if rule.code in said or not steps.condition(values):
            continue
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
