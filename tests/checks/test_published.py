"""The published figures of five councils: the page that says what is found in them, and what is found."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from benchmarks import linter as benchmark
from perfbook.checks.across.run import across_findings
from tests.conftest import ROOT
from tests.support.published import READERS, subject_of


def test_the_page_is_what_the_checks_find(shared: Path) -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_published.py"))["page"](shared / "data")
    kept = (ROOT / "docs" / "published-mistakes.md").read_text("utf-8")
    assert kept == made, "Run: python docs/make_published.py ../shared/data"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("dudley_2020_q2", "P101", "62 + 66 + 215 + 26 is 369, not 413. The percentages are of 369."),
        ("dudley_2020_q2", "S301", "107 meets the target of 20, but is marked below target."),
        ("kirklees_2017_q2", "T201", "515 + 1,587 is 2,102, not 2,107."),
        ("kirklees_2017_q2", "W103", "“15 out of the 29” is 51.7%; 48.3%, the figure, is the share of the others."),
        ("sandwell_2023_q3", "X202", "3 rows count up"),
        ("walsall_markers_2021_q2", "V203", "there is no 31st June 2021"),
        ("walsall_sip_2013", "T204", "2012/13 shows 25.2, which the report before had under Jun-13."),
    ],
)
def test_what_is_found(shared: Path, name: str, code: str, words: str) -> None:
    said = [
        f"{each.found} {each.expected}"
        for each in across_findings(subject_of(shared / "data", name))
        if each.code == code
    ]
    assert any(words in each for each in said), said


@pytest.mark.parametrize("name", READERS)
def test_every_finding_says_where_it_is(shared: Path, name: str) -> None:
    for each in across_findings(subject_of(shared / "data", name)):
        assert each.file and each.cell and each.found and each.remedy, each


@pytest.fixture(scope="module")
def met(shared: Path) -> list[benchmark.Met]:
    return benchmark.meet(shared / "data")


def test_most_mistakes_are_found_and_few_findings_are_none(met: list[benchmark.Met]) -> None:
    assert benchmark.good_enough(met), benchmark.shares(met)
    assert not benchmark.good_enough([]), "what finds nothing is not good enough"
    *_, (_, found, count, *_) = benchmark.shares(met, "certain")
    assert found >= 0.9 * count
