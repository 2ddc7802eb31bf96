"""Books that go back, made by several workers: byte for byte those that one process makes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from perfbook.conversing import conversation_of
from perfbook.creating import create_workspace
from perfbook.feedback import book
from perfbook.feedback.book import Asked, made_books
from perfbook.parallel import Workers


@pytest.mark.parametrize("example", ["dudley", "kirklees", "walsall-children"])
def test_workers_make_the_same_books(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = create_workspace(tmp_path / "council", example=example)
    period = workspace.settings.period
    due = workspace.settings.due_at(period)
    archive = workspace.archive
    found = conversation_of(workspace, archive, period, due + timedelta(days=2))
    asked = []
    for submission in found.submissions[:4]:
        settlings = tuple(each for each in found.settlings if each.finding.file == submission.file)
        asked.append(Asked(submission, settlings, due + timedelta(days=len(asked))))
    about = (found.framework, asked, archive, found.past)
    alone = list(made_books(*about, due=due, house=workspace.house))
    monkeypatch.setattr(book, "feedback_book", lambda *_, **__: pytest.fail("a worker has to make it"))
    with ThreadPoolExecutor(2) as executor:
        together = list(made_books(*about, due=due, house=workspace.house, workers=Workers(executor, 2)))
    assert len(alone) == len(asked) > 0
    assert together == alone
