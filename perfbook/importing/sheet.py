"""The sheet Import of framework.xlsx: where everything of the spreadsheet went, and what officers correct there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from perfbook.errors import UsageError
from perfbook.framework._read_me import row_height
from perfbook.framework.book_writer import GUESSED, guessed
from perfbook.importing.drafts import Corrections, ReadTable
from perfbook.importing.fields import BY_PERIOD, FIELDS, SEVERAL, Goal, goal_of
from perfbook.importing.proposal import Proposal
from perfbook.importing.rows import ROW_KINDS, RowKind
from perfbook.importing.source import SourceBook, SourceSheet
from perfbook.returns._addresses import reference
from perfbook.returns._grid import address
from perfbook.workbook.text import one_line
from perfbook.workbook.writer import Book, Sheet

NAME = "Import"
_MARK = "perfbook:import"
_HEADERS = ("What", "Sheet", "Where", "What it says", "Goes to", "How sure", "Because", "Proposed")
_WIDTHS = (10.0, 26.0, 9.0, 46.0, 22.0, 10.0, 66.0, 12.0)
_HEADER_ROW = 6
_COLUMN, _ROW, _CELL, _COMMENT = "column", "row", "cell", "comment"
_GOES_TO, _PROPOSED = 4, 7
_CHOICES = 9
_LONGEST = 400
_HOW = (
    "Is a column or row not what it is taken for? Choose something else under Goes to, save, close, and import the "
    "spreadsheet into this workspace again: perfbook import FILE -w FOLDER.",
    f"On the other sheets guesses look like this, and a note on each says why ({GUESSED}: ...). Look at them; correct "
    "or leave them. What you change there is lost when the spreadsheet is imported anew, so correct columns first.",
)


@dataclass(frozen=True)
class Line:
    """One line of the sheet. `choices`: what may be chosen under Goes to; `proposed` what perfbook would."""

    what: str
    sheet: str
    where: str
    says: str
    goes: str
    sure: str
    because: str
    proposed: str = ""


def lines(proposal: Proposal, book: SourceBook) -> Iterator[Line]:
    """Every column, every cell that was not placed, every comment, every row: what became of it."""
    read = {each.sheet.name for each in proposal.tables}
    for table in proposal.tables:
        yield from _columns(table)
    order = {sheet.name: number for number, sheet in enumerate(book.sheets)}
    for fate in sorted(proposal.ledger.listed, key=lambda each: (order[each.cell.sheet], each.cell.place)):
        says = one_line(fate.cell.shown, _LONGEST)
        yield Line(_CELL, fate.cell.sheet, fate.cell.address, says, "not placed", "", fate.words)
    for sheet in book.sheets:
        for place, text in sheet.notes:
            why = "comments on cells are not placed"
            yield Line(_COMMENT, sheet.name, address(place), one_line(text, _LONGEST), "not placed", "", why)
    for sheet in book.sheets:
        if sheet.name in read:
            for table in proposal.tables:
                if table.sheet.name == sheet.name:
                    yield from _rows(table, proposal)
        elif sheet.cells:
            because = "no row of it looks like the header of a table of measures"
            yield Line("sheet", sheet.name, "", "", "not placed", "", because)


def _columns(table: ReadTable) -> Iterator[Line]:
    for plan in table.plans:
        column = address((0, plan.head.column)).rstrip("0123456789")
        because = plan.because
        if plan.head.column in table.sheet.hidden_columns:
            because += "; the column is hidden"
        cells = sum(
            cell.place[1] == plan.head.column for row in table.rows for cell in row.cells if row.kind == "measure"
        )
        because += f" ({cells} cell{'' if cells == 1 else 's'} filled)"
        says = one_line(plan.head.words, _LONGEST) or "(no header)"
        yield Line(_COLUMN, table.table.name, column, says, str(plan.goal), plan.sure, because, str(plan.proposed))


def _rows(table: ReadTable, proposal: Proposal) -> Iterator[Line]:
    titles = [plan.head.column for plan in table.plans if plan.goal.field == "title"]
    for row in table.rows:
        first = next((cell for cell in row.cells if cell.place[1] in titles), row.cells[0])
        key = proposal.keys.get((table.sheet.name, row.number), "")
        because = f"{key}: {row.because}" if key else row.because
        if row.hidden:
            because += "; the row is hidden"
        if not table.sheet.visible:
            because += "; the sheet is hidden"
        says = one_line(first.shown, _LONGEST)
        yield Line(_ROW, table.table.name, str(row.number + 1), says, row.kind, "", because, row.proposed)


def summary(proposal: Proposal) -> str:
    """One sentence: how much of the spreadsheet was placed."""
    placed, listed = len(proposal.ledger.placed), len(proposal.ledger.listed)
    count = len(proposal.framework.measures)
    return (
        f"{count} measure{'' if count == 1 else 's'}. Of {proposal.cells:,} cells with something in them {placed:,} "
        f"were placed; the other {listed:,} are listed below, each with the reason."
    )


def guesses(proposal: Proposal) -> str:
    """One sentence: how many guesses there are, by sheet."""
    counts = Counter(layout for layout, _, _ in proposal.marks)
    told = ", ".join(f"{count} on {layout}" for layout, count in counts.items())
    return f"Guesses to look at: {told}." if told else "Nothing had to be guessed."


def write_import_sheet(book: Book, proposal: Proposal, source: SourceBook) -> None:
    """Write the sheet into a framework workbook."""
    house, sheet = book.house, book.sheet(NAME)
    raw = sheet.raw
    for column, width in enumerate(_WIDTHS):
        raw.set_column(column, column, width, None, {"hidden": column == _PROPOSED})
    raw.set_column(_CHOICES, _CHOICES, 20, None, {"hidden": True})
    sheet.text(0, 0, f"Import of {source.file}", book.style(**house.title()))
    raw.set_row(0, 28)
    for row, words in enumerate((summary(proposal), f"{guesses(proposal)} {proposal.doubt}".strip()), 1):
        sheet.text(row, 0, words, book.style(**house.subtitle()))
    plain = book.style(**house.body() | {"border": 0})
    for row, (words, column) in enumerate(zip(_HOW, (0, 1), strict=True), 3):
        sheet.text(row, column, words, plain)
    sheet.text(4, 0, "a guess", book.style(**house.body() | guessed(house)))
    sheet.text(0, _PROPOSED, _MARK)
    sheet.text(1, _PROPOSED, proposal.framework.version)
    for column, header in enumerate(_HEADERS):
        sheet.text(_HEADER_ROW, column, header, book.style(**house.heading()))
    goals = _choices(proposal)
    for row, goal in enumerate(goals):
        sheet.text(row, _CHOICES, goal)
    last = _HEADER_ROW
    for last, line in enumerate(lines(proposal, source), _HEADER_ROW + 1):
        _line(book, sheet, last, line, len(goals))
    raw.freeze_panes(_HEADER_ROW + 1, 0)
    raw.autofilter(_HEADER_ROW, 0, last, len(_HEADERS) - 2)
    raw.hide_gridlines(2)
    raw.set_landscape()
    raw.set_paper(9)
    raw.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    raw.fit_to_pages(1, 0)
    raw.repeat_rows(_HEADER_ROW)
    raw.print_area(0, 0, last, len(_HEADERS) - 2)
    raw.set_footer("&LPage &P of &N&R&F")
    # References such as 1.10 stand as they were typed.
    raw.ignore_errors({"number_stored_as_text": f"A1:H{last + 1}"})


def _line(book: Book, sheet: Sheet, row: int, line: Line, choices: int) -> None:
    house = book.house
    texts = (line.what, line.sheet, line.where, line.says, line.goes, line.sure, line.because, line.proposed)
    wrapped = book.style(**house.wrapped())
    muted = book.style(**house.wrapped() | {"font_color": house.muted})
    entered = book.style(**house.input_text())
    unsure = book.style(**house.input_text() | guessed(house))
    unplaced = book.style(**house.wrapped() | {"font_color": house.bad_text})
    changeable = line.what in (_COLUMN, _ROW)
    for column, text in enumerate(texts):
        style = wrapped
        if column == _GOES_TO:
            style = (unsure if line.sure in ("guess", "likely") else entered) if changeable else unplaced
        elif column == _PROPOSED:
            style = muted
        sheet.text(row, column, text, style)
    height = row_height(texts[:_PROPOSED], _WIDTHS, house.font_size)
    if height:
        sheet.raw.set_row(row, height)
    if changeable:
        columns = f"=${_letter(_CHOICES)}$1:${_letter(_CHOICES)}${choices}"
        sheet.validation(
            row,
            _GOES_TO,
            row,
            _GOES_TO,
            {
                "validate": "list",
                "source": columns if line.what == _COLUMN else list(ROW_KINDS),
                "input_title": "Goes to",
                "input_message": _HELP[line.what],
                "show_error": line.what == _ROW,
                "error_title": "Cannot be used",
                "error_message": f"Choose one of: {', '.join(ROW_KINDS)}.",
            },
        )


def _letter(column: int) -> str:
    return address((0, column)).rstrip("0123456789")


_HELP = {
    _COLUMN: "Choose what the column becomes. For figures of another period type it, like Figure 2020-21 Q2 or Target "
    "2020-21.",
    _ROW: "measure: it becomes a measure. heading: the measures below it stand under it. left out: neither.",
}


def _choices(proposal: Proposal) -> list[str]:
    """What a column can become: every field, and those of figures for each period that comes up."""
    periods = sorted(
        {plan.goal.period for read in proposal.tables for plan in read.plans if plan.goal.period} | {proposal.period},
        key=lambda each: (each.end, -each.start.toordinal()),
    )
    plain = [
        str(Goal(field)) for field in FIELDS if (field not in BY_PERIOD and field not in SEVERAL) or field == "target"
    ]
    plain += [str(Goal(field)) for field in ("note", "benchmark")]
    dated = [str(Goal(field, period)) for field in FIELDS if field in BY_PERIOD for period in periods]
    return [*plain, *dated, str(Goal("nothing"))]


# --- Reading it again -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """What the sheet Import of a framework says: the content that was imported, and what an officer changed."""

    version: str
    corrections: Corrections


def earlier_import(framework: SourceBook, year_start: int) -> Earlier | None:
    """The sheet Import of a framework workbook; None where it has none. Raises UsageError for a choice that is none."""
    sheet = next((each for each in framework.sheets if each.name == NAME), None)
    if sheet is None or _text(sheet, 0, _PROPOSED) != _MARK:
        return None
    columns: dict[str, dict[int, Goal]] = {}
    rows: dict[str, dict[int, RowKind]] = {}
    for number in range(_HEADER_ROW + 1, sheet.rows):
        what, name, where = (_text(sheet, number, column) for column in range(3))
        goes, proposed = _text(sheet, number, _GOES_TO), _text(sheet, number, _PROPOSED)
        if what not in (_COLUMN, _ROW) or goes == proposed or not goes:
            continue
        place = f"{framework.file} {NAME}!{address((number, _GOES_TO))}"
        if what == _COLUMN:
            try:
                columns.setdefault(name, {})[_column_number(where)] = goal_of(goes, year_start)
            except UsageError as error:
                raise UsageError(f"{place}: {error}") from error
        else:
            kind = next((each for each in ROW_KINDS if each == goes.casefold()), None)
            if kind is None:
                raise UsageError(
                    f"{place}: {goes!r} is nothing that a row can be. Choose one of: {', '.join(ROW_KINDS)}."
                )
            rows.setdefault(name, {})[int(where) - 1] = kind
    return Earlier(_text(sheet, 1, _PROPOSED), Corrections(columns, rows))


def _text(sheet: SourceSheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    return cell.words if cell else ""


def _column_number(letters: str) -> int:
    place = reference(f"{letters}1")
    return place[1] if place else -1
