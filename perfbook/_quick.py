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

    To be written above `@dataclass(frozen=True)`.
    """
    names: dict[str, Any] = {}
    taken, stored = ["self"], []
    for each in fields(cls):  # type: ignore[arg-type]
        if not each.init:
            continue
        is_needed = each.default is MISSING and each.default_factory is MISSING
        taken.append(each.name if is_needed else f"{each.name}=default_{each.name}")
        if each.default_factory is not MISSING:
            names[f"made_{each.name}"] = each.default_factory
            stored.append(f"    if {each.name} is default_{each.name}: {each.name} = made_{each.name}()")
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
