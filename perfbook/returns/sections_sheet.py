"""The sheet Service summary of a return: one row a heading, a text to write, what was written last time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import section_rules as checks
from perfbook.checks.set_up import Settings
from perfbook.framework.model import Framework, Section
from perfbook.framework.periods import Period
from perfbook.records import SectionText
from perfbook.returns import heights, page, validation
from perfbook.returns.filled import Entry
from perfbook.returns.progress import Remains
from perfbook.returns.sections_layout import (
    AT,
    COLUMNS,
    FIRST_ROW,
    HEADER_ROW,
    KEY_ROW,
    PROGRESS_ROW,
    SECTIONS_MARK,
    SHEET,
    TEXT,
    TITLE_ROW,
)
from perfbook.scoring.expr import Cell, Expr, call, evaluate, if_, to_excel
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
    entries: Mapping[tuple[str, str], Entry] = MappingProxyType({}),
    state: str = "",
) -> Remains | None:
    """Writes the sheet, and says what remains on it; None, and no sheet, where the directorate has no section.

    `texts` are those of earlier periods by section, directorate and period; `entries` and `signed` as for the actions.
    """
    sections = framework.sections_of(directorate, period)
    if not sections:
        return None
    sheet, house = book.sheet(SHEET), book.house
    name = framework.directorate(directorate).name
    # Of an owner's book it is what was written for the whole directorate.
    whole = directorate.partition("/")[0]
    known = {each.key: texts.get((each.key, whole, period.previous)) for each in sections}
    counts: list[tuple[int, int]] = []
    for row, section in enumerate(sections, start=FIRST_ROW):
        last = known[section.key]
        entry = entries.get((section.key, TEXT))
        counts.append(
            _row(book, sheet, row, section, last.text if last else "", entry, signed, state, framework.checks)
        )
    keys = book.style(font_color=house.muted, font_size=8)
    sheet.text(KEY_ROW, 0, SECTIONS_MARK, keys)
    sheet.text(TITLE_ROW, 1, f"{name}: service summary, {period.label}", book.style(**house.title()))
    remains = _remains(counts)
    sheet.formula(PROGRESS_ROW, 1, remains.formula, remains.value, book.style(**house.subtitle()))
    for column in COLUMNS:
        sheet.text(KEY_ROW, AT[column.key], column.key, keys)
        sheet.text(HEADER_ROW, AT[column.key], column.header, book.style(**(house.heading() | {"font_size": _SIZE})))
    _set_up(book, sheet, FIRST_ROW + len(sections) - 1, f"{name}: service summary, {period.label}")
    return remains


def _row(
    book: Book,
    sheet: Sheet,
    row: int,
    section: Section,
    last: str,
    entry: Entry,
    signed: str,
    state: str,
    settings: Settings,
) -> tuple[int, int]:
    house = book.house

    def locked(**more: object) -> object:
        return book.style(**(house.locked() | {"font_size": _SIZE, "text_wrap": True} | more))

    text = str(entry or "")
    sheet.text(row, 0, section.key, locked())
    sheet.text(row, AT["title"], section.title, locked(bold=True))
    sheet.text(row, AT["hint"], section.hint, locked())
    sheet.text(row, AT["last_text"], last, locked())
    sheet.text(row, AT[TEXT], text, book.style(**(house.input_text() | {"font_size": _SIZE})))
    needed = "Needed." if section.needed else "May stay blank."
    options = validation.text(section.title, f"{section.hint or 'A few sentences.'} {needed}")
    sheet.validation(row, AT[TEXT], row, AT[TEXT], options)
    sheet.number(row, AT["needed"], int(section.needed), locked())
    values: dict[str, Cell] = {
        "text": text or None,
        "last_text": last or None,
        "needed": int(section.needed),
        "signed": state or None,
    }

    def cell(key: str) -> str:
        # Not the cell's address: cutting and pasting an input would rewire it.
        letter = xl_col_to_name(AT[key])
        return f"INDEX(${letter}:${letter},ROW())"

    names = {key: cell(key) for key in ("text", "last_text", "needed")} | {"signed": signed}
    level = checks.live_level(settings)
    problem: Expr = if_(call("ge", level, 2), 1, 0)
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
        sheet.formula(row, AT[key], "=" + to_excel(expression, names), shown, locked(bg_color=house.page))
    widths = {column.key: column.width for column in COLUMNS}
    needed_lines = max(
        _LEAST_LINES,
        heights.lines(section.title, widths["title"], _SIZE, bold=True),
        heights.lines(section.hint, widths["hint"], _SIZE),
        heights.lines(text, widths[TEXT], _SIZE),
        heights.lines(last, widths["last_text"], _SIZE),
    )
    sheet.raw.set_row(row, heights.height(needed_lines, _SIZE))
    return counted["todo"], counted["problem"]


def _remains(counts: list[tuple[int, int]]) -> Remains:
    letters = {key: xl_col_to_name(AT[key]) for key in ("todo", "problem")}
    todo, problem = (f"SUM('{SHEET}'!${letters[key]}:${letters[key]})" for key in ("todo", "problem"))
    formula = (
        f'=IF({todo}=0,"{_DONE[:-1]}",{todo}&IF({todo}=1," heading"," headings")&" to write")'
        f'&IF({problem}=0,"",", "&{problem}&IF({problem}=1," row"," rows")&" to check")&"."'
    )
    left, problems = sum(count[0] for count in counts), sum(count[1] for count in counts)
    value = f"{left} heading{'' if left == 1 else 's'} to write" if left else _DONE[:-1]
    if problems:
        value += f", {problems} row{'' if problems == 1 else 's'} to check"
    return Remains(SHEET, "Summary", formula, f"{value}.", _DONE)


def _set_up(book: Book, sheet: Sheet, last: int, title: str) -> None:
    raw, house = sheet.raw, book.house
    raw.set_column(0, 0, 8, None, {"hidden": True})
    for column in COLUMNS:
        raw.set_column(AT[column.key], AT[column.key], column.width, None, {"hidden": column.kind == "hidden"})
    raw.set_row(KEY_ROW, None, None, {"hidden": True})
    raw.set_row(TITLE_ROW, 27)
    raw.set_row(PROGRESS_ROW, 20)
    raw.set_row(HEADER_ROW, 24)
    heights.let_grow(raw)
    level = f"${xl_col_to_name(AT['level'])}{FIRST_ROW + 1}"
    todo = f"${xl_col_to_name(AT['todo'])}{FIRST_ROW + 1}"
    looks: tuple[tuple[str, str, Properties], ...] = (
        ("check", f"={level}>=3", house.middle()),
        ("check", f"={level}=1", {"font_color": house.muted, "italic": True}),
        (TEXT, f"={todo}=1", {"bg_color": page.TODO_FILL}),
    )
    for key, criteria, look in looks:
        options: dict[str, object] = {"type": "formula", "criteria": criteria, "format": book.difference(**look)}
        sheet.conditional(FIRST_ROW, AT[key], last, AT[key], options)
    raw.freeze_panes(FIRST_ROW, AT["title"] + 1)
    page.lock(raw)
    raw.set_zoom(90)
    page.lay_out(
        raw,
        house,
        page.Page(area=(HEADER_ROW, 0, last, AT["last_text"]), heading=(HEADER_ROW, HEADER_ROW), title=title),
    )
    raw.fit_to_pages(1, 0)
