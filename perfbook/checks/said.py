"""A text taken apart once, for all the rules that read it.

Most rules look for what most texts do not hold. So what is cheap to see comes first: `lower` is there at once, and
`in` on it costs a twentieth of a regular expression; `words`, `sentences` and the rest are worked out when a rule
asks for them and kept as long as the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from unicodedata import decimal

from perfbook._once import kept
from perfbook.checks.signs import marks_in, signs_of, words_in

__all__ = [
    "DIGITS",
    "Said",
    "few",
    "has_word",
    "listed",
    "long_words",
    "matches_at",
    "numerals_in",
    "outline_of",
    "short",
    "small",
]

_DIGIT, _ANY_DIGIT = re.compile(r"[0-9]"), re.compile(r"\d")
_LONG_WORD = re.compile(r"[a-z]{4,}")
_NUMBER = re.compile(r"\d+")
# A figure: with thousands parted by commas, or plain.
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_FIGURE = re.compile(DIGITS.encode())
# What expressions take for these letters when capitals do not matter, though their small forms are others.
_FOLDED = {"\u017f": "s", "\u0130": "i", "\u0131": "i"}
# A sign that is neither of Latin-1, whose small forms are their own, nor one that writers of English use besides.
_STRANGE = re.compile("[^\x00-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026]")
# Every letter of Latin-1 as a small one, which is as `lower` has it.
_TO_SMALL = bytes(ord(chr(code).lower()) for code in range(256))
# Every digit as nought; and everything as a space but digits, and the points and commas in them.
_TO_NOUGHT = bytes(48 if 48 <= code < 58 else code for code in range(256))
_LEFT_OUT = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_ALL_BUT = {
    kept: bytes(code if 48 <= code < 58 or code in kept else 32 for code in range(256))
    for kept in (b"", b".", b",", b".,")
}
# The full stop of `c. 2,000` ends no sentence.
_SENTENCE = re.compile(r"(?<=[.;!?])(?<!\sc\.)\s+|\n+")
_STOP = re.compile(r"[.;!?](?<!\sc\.)\s+")
_SPELT_SHARE = re.compile(r"\bper ?cent|\b(?:half|third|quarter)s?\b", re.IGNORECASE)


class Said:
    """A text, or one sentence of it, with what rules ask of it.

    `lower` is the text in small letters, sign by sign: digits of other scripts are ASCII's there.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower() if text.isascii() else _small(text)

    @kept
    def digit(self) -> int:
        """The place of its first digit; -1 where it has none."""
        # In small letters digits of other scripts are such, too; seldom are those longer than the text.
        first = _DIGIT.search(self.lower)
        if first and len(self.lower) != len(self.text):
            first = _ANY_DIGIT.search(self.text)
        return first.start() if first else -1

    @kept
    def figures(self) -> tuple[float, ...]:
        """What stands in it in digits (`numerals_in`)."""
        return numerals_in(self.lower, self.outline)

    @kept
    def outline(self) -> str:
        """Its small letters and signs of ASCII without spaces, with a nought for every digit.

        Whether a figure stands behind a word or a sign is seen in it at once: `to0`, `%(0`.
        """
        return outline_of(self.lower)

    @property
    def beginning(self) -> str:
        """Its first letters as far as a number: two texts that differ there differ in more than numbers."""
        return self.outline[:12].partition("0")[0]

    @kept
    def words(self) -> frozenset[str]:
        """Its words in small letters, as far as they are of letters of ASCII."""
        return frozenset(words_in(self.lower))

    @kept
    def marks(self) -> set[str]:
        """Those of its words that rules look for (`checks.signs`)."""
        return marks_in(self.lower)

    @kept
    def signs(self) -> int:
        """The signs of its words (`checks.signs`)."""
        return signs_of(self.marks)

    @kept
    def sentences(self) -> tuple[Said, ...]:
        """Its sentences: what full stops, semicolons and new lines part."""
        parts = _sentences(self.text)
        return tuple(map(Said, parts)) if len(parts) > 1 else (self,)

    @kept
    def has_figure(self) -> bool:
        """Whether a figure may stand in it: a digit, or a share in words."""
        lower = self.lower
        return self.digit >= 0 or (
            ("cent" in lower or "half" in lower or "third" in lower or "quarter" in lower)
            and bool(_SPELT_SHARE.search(self.text))
        )

    @kept
    def shape(self) -> str:
        """The text with a sign for every number."""
        return _NUMBER.sub("#", self.text) if self.digit >= 0 else self.text

    @property
    def bare(self) -> str:
        """What texts share whose `plain` is the same, and few others do: less work than that."""
        folded = self.lower if self.text.isascii() else self.text.casefold()
        return self.outline if folded == self.lower else outline_of(folded)

    @kept
    def plain(self) -> str:
        """The text whatever its capitals and spaces."""
        return alike(self.text)


