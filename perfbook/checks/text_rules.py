"""Family X, what texts say: rules that read a commentary, a recovery action or an update. Not live: for the collector.

Each looks for one thing that is wrong whatever the text is about, and rather keeps silent than guesses. Nearly every
text has nothing of the kind, so each begins with what is soon seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from perfbook.checks.rule import Sure
from perfbook.checks.said import Said, small
from perfbook.framework.model import Measure, Unit
from perfbook.records import Finding, Severity
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.numfmt import display


@dataclass(frozen=True)
class Facts:
    """What a text may be about: the figures of its row, as shown (None where there is none)."""

    measure: Measure
    figure: Decimal | None = None
    earlier: Decimal | None = None
    last_year: Decimal | None = None
    target: Decimal | None = None

    def shown(self, figure: Decimal) -> str:
        """A figure as the measure shows it."""
        return display(figure, self.measure.number_format)


@dataclass(frozen=True)
class TextRule:
    """One check of a text. `find` gives what is wrong, in sentences. `trips` and `passes` are kept examples.

    `find` reads a text, taken apart, and what it may be about: None for a text that is about no figure. `about` is what
    the examples are about.
    """

    code: str
    severity: Severity
    title: str
    find: Callable[[Said, Facts | None], Iterable[str]]
    remedy: str
    trips: str
    passes: tuple[str, ...]
    sure: Sure = "likely"
    about: Facts | None = None


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


# How each begins or ends: in outline, and where it has the dash that an outline leaves out.
_SIGNED = re.compile(r"0(?:(?<=[(,-]0)[0.]*(?:%|percent)|(?<=%[(,-]0)|(?<=cent[(,-]0))")
_DASHED = re.compile(r"\u2013\s?\d")


def _percentages(told: Said, _: Facts | None) -> Iterable[str]:
    text, lower = told.text, told.lower
    if "%" not in text and "cent" not in lower:
        return ()
    outline = told.outline
    if "of0" not in outline and "/0" not in outline and "ofthe0" not in outline:
        return ()
    return _not_their_fractions(text) if _SIGNED.search(outline) or _DASHED.search(text) else ()


def _not_their_fractions(text: str) -> Iterator[str]:
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
# How the first begins, in small letters, and how both do in outline; every month has these days.
_MONTH = "|".join(month[:3] for month in _MONTHS)
_BEFORE_MONTH = re.compile(rf"[0-9][0-9]?(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTH})")
_ANY_DAY = re.compile(rf"0(?=[/.snrtojfmad])(?:[/.]00?[/.]0000|(?:st|nd|rd|th)?(?:of)?(?:{_MONTH}))")
_EVERY_MONTH = range(1, 29)


def _dates(told: Said, _: Facts | None) -> Iterable[str]:
    if not _ANY_DAY.search(told.outline):
        return ()
    text = told.text
    for found in _BEFORE_MONTH.findall(told.lower):
        if int(found[:2] if found[1].isdigit() else found[0]) not in _EVERY_MONTH:
            return _no_days(text)
    return _no_days(text) if "/20" in text or ".20" in text else ()


def _no_days(text: str) -> Iterator[str]:
    for match in _WRITTEN.finditer(text):
        month = _MONTHS.index(small(match["month"])) + 1
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
    | (?-i:\b(?:with|by|to|of|from|at|about|around|over|under|and|was|were|is|are|than|some)\s(?=XX)
      X{2,4}(?=\s[a-z]|[,.;]|\s?$))                            # with XX received
    | [\[<{]\s?(?:insert|add|enter|your|name|date|figure|number|tbc|tba|to\sbe)\b[^\]>}]{0,60}[\]>}]
    | \blorem\sipsum\b
    | \bplease\s(?:briefly\s)?(?:explain|describe|summarise|enter|type|insert|state|provide)\s[^.?!]{0,60}
    | \bclick\s(?:here|or\stap)\sto\s(?:enter|add)\b[^.]{0,20}
    | \(max(?:imum)?\.?\s(?:of\s)?\d{1,4}\s(?:words|characters)\)
    | \#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)
    """,
    re.VERBOSE | re.IGNORECASE,
)


