"""Files that make the program which reads them hang, swell or die, and what becomes of the others."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from perfbook.collecting import _reader_process, isolation
from perfbook.collecting.intake import Examined, examine
from perfbook.collecting.isolation import Job, Readers, ReadingLimits
from perfbook.errors import ReadingError
from tests.collecting.council import PERIOD, council, filled
from tests.collecting.misbehaving import misbehave


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No process of an earlier test, and none left for a later one."""
    isolation._POOL.close()
    yield
    isolation._POOL.close()


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    misbehave(monkeypatch, tmp_path)


def look_into(jobs: list[Job], limits: ReadingLimits | None = None) -> list[Examined]:
    with Readers(council(), PERIOD, limits, files=len(jobs)) as readers:
        futures = [readers.submit(job) for job in jobs]
        return [future.result() for future in futures]


GOOD = Job("good.xlsx", filled("parks", {"p1": 12}, "Certified"))


def code(examined: Examined) -> str:
    return examined.verdict.code if examined.verdict else "read"


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("swell", "C222"),
        ("swell in Rust", "C222"),
        ("die", "C223"),
        ("steal", "C223"),
        ("talk", "read"),
    ],
)
def test_a_file_that_misbehaves_is_rejected_alone(name: str, expected: str) -> None:
    jobs = [GOOD, Job(name, GOOD.data), GOOD]
    limits = ReadingLimits(seconds=500, memory=200_000_000, processes=1)
    found = look_into(jobs, limits)
    assert [code(examined) for examined in found] == ["read", expected, "read"]
    if found[1].verdict:
        assert found[1].verdict.reason.endswith(".")


@pytest.mark.usefixtures("misbehaving")
def test_a_file_that_hangs_is_given_up_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By a clock that jumps ahead once the file hangs, so that a busy machine is not taken for one."""
    hangs = tmp_path / "hangs"
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + (10_000 if hangs.exists() else 0))
    monkeypatch.setattr(isolation, "time", clock)
    jobs = [GOOD, Job("hang", str(hangs).encode()), GOOD]
    found = look_into(jobs, ReadingLimits(seconds=500, processes=1))
    assert [code(examined) for examined in found] == ["read", "C221", "read"]
    assert found[1].verdict
    assert "500 s" in found[1].verdict.reason


@pytest.mark.usefixtures("misbehaving")
def test_a_process_that_dies_once_is_not_the_fault_of_the_file(tmp_path: Path) -> None:
    assert code(look_into([Job("die once", str(tmp_path / "died").encode())])[0]) == "R110"
    assert (tmp_path / "died").exists()


@pytest.mark.usefixtures("misbehaving")
def test_leaving_in_the_middle_ends_every_process() -> None:
    before = set(psutil.Process().children())
    started = time.monotonic()  # the file hangs for 600 s
    with pytest.raises(KeyboardInterrupt), Readers(council(), PERIOD, files=1) as readers:
        readers.submit(Job("hang", b""))
        while not readers._busy:
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert time.monotonic() - started < 500
    isolation._POOL.close()
    assert set(psutil.Process().children()) == before


def test_the_same_as_without_whatever_the_order_and_the_number() -> None:
    jobs = [GOOD, Job("a", b""), Job("b", b"%PDF"), Job("c", filled("housing", {"h1": 3, "h2": "x"})), Job("d", b"PK")]
    alone = [examine(job.data, path=job.path, framework=council(), period=PERIOD) for job in jobs]
    for processes in (1, 3):
        assert look_into(jobs, ReadingLimits(processes=processes)) == alone
        assert look_into(jobs[::-1], ReadingLimits(processes=processes)) == alone[::-1]


def test_processes_are_kept_for_the_next_run() -> None:
    look_into([GOOD])
    (process,) = isolation._POOL._idle
    look_into([GOOD])
    assert isolation._POOL._idle == [process]
    assert process.served == 2


def test_a_process_that_died_while_it_waited_is_replaced() -> None:
    look_into([GOOD])
    (process,) = isolation._POOL._idle
    process._kill()
    process._process.wait()
    assert code(look_into([GOOD])[0]) == "read"


def test_no_process_where_no_file_is_read() -> None:
    before = set(psutil.Process().children())
    with Readers(council(), PERIOD, files=0):
        pass
    assert set(psutil.Process().children()) == before


def test_what_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reader_process, "_BOOT", "raise SystemExit('no such module')")
    with pytest.raises(ReadingError, match="no such module"):
        look_into([GOOD])
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReadingError, match="cannot be started"):
        look_into([GOOD])


def test_a_script_without_a_guard_and_a_folder_of_traps(tmp_path: Path) -> None:
    """A script that collects as it is imported; in its folder lie files that are called like libraries."""
    (tmp_path / "return.xlsx").write_bytes(GOOD.data)
    for trap in ("zipfile.py", "json.py", "python_calamine.py"):
        (tmp_path / trap).write_text("raise SystemExit('taken for a library')")
    script = """
    from tests.collecting.council import PERIOD, council
    from perfbook.collecting.isolation import Job, Readers

    print("once")
    with Readers(council(), PERIOD) as readers:
        data = open("return.xlsx", "rb").read()
        print(readers.submit(Job("return.xlsx", data)).result().submission.state)
    """
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "script.py").write_text(textwrap.dedent(script))
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, str(other / "script.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == (["once", "certified"], "")
