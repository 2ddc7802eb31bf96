"""One run at a time: a lock on the workspace, on one machine and between several.

    .perfbook.lock        locked through the operating system: free again the moment its holder is killed
    .perfbook.lock.json   created exclusively: who holds it (host, process, user, since), with a heartbeat

Some shares do not carry locks of an operating system from machine to machine; there the second file decides. Its
heartbeat is its modification time as the share itself sets it, so the clocks of two machines need not agree. A lock is
stale when its process is gone (same machine), or when its heartbeat stopped long ago.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from perfbook._files import remove_leftovers
from perfbook.errors import BusyError, CannotWriteError

LOCK_NAME = ".perfbook.lock"
RECORD_NAME = ".perfbook.lock.json"
BEAT = 10.0  # seconds between two heartbeats
LIMIT = 180.0  # seconds without a heartbeat after which another machine's lock is stale
_TRIES = 40
_WAIT = 0.025
_BIGGEST = 4096

_joined = threading.local()


@contextlib.contextmanager
def held(root: Path, *, together: bool = False) -> Iterator[None]:
    """Hold the workspace's lock. Raises BusyError, which says who holds it and since when.

    With `together`, what this thread does below joins the lock instead of being refused: several steps, one run.
    """
    place = str(root.resolve())
    mine: set[str] = _joined.__dict__.setdefault("places", set())
    if place in mine:
        yield
        return
    with _system_lock(root) as locked, _record(root, locked):
        if together:
            mine.add(place)
        try:
            yield
        finally:
            mine.discard(place)


# The operating system's lock


@contextlib.contextmanager
def _system_lock(root: Path) -> Iterator[bool]:
    """The operating system's lock; the answer is whether there is such a thing here."""
    lock = FileLock(root / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _busy(root, _read(root / RECORD_NAME)) from error
    except NotImplementedError:
        yield False
        return
    except OSError as error:
        raise CannotWriteError(f"{root} cannot be written: {error.strerror or error}.") from error
    try:
        yield True
    finally:
        lock.release()


# The record


@dataclass(frozen=True)
class Holder:
    """Who holds a lock, as its record says, and how long ago (seconds) its heart last beat."""

    identity: str
    host: str
    boot: str
    process: int
    user: str
    since: str
    age: float


@contextlib.contextmanager
def _record(root: Path, locked: bool) -> Iterator[None]:
    path = root / RECORD_NAME
    broken_off = path.exists()
    identity = claim(path, locked=locked)
    if broken_off:  # the run before was killed: what it was writing lies there still
        remove_leftovers(root, deep=False)
        for name in ("archive", "outputs"):
            remove_leftovers(root / name)
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(path, identity, stop), name="perfbook heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        stop.set()
        heart.join(BEAT)
        _drop(path, identity)


def claim(path: Path, *, locked: bool) -> str:
    """Create the record; the answer is its identity. Takes over a stale one. Raises BusyError, CannotWriteError.

    Only the exclusive creation of `path` gives the lock. To remove a stale record one must first have created the
    guard that is named after that record's identity, and have seen under the guard that the record is still the stale
    one. So of several that find the same stale lock one removes it, and nobody removes the lock that follows.
    """
    identity = uuid.uuid4().hex
    for _ in range(_TRIES):
        try:
            _create(path, identity)
            return identity
        except FileExistsError:
            pass
        except PermissionError as error:
            # Windows says so too of a file that is just being deleted.
            if not path.exists() and not os.access(path.parent, os.W_OK):
                raise CannotWriteError(f"{path.parent} cannot be written: {error.strerror or error}.") from error
            time.sleep(_WAIT)
            continue
        except OSError as error:
            raise CannotWriteError(f"{path.parent} cannot be written: {error.strerror or error}.") from error
        holder = _read(path)
        if holder is None:
            time.sleep(_WAIT)  # released or taken over a moment ago
        elif not is_stale(holder, locked=locked) or not _remove_stale(path, holder, identity, locked):
            raise _busy(path.parent, holder)
    raise _busy(path.parent, _read(path))


def is_stale(holder: Holder, *, locked: bool, alive: Callable[[int], bool] | None = None) -> bool:
    """Whether a lock was left behind. `locked` says that we hold the operating system's lock."""
    here = (holder.host, holder.boot) == (platform.node(), _boot())
    if not here or not holder.process:
        return holder.age > LIMIT
    if not (alive or _is_alive)(holder.process):
        return True
    # Another program may have the number of the process now; ours would hold the operating system's lock.
    return locked and holder.age > LIMIT


def _create(path: Path, identity: str) -> None:
    record = {
        "host": platform.node(),
        "boot": _boot(),
        "process": os.getpid(),
        "user": _user(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "id": identity,
    }
    data = json.dumps(record, ensure_ascii=True).encode("ascii") + b"\n"
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
    try:
        written = os.write(handle, data) == len(data)
    except OSError:
        os.close(handle)
        # Half a record would count as somebody's until it is old.
        _unlink(path)
        raise
    os.close(handle)
    if not written:
        _unlink(path)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _remove_stale(path: Path, holder: Holder, identity: str, locked: bool) -> bool:
    """Remove a stale record, if nobody else is at it. True where it is worth trying to create our own."""
    guards = _guards(path, holder.identity)
    if guards and _age(guards[-1]) <= LIMIT:
        return False
    # A guard that a kill left behind is passed, not removed: the next number can be created once only.
    number = int(guards[-1].suffix[1:]) + 1 if guards else 1
    guard = path.with_name(f"{path.name}.{holder.identity}.{number}")
    try:
        _create(guard, identity)
    except OSError:
        return False
    try:
        again = _read(path)
        if again and again.identity == holder.identity and is_stale(again, locked=locked):
            _unlink(path)
        return True
    finally:
        for each in (*guards, guard):
            _unlink(each)


def _guards(path: Path, identity: str) -> list[Path]:
    found = [p for p in path.parent.glob(f"{path.name}.{identity}.*") if p.suffix[1:].isdecimal()]
    return sorted(found, key=lambda p: int(p.suffix[1:]))


def _beat(path: Path, identity: str, stop: threading.Event) -> None:
    """Touch the record as long as it is ours."""
    while not stop.wait(BEAT):
        with contextlib.suppress(OSError):
            holder = _read(path)
            if holder is None or holder.identity != identity:
                return
            # Writing the last byte as it is lets the share set the time by its own clock.
            with path.open("r+b") as file:
                file.seek(-1, os.SEEK_END)
                file.write(b"\n")


def _drop(path: Path, identity: str) -> None:
    holder = _read(path)
    if holder and holder.identity == identity:
        _unlink(path)


def _read(path: Path) -> Holder | None:
    """The record, None where there is none. One that says nothing is being written, or was cut off by a kill."""
    for attempt in range(3):
        try:
            with path.open("rb") as file:
                data = file.read(_BIGGEST)
            age = _age(path)
            break
        except FileNotFoundError:
            return None
        except OSError:
            if attempt == 2:
                return None
            time.sleep(_WAIT)
    try:
        fields: dict[str, Any] = json.loads(data)
        return Holder(
            identity=_plain(fields["id"]),
            host=str(fields["host"]),
            boot=str(fields["boot"]),
            process=int(fields["process"]),
            user=str(fields["user"]),
            since=str(fields["since"]),
            age=age,
        )
    except (ValueError, KeyError, TypeError):
        return Holder("unknown", "", "", 0, "", "", age)


def _plain(text: object) -> str:
    """An identity is part of a file's name."""
    kept = "".join(c for c in str(text) if c.isalnum())[:64]
    return kept or "unknown"


def _age(path: Path) -> float:
    """Seconds since a file was last written, by the clock of the share that it lies on."""
    try:
        then = path.stat().st_mtime
    except OSError:
        return 0.0
    return max(0.0, _now_on(path.parent) - then)


def _now_on(folder: Path) -> float:
    probe = folder / f"{RECORD_NAME}.{uuid.uuid4().hex}.now"
    try:
        probe.write_bytes(b"\n")
        return probe.stat().st_mtime
    except OSError:
        return time.time()
    finally:
        _unlink(probe)


def _unlink(path: Path) -> None:
    for _ in range(5):
        try:
            path.unlink(missing_ok=True)
            return
        except PermissionError:  # Windows, while another reads it
            time.sleep(_WAIT)
        except OSError:
            return


def _busy(root: Path, holder: Holder | None) -> BusyError:
    who = f" (on {holder.host}, by {holder.user}, since {holder.since})" if holder and holder.since else ""
    return BusyError(f"Another run of perfbook is at work in {root}{who}. Wait for it to end.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _boot() -> str:
    """What tells two machines of one name apart, and a machine before and after it was started; empty elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _is_alive(process: int) -> bool:
    """Whether a process of this machine still runs; where the system does not say, it does."""
    import psutil

    try:
        return psutil.pid_exists(process)
    except (psutil.Error, OSError, OverflowError):
        return True
