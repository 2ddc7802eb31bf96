"""A report by themes: under each priority its actions beside its measures; the statuses of both counted together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from perfbook.reports.deeds import DeedGroup
from perfbook.reports.tally import Tally
from perfbook.scoring.ratings import NONE
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.palette import STANDARD

if TYPE_CHECKING:
    from perfbook.reports.story import Group

# The states of measures without a score, beside the bands.
_STATES = ("missing", "not_due", "delayed", "not_available")


@dataclass(frozen=True)
class Status:
    """One status, of measures, of actions, and of both; `share` is that of all, in whole per cent."""

    key: str
    label: str
    measures: int
    actions: int
    share: str
    fill: str = "FFFFFF"
    ink: str = STANDARD.text[1:]

    @property
    def number(self) -> int:
        """Measures and actions together."""
        return self.measures + self.actions


@dataclass(frozen=True)
class Theme:
    """One priority: its measures and its actions, None where it has none."""

    key: str
    name: str
    group: Group | None
    actions: DeedGroup | None


def themes_of(
    names: Iterable[tuple[str, str]], groups: Sequence[Group], plan: Sequence[DeedGroup]
) -> tuple[Theme, ...]:
    """The priorities (key, name) that have measures or actions, in their order."""
    found = []
    for key, name in names:
        group = next((each for each in groups if each.key == key), None)
        actions = next((each for each in plan if each.key == key), None)
        if group or actions:
            found.append(Theme(key, name, group, actions))
    return tuple(found)


def together(scores: Sequence[Tally], states: Sequence[Tally], ratings: Sequence[Tally]) -> tuple[Status, ...]:
    """Every status that a measure or an action has: the bands, then what has none. An action without a rating counts as
    missing."""
    bands = {each.key: each for each in (*scores, *ratings) if each.key != NONE}
    by_state = {each.key: each for each in states}
    without = [by_state[key] for key in _STATES if key in by_state]
    measures = {each.key: each.number for each in (*scores, *without)}
    actions = {"missing" if each.key == NONE else each.key: each.number for each in ratings}
    total = sum(measures.values()) + sum(actions.values())
    found = []
    for key, tally in (bands | {each.key: each for each in without}).items():
        number = measures.get(key, 0) + actions.get(key, 0)
        if number:
            share = f"{round_half_away(Fraction(100 * number, total), 0)}%"
            status = Status(key, tally.label, measures.get(key, 0), actions.get(key, 0), share, tally.fill, tally.ink)
            found.append(status)
    return tuple(found)
