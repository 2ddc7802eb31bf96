"""Writes docs/checks.md: every finding that perfbook can make, from the registry.

    python docs/make_checks.py

The examples in it are made by the checks themselves. A test fails where the page is not what this script makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from perfbook.checks import examples, registry, rows
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.registry import Entry
from perfbook.checks.rule import Rule
from perfbook.checks.said import Said
from perfbook.checks.text_rules import TextRule
from perfbook.collecting.outcomes import CODES, REMARKS
from perfbook.scoring.expr import Cell
from perfbook.workbook.numfmt import display

PAGE = Path(__file__).resolve().parent / "checks.md"
_HEAD = """# What is checked

Every finding that perfbook can make. This page is written by `docs/make_checks.py` from the registry of checks; the
examples are what the checks themselves say.

A finding is an **error** (a return with one is not finished), a **warning** (a query that wants an answer) or an
**info** (a note). How sure perfbook is stands beside it: *certain* (the row contradicts itself), *likely*, or
*possible* (a person has to look). Checks marked **live** are calculated in the return while a manager types, by the
same rule. Checks with *may be off* can be switched off, made graver or milder, tuned and suppressed in
`framework.xlsx`; see [for performance officers](officers.md#checks). The others are always made.

Checks marked *published* are of reports that were published elsewhere: in a return the rules of its rows and grids
ask the same, or what they read is worked out and cannot be wrong. What all of them find in the reports of five councils
is in [what councils publish](published-mistakes.md).

    perfbook check FILE...

checks returns and framework workbooks wherever they lie: see the [README](../README.md#commands).
"""
_NAMES = {
    "entered": "Actual",
    "earlier": "the period before",
    "last_year": "the same period last year",
    "last_commentary": "what was said the last time",
    "usual": "the middle of earlier figures",
    "spread": "how far they usually lie from it",
    "signed": "sign-off",
}
_FIGURES = ("entered", "earlier", "last_year", "usual", "spread")


def page() -> str:
    """The page as text."""
    return "\n".join([_HEAD, *_families(), *_collecting(), *_files()]).rstrip() + "\n"


def _families() -> Iterator[str]:
    for family in dict.fromkeys(entry.family for entry in registry.ENTRIES):
        entries = [entry for entry in registry.ENTRIES if entry.family == family]
        yield f"## {family}\n"
        yield "| code | severity | sure | what it finds | what to do | |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for entry in entries:
            marks = [
                *(["live"] if entry.rule else []),
                *(["may be off"] if entry.switchable else []),
                *(["published"] if entry.across and entry.across.published else []),
            ]
            yield (
                f"| {entry.code} | {_severity(entry)} | {entry.sure} | {_cell(entry.title)} | {_cell(entry.remedy)} "
                f"| {', '.join(marks)} |"
            )
        yield ""
        for entry in entries:
            if entry.knob:
                usual = "" if entry.knob.usual is None else f" Usually {entry.knob.usual}."
                yield f"- {entry.code} is tuned by one value: {_lower(entry.knob.about)}{usual}"
        if any(entry.knob for entry in entries):
            yield ""
        texts = [entry.text for entry in entries if entry.text]
        if texts:
            yield "Examples:\n"
            yield from (line for rule in texts for line in _text_example(rule))
            yield ""
        across = [entry.across for entry in entries if entry.across]
        if across:
            yield "Across cells, rows and periods:\n"
            yield from (line for rule in across for line in _across_example(rule))
            yield ""
        rules = [entry.rule for entry in entries if entry.rule and entry.code in rows.CODES]
        if rules:
            yield "Examples:\n"
            yield from (line for rule in rules for line in _example(rule))
            yield ""


def _severity(entry: Entry) -> str:
    words = [entry.severity]
    if entry.certified:
        words.append(f"{entry.certified} when certified")
    if entry.or_else:
        words.append(f"{entry.or_else} in milder cases")
    return ", ".join(words)


def _example(rule: Rule) -> Iterator[str]:
    said = next(each for each in rows.row_findings(examples.of_rule(rule.code), rule.trips) if each.code == rule.code)
    yield f"- **{rule.code}** {_filled(rule, rule.trips)}: \u201c{said.message}\u201d"
    yield f"  Not where the row has {_filled(rule, rule.passes)}."


def _text_example(rule: TextRule) -> Iterator[str]:
    found = next(iter(rule.find(Said(rule.trips), rule.about)))
    yield f"- **{rule.code}** \u201c{rule.trips}\u201d: {found} {rule.remedy}"
    yield "  Not in " + ", ".join(f"\u201c{text}\u201d" for text in rule.passes) + "."


def _across_example(rule: AcrossRule) -> Iterator[str]:
    hit = next(iter(rule.find(rule.trips)))
    said = " ".join(part for part in (hit.found, hit.expected, rule.remedy) if part)
    yield f"- **{rule.code}** {rule.example}: {said}"


def _filled(rule: Rule, cells: Mapping[str, Cell]) -> str:
    """What is filled in a row, in words."""
    measure = examples.of_rule(rule.code).measure
    parts = []
    for name, value in cells.items():
        if name == "typed":
            continue
        shown = display(value, measure.number_format) if name in _FIGURES and isinstance(value, float | int) else value
        if name == "entered" and isinstance(value, float) and measure.unit.kind == "number":
            shown = value
        words = f"\u201c{shown}\u201d" if isinstance(value, str) and name != "status" else shown
        parts.append(f"{_NAMES.get(name, name.capitalize())} {words}")
    return ", ".join(parts)


def _collecting() -> Iterator[str]:
    yield "## Collecting\n"
    yield "What a collection has to say about the files of a return.\n"
    yield "| code | severity | what is said | what to do |"
    yield "| --- | --- | --- | --- |"
    for code, remark in sorted(REMARKS.items()):
        yield f"| {code} | {remark.severity} | {_cell(remark.found)} | {_cell(remark.remedy)} |"
    yield ""


def _files() -> Iterator[str]:
    yield "## Outcomes of files\n"
    yield "Every file of the folder ends in one outcome.\n"
    yield "| code | outcome | what is said |"
    yield "| --- | --- | --- |"
    for code, entry in sorted(CODES.items()):
        yield f"| {code} | {entry.outcome} | {_cell(entry.sentence)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{", "*").replace("}", "*").replace("!r*", "*")


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
