"""What Python knows of a quarter, period by period: the cached value of every formula comes from here."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

from perfbook._grouped import grouped
from perfbook.figure_notes import FigureNote, figure_notes
from perfbook.framework.grid_columns import about, is_earlier, is_relative, known
from perfbook.framework.model import Action, Directorate, Framework, Grid, GridLine, Measure, Section
from perfbook.framework.periods import Kind, Period
from perfbook.framework.plan import Placement, column_key, placements, rating_keys
from perfbook.narrative.told import Told, told
from perfbook.rating_notes import rating_notes
from perfbook.records import GridFigure, Observation, Quarter, SectionText
from perfbook.scorecard.process import Icons, icons_of
from perfbook.scorecard.reconcile import ASPECTS, Reconciliation, Total, printed_state, reconcile_judged, totals
from perfbook.scorecard.slots import Slots, slots_of
from perfbook.scorecard.words import ALL_DIRECTORATES, count_labels
from perfbook.scoring.forecast import Forecast, forecast_of
from perfbook.scoring.judge import Counts, Judgement, count, index, judge
from perfbook.scoring.ratings import NONE, ActionCounts, Rated, count_actions, index_reports, rate

# Of the past, as reports show them.
MOST_YEARS = 3


@dataclass(frozen=True)
class View:
    """A quarter as the workbook shows it for the chosen period and directorate.

    `officers_notes` are by the key of a measure; `directorate` is the key of the chosen one, empty for all.
    `measure` is the key of the one that the sheet Detail shows, empty for the one with the most figures.
    """

    quarter: Quarter
    chosen: Period
    officers_notes: Mapping[str, str] = field(default_factory=dict)
    directorate: str = ""
    measure: str = ""

    @property
    def framework(self) -> Framework:
        """What is measured."""
        return self.quarter.framework

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods that can be chosen, oldest first."""
        return self.quarter.periods

    @property
    def number(self) -> int:
        """The chosen period's place among them, from 1."""
        return self.periods.index(self.chosen) + 1

    @cached_property
    def directorates(self) -> tuple[Directorate, ...]:
        """The directorates that can be chosen: those that have measures or actions."""
        items: tuple[Measure | Action, ...] = (*self.framework.measures, *self.framework.actions)
        used = {item.directorate for item in items}
        return tuple(each for each in self.framework.directorates if each.key in used)

    @cached_property
    def directorate_labels(self) -> dict[str, str]:
        """What the picker of directorates offers, by key: all of them first, under the empty key."""
        often = Tally(each.name for each in self.directorates)
        labels = {d.key: d.name if often[d.name] == 1 else f"{d.name} ({d.key})" for d in self.directorates}
        return {"": ALL_DIRECTORATES} | labels

    @cached_property
    def directorate_number(self) -> int:
        """The chosen directorate's place among them, from 1; 0 for all."""
        return list(self.directorate_labels).index(self.directorate)

    def choosing(self, directorate: str) -> View:
        """The same with another directorate chosen; what depends on no directorate is not worked out again."""
        made = View(self.quarter, self.chosen, self.officers_notes, directorate)
        own = {each.name for each in fields(self)} | {"directorate_number"}
        vars(made).update({name: value for name, value in vars(self).items() if name not in own})
        return made

    def shows(self, item: Measure | Action) -> bool:
        """Whether a measure or an action is of the chosen directorate."""
        return self.directorate in ("", item.directorate)

    @cached_property
    def slots(self) -> Slots:
        """The columns of the data sheets."""
        return slots_of(self.quarter)

    @cached_property
    def observations(self) -> dict[tuple[str, Period], Observation]:
        """Observations by measure and the period that the figure is about."""
        return dict(index(self.quarter.observations))

    @cached_property
    def notes(self) -> Mapping[tuple[str, Period], FigureNote]:
        """What a reader has to know of figures that were adjusted or restated, by measure and period."""
        return figure_notes(self.quarter)

    @cached_property
    def rating_notes(self) -> Mapping[tuple[str, Period], FigureNote]:
        """What a reader has to know of ratings that were set by hand, by placement (its key) and reporting period."""
        return rating_notes(self.quarter)

    def note(self, row: Judgement) -> FigureNote | None:
        """The note on the figure of a judgement; None where there is nothing to know."""
        return self.notes.get((row.measure.key, row.about)) if row.about else None

    @cached_property
    def judgements(self) -> dict[Period, tuple[Judgement, ...]]:
        """Every measure in every period that can be chosen."""
        return {period: judge(self.framework, self.observations, period) for period in self.periods}

    @cached_property
    def judged_of(self) -> dict[Period, Mapping[str, tuple[tuple[int, Judgement], ...]]]:
        """The same by the directorate of the measure, each with its place among all, from 1."""
        return {
            period: grouped(enumerate(rows, 1), lambda numbered: numbered[1].measure.directorate)
            for period, rows in self.judgements.items()
        }

    @cached_property
    def placed_of(self) -> Mapping[str, tuple[tuple[int, Placement], ...]]:
        """The placements by the directorate of the action, each with its place among all, from 1."""
        return grouped(enumerate(self.placements, 1), lambda numbered: numbered[1].action.directorate)

    @cached_property
    def counts(self) -> dict[Period, Counts]:
        """The headline counts of every period that can be chosen."""
        return {period: count(self.framework, rows) for period, rows in self.judgements.items()}

    @cached_property
    def reconciliations(self) -> dict[Period, Reconciliation]:
        """The reconciliation of every period that can be chosen."""
        found = {}
        for period, rows in self.judgements.items():
            counts = self.counts[period], self.action_counts[period]
            rated = tuple(self.rated[period].values())
            found[period] = reconcile_judged(self.framework, period, rows, rated, counts)
        return found

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Every placement of an action, in the order of the plan, in force or not."""
        return placements(self.framework)

    @cached_property
    def rated(self) -> dict[Period, dict[str, Rated]]:
        """Every placement in force in every period that can be chosen, by its key."""
        reports = index_reports(self.quarter.actions)
        return {
            period: {row.placement.key: row for row in rate(self.framework, reports, period)} for period in self.periods
        }

    @cached_property
    def action_counts(self) -> dict[Period, ActionCounts]:
        """The counts of actions in every period that can be chosen."""
        return {period: count_actions(self.framework, rows.values()) for period, rows in self.rated.items()}

    @cached_property
    def rating_places(self) -> dict[str, int]:
        """The number of each rating, 1 for the best; 0 for none."""
        return {NONE: 0} | {key: number for number, key in enumerate(rating_keys(self.framework), 1)}

    def rating_place(self, placement: Placement, period: Period) -> int | None:
        """The number of a placement's rating; None where it is not in force."""
        row = self.rated[period].get(placement.key)
        return self.rating_places[row.rating] if row else None

    @cached_property
    def section_rows(self) -> tuple[tuple[str, Section], ...]:
        """Every heading of every directorate that writes or has written it: (key of the directorate, section)."""
        written = {(text.directorate, text.section) for text in self.quarter.sections}
        return tuple(
            (directorate.key, section)
            for directorate in self.framework.directorates
            for section in self.framework.sections
            if (directorate.key, section.key) in written
            or any(
                section in self.framework.sections_of(directorate.key, period)
                and self.framework.owes(directorate.key, period)
                for period in self.periods
            )
        )

    @cached_property
    def texts(self) -> dict[tuple[str, str, Period], SectionText]:
        """What was written, by directorate, section and period."""
        return {(text.directorate, text.section, text.period): text for text in self.quarter.sections}

    @cached_property
    def grid_rows(self) -> tuple[tuple[str, Grid, GridLine, str], ...]:
        """Every figure of every grid: (key of the directorate, grid, line, key of the column)."""
        held = {(figure.directorate, figure.line) for figure in self.quarter.grids}
        owing = {key for period in self.periods for key in self.framework.expected(period)}
        return tuple(
            (directorate.key, grid, line, column_key(name))
            for grid in self.framework.grids
            for directorate in self.framework.directorates
            if (directorate.key in owing and grid in self.framework.grids_of(directorate.key))
            or any((directorate.key, line.key) in held for line in grid.lines)
            for line in grid.lines
            for name in grid.columns
        )

    @cached_property
    def grid_figures(self) -> dict[tuple[str, str, str, Period], GridFigure]:
        """The figures of grids by line, column, directorate and period.

        In a column that names an earlier period the last that was said of it stands until something else is.
        """
        found = {(g.line, g.column, g.directorate, g.period): g for g in self.quarter.grids}
        for grid in self.framework.grids:
            for name in grid.columns:
                for period in self.periods:
                    if is_earlier(name, period):
                        self._carry(found, grid, name, period)
        return found

    def _carry(
        self, found: dict[tuple[str, str, str, Period], GridFigure], grid: Grid, name: str, period: Period
    ) -> None:
        named = about(name, period)
        for (line, directorate, each), figure in known(grid, self.quarter.grids, period).items():
            if each == named:
                found.setdefault((line, column_key(name), directorate, period), figure)

    @cached_property
    def moving_heads(self) -> tuple[str, ...]:
        """The names of columns of grids that mean another period in each reporting period."""
        names = (name for grid in self.framework.grids for name in grid.columns if is_relative(name))
        return tuple(dict.fromkeys(names))

    @cached_property
    def whole_years(self) -> tuple[Period, ...]:
        """The last whole years, oldest first, of which measures that report more often bring a figure along."""
        often = {measure.key for measure in self.framework.measures if measure.period_kind != "year"}
        found = {
            period
            for (key, period), each in self.observations.items()
            if key in often and period.kind == "year" and each.actual is not None
        }
        return tuple(sorted(found, key=lambda year: year.ordinal))[-MOST_YEARS:]

    @cached_property
    def has_running(self) -> bool:
        """Whether a measure has figures that add up over the year, or over twelve months."""
        return any(measure.runs for measure in self.framework.measures)

    @cached_property
    def has_chosen(self) -> bool:
        """Whether a person chooses the score of measures without a target."""
        return any(self.framework.scheme_of(measure).chosen_without_target for measure in self.framework.measures)

    @cached_property
    def has_printed_ratings(self) -> bool:
        """Whether a report has printed ratings of actions, place by place."""
        return bool(self.framework.published_ratings)

    @cached_property
    def has_printed_states(self) -> bool:
        """Whether a report has printed why a measure has no score."""
        return any(printed_state(said) for said in self.framework.published.values())

    @property
    def has_text_figures(self) -> bool:
        """Whether figures are picked out of texts: where some action has a baseline to compare with."""
        return any(action.baseline for action in self.framework.actions)

    @cached_property
    def text_figures(self) -> tuple[Told, ...]:
        """The figures of baselines and updates, as officers corrected them."""
        return told(self.framework, self.quarter.actions) if self.has_text_figures else ()

    @cached_property
    def forecasts(self) -> dict[Period, tuple[Forecast | None, ...]]:
        """Where every measure will end the year, seen from every period that can be chosen; None where none is due."""
        return {
            period: tuple(
                forecast_of(self.framework, row.measure, self.observations, row.about) if row.about else None
                for row in rows
            )
            for period, rows in self.judgements.items()
        }

    @cached_property
    def forecast_rows(self) -> tuple[int, ...]:
        """The rows of measures that may have a forecast, where any has: what comes later changes no layout."""
        measures = self.framework.measures
        return (
            tuple(row for row, each in enumerate(measures) if each.frequency != "yearly") if self.forecast_shown else ()
        )

    @cached_property
    def forecast_shown(self) -> frozenset[int]:
        """Those that have a forecast, or a target for the year that figures run towards."""
        found = []
        for row, measure in enumerate(self.framework.measures):
            running = measure.calculation == "cumulative"
            seen = [each[row] for each in self.forecasts.values()]
            if measure.frequency != "yearly" and any(
                each and (each.value is not None or (running and each.annual is not None)) for each in seen
            ):
                found.append(row)
        return frozenset(found)

    @cached_property
    def icons(self) -> Mapping[Period, tuple[Icons | None, ...]]:
        """The icons of process behaviour charts of every measure in every period that can be chosen."""
        return icons_of(self)

    @cached_property
    def has_icons(self) -> bool:
        """Whether any measure has them in any period."""
        return any(found for rows in self.icons.values() for found in rows)

    @cached_property
    def detail_row(self) -> int:
        """The row (from 0) of the measure that the sheet Detail shows: the chosen one, or the one with most figures."""
        keys = [measure.key for measure in self.framework.measures]
        if self.measure:
            return keys.index(self.measure)
        often = Tally(key for (key, _), each in self.observations.items() if each.actual is not None)
        return max(range(len(keys)), key=lambda row: (often[keys[row]], -row))

    @cached_property
    def has_evidence(self) -> bool:
        """Whether evidence is asked for, or was named all the same."""
        items: tuple[Measure | Action, ...] = (*self.framework.measures, *self.framework.actions)
        return bool(self.quarter.evidence) or any(item.evidence for item in items)

    @property
    def has_measures(self) -> bool:
        """Whether the book is about measures; also where it is about nothing yet."""
        return bool(self.framework.measures) or not self.framework.actions

    @property
    def has_actions(self) -> bool:
        """Whether the book is about actions."""
        return bool(self.framework.actions)

    @property
    def rows(self) -> tuple[Judgement, ...]:
        """Every measure in the chosen period."""
        return self.judgements[self.chosen]

    @cached_property
    def count_rows(self) -> tuple[tuple[str, str, str], ...]:
        """Every headline count as (group, outcome, label)."""
        return count_labels(self.framework)

    def count_values(self, period: Period) -> tuple[int, ...]:
        """The headline counts of a period, in the order of `count_rows`."""
        return tuple(total.ours for total in self._totals(period))

    def _totals(self, period: Period) -> tuple[Total, ...]:
        return totals(self.framework, period, self.counts[period], self.action_counts[period])

    @cached_property
    def _exceptions(self) -> dict[Period, tuple[int, ...]]:
        limits = [self.framework.scheme_of(measure).exception_from for measure in self.framework.measures]
        return {
            period: tuple(row for row, judgement in enumerate(rows) if (judgement.band or 0) >= limits[row])
            for period, rows in self.judgements.items()
        }

    def exceptions(self, period: Period) -> tuple[int, ...]:
        """The rows (from 0) whose score calls for an explanation."""
        return self._exceptions[period]

    @property
    def shown_exceptions(self) -> tuple[int, ...]:
        """Those of the chosen period and directorate."""
        found = self.exceptions(self.chosen)
        return tuple(row for row in found if self.shows(self.framework.measures[row]))

    def differing(self, period: Period) -> tuple[tuple[int, int], ...]:
        """(number of the aspect from 1, row from 0) of everything that differs from what was published."""
        row_of = {measure.key: row for row, measure in enumerate(self.framework.measures)}
        return tuple(
            (ASPECTS.index(each.aspect) + 1, row_of[each.measure.key])
            for each in self.reconciliations[period].differences
        )

    def newest(self, kind: Kind, most: int) -> tuple[int, ...]:
        """The newest columns of the data sheets of one kind, `most` at most, from the first that holds anything."""
        group = self.slots.group(kind)
        if group is None:
            return ()
        first = max(self._first_held.get(kind, group[1]), group[1] - most + 1)
        return tuple(range(first, group[1] + 1))

    def series_start(self, measure: Measure) -> int:
        """The column of the data sheets from which on the figures of a measure are counted in one way; 0 for all."""
        return self._series_starts.get(measure.key, 0)

    @cached_property
    def _series_starts(self) -> dict[str, int]:
        marked = {key for (key, _), each in self.observations.items() if each.mark}
        held: dict[tuple[str, Kind], list[tuple[int, str]]] = {}
        for (key, period), each in self.observations.items():
            if key in marked and each.actual is not None and period in self.slots.number:
                held.setdefault((key, period.kind), []).append((self.slots.number[period], each.mark))
        found: dict[str, int] = {}
        for (key, kind), figures in held.items():
            measure = self.framework.by_key.get(key)
            if measure is None or measure.period_kind != kind:
                continue
            figures.sort()
            newest = figures[-1][1]
            other = [number for number, mark in figures if mark != newest]
            if other:
                found[key] = next(number for number, _ in figures if number > other[-1])
        return found

    def has_negative(self, measure: Measure) -> bool:
        """Whether a measure has a figure below nought."""
        return measure.key in self._negative

    @cached_property
    def _negative(self) -> frozenset[str]:
        return frozenset(key for (key, _), each in self.observations.items() if each.actual and each.actual < 0)

    @cached_property
    def _first_held(self) -> dict[Kind, int]:
        firsts: dict[Kind, int] = {}
        for _, period in self.observations:
            number = self.slots.number[period]
            firsts[period.kind] = min(number, firsts.get(period.kind, number))
        return firsts

    def observation(self, row: Judgement) -> Observation | None:
        """The observation behind a judgement."""
        return self.observations.get((row.measure.key, row.about)) if row.about else None
