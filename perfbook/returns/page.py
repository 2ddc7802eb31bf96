"""A page of a return: its sheets are locked alike and print alike, on A4 landscape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from perfbook.returns import layout
from perfbook.returns.layout import Column
from perfbook.returns.measures_place import FIRST_ROW, GROUP_ROW, HEADER_ROW, KEY_ROW, PROGRESS_ROW, TITLE_ROW
from perfbook.workbook.palette import HouseStyle

# Whatever waits for somebody to fill it in.
TODO_FILL = "#FFE694"

_A4 = 9
# Landscape A4 without its margins, in points; LibreOffice makes columns some 6 % wider than Excel does.
_PAPER = (11.69 - 0.6) * 72 * 0.91
# A header or footer holds 255 characters in all, with what sets its letters.
_LONGEST_TITLE, _LONGEST_COUNCIL = 160, 80
_MAY = {"select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True, "format_rows": True}

Margins = tuple[float, float, float, float]
LIST_MARGINS: Margins = (0.3, 0.3, 0.75, 0.55)


@dataclass(frozen=True)
class Page:
    """How a sheet prints.

    `area` is its first row and column, its last row and column; `heading` the rows that every page repeats (`None`:
    none); `title` the header of each page, `council` the left of its footer (empty: none); `margins` are left, right,
    top and bottom, in inches.
    """

    area: tuple[int, int, int, int] | None = None
    heading: tuple[int, int] | None = None
    title: str = ""
    council: str = ""
    margins: Margins = LIST_MARGINS


def lock(raw: Any, *, filtered: bool = False) -> None:
    """Protects a sheet, without a password; its rows and columns may be made higher and wider."""
    raw.protect("", _MAY | ({"autofilter": True} if filtered else {}))


def head(raw: Any, columns: Sequence[Column], rows: tuple[int, int, int, int], height: float) -> None:
    """The widths of a keyed sheet's columns, and the heights of its first rows: keys, title, what remains, headers.

    What only machines read, the keys of rows and columns among it, is hidden. `height` is that of the headers.
    """
    raw.set_column(0, 0, 8, None, {"hidden": True})
    for at, column in enumerate(columns, start=1):
        raw.set_column(at, at, column.width, None, {"hidden": column.kind == "hidden"})
    keys, title, remains, headers = rows
    raw.set_row(keys, None, None, {"hidden": True})
    raw.set_row(title, 27)
    raw.set_row(remains, 20)
    raw.set_row(headers, height)


def lay_out(raw: Any, house: HouseStyle, page: Page) -> None:
    """Paper, margins, what repeats, header and footer. How it fits the paper is said beside: `fit_to_pages` or
    `side_by_side`.
    """
    raw.hide_gridlines(2)
    raw.set_landscape()
    raw.set_paper(_A4)
    raw.set_margins(*page.margins)
    if page.heading:
        raw.repeat_rows(*page.heading)
    if page.area:
        raw.print_area(*page.area)
    if page.title:
        raw.set_header(f'&L&"{house.font},Bold"&14 {_safe(page.title, _LONGEST_TITLE)}', {"margin": 0.3})
    left = f"&L{_safe(page.council, _LONGEST_COUNCIL)}" if page.council else ""
    raw.set_footer(f"{left}&CPage &P of &N&R&A", {"margin": 0.25})


def side_by_side(raw: Any, widths: Sequence[tuple[int, float]], breaks: Sequence[int], repeated: int) -> None:
    """Pages side by side, each legible, with the columns up to `repeated` on all; one page would be too small to read.

    `widths` are the visible columns, each with its width in characters; `breaks` the columns that begin a new page.
    """
    raw.repeat_columns(0, repeated)
    raw.set_v_pagebreaks(list(breaks))
    raw.set_print_scale(_scale(widths, breaks, repeated))


def wide_table(
    raw: Any,
    house: HouseStyle,
    columns: Sequence[Column],
    page: Page,
    *,
    last: int,
    height: float,
    breaks: Sequence[int],
) -> None:
    """A table of many columns, each row of it to be filled in: panes, filter, protection, and pages side by side.

    `page` has the words of the page, `last` is the last row, `height` that of the headers, `breaks` are the columns
    that begin a new page.
    """
    at = {column.key: place for place, column in enumerate(columns, start=1)}
    widths = [(at[column.key], column.width) for column in columns if column.kind != "hidden"]
    head(raw, columns, (KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW), height)
    raw.freeze_panes(FIRST_ROW, at[layout.REPEATED] + 1)
    raw.autofilter(HEADER_ROW, 1, last, widths[-1][0])
    lock(raw, filtered=True)
    raw.set_zoom(90)
    lay_out(raw, house, replace(page, area=(GROUP_ROW, 0, last, widths[-1][0]), heading=(GROUP_ROW, HEADER_ROW)))
    side_by_side(raw, widths, breaks, at[layout.REPEATED])


def fit_with_queries(raw: Any, columns: Sequence[Column], *, repeated: str) -> None:
    """A list of these columns, after the hidden first one, on the width of a page; with queries on two pages, the
    columns up to `repeated` on both.
    """
    at = {column.key: place for place, column in enumerate(columns, start=1)}
    if layout.QUERY in at:
        widths = [(at[column.key], column.width) for column in columns if column.kind != "hidden"]
        side_by_side(raw, widths, [at[layout.QUERY]], at[repeated])
    else:
        raw.fit_to_pages(1, 0)


def _scale(widths: Sequence[tuple[int, float]], breaks: Sequence[int], repeated: int) -> int:
    """Percent at which each of the pages fits the paper's width."""
    edges = [0, *breaks, max(at for at, _ in widths) + 1]
    first = sum(_points(width) for at, width in widths if at <= repeated)
    widest = 0.0
    for start, end in pairwise(edges):
        own = sum(_points(width) for at, width in widths if start <= at < end)
        widest = max(widest, own + (first if start else 0))
    return max(10, min(100, int(100 * _PAPER / widest)))


def _points(width: float) -> float:
    """The width of a column of so many characters, as Excel lays it out."""
    return (int(width * 7) + 5) * 0.75


def _safe(words: str, most: int) -> str:
    """The words of a header, in which an & begins a command."""
    while len(doubled := words.replace("&", "&&")) > most:
        words = words[:-1]
    return doubled
