"""What arithmetic tells of numbers that are not shown: the least and the greatest that each of them can be.

An exact linear program (fractions, the simplex method with Bland's rule): no rounding can make a hidden number look
safer than it is. The systems are small, since only numbers that hang together are solved together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Unknown:
    """A number that a reader does not see: what is known of it from elsewhere. `high` None: no limit."""

    low: Fraction
    high: Fraction | None = None
    whole: bool = True


@dataclass(frozen=True)
class Equation:
    """`sum(weight * unknown) == value`, the unknowns by their place in the list."""

    weights: Mapping[int, Fraction]
    value: Fraction


@dataclass(frozen=True)
class Extreme:
    """An end of what an unknown can be; `value` None: without limit. `exact`: whole numbers get there too."""

    value: Fraction | None
    exact: bool


def extreme(unknowns: Sequence[Unknown], equations: Sequence[Equation], which: int, *, greatest: bool) -> Extreme:
    """The least or greatest value of one unknown. Raises ValueError where nothing fulfils all equations."""
    program = _Simplex(unknowns, equations)
    if not program.is_feasible():
        raise ValueError("the numbers contradict each other")
    if not program.push(which, greatest=greatest):
        return Extreme(None, True)
    values = program.values()
    exact = all(values[n].denominator == 1 for n, each in enumerate(unknowns) if each.whole)
    return Extreme(values[which], exact)


class _Simplex:
    """A tableau of rows `sum(coefficient * column) = right side`, each with its basic column."""

    def __init__(self, unknowns: Sequence[Unknown], equations: Sequence[Equation]) -> None:
        self.unknowns = unknowns
        count = len(unknowns)
        limits = [n for n, each in enumerate(unknowns) if each.high is not None]
        self.real = count + len(limits)
        rows: list[dict[int, Fraction]] = []
        rights: list[Fraction] = []
        for equation in equations:
            shift = sum((w * unknowns[n].low for n, w in equation.weights.items()), _ZERO)
            rows.append({n: w for n, w in equation.weights.items() if w})
            rights.append(equation.value - shift)
        for place, n in enumerate(limits):
            high = unknowns[n].high
            assert high is not None
            rows.append({n: _ONE, count + place: _ONE})
            rights.append(high - unknowns[n].low)
        for number, right in enumerate(rights):
            if right < 0:
                rows[number] = {n: -w for n, w in rows[number].items()}
                rights[number] = -right
        self.rows, self.rights = rows, rights
        # An artificial column starts every row; they are driven out first.
        self.basis = [self.real + number for number in range(len(rows))]
        for number, row in enumerate(rows):
            row[self.real + number] = _ONE

    def is_feasible(self) -> bool:
        """Find a first solution."""
        cost = {self.real + number: -_ONE for number in range(len(self.rows))}
        self._maximise(cost, allowed=self.real)
        if any(right for right, basic in zip(self.rights, self.basis, strict=True) if basic >= self.real):
            return False
        for number in range(len(self.rows) - 1, -1, -1):
            if self.basis[number] < self.real:
                continue
            column = next((n for n, w in self.rows[number].items() if n < self.real and w), None)
            if column is None:  # the equation says nothing that others do not
                del self.rows[number], self.rights[number], self.basis[number]
            else:
                self._pivot(number, column)
        for row in self.rows:
            for column in [n for n in row if n >= self.real]:
                del row[column]
        return True

    def push(self, which: int, *, greatest: bool) -> bool:
        """Move to where an unknown is greatest (or least); False where there is no end."""
        return self._maximise({which: _ONE if greatest else -_ONE}, allowed=self.real)

    def values(self) -> list[Fraction]:
        """The unknowns as they are now."""
        found = [each.low for each in self.unknowns]
        for right, basic in zip(self.rights, self.basis, strict=True):
            if basic < len(found):
                found[basic] += right
        return found

    def _maximise(self, cost: Mapping[int, Fraction], allowed: int) -> bool:
        reduced: dict[int, Fraction] = dict(cost)
        for row, basic in zip(self.rows, self.basis, strict=True):
            _subtract(reduced, row, cost.get(basic, _ZERO))
        while True:
            # Bland: the first column that helps, the first row that limits it; so it ends.
            column = min((n for n, w in reduced.items() if n < allowed and w > 0), default=None)
            if column is None:
                return True
            limiting = [
                (self.rights[number] / row[column], self.basis[number], number)
                for number, row in enumerate(self.rows)
                if row.get(column, _ZERO) > 0
            ]
            if not limiting:
                return False
            number = min(limiting)[2]
            self._pivot(number, column)
            _subtract(reduced, self.rows[number], reduced.get(column, _ZERO))

    def _pivot(self, number: int, column: int) -> None:
        row, factor = self.rows[number], self.rows[number][column]
        if factor != 1:
            self.rows[number] = row = {n: w / factor for n, w in row.items()}
            self.rights[number] /= factor
        for other, each in enumerate(self.rows):
            weight = each.get(column)
            if other != number and weight:
                _subtract(each, row, weight)
                self.rights[other] -= weight * self.rights[number]
        self.basis[number] = column


def _subtract(target: dict[int, Fraction], row: Mapping[int, Fraction], weight: Fraction) -> None:
    if not weight:
        return
    for n, w in row.items():
        left = target.get(n, _ZERO) - weight * w
        if left:
            target[n] = left
        else:
            target.pop(n, None)
