"""Makes the completed returns of Walsall's corporate plan: the updates of two quarters, and the evidence beside them.

The updates are told in our own words around the published figures (see make_samples.py).
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT, ROOT / "workbook_templates", ROOT / "sample_returns"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from make_samples import Round, cells_of, fill_cells, settle, sign, write_manifest  # noqa: E402
from make_walsall_plan_framework import Q1, Q2, directorate_of, key_of, rows_of  # noqa: E402
from walsall_plan_texts import TEXTS  # noqa: E402

from perfbook.creating import create_workspace  # noqa: E402
from perfbook.returns import actions_layout, evidence_layout  # noqa: E402
from perfbook.settings import ZONE  # noqa: E402
from tests.support.office import Office  # noqa: E402

# When blanks went out, the day of the first return, the moment to look: for each quarter.
TIMES = {
    Q1: (datetime(2021, 7, 1, 9), date(2021, 7, 26), datetime(2021, 8, 10, 9)),  # noqa: DTZ001 (local time)
    Q2: (datetime(2021, 10, 1, 9), date(2021, 10, 18), datetime(2021, 11, 2, 9)),  # noqa: DTZ001
}
# The report shows a message or a document as evidence; of one marker it shows a stub of the message alone, so that
# file is named and does not lie there.
ENDS = {"e-mail": "eml", "docx": "docx", "docx and e-mail stub": "docx"}
MISSING = "Marker 20 message on street scene.eml"


def evidence_names(folder: Path) -> dict[str, tuple[str, ...]]:
    """The names of the evidence files by the number of the marker."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows_of(folder):
        if row["evidence_present"] == "yes":
            name = f"Marker {int(row['marker_no']):02d} evidence.{ENDS[row['evidence_type']]}"
            found[row["marker_no"]] = (name, MISSING) if "stub" in row["evidence_type"] else (name,)
    return found


def make_walsall_plan(data: Path, target: Path) -> list[Path]:
    """The four returns of each quarter, the evidence of the second, and their sample.toml."""
    target.mkdir(exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    rounds: list[Round] = []
    rows, names = rows_of(data), evidence_names(data)
    with tempfile.TemporaryDirectory() as temporary, Office() as office:
        workspace = create_workspace(Path(temporary) / "plan", example="walsall-plan", blank=True)
        for place, (period, (issued, first_day, as_at)) in enumerate(TIMES.items(), 1):
            told = {(key_of(number), actions_layout.UPDATE): texts[place] for number, texts in TEXTS.items()}
            made: dict[Path, date] = {}
            keys = {each.name: each.key for each in workspace.framework.directorates}
            for number, blank in enumerate(
                workspace.generate(period=period, as_at=issued.replace(tzinfo=ZONE)).written
            ):
                day, content = first_day + timedelta(days=number), blank.read_bytes()
                directorate = next(key for name, key in keys.items() if blank.stem.endswith(name))
                own = [row["marker_no"] for row in rows if directorate_of(row) == directorate]
                files = [(marker, name) for marker in own if period == Q2 for name in names.get(marker, ())]
                with office.open(blank) as book:
                    fill_cells(book, actions_layout.SHEET, cells_of(content, actions_layout.SHEET), {}, told)
                    fill_cells(
                        book,
                        evidence_layout.SHEET,
                        cells_of(content, evidence_layout.SHEET),
                        {},
                        _named(content, files),
                    )
                    sign(book, content, day)
                    book.recalculate()
                    saved = book.save_as(target / blank.name)
                settle(saved, datetime.combine(day, time(9)))
                made[saved] = day
                (workspace.returns_folder(period) / blank.name).write_bytes(saved.read_bytes())
                for marker, name in files:
                    if name != MISSING:
                        made[_evidence(target / name, marker)] = day
            workspace.collect(period=period, as_at=as_at.replace(tzinfo=ZONE))
            rounds.append(Round(period.label, made, issued, as_at))
    *earlier, now = rounds
    write_manifest(target / "sample.toml", now.made, now.issued, now.as_at, earlier)
    return [file for each in rounds for file in each.made]


def _named(content: bytes, files: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The rows of the sheet Evidence."""
    rows: dict[tuple[str, str], str] = {}
    for key, (marker, name) in zip(evidence_layout.ROW_KEYS, files, strict=False):
        rows[key, evidence_layout.SUPPORTS] = f"M{marker}"
        rows[key, evidence_layout.SHOWS] = "What was done in the quarter, as the lead officer reports it."
        rows[key, evidence_layout.WHERE] = name
    return rows


def _evidence(path: Path, marker: str) -> Path:
    """A document or a message with one sentence."""
    words = f"Evidence for marker {marker} of the corporate plan, 2021-22 Q2. Written for the sample."
    if path.suffix == ".eml":
        head = "From: lead@walsall.example\nTo: performance@walsall.example\nSubject: Evidence\n\n"
        path.write_text(f"{head}{words}\n", encoding="ascii", newline="\n")
        return path
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            item = zipfile.ZipInfo(name, (2021, 10, 18, 9, 0, 0))
            package.writestr(item, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{content}')
    path.write_bytes(buffer.getvalue())
    return path
