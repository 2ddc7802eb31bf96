"""Where shares are kept between runs: a SQLite file a workspace and period, in the user's own cache folder.

It can be deleted at any time and changes no answer: where it is missing, old or spoilt, the whole is worked out.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from perfbook import _cache
from perfbook._stored import sealed, unsealed
from perfbook.checks.across.shown import Shown
from perfbook.folding.share import Numbers, Share, Whole
from perfbook.framework.periods import Period
from perfbook.memo import Stamps
from perfbook.records import Closing, FileRecord, FrameworkChange, Reopening, Restatement

KIND = "shares"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB)",
    "CREATE TABLE IF NOT EXISTS shares (directorate TEXT PRIMARY KEY, share BLOB, shown BLOB)",
)
_AT_ONCE = 500
# Bytes of a hash over all, and of the letters of another one.
_CHECK, _FIXED = 32, 64


@dataclass(frozen=True)
class Kept:
    """What a run left for the next one: what it started from, and what is not a share.

    `around` and `files` are as in `memo.Memo`, `log` is a hash of the record's log and `log_size` its length in bytes,
    `books` what lay in the folder of books that go back, `since`
    when all was worked out, `as_at` the moment of the last run, `until` when returns become late. `records` are the
    files' outcomes as the next run finds them, `names` the books that go back by directorate, `digest` the framework's.
    """

    around: str
    files: Stamps
    log: str
    log_size: int
    zone: str
    since: datetime
    as_at: datetime
    until: datetime
    books: object
    records: tuple[FileRecord, ...]
    numbers: Numbers
    whole: Whole
    names: tuple[tuple[str, str], ...]
    digest: str
    framework_changes: tuple[FrameworkChange, ...]
    closings: tuple[Closing, ...]
    restatements: tuple[Restatement, ...]
    reopenings: tuple[Reopening, ...]


class Store:
    """The shares of one workspace and period."""

    def __init__(self, root: Path, period: Period) -> None:
        self._path = _cache.cache_file(KIND, root, ".sqlite", period.label)

    def kept(self) -> Kept | None:
        """What the last run left; None where nothing is known, or it is spoilt."""
        found = None
        with self._open() as db:
            if db:
                row = db.execute("SELECT value FROM kept WHERE name = 'kept'").fetchone()
                found = unsealed(row[0]) if row else None
        return found if isinstance(found, Kept) else None

    def shares(self, directorates: Collection[str] | None = None) -> dict[str, Share]:
        """The shares of some directorates, or all; those that are missing or spoilt are not among them."""
        found: dict[str, Share] = {}
        with self._open() as db:
            for key, value in _rows(db, "share", directorates) if db else ():
                share = unsealed(value)
                if isinstance(share, Share):
                    found[key] = share
        return found

    def shown(self, directorates: Collection[str]) -> dict[str, Shown]:
        """What some directorates show to the rules between them."""
        with self._open() as db:
            rows = _rows(db, "shown", directorates) if db else ()
            return {key: _unpacked(shown) for key, shown in rows}

    def shown_of_others(self, directorates: Collection[str]) -> Iterator[Shown]:
        """What all the others show."""
        with self._open() as db:
            for key, shown in db.execute("SELECT directorate, shown FROM shares") if db else ():
                if key not in directorates:
                    yield _unpacked(shown)

    def keep(self, kept: Kept, shares: Mapping[str, Share], shown: Mapping[str, Shown], *, partly: bool) -> None:
        """Keep what a run leaves; `partly` where the shares of other directorates stay as they are."""
        rows = ((key, sealed(share), _packed(shown[key])) for key, share in shares.items())
        with self._open(make=True) as db:
            if db:
                with db:
                    if not partly:
                        db.execute("DELETE FROM shares")
                    db.executemany("INSERT OR REPLACE INTO shares VALUES (?, ?, ?)", rows)
                    db.execute("INSERT OR REPLACE INTO kept VALUES ('kept', ?)", (sealed(kept),))

    def forget(self) -> None:
        """Drop what was kept."""
        _cache.forget(self._path)

    @contextmanager
    def _open(self, *, make: bool = False) -> Iterator[sqlite3.Connection | None]:
        """The database; None where there is none. What fails in it is as if nothing were kept."""
        if self._path is None or not (make or self._path.exists()):
            yield None
            return
        connection = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=2.0)
            for table in _TABLES:
                connection.execute(table)
            yield connection
        except (sqlite3.Error, OSError, TypeError, ValueError):
            self.forget()
            raise StoreError from None
        finally:
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()


class StoreError(Exception):
    """What was kept cannot be used; it was dropped."""


def _packed(shown: Shown) -> bytes:
    """As bytes that show whether they were spoilt: hashes cannot be made smaller, so they are not packed."""
    found = shown.fixed.encode("ascii").ljust(_FIXED) + shown.rows
    return hashlib.sha256(found).digest() + found


def _unpacked(kept: bytes) -> Shown:
    """Raises StoreError for what is spoilt."""
    check, found = kept[:_CHECK], kept[_CHECK:]
    if hashlib.sha256(found).digest() != check:
        raise StoreError
    return Shown(found[:_FIXED].decode("ascii").rstrip(), found[_FIXED:])


def _rows(db: sqlite3.Connection, columns: str, directorates: Collection[str] | None) -> Iterator[tuple[Any, ...]]:
    """The rows of some directorates, or all."""
    query = f"SELECT directorate, {columns} FROM shares"  # no word of it is anybody's
    if directorates is None:
        yield from db.execute(query)
        return
    keys = sorted(directorates)
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        yield from db.execute(f"{query} WHERE directorate IN ({', '.join('?' * len(some))})", some)
