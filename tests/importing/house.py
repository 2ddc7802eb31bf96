"""The published figures of the sample councils, written as the spreadsheets that such a council keeps.

Each comes with what is true of its measures: unit, polarity and figures as they were published.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from perfbook.framework.model import Polarity, Unit

Row = Mapping[str, str]


@dataclass(frozen=True)
class Truth:
    """One measure: its title, its unit and polarity, and figures and targets by the label of the period."""

    title: str
    unit: str
    polarity: str
    figures: Mapping[str, str]
    targets: Mapping[str, str]


@dataclass(frozen=True)
class House:
    """A spreadsheet and the truth about it."""

    name: str
    data: bytes
    truths: Sequence[Truth]


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _polarity(text: str) -> str:
    return text.removesuffix(" is better")


def dudley(data: Path) -> House:
    """Titles on top, priorities as merged rows between the measures, everything as text."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Scorecard"
    sheet["A1"] = "Corporate quarterly performance report"
    sheet["A2"] = "2020-21 Quarter 2"
    sheet.append([])
    heads = ["PI", "Performance Indicator", "Service", "Qtr 2 2019-20 Actual", "Qtr 1 2020-21", "Qtr 2 2020-21 Actual"]
    sheet.append([*heads, "Target", "Score", "Trend", "Benchmarking Comparator"])
    truths: list[Truth] = []
    priority = ""
    for row in _rows(data / "dudley_2020_q2/measures.csv"):
        if row["priority"] != priority:
            priority = row["priority"]
            sheet.append([priority])
            sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=10)
        figures = [row["prev_year_q2_actual"], row["q1_actual"], row["q2_actual"]]
        cells = [row["code_as_typed"], row["title"], row["directorate"], *figures, row["q2_target"]]
        sheet.append(
            [*cells, row["score_symbol_as_printed"], row["trend_symbol_as_printed"], row["benchmark_as_typed"]]
        )
        labels = ("2019-20 Q2", "2020-21 Q1", "2020-21 Q2")
        shown = dict(zip(labels, figures, strict=True))
        truths.append(
            Truth(row["title"], row["unit"], _polarity(row["polarity"]), shown, {"2020-21 Q2": row["q2_target"]})
        )
    return House("dudley", _saved(book), truths)


def kirklees(data: Path) -> House:
    """Themes as rows in between, a header of two rows, years beside quarters, the rating in letters."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Corporate KPIs 2017-18"
    sheet.append(["Corporate performance report 2017/18"])
    sheet.append([None, None, None, "Previous years", None, None, "2017/18", None, None, None, None, None])
    sheet.append(["Ref", "Code", "Indicator", "2014/15", "2015/16", "2016/17", "Target", "Q1", "Q2", "Q3", "Q4", "RAG"])
    sheet.merge_cells("D2:F2")
    sheet.merge_cells("G2:L2")
    truths: list[Truth] = []
    group = ""
    for row in _rows(data / "kirklees_2017_q2/measures.csv"):
        if row["theme"] != group:
            group = row["theme"]
            sheet.append([f"Theme: {group}"])
        years = [row[name] for name in ("y1415", "y1516", "y1617")]
        quarters = [row[name] for name in ("q1", "q2", "q3", "q4")]
        sheet.append(
            [row["ref"], row["code_as_typed"], row["title"], *years, row["target"], *quarters, row["rag_as_printed"]]
        )
        figures = {f"2017-18 Q{number}": text for number, text in enumerate(quarters, 1) if text}
        truths.append(Truth(row["title"], row["unit"], row["polarity"], figures, {"2017-18 Q2": row["target"]}))
    return House("kirklees", _saved(book), truths)


_WALSALL = {
    "Mar-13": "Mar 2013",
    "Jul-13": "Jul 2013",
    "YTD July 13": "Jul 2013",
    "2012/13": "2012-13",
    "2013/14 to June": "Jun 2013",
    "2013/14 to July": "Jul 2013",
}


def walsall_children(data: Path) -> House:
    """Smaller or bigger is better in two letters, months and years over the figures, the comparator in words."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Scorecard"
    sheet.append(["Improvement scorecard to July 2013"])
    sheet.append(["Measure", "SB/BB", "Eng Avge Mar 12", *_WALSALL, "Perf", "DoT", "Comment"])
    truths: list[Truth] = []
    section = ""
    for row in _rows(data / "walsall_sip_2013/measures.csv"):
        if row["version"] != "to Jul-13":
            continue
        if row["section"] != section:
            section = row["section"]
            sheet.append([section])
        values = {row[f"period_{n}"]: row[f"value_{n}"] for n in (1, 2, 3) if row[f"period_{n}"]}
        start = [row["title"], row["polarity_as_printed"], row["comparator_value"]]
        end = [row["performance_symbol_as_printed"], row["direction_symbol_as_printed"], row["note_own_words"]]
        sheet.append([*start, *(values.get(label) for label in _WALSALL), *end])
        figures = {_WALSALL[label]: text for label, text in values.items()}
        polarity = {"SB": "lower", "BB": "higher"}.get(row["polarity_as_printed"], "")
        truths.append(Truth(row["title"], "", polarity, figures, {}))
    return House("walsall-children", _saved(book), truths)


def walsall_plan(data: Path) -> House:
    """Figures found in texts: a baseline and two quarters, with their units in a column."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Markers 2021-22"
    sheet.append(["Marker", "Measure", "Unit", "Good is", "Baseline", "Q1 2021/22", "Q2 2021/22"])
    truths: dict[tuple[str, str], tuple[Row, dict[str, str]]] = {}
    for row in _rows(data / "walsall_markers_2021_q2/figures.csv"):
        known = truths.setdefault((row["marker_no"], row["measure"]), (row, {}))
        known[1].setdefault(row["period"], row["value_as_typed"])
    for (marker, title), (row, values) in truths.items():
        sheet.append(
            [marker, title, row["unit"], row["polarity_judged"], *(values.get(p) for p in ("baseline", "Q1", "Q2"))]
        )
    return House(
        "walsall-plan",
        _saved(book),
        [
            Truth(
                title,
                row["unit"],
                row["polarity_judged"],
                {f"2021-22 {p}": text for p, text in values.items() if p != "baseline"},
                {},
            )
            for (_, title), (row, values) in truths.items()
        ],
    )


ALL = (dudley, kirklees, walsall_children, walsall_plan)
UNIT_WORDS = {"%": "percent", "": "number"}


def unit_is(guessed: Unit, true: str) -> bool:
    """Whether a guessed unit stands for the true one: the same kind, scale and multiplier, whatever the words."""
    unit = Unit.parse("percent" if true.startswith("%") else UNIT_WORDS.get(true, true))
    return (guessed.kind, guessed.multiplier) == (unit.kind, unit.multiplier)


def polarity_is(guessed: Polarity, true: str) -> bool:
    """Whether a guessed polarity is the true one."""
    return guessed == true
