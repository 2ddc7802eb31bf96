"""A book that goes back is made once: it is not made again until something in it would be another."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from perfbook.cli import cli
from perfbook.creating import create_workspace
from perfbook.feedback import book
from perfbook.framework.model import Decision
from perfbook.settings import ZONE
from perfbook.workspace import Workspace

NOON = datetime(2020, 10, 20, 12, 0, tzinfo=ZONE)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "council", example="dudley")
    made.generate(as_at=datetime(2020, 10, 1, 9, 0, tzinfo=ZONE))
    for path in sorted(made.returns_folder(made.settings.period).glob("*.xlsx")):
        if "Adult" not in path.name and "Public Realm" not in path.name:
            path.unlink()
    return made


def made_by(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The directorates whose books are made from now on."""
    made: list[str] = []
    make = book.feedback_book

    def noted(framework, submission, *rest, **more):  # type: ignore[no-untyped-def]
        made.append(submission.directorate)
        return make(framework, submission, *rest, **more)

    monkeypatch.setattr(book, "feedback_book", noted)
    return made


def test_what_is_unchanged_is_kept_and_what_was_touched_is_made_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = workspace.converse(as_at=NOON)
    assert first.feedback
    assert first.kept == ()
    books = {path: path.read_bytes() for path in first.feedback}
    made = made_by(monkeypatch)
    again = workspace.converse(as_at=NOON)
    assert (again.feedback, again.kept, made) == (first.feedback, first.feedback, [])
    touched = first.feedback[0]
    touched.write_bytes(b"somebody saved something else here")
    third = workspace.converse(as_at=NOON)
    assert {path: path.read_bytes() for path in third.feedback} == books
    assert len(made) == 1
    assert touched not in third.kept


def test_a_decision_makes_the_book_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    first = workspace.converse(as_at=NOON)
    finding = next(f for f in first.quarter.findings if f.measure and f.severity == "warning" and f.about)
    framework = workspace.framework
    measure = framework.by_key[finding.measure]
    about = next(a for a in measure.abouts(first.quarter.period) if a.label == finding.about)
    decided = Decision(measure.key, about, finding.code, False, "Say more.", "Performance Manager")
    workspace.__dict__["framework"] = replace(framework, decisions=(decided,))
    made = made_by(monkeypatch)
    second = workspace.converse(as_at=NOON)
    assert made
    assert len(second.kept) < len(first.feedback) or len(first.feedback) == len(made)


def test_the_answer_lists_the_books(workspace: Workspace) -> None:
    for written in (True, False):
        ran = CliRunner().invoke(cli, ["collect", "-w", str(workspace.root), "--json", "--as-at", "2020-10-20T12:00"])
        told = json.loads(ran.stdout)["feedback"]
        assert told
        assert {book["written"] for book in told} == {written}
        assert all(Path(book["file"]).is_file() for book in told)
