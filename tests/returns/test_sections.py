"""Titled free texts: in framework.xlsx, in the return, merged, remembered, on the scorecard."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from perfbook.checks import section_rules
from perfbook.collecting import recorded
from perfbook.collecting.merge import merge
from perfbook.collecting.versions import Version
from perfbook.framework.model import Framework, Section
from perfbook.framework.version import with_version
from perfbook.records import Quarter, SectionText, Submission
from perfbook.returns import sections_layout as layout
from perfbook.returns import sections_sheet
from perfbook.returns.filled import Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scorecard import build_scorecard
from perfbook.workbook.limits import breaches
from perfbook.workbook.writer import Book as Made
from tests.conftest import Audit
from tests.framework.books import Q1, Q2, bare, problems, read, written
from tests.framework.test_plan import PLAN
from tests.support.office import Office, compare_cached

DUE = datetime(2020, 10, 19, 17, 0, tzinfo=UTC)
CREATED = datetime(2020, 10, 1, 9, 0, tzinfo=UTC)
SECTIONS = (
    Section("overview", "Overview", "What went well.", needed=True),
    Section("outlook", "Outlook; risks", "", ("care",)),
    Section("closed", "Closed heading", last=Q1),
)
FRAMEWORK = with_version(replace(PLAN, sections=SECTIONS))
TEXTS = {
    ("overview", "care", Q1): SectionText("overview", "care", Q1, "All was well."),
}


def blank(framework: Framework = FRAMEWORK, directorate: str = "care") -> bytes:
    return build_return(framework, directorate, Q2, {}, due=DUE, created=CREATED, texts=TEXTS)


def cells(data: bytes) -> dict[tuple[str, str], str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[layout.SHEET]
    columns = {str(cell.value): get_column_letter(cell.column) for cell in sheet[1] if cell.value}
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    return {(key, column): f"{letter}{row}" for key, row in rows.items() for column, letter in columns.items()}


def filled(texts: dict[str, str], state: str = "") -> bytes:
    data = blank()
    at = cells(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key, text in texts.items():
        book[layout.SHEET][at[key, "text"]] = text
    if state:
        rows = {str(cell.value): cell.row for cell in book["Start"]["A"] if cell.value}
        book["Start"][f"C{rows['sign_off.state']}"] = state
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def submission(data: bytes) -> Submission:
    return read_return(data, file="care.xlsx", framework=FRAMEWORK)


def said(found: Submission) -> dict[str, str]:
    return {text.section: text.text for text in found.sections}


def test_the_framework_comes_back_as_it_was_and_mistakes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(FRAMEWORK, Q2))
    assert replace(bare(read(path, FRAMEWORK)), remarks=()) == replace(bare(FRAMEWORK), remarks=())

    def edit(book: openpyxl.Workbook) -> None:
        book["Sections"]["D5"] = "Care & Health; Parks"
        book["Sections"]["E5"] = "maybe"
        book["Sections"]["B6"] = None

    found = problems(path.read_bytes(), edit, tmp_path / "f.xlsx", FRAMEWORK)
    assert [problem.partition(":")[0] for problem in found] == ["Sections!D5", "Sections!E5", "Sections!B6"]
    assert "There is no directorate 'Parks'." in found[0]


def test_a_blank_keeps_every_limit_and_asks_for_what_is_in_force(tmp_path: Path, office: Office, audit: Audit) -> None:
    data = blank()
    assert not breaches(data)
    assert not audit(data)
    path = tmp_path / "care.xlsx"
    path.write_bytes(data)
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    sheet = openpyxl.load_workbook(path)[layout.SHEET]
    at = cells(data)
    assert {key for key, column in at if column == "text"} - {layout.SECTIONS_MARK} == {"overview", "outlook"}
    assert sheet[at["overview", "last_text"]].value == "All was well."
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {at["overview", "text"], at["outlook", "text"]}
    assert submission(data).state == "not started"


def test_what_is_written_is_read_and_what_is_missing_is_said() -> None:
    found = submission(filled({"outlook": "Two risks,\nboth small"}, "Certified"))
    assert said(found) == {"overview": "", "outlook": "Two risks,\nboth small"}
    assert found.state == "certified"
    codes = [(f.code, f.severity, f.measure) for f in found.findings if f.code.startswith("N")]
    assert codes == [("N101", "error", "overview")]
    again = submission(filled({"overview": "All was well."}))
    assert [(f.code, f.severity) for f in again.findings if f.code.startswith("N")] == [("N102", "info")]
    assert again.state == "in progress"


@pytest.mark.parametrize("state", ["", "Provisional", "Certified"])
def test_the_live_check_says_what_the_collector_says(state: str, tmp_path: Path, office: Office) -> None:
    cases = list(product((None, "All was well.", "New.", "  "), (True, False), (None, "All was well.")))
    sections = tuple(Section(f"s{n}", f"Heading {n}", needed=case[1]) for n, case in enumerate(cases))
    framework = with_version(replace(PLAN, sections=sections))
    texts = {
        (section.key, "care", Q1): SectionText(section.key, "care", Q1, case[2] or "")
        for section, case in zip(sections, cases, strict=True)
    }
    entries = {(s.key, "text"): case[0] for s, case in zip(sections, cases, strict=True) if case[0]}
    book = Made(created=CREATED, title="Cases")
    book.sheet("Signed").text(0, 0, state)
    sections_sheet.write_sections(book, framework, "care", Q2, texts, "Signed!$A$1", Filled(entries=entries), state)
    data = book.close()
    path = tmp_path / "cases.xlsx"
    path.write_bytes(data)
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    sheet, at = openpyxl.load_workbook(path, data_only=True)[layout.SHEET], cells(data)
    for section, (text, needed, last) in zip(sections, cases, strict=True):
        inputs = {"text": text, "last_text": last, "needed": needed, "signed": state or None}
        found = section_rules.section_findings(section.key, inputs)
        live = sheet[at[section.key, "check"]].value
        if found:
            assert live == found[0].message
        else:
            assert live in (section_rules.TODO, section_rules.FINE, section_rules.OPTIONAL)


def test_copies_are_merged_and_the_record_keeps_the_text() -> None:
    first, second = submission(filled({"overview": "A"})), submission(filled({"overview": "B", "outlook": "C"}))
    moment = datetime(2020, 10, 12, tzinfo=UTC)
    ours = Version("a.xlsx", first.sha256, first, moment)
    theirs = Version("b.xlsx", second.sha256, second, moment)
    merged = merge(ours, [theirs])
    assert said(merged.submission) == {"overview": "A", "outlook": "C"}
    assert [(c.field, c.about) for c in merged.conflicts] == [("text", "overview")]
    assert merged.added == {("b.xlsx", second.sha256): ("outlook",)}
    assert recorded.load(recorded.dump(second, FRAMEWORK), "b.xlsx") == second
    old = recorded.dump(replace(second, sections=()), FRAMEWORK).replace(b'"sections":[],', b"")
    assert recorded.load(old, "b.xlsx").sections == ()


def test_the_scorecard_shows_the_texts_of_the_chosen_period(tmp_path: Path, office: Office) -> None:
    texts = (*TEXTS.values(), SectionText("overview", "care", Q2, "=Better, by far"))
    quarter = Quarter(FRAMEWORK, Q2, CREATED, (Q1, Q2), (), (), (), (), sections=texts)
    for chosen, shown in ((Q1, "All was well."), (Q2, "=Better, by far")):
        path = tmp_path / f"{chosen.label}.xlsx"
        path.write_bytes(build_scorecard(quarter, selected=chosen))
        compared = compare_cached(path, office)
        assert (compared.mismatches, compared.errors) == ([], [])
        sheet = openpyxl.load_workbook(path, data_only=True)["Service summaries"]
        found = [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=5, max_row=7)]
        assert found == [("Care & Health", None), ("Overview", shown), ("Outlook; risks", "Nothing was written.")]
