"""What was accepted stands, whatever becomes of its file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.collecting import recorded
from perfbook.errors import ArchiveError
from perfbook.framework.periods import parse
from tests.collecting.council import (
    NOW,
    TOO_LATE,
    Share,
    blank,
    filled,
    name_of,
)
from tests.collecting.sums import FULL, HOUSING, PARKS, sums_up


def _vanish(path: Path) -> None:
    path.unlink()


def _corrupt(path: Path) -> None:
    path.write_bytes(b"\x00" * 500)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(("harm", "code"), [(_vanish, "I103"), (_corrupt, "I102"), (_empty, "I102")])
def test_an_accepted_return_stands_whatever_becomes_of_its_file(
    share: Share, harm: Callable[[Path], None], code: str
) -> None:
    path = share.put(HOUSING, filled("housing", FULL, "Certified"))
    before = share.collect()
    harm(path)
    for _ in range(2):
        run = share.collect(NOW + timedelta(days=3))
        sums_up(run)
        assert run.collected.returns == before.collected.returns
        assert run.collected.observations == before.collected.observations
        assert run.codes == [code]
        assert "21 January 2032" in next(f.found for f in run.collected.findings if f.code == code)
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    run = share.collect(NOW + timedelta(days=4))
    assert run.codes == []
    assert run.collected.observations == before.collected.observations


def test_a_return_moved_and_then_changed_is_one_return(share: Share) -> None:
    path = share.put(HOUSING, filled("housing", {"h1": 1}, "Certified"))
    share.collect()
    path.rename(share.folder / "v2.xlsx")
    run = share.collect()
    assert run.verdict("v2.xlsx") == ("accepted", "C003")
    assert HOUSING in run.file("v2.xlsx").reason
    assert run.codes == []
    assert share.collect().verdict("v2.xlsx") == ("unchanged", "C001")
    share.put("v2.xlsx", filled("housing", {"h1": 2}), TOO_LATE)
    run = share.collect()
    assert (run.verdict("v2.xlsx"), run.figure("h1")) == (("accepted", "C002"), Decimal(2))
    assert "I103" not in run.codes


def test_a_return_moved_there_and_back_still_stands(share: Share) -> None:
    path = share.put(HOUSING, filled("housing", FULL, "Certified"))
    share.collect()
    path.rename(share.folder / "v2.xlsx")
    share.collect()
    (share.folder / "v2.xlsx").rename(path)
    assert share.collect().verdict(HOUSING) == ("accepted", "C003")
    path.unlink()
    run = share.collect()
    assert (run.record("housing").state, run.codes) == ("certified", ["I103"])


def test_another_return_saved_over_a_return(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    share.collect()
    share.put(HOUSING, filled("parks", {"p1": 9}))
    for _ in range(2):
        run = share.collect()
        assert (run.record("housing").state, run.record("parks").state) == ("certified", "in progress")
        assert run.codes == ["I103"]
        assert run.figure("h1") == Decimal(12)


def test_a_kept_version_that_cannot_be_read_any_more(share: Share) -> None:
    path = share.put(HOUSING, filled("housing", FULL, "Certified"))
    digest = share.collect().file(HOUSING).sha256
    path.unlink()
    (share.root / "archive" / "blobs" / digest[:2] / digest).write_bytes(b"tampered")
    with pytest.raises(ArchiveError, match=f"{digest} was altered.*backup"):
        share.collect()


def test_what_was_recorded_by_another_perfbook_is_said_to_be_unreadable(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = share.put(HOUSING, filled("housing", FULL, "Certified"))
    with monkeypatch.context() as patch:
        patch.setattr(recorded, "FORMAT", 99)
        share.collect()
    assert share.collect().verdict(HOUSING) == ("unchanged", "C001")
    path.unlink()
    run = share.collect()
    assert run.record("housing").state == "unreadable"
    assert run.codes == ["I105"]
    assert "Update perfbook" in run.collected.findings[0].found
    sums_up(run)


def test_a_return_that_is_being_saved_stands_without_a_word(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    before = share.collect()
    original = Path.open

    def half(path: Path, mode: str = "r") -> object:
        return io.BytesIO(b"PK") if path.name == HOUSING else original(path, mode)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", half)
        run = share.collect()
    assert run.verdict(HOUSING) == ("ignored", "C305")
    assert run.collected.observations == before.collected.observations
    assert run.codes == []


def test_each_period_stands_for_itself(share: Share) -> None:
    path = share.put("return.xlsx", filled("housing", FULL, "Certified", period="2031-32 Q2"))
    assert share.collect(period=parse("2031-32 Q2")).record("housing").state == "certified"
    path.unlink()
    run = share.collect()
    assert {record.state for record in run.collected.returns} == {"not started"}
    assert run.codes == []


# A blank takes nothing away


@pytest.mark.parametrize("state", ["Certified", "Provisional", ""])
def test_a_blank_in_the_place_of_a_return_leaves_it_standing(share: Share, state: str) -> None:
    share.put(HOUSING, filled("housing", FULL, state))
    before = share.collect()
    share.put(HOUSING, blank("housing"), TOO_LATE)
    for _ in range(2):
        run = share.collect()
        assert run.verdict(HOUSING) == ("superseded", "C105")
        assert "still counts" in run.file(HOUSING).reason
        assert "To withdraw" in run.file(HOUSING).reason
        assert run.codes == ["I112"]
        assert run.collected.returns == before.collected.returns
        assert run.collected.observations == before.collected.observations
        assert share.kinds()[3:] == ["received", "accepted", "received", "superseded"]
    # And when the blank is gone as well.
    (share.folder / HOUSING).unlink()
    assert share.collect().record("housing") == before.record("housing")
    # Filled again, it is a new version.
    share.put(HOUSING, filled("housing", {"h1": 99}, "Certified"), TOO_LATE)
    run = share.collect()
    assert (run.verdict(HOUSING), run.figure("h1")) == (("accepted", "C002"), Decimal(99))


def test_a_better_version_elsewhere_ends_what_stood_under_a_blank(share: Share) -> None:
    share.put(HOUSING, filled("housing", {"h1": 1}, "Provisional"))
    share.collect()
    share.put(HOUSING, blank("housing"))
    share.collect()
    better = share.put("better.xlsx", filled("housing", {"h1": 2}, "Certified"))
    assert share.collect().verdict("better.xlsx") == ("accepted", "C000")
    better.unlink()
    run = share.collect()
    assert (run.record("housing").file, run.figure("h1")) == ("better.xlsx", Decimal(2))


# Times


def test_no_sentence_names_a_day_that_had_not_come(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    parks = share.put(PARKS, filled("parks", {"p1": 1}, "Certified"))
    schools = share.put(name_of("schools"), filled("schools", {"s1": 1}))
    share.collect(NOW)
    parks.unlink()
    schools.write_bytes(b"broken")
    run = share.collect(NOW - timedelta(days=3))
    said = [file.reason for file in run.collected.files] + [finding.found for finding in run.collected.findings]
    assert not any("January" in sentence for sentence in said), said
    assert "is as it was read before" in run.file(HOUSING).reason
    assert "21 January 2032" in share.collect(NOW).file(HOUSING).reason
