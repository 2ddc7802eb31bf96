"""What remains: the line `3 of 12 measures to go, 1 explanation missing.`, and which row is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfbook.returns.control import Totals, totals_from
from perfbook.returns.filled import AskedRow
from perfbook.scoring.expr import Expr, Lit, Var, call, if_

# What a row waits for, in the order in which it is best done: a rank is this times RANK_STEP, plus the row.
FIGURE, CHECK, EXPLANATION = 1, 2, 3
RANK_STEP = 100_000
TO_FILL = "Type the figure, or choose a status."


@dataclass(frozen=True)
class Now:
    """One row as it stands. `row` counts from 1, as sheets do; `rank` is 0 where nothing is to do.

    `in_words`: the actual is a text, which is understood when it is collected and not before.
    """

    row: int
    name: str
    check: str
    why: str
    todo: int
    unexplained: int
    problem: int
    rank: int
    figure: Decimal | None = None
    has_status: bool = False
    has_commentary: bool = False
    in_words: bool = False


@dataclass(frozen=True)
class Tally:
    """The columns of Measures that Start counts and shows, and what stands there in a book that nobody opened yet.

    `letters` are those of the columns by their keys: `todo`, `unexplained` and `problem` hold one number a figure that
    is due (1 or 0), `rank` and `where` say which row is next and the number of the column to go to. `first` and `last`
    are the rows, from 1; `noun` is what a row is, `to_fill` what is to do in one that nobody
    filled yet; `asked` are the rows with queries.
    """

    sheet: str
    letters: Mapping[str, str]
    first: int
    last: int
    rows: tuple[Now, ...] = ()
    noun: str = "measure"
    to_fill: str = TO_FILL
    asked: tuple[AskedRow, ...] = ()

    def column(self, key: str) -> str:
        """A whole column."""
        return f"{self.sheet}!${self.letters[key]}:${self.letters[key]}"

    def part(self, key: str) -> str:
        """The rows of the measures in a column."""
        return f"{self.sheet}!${self.letters[key]}${self.first}:${self.letters[key]}${self.last}"

    def line(self) -> str:
        """The line as it stands."""
        todo = sum(row.todo for row in self.rows)
        unexplained = sum(row.unexplained for row in self.rows)
        return line(len(self.rows), todo, unexplained, sum(row.problem for row in self.rows), self.noun)

    def totals(self) -> Totals:
        """The control totals as they stand."""
        return totals_from((row.figure, row.has_status, row.has_commentary) for row in self.rows)

    def in_words(self) -> int:
        """How many figures are typed with words, and so are not in the totals."""
        return sum(row.in_words for row in self.rows)

    def next_rows(self) -> Sequence[Now]:
        """The rows that wait for something, in the order in which they are best done."""
        return sorted((row for row in self.rows if row.rank), key=lambda row: row.rank)


@dataclass(frozen=True)
class Remains:
    """What remains on a further sheet: a formula that says so in a line, its value, and what it says in the end.

    `asked` are the rows with queries; `rows` those that Start can list one by one.
    """

    sheet: str
    label: str
    formula: str
    value: str
    done: str
    asked: tuple[AskedRow, ...] = ()
    rows: Tally | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing remains."""
        return self.value == self.done


def formula(tally: Tally) -> str:
    """The line as a formula."""
    total, todo = f"COUNT({tally.column('todo')})", f"SUM({tally.column('todo')})"
    missing, problems = f"SUM({tally.column('unexplained')})", f"SUM({tally.column('problem')})"
    noun = tally.noun
    return (
        f'=IF({total}=0,"No {noun} is due.",'
        f'IF({todo}=0,"Every {noun} is filled",{todo}&" of "&{total}&IF({total}=1," {noun}"," {noun}s")&" to go")'
        f'&IF({missing}=0,"",", "&{missing}&IF({missing}=1," explanation"," explanations")&" missing")'
        f'&IF({problems}=0,"",", "&{problems}&IF({problems}=1," row"," rows")&" to check")&".")'
    )


def line(total: int, todo: int, missing: int = 0, problems: int = 0, noun: str = "measure") -> str:
    """The same line in Python."""
    if not total:
        return f"No {noun} is due."
    parts = [f"{todo} of {total} {noun}{'' if total == 1 else 's'} to go" if todo else f"Every {noun} is filled"]
    if missing:
        parts.append(f"{missing} explanation{'' if missing == 1 else 's'} missing")
    if problems:
        parts.append(f"{problems} row{'' if problems == 1 else 's'} to check")
    return ", ".join(parts) + "."


def rank(*, explanations: bool = False) -> Expr:
    """The rank of a row, from its `row`, `todo`, `problem` and, with `explanations`, `unexplained`; else blank."""

    def of(kind: int) -> Expr:
        return call("add", kind * RANK_STEP, Var("row"))

    last: Expr = if_(call("eq", Var("unexplained"), 1), of(EXPLANATION), "") if explanations else Lit("")
    return if_(call("eq", Var("todo"), 1), of(FIGURE), if_(call("eq", Var("problem"), 1), of(CHECK), last))
