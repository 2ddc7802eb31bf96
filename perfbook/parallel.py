"""Work in several processes: executors of `concurrent.futures`, and work that goes through one in order.

On one machine they are processes of loky: they are kept for the next run, import nothing of the caller's program (a
script needs no guard for them), and one that dies is an error and not a wait without an end.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")
_IDLE = 30  # seconds after which processes end that nobody asks
_AHEAD = 2  # batches that wait for each process, so that none waits for one


def worth(items: int, least: int) -> int:
    """How many processes are worth their start for so many items, of which `least` take as long as a start."""
    return max(1, min(os.cpu_count() or 1, items // least))


@contextlib.contextmanager
def local(processes: int) -> Iterator[Executor | None]:
    """An executor of so many processes of this machine; None, which means this process itself, for one."""
    if processes < 2:
        yield None
        return
    from loky import get_reusable_executor

    yield get_reusable_executor(max_workers=processes, timeout=_IDLE)


def in_order(
    executor: Executor | None,
    work: Callable[[B], T],
    items: Iterable[tuple[A, B]],
    processes: int,
) -> Iterator[tuple[A, T]]:
    """The work on the second of each pair, beside the first, in the order of the items.

    Only a few items and answers are held at a time, however many there are. What processes that died had under way is
    done by this process, and so is the rest where none is left. Raises what the work raises.
    """
    if executor is None:
        yield from ((label, work(item)) for label, item in items)
        return
    waiting: deque[tuple[A, B, Future[T] | None]] = deque()
    try:
        for label, item in items:
            waiting.append((label, item, _submitted(executor, work, item)))
            if len(waiting) >= _AHEAD * processes:
                yield _answered(work, *waiting.popleft())
        while waiting:
            yield _answered(work, *waiting.popleft())
    finally:
        for _, _, future in waiting:
            if future:
                future.cancel()


def _submitted(executor: Executor, work: Callable[[B], T], item: B) -> Future[T] | None:
    try:
        return executor.submit(work, item)
    except BrokenExecutor:
        return None


def _answered(work: Callable[[B], T], label: A, item: B, future: Future[T] | None) -> tuple[A, T]:
    if future:
        with contextlib.suppress(BrokenExecutor):
            return label, future.result()
    return label, work(item)
