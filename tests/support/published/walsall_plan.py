from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.subject import Figure, Group, Line, Subject, Text, Written
from perfbook.framework.model import Unit
from tests.support.published.rows import Row, named, quotes_of, rows_of, spot

_ENDS = {"Q1": date(2021, 6, 30), "Q2": date(2021, 9, 30)}
_FIGURES, _MARKERS = "figures.csv", "markers.csv"
_PER = re.compile(r"^(\S+) per [\d,]+ \S+ (\(.*\))$")


def _unit(words: str) -> Unit:
    if words == "%":
        return PERCENT
    if words.startswith("per "):
        return Unit.parse(f"rate {words}")
    return Unit("£k", "currency") if words.startswith("£") else COUNT


def _figure(row: Row, unit: Unit) -> Figure:
    said = row["direction_as_stated"]
    return read_figure(
        # `24.2 per 10,000 0-17 (167)`: the unit and the ages are not the figure.
        _PER.sub(r"\1 \2", row["value_as_typed"]),
        unit,
        row["period"],
        window=row["window_as_typed"],
        said="" if said.startswith("target") else said,
        ends=_ENDS.get(row["period"]),
        spot=spot(_FIGURES, row, "value_as_typed", f"{row['marker_no']} {row['measure']} {row['period']}"),
    )


def _line(rows: list[Row]) -> Line:
    first = rows[0]
    unit = _unit(first["unit"])
    by_period = {row["period"]: _figure(row, unit) for row in rows}
    aims = [row["direction_as_stated"] for row in rows if row["direction_as_stated"].startswith("target")]
    q1 = by_period.get("Q1")
    now = by_period.get("Q2")
    return Line(
        first["measure"],
        key=f"{first['marker_no']} {first['measure']}",
        group=first["marker_no"],
        unit=unit,
        now=now if now or (q1 and by_period.get("baseline")) else q1,
        before=(q1,) if q1 and (now or by_period.get("baseline")) else (),
        start=by_period.get("baseline"),
        aim=aims[0] if aims else "",
        spot=spot(_FIGURES, first, "direction_as_stated", f"{first['marker_no']} {first['measure']}"),
    )


def _marker_lines(row: Row) -> list[Line]:
    """The figures in the texts of a marker, and its placeholders, which are none of those in figures.csv."""
    found = []
    for column, label in (("baseline_figures", "baseline"), ("q1_figures", "Q1"), ("q2_figures", "Q2")):
        at = spot(_MARKERS, row, column, row["marker_no"])
        found.append(Line(row["marker_short"], quotes=quotes_of(_MARKERS, row, column, row["marker_no"]), spot=at))
        for name, value in named(row[column]):
            if re.fullmatch(r"[Xx]+%?", value):
                found.append(Line(name, now=read_figure(value, COUNT, label, spot=at), spot=at))
    return found


def _totals(rows: list[Row]) -> list[Group]:
    """A total of a marker and the two figures of the same period that stand right before it."""
    found = []
    for period in ("baseline", "Q1", "Q2"):
        of_period = {row["measure"]: row for row in rows if row["period"] == period and row["marker_no"] == "13"}
        total = of_period.get("NEET and unknown total")
        if total:
            parts = tuple(_figure(of_period[name], PERCENT) for name in ("NEET 16-18", "Destination unknown 16-18"))
            whole = _figure(total, PERCENT)
            found.append(Group(f"NEET and unknown, {period}", parts, whole, spot=whole.spot))
    return found


def subject(folder: Path) -> Subject:
    """Walsall, corporate plan markers of success, Q1 and Q2 2021-22."""
    rows, markers = rows_of(folder, _FIGURES), rows_of(folder, _MARKERS)
    names = dict.fromkeys((row["marker_no"], row["measure"]) for row in rows)
    lines = [_line([row for row in rows if (row["marker_no"], row["measure"]) == name]) for name in names]
    lines += [line for row in markers for line in _marker_lines(row)]
    texts = [
        Text(name, row[column], spot(_MARKERS, row, column, row["marker_no"]))
        for row in markers
        for name, column in (("baseline", "baseline_short"), ("section", "q1_short"), ("section", "q2_short"))
    ]
    codes = [
        Written(
            "Outcome",
            row["outcome_no"].split()[0],
            row["outcome_short"],
            spot(_MARKERS, row, "outcome_no", row["marker_no"]),
            # What the page shows of a label is the same for all its markers, cut off or not.
            under=row["focus_area"],
        )
        for row in markers
    ]
    unproven = [
        Written(
            "Evidence",
            row["evidence_type"],
            f"marker {row['marker_no']}",
            spot(_MARKERS, row, "evidence_present", row["marker_no"]),
        )
        for row in markers
        if row["evidence_present"] == "no"
    ]
    return Subject(
        tuple(lines),
        groups=tuple(_totals(rows)),
        texts=tuple(texts),
        codes=tuple(codes),
        unproven=tuple(unproven),
        start=date(2021, 7, 1),
        end=date(2021, 9, 30),
    )
