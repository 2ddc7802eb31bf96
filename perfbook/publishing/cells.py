"""Which numbers of a public copy are counts of people, how they hang together, and what a reader knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from perfbook.errors import UsageError
from perfbook.framework.grid_columns import about as column_period
from perfbook.framework.model import Framework, Grid, GridLine, Measure
from perfbook.framework.periods import PER_YEAR, Period
from perfbook.framework.plan import column_key
from perfbook.publishing.protect import Cell, Key, Relation
from perfbook.publishing.rules import PublishRules
from perfbook.publishing.shares import parts_of_share
from perfbook.publishing.source import Source
from perfbook.records import GridFigure
from perfbook.scoring.judge import index, running_figure

HIDDEN, TO_DATE = "[c]", "to date"
_TOTALS = frozenset({"total", "all", "overall", "grand total"})


@dataclass(frozen=True)
class Counts:
    """The numbers of a public copy. `fractions` are the figures that are worked out of two of them, `shares` the
    percentages of grids with the counts that may be behind them (the first a part, the second its total); `names` says
    in words what each is; `unknown` are percentages of people whose numerators nobody gave."""

    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...]
    fractions: Mapping[Key, tuple[Key, Key]]
    names: Mapping[Key, tuple[str, str]]
    unknown: tuple[str, ...] = ()
    shares: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    """What copies that went out before showed: the exact values of numbers, and those that they hid."""

    shown: Mapping[Key, frozenset[Decimal]] = field(default_factory=dict)
    hidden: frozenset[Key] = frozenset()


def figure_key(measure: str, about: Period) -> Key:
    """The figure of a measure about a period."""
    return ("figure", measure, about.label)


def to_date_key(measure: str, about: Period) -> Key:
    """What a measure runs to up to a period: the year to date, or the twelve months."""
    return (TO_DATE, measure, about.label)


def running_keys(measure: str, about: Period) -> tuple[Key, Key]:
    """Numerator and denominator of the twelve months up to a period."""
    return ("twelve numerators", measure, about.label), ("twelve denominators", measure, about.label)


def fraction_keys(measure: str, about: Period) -> tuple[Key, Key]:
    """Numerator and denominator of the figure of a measure about a period."""
    return ("numerator", measure, about.label), ("denominator", measure, about.label)


def grid_key(figure: GridFigure, named: Period | None) -> Key:
    """A figure of a grid: by the period that its column names, else by column and reporting period."""
    where = named.label if named else f"{figure.column}, {figure.period.label}"
    return ("grid", figure.line, figure.directorate, where)


def counts_of(source: Source, rules: PublishRules, earlier: Earlier) -> Counts:
    """The numbers of a public copy. Raises UsageError where [publish] names what the framework does not have."""
    return _Gathering(source, rules, earlier).gather()


class _Gathering:
    def __init__(self, source: Source, rules: PublishRules, earlier: Earlier) -> None:
        self.source = source
        self.rules = rules
        self.earlier = earlier
        self.cells: dict[Key, Cell] = {}
        self.relations: list[Relation] = []
        self.fractions: dict[Key, tuple[Key, Key]] = {}
        self.names: dict[Key, tuple[str, str]] = {}
        self.unknown: list[str] = []
        self.shares: dict[Key, tuple[Key, ...]] = {}
        # The label of each count of this period's grids, by its directorate.
        self.labels: dict[str, dict[Key, str]] = {}
        # Parts that add up to something, whether or not to what the table says.
        self.groups: list[tuple[Key, ...]] = []
        self.people, self.grids = _people(source.framework, rules)
        self._observations = index(source.quarter.observations)
        self._to_date = {row.measure.key: row.to_date for row in source.rows}

    def gather(self) -> Counts:
        for measure in self.source.framework.measures:
            self._measure(measure)
        for grid in self.source.framework.grids:
            if grid.key in self.grids:
                self._grid(grid)
        self._shares()
        self._same_labels()
        self._totals()
        return Counts(
            tuple(self.cells.values()),
            tuple(self.relations),
            self.fractions,
            self.names,
            tuple(self.unknown),
            self.shares,
        )

    def _add(self, key: Key, value: Decimal, name: tuple[str, str], *, shown: bool, whole: bool = True,
             total: bool = False) -> None:  # fmt: skip
        if value < 0:
            return
        known = value in self.earlier.shown.get(key, frozenset())
        before = key in self.earlier.hidden and not known
        self.cells[key] = Cell(
            key, value, people=True, whole=whole and value == value.to_integral_value(), shown=shown, known=known,
            before=before, is_total=total,
        )  # fmt: skip
        self.names[key] = name

    def _measure(self, measure: Measure) -> None:
        if measure.key not in self.people:
            return
        abouts = self._abouts(measure)
        name = f"{measure.code} {measure.title}".strip()
        for about in abouts:
            place = (measure.key, about)
            key = figure_key(*place)
            if place in self.source.figures and is_count(measure):
                self._add(key, self.source.figures[place], (name, about.label), shown=True)
            if place in self.source.fractions:
                top, base = fraction_keys(*place)
                for part, value, word in zip((top, base), self.source.fractions[place], PARTS, strict=True):
                    self._add(part, value, (f"{name}: {word}", about.label), shown=True)
                if key in self.earlier.hidden and top in self.cells:
                    self._add(top, self.cells[top].value, self.names[top], shown=True)
                if top in self.cells and base in self.cells:
                    self.fractions[key] = (top, base)
                    self.relations.append(Relation(base, (top,), at_most=True))
            elif place in self.source.figures and not is_count(measure) and about == self._current(measure):
                self.unknown.append(name)
                self._as_before(key, self.source.figures[place], (name, about.label))
        self._over_periods(measure, abouts, name)

    def _abouts(self, measure: Measure) -> tuple[Period, ...]:
        """The periods whose figures are shown."""
        found = [measure.about(period) for period in self.source.periods]
        rows = [row for row in self.source.rows if row.measure.key == measure.key]
        found += [place[1] for row in rows for place in (row.previous, row.last_year) if place]
        kept = {each for each in found if each}
        return tuple(sorted(kept, key=lambda each: each.end))

    def _current(self, measure: Measure) -> Period | None:
        return measure.about(self.source.period)

    def _over_periods(self, measure: Measure, abouts: tuple[Period, ...], name: str) -> None:
        """What the figures of several periods say of each other, and of the figure that they run to."""
        for about in abouts:
            before = about.earlier_this_year
            if measure.counts_up and before and is_count(measure):
                self.relations.append(
                    Relation(figure_key(measure.key, about), (figure_key(measure.key, before[-1]),), at_most=True)
                )
            if measure.rolls:
                before = tuple(about.shift(-back) for back in range(1, PER_YEAR[about.kind]))
            words = "rolling 12 months" if measure.rolls else "year to date"
            if measure.runs and is_count(measure):
                self._count_to_date(measure, (*before, about), (f"{name}: {words}", about.label))
            elif measure.rolls:
                self._share_to_date(measure, (*before, about), (f"{name}: {words}", about.label))

    def _count_to_date(self, measure: Measure, months: tuple[Period, ...], label: tuple[str, str]) -> None:
        """A count that runs: what its periods add up to, or what was given in its place."""
        about, value = months[-1], self._running(measure, months[-1])
        if value is None:
            return
        held = [place for each in months if (place := (measure.key, each)) in self.source.figures]
        for place in held:
            if figure_key(*place) not in self.cells:
                shown = (label[0].rpartition(":")[0], place[1].label)
                self._add(figure_key(*place), self.source.figures[place], shown, shown=False)
        total = to_date_key(measure.key, about)
        self._add(total, value, label, shown=about == self._current(measure), total=True)
        # Where one of them is not known, the others are no more than the whole.
        parts = tuple(figure_key(*place) for place in held)
        if parts:
            self.relations.append(Relation(total, parts, at_most=len(held) < len(months)))

    def _share_to_date(self, measure: Measure, months: tuple[Period, ...], label: tuple[str, str]) -> None:
        """A percentage or rate over twelve months, worked out of the sums of the numbers behind each of them."""
        about, value = months[-1], self._running(measure, months[-1])
        if value is None or about != self._current(measure):
            return
        places = [(measure.key, each) for each in months]
        held = [self.source.fractions[place] for place in places if place in self.source.fractions]
        if len(held) < len(months):
            self.unknown.append(label[0])
            self._as_before(to_date_key(measure.key, about), value, label)
            return
        tops, bases = (sum((both[which] for both in held), Decimal(0)) for which in (0, 1))
        keys, name = running_keys(measure.key, about), label[0].rpartition(":")[0]
        for which, (key, word) in enumerate(zip(keys, PARTS, strict=True)):
            parts = tuple(fraction_keys(*place)[which] for place in places)
            for part, both, (_, each) in zip(parts, held, places, strict=True):
                if part not in self.cells:
                    self._add(part, both[which], (f"{name}: {word}", each.label), shown=False)
            self._add(key, (tops, bases)[which], (f"{label[0]}: {word}", about.label), shown=True, total=True)
            self.relations.append(Relation(key, parts))
        if all(key in self.cells for key in keys):
            self.fractions[to_date_key(measure.key, about)] = keys
            self.relations.append(Relation(keys[1], (keys[0],), at_most=True))

    def _as_before(self, key: Key, value: Decimal, name: tuple[str, str]) -> None:
        """What nobody knows the parts of any more, hidden where an earlier copy hid it."""
        if key in self.earlier.hidden:
            self.cells[key] = Cell(key, value, people=False, whole=False, before=True)
            self.names[key] = name

    def _running(self, measure: Measure, about: Period) -> Decimal | None:
        """What a measure runs to: of this period as it is shown."""
        if about == self._current(measure):
            return self._to_date.get(measure.key)
        return running_figure(measure, self._observations, about)

    def _grid(self, grid: Grid) -> None:
        """The grid of this period, and of those of which copies went out before."""
        names = {column_key(name): name for name in grid.columns}
        lines = {line.key: line for line in grid.lines}
        past = {key[3].rpartition(", ")[2] for key in (*self.earlier.shown, *self.earlier.hidden) if key[0] == "grid"}
        periods = sorted({f.period for f in self.source.quarter.grids if f.period.end <= self.source.period.end},
                         key=lambda each: each.end)  # fmt: skip
        known: dict[tuple[str, str, str], Key] = {}
        for period in periods:
            now = period == self.source.period
            if not now and period.label not in past:
                continue
            held: dict[tuple[str, str], dict[str, Key]] = {}
            for figure in self.source.quarter.grids:
                line = lines.get(figure.line)
                if line is None or figure.period != period or figure.column not in names or line.percent:
                    continue
                key = grid_key(figure, column_period(names[figure.column], period))
                title = f"{grid.title}: {line.label}, {names[figure.column]}"
                total = any(each.adds_to == line.key for each in grid.lines)
                self._add(key, figure.value, (title, period.label), shown=now, whole=not line.decimals, total=total)
                held.setdefault((figure.directorate, figure.column), {})[figure.line] = key
                if now:
                    self.labels.setdefault(figure.directorate, {})[key] = line.label
                place = (figure.line, figure.directorate, figure.column)
                # A part of a running total that did not move is the same number as in the copy before.
                if line.adds_to and place in known and self._equal(known[place], key):
                    self.relations.append(Relation(known[place], (key,)))
                known[place] = key
            for column in held.values():
                found = tuple(_line_relations(grid, column))
                self.relations += found
                self.groups += [relation.parts for relation in found] if now else []
            self.relations += self._column_relations(grid, names, held)

    def _shares(self) -> None:
        """The percentages of grids, with the counts that may be behind each."""
        for grid in self.source.framework.grids:
            names = {column_key(name): name for name in grid.columns}
            lines = {line.key: line for line in grid.lines if line.percent}
            for figure in self.source.quarter.grids:
                line = lines.get(figure.line)
                if line is None or grid.key not in self.grids or figure.column not in names:
                    continue
                if figure.period != self.source.period:
                    continue
                key = grid_key(figure, column_period(names[figure.column], figure.period))
                labels = self.labels.get(figure.directorate, {})
                behind = parts_of_share(figure.value, line.places, line.label, labels, self.cells, self.relations)
                if behind:
                    self.shares[key] = behind
                else:
                    self.unknown.append(f"{grid.title}: {line.label}")
        self.unknown = list(dict.fromkeys(self.unknown))
        behind_any = {key for keys in self.shares.values() for key in keys}
        for parts in self.groups:
            if len(parts) > 1 and behind_any.intersection(parts):
                # One count with its percentage tells what all of them add up to, whatever the table gives as total.
                key = ("sum", *parts[0][1:])
                value = sum((self.cells[part].value for part in parts), Decimal(0))
                self.cells[key] = Cell(key, value, shown=False, known=True, is_total=True)
                self.relations.append(Relation(key, parts))

    def _equal(self, first: Key, second: Key) -> bool:
        pair = [self.cells.get(key) for key in (first, second)]
        return first != second and all(pair) and pair[0].value == pair[1].value  # type: ignore[union-attr]

    def _column_relations(
        self, grid: Grid, names: Mapping[str, str], held: Mapping[tuple[str, str], Mapping[str, Key]]
    ) -> Iterator[Relation]:
        """A column that is headed as a total: of all the others, where the figures bear that out in every line."""
        total = next((key for key, name in names.items() if name.strip().casefold() in _TOTALS), None)
        if total is None:
            return
        for directorate in dict.fromkeys(place[0] for place in held):
            columns = {column: keys for (where, column), keys in held.items() if where == directorate}
            for line, key in columns.get(total, {}).items():
                parts = tuple(keys[line] for column, keys in columns.items() if column != total and line in keys)
                if len(parts) > 1:
                    yield Relation(key, parts)

    def _same_labels(self) -> None:
        """Numbers of one label about one period are one number: the numerator of one measure is the figure of
        another."""
        found: dict[tuple[str, str], list[Key]] = {}
        for measure in self.source.framework.measures:
            labels = {"numerator": measure.numerator, "denominator": measure.denominator, "figure": measure.title}
            for about in self._abouts(measure):
                for kind, label in labels.items():
                    key = (kind, measure.key, about.label)
                    if label and key in self.cells:
                        found.setdefault((" ".join(label.casefold().split()), about.label), []).append(key)
        for keys in found.values():
            self.relations += [Relation(keys[0], (other,)) for other in keys[1:]]

    def _totals(self) -> None:
        framework = self.source.framework
        for whole, parts in self.rules.totals:
            total, [*each] = _one(framework, whole), [_one(framework, part) for part in parts]
            for about in self._abouts(total):
                keys = [figure_key(measure.key, about) for measure in (total, *each)]
                self.relations.append(Relation(keys[0], tuple(keys[1:])))


PARTS = ("numerator", "denominator")


def is_count(measure: Measure) -> bool:
    """Whether the figure itself is a whole number of something: no percentage, rate, money or average."""
    unit = measure.unit
    return unit.kind == "number" and unit.multiplier == 1 and not measure.decimals and not measure.has_fraction


def _line_relations(grid: Grid, column: Mapping[str, Key]) -> Iterator[Relation]:
    for line in grid.lines:
        if line.key not in column:
            continue
        for parts in grid.adding_to(line.key).values():
            keys = _held(parts, column)
            if keys:
                yield Relation(column[line.key], keys)


def _held(lines: Iterable[GridLine], column: Mapping[str, Key]) -> tuple[Key, ...]:
    return tuple(column[line.key] for line in lines if line.key in column)


def _people(framework: Framework, rules: PublishRules) -> tuple[frozenset[str], frozenset[str]]:
    """The keys of the measures and of the grids that count people."""
    if rules.people is None:
        return frozenset(framework.by_key), frozenset(grid.key for grid in framework.grids)
    measures: set[str] = set()
    grids: set[str] = set()
    for name in rules.people:
        found = {m.key for m in framework.measures if name in (m.key, m.code)}
        tables = {grid.key for grid in framework.grids if name.casefold() in (grid.key, grid.title.casefold())}
        if not found and not tables:
            raise UsageError(
                f"perfbook.toml: publish.people names {name!r}, which is no code or key of a measure and no title of a "
                "grid. Write it as framework.xlsx does."
            )
        measures |= found
        grids |= tables
    return frozenset(measures), frozenset(grids)


def _one(framework: Framework, name: str) -> Measure:
    found = [measure for measure in framework.measures if name in (measure.key, measure.code)]
    if len(found) != 1:
        wrong = "no measure has" if not found else f"{len(found)} measures have"
        raise UsageError(f"perfbook.toml: publish.totals names {name!r}, which {wrong}. Name one by its key.")
    return found[0]
