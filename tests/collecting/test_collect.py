from __future__ import annotations

import hashlib
import random
import shutil
import string
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.collecting import outcomes
from perfbook.collecting.archive import Archive
from perfbook.errors import UsageError
from perfbook.framework.periods import parse
from tests.collecting.council import (
    IN_TIME,
    ISSUED,
    LONDON,
    NOW,
    PERIOD,
    TERMS,
    TOO_LATE,
    Share,
    blank,
    council,
    filled,
    name_of,
)
from tests.collecting.sums import FULL, HOUSING, PARKS, sums_up

# States and outcomes


def test_an_empty_folder(share: Share) -> None:
    run = share.collect(ISSUED)
    sums_up(run)
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
    sums_up(run)
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
        terms=TERMS,
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
    sums_up(first)
    assert len(first.collected.files) == len(before)
    assert _contents(share.folder) == before
    log = share.kinds()
    second = share.collect()
    sums_up(second)
    assert second.collected.returns == first.collected.returns
    assert second.collected.observations == first.collected.observations
    assert second.collected.findings == first.collected.findings
    assert share.kinds() == log
    assert share.archive.verify().is_sound
    # And a change in between: later runs still add up.
    _heap(share, seed + 1000)
    sums_up(share.collect(NOW + timedelta(days=1)))
    log = share.kinds()
    sums_up(share.collect(NOW + timedelta(days=2)))
    assert share.kinds() == log


def test_workbooks_that_nobody_here_made(share: Share, shared: Path) -> None:
    share.put(HOUSING, filled("housing", FULL, "Certified"))
    kept = sorted(path for path in (shared / "corpus").rglob("*") if path.is_file())
    chosen = kept[:: max(1, len(kept) // 40)]
    for path in chosen:
        share.put(f"{path.parent.name}/{path.name}", path.read_bytes())
    before = _contents(share.folder)
    run = share.collect()
    sums_up(run)
    assert len(run.collected.files) == len(chosen) + 1
    assert run.record("housing").state == "certified"
    assert {file.outcome for file in run.collected.files if file.path != HOUSING} <= {"rejected", "ignored"}
    assert outcomes.FAILED not in {file.code for file in run.collected.files}
    assert _contents(share.folder) == before
