"""Our figures, scores, trends and annual comparisons beside those that a report published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from perfbook.framework.model import Framework, Measure, Published
from perfbook.framework.periods import Period
from perfbook.framework.typed import read_typed
from perfbook.records import Quarter
from perfbook.scorecard.rating_reconcile import RatingDifference, compare_ratings
from perfbook.scorecard.statements import Worked, work_out
from perfbook.scorecard.words import (
    DIRECTION_KEYS,
    DIRECTION_WORDS,
    NOT_SCORED,
    STATE_WORDS,
    band_label,
    count_labels,
    figure_text,
    in_a_sentence,
    target_text,
)
from perfbook.scoring.judge import Counts, Judgement, MeasureState, count, index, judge
from perfbook.scoring.ratings import ActionCounts, Rated, count_actions, index_reports, rate
from perfbook.scoring.rounding import round_half_away

Aspect = Literal["score", "trend", "annual", "figure"]

ASPECTS: tuple[Aspect, ...] = ("score", "trend", "annual", "figure")
ASPECT_WORDS: dict[Aspect, str] = {
    "score": "Score",
    "trend": "Trend",
    "annual": "Annual comparison",
    "figure": "Figure",
}
GROUP_WORDS = {
    "measures": "Measures",
    "score": "Score",
    "trend": "Trend",
    "annual": "Annual comparison",
    "actions": "Actions",
    "rating": "Rating",
}


@dataclass(frozen=True)
class Total:
    """One headline count: ours, and the published one where there is one."""

    group: str
    outcome: str
    label: str
    ours: int
    published: int | None

    @property
    def differs(self) -> bool:
        """Whether a published count is not ours."""
        return self.published is not None and self.published != self.ours


@dataclass(frozen=True)
class Difference:
    """One measure whose outcome is not the published one; all values as texts, with the figures that explain ours."""

    aspect: Aspect
    judgement: Judgement
    ours: str
    published: str

    @property
    def measure(self) -> Measure:
        """The measure."""
        return self.judgement.measure


@dataclass(frozen=True)
class Reconciliation:
    """Our totals beside the published ones, and every measure that differs, aspect by aspect."""

    period: Period
    totals: tuple[Total, ...]
    differences: tuple[Difference, ...]
    compared: Mapping[Aspect, int]
    statements: tuple[Worked, ...] = ()
    ratings: tuple[RatingDifference, ...] = ()
    ratings_compared: int = 0

    @property
    def published(self) -> bool:
        """Whether anything was published for the period."""
        return self.has_outcomes or bool(self.statements) or bool(self.ratings_compared)

    @property
    def has_outcomes(self) -> bool:
        """Whether totals or outcomes of measures were published for the period."""
        return any(total.published is not None for total in self.totals) or any(self.compared.values())

    def differing(self, aspect: Aspect) -> tuple[Difference, ...]:
        """The measures that differ in one aspect, in the framework's order."""
        return tuple(difference for difference in self.differences if difference.aspect == aspect)

    def differing_codes(self) -> dict[str, tuple[str, ...]]:
        """The codes of the measures that differ, by aspect; with the key where several share the code. Where ratings
        were published place by place, the references of the actions, too."""
        found = {}
        for aspect in ASPECTS:
            measures = [each.measure for each in self.differing(aspect)]
            often = Counter(measure.code for measure in measures)
            found[str(aspect)] = tuple(m.code if often[m.code] == 1 else f"{m.code} ({m.key})" for m in measures)
        if self.ratings_compared:
            found["rating"] = tuple(each.name for each in self.ratings)
        return found

    def lines(self) -> Iterator[tuple[str, str, str, str]]:
        """A line a group: what, ours, published, the codes that differ; nothing where nothing was published."""
        if not self.published:
            return
        codes = self.differing_codes()
        compared: dict[str, int] = {str(aspect): number for aspect, number in self.compared.items()}
        for group, label in GROUP_WORDS.items():
            totals = [total for total in self.totals if total.group == group and total.published is not None]
            if not totals and not compared.get(group):
                continue
            yield (
                f"{label} ({', '.join(in_a_sentence(total.label) for total in totals)})" if totals else label,
                " / ".join(str(total.ours) for total in totals),
                " / ".join(str(total.published) for total in totals) or "not published",
                ", ".join(codes.get(group, ()) if group != "rating" else ()),
            )
        figures, differ = compared.get("figure", 0), len(codes["figure"])
        if figures:
            yield "Figures", f"{figures} compared", f"{figures - differ} the same", ", ".join(codes["figure"])
        if self.ratings_compared:
            same = f"{self.ratings_compared - len(self.ratings)} the same"
            yield "Ratings, place by place", f"{self.ratings_compared} compared", same, ", ".join(codes["rating"])
        if self.statements:
            known = [each for each in self.statements if each.agrees is not None]
            back = sum(bool(each.agrees) for each in known)
            yield "What the report says of itself", f"{back} come back", f"{len(known)} can be worked out", ""


