"""The tables of a public copy, as plain data: what is hidden is gone, and every cell says something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from perfbook.framework.grid_columns import about as column_period
from perfbook.framework.grid_columns import header
from perfbook.framework.model import Grid, GridLine, Measure
from perfbook.framework.periods import Period
from perfbook.framework.plan import column_key, day_words, placements
from perfbook.publishing import shorthand
from perfbook.publishing.cells import TO_DATE, Counts, figure_key, fraction_keys, grid_key, to_date_key
from perfbook.publishing.protect import Cell, Key, Protection, Rule, rounded
from perfbook.publishing.source import MeasureRow, Place, Source
from perfbook.records import GridFigure
from perfbook.scorecard.words import (
    NOT_SCORED,
    POLARITY_WORDS,
    band_label,
    rating_labels,
    score_labels,
    target_text,
)
from perfbook.scoring.ratings import NONE, index_reports, rate
from perfbook.scoring.rounding import round_half_away

FOOTNOTE = "Counted in another way than figures without this note."
_NONE = "None"


@dataclass(frozen=True)
class Number:
    """A number as it is shown; `format` is Excel's."""

    value: Decimal
    format: str


Value = str | Number


@dataclass(frozen=True)
class Column:
    """A column: its header, its width in characters, and whether numbers stand in it."""

    header: str
    width: int
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """One table, one sheet. `about` is what it shows, in a sentence."""

    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Copy:
    """A public copy: its tables and its numbered notes."""

    source: Source
    tables: tuple[Table, ...]
    notes: tuple[str, ...]


def copy_of(source: Source, counts: Counts, protection: Protection, rule: Rule) -> Copy:
    """The tables of a public copy. The same inputs give the same tables."""
    made = _Making(source, counts, protection, rule)
    tables = tuple(made.tables())
    return Copy(source, tables, tuple(made.notes))


