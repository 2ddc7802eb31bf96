"""The Word report: its figures are the scorecard's, its texts stay texts, and it can be used without eyes."""

from __future__ import annotations

import io
import itertools
import re
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document

from perfbook._office import pdf_of
from perfbook.errors import WorkspaceError
from perfbook.framework.model import Section
from perfbook.records import Moved, Quarter, SectionText
from perfbook.reports.make import template_of
from perfbook.reports.story import story_of
from perfbook.reports.word import build_report
from perfbook.scorecard import build_scorecard
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import clean_text
from perfbook.workspace import Workspace
from tests.conftest import ROOT
from tests.reports.hostile import CONTROL, EMOJI, LONG, MARKUP, RIGHT_TO_LEFT, TAGS, with_hostile_texts
from tests.scorecard.invented import quarter as invented

MADE = datetime(2032, 7, 20, 16, 30, tzinfo=UTC)
TEMPLATES = {
    name: (ROOT / "workbook_templates" / name / "report.docx").read_bytes()
    for name in ("default", "dudley", "sandwell", "walsall-children", "walsall-plan", "kirklees")
}
# Kirklees's report has a chapter for each theme instead.
WITH_SCORECARDS = tuple(name for name in TEMPLATES if name != "kirklees")


def report(quarter: Quarter, template: str = "default") -> bytes:
    return build_report(story_of(quarter), TEMPLATES[template], quarter.as_at)


def rows_of(data: bytes, head: str) -> list[dict[str, str]]:
    """The rows of every table that has a column `head`, by the heads of its columns."""
    found = []
    for table in Document(io.BytesIO(data)).tables:
        heads, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        if head in heads:
            found += [dict(zip(heads, row, strict=True)) for row in rows]
    return found


def text_of(data: bytes) -> str:
    """Everything that a reader sees in the body, cells too."""
    body = Document(io.BytesIO(data)).element.body
    parts = {"}t": lambda e: e.text or "", "}br": lambda e: "\n", "}tab": lambda e: "\t"}
    return "".join(get(e) for e in body.iter() for end, get in parts.items() if str(e.tag).endswith(end))


def shown(cell: Any) -> str:
    return display(cell.value, cell.number_format) if cell.value is not None else ""


