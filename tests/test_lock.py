from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from perfbook import _lock
from perfbook._lock import held
from perfbook.errors import BusyError, CannotWriteError

PATIENCE = 300  # seconds: only what hangs takes as long, on a busy machine too
HOLD = """
import sys
from pathlib import Path
from perfbook._lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_who_is_at_work_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=r"Another run of perfbook is at work .* since 20"), held(tmp_path):
            pass
        other.kill()
        other.wait(PATIENCE)
        with held(tmp_path):
            pass
    assert [p.name for p in tmp_path.iterdir()] in ([".perfbook.lock"], [])


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), held(tmp_path):
        raise KeyError
    with held(tmp_path):
        pass


def test_what_a_killed_run_was_writing_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    unfinished = [tmp_path / name / ".~half.tmp" for name in (".", "archive/blobs/ab", "outputs/2020-21 Q2")]
    others = [tmp_path / name for name in ("outputs/notes.tmp", "returns/.~half.tmp", ".~mine.xlsx")]
    for path in (*unfinished, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    with held(tmp_path):
        pass
    assert all(path.exists() for path in (*unfinished, *others)), "nothing was broken off"
    record(tmp_path / _lock.RECORD_NAME, age=3600)
    with held(tmp_path):
        pass
    assert [path for path in unfinished if path.exists()] == []
    assert all(path.exists() for path in others)


def record(path: Path, *, age: float = 0.0, **more: object) -> None:
    fields = {"host": "elsewhere", "boot": "other", "process": 1, "user": "night", "since": "2020-10-20", "id": "old"}
    # As ours it ends with a line break, which a beating heart writes anew.
    path.write_text(json.dumps(fields | more) + "\n", encoding="ascii", newline="\n")
    then = time.time() - age
    os.utime(path, (then, then))


def test_the_record_tells_host_and_time_and_goes_with_its_holder(tmp_path: Path) -> None:
    with held(tmp_path):
        told = json.loads((tmp_path / _lock.RECORD_NAME).read_text("ascii"))
    assert (told["host"], told["process"]) == (platform.node(), os.getpid())
    assert datetime.fromisoformat(told["since"]).tzinfo
    assert not (tmp_path / _lock.RECORD_NAME).exists()


def test_the_lock_of_another_machine_counts_until_its_heart_has_stopped(tmp_path: Path) -> None:
    path = tmp_path / _lock.RECORD_NAME
    record(path, age=_lock.LIMIT - 20)
    with pytest.raises(BusyError, match="on elsewhere, by night, since 2020-10-20"), held(tmp_path):
        pass
    assert json.loads(path.read_text("ascii"))["id"] == "old"
    record(path, age=_lock.LIMIT + 20)
    with held(tmp_path):
        assert json.loads(path.read_text("ascii"))["host"] == platform.node()
    assert sorted(p.name for p in tmp_path.iterdir()) in ([], [_lock.LOCK_NAME])


@pytest.mark.parametrize(
    ("here", "alive", "locked", "age", "stale"),
    [
        (True, False, False, 0, True),  # killed here: gone at once
        (True, True, True, 0, False),
        (True, True, True, 9999, True),  # its number belongs to another program now
        (True, True, False, 9999, False),  # no lock of the system says whether it lives: wait for a person
        (False, False, True, 0, False),
        (False, True, True, 9999, True),
    ],
)
def test_when_a_lock_is_stale(here: bool, alive: bool, locked: bool, age: float, stale: bool) -> None:
    host, boot = (platform.node(), _lock._boot()) if here else ("elsewhere", "other")
    holder = _lock.Holder("id", host, boot, 4711, "night", "then", age)
    assert _lock.is_stale(holder, locked=locked, alive=lambda _: alive) is stale


def test_a_torn_record_is_waited_for_and_then_removed(tmp_path: Path) -> None:
    path = tmp_path / _lock.RECORD_NAME
    path.write_bytes(b'{"host": "els')
    with pytest.raises(BusyError), held(tmp_path):
        pass
    os.utime(path, (0, 0))
    with held(tmp_path):
        pass


@pytest.mark.parametrize("half", [False, True])
def test_a_record_that_cannot_be_written_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half: bool
) -> None:
    """On a full disk: the next run need not wait until half a record is old."""
    write = os.write

    def full(handle: int, data: bytes) -> int:
        if half:
            return write(handle, data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(CannotWriteError, match="No space left"), held(tmp_path):
            pass
    assert not (tmp_path / _lock.RECORD_NAME).exists()
    with held(tmp_path):
        pass


def test_of_many_that_find_one_stale_lock_one_takes_it_over(tmp_path: Path) -> None:
    """Without the operating system's lock, as on a share that does not carry it."""
    for number in range(5):
        folder = tmp_path / f"share {number}"
        folder.mkdir()
        path = folder / _lock.RECORD_NAME
        record(path, age=_lock.LIMIT + 20)
        if number % 2:  # one died while it was taking over
            record(folder / f"{path.name}.old.1", age=_lock.LIMIT + 10)
        racers = [start(RACE, path) for _ in range(6)]
        for racer in racers:
            assert line_of(racer) == "ready"
        (folder / "go").touch()
        # All have said what became of them before the first of them may end: the lock of a dead one is stale.
        said = [line_of(racer) for racer in racers]
        for racer in racers:
            racer.communicate(timeout=PATIENCE)
        assert sorted(said) == ["busy"] * 5 + ["mine"]
        assert sorted(p.name for p in folder.iterdir()) == [path.name, "go"]


def test_the_heart_beats_and_stops_when_another_took_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lock, "BEAT", 0.02)
    path = tmp_path / _lock.RECORD_NAME
    with held(tmp_path):
        before = path.read_bytes()
        os.utime(path, (0, 0))
        wait_for(lambda: path.stat().st_mtime > 0)
        assert path.read_bytes() == before
        (heart,) = [thread for thread in threading.enumerate() if thread.name == "perfbook heartbeat"]
        record(path, age=1000)
        heart.join(PATIENCE)
        assert not heart.is_alive()
    assert json.loads(path.read_text("ascii"))["id"] == "old"  # what is another's is not removed


def test_steps_of_one_run_join_its_lock_and_other_threads_do_not(tmp_path: Path) -> None:
    refused: list[BaseException] = []

    def other() -> None:
        try:
            with held(tmp_path):
                pass
        except BusyError as error:
            refused.append(error)

    with held(tmp_path, together=True):
        with held(tmp_path):
            pass
        assert (tmp_path / _lock.RECORD_NAME).exists()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused
    with held(tmp_path), pytest.raises(BusyError), held(tmp_path):
        pass


RACE = """
import sys, time
from pathlib import Path
from perfbook._lock import claim
from perfbook.errors import BusyError, CannotWriteError
path = Path(sys.argv[1])
print("ready", flush=True)
while not (path.parent / "go").exists():
    time.sleep(0.001)
try:
    claim(path, locked=False)
    print("mine", flush=True)
except BusyError:
    print("busy", flush=True)
sys.stdin.read()
"""


def start(script: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def wait_for(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
