"""Files that are known are not read again; what comes of a run is the same with and without what is remembered."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from perfbook import _cache
from perfbook.collecting import outcomes, remembered
from perfbook.collecting import run as collecting
from perfbook.collecting.archive import Archive
from perfbook.collecting.intake import Examined
from perfbook.collecting.isolation import Job, Readers, ReadingLimits
from perfbook.collecting.ledger import Accepted
from perfbook.collecting.outcomes import verdict
from perfbook.collecting.redaction import redact
from perfbook.collecting.seen import forget_seen, seen_files
from perfbook.framework.model import Framework
from perfbook.records import Submission
from perfbook.returns.opening import Opening
from tests.collecting.council import NOW, TERMS, Run, Share, council, filled, name_of

HOUSING, PARKS = name_of("housing"), name_of("parks")
LONG_AGO = NOW - timedelta(days=4000)  # before the day on which this runs: files have settled


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache of mine"
    monkeypatch.setattr(_cache, "cache_folder", lambda: folder)
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that a process looked into."""
    names: list[str] = []
    original = Readers.submit

    def noting(readers: Readers, job: Job) -> object:
        names.append(job.path)
        return original(readers, job)

    monkeypatch.setattr(Readers, "submit", noting)
    return names


def collect(share: Share, **more: object) -> Run:
    with seen_files(share.root, share.folder, 7, time.time) as seen:
        return share.collect(seen=seen, **more)


def fill(share: Share) -> Run:
    """Three files, collected once."""
    share.put(HOUSING, filled("housing", {"h1": 1, "h2": "n/a"}, "Certified"), LONG_AGO)
    share.put("copy.xlsx", filled("housing", {"h2": 2}, "Certified"), LONG_AGO)
    share.put(PARKS, b"no workbook", LONG_AGO)
    return collect(share)


def outcome(run: Run) -> object:
    """All of a run but what says that it is the second one."""
    found = run.collected
    return (found.returns, found.observations, found.findings, found.submissions)


def database(cache: Path) -> Path:
    (path,) = (cache / "files").iterdir()
    return path


def test_a_second_run_reads_nothing(share: Share, read: list[str]) -> None:
    first = fill(share)
    assert sorted(read) == sorted([HOUSING, "copy.xlsx", PARKS])
    read.clear()
    second = collect(share)
    assert read == []
    assert outcome(second) == outcome(first)
    plain = share.collect()
    assert second.collected == plain.collected


def test_a_file_that_was_touched_and_not_changed_is_known(share: Share, read: list[str]) -> None:
    fill(share)
    read.clear()
    share.put(HOUSING, (share.folder / HOUSING).read_bytes(), LONG_AGO + timedelta(hours=1))
    collect(share)
    assert read == []
    share.put(HOUSING, filled("housing", {"h1": 5}, "Certified"), LONG_AGO + timedelta(hours=2))
    assert collect(share).figure("h1") == 5
    assert read == [HOUSING]


def test_it_counts_for_what_it_was_read_with_and_for_nothing_else(
    share: Share, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(share)
    changes: list[Callable[[], object]] = [
        lambda: collect(share.under(council("v2"))),
        lambda: collect(share, terms=replace(TERMS, reading=ReadingLimits(opening=Opening(ratio=99)))),
        lambda: collect(share, terms=replace(TERMS, reading=ReadingLimits(opening=Opening(passwords=("sesame",))))),
    ]
    for change in changes:
        read.clear()
        change()
        assert HOUSING in read
        read.clear()
        change()
        assert read == []
    monkeypatch.setattr(remembered, "code_version", lambda: "another perfbook")
    collect(share)
    assert HOUSING in read


def test_the_same_bytes_under_another_name_are_read(share: Share, read: list[str]) -> None:
    fill(share)
    read.clear()
    (share.folder / HOUSING).rename(share.folder / "moved.xlsx")
    collect(share)
    assert read == ["moved.xlsx"]


def test_a_reading_that_was_spoilt_is_passed_over(share: Share, cache: Path, read: list[str]) -> None:
    plain = outcome(fill(share))
    spoilt: list[Callable[[bytes], bytes]] = [
        lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]),
        lambda kept: b"",
        lambda kept: kept[:40],
    ]
    for harm in spoilt:
        with sqlite3.connect(database(cache)) as connection:
            rows = connection.execute("SELECT path, reading FROM readings").fetchall()
            connection.executemany(
                "UPDATE readings SET reading = ? WHERE path = ?", [(harm(kept), path) for path, kept in rows]
            )
        connection.close()
        read.clear()
        assert outcome(collect(share)) == plain
        assert HOUSING in read
        read.clear()
        assert outcome(collect(share)) == plain
        assert read == []
    with sqlite3.connect(database(cache)) as connection:
        connection.execute("DROP TABLE readings")
    connection.close()
    assert outcome(collect(share)) == plain


def test_what_may_pass_is_not_remembered(share: Share, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as slow:
        refused = Examined(verdict=verdict(outcomes.TOO_SLOW, seconds="30"))
        slow.setattr(Readers, "_examine", lambda readers, job: refused)
        assert fill(share).verdict(HOUSING) == ("rejected", outcomes.TOO_SLOW)
    assert collect(share).verdict(HOUSING)[0] == "accepted"


def test_nothing_is_kept_of_files_that_are_gone_or_redacted(share: Share, cache: Path) -> None:
    fill(share)
    (share.folder / "copy.xlsx").unlink()
    run = collect(share)

    def paths() -> set[str]:
        connection = sqlite3.connect(database(cache))
        found = {path for (path,) in connection.execute("SELECT path FROM readings")}
        connection.close()
        return found

    assert paths() == {HOUSING, PARKS}
    redact(share.archive, run.file(HOUSING).sha256, reason="A person asked for it", at=NOW, texts=(), period="")
    forget_seen(share.root)
    collect(share)
    assert paths() == {PARKS}


def test_what_the_record_has_just_so_is_not_taken_from_it_again(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = outcome(fill(share))
    restored: list[str] = []
    original = collecting.restore

    def noting(archive: Archive, accepted: Accepted, framework: Framework) -> Submission:
        restored.append(accepted.path)
        return original(archive, accepted, framework)

    monkeypatch.setattr(collecting, "restore", noting)
    assert outcome(collect(share)) == plain
    assert restored == []
    # By another framework more may be read in the same bytes, or less: then it is compared with what was recorded.
    collect(share.under(council("v2")))
    assert HOUSING in restored


def test_a_hash_that_was_spoilt_makes_no_difference(share: Share, cache: Path) -> None:
    plain, recorded = outcome(fill(share)), share.kinds()
    for figures in ("", "f" * 64, "no hash"):
        with sqlite3.connect(database(cache)) as connection:
            connection.execute("UPDATE readings SET figures = ?", (figures,))
        connection.close()
        assert outcome(collect(share)) == plain
        assert share.kinds() == recorded
