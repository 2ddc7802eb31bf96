"""Which books that go back need not be made again: what they were made from, and what was written then.

A small file a workspace and period in the user's own cache folder. It can be deleted at any time; then every book is
made again, and comes out as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection
from pathlib import Path

from perfbook import _cache
from perfbook.framework.periods import Period


class KeptBooks:
    """The books of one folder. Get one from `kept_books`."""

    def __init__(self, folder: Path, place: Path | None) -> None:
        self._folder, self._place = folder, place
        self._known: dict[str, tuple[str, str]] = {}
        self._now: dict[str, tuple[str, str]] = {}
        with contextlib.suppress(OSError, ValueError, AttributeError):
            found = json.loads(place.read_bytes()) if place else {}
            self._known = {str(name): (str(pair[0]), str(pair[1])) for name, pair in found.items()}

    def get(self, name: str, inputs: str) -> bytes | None:
        """The book as it lies there, if it was made from these inputs and nobody has touched it since."""
        was, digest = self._known.get(name, ("", ""))
        if was != inputs:
            return None
        with contextlib.suppress(OSError):
            data = (self._folder / name).read_bytes()
            if _digest(data) == digest:
                self._now[name] = (inputs, digest)
                return data
        return None

    def note(self, name: str, inputs: str, data: bytes) -> None:
        """Remember a book that was made."""
        self._now[name] = (inputs, _digest(data))

    def keep(self, *, partly: Collection[str] | None = None) -> None:
        """Write down what was noted; of others than these names, where there are such, what was known."""
        if partly is not None:
            self._now = {name: pair for name, pair in self._known.items() if name not in partly} | self._now
        if self._place and self._now != self._known:
            with contextlib.suppress(OSError):
                self._place.parent.mkdir(parents=True, exist_ok=True)
                self._place.write_text(json.dumps(self._now), encoding="ascii")


def kept_books(root: Path, folder: Path, period: Period) -> KeptBooks:
    """What is known of the books in a workspace's folder for a period."""
    return KeptBooks(folder, _cache.cache_file("feedback", root, ".json", str(folder), period.label))


def fingerprint(*parts: object) -> str:
    """Of what a book is made from: all of it is data with a stable representation."""
    digest = hashlib.sha256()
    for part in parts:
        words = repr(part).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(words))
        digest.update(words)
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
