"""The tidy tables as a Parquet dataset, partitioned by reporting period: for DuckDB, Power BI, Spark and the like.

    <folder>/<table>/reporting_period=2020-21%20Q2/part.parquet

A figure stands in the partition of the period that it was reported in, whatever period it is about. A quarter brings
its own period and, with the past, those before: a run replaces the partitions that it knows, each as a whole, and
leaves others alone. Columns have the same types in every partition, also where all of one are empty. The name of a
partition is percent-encoded, as readers of such datasets expect (they call the layout Hive's).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from perfbook._files import write_changed
from perfbook.errors import UsageError
from perfbook.records import Quarter
from perfbook.tables import all_tables

if TYPE_CHECKING:
    import pyarrow as pa

PARTITION = "reporting_period"
_PART = "part.parquet"
_NUMBERS = frozenset(
    {
        *("actual", "typed", "numerator", "denominator", "forecast", "to_date", "previous", "last_year"),
        *("target", "target_high", "year_target", "progress", "value", "own"),
    }
)
# `value` of an adjustment may be a band.
_TEXTS = {"adjustments": frozenset({"value"})}
_COUNTS = frozenset({"measures", "answered", "actions", "rated"})
_FLAGS = frozenset({"late", "overdue", "counts"})
_MOMENTS = frozenset({"received", "due", "modified"})


def write_dataset(quarter: Quarter, folder: Path) -> tuple[Path, ...]:
    """Write every table of a quarter below `folder`, and return the files; those that are the same stay untouched.

    Raises UsageError where pyarrow is not installed, CannotWriteError.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs the package pyarrow, which is not installed. Install it with: pip install perfbook[parquet]"
        ) from error
    written = []
    for name, table in all_tables(quarter).items():
        schema = _schema(pa, name, list(table.columns))
        for period, rows in _partitions(table, quarter):
            made = pa.Table.from_pandas(rows, schema=schema, preserve_index=False)
            data = io.BytesIO()
            # No metadata of pandas: it names versions, and the same tables are to give the same bytes.
            parquet.write_table(made.replace_schema_metadata(None), data, compression="zstd")
            path = folder / name / f"{PARTITION}={quote(period, safe='')}" / _PART
            write_changed(path, data.getvalue())
            written.append(path)
    return tuple(written)


def _partitions(table: pd.DataFrame, quarter: Quarter) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each reporting period; all of them are the quarter's own where the table has only those."""
    if "reported_in" not in table.columns:
        yield quarter.period.label, table
        return
    # A period of which nothing is left must not keep what it had.
    found = {period.label: table.iloc[:0] for period in quarter.periods}
    found |= {str(label): rows for label, rows in table.groupby("reported_in", sort=True)}
    for label, rows in found.items():
        yield label, rows.drop(columns="reported_in")


def _schema(pa: Any, table: str, columns: list[str]) -> pa.Schema:
    return pa.schema([(name, _type(pa, table, name)) for name in columns if name != "reported_in"])


def _type(pa: Any, table: str, name: str) -> Any:
    if name in _TEXTS.get(table, ()):
        return pa.string()
    if name in _NUMBERS:
        return pa.float64()
    if name in _COUNTS:
        return pa.int64()
    if name in _FLAGS:
        return pa.bool_()
    return pa.timestamp("us", tz="UTC") if name in _MOMENTS else pa.string()
