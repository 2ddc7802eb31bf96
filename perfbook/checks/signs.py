"""What the words of a text tell of it at once: which of the words that rules look for stand in it.

A rule names the words of which one stands in every text that it has anything to say of, and is given a sign for them: a
number with one bit of its own. The signs of a text are put together once for all rules, from its words; `signs & sign`
then tells of most texts that a rule is done with them.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["marked", "marks_in", "sign_of", "signs_of", "words_in"]

# The words that rules look for, and their signs.
_MARKS: set[str] = set()
_SIGNS: dict[str, int] = {}
_COUNT = 0
# Everything but small letters as a space.
_TO_LETTERS = bytes(code if 97 <= code < 123 else 32 for code in range(256))


def sign_of(*words: str) -> int:
    """The sign of words in small letters of ASCII: a text without it has none of them, but within others."""
    global _COUNT  # noqa: PLW0603 (signs are given while modules are loaded)
    sign = 1 << _COUNT
    _COUNT += 1
    for word in marked(*words):
        _SIGNS[word] |= sign
    return sign


def marked(*words: str) -> frozenset[str]:
    """Words in small letters of ASCII that a rule looks for one by one among the marks of a text."""
    for word in words:
        _SIGNS.setdefault(word, 0)
    _MARKS.update(words)
    return frozenset(words)


def words_in(lower: str) -> list[str]:
    """The words of a text in small letters, as far as they are of letters of ASCII."""
    return lower.encode("ascii", "replace").translate(_TO_LETTERS).decode().split()


def marks_in(lower: str) -> set[str]:
    """The words of a text in small letters that rules look for."""
    return _MARKS.intersection(words_in(lower))


def signs_of(marks: Iterable[str]) -> int:
    """The signs that some words which rules look for have together."""
    signs = 0
    for mark in marks:
        signs |= _SIGNS[mark]
    return signs
