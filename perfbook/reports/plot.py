"""Charts as data: what is drawn, and the same in words. Word and HTML each draw them in their own way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.scorecard.colours import band_colours, tints
from perfbook.scorecard.view import View
from perfbook.scorecard.words import figure_text, rating_labels, score_labels, target_text
from perfbook.scoring.judge import Judgement, count
from perfbook.scoring.ratings import NONE
from perfbook.workbook.palette import STANDARD

# The newest figures that a trend shows, and the periods that scores are counted for.
TREND_POINTS, SCORE_PERIODS = 8, 8
# Stands in a trend between figures that are counted in different ways.
BREAK = "\u2260"
_NONE_COLOURS = (STANDARD.line, STANDARD.text)
# Columns of figures: the newest, and those before it; dark text reads on both.
NEWEST_FILL, EARLIER_FILL = "#7FA9D4", "#CBD5DF"


@dataclass(frozen=True)
class Series:
    """One series: a value a category, None for a gap; `fill` and `ink` (of figures written on it) as #RRGGBB."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    fill: str
    ink: str = "#FFFFFF"


@dataclass(frozen=True)
class Plot:
    """One chart. `description` says what it shows to those who cannot see it.

    `bars` and `columns` are stacked counts; `groups` has the columns of all series beside each other; `trend` is a
    column for each figure of the first series, and the second, if there is one, the targets as a line. `number_format`
    is Excel's. `is_broken` tells that figures of it are counted in different ways, where BREAK stands.
    """

    kind: Literal["bars", "columns", "groups", "trend"]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    description: str
    number_format: str = "0"
    is_broken: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.categories or not any(value for each in self.series for value in each.values)


def scores_by_priority(view: View) -> Plot:
    """How many measures of each priority have which score."""
    rows = []
    for priority in view.framework.priorities:
        judged = [row for row in view.rows if row.measure.priority == priority.key]
        counts = count(view.framework, judged).score
        if sum(counts.values()):
            rows.append((priority.name, counts))
    return _scores(view.framework, "bars", "Scores by priority", rows)


def ratings_by_priority(view: View) -> Plot:
    """How many actions of each priority have which rating; empty where none has any."""
    framework, labels = view.framework, rating_labels(view.framework)
    rated = view.rated[view.chosen].values()
    rows: list[tuple[str, Mapping[str, int]]] = []
    for priority in framework.priorities if any(row.rating != NONE for row in rated) else ():
        found = Counter(row.rating for row in rated if row.placement.priority == priority.key)
        if found:
            rows.append((priority.name, {key: found[key] for key in labels}))
    bands = {band.key: band for scheme in framework.schemes.values() for band in scheme.bands}
    colours = {key: (tints(bands[key])[0], STANDARD.page) for key in labels if key in bands}
    return _stacked("bars", "Ratings of actions by priority", rows, labels, {**colours, NONE: _NONE_COLOURS})


def scores_by_period(view: View) -> Plot:
    """How many measures had which score, period by period up to the chosen one."""
    periods = [period for period in view.periods if period.end <= view.chosen.end][-SCORE_PERIODS:]
    # Periods before there were targets have nothing to compare.
    scored = [p for p in periods if any(n for key, n in view.counts[p].score.items() if key != "not_scored")]
    rows = [(period.label, view.counts[period].score) for period in scored]
    return _scores(view.framework, "columns", "Scores by reporting period", rows)


def _scores(
    framework: Framework, kind: Literal["bars", "columns"], title: str, rows: list[tuple[str, Mapping[str, int]]]
) -> Plot:
    return _stacked(kind, title, rows, score_labels(framework), band_colours(framework, STANDARD))


def _stacked(
    kind: Literal["bars", "columns"],
    title: str,
    rows: list[tuple[str, Mapping[str, int]]],
    labels: Mapping[str, str],
    colours: Mapping[str, tuple[str, str]],
) -> Plot:
    series = []
    for key, label in labels.items():
        numbers = [counts[key] for _, counts in rows]
        if key in ("not_scored", NONE) and not any(numbers):
            continue
        fill, ink = colours[key]
        texts = tuple(str(number) if number else "" for number in numbers)
        series.append(Series(label, tuple(float(number) for number in numbers), texts, fill, ink))
    said = "; ".join(
        f"{name}: " + ", ".join(f"{int(each.values[place] or 0)} {each.name}" for each in series if each.values[place])
        for place, (name, _) in enumerate(rows)
    )
    return Plot(kind, title, tuple(name for name, _ in rows), tuple(series), f"{title}. {said}.")


def trend(view: View, row: Judgement) -> Plot:
    """A measure's newest figures with their targets, up to the one that is reported."""
    measure = row.measure
    points = _points(view, row)
    held = [view.observations[measure.key, about] if about else None for about in points]
    figures = [each.actual if each else None for each in held]
    texts = tuple(f"{figure_text(measure, each.actual)}{each.mark}" if each else "" for each in held)
    series = [
        Series("Actual", tuple(None if f is None else float(f) for f in figures), texts, NEWEST_FILL, STANDARD.text)
    ]
    found = [view.framework.target(measure.key, about) if about else None for about in points]
    targets = [target.value if target else None for target in found]
    if any(target is not None for target in targets):
        shown = tuple(target_text(measure, t.value, t.high) if t else "" for t in found)
        values = tuple(None if target is None else float(target) for target in targets)
        name = "Target (lower end)" if measure.polarity == "range" else "Target"
        series.append(Series(name, values, shown, STANDARD.series[1]))
    aims = series[1].texts if len(series) > 1 else ("",) * len(points)
    said = "; ".join(
        (f"{about.label} {text}" + (f" (target {aim})" if aim else ""))
        if about
        else "from here on counted in another way"
        for about, text, aim in zip(points, texts, aims, strict=True)
    )
    title = f"{measure.code} {measure.title}".strip()
    description = f"Figures over time of {title}: {said}."
    labels = tuple(f"{each.period.label}{each.mark}" if each else BREAK for each in held)
    return Plot("trend", title, labels, tuple(series), description, measure.number_format, is_broken=None in points)


def _points(view: View, row: Judgement) -> list[Period | None]:
    """The periods of the newest figures; None where they begin to be counted in another way."""
    if row.about is None:
        return []
    known = [
        about
        for (key, about), observation in view.observations.items()
        if key == row.measure.key
        and observation.actual is not None
        and about.kind == row.about.kind
        and about.ordinal <= row.about.ordinal
    ]
    points: list[Period | None] = []
    before: str | None = None
    for about in sorted(known, key=lambda about: about.ordinal)[-TREND_POINTS:]:
        mark = view.observations[row.measure.key, about].mark
        if before is not None and mark != before:
            points.append(None)
        points.append(about)
        before = mark
    return points
