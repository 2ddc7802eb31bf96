"""The data sheets: what each dense matrix, measure x period, holds; plain values only.

They are what a later consolidation replaces; everything that a reader sees follows from them by formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from perfbook.framework.grid_columns import header
from perfbook.framework.model import Measure, Published
from perfbook.framework.plan import day_words
from perfbook.records import GridFigure, Observation
from perfbook.scorecard.blocks import Block, Value
from perfbook.scorecard.passport_order import passport_rows
from perfbook.scorecard.process import may_have_icons
from perfbook.scorecard.rating_reconcile import printed_rating
from perfbook.scorecard.reconcile import printed_band, printed_figure, printed_state, published_of
from perfbook.scorecard.slots import reference
from perfbook.scorecard.view import View
from perfbook.scorecard.words import DIRECTION_KEYS, band_label, rating_labels
from perfbook.scoring.forecast import so_far
from perfbook.scoring.judge import band_keys, running_figure
from perfbook.scoring.ratings import Rated
from perfbook.workbook.text import clean_text, one_line, shortened, utf16_length

WITHDRAWN = "withdrawn"
# The days from the due day over which the curve of returns is drawn.
INFLOW_DAYS = range(-20, 31)
# What a list has room for of a text that stands in full elsewhere, in UTF-16 units.
_BRIEF = 170


def brief(text: str) -> str:
    """The beginning of a text, on one line, for a list that has no room for all of it."""
    line = one_line(text, 1 << 15)
    return line if utf16_length(line) <= _BRIEF else f"{shortened(line, _BRIEF - 1).rstrip()}…"


def matrix(
    name: str,
    keys: Sequence[str],
    labels: Sequence[str],
    value: Callable[[int, int], Value],
    *,
    text: bool = False,
) -> Block:
    """A matrix; `value` gives the content of (row, column), both from 0."""
    rows = tuple(tuple(value(row, column) for column in range(len(labels))) for row in range(len(keys)))
    texts = frozenset(range(len(labels))) if text else frozenset[int]()
    return Block(name, "matrix", len(labels), rows, texts, tuple(keys), tuple(labels))


def day_number(day: date) -> int:
    """A day as a spreadsheet counts it."""
    return day.toordinal() - date(1899, 12, 30).toordinal()


def matrices(view: View) -> Iterator[Block]:
    """Every data sheet that a consolidation may change, and what it was printed as."""
    yield _directorates(view)
    yield from inflow(view)
    if view.has_measures:
        yield from _figures(view)
        yield _references(view)
        yield from _checks(view)
        yield from _published(view)
    if may_have_icons(view):
        yield from _icons(view)
    if view.has_actions:
        yield from _ratings(view)
    if view.section_rows:
        yield _sections(view)
    if view.grid_rows:
        yield from _grids(view)
    yield from _counts(view)


def _directorates(view: View) -> Block:
    """What the picker of directorates offers; no lookup, since one may get another name."""
    labels = view.directorate_labels
    texts = list(labels.values())
    keys = [key or "(all)" for key in labels]
    return matrix("directorate_labels", keys, ["Label"], lambda row, _: texts[row], text=True)


def inflow(view: View) -> Iterator[Block]:
    """How returns come in: for each day from the due day how many had come by its end, this period and the one before;
    and of both what they are and how many returns are expected."""
    curves = view.quarter.curves
    days = [str(day) for day in INFLOW_DAYS]

    def received(row: int, column: int) -> Value:
        if column % 2 >= len(curves):
            return None
        curve = curves[column % 2]
        number = curve.by(INFLOW_DAYS[row])
        if column < 2 or number is None:
            return number
        return Decimal(number) / curve.expected if curve.expected else None

    yield matrix("data_inflow", days, ("Received", "Received before", "Share", "Share before"), received)
    texts = [(curve.period, curve.expected) for curve in curves] + [("", None)] * (2 - len(curves))
    yield Block("data_inflow_of", "matrix", 2, tuple(texts), frozenset({0}), ("own", "before"), ("Period", "Expected"))


def _figures(view: View) -> Iterator[Block]:
    measures, periods = view.framework.measures, view.slots.periods
    keys = [measure.key for measure in measures]
    labels = [period.label for period in periods]

    def of_observation(get: Callable[[Observation], Value]) -> Callable[[int, int], Value]:
        def value(row: int, column: int) -> Value:
            observation = view.observations.get((keys[row], periods[column]))
            return get(observation) if observation else None

        return value

    def chosen(row: int, column: int) -> Value:
        observation = view.observations.get((keys[row], periods[column]))
        scheme = view.framework.scheme_of(measures[row])
        return scheme.position(observation.chosen) if observation else None

    def target(high: bool) -> Callable[[int, int], Value]:
        def value(row: int, column: int) -> Value:
            found = view.framework.target(keys[row], periods[column])
            return (found.high if high else found.value) if found else None

        return value

    def running(row: int, column: int) -> Value:
        return running_figure(measures[row], view.observations, periods[column])

    def of_year(row: int, column: int) -> Value:
        found = view.framework.year_target(keys[row], periods[column])
        return found.value if found else None

    def score_set(row: int, column: int) -> Value:
        found = view.framework.scores_set.get((keys[row], periods[column]))
        return (view.framework.scheme_of(measures[row]).position(found.band) or 0) if found else None

    def note(row: int, column: int, *, mark: bool) -> Value:
        found = view.notes.get((keys[row], periods[column]))
        return (found.mark if mark else found.note) if found else None

    yield matrix("data_actual", keys, labels, of_observation(lambda o: o.actual))
    yield matrix("data_target", keys, labels, target(high=False))
    yield matrix("data_target_high", keys, labels, target(high=True))
    if view.has_running:
        yield matrix("data_to_date", keys, labels, running)
        yield matrix("data_year_target", keys, labels, of_year)
    if view.forecast_rows:
        yield from _forecasts(view, keys, labels)
    if view.has_chosen:
        yield matrix("data_chosen", keys, labels, chosen)
    yield matrix("data_status", keys, labels, of_observation(lambda o: o.status), text=True)
    yield matrix("data_commentary", keys, labels, of_observation(lambda o: o.commentary), text=True)
    yield matrix("data_action", keys, labels, of_observation(lambda o: o.action), text=True)
    yield matrix("data_brief", keys, labels, of_observation(lambda o: brief(o.commentary)), text=True)
    yield matrix("data_score_set", keys, labels, score_set)
    rows = passport_rows(view)
    yield matrix("data_passport", keys, labels, lambda row, column: rows.get((keys[row], periods[column])))
    yield matrix("data_footnote", keys, labels, of_observation(lambda o: o.mark), text=True)
    yield matrix("data_mark", keys, labels, partial(note, mark=True), text=True)
    yield matrix("data_note", keys, labels, partial(note, mark=False), text=True)


def _forecasts(view: View, keys: Sequence[str], labels: Sequence[str]) -> Iterator[Block]:
    """What forecasts are made from: figures since the start of the year, targets for it, services' own forecasts."""
    measures, periods = view.framework.measures, view.slots.periods

    def annual(row: int, column: int, *, high: bool) -> Value:
        measure, period = measures[row], periods[column]
        found = view.framework.annual_target_of(measure, period) if measure.period_kind == period.kind else None
        return (found.high if high else found.value) if found else None

    def own(row: int, column: int) -> Value:
        observation = view.observations.get((keys[row], periods[column]))
        return observation.forecast if observation else None

    yield matrix(
        "data_so_far", keys, labels, lambda row, column: so_far(measures[row], view.observations, periods[column])
    )
    yield matrix("data_forecast", keys, labels, own)
    yield matrix("data_annual", keys, labels, partial(annual, high=False))
    yield matrix("data_annual_high", keys, labels, partial(annual, high=True))


