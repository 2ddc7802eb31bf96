"""An attacker who knows every total: what a hidden number can be, found by trying whole numbers.

It knows nothing of how the numbers were hidden and shares no code with it: it takes what is shown, that counts are
whole and not negative, and which sums hold, and searches. `spread` finds two tables that agree with all that is shown
and differ in one number by so much; where there are none, the number is given away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Name = Any
# No hidden count is tried beyond this: what needs more room than that has enough.
MOST = 60


@dataclass(frozen=True)
class Sum:
    """`total` is the sum of `parts`, or with `at_most` no less than it."""

    total: Name
    parts: tuple[Name, ...]
    at_most: bool = False


@dataclass
class Attacker:
    """`shown` are the numbers as they stand in the tables, each with the least and greatest that it can stand for."""

    shown: Mapping[Name, tuple[int, int]]
    sums: Sequence[Sum]
    least: int = 0
    _seen: dict[tuple[Name, int], bool] = field(default_factory=dict)

    def spread(self, name: Name, width: int) -> bool:
        """Whether the number may differ by `width` between two tables that agree with all that is shown."""
        possible = [value for value in range(self.least, MOST + 1) if self._possible(name, value)]
        assert possible, f"what is shown contradicts itself about {name}"
        return possible[-1] - possible[0] >= width

    def values(self, name: Name) -> list[int]:
        """Every value that the number may have."""
        return [value for value in range(self.least, MOST + 1) if self._possible(name, value)]

    def _possible(self, name: Name, value: int) -> bool:
        ranges = {each: (self.least, MOST) for one in self._near(name) for each in (one.total, *one.parts)}
        ranges = {each: self.shown.get(each, span) for each, span in ranges.items()}
        ranges[name] = (value, value)
        return self._solve(ranges, self._near(name))

    def _near(self, name: Name) -> list[Sum]:
        """The sums that hang together with a number through what is not known exactly."""
        names, found, grown = {name}, [], True
        while grown:
            grown = False
            for one in self.sums:
                each = {one.total, *one.parts}
                if one not in found and each & names:
                    found.append(one)
                    names |= {n for n in each if n not in self.shown or self.shown[n][0] != self.shown[n][1]}
                    grown = True
        return found

    def _solve(self, ranges: dict[Name, tuple[int, int]], sums: list[Sum]) -> bool:
        tight = _tighten(ranges, sums)
        if tight is None:
            return False
        open_names = [name for name, (low, high) in tight.items() if low < high]
        if not open_names:
            return True
        name = min(open_names, key=lambda each: tight[each][1] - tight[each][0])
        low, high = tight[name]
        return any(self._solve({**tight, name: (value, value)}, sums) for value in range(low, high + 1))


def _tighten(ranges: Mapping[Name, tuple[int, int]], sums: Sequence[Sum]) -> dict[Name, tuple[int, int]] | None:
    """The ranges that are left when every sum is heeded by itself; None where one cannot hold."""
    found, changed = dict(ranges), True
    while changed:
        changed = False
        for one in sums:
            lows = sum(found[part][0] for part in one.parts)
            highs = sum(found[part][1] for part in one.parts)
            total = found[one.total]
            new = {one.total: (max(total[0], lows), total[1] if one.at_most else min(total[1], highs))}
            for part in dict.fromkeys(one.parts):
                low, high = found[part]
                room = total[1] - (lows - low)
                need = low if one.at_most else total[0] - (highs - high)
                new[part] = (max(low, need), min(high, room))
            for name, span in new.items():
                if span[0] > span[1]:
                    return None
                if span != found[name]:
                    found[name], changed = span, True
                    break
            if changed:
                break
    return found
