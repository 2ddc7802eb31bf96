"""Records of ours that were worked out, kept for the next run: one value a file in the user's own cache folder.

It counts only for the same key; what is spoilt or is no record of ours is passed over. It can be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from pathlib import Path

from perfbook import _cache
from perfbook._files import write_whole
from perfbook._packing import frozen, pack, records_of, zone_of
from perfbook.errors import CannotWriteError

KINDS = ("findings", "framework")
_CHECK = 32
_PLAIN = {
    ("decimal", "Decimal"),
    ("datetime", "datetime"),
    ("datetime", "date"),
    ("datetime", "timezone"),
    ("datetime", "timedelta"),
    ("builtins", "frozenset"),
    ("builtins", "set"),
    (frozen.__module__, frozen.__name__),
    (zone_of.__module__, zone_of.__name__),
}


class Stored:
    """The place of one value of a workspace."""

    def __init__(self, kind: str, root: Path, *more: str) -> None:
        self._path = _cache.cache_file(kind, root, ".kept", *more)

    def get(self, key: str) -> object | None:
        """What was put there under a key; None where nothing was, or something else."""
        if self._path is None:
            return None
        try:
            kept = self._path.read_bytes()
        except OSError:
            return None
        return unsealed(kept[_CHECK:]) if kept[:_CHECK] == _digest(key.encode()) else None

    def put(self, key: str, value: object) -> None:
        """Keep a value in place of what was there."""
        if self._path:
            with contextlib.suppress(CannotWriteError):
                write_whole(self._path, _digest(key.encode()) + sealed(value))


def sealed(value: object) -> bytes:
    """A value as bytes that show whether they were spoilt."""
    packed = zlib.compress(pack(value), 1)
    return _digest(packed) + packed


def unsealed(kept: bytes) -> object | None:
    """The value of such bytes; None where they are spoilt, or hold what is no record of ours."""
    check, packed = kept[:_CHECK], kept[_CHECK:]
    try:
        return records_of(zlib.decompress(packed), _PLAIN) if check == _digest(packed) else None
    except Exception:  # what is spoilt fails in any way
        return None


def forget_all() -> None:
    """Drop all that was kept, of every workspace."""
    for kind in KINDS:
        _cache.forget_kind(kind)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
