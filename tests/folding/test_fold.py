"""A collection that is folded from shares answers, records and sends back what a whole one would, to the byte."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.console import Console

from perfbook import _cache
from perfbook.collected import collect_told
from perfbook.errors import ArchiveError
from perfbook.folding import fold as folding
from perfbook.folding.fold import Folded
from perfbook.framework.model import Framework, Measure
from perfbook.framework.periods import Period
from perfbook.framework.version import with_version
from perfbook.memo import forget_all
from perfbook.reopening import closings_of
from perfbook.returns import layout
from perfbook.workspace import Workspace, open_workspace
from tests.returns.places import Places
from tests.unattended import council

SERVICES, MEASURES = 9, 3
# The figure of a quarter comes with the return of the next one.
LATE = "d06-m03"
NEXT = council.PERIOD.shift(1)
_THINGS = ("potholes", "libraries", "homes", "planners", "carers", "vehicles", "parks", "schools", "trees")
# In the order of the services: what the rows of two of them count is alike in nothing.
TITLES = [f"{what.capitalize()} {which}" for what in _THINGS for which in range(MEASURES)]
SHARED = "The new contract has settled in and the backlog of last winter is gone."


class Two:
    """The same council twice: of one all is worked out each time, of the other as little as can be."""

    def __init__(self, made: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, period: Period) -> None:
        self.roots = [folder / "whole" / "council", folder / "parts" / "council"]
        for root in self.roots:
            shutil.copytree(made, root)
        self.period, self.folded, self.runs = period, 0, 0
        self.caches, self._patch = folder / "caches", monkeypatch
        self._times = 0
        # What somebody does just before a workspace is opened.
        self.on_opening: Callable[[Path], object] = lambda root: None
        sent = {service: self.files()[0] / self.name(service) for service in range(1, SERVICES + 1)}
        self.sent = {service: path.read_bytes() for service, path in sent.items() if path.exists()}

        def counted(*args: Any, **more: Any) -> Folded | None:
            found = folding_itself(*args, **more)
            self.folded += found is not None
            return found

        folding_itself = folding.fold
        self._fold = counted

    def name(self, service: int) -> str:
        """Under which name a return was sent out."""
        return f"Elmbridge Vale {self.period.label} Service {service:02}.xlsx"

    def files(self) -> list[Path]:
        """The returns folders."""
        return [open_workspace(root).returns_folder(self.period) for root in self.roots]

    def put(self, name: str, data: bytes | None) -> None:
        """Have a file say something else, or be gone."""
        self._times += 1
        stamp = council.SENT.timestamp() + 60 * self._times
        for folder in self.files():
            if data is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / name).write_bytes(data)
                os.utime(folder / name, (stamp, stamp))

    def run(self, as_at: datetime, *, screen: bool = True) -> dict[str, Any]:
        """Collect both, and hold them against each other; what was answered."""
        self.runs += 1
        whole, folded = (
            self.state(root, cache, as_at, screen=screen)
            for root, cache in zip(self.roots, ("of readings", "kept"), strict=True)
        )
        assert folded == whole
        answer: dict[str, Any] = json.loads(folded["answer"])
        return answer

    def both(self, work: Callable[[Workspace], object]) -> None:
        """Have something done in both."""
        for root, cache in zip(self.roots, ("of readings", "kept"), strict=True):
            self._use(cache)
            work(open_workspace(root))

    def _use(self, cache: str) -> None:
        self._patch.setattr(_cache, "cache_folder", lambda: self.caches / cache)

    def state(self, root: Path, cache: str, as_at: datetime, *, screen: bool = True) -> dict[str, object]:
        """What there is after collecting one of them."""
        self._use(cache)
        if cache != "kept":
            forget_all()
            self._patch.setattr(folding, "fold", lambda *args, **more: None)
        else:
            self._patch.setattr(folding, "fold", self._fold)

        @contextmanager
        def opened() -> Iterator[Workspace]:
            self.on_opening(root)
            yield open_workspace(root)

        told = collect_told(root, opened, period=self.period.label, as_at=as_at, screen=screen)
        books = open_workspace(root).feedback_folder(self.period)
        return {
            "answer": json.dumps(told.answer).replace(str(root), ""),
            "code": told.exit_code,
            "screen": [_shown(table).replace(str(root), "") for table in told.tables],
            "log": _events(root / "archive" / "log.jsonl"),
            "books": {path.name: path.read_bytes() for path in sorted(books.glob("*"))},
        }


def _events(log: Path) -> list[dict[str, Any]]:
    """The events, but for what no two lines have in common."""
    own = ("hash", "previous", "salt", "seal")
    events = map(json.loads, log.read_text().splitlines())
    return [{name: value for name, value in event.items() if name not in own} for event in events]


def _shown(table: object) -> str:
    screen = Console(file=io.StringIO(), width=300)
    if table is not None:
        screen.print(table)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("council") / "made")


def make(root: Path) -> Path:
    """Nine services, two of which have sent nothing yet."""
    framework = council.framework

    def unlike(directorates: int, measures: int) -> Framework:
        found = framework(directorates, measures)
        titles = zip(found.measures, TITLES, strict=True)
        return with_version(replace(found, measures=tuple(_titled(each, title) for each, title in titles)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(council, "framework", unlike)
        council.make_workspace(root, SERVICES, MEASURES, unsigned=2)
    return root


def _titled(measure: Measure, title: str) -> Measure:
    """One measure is told a quarter late."""
    return replace(measure, title=title, arrears=int(measure.key == LATE))


@pytest.fixture
def two(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    return Two(made, tmp_path, monkeypatch, council.PERIOD)


@pytest.fixture(scope="module")
def made_later(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter later: what was returned then was collected, published and in part restated, and seven of nine have
    filled the next returns."""
    root = tmp_path_factory.mktemp("later") / "made"
    shutil.copytree(made, root)
    workspace = open_workspace(root)
    workspace.collect(as_at=council.AFTER_DUE)
    workspace.close(as_at=council.AFTER_DUE)
    path = workspace.returns_folder(council.PERIOD) / f"Elmbridge Vale {council.PERIOD.label} Service 05.xlsx"
    path.write_bytes(council.fill(path.read_bytes(), keys_of(5), 77))
    workspace.collect(as_at=council.AFTER_DUE + timedelta(days=1))
    for number, path in enumerate(workspace.generate(period=NEXT, as_at=council.AFTER_DUE).written):
        if number > 1:
            path.write_bytes(council.fill(path.read_bytes(), keys_of(number + 1), number + 3))
        os.utime(path, (council.SENT.timestamp(),) * 2)
    return root


