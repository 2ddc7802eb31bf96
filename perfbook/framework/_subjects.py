"""What a row of Suppressions or Replies may be about: a measure, an action or its place, a heading, a grid's line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from perfbook.framework._figures import measure_of
from perfbook.framework._tables import Problems, Row, suggestion
from perfbook.framework.model import Action, Directorate, Framework, Grid, Measure, Section
from perfbook.framework.plan import place_key

# Evidence has no key in the framework; all of a return goes by this word.
EVIDENCE = "evidence"
_OF = "@"


@dataclass(frozen=True)
class Subjects:
    """What is asked for in returns, as the sheets of a framework workbook have it."""

    measures: Mapping[str, Measure]
    actions: Iterable[Action] = ()
    sections: Iterable[Section] = ()
    grids: Iterable[Grid] = ()
    directorates: Iterable[Directorate] = field(default=())

    def suppressible(self, row: Row, problems: Problems) -> str | None:
        """The key that a row names: of a measure, an action, a heading, a grid or a line of one."""
        keys = [*self._rows(), *(action.key for action in self.actions), *(grid.key for grid in self.grids)]
        return self._named(row, keys, problems)

    def answerable(self, row: Row, problems: Problems) -> str | None:
        """The key that a row names: what a manager can explain, of one directorate (`key@directorate`) or of all."""
        shared = [*self._rows(), EVIDENCE]
        keys = [*shared, *(f"{key}{_OF}{each.key}" for key in shared for each in self.directorates)]
        for action in self.actions:
            keys += [action.key, *(place_key(action.key, deliverable) for deliverable in action.deliverables)]
        return self._named(row, keys, problems)

    def _rows(self) -> list[str]:
        lines = [line.key for grid in self.grids for line in grid.lines]
        return [*(section.key for section in self.sections), *lines]

    def _named(self, row: Row, keys: Iterable[str], problems: Problems) -> str | None:
        cell = row["key"]
        known = {key.casefold(): key for key in keys}
        if not cell.broken and not cell.blank and cell.words.casefold() not in self._measures():
            found = known.get(cell.words.casefold())
            if found is None:
                near = suggestion(cell.words, [*self.measures, *known.values()])
                words = f"Nothing that is asked for in returns has the key {cell.words!r}.{near}"
                problems.add(
                    cell, words, "Choose the key of a measure, or type that of an action, a heading or a line."
                )
            return found
        measure = measure_of(row, self.measures, problems)
        return measure.key if measure else None

    def _measures(self) -> set[str]:
        return {key.casefold() for key in self.measures}


def named(framework: Framework, key: str) -> tuple[str, str]:
    """Code and title beside a key, as the formulas of the sheets find them: those of measures and actions."""
    action = framework.actions_by_key.get(key)
    if action:
        return action.written or action.code, action.title
    measure = framework.by_key.get(key)
    return (measure.code, measure.title) if measure else ("", "")
