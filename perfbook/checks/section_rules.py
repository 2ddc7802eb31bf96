"""The rules about one heading of the Service summary, as data: for the collector and for the live cell. Family N."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from perfbook.checks.action_rules import LEVELS
from perfbook.checks.rule import Rule
from perfbook.checks.set_up import AS_USUAL, Settings, as_set
from perfbook.records import Finding, Severity
from perfbook.scoring.expr import Cell, Expr, Lit, Var, all_, call, evaluate, if_, is_blank, join

TEXT, LAST_TEXT, NEEDED, SIGNED = Var("text"), Var("last_text"), Var("needed"), Var("signed")
TODO, FINE, OPTIONAL = "To do: write here.", "OK", "Write here if there is something to say."

N101 = Rule(
    code="N101",
    severity="warning",
    certified="error",
    title="A heading without a text in a signed return",
    about="text",
    condition=all_(NEEDED, is_blank(TEXT), call("not", is_blank(SIGNED))),
    found=Lit("The return is signed, but nothing is written under this heading."),
    remedy="Write a few sentences, or say that there is nothing to report.",
    trips={"needed": True, "signed": "Provisional"},
    passes={"needed": True, "signed": "Provisional", "text": "Nothing to report."},
)
N102 = Rule(
    code="N102",
    severity="info",
    title="The text is the same as last time",
    about="text",
    condition=if_(is_blank(TEXT), False, call("eq", TEXT, LAST_TEXT)),
    found=Lit("The text is word for word that of last time."),
    remedy="If nothing has changed, say so.",
    trips={"text": "As before.", "last_text": "As before."},
    passes={"text": "New.", "last_text": "As before."},
    sure="possible",
)
SECTION_RULES: tuple[Rule, ...] = (N101, N102)


def untouched() -> Expr:
    """Whether a heading that needs a text has none."""
    return all_(NEEDED, is_blank(TEXT))


def live_message(settings: Settings = AS_USUAL) -> Expr:
    """The text of the check column."""
    expression: Expr = if_(is_blank(TEXT), if_(NEEDED, TODO, OPTIONAL), FINE)
    for rule in reversed(as_set(SECTION_RULES, settings)):
        expression = if_(rule.condition, join(rule.found, f" {rule.remedy}"), expression)
    return expression


def live_level(settings: Settings = AS_USUAL) -> Expr:
    """The level of the row (`action_rules.LEVELS`)."""
    expression: Expr = if_(untouched(), LEVELS["to do"], LEVELS["fine"])
    for rule in reversed(as_set(SECTION_RULES, settings)):
        expression = if_(rule.condition, LEVELS[rule.severity], expression)
    return expression


def section_findings(
    section: str,
    inputs: Mapping[str, Cell],
    *,
    settings: Settings = AS_USUAL,
    file: str = "",
    sheet: str = "",
    cells: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Every finding about one heading. `inputs` holds text, last_text, needed and signed, blank where missing."""
    values: dict[str, Cell] = {"text": None, "last_text": None, "needed": False, "signed": None, **inputs}
    certified = str(values["signed"] or "").strip().lower() == "certified"
    found = []
    for rule in as_set(SECTION_RULES, settings):
        if evaluate(rule.condition, values):
            severity: Severity = rule.severity_in(certified)
            words = str(evaluate(rule.found, values))
            cell = cells.get(rule.about, "")
            found.append(Finding(rule.code, severity, file, sheet, cell, section, words, "", rule.remedy))
    return tuple(found)
