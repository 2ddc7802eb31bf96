"""The model, of the plan: deliverables and actions, and the sections and grids that services fill beside them."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.framework.periods import Period


@dataclass(frozen=True)
class Deliverable:
    """What the council plan promises. `code` is its reference, in Latin letters; `written` as it stands in the
    workbook where that differs. `theme` is a heading within the priority."""

    key: str
    code: str
    title: str
    priority: str
    theme: str = ""
    written: str = ""


@dataclass(frozen=True)
class Action:
    """What a service does, rated by a person. `key` is permanent; `code` (the reference) need not be unique.

    It stands under each of its `deliverables` (keys); without any, under its `priority`. `due` is a day in ISO form or
    words as they are written. `written` is the reference as it stands in the workbook where that differs from `code`.
    `evidence`: a rating without evidence is queried. `baseline` is what was so before, in words with figures inside;
    `direction` says which way they are to go (`NEET: to decrease; good schools: to increase`).
    """

    key: str
    code: str
    title: str
    directorate: str
    deliverables: tuple[str, ...] = ()
    priority: str = ""
    owner: str = ""
    due: str = ""
    scheme: str = ""
    first: Period | None = None
    last: Period | None = None
    note: str = ""
    written: str = ""
    evidence: bool = False
    baseline: str = ""
    direction: str = ""

    def in_force(self, period: Period) -> bool:
        """Whether the action is reported in a reporting period."""
        return not ((self.first and period.end < self.first.end) or (self.last and period.end > self.last.end))


@dataclass(frozen=True)
class Section:
    """A heading under which services write. `directorates` are the keys of those that do; empty: all that send a
    return. `needed`: a signed return without it is queried."""

    key: str
    title: str
    hint: str = ""
    directorates: tuple[str, ...] = ()
    needed: bool = False
    first: Period | None = None
    last: Period | None = None

    def in_force(self, period: Period) -> bool:
        """Whether it is asked for in a reporting period."""
        return not ((self.first and period.end < self.first.end) or (self.last and period.end > self.last.end))


@dataclass(frozen=True)
class GridLine:
    """One line of a grid. The lines of a `group` that name the same line under `adds_to` add up to it, column by
    column. Figures in `percent` are stored as fractions; `decimals` are those shown."""

    key: str
    label: str
    group: str = ""
    adds_to: str = ""
    decimals: int = 0
    percent: bool = False

    @property
    def places(self) -> int:
        """Decimal places of a stored figure."""
        return self.decimals + 2 if self.percent else self.decimals


@dataclass(frozen=True)
class Grid:
    """A small fixed table that services fill. `directorates` are the keys of those that do; empty: all that send a
    return. The name of a column may say a period (see `grid_columns`)."""

    key: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[GridLine, ...]
    directorates: tuple[str, ...] = ()

    def adding_to(self, line: str) -> dict[str, tuple[GridLine, ...]]:
        """The groups that add up to a line: their lines by the name of the group."""
        groups: dict[str, list[GridLine]] = {}
        for each in self.lines:
            if each.adds_to == line:
                groups.setdefault(each.group, []).append(each)
        return {group: tuple(lines) for group, lines in groups.items()}
