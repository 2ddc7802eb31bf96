"""Blank returns in batches, each with all that its returns need and no more, so that any process can write it.

A batch is cut out of the framework and of the figures of the past once, and travels as bytes: the returns that come of
it are, byte for byte, those that `build_return` makes of the whole.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from perfbook._packing import pack
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import ActionReport, GridFigure, Observation, SectionText
from perfbook.returns.writer import build_return
from perfbook.workbook.palette import STANDARD, HouseStyle

K = TypeVar("K", bound=tuple[Any, ...])
V = TypeVar("V")


@dataclass(frozen=True)
class Blanks:
    """What blank returns of a period are made of; the fields are those of `build_return`."""

    framework: Framework
    period: Period
    figures: Mapping[tuple[str, Period], Observation]
    reports: Mapping[tuple[str, str, Period], ActionReport]
    texts: Mapping[tuple[str, str, Period], SectionText]
    grids: Mapping[tuple[str, str, str, Period], GridFigure]
    due: datetime
    created: datetime
    house: HouseStyle = STANDARD

    def build(self, directorate: str) -> bytes:
        """One of them. Raises as `build_return` does."""
        return build_return(
            self.framework,
            directorate,
            self.period,
            self.figures,
            due=self.due,
            created=self.created,
            house=self.house,
            reports=self.reports,
            texts=self.texts,
            grids=self.grids,
        )


@dataclass(frozen=True)
class Batch:
    """Some directorates, and what their returns are made of."""

    directorates: tuple[str, ...]
    blanks: Blanks


def batches(blanks: Blanks, directorates: Sequence[str], size: int) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """The directorates in batches of a size, each batch as bytes for `build_batch`."""
    whole = blanks.framework
    measures = _by((m.directorate, m) for m in whole.measures)
    actions = _by((a.directorate, a) for a in whole.actions)
    targets, past, published = _split(whole.targets, 0), _split(whole.past, 0), _split(whole.published, 0)
    benchmarks = _by((each.measure, each) for each in whole.benchmarks)
    figures, reports = _split(blanks.figures, 0), _split(blanks.reports, 0)
    texts, grids = _split(blanks.texts, 1), _split(blanks.grids, 2)
    for first in range(0, len(directorates), size):
        keys = tuple(directorates[first : first + size])
        # What was written for the directorate as a whole is shown in its owners' books too (see `parts.part_key`).
        writers = dict.fromkeys(key for each in keys for key in (each, each.rpartition("/")[0]))
        own = tuple(m for key in keys for m in measures.get(key, ()))
        done = tuple(a for key in keys for a in actions.get(key, ()))
        names, acts = [m.key for m in own], [a.key for a in done]
        part = replace(
            whole,
            measures=own,
            actions=done,
            targets=_joined(targets, names),
            past=_joined(past, names),
            published=_joined(published, names),
            benchmarks=tuple(b for name in names for b in benchmarks.get(name, ())),
            published_totals=(),
            published_statements=(),
            remarks=(),
        )
        cut = replace(
            blanks,
            framework=part,
            figures=_joined(figures, names),
            reports=_joined(reports, acts),
            texts=_joined(texts, writers),
            grids=_joined(grids, writers),
        )
        yield keys, pack(Batch(keys, cut))


def build_batch(batch: bytes) -> list[bytes]:
    """The returns of a batch, in its order. Raises as `build_return` does."""
    found = pickle.loads(batch)
    assert isinstance(found, Batch)
    return [found.blanks.build(key) for key in found.directorates]


def _by(pairs: Iterable[tuple[str, V]]) -> dict[str, list[V]]:
    found: dict[str, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _split(table: Mapping[K, V], place: int) -> dict[str, dict[K, V]]:
    """A table by one place of its keys."""
    found: dict[str, dict[K, V]] = {}
    for key, value in table.items():
        found.setdefault(key[place], {})[key] = value
    return found


def _joined(tables: Mapping[str, Mapping[K, V]], names: Iterable[str]) -> Mapping[K, V]:
    return {key: value for name in names for key, value in tables.get(name, {}).items()}
