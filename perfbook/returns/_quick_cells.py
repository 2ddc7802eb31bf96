"""The cells of a sheet as most programs write them, cut out of its XML in one go.

A parser that calls back for each of a sheet's thousands of cells takes far longer than all the rest of reading a
return. So cells that are written in the plainest way, as Excel, LibreOffice and XlsxWriter do, are taken by one
pattern, which nothing matches but what is well-formed; what is between them, and around, is left for the parser. Where
anything is unusual (comments, rich text, other encodings, a cell without its address), nothing is taken.

Rows and data validation are cut out in the same way, each where all of it is plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from perfbook.returns._book_parts import MAIN
from perfbook.returns._quick_text import is_sound, says_utf8

# Address, attributes for style and kind, attributes of the formula, formula, value, text of its own; None for what is
# not there. All as it stands in the XML.
Cut = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None, bytes | None]

_BEGIN, _END = b"<sheetData>", b"</sheetData>"
# Possessive throughout: what one part of the pattern took, no other may have.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}+[1-9][0-9]{0,6}+)"((?: s="[0-9]{1,6}+")?+(?: t="[a-zA-Z]{1,9}+")?+)'
    rb"(?:/>|>"
    rb'(?:<f((?: [a-zA-Z]+="[^"<&]*+")*+)(?:/>|>([^<]*+)</f>))?+'
    rb"(?:<v>([^<]*+)</v>|<v/>)?+"
    rb'(?:<is><t(?: xml:space="preserve")?+>([^<]*+)</t></is>)?+'
    rb"</c>)"
)
_GROUPS = _CELL.groups + 1
_KIND = re.compile(rb'(?: s="([0-9]*)")?(?: t="([a-zA-Z]*)")?')
_NAME = re.compile(rb' ([a-zA-Z]+)="')

# -- Rows and data validation -----------------------------------------------------------------------------------------
#
# Attributes in one of the orders in which programs write them: none of them can stand there twice.

_ROOT = re.compile(
    rb"(?:<\?xml [^<>]*\?>\s*)?<worksheet xmlns=\"(?:" + "|".join(map(re.escape, MAIN)).encode() + rb")\"[^<>]*>"
)
_OTHER_NAMESPACE = re.compile(rb"xmlns(?!:)")
# Prefixes that newer programs use in a few attributes, and how they are declared.
_ROW_PREFIX, _LIMIT_PREFIX = b' xmlns:x14ac="', b' xmlns:xr="'


def _optional(names: str, value: bytes) -> bytes:
    return b"".join(b'(?: %s="%s")?+' % (name.encode(), value) for name in names.split())


# Both patterns by whether the prefix is declared; put together when they are first wanted, for that takes a while.
@cache
def _row(declared: bool) -> re.Pattern[bytes]:
    return re.compile(
        rb'\s*<row r="[0-9]{1,7}"'
        + _optional("spans", b"[0-9: ]*")
        + _optional("s customFormat ht hidden customHeight outlineLevel collapsed thickTop thickBot ph", b"[a-z0-9.]*")
        + (_optional("x14ac:dyDescent", b"[0-9.]*") if declared else b"")
        + rb"\s*(?:/>|>\s*</row>)\s*"
    )


_VALIDATIONS = re.compile(rb"<dataValidations[^<>]*>(?=<)")
_VALIDATIONS_END = b"</dataValidations>"
_ANY = b'[^"<]*+'
_SQREF = rb' sqref="([A-Z0-9: ]++)"'
_FORMULAS = rb"(?:<formula1>[^<]*+</formula1>)?+(?:<formula2>[^<]*+</formula2>)?+"


_AS_EXCEL = (
    "type errorStyle imeMode operator allowBlank showDropDown showInputMessage showErrorMessage errorTitle error "
    "promptTitle prompt"
)
_BY_LETTERS = (
    "allowBlank error errorStyle errorTitle imeMode operator prompt promptTitle showDropDown showErrorMessage "
    "showInputMessage"
)


@cache
def _limit(declared: bool, as_excel: bool) -> re.Pattern[bytes]:
    before, after = (_AS_EXCEL, b"") if as_excel else (_BY_LETTERS, _optional("type", _ANY))
    if as_excel and declared:
        after = _optional("xr:uid", b"[{}0-9A-F-]*")
    words = rb"<dataValidation" + _optional(before, _ANY) + _SQREF + after
    return re.compile(words + rb"(?:/>|>" + _FORMULAS + rb"</dataValidation>)")


@dataclass(frozen=True)
class QuickCells:
    """`rest` is the sheet without what was cut out: `rows` says how many rows begin in it, `cut_rows` how many are cut
    out, `limits` are the areas of the data validation that is, `cells` the cells and `count` their number.
    """

    rest: bytes
    rows: int
    cells: Iterable[Cut]
    count: int
    cut_rows: int = 0
    limits: tuple[str, ...] = ()


def quick_cells(content: bytes) -> QuickCells | None:
    """The cells of a sheet and the rest of it; None where they have to be read one by one."""
    begin, end = content.find(_BEGIN) + len(_BEGIN), content.rfind(_END)
    if begin < len(_BEGIN) or end < begin or not says_utf8(content):
        return None
    parts = _CELL.split(content[begin:end])
    # No cell stands within a tag, which would be whole without it.
    pieces = {piece.strip(b" \n\t") for piece in parts[::_GROUPS]} - {b""}
    if not all(piece.startswith(b"<") and piece.endswith(b">") for piece in pieces):
        return None
    columns = [parts[number::_GROUPS] for number in range(1, _GROUPS)]
    given, *texts = map(set, columns[2:])
    if not all(map(_each_once, filter(None, given))):
        return None
    # Most formulas stand in many rows; each is looked at once. Nothing begins in one text and ends in another.
    if not is_sound(b"\n".join(filter(None, given.union(pieces, *texts)))):
        return None
    # What was taken has no other tags than those of the patterns; the rest is looked at here, and by the parser.
    before, between, after = content[:begin], b"".join(parts[::_GROUPS]), content[end:]
    if b"<c" in between or _END in between or _BEGIN in after:
        return None
    rows: int | None = None
    limits: tuple[str, ...] = ()
    kept, others = between, after
    root = _ROOT.match(before)
    if root and len(_OTHER_NAMESPACE.findall(before + between + after)) == 1:
        rows = _plain_rows(between, _ROW_PREFIX in root[0])
        limits, others = _plain_limits(before + between, after, _LIMIT_PREFIX in root[0])
        kept = between if rows is None else b""
    rest = before + kept + others
    if b"<!" in rest or rest.find(b"<?", 2) >= 0:
        return None
    return QuickCells(rest, kept.count(b"<row"), zip(*columns, strict=True), len(columns[0]), rows or 0, limits)


def kind_of(attributes: bytes) -> tuple[str, str]:
    """Style and kind of a cell, from its attributes as they were cut out."""
    found = _KIND.fullmatch(attributes)
    assert found is not None
    style, kind = found.groups()
    return (style or b"0").decode(), (kind or b"n").decode()


def _plain_rows(between: bytes, declared: bool) -> int | None:
    """How many rows there are; None where they are to be read by the parser."""
    parts = _row(declared).split(between)
    return None if any(parts) else len(parts) - 1


def _plain_limits(before: bytes, after: bytes, declared: bool) -> tuple[tuple[str, ...], bytes]:
    """The areas that have limits or a drop-down, and the rest; none, and all of it, where they are not plain."""
    start = _VALIDATIONS.search(after)
    if start is None:
        return (), after
    begin, end = start.end(), after.find(_VALIDATIONS_END, start.end())
    block = after[begin:end]
    # What was written in another way, before or among them, is in the parser's order.
    if end < 0 or b"dataValidation" in before + after[: start.start()] or not is_sound(block):
        return (), after
    for as_excel in (True, False):
        parts = _limit(declared, as_excel).split(block)
        if not any(parts[::2]):
            return tuple(b"\n".join(parts[1::2]).decode().split("\n")), after[:begin] + after[end:]
    return (), after


@lru_cache(maxsize=1024)
def _each_once(attributes: bytes) -> bool:
    names = _NAME.findall(attributes)
    return len(names) == len(set(names))
