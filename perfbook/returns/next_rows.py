"""What is next, on Start: the rows that wait for something, each with a link to its cell and what is to do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfbook.returns import progress
from perfbook.returns.progress import Now, Tally

# The rows that are next, one below the other; more than these are counted.
LISTED = 6
TO_EXPLAIN = "Write why, and what is being done."
_LONGEST_LINK = 250  # HYPERLINK takes 255 characters
# What a rank has more in the list where its row is on the second sheet, twice that on the third.
_SHEET_STEP = 10 * progress.RANK_STEP


@dataclass(frozen=True)
class Shown:
    """One row of the list, or one that is blank: the formulas of rank, link and what is to do, and their values."""

    rank: tuple[str, int | str]
    link: tuple[str, str]
    what: tuple[str, str]


class NextRows:
    """The list over some sheets, one after the other. `period` is the return's, as it is called."""

    def __init__(self, sources: Sequence[Tally], period: str) -> None:
        self.sources, self.period = sources, period
        self.waiting = [(at, now) for at, source in enumerate(sources) for now in source.next_rows()]

    def row(self, number: int, cell: str, end: tuple[str, str]) -> Shown:
        """The row of a number from 1. `cell` is that of its rank; `end` what stands there where nothing waits, as an
        expression and as a text."""
        at, now = self.waiting[number - 1] if number <= len(self.waiting) else (0, None)
        rank = now.rank + at * _SHEET_STEP if now else ""
        link = self._of_sheet(cell, [self._link(source, cell) for source in self.sources])
        what = self._of_sheet(cell, [self._what(source, cell) for source in self.sources])
        return Shown(
            (f"={self._rank(number)}", rank),
            (f'=IF({cell}="",{end[0]},{link})', now.name[:_LONGEST_LINK] if now else end[1]),
            (f'=IF({cell}="","",{what})', _said(now, self.sources[at]) if now else ""),
        )

    def more(self) -> tuple[str, str]:
        """How many wait beyond those that are listed: formula and value."""
        counts = "+".join(_count(source) for source in self.sources)
        where = " and ".join(source.sheet for source in self.sources)
        left = len(self.waiting) - LISTED
        more = f"{counts}-{LISTED}"
        words = f'=IF({more}>0,"and "&({more})&" more: see the Check column of {where}.","")'
        return words, f"and {left} more: see the Check column of {where}." if left > 0 else ""

    def _rank(self, number: int) -> str:
        found, before = '""', [_count(source) for source in self.sources]
        for at in reversed(range(len(self.sources))):
            so_far = "+".join(before[: at + 1])
            place = "-".join([str(number), *before[:at]])
            plus = f"+{at * _SHEET_STEP}" if at else ""
            found = f"IF({so_far}>={number},SMALL({self.sources[at].column('rank')},{place}){plus},{found})"
        return found

    def _of_sheet(self, cell: str, each: Sequence[str]) -> str:
        """The expression of the sheet whose row it is."""
        found = each[-1]
        for at in reversed(range(len(each) - 1)):
            found = f"IF({cell}<{(at + 1) * _SHEET_STEP},{each[at]},{found})"
        return found

    def _link(self, source: Tally, cell: str) -> str:
        place = f"MOD({cell},{progress.RANK_STEP})"
        title, code = (_at(source.column(key), place) for key in ("title", "code"))
        name = f'TRIM({code}&" "&{title})'
        if "about" in source.letters:
            about = _at(source.column("about"), place)
            name += f'&IF({about}="{self.period}",""," ("&{about}&")")'
        where = _at(source.column("where"), place)
        return f'HYPERLINK("#{source.sheet}!"&ADDRESS({place},{where}),LEFT({name},{_LONGEST_LINK}))'

    def _what(self, source: Tally, cell: str) -> str:
        place = f"MOD({cell},{progress.RANK_STEP})"
        kind = cell if len(self.sources) == 1 else f"MOD({cell},{_SHEET_STEP})"
        choices = [f'"{source.to_fill}"', _at(source.column("check"), place)]
        if "why" in source.letters:
            choices.append(f'{_at(source.column("why"), place)}&". {TO_EXPLAIN}"')
        return f"CHOOSE(INT({kind}/{progress.RANK_STEP}),{','.join(choices)})"


def _said(now: Now, source: Tally) -> str:
    """What is to do in a row."""
    kind = now.rank // progress.RANK_STEP
    return {progress.FIGURE: source.to_fill, progress.CHECK: now.check}.get(kind, f"{now.why}. {TO_EXPLAIN}")


def _count(source: Tally) -> str:
    return f"COUNT({source.column('rank')})"


def _at(column: str, row: str) -> str:
    return f"INDEX({column},{row})"
