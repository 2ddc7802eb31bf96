"""The checks of evidence: of one row, in Python and as a formula, and of where a row says that it is. Family D."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlsplit

from perfbook.checks.set_up import AS_USUAL, Settings, is_on, value_of
from perfbook.framework.model import Action, Framework, Measure
from perfbook.framework.periods import Period
from perfbook.scoring.expr import Cell, Expr, Lit, Var, all_, any_, call, evaluate, if_, is_blank
from perfbook.workbook.text import clean_text, shortened

GENERAL = "General"
FINE, FREE = "OK", ""
NO_PLACE, NOT_SHOWN, UNKNOWN = "D101", "D102", "D103"
NO_ADDRESS, NOT_FOUND, OUTSIDE, NO_EVIDENCE = "D104", "D105", "D106", "D107"
_LONGEST = 80
_SUPPORTS, _SHOWS, _WHERE, _KNOWN = Var("supports"), Var("shows"), Var("where"), Var("known")
# What is wrong with a row, the worst first: code, column, condition, what was found, what to do.
_ROW: tuple[tuple[str, str, Expr, str, str], ...] = (
    (
        NO_PLACE,
        "where",
        is_blank(_WHERE),
        "It is not said where the evidence is.",
        "Give a web address, a path, or the name of a file that lies beside this return.",
    ),
    (NOT_SHOWN, "shows", is_blank(_SHOWS), "It is not said what the evidence shows.", "Say it in a sentence."),
    (
        UNKNOWN,
        "supports",
        call("not", call("gt", _KNOWN, 0)),
        "It is not said which measure or action of this return the evidence supports.",
        f"Choose it from the list, or {GENERAL}.",
    ),
)
# How many characters say what evidence shows, where officers want more than something.
_LEAST_SHOWN = Decimal(1)
_USED = any_(*(call("not", is_blank(each)) for each in (_SUPPORTS, _SHOWS, _WHERE)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


@dataclass(frozen=True)
class Item:
    """Something that evidence may support: key, what the list shows for it, and whether evidence is asked for."""

    key: str
    label: str
    code: str
    asked: bool = False


def items_of(framework: Framework, directorate: str, period: Period) -> tuple[Item, ...]:
    """What evidence of a return may support, those that ask for it first. `General` has no key."""
    entries: Sequence[Measure | Action] = (
        *framework.measures_of(directorate, period),
        *framework.actions_of(directorate, period),
    )
    codes = [_plain(each.code).casefold() for each in entries]
    found = []
    taken = {GENERAL.casefold()}
    for each in entries:
        code = _plain(each.code)
        label = shortened(_plain(f"{code} {each.title}"), _LONGEST).strip()
        if label.casefold() in taken:
            label = f"{label} ({each.key})"
        taken.add(label.casefold())
        # A code of several is none: nobody could tell which is meant.
        alone = codes.count(code.casefold()) == 1 and code.casefold() != GENERAL.casefold()
        found.append(Item(each.key, label, code if alone and code else label, each.evidence))
    # A code that is the title of another is none either.
    found = [
        replace(item, code=item.label) if item.code != item.label and item.code.casefold() in taken else item
        for item in found
    ]
    return (*sorted(found, key=lambda item: not item.asked), Item("", GENERAL, GENERAL))


def meant(items: Sequence[Item], words: str) -> Item | None:
    """The item that a cell names, as the list shows it or by its code, whatever its capitals."""
    said = " ".join(words.split()).casefold()
    by_label = next((item for item in items if item.label.casefold() == said), None)
    return by_label or next((item for item in items if item.code.casefold() == said), None)


def _rows(settings: Settings) -> Iterator[tuple[str, str, Expr, str, str]]:
    """The checks of a row that are on."""
    for code, column, condition, found, remedy in _ROW:
        least = value_of(code, settings, _LEAST_SHOWN)
        if code == NOT_SHOWN and least > 1:
            short = call("lt", call("length", call("trim", _SHOWS)), least)
            condition = any_(is_blank(_SHOWS), short)
            found = f"What the evidence shows is said in less than {least:f} characters."
        if is_on(code, settings):
            yield code, column, condition, found, remedy


def live_message(settings: Settings = AS_USUAL) -> Expr:
    """The text of the check column; `known` is the number of what the row supports, 0 where there is none."""
    expression: Expr = if_(_USED, FINE, FREE)
    for _, _, condition, found, remedy in reversed(tuple(_rows(settings))):
        expression = if_(all_(_USED, condition), f"{found} {remedy}", expression)
    return expression


def live_problem(settings: Settings = AS_USUAL) -> Expr:
    """1 where a row is filled in part, or wrongly."""
    conditions = [condition for _, _, condition, _, _ in _rows(settings)]
    return if_(all_(_USED, any_(*conditions)), 1, 0) if conditions else Lit(0)


def row_findings(values: Mapping[str, Cell], settings: Settings = AS_USUAL) -> Iterator[tuple[str, str, str, str]]:
    """Code, key of the column, what was found, what to do; `values` are supports, shows, where and known."""
    for code, column, condition, found, remedy in _rows(settings):
        if evaluate(all_(_USED, condition), values):
            yield code, column, found, remedy


def scheme_of(where: str) -> str:
    """The scheme with which a text begins, in small letters; that of a web address where it begins with `www.`."""
    match = _SCHEME.match(where.strip())
    return match[1].casefold() if match else "www" if where.strip().casefold().startswith("www.") else ""


def is_web_address(where: str) -> bool:
    """Whether a text has the form of an address of the web: http or https, a host, no blank, no user. Nothing is asked
    of the network."""
    text = where.strip()
    if scheme_of(text) not in ("http", "https") or re.search(r"[\s<>\"\\]", text) or clean_text(text) != text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return bool(_HOST.fullmatch(host)) and "@" not in parts.netloc and port != 0


def _plain(text: str) -> str:
    return " ".join(clean_text(text).split())
