from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.subject import Figure, Item, Line, Outcome, Quote, Stated, Subject, Text, Written
from perfbook.framework.model import Unit
from tests.support.published.rows import Row, rows_of, spot

_OUTCOMES: dict[str, Outcome] = {"G": "met", "R": "missed", "A": "near", "AG": "near", "RA": "near"}
_YEARS = {"y1415": "2014-15", "y1516": "2015-16", "y1617": "2016-17"}
_NARRATIVE = "narrative_figures.csv"
_BLANK = ("", "-")


def _unit(words: str) -> Unit:
    if words.startswith(("%", "tonnes (title says %)")):
        return PERCENT
    if words.startswith("per "):
        return Unit.parse(f"rate {words}")
    if words.startswith("£m"):
        return Unit("£m", "currency")
    return Unit.parse(words)


def _figure(row: Row, column: str, label: str, unit: Unit) -> Figure | None:
    text = row[column]
    if text in _BLANK:
        return None
    ends = {"q1": date(2017, 6, 30), "q2": date(2017, 9, 30)}.get(column)
    return read_figure(text, unit, label, ends=ends, spot=spot("measures.csv", row, column, row["ref"]))


def _line(row: Row, quotes: list[Row]) -> Line:
    unit = _unit(row["unit"])
    years = (_figure(row, column, label, unit) for column, label in _YEARS.items())
    before = _figure(row, "q1", "Q1", unit)
    target = row["target"]
    own = spot("measures.csv", row, "rag_as_printed", row["ref"])
    return Line(
        row["title"],
        row["code_as_typed"],
        row["ref"],
        row["theme"],
        unit,
        row["polarity"],  # type: ignore[arg-type]
        now=_figure(row, "q2", "Q2", unit),
        before=(before,) if before else (),
        years=tuple(year for year in years if year),
        target=read_figure(target, unit, "Target", spot=spot("measures.csv", row, "target", row["ref"])),
        score=row["rag_as_printed"],
        outcome=_OUTCOMES.get(row["rag_as_printed"], ""),
        quotes=tuple(
            Quote(
                each["item"],
                each["value_as_typed"],
                each["period"],
                spot(_NARRATIVE, each, "value_as_typed", row["ref"]),
            )
            for each in quotes
            if row["ref"] in each["linked_ref"].split("; ")
        ),
        spot=own,
    )


def _parts(quotes: list[Row]) -> Line:
    """The figures of the narrative that belong to no measure, in their order."""
    loose = tuple(
        Quote(each["item"], each["value_as_typed"], each["period"], spot(_NARRATIVE, each, "value_as_typed"))
        for each in quotes
        if not each["linked_ref"]
    )
    return Line("Narrative", quotes=loose)


def _stated(folder: Path, measures: list[Row], actions: list[Row]) -> tuple[Stated, ...]:
    rated = [row["status_as_printed"] for row in actions] + [row["rag_as_printed"] for row in measures]
    assessed = [rating for rating in rated if rating in _OUTCOMES]
    on_track = Decimal(100 * sum(rating in ("G", "AG") for rating in assessed)) / len(assessed)
    counts = {
        "number of actions": Decimal(len(actions)),
        "number of measures": Decimal(len(measures)),
        # Green and amber-green of what is assessed.
        "share on track": on_track,
    }
    found = []
    for row in rows_of(folder, "expected.csv"):
        item = row["published_item"]
        if row["published"] == "not published" or not re.match(r"number of|share ", item):
            continue
        unit = PERCENT if "%" in row["published"] else COUNT
        figure = read_figure(
            row["published"], unit, row["where"], spot=spot("expected.csv", row, "published", row["id"])
        )
        found.append(Stated(item, figure, counts.get(item)))
    return tuple(found)


def subject(folder: Path) -> Subject:
    """Kirklees, corporate performance report, Q2 2017-18."""
    measures, actions = rows_of(folder, "measures.csv"), rows_of(folder, "actions.csv")
    quotes = rows_of(folder, "narrative_figures.csv")
    items = (
        Item(
            row["title_short"],
            row["code"],
            group=row["theme"],
            rating=row["status_as_printed"],
            # Updates are not in the data.
            texts=(Text("update", row["status_as_printed"]),),
            spot=spot("actions.csv", row, "status_as_printed", row["code"]),
        )
        for row in actions
    )
    codes = [
        Written("Code", row["code_as_typed"], row["title"], spot("measures.csv", row, "code_as_typed", row["ref"]))
        for row in measures
    ]
    codes += [Written("Ref", row["ref"], "", spot("measures.csv", row, "ref", row["ref"])) for row in measures]
    return Subject(
        lines=(*(_line(row, quotes) for row in measures), _parts(quotes)),
        items=tuple(items),
        stated=_stated(folder, measures, actions),
        codes=tuple(codes),
        start=date(2017, 7, 1),
        end=date(2017, 9, 30),
    )
