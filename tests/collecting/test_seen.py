"""Unchanged files are not read again; what comes of a run is the same with and without what is remembered."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from perfbook import _cache
from perfbook.collecting import scan
from perfbook.collecting.seen import forget_seen, seen_files
from tests.collecting.council import NOW, Run, Share, filled, name_of

HOUSING, PARKS = name_of("housing"), name_of("parks")
LONG_AGO = NOW - timedelta(days=4000)  # before the day on which this runs: files have settled
DAY = 86_400


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache of mine"
    monkeypatch.setattr(_cache, "cache_folder", lambda: folder)
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, share: Share) -> list[str]:
    """The names of files of the folder that were opened."""
    names: list[str] = []
    original = Path.open

    def noting(path: Path, *mode: str, **more: object) -> object:
        if path.parent == share.folder:
            names.append(path.name)
        return original(path, *mode, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", noting)
    return names


def _collect(share: Share, recheck: int = 7, clock: Callable[[], float] = time.time) -> Run:
    with seen_files(share.root, share.folder, recheck, clock) as seen:
        return share.collect(seen=seen)


def _fill(share: Share) -> None:
    share.put(HOUSING, filled("housing", {"h1": 1}, "Certified"), LONG_AGO)
    share.put("copy.xlsx", filled("housing", {"h2": 2}, "Certified"), LONG_AGO)
    share.put(PARKS, b"no workbook", LONG_AGO)
    share.put("notes.pdf", b"%PDF", LONG_AGO)


def test_unchanged_files_are_not_opened_and_changed_ones_are(share: Share, opened: list[str]) -> None:
    _fill(share)
    first = _collect(share)
    assert {HOUSING, "copy.xlsx", PARKS} <= set(opened)
    opened.clear()
    second = _collect(share)
    # Of what is no workbook there is nothing to remember.
    assert opened == ["notes.pdf"]
    assert second.collected.observations == first.collected.observations
    share.put(HOUSING, filled("housing", {"h1": 3}, "Certified"), LONG_AGO + timedelta(seconds=1))
    opened.clear()
    assert _collect(share).figure("h1") == 3
    assert opened == [HOUSING, "notes.pdf"]


def test_the_result_is_the_same_with_and_without(share: Share, cache: Path) -> None:
    _fill(share)
    _collect(share)
    log = (share.root / "archive" / "log.jsonl").read_bytes()
    harms: list[Callable[[Path], object]] = [
        lambda path: None,
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"no database"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: forget_seen(share.root),
    ]
    plain = share.collect().collected
    for harm in harms:
        (path,) = (cache / "files").iterdir()
        harm(path)
        for _ in range(2):
            assert _collect(share).collected == plain
    assert _collect(share, recheck=0).collected == plain
    assert (share.root / "archive" / "log.jsonl").read_bytes() == log
    assert sorted(p.name for p in share.root.iterdir()) == ["archive", "cache of mine", "returns"]


def test_a_cache_that_cannot_be_written_stops_nothing(share: Share, cache: Path) -> None:
    _fill(share)
    cache.write_text("a file where the folder should be")
    assert _collect(share).figure("h1") == 1


def test_everything_is_read_again_on_a_schedule(share: Share, opened: list[str]) -> None:
    """A file that was changed with its size and times kept is found then."""
    _fill(share)
    now = time.time()
    _collect(share)
    path = share.folder / HOUSING
    status, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    if path.stat().st_ctime_ns == status.st_ctime_ns:
        assert _collect(share, clock=lambda: now + 6 * DAY).verdict(HOUSING)[0] == "unchanged"
    opened.clear()
    _collect(share, clock=lambda: now + 8 * DAY)
    assert {HOUSING, "copy.xlsx", PARKS} <= set(opened)
    # A clock that was put back is not believed either.
    opened.clear()
    _collect(share, clock=lambda: now - DAY)
    assert HOUSING in opened


def test_a_file_that_changed_just_now_is_not_remembered(share: Share, opened: list[str]) -> None:
    path = share.put(HOUSING, filled("housing", {"h1": 1}))
    now = path.stat().st_mtime + 1
    _collect(share, clock=lambda: now)
    opened.clear()
    _collect(share, clock=lambda: now + 60)
    assert opened == [HOUSING]


def test_bytes_that_the_archive_lost_are_read_from_the_folder(share: Share) -> None:
    share.put("broken.xlsx", b"no workbook", LONG_AGO)
    digest = _collect(share).file("broken.xlsx").sha256
    (share.root / "archive" / "blobs" / digest[:2] / digest).unlink()
    assert not share.archive.verify().is_sound
    assert _collect(share).file("broken.xlsx").sha256 == digest
    assert share.archive.verify().is_sound


def test_two_runs_at_once_and_two_folders(share: Share) -> None:
    _fill(share)
    with ExitStack() as stack:
        several = [stack.enter_context(seen_files(share.root, share.folder, 7)) for _ in range(2)]
        for seen in several:
            share.collect(seen=seen)
        (entry,) = (e for e in scan.list_files(share.folder) if e.path == HOUSING)
        stamp = scan.read_listed(entry, NOW.tzinfo).stamp  # type: ignore[arg-type]
        assert stamp
        other = stack.enter_context(seen_files(share.root, share.root / "elsewhere", 7))
        again = stack.enter_context(seen_files(share.root, share.folder, 7))
        assert (other.known(HOUSING, stamp), bool(again.known(HOUSING, stamp))) == ("", True)
