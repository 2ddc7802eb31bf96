"""The layout of the sheet Actions of a return, from which its writer and its reader both derive.

One row an action; below an action that stands under several deliverables, one row for each of them, to be filled only
where something differs there. Rows and columns bear hidden keys, as on Measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perfbook.framework.model import Action, Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import Placement, place_key, placements
from perfbook.returns.layout import MARK, Column

SHEET = "Actions"
ACTIONS_MARK = f"{MARK}actions"

RATING, UPDATE, REVISED, PROGRESS, MILESTONE = "rating", "update", "revised", "progress", "milestone"
INPUT_KEYS = (RATING, UPDATE, REVISED, PROGRESS, MILESTONE)
TEXTS = (UPDATE, MILESTONE)
NAMES = {
    RATING: "rating",
    UPDATE: "update",
    REVISED: "revised date",
    PROGRESS: "percentage done",
    MILESTONE: "next milestone",
}

COLUMNS: tuple[Column, ...] = (
    Column("code", "Reference", 10, "locked", "Action"),
    Column("title", "Action", 32, "locked", "Action"),
    Column("deliverable", "Deliverable", 28, "locked", "Action"),
    Column("due", "Due", 11, "locked", "Action"),
    Column("previous", "Previous rating", 14, "locked", "To compare with"),
    Column(RATING, "Rating", 17, "input", "Please fill"),
    Column(UPDATE, "Update", 52, "input", "Please fill"),
    Column("check", "Check", 28, "live", "Worked out for you"),
    Column(REVISED, "Revised date", 12, "input", "Where it applies"),
    Column(PROGRESS, "Done %", 8, "input", "Where it applies"),
    Column(MILESTONE, "Next milestone", 26, "input", "Where it applies"),
    # Not at the end: LibreOffice prints the edge of a hidden number beside the last column as ###.
    Column("level", "level", 8, "hidden"),
    Column("todo", "to do", 8, "hidden"),
    Column("problem", "problem", 8, "hidden"),
    Column("last_update", "What was said last time", 40, "locked", "To help you"),
)
AT = {column.key: index for index, column in enumerate(COLUMNS, start=1)}
SECOND_PAGE = REVISED
REPEATED = "title"


@dataclass(frozen=True)
class ActionRow:
    """One row: an action (`deliverable` empty), or one of the places where it stands."""

    action: Action
    deliverable: str
    places: tuple[Placement, ...]

    @property
    def key(self) -> str:
        """The key in the hidden column."""
        return place_key(self.action.key, self.deliverable)

    @property
    def is_place(self) -> bool:
        """Whether the row is about one place of an action that stands in several."""
        return bool(self.deliverable)


def rows_of(framework: Framework, directorate: str, period: Period) -> Iterator[ActionRow]:
    """The rows of a directorate's sheet, in the order of the plan; an action stands where it comes first."""
    own = {action.key for action in framework.actions_of(directorate, period)}
    places: dict[str, list[Placement]] = {}
    for placement in placements(framework, period):
        if placement.action.key in own:
            places.setdefault(placement.action.key, []).append(placement)
    for found in places.values():
        action = found[0].action
        yield ActionRow(action, "", tuple(found))
        if len(found) > 1:
            for placement in found:
                if placement.deliverable:
                    yield ActionRow(action, placement.deliverable.key, (placement,))
