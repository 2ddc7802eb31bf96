"""The tidy tables as a Parquet dataset, read back by DuckDB."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from perfbook.cli import cli
from perfbook.dataset import write_dataset
from perfbook.demo import Demo, run_demo
from perfbook.errors import UsageError
from perfbook.records import Quarter
from perfbook.tables import all_tables


@pytest.fixture(scope="module", params=["dudley", "sandwell", "walsall-children"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    yield run_demo(request.param, tmp_path_factory.mktemp("dataset") / "demo", None)


@pytest.fixture
def quarter(demo: Demo) -> Quarter:
    return demo.consolidation.quarter


def read(folder: Path, name: str) -> pd.DataFrame:
    """A table of the dataset as DuckDB sees it, its partition under the name that the table itself has."""
    with duckdb.connect() as base:
        base.execute("set timezone = 'UTC'")
        found = base.execute(
            "select * from read_parquet(?, hive_partitioning = true, hive_types_autocast = false)",
            [str(folder / name / "*" / "*.parquet")],
        ).df()
    return found.rename(columns={"reporting_period": "reported_in"})


def plain(value: object) -> object:
    """A cell in a form in which both sides can be compared."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return value


def rows(table: pd.DataFrame, columns: list[str]) -> list[tuple[str, ...]]:
    return sorted(tuple(repr(plain(row[name])) for name in columns) for row in table.to_dict("records"))


def test_duckdb_reads_back_every_table(quarter: Quarter, tmp_path: Path) -> None:
    write_dataset(quarter, tmp_path)
    for name, table in all_tables(quarter).items():
        back = read(tmp_path, name)
        columns = [column for column in table.columns if column in back.columns]
        assert set(columns) == set(table.columns), name
        if "reported_in" not in columns and len(table):
            assert set(back.reported_in) == {quarter.period.label}
        assert rows(back, columns) == rows(table, columns), name
    figures = read(tmp_path, "observations")
    assert len(figures) == len(quarter.observations)


def test_the_same_quarter_gives_the_same_bytes_and_touches_nothing(quarter: Quarter, tmp_path: Path) -> None:
    first = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in write_dataset(quarter, tmp_path)}
    again = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in write_dataset(quarter, tmp_path)}
    assert first == again


def test_an_earlier_quarter_leaves_later_ones_alone_and_a_figure_taken_back_goes(
    quarter: Quarter, tmp_path: Path
) -> None:
    write_dataset(quarter, tmp_path)
    before = read(tmp_path, "observations")
    later = quarter.period.shift(1)
    moved = [replace(each, reported_in=later) for each in quarter.observations if each.reported_in == quarter.period]
    write_dataset(replace(quarter, period=later, periods=(later,), observations=tuple(moved[:3])), tmp_path)
    after = read(tmp_path, "observations")
    assert len(after) == len(before) + len(moved[:3])
    write_dataset(replace(quarter, observations=()), tmp_path)
    assert set(read(tmp_path, "observations").reported_in) <= {later.label}


def test_the_command_writes_what_it_says(demo: Demo, tmp_path: Path) -> None:
    root, moment = demo.workspace.root, demo.consolidation.quarter.as_at.isoformat()
    done = CliRunner().invoke(
        cli, ["tables", "-w", str(root), "--as-at", moment, "--no-collect", "--to", str(tmp_path), "--json"]
    )
    assert done.exit_code in (0, 1), done.output
    assert json.loads(done.output)["outputs"] == {"tables": str(tmp_path)}
    assert len(read(tmp_path, "returns")) == len(demo.consolidation.quarter.returns)


def test_without_pyarrow_a_sentence_says_what_to_install(
    quarter: Quarter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install perfbook\[parquet\]"):
        write_dataset(quarter, tmp_path)
    assert not list(tmp_path.iterdir())
