"""Several sheets that claim to be Measures: somebody copied the sheet, and filled one of them or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfbook.returns import layout
from perfbook.returns._grid import Keyed, Raw, address

_FIGURES = (layout.NUMERATOR, layout.DENOMINATOR, layout.ACTUAL, layout.STATUS)


@dataclass(frozen=True)
class Copies:
    """Which sheet to read.

    `main` is read; a row that holds less there than in a copy is read from the copy (`instead`). `differences` are the
    cells of rows that hold something in both, "K7 / K7", in the order of the rows.
    """

    main: Keyed
    instead: Mapping[str, Keyed]
    differences: tuple[str, ...]

    def of(self, key: str) -> Keyed:
        """The sheet in which the row of a measure is read."""
        return self.instead.get(key, self.main)


def sort_out(
    found: tuple[Keyed, ...],
    inputs: Sequence[str] = layout.INPUT_KEYS,
    weighty: Sequence[str] = _FIGURES,
) -> Copies:
    """The sheet to read, from all that bear the mark: the expected one first, if it or nothing is filled.

    `inputs` are the columns that are filled, `weighty` those of them that matter most.
    """

    def _weight(keyed: Keyed, key: str) -> int:
        """2 for a row with something that matters most, 1 for one with anything else, 0 for an empty one."""
        if any(_input(keyed, key, column) is not None for column in weighty):
            return 2
        return int(any(_input(keyed, key, column) is not None for column in inputs))

    main = next((keyed for keyed in found if any(_weight(keyed, key) for key in keyed.rows)), found[0])
    others = tuple(keyed for keyed in found if keyed is not main)
    instead: dict[str, Keyed] = {}
    differences: list[str] = []
    for key in dict.fromkeys(key for keyed in (main, *others) for key in keyed.rows):
        best = max((main, *others), key=lambda keyed: _weight(keyed, key))  # the first of equals
        if best is not main and (key not in main.rows or _weight(best, key) > _weight(main, key)):
            instead[key] = best
        for other in (main, *others):
            if other is not best and _weight(other, key):
                differences += _differences(best, other, key, inputs)
    return Copies(main, instead, tuple(differences))


def _differences(best: Keyed, other: Keyed, key: str, inputs: Sequence[str]) -> list[str]:
    found = []
    for column in inputs:
        value, place = _input(other, key, column), other.place(key, column)
        if value is not None and place and value != _input(best, key, column):
            found.append(f"{address(place)} of {other.sheet.name}")
    return found


def _input(keyed: Keyed, key: str, column: str) -> Raw:
    value = keyed.value(key, column)
    if isinstance(value, str):
        value = value.strip()
    return None if value in ("", layout.DASH) else value
