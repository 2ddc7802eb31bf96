from __future__ import annotations

import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from perfbook._lock import held
from perfbook.framework.periods import Period
from perfbook.unattended import mailbox
from perfbook.workspace import Workspace, open_workspace
from tests.unattended.council import PERIOD

NOW = time.time()


class Tables:
    """Stands in for the tables, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, workspace: Workspace, period: Period) -> dict[str, Any]:
        self.asked.append(period.label)
        return {"perfbook": "tables", "note": "Größe", "blocks": [], "end": "perfbook"}


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(made, tmp_path / "ws"))
    (copy / "mailbox").mkdir()
    return copy


def box(root: Path) -> Path:
    return root / "mailbox"


def ask(root: Path, identity: str = "a1", *, name: str = "", age: float = 60.0, text: bytes = b"", **more: Any) -> Path:
    table = {"request": "tables", "period": PERIOD.label, "id": identity} | more
    path = box(root) / (name or f"request-{identity}.json")
    path.write_bytes(text or json.dumps(table).encode("ascii"))
    os.utime(path, (NOW - age, NOW - age))
    return path


def answers(root: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for path in box(root).glob("answer-*.json"):
        data = path.read_bytes()
        assert data.isascii()
        found[path.name] = json.loads(data)
    return found


def look(root: Path, tables: Any = None, now: float = NOW) -> tuple[mailbox.Answered, ...]:
    return mailbox.answer_all(root, tables or Tables(), now)


def test_a_request_is_answered_whole_and_once(root: Path) -> None:
    ask(root, "Ab-1_2")
    tables = Tables()
    assert look(root, tables) == (mailbox.Answered("request-Ab-1_2.json", PERIOD.label),)
    answer = answers(root)["answer-Ab-1_2.json"]
    assert (answer["id"], answer["ok"], answer["period"]) == ("Ab-1_2", True, PERIOD.label)
    assert answer["tables"] == {"perfbook": "tables", "note": "Größe", "blocks": [], "end": "perfbook"}
    assert look(root, tables) == ()
    assert tables.asked == [PERIOD.label]
    assert [p.name for p in box(root).iterdir()] == ["answer-Ab-1_2.json"]


def test_the_tables_are_those_of_the_period_collected_now(root: Path) -> None:
    ask(root)
    mailbox.answer_all(root, now=NOW)
    workspace = open_workspace(root)
    received = [event.data["path"] for event in workspace.archive.events("accepted")]
    assert len(received) == 3
    answer = answers(root)["answer-a1.json"]
    assert (answer["ok"], answer["tables"]["perfbook"], answer["tables"]["period"]) == (True, "tables", PERIOD.label)
    assert not workspace.scorecard_path(PERIOD).exists()  # it is open in Excel


def test_a_busy_workspace_is_answered_with_its_code(root: Path) -> None:
    ask(root)
    with held(root):
        mailbox.answer_all(root, now=NOW)
    answer = answers(root)["answer-a1.json"]
    assert (answer["ok"], answer["code"]) == (False, 3)
    assert "Another run of perfbook is at work" in answer["error"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"request": "run"}, "only request that is answered is tables"),
        ({"command": "calc.exe"}, "nothing else"),
        ({"period": 3}, "each a text"),
        ({"period": ""}, "names no period"),
        ({"period": "../../etc"}, "is not a period"),
        ({"period": "2031-32"}, "returns here are quarterly"),
        ({"id": "other"}, "not the one in the name of its file"),
        ({"text": b"[1, 2]"}, "not a table in ASCII JSON"),
        ({"text": b'{"request": "tables"'}, "not a table in ASCII JSON"),
        ({"text": b"[" * 4000}, "not a table in ASCII JSON"),
        ({"text": '{"request": "Größe"}'.encode()}, "not a table in ASCII JSON"),
        ({"text": b"MZ\x90\x00"}, "not a table in ASCII JSON"),
        ({"text": b" " * 4097}, "larger than 4096 bytes"),
    ],
)
def test_what_is_no_request_is_refused_in_a_sentence(root: Path, more: dict[str, Any], words: str) -> None:
    ask(root, **more)
    tables = Tables()
    (answered,) = look(root, tables)
    answer = answers(root)["answer-a1.json"]
    assert (answer["ok"], answer["code"], answer["id"]) == (False, 2, "a1")
    assert words in answer["error"]
    assert words in answered.error
    assert "\n" not in answer["error"]
    assert tables.asked == []
    assert look(root, tables) == ()


@pytest.mark.parametrize(
    "name",
    [
        "request-..json",
        "request-a b.json",
        "request-" + "x" * 65 + ".json",
        "request-.json",
        "request-a.json.exe",
        "request-ä.json",
    ],
)
def test_tricks_with_the_name_get_an_answer_under_a_plain_name(root: Path, name: str) -> None:
    ask(root, "../../../evil", name=name)
    tables = Tables()
    look(root, tables)
    ((file, answer),) = answers(root).items()
    assert len(file) == len("answer-.json") + 16
    assert "not the one in the name" in answer["error"]
    assert tables.asked == []
    assert [p.name for p in box(root).iterdir()] == [file]


@pytest.mark.skipif(os.name == "nt", reason="making a link needs a right there that accounts lack")
def test_a_link_is_refused_and_its_target_untouched(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "secret.json"
    target.write_text(json.dumps({"request": "tables", "period": PERIOD.label, "id": "a1"}), encoding="ascii")
    (box(root) / "request-a1.json").symlink_to(target)
    kept = tmp_path / "kept"
    kept.write_text("mine", encoding="ascii")
    ask(root, "b2")
    (box(root) / "answer-b2.json").symlink_to(kept)
    tables = Tables()
    look(root, tables)
    (box(root) / "answer-b2.json").unlink()
    assert answers(root)["answer-a1.json"]["error"] == "The request is no plain file."
    assert target.is_file()
    assert kept.read_text("ascii") == "mine"
    assert tables.asked == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_or_a_folder_does_not_hold_the_watch_up(root: Path) -> None:
    os.mkfifo(box(root) / "request-pipe.json")
    (box(root) / "request-folder.json").mkdir()
    look(root, now=time.time())
    assert {a["error"] for a in answers(root).values()} == {"The request is no plain file."}


def test_a_request_that_is_being_written_is_waited_for(root: Path) -> None:
    path = ask(root, text=b'{"request": "tab', age=1)
    assert look(root) == ()
    assert path.exists()
    ask(root, age=1)
    assert look(root)[0].error == ""


def test_an_id_that_was_answered_is_not_answered_again(root: Path) -> None:
    ask(root)
    look(root)
    ask(root)
    tables = Tables()
    (answered,) = look(root, tables)
    assert "answered already" in answered.error
    assert answers(root)["answer-a1.json"]["ok"] is True
    assert tables.asked == []


def test_old_requests_and_answers_are_cleared_away(root: Path) -> None:
    ask(root, age=mailbox.OLDEST + 1)
    for name in ("answer-b.json", "taken-c.json", ".~d.tmp", "note.txt"):
        path = box(root) / name
        path.write_bytes(b"{}")
        os.utime(path, (NOW - mailbox.KEPT - 1,) * 2)
    tables = Tables()
    assert look(root, tables) == ()
    assert tables.asked == []
    assert [p.name for p in box(root).iterdir()] == ["note.txt"]


def test_one_look_has_an_end(root: Path) -> None:
    for number in range(mailbox.MOST + 5):
        ask(root, f"r{number:03}")
    assert [len(look(root)), len(look(root)), len(look(root))] == [mailbox.MOST, 5, 0]


def test_two_watches_answer_a_request_once(root: Path) -> None:
    for number in range(30):
        ask(root, f"r{number}")
    tables = Tables()
    threads = [threading.Thread(target=look, args=(root, tables)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tables.asked) == len(answers(root)) == 30
    assert all(answer["ok"] for answer in answers(root).values())


def test_a_fault_over_one_request_does_not_keep_the_others_waiting(root: Path) -> None:
    ask(root, "a1")
    ask(root, "b2")
    calls: list[int] = []

    def tables(workspace: Workspace, period: Period) -> dict[str, Any]:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return Tables()(workspace, period)

    look(root, tables)
    assert "not foreseen (ZeroDivisionError)" in answers(root)["answer-a1.json"]["error"]
    assert answers(root)["answer-b2.json"]["ok"]


def test_without_a_mailbox_there_is_nothing_to_do(root: Path) -> None:
    box(root).rmdir()
    assert look(root) == ()
