"""That the benchmark of collecting still measures the present code, and that docs/sizing.md is what it measured."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from benchmarks import _council
from benchmarks import collect as benchmark
from tests.conftest import ROOT


def test_every_line_within_a_collection_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "council"
    _council.make(root, 2)
    parts: dict[str, tuple[float, float]] = {}

    benchmark.whole(root, 2, 1, parts)

    assert set(parts) == set(benchmark.spans_of_collect())


def test_checks_of_rows_are_measured_where_they_are_called(tmp_path: Path) -> None:
    root = tmp_path / "council"
    _council.make(root, 1)
    parts: dict[str, tuple[float, float]] = {}

    benchmark.checks_of_rows(root, 1, parts)

    assert set(parts) == {"checks of rows"}


def test_the_page_on_sizing_is_what_was_measured() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_sizing.py"))
    page = (ROOT / "docs" / "sizing.md").read_text("utf-8")
    assert page == made["page"](page), "Run: python docs/make_sizing.py"
    assert made["PICTURE"].read_text("utf-8") == made["picture"](), "Run: python docs/make_sizing.py"