# What one of them holds, in small letters, where no bracket stands.
_POUNDS = re.compile(r"£\s?x")


def _residue(told: Said, _: Facts | None) -> Iterable[str]:
    lower = told.lower
    if (
        ("[" in lower or "<" in lower or "{" in lower or "#" in lower or "(max" in lower or "xx" in lower)
        or ("please" in lower or "lorem" in lower or "click " in lower)
        or ("x%" in told.outline or ("£" in lower and _POUNDS.search(lower)))
    ):
        return _unfilled(told.text)
    return ()


def _unfilled(text: str) -> Iterator[str]:
    for match in _RESIDUE.finditer(text):
        yield f"\u201c{match[0]}\u201d is still to be filled in."


_HANGING = re.compile(
    r"(?:\s(?:and|or|the|of|an|but|because|which|than|whilst|while|to|with|for|from|that|their|our|its|a|will|had|into"
    r"|(?:had|has|have|will) not)|[,;(])\s*$",
    re.IGNORECASE,
)
_LONG_ENOUGH = 25
# How its last word or sign ends.
_HANGS: tuple[str, ...] = (
    "and",
    "or",
    "the",
    "of",
    "an",
    "but",
    "because",
    "which",
    "than",
    "whilst",
    "while",
    ",",
    ";",
    "(",
)
_HANGS += (" to", " with", " for", " from", " that", " their", " our", " its", " a", " will", " had", " into", " not")
_LONGEST_WORD = len(" because ")


def _breaks_off(told: Said, _: Facts | None) -> Iterable[str]:
    text = told.text
    ended = told.lower.rstrip()
    # Nothing stands under a heading, however short it is.
    is_heading = ended.endswith(":")
    if not is_heading and (len(text) < _LONG_ENOUGH or not ended.endswith(_HANGS)):
        return ()
    if not is_heading and not _HANGING.search(text.rstrip()[-_LONGEST_WORD:]):
        return ()
    return (f"The text ends with \u201c{text.strip()[-24:].lstrip()}\u201d.",)


# -- What must not be published ----------------------------------------------------------------------------------------

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d.,])(?:\+44\s?\(?0?\)?\s?|0)(?:\d\s?){9,10}(?![\d.,]*\d)")


# What the second holds.
_CALLED = re.compile(r"0(?:\d\s?){9}")
_TEN_DIGITS = "0" * 10


def _contacts(told: Said, _: Facts | None) -> Iterable[str]:
    text = told.text
    if "@" in text or "+44" in text or (_TEN_DIGITS in told.outline and _CALLED.search(told.lower)):
        return _addresses(text)
    return ()


def _addresses(text: str) -> Iterator[str]:
    for match in _MAIL.finditer(text) if "@" in text else ():
        yield f"The text holds an e-mail address: {match[0]}."
    for match in _PHONE.finditer(text):
        yield f"The text holds a telephone number: {match[0].strip()}."


# -- Words against the figures of the row ------------------------------------------------------------------------------

_UP = r"rose|risen|increased|grew|grown|went up|gone up|climbed|(?:is|are) (?:up|rising|increasing|growing)"
_DOWN = r"fell|fallen|decreased|declined|dropped|went down|gone down|(?:is|are) (?:down|falling|decreasing|declining)"
_ADVERB = r"(?:\s(?:slightly|gradually|steadily|sharply|markedly|significantly|again|further|also))?"
_MOVED = re.compile(
    rf"^(?:overall,?\s|the\s|our\s|this\s)*(?P<subject>[a-z][a-z-]+(?:\s[a-z-]+){{0,3}}?)(?:\s(?:has|have))?{_ADVERB}"
    rf"\s(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b",
    re.IGNORECASE,
)
# What the figure itself is called; else the subject has to be a word of the measure's title.
_ITSELF = frozenset({"figure", "rate", "percentage", "proportion", "number", "total", "result", "volume", "it"})


