"""The rules about one row of the sheet Actions, as data: for the collector and for the live cell. Family A."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from perfbook.checks.rule import Rule
from perfbook.checks.set_up import AS_USUAL, Settings, as_set
from perfbook.framework.model import Scheme
from perfbook.records import SEVERITIES, Finding, Severity
from perfbook.scoring.expr import Cell, Expr, Value, Var, all_, any_, call, evaluate, if_, is_blank, is_number, join

RATING, UPDATE, LAST_UPDATE = Var("rating"), Var("update"), Var("last_update")
REVISED, PROGRESS, SIGNED = Var("revised"), Var("progress"), Var("signed")
INPUTS = ("rating", "update", "revised", "progress", "milestone")
# Not filled but known: what was said last time, and the state of the sign-off.
KNOWN = ("last_update", "signed")

NOT_RATED_WORD = "Not rated"
TODO = "To do: choose a rating and write an update."
FINE = "OK"
AS_ABOVE = "As above."
LEVELS: Mapping[str, int] = MappingProxyType({"fine": 0, "to do": 1, "info": 2, "warning": 3, "error": 4})


def rating_words(scheme: Scheme) -> tuple[str, ...]:
    """What may be chosen, in the order of the list."""
    return (*(band.word for band in scheme.bands), NOT_RATED_WORD)


def spellings(scheme: Scheme) -> dict[str, str]:
    """Every way in which a rating may be written, in small letters, with the word that is meant."""
    found = {word.lower(): word for word in rating_words(scheme)}
    return found | {f"{band.symbol} {band.word}".lower(): band.word for band in scheme.bands}


def _given(value: Expr) -> Expr:
    return call("not", is_blank(value))


_OUTSIDE = if_(is_number(PROGRESS), any_(call("lt", PROGRESS, 0), call("gt", PROGRESS, 1)), True)

A100 = Rule(
    code="A100",
    severity="warning",
    certified="error",
    title="Nothing is said of the action in a signed return",
    about="rating",
    condition=all_(is_blank(RATING), is_blank(UPDATE), _given(SIGNED)),
    found=join("The return is signed, but the action has no rating and no update."),
    remedy=f"Choose a rating, or {NOT_RATED_WORD}, and write an update.",
    trips={"signed": "Provisional"},
    passes={"signed": "Provisional", "rating": NOT_RATED_WORD, "update": "Starts in April."},
)
A101 = Rule(
    code="A101",
    severity="warning",
    title="A rating without an update",
    about="update",
    condition=all_(_given(RATING), is_blank(UPDATE)),
    found=join("The action is rated ", RATING, ", but there is no update."),
    remedy="Write what has been done, and what comes next.",
    trips={"rating": "On track"},
    passes={"rating": "On track", "update": "Three libraries opened."},
)
A102 = Rule(
    code="A102",
    severity="warning",
    title="An update without a rating",
    about="rating",
    condition=all_(is_blank(RATING), _given(UPDATE)),
    found=join("There is an update, but no rating."),
    remedy=f"Choose a rating, or {NOT_RATED_WORD}.",
    trips={"update": "Three libraries opened."},
    passes={"rating": NOT_RATED_WORD, "update": "Three libraries opened."},
)
A104 = Rule(
    code="A104",
    severity="error",
    title="The percentage done is none",
    about="progress",
    condition=if_(is_blank(PROGRESS), False, _OUTSIDE),
    found=if_(
        is_number(PROGRESS),
        join("The percentage done is ", call("text", PROGRESS, "0%"), "."),
        join("The percentage done is not a number: ", PROGRESS, "."),
    ),
    remedy="Type a number from 0% to 100%.",
    trips={"progress": 1.2},
    passes={"progress": 0.45},
)
A105 = Rule(
    code="A105",
    severity="warning",
    title="The revised date is not a date",
    about="revised",
    condition=if_(is_blank(REVISED), False, call("not", is_number(REVISED))),
    found=join("The revised date is text: ", REVISED, "."),
    remedy="Type it like 31/03/2024.",
    trips={"revised": "next spring"},
    passes={"revised": 45382},
)
A106 = Rule(
    code="A106",
    severity="info",
    title="The update is the same as last time",
    about="update",
    condition=if_(is_blank(UPDATE), False, call("eq", UPDATE, LAST_UPDATE)),
    found=join("The update is word for word that of last time."),
    remedy="If nothing has changed, say so and why.",
    trips={"update": "Three libraries opened.", "last_update": "Three libraries opened."},
    passes={"update": "Four libraries opened.", "last_update": "Three libraries opened."},
    sure="possible",
)


@lru_cache(maxsize=64)
def rating_rule(scheme: Scheme) -> Rule:
    """The rule that a rating is one of the scheme's."""
    known = any_(*(call("eq", RATING, word) for word in spellings(scheme)))
    return Rule(
        code="A103",
        severity="error",
        title="The rating is not one of the council's",
        about="rating",
        condition=if_(is_blank(RATING), False, call("not", known)),
        found=join("\u201c", RATING, "\u201d is not a rating of this council."),
        remedy="Choose one from the list.",
        trips={"rating": "Chartreuse"},
        passes={"rating": scheme.bands[0].word},
    )


