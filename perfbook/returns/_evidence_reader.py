"""Reading the sheet Evidence of a return: what supports its figures and ratings, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from perfbook.checks.evidence_rules import NO_EVIDENCE, Item, items_of, meant, row_findings
from perfbook.checks.text_rules import text_findings
from perfbook.records import ActionReport, Evidence, Finding, Observation, Severity, Source
from perfbook.returns import evidence_layout as layout
from perfbook.returns._cells import Seen, beside, look_into
from perfbook.returns._context import Context
from perfbook.returns._copies import BRING_TOGETHER, sort_out
from perfbook.returns._grid import Keyed, SheetCells, address, find
from perfbook.scoring.expr import Cell
from perfbook.workbook.text import clean_text

_COLUMN_KEYS = tuple(column.key for column in layout.COLUMNS)
_NAMES = {column.key: f"cell \u201c{column.header}\u201d" for column in layout.COLUMNS}


@dataclass(frozen=True)
class EvidenceRead:
    """What the sheet says. `filled` tells whether any of its inputs holds something."""

    rows: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    filled: bool = False


def read_evidence(sheets: tuple[SheetCells, ...], context: Context, directorate: str, *, changed: bool) -> EvidenceRead:
    """All evidence that a return names; what is wrong becomes a finding and stops nothing.

    `changed`: the framework is another than when the return was issued.
    """
    asked = context.framework.evidence_of(directorate, context.period)
    found = tuple(
        keyed.mended(layout.ROW_KEYS, _COLUMN_KEYS)[0] for keyed in find(sheets, layout.EVIDENCE_MARK, layout.SHEET)
    )
    found = tuple(keyed for keyed in found if set(layout.INPUT_KEYS) & keyed.columns.keys())
    name = found[0].sheet.name if found else layout.SHEET
    findings: list[Finding] = []

    def say(code: str, severity: Severity, words: str, remedy: str, about: str = "", cell: str = "") -> None:
        findings.append(Finding(code, severity, context.file, name, cell, about, words, "", remedy))

    if not found:
        if asked:
            later = " It may not have been in this return when it was issued." if changed else ""
            words = f"The sheet Evidence, or its hidden row or column, is missing.{later}"
            say("R214", "warning" if changed else "error", words, "Fill a fresh copy of the return.")
        return EvidenceRead(findings=tuple(findings))
    # A row is free for any evidence: one that was copied, with its key, is a row more.
    copies = sort_out(tuple(replace(keyed, twice=()) for keyed in found), layout.INPUT_KEYS, layout.INPUT_KEYS)
    name = copies.main.sheet.name
    if len(found) > 1:
        names = ", ".join(keyed.sheet.name for keyed in found)
        say("R202", "warning", f"Several sheets claim to be Evidence: {names}.", "Delete the copies.")
    if copies.differences:
        say("R211", "error", copies.differ(layout.SHEET), BRING_TOGETHER)
    items = items_of(context.framework, directorate, context.period)
    whole = next(keyed for keyed in found if keyed.sheet is copies.main.sheet)
    findings += beside(whole, layout.INPUT_HEADERS, context.file, "free line")
    keys = sorted({key for keyed in found for key in keyed.rows} & set(layout.ROW_KEYS))
    read_from = [(copies.of(key), key) for key in keys]
    read_from += [(more, key) for more in whole.doubles() for key in sorted(more.rows)]
    rows: list[Evidence] = []
    told: set[tuple[str, ...]] = set()
    filled = False
    for keyed, key in read_from:
        at = {column: address(place) for column in layout.INPUT_KEYS if (place := keyed.place(key, column))}
        said_of: dict[str, str] = {}
        for column in layout.INPUT_KEYS:
            place, words = keyed.place(key, column), _words(keyed, key, column)
            seen = look_into(keyed.sheet, place, words or None, _NAMES[column]) if place else Seen(None, False)
            said_of[column] = "" if seen.value is None else words
            filled = filled or seen.filled
            if seen.code:
                say(seen.code, seen.severity, seen.found, seen.remedy, cell=at[column])
        if any(said_of.values()) and tuple(said_of.values()) not in told:
            told.add(tuple(said_of.values()))
            item = meant(items, said_of[layout.SUPPORTS]) if said_of[layout.SUPPORTS] else None
            about = item.key if item else ""
            known: dict[str, Cell] = {**{k: v or None for k, v in said_of.items()}, "known": int(item is not None)}
            for code, column, said, remedy in row_findings(known, context.framework.checks):
                say(code, "warning", said, remedy, about, at.get(column, ""))
            shows = {layout.SHOWS: said_of[layout.SHOWS]}
            findings += text_findings(shows, about, file=context.file, sheet=keyed.sheet.name, cells=at)
            where = at.get(layout.WHERE, "")
            rows.append(_evidence(context, directorate, keyed.sheet.name, key, said_of, about, where))
    return EvidenceRead(tuple(rows), tuple(findings), filled)


def missing_evidence(
    context: Context,
    directorate: str,
    rows: Iterable[Evidence],
    observations: Iterable[Observation],
    reports: Iterable[ActionReport],
) -> tuple[Finding, ...]:
    """The figures and ratings for which evidence is asked and none is named."""
    named = {row.about for row in rows}
    sources: dict[str, Source | None] = {o.measure: o.source for o in observations if o.actual is not None}
    sources |= {r.action: r.source for r in reports if r.rating and r.action not in sources}
    items = {item.key: item for item in items_of(context.framework, directorate, context.period)}
    found = []
    for each in context.framework.evidence_of(directorate, context.period):
        if each.key in sources and each.key not in named:
            source = sources[each.key]
            sheet, cell = (source.sheet, source.cell) if source else (layout.SHEET, "")
            found.append(_missing(context.file, sheet, cell, items[each.key]))
    return tuple(found)


def _missing(file: str, sheet: str, cell: str, item: Item) -> Finding:
    words = f"Evidence is asked for {item.label}, and none is named."
    remedy = "Fill a row of the sheet Evidence: what it shows and where it is."
    return Finding(NO_EVIDENCE, "warning", file, sheet, cell, item.key, words, "", remedy)


def _evidence(
    context: Context, directorate: str, sheet: str, row: str, words: dict[str, str], about: str, cell: str
) -> Evidence:
    stored = words[layout.WHERE][:200]
    source = Source(context.file, sheet, cell, stored, stored, context.role, None, context.sha256)
    return Evidence(
        about,
        directorate,
        context.period,
        words[layout.SUPPORTS],
        words[layout.SHOWS],
        words[layout.WHERE],
        source=source,
        row=row,
    )


def _words(keyed: Keyed, key: str, column: str) -> str:
    value = keyed.value(key, column)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:.15g}"
    return "" if value is None else clean_text(str(value)).strip()
