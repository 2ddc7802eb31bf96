"""What commands print, and how they end."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfbook.errors import PerfbookError

if TYPE_CHECKING:
    from perfbook.workspace import Workspace


def fail(message: str, code: int) -> None:
    """End the process with a sentence on standard error."""
    click.echo(f"perfbook: {message}", err=True)
    sys.exit(code)


def leave(code: int) -> None:
    """End a command with its exit code."""
    if code:
        raise click.exceptions.Exit(code)


def answer(table: dict[str, Any]) -> None:
    """Print one JSON object, in ASCII."""
    click.echo(json.dumps(table, ensure_ascii=True, indent=2))


def say(*things: Any) -> None:
    """Print sentences and tables on the screen; None is left out."""
    from perfbook._screen import console

    screen = console()
    for thing in things:
        if thing is not None:
            screen.print(thing, markup=False, highlight=False, soft_wrap=isinstance(thing, str))


def open_here(folder: str) -> Workspace:
    """The workspace of a folder or of the nearest one above it."""
    from perfbook.workspace import open_workspace

    return open_workspace(folder)


@contextlib.contextmanager
def at_work(workspace: Workspace, address: str | None) -> Iterator[Workspace]:
    """The workspace with the workers of a cluster, where one is named."""
    if address is None:
        yield workspace
        return
    from perfbook.parallel import cluster

    with cluster(address) as workers:
        yield replace(workspace, workers=workers)


def open_for_tables(folder: str, tables: str) -> Workspace:
    """The workspace; where there is none, the file says so too: a macro waits for it and sees nothing of the screen."""
    from perfbook._files import write_whole
    from perfbook.scorecard.tables import failure_text
    from perfbook.workspace import demand_folder

    demand_folder(Path(tables))
    try:
        return open_here(folder)
    except PerfbookError as error:
        write_whole(Path(tables), failure_text(error.exit_code, str(error)).encode("ascii"))
        raise


def moment_of(text: str | None) -> datetime | None:
    """The moment that an option names; a day means its end."""
    if text is None:
        return None
    from perfbook.settings import ZONE

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a time; write it like 2020-10-20 or 2020-10-20T09:00") from error
    if len(text.strip()) <= len("2020-10-20"):
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def progress_of(title: str, quiet: bool) -> Any:
    """A progress bar on a terminal, nothing in a pipe."""
    from perfbook._screen import Progress

    return Progress(title, shown=not quiet and sys.stderr.isatty())