def scorecard_rows(quarter: Quarter) -> dict[str, list[str]]:
    """Every measure of the sheet Scorecard as its cells show it: the values that we wrote beside the formulas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # sparklines
        book = openpyxl.load_workbook(io.BytesIO(build_scorecard(quarter)), data_only=True)
    found = {}
    for row in book["Scorecard"].iter_rows(min_row=5):
        if row[1].value:
            found[str(row[0].value)] = [shown(row[at]) for at in (4, 5, 6, 7, 8)] + [shown(row[at]) for at in (10, 12)]
    return found


@pytest.mark.parametrize("template", WITH_SCORECARDS)
def test_every_figure_is_the_scorecards(dudley_quarter: Quarter, template: str) -> None:
    wanted = scorecard_rows(dudley_quarter)
    data = report(dudley_quarter, template)
    found = {
        row["Code"]: [row[name] for name in ("Last year", "Previous", "Actual", "Target", "Score")]
        + [row[name].lstrip("↗→↘ ") for name in ("Trend", "Against last year")]
        for row in rows_of(data, "Score")
        if "Code" in row
    }
    # Withdrawn measures have no row in the report.
    assert {code: row for code, row in wanted.items() if row[2] != "Withdrawn"} == found
    assert len(found) == 34
    annual = {row["Code"]: (row["Last year"], row["Now"]) for row in rows_of(data, "Now")}
    assert annual == {code: (row[0], row[2]) for code, row in found.items() if row[6] not in ("", "Not comparable")}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_has_changed_is_what_the_sheet_changes_lists(kirklees_quarter: Quarter, template: str) -> None:
    was = datetime(2017, 10, 20, 8, 0, tzinfo=UTC)
    measure = kirklees_quarter.framework.measures[0]
    moved = (
        Moved("Figure", measure.key, "", "58", "60", was),
        Moved("Return", "adults", "Adults", "Provisional", "Certified", was),
    )
    quarter = replace(kirklees_quarter, moved=moved)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # sparklines
        book = openpyxl.load_workbook(io.BytesIO(build_scorecard(quarter)), data_only=True)
    # Section, code, measure, period, what, before, now; when it was so and the reason.
    sheet = [[cell.value for cell in row] for row in book["Changes"].iter_rows(min_row=5)]
    wanted = [
        [*(each or "" for each in row[1:7]), f"{row[7].day} {row[7]:%b %Y}" if row[7] else ""]
        for row in sheet
        if row[0]
    ]
    data = report(quarter, template)
    names = ("Code", "Measure or action", "Figure for", "What", "Before", "Now", "It was so on")
    rows = rows_of(data, "Measure or action")
    assert [[row[name] for name in names] for row in rows] == wanted
    assert all(str(row[10] or "") in found["Why"] for row, found in zip(sheet, rows, strict=True))
    assert len(wanted) == 20
    heads = [each.text for each in Document(io.BytesIO(data)).paragraphs if each.style.name.startswith("Heading")]
    at = heads.index("What has changed")
    assert heads[at + 1 : at + 3] == ["Since the last consolidation", "Adjusted"]


def test_a_quarter_in_which_nothing_changed_says_so(dudley_quarter: Quarter) -> None:
    assert "Nothing has changed since the last consolidation" in text_of(report(dudley_quarter))


def test_the_counts_are_the_scorecards(dudley_quarter: Quarter) -> None:
    data = report(dudley_quarter)
    states = {row["Measures by state"]: int(row["Measures"]) for row in rows_of(data, "Measures by state")}
    assert states["Due"] == 33
    assert states["Delayed"] == 1
    scores = {
        row["Measures reported, by score"]: row["Measures"] for row in rows_of(data, "Measures reported, by score")
    }
    assert list(scores.values()) == ["17", "3", "13"]
    moved = rows_of(data, "Measures reported, by movement")
    assert [row["Since the previous period"] for row in moved] == ["11", "5", "15", "2"]
    assert [row["Against last year"] for row in moved] == ["11", "3", "14", "5"]
    assert len(rows_of(data, "Late")) == 9


def test_exceptions_show_figures_chart_and_words(dudley_quarter: Quarter) -> None:
    data = report(dudley_quarter)
    pages = [table for table in Document(io.BytesIO(data)).tables if table.cell(0, 0).text == "Actual"]
    assert len(pages) == 13
    assert [cell.text for cell in pages[0].rows[1].cells] == [
        "71.0%", "85.0%", "▲ Below target", "80.0%", "↘ Worse", "71.0%", "→ Consistent",
    ]  # fmt: skip
    assert "Send an interim reply when the officers needed for a full answer are absent." in text_of(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        charts = [name for name in package.namelist() if name.startswith("word/charts/chart")]
        # Two of the summary and one for each exception; each has the workbook behind it.
        assert len(charts) == 15
        drawn = package.read("word/charts/chart3.xml").decode()
        assert re.findall(r"<c:v>(0\.7\d*|0\.8\d*)</c:v>", drawn) == ["0.71", "0.8", "0.71", "0.85", "0.85"]
        behind = openpyxl.load_workbook(io.BytesIO(package.read("word/embeddings/chart3.xlsx")))
        assert [cell.value for cell in behind["Data"]["B"]] == ["Actual", 0.71, 0.8, 0.71]


def test_it_can_be_read_without_eyes(dudley_quarter: Quarter) -> None:
    data = report(dudley_quarter)
    document = Document(io.BytesIO(data))
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for table in document.tables:
        assert "tblHeader" in table.rows[0]._tr.xml
        assert "tblCaption" in table._tbl.tblPr.xml
    body = document.element.body.xml
    drawings = re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', body)
    assert len(drawings) == 15
    assert "Stronger and Safer Communities: 5 ★ Exceeds target" in drawings[0]
    assert "2020-21 Q2 71.0% (target 85.0%)" in drawings[2]
    assert len(set(re.findall(r'<wp:docPr id="(\d+)"', body))) == 15
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert set(re.findall(r'<w:lang w:val="([^"]*)"', package.read("word/styles.xml").decode())) == {"en-GB"}
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.title == "Dudley: performance report, 2020-21 Q2"


@pytest.mark.parametrize("quarter", ["dudley", "invented", "hostile"])
def test_the_document_is_valid(
    quarter: str, dudley_quarter: Quarter, audit: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    chosen = {"dudley": dudley_quarter, "invented": invented(), "hostile": with_hostile_texts(invented())}[quarter]
    path = tmp_path / "report.docx"
    path.write_bytes(report(chosen))
    assert audit(path) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_texts_from_returns_stay_texts(template: str, tmp_path: Path) -> None:
    hostile = with_hostile_texts(invented())
    data = report(hostile, template)
    text = text_of(data)
    # The first nine measures in force of the invented quarter that have exceptions bring all of them.
    for one in (MARKUP, TAGS, RIGHT_TO_LEFT, EMOJI, LONG):
        assert one in text
    assert clean_text(CONTROL) in text
    assert "49" not in text.split(TAGS)[1][:20]
    plain = report(invented(), template)
    heads = ("Measures by state", "Measures reported, by score", "Late")
    for head in heads:
        assert [list(row.values())[1:] for row in rows_of(data, head)] == [
            list(row.values())[1:] for row in rows_of(plain, head)
        ]


def test_libreoffice_prints_hostile_texts(tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(pdf_of(report(with_hostile_texts(invented()))))
    subprocess.run(["pdftotext", "-enc", "UTF-8", pdf, tmp_path / "report.txt"], check=True)
    text = (tmp_path / "report.txt").read_text("utf-8")
    assert "{{ 7 * 7 }}" in text
    assert "<script>alert(1)</script>" in text
    assert "the end" in text
    assert "Notes on the data" in text


def test_the_same_quarter_gives_the_same_bytes(dudley_quarter: Quarter) -> None:
    assert report(dudley_quarter) == report(dudley_quarter)


def test_nothing_to_explain_and_nothing_to_note_is_said(dudley_quarter: Quarter) -> None:
    empty = replace(dudley_quarter, observations=(), findings=(), returns=())
    text = text_of(report(empty))
    assert "No measure needs an explanation in this period." in text
    assert "0 of 34 measures due were reported." in text


def template_with(text: str) -> bytes:
    document = Document(io.BytesIO(TEMPLATES["default"]))
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ report.cuoncil }}", "cuoncil"),
        ("{{ report.council ", "cannot be filled"),
        ("{%p for line in report.lines %}", "cannot be filled"),
        ("{{ ''.__class__.__mro__ }}", "cannot be filled"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(dudley_quarter: Quarter, text: str, said: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot be filled") as caught:
        build_report(story_of(dudley_quarter), template_with(text), MADE, name="templates/report.docx")
    assert said in str(caught.value)
    assert "templates/report.docx" in str(caught.value)
    assert "usual template" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_template_that_is_no_word_document_says_so(dudley_quarter: Quarter, data: bytes) -> None:
    with pytest.raises(WorkspaceError, match="is not a Word document"):
        build_report(story_of(dudley_quarter), data, MADE)


def test_the_workspaces_own_template_comes_first(dudley: Workspace, tmp_path: Path) -> None:
    assert template_of(dudley.root, "report.docx")[0] == TEMPLATES["dudley"]
    assert template_of(tmp_path, "report.docx")[0] == TEMPLATES["default"]


def test_the_templates_are_what_their_script_makes(tmp_path: Path) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_reports", ROOT / "workbook_templates" / "make_reports.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        for name, look in module.LOOKS.items():
            assert module.maker_of(look).make() == TEMPLATES[name], f"run workbook_templates/make_reports.py for {name}"
    finally:
        del sys.modules[spec.name]


# --- Actions ----------------------------------------------------------------------------------------------------------


def test_actions_are_the_scorecards(
    sandwell_quarter: Quarter, audit: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    """A council without any measure: every placement with its rating and update, and nothing about measures."""
    data = report(sandwell_quarter, "sandwell")
    book = openpyxl.load_workbook(io.BytesIO(build_scorecard(sandwell_quarter)), data_only=True)
    rows = [[str(cell.value or "") for cell in row] for row in book["Actions"].iter_rows(min_row=5, max_col=9)]
    wanted = [(row[2], row[3], row[4], row[6], row[8]) for row in rows if row[3]]
    found = [
        (row["Reference"], row["Action"].split("\n")[0], row["Directorate"], row["Rating"], row["Update"])
        for row in rows_of(data, "Update")
    ]
    assert found == wanted
    assert len(found) == 248
    assert [row["Actions"] for row in rows_of(data, "Actions")] == ["47", "138", "42", "5", "16"]
    text = text_of(data)
    assert "Scores by priority" not in text
    assert "measures due" not in text
    assert not rows_of(data, "Score")
    path = tmp_path / "report.docx"
    path.write_bytes(data)
    assert audit(path) == []


def test_what_services_wrote_stands_under_their_name(dudley_quarter: Quarter) -> None:
    framework = replace(dudley_quarter.framework, sections=(Section("pride", "What we are proud of"),))
    texts = (SectionText("pride", "housing", dudley_quarter.period, "A hundred homes. {{ 7 * 7 }}"),)
    text = text_of(report(replace(dudley_quarter, framework=framework, sections=texts)))
    assert "What we are proud ofA hundred homes. {{ 7 * 7 }}" in text
