"""Where on a sheet the table of measures is: the row or rows of its header, and what stands over each column."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.importing.fields import known_header
from perfbook.importing.source import SourceCell, SourceSheet
from perfbook.importing.spelling import Said, said_by, said_in

_MOST_HEADERS = 3  # rows
_SHORT = 80  # characters; longer is text, not a header
_ANOTHER = 3  # so many headers at least has another table on the same sheet


@dataclass(frozen=True)
class ColumnHead:
    """A column of a table: its number from 0, the words over it, and what they say of a period.

    `cells` are those of the header that are its own.
    """

    column: int
    words: str
    said: Said
    cells: tuple[SourceCell, ...]


@dataclass(frozen=True)
class SourceTable:
    """A table on a sheet: `top` is the first row of the header, `first` the first row below it, `end` the row behind.

    `name` is that of the sheet, with the row of the header where it is not the first table there.
    """

    sheet: SourceSheet
    name: str
    top: int
    first: int
    end: int
    heads: tuple[ColumnHead, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows below the header that hold anything."""
        return tuple(sorted({row for row, _ in self.sheet.cells if self.first <= row < self.end}))

    def body(self, column: int) -> tuple[SourceCell, ...]:
        """The cells of a column below the header."""
        cells = self.sheet.cells
        return tuple(cells[row, column] for row in self.rows if (row, column) in cells)

    def head(self, column: int) -> ColumnHead | None:
        """The head of a column."""
        return next((head for head in self.heads if head.column == column), None)


def find_tables(sheet: SourceSheet, year_start: int) -> tuple[SourceTable, ...]:
    """The tables of measures of a sheet, from top to bottom; none where no row looks like the header of one."""
    scored = {row: _hits(sheet, row, year_start) for row in range(sheet.rows)}
    best = max(scored.values(), default=0)
    if best < 2:
        return ()
    # Of equals the first: a header that is printed again further down is one no more.
    main = next(row for row, hits in scored.items() if hits == best)
    full = _block(sheet, main, year_start)
    blocks: list[tuple[int, int]] = []
    for row, hits in scored.items():
        # Another table has a header nearly as full, and not the same one.
        if row == full[0]:
            blocks = [*(block for block in blocks if block[1] < row), full]
        elif full[0] < row <= full[1] or hits < max(_ANOTHER, best / 2):
            continue
        elif not blocks or (row > blocks[-1][1] and not _again(sheet, row, blocks[-1])):
            blocks.append(_block(sheet, row, year_start))
    found: list[SourceTable] = []
    for number, (top, bottom) in enumerate(blocks):
        end = blocks[number + 1][0] if number + 1 < len(blocks) else sheet.rows
        if any(bottom < row < end for row, _ in sheet.cells):
            name = f"{sheet.name} row {bottom + 1}" if found else sheet.name
            heads = tuple(_heads(sheet, top, bottom, end, year_start))
            found.append(SourceTable(sheet, name, top, bottom + 1, end, heads))
    return tuple(found)


def _again(sheet: SourceSheet, row: int, block: tuple[int, int]) -> bool:
    """Whether a row is the header of a table printed once more."""
    cells = sheet.row(row)
    above = range(block[0], block[1] + 1)
    same = sum(any(_words(sheet, (up, cell.place[1])) == cell.words for up in above) for cell in cells)
    return same >= 0.7 * len(cells)


def _words(sheet: SourceSheet, place: tuple[int, int]) -> str:
    cell = sheet.cells.get(place)
    return cell.words if cell else ""


def _block(sheet: SourceSheet, bottom: int, year_start: int) -> tuple[int, int]:
    """The first and the last row of the header that a row belongs to."""
    top = bottom
    while bottom - top + 1 < _MOST_HEADERS and _belongs_below(sheet, bottom + 1, year_start):
        bottom += 1
    while top > 0 and bottom - top + 1 < _MOST_HEADERS and _belongs_above(sheet, top - 1, top, year_start):
        top -= 1
    return top, bottom


def _hits(sheet: SourceSheet, row: int, year_start: int) -> int:
    """How many cells of a row are plainly headers, each field but once; figures and long texts speak against it."""
    fields: set[str] = set()
    periods = texts = figures = 0
    for cell in sheet.row(row):
        said = said_by(cell.value, cell.words, year_start)
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            figures += 1
            continue
        if len(cell.words) > _SHORT:
            texts += 1
            continue
        known = known_header(said.rest)
        if said.anything and (known or not said.rest):
            periods += 1
        elif known:
            fields.add(known.field)
    found = len(fields) + periods
    return found if found > figures + texts else 0


