from __future__ import annotations

import hashlib
import io
import os
import random
import shutil
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.collecting import outcomes, recorded
from perfbook.collecting.archive import Archive
from perfbook.collecting.intake import examine
from perfbook.collecting.isolation import Readers
from perfbook.errors import ArchiveError, UsageError
from perfbook.framework.periods import parse
from perfbook.records import OUTCOMES
from perfbook.returns import reader
from tests.collecting.council import (
    DUE,
    IN_GRACE,
    IN_TIME,
    ISSUED,
    LONDON,
    NOW,
    PERIOD,
    TOO_LATE,
    Run,
    Share,
    blank,
    council,
    filled,
    name_of,
)

HOUSING = name_of("housing")
PARKS = name_of("parks")
FULL = {"h1": 12, "h2": 7, "h3": 3}


def _sums_up(run: Run) -> None:
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


# States and outcomes


def test_an_empty_folder(share: Share) -> None:
    run = share.collect(ISSUED)
    _sums_up(run)
    assert [record.state for record in run.collected.returns] == ["not started"] * 3
    assert not any(record.overdue for record in run.collected.returns)
    assert run.collected.observations == ()
    assert share.kinds() == ["issued"] * 3


def test_no_such_folder(share: Share) -> None:
    share.folder.rmdir()
    with pytest.raises(UsageError, match="returns"):
        share.collect()


def test_the_states_of_a_return(share: Share) -> None:
    share.put(HOUSING, blank("housing"))
    share.put(PARKS, filled("parks", {"p1": 5}))
    share.put(name_of("schools"), filled("schools", {"s1": 4}, "Provisional"))
    run = share.collect(IN_TIME)
    _sums_up(run)
    assert [record.state for record in run.collected.returns] == ["not started", "in progress", "provisional"]
    assert [(record.answered, record.measures) for record in run.collected.returns] == [(0, 3), (1, 1), (1, 1)]
    assert [record.received for record in run.collected.returns] == [None, None, IN_TIME]
    assert {file.code for file in run.collected.files} == {outcomes.ACCEPTED}
    assert run.codes == []


def test_a_certified_return_arrives_with_its_figures(share: Share) -> None:
    path = share.put(HOUSING, filled("housing", FULL, "Certified"))
    run = share.collect()
    record = run.record("housing")
    assert (record.state, record.file, record.measures, record.answered) == ("certified", HOUSING, 3, 3)
    assert record.sign_off
    assert record.sign_off.role == "Head of Service"
    assert [o.measure for o in run.collected.observations] == ["h1", "h2", "h3"]
    assert run.figure("h1") == Decimal(12)
    source = run.collected.observations[0].source
    assert source
    assert source.file == HOUSING
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.received == IN_TIME
    assert run.file(HOUSING).directorate == "housing"
    assert run.file(HOUSING).modified == IN_TIME
    assert share.archive.load(source.sha256) == path.read_bytes()


def test_a_file_is_known_by_its_identity_and_not_by_its_name(share: Share) -> None:
    share.put("sub folder/Copy of final v2 (1).xlsx", filled("parks", {"p1": 5}, "Certified"))
    share.put(PARKS, filled("housing", FULL))
    run = share.collect()
    assert run.record("parks").file == "sub folder/Copy of final v2 (1).xlsx"
    assert run.record("housing").file == PARKS
    assert (run.record("parks").state, run.record("housing").state) == ("certified", "in progress")


