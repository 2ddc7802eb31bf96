"""Make the pictures of every sheet of every example council's scorecard, and docs/gallery.md, the page that shows them.

    python docs/make_gallery.py
    python docs/make_gallery.py kirklees

The second makes only the pictures of one council, and the page. Needs LibreOffice, pdftoppm and pdftotext. The first
page of each visible sheet, as LibreOffice prints it, becomes docs/pictures/gallery-<council>-<sheet>.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

PICTURES = ROOT / "docs" / "pictures"
PAGE = ROOT / "docs" / "gallery.md"

COUNCILS = {
    "dudley": (
        "Dudley, 2020-21 Q2",
        "Measures by priority with a score of three bands, a trend and an annual comparison, and service summaries.",
    ),
    "walsall-children": (
        "Walsall Children's Services, July 2013",
        "A scorecard of three services with smaller or bigger is better, and grids beside the measures.",
    ),
    "walsall-plan": (
        "Walsall Corporate Plan, 2021-22 Q2",
        "Actions whose progress is told in words, with the figures found inside them and files of evidence.",
    ),
    "sandwell": ("Sandwell, 2023-24 Q3", "Actions of a business plan, each rated in four steps."),
    "kirklees": (
        "Kirklees, 2017-18 Q2",
        "Measures with a score of five bands beside actions, figures that add up over the year, and a third of the "
        "returns late.",
    ),
}

# What each sheet shows, in the order in which the sheets stand.
SHEETS = {
    "Summary": "the headline counts and the scores by priority as bars, with the pickers of the period",
    "Scorecard": "every measure by priority: figure, target, score with a symbol and a word, and the trend",
    "Exceptions": "what is below target, with why and what is being done",
    "Directorate": "one directorate, chosen from a list: its return, its counts and its lines",
    "Detail": "one measure, chosen from a list: all its periods, target, forecast and process chart",
    "Year end": "the forecast of each measure beside the target of the year",
    "Actions": "every action with its rating and what its owner says",
    "Evidence": "the files that were sent as evidence, and for which action",
    "Text figures": "the figures that stand inside texts, and where",
    "Service summaries": "what each service says in its own words",
    "Grids": "the small tables of a service, period by period",
    "Returns": "who has sent what and when, beside the quarter before",
    "Files": "each file of the folder with its outcome and the reason",
    "Findings": "what the checks have to say, where it is and what to do",
    "Changes": "what is not as it was at the last consolidation",
    "Reconciliation": "our counts beside those that were published, and where they differ",
    "Trends": "every measure over its periods, with a small line each",
    "Passport": "from a figure to its file, sheet and cell, with who sent it and when",
    "Self-test": "the formulas of the book held against what was computed",
    "Definitions": "what each measure means and how it is scored",
}


def slug(name: str) -> str:
    """A sheet's name as part of a file's name."""
    return name.lower().replace(" ", "-")


def page(pictures: Path = PICTURES) -> str:
    """The text of docs/gallery.md: every picture that is there, by council, in the order of the sheets."""
    lines = [
        "# Every sheet of every example",
        "",
        "The scorecards of five example councils, from figures that they published; names of people are invented.",
        "Each picture is a sheet's first page as LibreOffice prints it. `perfbook demo kirklees` makes such a book.",
        "",
        *(f"- [{title}](#{_anchor(title)})" for title, _ in COUNCILS.values()),
    ]
    for council, (title, about) in COUNCILS.items():
        lines += ["", f"## {title}", "", about]
        for sheet, line in SHEETS.items():
            file = pictures / f"gallery-{council}-{slug(sheet)}.png"
            if file.is_file():
                lines += ["", f"**{sheet}**: {line}.", "", f"![{title}, sheet {sheet}: {line}](pictures/{file.name})"]
    return "\n".join(lines) + "\n"


def _anchor(title: str) -> str:
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def main(councils: list[str]) -> None:
    """Make the pictures of these councils anew, and the page."""
    from make_pictures import first_pages, picture

    from perfbook.creating import create_workspace
    from perfbook.samples import read_sample
    from tests.support.office import Office

    with tempfile.TemporaryDirectory() as name, Office() as office:
        for council in councils:
            workspace = create_workspace(Path(name) / council, example=council)
            scorecard = workspace.consolidate(as_at=read_sample(council).as_at).outputs["scorecard"]
            copy = Path(name) / f"{council}.xlsx"
            copy.write_bytes(scorecard.read_bytes())
            pages = first_pages(copy, Path(name), office)
            if unknown := [sheet for sheet, _ in pages if sheet not in SHEETS]:
                sys.exit(f"What do these sheets show? Say it in SHEETS of {Path(__file__).name}: {', '.join(unknown)}")
            for old in PICTURES.glob(f"gallery-{council}-*.png"):
                old.unlink()
            for sheet, printed in pages:
                picture(printed, PICTURES / f"gallery-{council}-{slug(sheet)}.png", colours=128)
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or list(COUNCILS))
