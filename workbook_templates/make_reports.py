"""Makes the Word templates of reports: ordinary documents with Jinja tags, to be restyled in Word.

    python workbook_templates/make_reports.py

writes default/report.docx, which any council gets, and the example councils' own. The tags stand in the texts; what
they may name is in docs/officers.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from report_by_theme import ByTheme  # noqa: E402
from report_maker import Maker  # noqa: E402
from report_pieces import Look  # noqa: E402

LOOKS = {
    "default": Look("Performance report"),
    "dudley": Look(
        "Corporate performance report",
        accent="3B2A6B",
        pale="E6E2F1",
        scorecards="Council plan scorecards",
        exceptions="Measures below target",
        summaries="Directorate service summaries",
    ),
    "sandwell": Look(
        "Business plan monitoring report",
        accent="005A5B",
        pale="DCECEC",
        summaries="From the directorates",
        actions="Progress on business plan actions",
    ),
    "walsall-children": Look(
        "Children's services improvement scorecard",
        accent="7A1F5C",
        pale="F3E1EC",
        scorecards="Outcomes, outputs, processes, input",
        exceptions="Minimum standards not met",
        summaries="From the services",
        tables="Tables",
    ),
    "walsall-plan": Look(
        "Corporate plan: markers of success",
        accent="0B5345",
        pale="DDEFEA",
        summaries="From the directorates",
        actions="Markers of success",
    ),
    "kirklees": Look(
        "Corporate performance report",
        accent="5B2434",
        pale="F0E4E7",
        exceptions="Performance by exception",
        actions="Key actions",
        themes=True,
    ),
}


def maker_of(look: Look) -> Maker:
    """The maker of the kind of report that a council writes."""
    return ByTheme(look) if look.themes else Maker(look)


def main() -> None:
    """Writes every template."""
    for name, look in LOOKS.items():
        path = HERE / name / "report.docx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(maker_of(look).make())
        print(path)


if __name__ == "__main__":
    main()
