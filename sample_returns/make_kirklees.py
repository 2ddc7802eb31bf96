"""Makes Kirklees's completed returns from the published figures (see make_samples.py).

One service pastes its figures as the report prints them (`60 (122 cum)`), the others type each into its cell. Three of
the nine returns come late, and two that lack a figure are signed as provisional.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT, ROOT / "workbook_templates", ROOT / "sample_returns"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from make_kirklees_framework import (  # noqa: E402
    FIVE_STEP,
    Q2,
    STATUSES,
    SUBGROUPS,
    Row,
    action_key,
    keys_of,
    rows_of,
)
from make_samples import Entries, cells_of, fill_cells, settle, sign, write_manifest  # noqa: E402

from perfbook.creating import create_workspace  # noqa: E402
from perfbook.framework.model import Framework  # noqa: E402
from perfbook.returns import actions_layout, layout  # noqa: E402
from perfbook.settings import ZONE  # noqa: E402
from perfbook.workspace import Workspace  # noqa: E402
from tests.support.office import Office  # noqa: E402

ISSUED = datetime(2017, 10, 2, 9)  # noqa: DTZ001 (as sample.toml has it: local time)
# Two weeks after the quarter's returns were due, when the report was put together.
AS_AT = datetime(2017, 11, 6, 9)  # noqa: DTZ001
FIRST_DAY, FIRST_LATE_DAY = date(2017, 10, 16), date(2017, 10, 30)
PASTING = "economy"
PROVISIONAL = ("customer", "finance")
LATE = ("children", "finance", "public-health")
WORDS = {symbol: FIVE_STEP.bands[place].word for place, symbol in enumerate(STATUSES)}
# The action whose service tells the figures of a section of the report.
SECTIONS = {
    "Regeneration": "ERC006",
    "Housing supply": "ERC001",
    "Connectivity": "ERC007",
    "Business support": "ERC009",
    "Waste": "CRO002",
    "New council": "CRO007",
    "Attainment": "EHL013",
    "SEN": "EHL001",
    "Education and employers": "ERC010",
    "Housing need": "ERC003",
    "Community hubs": "EHL004",
    "Community Plus": "ASI006",
    "Cohesion": "OCX002",
    "Children's social care": "CPF001",
    "Wellbeing": "ERC014",
    "Adult assessments": "ASC003",
    "Adult care market": "ASC001",
    "Emergency planning": "PHI008",
}
_BOTH = re.compile(r"(?P<period>\S+) \((?P<running>.+) cum\)")
_BEYOND = re.compile(r"\S+ \(.+\)")


def measure_entries(rows: list[Row], told: list[Row], framework: Framework) -> tuple[Entries, Entries]:
    """What is typed and what is pasted into Measures, by (key of the measure, key of the column)."""
    typed: Entries = {}
    pasted: Entries = {}
    keys = keys_of(rows)
    for row in rows:
        key, status = keys[row["ref"]], row["rag_as_printed"]
        if status in ("", "Missing", "Not Due"):
            continue
        figure = row["q2"] or row["q1"].rpartition(" ")[2]
        both = _BOTH.fullmatch(figure)
        if (both and SUBGROUPS[row["subgroup"]] == PASTING) or (not both and _BEYOND.fullmatch(figure)):
            pasted[key, layout.ACTUAL] = figure
        elif both:
            typed[key, layout.ACTUAL] = both["period"]
            typed[key, layout.TO_DATE] = both["running"]
        else:
            typed[key, layout.ACTUAL] = figure.removesuffix(" days")
        target = framework.target(key, framework.by_key[key].about(Q2))
        if target is None or target.value is None:
            pasted[key, layout.CHOSEN] = WORDS[status]
        words = _told(told, row["ref"])
        if words:
            pasted[key, layout.COMMENTARY] = words
    return typed, pasted


def action_entries(rows: list[Row], told: list[Row]) -> Entries:
    """What is entered into Actions."""
    filled: Entries = {}
    for row in rows:
        key, status = action_key(row), row["status_as_printed"]
        if status == "Missing":
            continue
        filled[key, actions_layout.RATING] = WORDS[status]
        sections = {section for section, code in SECTIONS.items() if code == row["code"]}
        words = _said([each for each in told if each["section_short"] in sections and not each["linked_ref"]])
        if words:
            filled[key, actions_layout.UPDATE] = words
    return filled


def _told(told: list[Row], ref: str) -> str:
    return _said([row for row in told if ref in row["linked_ref"].split("; ")])


def _said(rows: list[Row]) -> str:
    """The figures of the report's narrative, each with what it is about, in our own words."""
    parts = []
    for row in rows:
        when = f" ({row['period']})" if row["period"] else ""
        parts.append(f"{row['item']}: {row['value_as_typed']}{when}.")
    return " ".join(parts)


def make_kirklees(data: Path, target: Path) -> list[Path]:
    """Kirklees's nine returns for 2017-18 Q2 and their sample.toml."""
    made: dict[Path, date] = {}
    target.mkdir(exist_ok=True)
    measures, told = rows_of(data, "measures.csv"), rows_of(data, "narrative_figures.csv")
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        workspace = create_workspace(Path(folder) / "kirklees", example="kirklees", blank=True)
        typed, pasted = measure_entries(measures, told, workspace.framework)
        entered = action_entries(rows_of(data, "actions.csv"), told)
        blanks = _by_directorate(workspace)
        for old in target.glob("*.xlsx"):
            old.unlink()
        for number, (directorate, blank) in enumerate(blanks.items()):
            late = directorate in LATE
            day = (FIRST_LATE_DAY if late else FIRST_DAY) + timedelta(days=number % 5)
            content = blank.read_bytes()
            state = "Provisional" if directorate in PROVISIONAL else "Certified"
            with office.open(blank) as book:
                fill_cells(book, layout.MEASURES, cells_of(content, layout.MEASURES), typed, pasted)
                fill_cells(book, actions_layout.SHEET, cells_of(content, actions_layout.SHEET), {}, entered)
                sign(book, content, day, state)
                book.recalculate()
                saved = book.save_as(target / blank.name)
            settle(saved, datetime.combine(day, time(9)))
            made[saved] = day
    write_manifest(target / "sample.toml", made, ISSUED, AS_AT)
    return list(made)


def _by_directorate(workspace: Workspace) -> Mapping[str, Path]:
    written = workspace.generate(as_at=ISSUED.replace(tzinfo=ZONE)).written
    names = {each.name: each.key for each in workspace.framework.directorates}
    return {next(key for name, key in names.items() if path.stem.endswith(name)): path for path in written}
