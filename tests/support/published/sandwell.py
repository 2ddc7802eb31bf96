from __future__ import annotations

from datetime import date
from pathlib import Path

from perfbook.checks.across.subject import Item, Progress, Subject, Text, Written
from tests.support.published.rows import Row, quotes_of, rows_of, spot

_PROGRESS: dict[str, Progress] = {"Complete": "done", "On Track": "good"}
_FILE = "actions.csv"


def _item(row: Row) -> Item:
    key = row["row"]
    update = {"no update available": "No update available", "blank": ""}.get(row["update_state"], row["update_short"])
    return Item(
        row["action_short"],
        row["bp_ref_normalised"],
        key,
        row["cp_ref"],
        row["theme"],
        row["rating_as_printed"],
        _PROGRESS.get(row["rating_as_printed"], ""),
        (Text("update", update, spot(_FILE, row, "update_short", key)),),
        quotes_of(_FILE, row, "figures", key),
        spot(_FILE, row, "rating_as_printed", key),
    )


def subject(folder: Path) -> Subject:
    """Sandwell, business plan monitoring, Q3 2023-24."""
    rows = rows_of(folder, _FILE)
    codes = [
        Written(name, row[column], "", spot(_FILE, row, column, row["row"]))
        for name, column in (("CP ref", "cp_ref_as_typed"), ("BP ref", "bp_ref_as_typed"))
        for row in rows
    ]
    return Subject(items=tuple(map(_item, rows)), codes=tuple(codes), start=date(2023, 10, 1), end=date(2023, 12, 31))
