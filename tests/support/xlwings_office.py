"""An engine for xlwings that drives LibreOffice instead of Excel, with the members that perfbook uses and no others.

    with Office() as office, excel_in(office) as excel:
        book = excel.open(path)          # as an officer would
        ...                              # the real xlwings finds it: xlwings.apps.active.books.active

It behaves as Excel where that matters: a text written into a cell that is not of the format @ is understood as if it
was typed, a first apostrophe is swallowed, a date comes as a date, calculation may be manual.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlwings
from openpyxl.utils import get_column_letter

from tests.support.office import Book as OfficeBook
from tests.support.office import Office

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001
Place = tuple[str, int, int, int, int]  # sheet, row, column (from 0), rows, columns


class Engine:
    """What xlwings calls the engine; `excel` is what tests look at."""

    name, type = "office", "desktop"

    def __init__(self, excel: Excel) -> None:
        self.apps = Apps(excel)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data: Any, _dates: Any, empty_as: Any, _numbers: Any, _errors: Any) -> Any:
        return [[empty_as if value in (None, "") else value for value in row] for row in data]


class Excel:
    """The applications that are running, and what was done to them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.engine = Engine(self)
        self.running: list[App] = []
        self.numbers = itertools.count(1)
        self.started: list[App] = []
        # Called before each write with the sheet; what it raises is what Excel would.
        self.before_write: Callable[[str], None] = lambda sheet: None

    def start(self) -> App:
        app = App(self)
        self.running.insert(0, app)
        self.started.append(app)
        return app

    def open(self, path: Path) -> Book:
        """Open a workbook in the running application, as an officer does; it becomes the active one."""
        app = self.running[0] if self.running else self.start()
        return app.books.open(str(path))


@contextmanager
def excel_in(office: Office) -> Iterator[Excel]:
    """An Excel that xlwings finds, until the end of the block."""
    excel = Excel(office)
    before: Any = xlwings.engines.active
    engine = xlwings.Engine(impl=excel.engine)
    xlwings.engines.add(engine)
    engine.activate()
    try:
        yield excel
    finally:
        for app in list(excel.running):
            app.quit()
        xlwings.engines.engines.remove(xlwings.engines.engines_by_name.pop(Engine.name))
        xlwings.engines.active = before


class Apps:
    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:
        return self.excel.start()

    def __iter__(self) -> Iterator[App]:
        return iter(self.excel.running)

    def __len__(self) -> int:
        return len(self.excel.running)


class App:
    def __init__(self, excel: Excel) -> None:
        self.excel = excel
        self.engine = excel.engine
        self.pid = next(excel.numbers)
        self.books = Books(self)
        self.visible = True
        self.screen_updating = self.display_alerts = self.enable_events = True
        self.said: list[str] = []
        self.alerts: list[tuple[str, str]] = []
        self.calculations = 0
        self._status: str | bool = False
        self._mode = "automatic"

    @property
    def status_bar(self) -> str | bool:
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self._status = value
        if isinstance(value, str):
            self.said.append(value)

    @property
    def calculation(self) -> str:
        return self._mode

    @calculation.setter
    def calculation(self, mode: str) -> None:
        self._mode = mode
        for book in self.books:
            book.call("automatic", on=mode == "automatic")

    def calculate(self) -> None:
        self.calculations += 1
        for book in self.books:
            book.call("calculate")

    def alert(self, prompt: str, title: Any, buttons: Any, mode: Any, callback: Any) -> str:
        self.alerts.append((mode, prompt))
        return "ok"

    def quit(self) -> None:
        for book in list(self.books):
            book.close()
        self.excel.running.remove(self)


class Books:
    def __init__(self, app: App) -> None:
        self.app = app
        self.opened: list[Book] = []

    @property
    def active(self) -> Book:
        return self.opened[-1]

    def __call__(self, name: str) -> Book:
        for book in self.opened:
            if book.name == name:
                return book
        raise KeyError(name)

    def __len__(self) -> int:
        return len(self.opened)

    def __iter__(self) -> Iterator[Book]:
        return iter(self.opened)

    def open(self, fullname: str, *_: Any, **__: Any) -> Book:
        self.opened.append(Book(self.app, Path(fullname)))
        return self.opened[-1]


class Book:
    def __init__(self, app: App, path: Path) -> None:
        self.app = app
        self.office: OfficeBook = app.excel.office.open(path)
        self.name, self.fullname = path.name, str(path)
        self.saves = 0

    def call(self, op: str, **arguments: Any) -> Any:
        return self.office._call(op, **arguments)

    @property
    def names(self) -> Names:
        return Names(self)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    def save(self, path: Any = None, password: Any = None) -> None:
        assert path is None
        self.saves += 1
        self.office.save_as(self.fullname)

    def to_pdf(self, path: str, quality: Any) -> None:
        self.office.to_pdf(path)

    def close(self) -> None:
        self.office.close()
        self.app.books.opened.remove(self)


class Sheets:
    def __init__(self, book: Book) -> None:
        self.book = book

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, sheet.name) for sheet in self.book.office.sheets())