@lru_cache(maxsize=64)
def action_rules(scheme: Scheme, *, place: bool = False) -> tuple[Rule, ...]:
    """The rules of a row, gravest first. A `place` of an action may leave out what is the same as above."""
    whole = () if place else (A100, A102, A101)
    return (rating_rule(scheme), A104, A105, *whole, A106)


def untouched() -> Expr:
    """Whether a row still waits for its rating and its update."""
    return all_(is_blank(RATING), is_blank(UPDATE))


def live_message(scheme: Scheme, *, place: bool, settings: Settings = AS_USUAL) -> Expr:
    """The text of the check column: the gravest finding, else what is to do, else OK."""
    expression: Expr = if_(untouched(), AS_ABOVE if place else TODO, FINE)
    for rule in reversed(as_set(action_rules(scheme, place=place), settings)):
        expression = if_(rule.condition, join(rule.found, f" {rule.remedy}"), expression)
    return expression


def live_level(scheme: Scheme, *, place: bool, settings: Settings = AS_USUAL) -> Expr:
    """The level of the row (`LEVELS`), by which the check column is coloured and counted."""
    expression: Expr = if_(untouched(), LEVELS["fine" if place else "to do"], LEVELS["fine"])
    for rule in reversed(as_set(action_rules(scheme, place=place), settings)):
        expression = if_(rule.condition, LEVELS[rule.severity], expression)
    return expression


def live_place(scheme: Scheme, places: Mapping[str, Expr], *, place: bool, settings: Settings = AS_USUAL) -> Expr:
    """Where a row goes on: of `places`, by column, that of the gravest finding, else that of the rating."""
    expression: Expr = places["rating"]
    for rule in reversed(as_set(action_rules(scheme, place=place), settings)):
        expression = if_(rule.condition, places[rule.about], expression)
    return expression


def action_findings(
    action: str,
    scheme: Scheme,
    inputs: Mapping[str, Cell],
    *,
    place: bool,
    settings: Settings = AS_USUAL,
    file: str = "",
    sheet: str = "",
    cells: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Every finding about one row, gravest first. `inputs` holds `INPUTS` and `KNOWN`, blank where missing; `cells`
    gives the address of each column's cell."""
    values = dict.fromkeys((*INPUTS, *KNOWN)) | dict(inputs)
    certified = str(values["signed"] or "").strip().lower() == "certified"
    found = []
    for rule in as_set(action_rules(scheme, place=place), settings):
        if evaluate(rule.condition, values):
            severity: Severity = rule.severity_in(certified)
            words = _words(evaluate(rule.found, values))
            cell = cells.get(rule.about, "")
            found.append(Finding(rule.code, severity, file, sheet, cell, action, words, "", rule.remedy))
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _words(value: Value) -> str:
    return value if isinstance(value, str) else ""