def _references(view: View) -> Block:
    """The column of each measure's own period by reporting period: 0 where none is due, a word where withdrawn."""
    measures, periods = view.framework.measures, view.periods

    def value(row: int, column: int) -> Value:
        measure, period = measures[row], periods[column]
        if not measure.in_force(period):
            return WITHDRAWN
        about = reference(measure, period)
        return view.slots.number[about] if about else 0

    return matrix("data_reference", [m.key for m in measures], [p.label for p in periods], value)


def _checks(view: View) -> Iterator[Block]:
    """What Python made of each measure in each reporting period, for the Self-test."""
    keys = [measure.key for measure in view.framework.measures]
    labels = [period.label for period in view.periods]
    for field in ("state", "actual", "band", "trend", "annual"):

        def value(row: int, column: int, field: str = field) -> Value:
            found: Value = getattr(view.judgements[view.periods[column]][row], field)
            return found

        yield matrix(f"check_{field}", keys, labels, value, text=field == "state")


def _icons(view: View) -> Iterator[Block]:
    """The icons of process behaviour charts, by reporting period, as Python has them: looking at forty figures of every
    measure is no work for formulas. The sheet Detail has the formulas for one measure."""
    keys = [measure.key for measure in view.framework.measures]
    labels = [period.label for period in view.periods]
    for field in ("variation", "assurance"):

        def value(row: int, column: int, field: str = field) -> Value:
            found = view.icons[view.periods[column]][row]
            return getattr(found, field) if found else None

        yield matrix(f"data_{field}", keys, labels, value)


