"""Makes the completed returns of the sample councils from their published figures.

    python sample_returns/make_samples.py [DATA]

Blank returns are generated from workbook_templates/<council> as an officer would, then filled in LibreOffice as
managers would: fractions in their cells, percentages and numbers typed, and what a cell would refuse (`4.35 Days`)
pasted as text. DATA is the folder of published figures, by default ../shared/data beside the project.

Run it again after every change of a template or of the return's layout.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

ROOT = Path(__file__).resolve().parents[1]
for place in (ROOT, ROOT / "workbook_templates"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from dudley_services import summary_texts, workforce_cells  # noqa: E402

from perfbook.creating import create_workspace  # noqa: E402
from perfbook.framework.model import Framework  # noqa: E402
from perfbook.framework.periods import parse  # noqa: E402
from perfbook.returns import grids_layout, layout, sections_layout  # noqa: E402
from perfbook.returns.identity import return_name  # noqa: E402
from perfbook.settings import ZONE  # noqa: E402
from tests.support.office import Book, Office  # noqa: E402

ISSUED = datetime(2020, 10, 1, 9)  # noqa: DTZ001 (as sample.toml has it: local time)
AS_AT = datetime(2020, 10, 20, 9)  # noqa: DTZ001
FIRST_DAY = date(2020, 10, 12)
ROLE = "Head of Service"
Q2 = parse("2020-21 Q2")

_FRACTION = re.compile(r"(?P<shown>[\d.]+%) \((?P<top>\d+)/(?P<bottom>\d+)\)")
_PLAIN = re.compile(r"[\d.,]+%?")


# What is entered, and where cells are, by (key of the row, key of the column).
Entries = dict[tuple[str, str], str]
Places = dict[tuple[str, str], str]


@dataclass
class Row:
    """What a manager enters for one measure: typed (understood by the cell) or pasted (text as it is)."""

    typed: dict[str, str] = field(default_factory=dict)
    pasted: dict[str, str] = field(default_factory=dict)


def dudley_rows(data: Path, framework: Framework) -> dict[str, Row]:
    """The rows of Dudley's return by measure key, from the published figures."""
    words = _commentary(data / "commentary.csv")
    keys = {measure.code: measure.key for measure in framework.measures}
    rows: dict[str, Row] = {}
    with (data / "measures.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            row = rows[keys[line["code"]]] = _figure(line["reported_actual"])
            commentary, action = words.get(line["code"], ("", ""))
            for key, text in (
                (layout.COMMENTARY, commentary or line["commentary_own_words"]),
                (layout.ACTION, action),
            ):
                if text:
                    row.pasted[key] = text
    return rows


def _figure(published: str) -> Row:
    """The published text as a manager would enter it."""
    if published.lower().startswith("delay"):
        return Row(typed={layout.STATUS: "Delayed"})
    fraction = _FRACTION.fullmatch(published)
    if fraction:
        typed = {layout.NUMERATOR: fraction["top"], layout.DENOMINATOR: fraction["bottom"]}
        return Row(typed={**typed, layout.ACTUAL: fraction["shown"]})
    if _PLAIN.fullmatch(published):
        return Row(typed={layout.ACTUAL: published})
    return Row(pasted={layout.ACTUAL: published})


def _commentary(path: Path) -> dict[str, tuple[str, str]]:
    """Commentary and recovery action of each code."""
    found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found[line["code"]]["action" in line["kind"]].append(line["commentary_own_words"])
    return {code: (" ".join(texts[0]), " ".join(texts[1])) for code, texts in found.items()}


def cells_of(data: bytes, sheet: str) -> Places:
    """Where the cells of a sheet of a return are, by (key of the row, key of the column); none where it is missing."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    if sheet not in book.sheetnames:
        return {}
    columns = {str(cell.value): get_column_letter(cell.column) for cell in book[sheet][1] if cell.value}
    rows = {str(cell.value): cell.row for cell in book[sheet]["A"] if cell.value}
    return {(key, column): f"{letter}{row}" for key, row in rows.items() for column, letter in columns.items()}


def fill_cells(book: Book, sheet: str, cells: Places, typed: Entries, pasted: Entries) -> None:
    """Enter what belongs on this sheet: typed (understood by the cell) or pasted (text as it is)."""
    for entries, enter in ((typed, book.type_cell), (pasted, book.set_cell)):
        for place, text in entries.items():
            if place in cells:
                enter(sheet, cells[place], text)


def fill_grids(book: Book, data: bytes, cells: Mapping[tuple[str, str], str]) -> None:
    """Enter what belongs in the grids of a return, by (key of the line, key of the column)."""
    figures = {(line, f"{grids_layout.FIGURE}{column}"): text for (line, column), text in cells.items()}
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        if str(sheet["A1"].value or "").startswith(grids_layout.GRID_MARK):
            fill_cells(book, sheet.title, cells_of(data, sheet.title), figures, {})


def fill_sections(book: Book, data: bytes, texts: Mapping[str, str]) -> None:
    """Enter what is written under the headings (keys) of a return."""
    written = {(key, sections_layout.TEXT): text for key, text in texts.items()}
    fill_cells(book, sections_layout.SHEET, cells_of(data, sections_layout.SHEET), {}, written)


def sign(book: Book, data: bytes, day: date, state: str = "Certified") -> None:
    """Sign a return."""
    start = openpyxl.load_workbook(io.BytesIO(data))[layout.START]
    fields = {str(cell.value): f"C{cell.row}" for cell in start["A"] if cell.value}
    signed = {layout.SIGN_STATE: state, layout.SIGN_ROLE: ROLE, layout.SIGN_DATE: f"{day:%d/%m/%Y}"}
    for name, text in signed.items():
        book.type_cell(layout.START, fields[name], text)


def make_dudley(data: Path, target: Path) -> list[Path]:
    """Dudley's nine returns for 2020-21 Q2 and their sample.toml."""
    made: dict[Path, date] = {}
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        workspace = create_workspace(Path(folder) / "dudley", example="dudley", blank=True)
        rows = dudley_rows(data, workspace.framework)
        typed = {(key, column): text for key, row in rows.items() for column, text in row.typed.items()}
        pasted = {(key, column): text for key, row in rows.items() for column, text in row.pasted.items()}
        grids, summaries = workforce_cells(data), summary_texts(data)
        framework = workspace.framework
        by_name = {return_name(framework, each.key, Q2): each.key for each in framework.directorates}
        generated = workspace.generate(as_at=ISSUED.replace(tzinfo=ZONE))
        for old in target.glob("*.xlsx"):
            old.unlink()
        for number, blank in enumerate(generated.written):
            day = FIRST_DAY + timedelta(days=number % 5)
            content = blank.read_bytes()
            with office.open(blank) as book:
                fill_cells(book, layout.MEASURES, cells_of(content, layout.MEASURES), typed, pasted)
                fill_grids(book, content, grids.get(by_name[blank.name], {}))
                fill_sections(book, content, summaries.get(by_name[blank.name], {}))
                sign(book, content, day)
                book.recalculate()
                saved = book.save_as(target / blank.name)
            settle(saved, datetime.combine(day, time(9)))
            made[saved] = day
    write_manifest(target / "sample.toml", made, ISSUED, AS_AT)
    return list(made)


def settle(path: Path, moment: datetime) -> None:
    """Replace the time of this run by the day of the sign-off, so that a second run makes the same bytes."""
    with zipfile.ZipFile(path) as package:
        parts = [(item.filename, package.read(item)) for item in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>%sZ" % moment.isoformat().encode(), content
                )
            item = zipfile.ZipInfo(name, (moment.year, moment.month, moment.day, moment.hour, 0, 0))
            item.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(item, content)


@dataclass(frozen=True)
class Round:
    """The returns of an earlier period: each with the day of its sign-off, when they were sent out, when to look.

    `framework` is the name of the workbook that was in force then, where it has one of its own.
    """

    period: str
    made: dict[Path, date]
    issued: datetime
    as_at: datetime
    framework: str = ""


def write_manifest(
    path: Path, made: dict[Path, date], issued: datetime, as_at: datetime, earlier: Sequence[Round] = ()
) -> None:
    """Write sample.toml: when the blanks were sent out, when each completed return came, when to look."""
    lines = [
        "# When the sample's blank returns were sent out, when each completed one came, and the moment to look at the",
        "# quarter. All times are local (Europe/London). Written by make_samples.py.",
        f"issued = {issued.isoformat()}",
        f"as_at = {as_at.isoformat()}",
        "",
        "[received]",
        *_received(made),
    ]
    for each in earlier:
        lines += ["", "[[earlier]]", f'period = "{each.period}"', f"issued = {each.issued.isoformat()}"]
        lines.append(f"as_at = {each.as_at.isoformat()}")
        if each.framework:
            lines += ["# What was in force then, of the example's folder.", f'framework = "{each.framework}"']
        lines += ["", "[earlier.received]", *_received(each.made)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _received(made: dict[Path, date]) -> list[str]:
    moments = (
        (file.name, datetime.combine(day, time(10 + number % 6, 5 * number % 60)))
        for number, (file, day) in enumerate(made.items())
    )
    return [f'"{name}" = {moment.isoformat()}' for name, moment in moments]


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    make_dudley(source / "dudley_2020_q2", ROOT / "sample_returns" / "dudley")
    from make_kirklees import make_kirklees
    from make_sandwell import make_sandwell
    from make_walsall_children import make_walsall_children
    from make_walsall_plan import make_walsall_plan

    make_sandwell(source / "sandwell_2023_q3", ROOT / "sample_returns" / "sandwell")
    make_kirklees(source / "kirklees_2017_q2", ROOT / "sample_returns" / "kirklees")
    make_walsall_children(source / "walsall_sip_2013", ROOT / "sample_returns" / "walsall-children")
    make_walsall_plan(source / "walsall_markers_2021_q2", ROOT / "sample_returns" / "walsall-plan")
