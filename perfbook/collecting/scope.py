"""Some directorates of a period, collected by themselves: what one reports is decided by its own files alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from perfbook._digest import framework_digest
from perfbook.framework.model import Framework
from perfbook.scoring.judge import band_keys

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Scope:
    """Some directorates (keys), and the framework as far as it is about them."""

    directorates: frozenset[str]
    framework: Framework

    def demand(self, found: Iterable[str]) -> None:
        """Raises OutsideScopeError where files are of other directorates, too."""
        beyond = {key for key in found if key} - self.directorates
        if beyond:
            raise OutsideScopeError(frozenset(beyond))


class OutsideScopeError(Exception):
    """Files are of `directorates` that were not asked for."""

    def __init__(self, directorates: frozenset[str]) -> None:
        super().__init__(directorates)
        self.directorates = directorates


def scope_of(framework: Framework, directorates: Collection[str]) -> Scope:
    """The scope of some directorates.

    Its framework has their measures and actions alone, with targets, past and published figures; all else is as it is,
    so that a return asks and is named, scored and versioned as in the whole.
    """
    keys = frozenset(directorates)
    theirs = (measure for key in keys for measure in framework.all_measures_of(key))
    measures = tuple(sorted(theirs, key=lambda measure: framework.places[measure.key]))
    known = {measure.key for measure in measures}
    made = replace(
        framework,
        measures=measures,
        actions=tuple(action for action in framework.actions if action.directorate in keys),
        targets=_of(known, framework.targets),
        past=_of(known, framework.past),
        published=_of(known, framework.published),
    )
    # It answers for the whole wherever that is asked for.
    digest, bands = framework_digest(framework), band_keys(framework)
    made.once("digest", lambda: digest)
    made.once("keys of bands", lambda: bands)
    # What is odd about the framework is said of the whole.
    made.once("findings", tuple)
    return Scope(keys, made)


def _of(known: Collection[str], table: Mapping[tuple[str, Any], _Value]) -> dict[tuple[str, Any], _Value]:
    return {place: value for place, value in table.items() if place[0] in known}
