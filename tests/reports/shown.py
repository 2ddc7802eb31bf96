"""What a Word report shows to its reader."""

from __future__ import annotations

import io

from docx import Document

from perfbook.records import Quarter
from perfbook.reports.changes import Since
from perfbook.reports.digest import build_digest
from perfbook.reports.story import story_of
from perfbook.reports.word import build_report
from tests.conftest import ROOT


def shown_by(template: str, quarter: Quarter) -> tuple[str, list[list[str]]]:
    """The text of a report, paragraph by paragraph, and the rows of all its tables."""
    data = (ROOT / "workbook_templates" / template / "report.docx").read_bytes()
    document = Document(io.BytesIO(build_report(story_of(quarter), data, quarter.as_at)))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), rows


def digest_of(quarter: Quarter) -> str:
    """The page of a first digest."""
    template = (ROOT / "workbook_templates" / "default" / "digest.html").read_bytes()
    return build_digest(story_of(quarter), Since(""), template).decode("utf-8")
