from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.subject import (
    Direction,
    Figure,
    Group,
    Line,
    Outcome,
    Quote,
    Spot,
    Stated,
    Subject,
    Symbol,
    Text,
    Written,
)
from perfbook.framework.model import Unit
from tests.support.published.rows import Row, rows_of, spot

_MEASURES = "measures.csv"
# What a score of the scorecard was taken for, by which the report's own counts are counted.
_SCORES = ("exceeds target", "on target upper tolerance", "below target")
_TRENDS: dict[str, Direction] = {"improved": "improved", "consistent": "consistent", "worse": "worse"}
_KINDS = {"actions": "action"}
_NO_FIGURE = ("", "New Measure", "Delay with data")


def _figure(row: Row, column: str, label: str, unit: Unit, text: str | None = None) -> Figure | None:
    typed = row[column] if text is None else text
    if typed in _NO_FIGURE:
        return None
    ends = {"Q2": date(2020, 9, 30)}.get(label)
    return read_figure(typed, unit, label, ends=ends, spot=spot(_MEASURES, row, column, row["code"]))


def _line(row: Row, folder: Path) -> Line:
    unit, quarter = Unit.parse(row["unit"]), row["reported_period"].split()[0]
    before = _figure(row, "q1_actual", "Q1", unit) if quarter == "Q2" else None
    targets = [_figure(row, "prev_year_q2_target", "target of last year", unit)]
    benchmarks = (
        replace(
            read_figure(
                each["value_as_typed"],
                unit,
                each["benchmark_as_typed"] if "appendix" not in each["where"] else each["where"].partition(": ")[2],
                spot=_printed(folder, each),
            ),
            where=each["where"].partition(":")[0],
        )
        for each in rows_of(folder, "benchmarks.csv")
        if each["code"] == row["code"] and each["kind"] in ("figure", "rank")
    )
    texts = tuple(
        Text(
            _KINDS.get(each["kind"], "commentary"),
            each["commentary_own_words"],
            spot("commentary.csv", each, "commentary_own_words", row["code"]),
        )
        for each in rows_of(folder, "commentary.csv")
        if each["code"] == row["code"] and each["kind"] != "section note"
    )
    quotes = tuple(
        Quote(
            f"{each['topic']}: {each['item']}",
            each["value_as_typed"] + _unit_words(each),
            "",
            spot("exception_figures.csv", each, "value_as_typed", row["code"]),
        )
        for each in rows_of(folder, "exception_figures.csv")
        if each["code"] == row["code"]
    )
    return Line(
        row["title"],
        row["code_as_typed"],
        row["code"],
        row["scorecard_section"],
        unit,
        row["polarity"].split()[0],  # type: ignore[arg-type]
        "cumulative" if row["calculation"] == "cumulative" else "",
        # The figure that the report gives now, which for the waste measures is a quarter late.
        now=_figure(
            row, f"{row['reported_period'].split()[0].lower()}_actual", row["reported_period"].split()[0], unit
        ),
        before=(before,) if before else (),
        last_year=_figure(
            row, "prev_year_q2_actual" if row["prev_year_q2_actual"] else "comparator_actual", "the year before", unit
        ),
        target=_figure(row, "q2_target" if row["q2_target"] else "reported_target", "target", unit),
        targets=tuple(each for each in targets if each),
        comparators=tuple(benchmarks),
        score=row["score_meaning"],
        # Where the page has lost its symbol, the report's list of those below target tells.
        outcome=_SHAPES.get(row["score_symbol_as_printed"], "missed" if row["code"] in _below(folder) else ""),
        trend=_TRENDS.get(row["trend_meaning"], ""),
        texts=texts,
        quotes=quotes,
        explain=row["score_meaning"] == "below target",
        trend_spot=spot(_MEASURES, row, "trend_meaning", row["code"]),
        spot=spot(_MEASURES, row, "score_meaning", row["code"]),
    )


def _below(folder: Path) -> frozenset[str]:
    return frozenset(row["code"] for row in rows_of(folder, "below_target.csv"))


def _printed(folder: Path, row: Row) -> Spot:
    """Where a comparator stands: those of the appendix beside the measures there."""
    file = "appendix_kpis.csv"
    if row["where"].startswith("appendix"):
        for each in rows_of(folder, file):
            if each["code"] == row["code"]:
                return spot(file, each, "benchmark_as_typed", row["code"])
    return spot("benchmarks.csv", row, "value_as_typed", row["code"])


