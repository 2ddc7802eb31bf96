"""What follows from a value that does not change, worked out once and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class kept(Generic[T]):
    """A property that is worked out once, for what is made by the thousand: `cached_property` takes a lock for it."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, owner: object, _: type | None = None) -> T:
        found = self.work(owner)
        setattr(owner, self.name, found)
        return found


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
