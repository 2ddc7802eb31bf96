"""Laying the cells of one fresh sheet over the one that officers have: what changes, what is put back, what stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from perfbook.refreshing.cells import BLANK, Area, Place, address
from perfbook.refreshing.errors import RefusedError
from perfbook.refreshing.fit import Listed
from perfbook.refreshing.formulas import plain, renamed
from perfbook.refreshing.sheet import Cell, Change, SheetText
from perfbook.refreshing.styles import Styles


@dataclass
class Laid:
    """What becomes of a sheet: the cells that change, and those of ours that were overtyped, with what they held.

    `foreign` tells whether officers have formulas of their own on it; `loose` are cells of theirs beside rows of a list
    that now holds others there.
    """

    name: str
    changes: dict[Place, Change] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    restored: list[tuple[Place, str]] = field(default_factory=list)
    foreign: bool = False
    loose: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Sheets:
    """Both sheets and what is known of them. `names` are our sheets' names in the fresh book and in theirs.

    `same` says that both books are of one version of the framework, so that what is no data is the same in both;
    `hidden` that it is a sheet which only feeds others.
    """

    name: str
    theirs: SheetText
    fresh: SheetText
    names: Mapping[str, str]
    styles: Styles
    fresh_styles: Styles
    officers: tuple[Area, ...]
    data: tuple[Area, ...]
    rows: tuple[Area, ...]
    listed: Listed | None
    same: bool
    hidden: bool


def lay(sheets: Sheets) -> Laid:
    """What becomes of a sheet. Raises RefusedError where something of theirs stands in the way."""
    return _Layer(sheets).run()


class _Layer:
    """One run over one sheet."""

    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.theirs = sheets.theirs.cells()
        self.fresh = sheets.fresh.cells()
        self.laid = Laid(sheets.name)
        listed = sheets.listed
        self.bodies = (listed.body, listed.new_body) if listed else ()
        self.formulas = {
            place: renamed(cell.formula, sheets.names) for place, cell in self.fresh.items() if cell.formula is not None
        }

    def run(self) -> Laid:
        if self.sheets.listed:
            self._demand_room(self.sheets.listed)
        for place, cell in self.fresh.items():
            if not _within(place, self.sheets.officers):
                self._one(place, cell)
        self._clear()
        if self.sheets.listed:
            self._dress(self.sheets.listed)
        self._heights()
        ours = {*self.fresh, *(place for place in self.theirs if self._is_data(place))}
        self.laid.foreign = any(cell.formula is not None for place, cell in self.theirs.items() if place not in ours)
        return self.laid

    def _is_data(self, place: Place) -> bool:
        return _within(place, self.sheets.data) or _within(place, self.bodies)

    def _demand_room(self, listed: Listed) -> None:
        """A list grows only into empty cells."""
        old, new = listed.body, listed.new_body
        below = Area(old.bottom + 1, old.left, new.bottom, new.right)
        for place, cell in sorted(self.theirs.items()):
            if place in below and not cell.is_empty:
                raise RefusedError(
                    f"The list on the sheet {self.sheets.name} needs more rows, and something stands in its way in "
                    f"{address(place)}. Move that away."
                )

    def _one(self, place: Place, fresh: Cell) -> None:
        formula, held = self.formulas.get(place), self.theirs.get(place)
        if _within(place, self.bodies) and (formula is not None or (held is not None and held.formula is not None)):
            self._link(place, formula, fresh, held)
        elif formula is not None:
            self._formula(place, formula, fresh, held)
        elif held is None:
            if fresh.value.kind != "blank":
                self.laid.changes[place] = Change(fresh.value, style=self._style_above(place))
        elif held.formula is not None:
            self._restore(place, Change(fresh.value, ""), f"={held.formula}")
        elif not fresh.value.same(held.value):
            blank, data = fresh.value.kind == "blank", self._is_data(place) or self.sheets.hidden
            if blank and self.sheets.same and not data:
                return  # an empty cell of ours in which they write
            if data or (not self.sheets.same and not blank):
                self.laid.changes[place] = Change(fresh.value)
            else:
                self._restore(place, Change(fresh.value), held.value.text)

    def _link(self, place: Place, formula: str | None, fresh: Cell, held: Cell | None) -> None:
        """A cell of a list that holds a formula, or did: it comes and goes with the row."""
        known = held.formula if held is not None else None
        if formula is None:
            self.laid.changes[place] = Change(fresh.value, "")
        elif known is None or plain(known) != plain(formula):
            self.laid.changes[place] = Change(fresh.value, formula, self._style_above(place) if held is None else None)
        elif held is not None and not fresh.value.same(held.value):
            self.laid.changes[place] = Change(fresh.value)

    def _formula(self, place: Place, formula: str, fresh: Cell, held: Cell | None) -> None:
        if held is None or held.formula is None:
            self._restore(place, Change(fresh.value, formula), held.value.text if held else "")
        elif plain(held.formula) != plain(formula):
            self._demand_order(place, held.formula)
            if self.sheets.same:
                self._restore(place, Change(fresh.value, formula), f"={held.formula}")
            else:
                self.laid.changes[place] = Change(fresh.value, formula)
        elif not fresh.value.same(held.value):
            self.laid.changes[place] = Change(fresh.value)

    def _demand_order(self, place: Place, formula: str) -> None:
        """Rows that were sorted have taken officers' notes with them or have not: nobody can say which are whose."""
        if not self.sheets.officers:
            return
        wanted = plain(formula)
        for (row, column), other in self.formulas.items():
            if column == place[1] and row != place[0] and plain(other) == wanted:
                raise RefusedError(
                    f"The rows of the sheet {self.sheets.name} are in another order: {address(place)} shows what "
                    f"{address((row, column))} should. Undo the sorting; filter instead."
                )

    def _restore(self, place: Place, change: Change, held: str) -> None:
        self.laid.changes[place] = change
        self.laid.restored.append((place, held))

    def _clear(self) -> None:
        """What stands where data is and is no more."""
        for place, cell in self.theirs.items():
            ours = place not in self.fresh and self._is_data(place) and not _within(place, self.sheets.officers)
            if ours and not cell.is_empty:
                self.laid.changes[place] = Change(BLANK, "" if cell.formula is not None else None)

    # -- Looks ------------------------------------------------------------------------------------------------------

    def _style_above(self, place: Place) -> str | None:
        """The style of a cell that is new: in a list that of its last row, elsewhere that of its column."""
        listed = self.sheets.listed
        if listed is None or place not in listed.new_body:
            return self.sheets.theirs.column_style(place[1])
        last = self.theirs.get((listed.body.bottom, place[1]))
        return last.style if last else None

    def _dress(self, listed: Listed) -> None:
        """Rows that a list gains look as its last one did, those that it leaves as the one below it; figures in the
        column whose number format differs from row to row have theirs."""
        old, new = listed.body, listed.new_body
        for row in range(old.bottom + 1, new.bottom + 1):
            for column in range(new.left, new.right + 1):
                place = (row, column)
                style = self._style_above(place)
                if style is not None:
                    self._restyle(place, style)
        for row in range(new.bottom + 1, old.bottom + 1):
            for column in range(old.left, old.right + 1):
                below = self.theirs.get((old.bottom + 1, column))
                if (row, column) in self.theirs:
                    self._restyle((row, column), below.style if below else "0")
        for column in range(new.left, new.right + 1):
            self._formats(new, column)

    def _formats(self, body: Area, column: int) -> None:
        rows = range(body.top, body.bottom + 1)
        fresh, styles = self.sheets.fresh_styles, self.sheets.styles
        wanted = {row: fresh.format_of(cell.style) for row in rows if (cell := self.fresh.get((row, column)))}
        held = {styles.format_of(self._style((row, column))) for row in rows}
        if len({*wanted.values()}) < 2 and len(held) < 2:
            return
        for row, code in wanted.items():
            style = self._style((row, column))
            if styles.format_of(style) != code:
                self._restyle((row, column), styles.with_format(style, code))

    def _style(self, place: Place) -> str:
        change = self.laid.changes.get(place)
        if change and change.style is not None:
            return change.style
        cell = self.theirs.get(place)
        return cell.style if cell else "0"

    def _restyle(self, place: Place, style: str) -> None:
        held = self.theirs.get(place)
        if held is not None and held.style == style and place not in self.laid.changes:
            return
        change = self.laid.changes.get(place) or Change(held.value if held else BLANK)
        self.laid.changes[place] = Change(change.value, change.formula, style)

    def _heights(self) -> None:
        """Rows of lists, and rows by formula, whose content changed are as high as it needs."""
        areas = (*self.sheets.rows, *((self.sheets.listed.new_body,) if self.sheets.listed else ()))
        changed = {row for row, _ in self.laid.changes}
        for row in sorted(changed):
            source = self.sheets.fresh.rows.get(row)
            if source is None or not any(area.top <= row <= area.bottom for area in areas):
                continue
            height = source.element.attributes.get("ht")
            held = self.sheets.theirs.rows.get(row)
            if height and (held is None or held.element.attributes.get("ht") != height):
                self.laid.heights[row] = float(height)


def _within(place: Place, areas: Iterable[Area]) -> bool:
    return any(place in area for area in areas)