# The legend, and what has the shape of one of its symbols; a warning sign and a red circle are none of them.
_LEGEND: dict[str, Outcome] = {"★": "met", "●": "near", "▲": "missed"}
_SHAPES: dict[str, Outcome] = _LEGEND | {"🌟": "met", "🟡": "near"}


def _appendix(row: Row, line: Line) -> Line:
    """A measure as the appendix prints it, read by the legend."""
    file = "appendix_kpis.csv"
    symbol = row["score_symbol_as_printed"]
    return Line(
        line.title,
        row["code_as_typed"],
        line.key,
        unit=line.unit,
        polarity=line.polarity,
        now=read_figure(
            row["actual"], line.unit, line.now.label if line.now else "", spot=spot(file, row, "actual", line.key)
        ),
        target=read_figure(row["target"], line.unit, "target", spot=spot(file, row, "target", line.key))
        if row["target"]
        else None,
        score=symbol,
        outcome=_SHAPES.get(symbol, ""),
        spot=spot(file, row, "score_symbol_as_printed", line.key),
    )


def _unit_words(row: Row) -> str:
    return "%" if row["unit"] == "percent" else ""


def _groups(folder: Path) -> list[Group]:
    """The tables of staff, and of complaints and compliments: parts, their percentages, their whole."""
    found = []
    staff = rows_of(folder, "workforce.csv")
    heads = {row["directorate"]: row for row in staff if row["group"] == "Headcount"}
    names = dict.fromkeys((row["directorate"], row["group"]) for row in staff)
    for directorate, group in names:
        rows = [row for row in staff if (row["directorate"], row["group"]) == (directorate, group)]
        if group in ("Headcount", "FTE", "Turnover"):
            continue
        totals = [row for row in rows if "Total" in row["category"]]
        whole = totals[0] if totals else heads[directorate]
        parts = [row for row in rows if row not in totals]
        at = spot("workforce.csv", parts[0], "count_as_typed", "")
        found.append(_group(f"{directorate}, {group}", parts, whole, "category", at))
    counts = rows_of(folder, "complaints_compliments.csv")
    for scope, topic, total in (
        ("Corporate", "outcome", "complaints received"),
        ("Public Realm", "upheld by subject", "outcome"),
        ("Public Realm", "compliments by subject", "compliments received"),
    ):
        parts = [row for row in counts if (row["scope"], row["topic"]) == (scope, topic)]
        whole = next(row for row in counts if (row["scope"], row["topic"]) == (scope, total))
        found.append(
            _group(
                f"{scope}, {topic}",
                parts,
                whole,
                "item",
                spot("complaints_compliments.csv", whole, "count_as_typed", ""),
            )
        )
    return found


def _group(title: str, parts: list[Row], whole: Row, name: str, at: Spot) -> Group:
    return Group(
        title,
        tuple(read_figure(row["count_as_typed"], COUNT, row[name], spot=at) for row in parts),
        read_figure(whole["count_as_typed"], COUNT, "total", spot=at),
        tuple(
            read_figure(row["percent_as_typed"], PERCENT, row[name], spot=at)
            for row in parts
            if row["percent_as_typed"]
        ),
        at,
    )


# All absence is the long and the short absence.
_ABSENCE = ("PI370", "PI371", "PI352")


def _absence(lines: dict[str, Line]) -> list[Group]:
    *parts, whole = (lines[key] for key in _ABSENCE)
    figures = tuple(replace(each.now, label=each.title) for each in parts if each.now)
    return [Group(whole.title, figures, whole.now, spot=whole.spot)]


_SECTIONS = {
    "3.1": "3.1",
    "3.2 main scorecard": "3.2 Cleaner Greener (Housing",
    "3.2 waste scorecard": "3.2 Cleaner Greener (waste",
    "3.3 Children Services": "3.3 Children Services",
    "3.3 Adult Social Care": "3.3 Adult Social Care",
    "3.3 Public Health": "3.3 Public Health",
    "3.4": "3.4",
}


