"""The account of an import: where each cell of the spreadsheet went. None is left out, none counts twice."""

from __future__ import annotations

from dataclasses import dataclass, field

from perfbook.importing.source import SourceCell

__all__ = ["Fate", "Ledger"]


@dataclass(frozen=True)
class Fate:
    """What became of one cell: where it was placed, or why it was not."""

    cell: SourceCell
    placed: bool
    words: str


@dataclass
class Ledger:
    """Collects the fates of cells. A cell that was placed may be placed again; what is placed is not listed."""

    _fates: dict[tuple[str, tuple[int, int]], Fate] = field(default_factory=dict)

    def place(self, cell: SourceCell, where: str) -> None:
        """A cell's content stands in the framework now."""
        known = self._fates.get((cell.sheet, cell.place))
        words = f"{known.words}; {where}" if known and known.placed and where not in known.words else where
        self._fates[cell.sheet, cell.place] = Fate(cell, True, words)

    def list(self, cell: SourceCell, why: str) -> None:
        """A cell's content stands nowhere but in the list of what was not placed."""
        known = self._fates.get((cell.sheet, cell.place))
        if known is None or not known.placed:
            self._fates[cell.sheet, cell.place] = Fate(cell, False, why)

    def knows(self, cell: SourceCell) -> bool:
        """Whether something has been said of a cell."""
        return (cell.sheet, cell.place) in self._fates

    def fate(self, cell: SourceCell) -> Fate | None:
        """What became of a cell; None where nothing has been said yet."""
        return self._fates.get((cell.sheet, cell.place))

    @property
    def placed(self) -> tuple[Fate, ...]:
        """The cells that were placed."""
        return tuple(fate for fate in self._fates.values() if fate.placed)

    @property
    def listed(self) -> tuple[Fate, ...]:
        """The cells that were not placed, each with the reason."""
        return tuple(fate for fate in self._fates.values() if not fate.placed)
