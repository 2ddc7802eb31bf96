"""Which numbers to hide besides the small ones, so that nobody works those out from what is shown.

The promise, for each small number that is hidden and not listed as exposed: there are two tables, which agree with
everything shown, in which it differs by at least the threshold. So from arithmetic alone nobody learns it, nor even
that it is small. What a reader knows from elsewhere is not covered: hence the list for review, and never the word safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from perfbook.publishing.bounds import Equation, Unknown, extreme

Key = tuple[str, ...]
Why = Literal["small", "protects", "hidden before", "withheld"]
_ZERO, _ONE = Fraction(0), Fraction(1)
# Numbers that hang together are solved together up to so many; beyond, none of them counts as protected.
_MOST = 400


@dataclass(frozen=True)
class Cell:
    """One number that could be shown. `people`: it counts people, so it is hidden where it is small.

    `shown` is False for what is in no table, but adds up with what is; `known`: a reader knows it from an earlier copy;
    `before`: an earlier copy hid it; `is_total` is hidden last.
    """

    key: Key
    value: Decimal
    people: bool = True
    whole: bool = True
    shown: bool = True
    known: bool = False
    before: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class Relation:
    """The parts add up to the total, or `at_most`: to no more than it."""

    total: Key
    parts: tuple[Key, ...]
    at_most: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """All that it is about."""
        return (self.total, *self.parts)


@dataclass(frozen=True)
class Rule:
    """What is small (below `threshold`), whether zeros are shown, and to what shown counts of people are rounded."""

    threshold: int = 5
    zeros: bool = False
    round_to: int = 0

    def is_small(self, value: Decimal) -> bool:
        """Whether a count of people is hidden."""
        return value < self.threshold and not (self.zeros and value == 0)


@dataclass(frozen=True)
class Protection:
    """What is hidden and why, and of what is hidden as small what stays exposed: by its key, the range left to it."""

    hidden: Mapping[Key, Why]
    exposed: Mapping[Key, tuple[Fraction, Fraction | None]] = field(default_factory=dict)


def protect(cells: Sequence[Cell], relations: Sequence[Relation], rule: Rule) -> Protection:
    """Hide every small number, and what would tell it. The same inputs give the same answer."""
    return _Work({each.key: each for each in cells}, tuple(relations), rule).run()


def audit(
    cells: Sequence[Cell], relations: Sequence[Relation], rule: Rule, hidden: Mapping[Key, Why]
) -> dict[Key, tuple[Fraction, Fraction | None]]:
    """The small numbers that can be worked out too closely where just `hidden` is hidden, with what is left to each."""
    work = _Work({each.key: each for each in cells}, tuple(relations), rule)
    work.hidden = dict(hidden)
    return {key: span for key in work.small() if (span := work.exposed(key))}


class _Work:
    def __init__(self, cells: Mapping[Key, Cell], relations: tuple[Relation, ...], rule: Rule) -> None:
        self.cells = cells
        self.rule = rule
        # A relation that does not hold as the figures are tells a reader nothing exact, and would contradict the rest.
        self.relations = tuple(held for each in relations if (held := self._held(each)))
        self.hidden: dict[Key, Why] = {}

    def _held(self, relation: Relation) -> Relation | None:
        """The relation as the figures bear it out: as it is, as a limit, or not at all."""
        if not all(key in self.cells for key in relation.keys):
            return None
        total = self.cells[relation.total].value
        parts = sum((self.cells[key].value for key in relation.parts), Decimal(0))
        if parts == total:
            return relation
        return Relation(relation.total, relation.parts, at_most=True) if parts < total else None

    @cached_property
    def _of(self) -> Mapping[Key, tuple[int, ...]]:
        found: dict[Key, list[int]] = {}
        for number, relation in enumerate(self.relations):
            for key in relation.keys:
                found.setdefault(key, []).append(number)
        return {key: tuple(numbers) for key, numbers in found.items()}

    def run(self) -> Protection:
        for key, cell in self.cells.items():
            if cell.shown and cell.before:
                self.hidden[key] = "hidden before"
            if cell.shown and cell.people and self.rule.is_small(cell.value):
                self.hidden[key] = "small"
        exposed: dict[Key, tuple[Fraction, Fraction | None]] = {}
        again = True
        while again:
            again = False
            exposed.clear()
            for key in self.small():
                while span := self.exposed(key):
                    more = self._one_more(key)
                    if more is None:
                        exposed[key] = span
                        break
                    self.hidden[more] = "protects"
                    # Those looked at before have only become safer, those that were given up may be protected now.
                    again = again or bool(exposed)
        return Protection(dict(self.hidden), dict(exposed))

    def small(self) -> tuple[Key, ...]:
        """The numbers to protect, in the order of the tables: those that are hidden because they are small, and small
        ones that stand in no table but could be worked out of what does."""
        return tuple(key for key, cell in self.cells.items() if self.hidden.get(key) == "small" or self._is_apart(cell))

    def _is_apart(self, cell: Cell) -> bool:
        return cell.people and not cell.shown and not cell.known and self.rule.is_small(cell.value)

    def _is_unknown(self, key: Key) -> bool:
        cell = self.cells[key]
        return not cell.known and (key in self.hidden or not cell.shown or self._is_rounded(cell))

    def _is_rounded(self, cell: Cell) -> bool:
        return bool(self.rule.round_to) and cell.people and cell.whole

    def _together(self, key: Key) -> tuple[list[Key], list[int]]:
        """The unknowns that hang together with one, and the relations between them."""
        seen, numbers, rest = {key}, set(self._of.get(key, ())), [key]
        while rest:
            for number in self._of.get(rest.pop(), ()):
                numbers.add(number)
                for other in self.relations[number].keys:
                    if other not in seen and self._is_unknown(other):
                        seen.add(other)
                        rest.append(other)
        return [each for each in self.cells if each in seen], sorted(numbers)

    def exposed(self, key: Key) -> tuple[Fraction, Fraction | None] | None:
        """The range that is left to a small number, where that is narrower than promised; None where it is not."""
        if self.cells[key].known:
            value = Fraction(self.cells[key].value)
            return (value, value)
        keys, numbers = self._together(key)
        if len(keys) > _MOST:
            return (_ZERO, None)
        places = {each: n for n, each in enumerate(keys)}
        unknowns = [self._unknown(each) for each in keys]
        equations = []
        for number in numbers:
            relation = self.relations[number]
            signed = [(relation.total, -_ONE), *((part, _ONE) for part in relation.parts)]
            weights: dict[int, Fraction] = {}
            value = _ZERO
            for each, sign in signed:
                if each in places:
                    weights[places[each]] = weights.get(places[each], _ZERO) + sign
                else:
                    value -= sign * Fraction(self.cells[each].value)
            if relation.at_most:
                weights[len(unknowns)] = _ONE
                unknowns.append(Unknown(_ZERO, None, whole=False))
            equations.append(Equation(weights, value))
        which = places[key]
        low = extreme(unknowns, equations, which, greatest=False)
        high = extreme(unknowns, equations, which, greatest=True)
        assert low.value is not None  # no count is below zero
        if high.value is None or (low.exact and high.exact and high.value - low.value >= self.rule.threshold):
            return None
        return (low.value, high.value)

    def _unknown(self, key: Key) -> Unknown:
        cell = self.cells[key]
        if key not in self.hidden and cell.shown:  # shown, but rounded
            low, high = rounded_from(cell.value, self.rule)
            return Unknown(Fraction(low), Fraction(high))
        # Where zeros are shown, what is hidden is none.
        return Unknown(_ONE if self.rule.zeros and cell.people and cell.shown else _ZERO, None, cell.whole)

    def _one_more(self, key: Key) -> Key | None:
        """The number to hide next for the sake of one: in the relation that tells most, what tells least by itself."""
        _, numbers = self._together(key)
        by_need = sorted(numbers, key=lambda n: (self._hidden_in(n), n))
        for number in by_need:
            if not self._hidden_in(number):
                continue
            candidates = [each for each in self.relations[number].keys if self._may_hide(each)]
            if candidates:
                need = self.rule.threshold - sum(
                    (self.cells[each].value for each in self.relations[number].parts if each in self.hidden), Decimal(0)
                )
                return min(candidates, key=lambda each: self._price(each, number, need))
        return None

    def _hidden_in(self, number: int) -> int:
        return sum(self._is_unknown(each) for each in self.relations[number].keys)

    def _may_hide(self, key: Key) -> bool:
        cell = self.cells[key]
        if key in self.hidden or not cell.shown or cell.known:
            return False
        return not (self.rule.zeros and cell.value == 0)

    def _price(self, key: Key, here: int, need: Decimal) -> tuple[int, bool, bool, Decimal, Key]:
        cell = self.cells[key]
        alone = sum(self._hidden_in(number) == 0 for number in self._of[key] if number != here)
        enough = cell.value >= need
        return alone, cell.is_total, not enough, cell.value if enough else -cell.value, key


def rounded_from(value: Decimal, rule: Rule) -> tuple[int, int]:
    """The least and the greatest whole number that is shown as a count is, where counts are rounded."""
    if value == 0:
        return 0, 0
    base, shown = rule.round_to, int(rounded(value, rule.round_to))
    return max(shown - base // 2, rule.threshold, 0), shown + (base + 1) // 2 - 1


def rounded(value: Decimal, base: int) -> Decimal:
    """A count rounded to a multiple of `base`, half up; as it is for 0."""
    return value if not base else Decimal(int((value + Decimal(base) / 2) // base) * base)
