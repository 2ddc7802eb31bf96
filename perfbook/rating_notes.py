"""What a reader has to know of a rating that was set by hand: a word beside it, and a note that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perfbook.figure_notes import FigureNote, reason_words
from perfbook.framework.periods import Period
from perfbook.framework.plan import day_words
from perfbook.records import ActionReport, Quarter, RatingSet
from perfbook.scorecard.words import rating_labels
from perfbook.scoring.ratings import NONE

MARK, UPDATE_MARK = "Rating set", "Update set"


def rating_notes(quarter: Quarter) -> Mapping[tuple[str, Period], FigureNote]:
    """The note on every rating, update or date that was set by hand, by placement (its key) and reporting period."""
    labels = rating_labels(quarter.framework)
    grouped: dict[tuple[str, Period], list[RatingSet]] = {}
    for each in quarter.ratings_set:
        grouped.setdefault((each.placement, each.adjustment.period), []).append(each)
    return {
        place: FigureNote(
            MARK if any(each.adjustment.band for each in several) else UPDATE_MARK,
            " ".join(f"{'; '.join(_changes(labels, each))}. {reason_words(each.adjustment)}" for each in several),
        )
        for place, several in grouped.items()
    }


def _changes(labels: Mapping[str, str], each: RatingSet) -> Iterable[str]:
    made = each.adjustment
    nothing = "nothing"
    if made.band:
        said = labels[each.rating] if each.rating != NONE else nothing
        yield f"Rating set by hand; the return says {said}"
    if made.update:
        yield "Update written by hand" + ("; the return has another" if each.update else "")
    if made.progress is not None:
        done = f"{each.progress * 100:.0f}%" if each.progress is not None else nothing
        yield f"Done set to {made.progress * 100:.0f}%; the return says {done}"
    if made.revised:
        yield f"Revised date set to {day_words(made.revised)}; the return says {day_words(each.revised) or nothing}"


def own_reports(quarter: Quarter) -> tuple[ActionReport, ...]:
    """What returns themselves say of the ratings that were set, each once."""
    found = {each.report: None for each in quarter.ratings_set if each.report and each.adjustment.band}
    return tuple(found)
