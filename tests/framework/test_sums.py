"""The sheet Sums: what officers declare to add up, and what comes of it in a return and over a quarter."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from perfbook.checks.across.findings import quarter_findings
from perfbook.framework.model import Framework, Measure, Unit
from perfbook.framework.periods import parse
from perfbook.framework.version import with_version
from perfbook.records import Finding, Observation, Source
from tests.checks.clean import case
from tests.framework.books import problems, read, written

PERIOD = parse("2031-32 Q2")
_DAYS, _SHARE = Unit("days", "number"), Unit("percent", "percent")


def _measure(key: str, title: str, unit: Unit = _DAYS) -> Measure:
    return Measure(key, key.upper(), title, "p", "one", unit, 2, "lower")


@pytest.fixture(scope="module")
def framework() -> Framework:
    measures = (
        _measure("all", "Days of absence"),
        _measure("long", "Long-term absence"),
        _measure("short", "Short-term absence"),
        _measure("share", "Staff absent", _SHARE),
    )
    plain = replace(case(1).framework, measures=measures, targets={})
    return with_version(replace(plain, sums={"all": ("long", "short")}))


def test_the_sheet_comes_back_as_it_was_written(framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(framework, PERIOD))
    assert "Sums" in openpyxl.load_workbook(path).sheetnames
    assert read(path, framework).sums == {"all": ("long", "short")}


def test_it_is_written_only_where_something_adds_up_and_changes_no_version(
    framework: Framework, tmp_path: Path
) -> None:
    without = with_version(replace(framework, sums={}))
    assert without.version == framework.version
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(without, PERIOD))
    assert "Sums" not in openpyxl.load_workbook(path).sheetnames


@pytest.mark.parametrize(
    ("key", "whole", "said"),
    [
        ("long", "al", "There is no measure with the key 'al'."),
        ("all", "all", "all is said to be a part of itself."),
        ("long", "all", "long is a part of all already."),
        ("share", "all", "share is in percent, all in days: they cannot be added up."),
    ],
)
def test_what_cannot_add_up_is_said(framework: Framework, tmp_path: Path, key: str, whole: str, said: str) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Sums"]
        heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=8) for cell in row if cell.value}
        last = max(cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value == "short")
        sheet.cell(last + 1, heads["Key"], key)
        sheet.cell(last + 1, heads["Part of"], whole)

    found = problems(written(framework, PERIOD), edit, tmp_path / "framework.xlsx", framework)
    assert any(said in each for each in found), found


def _found(framework: Framework, **figures: str) -> list[Finding]:
    present = [
        Observation(
            key,
            PERIOD,
            PERIOD,
            "provided",
            Decimal(text),
            source=Source("a.xlsx", "Measures", f"J{number}", text, text),
        )
        for number, (key, text) in enumerate(figures.items(), start=7)
    ]
    return [each for each in quarter_findings(framework, PERIOD, (), present) if each.code == "P108"]


def test_parts_that_are_not_the_whole_are_found_at_the_whole(framework: Framework) -> None:
    (finding,) = _found(framework, all="4.56", long="3.51", short="0.83")
    assert (finding.measure, finding.cell) == ("all", "J7")
    assert finding.found == (
        "ALL Days of absence: 3.51 (LONG Long-term absence) + 0.83 (SHORT Short-term absence) is 4.34, "
        "but 4.56 is given."
    )


def test_rounding_and_figures_that_are_missing_are_no_mistake(framework: Framework) -> None:
    assert _found(framework, all="4.35", long="3.51", short="0.83") == []
    assert _found(framework, all="4.56", long="3.51") == []
    assert _found(replace(framework, sums={}), all="4.56", long="3.51", short="0.83") == []
