"""What the visible sheets share: page set-up, titles, styles, tables; and the context that they are written in."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.blocks import Block, spread, spread_formats
from perfbook.scorecard.calc import Calc
from perfbook.scorecard.colours import tints
from perfbook.scorecard.facts import Facts
from perfbook.scorecard.feed import Feed
from perfbook.scorecard.passport_order import shown_of_link
from perfbook.scorecard.places import CHOSEN_PERIOD
from perfbook.scorecard.view import View
from perfbook.scorecard.words import band_label
from perfbook.workbook.numfmt import display
from perfbook.workbook.writer import Book, Sheet, Style

SUMMARY = "Summary"
# Sheets in the order of their tabs, with what a reader finds there; those of measures and of actions only where there
# are any.
_OF_MEASURES = frozenset({"Scorecard", "Exceptions", "Trends"})
_OF_FIGURES = frozenset({"Detail"})
_OF_YEAR_ENDS = frozenset({"Year end"})
_OF_ACTIONS = frozenset({"Actions"})
_OF_SECTIONS = frozenset({"Service summaries"})
_OF_GRIDS = frozenset({"Grids"})
_OF_EVIDENCE = frozenset({"Evidence"})
_OF_TEXT_FIGURES = frozenset({"Text figures"})
CONTENTS: tuple[tuple[str, str], ...] = (
    ("Scorecard", "every measure, by priority"),
    ("Exceptions", "what needs an explanation"),
    ("Directorate", "one directorate, or each beside the others"),
    ("Detail", "one measure over time, with charts"),
    ("Year end", "forecasts beside targets"),
    ("Actions", "every action, by priority"),
    ("Service summaries", "what services write"),
    ("Grids", "tables that services fill"),
    ("Evidence", "what figures are founded on"),
    ("Text figures", "figures picked out of texts"),
    ("Returns", "who has sent what"),
    ("Files", "what lay in the folder"),
    ("Findings", "what the checks say"),
    ("Changes", "what was changed, and why"),
    ("Reconciliation", "ours beside published"),
    ("Trends", "figures over time"),
    ("Passport", "where figures come from"),
    ("Self-test", "formulas against Python"),
    ("Definitions", "what measures mean"),
)
_FIRST_SHEETS = (SUMMARY, "Scorecard", "Exceptions", "Directorate", "Actions")
TITLE_ROW, PERIOD_ROW = 0, 1
# A line of 10-point text, and how many characters fit a unit of column width (a little under one for running text).
LINE = 13.5
_PER_WIDTH = 1.2


@dataclass(frozen=True)
class Frame:
    """The book in the making and all that a sheet needs to know."""

    book: Book
    view: View
    calc: Calc
    feed: Feed
    facts: Facts
    actions: ActionCalc

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """The sheets of this book, with what is there."""
        left_out: set[str] = set()
        for there, names in (
            (self.view.has_measures, _OF_MEASURES),
            (bool(self.view.framework.measures), _OF_FIGURES),
            (self.view.has_actions, _OF_ACTIONS),
            (bool(self.view.section_rows), _OF_SECTIONS),
            (bool(self.view.grid_rows), _OF_GRIDS),
            (self.view.has_evidence, _OF_EVIDENCE),
            (bool(self.view.forecast_rows), _OF_YEAR_ENDS),
            (self.view.has_text_figures, _OF_TEXT_FIGURES),
        ):
            left_out |= set() if there else names
        return tuple(entry for entry in CONTENTS if entry[0] not in left_out)

    def style(self, base: dict[str, object], **more: object) -> Style:
        """A house style with changes, in the size of lists."""
        return self.book.style(**({"font_size": 10} | {k: v for k, v in base.items() if k != "font_size"} | more))

    @cached_property
    def body(self) -> Style:
        """A cell of a list, its text wrapped."""
        return self.style(self.book.house.wrapped(), valign="vcenter")

    @cached_property
    def text(self) -> Style:
        """A cell of a list whose content is replaced later: text, whatever it looks like."""
        return self.style(self.book.house.wrapped(), valign="vcenter", num_format="@")

    @cached_property
    def top_text(self) -> Style:
        """The same for running text, from the top."""
        return self.style(self.book.house.wrapped(), num_format="@")

    @cached_property
    def word_text(self) -> Style:
        """The same to the right of a figure."""
        return self.style(self.book.house.wrapped(), valign="vcenter", align="left", indent=1, num_format="@")

    @cached_property
    def short_text(self) -> Style:
        """The same in the middle of its cell."""
        return self.style(self.book.house.body(), align="center", valign="vcenter", num_format="@")

    @cached_property
    def time(self) -> Style:
        """A time in a list."""
        return self.style(self.book.house.body(), num_format="d mmm yyyy hh:mm", align="left", valign="vcenter")

    @cached_property
    def top_time(self) -> Style:
        """The same beside running text, from the top."""
        return self.style(self.book.house.wrapped(), num_format="d mmm yyyy hh:mm", align="left")

    @cached_property
    def top(self) -> Style:
        """A cell of a list with running text, from the top."""
        return self.style(self.book.house.wrapped())

    def bare(self, **more: object) -> Style:
        """A cell without borders: rows beyond the last of a list are simply white."""
        base = {key: value for key, value in self.book.house.body().items() if not key.startswith("border")}
        return self.style(base, **more)

    @cached_property
    def centred(self) -> Style:
        """A short word in the middle of its cell."""
        return self.style(self.book.house.body(), align="center", valign="vcenter")

    @cached_property
    def link(self) -> Style:
        """A cell of a list that leads somewhere."""
        return self.style(self.book.house.link(), valign="vcenter", text_wrap=True)

    @cached_property
    def heading(self) -> Style:
        """The head of a column."""
        return self.style(self.book.house.heading())

    @cached_property
    def heading_right(self) -> Style:
        """The head of a column of figures."""
        return self.style(self.book.house.heading(), align="right")

    @cached_property
    def heading_after(self) -> Style:
        """The head of a column of words to the right of figures."""
        return self.style(self.book.house.heading(), align="left", indent=1)

    @cached_property
    def word(self) -> Style:
        """A word to the right of a figure, with a little room between them."""
        return self.style(self.book.house.wrapped(), valign="vcenter", align="left", indent=1)

    def figure(self, number_format: str = "#,##0", **more: object) -> Style:
        """A figure of a list."""
        key = (number_format, *sorted((name, repr(value)) for name, value in more.items()))
        if key not in self._figures:
            self._figures[key] = self.style(self.book.house.figure(number_format), valign="vcenter", **more)
        return self._figures[key]

    @cached_property
    def figure_width(self) -> float:
        """The width that the longest figure of the book needs, actual or target, of whatever period, in bold."""
        measures = self.view.framework.by_key
        held = [(key, each.actual) for (key, _), each in self.view.observations.items()]
        for (key, _), target in self.view.framework.targets.items():
            held += [(key, target.value), (key, target.high)]
        # Many are the same, and what a figure takes is not known before it is shown.
        shown = {(measures[key].number_format, value) for key, value in held if key in measures and value is not None}
        return 1.5 + max((len(display(value, code)) for code, value in shown), default=0)

    @cached_property
    def _figures(self) -> dict[tuple[object, ...], Style]:
        return {}


def open_sheet(
    frame: Frame,
    name: str,
    title: str,
    widths: Sequence[float],
    *,
    follows_period: bool = True,
    head_row: int | None = None,
) -> Sheet:
    """A visible sheet with its title, the period below it, and everything that printing needs.

    `head_row` is the last row that is repeated on every page and stays in view; rows from 0.
    """
    book, quarter = frame.book, frame.view.quarter
    sheet = book.sheet(name)
    raw = sheet.raw
    for column, width in enumerate(widths):
        raw.set_column(column, column, width)
    sheet.text(TITLE_ROW, 0, title, book.style(**book.house.title()))
    raw.set_row(TITLE_ROW, 28)
    raw.set_row(PERIOD_ROW, 19)
    subtitle = book.style(**book.house.subtitle())
    as_at = f", as at {frame.facts.as_at_text}"
    if follows_period:
        formula = f'="Reporting period "&{CHOSEN_PERIOD}&", as at "&as_at_text'
        sheet.formula(PERIOD_ROW, 0, formula, f"Reporting period {frame.view.chosen.label}{as_at}", subtitle)
    else:
        sheet.formula(PERIOD_ROW, 0, '=own_period&", as at "&as_at_text', f"{quarter.period.label}{as_at}", subtitle)
    raw.hide_gridlines(2)
    raw.set_landscape()
    raw.set_paper(9)
    raw.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.55)
    raw.fit_to_pages(1, 0)
    # Excel takes 255 characters of codes and text in all.
    council = quarter.framework.council[:100].replace("&", "&&")
    raw.set_header(f"&L&9{_safe(council)}&R&9&A", {"margin": 0.25})
    # Period and time stand on every page in the repeated rows, where they follow the reader's choice and a refresh.
    raw.set_footer("&R&9Page &P of &N", {"margin": 0.25})
    raw.set_tab_color(book.house.heading_fill if name in _FIRST_SHEETS else book.house.line)
    if head_row is not None:
        raw.repeat_rows(0, head_row)
    return sheet


def _safe(council: str) -> str:
    # A digit right after the size code would be read as part of it.
    return f" {council}" if council[:1].isdigit() else council


def head(
    frame: Frame,
    sheet: Sheet,
    row: int,
    labels: Sequence[str],
    *,
    first: int = 0,
    height: float = 30,
    figures: Collection[int] = (),
) -> None:
    """A row of column heads; those of `figures` (places from 0 among the labels) stand over figures, to the right."""
    sheet.raw.set_row(row, height)
    for place, label in enumerate(labels):
        sheet.text(row, first + place, label, _head_style(frame, place, figures))


def _head_style(frame: Frame, place: int, figures: Collection[int]) -> Style:
    if place in figures:
        return frame.heading_right
    return frame.heading_after if place - 1 in figures else frame.heading


def lines_of(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column of this width."""
    per_line = max(width * _PER_WIDTH, 1)
    return sum(max(1, math.ceil(len(part) / per_line)) for part in text.split("\n"))


