"""Makes the completed returns of Walsall's children's services: those of June 2013, and those of July after them.

Each figure is entered as the version of the report has it that was published for its month (see make_samples.py).
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT, ROOT / "workbook_templates", ROOT / "sample_returns"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from make_samples import (  # noqa: E402
    Round,
    Row,
    cells_of,
    fill_cells,
    fill_grids,
    fill_sections,
    settle,
    sign,
    write_manifest,
)
from make_walsall_children_framework import (  # noqa: E402
    END_MEASURES,
    GRIDS,
    JULY,
    JUNE,
    TO_JULY,
    TO_JUNE,
    key_of,
    periods_of,
    rows_of,
)

from perfbook.creating import create_workspace, in_force  # noqa: E402
from perfbook.framework.model import Framework, Measure  # noqa: E402
from perfbook.framework.periods import Period  # noqa: E402
from perfbook.framework.plan import column_key  # noqa: E402
from perfbook.returns import layout  # noqa: E402
from perfbook.settings import ZONE  # noqa: E402
from perfbook.workspace import Workspace  # noqa: E402
from tests.support.office import Book, Office  # noqa: E402

# When blanks went out, the day of the first return, the moment to look: for each month.
TIMES = {
    JUNE: (datetime(2013, 7, 1, 9), date(2013, 7, 8), datetime(2013, 7, 16, 9)),  # noqa: DTZ001 (local time)
    JULY: (datetime(2013, 8, 1, 9), date(2013, 8, 8), datetime(2013, 8, 16, 9)),  # noqa: DTZ001
}
Times = tuple[datetime, date, datetime]
VERSIONS = {JUNE: TO_JUNE, JULY: TO_JULY}
# What was in force in a month, where it is not what is in force now.
TEMPLATES = ROOT / "workbook_templates" / "walsall-children"
FRAMEWORKS = {JUNE: "framework Jun 2013.xlsx"}
# Reviews in time of those due, as the note beside the figure says.
FRACTIONS = {("wal-c06", JULY): ("165", "168")}
STATUS = {"tba": "Delayed", "": "Not available"}
# Where a row of the report belongs: (table, its row) to the key of a line.
LINES = {
    ("Child Protection Plans", "1"): "plans-open",
    ("Child Protection Plans", "2"): "plans-ended",
    ("Child Protection Plans", "3"): "plans-begun",
    ("S47s and ICPCs", "1"): "s47-enquiries",
    ("S47s and ICPCs", "2"): "s47-conferences",
    ("S47s and ICPCs", "3"): "s47-led",
    ("Source of referral", "1"): "source-police",
    ("Source of referral", "2"): "source-health",
    ("Source of referral", "3"): "source-schools",
    ("Source of referral", "4"): "source-housing",
    ("Source of referral", "5"): "source-family",
    ("Source of referral", "6"): "source-others",
    ("Complaints", "1"): "stage-1",
    ("Complaints", "2"): "stage-2",
    ("Complaints", "3"): "stage-3",
    ("Complaints (SB)", "1"): "stage-1",
    ("Complaints (SB)", "2"): "stage-2",
    ("Complaints (SB)", "3"): "stage-3",
    ("Early Help", "1"): "early-received",
    ("Early Help", "2"): "early-up",
    ("Early Help", "3"): "early-down",
}
# And its columns, as they are printed.
COLUMNS = {
    "Mar-12": "Mar 2012",
    "Mar-13": "Mar 2013",
    "Yr to date": "Year to date",
    "Yr to date 13/14": "Year to date",
    "YTD Jun 13": "Year to date",
    "YTD June 13": "Year to date",
    "YTD Jul 13": "Year to date",
    "[YT: header cut off, year to date to July assumed]": "Year to date",
    "12/13 (%)": "2012-13",
    "12/13 % of refs": "2012-13",
    "(%) to Jul- 13": "Year to date",
    "% of these NFAd": "No further action, 2012-13",
    "% NFAd (13/14 at Jul-13)": "No further action, year to date",
}
MONTHS = {"April '13": 4, "May '13": 5, "June 13": 6, "Jul-13": 7}
BY_MONTH = {"Apr 13": "stage-1-apr", "May": "stage-1-may", "[June: month name cut off]": "stage-1-jun"}
COUNTED_SINCE = {
    JUNE: "Six ways in which a case can end are being worked out.",
    JULY: "Six ways in which a case can end will be counted from 16 September 2013.",
}


def measure_rows(folder: Path, framework: Framework, period: Period) -> dict[str, Row]:
    """What is entered on Measures, by the key of the row."""
    rows: dict[str, Row] = {}
    for number, line in enumerate(rows_of(folder, VERSIONS[period]), 1):
        measure = framework.by_key[key_of(number)]
        if measure.about(period) is None:
            continue
        values = dict(periods_of(line))
        rows[measure.key] = row = _entered(measure, period, values.get(period, ""))
        if line["note_own_words"]:
            row.pasted[layout.COMMENTARY] = line["note_own_words"]
        for about in measure.abouts(period)[:-1]:
            if about in values:
                rows[layout.row_key(measure.key, about, period)] = _entered(measure, about, values[about])
    return rows


def _entered(measure: Measure, about: Period, printed: str) -> Row:
    if printed in STATUS:
        return Row(typed={layout.STATUS: STATUS[printed]})
    if (measure.key, about) in FRACTIONS:
        top, bottom = FRACTIONS[measure.key, about]
        return Row(typed={layout.NUMERATOR: top, layout.DENOMINATOR: bottom})
    if not printed.replace(".", "").isdigit():
        return Row(pasted={layout.ACTUAL: printed})
    return Row(typed={layout.ACTUAL: f"{printed}%" if measure.unit.kind == "percent" else printed})


def grid_cells(folder: Path, period: Period) -> dict[tuple[str, str], str]:
    """What is entered in grids, by (key of the line, key of the column)."""
    percent = {line.key for grid in GRIDS for line in grid.lines if line.percent}
    found: dict[tuple[str, str], str] = {}
    with (folder / "tables.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["version"] == VERSIONS[period]]
    for row in rows:
        place = _place(row, period)
        if place:
            value = row["value_as_typed"]
            found[place] = f"{value}%" if place[0] in percent and value != "n/a" else value
    return found


def _place(row: Mapping[str, str], period: Period) -> tuple[str, str] | None:
    label = row["column_label"]
    if row["table"].startswith("Stage 1 complaints by month"):
        return BY_MONTH[label], column_key("Year to date")
    line = LINES.get((row["table"], row["row"]))
    if line is None:  # the table of staffing is the measures of the last section
        return None
    if label in MONTHS:
        back = period.end.month - MONTHS[label]
        name = "This period" if not back else "Period before" if back == 1 else f"{back} periods before"
        return line, column_key(name)
    return line, column_key(COLUMNS[label])


def fill_others(book: Book, data: bytes, cells: Mapping[tuple[str, str], str], words: str) -> None:
    """Enter grids, and what is written under headings."""
    fill_grids(book, data, cells)
    fill_sections(book, data, {END_MEASURES.key: words})


def end_measures(folder: Path, period: Period) -> str:
    """What is written of the outcomes of early help."""
    with (folder / "early_help_end_measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["version"] == VERSIONS[period]]
    listed = "; ".join(f"{row['number']} {row['end_measure'].lower()}" for row in rows)
    return f"{COUNTED_SINCE[period]} They are: {listed}."


def make_walsall_children(data: Path, target: Path) -> list[Path]:
    """The three returns of each month and their sample.toml."""
    target.mkdir(exist_ok=True)
    for old in target.glob("*.xlsx"):
        old.unlink()
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as temporary, Office() as office:
        council = create_workspace(Path(temporary) / "children", example="walsall-children", blank=True)
        for period, times in TIMES.items():
            own = TEMPLATES / FRAMEWORKS[period] if period in FRAMEWORKS else None
            with in_force(council, own) as workspace:
                rounds.append(_round(workspace, office, data, target, period, times))
    *earlier, now = rounds
    write_manifest(target / "sample.toml", now.made, now.issued, now.as_at, earlier)
    return [file for each in rounds for file in each.made]


def _round(workspace: Workspace, office: Office, data: Path, target: Path, period: Period, times: Times) -> Round:
    """The three returns of one month, made with the framework that is in force, and collected."""
    issued, first_day, as_at = times
    rows, cells = measure_rows(data, workspace.framework, period), grid_cells(data, period)
    generated = workspace.generate(period=period, as_at=issued.replace(tzinfo=ZONE))
    typed = {(key, column): text for key, row in rows.items() for column, text in row.typed.items()}
    pasted = {(key, column): text for key, row in rows.items() for column, text in row.pasted.items()}
    made: dict[Path, date] = {}
    for number, blank in enumerate(generated.written):
        day, content = first_day + timedelta(days=number), blank.read_bytes()
        with office.open(blank) as book:
            fill_cells(book, layout.MEASURES, cells_of(content, layout.MEASURES), typed, pasted)
            fill_others(book, content, cells, end_measures(data, period))
            sign(book, content, day)
            book.recalculate()
            saved = book.save_as(target / blank.name)
        settle(saved, datetime.combine(day, time(9)))
        made[saved] = day
        (workspace.returns_folder(period) / blank.name).write_bytes(saved.read_bytes())
    workspace.collect(period=period, as_at=as_at.replace(tzinfo=ZONE))
    return Round(period.label, made, issued, as_at, FRAMEWORKS.get(period, ""))