def reconcile(quarter: Quarter) -> Reconciliation:
    """The quarter's reporting period beside what was published about it."""
    judgements = judge(quarter.framework, index(quarter.observations), quarter.period)
    rated = rate(quarter.framework, index_reports(quarter.actions), quarter.period)
    counts = count(quarter.framework, judgements), count_actions(quarter.framework, rated)
    return reconcile_judged(quarter.framework, quarter.period, judgements, rated, counts)


def reconcile_judged(
    framework: Framework,
    period: Period,
    judgements: Sequence[Judgement],
    rated: Collection[Rated],
    counts: tuple[Counts, ActionCounts],
) -> Reconciliation:
    """The judgements and ratings of one reporting period, with the counts of both, beside what was published of it."""
    differences: dict[Aspect, list[Difference]] = {aspect: [] for aspect in ASPECTS}
    compared = dict.fromkeys(ASPECTS, 0)
    for judgement in judgements if framework.published else ():
        printed = published_of(framework, judgement.measure, judgement.about, period)
        for aspect, given, differs, ours, theirs in compare(framework, judgement, printed):
            compared[aspect] += given
            if differs:
                differences[aspect].append(Difference(aspect, judgement, ours, theirs))
    counted = totals(framework, period, *counts)
    ratings_compared, ratings = compare_ratings(framework, period, rated)
    return Reconciliation(
        period,
        counted,
        tuple(each for aspect in ASPECTS for each in differences[aspect]),
        compared,
        tuple(_statements(framework, period, judgements, counted)),
        ratings,
        ratings_compared,
    )


def _statements(
    framework: Framework, period: Period, judgements: Sequence[Judgement], counted: Sequence[Total]
) -> Iterator[Worked]:
    """What the report says of itself, worked out from ours and from its own rows."""
    stated = [each for each in framework.published_statements if each.period == period]
    if not stated:
        return iter(())
    return work_out(
        framework,
        stated,
        judgements,
        {(total.group, total.outcome): total.ours for total in counted},
        {(total.group, total.outcome): total.published for total in counted},
        {
            row.measure.key: printed_figure(row.measure, published_of(framework, row.measure, row.about, period))
            for row in judgements
        },
    )


def totals(framework: Framework, period: Period, counts: Counts, actions: ActionCounts) -> tuple[Total, ...]:
    """Every headline count with the published one."""
    printed = {(t.group, t.outcome): t.count for t in framework.published_totals if t.period == period}
    ours = {"measures": counts.measures, "score": counts.score, "trend": counts.trend, "annual": counts.annual}
    ours |= {"actions": actions.by_outcome, "rating": actions.rating}
    return tuple(
        Total(group, outcome, label, ours[group][outcome], printed.get((group, outcome)))
        for group, outcome, label in count_labels(framework)
    )


