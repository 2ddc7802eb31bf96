"""How people know what a run speaks of: directorates, measures, moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from perfbook.collecting.versions import when
from perfbook.framework.model import Action, Framework, GridLine, Measure, Section
from perfbook.workbook.text import shortened


class Words:
    """The names of a framework, and moments as they are said at the moment of a run."""

    def __init__(self, framework: Framework, as_at: datetime) -> None:
        self.framework, self.as_at = framework, as_at

    def name(self, key: str) -> str:
        """A directorate as people know it, or the key of one that the framework no longer has."""
        return self.framework.directorate(key).name if self.framework.knows(key) else key

    def names(self, measures: Sequence[str]) -> str:
        """Measures and actions as people know them: code and title, or the key of what the framework no longer has."""
        others: dict[str, Section | GridLine] = {
            **{line.key: line for grid in self.framework.grids for line in grid.lines},
            **{section.key: section for section in self.framework.sections},
        }
        known = [
            (key, self.framework.by_key.get(key) or self.framework.actions_by_key.get(key) or others.get(key))
            for key in measures
        ]
        return "; ".join(_named(each) if each else key for key, each in known)

    def when(self, moment: datetime) -> str:
        """A moment, in words."""
        return when(moment, self.as_at)

    def one_after_another(self, first: datetime, then: datetime) -> tuple[str, str]:
        """Two moments, in words that differ: with their times where both are of one day."""
        both = self.when(first), self.when(then)
        if both[0] != both[1]:
            return both
        return f"{both[0]} at {first:%H:%M}", f"{both[1]} at {then:%H:%M}"


def quoted_value(value: str) -> str:
    """A value of a cell, for a sentence."""
    return f"\u201c{shortened(value, 60)}\u201d" if value else "blank"


def _named(each: Measure | Action | Section | GridLine) -> str:
    if isinstance(each, GridLine):
        return each.label
    return each.title if isinstance(each, Section) else f"{each.code} {each.title}".strip()
