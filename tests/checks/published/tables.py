"""Reads the kept tables of what councils published wrongly, and of what only looks so (README.md)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ANY", "FAMILIES", "FOLDERS", "HERE", "Judged", "Place", "mistakes", "not_mistakes", "records"]

HERE = Path(__file__).parent
ANY = "*"
FOLDERS = {
    "dudley": "dudley_2020_q2",
    "kirklees": "kirklees_2017_q2",
    "sandwell": "sandwell_2023_q3",
    "walsall-children": "walsall_sip_2013",
    "walsall-plan": "walsall_markers_2021_q2",
}
FAMILIES = ("values", "time", "totals", "score", "text-against-figures", "text", "codes", "completeness")


@dataclass(frozen=True)
class Place:
    """Cells of one published file: the records with these keys (`*` is any value), and in them these columns."""

    file: str
    keys: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]

    @property
    def of_many(self) -> bool:
        """Whether it is about several records together, such as the parts of a total."""
        return any(value == ANY for _, value in self.keys)


@dataclass(frozen=True)
class Judged:
    """One row of a table: a mistake, or what looks like one. The first place is where a reader would mark it."""

    id: str
    sample: str
    family: str
    places: tuple[Place, ...]
    what: str
    why: str
    sure: str
    seen_in: str


def mistakes() -> tuple[Judged, ...]:
    """What is wrong in the published figures."""
    return _read(HERE / "mistakes.csv")


def not_mistakes() -> tuple[Judged, ...]:
    """What looks wrong in the published figures and is right."""
    return _read(HERE / "not_mistakes.csv")


def records(data: Path, sample: str, place: Place) -> list[dict[str, str]]:
    """The records of a published file that a place names, whole; `data` is the folder of the five samples."""
    with (data / FOLDERS[sample] / place.file).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[key] == value or value == ANY for key, value in place.keys)]


def _read(path: Path) -> tuple[Judged, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Judged(
                row["id"],
                row["sample"],
                row["family"],
                tuple(_place(text) for text in row["where"].split(" || ")),
                row["what"],
                row["why"],
                row["sure"],
                row["seen_in"],
            )
            for row in csv.DictReader(file)
        )


def _place(text: str) -> Place:
    file, keys, columns = text.split(" | ")
    pairs = (pair.split("=", 1) for pair in keys.split("; "))
    return Place(file, tuple((key, value) for key, value in pairs), tuple(columns.split(", ")))