def published_of(framework: Framework, measure: Measure, about: Period | None, period: Period) -> Published:
    """What was printed about a figure; where none is due, what was printed in the reporting period instead."""
    return framework.published.get((measure.key, about or period)) or Published()


def printed_state(printed: Published) -> MeasureState | None:
    """The state that was printed in the place of a score."""
    return next((state for state in STATE_WORDS if state == printed.score), None)


def printed_band(framework: Framework, measure: Measure, printed: Published) -> int | None:
    """The position (1 = best) of the printed score in the measure's scheme."""
    bands = framework.scheme_of(measure).bands
    return next((position for position, band in enumerate(bands, 1) if band.key == printed.score), None)


def printed_figure(measure: Measure, printed: Published) -> Decimal | None:
    """The printed figure as a number with the measure's decimals; None where it is none."""
    if not printed.actual.strip():
        return None
    number = read_typed(printed.actual, measure.unit).number
    return None if number is None else round_half_away(number, measure.places)


def compare(
    framework: Framework, judgement: Judgement, printed: Published
) -> Iterator[tuple[Aspect, bool, bool, str, str]]:
    """For each aspect: whether something was printed, whether it differs from ours, ours and theirs in words."""
    measure = judgement.measure
    position, state = printed_band(framework, measure, printed), printed_state(printed)
    yield (
        "score",
        position is not None or state is not None,
        judgement.state != state if state else position is not None and position != judgement.band,
        score_word(framework, judgement),
        STATE_WORDS[state] if state else band_words(framework, measure, position),
    )
    for aspect, ours, word in (
        ("trend", judgement.trend, printed.trend),
        ("annual", judgement.annual, printed.annual),
    ):
        theirs = DIRECTION_KEYS.get(word)
        yield (
            "trend" if aspect == "trend" else "annual",
            theirs is not None,
            theirs is not None and theirs != ours,
            DIRECTION_WORDS[ours] if judgement.state == "reported" else STATE_WORDS[judgement.state],
            DIRECTION_WORDS[theirs] if theirs is not None else "",
        )
    figure, shown = printed_figure(measure, printed), printed.actual.strip()
    # A printed word, such as "delayed", contradicts a figure of ours and nothing else.
    wrong = judgement.actual is not None if figure is None else judgement.actual != figure
    yield "figure", bool(shown), bool(shown) and wrong, actual_text(judgement), shown


def actual_text(judgement: Judgement) -> str:
    """The figure as text, or why there is none."""
    if judgement.state != "reported":
        return STATE_WORDS[judgement.state]
    return figure_text(judgement.measure, judgement.actual)


def running_text(judgement: Judgement) -> str:
    """The figure that a measure runs to, in words: `122 to date`, `101 in 12 months`; empty where it does not run, or
    that is not known."""
    measure = judgement.measure
    if not measure.runs or judgement.to_date is None:
        return ""
    return f"{figure_text(measure, judgement.to_date)} {'in 12 months' if measure.rolls else 'to date'}"


def score_word(framework: Framework, judgement: Judgement) -> str:
    """The score as text, or why there is none."""
    if judgement.state != "reported":
        return STATE_WORDS[judgement.state]
    return band_words(framework, judgement.measure, judgement.band)


def figures_text(judgement: Judgement) -> tuple[str, str, str, str]:
    """Actual, target, previous, last year as texts."""
    measure = judgement.measure
    return (
        actual_text(judgement),
        target_text(measure, judgement.target, judgement.target_high),
        figure_text(measure, judgement.previous),
        figure_text(measure, judgement.last_year),
    )


def band_words(framework: Framework, measure: Measure, position: int | None) -> str:
    """A band of the measure's scheme, by its position, as text; 0 is not scored, None nothing."""
    if position is None:
        return ""
    band = framework.scheme_of(measure).band(position)
    return band_label(band) if band else NOT_SCORED
