from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfbook.collecting.archive import ORIGIN, Archive, NewEvent
from perfbook.errors import ArchiveError, CannotWriteError
from tests.collecting.council import NOW, PERIOD, Share, filled, name_of

AT = datetime(2032, 1, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    digest = made.store(b"first")
    made.append("received", AT, {"path": "a.xlsx", "sha256": digest})
    made.append_all(
        [NewEvent("accepted", AT, {"path": "a.xlsx", "note": "Zoë"}), NewEvent("ignored", AT, {"path": "b.pdf"})]
    )
    return made


def _again(archive: Archive) -> Archive:
    return Archive(archive.folder)


def test_bytes_are_kept_under_their_own_hash(archive: Archive) -> None:
    digest = archive.store(b"second")
    assert archive.load(digest) == b"second"
    assert (archive.folder / "blobs" / digest[:2] / digest).read_bytes() == b"second"
    assert archive.store(b"second") == digest


def test_events_are_chained_and_read_back(archive: Archive) -> None:
    events = _again(archive).events()
    assert events == archive.events()
    assert [event.kind for event in events] == ["received", "accepted", "ignored"]
    assert [event.seq for event in events] == [1, 2, 3]
    assert events[0].previous == ORIGIN
    assert [event.previous for event in events[1:]] == [event.hash for event in events[:-1]]
    assert events[1].data["note"] == "Zoë"
    assert events[0].at == AT
    assert [event.seq for event in archive.events("accepted")] == [2]


def test_a_line_is_ascii_json_with_sorted_keys(archive: Archive) -> None:
    line = (archive.folder / "log.jsonl").read_bytes().splitlines()[1].decode("ascii")
    assert (
        list(json.loads(line))
        == sorted(json.loads(line))
        == [*("at", "data", "hash", "kind", "previous", "salt", "seq")]
    )


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "none")
    assert archive.events() == ()
    assert archive.verify().is_sound
    assert not (tmp_path / "none").exists()


def test_a_sound_archive_verifies(archive: Archive) -> None:
    verification = _again(archive).verify()
    assert (verification.events, verification.blobs, verification.problems) == (3, 1, ())


@pytest.mark.parametrize("line", [1, 2, 3])
def test_every_changed_byte_of_a_line_is_found_and_the_line_named(archive: Archive, line: int) -> None:
    log = archive.folder / "log.jsonl"
    data = log.read_bytes()
    starts = [0, *(index + 1 for index, byte in enumerate(data) if byte == 10)]
    for offset in range(starts[line - 1], starts[line] - 1):
        changed = bytearray(data)
        changed[offset] ^= 1
        if changed[offset] in b"\n":
            continue
        log.write_bytes(changed)
        problems = _again(archive).verify().problems
        assert problems, offset
        assert f"Line {line} of" in problems[0], offset
        with pytest.raises(ArchiveError, match=f"Line {line} of"):
            _again(archive).append("ignored", AT, {})


def test_a_line_taken_out_or_swapped_is_found(archive: Archive) -> None:
    log = archive.folder / "log.jsonl"
    first, second, third = log.read_bytes().splitlines(keepends=True)
    for lines in ([first, third], [second, first, third], [first, second, second, third]):
        log.write_bytes(b"".join(lines))
        assert "does not follow" in _again(archive).verify().problems[0]


def _forged(line: bytes, **changes: object) -> bytes:
    """A line with other content and a hash that fits it."""
    fields = json.loads(line) | changes
    bare = {name: fields[name] for name in ("at", "kind", "previous", "seq")}
    bare["seal"] = hashlib.sha256(f"{fields['salt']}\n{_dumped(fields['data'])}".encode()).hexdigest()
    fields["hash"] = hashlib.sha256(_dumped(bare).encode()).hexdigest()
    return _dumped(fields).encode() + b"\n"


def _dumped(fields: object) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def test_a_forged_line_breaks_the_chain_after_it(archive: Archive) -> None:
    log = archive.folder / "log.jsonl"
    first, second, third = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(first + _forged(second, kind="rejected") + third)
    (problem,) = _again(archive).verify().problems
    assert problem.startswith(f"Line 3 of {log} does not follow")
    log.write_bytes(first + second + _forged(third, seq=4))
    (problem,) = _again(archive).verify().problems
    assert problem.startswith(f"Line 3 of {log} does not follow")