def test_a_second_run_changes_nothing_and_says_unchanged(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    share.put(PARKS, filled("parks", {"p1": 5}))
    share.put("Copy of parks.xlsx", filled("parks", {"p1": 5}))
    share.put("old.xlsx", filled("housing", {"h1": 1}))
    share.put("broken.xlsx", b"no workbook")
    share.put("notes.pdf", b"%PDF")
    share.put("~$x.xlsx", b"owner")
    first = share.collect()
    log = (share.root / "archive" / "log.jsonl").read_bytes()
    # The lock file comes and goes; only the other file that is no return is worth a line.
    assert [e.data["path"] for e in share.archive.events("ignored")] == ["notes.pdf"]
    second = share.collect(NOW + timedelta(days=1))
    third = share.collect(NOW + timedelta(days=2))
    assert (share.root / "archive" / "log.jsonl").read_bytes() == log
    assert {path: second.verdict(path) for path in (HOUSING, PARKS)} == {
        HOUSING: ("unchanged", "C001"),
        PARKS: ("unchanged", "C001"),
    }
    assert second.collected.returns == first.collected.returns == third.collected.returns
    assert second.collected.observations == first.collected.observations
    assert second.collected.findings == first.collected.findings
    assert second.collected == third.collected
    others = [f.path for f in first.collected.files if f.outcome != "accepted"]
    assert [second.file(path) for path in others] == [first.file(path) for path in others]
    assert "21 January 2032" in second.file(HOUSING).reason


def test_a_new_version_in_the_same_place_counts_and_three_versions_are_three_events(share: Share) -> None:
    first, second = filled("housing", {"h1": 1}), filled("housing", {"h1": 2})
    for day, data in enumerate((first, second, first)):
        share.put(HOUSING, data, IN_TIME + timedelta(days=day))
        run = share.collect(NOW + timedelta(days=day))
        assert run.verdict(HOUSING) == ("accepted", "C002" if day else "C000")
    assert share.kinds()[3:] == ["received", "accepted"] * 3
    assert run.figure("h1") == Decimal(1)
    # Two workbooks, and what each said.
    assert share.archive.verify().blobs == 4


def test_a_newer_version_in_the_same_place_counts_even_if_it_is_signed_less(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    share.collect()
    share.put(HOUSING, filled("housing", FULL))
    for _ in range(2):
        run = share.collect()
        assert run.record("housing").state == "in progress"
        assert run.codes == ["I104"]


@pytest.mark.parametrize(
    ("better", "worse", "code"),
    [
        (("Certified", IN_TIME), ("Provisional", TOO_LATE), "C102"),
        (("Provisional", IN_TIME), ("", TOO_LATE), "C102"),
        (("", TOO_LATE), ("", IN_TIME), "C103"),
        (("Certified", TOO_LATE), ("Certified", IN_TIME), "C103"),
        (("", IN_TIME), ("", IN_TIME), "C104"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_which_of_two_versions_counts(
    share: Share, better: tuple[str, object], worse: tuple[str, object], code: str, swapped: bool
) -> None:
    names = ("b.xlsx", "a.xlsx") if swapped and code != "C104" else ("a.xlsx", "b.xlsx")
    share.put(names[0], filled("housing", {"h1": 100}, better[0]), better[1])  # type: ignore[arg-type]
    share.put(names[1], filled("housing", {"h1": 200}, worse[0]), worse[1])  # type: ignore[arg-type]
    run = share.collect()
    assert run.verdict(names[0]) == ("accepted", "C000")
    assert run.verdict(names[1]) == ("superseded", code)
    assert run.file(names[1]).reason.startswith(f"{names[0]} counts for Housing & Estates")
    assert run.figure("h1") == Decimal(100)
    assert run.codes == ["I106" if code == "C102" else "I110"]
    assert share.kinds()[3:] == ["received", "received", "accepted", "superseded"]


def test_a_blank_copy_never_beats_a_filled_return(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL), IN_TIME)
    share.put("again.xlsx", blank("housing"), TOO_LATE)
    run = share.collect()
    assert run.verdict("again.xlsx") == ("superseded", "C102")
    assert run.record("housing").state == "in progress"
    assert run.codes == []


def test_the_same_content_under_two_names(share: Share) -> None:
    data = filled("housing", FULL, "Certified")
    share.put("A copy.xlsx", data, IN_TIME)
    share.put(HOUSING, data, TOO_LATE)
    run = share.collect()
    assert run.verdict(HOUSING) == ("accepted", "C000")
    assert run.verdict("A copy.xlsx") == ("superseded", "C101")
    assert HOUSING in run.file("A copy.xlsx").reason
    assert run.codes == []


def test_a_better_version_takes_over_and_gives_way_when_it_is_changed(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}, "Provisional"))
    share.collect()
    share.put("b.xlsx", filled("housing", {"h1": 2}, "Certified"))
    run = share.collect()
    assert (run.verdict("a.xlsx"), run.figure("h1")) == (("superseded", "C102"), Decimal(2))
    share.put("b.xlsx", filled("housing", {"h1": 3}))
    run = share.collect()
    assert run.verdict("a.xlsx") == ("accepted", "C004")
    assert (run.verdict("b.xlsx"), run.figure("h1")) == (("superseded", "C102"), Decimal(1))
    run = share.collect()
    assert run.verdict("a.xlsx") == ("unchanged", "C001")


def test_a_version_that_lost_counts_when_the_other_falls_behind(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}, "Certified"))
    share.put("b.xlsx", filled("housing", {"h1": 2}, "Provisional"))
    assert share.collect().verdict("b.xlsx") == ("superseded", "C102")
    share.put("a.xlsx", filled("housing", {"h1": 1}))
    run = share.collect()
    assert (run.verdict("b.xlsx"), run.figure("h1")) == (("accepted", "C004"), Decimal(2))


