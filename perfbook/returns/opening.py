"""How far perfbook goes to open a file: limits that every honest workbook keeps, and passwords."""

from __future__ import annotations

from dataclasses import dataclass, field

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Opening:
    """Limits and passwords. `passwords` are tried in turn where a file is encrypted; nothing ever shows them.

    `parts` is the number of parts of a package, `unpacked` the bytes of all of them together, `ratio` how many times
    larger than packed one part beyond a megabyte may be, `cells` the cells with something in them on one sheet,
    `columns` how many columns of a sheet are read. Honest workbooks stay far below: of 314 public ones none unpacked to
    more than 6 MB, and no part to more than 28 times.
    """

    parts: int = 5_000
    unpacked: int = 60 * _MEGABYTE
    ratio: int = 100
    cells: int = 100_000
    columns: int = 200
    passwords: tuple[str, ...] = field(default=(), repr=False)


OPENING = Opening()

NOT_A_WORKBOOK = "R101"
ENCRYPTED = "R102"
UNSAFE = "R108"
ANOTHER_KIND = "R110"
RIGHTS_MANAGED = "R111"
WRONG_PASSWORD = "R112"
ENTITIES = "R113"
AMBIGUOUS = "R114"