class Sheet:
    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name

    @property
    def index(self) -> int:
        return [sheet.name for sheet in self.book.office.sheets()].index(self.name) + 1

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, Range):
            first, last = arg1.place, arg2.place
            row, column = first[1], first[2]
            return Range(self, (self.name, row, column, last[1] + last[3] - row, last[2] + last[4] - column))
        if len(arg1) == 4:
            return Range(self, (self.name, arg1[0] - 1, arg1[1] - 1, arg1[2], arg1[3]))
        end = arg2 or arg1
        rows, columns = end[0] - arg1[0] + 1, end[1] - arg1[1] + 1
        assert rows > 0 and columns > 0
        return Range(self, (self.name, arg1[0] - 1, arg1[1] - 1, rows, columns))

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)


class PageSetup:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @property
    def print_area(self) -> str:
        raise NotImplementedError

    @print_area.setter
    def print_area(self, address: str) -> None:
        self.sheet.book.call("print_area", sheet=self.sheet.name, address=address)


class Range:
    max_cells_per_read, max_cells_per_write = 4_000_000, 100_000

    def __init__(self, sheet: Sheet, place: Place) -> None:
        self.sheet, self.place = sheet, place
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> Range:
        return self

    def call(self, op: str, **arguments: Any) -> Any:
        return self.sheet.book.call(op, place=list(self.place), **arguments)

    @property
    def row(self) -> int:
        return self.place[1] + 1

    @property
    def column(self) -> int:
        return self.place[2] + 1

    @property
    def shape(self) -> tuple[int, int]:
        return self.place[3], self.place[4]

    def __len__(self) -> int:
        return self.place[3] * self.place[4]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.place[4])
            row, column = row + 1, column + 1
        name, top, left, _, _ = self.place
        return Range(self.sheet, (name, top + row - 1, left + column - 1, 1, 1))

    @property
    def address(self) -> str:
        _, row, column, rows, columns = self.place
        first = f"${get_column_letter(column + 1)}${row + 1}"
        return first if rows == columns == 1 else f"{first}:${get_column_letter(column + columns)}${row + rows}"

    @property
    def raw_value(self) -> Any:
        found = self.call("range_read")
        rows = [list(row) for row in found["values"]]
        for row, column in itertools.product(rows, found["dates"]):
            if isinstance(row[column], float):
                row[column] = EPOCH + dt.timedelta(days=row[column])
        return rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self.sheet.book.app.excel.before_write(self.sheet.name)
        rows = value if isinstance(value, list) else [[value]]
        self.call("range_write", rows=rows)

    @property
    def formula(self) -> Any:
        rows = self.call("range_read")["formulas"]
        # Excel gives one cell as such.
        return rows[0][0] if len(self) == 1 else tuple(tuple(row) for row in rows)

    @property
    def number_format(self) -> str | None:
        return self.call("range_format")  # type: ignore[no-any-return]

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.call("range_set_format", code=code)

    @property
    def row_height(self) -> float:
        raise NotImplementedError

    @row_height.setter
    def row_height(self, points: float) -> None:
        self.call("range_set_height", points=points)

    def clear_contents(self) -> None:
        self.call("range_clear")

    def autofill(self, destination: xlwings.Range, type_: str) -> None:
        assert type_ == "fill_formats"
        target = list(destination.impl.place)
        self.sheet.book.call("range_fill_formats", source=list(self.place), target=target)


class Names:
    def __init__(self, book: Book) -> None:
        self.book = book

    def contains(self, name: str) -> bool:
        return name in self.book.call("names")

    def __call__(self, name: str) -> Name:
        return Name(self.book, name)


class Name:
    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name

    @property
    def refers_to_range(self) -> Range:
        place = self.book.call("name_place", name=self.name)
        return Range(Sheet(self.book, place[0]), tuple(place))

    @property
    def refers_to(self) -> str:
        raise NotImplementedError

    @refers_to.setter
    def refers_to(self, formula: str) -> None:
        sheet, _, address = formula.removeprefix("=").rpartition("!")
        plain = sheet.removeprefix("'").removesuffix("'").replace("''", "'")
        self.book.call("name_refer", name=self.name, sheet=plain, address=address)


class Tables:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __iter__(self) -> Iterator[Table]:
        return (self(name) for name in self.sheet.book.call("tables", sheet=self.sheet.name))

    def __call__(self, name: str) -> Table:
        return Table(self.sheet, name)


class Table:
    def __init__(self, sheet: Sheet, name: str) -> None:
        self.sheet, self.name = sheet, name

    @property
    def show_autofilter(self) -> bool:
        return bool(self.sheet.book.call("table_filter", name=self.name, shown=None))

    @show_autofilter.setter
    def show_autofilter(self, shown: bool) -> None:
        self.sheet.book.call("table_filter", name=self.name, shown=shown)

    def resize(self, cells: xlwings.Range) -> None:
        self.sheet.book.call("table_resize", name=self.name, place=list(cells.impl.place))
