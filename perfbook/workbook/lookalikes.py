"""Letters of other alphabets that look like Latin ones: a reference typed with them finds nothing. Pure, no I/O."""

from __future__ import annotations

__all__ = ["latin", "strange_letters"]

# Cyrillic and Greek letters whose shape in print is that of a Latin letter (Unicode TR 39, confusables), capitals and
# small letters; small Cyrillic letters that look like small capitals count as capitals.
_CYRILLIC = (
    ("АВЕЗКМНОРСТУХІЈЅԌԚԜҮ", "ABE3KMHOPCTYXIJSGQWY"),
    ("аеорсухіјѕԛԝү", "aeopcyxijsqwy"),
    ("вкмнт", "BKMHT"),
)
_GREEK = (("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"), ("ονυ", "ovu"))
_LATIN = {ord(strange): ord(latin) for group in (*_CYRILLIC, *_GREEK) for strange, latin in zip(*group, strict=True)}


def strange_letters(text: str) -> str:
    """The look-alike letters of a text, each once, in their order; empty where there are none, or where it also holds
    letters that are no look-alikes, as true Russian or Greek does."""
    if text.isascii():
        return ""
    found = "".join(dict.fromkeys(letter for letter in text if ord(letter) in _LATIN))
    others = [letter for letter in text if letter.isalpha() and ord(letter) not in _LATIN and ord(letter) > 0x24F]
    return "" if others else found


def latin(text: str) -> str:
    """The text with its look-alike letters replaced; the same text where `strange_letters` finds none."""
    return text.translate(_LATIN) if strange_letters(text) else text
