"""The grids of a return, a sheet each: the lines of a small fixed table, its figures to fill, sums that must agree."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import grid_rules as checks
from perfbook.checks.set_up import hushed
from perfbook.framework.grid_columns import Known, about, heads, known
from perfbook.framework.model import Framework, Grid, GridLine
from perfbook.framework.periods import Period
from perfbook.framework.plan import column_key
from perfbook.records import GridFigure
from perfbook.returns import heights, layout, page
from perfbook.returns.filled import BLANK, Filled
from perfbook.returns.grids_layout import (
    EARLIER,
    FIGURE,
    FIRST_ROW,
    GROUP,
    HEADER_ROW,
    KEY_ROW,
    LABEL,
    LINE,
    PROGRESS_ROW,
    TITLE_ROW,
    mark_of,
)
from perfbook.returns.progress import Remains
from perfbook.returns.query_cells import QueryCells
from perfbook.scoring.expr import Cell
from perfbook.workbook.text import unique_sheet_name
from perfbook.workbook.writer import Book, Sheet

_SIZE = 10.0
_LABEL, _GROUP, _FIRST_COLUMN = 1, 2, 3
_CHECKED = (
    layout.Column("check", "Check", 40, "live"),
    layout.Column("marks", "marks", 8, "hidden"),
)
_RESERVED = ("Start", "Measures", "Actions", "Service summary", "Evidence", "Definitions")
Figures = Mapping[tuple[str, str, str, Period], GridFigure]


def write_grids(
    book: Book,
    framework: Framework,
    directorate: str,
    period: Period,
    figures: Figures,
    filled: Filled = BLANK,
) -> list[Remains]:
    """Writes a sheet for each grid of a directorate, and says what remains on each.

    `figures` are those of earlier periods by line, column, directorate and period; `filled` what the inputs are filled
    with, by (key of the line, `figure.` and the key of the column), and what is asked.
    """
    return [
        _Grid(book, framework, directorate, period, figures, filled, grid).write()
        for grid in framework.grids_of(directorate)
    ]


class _Grid:
    def __init__(
        self,
        book: Book,
        framework: Framework,
        directorate: str,
        period: Period,
        figures: Figures,
        filled: Filled,
        grid: Grid,
    ) -> None:
        self.book, self.house, self.grid, self.period = book, book.house, grid, period
        self.framework = framework
        self.name = framework.directorate(directorate).name
        # Of an owner's book it is what was counted for the whole directorate.
        self.whole = directorate.partition("/")[0]
        self.figures, self.filled = figures, filled
        self.sheet: Sheet = book.sheet(unique_sheet_name(grid.title, {*_RESERVED, *book.sheets}))
        self.heads = heads(grid, period)
        self.columns = self.heads.labels
        self.said = self._said(known(grid, figures.values(), period))
        self.at = {key: _FIRST_COLUMN + place for place, key in enumerate(self.columns)}
        after = _FIRST_COLUMN + len(self.columns)
        inputs = [f"{FIGURE}{key}" for key in self.columns]
        asked = layout.with_queries(_CHECKED, inputs, hidden="marks") if filled.goes_back else _CHECKED
        # What stands after the figures, by its key.
        self.after = {column.key: (after + place, column) for place, column in enumerate(asked)}
        self.check, self.marks = self.after["check"][0], self.after["marks"][0]
        first = after + len(asked)
        self.earlier = {key: first + place for place, key in enumerate(self.columns)}
        places = {f"{FIGURE}{key}": column for key, column in self.at.items()}
        places |= {key: place for key, (place, _) in self.after.items()}
        named = {f"{FIGURE}{key}": name for key, name in self.columns.items()}
        self.queries = QueryCells(book, self.sheet, LINE, places, inputs, filled, _SIZE, named)

    def _said(self, known: Known) -> dict[tuple[str, str], GridFigure]:
        """What earlier returns gave, by line and column: about the period of the column, or the period before."""
        found: dict[tuple[str, str], GridFigure] = {}
        names = {column_key(name): name for name in self.grid.columns}
        for line in self.grid.lines:
            for key, name in names.items():
                if key in self.heads.earlier:
                    named = about(name, self.period)
                    given = known.get((line.key, self.whole, named)) if named else None
                else:
                    given = self.figures.get((line.key, key, self.whole, self.period.previous))
                if given:
                    found[line.key, key] = given
        return found

    def write(self) -> Remains:
        values: dict[tuple[str, str], Cell] = {
            (line.key, key): self._value(line, key) for line in self.grid.lines for key in self.columns
        }
        problems = 0
        for row, line in enumerate(self.grid.lines, start=FIRST_ROW):
            problems += self._line(row, line, values)
        filled = sum(
            isinstance(value, Decimal)
            or checks.is_not_available(value)
            or (place[1] in self.heads.earlier and place in self.said and not str(value or "").strip())
            for place, value in values.items()
        )
        remains = self._remains(filled, problems)
        self._head(remains)
        self._set_up()
        return remains

    def _value(self, line: GridLine, key: str) -> Cell:
        entry = self.filled.entries.get((line.key, f"{FIGURE}{key}"))
        if isinstance(entry, int | float) and not isinstance(entry, bool):
            return Decimal(str(entry))
        return entry if isinstance(entry, Decimal | str) else None

    def _locked(self, **more: object) -> object:
        return self.book.style(
            **(self.house.locked() | {"font_size": _SIZE, "text_wrap": True, "valign": "vcenter"} | more)
        )

    def _line(self, row: int, line: GridLine, values: Mapping[tuple[str, str], Cell]) -> int:
        sheet, shown = self.sheet, checks.number_format(line)
        total = bool(self.grid.adding_to(line.key))
        sheet.text(row, 0, line.key, self._locked())
        sheet.text(row, _LABEL, line.label, self._locked(bold=total, indent=0 if total or not line.group else 1))
        sheet.text(row, _GROUP, line.group, self._locked())
        style = self.book.style(
            **(self.house.input(shown) | {"font_size": _SIZE, "align": "right", "valign": "vcenter", "bold": total})
        )
        for key, column in self.at.items():
            value = values[line.key, key]
            if isinstance(value, Decimal):
                sheet.number(row, column, value, style)
            else:
                sheet.text(row, column, str(value or ""), style)
            sheet.validation(row, column, row, column, _options(self.columns[key], line))
            given = self.said.get((line.key, key))
            quiet = self._locked(num_format=shown, align="right", font_color=self.house.muted)
            if given:
                sheet.number(row, self.earlier[key], given.value, quiet)
            else:
                sheet.blank(row, self.earlier[key], quiet)
        sheet.text(row, self.marks, checks.mark_of(self.grid, line), self._locked())
        letters = {key: xl_col_to_name(column) for key, column in self.at.items()}
        shows = {key: xl_col_to_name(self.earlier[key]) for key in self.heads.earlier}
        settings = hushed(self.framework, line.key, self.period)
        formula = checks.live_formula(self.grid, line, letters, xl_col_to_name(self.marks), self.heads, shows, settings)
        optional = frozenset(place for place in self.said if place[1] in self.heads.earlier)
        said = checks.live_value(self.grid, line, values, self.heads, optional, settings)
        sheet.formula(row, self.check, formula, said, self._locked(bg_color=self.house.page, indent=1))
        formats = dict.fromkeys((f"{FIGURE}{key}" for key in self.columns), shown)
        self.queries.write(row, line.key, f"{self.grid.title}: {line.label}", formats=formats)
        lines = max(2, heights.lines(line.label, 40, _SIZE), self.queries.lines(line.key))
        sheet.raw.set_row(row, heights.height(lines, _SIZE))
        return int(said not in (checks.TODO, checks.FINE))

    def _remains(self, filled: int, problems: int) -> Remains:
        name = self.sheet.name.replace("'", "''")
        total = len(self.grid.lines) * len(self.columns)
        first, last = (xl_col_to_name(column) for column in (_FIRST_COLUMN, self.check - 1))
        check = xl_col_to_name(self.check)
        span = f"'{name}'!${check}${FIRST_ROW + 1}:${check}${FIRST_ROW + len(self.grid.lines)}"
        count = f"COUNT('{name}'!${first}:${last})"
        cells = f"'{name}'!${first}${FIRST_ROW + 1}:${last}${FIRST_ROW + len(self.grid.lines)}"
        count += f'+COUNTIF({cells},"{checks.NOT_AVAILABLE}")'
        for key in sorted(self.heads.earlier, key=self.at.__getitem__):
            typed, shows = (self._cells(name, at) for at in (self.at[key], self.earlier[key]))
            count += f'+SUMPRODUCT((TRIM({typed})="")*ISNUMBER({shows}))'
        count = f"({count})"
        wrong = f'ROWS({span})-COUNTIF({span},"{checks.TODO}")-COUNTIF({span},"{checks.FINE}")'
        done = f"Every figure of {total} is given."
        formula = (
            f'=IF({count}>={total},"{done[:-1]}",{total}-{count}&" of {total} figures to go")'
            f'&IF({wrong}=0,"",", "&({wrong})&IF({wrong}=1," line"," lines")&" to check")&"."'
        )
        value = done[:-1] if filled >= total else f"{total - filled} of {total} figures to go"
        if problems:
            value += f", {problems} line{'' if problems == 1 else 's'} to check"
        return Remains(self.sheet.name, self.grid.title[:20], formula, f"{value}.", done, tuple(self.queries.asked))

    def _cells(self, name: str, column: int) -> str:
        letter = xl_col_to_name(column)
        return f"'{name}'!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + len(self.grid.lines)}"

    def _head(self, remains: Remains) -> None:
        sheet, book, house = self.sheet, self.book, self.house
        keys = book.style(font_color=house.muted, font_size=8)
        heading = book.style(**(house.heading() | {"font_size": _SIZE}))
        right = book.style(**(house.heading() | {"font_size": _SIZE, "align": "right"}))
        sheet.text(KEY_ROW, 0, mark_of(self.grid), keys)
        title = f"{self.name}: {self.grid.title}, {self.period.label}"
        sheet.text(TITLE_ROW, 1, title, book.style(**house.title()))
        sheet.formula(PROGRESS_ROW, 1, remains.formula, remains.value, book.style(**house.subtitle()))
        sheet.text(HEADER_ROW, _LABEL, "Line", heading)
        sheet.text(HEADER_ROW, _GROUP, "Group", heading)
        after = book.style(**(house.heading() | {"font_size": _SIZE, "indent": 1}))
        for key, (place, column) in self.after.items():
            sheet.text(KEY_ROW, place, key, keys)
            if column.kind != "hidden":
                sheet.text(HEADER_ROW, place, column.header, after)
        sheet.text(KEY_ROW, _LABEL, LABEL, keys)
        sheet.text(KEY_ROW, _GROUP, GROUP, keys)
        for key, name in self.columns.items():
            sheet.text(KEY_ROW, self.at[key], f"{FIGURE}{key}", keys)
            sheet.text(HEADER_ROW, self.at[key], name, right)
            sheet.text(KEY_ROW, self.earlier[key], f"{EARLIER}{key}", keys)
            before = "as reported" if key in self.heads.earlier else self.period.previous.label
            sheet.text(HEADER_ROW, self.earlier[key], f"{name}\n{before}", right)

    def _set_up(self) -> None:
        raw, house = self.sheet.raw, self.house
        last_row, last = FIRST_ROW + len(self.grid.lines) - 1, max(self.earlier.values())
        raw.set_column(0, 0, 8, None, {"hidden": True})
        raw.set_column(_LABEL, _LABEL, 40)
        raw.set_column(_GROUP, _GROUP, 16)
        raw.set_column(_FIRST_COLUMN, self.check - 1, 15)
        for place, column in self.after.values():
            raw.set_column(place, place, column.width, None, {"hidden": column.kind == "hidden"})
        raw.set_column(min(self.earlier.values()), last, 15)
        raw.set_row(KEY_ROW, None, None, {"hidden": True})
        raw.set_row(TITLE_ROW, 27)
        raw.set_row(PROGRESS_ROW, 20)
        raw.set_row(HEADER_ROW, 32)
        heights.let_grow(raw)
        cell = f"${xl_col_to_name(self.check)}{FIRST_ROW + 1}"
        for criteria, look in (
            (f'=AND({cell}<>"{checks.TODO}",{cell}<>"{checks.FINE}")', house.middle()),
            (f'={cell}="{checks.TODO}"', {"font_color": house.muted, "italic": True}),
        ):
            options: dict[str, object] = {
                "type": "formula",
                "criteria": criteria,
                "format": self.book.difference(**look),
            }
            self.sheet.conditional(FIRST_ROW, self.check, last_row, self.check, options)
        raw.freeze_panes(FIRST_ROW, _FIRST_COLUMN)
        page.lock(raw)
        page.lay_out(
            raw,
            house,
            page.Page(
                area=(HEADER_ROW, 0, last_row, last),
                heading=(HEADER_ROW, HEADER_ROW),
                title=f"{self.name}: {self.grid.title}, {self.period.label}",
                margins=(0.4, 0.4, 0.75, 0.55),
            ),
        )
        if layout.QUERY in self.after:
            widths = [
                (_LABEL, 40.0),
                (_GROUP, 16.0),
                *((at, 15.0) for at in (*self.at.values(), *self.earlier.values())),
            ]
            widths += [(place, column.width) for place, column in self.after.values() if column.kind != "hidden"]
            page.side_by_side(raw, widths, [self.after[layout.QUERY][0]], _GROUP)
        else:
            raw.fit_to_pages(1, 0)


def _options(name: str, line: GridLine) -> dict[str, object]:
    kind = "a percentage, such as 12.5%" if line.percent else "a number" if line.decimals else "a whole number"
    return {
        "validate": "decimal" if line.places else "integer",
        "criteria": "between",
        "minimum": -1_000_000_000,
        "maximum": 1_000_000_000_000,
        "input_title": name[:32],
        "input_message": f"Type {kind}.",
        "error_title": "Not a number as expected",
        "error_message": f"Type {kind}, without text.",
    }
