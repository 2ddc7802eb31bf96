"""The addresses of cells as workbooks write them, and where those cells are."""

from __future__ import annotations

import re
from functools import lru_cache

from perfbook.returns._looks import Place

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_MOST_PLACES = 50_000

# First row, first column, last row, last column, from 0.
Area = tuple[int, int, int, int]


def reference(text: str) -> Place | None:
    """The place of an address like `K7`; None for anything else."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


@lru_cache(maxsize=4096)
def area_of(text: str) -> Area | None:
    """The area of an address like `K7:L9`; None for anything else."""
    first, _, last = text.partition(":")
    begin, finish = reference(first), reference(last or first)
    return (*begin, *finish) if begin and finish else None


class _Places(dict[bytes, Place]):
    """Where the cells of sheets are, by their addresses, which are those of the pattern: the same in most returns."""

    def __missing__(self, address: bytes) -> Place:
        place = reference(address.decode())
        assert place is not None
        if len(self) >= _MOST_PLACES:
            self.clear()
        self[address] = place
        return place


PLACES = _Places()
