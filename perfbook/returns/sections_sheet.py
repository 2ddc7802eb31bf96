"""The sheet Service summary of a return: one row a heading, a text to write, what was written last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import section_rules as checks
from perfbook.checks.set_up import Settings, hushed
from perfbook.framework.model import Framework, Section
from perfbook.framework.periods import Period
from perfbook.records import SectionText
from perfbook.returns import heights, layout, page, validation
from perfbook.returns.filled import BLANK, Filled
from perfbook.returns.progress import Remains
from perfbook.returns.query_cells import QueryCells, heads_of
from perfbook.returns.sections_layout import (
    FIRST_ROW,
    HEADER_ROW,
    INPUT_KEYS,
    KEY_ROW,
    PROGRESS_ROW,
    SECTION,
    SECTIONS_MARK,
    SHEET,
    TEXT,
    TITLE_ROW,
    columns,
)
from perfbook.scoring.expr import Cell, Expr, Var, all_, call, evaluate, if_, is_blank, to_excel
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

_SIZE = 10.0
_LEAST_LINES = 5
_DONE = "Every heading is written."

Texts = Mapping[tuple[str, str, Period], SectionText]


def write_sections(
    book: Book,
    framework: Framework,
    directorate: str,
    period: Period,
    texts: Texts,
    signed: str,
    filled: Filled = BLANK,
    state: str = "",
) -> Remains | None:
    """Writes the sheet, and says what remains on it; None, and no sheet, where the directorate has no section.

    `texts` are those of earlier periods by section, directorate and period; `filled` and `signed` as for the actions.
    """
    sections = framework.sections_of(directorate, period)
    if not sections:
        return None
    # Of an owner's book it is what was written for the whole directorate.
    whole = directorate.partition("/")[0]
    known = {each.key: texts.get((each.key, whole, period.previous)) for each in sections}
    last = {key: text.text for key, text in known.items() if text}
    title = f"{framework.directorate(directorate).name}: service summary, {period.label}"
    return _Sections(book, framework, sections, last, (signed, state), filled, title, period).write()


class _Sections:
    def __init__(
        self,
        book: Book,
        framework: Framework,
        sections: Sequence[Section],
        last: Mapping[str, str],
        signed: tuple[str, str],
        filled: Filled,
        title: str,
        period: Period,
    ) -> None:
        self.book, self.house = book, book.house
        self.sections, self.last, self.title = sections, last, title
        self.settings = {each.key: hushed(framework, each.key, period) for each in sections}
        self.signed, self.state = signed
        self.filled = filled
        self.sheet: Sheet = book.sheet(SHEET)
        self.columns = columns(asked=filled.goes_back)
        self.at = {column.key: index for index, column in enumerate(self.columns, start=1)}
        self.queries = QueryCells(book, self.sheet, SECTION, self.at, INPUT_KEYS, filled, _SIZE, heads_of(self.columns))
        self.counts: list[tuple[int, int]] = []

    def write(self) -> Remains:
        for row, section in enumerate(self.sections, start=FIRST_ROW):
            self._row(row, section)
            self.queries.write(row, section.key, section.title)
        book, sheet, house = self.book, self.sheet, self.house
        keys = book.style(font_color=house.muted, font_size=8)
        sheet.text(KEY_ROW, 0, SECTIONS_MARK, keys)
        sheet.text(TITLE_ROW, 1, self.title, book.style(**house.title()))
        remains = self._remains()
        sheet.formula(PROGRESS_ROW, 1, remains.formula, remains.value, book.style(**house.subtitle()))
        heading = book.style(**(house.heading() | {"font_size": _SIZE}))
        for column in self.columns:
            sheet.text(KEY_ROW, self.at[column.key], column.key, keys)
            sheet.text(HEADER_ROW, self.at[column.key], column.header, heading)
        self._set_up(FIRST_ROW + len(self.sections) - 1)
        return remains

    def _locked(self, **more: object) -> object:
        return self.book.style(**(self.house.locked() | {"font_size": _SIZE, "text_wrap": True} | more))

    def _cell(self, key: str) -> str:
        # Not the cell's address: cutting and pasting an input would rewire it.
        letter = xl_col_to_name(self.at[key])
        return f"INDEX(${letter}:${letter},ROW())"

    def _row(self, row: int, section: Section) -> None:
        sheet, at = self.sheet, self.at
        text, last = str(self.filled.entries.get((section.key, TEXT)) or ""), self.last.get(section.key, "")
        sheet.text(row, 0, section.key, self._locked())
        sheet.text(row, at["title"], section.title, self._locked(bold=True))
        sheet.text(row, at["hint"], section.hint, self._locked())
        sheet.text(row, at["last_text"], last, self._locked())
        sheet.text(row, at[TEXT], text, self.book.style(**(self.house.input_text() | {"font_size": _SIZE})))
        needed = "Needed." if section.needed else "May stay blank."
        options = validation.text(section.title, f"{section.hint or 'A few sentences.'} {needed}")
        sheet.validation(row, at[TEXT], row, at[TEXT], options)
        sheet.number(row, at["needed"], int(section.needed), self._locked())
        self._live(
            row,
            self.settings[section.key],
            {
                "text": text or None,
                "last_text": last or None,
                "needed": int(section.needed),
                "signed": self.state or None,
            },
        )
        widths = {column.key: column.width for column in self.columns}
        lines = max(
            _LEAST_LINES,
            heights.lines(section.title, widths["title"], _SIZE, bold=True),
            heights.lines(section.hint, widths["hint"], _SIZE),
            heights.lines(text, widths[TEXT], _SIZE),
            heights.lines(last, widths["last_text"], _SIZE),
            self.queries.lines(section.key),
        )
        sheet.raw.set_row(row, heights.height(lines, _SIZE))

    def _live(self, row: int, settings: Settings, values: Mapping[str, Cell]) -> None:
        names = {key: self._cell(key) for key in ("text", "last_text", "needed")} | {"signed": self.signed}
        level = checks.live_level(settings)
        wrong: Expr = call("ge", level, 2)
        if layout.QUERY in self.at:
            # What has a reply is answered.
            wrong = all_(wrong, is_blank(Var(layout.REPLY)))
            values, names[layout.REPLY] = {**values, layout.REPLY: None}, self._cell(layout.REPLY)
        problem: Expr = if_(wrong, 1, 0)
        todo: Expr = if_(checks.untouched(), 1, 0)
        counted: dict[str, int] = {}
        for key, expression in (
            ("level", level),
            ("todo", todo),
            ("problem", problem),
            ("check", checks.live_message(settings)),
        ):
            found = evaluate(expression, values)
            shown = found if isinstance(found, str | bool) else Decimal(int(found or 0))
            counted[key] = 0 if isinstance(shown, str) else int(shown)
            formula = "=" + to_excel(expression, names)
            self.sheet.formula(row, self.at[key], formula, shown, self._locked(bg_color=self.house.page))
        self.counts.append((counted["todo"], counted["problem"]))

    def _remains(self) -> Remains:
        letters = {key: xl_col_to_name(self.at[key]) for key in ("todo", "problem")}
        todo, problem = (f"SUM('{SHEET}'!${letters[key]}:${letters[key]})" for key in ("todo", "problem"))
        formula = (
            f'=IF({todo}=0,"{_DONE[:-1]}",{todo}&IF({todo}=1," heading"," headings")&" to write")'
            f'&IF({problem}=0,"",", "&{problem}&IF({problem}=1," row"," rows")&" to check")&"."'
        )
        left, problems = sum(count[0] for count in self.counts), sum(count[1] for count in self.counts)
        value = f"{left} heading{'' if left == 1 else 's'} to write" if left else _DONE[:-1]
        if problems:
            value += f", {problems} row{'' if problems == 1 else 's'} to check"
        return Remains(SHEET, "Summary", formula, f"{value}.", _DONE, tuple(self.queries.asked))

    def _set_up(self, last: int) -> None:
        raw, house = self.sheet.raw, self.house
        page.head(raw, self.columns, (KEY_ROW, TITLE_ROW, PROGRESS_ROW, HEADER_ROW), 24)
        heights.let_grow(raw)
        level = f"${xl_col_to_name(self.at['level'])}{FIRST_ROW + 1}"
        todo = f"${xl_col_to_name(self.at['todo'])}{FIRST_ROW + 1}"
        looks: tuple[tuple[str, str, Properties], ...] = (
            ("check", f"={level}>=3", house.middle()),
            ("check", f"={level}=1", {"font_color": house.muted, "italic": True}),
            (TEXT, f"={todo}=1", {"bg_color": page.TODO_FILL}),
        )
        for key, criteria, look in looks:
            options: dict[str, object] = {
                "type": "formula",
                "criteria": criteria,
                "format": self.book.difference(**look),
            }
            self.sheet.conditional(FIRST_ROW, self.at[key], last, self.at[key], options)
        raw.freeze_panes(FIRST_ROW, self.at["title"] + 1)
        page.lock(raw)
        raw.set_zoom(90)
        area = (HEADER_ROW, 0, last, self.at["last_text"])
        page.lay_out(raw, house, page.Page(area=area, heading=(HEADER_ROW, HEADER_ROW), title=self.title))
        page.fit_with_queries(raw, self.columns, repeated="title")
