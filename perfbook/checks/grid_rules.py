"""The check of one line of a grid, in Python and as a formula: numbers, and groups that add up. Family G.

A formula over a grid looks at whole columns, by a hidden column that says what each line adds to; the expressions of
row rules have no such sums, so the two are written side by side, and tests drive both over the same tables.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from perfbook.checks.set_up import AS_USUAL, Settings, is_on, value_of
from perfbook.framework.grid_columns import Heads
from perfbook.framework.grid_columns import heads as heads_of
from perfbook.framework.model import Grid, GridLine
from perfbook.scoring.expr import Cell
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.numfmt import display

TODO, FINE = "To do: type the figures.", "OK"
# What may stand where there is no figure to be had.
NOT_AVAILABLE = "n/a"
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
    shown = ("0" if line.percent else "#,##0") + ("." + "0" * line.decimals if line.decimals else "")
    return f"{shown}%" if line.percent else shown


def is_not_available(value: Cell) -> bool:
    """Whether a cell says that there is no figure."""
    return isinstance(value, str) and value.strip().lower() == NOT_AVAILABLE


def line_findings(
    grid: Grid, line: GridLine, figures: Figures, heads: Heads | None = None, settings: Settings = AS_USUAL
) -> Iterator[tuple[str, str, str, str]]:
    """Code, key of the column, what was found, what to do; `figures` by (line, column), blank where missing.

    What is blank in a column of an earlier period stands as it was said then: such a column is added up only where
    every line of a group is given.
    """
    heads = heads or heads_of(grid)
    for column, name in heads.labels.items():
        value = figures.get((line.key, column))
        if not _blank(value) and not isinstance(value, Decimal) and not is_not_available(value):
            yield NOT_A_NUMBER, column, f"{name} is not a number.", _NUMBER
    allowed = value_of(DOES_NOT_ADD_UP, settings, Decimal(0))
    for group, lines in grid.adding_to(line.key).items() if is_on(DOES_NOT_ADD_UP, settings) else ():
        for column, name in heads.labels.items():
            total = figures.get((line.key, column))
            given = [figures.get((each.key, column)) for each in lines]
            blank = any if column in heads.earlier else all
            if not isinstance(total, Decimal) or blank(_blank(value) for value in given):
                continue
            added = sum((value for value in given if isinstance(value, Decimal)), Decimal(0))
            if abs(round_half_away(added - total, line.places)) > allowed:
                shown = display(added, number_format(line)), display(total, number_format(line))
                found = f"{group or 'What is below'} adds up to {shown[0]}, not {shown[1]} ({name})."
                yield DOES_NOT_ADD_UP, column, found, _CORRECT


def live_value(
    grid: Grid,
    line: GridLine,
    figures: Figures,
    heads: Heads | None = None,
    said: Container[tuple[str, str]] = frozenset(),
    settings: Settings = AS_USUAL,
) -> str:
    """What the check column says of a line. `said` are the (line, column) of which an earlier return gave the figure:
    they may stay blank."""
    heads = heads or heads_of(grid)
    for _, _, found, remedy in line_findings(grid, line, figures, heads, settings):
        return f"{found} {remedy}"
    places = [(line.key, column) for column in heads.labels if (line.key, column) not in said]
    return TODO if any(_blank(figures.get(place)) for place in places) else FINE


def live_formula(
    grid: Grid,
    line: GridLine,
    letters: Mapping[str, str],
    marks: str,
    heads: Heads | None = None,
    said: Mapping[str, str] = MappingProxyType({}),
    settings: Settings = AS_USUAL,
) -> str:
    """The same as a formula. `letters` are those of the columns by key; `marks` is the letter of the hidden one, `said`
    are those of the columns that show what an earlier return gave."""
    heads = heads or heads_of(grid)
    cells = {key: f"INDEX(${letter}:${letter},ROW())" for key, letter in letters.items()}
    tests: list[tuple[str, str]] = []
    for key, name in heads.labels.items():
        cell = cells[key]
        words = f'AND(TRIM({cell})<>"",LOWER(TRIM({cell}))<>"{NOT_AVAILABLE}",NOT(ISNUMBER({cell})))'
        tests.append((words, _text(f"{name} is not a number. {_NUMBER}")))
    shown = _text(number_format(line))
    groups = grid.adding_to(line.key) if is_on(DOES_NOT_ADD_UP, settings) else {}
    allowed = f"{value_of(DOES_NOT_ADD_UP, settings, Decimal(0)):f}"
    for number, (group, lines) in enumerate(groups.items(), 1):
        mark = _text(f"{line.key}|{number}")
        for key, name in heads.labels.items():
            letter, cell = letters[key], cells[key]
            column = f"${letter}:${letter}"
            added = f"SUMIF(${marks}:${marks},{mark},{column})"
            least = len(lines) if key in heads.earlier else 1
            there = f'COUNTIFS(${marks}:${marks},{mark},{column},"<>")>={least}'
            # ISNUMBER first: of a text nothing can be taken away.
            test = f"IF(ISNUMBER({cell}),IF({there},ABS(ROUND({added}-{cell},{line.places}))>{allowed},FALSE),FALSE)"
            head, tail = _text(f"{group or 'What is below'} adds up to "), _text(f" ({name}). {_CORRECT}")
            tests.append((test, f'{head}&TEXT({added},{shown})&", not "&TEXT({cell},{shown})&{tail}'))
    formula = f"IF(OR({','.join(_waits(cells[key], said.get(key, '')) for key in cells)}),{_text(TODO)},{_text(FINE)})"
    for test, words in reversed(tests):
        formula = f"IF({test},{words},{formula})"
    return f"={formula}"


def _waits(cell: str, said: str) -> str:
    """Whether a cell is blank of which no earlier return gave the figure."""
    blank = f'TRIM({cell})=""'
    return f"AND({blank},NOT(ISNUMBER(INDEX(${said}:${said},ROW()))))" if said else blank


def _blank(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
