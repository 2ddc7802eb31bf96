"""Texts of XML that are taken without a parser: whether there is nothing in them but what a parser takes as well."""

from __future__ import annotations

import re

_DECLARED = re.compile(rb"<\?xml [^<>]*?encoding=[\"']([^\"']*)[\"']")
_MARK = b"\xef\xbb\xbf"
# What no XML holds, and line ends that a parser makes into others. One byte is sought far faster than one of several.
_UNFIT = tuple(bytes((number,)) for number in range(0x20) if number not in (9, 10))
_RARE = b"\xef"  # how U+FFFE and U+FFFF begin
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_ENTITY_BYTES = re.compile(_ENTITY.pattern.encode())
_STRAY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
# The ampersand last: what it makes is not taken for another.
_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}


def says_utf8(content: bytes) -> bool:
    """Whether a part says that it is in UTF-8, if it says anything, and begins without the mark that some have."""
    declared = _DECLARED.match(content)
    return not content.startswith(_MARK) and (declared is None or declared[1].lower() == b"utf-8")


def is_sound(inside: bytes) -> bool:
    """Whether a piece of a part in UTF-8 holds nothing that a parser refuses in a text or makes into something else,
    but for tags.
    """
    if not inside.isascii():
        try:
            inside.decode("utf-8")
        except UnicodeDecodeError:
            return False
    # One character is sought far faster than several, and hardly ever there.
    if b"]" in inside and b"]]>" in inside:
        return False
    if _RARE in inside and any(word in inside for word in _NO_CHARACTERS):
        return False
    if any(map(inside.__contains__, _UNFIT)):
        return False
    return b"&" not in inside or _well_escaped(inside)


def plain(text: str) -> str:
    """A text of XML as it is meant."""
    if "&" not in text:
        return text
    if "&#" in text:
        return _ENTITY.sub(_character, text)
    for name, character in _NAMED.items():
        text = text.replace(name, character)
    return text


def meant(text: bytes) -> str:
    """A text of XML in UTF-8 as it is meant."""
    return plain(text.decode())


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    return _NAMED[f"&{name};"] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _well_escaped(text: bytes) -> bool:
    """Whether each & begins an entity that every reader knows, or names a character that there may be."""
    if not _STRAY.search(text):
        return True
    if b"&" in _ENTITY_BYTES.sub(b"", text):
        return False
    numbers = {
        int(decimal) if decimal else int(other, 16)
        for _, decimal, other in _ENTITY_BYTES.findall(text)
        if decimal or other
    }
    return all(_may_be(number) for number in numbers)


def _may_be(number: int) -> bool:
    return number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
