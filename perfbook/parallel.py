"""Work in several processes: executors of `concurrent.futures`, and work that goes through one in order.

On one machine they are processes of loky: they are kept for the next run, import nothing of the caller's program (a
script needs no guard for them), and one that dies is an error and not a wait without an end. On several machines they
are those of a Dask cluster, reached through its scheduler.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, TypeVar

from perfbook.errors import UsageError

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")
_IDLE = 30  # seconds after which processes end that nobody asks
_CONNECT = 10  # seconds to wait for a scheduler
_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^\s/]+:\d+")
_AHEAD = 2  # batches that wait for each process, so that none waits for one


@dataclass(frozen=True)
class Workers:
    """An executor, how many tasks it does at a time, and how what many tasks need is handed to it once.

    `share` gives what stands for some bytes in the arguments of tasks: by default the bytes themselves.
    """

    executor: Executor
    processes: int
    share: Callable[[bytes], Any] = lambda data: data


def worth(items: int, least: int) -> int:
    """How many processes are worth their start for so many items, of which `least` take as long as a start."""
    return max(1, min(os.cpu_count() or 1, items // least))


@contextlib.contextmanager
def local(processes: int) -> Iterator[Workers | None]:
    """So many processes of this machine; None, which means this process itself, for one."""
    if processes < 2:
        yield None
        return
    from loky import get_reusable_executor

    yield Workers(get_reusable_executor(max_workers=processes, timeout=_IDLE), processes)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """The workers of a Dask cluster, by the address of its scheduler (`tcp://host:8786`, or `tls://`).

    They need the same version of perfbook. Who can reach the scheduler can run code on it: keep it on a network of
    your own. Raises UsageError where there is none, it has no workers, or Dask is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "A cluster needs the package distributed, which is not installed. Install it with: "
            "pip install perfbook[cluster]"
        ) from error
    if not _ADDRESS.fullmatch(address):
        raise UsageError(f"{address!r} is not the address of a scheduler of Dask, like tcp://host:8786.")
    try:
        client: Any = Client(address, timeout=_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(
            f"There is no scheduler of Dask at {address}: {error}. Check the address, which looks like "
            "tcp://host:8786, and whether dask scheduler runs there."
        ) from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UsageError(f"The cluster at {address} has no workers. Start some with: dask worker {address}")
        yield Workers(client.get_executor(), threads, lambda data: client.scatter(data, broadcast=True))


def in_order(workers: Workers | None, work: Callable[[B], T], items: Iterable[tuple[A, B]]) -> Iterator[tuple[A, T]]:
    """The work on the second of each pair, beside the first, in the order of the items.

    Only a few items and answers are held at a time, however many there are. What processes that died had under way is
    done by this process, and so is the rest where none is left. Raises what the work raises.
    """
    if workers is None:
        yield from ((label, work(item)) for label, item in items)
        return
    waiting: deque[tuple[A, B, Future[T] | None]] = deque()
    try:
        for label, item in items:
            waiting.append((label, item, _submitted(workers.executor, work, item)))
            if len(waiting) >= _AHEAD * workers.processes:
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
    except Exception:  # whatever an executor says when it is gone: the work is done here instead
        return None


def _answered(work: Callable[[B], T], label: A, item: B, future: Future[T] | None) -> tuple[A, T]:
    if future:
        # Its process died; where the work itself fails, it fails here again, and says why.
        with contextlib.suppress(Exception):
            return label, future.result()
    return label, work(item)
