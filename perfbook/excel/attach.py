"""Finding Excel, and the scorecard in it, through xlwings.

xlwings is an extra (`excel`) and Excel is there on Windows and macOS only: whatever is missing is told in one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perfbook.errors import CannotWriteError, UsageError

if TYPE_CHECKING:
    from xlwings import App, Book

_INSTEAD = "perfbook consolidate writes the scorecard without Excel."
NO_XLWINGS = (
    "This command works in Excel by way of xlwings, which is not installed: run pip install xlwings, on a computer "
    f"with Excel. {_INSTEAD}"
)
NO_EXCEL = f"This command works in Excel, and there is no Excel on this computer. {_INSTEAD}"
# The name that only a scorecard has.
OWN_PERIOD = "own_period"


@dataclass(frozen=True)
class Attached:
    """A scorecard in Excel; `ours` where it was opened only for this, in an Excel of its own."""

    book: Book
    ours: bool

    def keep(self) -> None:
        """Save a book that was opened only for this; an officer's open book stays as it is, to be looked at first."""
        if not self.ours:
            return
        try:
            self.book.save()
        except Exception as error:
            raise CannotWriteError(
                f"{self.book.name} could not be saved: {told(error)}. It is as it was before; is it open elsewhere?"
            ) from error


def caller() -> Book:
    """The book whose macro runs this (xlwings' RunPython)."""
    _require_excel()
    import xlwings

    return xlwings.Book.caller()


@contextmanager
def scorecard(name: str | None = None) -> Iterator[Attached]:
    """The scorecard that is meant: the active workbook, an open one by its name or path, or a file.

    A file that is not open is opened in an Excel of its own, which is ended with the block. Raises UsageError where
    there is no Excel, no such workbook, or a workbook that is not a scorecard.
    """
    _require_excel()
    book = _active() if name is None else _open_one(name)
    if book is not None:
        _require_scorecard(book)
        yield Attached(book, ours=False)
        return
    assert name is not None
    path = Path(name).resolve()
    app = _start(path)
    try:
        with _opened(app, path) as opened:
            _require_scorecard(opened)
            yield Attached(opened, ours=True)
    finally:
        app.quit()


def told(error: BaseException) -> str:
    """What an error of Excel says, as part of a sentence."""
    # Windows gives (number, words, (..., source, description, ...), ...); the description is the useful part.
    for part in getattr(error, "args", ()):
        if isinstance(part, tuple) and len(part) > 2 and isinstance(part[2], str) and part[2].strip():
            return " ".join(part[2].split()).rstrip(".")
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _require_excel() -> None:
    try:
        import xlwings
    except ImportError as error:
        raise UsageError(NO_XLWINGS) from error
    if xlwings.engines.active is None:
        raise UsageError(NO_EXCEL)


def _require_scorecard(book: Book) -> None:
    if OWN_PERIOD not in book.names:
        raise UsageError(
            f"{book.name} is not a scorecard that can be refreshed. Go to the scorecard in Excel or name its file; one "
            "of an older version of perfbook is rebuilt by perfbook consolidate."
        )


def _active() -> Book:
    import xlwings

    app = xlwings.apps.active
    if app is None or not len(app.books):
        raise UsageError("No workbook is open in Excel. Open the scorecard, or name its file.")
    return app.books.active


def _open_one(name: str) -> Book | None:
    """The open workbook of this name or path; None where there is none, but the file is there."""
    import xlwings

    books = [book for app in xlwings.apps for book in app.books]
    path = Path(name).resolve()
    found = [book for book in books if _lies_at(book, path)]
    if not found and Path(name).name == name and not path.is_file():
        found = [book for book in books if name.casefold() in (book.name.casefold(), Path(book.name).stem.casefold())]
    if len(found) > 1:
        raise UsageError(f"{name} is open in Excel more than once. Close all but one and try again.")
    if found:
        return found[0]
    if not path.is_file():
        raise UsageError(f"{name} is neither open in Excel nor a file. Check its name, or give the whole path.")
    return None


def _lies_at(book: Book, path: Path) -> bool:
    # Where a workbook on the web lies is nothing that xlwings could always tell.
    with suppress(Exception):
        place = Path(book.fullname)
        return str(place).casefold() == str(path).casefold() or (place.is_file() and place.samefile(path))
    return False


def _start(path: Path) -> App:
    import xlwings

    if path.with_name(f"~${path.name}").exists():
        raise UsageError(f"{path.name} is open elsewhere. Close it there, or run this where it is open.")
    try:
        app = xlwings.App(visible=False, add_book=False)
    except Exception as error:
        raise UsageError(f"Excel could not be started: {told(error)}. {_INSTEAD}") from error
    return app


@contextmanager
def _opened(app: App, path: Path) -> Iterator[Book]:
    try:
        # Nobody is there to answer a question.
        app.display_alerts = False
        book = app.books.open(str(path), update_links=False)
    except Exception as error:
        raise UsageError(f"Excel could not open {path}: {told(error)}.") from error
    try:
        yield book
    finally:
        book.close()
