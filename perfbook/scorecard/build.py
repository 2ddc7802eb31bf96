"""Building the scorecard workbook."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from perfbook.errors import UsageError
from perfbook.framework.periods import Period
from perfbook.records import Quarter
from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.actions_sheet import write_actions
from perfbook.scorecard.button import Button, add_project, put_button, with_ribbon, write_settings
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.counts import Counts
from perfbook.scorecard.data import write_data
from perfbook.scorecard.definitions import write_definitions
from perfbook.scorecard.detail_feed import DetailFeed
from perfbook.scorecard.detail_sheet import write_detail
from perfbook.scorecard.detail_values import DetailValues
from perfbook.scorecard.directorate_sheet import write_directorate
from perfbook.scorecard.exceptions import write_exceptions
from perfbook.scorecard.facts import Facts, facts_of
from perfbook.scorecard.feed import Feed
from perfbook.scorecard.forecast_sheet import write_forecasts
from perfbook.scorecard.frame import Frame
from perfbook.scorecard.grids_sheet import write_grids
from perfbook.scorecard.identity import write_identity
from perfbook.scorecard.lists import lists
from perfbook.scorecard.passport_sheet import write_passport
from perfbook.scorecard.ratings_block import write_rating_calc
from perfbook.scorecard.reconciliation_sheet import write_reconciliation
from perfbook.scorecard.returns_sheet import write_changes, write_evidence, write_files, write_findings, write_returns
from perfbook.scorecard.scorecard_sheet import write_scorecard
from perfbook.scorecard.seal import prepare_seal, sealed
from perfbook.scorecard.sections_sheet import write_sections
from perfbook.scorecard.selftest import verdict, write_selftest
from perfbook.scorecard.summary import Summary
from perfbook.scorecard.text_figures_sheet import write_text_figures
from perfbook.scorecard.trends import write_trends
from perfbook.scorecard.view import View
from perfbook.workbook.palette import STANDARD, HouseStyle
from perfbook.workbook.writer import Book


def build_scorecard(
    quarter: Quarter,
    *,
    selected: Period | None = None,
    directorate: str = "",
    notes: Mapping[str, str] | None = None,
    measure: str = "",
    house: HouseStyle = STANDARD,
    button: Button | None = None,
) -> bytes:
    """The scorecard of a quarter, as the bytes of an .xlsx file; with a `button`, of an .xlsm file with macros.

    `selected` is the period that the picker shows, the quarter's own unless said otherwise, `directorate` the key of
    the chosen directorate, empty for all; every formula carries its value for that choice. `notes` are officers' own,
    by the key of a measure. `measure` is the key of the one on the sheet Detail, by default the one with the most
    figures. The same inputs give the same bytes. Raises UsageError where `selected` is not a period of the quarter,
    `directorate` none of its directorates or `measure` none of its measures, LimitError where a text breaks a limit of
    Excel.
    """
    chosen = selected or quarter.period
    if chosen not in quarter.periods:
        choices = ", ".join(period.label for period in quarter.periods)
        raise UsageError(f"The scorecard holds no period {chosen.label}. It holds: {choices}.")
    if measure and measure not in quarter.framework.by_key:
        raise UsageError(f"The scorecard holds no measure with the key {measure}.")
    view = View(quarter, chosen, notes or {}, directorate, measure)
    if directorate not in view.directorate_labels:
        known = ", ".join(key for key in view.directorate_labels if key)
        raise UsageError(f"No measure or action is of a directorate {directorate!r}. There are: {known}.")
    with _uncollected():
        return _built(view, house, button)


def _built(view: View, house: HouseStyle, button: Button | None) -> bytes:
    facts = facts_of(view)
    book = assembled(view, facts, house, button)
    data = write_data(book, view, facts)
    if button is None:
        write_identity(book, view, facts, data)
        return sealed(book.close())
    write_settings(book, button)
    write_identity(book, view, facts, data)
    add_project(book)
    return sealed(with_ribbon(book.close()))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python looking for garbage: among a million cells that are all in use it finds none, again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def assembled(view: View, facts: Facts, house: HouseStyle = STANDARD, button: Button | None = None) -> Book:
    """All sheets with formulas, each with its value, before the data that they look at and before it is made a file."""
    quarter = view.quarter
    council = quarter.framework.council
    book = Book(
        created=quarter.as_at,
        title=f"{council} {quarter.period.label} scorecard",
        subject="Performance scorecard",
        company=council,
        house=house,
    )
    prepare_seal(book)
    calc, actions = Calc(view), ActionCalc(view)
    counts, feed = Counts(view, calc, actions), Feed(view, calc)
    frame = Frame(book, view, calc, feed, facts, actions)
    returns, files, findings, changes, passport, *others = lists(view)
    Summary(frame, counts, verdict(calc, counts)).write()
    if view.has_measures:
        write_scorecard(frame)
        write_exceptions(frame)
    lines = write_directorate(frame)
    detail = DetailFeed(view, calc, DetailValues(view)) if view.framework.measures else None
    if detail:
        write_detail(frame, detail)
    if view.forecast_rows:
        write_forecasts(frame)
    if view.has_actions:
        write_actions(frame)
    if view.section_rows:
        write_sections(frame)
    if view.grid_rows:
        write_grids(frame)
    for block in others:
        writer = write_text_figures if block.name == "list_text_figures" else write_evidence
        writer(frame, block)
    write_returns(frame, returns)
    write_files(frame, files)
    write_findings(frame, findings)
    write_changes(frame, changes)
    write_reconciliation(frame, counts)
    if view.has_measures:
        write_trends(frame)
    write_passport(frame, passport)
    write_selftest(frame, counts)
    write_definitions(frame)
    calc.write(book)
    actions.write(book)
    write_rating_calc(book, view, actions)
    lines.write(book)
    counts.write(book)
    if view.has_measures:
        feed.write(book)
    if detail:
        detail.write(book)
    if button is not None:
        put_button(frame)
    return book