class _Making:
    def __init__(self, source: Source, counts: Counts, protection: Protection, rule: Rule) -> None:
        self.source = source
        self.framework = source.framework
        self.counts = counts
        self.cells = {cell.key: cell for cell in counts.cells}
        self.protection = protection
        self.rule = rule
        self.notes: list[str] = []
        bands = [band for scheme in self.framework.schemes.values() for band in scheme.bands]
        # Words alone: a screen reader makes much of a symbol.
        self.words = {band_label(band): band.word or band_label(band) for band in bands}
        self.priorities = {each.key: each.name for each in self.framework.priorities}
        self.footnotes = {(o.measure, o.period): o.mark for o in source.quarter.observations if o.mark}

    def tables(self) -> Iterator[Table]:
        """Every table that has rows."""
        if self.source.rows:
            yield self._summary()
            yield self._measures()
            if len(self.source.periods) > 1:
                yield self._over_time()
        fractions = tuple(self._fraction_rows())
        if fractions:
            yield self._fractions(fractions)
        actions = tuple(self._action_rows())
        if actions:
            yield self._actions(actions)
        for grid in self.framework.grids:
            table = self._grid(grid)
            if table:
                yield table
        definitions = tuple(self._definition_rows())
        if definitions:
            yield self._definitions(definitions)

    # --- What is hidden -----------------------------------------------------------------------------------------------

    def is_hidden(self, place: Place | None) -> bool:
        """Whether the figure of a measure about a period is hidden, with all that would tell it."""
        if place is None:
            return False
        key = figure_key(*place)
        parts = self.counts.fractions.get(key, ())
        return any(part in self.protection.hidden for part in (key, *parts))

    def _runs_hidden(self, place: Place) -> bool:
        """Whether the figure that a measure runs to is hidden."""
        key = to_date_key(*place)
        return any(part in self.protection.hidden for part in (key, *self.counts.fractions.get(key, ())))

    def number(self, key: Key, value: Decimal, form: str) -> Value:
        """A number that may be a count of people."""
        if key in self.protection.hidden:
            return shorthand.CONFIDENTIAL
        cell = self.cells.get(key)
        if cell is None or not self._is_rounded(cell):
            return Number(value, form)
        near = rounded(value, self.rule.round_to)
        return shorthand.LOW if near == 0 and value != 0 else Number(near, form)

    def _is_rounded(self, cell: Cell) -> bool:
        return bool(self.rule.round_to) and cell.people and cell.whole

    def figure(self, measure: Measure, about: Period | None) -> Value:
        """The figure of a measure about a period, or why there is none."""
        if about is None:
            return shorthand.NOT_APPLICABLE
        place = (measure.key, about)
        value = self.source.figures.get(place)
        if value is None:
            return shorthand.NOT_AVAILABLE
        if self.is_hidden(place):
            return shorthand.CONFIDENTIAL
        return self._share(measure, figure_key(*place), value)

    def _share(self, measure: Measure, key: Key, value: Decimal) -> Value:
        """A figure that is shown; where counts are rounded and it is worked out of two, it tells no more than they."""
        parts = self.counts.fractions.get(key)
        if parts and self.rule.round_to:
            exact = [self.cells[part].value for part in parts]
            top, base = (rounded(each, self.rule.round_to) for each in exact)
            if base == 0:
                return shorthand.CONFIDENTIAL
            # Twelve months that were given, or published of other numbers, cannot be told of these.
            worked = round_half_away(exact[0] * measure.unit.multiplier / exact[1], measure.places)
            if key[0] == TO_DATE and worked != value:
                return shorthand.CONFIDENTIAL
            value = round(top * measure.unit.multiplier / base, measure.places)
        return self.number(key, value, measure.number_format)

    # --- Measures -----------------------------------------------------------------------------------------------------

    def _hidden(self, row: MeasureRow) -> bool:
        """Whether a figure is hidden, or the one that it runs to: it is that which is scored."""
        if row.about is None:
            return False
        place = (row.measure.key, row.about)
        return self.is_hidden(place) or self._runs_hidden(place)

    def _score(self, row: MeasureRow) -> str:
        if row.actual is None:
            return shorthand.NOT_APPLICABLE if row.state == "not due" else shorthand.NOT_AVAILABLE
        return shorthand.CONFIDENTIAL if self._hidden(row) else self.words.get(row.score, row.score) or NOT_SCORED

    def _way(self, row: MeasureRow, word: str, other: Place | None) -> str:
        if row.actual is None or not word:
            return shorthand.NOT_APPLICABLE
        if self.is_hidden((row.measure.key, row.about) if row.about else None) or self.is_hidden(other):
            return shorthand.CONFIDENTIAL
        return shorthand.NOT_APPLICABLE if word == "Not comparable" else word

    def _summary(self) -> Table:
        named = score_labels(self.framework).items()
        labels = list(dict.fromkeys(self.words.get(label, label) for key, label in named if key != "not_scored"))
        found: dict[str, Counter[str]] = {}
        for row in self.source.rows:
            found.setdefault(row.measure.priority, Counter())[self._score(row)] += 1
        heads = (*labels, NOT_SCORED)
        rows: list[tuple[Value, ...]] = []
        order = [key for key in self.priorities if key in found] + [key for key in found if key not in self.priorities]
        for key in order:
            rows.append(self._summary_row(self.priorities.get(key, key or _NONE), found[key], heads))
        if len(rows) > 1:
            rows.append(self._summary_row("All priorities", sum(found.values(), Counter()), heads))
        columns = [Column("Priority", 34), Column("Measures", 12, True)]
        columns += [Column(head, max(12, len(head) + 3), True) for head in heads]
        columns += [Column("Score hidden", 12, True), Column("No figure", 12, True)]
        about = f"How many measures have each score in {self.source.period.label}, by priority of the council plan."
        return Table("Scores by priority", about, tuple(columns), tuple(rows))

    def _summary_row(self, name: str, found: Counter[str], heads: Sequence[str]) -> tuple[Value, ...]:
        without = found[shorthand.NOT_AVAILABLE] + found[shorthand.NOT_APPLICABLE]
        counts = [sum(found.values()), *(found[head] for head in heads), found[shorthand.CONFIDENTIAL], without]
        return (name, *(Number(Decimal(count), "0") for count in counts))

    def _measures(self) -> Table:
        running = [row.measure for row in self.source.rows if row.measure.runs]
        columns = [Column("Priority", 26), Column("Code", 12), Column("Measure", 46), Column("Unit", 14)]
        columns += [Column("Period", 14), Column("Figure", 14, True)]
        name = _running_name(running)
        columns += [Column(name, max(14, len(name) * 2 // 3), True)] if running else []
        columns += [Column("Target", 16, True), Column("Score", 20), Column("Against the period before", 18)]
        columns += [Column("Against last year", 18), Column("Shorthand", 14), Column("Notes", 12)]
        rows = []
        for row in self.source.rows:
            measure, about = row.measure, row.about
            cells: list[Value] = [*self._names(measure)]
            cells += [about.label if about else shorthand.NOT_APPLICABLE, self._own(row)]
            if running:
                cells.append(self._to_date(row))
            cells += [
                self._target(row),
                self._score(row),
                self._way(row, row.trend, row.previous),
                self._way(row, row.annual, row.last_year),
                " ".join(row.marks) or _NONE,
                self._note(row),
            ]
            rows.append(tuple(cells))
        about_table = f"Each measure of {self.source.period.label} with its target, its score and how it has moved."
        return _without_idle(Table("Measures and scores", about_table, tuple(columns), tuple(rows)))

    def _names(self, measure: Measure) -> tuple[str, str, str, str]:
        priority = self.priorities.get(measure.priority, measure.priority) or _NONE
        return priority, measure.code or _NONE, measure.title, measure.unit.label

    def _own(self, row: MeasureRow) -> Value:
        if row.actual is None:
            return shorthand.NOT_APPLICABLE if row.state == "not due" else shorthand.NOT_AVAILABLE
        return self.figure(row.measure, row.about)

    def _to_date(self, row: MeasureRow) -> Value:
        if row.to_date is None or row.about is None:
            return shorthand.NOT_APPLICABLE if not row.measure.runs else shorthand.NOT_AVAILABLE
        place = (row.measure.key, row.about)
        key = to_date_key(*place)
        if self._runs_hidden(place):
            return shorthand.CONFIDENTIAL
        # What nobody knows the parts of is hidden with the figure beside it.
        if self.is_hidden(place) and key not in self.cells and key not in self.counts.fractions:
            return shorthand.CONFIDENTIAL
        return self._share(row.measure, key, row.to_date)

    def _target(self, row: MeasureRow) -> Value:
        if row.target is None:
            return shorthand.NOT_APPLICABLE
        if row.target_high is not None:
            return target_text(row.measure, row.target, row.target_high)
        return Number(row.target, row.measure.number_format)

    def _note(self, row: MeasureRow) -> str:
        if row.about is None or (row.measure.key, row.about) not in self.footnotes or row.actual is None:
            return _NONE
        return self.note(FOOTNOTE)

    def note(self, words: str) -> str:
        """The mark of a note; it stands once among the notes, whoever refers to it."""
        if words not in self.notes:
            self.notes.append(words)
        return f"[note {self.notes.index(words) + 1}]"

    def _over_time(self) -> Table:
        periods = self.source.periods
        columns = [Column("Code", 12), Column("Measure", 46), Column("Unit", 14)]
        columns += [Column(period.label, 14, True) for period in periods] + [Column("Shorthand", 22)]
        rows = []
        for row in self.source.rows:
            measure = row.measure
            abouts = [measure.about(period) for period in periods]
            values: list[Value] = []
            said = []
            for number, about in enumerate(abouts):
                if about is not None and about in abouts[:number]:
                    values.append(shorthand.NOT_APPLICABLE)
                    continue
                values.append(self.figure(measure, about))
                marks = self.source.marks.get((measure.key, about), ()) if about else ()
                if marks and isinstance(values[-1], Number):
                    said.append(f"{periods[number].label} {' '.join(marks)}")
            rows.append((*self._names(measure)[1:], *values, "; ".join(said) or _NONE))
        about_table = "The figures of each measure, by the period in which they were reported."
        return _without_idle(Table("Figures over time", about_table, tuple(columns), tuple(rows)))

    def _fraction_rows(self) -> Iterator[tuple[Value, ...]]:
        for row in self.source.rows:
            place = (row.measure.key, row.about) if row.about else None
            if place is None or row.actual is None or place not in self.source.fractions:
                continue
            measure = row.measure
            values = [
                self.number(key, value, "#,##0" if value == value.to_integral_value() else "#,##0.##")
                for key, value in zip(fraction_keys(*place), self.source.fractions[place], strict=True)
            ]
            words = (measure.numerator or "Numerator", measure.denominator or "Denominator")
            yield (*self._names(measure)[1:3], words[0], values[0], words[1], values[1], self._own(row))

    def _fractions(self, rows: tuple[tuple[Value, ...], ...]) -> Table:
        columns = (
            Column("Code", 12), Column("Measure", 46), Column("What the numerator counts", 34),
            Column("Numerator", 14, True), Column("What the denominator counts", 34), Column("Denominator", 14, True),
            Column("Figure", 14, True),
        )  # fmt: skip
        about = "The two numbers of which each percentage or rate of the period is worked out."
        return Table("Numbers behind percentages and rates", about, columns, rows)

    # --- Actions, grids, definitions ----------------------------------------------------------------------------------

    def _action_rows(self) -> Iterator[tuple[Value, ...]]:
        labels = rating_labels(self.framework)
        source = self.source
        rated = {row.placement.key: row for row in rate(
            self.framework, index_reports(source.quarter.actions), source.period)}  # fmt: skip
        for placement in placements(self.framework, source.period):
            if source.as_published and placement.key not in source.ratings:
                continue
            action, row = placement.action, rated.get(placement.key)
            now = labels.get(row.rating if row else NONE, "")
            band = row.band if row else None
            word = source.ratings.get(placement.key, "") if source.as_published else band_label(band) if band else now
            yield (
                self.priorities.get(placement.priority, placement.priority) or _NONE,
                placement.deliverable.title if placement.deliverable else _NONE,
                action.code or _NONE,
                action.title,
                day_words(action.due) or _NONE,
                self.words.get(word, word) or labels[NONE],
            )

    def _actions(self, rows: tuple[tuple[Value, ...], ...]) -> Table:
        columns = (
            Column("Priority", 28), Column("Deliverable", 38), Column("Reference", 12), Column("Action", 60),
            Column("Due", 18), Column("Rating", 20),
        )  # fmt: skip
        return Table("Actions and ratings", f"Each action of the plan as rated in {self.source.period.label}.",
                     columns, rows)  # fmt: skip

    def _grid(self, grid: Grid) -> Table | None:
        held = {(f.line, f.directorate, f.column): f for f in self.source.quarter.grids
                if f.period == self.source.period}  # fmt: skip
        lines = {line.key: line for line in grid.lines}
        where = [d for d in self.framework.directorates if any(k[0] in lines and k[1] == d.key for k in held)]
        if not where:
            return None
        names = {column_key(name): name for name in grid.columns}
        several = len(where) > 1
        grouped = any(line.group for line in grid.lines)
        rows = []
        for directorate in where:
            for line in grid.lines:
                cells: list[Value] = [directorate.name] if several else []
                cells += [line.group or _NONE] if grouped else []
                cells.append(line.label)
                for column, name in names.items():
                    cells.append(self._grid_value(line, held.get((line.key, directorate.key, column)), name))
                rows.append(tuple(cells))
        columns = ([Column("Service", 30)] if several else []) + ([Column("Group", 26)] if grouped else [])
        columns.append(Column("Line", 44))
        columns += [Column(_unique(header(name, self.source.period), columns), 16, True) for name in names.values()]
        whose = "each service" if several else "the service"
        about = f"As {whose} reported it for {self.source.period.label}."
        return Table(grid.title, about, tuple(columns), tuple(rows))

    def _grid_value(self, line: GridLine, figure: GridFigure | None, name: str) -> Value:
        if figure is None:
            return shorthand.NOT_AVAILABLE
        places = "." + "0" * line.decimals if line.decimals else ""
        key = grid_key(figure, column_period(name, figure.period))
        if not line.percent:
            return self.number(key, figure.value, f"#,##0{places}")
        behind = self.counts.shares.get(key, ())
        if any(each in self.protection.hidden for each in behind):
            return shorthand.CONFIDENTIAL
        value = figure.value
        if self.rule.round_to and len(behind) > 1:
            # Worked out of the rounded counts, so that it tells no more than they do.
            top, base = (rounded(self.cells[each].value, self.rule.round_to) for each in behind[:2])
            if base == 0:
                return shorthand.CONFIDENTIAL
            value = round(top / base, line.places)
        return Number(value, f"0{places}%")

    def _definition_rows(self) -> Iterator[tuple[Value, ...]]:
        for row in self.source.rows:
            measure = row.measure
            words = (POLARITY_WORDS[measure.polarity], measure.definition, measure.numerator, measure.denominator)
            yield (*self._names(measure)[1:3], *(each or _NONE for each in words))

    def _definitions(self, rows: tuple[tuple[Value, ...], ...]) -> Table:
        columns = [Column("Code", 12), Column("Measure", 46), Column("What is good", 22), Column("Definition", 64)]
        columns += [Column("Numerator", 34), Column("Denominator", 34)]
        about = "What each measure means and how it is worked out."
        return _without_idle(Table("Definitions", about, tuple(columns), rows))


def _running_name(measures: Sequence[Measure]) -> str:
    """What the column of the figures is called that measures run to."""
    rolling = {measure.rolls for measure in measures}
    if rolling == {True}:
        return "Rolling 12 months"
    return "Year to date or rolling 12 months" if True in rolling else "Year to date"


def _without_idle(table: Table) -> Table:
    """The table without columns that say the same nothing in every row."""
    kept = [n for n in range(len(table.columns)) if any(row[n] != _NONE for row in table.rows)]
    return replace(
        table,
        columns=tuple(table.columns[n] for n in kept),
        rows=tuple(tuple(row[n] for n in kept) for row in table.rows),
    )


def _unique(name: str, columns: Sequence[Column]) -> str:
    taken = {column.header.casefold() for column in columns}
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name} ({number})"
    return found