def _ratings(view: View) -> Iterator[Block]:
    """What is said of every placement, by reporting period: the number of its rating (0 for none, empty where it is
    not in force), and the rest as it was said."""
    keys = [placement.key for placement in view.placements]
    labels = [period.label for period in view.periods]
    actions = [placement.action for placement in view.placements]

    def of_rated(get: Callable[[Rated], Value]) -> Callable[[int, int], Value]:
        def value(row: int, column: int) -> Value:
            found = view.rated[view.periods[column]].get(keys[row])
            return get(found) if found else None

        return value

    def note(row: int, column: int) -> Value:
        found = view.rating_notes.get((keys[row], view.periods[column]))
        return found.note if found else None

    def printed(row: int, column: int) -> Value:
        found = printed_rating(view.framework, view.placements[row], view.periods[column])
        return None if found is None else view.rating_places[found]

    if view.has_printed_ratings:
        yield matrix("printed_rating", keys, labels, printed)
    yield matrix("data_rating", keys, labels, of_rated(lambda rated: view.rating_places[rated.rating]))
    yield matrix("data_update", keys, labels, of_rated(lambda rated: rated.update), text=True)
    yield matrix("data_brief_update", keys, labels, of_rated(lambda rated: brief(rated.update)), text=True)
    yield matrix("data_revised", keys, labels, of_rated(lambda rated: day_words(rated.revised)), text=True)
    yield matrix("data_progress", keys, labels, of_rated(lambda rated: rated.progress))
    yield matrix("data_rating_note", keys, labels, note, text=True)
    yield matrix("data_milestone", keys, labels, of_rated(lambda rated: rated.milestone), text=True)
    texts = [(clean_text(a.code), clean_text(a.title), clean_text(day_words(a.due))) for a in actions]
    yield matrix("action_texts", keys, ("Reference", "Action", "Due"), lambda row, at: texts[row][at], text=True)


def _sections(view: View) -> Block:
    """What each directorate has written under each heading, by reporting period."""

    def value(row: int, column: int) -> Value:
        directorate, section = view.section_rows[row]
        found = view.texts.get((directorate, section.key, view.periods[column]))
        return found.text if found else None

    keys = [f"{section.key}@{directorate}" for directorate, section in view.section_rows]
    return matrix("data_section", keys, [period.label for period in view.periods], value, text=True)


def _grids(view: View) -> Iterator[Block]:
    """The figures of every grid and their footnote marks, by reporting period."""

    def figure(row: int, column: int) -> GridFigure | None:
        directorate, _, line, key = view.grid_rows[row]
        return view.grid_figures.get((line.key, key, directorate, view.periods[column]))

    def value(row: int, column: int) -> Value:
        found = figure(row, column)
        return found.value if found else None

    def mark(row: int, column: int) -> Value:
        found = figure(row, column)
        return found.mark if found else None

    keys = [f"{line.key}@{key}@{directorate}" for directorate, _, line, key in view.grid_rows]
    labels = [period.label for period in view.periods]
    yield matrix("data_grid", keys, labels, value)
    yield matrix("data_grid_mark", keys, labels, mark, text=True)


