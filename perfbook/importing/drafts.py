"""From tables to drafts: the measures of all sheets, each with the cells that say something of it, by goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfbook.framework.model import Scheme
from perfbook.framework.periods import Period
from perfbook.importing.columns import ColumnPlan, propose, year_of_heads
from perfbook.importing.fields import BY_PERIOD, Goal
from perfbook.importing.ledger import Ledger
from perfbook.importing.rows import Row, RowKind, read_rows
from perfbook.importing.source import SourceBook, SourceCell, SourceSheet
from perfbook.importing.spelling import Said, said_in
from perfbook.importing.tables import SourceTable, find_tables
from perfbook.returns._grid import address
from perfbook.workbook.lookalikes import latin
from perfbook.workbook.text import folded

# What stands once for several rows: merged downwards, or written in the first row of a group alone.
_GROUPS = ("priority", "directorate", "owner")
_SURE = {"sure": 1, "likely": 2, "guess": 3}


@dataclass(frozen=True)
class Corrections:
    """What an officer says: what columns become and rows are, by table and then by number from 0."""

    columns: Mapping[str, Mapping[int, Goal]] = field(default_factory=dict)
    rows: Mapping[str, Mapping[int, RowKind]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadTable:
    """One sheet with measures: its table, what its columns become, what its rows are, and the period it is about.

    `of_sheet`: its tab names the period, or, where it does not, a group of measures.
    """

    table: SourceTable
    plans: tuple[ColumnPlan, ...]
    rows: tuple[Row, ...]
    context: Period | None
    names_period: bool

    @property
    def sheet(self) -> SourceSheet:
        """The sheet."""
        return self.table.sheet

    def plan(self, column: int) -> ColumnPlan | None:
        """What a column becomes."""
        return next((plan for plan in self.plans if plan.head.column == column), None)


@dataclass
class Draft:
    """One measure to be: its cells by goal, the first of each counting, and where it comes from."""

    key: str
    cells: dict[Goal, list[SourceCell]] = field(default_factory=dict)
    plans: dict[Goal, ColumnPlan] = field(default_factory=dict)
    rows: list[tuple[ReadTable, Row]] = field(default_factory=list)
    filled_down: set[str] = field(default_factory=set)
    # Figures about periods of which the spreadsheet says only the colour.
    lights: dict[Goal, tuple[SourceCell | None, str, str]] = field(default_factory=dict)

    def first(self, field_name: str) -> SourceCell | None:
        """The cell of a field that is not about a period."""
        found = self.cells.get(Goal(field_name), [])
        return found[0] if found else None

    def text(self, field_name: str) -> str:
        """Its words, empty where there is none."""
        cell = self.first(field_name)
        return cell.words if cell else ""

    def head_of(self, cell: SourceCell) -> str:
        """The words over a cell."""
        for read, _ in self.rows:
            table = read.table
            if table.sheet.name == cell.sheet and table.top <= cell.place[0] < table.end:
                plan = read.plan(cell.place[1])
                return plan.head.words if plan else ""
        return ""

    def of(self, field_name: str) -> list[tuple[Goal, SourceCell]]:
        """The cells of a field, with their goals: the first of each."""
        return [(goal, cells[0]) for goal, cells in self.cells.items() if goal.field == field_name and cells]


def read_tables(
    book: SourceBook,
    wanted: Sequence[SourceSheet],
    year_start: int,
    year: Period | None,
    scheme: Scheme,
    said: Corrections,
) -> tuple[ReadTable, ...]:
    """The sheets with measures on them. `year` is the council's year where the spreadsheet names none."""
    tables = [table for sheet in wanted for table in find_tables(sheet, year_start)]
    named = [said_in(table.sheet.name, year_start) for table in tables]
    paged = len({table.sheet.name for table, said in zip(tables, named, strict=True) if _is_period(said)}) > 1
    tops = {table.sheet.name: table.top for table in reversed(tables)}
    found: list[ReadTable] = []
    for table in tables:
        own = said_in(table.sheet.name, year_start)
        context = _context(book, table, tops[table.sheet.name], year_start) or year_of_heads(table, year_start) or year
        plans = propose(table, year_start, context, scheme, said.columns.get(table.name, {}))
        if paged and context is not None and own.anything:
            plans = tuple(_of_page(plan, context) for plan in plans)
        if not any(plan.goal.field in ("title", "code") for plan in plans):
            continue
        goals = {plan.head.column: plan.goal for plan in plans}
        rows = read_rows(table, goals, said.rows.get(table.name, {}))
        if any(row.kind == "measure" for row in rows):
            found.append(ReadTable(table, plans, rows, context, _is_period(own)))
    return tuple(found)


def _of_page(plan: ColumnPlan, context: Period) -> ColumnPlan:
    """Of a sheet for one period among others, the target is that of the period."""
    if plan.goal != Goal("target") or plan.chosen:
        return plan
    because = f"{plan.because}; it names no period, and the sheet is about {context.label}"
    return replace(plan, goal=Goal("target", context), proposed=Goal("target", context), because=because)


