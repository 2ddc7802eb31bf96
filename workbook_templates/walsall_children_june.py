"""What the report of Walsall's children's services to June 2013 prints otherwise than that to July.

Called by make_walsall_children_framework.py. Where a title or a better direction is only lost from the text, and not
printed otherwise, nothing stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from make_walsall_children_framework import About

    from perfbook.framework.model import Polarity

DIRECTIONS: Mapping[str, Polarity] = {"SB": "lower", "BB": "higher", "": "none"}
NO_DIRECTION = "The report prints no better direction. "
NO_COMPARATOR = (
    "The report prints a score, and neither a minimum standard nor a comparator; the England average, which the report "
    "to July prints, stands here as the standard. "
)
# By the place in the report, from 1.
TITLES = {7: "Initial assessments completed < 10 days", 8: "Core assessments completed < 35 days"}
DEFINITIONS = {11: "Agency staff at the end of the month."}


def as_in_june(measures: Sequence[About], rows: Sequence[Mapping[str, str]]) -> tuple[About, ...]:
    """What is known of the measures in June, from what is known in July and the rows of the report to June."""
    return tuple(_as_in_june(*each) for each in zip(range(1, len(rows) + 1), measures, rows, strict=True))


def _as_in_june(number: int, about: About, row: Mapping[str, str]) -> About:
    direction = DIRECTIONS[row["polarity_as_printed"]]
    note = about.note
    if direction == "none":
        note = NO_DIRECTION
    elif about.standard and not row["comparator_value"]:
        note = NO_COMPARATOR
    return replace(
        about,
        title=TITLES.get(number, about.title),
        definition=DEFINITIONS.get(number, about.definition),
        # What counts is the range, where one is called ideal.
        polarity=about.polarity if about.polarity == "range" else direction,
        note=note,
    )
