"""What is seen on a sheet beyond its values: hidden rows and columns, and fills plainly red, amber or green."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from perfbook.returns._addresses import reference
from perfbook.returns._book_parts import MAIN
from perfbook.returns._looks import Place
from perfbook.returns._ooxml import CarefulBook
from perfbook.returns._xml import NotXmlError, names_in, parse

_SHEET = names_in(MAIN, "col row c")
_STYLES = names_in(MAIN, "fill patternFill fgColor cellXfs xf")
# The colours of before themes that are plainly one of three ([ECMA-376] 18.8.27).
_INDEXED = {"10": "FF0000", "11": "00FF00", "17": "008000", "50": "339966", "51": "FFCC00", "52": "FF9900"}
_INDEXED |= {"2": "FF0000", "3": "00FF00", "5": "FFFF00", "13": "FFFF00", "53": "FF6600"}
_MOST = 100_000
_WIDEST = 16_384


def colours(book: CarefulBook) -> tuple[str, ...]:
    """Of each style of a cell: `red`, `amber`, `green`, or nothing."""
    part = next((name for name in book.package.names if name.endswith("/styles.xml")), "")
    content = book.package.read(part) if part else None
    fills: list[str] = []
    styles: list[str] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "fill":
            fills.append("")
        elif name == "fgColor" and fills:
            rgb = attributes.get("rgb", "")[-6:] or _INDEXED.get(attributes.get("indexed", ""), "")
            fills[-1] = colour_of(rgb)
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = attributes.get("fillId", "0")
            place = int(number) if number.isascii() and number.isdigit() else 0
            styles.append(fills[place] if place < len(fills) else "")

    def end(name: str, _: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    try:
        parse(content or b"<none/>", _STYLES, start, end)
    except NotXmlError:
        return ()
    return tuple(styles)


def colour_of(rgb: str) -> str:
    """Which of red, amber and green a colour plainly is; nothing for pale, grey, blue or odd ones."""
    try:
        red, green, blue = (int(rgb[at : at + 2], 16) for at in (0, 2, 4))
    except ValueError:
        return ""
    if len(rgb) != 6 or max(red, green, blue) - min(red, green, blue) < 40 or blue > max(red, green) - 40:
        return ""
    if red > 1.9 * green:
        return "red"
    if green > 1.12 * red:
        return "green"
    return "amber" if red >= 180 else ""


def hidden_on(
    book: CarefulBook, part: str, fills: Sequence[str]
) -> tuple[frozenset[int], frozenset[int], dict[Place, str]]:
    """The hidden rows and columns of a sheet, from 0, and the fills of its cells, of which `fills` tells the styles."""
    rows: set[int] = set()
    columns: set[int] = set()
    filled: dict[Place, str] = {}
    coloured = {str(number): fill for number, fill in enumerate(fills) if fill}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = reference(attributes.get("r", "")) if attributes.get("s", "") in coloured else None
            if place and len(filled) < _MOST:
                filled[place] = coloured[attributes["s"]]
        elif attributes.get("hidden", "") in ("1", "true"):
            first = attributes.get("r" if name == "row" else "min", "")
            last = attributes.get("max", first) if name == "col" else first
            if first.isdigit() and last.isdigit():
                (rows if name == "row" else columns).update(range(int(first) - 1, min(int(last), _WIDEST * 64)))

    with contextlib.suppress(NotXmlError):
        parse(book.package.read(part) or b"<none/>", _SHEET, start, _nothing)
    return frozenset(rows), frozenset(columns), filled


def _nothing(name: str, text: str) -> None:
    pass
