"""Row heights: XlsxWriter knows no fonts, so what a wrapped text needs is estimated here."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

_LINE = 1.32  # of a line, in font sizes
_PADDING = 4.0
_MOST = 409.0
_FONT_LINE = 1.2  # what fitting a row to one line of letters gives it, in font sizes
_LARGEST_FONT = 320


def lines(text: str, width: float, size: float = 11.0, *, bold: bool = False) -> int:
    """How many lines a text takes in a column of so many characters (of the standard font, 11 points)."""
    room = max(1.0, (width - 0.8) * 11.0 / size / (1.07 if bold else 1.0))
    return sum(_wrapped(line, room) for line in text.split("\n"))


@lru_cache(maxsize=8192)
def _wrapped(line: str, room: float) -> int:
    """Lines of one paragraph, broken between words; a word that is longer than the column is broken within."""
    count, used = 1, 0.0
    for word in line.split(" "):
        length = float(len(word))
        if used and used + 1 + length > room:
            count, used = count + 1, 0.0
        if length > room:
            count += math.ceil(length / room) - 1
            length = length % room
        used += length + (1 if used else 0)
    return count


def height(count: int, size: float = 11.0) -> float:
    """The height of a row of so many lines, in points."""
    return min(_MOST, round(count * size * _LINE + _PADDING, 1))


def font_of(points: float) -> int:
    """The size of letters whose one line makes a row about so high."""
    return max(1, min(_LARGEST_FONT, int(points / _FONT_LINE)))


def let_grow(raw: Any) -> None:
    """Leaves the rows' heights as they are set, but lets Excel adjust them when somebody types a longer text.

    XlsxWriter marks every height that it is given as set by hand (customHeight); Excel leaves such rows alone for ever.
    """
    write = raw._xml_start_tag_unencoded

    def start_tag(tag: str, attributes: list[tuple[str, object]] | tuple[()] = ()) -> None:
        kept = [pair for pair in attributes if pair[0] != "customHeight"] if tag == "row" else attributes
        write(tag, kept)

    raw._xml_start_tag_unencoded = start_tag
