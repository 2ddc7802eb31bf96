"""What a framework has otherwise than before, besides figures: listed on Changes, from the record alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Benchmark, Target
from perfbook.framework.version import with_version
from perfbook.workspace import Workspace, open_workspace
from tests.unattended.council import AFTER_DUE, ISSUED, PERIOD, framework, make_workspace

KEY = "d02-m01"


def _changed(workspace: Workspace) -> Workspace:
    """Everything that a reader of the framework can see of one measure is another; one is gone, one is new."""
    made = framework(2, 2)
    first, *others = made.measures_of("d02", PERIOD)
    new = replace(first, key="d02-m09", code="E0209", title="A new one")
    measure = replace(first, title="Told better", polarity="lower", owner="Head of Waste", decimals=1)
    rows = tuple(measure if each == first else each for each in made.measures if each not in others)
    changed = replace(
        made,
        measures=(*rows, new),
        targets={(KEY, PERIOD): Target(Decimal(45), None, "45")},
        benchmarks=(Benchmark(KEY, "County mean", Decimal(44), "44"),),
    )
    book = write_framework(with_version(changed), created=ISSUED, periods=[PERIOD], spare_rows=3)
    (workspace.root / "framework.xlsx").write_bytes(book)
    return open_workspace(workspace.root)


def _rows(workspace: Workspace, as_at: datetime) -> list[tuple[str, ...]]:
    quarter = workspace.consolidate(as_at=as_at).quarter
    return [(each.section, each.key, each.field, each.before, each.now) for each in quarter.framework_changes]


EXPECTED = {
    (KEY, "Title", "Measure 1 of service 2", "Told better"),
    (KEY, "Good is", "Higher is better", "Lower is better"),
    (KEY, "Owner", "", "Head of Waste"),
    (KEY, "Decimals", "0", "1"),
    (KEY, "Comparators", "", "County mean 44"),
    (KEY, f"Target for {PERIOD}", "50", "45"),
    ("d02-m02", "Measure", "Measure 2 of service 2", "Not in the framework any more"),
    ("d02-m09", "Measure", "Not in the framework before", "A new one"),
}


def test_the_framework_of_the_last_consolidation_is_compared_and_each_field_named(tmp_path: Path) -> None:
    made = make_workspace(tmp_path / "council", directorates=2)
    assert _rows(made, AFTER_DUE) == []
    days = [AFTER_DUE + timedelta(days=day) for day in range(4)]
    ws = _changed(made)
    found = _rows(ws, days[1])
    assert {row[0] for row in found} == {"Framework since the last consolidation"}
    assert {row[1:] for row in found} >= EXPECTED
    with ws.scorecard_path(PERIOD).open("rb") as stream:
        sheet = load_workbook(stream, data_only=True)["Changes"]
        shown = ["|".join(str(cell) for cell in row if cell is not None) for row in sheet.values]
    assert any("Told better|Good is|Higher is better|Lower is better|" in row for row in shown)
    # Of one day all consolidations say the same; on the next there is nothing left to say.
    assert _rows(ws, days[1] + timedelta(hours=1)) == found
    assert _rows(ws, days[2]) == []
    assert ws.archive.verify().is_sound


def test_a_closed_period_is_compared_with_the_framework_of_the_day_it_was_closed(tmp_path: Path) -> None:
    made = make_workspace(tmp_path / "council", directorates=2)
    made.collect(as_at=AFTER_DUE)
    made.close(as_at=AFTER_DUE)
    ws = _changed(made)
    for day in (1, 2):
        found = _rows(ws, AFTER_DUE + timedelta(days=day))
        assert {row[0] for row in found} == {f"Framework since {PERIOD} was closed"}
        assert {row[1:] for row in found} >= EXPECTED


def test_the_next_period_is_compared_with_the_framework_of_the_one_before(tmp_path: Path) -> None:
    made = make_workspace(tmp_path / "council", directorates=2)
    made.consolidate(as_at=AFTER_DUE)
    ws = _changed(made)
    later = PERIOD.shift(1)
    ws.generate(period=later, as_at=AFTER_DUE)
    for day in (60, 61):
        quarter = ws.consolidate(period=later, as_at=AFTER_DUE + timedelta(days=day)).quarter
        found = [(each.key, each.field, each.before, each.now) for each in quarter.framework_changes]
        assert {each.section for each in quarter.framework_changes} == {f"Framework since {PERIOD}"}
        assert set(found) >= EXPECTED
