"""The sheet Evidence of a return: rows for what supports its figures and ratings, and which of them ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import evidence_rules as checks
from perfbook.checks.evidence_rules import Item, items_of, meant
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import heights, page, validation
from perfbook.returns.evidence_layout import (
    COLUMNS,
    EVIDENCE,
    EVIDENCE_MARK,
    FIRST_ROW,
    HEADER_ROW,
    INPUT_KEYS,
    KEY_ROW,
    PROGRESS_ROW,
    ROW_KEYS,
    SHEET,
    SHOWS,
    SUPPORTS,
    TITLE_ROW,
    WHERE,
    columns,
)
from perfbook.returns.filled import BLANK, Entry, Filled
from perfbook.returns.progress import Remains
from perfbook.returns.query_cells import QueryCells, heads_of
from perfbook.scoring.expr import Cell, evaluate, to_excel
from perfbook.workbook.writer import Book, Sheet

_SIZE = 10.0
_LAST = FIRST_ROW + len(ROW_KEYS) - 1
_NAMED, _NOT_YET = "Yes", "Not yet"
_DONE = "Evidence is named for all that ask for it."
_WIDTHS = {column.key: column.width for column in COLUMNS}


def write_evidence(
    book: Book,
    framework: Framework,
    directorate: str,
    period: Period,
    filled: Filled = BLANK,
) -> Remains | None:
    """Writes the sheet, and says what remains on it; None, and no sheet, where nothing asks for evidence.

    `filled` is what the inputs are filled with, and what is asked.
    """
    if not framework.evidence_of(directorate, period):
        return None
    items = items_of(framework, directorate, period)
    name = framework.directorate(directorate).name
    return _Evidence(book, framework, items, f"{name}: evidence, {period.label}", filled).write()


class _Evidence:
    def __init__(self, book: Book, framework: Framework, items: Sequence[Item], title: str, filled: Filled) -> None:
        self.book, self.house, self.items, self.title, self.filled = book, book.house, items, title, filled
        self.settings = framework.checks
        self.sheet: Sheet = book.sheet(SHEET)
        self.columns = columns(asked=filled.goes_back)
        self.at = {column.key: index for index, column in enumerate(self.columns, start=1)}
        self.queries = QueryCells(
            book, self.sheet, EVIDENCE, self.at, INPUT_KEYS, filled, _SIZE, heads_of(self.columns)
        )
        self.named: set[str] = set()
        self.problems = 0
        # The row above the first, whatever was inserted.
        self.above = f"(ROW(${xl_col_to_name(self.at['label'])}${FIRST_ROW + 1})-1)"
        self.asked = [item for item in items if item.asked]
        self.tall: dict[int, int] = {}

    def write(self) -> Remains:
        for row, key in enumerate(ROW_KEYS, start=FIRST_ROW):
            self._row(row, key)
        for row, item in enumerate(self.items, start=FIRST_ROW):
            self._item(row, item)
        remains = self._remains()
        keys = self.book.style(font_color=self.house.muted, font_size=8)
        self.sheet.text(KEY_ROW, 0, EVIDENCE_MARK, keys)
        self.sheet.text(TITLE_ROW, 1, self.title, self.book.style(**self.house.title()))
        subtitle = self.book.style(**self.house.subtitle())
        self.sheet.formula(PROGRESS_ROW, 1, remains.formula, remains.value, subtitle)
        heading = self.book.style(**(self.house.heading() | {"font_size": _SIZE}))
        for column in self.columns:
            self.sheet.text(KEY_ROW, self.at[column.key], column.key, keys)
            self.sheet.text(HEADER_ROW, self.at[column.key], column.header, heading)
        self._set_up()
        return remains

    def _locked(self, **more: object) -> object:
        return self.book.style(**(self.house.locked() | {"font_size": _SIZE, "text_wrap": True} | more))

    def _row(self, row: int, key: str) -> None:
        words = {column: _words(self.filled.entries.get((key, column))) for column in INPUT_KEYS}
        style = self.book.style(**(self.house.input_text() | {"font_size": _SIZE}))
        self.sheet.text(row, 0, key, self._locked())
        for column, text in words.items():
            self.sheet.text(row, self.at[column], text, style)
        item = meant(self.items, words[SUPPORTS]) if words[SUPPORTS] else None
        if item:
            self.named.add(item.key)
        labels, codes = self._span("label"), self._span("code")
        said = f"TRIM({self._cell(SUPPORTS)})"
        # Which of the items it is, from 1; no two have a name in common.
        which = f"SUMPRODUCT((({labels}={said})+({codes}={said})>0)*(ROW({labels})-{self.above}))"
        number = self.items.index(item) + 1 if item else 0
        self.sheet.formula(row, self.at["known"], f'=IF({said}="",0,{which})', number, self._locked())
        values: dict[str, Cell] = {**{k: v or None for k, v in words.items()}, "known": number}
        names = {each: self._cell(each) for each in (*INPUT_KEYS, "known")}
        problem = evaluate(checks.live_problem(self.settings), values)
        self.problems += int(problem == 1)
        formula, tripped = to_excel(checks.live_problem(self.settings), names), Decimal(int(problem == 1))
        self.sheet.formula(row, self.at["problem"], f"={formula}", tripped, self._locked())
        message = str(evaluate(checks.live_message(self.settings), values))
        live = self._locked(bg_color=self.house.page)
        self.sheet.formula(
            row, self.at["check"], "=" + to_excel(checks.live_message(self.settings), names), message, live
        )
        # Two lines at least, for a row that somebody types into.
        lines = max(2, *(heights.lines(text, _WIDTHS[column], _SIZE) for column, text in words.items()))
        lines = max(lines, heights.lines(message, _WIDTHS["check"], _SIZE))
        self.tall[row] = max(lines, self.queries.lines(key))
        name = " ".join(part for part in (f"Row {row - FIRST_ROW + 1}", item.label if item else "") if part)
        self.queries.write(row, key, name)

    def _cell(self, key: str) -> str:
        letter = xl_col_to_name(self.at[key])
        return f"INDEX(${letter}:${letter},ROW())"

    def _item(self, row: int, item: Item) -> None:
        self.sheet.text(row, self.at["label"], item.label, self._locked())
        self.sheet.text(row, self.at["code"], item.code, self._locked())
        if not item.asked:
            return
        self.sheet.text(row, self.at["asked"], item.label, self._locked())
        known = f"${xl_col_to_name(self.at['known'])}:${xl_col_to_name(self.at['known'])}"
        count = f"COUNTIF({known},ROW()-{self.above})"
        shown = _NAMED if item.key in self.named else _NOT_YET
        live = self._locked(bg_color=self.house.page, align="center")
        self.sheet.formula(row, self.at["named"], f'=IF({count}>0,"{_NAMED}","{_NOT_YET}")', shown, live)
        tall = heights.lines(item.label, _WIDTHS["asked"], _SIZE)
        self.tall[row] = max(tall, self.tall.get(row, 1))

    def _span(self, key: str) -> str:
        letter = xl_col_to_name(self.at[key])
        return f"${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + len(self.items)}"

    def _remains(self) -> Remains:
        total = len(self.asked)
        left = total - len(self.named & {item.key for item in self.asked})
        named, problem = (
            f"'{SHEET}'!${xl_col_to_name(self.at[k])}:${xl_col_to_name(self.at[k])}" for k in ("named", "problem")
        )
        todo = f'COUNTIF({named},"{_NOT_YET}")'
        tail = f'" of {total} to name"'
        formula = (
            f'=IF({todo}=0,"{_DONE[:-1]}","Evidence for "&{todo}&{tail})'
            f'&IF(SUM({problem})=0,"",", "&SUM({problem})&IF(SUM({problem})=1," row"," rows")&" to check")&"."'
        )
        value = f"Evidence for {left} of {total} to name" if left else _DONE[:-1]
        if self.problems:
            value += f", {self.problems} row{'' if self.problems == 1 else 's'} to check"
        return Remains(SHEET, "Evidence", formula, f"{value}.", _DONE, tuple(self.queries.asked))

    def _set_up(self) -> None:
        raw, house = self.sheet.raw, self.house
        page.head(raw, self.columns, (KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW), 24)
        for row, lines in self.tall.items():
            raw.set_row(row, heights.height(lines, _SIZE))
        heights.let_grow(raw)
        choice: dict[str, object] = {
            "validate": "list",
            "source": f"={self._span('label')}",
            "input_title": "What it supports",
            "input_message": f"Choose the measure or action; {checks.GENERAL} for the return as a whole.",
            "error_title": "Please choose from the list",
            "error_message": f"Choose a measure or action of this return, or {checks.GENERAL}.",
        }
        self.sheet.validation(FIRST_ROW, self.at[SUPPORTS], _LAST, self.at[SUPPORTS], choice)
        shows = validation.text("What it shows", "A sentence: what somebody who opens it will find.")
        self.sheet.validation(FIRST_ROW, self.at[SHOWS], _LAST, self.at[SHOWS], shows)
        where = "A web address, or the name of a file that you lay beside this return in the shared folder."
        self.sheet.validation(FIRST_ROW, self.at[WHERE], _LAST, self.at[WHERE], validation.text("Where it is", where))
        problem = f"${xl_col_to_name(self.at['problem'])}{FIRST_ROW + 1}=1"
        named = f"${xl_col_to_name(self.at['named'])}{FIRST_ROW + 1}"
        end = max(_LAST, FIRST_ROW + len(self.asked) - 1)
        for key, criteria, look, last in (
            ("check", f"={problem}", house.middle(), _LAST),
            ("named", f'={named}="{_NOT_YET}"', house.middle(), end),
        ):
            options: dict[str, object] = {
                "type": "formula",
                "criteria": criteria,
                "format": self.book.difference(**look),
            }
            self.sheet.conditional(FIRST_ROW, self.at[key], last, self.at[key], options)
        raw.freeze_panes(FIRST_ROW, self.at[SUPPORTS])
        page.lock(raw)
        raw.set_zoom(90)
        area = (HEADER_ROW, 0, end, self.at["named"])
        page.lay_out(raw, house, page.Page(area=area, heading=(HEADER_ROW, HEADER_ROW), title=self.title))
        page.fit_with_queries(raw, self.columns, repeated=SUPPORTS)


def _words(entry: Entry) -> str:
    return "" if entry is None else str(entry)
