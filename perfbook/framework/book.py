"""Reads framework.xlsx: a workbook that officers edit, whose mistakes are reported all together.

Sheets and columns are found by name, whatever their order; what is not ours is left alone. Nothing is guessed: what is
not understood is a mistake with its cell, what is wrong, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from perfbook.errors import FrameworkError
from perfbook.framework._adjustments import read_adjustments
from perfbook.framework._checks import read_checks, read_suppressions
from perfbook.framework._decisions import read_decisions
from perfbook.framework._figures import read_benchmarks, read_past, read_published, read_targets, read_totals
from perfbook.framework._grids import read_grids
from perfbook.framework._moves import read_moves
from perfbook.framework._plan import Remarks, read_actions, read_deliverables, read_sections
from perfbook.framework._published_ratings import read_published_ratings
from perfbook.framework._rating_adjustments import Plan
from perfbook.framework._register import Register, read_directorates, read_measures, read_priorities, read_schemes
from perfbook.framework._statements import read_statements
from perfbook.framework._subjects import Subjects
from perfbook.framework._sums import read_sums
from perfbook.framework._tables import Problems, SourceBook, suggestion
from perfbook.framework._text_figures import read_corrections
from perfbook.framework.adjustment_sheet import ADJUSTMENTS, MOVES
from perfbook.framework.check_sheets import CHECKS, REPLIES, SUPPRESSIONS
from perfbook.framework.layout import Layout
from perfbook.framework.model import KIND_OF, Framework, Frequency, Measure, Scheme
from perfbook.framework.plan import usual_among
from perfbook.framework.plan_sheets import ACTIONS, DELIVERABLES, GRIDS, PUBLISHED_RATINGS, SECTIONS
from perfbook.framework.published_sheets import PUBLISHED, PUBLISHED_STATEMENTS, PUBLISHED_TOTALS
from perfbook.framework.sheets import (
    BENCHMARKS,
    DIRECTORATES,
    MEASURES,
    PAST_FIGURES,
    PRIORITIES,
    SCHEMES,
    TARGETS,
)
from perfbook.framework.sum_sheet import SUMS
from perfbook.framework.text_figure_sheet import TEXT_FIGURES
from perfbook.framework.version import with_version

__all__ = ["read_framework"]


def read_framework(
    path: Path, *, council: str, year_start: int, reporting: Frequency, default_scheme: str
) -> Framework:
    """The framework of a workbook, with its version.

    `year_start` is the month (1 to 12) in which the council's year starts, `reporting` how often returns are sent out,
    `default_scheme` the key of the scheme that measures are scored by unless they name another (empty: the first one).

    Raises FrameworkError with every mistake, in the order of the sheets (also for a file that is no workbook, is
    damaged or has a password), UsageError where the file is not there or cannot be opened.
    """
    problems = Problems()
    book = SourceBook(path, problems, year_start)
    priorities = read_priorities(book.table(PRIORITIES), problems)
    directorates = read_directorates(book.table(DIRECTORATES), problems)
    schemes_table = book.table(SCHEMES)
    schemes = read_schemes(schemes_table, problems)
    default_scheme = default_scheme or next(iter(schemes), "")
    if default_scheme not in schemes and schemes:
        near = suggestion(default_scheme, schemes)
        problems.add_at(
            schemes_table.sheet,
            "",
            f"The council's usual scheme, {default_scheme!r}, is not on this sheet.{near}",
            "Add its bands, or name another scheme in perfbook.toml.",
        )
    measures_table = book.table(MEASURES)
    register = Register(priorities, directorates, schemes)
    remarks = Remarks(book.file)
    deliverables = read_deliverables(book.table(DELIVERABLES), register, problems, remarks)
    actions_table = book.table(ACTIONS)
    actions = read_actions(actions_table, deliverables, register, problems, remarks, year_start=year_start)
    measures = read_measures(measures_table, register, problems, reporting=reporting, year_start=year_start)
    targets = read_targets(book.table(TARGETS), measures, problems, book.file)
    past = read_past(book.table(PAST_FIGURES), measures, problems, book.file)
    benchmarks = read_benchmarks(book.table(BENCHMARKS), measures, problems)
    published = read_published(book.table(PUBLISHED), measures, schemes, default_scheme, problems, year_start)
    totals = read_totals(book.table(PUBLISHED_TOTALS), schemes, problems, year_start)
    statements = read_statements(book.table(PUBLISHED_STATEMENTS), measures, schemes, problems, year_start)
    plan = Plan(actions, deliverables, schemes, usual_among(schemes, default_scheme))
    ratings = read_published_ratings(book.table(PUBLISHED_RATINGS), plan, problems, year_start, KIND_OF[reporting])
    checks = read_checks(book.table(CHECKS), problems)
    grids = read_grids(book.table(GRIDS), register, problems)
    sections = read_sections(book.table(SECTIONS), register, problems, year_start=year_start)
    subjects = Subjects(measures, actions, sections, grids, directorates)
    suppressions = read_suppressions(book.table(SUPPRESSIONS), subjects, problems, year_start)
    decisions = read_decisions(book.table(REPLIES), subjects, problems, year_start=year_start, reporting=reporting)
    adjustments = read_adjustments(
        book.table(ADJUSTMENTS),
        measures,
        schemes,
        default_scheme,
        plan,
        problems,
        year_start,
        KIND_OF[reporting],
        book.file,
    )
    corrections = read_corrections(book.table(TEXT_FIGURES), actions, problems, year_start)
    sums = read_sums(book.table(SUMS), measures, problems)
    keys = (*measures, *(action.key for action in actions))
    moves = read_moves(book.table(MOVES), keys, register, problems, year_start, KIND_OF[reporting])
    _scored(default_scheme, schemes, measures, measures_table.sheet, problems)
    asked = measures_table.rows or actions_table.rows
    found = {MEASURES: asked, DIRECTORATES: directorates, PRIORITIES: priorities, SCHEMES: schemes}
    _nothing_there(found, problems)
    if problems:
        raise FrameworkError(book.file, problems.sorted())
    return with_version(
        Framework(
            council=council,
            year_start=year_start,
            reporting=reporting,
            measures=tuple(measures.values()),
            directorates=directorates,
            priorities=priorities,
            schemes=schemes,
            default_scheme=default_scheme,
            targets=targets,
            past=past,
            published=published,
            published_totals=totals,
            published_statements=statements,
            published_ratings=ratings,
            benchmarks=benchmarks,
            deliverables=tuple(deliverables),
            actions=tuple(actions),
            sections=tuple(sections),
            grids=tuple(grids),
            remarks=tuple(remarks.found),
            checks=checks,
            suppressions=suppressions,
            decisions=decisions,
            adjustments=adjustments,
            text_corrections=corrections,
            moves=moves,
            sums=sums,
        )
    )


def _scored(
    usual: str, schemes: Mapping[str, Scheme], measures: Mapping[str, Measure], sheet: str, problems: Problems
) -> None:
    """A measure that names no scheme cannot be scored by one in which a person chooses."""
    if usual in schemes and schemes[usual].is_chosen and any(not each.scheme for each in measures.values()):
        problems.add_at(
            sheet,
            "",
            f"The council's usual scheme, {usual!r}, has no limits, so measures that name no other cannot be scored.",
            "Name a scheme with limits in perfbook.toml, or for each measure in the column Scheme.",
        )


def _nothing_there(found: Mapping[Layout, object], problems: Problems) -> None:
    """An empty sheet is a mistake of its own, unless something about the sheet has been said already."""
    for layout, content in found.items():
        if not content and not problems.about(layout):
            problems.add_at(layout.name, "", "The sheet has no rows.", "Fill at least one row.")
