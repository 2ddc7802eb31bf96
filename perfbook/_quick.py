"""Frozen dataclasses that are made by the thousand.

The `__init__` of a frozen dataclass sets each field through `object.__setattr__`, which for a record of many fields
takes three to four times what storing them takes. All else (equality, hash, repr, `replace`, what cannot be set) stays
that of the dataclass.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

__all__ = ["quick"]

_Class = TypeVar("_Class")


def quick(cls: type[_Class]) -> type[_Class]:
    """A frozen dataclass with an `__init__` that stores its fields at once.

    To be written above `@dataclass(frozen=True)`. Raises TypeError for a field with a default factory.
    """
    names: dict[str, Any] = {}
    taken, stored = ["self"], []
    for each in fields(cls):  # type: ignore[arg-type]
        if not each.init:
            continue
        if each.default_factory is not MISSING:
            raise TypeError(f"{cls.__name__}.{each.name} has a default factory")
        taken.append(each.name if each.default is MISSING else f"{each.name}=default_{each.name}")
        stored.append(f"    held[{each.name!r}] = {each.name}")
        names[f"default_{each.name}"] = each.default
    lines = [f"def __init__({', '.join(taken)}):", "    held = self.__dict__", *stored]
    if hasattr(cls, "__post_init__"):
        lines.append("    self.__post_init__()")
    exec("\n".join(lines), names)  # put together here, from the names of fields alone
    made = names["__init__"]
    made.__qualname__, made.__module__, made.__doc__ = (
        f"{cls.__qualname__}.__init__",
        cls.__module__,
        cls.__init__.__doc__,
    )
    made.__annotations__ = dict(cls.__init__.__annotations__)
    cls.__init__ = made  # type: ignore[method-assign]
    return cls