def test_one_altered_line_accuses_no_other(archive: Archive) -> None:
    log = archive.folder / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"accepted"', b'"rejected"'))
    (problem,) = _again(archive).verify().problems
    assert problem.startswith(f"Line 2 of {log} was altered")


def test_bytes_that_come_again_repair_an_altered_blob(archive: Archive) -> None:
    digest = archive.store(b"first")
    (archive.folder / "blobs" / digest[:2] / digest).write_bytes(b"fIrst")
    archive.store(b"first")
    assert archive.verify().is_sound


def test_a_changed_blob_is_named(archive: Archive) -> None:
    digest = archive.store(b"first")
    path = archive.folder / "blobs" / digest[:2] / digest
    path.write_bytes(b"fIrst")
    (problem,) = archive.verify().problems
    assert digest in problem
    with pytest.raises(ArchiveError, match="altered"):
        archive.load(digest)
    path.unlink()
    (problem,) = archive.verify().problems
    assert digest in problem
    assert "missing" in problem
    with pytest.raises(ArchiveError, match="missing"):
        archive.load(digest)


def test_a_kill_at_any_byte_of_a_line_is_healed(archive: Archive) -> None:
    log, torn = archive.folder / "log.jsonl", archive.folder / "log.torn"
    whole = log.read_bytes()
    kept = whole.rfind(b"\n", 0, -1) + 1
    head, second = archive.folder / "log.head", archive.events()[1]
    for size in range(kept + 1, len(whole)):
        log.write_bytes(whole[:size])
        # The head of before: it is written after the line.
        head.write_text(json.dumps({"seq": 2, "hash": second.hash}), "ascii")
        torn.unlink(missing_ok=True)
        again = _again(archive)
        assert again.verify().is_sound
        assert len(again.events()) == 2
        assert not torn.exists()
        event = again.append("ignored", AT, {"path": "c.pdf"})
        assert event.seq == 3
        assert torn.read_bytes() == whole[kept:size] + b"\n"
        assert _again(archive).verify().problems == ()
        assert [e.hash for e in _again(archive).events()][-1] == event.hash


def test_a_preview_writes_nothing(archive: Archive) -> None:
    before = sorted((p, p.stat().st_mtime_ns) for p in archive.folder.rglob("*"))
    preview = archive.preview()
    digest = preview.store(b"later")
    preview.append("received", AT, {"path": "z.xlsx", "sha256": digest})
    assert preview.load(digest) == b"later"
    assert preview.load(archive.events()[0].data["sha256"]) == b"first"
    assert len(preview.events()) == 4
    assert sorted((p, p.stat().st_mtime_ns) for p in archive.folder.rglob("*")) == before
    assert len(_again(archive).events()) == 3


def test_two_archives_of_one_folder_see_each_other(archive: Archive) -> None:
    other = _again(archive)
    other.events()
    archive.append("ignored", AT, {"path": "c.pdf"})
    assert other.append("ignored", AT, {"path": "d.pdf"}).seq == 5
    assert archive.verify().is_sound


def test_a_log_that_is_altered_while_it_is_known_is_read_again(archive: Archive) -> None:
    assert len(archive.events()) == 3
    log = archive.folder / "log.jsonl"
    before = log.stat()
    log.write_bytes(log.read_bytes().replace(b"b.pdf", b"c.pdf"))
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert log.stat().st_size == before.st_size
    with pytest.raises(ArchiveError, match="Line 3 "):
        archive.events()


def test_what_cannot_be_written_says_so_and_leaves_the_log_whole(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    before = (archive.folder / "log.jsonl").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CannotWriteError, match="No space left"):
            archive.append("ignored", AT, {"path": "c.pdf"})
        with pytest.raises(CannotWriteError):
            archive.store(b"another")
    assert (archive.folder / "log.jsonl").read_bytes().startswith(before)
    archive.append("ignored", AT, {"path": "d.pdf"})
    assert archive.verify().is_sound


@pytest.mark.parametrize(("kind", "at"), [("invented", AT), ("ignored", AT.replace(tzinfo=None))])
def test_an_event_has_a_known_kind_and_a_zone(archive: Archive, kind: str, at: datetime) -> None:
    with pytest.raises(ValueError, match=r"kind|zone"):
        archive.append(kind, at, {})


def test_leftovers_of_a_kill_are_no_blobs(archive: Archive) -> None:
    folder = next((archive.folder / "blobs").iterdir())
    (folder / ".~half.tmp").write_bytes(b"ha")
    assert archive.verify().problems == ()
    assert archive.verify().blobs == 1


