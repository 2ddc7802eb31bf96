"""What a public copy says, before anything is hidden: the figures of a period, as published or as they stand now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from perfbook.closing_grids import published_grids
from perfbook.framework.model import Framework, Measure
from perfbook.framework.periods import Period
from perfbook.records import Closing, Observation, Quarter
from perfbook.scorecard.reconcile import score_word
from perfbook.scorecard.words import DIRECTION_WORDS
from perfbook.scoring.judge import Judgement, MeasureState, index, judge

PROVISIONAL, REVISED = "[p]", "[r]"
Place = tuple[str, Period]


@dataclass(frozen=True)
class MeasureRow:
    """One measure in the reporting period. Words are empty where there is no figure; `to_date` is the figure that it
    runs to, of the year or of twelve months; `marks` are shorthand."""

    measure: Measure
    state: MeasureState
    about: Period | None
    actual: Decimal | None
    target: Decimal | None
    target_high: Decimal | None
    score: str = ""
    trend: str = ""
    annual: str = ""
    to_date: Decimal | None = None
    previous: Place | None = None
    last_year: Place | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A quarter as it goes to the public. `closing` is None while the period is open; `as_published`: the figures are
    those of the closing, whatever became of them since. `figures` are those of every period by measure and the period
    that they are about, `fractions` their numerators and denominators, `marks` their shorthand.
    """

    quarter: Quarter
    closing: Closing | None
    as_published: bool
    rows: tuple[MeasureRow, ...]
    ratings: Mapping[str, str]
    periods: tuple[Period, ...]
    figures: Mapping[Place, Decimal]
    fractions: Mapping[Place, tuple[Decimal, Decimal]]
    marks: Mapping[Place, tuple[str, ...]]
    since: int = 0
    dropped: tuple[str, ...] = field(default=())

    @property
    def framework(self) -> Framework:
        """What is measured."""
        return self.quarter.framework

    @property
    def period(self) -> Period:
        """The reporting period."""
        return self.quarter.period


def source_of(
    quarter: Quarter, published: Mapping[str, Any] | None, *, revised: bool = False, periods: int = 8
) -> Source:
    """The figures for the public: those of the closing where the period is closed, unless `revised`.

    `published` are the tables of the closing (see `closing.published_tables`), None while the period is open.
    """
    framework, period = quarter.framework, quarter.period
    closing = next((each for each in quarter.closings if each.period == period), None)
    if published and closing and not revised and "grids" in published:
        others = tuple(figure for figure in quarter.grids if figure.period != period)
        quarter = replace(quarter, grids=(*others, *published_grids(published["grids"], period)))
    kept = published["measures"] if published and closing and not revised else None
    observations = index(quarter.observations)
    marks = _marks(quarter)
    judged = [row for row in judge(framework, observations, period) if row.state != "withdrawn"]
    if kept is not None:
        judged = [row for row in judged if row.measure.key in kept]
    rows = tuple(_row(framework, row, marks, kept[row.measure.key] if kept is not None else None) for row in judged)
    figures = {place: each.actual for place, each in observations.items() if each.actual is not None}
    for row in rows:
        if row.about and kept is not None:
            place = (row.measure.key, row.about)
            marks = {**marks, place: row.marks}
            if row.actual is None:
                figures.pop(place, None)
            else:
                figures[place] = row.actual
    fractions = {place: both for place, each in observations.items() if (both := _fraction(each, figures.get(place)))}
    fractions |= dict(_fractions_kept(rows, kept or {}))
    shown = tuple(each for each in quarter.periods if each.end <= period.end)[-periods:]
    restated = sum(each.closed == period for each in quarter.restatements)
    names = [each["name"] for key, each in (kept or {}).items() if key not in {row.measure.key for row in rows}]
    return Source(
        quarter,
        closing,
        kept is not None,
        rows,
        {key: row["rating"] for key, row in published["actions"].items()} if published and kept is not None else {},
        shown,
        figures,
        fractions,
        marks,
        restated,
        tuple(names),
    )


def _fraction(observation: Observation, shown: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """The numerator and the denominator, where they are those of the figure that is shown."""
    if observation.numerator is None or observation.denominator is None or observation.actual != shown:
        return None
    return observation.numerator, observation.denominator


def _fractions_kept(
    rows: tuple[MeasureRow, ...], kept: Mapping[str, Any]
) -> Iterator[tuple[Place, tuple[Decimal, Decimal]]]:
    """The numerators and denominators of figures that are shown as they were published."""
    for row in rows:
        top, base = map(_number, kept.get(row.measure.key, {}).get("fraction") or (None, None))
        if row.about and top is not None and base is not None:
            yield (row.measure.key, row.about), (top, base)


def _row(
    framework: Framework, row: Judgement, marks: Mapping[Place, tuple[str, ...]], kept: Mapping[str, Any] | None
) -> MeasureRow:
    measure, about = row.measure, row.about
    previous = (measure.key, framework.before(measure, about)) if about else None
    last_year = (measure.key, about.same_last_year) if about else None
    said = marks.get((measure.key, about), ()) if about else ()
    reported = row.state == "reported"
    state, actual, score = row.state, row.actual, score_word(framework, row) if reported else ""
    trend, annual = (DIRECTION_WORDS[way] if reported else "" for way in (row.trend, row.annual))
    to_date, target, high = row.to_date if measure.runs else None, row.target, row.target_high
    if kept is not None:
        state, score, trend, annual = kept["state"], kept["score"], kept["trend"], kept["annual"]
        # Of a period that was closed before they were kept, they are as they are now.
        to_date = _number(kept["to_date"]) if "to_date" in kept else to_date
        target, high = map(_number, kept["targets"]) if "targets" in kept else (target, high)
        actual = _number(kept["actual"])
        # It is shown as it was published: not revised since.
        said = tuple(mark for mark in said if mark != REVISED or actual == row.actual)
    return MeasureRow(
        measure, state, about, actual, target, high, score, trend, annual, to_date, previous, last_year,
        said if actual is not None else (),
    )  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _marks(quarter: Quarter) -> Mapping[Place, tuple[str, ...]]:
    """The shorthand beside each figure: provisional where its return is not certified, revised where officers or a
    later return changed it."""
    found: dict[Place, list[str]] = {}
    framework = quarter.framework
    for each in quarter.adjusted:
        if each.counts and each.adjustment.kind in ("correct", "enter"):
            found.setdefault((each.adjustment.measure, each.adjustment.period), []).append(REVISED)
    for change in quarter.restatements:
        if change.about in framework.by_key and change.field == "Figure":
            found.setdefault((change.about, change.period), []).append(REVISED)
    for each in quarter.adjusted:
        if each.counts and each.adjustment.kind == "provisional":
            found.setdefault((each.adjustment.measure, each.adjustment.period), []).append(PROVISIONAL)
    certified = {record.directorate for record in quarter.returns if record.state == "certified"}
    for measure in framework.measures:
        about = measure.about(quarter.period)
        if about and measure.in_force(quarter.period) and measure.directorate not in certified:
            found.setdefault((measure.key, about), []).append(PROVISIONAL)
    return {place: tuple(dict.fromkeys(marks)) for place, marks in found.items()}