def alike(text: str) -> str:
    """A text whatever its capitals and spaces: the same of texts that say the same word for word."""
    # Of plain letters and with single spaces alone, as most are, it is what it is.
    is_tidy = text.isascii() and text.isprintable() and "  " not in text and text == text.strip()
    return text.casefold() if is_tidy else " ".join(text.casefold().split())


def small(text: str) -> str:
    """A text in small letters, sign by sign, as expressions take them when capitals do not matter."""
    return text.lower() if text.isascii() else _small(text)


def _small(text: str) -> str:
    try:
        return text.encode("latin-1").translate(_TO_SMALL).decode("latin-1")
    except UnicodeEncodeError:
        return _sign_by_sign(text) if _STRANGE.search(text) else text.lower()


def _sign_by_sign(text: str) -> str:
    return "".join([str(decimal(sign)) if sign.isdecimal() else _FOLDED.get(sign, sign) for sign in text]).lower()


def outline_of(lower: str) -> str:
    """The outline of a text in small letters (`Said.outline`)."""
    return lower.encode("ascii", "ignore").translate(_TO_NOUGHT, _LEFT_OUT).decode()


def numerals_in(lower: str, outline: str) -> tuple[float, ...]:
    """What stands in digits in a text in small letters, each by itself, whatever it is a part of (`DIGITS`)."""
    pointed, parted = ".0" in outline, ",0" in outline
    kept = (b".," if pointed else b",") if parted else b"." if pointed else b""
    found = lower.encode("ascii", "replace").translate(_ALL_BUT[kept])
    if pointed:
        found = found.replace(b". ", b" ").rstrip(b"., ")
    if parted:
        found = found.replace(b", ", b" ").rstrip(b"., ")
        parted = b"," in found
    parts = found.split()
    if not parted:
        try:
            return tuple(map(float, parts))
        except ValueError:  # two points in a row, or one at the end
            pass
    figures: list[float] = []
    for part in parts:
        if part.isdigit():
            figures.append(float(part))
        elif len(part) < 8 and part[-4:-3] == b"," and (part[:-4] + part[-3:]).isdigit():
            figures.append(float(part[:-4] + part[-3:]))
        else:
            figures += [float(each.replace(b",", b"")) for each in _FIGURE.findall(part)]
    return tuple(figures)


def _sentences(text: str) -> list[str]:
    if "\n" in text:
        return _SENTENCE.split(text)
    # The same, without a look at every place: a printable text has no spaces of another kind, and no nought sign.
    if "  " not in text and text.isprintable():
        parted = text.replace(". ", ".\0")
        if " c.\0" in parted:
            parted = parted.replace(" c.\0", " c. ")
        for mark in ";!?":
            if mark in parted:
                parted = parted.replace(f"{mark} ", f"{mark}\0")
        return parted.split("\0")
    start, found = 0, []
    for match in _STOP.finditer(text):
        found.append(text[start : match.start() + 1])
        start = match.end()
    return [*found, text[start:]]


@lru_cache(maxsize=4096)
def long_words(title: str) -> frozenset[str]:
    """The words of four letters or more of a title, in small letters."""
    return frozenset(_LONG_WORD.findall(title.lower()))


def words_from(text: str, start: int, end: int) -> str:
    """The part of a text between two places, with the word whole in which it starts."""
    return text[text.rfind(" ", 0, max(0, start)) + 1 : end].strip()


def short(text: str, most: int = 90) -> str:
    """The beginning of a text of more signs than a finding quotes."""
    return text if len(text) <= most else f"{text[: most - 2]}\u2026"


def few(names: Sequence[str]) -> list[str]:
    """Names as a finding lists them: of more than five the first four and how many there are besides."""
    return list(names) if len(names) <= 5 else [*names[:4], f"{len(names) - 4} more"]


def listed(names: Sequence[str]) -> str:
    """Names as a finding lists them, in words: “A, B and C”; of many “A, B, C, D and 3 more”."""
    *others, last = few(names)
    return f"{', '.join(others)} and {last}" if others else last


def has_word(lower: str, word: str) -> bool:
    """Whether a text in small letters holds a word, and not only within another: as `\\bword\\b` would find it."""
    place = lower.find(word)
    while place >= 0:
        before, after = lower[place - 1 : place], lower[place + len(word) : place + len(word) + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return True
        place = lower.find(word, place + 1)
    return False


def matches_at(pattern: re.Pattern[str], told: Said, part: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern that begins with `part`, which is in small letters, as `finditer` would give them."""
    lower = told.lower
    if len(lower) != len(told.text):
        # A letter whose small form is longer: the places in the two are not the same.
        yield from pattern.finditer(told.text)
        return
    place = lower.find(part)
    while place >= 0:
        match = pattern.match(told.text, place)
        if match:
            yield match
        place = lower.find(part, match.end() if match else place + 1)
