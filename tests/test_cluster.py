"""Reading and writing on a Dask cluster on loopback, of which a worker is killed: all as on this machine alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from perfbook import parallel
from perfbook.cli import main
from perfbook.errors import UsageError
from perfbook.parallel import Workers, cluster
from perfbook.settings import ZONE
from perfbook.unattended.nightly import run_night
from perfbook.workspace import Workspace, open_workspace
from tests.unattended.council import BEFORE_DUE, PERIOD, make_workspace

ROOT = Path(__file__).resolve().parents[1]
_RETURNS = 20


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Cluster:
    """A scheduler and two workers, each a program of its own, as on three machines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        quiet = ["--no-dashboard"]
        self.programs = [self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), *quiet)]
        for number in (1, 2):
            own = folder / f"worker{number}"
            own.mkdir()
            self.programs.append(
                self._start(
                    *("worker", self.address, "--nthreads", "1", "--no-nanny", *quiet),
                    *("--host", "127.0.0.1", "--local-directory", str(own)),
                )
            )

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "log.txt").open("ab")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with log:
            command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def wait(self) -> None:
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            try:
                with cluster(self.address) as workers:
                    if workers.processes == 2:
                        return
            except UsageError:
                pass
        raise AssertionError((self.folder / "log.txt").read_text("utf-8", "replace")[-3000:])

    def stop(self) -> None:
        for program in self.programs:
            program.kill()
        for program in self.programs:
            program.wait()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = Cluster(folder)
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty returns, and two files that nobody can read."""
    root = tmp_path_factory.mktemp("cluster") / "council"
    workspace = make_workspace(root, _RETURNS, 2, unsigned=3)
    folder = workspace.returns_folder(PERIOD)
    data = sorted(folder.iterdir())[5].read_bytes()
    (folder / "cut off.xlsx").write_bytes(data[: len(data) // 2])
    (folder / "notes.xlsx").write_bytes(b"no workbook")
    for path in folder.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return root


def copied(council: Path, root: Path) -> Workspace:
    shutil.copytree(council, root)
    return open_workspace(root)


def consolidated(workspace: Workspace) -> tuple[bytes, list[tuple[object, ...]], dict[str, str]]:
    """The scorecard, the log but for what is drawn by lot in it, and what the archive keeps."""
    done = workspace.consolidate(as_at=BEFORE_DUE)
    archive = workspace.root / "archive"
    kept = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (archive / "blobs").glob("*/*")}
    log: list[tuple[object, ...]] = [(each.kind, each.at, each.data) for each in workspace.archive.events()]
    return done.outputs["scorecard"].read_bytes(), log, kept


class Killing(Executor):
    """Hands everything on, and after so many tasks kills a worker that is at work."""

    def __init__(self, executor: Executor, kill: Callable[[], None], after: int) -> None:
        self.executor, self.kill, self.left = executor, kill, after

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future = self.executor.submit(work, *args, **more)
        self.left -= 1
        if self.left == 0:
            self.kill()
        return future


def test_a_cluster_of_which_a_worker_is_killed_gives_the_same_archive_and_scorecard(
    running: Cluster, council: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfbook.collecting.spread._FILES", 2)
    alone = consolidated(copied(council, tmp_path / "alone" / "council"))
    with cluster(running.address) as workers:
        killing = Killing(workers.executor, running.programs[1].kill, 4)
        spread = replace(copied(council, tmp_path / "spread" / "council"), workers=replace(workers, executor=killing))
        assert consolidated(spread) == alone
        assert killing.left < 0
        assert running.programs[1].wait(30) != 0
        # What is left of the cluster writes the blank returns of the next period, too.
        later = PERIOD.shift(1)
        there = spread.generate(period=later, as_at=datetime(2032, 4, 2, tzinfo=ZONE))
    here = open_workspace(tmp_path / "alone" / "council").generate(
        period=later, as_at=datetime(2032, 4, 2, tzinfo=ZONE)
    )
    assert len(there.written) == _RETURNS
    assert [path.read_bytes() for path in there.written] == [path.read_bytes() for path in here.written]


class Gone(Executor):
    """An executor that is gone: it takes nothing, or loses what it took."""

    def __init__(self, takes: int) -> None:
        self.takes = takes

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        self.takes -= 1
        if self.takes < 0:
            raise OSError("the scheduler does not answer")
        future: Future[Any] = Future()
        future.set_exception(OSError("the worker is gone"))
        return future


def test_where_the_whole_cluster_is_lost_the_rest_is_read_here(council: Path, tmp_path: Path) -> None:
    alone = consolidated(copied(council, tmp_path / "alone" / "council"))
    lost = replace(copied(council, tmp_path / "lost" / "council"), workers=Workers(Gone(1), 2))
    assert consolidated(lost) == alone


@pytest.mark.parametrize("address", ["nonsense", "", "http://example:1", "tcp:/example:8786"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(UsageError, match="like tcp://host:8786"), cluster(address):
        pass


def test_a_cluster_that_is_not_there_is_told_by_commands_and_the_night_goes_on(
    council: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parallel, "_CONNECT", 1)
    root = copied(council, tmp_path / "council").root
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(SystemExit) as ended:
        main(["collect", "-w", str(root), "--cluster", nowhere])
    assert ended.value.code == 2
    assert "There is no scheduler of Dask" in capsys.readouterr().err
    toml = root / "perfbook.toml"
    toml.write_text(toml.read_text("utf-8") + f'\n[nightly]\ncluster = "{nowhere}"\n', "utf-8")
    night = run_night(root, as_at=BEFORE_DUE, clock=lambda: BEFORE_DUE)
    assert not night.failed
    assert open_workspace(root).scorecard_path(PERIOD).is_file()
    logs = "".join(path.read_text("utf-8") for path in (root / "outputs" / "log").iterdir())
    assert "cluster not used" in logs
