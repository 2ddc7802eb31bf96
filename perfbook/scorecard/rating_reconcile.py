"""Our ratings beside those that a report published, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import Placement, placements
from perfbook.scorecard.words import rating_labels
from perfbook.scoring.ratings import Rated

NOT_ASKED = "Not reported in this period"


@dataclass(frozen=True)
class RatingDifference:
    """A place where an action stands with another rating than the published one; both as texts."""

    placement: Placement
    ours: str
    published: str

    @property
    def name(self) -> str:
        """The reference of the action, else its key; with the deliverable where it stands in several places."""
        action, deliverable = self.placement.action, self.placement.deliverable
        code = action.code or action.key
        several = deliverable and len(action.deliverables) > 1
        return f"{code} under {deliverable.code or deliverable.key}" if several and deliverable else code


def printed_rating(framework: Framework, placement: Placement, period: Period) -> str | None:
    """The rating that was printed for a place: the key of a band, or `none`; None where nothing was published."""
    deliverable = placement.deliverable.key if placement.deliverable else ""
    return framework.published_ratings.get((placement.action.key, deliverable, period))


def compare_ratings(
    framework: Framework, period: Period, rated: Iterable[Rated]
) -> tuple[int, tuple[RatingDifference, ...]]:
    """How many places a report printed a rating for, and those in which ours is another, in the order of the plan.

    `rated` are the placements in force; one that was printed and is not in force differs.
    """
    ours: Mapping[str, str] = {row.placement.key: row.rating for row in rated}
    labels = rating_labels(framework)
    compared, found = 0, []
    for placement in placements(framework) if framework.published_ratings else ():
        printed = printed_rating(framework, placement, period)
        if printed is None:
            continue
        compared += 1
        own = ours.get(placement.key)
        if own != printed:
            shown = labels[own] if own is not None else NOT_ASKED
            found.append(RatingDifference(placement, shown, labels[printed]))
    return compared, tuple(found)
