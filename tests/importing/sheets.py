"""Spreadsheets for tests, and what becomes of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfbook.framework.model import Measure
from perfbook.importing.drafts import Corrections
from perfbook.importing.proposal import Known, Proposal, propose_framework
from perfbook.importing.source import SourceBook, read_source
from perfbook.returns.opening import Opening
from perfbook.scoring.schemes import BUILT_IN

WIDE = Opening(columns=16_384)
Edit = Callable[[Worksheet], object]


def workbook(*tables: tuple[str, Iterable[Sequence[object]]], edit: Edit | None = None) -> bytes:
    """The bytes of a workbook with sheets of a name and rows; `edit` changes the first."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if edit:
        edit(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def source(data: bytes, file: str = "measures.xlsx") -> SourceBook:
    """The sheets of a spreadsheet, read here and not in a process of its own."""
    found = read_source(file, data, WIDE)
    assert not found.refused, found.refused
    return found


def proposed(data: bytes, file: str = "measures.xlsx", said: Corrections | None = None, **known: object) -> Proposal:
    """What a spreadsheet suggests."""
    return propose_framework(source(data, file), Known(schemes=BUILT_IN, **known), said=said)  # type: ignore[arg-type]


def measure(proposal: Proposal, title: str) -> Measure:
    """The one measure with a title."""
    (found,) = [each for each in proposal.framework.measures if each.title == title]
    return found


def figures(proposal: Proposal, title: str) -> dict[str, str]:
    """Its past figures by period, as shown."""
    key = measure(proposal, title).key
    return {period.label: past.shown for (of, period), past in proposal.framework.past.items() if of == key}


def targets(proposal: Proposal, title: str) -> dict[str, str]:
    """Its targets by period, as shown."""
    key = measure(proposal, title).key
    return {period.label: each.shown for (of, period), each in proposal.framework.targets.items() if of == key}


def goals(proposal: Proposal) -> list[str]:
    """What the columns of the first table become."""
    return [str(plan.goal) for plan in proposal.tables[0].plans]


def listed(proposal: Proposal) -> dict[str, str]:
    """Why cells were not placed, by address."""
    return {f"{fate.cell.sheet}!{fate.cell.address}": fate.words for fate in proposal.ledger.listed}
