"""Places and areas as workbooks write them, and what a cell holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from xlsxwriter.utility import xl_rowcol_to_cell

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
Place = tuple[int, int]
Kind = Literal["blank", "number", "text", "truth", "error"]


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell holds or what its formula gave: `text` is as the file has it, a text decoded."""

    kind: Kind
    text: str = ""

    def same(self, other: Value) -> bool:
        """Whether two are the same figure, text, truth value or error; an empty text is not a blank."""
        if self.kind != other.kind:
            return False
        if self.kind == "number" and self.text != other.text:
            try:
                return float(self.text) == float(other.text)
            except ValueError:
                return False
        return self.text == other.text


BLANK = Value("blank")


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, rows and columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: Place) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    @property
    def text(self) -> str:
        """As a table writes it: `A4:F9`."""
        first = xl_rowcol_to_cell(self.top, self.left)
        last = xl_rowcol_to_cell(self.bottom, self.right)
        return str(first) if first == last else f"{first}:{last}"

    @property
    def absolute(self) -> str:
        """As a defined name writes it: `$A$4:$F$9`."""
        return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", self.text)


def column_number(letters: str) -> int:
    """The column of some letters, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def area_of(text: str) -> Area | None:
    """The area of an address such as `$A$4:$F$9` or `B2`; None for anything else."""
    match = _AREA.fullmatch(text)
    if match is None:
        return None
    top, left = int(match[2]) - 1, column_number(match[1])
    return Area(top, left, int(match[4]) - 1 if match[4] else top, column_number(match[3]) if match[3] else left)


def address(place: Place) -> str:
    """A place as a reader knows it: `B2`."""
    return str(xl_rowcol_to_cell(*place))


def pointed_at(refers_to: str) -> tuple[str, Area] | None:
    """The sheet and area of a defined name that is one area of one sheet; None for anything else."""
    match = re.fullmatch(r"=?(?:'((?:[^']|'')+)'|([^'!]+))!([^!]+)", refers_to.strip())
    area = area_of(match[3]) if match else None
    if match is None or area is None:
        return None
    return (match[1].replace("''", "'") if match[1] is not None else match[2]), area
