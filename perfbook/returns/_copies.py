"""Sheets and rows that stand several times: somebody copied them, and filled one of them or all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfbook.returns import layout
from perfbook.returns._grid import Keyed, Raw, address

BRING_TOGETHER = "Bring together what belongs together, and delete the copies."
_MOST = 10
_FIGURES = (layout.NUMERATOR, layout.DENOMINATOR, layout.ACTUAL, layout.STATUS)


@dataclass(frozen=True)
class Copies:
    """Which sheet to read.

    `main` is read; a row that holds less there than in a copy, or further down, is read from there (`instead`).
    `differences` are the cells of rows that were not read and that hold something else, "K7 of Measures", in the order
    of the rows.
    """

    main: Keyed
    instead: Mapping[str, Keyed]
    differences: tuple[str, ...]

    def of(self, key: str) -> Keyed:
        """The sheet in which the row of a measure is read."""
        return self.instead.get(key, self.main)

    def differ(self, title: str) -> str:
        """The sentence about `differences`; `title` is the name under which the sheet was sent out."""
        more = f" and {len(self.differences) - _MOST} more" if len(self.differences) > _MOST else ""
        cells = ", ".join(self.differences[:_MOST])
        return f"Copies on {title} differ; not taken were {cells}{more}."

    def twice(self, name: Callable[[str], str]) -> Iterator[tuple[str, int, str, str]]:
        """Of each row that stands again on `main`: its key, the row that was not read, and what to say and to do.

        `name` says how people know a key.
        """
        for key, row in self.main.twice:
            first, read = self.main.rows[key], self.of(key)
            words = f"{name(key)} appears twice; "
            if read.sheet is not self.main.sheet:
                yield key, row, f"{words}what stands on {read.sheet.name} was read.", "Delete both rows."
            elif read.rows[key] == first:
                yield key, row, f"{words}the first row, {first + 1}, was read.", "Delete the second row."
            else:
                more = f"row {read.rows[key] + 1} was read, which has more in it than row {first + 1}."
                unread = first if read.rows[key] == row else row
                yield key, unread, words + more, f"Delete row {unread + 1}."


def sort_out(
    found: tuple[Keyed, ...],
    inputs: Sequence[str] = layout.INPUT_KEYS,
    weighty: Sequence[str] = _FIGURES,
) -> Copies:
    """The sheet to read, from all that bear the mark: the expected one first, if it or nothing is filled.

    `inputs` are the columns that are filled, `weighty` those of them that matter most.
    """

    if len(found) == 1 and not found[0].twice:
        return Copies(found[0], {}, ())  # as nearly always

    def _weight(keyed: Keyed, key: str) -> int:
        """2 for a row with something that matters most, 1 for one with anything else, 0 for an empty one."""
        if any(_input(keyed, key, column) is not None for column in weighty):
            return 2
        return int(any(_input(keyed, key, column) is not None for column in inputs))

    whole = {id(keyed): (keyed, *keyed.doubles()) for keyed in found}

    def _filled(keyed: Keyed) -> bool:
        return any(_weight(each, key) for each in whole[id(keyed)] for key in each.rows)

    main = next((keyed for keyed in found if _filled(keyed)), found[0])
    others = tuple(each for parts in whole.values() for each in parts if each is not main)
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
