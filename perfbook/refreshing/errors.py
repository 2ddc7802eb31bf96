"""Why a book of officers cannot be refreshed as it lies."""

from __future__ import annotations

from perfbook.errors import PerfbookError


class RefusedError(PerfbookError):
    """A sentence that names what stands in the way, and what to do. The book is left as it is."""


class DamagedError(RefusedError):
    """The file is no package at all: nobody can open it."""
