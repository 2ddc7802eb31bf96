"""Which files of the shared folder are known already, by size and times: these are neither read nor hashed again.

Beside it lies what was read in them, by a key that says for what it counts (see `remembered`).

A small SQLite file a workspace in the user's own cache folder, never on the share. It can be deleted at any time and
changes no result; where it cannot be used, every file is read.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from perfbook import _cache
from perfbook.collecting.scan import Scanned, Stamp

_FORMAT = 3
_DAY = 86_400
# A file changed twice within one tick of the share's clock shows the same time (two seconds on some).
_SETTLED = 10.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS files (folder TEXT, path TEXT, size INTEGER, modified INTEGER, changed INTEGER, "
    "sha256 TEXT, read_at REAL, PRIMARY KEY (folder, path))"
)
_READINGS = (
    "CREATE TABLE IF NOT EXISTS readings (folder TEXT, path TEXT, key TEXT, reading BLOB, figures TEXT, "
    "PRIMARY KEY (folder, path))"
)


class SeenFiles:
    """The files of one folder that were read before. Get one from `seen_files`."""

    def __init__(
        self, connection: sqlite3.Connection | None, folder: str, recheck: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._recheck = recheck * _DAY
        self._clock = clock
        self._known: dict[str, tuple[Stamp, str, float]] = {}
        self._new: dict[str, tuple[Stamp, str, float]] = {}
        self._readings = connection
        self._asked: set[str] = set()
        self._figures: dict[str, str] = {}
        with contextlib.suppress(sqlite3.Error):
            self._known = dict(self._read())

    def known(self, path: str, stamp: Stamp) -> str:
        """The SHA-256 of a file that is as it was when it was read; empty where it has to be read."""
        then, digest, read_at = self._known.get(path, (None, "", 0.0))
        # Tools exist that change a file and keep its size and times: now and then nobody is believed.
        fresh = 0 <= self._clock() - read_at < self._recheck
        return digest if then == stamp and fresh else ""

    def note(self, scanned: Scanned, digest: str) -> None:
        """Remember a file that was read."""
        now = self._clock()
        if scanned.stamp and scanned.stamp.modified < (now - _SETTLED) * 1e9:
            self._new[scanned.path] = (scanned.stamp, digest, now)

    def reading(self, path: str, keys: tuple[str, str]) -> bytes | None:
        """What was read in a file for one of two keys; None where nothing is known of it."""
        self._asked.add(path := _plain(path))
        with self._passing():
            if self._readings:
                query = "SELECT reading, figures FROM readings WHERE folder = ? AND path = ? AND key IN (?, ?)"
                found = self._readings.execute(query, (self._folder, path, *keys)).fetchone()
                if found:
                    self._figures[path] = str(found[1])
                    return bytes(found[0])
        return None

    def figures(self, path: str) -> str:
        """The hash under which the record has what `reading` answered; empty where it is not known."""
        return self._figures.get(_plain(path), "")

    def note_figures(self, path: str, figures: str) -> None:
        """Remember under which hash the record has what was read in a file."""
        path = _plain(path)
        with self._passing():
            if self._readings and self._figures.get(path) != figures:
                row = (figures, self._folder, path)
                self._readings.execute("UPDATE readings SET figures = ? WHERE folder = ? AND path = ?", row)
                self._figures[path] = figures

    def note_reading(self, path: str, key: str, reading: bytes) -> None:
        """Remember what was read in a file, instead of what was read in it before."""
        with self._passing():
            if self._readings:
                row = (self._folder, _plain(path), key, reading, "")
                self._readings.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)", row)
                self._figures.pop(_plain(path), None)

    @contextmanager
    def _passing(self) -> Iterator[None]:
        """Where the database fails once, nothing more is asked of it: each time may be a wait."""
        try:
            yield
        except (sqlite3.Error, TypeError, ValueError):
            self._readings = None

    def keep(self, *, partly: bool = False) -> None:
        """Write down what was noted, and forget what was read in files that are gone; not where it was asked `partly`
        of the folder."""
        with self._passing():
            if self._readings and partly:
                self._readings.commit()
            elif self._readings:
                paths = self._readings.execute("SELECT path FROM readings WHERE folder = ?", (self._folder,)).fetchall()
                gone = [(self._folder, path) for (path,) in paths if path not in self._asked]
                self._readings.executemany("DELETE FROM readings WHERE folder = ? AND path = ?", gone)
                self._readings.commit()
        if self._connection and self._new:
            rows = [
                (self._folder, _plain(path), s.size, s.modified, s.changed, digest, at)
                for path, (s, digest, at) in self._new.items()
            ]
            with contextlib.suppress(sqlite3.Error, OverflowError), self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _read(self) -> Iterator[tuple[str, tuple[Stamp, str, float]]]:
        if self._connection:
            rows = self._connection.execute(
                "SELECT path, size, modified, changed, sha256, read_at FROM files WHERE folder = ?", (self._folder,)
            )
            for path, size, modified, changed, digest, read_at in rows:
                yield path, (Stamp(size, modified, changed), digest, read_at)


def _plain(path: str) -> str:
    return path.encode("utf-8", "replace").decode()


@contextmanager
def seen_files(root: Path, folder: Path, recheck: int, clock: Callable[[], float] = time.time) -> Iterator[SeenFiles]:
    """What is known of a folder's files; `recheck` is after how many days a file is read again, 0 for always."""
    connection = _connect(_place(root)) if recheck else None
    try:
        yield SeenFiles(connection, str(folder), recheck, clock)
    finally:
        if connection:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def forget_seen(root: Path) -> None:
    """Forget all files of a workspace."""
    _cache.forget(_place(root))


def _place(root: Path) -> Path | None:
    return _cache.cache_file("files", root, ".sqlite")


def _connect(path: Path | None, *, again: bool = True) -> sqlite3.Connection | None:
    """The database, made where there is none; one that is broken or of another format is made anew."""
    if path is None:
        return None
    connection = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=2.0)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, _FORMAT):
            raise sqlite3.DatabaseError("another format")
        with connection:
            connection.execute(_TABLE)
            connection.execute(_READINGS)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute(
            "SELECT folder, path, size, modified, changed, sha256, read_at FROM files LIMIT 1"
        ).fetchone()
        connection.execute("SELECT folder, path, key, reading, figures FROM readings LIMIT 1").fetchone()
        return connection
    except (sqlite3.Error, OSError):
        if connection:
            connection.close()
        _cache.forget(path)
        return _connect(path, again=False) if again else None