def test_that_a_return_is_signed_less_is_not_forgotten_when_its_file_was_damaged_between(share: Share) -> None:
    for state in ("Certified", ""):
        share.put(HOUSING, filled("housing", FULL, state))
        share.collect()
    share.put(HOUSING, b"damaged")
    assert share.collect().codes == ["I102"]
    share.put(HOUSING, filled("housing", FULL))
    run = share.collect()
    assert (run.verdict(HOUSING), run.codes) == (("accepted", "C004"), ["I104"])


# Refusals


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "C201", "empty"),
        (b"no workbook at all", "R110", "workbook"),
        (blank("housing")[:3000], "R101", "workbook"),
        (filled("housing", FULL, name="Other Council"), "C205", "Other Council, not of Elmbridge Vale"),
        (filled("housing", FULL, period="2031-32 Q2"), "C206", "the return of 2031-32 Q2, not of 2031-32 Q3"),
    ],
)
def test_what_is_rejected_and_why(share: Share, data: bytes, code: str, words: str) -> None:
    share.put("x.xlsx", data)
    run = share.collect()
    assert run.verdict("x.xlsx") == ("rejected", code)
    assert words in run.file("x.xlsx").reason
    assert run.record("housing").state == "not started"
    _sums_up(run)
    again = share.collect()
    assert again.file("x.xlsx") == run.file("x.xlsx")
    assert share.kinds().count("rejected") == 1


def test_a_directorate_that_the_framework_does_not_have(share: Share) -> None:
    share.put("x.xlsx", filled("parks", {"p1": 1}))
    framework = council()
    kept = tuple(d for d in framework.directorates if d.key != "parks")
    run = share.under(replace(framework, directorates=kept)).collect()
    assert run.verdict("x.xlsx") == ("rejected", "C207")


def test_a_directorate_of_which_nothing_is_expected(share: Share) -> None:
    share.put("x.xlsx", blank("libraries", version="v1"))
    run = share.collect()
    assert run.verdict("x.xlsx") == ("rejected", "C210")
    assert "Libraries has no measure and no action in force in 2031-32 Q3" in run.file("x.xlsx").reason


@pytest.mark.parametrize("data", [b"", b"corrupt", filled("parks", {}, period="2031-32 Q2")])
def test_a_rejected_file_of_the_issued_name_makes_its_return_unreadable(share: Share, data: bytes) -> None:
    share.put(f"sub/{HOUSING.upper()}", data)
    run = share.collect()
    _sums_up(run)
    record = run.record("housing")
    assert (record.state, record.file) == ("unreadable", f"sub/{HOUSING.upper()}")
    assert run.file(f"sub/{HOUSING.upper()}").directorate == "housing"
    assert run.record("parks").state == "not started"


def test_a_workbook_of_somebody_else_is_ignored_but_not_under_an_issued_name(
    share: Share, workbook: Callable[..., bytes]
) -> None:
    share.put("Rota.xlsx", workbook("Rota"))
    share.put(HOUSING, workbook("Rota"))
    share.put("Damaged.xlsx", workbook("perfbook:measures"))
    run = share.collect()
    assert run.verdict("Rota.xlsx") == ("ignored", "C309")
    assert run.verdict(HOUSING) == ("rejected", "R103")
    assert run.verdict("Damaged.xlsx") == ("rejected", "R103")
    assert run.record("housing").state == "unreadable"


