"""A text taken apart once, for all the rules that read it.

Most rules look for what most texts do not hold. So what is cheap to see comes first: `lower` is there at once, and
`in` on it costs a twentieth of a regular expression; `words`, `sentences` and the rest are worked out when a rule
asks for them and kept as long as the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["Said", "has_word", "long_words", "matches_at", "said"]

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[a-z][a-z]*")
_LONG_WORD = re.compile(r"[a-z]{4,}")
_NUMBER = re.compile(r"\d+")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
_STOP = re.compile(r"[.;!?]\s+")
_SPELT_SHARE = re.compile(r"\bper ?cent|\b(?:half|third|quarter)s?\b", re.IGNORECASE)


class Said:
    """A text, or one sentence of it, with what rules ask of it. `lower` is the text in small letters."""

    _digit: int | None = None
    _words: frozenset[str] | None = None
    _sentences: tuple[Said, ...] | None = None
    _has_figure: bool | None = None
    _shape: str | None = None
    _plain: str | None = None

    def __init__(self, text: str) -> None:
        self.text, self.lower = text, text.lower()

    @property
    def digit(self) -> int:
        """The place of its first digit; -1 where it has none."""
        if self._digit is None:
            first = _DIGIT.search(self.text)
            self._digit = first.start() if first else -1
        return self._digit

    @property
    def words(self) -> frozenset[str]:
        """Its words in small letters."""
        if self._words is None:
            self._words = frozenset(_WORD.findall(self.lower))
        return self._words

    @property
    def sentences(self) -> tuple[Said, ...]:
        """Its sentences: what full stops, semicolons and new lines part."""
        if self._sentences is None:
            parts = list(_sentences(self.text))
            self._sentences = tuple(map(Said, parts)) if len(parts) > 1 else (self,)
        return self._sentences

    @property
    def has_figure(self) -> bool:
        """Whether a figure may stand in it: a digit, or a share in words."""
        if self._has_figure is None:
            lower = self.lower
            self._has_figure = self.digit >= 0 or (
                ("cent" in lower or "half" in lower or "third" in lower or "quarter" in lower)
                and bool(_SPELT_SHARE.search(self.text))
            )
        return self._has_figure

    @property
    def shape(self) -> str:
        """The text with a sign for every number."""
        if self._shape is None:
            self._shape = _NUMBER.sub("#", self.text) if self.digit >= 0 else self.text
        return self._shape

    @property
    def plain(self) -> str:
        """The text whatever its capitals and spaces."""
        if self._plain is None:
            text = self.text
            # Of plain letters and with single spaces alone, as most are, it is what it is.
            is_tidy = text.isascii() and text.isprintable() and "  " not in text and text == text.strip()
            self._plain = text.casefold() if is_tidy else " ".join(text.casefold().split())
        return self._plain


def _sentences(text: str) -> Iterator[str]:
    if "\n" in text:
        yield from _SENTENCE.split(text)
        return
    # The same, without a look at every place.
    start = 0
    for match in _STOP.finditer(text):
        yield text[start : match.start() + 1]
        start = match.end()
    yield text[start:]


@lru_cache(maxsize=4096)
def said(text: str) -> Said:
    """A text taken apart; the same text again is the same object, as long as it is not long ago."""
    return Said(text)


@lru_cache(maxsize=4096)
def long_words(title: str) -> frozenset[str]:
    """The words of four letters or more of a title, in small letters."""
    return frozenset(_LONG_WORD.findall(title.lower()))


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
