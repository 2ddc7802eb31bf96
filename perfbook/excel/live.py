"""The scorecard that is open in Excel: refreshed in place and printed, by way of xlwings.

From a macro of the scorecard, with xlwings' RunPython:

    RunPython "from perfbook.excel import live; live.consolidate()"

The same tables go into the book as by its button or by `consolidate`; nothing of this runs unattended.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfbook.account import Account, account
from perfbook.errors import CannotWriteError, PerfbookError, UsageError
from perfbook.excel.attach import OWN_PERIOD, caller, scorecard, told
from perfbook.excel.refresh import refresh, text_of
from perfbook.records import Quarter
from perfbook.scorecard.tables import tables
from perfbook.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from xlwings import App, Book

_SETTING = "setting_workspace"


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: the quarter as it stands, its counts, the book, and whether it was saved (only where it had
    not been open)."""

    quarter: Quarter
    account: Account
    book: str
    saved: bool


def consolidate() -> None:
    """Collect, and refresh the book whose macro calls this. Whatever there is to say is said in a message box."""
    book = caller()
    try:
        done = refresh_book(book)
        counts = done.account.returns
        sentence = f"{book.name} is up to date: {counts['received']} of {counts['expected']} returns received."
        mode = "info"
    except PerfbookError as error:
        sentence, mode = str(error), "critical"
    book.app.alert(sentence, "perfbook", mode=mode)


def consolidate_book(
    name: str | None = None, *, workspace: str | os.PathLike[str] | None = None, as_at: datetime | None = None
) -> Refreshed:
    """Collect, and refresh a scorecard in Excel: the active one, an open one by name or path, or a file.

    An open book is left unsaved for its officer to look at; a file that was not open is saved and closed again.
    `workspace` is looked for from the book unless it is given. Raises UsageError where there is no Excel or no such
    scorecard, or where it has to be rebuilt; BusyError; CannotWriteError, the book then being what it was.
    """
    with scorecard(name) as attached:
        done = refresh_book(attached.book, workspace=workspace, as_at=as_at)
        attached.keep()
        return Refreshed(done.quarter, done.account, done.book, attached.ours)


def refresh_book(
    book: Book, *, workspace: str | os.PathLike[str] | None = None, as_at: datetime | None = None
) -> Refreshed:
    """Collect, and refresh this book in place; it is not saved. Raises as `consolidate_book` does."""
    say, hush = _status(book.app)
    try:
        found = workspace_of(book) if workspace is None else open_workspace(workspace)
        say("perfbook: reading the returns")
        quarter = found.collect(
            period=text_of(book, OWN_PERIOD),
            as_at=as_at,
            progress=lambda done, all_, _: say(f"perfbook: reading the returns, {done} of {all_}"),
        )
        refresh(book, tables(quarter), say)
    except PerfbookError:
        raise
    except Exception as error:
        raise CannotWriteError(f"Excel did not do its part: {told(error)}. {book.name} is as it was before.") from error
    finally:
        hush()
    return Refreshed(quarter, account(quarter), str(book.fullname), saved=False)


def workspace_of(book: Book) -> Workspace:
    """The workspace of a scorecard: by the setting in the book, else from the folder that it lies in.

    A relative setting counts from the book's folder. Raises UsageError for a book on the web, WorkspaceError.
    """
    setting = text_of(book, _SETTING).strip() if _SETTING in book.names else ""
    place = str(book.fullname)
    if "://" in place and not Path(setting).is_absolute():
        raise UsageError(
            f"{book.name} lies on the web, from where its workspace cannot be found. Name the workspace with -w, or "
            "write its folder on the sheet Settings of the scorecard."
        )
    return open_workspace(Path(place).parent / setting)


def print_book(name: str | None = None) -> Path:
    """Export the visible sheets of a scorecard to a PDF beside it, and return its path.

    Raises UsageError as `consolidate_book` does and for a book that is in no folder, CannotWriteError.
    """
    with scorecard(name) as attached:
        book = attached.book
        place = Path(book.fullname)
        if "://" in str(book.fullname) or not place.is_absolute():
            raise UsageError(f"{book.name} is in no folder of this computer. Save it there and try again.")
        path, fresh = place.with_suffix(".pdf"), place.with_name(f".~{place.stem}.pdf")
        try:
            book.to_pdf(fresh)
            fresh.replace(path)
        except Exception as error:
            raise CannotWriteError(
                f"{path} could not be written: {told(error)}. Close the PDF where it is open and try again."
            ) from error
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        return path


def _status(app: App) -> tuple[Callable[[str], None], Callable[[], None]]:
    """How to say something in the status bar, and how to put back what stood there. Never a reason to fail."""
    before: str | bool = False
    with suppress(Exception):
        before = app.status_bar

    def say(text: str | bool) -> None:
        with suppress(Exception):
            app.status_bar = text

    return say, lambda: say(before)
