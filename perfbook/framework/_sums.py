"""Reads and fills the sheet Sums of framework.xlsx."""

from __future__ import annotations

from collections.abc import Mapping

from perfbook.framework._content import Content
from perfbook.framework._figures import measure_of
from perfbook.framework._tables import Problems, Table, required, suggestion
from perfbook.framework.model import Measure
from perfbook.framework.sum_sheet import SUMS


def read_sums(table: Table, measures: Mapping[str, Measure], problems: Problems) -> dict[str, tuple[str, ...]]:
    """The keys of parts by that of their whole, in the order of the rows."""
    required(problems, SUMS, table.rows)
    known = {key.casefold(): measure for key, measure in measures.items()}
    found: dict[str, tuple[str, ...]] = {}
    for row in table.rows:
        part, cell = measure_of(row, measures, problems), row["whole"]
        whole = known.get(cell.words.casefold())
        if whole is None and cell.words:
            near = suggestion(cell.words, measures)
            words = f"There is no measure with the key {cell.words!r}.{near}"
            problems.add(cell, words, "Choose a key of the sheet Measures.")
        if part is None or whole is None:
            continue
        if part.key == whole.key:
            problems.add(cell, f"{part.key} is said to be a part of itself.", "Choose the measure that is the whole.")
        elif part.key in found.get(whole.key, ()):
            problems.add(cell, f"{part.key} is a part of {whole.key} already.", "Remove one of the rows.")
        elif (part.unit.kind, part.unit.multiplier) != (whole.unit.kind, whole.unit.multiplier):
            words = f"{part.key} is in {part.unit.label}, {whole.key} in {whole.unit.label}: they cannot be added up."
            problems.add(cell, words, "Choose a measure of the same unit, or remove the row.")
        else:
            found[whole.key] = (*found.get(whole.key, ()), part.key)
    return found


def sums_content(sums: Mapping[str, tuple[str, ...]]) -> Content:
    """What the sheet holds."""
    return [{"key": part, "whole": whole} for whole, parts in sums.items() for part in parts]
