"""A large framework in slices: a process that looks into files is told of each return what it asks for, and no more.

A department's framework has some hundred thousand measures, and one return sixty. So a file comes with the measures of
the directorate whose return it seems to be. Where it turns out to be another one's, or has rows of others, the process
says what it wants (`Wants`), and is asked again with that: what comes of it is the same as with the whole framework.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from perfbook._grouped import grouped
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.returns._grid import bare_key

# So many measures are sent to each process as they are.
WHOLE = 5_000


@dataclass(frozen=True)
class Slice:
    """The measures of some `directorates`, with their targets; `absent` are keys of rows that are no measure's."""

    measures: tuple[Measure, ...] = ()
    targets: Mapping[tuple[str, Period], Target] = field(default_factory=dict)
    directorates: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def demand(self, directorate: str, rows: Iterable[str]) -> None:
        """Raises BeyondSlice unless it has all that concerns a return of a directorate with rows of these keys."""
        known = {measure.key for measure in self.measures} | self.absent
        lacking = tuple(dict.fromkeys(key for row in rows if (key := _measure_of(row)) not in known))
        if lacking or (directorate and directorate not in self.directorates):
            raise BeyondSlice(Wants(directorate, lacking, tuple(self.directorates), tuple(self.absent)))


@dataclass(frozen=True)
class Wants:
    """What a file needs beyond its slice: a directorate and keys of rows. `had` and `absent` are those of its slice."""

    directorate: str
    keys: tuple[str, ...]
    had: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class BeyondSlice(Exception):
    """A file needs more of the framework than it came with."""

    def __init__(self, wants: Wants) -> None:
        super().__init__(wants)
        self.wants = wants


class Slices:
    """A framework to be cut. `base` is what every return needs of it."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        nothing: Mapping[Any, Any] = MappingProxyType({})
        self.base = replace(framework, measures=(), targets=nothing, past=nothing, published=nothing)

    def of(self, directorate: str) -> Slice:
        """What a return of a directorate asks for; nothing for one that the framework does not have."""
        return self._cut({directorate} - {""}, frozenset())

    def wanted(self, wants: Wants) -> Slice:
        """What a file said that it needs."""
        known = self._framework.by_key
        # A key in which capitals or blanks were changed may be meant for any measure that looks so.
        meant = [
            m for key in wants.keys for m in ([known[key]] if key in known else self._alike.get(bare_key(key), ()))
        ]
        directorates = {wants.directorate, *wants.had, *(measure.directorate for measure in meant)} - {""}
        return self._cut(directorates, frozenset({*wants.absent, *(key for key in wants.keys if key not in known)}))

    def _cut(self, directorates: Collection[str], absent: frozenset[str]) -> Slice:
        measures = [measure for key in directorates for measure in self._by_directorate.get(key, ())]
        if len(directorates) > 1:
            measures.sort(key=lambda measure: self._framework.places[measure.key])
        targets = {place: target for m in measures for place, target in self._targets.get(m.key, ())}
        return Slice(tuple(measures), targets, frozenset(directorates), absent)

    @cached_property
    def _by_directorate(self) -> Mapping[str, tuple[Measure, ...]]:
        return grouped(self._framework.measures, lambda measure: measure.directorate)

    @cached_property
    def _targets(self) -> Mapping[str, tuple[tuple[tuple[str, Period], Target], ...]]:
        return grouped(self._framework.targets.items(), lambda item: item[0][0])

    @cached_property
    def _alike(self) -> Mapping[str, tuple[Measure, ...]]:
        return grouped(self._framework.measures, lambda measure: bare_key(measure.key))


def together(base: Framework, part: Slice) -> Framework:
    """The framework as a slice knows it."""
    made = replace(base, measures=part.measures, targets=part.targets)
    # Of directorates there may be many too.
    made.__dict__["_directorates"] = base._directorates
    return made


def _measure_of(row: str) -> str:
    return row.partition(layout.ROW_SEPARATOR)[0]
