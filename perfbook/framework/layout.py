"""What a sheet of framework.xlsx is made of: the words in which the layouts of `sheets` are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# How a column is filled, and so how it is checked and validated.
Kind = Literal[
    "key",
    "text",
    "long text",
    "choice",
    "whole",
    "number",
    "figure",
    "period",
    "day",
    "colour",
    "email",
    "lookup",
    "said",
    "share",
]


@dataclass(frozen=True)
class Column:
    """One column. `help` is what an officer reads when a cell is selected; `choices` a name of `LISTS` or `RANGES`.

    A cell of a `required` column must not be blank in a row that is used; every column must be there, but for one that
    is `spare`: books of before there was such a column do without it. A `rare` one is written only where it holds
    something, one `of_actions` there and in a book that has actions.
    """

    field: str
    header: str
    width: float
    help: str
    kind: Kind = "text"
    choices: str = ""
    required: bool = False
    spare: bool = False
    rare: bool = False
    of_actions: bool = False

    @property
    def is_read(self) -> bool:
        """Whether its cells are read: not those that follow from others, or that perfbook says."""
        return self.kind not in ("lookup", "said")

    @property
    def is_needed(self) -> bool:
        """Whether a book must have it."""
        return self.is_read and not self.spare


@dataclass(frozen=True)
class Layout:
    """One sheet. `by_period`: further columns, one a period, headed by its label. `needed`: the book must have it.

    A `rare` one is written only where it holds something.
    """

    name: str
    purpose: str
    columns: tuple[Column, ...]
    by_period: bool = False
    needed: bool = True
    rare: bool = False

    def column(self, field: str) -> Column:
        """The column of a field."""
        return next(column for column in self.columns if column.field == field)

    def position(self, field: str) -> int:
        """Where the column stands in books that we write, from 0."""
        return self.columns.index(self.column(field))


# The first columns of sheets with a row about a measure.
EVIDENCE = Column(
    "evidence",
    "Evidence",
    10,
    "yes: the return asks where the evidence is, and a report without any is queried. Blank: it does not.",
    "choice",
    "list_yes_no",
    spare=True,
    rare=True,
)
OF_MEASURE_KEY = Column(
    "key",
    "Key",
    12,
    "The measure's key on the sheet Measures. Choose it from the list; code and title follow.",
    "choice",
    "list_measures",
    required=True,
)
OF_MEASURE_CODE = Column("code", "Code", 10, "Follows from the key; nothing to type.", "lookup")
OF_MEASURE_TITLE = Column("title", "Title", 52, "Follows from the key; nothing to type.", "lookup")
OF_MEASURE = (OF_MEASURE_KEY, OF_MEASURE_CODE, OF_MEASURE_TITLE)
# The same of sheets whose rows may be about an action, a heading or a line of a grid as well.
OF_ROW = (
    Column(
        "key",
        "Key",
        16,
        "The key of a measure (choose it), or type that of an action, a heading, a grid or one of its lines.",
        "choice",
        "list_rows",
        required=True,
    ),
    OF_MEASURE_CODE,
    OF_MEASURE_TITLE,
)