def _context(book: SourceBook, table: SourceTable, top: int, year_start: int) -> Period | None:
    """The period that a sheet is about: by its tab, by what stands above its table, by the file's name."""
    above = [cell.words for row in range(top) for cell in table.sheet.row(row) if len(cell.words) < 120]
    stem = book.file.rpartition(".")[0]
    texts = [table.sheet.name, *above, stem]
    saids = [said_in(text, year_start) for text in texts]
    years = [said.year for said in saids if said.year is not None]
    base = Period("year", years[0], 1, year_start) if years else year_of_heads(table, year_start)
    # A month in a sentence (`as at 3 May`) is the day of printing more often than not.
    finer = [said for said in saids if said.kind not in (None, "year", "month") or _is_bare_month(said)]
    for said in finer:
        period = said.period(year_start, base)
        if period:
            return period
    return base


def _is_period(said: Said) -> bool:
    return said.anything and not said.rest


def _is_bare_month(said: Said) -> bool:
    return said.kind == "month" and not said.rest


def drafts_of(tables: Sequence[ReadTable], ledger: Ledger) -> list[Draft]:
    """The measures of all tables.

    One that stands on several sheets is one measure: the same code and title, or, where a sheet gives only one of them,
    the same of that. But where both give a figure of one period, as each directorate does of its own sickness, they are
    two; within a table every row is a measure of its own.
    """
    drafts: list[Draft] = []
    for read in tables:
        used: set[int] = set()
        before = list(drafts)
        carried: dict[str, SourceCell] = {}
        for row in read.rows:
            if row.kind != "measure":
                if row.kind == "heading":
                    carried.clear()
                continue
            cells = _cells_of(read, row, carried)
            code, title = (_identity(cells, name) for name in ("code", "title"))
            match = next(
                (
                    at
                    for at, draft in enumerate(before)
                    if at not in used
                    and _same(draft, code, title)
                    and (read.names_period or not _both_say(draft, cells))
                ),
                None,
            )
            if match is None:
                draft = Draft(f"m-{len(drafts) + 1:03d}")
                drafts.append(draft)
            else:
                used.add(match)
                draft = before[match]
            _add(draft, read, row, cells, carried, ledger)
    return drafts


def _cells_of(read: ReadTable, row: Row, carried: dict[str, SourceCell]) -> list[tuple[ColumnPlan, SourceCell, bool]]:
    """The cells of a measure's row with the plans of their columns; the last says that it stands in an earlier row."""
    found: list[tuple[ColumnPlan, SourceCell, bool]] = []
    there = {cell.place[1]: cell for cell in row.cells}
    for plan in sorted(read.plans, key=lambda plan: _SURE[plan.sure] if plan.goal.field in BY_PERIOD else 0):
        column = plan.head.column
        cell = there.get(column)
        if cell is None and plan.goal.field in _GROUPS:
            merged = _merged(read.sheet, row.number, column)
            if merged is not None:
                found.append((plan, merged, True))
            elif plan.goal.field in carried and plan.goal.field != "owner":
                found.append((plan, carried[plan.goal.field], True))
        elif cell is not None:
            found.append((plan, cell, False))
            if plan.goal.field in _GROUPS:
                carried[plan.goal.field] = cell
    return found


def _merged(sheet: SourceSheet, row: int, column: int) -> SourceCell | None:
    for top, left, bottom, right in sheet.merged:
        if top < row <= bottom and left <= column <= right:
            return sheet.cells.get((top, left))
    return None


def _identity(cells: Sequence[tuple[ColumnPlan, SourceCell, bool]], name: str) -> str:
    return next((folded(latin(cell.words)) for plan, cell, _ in cells if plan.goal.field == name), "")


def _same(draft: Draft, code: str, title: str) -> bool:
    own_code, own_title = folded(latin(draft.text("code"))), folded(latin(draft.text("title")))
    if title and own_title and title != own_title:
        return False
    if code and own_code and code != own_code:
        return False
    return bool((title and title == own_title) or (code and code == own_code))


def _both_say(draft: Draft, cells: Sequence[tuple[ColumnPlan, SourceCell, bool]]) -> bool:
    """Whether a draft and a row both have a figure or target of one period."""
    own = {goal for goal in draft.cells if goal.field in ("actual", "target")}
    return any(plan.goal in own for plan, _, _ in cells)


def _add(
    draft: Draft,
    read: ReadTable,
    row: Row,
    cells: Sequence[tuple[ColumnPlan, SourceCell, bool]],
    carried: Mapping[str, SourceCell],
    ledger: Ledger,
) -> None:
    draft.rows.append((read, row))
    several = {"note", "benchmark"}
    for plan, cell, earlier in cells:
        goal = plan.goal
        if goal.field == "nothing":
            ledger.list(cell, plan.because)
            continue
        if cell.value is None:
            ledger.list(cell, f"{cell.error}: there is no value in it")
            continue
        known = draft.cells.setdefault(goal, [])
        if known and goal.field not in several and folded(known[0].shown) != folded(cell.shown):
            ledger.list(cell, f"{known[0].sheet}!{known[0].address} says something else of it: {known[0].words!r}")
            continue
        known.append(cell)
        draft.plans.setdefault(goal, plan)
        if earlier:
            draft.filled_down.add(goal.field)
    for plan in read.plans:
        place = (row.number, plan.head.column)
        if plan.goal.field == "score" and place not in read.sheet.cells and place in read.sheet.fills:
            where = f"{read.sheet.name}!{address(place)}"
            draft.lights.setdefault(plan.goal, (None, read.sheet.fills[place], where))
