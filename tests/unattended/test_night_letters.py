"""A night that writes reports and letters: what it does once, what it tells, and what does not stop it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from perfbook.chasing.post import PASSWORD
from perfbook.framework.book_writer import write_framework
from perfbook.settings import ZONE
from perfbook.unattended.nightly import run_night
from perfbook.workspace import open_workspace
from tests.chasing.server import SECRET, USER, running
from tests.unattended.council import AFTER_DUE, ISSUED, PERIOD, framework, make_workspace

SECTIONS = """
[nightly]
report = true
tables = true
chase = "{way}"

[mail]
from = "performance@elmbridge.example"
host = "localhost"
port = {port}
user = "{user}"
ca_file = "{ca}"
timeout_seconds = 5
"""
# The due day is 16 January 2032, a Friday; the third working day after it is Wednesday.
WEDNESDAY = datetime(2032, 1, 21, 2, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three services, of which the first has sent nothing."""
    root = tmp_path_factory.mktemp("night") / "council"
    make_workspace(root, unsigned=1)
    model = framework(3, 2)
    directorates = tuple(replace(d, email=f"{d.key}@elmbridge.example") for d in model.directorates)
    model = replace(model, directorates=directorates)
    (root / "framework.xlsx").write_bytes(write_framework(model, created=ISSUED, periods=[PERIOD], spare_rows=5))
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "council"))


def configure(root: Path, way: str = "draft", port: int = 1, ca: str = "") -> None:
    text = (root / "perfbook.toml").read_text("utf-8")
    (root / "perfbook.toml").write_text(text + SECTIONS.format(way=way, port=port, user=USER, ca=ca), "utf-8")


def night(root: Path, as_at: datetime = WEDNESDAY) -> dict[str, Any]:
    done = run_night(root, as_at=as_at, clock=lambda: as_at)
    table: dict[str, Any] = json.loads((root / "outputs" / "nightly.json").read_bytes())
    assert table["exit_code"] == done.exit_code
    period: dict[str, Any] = table["periods"][0]
    return period


def test_a_night_writes_reports_and_sends_letters_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)
    with running(tmp_path, "starttls") as server:
        configure(root, "send", server.port, server.ca_file)
        done = night(root)
        assert done["result"] == "written"
        # One reminder, and thanks to the two that are there.
        assert done["letters"] == {"sent": 3, "problems": [], "open": 0, "failed": ""}
        assert sorted(done["counts"]["outputs"]) == ["digest", "report", "scorecard"]
        assert all(Path(path).is_file() for path in done["counts"]["outputs"].values())
        assert list((root / "outputs" / "tables" / "returns").rglob("*.parquet"))
        assert server.handler.addresses == [f"d0{number}@elmbridge.example" for number in (1, 2, 3)]
        again = night(root, WEDNESDAY.replace(day=22))
        assert again["letters"] == {"problems": [], "open": 0, "failed": ""}
        # A night in which nothing changed reads no return, and yet the next stage goes out on its day.
        quiet = night(root, WEDNESDAY.replace(day=23))
        assert quiet["result"] == "unchanged"
        later = night(root, datetime(2032, 1, 30, 2, 0, tzinfo=ZONE))
        assert later["letters"]["sent"] == 1
    assert [message["Subject"] for _, message in server.handler.received[3:]] == [
        "Elmbridge Vale: 2031-32 Q3 return still missing"
    ]
    lines = [json.loads(line) for line in (root / "outputs" / "log" / "nightly.log").read_text("ascii").splitlines()]
    assert [line["outcome"] for line in lines if line["event"] == "letter"] == ["sent"] * 4


def test_a_dead_mail_server_does_not_make_the_scorecard_stale(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)
    configure(root, "send")
    done = night(root)
    assert (done["result"], done["exit_code"], done["failed"]) == ("written", 1, "")
    assert "localhost:1 cannot be used" in done["letters"]["failed"]
    assert json.loads((root / "outputs" / "nightly.json").read_bytes())["refreshed"]


def test_drafts_are_written_every_night_and_remembered_never(root: Path) -> None:
    configure(root)
    for day in (21, 22):
        assert night(root, WEDNESDAY.replace(day=day))["letters"]["draft"] == 3
    assert open_workspace(root).archive.events("chased") == ()


def test_nobody_is_chased_while_the_folder_is_out_of_reach(root: Path) -> None:
    configure(root)
    night(root, AFTER_DUE)
    (root / "returns").rename(root / "elsewhere")
    done = night(root)
    assert (done["result"], done["letters"]) == ("failed", {})


def test_a_broken_report_template_is_told_and_the_scorecard_is_fresh(root: Path) -> None:
    configure(root, "off")
    (root / "templates").mkdir()
    (root / "templates" / "digest.html").write_text("{{ nothing }}", "utf-8")
    done = night(root)
    assert (done["result"], done["exit_code"]) == ("written", 2)
    assert "digest.html cannot be filled" in done["failed"]
    assert not list((root / "outputs" / PERIOD.label).glob("*stale*"))
    # Neither report is written when one cannot be.
    assert not list((root / "outputs" / PERIOD.label).glob("*.docx"))
