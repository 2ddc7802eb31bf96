"""Blank returns in batches: byte for byte those that are made one by one, wherever they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbook import parallel
from perfbook.collecting.history import past_observations
from perfbook.creating import create_workspace, examples
from perfbook.framework.parts import parts_of, split
from perfbook.generating import generate
from perfbook.parallel import Workers, in_order, local
from perfbook.records import ActionReport, GridFigure, SectionText
from perfbook.returns.batches import Blanks, batches, build_batch
from perfbook.scoring.judge import index
from perfbook.scoring.ratings import index_reports
from perfbook.settings import ZONE
from tests.unattended.council import ISSUED, PERIOD, TOML, framework, write_framework

_MOST = 2


def made_of(root: Path, example: str) -> Blanks:
    """What an example's returns are made of, with figures, ratings and texts of the period before."""
    workspace = create_workspace(root, example=example, blank=True)
    period = workspace.settings.period
    before, whole = period.previous, workspace.framework.at(period)
    if example == "dudley":
        parts = [part for key in whole.expected(period) for part in parts_of(whole, key, period)]
        divided = split(whole, parts, period)
    else:
        divided = whole
    rated = [
        ActionReport(action.key, before, deliverable, rating="", update=f"What was done for {action.code}.")
        for action in whole.actions
        for deliverable in ("", *action.deliverables[:1])
    ]
    texts = {
        (section.key, key, before): SectionText(section.key, key, before, f"{section.title} of {key}")
        for section in whole.sections
        for key in whole.expected(before)
    }
    grids = {
        (line.key, column, key, before): GridFigure(line.key, column, key, before, Decimal(7))
        for grid in whole.grids
        for line in grid.lines
        for column in grid.columns
        for key in whole.expected(before)
    }
    return Blanks(
        divided,
        period,
        index(past_observations(whole, period)),
        index_reports(rated),
        texts,
        grids,
        due=workspace.settings.due_at(period),
        created=datetime(2032, 1, 1, tzinfo=ZONE),
    )


@pytest.mark.parametrize("example", examples())
def test_a_batch_holds_all_that_its_returns_need(tmp_path: Path, example: str) -> None:
    blanks = made_of(tmp_path, example)
    keys = blanks.framework.expected(blanks.period)[:_MOST]
    alone = {key: blanks.build(key) for key in keys}
    together = {
        key: book
        for several, batch in batches(blanks, keys, 2)
        for key, book in zip(several, build_batch(batch), strict=True)
    }
    assert together == alone
    # Not by chance: what earlier returns said stands in these.
    bare = replace(blanks, figures={}, reports={}, texts={}, grids={})
    assert any(bare.build(key) != alone[key] for key in keys)


def test_generating_in_several_processes_writes_the_same_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for name, processes in (("alone", 1), ("shared", 2)):
        root = tmp_path / name
        root.mkdir()
        (root / "perfbook.toml").write_text(TOML.format(period=PERIOD.label), encoding="utf-8")
        (root / "framework.xlsx").write_bytes(
            write_framework(framework(6, 2), created=ISSUED, periods=[PERIOD], spare_rows=1)
        )
        monkeypatch.setattr("perfbook.generating.worth", lambda items, least, count=processes: count)
        told: list[tuple[int, int, str]] = []
        workspace = opened(root)
        done = generate(workspace, PERIOD, None, None, ISSUED, lambda *at, told=told: told.append(at))
        assert [at for at, _, _ in told] == list(range(7))
        issued = [event.data["sha256"] for event in workspace.archive.events("issued")]
        written.append(([(path.name, path.read_bytes()) for path in done.written], issued))
    assert written[0] == written[1]
    assert len(written[0][0]) == 6


def opened(root: Path) -> Any:
    from perfbook.workspace import open_workspace

    return open_workspace(root)


class Dying(Executor):
    """An executor whose processes die: the first answers, what follows is lost, later it takes nothing more."""

    def __init__(self) -> None:
        self.asked = 0

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        self.asked += 1
        if self.asked > 3:
            raise BrokenExecutor("none is left")
        future: Future[Any] = Future()
        if self.asked == 1:
            future.set_result(work(*args))
        else:
            future.set_exception(BrokenExecutor("it died"))
        return future


def doubled(number: int) -> int:
    return 2 * number


def test_what_a_dying_process_had_under_way_is_done_all_the_same() -> None:
    found = list(in_order(Workers(Dying(), 2), doubled, ((str(n), n) for n in range(20))))
    assert found == [(str(n), 2 * n) for n in range(20)]


def test_only_a_few_items_are_held_at_a_time() -> None:
    taken = 0

    def items() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number, number

    with local(2) as workers:
        answers = in_order(workers, doubled, items())
        assert next(answers) == (0, 0)
        assert taken <= 2 * parallel._AHEAD + 1
        answers.close()  # type: ignore[attr-defined]


def test_what_the_work_raises_is_raised() -> None:
    with local(2) as workers, pytest.raises(TypeError):
        list(in_order(workers, doubled_badly, [(1, None)]))


def doubled_badly(number: Any) -> int:
    return number + 1  # type: ignore[no-any-return]