def test_a_workbook_of_somebody_else_in_the_place_of_a_return_is_rejected(
    share: Share, workbook: Callable[..., bytes]
) -> None:
    share.put("mine.xlsx", filled("housing", FULL, "Certified"))
    share.collect()
    share.put("mine.xlsx", workbook("Rota"))
    run = share.collect()
    assert run.verdict("mine.xlsx") == ("rejected", "R103")
    assert run.file("mine.xlsx").directorate == "housing"
    assert run.record("housing").state == "certified"
    assert run.codes == ["I102"]


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    import openpyxl

    def make(text: str) -> bytes:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active["A1"] = text
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()

    return make


class _Panic(BaseException):
    """What a library written in another language raises."""


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), _Panic("x"), GeneratorExit()])
@pytest.mark.parametrize("where", ["open_return", "read"])
def test_a_failure_in_reading_is_a_verdict(monkeypatch: pytest.MonkeyPatch, error: BaseException, where: str) -> None:
    def fail(*_: object) -> object:
        raise error

    monkeypatch.setattr(reader if where == "open_return" else reader.Opened, where, fail)
    found = examine(filled("parks", {"p1": 1}), path="bad.xlsx", framework=council(), period=PERIOD)
    assert found.verdict is not None
    assert (found.verdict.outcome, found.verdict.code) == ("rejected", "C209")
    # The identity was read, so the return is known to have arrived damaged.
    assert found.directorate == ("parks" if where == "read" else "")


