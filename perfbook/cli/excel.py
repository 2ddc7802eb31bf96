"""Commands that work on the scorecard that is open in Excel."""

from __future__ import annotations

from pathlib import Path

import click

from perfbook.cli._options import AS_AT, JSON
from perfbook.cli._talk import answer, leave, moment_of, say


@click.group()
def excel() -> None:
    """Work on the scorecard that is open in Excel."""


@excel.command("consolidate")
@click.argument("book", required=False)
@click.option("-w", "--workspace", "folder", metavar="DIR", help="The workspace (default: the one of the scorecard).")
@AS_AT
@JSON
def excel_consolidate(book: str | None, folder: str | None, as_at: str | None, as_json: bool) -> None:
    """Collect, and refresh the scorecard in Excel. BOOK is its name or file (default: the active workbook)."""
    from perfbook.excel.live import consolidate_book

    done = consolidate_book(book, workspace=folder, as_at=moment_of(as_at))
    if as_json:
        answer(done.account.as_json({"scorecard": Path(done.book)}))
    else:
        from perfbook import _show

        say(_show.files(done.quarter), _show.findings(done.quarter), _show.headline(done.account))
        say(f"Scorecard: {done.book} ({'saved' if done.saved else 'refreshed in Excel, not saved yet'})")
    leave(done.account.exit_code)


@excel.command("pdf")
@click.argument("book", required=False)
@JSON
def excel_pdf(book: str | None, as_json: bool) -> None:
    """Write the visible sheets of the scorecard in Excel to a PDF beside it. BOOK is its name or file."""
    from perfbook.excel.live import print_book

    path = print_book(book)
    if as_json:
        answer({"outputs": {"pdf": str(path)}})
    else:
        say(f"PDF: {path}")
