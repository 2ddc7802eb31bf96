"""What a reader has to know of a figure that was not simply returned: a word beside it, and a note that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from perfbook.framework.adjustment_sheet import NOT_SCORED
from perfbook.framework.model import Adjustment, AdjustmentKind, Framework, Measure
from perfbook.framework.periods import Period
from perfbook.records import Adjusted, Observation, Quarter
from perfbook.scorecard.words import NOT_SCORED as NOT_SCORED_WORD
from perfbook.scorecard.words import ZONE, band_label, figure_text
from perfbook.scoring.judge import index, rule_band
from perfbook.workbook.text import day_in_words

MARKS: dict[AdjustmentKind, str] = {
    "correct": "Corrected",
    "enter": "On behalf",
    "score": "Score set",
    "provisional": "Provisional",
}
RESTATED = "Restated"
FOOTNOTE = "Footnote"
# Beside a figure without a mark, where the one before it bears one.
COUNTED_ANEW = "Series break"
COUNTED_OTHERWISE = "It bears a footnote mark: it is counted in another way than figures without."
Place = tuple[str, Period]


@dataclass(frozen=True)
class FigureNote:
    """The word or words that stand beside a figure, and the note."""

    mark: str
    note: str


def figure_notes(quarter: Quarter) -> Mapping[Place, FigureNote]:
    """The note on every figure that was adjusted, restated or marked, by measure and the period that it is about."""
    found = dict(adjustment_notes(quarter))
    restated: dict[Place, list[str]] = {}
    for each in quarter.restatements:
        if each.about in quarter.framework.by_key:
            said = f"{each.field} published as {each.before} on {_day(each.published)}."
            restated.setdefault((each.about, each.period), []).append(said)
    for place, notes in restated.items():
        known = found.get(place)
        marks = [RESTATED, *([known.mark.lower()] if known else [])]
        found[place] = FigureNote(", ".join(marks), " ".join([*notes, *([known.note] if known else [])]))
    for place, marked in _footnotes(quarter).items():
        known = found.get(place)
        words = [marked.mark, *([known.mark.lower()] if known else [])]
        notes = [marked.note, *([known.note] if known else [])]
        found[place] = FigureNote(", ".join(words), " ".join(notes))
    return found


def _footnotes(quarter: Quarter) -> Mapping[Place, FigureNote]:
    """The note on every figure with a footnote mark, and on those that one parts from the figures before them."""
    marked = {each.measure for each in quarter.observations if each.mark}
    held = index(each for each in quarter.observations if each.measure in marked and each.actual is not None)
    found: dict[Place, FigureNote] = {}
    for place, figure in held.items():
        measure = quarter.framework.by_key.get(figure.measure)
        if measure is None:
            continue
        earlier = dict.fromkeys((quarter.framework.before(measure, figure.period), figure.period.same_last_year))
        parted = [then for each in earlier if (then := held.get((measure.key, each))) and then.mark != figure.mark]
        notes = [COUNTED_OTHERWISE] if figure.mark else []
        notes += [f"Not comparable with {then.period.label}: that figure bears {_bears(then.mark)}." for then in parted]
        if notes:
            found[place] = FigureNote(f"{FOOTNOTE} {figure.mark}" if figure.mark else COUNTED_ANEW, " ".join(notes))
    return found


def _bears(mark: str) -> str:
    return f"the footnote mark {mark}" if mark else "no footnote mark"


def adjustment_notes(quarter: Quarter) -> Mapping[Place, FigureNote]:
    """The note on every figure that was adjusted."""
    grouped: dict[Place, list[Adjusted]] = {}
    for each in quarter.adjusted:
        if each.counts:
            grouped.setdefault((each.adjustment.measure, each.adjustment.period), []).append(each)
    observations = index(quarter.observations)
    return {place: _note(quarter.framework, observations, several) for place, several in grouped.items()}


def _note(framework: Framework, observations: Mapping[Place, Observation], several: Iterable[Adjusted]) -> FigureNote:
    marks: list[str] = []
    notes: list[str] = []
    for each in several:
        measure = framework.by_key[each.adjustment.measure]
        word = MARKS[each.adjustment.kind]
        marks.append(word.lower() if marks else word)
        notes.append(f"{_what(framework, observations, measure, each)}. {reason_words(each.adjustment)}")
    return FigureNote(", ".join(marks), " ".join(notes))


def _what(framework: Framework, observations: Mapping[Place, Observation], measure: Measure, each: Adjusted) -> str:
    made = each.adjustment
    if made.kind == "correct":
        return f"Corrected; the return says {own_text(measure, each.own)}"
    if made.kind == "enter":
        return "Entered on behalf of the service"
    if made.kind == "provisional":
        return "Provisional"
    scheme = framework.scheme_of(measure)
    chosen = scheme.band(scheme.position(made.band))
    ruled = scheme.band(rule_band(framework, measure, observations, made.period))
    word = band_label(chosen) if chosen and made.band != NOT_SCORED else NOT_SCORED_WORD
    return f"Score set to {word}; by the rule it is {band_label(ruled) if ruled else NOT_SCORED_WORD}"


def own_text(measure: Measure, own: Observation | None) -> str:
    """What the return itself says, as a reader would see it."""
    if own is None or (own.actual is None and not own.status):
        return "nothing"
    return figure_text(measure, own.actual) if own.actual is not None else str(own.status)


def reason_words(made: Adjustment) -> str:
    """Why something was done by hand, and who decided it."""
    return f"{made.reason.rstrip().rstrip('.')} ({made.by})."


def closing_sentence(quarter: Quarter) -> str:
    """When the quarter's own period was published, and how much was restated since; that a closing was undone, and by
    whom; empty where it never was closed."""
    closing = next((each for each in quarter.closings if each.period == quarter.period), None)
    undone = [each for each in quarter.reopenings if each.period == quarter.period]
    label = quarter.period.label
    if closing is None:
        if not undone:
            return ""
        last = undone[-1]
        why = f"{last.reason.rstrip('.')} ({last.by})"
        return f"{label} was published on {_day(last.closed)} and opened again on {_day(last.at)}: {why}."
    number = sum(each.closed == quarter.period for each in quarter.restatements)
    since = f"; {number} restatement{'' if number == 1 else 's'} since, on the sheet Changes" if number else ""
    again = f", first on {_day(undone[0].closed)} and opened again on {_day(undone[-1].at)}" if undone else ""
    return f"{label} was published on {_day(closing.at)}{again}{since}."


def _day(moment: datetime) -> str:
    return day_in_words(moment.astimezone(ZONE))


def with_mark(text: str, note: FigureNote | None) -> str:
    """A figure as text with its mark behind it."""
    return f"{text} ({note.mark.lower()})" if note and text else text
