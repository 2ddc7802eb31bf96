"""Locked cells that no longer say what was sent out: whoever filled the row may have had it in mind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import Finding
from perfbook.returns._copies import Copies
from perfbook.returns._grid import Keyed, Place, address
from perfbook.returns.facts import Fact, fact_of, stated_of
from perfbook.returns.lines import lines_of
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import folded, one_line

_MOST = 10


def altered(copies: Copies, facts: Iterable[Fact], file: str) -> tuple[Finding, ...]:
    """One finding about the locked cells of a sheet that say something else than was sent out.

    Only for a return of this very framework.
    """
    found = [(fact, *differs) for fact in facts if (differs := _differs(copies.of(fact.row), fact))]
    if not found:
        return ()
    more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
    words = "; ".join(text for _, _, text in found[:_MOST])
    first, place, _ = found[0]
    return (
        Finding(
            code="R222",
            severity="warning",
            file=file,
            sheet=copies.of(first.row).sheet.name,
            cell=address(place),
            measure=first.about,
            found=f"Locked cells of the return were altered: {words}{more}. What was sent out counts.",
            expected="",
            remedy="Ask whether what was filled in was meant for what was sent out; that is changed in framework.xlsx.",
        ),
    )


def facts_to_compare(copies: Copies, framework: Framework, directorate: str, period: Period) -> Iterator[Fact]:
    """The facts of the rows of Measures, but for the many whose cells hold the very value that was sent out.

    The period of a row is not among them: it is looked at where the row is read.
    """
    for line in lines_of(framework, directorate, period):
        keyed = copies.of(line.key)
        for key, value in stated_of(framework, line).items():
            place = keyed.place(line.key, key)
            found = keyed.sheet.cells.get(place) if place else None
            same = found == value if isinstance(value, str) else isinstance(found, float) and found == float(value)
            if place and not same:
                yield fact_of(line, key, value)


def _differs(keyed: Keyed, fact: Fact) -> tuple[Place, str] | None:
    """Where a cell says something else, and what."""
    place = keyed.place(fact.row, fact.column) if fact.row else _heading(keyed, fact)
    if place is None or _same(found := keyed.sheet.value(place), fact.value):
        return None
    shown = "blank" if found in (None, "") else f"\u201c{_shown(found, fact)}\u201d"
    return place, f"{fact.what} is {shown} (sent out: \u201c{_shown(fact.value, fact)}\u201d)"


def _heading(keyed: Keyed, fact: Fact) -> Place | None:
    """Where the heading of a column is, or where something else stands in its place."""
    column, first = keyed.columns.get(fact.column), min(keyed.rows.values(), default=0)
    if column is None:
        return None
    rows = range(first - 1, keyed.corner[0], -1)
    there = (row for row in rows if _same(keyed.sheet.value((row, column)), fact.value))
    return (next(there, rows[0]), column) if rows else None


def _same(found: object, sent: Decimal | str) -> bool:
    if isinstance(sent, str):
        if found == sent:
            return True
        # A code of digits alone comes back as a number from some programs.
        number = isinstance(found, float | int) and not isinstance(found, bool)
        text = f"{as_decimal15(found):f}" if number else found  # type: ignore[arg-type]
        return folded(text) == folded(sent)
    if not isinstance(found, float | int) or isinstance(found, bool):
        return False
    return as_decimal15(found) == as_decimal15(float(sent))


def _shown(value: object, fact: Fact) -> str:
    if isinstance(value, Decimal | float | int) and not isinstance(value, bool):
        return display(value, fact.number_format)
    return one_line(str(value), 60)