def _counts(view: View) -> Iterator[Block]:
    """The headline counts as Python has them, and as they were printed, by reporting period."""
    labels = [period.label for period in view.periods]
    counts = [view.count_values(period) for period in view.periods]
    names = [f"{group} {outcome}" for group, outcome, _ in view.count_rows]
    yield matrix("check_counts", names, labels, lambda row, column: counts[column][row])
    published = [view.reconciliations[period].totals for period in view.periods]
    yield matrix("printed_totals", names, labels, lambda row, column: published[column][row].published)


def _published(view: View) -> Iterator[Block]:
    """What reports printed, by reporting period; scores as positions in the measure's scheme."""
    framework, measures = view.framework, view.framework.measures
    keys, labels = [measure.key for measure in measures], [period.label for period in view.periods]

    def printed(get: Callable[[Measure, Published], Value]) -> Callable[[int, int], Value]:
        def value(row: int, column: int) -> Value:
            measure, period = measures[row], view.periods[column]
            return get(measure, published_of(framework, measure, reference(measure, period), period))

        return value

    fields: dict[str, Callable[[Measure, Published], Value]] = {
        "printed_score": lambda m, said: printed_band(framework, m, said),
        "printed_trend": lambda _, said: DIRECTION_KEYS.get(said.trend),
        "printed_annual": lambda _, said: DIRECTION_KEYS.get(said.annual),
        "printed_number": printed_figure,
        "printed_text": lambda _, said: said.actual.strip(),
    }
    if view.has_printed_states:
        fields["printed_state"] = lambda _, said: printed_state(said)
    texts = ("printed_text", "printed_state")
    for name, get in fields.items():
        yield matrix(name, keys, labels, printed(get), text=name in texts)


def lookups(view: View) -> Iterator[Block]:
    """What no consolidation changes: the periods to choose from, and the schemes, with the labels of their bands and
    their places among all bands in use. Other periods or schemes want a new book."""
    schemes = tuple(view.framework.schemes.values())
    width = max(len(scheme.bands) for scheme in schemes)
    places = {key: number for number, key in enumerate(band_keys(view.framework), 1)}
    names, positions = [scheme.key for scheme in schemes], [f"Band {number}" for number in range(1, width + 1)]

    def label(row: int, column: int) -> Value:
        bands = schemes[row].bands
        return band_label(bands[column]) if column < len(bands) else None

    def place(row: int, column: int) -> Value:
        bands = schemes[row].bands
        # Schemes that no measure uses have no place among the counts.
        return places.get(bands[column].key, 0) if column < len(bands) else None

    yield matrix("scheme_labels", names, positions, label, text=True)
    yield matrix("scheme_places", names, positions, place)
    if view.forecast_rows:
        slots = [str(number) for number in range(1, len(view.slots.periods) + 1)]
        yield matrix("slot_parts", slots, ["Part"], lambda row, _: view.slots.periods[row].index)
    if view.has_actions:
        # The first row is that of no rating.
        ratings = rating_labels(view.framework)
        texts = [ratings[key] for key in view.rating_places]
        yield matrix("rating_labels", list(view.rating_places), ["Label"], lambda row, _: texts[row], text=True)
    if view.moving_heads:
        heads = view.moving_heads
        labels = [period.label for period in view.periods]
        yield matrix("grid_heads", list(heads), labels, lambda row, at: header(heads[row], view.periods[at]), text=True)
    begins = {kind: (view.slots.group(kind) or (0, 0))[0] for kind in view.slots.kinds}
    days = [(day_number(p.end), day_number(p.whole_year.end), begins[p.kind]) for p in view.slots.periods]
    numbers = [str(number) for number in range(1, len(days) + 1)]
    yield matrix("slot_days", numbers, ["Ends", "Year ends", "Its kind from"], lambda row, at: days[row][at])
    ends = [period.end for period in view.periods]
    numbers = [str(number) for number in range(1, len(ends) + 1)]
    yield matrix("period_days", numbers, ["Ends"], lambda row, _: day_number(ends[row]))
    for name, periods in (("slot_labels", view.slots.periods), ("period_labels", view.periods)):
        numbers = [str(number) for number in range(1, len(periods) + 1)]
        labels = [period.label for period in periods]
        yield matrix(name, numbers, ["Label"], lambda row, _, labels=labels: labels[row], text=True)  # type: ignore[misc]
