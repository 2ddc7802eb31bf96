"""Officers' own work stays through headless refreshes, and what perfbook wrote is what a new book would have."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbook.refreshing import refreshed
from perfbook.refreshing.choices import choices_of
from perfbook.refreshing.refresh import STALE
from perfbook.scorecard.calc_detail import measure_labels
from tests.conftest import Audit
from tests.refreshing import officers
from tests.refreshing.excel_like import by_excel
from tests.refreshing.officers import OWN, changed, fresh
from tests.support.office import Office, compare_cached

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:Print area cannot be set:UserWarning"),
]
ROUNDS = 10
PERIODS = changed(0).periods
LABELS = measure_labels(changed(0).framework)
MEASURES = ("a4", "b2", "a5", "c2")
KINDS = ("openpyxl", "libreoffice", "excel")
# What a refresh may write: sheets of ours and what belongs to their lists, and the charts of ours.
OURS = ("xl/workbook.xml", "xl/styles.xml", "xl/tables/")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def foreign(data: bytes) -> dict[str, bytes]:
    """The parts that are not perfbook's: all but its sheets, tables and charts, the workbook and its styles."""
    names = re.findall(r'<(?:\w+:)?sheet [^>]*?name="([^"]+)"', parts(data)["xl/workbook.xml"].decode())
    number = names.index(OWN) + 1
    last = max(int(name[15:-4]) for name in parts(data) if name.startswith("xl/charts/chart"))
    return {
        name: content
        for name, content in parts(data).items()
        if not name.startswith(OURS)
        and (not name.startswith("xl/worksheets/sheet") or name == f"xl/worksheets/sheet{number}.xml")
        and (not name.startswith("xl/charts/chart") or name == f"xl/charts/chart{last}.xml")
    }


def made(kind: str, office: Office, folder: Path) -> bytes:
    if kind == "openpyxl":
        return officers.by_openpyxl(fresh(0))
    if kind == "excel":
        return by_excel(fresh(0))
    return officers.by_libreoffice(fresh(0), office, folder)


def cells(data: bytes, *, values: bool) -> dict[str, dict[str, Any]]:
    """Everything that stands in the sheets, their own apart, as another reader sees it."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=values)
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book
        if sheet.title != OWN
    }


def require_fresh(ours: bytes, new: bytes) -> None:
    """The figures and formulas of a new book; its first sheet says what is stale."""
    for values in (True, False):
        held, wanted = cells(ours, values=values), cells(new, values=values)
        if values:
            assert held["Summary"].pop("A3") == STALE
            wanted["Summary"].pop("A3", None)
        assert held.keys() == wanted.keys()
        for sheet in wanted:
            mine, other = ({a: _same(v) for a, v in found[sheet].items() if v != ""} for found in (held, wanted))
            wrong = [
                (sheet, a, mine.get(a), other.get(a)) for a in mine.keys() | other.keys() if mine.get(a) != other.get(a)
            ]
            assert not wrong, wrong[:10]


def _same(value: Any) -> Any:
    # How a formula is written is each program's own.
    return value.replace(" ", "").replace("'", "") if isinstance(value, str) and value.startswith("=") else value


def sparklines(data: bytes) -> set[tuple[str, ...]]:
    """Where the sparklines of Scorecard stand, what they show and whether their axis begins at nought."""
    text = parts(data)["xl/worksheets/sheet2.xml"].decode()
    groups = re.findall(r"<x14:sparklineGroup (.*?)>.*?<xm:f>(.*?)</xm:f><xm:sqref>(.*?)</xm:sqref>", text)
    return {(cell, ref, str("minAxisType" in attributes)) for attributes, ref, cell in groups}


def charts(data: bytes) -> set[str]:
    """What viewers that do not calculate draw."""
    found = (content.decode() for name, content in parts(data).items() if name.startswith("xl/charts/chart"))
    return {reference for text in found for reference in re.findall(r"<c:f>.*?</c:(?:num|str)Cache>", text)}


@pytest.mark.parametrize("kind", KINDS)
def test_ten_refreshes_with_other_figures_and_periods(kind: str, office: Office, tmp_path: Path, audit: Audit) -> None:
    start = made(kind, office, tmp_path)
    kept, data = foreign(start), start
    assert choices_of(data).notes == {"a1": officers.NOTES["T6"], "a3": officers.NOTES["T8"]}
    for round_ in range(1, ROUNDS + 1):
        period = PERIODS[round_ % len(PERIODS)]
        key = MEASURES[round_ % len(MEASURES)]
        data = officers.choosing(data, period, LABELS[key])
        held = choices_of(data)
        assert (held.period, held.measure_key) == (period.label, key)
        new = fresh(round_, period, dict(held.notes), key)
        done = refreshed(data, new)
        assert done.sentences == ()
        if round_ == 3:
            assert refreshed(data, new).data == done.data, "the same books give the same bytes"
            assert refreshed(done.data, new).data == done.data, "what is fresh already stays as it is"
        data = done.data
        # Byte for byte: their sheet and chart, comments, printers, texts, calculation order, document properties.
        assert foreign(data) == kept
        if round_ in (3, ROUNDS):
            require_fresh(data, new)
        if kind == "excel":
            assert sparklines(data) == sparklines(new)
            assert charts(data) >= charts(new)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert {address: book[OWN][address].value for address in officers.FORMULAS} == officers.FORMULAS
    assert len(book[OWN]._charts) == 1
    assert book.defined_names["my_rate"].attr_text == f"'{OWN}'!$B$6"
    assert {address: book["Scorecard"][address].value for address in officers.NOTES} == officers.NOTES
    assert book["Scorecard"].column_dimensions["B"].width > 45
    assert book["Summary"][officers.CHOSEN].value == PERIODS[0].label
    assert book["Detail"][officers.CHOSEN].value == LABELS[MEASURES[ROUNDS % len(MEASURES)]]
    # A macro that writes `01` where a refresh wrote a text writes a text too.
    commentaries = [cell for row in book["Data commentary"].iter_rows(min_row=2, min_col=2) for cell in row]
    assert {cell.number_format for cell in commentaries if cell.value is not None} == {"@"}
    path = tmp_path / "refreshed.xlsx"
    path.write_bytes(data)
    if kind == "excel":
        assert audit(path) == []
    compared = compare_cached(path, office)
    assert compared.formulas > 1500
    # Their own formulas, and the sentence on the first sheet that says so, are put right by whoever calculates.
    stale = {(each.sheet, each.cell) for each in compared.mismatches}
    assert ("Summary", "A3") in stale
    assert {sheet for sheet, _ in stale - {("Summary", "A3")}} == {OWN}
