"""What `perfbook import` shows on a screen."""

from __future__ import annotations

from itertools import islice

from rich import box
from rich.table import Table
from rich.text import Text

from perfbook.importing.run import Imported
from perfbook.importing.sheet import Line, guesses, lines

_MOST = 20


def columns_table(done: Imported) -> Table:
    """The columns of the spreadsheet and what each became."""
    table = Table(box=box.SIMPLE_HEAD, title="Columns", title_justify="left")
    for header in ("Sheet", "Column", "Header", "Goes to", "How sure", "Because"):
        table.add_column(header)
    for line in _of(done, "column"):
        table.add_row(*(Text(text) for text in (line.sheet, line.where, line.says, line.goes, line.sure, line.because)))
    return table


def rest_table(done: Imported) -> Table | None:
    """The first of the cells that were not placed; None where all were."""
    found = [line for line in lines(done.proposal, done.source) if line.what in ("cell", "comment")]
    if not found:
        return None
    more = f" (the first {_MOST} of {len(found)}; the sheet Import has all)" if len(found) > _MOST else ""
    table = Table(box=box.SIMPLE_HEAD, title=f"Not placed{more}", title_justify="left")
    for header in ("Sheet", "Cell", "What it says", "Because"):
        table.add_column(header)
    for line in islice(found, _MOST):
        table.add_row(*(Text(text) for text in (line.sheet, line.where, line.says[:60], line.because)))
    return table


def words(done: Imported) -> list[str]:
    """What was found, what was written and what to do next."""
    proposal, ledger = done.proposal, done.proposal.ledger
    said = [
        f"{len(proposal.framework.measures)} measures; the period to collect next is {proposal.period.label}.",
        f"Of {proposal.cells} cells {len(ledger.placed)} were placed, {len(ledger.listed)} were not.",
        guesses(proposal),
    ]
    said += [proposal.doubt] if proposal.doubt else []
    if not done.written:
        return [*said, "Nothing was written."]
    said += [f"written  {path.name}" for path in done.written]
    return [
        *said,
        f"Look at the sheet Import and the marked cells of framework.xlsx, and at perfbook.toml, in {done.root}.",
        f'Next: perfbook generate -w "{done.root}"',
    ]


def _of(done: Imported, what: str) -> list[Line]:
    return [line for line in lines(done.proposal, done.source) if line.what == what]
