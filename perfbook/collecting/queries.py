"""Different values in copies of one return: one query a field, which shows each value with its file, cell and time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from perfbook.collecting import outcomes
from perfbook.collecting.merge import FIELDS, Conflict
from perfbook.collecting.outcomes import finding
from perfbook.collecting.versions import Version, day
from perfbook.records import ActionReport, Finding, GridFigure, Observation, SectionText, Source
from perfbook.workbook.text import shortened

Said = Observation | ActionReport | SectionText | GridFigure
_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}


def queries(winner: Version, conflicts: Sequence[Conflict], name: Callable[[str], str]) -> list[Finding]:
    """One query for each field of each measure or action; `name` says how people know it.

    The value that counts stands first. A value that several copies have is shown once, as it stands in the first one.
    """
    together: dict[tuple[object, str], list[Conflict]] = {}
    for conflict in conflicts:
        together.setdefault((_place(conflict.ours), conflict.field), []).append(conflict)
    return [_query(winner, several, name) for several in together.values()]


def _query(winner: Version, several: Sequence[Conflict], name: Callable[[str], str]) -> Finding:
    first = several[0]
    source = first.ours.source
    # What counts may itself have come from a copy.
    ours = source.file if source and first.field in ("figure", "rating") else winner.path
    others: dict[object, str] = {}
    for conflict in several:
        value = _value(conflict.theirs, conflict.field)
        others.setdefault(value, _described(conflict.theirs, conflict.field, conflict.version.path))
    return finding(
        outcomes.TWO_VALUES,
        winner.path,
        sheet=source.sheet if source else "",
        cell=source.cell if source else "",
        about=first.about,
        count=_NUMBERS.get(len(others) + 1, str(len(others) + 1)),
        field=FIELDS[first.field],
        measure=name(first.about),
        ours=_described(first.ours, first.field, ours),
        theirs="; ".join(others.values()),
    )


def _place(said: Said) -> object:
    if isinstance(said, SectionText):
        return (said.section, said.directorate)
    if isinstance(said, GridFigure):
        return (said.line, said.column)
    return (said.measure, said.period) if isinstance(said, Observation) else (said.action, said.deliverable)


def _value(said: Said, field: str) -> object:
    if isinstance(said, GridFigure):
        return said.value
    return (said.actual, said.status) if isinstance(said, Observation) and field == "figure" else getattr(said, field)


def _cell(source: Source | None, field: str) -> str:
    if source is None or field in ("figure", "rating", "grid"):
        return source.cell if source else ""
    row = re.search(r"[0-9]+", source.cell)
    return f"row {row[0]}" if row else ""


def _described(observation: Said, field: str, path: str) -> str:
    """One of several values, with file, cell, time and role; of words the row, since they know no cell of their own."""
    source = observation.source
    if isinstance(observation, GridFigure):
        value = f"{observation.value:f}"
    elif field == "rating":
        value = source.displayed if source else str(getattr(observation, field))
    elif isinstance(observation, Observation) and field == "figure":
        value = (source.displayed if source else "") or observation.status or str(observation.actual)
        if observation.status not in (None, "provided"):
            value = f"{value} ({observation.status})" if source and source.displayed else str(observation.status)
    else:
        value = shortened(str(getattr(observation, field)), 60)
    where = [path, _cell(source, field)]
    if source and source.received:
        where.append(f"{day(source.received)}, {source.received:%H:%M}")
    where.append(source.submitted_by if source else "")
    return f"\u201c{value}\u201d ({', '.join(part for part in where if part)})"