def _head(archive: Archive) -> Path:
    return archive.folder / "log.head"


def test_whole_lines_cut_off_the_end_are_found(archive: Archive) -> None:
    log = archive.folder / "log.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    for kept in range(3):
        log.write_bytes(b"".join(lines[:kept]))
        assert f"ends at line {kept}, but had 3" in _again(archive).verify().problems[0]
        with pytest.raises(ArchiveError, match=r"cut off.*backup"):
            _again(archive).append("ignored", AT, {})


def test_a_last_line_put_in_the_place_of_another_is_found(archive: Archive) -> None:
    log = archive.folder / "log.jsonl"
    first, second, third = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(first + second + _forged(third, kind="rejected"))
    assert "Line 3 of" in _again(archive).verify().problems[0]
    with pytest.raises(ArchiveError, match="is not the one that"):
        _again(archive).events()


def test_a_head_that_lags_behind_is_no_fault_and_catches_up(archive: Archive) -> None:
    before = _head(archive).read_bytes()
    archive.append("ignored", AT, {"path": "c.pdf"})
    _head(archive).write_bytes(before)
    again = _again(archive)
    assert again.verify().is_sound
    event = again.append("ignored", AT, {"path": "d.pdf"})
    assert json.loads(_head(archive).read_bytes()) == {"seq": 5, "hash": event.hash}


def test_an_archive_of_before_there_was_a_head_is_read_and_gets_one(archive: Archive) -> None:
    _head(archive).unlink()
    again = _again(archive)
    assert len(again.events()) == 3
    again.append("ignored", AT, {})
    assert json.loads(_head(archive).read_bytes())["seq"] == 4


def test_a_head_that_cannot_be_written_stops_nothing(archive: Archive) -> None:
    _head(archive).unlink()
    (_head(archive)).mkdir()
    with pytest.raises(ArchiveError, match="cannot be read"):
        _again(archive).events()
    assert archive.append("ignored", AT, {}).seq == 4


@pytest.mark.parametrize("data", [b"", b"{}", b"\x00\x00", b'{"seq": "x", "hash": ""}'])
def test_a_damaged_head_is_named(archive: Archive, data: bytes) -> None:
    _head(archive).write_bytes(data)
    with pytest.raises(ArchiveError, match=r"log\.head was altered"):
        _again(archive).events()


def test_a_log_that_was_lost_is_not_begun_anew(archive: Archive) -> None:
    (archive.folder / "log.jsonl").unlink()
    for lost in (_again(archive), _again(archive).preview()):
        with pytest.raises(ArchiveError, match=r"log\.jsonl is missing, though files are kept beside it.*backup"):
            lost.events()
    with pytest.raises(ArchiveError, match="missing"):
        _again(archive).store(b"more")
    _head(archive).unlink()
    with pytest.raises(ArchiveError, match="missing"):
        _again(archive).append("ignored", AT, {})


def test_a_kill_before_the_first_line_is_healed(tmp_path: Path) -> None:
    Archive(tmp_path).store(b"first")
    again = Archive(tmp_path)
    assert again.events() == ()
    assert again.append("ignored", AT, {}).seq == 1


def test_what_other_rooms_record_is_chained_too_and_disturbs_no_collection(share: Share) -> None:
    """Adjustments, explanations, chasers and the close of a period, between two collections."""
    share.put("broken.xlsx", b"no workbook")
    share.put(name_of("parks"), filled("parks", {"p1": 5}, "Certified"))
    first = share.collect()
    # The bytes of what was rejected are kept as well.
    assert share.archive.load(first.file("broken.xlsx").sha256) == b"no workbook"
    for kind in ("adjusted", "explained", "chased", "closed"):
        share.archive.append(kind, NOW, {"period": PERIOD.label, "measure": "p1", "reason": "As agreed."})
    second = share.collect()
    assert second.collected.observations == first.collected.observations
    assert second.collected.returns == first.collected.returns
    assert share.kinds()[-4:] == ["adjusted", "explained", "chased", "closed"]
    assert share.archive.verify().is_sound


def test_verifying_tells_how_far_it_is_and_names_what_cannot_be_read(archive: Archive) -> None:
    told: list[tuple[int, int]] = []
    archive.store(b"second")
    archive.verify(lambda done, total, name: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    digest = archive.store(b"third")
    path = archive.folder / "blobs" / digest[:2] / digest
    path.unlink()
    path.mkdir()
    (problem,) = archive.verify().problems
    assert "cannot be read" in problem