def _rows_meant(row: Row, lines: list[Line]) -> Decimal | None:
    """What the rows give for a count that the report states of them."""
    figure, where = row["figure"].lower(), row["where"]
    due = [line for line in lines if line.score in _SCORES]
    tests: list[tuple[str, Callable[[], Decimal]]] = [
        ("kpis in total", lambda: Decimal(len(lines))),
        ("kpis due for reporting", lambda: Decimal(len(due))),
        ("below target and trend improved", lambda: _count(due, "below target", "improved")),
        ("below target and trend consistent", lambda: _count(due, "below target", "consistent")),
        ("below target and trend worse", lambda: _count(due, "below target", "worse")),
        ("below target kpis", lambda: _count(due, "below target")),
        ("rows in table 1", lambda: _count(due, "below target")),
        ("kpis with worsening short-term trend", lambda: _count(due, "", "worse")),
        ("kpis with annual comparison", lambda: Decimal(sum(bool(line.last_year) for line in due))),
    ]
    for start, counted in tests:
        if figure.startswith(start):
            return counted()
    if figure.startswith(("score: ", "short-term trend: ")):
        word = figure.partition(": ")[2]
        return _count(due, "", word) if word in _TRENDS else _count(due, word)
    if figure.startswith("annual comparison: "):
        word = {"worsened": "worse"}.get(figure.partition(": ")[2], figure.partition(": ")[2])
        return Decimal(sum(_annual(line) == word for line in due))
    if figure.startswith(("section summary: ", "kpis below target against priority")):
        section = next((long for short, long in reversed(_SECTIONS.items()) if where.startswith(short)), "")
        if where.startswith("3.2 continued"):
            section = _SECTIONS["3.2 main scorecard"]
        of_section = [line for line in due if section and line.group.startswith(section)]
        word = figure.partition(": ")[2] or "below target"
        return _count(of_section, word) if of_section else None
    return None


def _count(lines: list[Line], score: str = "", trend: str = "") -> Decimal:
    return Decimal(sum((not score or line.score == score) and (not trend or line.trend == trend) for line in lines))


def _annual(line: Line) -> str:
    now, was = line.now, line.last_year
    if now is None or was is None or now.value is None or was.value is None:
        return ""
    if now.value == was.value:
        return "consistent"
    return "improved" if (now.value > was.value) == (line.polarity == "higher") else "worse"


def subject(folder: Path) -> Subject:
    """Dudley, corporate quarterly performance report, Q2 2020-21."""
    rows = rows_of(folder, _MEASURES)
    lines = [_line(row, folder) for row in rows]
    stated = [
        Stated(
            row["figure"],
            read_figure(row["value"], COUNT, row["where"], spot=spot("expected.csv", row, "value", row["figure_id"])),
            _rows_meant(row, lines),
        )
        for row in rows_of(folder, "expected.csv")
        if row["kind"] == "published" and "%" not in row["value"]
    ]
    symbols = [
        Symbol(
            row["score_symbol_as_printed"],
            row["score_meaning"],
            "scorecard",
            spot(_MEASURES, row, "score_symbol_as_printed", row["code"]),
        )
        for row in rows
    ]
    codes = [
        Written("Code", row["code_as_typed"], "", spot(_MEASURES, row, "code_as_typed", row["code"])) for row in rows
    ]
    codes += [
        Written("Code", row["code_as_typed"], "", spot("appendix_kpis.csv", row, "code_as_typed", row["code"]))
        for row in rows_of(folder, "appendix_kpis.csv")
    ]
    texts = [
        Text(
            "section",
            row["example_own_words"],
            spot("service_summary.csv", row, "row_count", f"{row['directorate']} {row['section']}"),
        )
        for row in rows_of(folder, "service_summary.csv")
    ]
    areas = {row["subject"]: row for row in rows_of(folder, "service_figures.csv")}
    announced, bulleted = areas["Areas for improvement announced"], areas["Areas for improvement bulleted"]
    bullets = "\n".join("- (an area)" for _ in range(int(bulleted["value_as_typed"])))
    texts.append(
        Text(
            "list",
            f"{announced['value_as_typed']} areas for improvement:\n{bullets}",
            spot("service_figures.csv", announced, "value_as_typed"),
        )
    )
    by_key = {line.key: line for line in lines}
    appendix = rows_of(folder, "appendix_kpis.csv")
    printed = "score_symbol_as_printed"
    symbols += [
        Symbol(row[printed], "", "appendix", spot("appendix_kpis.csv", row, printed, row["code"])) for row in appendix
    ]
    lines += [_appendix(row, by_key[row["code"]]) for row in appendix if row["code"] in by_key]
    return Subject(
        tuple(lines),
        legend=frozenset(_LEGEND) | {"↗", "↘", "→"},
        groups=tuple(_groups(folder)),
        texts=tuple(texts),
        symbols=tuple(symbols),
        stated=tuple(stated),
        sums=tuple(_absence(by_key)),
        codes=tuple(codes),
        start=date(2020, 7, 1),
        end=date(2020, 9, 30),
    )
