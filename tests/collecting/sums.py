"""What every collection of the council's folder adds up to, and what its tests share."""

from __future__ import annotations

from perfbook.records import OUTCOMES
from tests.collecting.council import Run, name_of

HOUSING = name_of("housing")
PARKS = name_of("parks")
FULL = {"h1": 12, "h2": 7, "h3": 3}


def sums_up(run: Run) -> None:
    """Every file has one outcome with a sentence, every return one state."""
    records = run.collected.returns
    received = sum(record.is_received for record in records)
    states = [record.state for record in records]
    others = sum(states.count(state) for state in ("in progress", "not started", "unreadable"))
    assert len(records) == received + others
    assert [record.directorate for record in records] == ["housing", "parks", "schools"]
    paths = [file.path for file in run.collected.files]
    assert len(paths) == len(set(paths))
    for file in run.collected.files:
        assert file.outcome in OUTCOMES
        assert file.code
        assert file.reason.endswith(".")
        assert "Traceback" not in file.reason
        assert "{" not in file.reason
