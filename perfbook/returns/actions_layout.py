"""The layout of the sheet Actions of a return, from which its writer and its reader both derive.

One row an action; below an action that stands under several deliverables, one row for each of them, to be filled only
where something differs there. Rows and columns bear hidden keys, as on Measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perfbook.framework.model import Action, Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import Placement, day_words, place_key, placements, told_before
from perfbook.returns.facts import Fact
from perfbook.returns.layout import DASH, MARK, Column, with_queries

SHEET = "Actions"
ACTIONS_MARK = f"{MARK}actions"
ACTION = "action"

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
    Column("where", "where", 8, "hidden"),
    Column("rank", "rank", 8, "hidden"),
    Column("last_update", "What was said last time", 40, "locked", "To help you"),
)
INPUT_HEADERS = {column.key: column.header for column in COLUMNS if column.key in INPUT_KEYS}
REPEATED = "title"
_ONLY = "    only if it differs here"


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


def words_of(row: ActionRow, framework: Framework) -> dict[str, str]:
    """The texts of a row that the plan gives, by column."""
    return {
        "code": row.action.code,
        "title": _ONLY if row.is_place else row.action.title,
        "deliverable": _beside(row, framework),
        "due": ("" if row.is_place else day_words(row.action.due)) or DASH,
    }


def _beside(row: ActionRow, framework: Framework) -> str:
    """Where the action stands; and what was so before, and which way its figures are to go."""
    parts = (_deliverable(row, framework), *(() if row.is_place else told_before(row.action)))
    return "\n".join(parts)


def _deliverable(row: ActionRow, framework: Framework) -> str:
    if len(row.places) > 1:
        names = [p.deliverable.code or p.deliverable.title for p in row.places if p.deliverable]
        return f"{len(names)} deliverables: {', '.join(names)}"
    deliverable = row.places[0].deliverable
    if deliverable is None:
        return next(p.name for p in framework.priorities if p.key == row.action.priority)
    return f"{deliverable.code} {deliverable.title}".strip()


def facts_of_actions(framework: Framework, directorate: str, period: Period) -> Iterator[Fact]:
    """The locked cells that the plan gives."""
    headers = {column.key: column.header for column in COLUMNS}
    for row in rows_of(framework, directorate, period):
        for key, text in words_of(row, framework).items():
            yield Fact(row.key, key, row.action.key, f"{headers[key]} of {row.action.code or row.action.title}", text)


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


def columns(*, asked: bool = False) -> tuple[Column, ...]:
    """The columns after the hidden key column; `asked`: with those of a book that goes back with queries."""
    return with_queries(COLUMNS, INPUT_KEYS) if asked else COLUMNS
