"""The sheet Published ratings of framework.xlsx, read: what a report printed of actions, place by place."""

from __future__ import annotations

from perfbook.framework._rating_adjustments import Plan
from perfbook.framework._register import period_in
from perfbook.framework._tables import Problems, Table, required
from perfbook.framework.periods import Kind, Period
from perfbook.framework.plan_sheets import PUBLISHED_RATINGS
from perfbook.records import NOT_RATED

_NONE = "none"


def read_published_ratings(
    table: Table, plan: Plan, problems: Problems, year_start: int, reporting: Kind
) -> dict[tuple[str, str, Period], str]:
    """The ratings by action, deliverable (empty where the action has none) and reporting period: the key of a band, or
    `none`."""
    required(problems, PUBLISHED_RATINGS, table.rows)
    found: dict[tuple[str, str, Period], str] = {}
    for row in table.rows:
        action = plan.action(row["key"], problems)
        period = period_in(problems, row["period"], year_start)
        if action is None or period is None:
            continue
        if period.kind != reporting:
            words = f"{period} is no period for which returns are sent out."
            problems.add(row["period"], words, f"Name the {reporting} in which the action is rated.")
            continue
        place = plan.deliverable(row["deliverable"], action, problems)
        band = plan.band(row["rating"], action, problems)
        if place is None or not band:
            continue
        if not place and len(action.deliverables) > 1:
            words = f"The action stands under {len(action.deliverables)} deliverables."
            problems.add(row["deliverable"], words, "Name the one under which the report prints the rating.")
            continue
        place = place or "".join(action.deliverables)
        if (action.key, place, period) in found:
            problems.add(row["key"], f"There are two rows for that place and {period}.", "Remove one of them.")
            continue
        found[action.key, place, period] = _NONE if band == NOT_RATED else band
    return found
