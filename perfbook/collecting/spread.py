"""Files looked into by the workers of an executor, on this machine or on others.

A worker looks into a file exactly as this machine would: in a process of its own (see `isolation`), so that a file
which kills or hangs its reader harms no worker. Files travel in bundles; what a run is about is handed to each worker
once. Where a worker dies its bundle goes to another one, or in the end is looked into here.
"""

from __future__ import annotations

import contextlib
import functools
import pickle
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from perfbook._packing import pack
from perfbook.collecting.intake import Examined
from perfbook.collecting.isolation import Job, Readers, ReadingLimits
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.parallel import Workers

# A bundle has so many files, or so many bytes.
_FILES, _BYTES = 8, 4_000_000
_AHEAD = 2  # bundles that wait for each process, so that none waits for one
_KEPT = 4  # runs whose processes a worker keeps


def look_into(about: bytes, jobs: Sequence[Job]) -> list[Examined]:
    """What a worker does: look into a bundle of files, by processes of its own machine. May raise ReadingError."""
    readers = _readers_for(about)
    futures = [readers.submit(job) for job in jobs]
    return [future.result() for future in futures]


class SpreadReaders:
    """As `isolation.Readers`, by the workers of an executor. Leave the `with` block to stop what is under way."""

    def __init__(self, workers: Workers, framework: Framework, period: Period, limits: ReadingLimits) -> None:
        self._workers = workers
        self._packed = pack((framework, period, limits))
        self._about = workers.share(self._packed)
        self._bundle: list[tuple[Job, Future[Examined]]] = []
        self._room = threading.Semaphore(_AHEAD * workers.processes)
        # What no worker could do is done here, and not by the thread that brings the news.
        self._here = ThreadPoolExecutor(1, thread_name_prefix="perfbook-here")
        self._under_way: set[Future[list[Examined]]] = set()
        self._stopping = threading.Event()

    def __enter__(self) -> SpreadReaders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for future in list(self._under_way):
            future.cancel()
        self._here.shutdown(cancel_futures=True)

    def submit(self, job: Job) -> Future[Examined]:
        """Look into a file, once its bundle is full or `flush` is called. Waits while enough is under way."""
        future: Future[Examined] = Future()
        self._bundle.append((job, future))
        if len(self._bundle) >= _FILES or sum(len(each.data) for each, _ in self._bundle) >= _BYTES:
            self.flush()
        return future

    def flush(self) -> None:
        """Send off what was submitted so far."""
        bundle, self._bundle = self._bundle, []
        if not bundle:
            return
        self._room.acquire()
        try:
            sent = self._workers.executor.submit(look_into, self._about, [job for job, _ in bundle])
        except Exception:  # whatever an executor says when it is gone: the files are looked into here instead
            self._do_here(bundle)
            return
        self._under_way.add(sent)
        sent.add_done_callback(functools.partial(self._answered, bundle))

    def _answered(self, bundle: list[tuple[Job, Future[Examined]]], sent: Future[list[Examined]]) -> None:
        self._under_way.discard(sent)
        found = None
        # A worker, or the way to it, may fail in any way; so may an answer that is none.
        with contextlib.suppress(BaseException):
            found = sent.result()
        if found is None or len(found) != len(bundle) or not all(isinstance(each, Examined) for each in found):
            self._do_here(bundle)
            return
        self._room.release()
        for (_, future), each in zip(bundle, found, strict=True):
            future.set_result(each)

    def _do_here(self, bundle: list[tuple[Job, Future[Examined]]]) -> None:
        if not self._stopping.is_set():
            self._here.submit(self._done_here, bundle)

    def _done_here(self, bundle: list[tuple[Job, Future[Examined]]]) -> None:
        try:
            found = look_into(self._packed, [job for job, _ in bundle])
        except BaseException as error:  # what waits for it must hear of it
            for _, future in bundle:
                future.set_exception(error)
        else:
            for (_, future), each in zip(bundle, found, strict=True):
                future.set_result(each)
        finally:
            self._room.release()


def readers_for(
    framework: Framework, period: Period, limits: ReadingLimits, files: int, workers: Workers | None
) -> Readers | SpreadReaders:
    """What looks into so many files: the processes of this machine, or workers."""
    if workers is None:
        return Readers(framework, period, limits, files=files)
    return SpreadReaders(workers, framework, period, limits)


_LOCK = threading.Lock()
_RUNS: dict[bytes, Readers] = {}


def _readers_for(about: bytes) -> Readers:
    """The processes for a run, which a worker keeps while the run lasts, and for a few runs after."""
    with _LOCK:
        readers = _RUNS.pop(about, None)
        if readers is None:
            framework, period, limits = pickle.loads(about)
            assert isinstance(framework, Framework) and isinstance(period, Period) and isinstance(limits, ReadingLimits)
            readers = Readers(framework, period, limits, files=_FILES * _FILES)
        _RUNS[about] = readers
        old = [_RUNS.pop(each) for each in list(_RUNS)[:-_KEPT]]
    for each in old:
        each.__exit__(None, None, None)
    return readers
