from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from perfbook._lock import held
from perfbook.cli import main
from perfbook.errors import WorkspaceError
from perfbook.unattended.watch import Watch, sight
from perfbook.workspace import open_workspace
from tests.unattended.council import PERIOD, fill

SETTINGS = "\n[watch]\nevery_seconds = 3\nsettle_seconds = 60\n"


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(made, tmp_path / "ws"))
    with (copy / "perfbook.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    (copy / "mailbox").mkdir()
    return copy


class Scene:
    """A watch whose clock the test moves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seconds = 0.0
        self.said: list[str] = []
        self.start = time.time()
        self.watch = Watch(root, self.said.append, clock=lambda: self.seconds, now=lambda: self.start + self.seconds)

    def after(self, seconds: float) -> list[str]:
        self.seconds += seconds
        before = len(self.said)
        assert self.watch.look() == 3
        return self.said[before:]

    def put(self, figure: int = 3) -> None:
        path = self.returns / "Elmbridge Vale 2031-32 Q3 Service 01.xlsx"
        path.write_bytes(fill(path.read_bytes(), ["d01-m01", "d01-m02"], figure))
        self.touch(path)

    def touch(self, path: Path) -> None:
        os.utime(path, (self.start + self.seconds,) * 2)

    @property
    def returns(self) -> Path:
        return self.root / "returns" / PERIOD.label


@pytest.fixture
def scene(root: Path) -> Scene:
    return Scene(root)


CONSOLIDATED = [f"{PERIOD.label}: consolidated"]


def test_files_that_lie_still_are_consolidated_once(scene: Scene) -> None:
    assert scene.after(0) == CONSOLIDATED
    assert open_workspace(scene.root).scorecard_path(PERIOD).is_file()
    assert json.loads((scene.root / "outputs" / "watch.json").read_bytes())["exit_code"] == 0
    assert not (scene.root / "outputs" / "nightly.json").exists()  # a watch is no night
    assert scene.after(100) == []


def test_a_file_that_changes_is_waited_for_until_it_has_settled(scene: Scene) -> None:
    scene.after(0)
    scene.seconds += 10
    scene.put(3)
    assert scene.after(0) == []
    assert scene.after(50) == []
    scene.put(4)
    assert scene.after(0) == []
    assert scene.after(59) == []
    assert scene.after(1) == CONSOLIDATED
    assert scene.after(60) == []


def test_a_clock_of_the_share_that_is_ahead_delays_nothing_for_ever(scene: Scene) -> None:
    scene.after(0)
    scene.put()
    ahead = scene.start + 86_400
    os.utime(next(scene.returns.glob("*Service 01*")), (ahead, ahead))
    assert scene.after(1) == []
    assert scene.after(60) == CONSOLIDATED


def test_the_lock_files_of_excel_are_no_change(scene: Scene) -> None:
    before = sight(scene.returns)
    (scene.returns / "~$Elmbridge Vale.xlsx").write_bytes(b"somebody")
    assert sight(scene.returns) == before


def test_what_fails_is_said_once_and_tried_again(scene: Scene) -> None:
    away = scene.returns.rename(scene.root / "away")
    (said,) = scene.after(0)
    assert "cannot be opened" in said
    assert scene.after(3) == []
    away.rename(scene.returns)
    with held(scene.root):
        (said,) = scene.after(3)
        assert "Another run of perfbook is at work" in said
        assert scene.after(20) == []
    assert scene.after(20) == CONSOLIDATED


def test_a_failing_consolidation_is_not_tried_at_every_look(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    framework = (scene.root / "framework.xlsx").read_bytes()
    (scene.root / "framework.xlsx").write_bytes(b"no workbook")
    (said,) = scene.after(0)
    assert "framework.xlsx" in said
    (scene.root / "framework.xlsx").write_bytes(framework)
    assert scene.after(3) == []
    assert scene.after(60) == CONSOLIDATED


def test_the_mailbox_is_answered_at_every_look(scene: Scene) -> None:
    scene.after(0)
    (scene.root / "mailbox" / "request-x.json").write_text(
        json.dumps({"request": "tables", "period": PERIOD.label, "id": "x"}), encoding="ascii"
    )
    assert scene.after(0) == [f"request-x.json: answered for {PERIOD.label}"]
    assert json.loads((scene.root / "mailbox" / "answer-x.json").read_bytes())["ok"] is True


def test_broken_settings_do_not_end_the_watch(scene: Scene) -> None:
    stop = threading.Event()
    good = (scene.root / "perfbook.toml").read_text("utf-8")
    (scene.root / "perfbook.toml").write_text("council =", encoding="utf-8")
    with pytest.raises(WorkspaceError):
        scene.watch.look()

    def tell(sentence: str) -> None:
        scene.said.append(sentence)
        (scene.root / "perfbook.toml").write_text(good, encoding="utf-8")
        stop.set()

    scene.watch.tell = tell
    scene.watch.run(stop)
    assert "perfbook.toml" in scene.said[-1]


def test_once_looks_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["watch", "--once", "-w", str(root)])
    assert ended.value.code == 0
    assert "consolidated" in capsys.readouterr().out
    assert (root / "mailbox").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be sent Ctrl+C there without its whole console")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_watch_stops_cleanly(root: Path, number: int) -> None:
    process = start("-m", "perfbook", "watch", "-w", str(root))
    try:
        assert process.stdout
        assert "Watching" in process.stdout.readline()
        assert "consolidated" in process.stdout.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    assert (process.returncode, out.strip(), err) == (0, "Stopped.", "")
    with held(root):
        pass


AT_WORK = """
import sys, time
from perfbook.cli import main
from perfbook.workspace import Workspace

def consolidate(*arguments, **more):
    print("at work", flush=True)
    time.sleep(300)

Workspace.consolidate = consolidate
main(["nightly", "-w", sys.argv[1]])
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal there")
def test_a_night_that_is_stopped_says_so_and_leaves_no_lock(root: Path) -> None:
    process = start("-c", AT_WORK, str(root))
    lock = root / ".perfbook.lock.json"
    assert process.stdout
    assert process.stdout.readline() == "at work\n"
    assert json.loads((root / "outputs" / "nightly.json").read_bytes())["state"] == "running"
    assert lock.exists()
    process.terminate()
    _, err = process.communicate(timeout=200)
    assert (process.returncode, "perfbook: Stopped." in err) == (2, True), err
    told: dict[str, Any] = json.loads((root / "outputs" / "nightly.json").read_bytes())
    assert (told["state"], told["exit_code"]) == ("ended", 2)
    assert not lock.exists()


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
