"""That the benchmark of collecting still measures the present code: its own functions, on two returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import _council
from benchmarks import collect as benchmark


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
