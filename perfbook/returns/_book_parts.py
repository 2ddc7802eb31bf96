"""The parts of a workbook that its sheets lean on: what is related to what, shared texts, number formats."""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import basename, dirname, join

from perfbook.returns._looks import BUILT_IN_FORMATS
from perfbook.returns._package import Package, part_name
from perfbook.returns._quick_text import is_sound, meant, says_utf8
from perfbook.returns._xml import names_in, parse

MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_RELATIONS = names_in(("http://schemas.openxmlformats.org/package/2006/relationships",), "Relationship")
_STRINGS = names_in(MAIN, "si t rPh")
_STYLES = names_in(MAIN, "numFmt cellXfs xf")
# Returns that one program saved have these parts alike, byte for byte; so much of one is kept at hand.
_KEPT = 100_000

_STRINGS_HEAD = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?(?: standalone="(?:yes|no)")?\?>\s*)?'
    rb'<sst xmlns="(?:'
    + "|".join(map(re.escape, MAIN)).encode()
    + rb')"(?: count="[0-9]*")?(?: uniqueCount="[0-9]*")?>'
)
_STRINGS_END = re.compile(rb"</sst>\s*")
_STRING = re.compile(rb'<si><t(?: xml:space="preserve")?(?:/>|>([^<]*)</t>)</si>')


def related(package: Package, part: str, kind: str) -> tuple[str, ...]:
    """The parts of a kind (`comments`, `drawing`) that belong to a part."""
    return tuple(target for found, target in relations_of(package, part).values() if found == kind)


def related_by_id(package: Package, part: str) -> dict[str, str]:
    """The parts that belong to a part, by the id of the relation."""
    return {identifier: target for identifier, (_, target) in relations_of(package, part).items()}


def nothing(name: str, text: str) -> None:
    """What is done at the end of an element that is of no interest there."""


def workbook_part(package: Package) -> str:
    """The part that holds the workbook."""
    known = [target for kind, target in relations_of(package, "").values() if kind == "officeDocument"]
    return next((part for part in known if part in package.names), "xl/workbook.xml")


def relations_of(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part is related to inside the package: id -> (last word of the type, part)."""
    content = package.read(join(dirname(part), "_rels", f"{basename(part)}.rels"))
    if content is None:
        return {}
    return dict(_kept_relations(content, part) if len(content) <= _KEPT // 10 else _relations(content, part))


def _relations(content: bytes, part: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "") == "External":
            return
        target = attributes.get("Target", "").replace("\\", "/")
        whole = target if target.startswith("/") else join(dirname(part), target)
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, part_name(whole))

    parse(content, _RELATIONS, start, nothing)
    return found


_kept_relations = lru_cache(maxsize=256)(_relations)


def strings_of(package: Package, part: str) -> tuple[str, ...]:
    """The shared texts."""
    content = package.read(part) if part else None
    if content is None:
        return ()
    plain = quick_strings(content)
    return _strings(content) if plain is None else plain


def quick_strings(content: bytes) -> tuple[str, ...] | None:
    """The shared texts where all of them are plain; None where they are for the parser."""
    head = _STRINGS_HEAD.match(content)
    if head is None or not says_utf8(content):
        return None
    parts = _STRING.split(content[head.end() :])
    if any(parts[:-1:2]) or not _STRINGS_END.fullmatch(parts[-1]) or not is_sound(content):
        return None
    return tuple([meant(text or b"") for text in parts[1::2]])


def _strings(content: bytes) -> tuple[str, ...]:
    found: list[str] = []
    pieces: list[str] = []
    phonetic = [False]

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            phonetic[0] = True

    def end(name: str, text: str) -> None:
        if name == "t" and not phonetic[0]:
            pieces.append(text)
        elif name == "rPh":
            phonetic[0] = False
        elif name == "si":
            found.append("".join(pieces))

    parse(content, _STRINGS, start, end)
    return tuple(found)


def formats_of(package: Package, part: str) -> tuple[str, ...]:
    """The number format of each style of a cell, by its number."""
    content = package.read(part) if part else None
    if content is None:
        return ()
    return _kept_formats(content) if len(content) <= _KEPT else _formats(content)


def _formats(content: bytes) -> tuple[str, ...]:
    own: dict[str, str] = {}
    styles: list[str] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            own.setdefault(attributes.get("numFmtId", ""), attributes.get("formatCode", "General"))
        elif name == "cellXfs":
            inside[0] = True
        elif inside[0]:
            styles.append(attributes.get("numFmtId", "0"))

    def end(name: str, _: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    parse(content, _STYLES, start, end)
    return tuple(own.get(number) or BUILT_IN_FORMATS.get(number, "General") for number in styles)


_kept_formats = lru_cache(maxsize=32)(_formats)
