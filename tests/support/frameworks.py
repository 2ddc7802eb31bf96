"""Frameworks that a worker has read before: most tests have a workspace of their own with one of a few workbooks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from perfbook._stored import sealed, unsealed
from perfbook.framework.book import read_framework
from perfbook.framework.model import Framework


class ReadOnce:
    """Reads a framework as `read_framework` does, the same bytes but once; each time it is a value of its own."""

    def __init__(self, read: Callable[..., Framework] = read_framework) -> None:
        self._read = read
        self._known: dict[tuple[object, ...], bytes] = {}

    def __call__(self, path: Path, **settings: Any) -> Framework:
        """The framework of a workbook. Raises as `read_framework`: what has mistakes is read every time."""
        try:
            about = (hashlib.sha256(path.read_bytes()).digest(), path.name, *sorted(settings.items()))
        except OSError:
            return self._read(path, **settings)
        if about in self._known:
            found = unsealed(self._known[about])
            assert isinstance(found, Framework)
            return found
        framework = self._read(path, **settings)
        self._known[about] = sealed(framework)
        return framework
