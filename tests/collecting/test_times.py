"""When a return was received, and whether it is late."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from perfbook.errors import UsageError
from tests.collecting.council import (
    DUE,
    IN_GRACE,
    IN_TIME,
    ISSUED,
    NOW,
    TOO_LATE,
    Share,
    filled,
)
from tests.collecting.sums import FULL, HOUSING
from tests.unattended import council as two_services


def test_a_time_without_a_zone_is_refused(share: Share) -> None:
    with pytest.raises(UsageError, match="no time zone"):
        share.collect(NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("modified", "seen", "received", "late"),
    [
        (IN_TIME, NOW, IN_TIME, False),
        (IN_GRACE, NOW, IN_GRACE, False),
        (TOO_LATE, NOW, TOO_LATE, True),
        # Times that cannot be true: before the period ended, and in the future.
        (ISSUED - timedelta(days=30), IN_GRACE, IN_GRACE, False),
        (NOW + timedelta(days=900), TOO_LATE, TOO_LATE, True),
    ],
)
def test_when_a_return_was_received(share: Share, modified, seen, received, late: bool) -> None:  # type: ignore[no-untyped-def]
    share.put(HOUSING, filled("housing", FULL, "Certified"), modified)
    record = share.collect(seen).record("housing")
    assert (record.received, record.late, record.overdue) == (received, late, False)
    # A later run knows it still, even if somebody touched the file.
    os.utime(share.folder / HOUSING, (TOO_LATE.timestamp(), TOO_LATE.timestamp()))
    assert share.collect(NOW + timedelta(days=90)).record("housing") == record


def test_grace_ends_with_the_day_in_london(share: Share) -> None:
    due = DUE + timedelta(days=2)
    for seconds, overdue in ((0, False), (1, True)):
        run = share.collect(due + timedelta(seconds=seconds))
        assert {record.overdue for record in run.collected.returns} == {overdue}
    assert run.record("housing").due == DUE


def test_a_correction_does_not_make_a_return_late(share: Share) -> None:
    share.put(HOUSING, filled("housing", {"h1": 1}, "Certified"), IN_TIME)
    share.collect(IN_TIME)
    share.put(HOUSING, filled("housing", {"h1": 2}, "Certified"), TOO_LATE)
    for _ in range(2):
        record = share.collect().record("housing")
        assert (record.received, record.late) == (IN_TIME, False)


def test_only_a_certified_return_is_late_the_others_are_overdue(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Provisional"), TOO_LATE)
    record = share.collect().record("housing")
    assert (record.received, record.late, record.overdue) == (TOO_LATE, False, True)


def test_provisional_in_time_and_certified_late_is_late(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Provisional"), IN_TIME)
    record = share.collect().record("housing")
    assert (record.received, record.late, record.overdue) == (IN_TIME, False, True)
    share.put(HOUSING, filled("housing", FULL, "Certified"), TOO_LATE)
    record = share.collect().record("housing")
    assert (record.received, record.late, record.overdue) == (TOO_LATE, True, False)


def test_two_versions_of_one_day_are_told_apart_by_their_times(tmp_path: Path) -> None:
    workspace = two_services.make_workspace(tmp_path / "council", 2)
    path = min(workspace.returns_folder(two_services.PERIOD).iterdir())
    said = []
    for minutes, hours in ((1, 1), (90, 2), (60 * 24, 26)):
        path.write_bytes(two_services.fill(path.read_bytes(), ["d01-m01"], minutes))
        stamp = two_services.SENT.timestamp() + 60 * minutes
        os.utime(path, (stamp, stamp))
        quarter = workspace.collect(as_at=two_services.BEFORE_DUE + timedelta(hours=hours))
        said.append([each.found for each in quarter.findings if each.code == "I114"])
    assert not said[0]
    (same_day,) = said[1]
    assert "received on 15 January 2032 at 03:00; " in same_day
    assert same_day.endswith("in the version received on 15 January 2032 at 04:00.")
    assert said[2][-1].endswith("in the version received on 16 January 2032.")
