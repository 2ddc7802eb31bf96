"""The commands that look after the record: archive verify and redact."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfbook import _cache
from perfbook.cli import main
from perfbook.workspace import Workspace
from tests.unattended.council import BEFORE_DUE, PERIOD, make_workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(_cache, "cache_folder", lambda: tmp_path / "cache")
    made = make_workspace(tmp_path / "council", 2, 1)
    made.consolidate(as_at=BEFORE_DUE)
    return made


def run(workspace: Workspace, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "-w", str(workspace.root)])
    return int(ended.value.code or 0)


def test_verify_says_what_is_wrong_and_ends_so(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "archive", "verify") == 0
    assert "The record is sound: 8 events, 6 files read." in capsys.readouterr().out
    assert run(workspace, "archive", "verify", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "sound": True,
        "events": 8,
        "files": 6,
        "redacted": 0,
        "unfinished": False,
        "problems": [],
    }
    blob = next((workspace.root / "archive" / "blobs").glob("??/*"))
    blob.write_bytes(b"altered")
    assert run(workspace, "archive", "verify") == 2
    said = capsys.readouterr().out
    assert f"{blob} was altered" in said
    assert "The record has 1 problem" in said
    assert run(workspace, "archive", "verify", "--json") == 2
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1


def test_redact_takes_out_what_is_named_and_says_what_it_cannot_reach(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    name = next(path.name for path in sorted(workspace.returns_folder(PERIOD).iterdir()))
    before = workspace.look(as_at=BEFORE_DUE)
    assert list((_cache.cache_folder() or Path()).rglob("*.sqlite"))
    assert run(workspace, "redact", name, "--reason", "Erasure request 17") == 0
    said = capsys.readouterr().out
    assert f"deleted  {name}" in said
    assert "Not touched: the original in the shared folder" in said
    assert not list((_cache.cache_folder() or Path()).rglob("*.sqlite"))
    assert (workspace.returns_folder(PERIOD) / name).is_file()
    assert run(workspace, "archive", "verify") == 0
    assert "1 file redacted" in capsys.readouterr().out
    after = workspace.look(as_at=BEFORE_DUE)
    assert [o.actual for o in after.observations] == [o.actual for o in before.observations]
    assert {o.commentary for o in after.observations} == {"[redacted]", "As planned."}
    # A second time there is nothing left, and nothing happens without a reason.
    assert run(workspace, "redact", name, "--reason", "again") == 2
    assert "was redacted already" in capsys.readouterr().err
    assert run(workspace, "redact", name) == 2
    assert "--reason" in capsys.readouterr().err
    assert run(workspace, "redact", "--text", "As planned", "--reason", "x", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == 1
    assert "planned" not in (workspace.root / "archive" / "log.jsonl").read_text("ascii")
