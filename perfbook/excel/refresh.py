"""Putting fresh tables in place of the old ones in an open scorecard: all of them or none.

Everything is found by defined name; what officers added and the period that they chose are not touched. Written with
the members of xlwings that behave alike on Windows and macOS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any

from perfbook.errors import CannotWriteError, PerfbookError, UsageError
from perfbook.excel.attach import OWN_PERIOD, told

if TYPE_CHECKING:
    from xlwings import App, Book, Range

Say = Callable[[str], None]
Undo = Callable[[], object]
Grid = list[list[Any]]
_REBUILD = "run perfbook consolidate to rebuild the scorecard"
# Excel refuses longer texts within an array.
_LONGEST = 8000
_TEXT = "@"


def text_of(book: Book, name: str) -> str:
    """The text of a single cell under a defined name."""
    value = range_of(book, name).value
    return "" if value is None else str(value)


def range_of(book: Book, name: str) -> Range:
    """The range under a defined name. Raises UsageError where an officer has deleted it."""
    if name in book.names:
        with suppress(Exception):
            return book.names[name].refers_to_range
    raise UsageError(f"The name {name} is missing from {book.name}: {_REBUILD}.")


def refresh(book: Book, tables: Mapping[str, Any], say: Say) -> None:
    """Put the blocks of `tables` into the book and calculate once. `say` is told what is being done.

    Raises UsageError where the tables are not for this book, CannotWriteError where Excel does not take them; the
    book then holds what it held before.
    """
    blocks: Sequence[Mapping[str, Any]] = tables["blocks"]
    _require_fit(book, tables, blocks)
    with _quiet(book.app):
        undo: list[Undo] = []
        try:
            for block in blocks:
                if block["kind"] != "rows":
                    say(f"perfbook: writing {block['name']}")
                    _swap(book, block, undo)
            say("perfbook: calculating")
            book.app.calculate()
        except BaseException as error:
            _take_back(book, undo, error)
            if isinstance(error, PerfbookError) or not isinstance(error, Exception):
                raise
            raise CannotWriteError(
                f"The figures could not be written ({told(error)}). {book.name} is as it was before. If a cell is "
                "being typed in, finish that; if a sheet is protected, take the protection off; then try again."
            ) from error
        for block in blocks:
            # A height or a format that cannot be set is no reason to lose the figures.
            with suppress(Exception):
                _dress(book, block)


# -- Whether the tables are for this book ---------------------------------------------------------------------------


def _require_fit(book: Book, tables: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]]) -> None:
    own = text_of(book, OWN_PERIOD)
    if tables["period"] != own:
        raise UsageError(f"{book.name} is the scorecard of {own}, and the figures are those of {tables['period']}.")
    if tables["framework"] != text_of(book, "framework_version"):
        raise UsageError(f"The framework has changed since {book.name} was built: {_REBUILD}.")
    if tables["layout"] != text_of(book, "layout_version"):
        raise UsageError(
            f"{book.name} has another layout, by another version of perfbook or by periods that it does not have: "
            f"{_REBUILD}."
        )
    for block in blocks:
        area = range_of(book, block["name"])
        rows, columns = area.shape
        fixed = block["kind"] in ("matrix", "cell")
        if columns != block["columns"] or (fixed and rows != _count(block)):
            raise UsageError(
                f"The sheet {area.sheet.name} no longer has the rows and columns that perfbook gave it: {_REBUILD}."
            )
        if block["kind"] == "list" and _count(block) > rows:
            _require_room(_rows(area, rows, _count(block)))


def _require_room(below: Range) -> None:
    """A list grows only into empty cells."""
    for row, cells in enumerate(_read(below)):
        for column, value in enumerate(cells):
            if value != "":
                cell = below[row, column].address.replace("$", "")
                raise UsageError(
                    f"The list on the sheet {below.sheet.name} needs more rows, and something stands in its way "
                    f"in {cell}. Move that away and try again."
                )


# -- The application ------------------------------------------------------------------------------------------------


@contextmanager
def _quiet(app: App) -> Iterator[None]:
    """No flicker, no macro of the book, no calculation before its time; afterwards everything as it was."""
    with ExitStack() as stack:
        for name, value in (("enable_events", False), ("screen_updating", False), ("calculation", "manual")):
            stack.callback(_set, app, name, getattr(app, name))
            setattr(app, name, value)
        yield


def _set(app: App, name: str, value: object) -> None:
    with suppress(Exception):
        setattr(app, name, value)


def _take_back(book: Book, undo: list[Undo], cause: BaseException) -> None:
    try:
        for step in reversed(undo):
            step()
    except Exception as error:
        raise CannotWriteError(
            f"The figures could not be written ({told(cause)}), and the old ones could not be put back "
            f"({told(error)}): close {book.name} without saving it."
        ) from cause


# -- Contents -------------------------------------------------------------------------------------------------------


def _count(block: Mapping[str, Any]) -> int:
    """The rows that a block takes: a list without content has a blank one."""
    return max(len(block["rows"]), 1)


def _swap(book: Book, block: Mapping[str, Any], undo: list[Undo]) -> None:
    """Write one block; what `undo` is given puts the old one back."""
    area = range_of(book, block["name"])
    texts = frozenset(column - 1 for column in block["texts"])
    if block["kind"] == "list":
        _unfilter(area, block["name"].removeprefix("list_"))
    before = _read(area, texts)
    # The formats are put back after the contents, so that texts are put back as texts.
    _mark_texts(area, texts, undo)
    undo.append(lambda: _write(area, before))
    rows = [list(row) for row in block["rows"]] or [[None] * block["columns"]]
    if len(rows) != len(before):
        area = _resize(book, block["name"], area, len(rows), undo)
        _mark_texts(area, texts, undo)
    _write(area, rows)
    _verify(area, rows, texts)


def _rows(area: Range, first: int, last: int) -> Range:
    """The rows `first` to `last` - 1 of an area, from 0, also those below it."""
    # Counted on the sheet: an index beyond a range is refused.
    left, width = area.column, area.shape[1]
    return area.sheet.range((area.row + first, left), (area.row + last - 1, left + width - 1))


def _column(area: Range, first: int, last: int) -> Range:
    return area.sheet.range((area.row, area.column + first), (area.row + area.shape[0] - 1, area.column + last))


def _unfilter(area: Range, name: str) -> None:
    """Show all rows of a list: into hidden ones Excel writes other things than it is given."""
    if name in [table.name for table in area.sheet.tables]:
        table = area.sheet.tables[name]
        if table.show_autofilter:
            table.show_autofilter = False
            table.show_autofilter = True


def _resize(book: Book, name: str, area: Range, count: int, undo: list[Undo]) -> Range:
    """Let a list, its table and its name have `count` rows. Rows that it leaves are emptied and lose their lines."""
    old = area.shape[0]
    longer, shorter = max(old, count), min(old, count)
    rest = _rows(area, shorter, longer)
    bare = _rows(area, longer, longer + 1)
    last = _rows(area, shorter - 1, shorter)

    def line() -> None:
        last.autofill(_rows(area, shorter - 1, longer), "fill_formats")

    def unline() -> None:
        # The look of an ordinary row of the sheet, which the one below the list has.
        rest.clear_contents()
        bare.autofill(_rows(area, shorter, longer + 1), "fill_formats")

    def stretch(rows: int) -> None:
        table = name.removeprefix("list_")
        area.sheet.tables[table].resize(_rows(area, -1, rows))
        sheet = area.sheet.name.replace("'", "''")
        book.names[name].refers_to = f"='{sheet}'!{_rows(area, 0, rows).address}"

    if count > old:
        undo.append(unline)
        line()
    else:
        undo.append(line)
        unline()
    undo.append(lambda: stretch(old))
    stretch(count)
    return _rows(area, 0, count)


def _runs(texts: frozenset[int], width: int) -> Iterator[tuple[bool, int, int]]:
    """Neighbouring columns of one kind: (text or not, first, last)."""
    for is_text, group in groupby(range(width), lambda column: column in texts):
        columns = list(group)
        yield is_text, columns[0], columns[-1]


def _read(area: Range, texts: frozenset[int] = frozenset()) -> Grid:
    """What a range holds, in columns of numbers as formulas: only so do days and money come as the numbers they are.

    Numbers come as numbers, an empty cell as the empty text.
    """
    rows, columns = area.shape
    grid: Grid = [[""] * columns for _ in range(rows)]
    for is_text, first, last in _runs(texts, columns):
        part = _column(area, first, last)
        if is_text:
            cells: Grid = part.options(ndim=2, empty="").value
        else:
            cells = [[_number(cell) for cell in row] for row in _square(part.formula, part.shape)]
        for held, found in zip(grid, cells, strict=True):
            held[first : last + 1] = found
    return grid


def _square(found: Any, shape: tuple[int, int]) -> Grid:
    """Rows of cells, whether Excel gave one cell, one row or all."""
    if shape == (1, 1):
        while isinstance(found, tuple | list):
            found = found[0]
        return [[found]]
    if isinstance(found[0], tuple | list):
        return [list(row) for row in found]
    return [list(found)] if shape[0] == 1 else [[cell] for cell in found]


def _number(cell: Any) -> Any:
    if not isinstance(cell, str):
        return "" if cell is None else cell
    try:
        return float(cell)
    except ValueError:
        return cell


def _mark_texts(area: Range, texts: frozenset[int], undo: list[Undo]) -> None:
    """Where columns of text are no longer formatted as such, Excel would make numbers and formulas of texts."""
    for is_text, first, last in _runs(texts, area.shape[1]):
        part = _column(area, first, last)
        if is_text and part.number_format != _TEXT:
            for cell in part:
                if cell.number_format != _TEXT:
                    undo.append(lambda cell=cell, old=cell.number_format: setattr(cell, "number_format", old))  # type: ignore[misc]
            part.number_format = _TEXT


def _write(area: Range, rows: Grid) -> None:
    """All cells at once; texts too long for that one by one."""
    grid = [[_typed(value) for value in row] for row in rows]
    long = []
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            if isinstance(value, str) and len(value) > _LONGEST:
                long.append((row, column, value))
                cells[column] = None
    area.value = grid
    for row, column, value in long:
        area[row, column].value = value


def _typed(value: Any) -> Any:
    # Excel takes a first apostrophe as the mark of a text and not as part of it.
    return f"'{value}" if isinstance(value, str) and value.startswith("'") else value


def _verify(area: Range, rows: Grid, texts: frozenset[int]) -> None:
    """Read back what was written. Raises RuntimeError that names the first cell that holds something else."""
    for row, (wanted, found) in enumerate(zip(rows, _read(area, texts), strict=True)):
        for column, (value, held) in enumerate(zip(wanted, found, strict=True)):
            if not _same(value, held):
                cell = area[row, column].address.replace("$", "")
                raise RuntimeError(f"{area.sheet.name}!{cell} does not take what is written")


def _same(wanted: Any, held: Any) -> bool:
    if wanted is None:
        return bool(held == "")
    if isinstance(wanted, int | float) and isinstance(held, int | float):
        return float(f"{wanted:.15g}") == float(f"{held:.15g}")
    return _lines(wanted) == _lines(held)


def _lines(value: Any) -> str:
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")


# -- Looks ----------------------------------------------------------------------------------------------------------


def _dress(book: Book, block: Mapping[str, Any]) -> None:
    """Row heights, number formats and the printed area of a block."""
    area = range_of(book, block["name"])
    row = 0
    for count, height in _pairs(block["heights"]):
        _rows(area, row, row + count).row_height = height
        row += count
    if block["formats"]:
        column, *rest = block["formats"]
        figures = _column(area, column - 1, column - 1)
        row = 0
        for count, number_format in _pairs(rest):
            _rows(figures, row, row + count).number_format = number_format
            row += count
    if block["printed"]:
        area.sheet.page_setup.print_area = f"$A$1:{area[block['printed'] - 1, area.shape[1] - 1].address}"


def _pairs(flat: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)
