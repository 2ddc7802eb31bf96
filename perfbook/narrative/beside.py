"""The figures of texts beside a list of those that should be found there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from perfbook.errors import UsageError
from perfbook.narrative.told import Told, stems

_COLUMNS = ("reference", "label", "period", "number", "unit")


@dataclass(frozen=True)
class Listed:
    """A figure that should be found: the reference of its action, what it is, when (`Baseline` or a period's label)."""

    reference: str
    label: str
    when: str
    number: Decimal
    unit: str


def read_listed(path: Path) -> tuple[Listed, ...]:
    """The list in a CSV file. Raises UsageError where there is none, or it lacks a column or a number."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read as a CSV file: {error}.") from error
    missing = [name for name in _COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise UsageError(f"{path} has no column {missing[0]!r}. It needs: {', '.join(_COLUMNS)}.")
    found: list[Listed] = []
    for number, row in enumerate(rows, 2):
        try:
            figure = Decimal((row["number"] or "").replace(",", ""))
        except InvalidOperation as error:
            raise UsageError(f"{path}, line {number}: {row['number']!r} is no number.") from error
        found.append(Listed(row["reference"], row["label"], row["period"], figure, row["unit"] or ""))
    return tuple(found)


def beside(wanted: Sequence[Listed], found: Sequence[Told], references: Mapping[str, str]) -> list[Told | None]:
    """For each listed figure the one that was found, None where there is none.

    Found is what has the same action, number, unit and period, and a label that is likest the listed one among all that
    are listed of that action: where two are equally like, it is open which is meant, and neither is found.
    """
    rows: list[Told | None] = []
    free = list(found)
    for each in wanted:
        labels = {other.label for other in wanted if other.reference == each.reference}
        match = next((one for one in free if _is(each, one, references) and _likest(one, labels) == each.label), None)
        if match:
            free.remove(match)
        rows.append(match)
    return rows


def _is(listed: Listed, each: Told, references: Mapping[str, str]) -> bool:
    return (
        references.get(each.action, "") == listed.reference
        and each.when == listed.when
        and each.figure.number == listed.number
        and each.figure.unit == listed.unit
    )


def _likest(each: Told, labels: Iterable[str]) -> str:
    """The label that is likest the picked one; empty where two are. What comes after a colon weighs double."""
    own = stems(re.split(r"[:,]", each.figure.label)[-1])
    every = stems(each.figure.label)
    scores = sorted(
        ((len(stems(name) & every) + len(stems(name) & own), -len(stems(name) - every), name) for name in labels),
        reverse=True,
    )
    if not scores or not scores[0][0] or (len(scores) > 1 and scores[0][:2] == scores[1][:2]):
        return ""
    return scores[0][2]
