"""What a report says of itself, on the sheet Reconciliation: each number worked out from ours and from its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from perfbook.framework.model import PublishedStatement, Term
from perfbook.scorecard.counts import Counts
from perfbook.scorecard.frame import Frame, head, row_height
from perfbook.scorecard.statements import FIELDS, Parts, Worked, alone, same_statement, sum_of, value_of
from perfbook.workbook.numfmt import display
from perfbook.workbook.writer import Sheet

_HEADS = (
    "What the report says",
    "",
    "What is counted",
    "Printed",
    "From ours",
    "From its own rows",
    "Ours agree",
    "Its rows agree",
    "",
)
_NOT_KNOWN, _YES, _NO, _ONLY = "not known", "yes", "no", "only so"
_NOTE = (
    "A statement that can be read in several ways has a row for each. Only so: it comes back from the report's own "
    "rows in this reading and in no other."
)
_SAID_WIDTH, _WHERE_WIDTH = 46.0, 28.0
_OURS, _ROWS = 6, 7


def write_statements(frame: Frame, counts: Counts, sheet: Sheet, at: int) -> int:
    """Writes the statements of every period, each row empty while another one is chosen. Returns the next free row."""
    statements = frame.view.framework.published_statements
    if not statements:
        return at
    sheet.text(at, 0, _NOTE, frame.book.style(**(frame.book.house.note() | {"text_wrap": False})))
    head(frame, sheet, at + 1, _HEADS, height=20, figures=(3, 4, 5))
    worked = {period: frame.view.reconciliations[period].statements for period in frame.view.periods}
    first = at + 2
    for row, statement in enumerate(statements, first):
        found = worked.get(statement.period, ())
        place = next((number for number, each in enumerate(found) if each.statement is statement), None)
        if place is not None:
            group = [first + statements.index(each.statement) for each in found if same_statement(each, found[place])]
            _Line(frame, counts, sheet, row, found, place).write(group)
    good, bad = (frame.book.difference(**look) for look in (frame.book.house.good(), frame.book.house.bad()))
    last = first + len(statements) - 1
    for word, look in ((_YES, good), (_NO, bad)):
        options: dict[str, object] = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        sheet.conditional(first, _OURS, last, _ROWS, options)
    return last + 2


class _Line:
    """One statement in one reading."""

    def __init__(
        self, frame: Frame, counts: Counts, sheet: Sheet, row: int, found: tuple[Worked, ...], place: int
    ) -> None:
        self.frame, self.counts, self.sheet, self.row = frame, counts, sheet, row
        self.found, self.place, self.worked = found, place, found[place]
        self.statement: PublishedStatement = self.worked.statement
        self.is_chosen = frame.view.chosen == self.statement.period

    def write(self, group: Sequence[int]) -> None:
        """Its cells; `group` are the rows of all readings of the statement."""
        statement, frame = self.statement, self.frame
        lines = {"bottom": 7, "bottom_color": frame.book.house.line, "valign": "vcenter"}
        words, figure = frame.bare(text_wrap=True, **lines), frame.bare(align="right", **lines)
        # Words beside a figure need air between them.
        beside = frame.bare(indent=1, **lines)
        said = f"{statement.said}: {statement.reading}" if statement.reading else statement.said
        heights = [(said, _SAID_WIDTH), (statement.where, _WHERE_WIDTH)]
        self.sheet.raw.set_row(self.row, row_height(heights))
        self._put(0, f'"{_quoted(statement.where)}"', statement.where, frame.bare(**lines))
        self.sheet.blank(self.row, 1, words)
        self._put(2, f'"{_quoted(said)}"', said, words)
        self._put(3, f'"{_quoted(statement.printed)}"', statement.printed, figure)
        for column, by_rows, parts in ((4, False, self.worked.ours), (5, True, self.worked.rows)):
            self._put(column, self._shown(by_rows=by_rows), self._text(parts), figure)
        for column, by_rows, agrees in (
            (_OURS, False, self.worked.agrees),
            (_ROWS, True, self.worked.agrees_by_rows),
        ):
            word = _NOT_KNOWN if agrees is None else _YES if agrees else _NO
            self._put(column, self._agreement(by_rows=by_rows), word, beside)
        of_group = f"$H${min(group) + 1}:$H${max(group) + 1}"
        only = f'IF(AND(ROWS({of_group})>1,$H{self.row + 1}="{_YES}",COUNTIF({of_group},"{_YES}")=1),"{_ONLY}","")'
        self._put(8, only, _ONLY if alone(self.found, self.place) else "", frame.bare(bold=True, **lines))

    def _put(self, column: int, formula: str, value: str, style: object) -> None:
        label = self.statement.period.label
        self.sheet.formula(
            self.row,
            column,
            f'=IF(chosen_period="{label}",{formula},"")',
            value if self.is_chosen else "",
            style,
        )

    # -- formulas -----------------------------------------------------------------------------------------------------

    def _cells(self, terms: Sequence[Term], *, by_rows: bool) -> str:
        return ",".join(self._cell(term, by_rows=by_rows) for term in terms)

    def _cell(self, term: Term, *, by_rows: bool) -> str:
        group, outcome = term
        if group not in FIELDS:
            return self.counts.printed(group, outcome) if by_rows else self.counts.live(group, outcome)
        calc = self.frame.calc
        place = next(n for n, measure in enumerate(self.frame.view.framework.measures) if measure.key == outcome)
        if by_rows:
            return calc.cell("printed_number", place) if group == "actual" else '""'
        target = group == "target" and self.frame.view.has_running and self._has_year_target(outcome)
        return calc.cell("year_target" if target else FIELDS[group], place)

    def _has_year_target(self, key: str) -> bool:
        view = self.frame.view
        row = next(each for each in view.judgements[self.statement.period] if each.measure.key == key)
        return row.year_target is not None

    def _known(self, *, by_rows: bool) -> str:
        parts = [part for part in (self.statement.counts, self.statement.out_of) if part]
        tests = [f"COUNT({self._cells(part, by_rows=by_rows)})={len(part)}" for part in parts]
        return f"AND({','.join(tests)})" if len(tests) > 1 else tests[0]

    def _sums(self, *, by_rows: bool) -> tuple[str, str]:
        sums = [f"SUM({self._cells(part, by_rows=by_rows)})" for part in (self.statement.counts, self.statement.out_of)]
        return sums[0], sums[1] if self.statement.out_of else ""

    def _shown(self, *, by_rows: bool) -> str:
        top, bottom = self._sums(by_rows=by_rows)
        shown = f'TEXT({top},"{_quoted(self.worked.number_format)}")'
        if bottom:
            shown = f'IF({bottom}=0,"{_NOT_KNOWN}",{top}&" of "&{bottom}&" = "&TEXT({top}/{bottom},"0.0%"))'
        return f'IF({self._known(by_rows=by_rows)},{shown},"{_NOT_KNOWN}")'

    def _agreement(self, *, by_rows: bool) -> str:
        top, bottom = self._sums(by_rows=by_rows)
        number = self.worked.printed.number
        if number is None:
            return f'"{_NOT_KNOWN}"'
        value = f"{top}/{bottom}" if bottom else top
        same = f'IF(ROUND({value},{self.worked.places})={number:f},"{_YES}","{_NO}")'
        if bottom:
            same = f'IF({bottom}=0,"{_NOT_KNOWN}",{same})'
        return f'IF({self._known(by_rows=by_rows)},{same},"{_NOT_KNOWN}")'

    # -- the same in Python -------------------------------------------------------------------------------------------

    def _text(self, parts: Parts) -> str:
        value = value_of(*parts)
        if value is None:
            return _NOT_KNOWN
        shown = display(_decimal(value), self.worked.number_format)
        if not self.statement.out_of:
            return shown
        top, bottom = (sum_of(part) for part in parts)
        return f"{top} of {bottom} = {shown}"


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _quoted(text: str) -> str:
    return text.replace('"', '""')
