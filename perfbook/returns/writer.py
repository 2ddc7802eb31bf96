"""Building a blank return."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import explain, layout
from perfbook.returns.actions_sheet import Reports, write_actions
from perfbook.returns.definitions_sheet import write_definitions
from perfbook.returns.evidence_sheet import write_evidence
from perfbook.returns.filled import BLANK, Filled
from perfbook.returns.grids_sheet import Figures, write_grids
from perfbook.returns.identity import identity_of, return_name
from perfbook.returns.lines import History
from perfbook.returns.measures_sheet import write_measures
from perfbook.returns.queries_sheet import write_queries
from perfbook.returns.sections_sheet import Texts, write_sections
from perfbook.returns.start_sheet import PROGRESS, SIGNED, StartSheet
from perfbook.workbook.palette import STANDARD, HouseStyle
from perfbook.workbook.writer import Book

__all__ = ["build_return", "return_name"]

_SIGNED_ROW = 1


def build_return(
    framework: Framework,
    directorate: str,
    period: Period,
    history: History,
    *,
    due: datetime,
    created: datetime,
    house: HouseStyle = STANDARD,
    filled: Filled = BLANK,
    reports: Reports = MappingProxyType({}),
    texts: Texts = MappingProxyType({}),
    grids: Figures = MappingProxyType({}),
) -> bytes:
    """The workbook that a directorate fills for a reporting period, as the bytes of an .xlsx file.

    `directorate` is a key; `history` holds earlier observations by (measure key, period that the figure is about),
    `reports` those of actions by (action, deliverable, reporting period), `texts` what was written by (section,
    directorate, reporting period), `grids` their figures by (line, column, directorate, reporting period). `created`
    goes into the document properties, so that the same inputs give the same bytes. `filled` is what a book that goes
    back is filled with. Raises KeyError for an unknown directorate and LimitError where a text of the framework breaks
    a limit of Excel.
    """
    name = framework.directorate(directorate).name
    book = Book(
        created=created,
        title=f"{framework.council} {period.label} {name}",
        subject="Performance return",
        company=framework.council,
        house=house,
    )
    queries = book.sheet(layout.QUERIES) if filled.goes_back else None
    start = StartSheet(book, framework, directorate, period, due, filled)
    signed = f"{layout.IDENTITY}!$B${_SIGNED_ROW + 1}"
    tally = None
    # Nobody is sent a return that asks for nothing; one that is made all the same has the usual sheets.
    measures = framework.measures_of(directorate, period) or not framework.actions_of(directorate, period)
    if measures:
        tally = write_measures(book, framework, directorate, period, history, signed, PROGRESS, filled, start.state)
    actions = write_actions(book, framework, directorate, period, reports, signed, filled, start.state)
    summary = write_sections(book, framework, directorate, period, texts, signed, filled, start.state)
    tables = write_grids(book, framework, directorate, period, grids, filled)
    evidence = write_evidence(book, framework, directorate, period, filled)
    others = [remains for remains in (actions, summary, *tables, evidence) if remains]
    start.write(tally, others)
    if queries:
        asked = [row for each in (tally, *others) if each for row in each.asked]
        write_queries(book, queries, framework, directorate, period, filled, asked, start.places)
    if measures:
        write_definitions(book, framework, directorate, period)
    _write_identity(book, framework, directorate, period, start.state, filled)
    return book.close()


def _write_identity(
    book: Book, framework: Framework, directorate: str, period: Period, state: str, filled: Filled
) -> None:
    sheet = book.sheet(layout.IDENTITY, state="very_hidden")
    sheet.text(0, 0, layout.IDENTITY_MARK)
    sheet.text(0, 1, layout.VALUE_COLUMN)
    # One cell for all rows of Measures to ask whether the return is signed.
    sheet.text(_SIGNED_ROW, 0, layout.SIGN_STATE)
    sheet.formula(_SIGNED_ROW, 1, f'={SIGNED}&""', state)
    rows = identity_of(framework, directorate, period).rows()
    sheet_rows = _SIGNED_ROW + 1 + len(rows)
    for row, (key, value) in enumerate(rows, start=_SIGNED_ROW + 1):
        sheet.text(row, 0, key)
        sheet.text(row, 1, value)
    if filled.goes_back:
        for row, (key, value) in enumerate(filled.mark(), start=sheet_rows):
            sheet.text(row, 0, key)
            sheet.text(row, 1, value)
    for row, (kind, words) in enumerate(explain.EXAMPLES.items(), start=layout.EXAMPLES_ROW - 1):
        sheet.text(row, 0, f"example.{kind}")
        sheet.text(row, 1, words)
    sheet.raw.protect()
