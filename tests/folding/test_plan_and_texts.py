"""The same promise for a council that asks for everything, whatever managers and officers do from run to run."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perfbook.errors import UsageError
from perfbook.workspace import Workspace, open_workspace
from tests.folding import plan
from tests.folding.test_fold import Two
from tests.unattended import council


class Managers:
    """Those who fill the returns, each with what was typed so far."""

    def __init__(self, two: Two, chance: random.Random) -> None:
        self.two, self.chance = two, chance
        self.made = open_workspace(two.roots[0]).framework.at(council.PERIOD)
        self.names = plan.names(self.made)
        self.keys = list(self.names)
        self.said = {key: plan.first_return(self.made, key) for key in self.keys}
        self.before: dict[str, list[bytes]] = {key: [] for key in self.keys}
        # Where evidence is named all is worked out.
        self.deeds = (
            plan.DEEDS if chance.random() < 0.3 else tuple(d for d in plan.DEEDS if d is not plan.name_evidence)
        )

    def send(self, key: str, name: str = "") -> None:
        """The return as it is now."""
        self.put(key, plan.written(self.made, key, self.said[key]), name)

    def put(self, key: str, data: bytes, name: str = "") -> None:
        """These bytes, which may come again later."""
        self.before[key].append(data)
        self.two.put(name or self.names[key], data)

    def there(self, key: str) -> bytes | None:
        """What lies there under the name of a return."""
        path = self.two.files()[0] / self.names[key]
        return path.read_bytes() if path.exists() else None

    # What they do

    def fill(self, key: str) -> None:
        """Something else in the return."""
        self.chance.choice(self.deeds)(self.said[key], self.chance, self.made, key)
        self.send(key)

    def say_the_same(self, key: str) -> None:
        """A text of another's, word for word."""
        other = self.chance.choice(self.keys)
        plan.say_text(self.said[key], random.Random(5), self.made, key)
        plan.say_text(self.said[other], random.Random(5), self.made, other)
        self.send(key)
        if self.chance.random() < 0.5:
            self.send(other)

    def go_back(self, key: str) -> None:
        """The return as it was two steps before."""
        if len(self.before[key]) > 2:
            self.put(key, self.before[key][-3])

    def touch(self, key: str) -> None:
        """The same with another time."""
        data = self.there(key)
        if data:
            self.two.put(self.names[key], data)

    def swap(self, key: str) -> None:
        """The returns of two under each other's names."""
        other = self.chance.choice(self.keys)
        one, two = self.there(key), self.there(other)
        self.two.put(self.names[key], two)
        self.two.put(self.names[other], one)

    def move(self, key: str) -> None:
        """The same under another name."""
        data = self.there(key)
        if data:
            self.two.put(self.names[key], None)
            self.two.put(f"Final {key}.xlsx", data)

    def double(self, key: str) -> None:
        """Another copy, with more in it, or the same."""
        if self.chance.random() < 0.5:
            plan.say_figure(self.said[key], self.chance, self.made, key)
        self.send(key, f"Copy of {key}.xlsx")

    def delete(self, key: str) -> None:
        """A file is gone."""
        self.two.put(self.chance.choice((self.names[key], f"Copy of {key}.xlsx", f"Final {key}.xlsx")), None)

    def break_it(self, key: str) -> None:
        """Half of it is lost."""
        data = plan.written(self.made, key, self.said[key])
        self.two.put(self.names[key], data[: self.chance.choice((0, 100, len(data) - 3000))])

    def open_it(self, key: str) -> None:
        """Excel's own file beside it, or gone again."""
        self.two.put(f"~${self.names[key]}", self.chance.choice((None, b"\x05Ann")))

    def add_notes(self, key: str) -> None:
        """Something else."""
        data = self.chance.choice((None, b"call me", b"call me not"))
        self.two.put(f"notes {self.chance.randrange(4)}.txt", data)

    def bring_an_old_one(self, key: str) -> None:
        """A return of the period before."""
        from perfbook.returns.writer import build_return

        earlier = council.PERIOD.shift(-1)
        data = build_return(self.made, key, earlier, {}, due=plan.DUE, created=council.ISSUED)
        self.two.put(self.chance.choice((f"Old {key}.xlsx", self.names[key])), data)

    def answer(self, key: str) -> None:
        """The book that went back, answered."""
        book = open_workspace(self.two.roots[0]).feedback_folder(council.PERIOD) / self.names[key]
        if book.exists():
            self.put(key, plan.answered(book.read_bytes(), self.chance))

    def spoil_a_book(self, key: str) -> None:
        """A book that went back is gone, or something else."""
        for root in self.two.roots:
            book = open_workspace(root).feedback_folder(council.PERIOD) / self.names[key]
            if book.exists():
                book.unlink()


