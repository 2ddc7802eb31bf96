"""Where a folded collection could differ from a whole one: days, limits, letters, and what changes meanwhile."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbook import memo
from perfbook.checks.across.copy_rules import LONG_ENOUGH
from perfbook.checks.across.findings import Part
from perfbook.checks.across.shown import is_alike, shown_of
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Target
from perfbook.records import ActionReport
from perfbook.workspace import Workspace, open_workspace
from tests.folding.test_fold import SERVICES, Manager, Two, keys_of, make
from tests.unattended import council


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("council") / "made")


@pytest.fixture
def two(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    return Two(made, tmp_path, monkeypatch, council.PERIOD)


def test_what_a_framework_has_otherwise_is_told_from_the_next_day_on(two: Two) -> None:
    """It is compared with that of the last consolidation of an earlier day."""
    now = council.BEFORE_DUE - timedelta(days=2)

    def give_to_others(workspace: Workspace) -> None:
        workspace.consolidate(as_at=now)
        made = workspace.framework
        other = replace(made, measures=tuple(replace(each, owner="Head of Parks") for each in made.measures))
        book = write_framework(other, created=council.ISSUED, periods=[council.PERIOD])
        (workspace.root / "framework.xlsx").write_bytes(book)

    two.both(give_to_others)
    manager = Manager(two, random.Random(1))
    for hours in (0, 1, 2, 24, 25, 48):
        assert bool(two.run(now + timedelta(hours=hours))["framework_changed"]) == (hours >= 24)
        manager.correct(3)
    assert two.folded >= 2


@pytest.mark.parametrize("files", [SERVICES - 1, SERVICES])
def test_more_files_than_are_read(two: Two, files: int) -> None:
    for root in two.roots:
        with (root / "perfbook.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\n[folder]\nfiles = {files}\n")
    manager, now = Manager(two, random.Random(1)), council.BEFORE_DUE
    two.run(now)
    manager.two.put("a note.txt", b"call me")
    two.run(now + timedelta(minutes=1))
    for service in (3, 4):
        manager.delete(service)
        now += timedelta(hours=1)
        two.run(now)


def test_a_text_that_is_longer_in_small_letters(two: Two) -> None:
    manager, text = Manager(two, random.Random(1)), "Stra\u00dfen, Baum, Wege: ja."
    assert len(text) < LONG_ENOUGH <= len(text.casefold())
    for service in (3, 4):
        two.run(council.BEFORE_DUE)
        two.put(two.name(service), manager.filled(service, COMMENTARY=text))
    assert two.run(council.BEFORE_DUE)["findings"]["by_code"]["X201"] == 1


def test_a_file_that_was_away_for_a_moment(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """On some systems it comes back with all its times as they were."""

    def without_times_of_entries(*args: Any) -> Iterator[tuple[str, int, int, int]]:
        return ((*stamp[:3], 0) for stamp in files_itself(*args))

    files_itself = memo._files
    monkeypatch.setattr(memo, "_files", without_times_of_entries)
    two.on_opening = lambda root: _return(root, two).rename(root / "away.xlsx")
    two.run(council.BEFORE_DUE)
    two.on_opening = lambda root: None
    for root in two.roots:
        (root / "away.xlsx").rename(_return(root, two))
    two.run(council.BEFORE_DUE + timedelta(hours=1))


def _return(root: Path, two: Two) -> Path:
    return open_workspace(root).returns_folder(two.period) / two.name(3)


def test_a_framework_that_changes_while_it_is_opened(two: Two) -> None:
    two.run(council.BEFORE_DUE)
    Manager(two, random.Random(1)).correct(3)
    books = {root: (root / "framework.xlsx").read_bytes() for root in two.roots}
    made = open_workspace(two.roots[0]).framework
    other = replace(made, targets=dict.fromkeys(made.targets, Target(Decimal(90))))
    data = write_framework(other, created=council.ISSUED, periods=[council.PERIOD])
    two.on_opening = lambda root: (root / "framework.xlsx").write_bytes(data)
    two.run(council.BEFORE_DUE)
    two.on_opening = lambda root: None
    for root, book in books.items():
        (root / "framework.xlsx").write_bytes(book)
    Manager(two, random.Random(2)).correct(4)
    two.run(council.BEFORE_DUE)


def test_an_action_of_which_more_is_said_shows_something_else() -> None:
    blank = ActionReport("a-1", council.PERIOD)
    shown = [
        shown_of(council.framework(2, 1), council.PERIOD, Part(actions=(each,)))
        for each in (blank, replace(blank, progress=Decimal("0.5")))
    ]
    assert not is_alike({"d01": shown[0]}, {"d01": shown[1]}, [])


@pytest.mark.parametrize(
    "place",
    [
        "perfbook.folding.fold.settled",
        "perfbook.folding.keep.Store.keep",
    ],
)
def test_a_run_that_is_killed_leaves_nothing_to_be_believed(
    two: Two, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    now = council.BEFORE_DUE
    two.run(now)
    # Nothing is asked about it: whether a book that goes back was written by this run or the one before is told.
    two.put(two.name(1), council.fill(two.sent[1], keys_of(1), 2))
    whole, parts = zip(two.roots, ("of readings", "kept"), strict=True)
    two.state(*whole, now)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(place, killed)
        two.state(*parts, now)
    two.run(now + timedelta(minutes=1))
    Manager(two, random.Random(1)).correct(6)
    two.run(now + timedelta(minutes=2))
    assert two.folded
