"""`perfbook collect` answers from what it remembers while nothing changed, and from nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbook import _cache, collected, memo
from perfbook.cli import main
from perfbook.collecting import changes
from perfbook.collecting.seen import forget_seen
from perfbook.consolidation import Consolidation
from perfbook.creating import create_workspace
from perfbook.returns import layout
from perfbook.settings import ZONE
from perfbook.workspace import open_workspace
from tests.returns.places import Places
from tests.unattended import council
from tests.unattended.test_nightly import change_a_return, touch_a_return

MORE = """
[style]
logo = "logo.png"

[reading]
password_file = "passwords.txt"
"""
LATER = timedelta(hours=3)
# The smallest picture there is.
LOGO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf"
    "c0f01f0005000201a2d3a4af0000000049454e44ae426082"
)


class Collector:
    """Runs `perfbook collect` and knows whether it had anything to work out."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._capsys, self._worked = root, capsys, 0
        collect = collected._collected

        def counted(*args: Any, **more: Any) -> Consolidation:
            self._worked += 1
            return collect(*args, **more)

        monkeypatch.setattr(collected, "_collected", counted)

    def run(self, as_at: datetime, *more: str) -> tuple[str, int, bool]:
        """What is printed, the exit code, and whether it was worked out."""
        before = self._worked
        with pytest.raises(SystemExit) as ended:
            main(["collect", "-w", str(self.root), "--as-at", as_at.replace(tzinfo=None).isoformat(), *more])
        said = self._capsys.readouterr()
        return said.out + said.err, int(ended.value.code or 0), self._worked > before


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three services; one is not sent, one goes back with a query."""
    root = tmp_path_factory.mktemp("council") / "made"
    workspace = council.make_workspace(root, unsigned=1)
    (root / "perfbook.toml").write_text((root / "perfbook.toml").read_text() + MORE)
    (root / "logo.png").write_bytes(LOGO)
    (root / "passwords.txt").write_text("open sesame")
    path = workspace.returns_folder(council.PERIOD) / "Elmbridge Vale 2031-32 Q3 Service 02.xlsx"
    book = openpyxl.load_workbook(path)
    book[layout.MEASURES][Places(path.read_bytes()).measure("d02-m01", layout.ACTUAL)] = "about fifty"
    book.save(path)
    os.utime(path, (council.SENT.timestamp(),) * 2)
    return root


@pytest.fixture
def collector(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Collector:
    shutil.copytree(made, tmp_path / "council")
    return Collector(tmp_path / "council", monkeypatch, capsys)


def feedback(root: Path) -> Path:
    return open_workspace(root).feedback_folder(council.PERIOD)


def test_what_is_remembered_is_what_a_run_would_say(collector: Collector) -> None:
    first, _, worked = collector.run(council.BEFORE_DUE)
    assert worked and "accepted" in first and "goes back with queries" in first
    kept = {}
    for option in ("", "--json"):
        *kept[option], worked = collector.run(council.BEFORE_DUE + LATER, *filter(None, [option]))
        assert not worked
    assert "3 files unchanged" in kept[""][0]
    assert json.loads(kept["--json"][0])["as_at"] == (council.BEFORE_DUE + LATER).isoformat()
    for option, remembered in kept.items():
        memo.forget_all()
        *again, worked = collector.run(council.BEFORE_DUE + LATER, *filter(None, [option]))
        assert worked and again == remembered


@pytest.mark.parametrize("example", ["dudley", "kirklees", "walsall-plan"])
def test_of_a_council_too(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = create_workspace(tmp_path / "council", example=example)
    for path in workspace.returns_folder(workspace.settings.period).iterdir():
        os.utime(path, (council.SENT.timestamp(),) * 2)
    collector = Collector(workspace.root, monkeypatch, capsys)
    as_at = workspace.settings.due_at(workspace.settings.period) + timedelta(days=30, hours=-9)
    collector.run(as_at, "--json")
    remembered, code, worked = collector.run(as_at + timedelta(minutes=1), "--json")
    assert not worked
    memo.forget_all()
    assert collector.run(as_at + timedelta(minutes=1), "--json") == (remembered, code, True)


def test_a_correction_and_what_follows_it(collector: Collector) -> None:
    collector.run(council.BEFORE_DUE)
    change_a_return(collector.root)
    changed, _, worked = collector.run(council.BEFORE_DUE + LATER)
    assert worked and "A new version" in changed
    remembered, code, worked = collector.run(council.BEFORE_DUE + LATER)
    assert not worked and "A new version" not in remembered
    memo.forget_all()
    assert collector.run(council.BEFORE_DUE + LATER) == (remembered, code, True)


def move_a_return(root: Path) -> None:
    path = council_file(root)
    path.rename(path.with_name("moved.xlsx"))


def copy_a_return(root: Path) -> None:
    shutil.copy2(council_file(root), council_file(root).with_name("copy.xlsx"))


def council_file(root: Path) -> Path:
    return root / "returns" / council.PERIOD.label / "Elmbridge Vale 2031-32 Q3 Service 03.xlsx"


@pytest.mark.parametrize("happens", [move_a_return, copy_a_return, lambda root: council_file(root).unlink()])
def test_what_is_said_but_once_is_never_remembered(collector: Collector, happens: Callable[[Path], object]) -> None:
    collector.run(council.BEFORE_DUE)
    happens(collector.root)
    answers = [collector.run(council.BEFORE_DUE + LATER, "--json") for _ in range(4)]
    assert answers[0][2] and not answers[3][2]
    memo.forget_all()
    assert collector.run(council.BEFORE_DUE + LATER, "--json")[:2] == answers[3][:2]
    # From the second on nothing is news.
    assert len({answer[0] for answer in answers[1:]}) == 1


def other_title(root: Path) -> None:
    book = openpyxl.load_workbook(root / "framework.xlsx")
    sheet = book["Measures"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Measure 1 of service 2")
    cell.value = "Another measure"
    book.save(root / "framework.xlsx")


def add_setting(root: Path) -> None:
    toml = root / "perfbook.toml"
    toml.write_text(toml.read_text().replace("due_days = 16", "due_days = 17"))


def log_something(root: Path) -> None:
    data = {"path": "x", "directorate": "", "period": "2030-31 Q1"}
    open_workspace(root).archive.append("ignored", council.BEFORE_DUE, data)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a return is filled": change_a_return,
    "a return is saved again": touch_a_return,
    "a return is gone": lambda root: min(council_file(root).parent.iterdir()).unlink(),
    "a return is moved": move_a_return,
    "a file is new": lambda root: shutil.copy2(root / "perfbook.toml", council_file(root).with_name("notes.txt")),
    "somebody has it open": lambda root: council_file(root).with_name("~$Service 03.xlsx").write_bytes(b"\x05Ann"),
    "framework": other_title,
    "settings": add_setting,
    "logo": lambda root: (root / "logo.png").write_bytes(LOGO + b"\0"),
    "passwords": lambda root: (root / "passwords.txt").write_text("another"),
    "templates": lambda root: (root / "templates").mkdir() or (root / "templates" / "report.docx").write_bytes(b""),
    "record": log_something,
    "a book that goes back is gone": lambda root: next(feedback(root).iterdir()).unlink(),
    "a book that goes back is filled": lambda root: next(feedback(root).iterdir()).write_bytes(b"mine"),
    "a book of theirs is there": lambda root: (feedback(root) / "Elmbridge Vale 2031-32 Q3 Service 03.xlsx").touch(),
    "memo is gone": lambda root: shutil.rmtree(_cache.cache_folder() or root),
    "memo is torn": lambda root: [p.write_bytes(b"{") for p in (_cache.cache_folder() or root).rglob("*.json")],
}


def test_whatever_changed_is_worked_out(collector: Collector) -> None:
    for name, happens in CHANGES.items():
        assert not [collector.run(council.BEFORE_DUE)[2] for _ in range(3)][-1], f"before: {name}"
        happens(collector.root)
        for path in council_file(collector.root).parent.iterdir():
            if path.stat().st_mtime > council.SENT.timestamp() + 90:
                os.utime(path, (council.SENT.timestamp(),) * 2)
        out, code, worked = collector.run(council.BEFORE_DUE)
        assert worked, name
        assert code in (0, 1), out


def test_another_program_works_it_out(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    collector.run(council.BEFORE_DUE)
    monkeypatch.setattr(memo, "program_state", lambda: "of tomorrow")
    assert collector.run(council.BEFORE_DUE)[2]


def test_the_day_the_due_date_and_the_past_are_worked_out(collector: Collector) -> None:
    due = datetime(2032, 1, 16, 23, 59, 59, tzinfo=ZONE)
    collector.run(due - timedelta(hours=9))
    assert not collector.run(due)[2]
    assert collector.run(due - timedelta(hours=10))[2], "an earlier moment"
    late, code, worked = collector.run(due + timedelta(seconds=1))
    assert worked and code == 1 and "1 overdue" in late
    assert not collector.run(due + timedelta(hours=20))[2]
    assert collector.run(due + timedelta(hours=30))[2], "another day"


def test_what_is_never_to_be_believed_is_not(collector: Collector) -> None:
    toml = collector.root / "perfbook.toml"
    toml.write_text(toml.read_text() + "\n[folder]\nrecheck_days = 0\n")
    assert [collector.run(council.BEFORE_DUE)[2] for _ in range(3)] == [True, True, True]


def test_a_file_that_was_saved_just_now_is_looked_at_again(collector: Collector) -> None:
    os.utime(council_file(collector.root))
    assert [collector.run(council.BEFORE_DUE)[2] for _ in range(3)] == [True, True, True]


def test_what_is_lost_from_the_record_is_said_all_the_same(collector: Collector) -> None:
    collector.run(council.BEFORE_DUE)
    archive = open_workspace(collector.root).archive
    digest = archive.events("accepted")[0].data["sha256"]
    next((collector.root / "archive").rglob(digest)).unlink()
    out, code, _ = collector.run(council.BEFORE_DUE)
    assert code == 2 and "missing from the archive" in out


def test_a_busy_workspace_is_busy_though_the_answer_is_known(collector: Collector) -> None:
    from perfbook._lock import held

    collector.run(council.BEFORE_DUE)
    with held(collector.root):
        assert collector.run(council.BEFORE_DUE)[1] == 3


def test_the_scorecard_is_the_same_to_the_byte(collector: Collector, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(collector.root, other)
    for _ in range(2):
        collector.run(council.BEFORE_DUE)
    assert not collector.run(council.BEFORE_DUE)[2]
    books = []
    for root in (collector.root, other):
        if root == other:
            open_workspace(root).collect(as_at=council.BEFORE_DUE)
            forget_seen(root)
        done = open_workspace(root).consolidate(as_at=council.BEFORE_DUE + LATER)
        books.append((done.outputs["scorecard"].read_bytes(), done.quarter.findings, done.quarter.observations))
    assert books[0] == books[1]


def correct(root: Path, seed: int) -> None:
    path = council_file(root)
    path.write_bytes(council.fill(path.read_bytes(), ["d03-m01", "d03-m02"], seed))
    os.utime(path, (council.SENT.timestamp() + 60 * seed,) * 2)


def test_what_changed_in_a_return_is_read_from_its_workbooks_but_once(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = collector.root
    collector.run(council.BEFORE_DUE)
    correct(root, 3)
    first = open_workspace(root).collect(as_at=council.BEFORE_DUE + LATER).changes
    assert first
    with monkeypatch.context() as patch:
        patch.setattr(changes, "own_entries", lambda _: pytest.fail("the workbook was read again"))
        again = open_workspace(root).collect(as_at=council.BEFORE_DUE + LATER).changes
    assert again == first
    assert [each.now.tzinfo for each in again] == [each.now.tzinfo for each in first]
    correct(root, 4)
    more = open_workspace(root).collect(as_at=council.BEFORE_DUE + 2 * LATER).changes
    assert len(more) > len(first)
    forget_seen(root)
    assert open_workspace(root).collect(as_at=council.BEFORE_DUE + 2 * LATER).changes == more


def test_of_very_many_findings_the_screen_is_worked_out_and_the_answer_is_not(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collected, "MOST_SHOWN", 0)
    collector.run(council.BEFORE_DUE)
    answered = collector.run(council.BEFORE_DUE, "--json")
    assert not answered[2]
    seen = collector.run(council.BEFORE_DUE)
    assert seen[2] and "goes back with queries" in seen[0]
    memo.forget_all()
    assert collector.run(council.BEFORE_DUE, "--json")[:2] == answered[:2]