# What each of the words of a direction begins with, in small letters.
_UPWARDS: tuple[str, ...] = ("rose", "risen", "rising", "increas", "grew", "grow", " up", "climbed")
_DOWNWARDS: tuple[str, ...] = ("fell", "fall", "decreas", "declin", "dropped", "down")


def _direction(told: Said, facts: Facts | None) -> Iterable[str]:
    if facts is None:
        return ()
    figure, earlier, last_year = facts.figure, facts.earlier, facts.last_year
    if figure is None or earlier is None or last_year is None:
        return ()
    # Contrary to both comparisons, so that it does not matter which one is meant.
    if figure > earlier and figure > last_year:
        contrary = _DOWNWARDS
    elif figure < earlier and figure < last_year:
        contrary = _UPWARDS
    else:
        return ()
    lower = told.lower
    for part in contrary:
        if part in lower:
            break
    else:
        return ()
    match = _MOVED.match(told.text.lstrip())
    if not match or bool(match["up"]) != (contrary is _UPWARDS) or not _is_about(match["subject"], facts.measure):
        return ()
    shown = [facts.shown(each) for each in (figure, earlier, last_year)]
    return (
        f"The text says \u201c{match[0]}\u201d, but the figure is {shown[0]}, after {shown[1]} in the period "
        f"before and {shown[2]} in the same period last year.",
    )


def _is_about(subject: str, measure: Measure) -> bool:
    words = subject.lower().split()
    title = {_stem(word) for word in re.findall(r"[a-z]+", measure.title.lower())}
    return words[-1] in _ITSELF or (len(words[-1]) > 3 and all(_stem(word) in title for word in words))


def _stem(word: str) -> str:
    return word.rstrip("s")


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


_AGAINST = re.compile(
    r"(?:^|[.;]\s)(?:the\s|our\s)?(?:performance|figure|result|rate|it|this)\s(?:is|remains)\s(?:currently\s|now\s|still\s)?"
    r"(?:(?P<little>just|slightly|marginally|a little)\s|well\s)?(?P<side>above|below|under|over)"
    r"\s(?:the\s|its\s|our\s)?target\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"(?:^|[.;,]\s|\swith\s|\sand\s)(?:the\s|our\s|overall\s)?(?:performance|figure|result|we)\s"
    r"(?:(?:is|was|are|were|has been|have been|remains?|remained)\s)?(?:again\s|now\s|still\s|well\s|just\s){0,2}"
    r"(?:(?P<good>ahead of|above|better than)|(?P<bad>behind|below|short of|worse than))"
    r"\s(?:the\s|our\s|its\s)?target\b(?!\s(?:in|for|of|at|during|last|by|until|only)\b)",
    re.IGNORECASE,
)
_MET = re.compile(
    r"(?:^|[.;]\s)(?:(?:(?:the|our|this)\s(?:quarterly\s|quarter's\s)?target\s(?:was|has been|is)"
    r"|(?:the\s)?(?:we|service|team|performance)(?:\shas|\shave)?)\s(?P<not>not\s)?"
    r"(?:again\s|also\s|comfortably\s|narrowly\s|just\s|once more\s)?(?P<word>met|achieved|exceeded|reached|missed)"
    r"(?P<our>\s(?:the|our|its)\s(?:quarterly\s)?target)?)\b"
    r"(?!\s(?:for|of|at|only|last|every|until|except|before|by\s(?:one|two|three|some|most)|in\s(?!spite|full|the\squarter)))",
    re.IGNORECASE,
)
# By so much of itself a target is missed by more than a little.
_NOT_A_LITTLE = Decimal("0.1")


def _target(told: Said, facts: Facts | None) -> Iterable[str]:
    # A cumulative figure may be measured against the year.
    if facts is None or facts.measure.polarity not in ("higher", "lower") or "target" not in told.lower:
        return ()
    if facts.figure is None or facts.target is None or facts.measure.calculation == "cumulative":
        return ()
    return _other_sides(told.text, facts, facts.figure, facts.target)