def row_height(texts: Sequence[tuple[str, float]], least: float = 18) -> float:
    """A row's height in points for wrapped texts, each with its column's width; 409 is the most that Excel has."""
    return min(409.0, max(least, *(lines_of(text, width) * LINE + 4 for text, width in texts)))


def colour_bands(frame: Frame, sheet: Sheet, first_row: int, last_row: int, column: int, width: int = 1) -> None:
    """Colours cells by the label of their band; the label itself says the same in words."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cell = xl_rowcol_to_cell(first_row, column, col_abs=True)
    seen: set[str] = set()
    for scheme in frame.view.framework.schemes.values():
        for band in scheme.bands:
            label = band_label(band)
            if label in seen:
                continue
            seen.add(label)
            text, fill = tints(band)
            options: dict[str, object] = {
                "type": "formula",
                "criteria": f'={cell}="{label.replace(chr(34), chr(34) * 2)}"',
                "format": frame.book.difference(font_color=text, bg_color=fill, bold=True),
            }
            sheet.conditional(first_row, column, last_row, column + width - 1, options)


def arrows(sheet: Sheet, first_row: int, last_row: int, column: int) -> None:
    """Trend arrows over 1, 0, -1: up for improved, whatever the polarity. A word stands beside each."""
    options: dict[str, object] = {
        "type": "icon_set",
        "icon_style": "3_arrows",
        "icons_only": True,
        "icons": [
            {"criteria": ">=", "type": "number", "value": 1},
            {"criteria": ">=", "type": "number", "value": 0},
        ],
    }
    sheet.conditional(first_row, column, last_row, column, options)


def write_list(
    frame: Frame, sheet: Sheet, row: int, block: Block, styles: Mapping[int, Style], *, figures: Collection[int] = ()
) -> tuple[int, int]:
    """A list as a named table with a filter and with a name for its rows. Returns its first row and its last.

    `styles` by column; the others hold wrapped text. A table has at least one row, so one without content has a blank
    one.
    """
    name, count, last = block.name.removeprefix("list_"), block.count, block.columns - 1
    options: dict[str, object] = {
        "name": name,
        "style": None,
        "columns": [
            {"header": header, "header_format": _head_style(frame, place, figures)}
            for place, header in enumerate(block.labels)
        ],
    }
    sheet.table(row, 0, row + count, last, options)
    sheet.raw.set_row(row, 30)
    first = row + 1
    heights, formats = spread(block.heights), spread_formats(block.formats)
    looks = [styles.get(column, frame.text) for column in range(block.columns)]
    for place, values in enumerate(block.rows or ((None,) * block.columns,)):
        if block.rows:
            sheet.raw.set_row(first + place, heights[place])
        if block.figure is not None and block.rows:
            looks[block.figure] = frame.figure(formats[place])
        link = None if block.link is None else values[block.link]
        plain = values if block.link is None else (*values[: block.link], None, *values[block.link + 1 :])
        sheet.plain(first + place, 0, plain, looks)
        if block.link is not None and isinstance(link, str):
            sheet.formula(first + place, block.link, link, shown_of_link(link), looks[block.link])
    end = f"${xl_col_to_name(last)}${first + count}"
    frame.book.define_name(block.name, f"='{sheet.name}'!$A${first + 1}:{end}")
    return first, first + count - 1


def write_rows(frame: Frame, sheet: Sheet, row: int, block: Block) -> None:
    """The heights of rows that follow by formula, their name, and how far the sheet is printed."""
    for place, height in enumerate(spread(block.heights)):
        sheet.raw.set_row(row + place, height)
    last = row + sum(count for count, _ in block.heights)
    frame.book.define_name(block.name, f"='{sheet.name}'!$A${row + 1}:${xl_col_to_name(block.columns - 1)}${last}")
    # Rows beyond what any period needs are there for later figures and would print as empty pages.
    sheet.raw.print_area(0, 0, row + block.printed - 1, block.columns - 1)
