"""What a case of BAD_INPUTS.md is, and how cases are listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.collecting.bad_inputs.draft import Draft

# A case makes the bytes of a file from the name of the directorate that it may use.
Make = Callable[[str], bytes]
Spoil = Callable[[Draft], None]


@dataclass(frozen=True)
class Case:
    """One file: its name, and how its bytes are made. The name says which item of BAD_INPUTS.md it stands for."""

    name: str
    make: Make


def spoilt(name: str, spoil: Spoil) -> Case:
    """A good return to which something was done."""

    def make(directorate: str) -> bytes:
        draft = Draft.good()
        spoil(draft)
        return draft.packed(directorate)

    return Case(name, make)


def plain(name: str, data: bytes) -> Case:
    """A file that has nothing to do with a return."""
    return Case(name, lambda _: data)
