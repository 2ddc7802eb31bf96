"""Figures in running text, in the forms that people write: `1,276`, `c. 2,000`, `£3.2m`, `240k`, `3-4`, `10 to 15%`,
`14 of the 35`, `two thirds`, `eight areas`, `22 per cent`. Dates, periods and references are no figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from perfbook.checks.across.dates import days_in

Kind = Literal["number", "percent", "money", "points", "per"]


@dataclass(frozen=True)
class Number:
    """A figure in a text. `low` and `high` differ in ranges alone; `half` is by how much it may be rounded; `after` is
    the word that follows it, `start` and `end` are its place."""

    text: str
    start: int
    end: int
    low: Decimal
    high: Decimal
    kind: Kind
    half: Decimal
    approximate: bool = False
    after: str = ""

    @property
    def value(self) -> Decimal:
        """The figure; the middle of a range."""
        return (self.low + self.high) / 2

    def holds(self, figure: Decimal, half: Decimal = Decimal(0)) -> bool:
        """Whether it may stand for a figure, which itself may be rounded by `half`."""
        room = max(self.half, abs(figure) / 20 if self.approximate else Decimal(0)) + half
        return self.low - room <= figure <= self.high + room


@dataclass(frozen=True)
class Share:
    """A part of a whole in a text: `14 of the 35`, `3/6`, `Three of the four`."""

    text: str
    start: int
    end: int
    part: Decimal
    whole: Decimal


_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
_UNITS += ["seventeen", "eighteen", "nineteen", "twenty"]
_WORDS = {word: Decimal(number) for number, word in enumerate(_UNITS)}
_WORDS |= {
    word: Decimal(10 * number)
    for number, word in enumerate(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=3)
}
_WORDS |= {"both": Decimal(2), "a dozen": Decimal(12), "no": Decimal(0), "none": Decimal(0)}
# What are figures only where a thing that is counted follows.
_ONLY_COUNTING = frozenset({"one", "no", "none", "both"})
_FRACTIONS = {
    "half": (1, 2),
    "a third": (1, 3),
    "one third": (1, 3),
    "two thirds": (2, 3),
    "a quarter": (1, 4),
    "one quarter": (1, 4),
    "three quarters": (3, 4),
    "a fifth": (1, 5),
    "one fifth": (1, 5),
}
_SCALES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_WORD = "|".join(sorted((word for word in _WORDS), key=len, reverse=True))
_ABOUT = (
    r"(?P<about>(?:\b(?:c\.?|circa|ca\.|about|around|approx\.?|approximately|roughly|nearly|almost|some"
    r"|just (?:over|under)"
    r"|over|under|more than|less than|at least|up to)|~)\s?)?"
)
_FIGURE = re.compile(
    rf"{_ABOUT}(?P<pounds>£\s?)?(?P<low>{DIGITS})(?P<scale1>\s?(?:k|m|mn|bn|thousand|million|billion)\b)?"
    rf"(?:\s?(?P<first>%|per ?cent))?(?:\s?(?:-|\u2013|\bto\b)\s?£?(?P<high>{DIGITS}))?"
    r"(?P<scale>\s?(?:k|m|mn|bn|thousand|million|billion)\b)?"
    r"\+?(?P<percent>\s?(?:%|per ?cent\b|percentage points?\b|ppts?\b|pp\b|points?\b))?"
    r"(?P<per>\s+per\s+(?:[\d,]+k?|head)\b)?",
    re.IGNORECASE,
)
_SPELT = re.compile(rf"{_ABOUT}\b(?P<word>{'|'.join(_FRACTIONS)}|{_WORD})\b(?!-)", re.IGNORECASE)
_AFTER = re.compile(r"\s*\(?([A-Za-z][A-Za-z-]*)")
# References, periods, times, versions: not figures.
_NOT = re.compile(
    r"\bQ(?:tr|uarter)?\.?\s?[1-4]\b|\bquarters? (?:[1-4]|one|two|three|four)\b|\b(?i:year|phase|stage|level|wave|item"
    r"|page|table|section|version|tier|grade|band|key stage|KS|ward|unit|block|part|priority|strand)s?\s?\d[\d./]*\b"
    r"|\b[A-Z]{1,5}[ .]?\d+[a-z]?\b|\b\d{1,2}[.:]\d\d\s?(?:am|pm|hrs)?\b(?=\s?(?:am|pm|hrs))"
    r"|\b20\d\d\s?[-/\u2013]\s?(?:20)?\d\d\b|\b(?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b\d+\s?[-\u2013]\s?\d+\s?(?:year|yr)|\b0\d{3,}\b"
)
_YEARS = re.compile(r"\b(\d\d)/(\d\d)\b")
_OPEN = re.compile(r"[\w.,/£:-]$")
_CLOSED = re.compile(r"^(?:[\w/]|[.,:-]\d)")
_PER = re.compile(r"\d[\d,]*k?", re.IGNORECASE)


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[Number, ...]:
    """The figures of a text, in its order."""
    masked = _masked(text)
    found = [number for match in _FIGURE.finditer(masked) if (number := _figure(masked, match))]
    if re.search(r"[a-z]", masked, re.IGNORECASE):
        found += [number for match in _SPELT.finditer(masked) if (number := _spelt(masked, match))]
    return tuple(sorted(found, key=lambda each: each.start))


def _masked(text: str) -> str:
    """The text with dates, periods and references blanked, so that places stay what they are."""
    for day in days_in(text):
        text = text[: day.place] + " " * len(day.text) + text[day.place + len(day.text) :]
    text = _NOT.sub(lambda match: " " * len(match[0]), text)
    return _YEARS.sub(lambda match: " " * len(match[0]) if _follow(match[1], match[2]) else match[0], text)


def _follow(first: str, second: str) -> bool:
    """Whether `23/24` is a year."""
    return (int(second) - int(first)) % 100 == 1


def _figure(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.start("pounds") if match["pounds"] else match.start("low"), match.end()
    if _OPEN.search(text[max(0, start - 1) : start]) or _CLOSED.match(text[end : end + 2]):
        return None
    scale = _scale(match["scale"] or match["scale1"])
    low = Decimal(match["low"].replace(",", ""))
    high = Decimal(match["high"].replace(",", "")) if match["high"] else low
    if high < low:
        return None
    percent = (match["percent"] or match["first"] or "").strip().lower()
    kind: Kind = "money" if match["pounds"] else "number"
    if percent:
        kind = "percent" if percent in ("%", "per cent", "percent") else "points"
    elif match["per"] and _PER.search(match["per"]):
        kind = "per"
    places = len(match["low"].partition(".")[2])
    half = Decimal(5).scaleb(scale - places - 1)
    words = _AFTER.match(text[end:])
    return Number(
        text[match.start() : end].strip(),
        start,
        end,
        low.scaleb(scale),
        high.scaleb(scale),
        kind,
        half,
        bool(match["about"]),
        words[1].lower() if words else "",
    )


def _scale(word: str | None) -> int:
    return _SCALES[word.strip().lower()] if word else 0


def _spelt(text: str, match: re.Match[str]) -> Number | None:
    word = match["word"].lower()
    words = _AFTER.match(text[match.end() :])
    after = words[1].lower() if words else ""
    if word in _FRACTIONS:
        top, bottom = _FRACTIONS[word]
        share = Decimal(100 * top) / bottom
        return Number(
            match[0].strip(), match.start("word"), match.end(), share, share, "percent", Decimal(5), True, after
        )
    if word in _ONLY_COUNTING and not after.endswith("s"):
        return None
    value = _WORDS[word]
    return Number(
        match[0].strip(),
        match.start("word"),
        match.end(),
        value,
        value,
        "number",
        Decimal(0),
        bool(match["about"]),
        after,
    )


_COUNT = rf"\d{{1,3}}(?:,\d{{3}})+|\d+|{_WORD}"
_SHARE = re.compile(
    rf"(?<![\d/.,£])\b(?P<part>{_COUNT})\s?(?:/|\bout of\b|\bof\b)\s?(?:the\s|a total of\s)?"
    rf"(?P<whole>{_COUNT})(?![\d/%,]|\.\d)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def shares_in(text: str) -> tuple[Share, ...]:
    """The parts of a whole that a text gives."""
    masked = _masked(text)
    found = []
    for match in _SHARE.finditer(masked):
        part, whole = count_of(match["part"]), count_of(match["whole"])
        if part is not None and whole and part <= whole:
            found.append(Share(match[0], match.start(), match.end(), part, whole))
    return tuple(found)


def count_of(text: str) -> Decimal | None:
    """The number that digits or a word stand for; None for anything else."""
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    plain = word.replace(",", "")
    return Decimal(plain) if re.fullmatch(r"\d+(?:\.\d+)?|\.\d+", plain) else None
