"""Percentages of grids and the counts behind them: a percentage tells a hidden count to whoever knows its total.

Nothing in a grid says which counts a percentage is worked out of. So they are looked for, by the label of the line and
by the number itself; one link too many hides a percentage that could be shown, one too few would tell a count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfbook.publishing.protect import Cell, Key, Relation

_ENDING = re.compile(r"(?:,|\(|\s)*(?:(?:in|as a?)\s+)?(?:per ?cent(?:age)?|%|share)\)?\s*$", re.IGNORECASE)


def plain_label(label: str) -> str:
    """A label without what says that it is a percentage, for comparing."""
    return " ".join(_ENDING.sub("", label).casefold().split())


def parts_of_share(
    value: Decimal,
    places: int,
    label: str,
    labels: Mapping[Key, str],
    cells: Mapping[Key, Cell],
    relations: Sequence[Relation],
) -> tuple[Key, ...]:
    """The counts that a percentage (as a fraction, so many places) may be worked out of, the part before its total.

    `labels` are those of the counts of the same service and period. A count is behind it where its line has the same
    label, or where its share of a total to which it adds up rounds to the percentage.
    """
    found: list[Key] = []
    for relation in relations:
        total = relation.total
        if relation.at_most or total not in labels or not cells[total].value:
            continue
        for part in relation.parts:
            same = part in labels and plain_label(labels[part]) == plain_label(label)
            near = part in labels and abs(cells[part].value / cells[total].value - value) <= _half(places)
            if same or near:
                found += [part, total]
    named = [key for key, words in labels.items() if plain_label(words) == plain_label(label)]
    return tuple(dict.fromkeys((*found, *named)))


def _half(places: int) -> Decimal:
    # A whole last place: percentages are cut off as often as they are rounded.
    return Decimal(1).scaleb(-places)
