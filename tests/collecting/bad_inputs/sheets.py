"""BAD_INPUTS.md, "Sheets and layout": what becomes of the sheets of a good return, and of their rows and columns."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl

from perfbook.returns import layout
from tests.collecting.bad_inputs import writers
from tests.collecting.bad_inputs.case import Case, spoilt
from tests.collecting.bad_inputs.draft import COUNT, DAYS, IDENTITY, MEASURES, SHARE, START, Draft, inline

Edit = Callable[[openpyxl.Workbook, Draft], None]
_BOOK = "xl/workbook.xml"


def cases() -> list[Case]:
    """Every case about sheets and layout."""
    return [
        # Sheets
        spoilt("sheet: renamed.xlsx", _names(MEASURES, "Our figures")),
        spoilt("sheet: translated.xlsx", _names(MEASURES, "Kennzahlen \u2013 \u00dcbersicht")),
        spoilt("sheet: both names exchanged.xlsx", _exchange),
        spoilt("sheet: hidden.xlsx", _state(MEASURES, "hidden")),
        spoilt("sheet: very hidden.xlsx", _state(MEASURES, "veryHidden")),
        spoilt("sheet: identity shown.xlsx", _state(IDENTITY, "visible")),
        edited("sheet: Measures deleted.xlsx", lambda book, _: book.remove(book[MEASURES])),
        edited("sheet: Start deleted.xlsx", lambda book, _: book.remove(book[START])),
        edited("sheet: identity deleted.xlsx", lambda book, _: book.remove(book[IDENTITY])),
        spoilt("sheet: identity altered.xlsx", _identity_altered),
        edited("sheet: copied as Measures (2).xlsx", _copied),
        edited("sheet: copied and filled twice.xlsx", _copied_and_changed),
        edited("sheet: others added.xlsx", lambda book, _: book.create_sheet("Notes", 0).append(["Our notes", 12])),
        spoilt("sheet: chart sheet between.xlsx", _chart_sheet),
        # Rows
        edited("rows: two inserted.xlsx", lambda book, d: book[MEASURES].insert_rows(_row(d, COUNT), 2)),
        edited("rows: inserted with figures.xlsx", _inserted_with_figures),
        edited("rows: inserted at the top.xlsx", lambda book, _: book[MEASURES].insert_rows(1, 3)),
        edited("rows: one deleted.xlsx", lambda book, d: book[MEASURES].delete_rows(_row(d, COUNT))),
        edited("rows: sorted the other way.xlsx", _sorted),
        spoilt("rows: hidden, grouped and filtered.xlsx", _hidden_rows),
        edited("rows: key twice.xlsx", _key_twice),
        edited("rows: key of nobody.xlsx", _stranger_key),
        edited("rows: totals beneath.xlsx", _totals),
        edited("rows: second table beneath.xlsx", _second_table),
        edited("rows: key row deleted.xlsx", lambda book, _: book[MEASURES].delete_rows(1)),
        spoilt("rows: out of order.xlsx", _out_of_order),
        spoilt("rows: without references.xlsx", _without_references),
        # Columns
        edited("columns: inserted.xlsx", lambda book, d: book[MEASURES].insert_cols(_column(d, layout.NUMERATOR), 2)),
        edited("columns: Actual deleted.xlsx", lambda book, d: book[MEASURES].delete_cols(_column(d, layout.ACTUAL))),
        edited("columns: Status deleted.xlsx", lambda book, d: book[MEASURES].delete_cols(_column(d, layout.STATUS))),
        edited("columns: moved.xlsx", _moved_columns),
        edited("columns: key column deleted.xlsx", lambda book, _: book[MEASURES].delete_cols(1)),
        edited("columns: key twice.xlsx", _column_twice),
        # Headers
        edited("header: retyped.xlsx", _header("What we did")),
        edited("header: line break and NBSP.xlsx", _header("Act\u00a0ual\n")),
        # Cells
        spoilt("cells: merged over two rows.xlsx", _merged),
        spoilt("cells: protection removed.xlsx", _unprotected),
        spoilt("cells: validation pasted away.xlsx", _no_validation),
        spoilt("cells: names lost.xlsx", lambda d: _without(d, _BOOK, rb"<definedNames>.*?</definedNames>")),
        spoilt("cells: stale dimension.xlsx", _stale_dimension),
        spoilt("cells: ghost used range.xlsx", _ghost_range),
        spoilt("cells: ghost at the far corner.xlsx", _ghost_corner),
        edited("cells: a table turned on.xlsx", _table),
        # From elsewhere
        Case("return: another council's.xlsx", lambda d: Draft.good(council="Somewhere Else").packed(d)),
        Case("return: last period's.xlsx", lambda d: Draft.good(period="2031-32 Q2").packed(d)),
        Case("return: of no directorate.xlsx", lambda _: Draft.good().packed("dir999")),
        # Saved by others
        edited("saved: by a Python library.xlsx", lambda book, _: None),
        spoilt("saved: without cached values.xlsx", _no_cached_values),
        Case("saved: with nothing but values.ods", lambda d: writers.ods(Draft.good().grid(d))),
    ]


def edited(name: str, edit: Edit) -> Case:
    """A good return that openpyxl opened, changed and saved."""

    def make(directorate: str) -> bytes:
        draft = Draft.good()
        book = openpyxl.load_workbook(io.BytesIO(draft.packed(directorate)))
        edit(book, Draft.good())
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return Case(name, make)


def _row(draft: Draft, measure: str) -> int:
    return int(re.sub("[A-Z]", "", draft.at(MEASURES, measure, layout.ACTUAL)))


def _column(draft: Draft, column: str) -> int:
    letters = re.sub("[0-9]", "", draft.at(MEASURES, COUNT, column))
    return int(openpyxl.utils.column_index_from_string(letters))


def _names(old: str, new: str) -> Callable[[Draft], None]:
    return lambda draft: draft.change(_BOOK, f'name="{old}"', f'name="{new}"')


def _exchange(draft: Draft) -> None:
    draft.change(_BOOK, f'name="{MEASURES}"', 'name="x"')
    draft.change(_BOOK, f'name="{START}"', f'name="{MEASURES}"')
    draft.change(_BOOK, 'name="x"', f'name="{START}"')


def _state(sheet: str, state: str) -> Callable[[Draft], None]:
    def spoil(draft: Draft) -> None:
        text = draft.parts[_BOOK].decode()
        tag = re.search(rf'<sheet name="{sheet}"[^>]*>', text)
        assert tag is not None
        plain = re.sub(r' state="\w+"', "", tag[0])
        draft.change(_BOOK, tag[0], plain.replace("<sheet ", f'<sheet state="{state}" '))

    return spoil


def _identity_altered(draft: Draft) -> None:
    draft.cell(IDENTITY, draft.at(IDENTITY, "directorate", layout.VALUE_COLUMN), inline("dir001"))


def _copied(book: Any, draft: Draft) -> None:
    book.copy_worksheet(book[MEASURES]).title = "Measures (2)"


def _copied_and_changed(book: Any, draft: Draft) -> None:
    twin = book.copy_worksheet(book[MEASURES])
    twin.title = "Measures (2)"
    twin[draft.at(MEASURES, COUNT, layout.ACTUAL)] = 132


def _chart_sheet(draft: Draft) -> None:
    draft.parts["xl/chartsheets/sheet1.xml"] = b"<chartsheet/>"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = f'<Relationship Id="rId99" Type="{office}/chartsheet" Target="chartsheets/sheet1.xml"/>'
    draft.change("xl/_rels/workbook.xml.rels", "</Relationships>", f"{relation}</Relationships>")
    draft.change(_BOOK, "<sheets>", '<sheets><sheet name="A chart" sheetId="99" r:id="rId99"/>')


def _inserted_with_figures(book: Any, draft: Draft) -> None:
    row = _row(draft, COUNT)
    book[MEASURES].insert_rows(row, 1)
    book[MEASURES].cell(row, _column(draft, layout.ACTUAL), 12)


def _sorted(book: Any, draft: Draft) -> None:
    sheet = book[MEASURES]
    first = _row(draft, SHARE)
    rows = [[sheet.cell(first + n, column).value for column in range(1, 40)] for n in range(4)]
    for n, values in enumerate(reversed(rows)):
        for column, value in enumerate(values, start=1):
            sheet.cell(first + n, column).value = value


def _hidden_rows(draft: Draft) -> None:
    row = _row(draft, COUNT)
    part = draft.sheet(MEASURES)
    text = draft.parts[part].decode()
    tag = re.search(rf'<row r="{row}"', text)
    assert tag is not None
    draft.change(part, tag[0], f'{tag[0]} hidden="1" outlineLevel="1" collapsed="1"')


def _key_twice(book: Any, draft: Draft) -> None:
    sheet = book[MEASURES]
    sheet.cell(_row(draft, DAYS), 1).value = sheet.cell(_row(draft, COUNT), 1).value


def _stranger_key(book: Any, draft: Draft) -> None:
    book[MEASURES].cell(_row(draft, DAYS), 1).value = "a key of nobody"


def _totals(book: Any, draft: Draft) -> None:
    last = _row(draft, "pounds")
    column = _column(draft, layout.ACTUAL)
    book[MEASURES].cell(last + 2, 2).value = "Total"
    book[MEASURES].cell(last + 2, column).value = f"=SUM(A1:A{last})"


def _second_table(book: Any, draft: Draft) -> None:
    last, column = _row(draft, "pounds"), _column(draft, layout.ACTUAL)
    for n, value in enumerate(("Actual", 1, 2, 3)):
        book[MEASURES].cell(last + 3 + n, column).value = value


def _out_of_order(draft: Draft) -> None:
    part = draft.sheet(MEASURES)
    text = draft.parts[part].decode()
    rows = re.findall(r"<row .*?</row>", text, re.DOTALL)
    body = re.search(r"<sheetData>(.*)</sheetData>", text, re.DOTALL)
    assert body is not None
    draft.change(part, body[1], "".join(reversed(rows)))


def _without_references(draft: Draft) -> None:
    """Rows and cells say no longer where they are; what is left out before them is put in."""
    part = draft.sheet(MEASURES)
    text = draft.parts[part].decode()

    def cells(row: str) -> str:
        out, at = "", 0
        for match in re.finditer(r'<c r="([A-Z]+)\d+"(.*?(?:/>|</c>))', row, re.DOTALL):
            column = openpyxl.utils.column_index_from_string(match[1])
            out += "<c/>" * (column - at - 1) + f"<c{match[2]}"
            at = column
        return out

    rows, at = "", 0
    for match in re.finditer(r'<row r="(\d+)"[^>]*?(?:/>|>(.*?)</row>)', text, re.DOTALL):
        rows += "<row/>" * (int(match[1]) - at - 1) + f"<row>{cells(match[2] or '')}</row>"
        at = int(match[1])
    body = re.search(r"<sheetData>(.*)</sheetData>", text, re.DOTALL)
    assert body is not None
    draft.change(part, body[1], rows)


def _moved_columns(book: Any, draft: Draft) -> None:
    sheet = book[MEASURES]
    one, two = _column(draft, layout.ACTUAL), _column(draft, layout.STATUS)
    for row in range(1, sheet.max_row + 1):
        left, right = sheet.cell(row, one), sheet.cell(row, two)
        left.value, right.value = right.value, left.value
        left.number_format, right.number_format = right.number_format, left.number_format


def _column_twice(book: Any, draft: Draft) -> None:
    column = _column(draft, layout.FORECAST)
    book[MEASURES].cell(1, column).value = layout.ACTUAL
    book[MEASURES].cell(_row(draft, COUNT), column).value = 7


def _header(words: str) -> Edit:
    def edit(book: Any, draft: Draft) -> None:
        column = _column(draft, layout.ACTUAL)
        for row in range(2, _row(draft, SHARE)):
            if book[MEASURES].cell(row, column).value == "Actual":
                book[MEASURES].cell(row, column).value = words

    return edit


def _merged(draft: Draft) -> None:
    first, last = draft.at(MEASURES, COUNT, layout.ACTUAL), draft.at(MEASURES, DAYS, layout.ACTUAL)
    draft.put(DAYS, layout.ACTUAL, "")
    draft.change(
        draft.sheet(MEASURES),
        "</sheetData>",
        f'</sheetData><mergeCells count="1"><mergeCell ref="{first}:{last}"/></mergeCells>',
    )


def _without(draft: Draft, part: str, pattern: bytes) -> None:
    changed = re.sub(pattern, b"", draft.parts[part], flags=re.DOTALL)
    assert changed != draft.parts[part]
    draft.parts[part] = changed


def _unprotected(draft: Draft) -> None:
    for sheet in (MEASURES, START):
        _without(draft, draft.sheet(sheet), rb"<sheetProtection[^>]*/>")


def _no_validation(draft: Draft) -> None:
    _without(draft, draft.sheet(MEASURES), rb"<dataValidations.*?</dataValidations>")


def _stale_dimension(draft: Draft) -> None:
    changed = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', draft.parts[draft.sheet(MEASURES)])
    draft.parts[draft.sheet(MEASURES)] = changed


def _ghost_range(draft: Draft) -> None:
    ghosts = "".join(f'<row r="{row}"><c r="B{row}" s="1"/></row>' for row in range(5_000, 105_000))
    changed = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', draft.parts[draft.sheet(MEASURES)])
    draft.parts[draft.sheet(MEASURES)] = changed.replace(b"</sheetData>", ghosts.encode() + b"</sheetData>")


def _ghost_corner(draft: Draft) -> None:
    ghost = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    draft.change(draft.sheet(MEASURES), "</sheetData>", ghost)


def _table(book: Any, draft: Draft) -> None:
    from openpyxl.worksheet.table import Table

    sheet = book[MEASURES]
    for number in range(5):
        sheet.cell(40, 2 + number).value = f"Column {number}"
    sheet.add_table(Table(displayName="Ours", ref="B40:F42"))


def _no_cached_values(draft: Draft) -> None:
    part = draft.sheet(MEASURES)
    draft.parts[part] = re.sub(rb"(</f>|<f[^>]*/>)<v>[^<]*</v>", rb"\1", draft.parts[part])
