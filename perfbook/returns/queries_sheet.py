"""The sheet Queries, the first of a book that goes back: what we ask, with links, and what is open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import heights, layout, page
from perfbook.returns.filled import AskedRow, Filled
from perfbook.returns.query_cells import MARK, SEVERITY_WORDS
from perfbook.workbook.writer import Book, Sheet

_TITLE_ROW, _WORDS_ROW, _LEFT_ROW = range(3)
_STEPS_ROW = 4
_HEADER_ROW = 9
_SIZE = 10.0
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Number", 8),
    ("Kind", 10),
    ("About: go to the cell", 34),
    ("What we found", 46),
    ("What to do", 40),
    ("Reply", 17),
    ("State", 14),
)
OPEN, ANSWERED, CORRECT = "Open", "Answered", "Please correct"
_STEPS = (
    ("1  Go to the cell", "Click the link. The cell is marked with a sign, a note and a tint."),
    (
        "2  Correct or explain",
        "Is the figure wrong? Correct it. Is it right? Say why in the column Your reply of the same row.",
    ),
    (
        "3  Save",
        "Save this book over the one that you sent, in the same folder. It holds your own figures and your sign-off.",
    ),
)


@dataclass(frozen=True)
class _Item:
    severity: str
    name: str
    target: str
    found: str
    remedy: str
    reply: str = ""
    answered: str = ""


def write_queries(
    book: Book,
    sheet: Sheet,
    framework: Framework,
    directorate: str,
    period: Period,
    filled: Filled,
    asked: Sequence[AskedRow],
    sign_off: Mapping[str, str],
) -> None:
    """Writes the sheet. `asked` are the rows with queries on all others, `sign_off` the addresses of its fields."""
    house = book.house
    items = list(_items(filled, asked, sign_off, book.sheets))
    name = framework.directorate(directorate).name
    many = f"{len(items)} quer{'y' if len(items) == 1 else 'ies'}"
    sheet.text(_TITLE_ROW, 0, f"{many} about your return", book.style(**house.title()))
    words = f"{framework.council}: {name}, {period.label}"
    sheet.text(_WORDS_ROW, 0, words, book.style(**house.subtitle()))
    first, last = _HEADER_ROW + 1, _HEADER_ROW + max(1, len(items))
    state = f"$G${first + 1}:$G${last + 1}"
    sheet.formula(
        _LEFT_ROW,
        0,
        f'=IF(COUNTIF({state},"{OPEN}")+COUNTIF({state},"{CORRECT}")=0,"All are answered. Save this book now.",'
        f'COUNTIF({state},"{OPEN}")+COUNTIF({state},"{CORRECT}")&" of {len(items)} to go.")',
        f"{len(items)} of {len(items)} to go." if items else "All are answered. Save this book now.",
        book.style(**(house.subtitle() | {"bold": True})),
    )
    _steps(book, sheet)
    heading = book.style(**(house.heading() | {"font_size": _SIZE}))
    for column, (header, width) in enumerate(_COLUMNS):
        sheet.text(_HEADER_ROW, column, header, heading)
        sheet.raw.set_column(column, column, width)
    for number, item in enumerate(items, start=1):
        _row(book, sheet, _HEADER_ROW + number, number, item)
    for word, look in ((OPEN, house.middle()), (CORRECT, house.bad()), (ANSWERED, house.good())):
        options = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": book.difference(**look)}
        sheet.conditional(first, 6, last, 6, options)
    for word, look in ((SEVERITY_WORDS["error"], house.bad()), (SEVERITY_WORDS["warning"], house.middle())):
        options = {"type": "text", "criteria": "containing", "value": word, "format": book.difference(**look)}
        sheet.conditional(first, 1, last, 1, options)
    end = _settled(book, sheet, last + 2, filled)
    _set_up(book, sheet, end, f"{framework.council} {period.label}")
    book.define_name("Queries_to_answer", f"={layout.QUERIES}!$A${_HEADER_ROW + 1}:$G${last + 1}")


def _items(
    filled: Filled, asked: Sequence[AskedRow], sign_off: Mapping[str, str], sheets: Collection[str]
) -> Iterator[_Item]:
    for each in asked:
        sheet = "'{}'!".format(each.sheet.replace("'", "''"))
        for query in each.queries:
            yield _Item(
                query.severity,
                each.about(query),
                f"#{sheet}{each.letters[query.column]}{each.row}",
                query.found,
                query.remedy,
                f"#{sheet}{each.letters[layout.REPLY]}{each.row}",
                f"{sheet}${each.letters[layout.ANSWERED]}${each.row}",
            )
    for other in filled.elsewhere:
        place = sign_off.get(other.field)
        sheet = layout.START if place else other.sheet
        target = f"#'{sheet}'!{place or 'B2'}" if sheet in sheets else ""
        name = next(
            (f"Sign-off: {f.label}" for f in layout.SIGN_OFF if f.key == other.field), other.name or sheet or "The file"
        )
        yield _Item(other.severity, name, target, other.words, other.remedy)


def _link(target: str, shown: str) -> str:
    """A link as a formula: its text wraps, as that of a cell with a link does not everywhere."""
    words = shown[:250].replace('"', '""')
    return f'=HYPERLINK("{target}","{words}")'


def _steps(book: Book, sheet: Sheet) -> None:
    house = book.house
    plain = house.body() | {"border": 0, "valign": "vcenter"}
    for row, (label, words) in enumerate(_STEPS, start=_STEPS_ROW):
        sheet.text(row, 0, label, book.style(**(plain | {"bold": True})))
        sheet.text(row, 2, words, book.style(**plain))
        sheet.raw.set_row(row, 20)


def _row(book: Book, sheet: Sheet, row: int, number: int, item: _Item) -> None:
    base = book.house.wrapped() | {"font_size": _SIZE}
    body = book.style(**base)
    link = book.style(**(base | {"font_color": book.house.link_text, "underline": 1}))
    sheet.number(row, 0, number, book.style(**(base | {"align": "center"})))
    kind = f"{MARK} {SEVERITY_WORDS.get(item.severity, 'Query')}"
    sheet.text(row, 1, kind, body)
    if item.target:
        sheet.formula(row, 2, _link(item.target, item.name), item.name[:250], link)
    else:
        sheet.text(row, 2, item.name, body)
    sheet.text(row, 3, item.found, body)
    sheet.text(row, 4, item.remedy, body)
    if item.reply:
        sheet.formula(row, 5, _link(item.reply, "Write a reply"), "Write a reply", link)
        formula = f'=IF({item.answered}=1,"{ANSWERED}","{OPEN}")'
        sheet.formula(row, 6, formula, OPEN, body)
    else:
        sheet.text(row, 5, "", body)
        sheet.text(row, 6, CORRECT, body)
    texts = ((item.name, 34.0), (item.found, 46.0), (item.remedy, 40.0))
    sheet.raw.set_row(row, heights.height(max(2, *(heights.lines(t, width, _SIZE) for t, width in texts)), _SIZE))


def _settled(book: Book, sheet: Sheet, row: int, filled: Filled) -> int:
    """What officers decided about earlier explanations; gives the last row."""
    if not filled.settled:
        return row
    house = book.house
    sheet.text(row, 0, "Decided about your explanations", book.style(**house.subheading()))
    for column in range(1, len(_COLUMNS)):
        sheet.blank(row, column, book.style(**house.subheading()))
    body = book.style(**(house.wrapped() | {"font_size": _SIZE}))
    for each in filled.settled:
        row += 1
        for column, text in enumerate(("", each.decision, each.name, each.asked, each.reason)):
            sheet.text(row, column, text, body)
        texts = ((each.name, 34.0), (each.asked, 46.0), (each.reason, 40.0))
        sheet.raw.set_row(row, heights.height(max(heights.lines(t, width, _SIZE) for t, width in texts), _SIZE))
    return row


def _set_up(book: Book, sheet: Sheet, last: int, words: str) -> None:
    raw = sheet.raw
    raw.set_row(_TITLE_ROW, 30)
    raw.set_row(_WORDS_ROW, 20)
    raw.set_row(_LEFT_ROW, 22)
    raw.set_row(_HEADER_ROW, 22)
    heights.let_grow(raw)
    page.lock(raw)
    page.lay_out(
        raw,
        book.house,
        page.Page(
            area=(0, 0, last, len(_COLUMNS) - 1),
            heading=(_HEADER_ROW, _HEADER_ROW),
            council=words,
            margins=(0.4, 0.4, 0.5, 0.6),
        ),
    )
    raw.fit_to_pages(1, 0)
    raw.set_first_sheet()
    raw.activate()