DEEDS: tuple[Callable[[Managers, str], None], ...] = (
    *(Managers.fill,) * 10,
    *(Managers.say_the_same, Managers.go_back, Managers.touch, Managers.swap, Managers.move, Managers.double),
    *(Managers.delete, Managers.break_it, Managers.open_it, Managers.add_notes, Managers.bring_an_old_one),
    *(Managers.answer, Managers.answer, Managers.spoil_a_book),
)


class Officers:
    """Those who do something with the workspace between two runs."""

    def __init__(self, two: Two, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.two, self.chance, self._patch = two, chance, monkeypatch

    def do(self, deed: Callable[[Workspace], object]) -> None:
        """The same with both."""

        def tried(workspace: Workspace) -> None:
            with contextlib.suppress(UsageError):
                deed(workspace)

        self.two.both(tried)

    def anything(self, now: datetime, key: str, name: str) -> None:
        """One of what they do."""
        self.do(
            self.chance.choice(
                (
                    lambda found: found.generate(as_at=now, directorate=key),
                    lambda found: found.consolidate(as_at=now),
                    lambda found: found.chase(as_at=now),
                    lambda found: found.look(as_at=now),
                    lambda found: found.redact(name, reason="It named somebody.", as_at=now),
                    lambda found: found.report(as_at=now),
                )
            )
        )
        stamp = council.SENT.timestamp()
        for folder in self.two.files():
            for path in folder.rglob("*"):
                if path.stat().st_mtime > council.ISSUED.timestamp() or path.stat().st_mtime > stamp + 10**7:
                    os.utime(path, (stamp, stamp))


def do_anything(two: Two, seed: int, monkeypatch: pytest.MonkeyPatch, steps: int = 12, officers: float = 0.1) -> None:
    """Days of a quarter."""
    chance = random.Random(seed)
    managers, office = Managers(two, chance), Officers(two, chance, monkeypatch)
    now = council.BEFORE_DUE - timedelta(days=chance.choice((0, 1, 3)))
    two.run(now)
    for _ in range(steps):
        now += timedelta(minutes=chance.choice((0, 1, 90, 90, 600, 600, 1440, 2880)))
        if chance.random() < 0.05:
            now -= timedelta(hours=chance.choice((1, 30)))
        if chance.random() < 0.1:  # somebody else does it, on another machine
            two.caches = two.caches.with_name(chance.choice(("caches", "caches of another")))
        for _ in range(chance.choice((0, 1, 1, 1, 1, 2))):
            chance.choice(DEEDS)(managers, chance.choice(managers.keys))
        if chance.random() < officers:
            key = chance.choice(managers.keys)
            office.anything(now, key, managers.names[key])
        two.run(now, screen=chance.random() < 0.7)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plan") / "made"
    plan.make_workspace(root)
    return root


@pytest.fixture
def two(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    return Two(planned, tmp_path, monkeypatch, council.PERIOD)


@pytest.mark.parametrize("seed", [2])
def test_whatever_managers_and_officers_do(two: Two, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    do_anything(two, seed, monkeypatch, steps=6)
