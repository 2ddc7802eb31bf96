"""A directorate's return in parts: each owner fills a book of their own.

A part is a directorate to everything that writes, names and reads returns: `split` gives a framework in which the
directorate's measures and actions belong to its parts. What the parts bring is joined again when it is collected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from perfbook.framework.model import Action, Directorate, Framework, Grid, Measure, Section
from perfbook.framework.periods import Period

# What the book of measures and actions without an owner is called.
NO_OWNER = "no owner named"
_LONGEST_NAME = 40
_Item = TypeVar("_Item", Measure, Action)
_Shared = TypeVar("_Shared", Section, Grid)


@dataclass(frozen=True)
class Part:
    """One owner's book. `key` is unique among directorates and parts.

    `items` are the keys of measures and actions, and `section KEY` for each section that is written in this book.
    """

    key: str
    directorate: str
    owner: str
    items: frozenset[str] = frozenset()


def parts_of(framework: Framework, directorate: str, period: Period) -> tuple[Part, ...]:
    """The owners of a directorate, each with what they report; none where there are not several."""
    owned: dict[str, tuple[str, set[str]]] = {}
    for item in _items(framework, directorate, period):
        owner = _plain(item.owner) or NO_OWNER
        # Capitals and blanks make no second owner; the first way of writing it is shown.
        owned.setdefault(owner.casefold(), (owner, set()))[1].add(item.key)
    if len(owned) < 2:
        return ()
    # What the directorate writes as a whole stands in one book.
    _, lead = owned.get(NO_OWNER, next(iter(owned.values())))
    lead |= {_section(each) for each in framework.sections_of(directorate, period)}
    return tuple(Part(part_key(directorate, owner), directorate, owner, frozenset(i)) for owner, i in owned.values())


def split(framework: Framework, parts: Sequence[Part], period: Period) -> Framework:
    """The framework with parts for directorates.

    What no part names goes to the part of its owner. The directorates that were split stay, with nothing to return.
    """
    if not parts:
        return framework
    divided = {part.directorate for part in parts}
    known = {part.key: part for part in parts}
    # Of a thing that went from one book to another the last one holds it.
    place = {item: part.key for part in parts for item in part.items}
    for directorate in divided:
        for item in _items(framework, directorate, period):
            owner = _plain(item.owner) or NO_OWNER
            if item.key not in place:
                part = Part(part_key(directorate, owner), directorate, owner)
                place[item.key] = known.setdefault(part.key, part).key
    directorates: list[Directorate] = []
    for each in framework.directorates:
        directorates.append(each)
        directorates += [
            replace(each, key=part.key, name=_name(each.name, part.owner), role=part.owner)
            for part in known.values()
            if part.directorate == each.key
        ]
    return replace(
        framework,
        directorates=tuple(directorates),
        measures=tuple(_placed(m, place) if m.directorate in divided else m for m in framework.measures),
        actions=tuple(_placed(a, place) if a.directorate in divided else a for a in framework.actions),
        sections=tuple(_shared_out(each, framework, parts) for each in framework.sections),
        grids=tuple(_shared_out(each, framework, parts) for each in framework.grids),
    )


def part_key(directorate: str, owner: str) -> str:
    """The key of an owner's book."""
    digest = hashlib.sha256(_plain(owner).casefold().encode("utf-8", "replace")).hexdigest()
    return f"{directorate}/{digest[:8]}"


def whole_of(framework: Framework, key: str) -> str:
    """The directorate of a part of it, or of itself; `framework` is the one that was not split."""
    whole = key.rpartition("/")[0]
    return key if framework.knows(key) or not framework.knows(whole) else whole


def _items(framework: Framework, directorate: str, period: Period) -> Iterable[Measure | Action]:
    return (*framework.measures_of(directorate, period), *framework.actions_of(directorate, period))


def _placed(item: _Item, place: Mapping[str, str]) -> _Item:
    return replace(item, directorate=place[item.key]) if item.key in place else item


def _shared_out(each: _Shared, framework: Framework, parts: Sequence[Part]) -> _Shared:
    """A section or a grid, with one book of each directorate that was divided in the place of the directorate."""
    writers: dict[str, str] = {}
    for part in parts:
        if not isinstance(each, Grid) and _section(each) in part.items:
            writers[part.directorate] = part.key
        writers.setdefault(part.directorate, part.key)
    meant = each.directorates or tuple(directorate.key for directorate in framework.directorates)
    return replace(each, directorates=tuple(writers.get(key, key) for key in meant))


def _section(section: Section) -> str:
    return f"section {section.key}"


def _name(directorate: str, owner: str) -> str:
    # Both stand in the name of a file, of which the end must not be cut off.
    short = directorate if len(directorate) + len(owner) < _LONGEST_NAME else directorate[: _LONGEST_NAME // 2].strip()
    return f"{short} - {owner}"


def _plain(owner: str) -> str:
    return " ".join(owner.split())
