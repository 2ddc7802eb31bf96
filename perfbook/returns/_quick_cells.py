"""The cells of a sheet as most programs write them, cut out of its XML in one go.

A parser that calls back for each of a sheet's thousands of cells takes far longer than all the rest of reading a
return. So cells that are written in the plainest way, as Excel, LibreOffice and XlsxWriter do, are taken by one
pattern, which nothing matches but what is well-formed; what is between them, and around, is left for the parser. Where
anything is unusual (comments, rich text, other encodings, a cell without its address), nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Column, row, style, kind, attributes of the formula, formula, value, text of its own; None for what is not there.
Cut = tuple[str, str, str | None, str | None, str | None, str | None, str | None, str | None]

_BEGIN, _END = "<sheetData>", "</sheetData>"
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]{1,9})")?'
    r"(?:/>|>"
    r'(?:<f((?: [a-zA-Z]+="[^"<&]*")*)(?:/>|>([^<]*)</f>))?'
    r"(?:<v>([^<]*)</v>|<v/>)?"
    r'(?:<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?'
    r"</c>)"
)
_GROUPS = _CELL.groups + 1
_DECLARED = re.compile(rb"<\?xml [^<>]*?encoding=[\"']([^\"']*)[\"']")
# What no XML holds, and line ends that a parser makes into others.
_UNFIT_BYTES = bytes(number for number in range(0x20) if number not in (9, 10))
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f]")
_RARE = b"\xef"  # how U+FFFE and U+FFFF begin
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
# The ampersand last: what it makes is not taken for another.
_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_STRAY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_NAME = re.compile(r' ([a-zA-Z]+)="')


@dataclass(frozen=True)
class QuickCells:
    """`rest` is the sheet without its cells, `rows` how many rows begin in it, `cells` what was cut out.

    Texts in `cells` are as they stand in the XML; where `escaped`, `plain` says what they are.
    """

    rest: bytes
    rows: int
    cells: Iterator[Cut]
    count: int
    escaped: bool


def quick_cells(content: bytes) -> QuickCells | None:
    """The cells of a sheet and the rest of it; None where they have to be read one by one."""
    declared = _DECLARED.match(content)
    if declared and declared[1].lower() != b"utf-8":
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    begin = text.find(_BEGIN) + len(_BEGIN)
    end = text.find(_END, begin)
    if begin < len(_BEGIN) or end < 0 or text.startswith("\ufeff"):
        return None
    inside = text[begin:end]
    # One character is sought far faster than several, and hardly ever there.
    if ("]" in inside and "]]>" in inside) or (_RARE in content and any(word in inside for word in "\ufffe\uffff")):
        return None
    if len(content.translate(None, _UNFIT_BYTES)) != len(content) and _UNFIT.search(inside):
        return None
    escaped = "&" in inside
    if escaped and not _well_escaped(inside):
        return None
    parts = _CELL.split(inside)
    # What was taken has no other tags than those of the pattern; the rest is looked at here, and by the parser.
    before, between, after = text[:begin], "".join(parts[::_GROUPS]), text[end:]
    if "<c" in between or _BEGIN in after or _END in after[len(_END) :]:
        return None
    if any("<!" in each for each in (before, between, after)) or before.find("<?", 2) >= 0 or "<?" in between + after:
        return None
    if not all(map(_each_once, filter(None, set(parts[5::_GROUPS])))):
        return None
    columns = [parts[number::_GROUPS] for number in range(1, _GROUPS)]
    rest = f"{before}{between}{after}".encode()
    return QuickCells(rest, between.count("<row"), zip(*columns, strict=True), len(columns[0]), escaped)


def plain(text: str) -> str:
    """A text of XML as it is meant."""
    if "&" not in text:
        return text
    if "&#" in text:
        return _ENTITY.sub(_character, text)
    for name, character in _NAMED.items():
        text = text.replace(name, character)
    return text


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    return _NAMED[f"&{name};"] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _well_escaped(text: str) -> bool:
    """Whether each & begins an entity that every reader knows, or names a character that there may be."""
    if not _STRAY.search(text):
        return True
    if "&" in _ENTITY.sub("", text):
        return False
    numbers = {
        int(decimal) if decimal else int(other, 16) for _, decimal, other in _ENTITY.findall(text) if decimal or other
    }
    return all(_may_be(number) for number in numbers)


def _may_be(number: int) -> bool:
    return number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000


@lru_cache(maxsize=1024)
def _each_once(attributes: str) -> bool:
    names = _NAME.findall(attributes)
    return len(names) == len(set(names))
