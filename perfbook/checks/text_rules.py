"""Family X, what texts say: rules that read a commentary, a recovery action or an update. Not live: for the collector.

Each looks for one thing that is wrong whatever the text is about, and rather keeps silent than guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from perfbook.checks.rule import Sure
from perfbook.records import Finding, Severity
from perfbook.scoring.rounding import round_half_away


@dataclass(frozen=True)
class TextRule:
    """One check of a text. `find` gives what is wrong, in sentences. `trips` and `passes` are kept examples."""

    code: str
    severity: Severity
    title: str
    find: Callable[[str], Iterator[str]]
    remedy: str
    trips: str
    passes: tuple[str, ...]
    sure: Sure = "likely"


# -- Percentages and their fractions -----------------------------------------------------------------------------------

_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"
_PERCENT = r"(?P<percent>\d{1,3}(?:\.\d+)?)\s?(?:%|per ?cent)"
_PARTS = rf"(?P<top>{_NUMBER})\s?(?:/|out of|of(?: the)?)\s?(?P<bottom>{_NUMBER})"
# Nothing may stand between them but brackets, a comma or a dash: then the two say the same thing twice.
_BETWEEN = r"\s?[(,\u2013-]\s?"
_CLOSED = r"(?![\d/%]|\.\d|,\d)"
_OPEN = r"(?<![\d/.,])"
_PERCENT_FIRST = re.compile(rf"{_OPEN}{_PERCENT}{_BETWEEN}{_PARTS}{_CLOSED}", re.IGNORECASE)
# Words may stand between where a bracket follows; `40% of the budget` is a share of something else.
_PARTS_FIRST = re.compile(
    rf"{_OPEN}{_PARTS}(?:{_BETWEEN}|(?:\s[a-z]+){{1,4}}\s?\(){_PERCENT}(?!\s(?:of|against|target))", re.IGNORECASE
)


def _percentages(text: str) -> Iterator[str]:
    if "%" not in text and "cent" not in text:
        return
    for pattern in (_PERCENT_FIRST, _PARTS_FIRST):
        for match in pattern.finditer(text):
            top, bottom = (Decimal(match[name].replace(",", "")) for name in ("top", "bottom"))
            said = Decimal(match["percent"])
            places = max(0, -int(said.as_tuple().exponent))
            if not bottom or top > bottom:
                continue
            share = 100 * top / bottom
            # The other part of the whole is another way of saying it, and so is cutting off instead of rounding.
            if min(abs(share - said), abs(100 - share - said)) >= Decimal(1).scaleb(-places):
                right = round_half_away(share, places)
                yield f"\u201c{match[0].strip(' (,')}\u201d: {match['top']} of {match['bottom']} is {right}%."


# -- Dates that there are not ------------------------------------------------------------------------------------------

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WRITTEN = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{'|'.join(_MONTHS)})(?:\s(?P<year>\d{{4}}))?\b",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(?<![\d/.])(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>20\d\d)(?![\d/])")
_LEAP = 2000


def _dates(text: str) -> Iterator[str]:
    for match in _WRITTEN.finditer(text):
        month = _MONTHS.index(match["month"].lower()) + 1
        if not _is_day(int(match["year"] or _LEAP), month, int(match["day"])):
            yield f"There is no \u201c{match[0]}\u201d."
    for match in _NUMERIC.finditer(text):
        day, month = int(match["day"]), int(match["month"])
        # 03/31/2024 is a day as it is written elsewhere.
        if not _is_day(int(match["year"]), month, day) and not _is_day(int(match["year"]), day, month):
            yield f"There is no \u201c{match[0]}\u201d."


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


# -- What was left standing --------------------------------------------------------------------------------------------

_RESIDUE = re.compile(
    r"""
    (?<![\w£$])[Xx]{1,4}\s?%                                  # X%
    | £\s?[Xx]{1,4}(?:[.,][Xx]+)?[mk]?\b                      # £X, £XXm
    | \b[Xx]{2}/[Xx]{2}(?:/[Xx]{2,4}|/20[Xx\d]{2})?\b         # xx/xx/20xx
    | \b[Xx]{2,}\s(?:days|cases|people|homes|children|visits|residents|staff|weeks|months)\b
    | [\[<{]\s?(?:insert|add|enter|your|name|date|figure|number|tbc|tba|to\sbe)\b[^\]>}]{0,60}[\]>}]
    | \blorem\sipsum\b
    | \#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _residue(text: str) -> Iterator[str]:
    for match in _RESIDUE.finditer(text):
        yield f"\u201c{match[0]}\u201d is still to be filled in."


