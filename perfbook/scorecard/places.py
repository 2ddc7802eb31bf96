"""Where things stand on the sheet Scorecard, for the sheets that look there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from xlsxwriter.utility import xl_rowcol_to_cell

from perfbook.framework.model import Framework, Measure, Priority
from perfbook.scorecard.process import may_have_icons
from perfbook.scorecard.view import View

SCORECARD = "Scorecard"
# Defined names that begin so are of rows and columns which are shown only while they have something to show.
SHOWN_ROWS, SHOWN_COLUMNS = "shown_rows_", "shown_columns_"
# The defined names of the cells in which a reader chooses the period and the directorate.
CHOSEN_PERIOD, CHOSEN_DIRECTORATE = "chosen_period", "chosen_directorate"
# And of the one in which the measure of the sheet Detail is chosen.
CHOSEN_MEASURE = "chosen_measure"
# The first row below the heads, from 0.
FIRST = 4


@dataclass(frozen=True)
class Column:
    """One column. `is_figure`: never narrower than the longest figure."""

    key: str
    label: str
    width: float
    is_figure: bool = False


_COLUMNS: tuple[Column, ...] = (
    Column("code", "Code", 8),
    Column("title", "Measure", 38),
    Column("unit", "Unit", 9),
    Column("about", "Figure for", 10),
    Column("last_year", "Same period last year", 10, is_figure=True),
    Column("previous", "Previous period", 10, is_figure=True),
    Column("actual", "Actual", 11, is_figure=True),
    Column("to_date", "Year to date", 11, is_figure=True),
    Column("target", "Target", 11, is_figure=True),
    Column("year_target", "Target for the year", 11, is_figure=True),
    Column("score", "Score", 23),
    Column("trend", "", 3),
    Column("trend_word", "Trend since previous", 12.5),
    Column("annual", "", 3),
    Column("annual_word", "Compared with last year", 12.5),
    Column("variation", "Variation", 17),
    Column("assurance", "Assurance", 19),
    Column("benchmark", "Benchmark", 20),
    Column("history", "History", 14),
    Column("mark", "This figure is", 13),
    Column("note", "What to know of the figure", 44),
    Column("notes", "Notes", 34),
)
WIDTHS = {column.key: column.width for column in _COLUMNS}
# Where figures were adjusted or restated: hidden where none is. Where figures add up over the year: only then there.
MARKED, _RUNNING = ("mark", "note"), frozenset({"to_date", "year_target"})
# The icons of process behaviour charts: there where periods enough are held, hidden where no measure has the figures.
ICONS = ("variation", "assurance")


_ROLLING_NAME = "Year to date or 12 months"


def columns_of(view: View) -> tuple[Column, ...]:
    """The columns of a book: those that its measures ask for; officers' own notes are the last."""
    without = (frozenset() if view.has_running else _RUNNING) | (
        frozenset() if may_have_icons(view) else frozenset(ICONS)
    )
    kept = [column for column in _COLUMNS if column.key not in without]
    if any(measure.rolls for measure in view.framework.measures):
        kept = [replace(each, label=_ROLLING_NAME) if each.key == "to_date" else each for each in kept]
    years = [Column(year.label, year.label, 10, is_figure=True) for year in view.whole_years]
    place = kept.index(next(column for column in kept if column.key == "last_year"))
    return (*kept[:place], *years, *kept[place:])


def notes_column(view: View) -> int:
    """The column in which officers write, from 0."""
    return len(columns_of(view)) - 1


def scorecard_lines(framework: Framework) -> Iterator[Priority | Measure]:
    """The rows of the sheet: priorities that have measures, and below each its measures."""
    for priority in framework.priorities:
        measures = [measure for measure in framework.measures if measure.priority == priority.key]
        if measures:
            yield priority
            yield from measures


def note_cells(view: View) -> dict[str, str]:
    """The cell with officers' note on a measure, by the measure's key."""
    lines, column = enumerate(scorecard_lines(view.framework), FIRST), notes_column(view)
    return {
        entry.key: f"{SCORECARD}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"
        for row, entry in lines
        if isinstance(entry, Measure)
    }