def _belongs_above(sheet: SourceSheet, row: int, below: int, year_start: int) -> bool:
    """Whether a row is an upper row of the header: `2019/20` over quarters, `Quarter 1` over Actual and Target."""
    cells = sheet.row(row)
    lower = sheet.row(below)
    if not cells or not lower:
        return False
    first = min(cell.place[1] for cell in lower)
    speaking = 0
    for cell in cells:
        if len(cell.words) > _SHORT or (isinstance(cell.value, int | float) and not 2000 <= cell.value <= 2100):
            return False
        said = said_by(cell.value, cell.words, year_start)
        known = known_header(said.rest)
        speaking += bool(known or (said.anything and not said.rest) or _spans(sheet, cell) > 1)
    alone_at_start = len(cells) == 1 and (cells[0].place[1] <= first or _spans(sheet, cells[0]) > len(lower))
    return bool(speaking) and not alone_at_start


def _belongs_below(sheet: SourceSheet, row: int, year_start: int) -> bool:
    """Whether a row is a lower row of the header: nothing but words that stand over columns."""
    cells = sheet.row(row)
    for cell in cells:
        said = said_by(cell.value, cell.words, year_start)
        known = known_header(said.rest)
        figure = isinstance(cell.value, int | float)
        if figure or len(cell.words) > _SHORT or not (known or (said.anything and not said.rest)):
            return False
    return len(cells) > 1


def _spans(sheet: SourceSheet, cell: SourceCell) -> int:
    """Over how many columns a cell is merged."""
    return next(
        (right - left + 1 for top, left, _, right in sheet.merged if (top, left) == cell.place),
        1,
    )


def _heads(sheet: SourceSheet, top: int, bottom: int, end: int, year_start: int) -> list[ColumnHead]:
    columns = sorted({column for row, column in sheet.cells if top <= row < end})
    heads = []
    for column in columns:
        own: list[SourceCell] = []
        parts: list[str] = []
        for row in range(top, bottom + 1):
            cell = sheet.cells.get((row, column))
            if cell:
                own.append(cell)
            over = cell or (_over(sheet, row, column, bottom, year_start) if row < bottom else None)
            if over and over.words not in parts:
                parts.append(over.words)
        heads.append(ColumnHead(column, " ".join(parts), _said(own, parts, year_start), tuple(own)))
    return heads


def _said(own: list[SourceCell], parts: list[str], year_start: int) -> Said:
    """What the header says of a period; a date in it stands for its month."""
    words = " ".join(parts)
    dated = [said_by(cell.value, cell.words, year_start) for cell in own if not isinstance(cell.value, str)]
    months = [said for said in dated if said.kind == "month"]
    if not months:
        return said_in(words, year_start)
    rest = said_in(" ".join(cell.words for cell in own if isinstance(cell.value, str)), year_start).rest
    upper = said_in(" ".join(part for part in parts if part not in {cell.words for cell in own}), year_start).rest
    return Said("month", months[0].index, months[0].year, rest=f"{upper} {rest}".strip())


def _over(sheet: SourceSheet, row: int, column: int, bottom: int, year_start: int) -> SourceCell | None:
    """The cell of an upper row that stands over a column: merged over it, or the last to its left that goes on."""
    for top, left, last, right in sheet.merged:
        if top <= row <= last and left <= column <= right:
            # A cell merged downwards through the whole header is its own column's alone.
            return sheet.cells.get((top, left)) if left < column else None
    if (bottom, column) not in sheet.cells:
        return None
    for left in range(column - 1, -1, -1):
        cell = sheet.cells.get((row, left))
        if cell is None:
            continue
        if any((top, first) == cell.place for top, first, _, _ in sheet.merged):
            return None  # a merged cell ends where it ends
        said = said_by(cell.value, cell.words, year_start)
        known = known_header(said.rest)
        goes_on = said.anything or (known is not None and known.field in {"actual", "target", "score"})
        return cell if goes_on and (bottom, left) in sheet.cells else None
    return None