@pytest.fixture
def later(made_later: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    return Two(made_later, tmp_path, monkeypatch, NEXT)


def keys_of(service: int) -> list[str]:
    return [f"d{service:02}-m{which:02}" for which in range(1, MEASURES + 1)]


@dataclass
class Manager:
    """Somebody who does something to a file of the folder."""

    two: Two
    chance: random.Random

    def filled(self, service: int, **cells: object) -> bytes:
        """The return of a service with other figures, and with something in cells of its first row."""
        keys = keys_of(service)
        book = council.fill(self.two.sent[service], keys, self.chance.randrange(90))
        return with_cells(book, keys[0], **cells) if cells else book

    def correct(self, service: int) -> None:
        """Other figures."""
        self.two.put(self.two.name(service), self.filled(service))

    def explain(self, service: int) -> None:
        """A text of its own."""
        self.two.put(
            self.two.name(service), self.filled(service, COMMENTARY=f"Demand rose by {self.chance.random():.3f}.")
        )

    def copy_text(self, service: int) -> None:
        """The text that another one has, too."""
        self.two.put(self.two.name(service), self.filled(service, COMMENTARY=SHARED))

    def mistype(self, service: int) -> None:
        """Something that is no figure."""
        self.two.put(self.two.name(service), self.filled(service, ACTUAL="about fifty", COMMENTARY="tbc"))

    def unsign(self, service: int) -> None:
        """A return that is not signed any more."""
        data = self.filled(service)
        book = openpyxl.load_workbook(io.BytesIO(data))
        book[layout.START][Places(data).start(layout.SIGN_STATE)] = None
        written = io.BytesIO()
        book.save(written)
        self.two.put(self.two.name(service), written.getvalue())

    def delete(self, service: int) -> None:
        """The file is gone."""
        self.two.put(self.two.name(service), None)

    def copy(self, service: int) -> None:
        """Another version beside it."""
        self.two.put(f"Copy of {service}.xlsx", self.filled(service))

    def mix_up(self, service: int) -> None:
        """The return of another service under this one's name."""
        self.two.put(self.two.name(service), self.filled(service % SERVICES + 1))

    def move(self, service: int) -> None:
        """The same under another name."""
        there = self.two.files()[0] / self.two.name(service)
        data = there.read_bytes() if there.exists() else self.filled(service)
        self.two.put(self.two.name(service), None)
        self.two.put(f"Final {service}.xlsx", data)

    def break_it(self, service: int) -> None:
        """Half of it is lost."""
        self.two.put(self.two.name(service), self.filled(service)[:-3000])

    def add_notes(self, service: int) -> None:
        """Something else."""
        self.two.put(f"notes {service}.txt", b"call me")

    def open_it(self, service: int) -> None:
        """Excel's own file beside it."""
        self.two.put(f"~${self.two.name(service)}", b"\x05Ann")


def with_cells(data: bytes, key: str, **cells: object) -> bytes:
    """A return with something in cells of one row."""
    places, book = Places(data), openpyxl.load_workbook(io.BytesIO(data))
    for column, value in cells.items():
        book[layout.MEASURES][places.measure(key, getattr(layout, column))] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


DEEDS: tuple[Callable[[Manager, int], None], ...] = (
    *(Manager.correct, Manager.correct, Manager.explain, Manager.explain, Manager.copy_text, Manager.mistype),
    *(Manager.unsign, Manager.delete, Manager.copy, Manager.mix_up, Manager.move, Manager.break_it, Manager.add_notes),
    Manager.open_it,
)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_managers_do(two: Two, seed: int) -> None:
    _do_anything(two, seed, council.BEFORE_DUE - timedelta(days=3))
    assert two.folded >= 2


@pytest.mark.parametrize("seed", range(20, 22))
def test_whatever_managers_do_while_officers_close_and_open_periods(later: Two, seed: int) -> None:
    chance = random.Random(seed)
    manager, now = Manager(later, chance), datetime(2032, 4, 14, 2, 0, tzinfo=council.ZONE)
    later.run(now)
    for _ in range(8):
        now += timedelta(hours=chance.choice((1, 5, 30)))
        chance.choice(DEEDS)(manager, chance.randint(1, SERVICES))
        if chance.random() < 0.7:
            later.both(partial(_close_or_open, chance.choice((council.PERIOD, NEXT)), now))
        later.run(now)


def _close_or_open(period: Period, now: datetime, workspace: Workspace) -> None:
    """What is open is closed, and the other way round."""
    standing = [event.data["period"] for event in closings_of(workspace.archive).standing]
    if period.label in standing:
        workspace.reopen(period=period, reason="Too soon", by="Performance officer", as_at=now)
    else:
        workspace.close(period=period, as_at=now)


def test_with_figures_of_earlier_quarters(later: Two) -> None:
    now = datetime(2032, 4, 14, 2, 0, tzinfo=council.ZONE)
    assert later.run(now)["restated"]
    Manager(later, random.Random(1)).correct(5)
    assert _folds(later, now)
    Manager(later, random.Random(1)).correct(6)
    assert not _folds(later, now), "a figure about a quarter that is closed"
    _do_anything(later, 5, now)
    assert later.folded > 1


def _do_anything(two: Two, seed: int, now: datetime) -> None:
    chance = random.Random(seed)
    manager = Manager(two, chance)
    two.run(now)
    for _ in range(12):
        now += timedelta(hours=chance.choice((1, 5, 30)))
        for _ in range(chance.choice((1, 1, 2))):
            chance.choice(DEEDS)(manager, chance.randint(1, SERVICES))
        two.run(now, screen=chance.random() < 0.7)


def _folds(two: Two, as_at: datetime) -> bool:
    before = two.folded
    two.run(as_at)
    return two.folded > before


def test_what_concerns_one_directorate_is_folded(two: Two) -> None:
    manager, now = Manager(two, random.Random(1)), council.BEFORE_DUE
    assert not _folds(two, now)
    for deed in (Manager.correct, Manager.explain, Manager.mistype, Manager.unsign, Manager.add_notes):
        deed(manager, 3)
        now += timedelta(minutes=1)
        assert _folds(two, now), deed.__name__
    for service in (4, 5):
        manager.correct(service)
    assert _folds(two, now), "two of nine"
    assert _folds(two, now + timedelta(days=1)), "another day, and nothing happened"


def test_after_consolidating_it_is_folded_and_after_other_events_it_is_not(two: Two) -> None:
    manager, now = Manager(two, random.Random(1)), council.BEFORE_DUE
    # By then the framework is on record, too.
    two.both(lambda workspace: workspace.consolidate(as_at=now))
    two.run(now)
    two.both(lambda workspace: workspace.consolidate(as_at=now, collect=False))
    manager.correct(3)
    assert _folds(two, now)
    event = {"path": "x", "directorate": "", "period": "2030-31 Q1"}
    two.both(lambda workspace: workspace.archive.append("ignored", now, event))
    manager.correct(3)
    assert not _folds(two, now)


def test_what_is_lost_from_the_record_is_said(two: Two) -> None:
    two.run(council.BEFORE_DUE)
    manager = Manager(two, random.Random(1))
    manager.correct(3)
    assert _folds(two, council.BEFORE_DUE)
    digest = hashlib.sha256((two.files()[0] / two.name(7)).read_bytes()).hexdigest()
    for root in two.roots:
        (root / "archive" / "blobs" / digest[:2] / digest).unlink()
    for days in (1, 2):
        with pytest.raises(ArchiveError):
            two.state(two.roots[1], "kept", council.BEFORE_DUE + timedelta(days=days))
        manager.correct(4)


def test_what_concerns_several_is_not(two: Two) -> None:
    manager, now = Manager(two, random.Random(1)), council.BEFORE_DUE
    two.run(now)
    manager.copy_text(3)
    assert _folds(two, now), "nobody else says so yet"
    manager.copy_text(4)
    assert not _folds(two, now), "the same text in two returns"
    assert "X201" in two.run(now)["findings"]["by_code"]
    manager.explain(4)
    assert not _folds(two, now), "what was found between two"
    for service in (3, 4, 5):
        manager.explain(service)
    assert not _folds(two, now), "three of nine"
    manager.correct(1)
    assert not _folds(two, council.AFTER_DUE), "the rest are overdue now"
    manager.correct(1)
    assert _folds(two, council.AFTER_DUE)


def test_a_file_that_holds_the_return_of_another_concerns_both(two: Two) -> None:
    manager, now = Manager(two, random.Random(1)), council.BEFORE_DUE
    two.run(now)
    manager.mix_up(6)
    for minutes in (1, 2, 3):
        two.run(now + timedelta(minutes=minutes))
    manager.break_it(7)
    # What is said of service 6 depends on which of the two files counts for service 7.
    assert not _folds(two, now + timedelta(minutes=4))


def test_what_is_kept_is_not_trusted_for_long(two: Two) -> None:
    two.run(council.BEFORE_DUE - timedelta(days=10))
    Manager(two, random.Random(1)).correct(3)
    assert not _folds(two, council.BEFORE_DUE - timedelta(days=2))


def test_what_shows_something_else_by_itself_is_worked_out(two: Two) -> None:
    two.run(council.BEFORE_DUE)
    Manager(two, random.Random(1)).correct(3)
    (store,) = (two.caches / "kept").rglob("shares/*")
    with contextlib.closing(sqlite3.connect(store)) as db, db:
        ((shown,),) = db.execute("SELECT shown FROM shares WHERE directorate = 'd04'")
        db.execute("UPDATE shares SET shown = ? WHERE directorate = 'd04'", (shown[:-1] + bytes([shown[-1] ^ 1]),))
    assert not _folds(two, council.BEFORE_DUE)


def test_what_is_spoilt_is_worked_out(two: Two) -> None:
    manager = Manager(two, random.Random(1))
    two.run(council.BEFORE_DUE)
    for spoil in (lambda data: b"no database", lambda data: data[: len(data) // 2], lambda data: b""):
        manager.correct(3)
        (store,) = (two.caches / "kept").rglob("shares/*")
        store.write_bytes(spoil(store.read_bytes()))
        assert not _folds(two, council.BEFORE_DUE)


def test_a_closed_period_is_worked_out(two: Two) -> None:
    two.run(council.BEFORE_DUE)
    for root in two.roots:
        open_workspace(root).close(as_at=council.BEFORE_DUE)
    Manager(two, random.Random(1)).correct(3)
    assert not _folds(two, council.BEFORE_DUE)
    Manager(two, random.Random(2)).correct(3)
    assert not _folds(two, council.BEFORE_DUE) and two.run(council.BEFORE_DUE)["restated"]
