"""Queries beside the rows of a sheet: what we ask, a cell for the reply, marks on the cells that they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xlsxwriter.utility import xl_col_to_name

from perfbook.returns import heights, layout, validation
from perfbook.returns.entries import put
from perfbook.returns.filled import AskedRow, Filled, Query
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

MARK = layout.ASKED_SIGN
SEVERITY_WORDS = {"error": "Error", "warning": "Query", "info": "Note"}
_HINT = "Is it right? Say why it is as it is. Is it wrong? Correct it, and leave this blank."
_WIDTH = next(column.width for column in layout.columns(1, asked=True) if column.key == layout.QUERY)


class QueryCells:
    """The cells of one sheet for queries.

    `at` gives the place of each column by its key, `inputs` those that are filled; `kind` is what its rows are rows of,
    `heads` how its columns are headed. `asked` are the rows with queries, as they are written.
    """

    def __init__(
        self,
        book: Book,
        sheet: Sheet,
        kind: str,
        at: Mapping[str, int],
        inputs: Sequence[str],
        filled: Filled,
        size: float,
        heads: Mapping[str, str],
    ) -> None:
        self.book, self.house, self.sheet = book, book.house, sheet
        self.kind, self.at, self.inputs, self.filled, self.size = kind, at, inputs, filled, size
        self.heads = heads
        self.asked: list[AskedRow] = []

    def write(
        self,
        row: int,
        key: str,
        name: str,
        *,
        formats: Mapping[str, str] = MappingProxyType({}),
        locked: Collection[str] = (),
    ) -> None:
        """Writes the cells of one row; nothing in a book that does not go back.

        `name` is what people call the row, `formats` are the number formats of columns that hold numbers, `locked` the
        columns that are not filled in this row.
        """
        if not self.filled.goes_back:
            return
        queries = self.queries(key)
        if not queries:
            for column in (layout.QUERY, layout.REPLY):
                self.sheet.blank(row, self.at[column], self._locked())
            return
        self.sheet.text(row, self.at[layout.QUERY], question(queries), self._locked(bg_color=self.house.page))
        reply = self.at[layout.REPLY]
        put(self.book, self.sheet, row, reply, None, self.house.input_text() | {"font_size": self.size})
        self.sheet.validation(row, reply, row, reply, validation.text("Your reply", _HINT))
        codes = dict.fromkeys(code for query in queries for code in query.codes)
        self.sheet.text(row, self.at[layout.CODES], " ".join(codes), self._locked())
        same = []
        for column in self.inputs:
            entry, sent = self.filled.entries.get((key, column)), layout.sent_key(column)
            put(self.book, self.sheet, row, self.at[sent], entry, self.house.locked() | {"font_size": self.size})
            if column not in locked:
                same.append(f'{self._refer(column)}&""={self._refer(sent)}&""')
        changed = f"IF(AND({','.join(same)}),0,1)" if same else "0"
        answered = f'=IF(TRIM({self._refer(layout.REPLY)})<>"",1,{changed})'
        self.sheet.formula(row, self.at[layout.ANSWERED], answered, 0, self._locked())
        for query in queries:
            self._mark(row, query, formats.get(query.column, ""))
        letters = {column: xl_col_to_name(at) for column, at in self.at.items()}
        self.asked.append(AskedRow(self.sheet.name, row + 1, name, letters, queries, self.heads))

    def queries(self, key: str) -> tuple[Query, ...]:
        """What is asked about a row; of a column that this book does not have, in the one that it cannot do without."""
        found = self.filled.queries.get((self.kind, key), ())
        usual = layout.ACTUAL if layout.ACTUAL in self.inputs else self.inputs[0]
        return tuple(query if query.column in self.at else replace(query, column=usual) for query in found)

    def lines(self, key: str) -> int:
        """How many lines the queries of a row take."""
        return heights.lines(question(self.queries(key)), _WIDTH, self.size)

    def _locked(self, **more: object) -> object:
        return self.book.style(**(self.house.locked() | {"font_size": self.size, "text_wrap": True} | more))

    def _refer(self, column: str) -> str:
        # Not the cell's address: cutting and pasting an input would rewire it.
        letter = xl_col_to_name(self.at[column])
        return f"INDEX(${letter}:${letter},ROW())"

    def _mark(self, row: int, query: Query, number_format: str) -> None:
        """A sign, a note and a tint, until it is answered."""
        at = self.at[query.column]
        self.sheet.note(row, at, f"{MARK} {SEVERITY_WORDS[query.severity]} {', '.join(query.codes)}: {query.said}")
        full = self.house.bad() if query.severity == "error" else self.house.middle()
        look: Properties = {"bg_color": full["bg_color"], "font_color": full["font_color"]}
        look["num_format"] = f'"{MARK} "{number_format or "@"}'
        letter = xl_col_to_name(self.at[layout.ANSWERED])
        options = {"type": "formula", "criteria": f"=${letter}${row + 1}=0", "format": self.book.difference(**look)}
        self.sheet.conditional(row, at, row, at, options)


def question(queries: Sequence[Query]) -> str:
    """What is asked about a row, a passage a query."""
    return "\n".join(f"{MARK} {SEVERITY_WORDS[query.severity]}: {query.said}" for query in queries)


def heads_of(columns: Iterable[layout.Column]) -> dict[str, str]:
    """How columns are headed, by their keys."""
    return {column.key: column.header for column in columns}
