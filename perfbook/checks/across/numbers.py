"""Figures in running text, in the forms that people write: `1,276`, `c. 2,000`, `£3.2m`, `240k`, `3-4`, `10 to 15%`,
`14 of the 35`, `two thirds`, `eight areas`, `22 per cent`. Dates, periods and references are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from string import ascii_letters
from typing import Literal

from perfbook._quick import quick
from perfbook.checks.across.dates import days_at, half_of, runs_in
from perfbook.checks.said import DIGITS, small
from perfbook.checks.signs import sign_of, words_in

Kind = Literal["number", "percent", "money", "points", "per"]
Runs = list[tuple[int, int]]


@quick
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
_WORD = "|".join(sorted((word for word in _WORDS), key=len, reverse=True))
# What says before a figure that it is rounded, the longest of it, and how its words end.
_ABOUT = re.compile(
    r"(?:\b(?:c\.?|circa|ca\.|about|around|approx\.?|approximately|roughly|nearly|almost|some"
    r"|just (?:over|under)"
    r"|over|under|more than|less than|at least|up to)|~)\s?\Z",
    re.IGNORECASE,
)
_ABOUT_LENGTH = len("approximately  ")
_ABOUT_ENDS = (
    *("c", "c.", "circa", "ca.", "about", "around", "approx", "approx.", "approximately", "roughly", "nearly"),
    *("almost", "some", "over", "under", "than", "at least", "up to", "~"),
)
_FIGURE = re.compile(
    r"(?P<pounds>£\s?)?"
    rf"(?P<low>{DIGITS})(?P<scale1>\s?(?:k|m|mn|bn|thousand|million|billion)\b)?"
    rf"(?:\s?(?P<first>%|per ?cent\b))?(?:\s?(?:-|\u2013|\bto\b)\s?£?(?P<high>{DIGITS}))?"
    r"(?P<scale>\s?(?:k|m|mn|bn|thousand|million|billion)\b)?"
    r"\+?(?P<percent>\s?(?:%|per ?cent\b|percentage points?\b|ppts?\b|pp\b|points?\b))?"
    r"(?P<per>\s+per\s+(?:[\d,]+k?|head)\b)?",
    re.IGNORECASE,
)
_SPELT = re.compile(rf"\b(?P<word>{'|'.join(_FRACTIONS)}|{_WORD})\b(?!-)", re.IGNORECASE)
_SPELT_WORDS = frozenset(word.rpartition(" ")[2] for word in (*_FRACTIONS, *_WORDS))
# Words that stand for a number behind another alone, with what they then are.
_PARTS = {
    last: [words for words in _FRACTIONS if words.endswith(f" {last}")]
    for last in ("third", "thirds", "quarter", "quarters", "fifth")
}
SPELT_FIRST = frozenset(word.partition(" ")[0] for word in (*_FRACTIONS, *_WORDS))
_TOKEN = re.compile(r"[a-z][a-z]*")
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
_SPELT_QUARTER = re.compile(r"quarters? (?:one|two|three|four)\b")
# Words that are numbered, as `_NOT` has them; and what may follow digits that are no figure.
_NUMBERED = frozenset(
    {"year", "phase", "stage", "level", "wave", "item", "page", "table", "section", "version", "tier", "grade", "band"}
    | {"ks", "k", "ward", "unit", "block", "part", "priority", "strand"}
)
_DASHES = frozenset("-\u2013")
_NO_FIGURE = frozenset(".:snrt") | _DASHES
_OPEN = frozenset("_.,/£:-")
_CLOSED = re.compile(r"[\w/]|[.,:-]\d")
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_PER = re.compile(r"\d[\d,]*k?", re.IGNORECASE)


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[Number, ...]:
    """The figures of a text, in its order."""
    masked, runs = _masked(text)
    found = _in_digits(masked, runs) if runs else []
    if _may_spell(masked.lower()):
        found += _in_words(masked)
        found.sort(key=lambda each: each.start)
    return tuple(found)


def _may_spell(lower: str) -> bool:
    """Whether a number may be written out in a text in small letters: a quarter of the year is none."""
    held = _SPELT_WORDS.intersection(words_in(lower))
    return bool(held) and (not held <= _PARTS.keys() or any(part in lower for word in held for part in _PARTS[word]))


# The words by which numbers are written out, each the last of its number, with what it stands for.
SPELT: tuple[tuple[float, str], ...] = (
    *((float(value), word.rpartition(" ")[2]) for word, value in _WORDS.items()),
    *((100 * top / bottom, word.rpartition(" ")[2]) for word, (top, bottom) in _FRACTIONS.items()),
)


IS_SPELT = sign_of(*(word for _, word in SPELT))


def spelt_in(marks: Set[str]) -> list[tuple[float, str]]:
    """Those of `SPELT` that are among the marks of texts."""
    return [each for each in SPELT if each[1] in marks]


def _in_digits(text: str, runs: Runs) -> list[Number]:
    found = []
    place = 0
    for run, _ in runs:
        if run < place:
            continue
        start = _begins(text, run, place)
        about = _about(text, place, start)
        if text[start] == "." and text[:start].lower().endswith(("c", "approx", "ca")):
            # The full stop of `c.` and no decimal point.
            shortened = _about(text, place, start + 1)
            start, about = (start + 1, shortened) if shortened >= 0 else (start, about)
        match = _FIGURE.match(text, start)
        if match:
            number = _figure(text, match, about)
            if number:
                found.append(number)
            place = match.end()
    return found


def _begins(text: str, run: int, least: int) -> int:
    """Where a figure begins whose first digits stand at a place: a point or a sign of money may stand before them."""
    start = run - 1 if run > least and text[run - 1] == "." else run
    money = start - 1 if start > least and text[start - 1].isspace() else start
    return money - 1 if money > least and text[money - 1] == "£" else start


def _in_words(text: str) -> Iterator[Number]:
    place = 0
    for match in _spelt_in(text):
        number = _spelt(text, match, _about(text, place, match.start()))
        if number:
            yield number
        place = match.end()


def _spelt_in(text: str) -> Iterator[re.Match[str]]:
    """Where `_SPELT` matches: it is tried at words with which one can begin, and not at every place."""
    lower = text.lower()
    if len(lower) != len(text):
        yield from _SPELT.finditer(text)
        return
    place = 0
    for token in _TOKEN.finditer(lower):
        start = token.start()
        match = _SPELT.match(text, start) if start >= place and token[0] in SPELT_FIRST else None
        if match:
            yield match
            place = match.end()


def _about(text: str, least: int, place: int) -> int:
    """Where the words begin that say of the figure at a place that it is rounded; -1 where there are none."""
    least = max(least, place - _ABOUT_LENGTH)
    before = text[least:place]
    before = before[:-1] if before[-1:].isspace() else before
    if not before.lower().endswith(_ABOUT_ENDS):
        return -1
    match = _ABOUT.search(text, least, place)
    return match.start() if match else -1


@lru_cache(maxsize=1024)
def _masked(text: str) -> tuple[str, Runs]:
    """The text with dates, periods and references blanked, so that places stay what they are; and its digits then."""
    runs = runs_in(text)
    blanked = text
    for day in days_at(text, runs) if runs else ():
        blanked = blanked[: day.place] + " " * len(day.text) + blanked[day.place + len(day.text) :]
    if "quarter" in blanked and _SPELT_QUARTER.search(blanked):
        blanked = _NOT.sub(lambda match: " " * len(match[0]), blanked)
    else:
        for start, end in _references(blanked, runs if blanked is text else runs_in(blanked)):
            blanked = blanked[:start] + " " * (end - start) + blanked[end:]
    if "/" in blanked:
        blanked = _YEARS.sub(lambda match: " " * len(match[0]) if _follow(match[1], match[2]) else match[0], blanked)
    return blanked, runs if blanked is text else runs_in(blanked)


def _references(text: str, runs: Runs) -> Iterator[tuple[int, int]]:
    """Where `_NOT` matches, by the digits that each holds: it is tried where one can begin, and not at every place."""
    place = 0
    for start, end in runs:
        if start < place:
            continue
        match = None
        word = _word_before(text, start, place)
        if word < start:
            stage = word - len("key ")
            if stage >= place and text[stage:word].lower() == "key ":
                match = _NOT.match(text, stage)
            match = match or _NOT.match(text, word)
        if match is None and _may_be_none(text, start, end):
            match = _NOT.match(text, start)
        if match:
            yield match.span()
            place = match.end()


def _word_before(text: str, place: int, least: int) -> int:
    """Where a word begins of which the digits at a place may be the number, such as `Q2`; the place itself if none."""
    end = place
    if end > least and text[end - 1].isspace():
        end -= 1
    if end > least and text[end - 1] == ".":
        end -= 1
    start = least + len(text[least:end].rstrip(ascii_letters))
    while start > least and text[start - 1].isalpha():
        start -= 1
    word = text[start:end]
    named = word.isupper() or word[:1] in ("Q", "q") or word.lower().removesuffix("s") in _NUMBERED
    return start if word and named else place


def _may_be_none(text: str, start: int, end: int) -> bool:
    """Whether digits may be those of a year, a time, an ordinal, an age or a number that begins with nought."""
    if end - start == 4 or (end - start > 4 and text[start] == "0"):
        return True
    after = text[end : end + 2]
    return after[:1] in _NO_FIGURE or (after[:1].isspace() and after[1:] in _DASHES)


def _follow(first: str, second: str) -> bool:
    """Whether `23/24` is a year."""
    return (int(second) - int(first)) % 100 == 1


def _figure(text: str, match: re.Match[str], about: int) -> Number | None:
    start, end = match.span()
    before = text[start - 1 : start]
    after = text[end : end + 1]
    if before in _OPEN or before.isalnum() or (after and not after.isspace() and _CLOSED.match(text, end)):
        return None
    pounds, first_low, first_scale, percent_first, high_said, last_scale, percent_last, per = match.groups()
    scale = _scale(last_scale or first_scale)
    low = Decimal(first_low.replace(",", ""))
    high = Decimal(high_said.replace(",", "")) if high_said else low
    if high < low:
        return None
    percent = (percent_last or percent_first or "").strip().lower()
    kind: Kind = "money" if pounds else "number"
    if percent:
        kind = "percent" if percent in ("%", "per cent", "percent") else "points"
    elif per and _PER.search(per):
        kind = "per"
    words = _AFTER.match(text, end)
    return Number(
        text[about if about >= 0 else start : end].strip(),
        start,
        end,
        low.scaleb(scale) if scale else low,
        high.scaleb(scale) if scale else high,
        kind,
        half_of(len(first_low.partition(".")[2]) - scale),
        about >= 0,
        words[1].lower() if words else "",
    )


def _scale(word: str | None) -> int:
    return _SCALES[small(word.strip())] if word else 0


def _spelt(text: str, match: re.Match[str], about: int) -> Number | None:
    word = small(match["word"])
    words = _AFTER.match(text, match.end())
    after = words[1].lower() if words else ""
    said = text[about if about >= 0 else match.start() : match.end()].strip()
    if word in _FRACTIONS:
        top, bottom = _FRACTIONS[word]
        share = Decimal(100 * top) / bottom
        return Number(said, match.start(), match.end(), share, share, "percent", Decimal(5), True, after)
    if word in _ONLY_COUNTING and not after.endswith("s"):
        return None
    value = _WORDS[word]
    return Number(said, match.start(), match.end(), value, value, "number", Decimal(0), about >= 0, after)


_COUNT = rf"\d{{1,3}}(?:,\d{{3}})+|\d+|{_WORD}"
_SHARE = re.compile(
    rf"(?<![\d/.,£])\b(?P<part>{_COUNT})\s?(?:/|\bout of\b|\bof\b)\s?(?:the\s|a total of\s)?"
    rf"(?P<whole>{_COUNT})(?![\d/%,]|\.\d)",
    re.IGNORECASE,
)
# What each of them holds, in small letters.
_SHARED = re.compile(rf"(?:/|of)\s?(?:the\s|a total of\s)?(?:{_COUNT})")


def may_give_share(lower: str) -> bool:
    """Whether a text in small letters may give a part of a whole: most do not, which is soon seen."""
    return bool(_SHARED.search(lower))


@lru_cache(maxsize=8192)
def shares_in(text: str) -> tuple[Share, ...]:
    """The parts of a whole that a text gives."""
    masked, _ = _masked(text)
    found = []
    for match in _SHARE.finditer(masked) if _SHARED.search(masked.lower()) else ():
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
    return Decimal(plain) if _PLAIN.fullmatch(plain) else None
