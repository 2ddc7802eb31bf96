"""The report by themes: actions beside measures, the years before, and both counted together."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
from docx import Document

from perfbook.records import Quarter
from perfbook.reports.story import story_of
from perfbook.reports.tally import Tally
from perfbook.reports.themes import together
from perfbook.scorecard import build_scorecard
from tests.reports.test_word import report, rows_of, shown


def test_measures_and_actions_are_counted_together(kirklees_quarter: Quarter) -> None:
    data = report(kirklees_quarter, "kirklees")
    found = {
        row["Status"]: (row["Measures"], row["Actions"], row["Together"], row["Share of all"])
        for row in rows_of(data, "Together")
    }
    assert found == {
        "G Green": ("24", "11", "35", "34%"),
        "AG Amber Green": ("4", "8", "12", "12%"),
        "A Amber": ("11", "15", "26", "25%"),
        "RA Red Amber": ("4", "1", "5", "5%"),
        "R Red": ("16", "0", "16", "16%"),
        "Missing": ("2", "2", "4", "4%"),
        "Not due": ("4", "0", "4", "4%"),
    }


def test_what_has_no_rating_counts_as_missing() -> None:
    scores, ratings = (Tally("green", "Green", 3),), (Tally("green", "Green", 1), Tally("none", "No rating", 2))
    found = together(scores, (Tally("due", "Due", 5), Tally("missing", "Missing", 2)), ratings)
    assert [(each.label, each.measures, each.actions, each.share) for each in found] == [
        ("Green", 3, 1, "50%"),
        ("Missing", 2, 2, "50%"),
    ]


def test_every_theme_has_its_actions_and_its_measures(kirklees_quarter: Quarter) -> None:
    """In the order of the plan, with the figures that the scorecard shows."""
    data = report(kirklees_quarter, "kirklees")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # sparklines
        book = openpyxl.load_workbook(io.BytesIO(build_scorecard(kirklees_quarter)), data_only=True)
    heads, *rows = list(book["Scorecard"].iter_rows(min_row=4))
    at = {str(cell.value): place for place, cell in enumerate(heads)}
    names = ("Code", "2014-15", "2015-16", "2016-17", "Previous period", "Score")
    wanted = [[shown(row[at[name]]) for name in names] for row in rows if row[1].value]
    printed = rows_of(data, "To date")
    assert [[row[name] for name in (*names[:4], "Previous", "Status")] for row in printed] == wanted
    assert len(printed) == 65
    jobs = printed[0]
    assert (jobs["Now"], jobs["To date"], jobs["Target"]) == ("60 (score set)", "122", "250\n(125 by now)")
    actions = [row["Reference"] for row in rows_of(data, "Update")]
    assert actions == [deed.code for group in story_of(kirklees_quarter).plan for deed in group.deeds]
    assert len(actions) == 37
    headings = [p.text for p in Document(io.BytesIO(data)).paragraphs if p.style.name == "Heading 1"]
    themes = ["Ambitious Kirklees", "Inclusive Kirklees", "Resilient Kirklees"]
    ended = ["What has changed", "Performance by exception", "Returns", "Notes on the data"]
    assert headings == ["Executive summary", *themes, *ended]


def test_the_report_is_a_valid_document(
    kirklees_quarter: Quarter, audit: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(report(kirklees_quarter, "kirklees"))
    assert audit(path) == []
