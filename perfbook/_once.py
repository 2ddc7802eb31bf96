"""What follows from a value that does not change, worked out once and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """A value from which more follows."""

    @cached_property
    def _worked_out(self) -> dict[Hashable, Any]:
        return {}

    def once(self, about: Hashable, work: Callable[[], T]) -> T:
        """What follows from it alone, worked out once; `about` says what it is."""
        if about not in self._worked_out:
            self._worked_out[about] = work()
        found: T = self._worked_out[about]
        return found
