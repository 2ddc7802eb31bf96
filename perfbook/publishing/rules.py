"""The section [publish] of perfbook.toml: what counts people, and how small a number may be before it is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfbook.chasing.rules import Reader

_PUBLISH = {"people", "small_below", "zeros", "round_to", "periods", "totals"}
_TOTAL = {"whole", "parts"}


@dataclass(frozen=True)
class PublishRules:
    """What is hidden in the public copy.

    `people` are the codes or keys of measures, and the titles or keys of grids, that count people; None: it is not
    said, and every count is treated as one of people. Counts below `small_below` are hidden, zeros with them unless
    `zeros` says that they are shown; those shown are rounded to a multiple of `round_to` (0: as they are). `periods` is
    how many reporting periods stand side by side. `totals` are measures that add up to another: (whole, parts), by code
    or key.
    """

    people: tuple[str, ...] | None = None
    small_below: int = 5
    zeros: bool = False
    round_to: int = 0
    periods: int = 8
    totals: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_publishing(reader: Reader) -> PublishRules:
    """The section [publish]. Raises WorkspaceError."""
    table, usual = reader.section("publish", _PUBLISH), PublishRules()
    zeros = table.get("zeros", "hide")
    if zeros not in ("hide", "show"):
        raise reader.error("publish.zeros", f'must be "hide" or "show", not {zeros!r}')
    round_to = reader.whole(table, "publish", "round_to", usual.round_to, 0, 100)
    if round_to == 1:
        round_to = 0
    return PublishRules(
        people=_people(reader, table),
        small_below=reader.whole(table, "publish", "small_below", usual.small_below, 0, 100),
        zeros=zeros == "show",
        round_to=round_to,
        periods=reader.whole(table, "publish", "periods", usual.periods, 1, 60),
        totals=tuple(_totals(reader, table.get("totals", []))),
    )


def _people(reader: Reader, table: dict[str, Any]) -> tuple[str, ...] | None:
    if "people" not in table:
        return None
    found = table["people"]
    if not isinstance(found, list) or not all(isinstance(name, str) and name.strip() for name in found):
        raise reader.error(
            "publish.people", 'must be a list of codes of measures and titles of grids, like ["PI.18", "Complaints"]'
        )
    return tuple(name.strip() for name in found)


def _totals(reader: Reader, entries: object) -> list[tuple[str, tuple[str, ...]]]:
    shape = 'must be a list like [{ whole = "PI.1", parts = ["PI.2", "PI.3"] }]'
    if not isinstance(entries, list):
        raise reader.error("publish.totals", shape)
    found = []
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != _TOTAL:
            raise reader.error("publish.totals", shape)
        whole, parts = entry["whole"], entry["parts"]
        if not isinstance(whole, str) or not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
            raise reader.error("publish.totals", shape)
        found.append((whole.strip(), tuple(part.strip() for part in parts)))
    return found