def test_an_interruption_is_no_bad_file(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(Readers, "submit", interrupt)
    share.put(HOUSING, blank("housing"))
    with pytest.raises(KeyboardInterrupt):
        share.collect()
    assert share.archive.verify().is_sound
    with monkeypatch.context() as patched:
        patched.setattr(reader, "open_return", interrupt)
        with pytest.raises(KeyboardInterrupt):
            examine(blank("housing"), path=HOUSING, framework=council(), period=PERIOD)


# What was accepted stands


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
        _sums_up(run)
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
    _sums_up(run)


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


# The archive and the originals


def test_a_return_that_was_never_issued_is_read_with_a_warning(share: Share) -> None:
    shutil.rmtree(share.root / "archive")
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    run = share.collect()
    assert (run.verdict(HOUSING), run.codes) == (("accepted", "C000"), ["I101"])
    assert run.figure("h2") == Decimal(7)


def test_a_return_of_an_earlier_framework_is_read(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    run = share.under(council("v2")).collect()
    assert run.record("housing").state == "certified"
    assert ("info", "I1") not in {(f.severity, f.code[:2]) for f in run.collected.findings}
    assert any(f.severity == "info" and "framework has changed" in f.found for f in run.collected.findings)


def test_issues_are_registered_once(share: Share) -> None:
    share.issue()
    assert share.kinds() == ["issued"] * 3
    share.issue(parse("2031-32 Q2"))
    assert share.kinds() == ["issued"] * 6
    event = share.archive.events()[0]
    assert (event.data["directorate"], event.data["file"], event.data["framework"]) == ("housing", HOUSING, "v1")
    assert event.data["sha256"] == hashlib.sha256(blank("housing")).hexdigest()


def test_a_preview_gives_the_same_and_writes_nothing(share: Share) -> None:
    from perfbook.collecting.collect import collect

    share.put(HOUSING, filled("housing", FULL, "Certified"))
    before = _contents(share.root)
    looked = collect(
        framework=share.framework,
        period=PERIOD,
        folder=share.folder,
        archive=share.archive.preview(),
        as_at=NOW,
        due=DUE,
        grace_days=2,
    )
    assert _contents(share.root) == before
    assert share.collect().collected == looked


def test_progress_is_told_file_by_file(share: Share) -> None:
    share.put("a.xlsx", b"x")
    share.put("b.pdf", b"x")
    told: list[tuple[int, int, str]] = []
    share.collect(progress=lambda *step: told.append(step))
    assert told == [(0, 2, "a.xlsx"), (1, 2, "b.pdf"), (2, 2, "")]


def test_a_kill_before_the_log_is_written_loses_nothing(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    share.put("broken.xlsx", b"no workbook")

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "append_all", killed)
        with pytest.raises(SystemExit):
            share.collect()
    assert share.archive.verify().is_sound
    run = share.collect()
    assert (run.verdict(HOUSING), run.verdict("broken.xlsx")) == (("accepted", "C000"), ("rejected", "R110"))
    assert share.archive.verify().is_sound


def test_a_kill_in_the_middle_of_the_log_loses_nothing(share: Share) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    share.put(PARKS, filled("parks", {"p1": 1}))
    before = (share.root / "archive" / "log.head").read_bytes()
    undisturbed = share.collect()
    log = share.root / "archive" / "log.jsonl"
    whole, head = log.read_bytes(), share.root / "archive" / "log.head"
    issued = sum(len(line) for line in whole.splitlines(keepends=True)[:3])
    for size in range(issued, len(whole), 97):
        log.write_bytes(whole[:size])
        head.write_bytes(before)
        run = share.collect()
        assert run.collected.observations == undisturbed.collected.observations
        assert run.collected.returns == undisturbed.collected.returns
        assert share.archive.verify().is_sound
        assert sorted(share.kinds()) == sorted(["issued"] * 3 + ["received", "accepted"] * 2)


def _contents(root: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def _heap(share: Share, seed: int) -> None:
    """A folder in which anything may lie, in any order."""
    choose = random.Random(seed)
    kinds: list[Callable[[], bytes]] = [
        lambda: blank("housing"),
        lambda: filled("housing", {"h1": choose.choice((1, 2))}, choose.choice(("", "Provisional", "Certified"))),
        lambda: filled("parks", {"p1": 1}, choose.choice(("", "Certified"))),
        lambda: filled("schools", {"s1": 1}, period="2031-32 Q2"),
        lambda: filled("schools", {"s1": 1}, name="Other"),
        lambda: b"",
        lambda: choose.randbytes(200),
        lambda: blank("parks")[: choose.randrange(1, 9000)],
        lambda: b"PK\x03\x04",
    ]
    for _ in range(choose.randrange(1, 9)):
        name = "".join(choose.choices(string.ascii_letters + " ~$.-'é", k=choose.randrange(1, 9))).strip(" .") or "x"
        folder = choose.choice(("", "", "sub/", "a/b/"))
        name = choose.choice((name, HOUSING, PARKS, f"~${name}", f"{name}.xlsx", f"{name}.xlsx", f"{name}.pdf"))
        extension = choose.choice(("", ".xlsx", ".xls", ".tmp", ".docx")) if "." not in name else ""
        moment = IN_TIME + timedelta(days=choose.randrange(-40, 40))
        share.put(f"{folder}{name}{extension}", choose.choice(kinds)(), moment.astimezone(LONDON))


@pytest.mark.parametrize("seed", range(20))
def test_every_file_has_one_outcome_and_every_return_one_state(share: Share, seed: int) -> None:
    _heap(share, seed)
    before = _contents(share.folder)
    first = share.collect()
    _sums_up(first)
    assert len(first.collected.files) == len(before)
    assert _contents(share.folder) == before
    log = share.kinds()
    second = share.collect()
    _sums_up(second)
    assert second.collected.returns == first.collected.returns
    assert second.collected.observations == first.collected.observations
    assert second.collected.findings == first.collected.findings
    assert share.kinds() == log
    assert share.archive.verify().is_sound
    # And a change in between: later runs still add up.
    _heap(share, seed + 1000)
    _sums_up(share.collect(NOW + timedelta(days=1)))
    log = share.kinds()
    _sums_up(share.collect(NOW + timedelta(days=2)))
    assert share.kinds() == log


def test_workbooks_that_nobody_here_made(share: Share, shared: Path) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    kept = sorted(path for path in (shared / "corpus").rglob("*") if path.is_file())
    chosen = kept[:: max(1, len(kept) // 40)]
    for path in chosen:
        share.put(f"{path.parent.name}/{path.name}", path.read_bytes())
    before = _contents(share.folder)
    run = share.collect()
    _sums_up(run)
    assert len(run.collected.files) == len(chosen) + 1
    assert run.record("housing").state == "certified"
    assert {file.outcome for file in run.collected.files if file.path != HOUSING} <= {"rejected", "ignored"}
    assert outcomes.FAILED not in {file.code for file in run.collected.files}
    assert _contents(share.folder) == before
