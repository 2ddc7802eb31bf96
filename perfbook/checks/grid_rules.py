"""The check of one line of a grid, in Python and as a formula: numbers, and groups that add up. Family G.

A formula over a grid looks at whole columns, by a hidden column that says what each line adds to; the expressions of
row rules have no such sums, so the two are written side by side, and tests drive both over the same tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from perfbook.framework.model import Grid, GridLine
from perfbook.framework.plan import column_key
from perfbook.scoring.expr import Cell
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.numfmt import display

TODO, FINE = "To do: type the figures.", "OK"
NOT_A_NUMBER, DOES_NOT_ADD_UP = "G102", "G101"
_CORRECT, _NUMBER = "Correct one of them.", "Type a plain number."
Figures = Mapping[tuple[str, str], Cell]


def mark_of(grid: Grid, line: GridLine) -> str:
    """What the hidden column says of a line: the line that it adds to, and its group by number."""
    if not line.adds_to:
        return ""
    groups = list(grid.adding_to(line.adds_to))
    return f"{line.adds_to}|{groups.index(line.group) + 1}"


def number_format(line: GridLine) -> str:
    """The number format of a line's figures."""
    return "#,##0" + ("." + "0" * line.decimals if line.decimals else "")


def line_findings(grid: Grid, line: GridLine, figures: Figures) -> Iterator[tuple[str, str, str, str]]:
    """Code, key of the column, what was found, what to do; `figures` by (line, column), blank where missing."""
    for name in grid.columns:
        column = column_key(name)
        value = figures.get((line.key, column))
        if not _blank(value) and not isinstance(value, Decimal):
            yield NOT_A_NUMBER, column, f"{name} is not a number.", _NUMBER
    for group, lines in grid.adding_to(line.key).items():
        for name in grid.columns:
            column = column_key(name)
            total = figures.get((line.key, column))
            given = [figures.get((each.key, column)) for each in lines]
            if not isinstance(total, Decimal) or all(_blank(value) for value in given):
                continue
            added = sum((value for value in given if isinstance(value, Decimal)), Decimal(0))
            if round_half_away(added - total, line.decimals):
                shown = display(added, number_format(line)), display(total, number_format(line))
                found = f"{group or 'What is below'} adds up to {shown[0]}, not {shown[1]} ({name})."
                yield DOES_NOT_ADD_UP, column, found, _CORRECT


def live_value(grid: Grid, line: GridLine, figures: Figures) -> str:
    """What the check column says of a line."""
    for _, _, found, remedy in line_findings(grid, line, figures):
        return f"{found} {remedy}"
    columns = [column_key(name) for name in grid.columns]
    return TODO if any(_blank(figures.get((line.key, column))) for column in columns) else FINE


def live_formula(grid: Grid, line: GridLine, letters: Mapping[str, str], marks: str) -> str:
    """The same as a formula. `letters` are those of the columns by key; `marks` is the letter of the hidden one."""
    cells = {key: f"INDEX(${letter}:${letter},ROW())" for key, letter in letters.items()}
    tests: list[tuple[str, str]] = []
    for name in grid.columns:
        cell = cells[column_key(name)]
        tests.append((f'AND(TRIM({cell})<>"",NOT(ISNUMBER({cell})))', _text(f"{name} is not a number. {_NUMBER}")))
    shown = _text(number_format(line))
    for number, group in enumerate(grid.adding_to(line.key), 1):
        mark = _text(f"{line.key}|{number}")
        for name in grid.columns:
            letter, cell = letters[column_key(name)], cells[column_key(name)]
            column = f"${letter}:${letter}"
            added = f"SUMIF(${marks}:${marks},{mark},{column})"
            there = f'COUNTIFS(${marks}:${marks},{mark},{column},"<>")>0'
            # ISNUMBER first: of a text nothing can be taken away.
            test = f"IF(ISNUMBER({cell}),IF({there},ROUND({added}-{cell},{line.decimals})<>0,FALSE),FALSE)"
            head, tail = _text(f"{group or 'What is below'} adds up to "), _text(f" ({name}). {_CORRECT}")
            tests.append((test, f'{head}&TEXT({added},{shown})&", not "&TEXT({cell},{shown})&{tail}'))
    blank = ",".join(f'TRIM({cell})=""' for cell in cells.values())
    formula = f"IF(OR({blank}),{_text(TODO)},{_text(FINE)})"
    for test, words in reversed(tests):
        formula = f"IF({test},{words},{formula})"
    return f"={formula}"


def _blank(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
