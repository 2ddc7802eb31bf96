"""Reading the sheet Service summary of a return: what is written under each heading, found by hidden keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from perfbook.checks.section_rules import section_findings
from perfbook.checks.text_rules import text_findings
from perfbook.framework.model import Section
from perfbook.records import Finding, SectionText, Severity, Source
from perfbook.returns import sections_layout as layout
from perfbook.returns._cells import beside, look_into
from perfbook.returns._context import Context
from perfbook.returns._copies import BRING_TOGETHER, Copies, sort_out
from perfbook.returns._grid import Keyed, SheetCells, address, find
from perfbook.returns._locked import altered
from perfbook.workbook.text import clean_text

_COLUMN_KEYS = tuple(column.key for column in layout.COLUMNS)


@dataclass(frozen=True)
class SectionsRead:
    """What the sheet says. `filled` tells whether anything is written."""

    texts: tuple[SectionText, ...] = ()
    findings: tuple[Finding, ...] = ()
    filled: bool = False


def read_sections(sheets: tuple[SheetCells, ...], context: Context, directorate: str, *, changed: bool) -> SectionsRead:
    """All that is written under the headings of a directorate; what is wrong becomes a finding and stops nothing.

    `changed`: the framework is another than when the return was issued.
    """
    asked = context.framework.sections_of(directorate, context.period)
    known = [section.key for section in context.framework.sections]
    found = tuple(keyed.mended(known, _COLUMN_KEYS)[0] for keyed in find(sheets, layout.SECTIONS_MARK, layout.SHEET))
    found = tuple(keyed for keyed in found if layout.TEXT in keyed.columns)
    say = _Sayer(context, found[0].sheet.name if found else layout.SHEET)
    if not found:
        if asked:
            later = " It may not have been in this return when it was issued." if changed else ""
            say(
                "R214",
                "warning" if changed or not any(section.needed for section in asked) else "error",
                f"The sheet Service summary, or its hidden row or column, is missing.{later}",
                "Fill a fresh copy of the return.",
            )
        return SectionsRead(findings=tuple(say.found))
    copies = sort_out(found, layout.INPUT_KEYS, layout.INPUT_KEYS)
    if len(found) > 1:
        names = ", ".join(keyed.sheet.name for keyed in found)
        say("R202", "warning", f"Several sheets claim to be Service summary: {names}.", "Delete the copies.")
    if copies.differences:
        say("R211", "error", copies.differ(layout.SHEET), BRING_TOGETHER)
    titles = {section.key: section.title for section in context.framework.sections}
    for key, row, said, remedy in copies.twice(lambda key: titles.get(key, key)):
        say("R207", "error", said, remedy, about=key, cell=address((row, copies.main.columns[layout.TEXT])))
    rows = {key for keyed in (copies.main, *copies.instead.values()) for key in keyed.rows}
    say.found += beside(copies.main, layout.INPUT_HEADERS, context.file, "heading")
    if not changed:
        say.found += altered(copies, layout.facts_of_sections(asked), context.file)
    texts = [_text(copies, section, context, directorate, say) for section in asked if section.key in rows]
    for section in asked:
        if section.key not in rows:
            severity: Severity = "warning" if changed or not section.needed else "error"
            found_words = f"The row of the heading {section.title} is missing."
            say("R205", severity, found_words, "Write it in a fresh copy of the return.", about=section.key)
    own = {section.key for section in asked}
    for key, row in copies.main.rows.items():
        if key not in own and _written(copies.main, key):
            said = f"The heading {key!r} is not one that this directorate writes for {context.period.label}."
            at = address((row, copies.main.columns[layout.TEXT]))
            say("R206", "warning", said, "Its text was not read.", cell=at)
    return SectionsRead(tuple(texts), tuple(say.found), say.filled)


class _Sayer:
    def __init__(self, context: Context, sheet: str) -> None:
        self.context, self.sheet = context, sheet
        self.found: list[Finding] = []
        self.filled = False

    def __call__(
        self, code: str, severity: Severity, found: str, remedy: str, *, about: str = "", cell: str = ""
    ) -> None:
        self.found.append(Finding(code, severity, self.context.file, self.sheet, cell, about, found, "", remedy))


def _text(copies: Copies, section: Section, context: Context, directorate: str, say: _Sayer) -> SectionText:
    keyed = copies.of(section.key)
    place = keyed.place(section.key, layout.TEXT)
    cell = address(place) if place else ""
    text = _written(keyed, section.key)
    if place:
        seen = look_into(keyed.sheet, place, text or None, f"text under {section.title}", "the text")
        text = "" if seen.value is None else text
        say.filled = say.filled or seen.filled
        if seen.code:
            say(seen.code, seen.severity, seen.found, seen.remedy, about=section.key, cell=cell)
    say.found += section_findings(
        section.key,
        {
            "text": text or None,
            "last_text": keyed.text(section.key, "last_text") or None,
            "needed": section.needed,
            "signed": context.signed or None,
        },
        settings=context.framework.checks,
        file=context.file,
        sheet=keyed.sheet.name,
        cells={layout.TEXT: cell},
    )
    say.found += text_findings(
        {layout.TEXT: text}, section.key, file=context.file, sheet=keyed.sheet.name, cells={layout.TEXT: cell}
    )
    source = Source(
        file=context.file,
        sheet=keyed.sheet.name,
        cell=cell,
        stored=text[:200],
        displayed="",
        submitted_by=context.role,
        sha256=context.sha256,
    )
    return SectionText(section.key, directorate, context.period, text, source)


def _written(keyed: Keyed, key: str) -> str:
    value = keyed.value(key, layout.TEXT)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.15g}"
    return "" if value is None else clean_text(str(value)).strip()
