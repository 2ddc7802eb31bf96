"""What the fuzzer starts from, and what counts as an escape."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from perfbook.collecting import outcomes
from perfbook.collecting.intake import Examined
from perfbook.collecting.isolation import Job, Readers, ReadingLimits
from tests.collecting.bad_inputs import writers
from tests.collecting.bad_inputs.draft import Draft, framework
from tests.collecting.council import PERIOD

# What no file may end in: the process that read it died, or an error came up that nobody had thought of.
_GIVEN_UP = {outcomes.TOO_SLOW, outcomes.TOO_MUCH_MEMORY}
_ESCAPES = {outcomes.CRASHED, outcomes.FAILED}
_UNDER_WAY = 64


def originals() -> list[bytes]:
    """A good return of each kind."""
    grid = Draft.good().grid("dir000")
    strict = Draft.good()
    from tests.collecting.bad_inputs.container import strict as make_strict

    make_strict(strict)
    good = Draft.good().packed()
    return [good, good, good, strict.packed(), writers.ods(grid), writers.xls(grid), writers.xlsb(grid)]


@dataclass
class Fuzzed:
    """How many files ended how, and the numbers of those that escaped.

    A file that was given up for its time or memory did not escape: that is what the limits are for.
    """

    codes: Counter[str] = field(default_factory=Counter)
    escapes: list[tuple[int, str]] = field(default_factory=list)
    given_up: list[tuple[int, str]] = field(default_factory=list)

    def note(self, number: int, found: Examined) -> None:
        code = found.verdict.code if found.verdict else "read"
        self.codes[code] += 1
        if code in _ESCAPES:
            self.escapes.append((number, code))
        if code in _GIVEN_UP:
            self.given_up.append((number, code))


def fuzz(files: Iterable[tuple[int, bytes]], limits: ReadingLimits | None = None, processes: int = 2) -> Fuzzed:
    """Have each file looked into as a collection would."""
    done = Fuzzed()
    limits = limits or ReadingLimits(seconds=30, processes=processes)
    under_way: deque[tuple[int, Future[Examined]]] = deque()
    with Readers(framework(1), PERIOD, limits) as readers:
        for number, data in files:
            under_way.append((number, readers.submit(Job(f"{number}.xlsx", data, expected=True))))
            while len(under_way) > _UNDER_WAY:
                _take(done, under_way)
        while under_way:
            _take(done, under_way)
    return done


def _take(done: Fuzzed, under_way: deque[tuple[int, Future[Examined]]]) -> None:
    number, future = under_way.popleft()
    done.note(number, future.result())
