"""Nothing is lost: every cell of a spreadsheet is placed where it can be found again, or listed with a reason."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from perfbook.framework.book import read_framework
from perfbook.framework.model import Framework
from perfbook.importing.proposal import Proposal
from perfbook.importing.run import framework_bytes
from tests.importing.house import ALL
from tests.importing.messy import messy
from tests.importing.sheets import proposed, source, workbook

WORDS = st.sampled_from(
    ["Bins", "Homes let", "% of reviews", "n/a", "Days lost", "\u0410SC3", "Total", "Note: x", "x" * 200]
)
VALUES = st.one_of(
    st.none(),
    st.integers(-5, 5000),
    st.floats(-2, 200, allow_nan=False).map(lambda number: round(number, 3)),
    st.sampled_from(
        [
            "76.8%",
            "76.8% (113/147)",
            "60 (122 cum)",
            "\u00a3.03m (\u00a32m cum)",
            "5.89 Days",
            "n/a",
            "-",
            "tba",
            "New",
            "10-15%",
            "No target",
            "Missing",
            "G",
            "R",
            "AG",
            "\u2191",
            "improved",
            "1,234",
            "1.234,5",
            "#REF!",
            "TRUE",
            "Q1",
            "12/13",
            " ",
        ]
    ),
)
# fmt: off
HEADERS = st.sampled_from([
    "Ref", "Code", "Measure", "Indicator", "Description", "Owner", "Unit", "Polarity", "Priority", "Service",
    "RAG", "DoT", "Frequency", "Q1 20/21", "Q2 20/21", "2019/20 outturn", "Apr-20", "Target",
    "Target 2020/21", "Benchmark", "Comments", "Variance", "Quux", "E-mail", "Decimals", "Numerator",
    "Actual", "Cumulative?", "", "2019", "Arrears",
])
# fmt: on
ROW = st.lists(st.one_of(VALUES, WORDS), min_size=1, max_size=9)


def _filled(data: bytes) -> dict[tuple[str, str], object]:
    """Every cell with something in it, as openpyxl sees it."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in load_workbook(io.BytesIO(data)).worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None and str(cell.value).strip()
    }


def _demand_account(data: bytes, found: Proposal) -> None:
    placed = {(fate.cell.sheet, fate.cell.address): fate.words for fate in found.ledger.placed}
    listed = {(fate.cell.sheet, fate.cell.address): fate.words for fate in found.ledger.listed}
    assert not placed.keys() & listed.keys()
    assert placed.keys() | listed.keys() == _filled(data).keys()
    assert len(placed) + len(listed) == found.cells
    assert all(placed.values()) and all(listed.values())


@settings(max_examples=80)
@given(
    head=st.lists(HEADERS, min_size=2, max_size=9),
    above=st.lists(WORDS, max_size=2),
    rows=st.lists(ROW, min_size=1, max_size=8),
)
def test_every_cell_of_any_table_is_placed_or_listed(
    head: list[str], above: list[str], rows: list[list[object]]
) -> None:
    table = [
        *([text] for text in above),
        ["Measure", "Q3 2020/21", *head],
        *(["A measure", 1, *row] for row in rows),
        *rows,
    ]
    data = workbook(("Sheet", table), ("Notes", [["Ask the team."]]))
    _demand_account(data, proposed(data))


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_every_cell_of_the_councils_spreadsheets_is_placed_or_listed(make: object, shared: Path) -> None:
    data = make(shared / "data").data  # type: ignore[operator]
    _demand_account(data, proposed(data))


def test_every_cell_of_a_messy_spreadsheet_is_placed_or_listed() -> None:
    _demand_account(messy(), proposed(messy()))


def _read(found: Proposal, data: bytes, path: Path) -> Framework:
    path.write_bytes(framework_bytes(found, source(data)))
    framework = found.framework
    return read_framework(
        path,
        council=framework.council,
        year_start=framework.year_start,
        reporting=framework.reporting,
        default_scheme=framework.default_scheme,
    )


def _said(framework: Framework) -> Mapping[str, str]:
    """Everything that a framework shows of each measure, by key."""
    said: dict[str, str] = {}
    names = {each.key: each.name for each in (*framework.priorities, *framework.directorates)}
    for each in framework.measures:
        texts = [each.code, each.title, each.owner, each.definition, each.note, each.unit.label, each.polarity]
        said[each.key] = "\n".join([*texts, names[each.priority], names[each.directorate]])
    for (key, _), figure in framework.past.items():
        said[key] += f"\n{figure.shown}"
    for (key, _), target in framework.targets.items():
        said[key] += f"\n{target.shown}"
    for benchmark in framework.benchmarks:
        said[benchmark.measure] += f"\n{benchmark.label}"
    return said


@pytest.mark.parametrize("make", [*ALL, lambda _: None], ids=lambda make: make.__name__)
def test_what_is_said_to_be_placed_stands_in_the_workbook_that_is_read_back(
    make: object, shared: Path, tmp_path: Path
) -> None:
    house = make(shared / "data")  # type: ignore[operator]
    data = house.data if house else messy()
    found = proposed(data)
    framework = _read(found, data, tmp_path / "framework.xlsx")
    assert framework.version == found.framework.version
    said = _said(framework)
    for fate in found.ledger.placed:
        where, _, key = fate.words.rpartition(" of ")
        if not where.startswith(("Measures, Title", "Measures, Owner", "Measures, Note", "Past figures", "Benchmarks")):
            continue
        assert " ".join(fate.cell.shown.split()) in " ".join(said[key].split()), fate