def _other_sides(text: str, facts: Facts, reached: Decimal, aim: Decimal) -> Iterator[str]:
    is_higher = facts.measure.polarity == "higher"
    is_met = reached >= aim if is_higher else reached <= aim
    # Where lower is better, below target may mean either.
    for match in _AGAINST.finditer(text) if is_higher else ():
        side = 1 if match["side"].lower() in ("above", "over") else -1
        is_far = match["little"] and abs(reached - aim) > _NOT_A_LITTLE * abs(aim)
        if is_far or _sign(reached - aim) not in (side, 0):
            yield _on_which_side(match[0], facts, reached, aim)
    known = [match.span() for match in _AGAINST.finditer(text)]
    for match in _AHEAD.finditer(text):
        # Whether `above` and `below` are good is not said where lower is better.
        is_plain = match["good"] or match["bad"]
        sure = is_higher or is_plain.lower() in ("ahead of", "better than", "behind", "worse than", "short of")
        if (
            sure
            and bool(match["good"]) != is_met
            and reached != aim
            and not any(a < match.end() <= b for a, b in known)
        ):
            yield _on_which_side(match[0], facts, reached, aim)
    for match in _MET.finditer(text):
        named = match["our"] or "target" in match[0].lower()
        is_exceeded = match["word"].lower() == "exceeded" and not is_higher
        if named and not is_exceeded and is_met != ((match["word"].lower() == "missed") == bool(match["not"])):
            yield _on_which_side(match[0], facts, reached, aim)


def _on_which_side(said: str, facts: Facts, reached: Decimal, aim: Decimal) -> str:
    figure, target = facts.shown(reached), facts.shown(aim)
    return f"The text says \u201c{said.strip(' .;')}\u201d, but the figure is {figure} and the target {target}."


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
    passes=(
        "Satisfaction rose to 81% in the quarter.",
        "Xmas closure, 20 x 20 mph zones, 5 x 40%",
        "Residents were pleased, and the leaflet says “please report it”.",
    ),
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

_EXAMPLE = Facts(
    Measure("example", "EX1", "Tenants satisfied with repairs", "", "", Unit("percent", "percent"), 1, "higher"),
    figure=Decimal("0.812"),
    earlier=Decimal("0.794"),
    last_year=Decimal("0.785"),
    target=Decimal("0.85"),
)
X106 = TextRule(
    code="X106",
    severity="warning",
    title="A word of direction against the movement of the figure",
    find=_direction,
    remedy="Correct the text or the figure.",
    trips="The figure has fallen slightly since the summer.",
    passes=("The figure has risen slightly since the summer.", "Demand has fallen since the summer."),
    sure="possible",
    about=_EXAMPLE,
)
X107 = TextRule(
    code="X107",
    severity="warning",
    title="What a text says of the target against the figure",
    find=_target,
    remedy="Correct the text or the figure.",
    trips="Performance is just above target.",
    passes=(
        "Performance is just below target.",
        "Repairs in the north are above target.",
        "The target was not met. The target was met in May.",
    ),
    about=_EXAMPLE,
)

TEXT_RULES: tuple[TextRule, ...] = (X101, X102, X103, X104, X105, X106, X107)


def text_findings(
    texts: Mapping[str, str],
    measure: str,
    facts: Facts | None = None,
    *,
    file: str = "",
    sheet: str = "",
    cells: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Every finding about the texts of a row, by the key of their column; `cells` gives their addresses.

    `facts` are the figures that the texts are about, None for a text that is about none.
    """
    found = []
    for column, text in texts.items():
        if not text:
            continue
        told = Said(text)
        for rule in TEXT_RULES:
            for words in rule.find(told, facts):
                cell = cells.get(column, "")
                found.append(Finding(rule.code, rule.severity, file, sheet, cell, measure, words, "", rule.remedy))
    return tuple(found)