_HANGING = re.compile(r"(?:\s(?:and|or|the|of|an|but|because|which|than|whilst|while)|[,;(])\s*$", re.IGNORECASE)
_LONG_ENOUGH = 25


def _breaks_off(text: str) -> Iterator[str]:
    if len(text) >= _LONG_ENOUGH and _HANGING.search(text):
        yield f"The text ends with \u201c{text.strip()[-24:].lstrip()}\u201d."


# -- What must not be published ----------------------------------------------------------------------------------------

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d.,])(?:\+44\s?\(?0?\)?\s?|0)(?:\d\s?){9,10}(?![\d.,]*\d)")


def _contacts(text: str) -> Iterator[str]:
    for match in _MAIL.finditer(text):
        yield f"The text holds an e-mail address: {match[0]}."
    for match in _PHONE.finditer(text):
        yield f"The text holds a telephone number: {match[0].strip()}."


X101 = TextRule(
    code="X101",
    severity="warning",
    title="A percentage in a text that is not its fraction",
    find=_percentages,
    remedy="Correct one of them.",
    trips="In all 31 of 37 audits (92%) were closed.",
    passes=(
        "In all 34 of 37 audits (92%) were closed.",
        "8% (34/37 were closed)",
        "3 of the 12 posts, 40% of the budget",
    ),
)
X102 = TextRule(
    code="X102",
    severity="warning",
    title="A date in a text that there is not",
    find=_dates,
    remedy="Correct the date.",
    trips="The plan runs to 31 June 2031.",
    passes=("The plan runs to 30 June 2031.", "Version 3.14.2031 of 29 February 2028", "by 03/31/2031"),
    sure="certain",
)
X103 = TextRule(
    code="X103",
    severity="warning",
    title="What a template left standing in a text",
    find=_residue,
    remedy="Fill it in, or take it out.",
    trips="Satisfaction rose to X% in the quarter.",
    passes=("Satisfaction rose to 81% in the quarter.", "Xmas closure, 20 x 20 mph zones, 5 x 40%"),
)
X104 = TextRule(
    code="X104",
    severity="info",
    title="A text that breaks off",
    find=_breaks_off,
    remedy="Finish the sentence.",
    trips="Two officers were away in August and",
    passes=("Two officers were away in August.", "Two officers were away and the third one joined in"),
)
X105 = TextRule(
    code="X105",
    severity="warning",
    title="An e-mail address or a telephone number in a text that is published",
    find=_contacts,
    remedy="Name a role or a team instead.",
    trips="Ask the team at housing@council.example for the list.",
    passes=("The list is with the housing team.", "Spent 01234 of 567890123 pounds"),
)

TEXT_RULES: tuple[TextRule, ...] = (X101, X102, X103, X104, X105)


def text_findings(
    texts: Mapping[str, str],
    measure: str,
    *,
    file: str = "",
    sheet: str = "",
    cells: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Every finding about the texts of a row, by the key of their column; `cells` gives their addresses."""
    found = []
    for column, text in texts.items():
        for rule in TEXT_RULES if text else ():
            for said in rule.find(text):
                cell = cells.get(column, "")
                found.append(Finding(rule.code, rule.severity, file, sheet, cell, measure, said, "", rule.remedy))
    return tuple(found)
