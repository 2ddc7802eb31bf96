from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.subject import Figure, Group, Line, Subject, Symbol, Text
from perfbook.framework.model import Unit
from tests.support.published.rows import Row, rows_of, spot

_LATER, _BEFORE = "to Jul-13", "to Jun-13"
_POLARITY = {"SB": "lower", "BB": "higher"}
_MEASURES, _TABLES = "measures.csv", "tables.csv"


def _name(title: str) -> str:
    """A title by which the two versions know the same measure."""
    plain = "".join(letter for letter in title.lower() if letter.isalnum() or letter == " ")
    return " ".join(plain.split()[:4])


def _label(words: str) -> str:
    """A head of a column, so that the two versions mean the same by it."""
    return words.replace("2013/14 to June", "Jun-13").replace("2013/14 to July", "Jul-13").replace("June 13", "Jun-13")


def _unit(title: str) -> Unit:
    if title.startswith("%") or "(%)" in title or "as a %" in title:
        return PERCENT
    return COUNT if title.startswith("No") else Unit.parse("days" if "days" in title else "rate")


# What the notes say of the reading, and the report does not.
_OF_THE_READING = ("Cells run", "Title cut", "Current cell", "Asterisk", "Shares the")


def _figures(row: Row) -> list[Figure]:
    found = []
    for number in (1, 2, 3):
        text, label = row[f"value_{number}"], row[f"period_{number}"]
        if label:
            at = spot(_MEASURES, row, f"value_{number}", f"{row['version']} {row['title']}")
            figure = read_figure(text.rstrip("*"), _unit(row["title"]), _label(label), spot=at)
            found.append(replace(figure, typed=text))
    return found


def _line(row: Row, earlier: list[Row]) -> Line:
    figures = _figures(row)
    at = spot(_MEASURES, row, "performance_symbol_as_printed", f"{row['version']} {row['title']}")
    note = "" if row["note_own_words"].startswith(_OF_THE_READING) else row["note_own_words"]
    was = [figure for each in earlier if _name(each["title"]) == _name(row["title"]) for figure in _figures(each)]
    comparator = read_figure(row["comparator_value"], _unit(row["title"]), row["comparator_label"], spot=at)
    return Line(
        row["title"],
        key=f"{row['version']} {row['title']}",
        group=row["version"],
        unit=_unit(row["title"]),
        polarity=_POLARITY.get(row["polarity_as_printed"], ""),  # type: ignore[arg-type]
        now=figures[-1] if figures else None,
        start=None,
        before=tuple(figures[:-1][-1:]) if len(figures) > 2 else (),
        years=tuple(figures[: -2 if len(figures) > 2 else -1]),
        earlier=tuple(was),
        comparators=(comparator,) if row["comparator_value"] else (),
        score=row["performance_symbol_as_printed"],
        texts=(Text(row["version"], note, spot(_MEASURES, row, "note_own_words", f"{row['version']} {row['title']}")),)
        if note
        else (),
        spot=at,
    )


def _table_lines(rows: list[Row]) -> list[Line]:
    """The lines of the tables of the later version, beside what the one before printed."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        table = row["table"].removesuffix(" (SB)")
        found.setdefault((row["version"], table, _name(row["row_label"])), []).append(row)
    lines = []
    for (version, table, name), cells in found.items():
        if version != _LATER or table == "Staffing measures":
            continue
        was = found.get((_BEFORE, table, name), [])
        figures, earlier = ([_cell(each) for each in some] for some in (cells, was))
        lines.append(
            Line(
                f"{table}: {cells[0]['row_label']}",
                now=figures[-1],
                before=(),
                years=tuple(figures[:-1]),
                earlier=tuple(earlier),
                spot=figures[-1].spot,
                calculation="rolling",
            )
        )
    return lines


def _cell(row: Row) -> Figure:
    key = f"{row['version']} {row['table']} {row['row_label']} {row['column_label']}"
    return read_figure(
        row["value_as_typed"],
        Unit("number", "number"),
        _label(row["column_label"]),
        spot=spot(_TABLES, row, "value_as_typed", key),
    )


def _groups(rows: list[Row]) -> list[Group]:
    """The columns of shares by source, which are all of a whole."""
    columns: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row["table"] == "Source of referral" and "NFA" not in row["column_label"]:
            columns.setdefault((row["version"], row["table"], row["column_label"]), []).append(row)
    return [
        Group(
            f"{table}, {column}",
            (),
            shares=tuple(
                read_figure(f"{each['value_as_typed']}%", PERCENT, each["row_label"])
                for each in cells
                if each["value_as_typed"] != "n/a"
            ),
            spot=spot(_TABLES, cells[0], column),
        )
        for (_, table, column), cells in columns.items()
    ]


def subject(folder: Path) -> Subject:
    """Walsall, children's services improvement scorecard, the versions to June and to July 2013."""
    measures, tables = rows_of(folder, _MEASURES), rows_of(folder, _TABLES)
    earlier = [row for row in measures if row["version"] == _BEFORE]
    lines = [_line(row, earlier if row["version"] == _LATER else []) for row in measures]
    symbols = [
        Symbol(
            row["symbol_as_printed"],
            row["meaning"],
            row["version"],
            spot("legend.csv", row, "symbol_as_printed"),
        )
        for row in rows_of(folder, "legend.csv")
        if row["symbol_as_printed"]
    ]
    return Subject(
        (*lines, *_table_lines(tables)),
        groups=tuple(_groups(tables)),
        symbols=tuple(symbols),
        start=date(2013, 7, 1),
        end=date(2013, 7, 31),
    )
