"""What a report says of itself, worked out again: from our outcomes, and from those that its own rows print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from perfbook.framework.model import Framework, Measure, PublishedStatement, Term, Unit
from perfbook.framework.typed import Typed, read_typed
from perfbook.scoring.judge import Judgement
from perfbook.scoring.rounding import round_half_away

_SHARE, _NUMBER = Unit("percent", "percent"), Unit("number", "number")
# The figures of a measure that a statement may name, and the field of its judgement.
FIELDS = {"actual": "actual", "to date": "to_date", "previous": "previous", "target": "target"}
Number = Decimal | int | None
# What is counted, and what it is out of.
Parts = tuple[tuple[Number, ...], tuple[Number, ...]]


@dataclass(frozen=True)
class Worked:
    """One statement in one reading: the numbers that it counts and those that it is out of, ours and as printed.

    A number that is not known is None.
    """

    statement: PublishedStatement
    measure: Measure | None
    ours: Parts
    rows: Parts

    @cached_property
    def printed(self) -> Typed:
        """The number as it was printed."""
        share = _SHARE if "%" in self.statement.printed else _NUMBER
        return read_typed(self.statement.printed, self.measure.unit if self.measure else share)

    @property
    def places(self) -> int:
        """The decimals, of the stored number, in which it was printed."""
        percent = self.measure.unit.kind == "percent" if self.measure else "%" in self.statement.printed
        return (self.printed.decimals or 0) + 2 * percent

    @property
    def number_format(self) -> str:
        """The format in which it is shown: a share with one decimal, a figure as its measure."""
        if self.statement.out_of:
            return "0.0%"
        return self.measure.number_format if self.measure else "#,##0"

    @property
    def agrees(self) -> bool | None:
        """Whether it comes back from ours; None where that cannot be known."""
        return self._agrees(self.ours)

    @property
    def agrees_by_rows(self) -> bool | None:
        """Whether it comes back from what the report's own rows print."""
        return self._agrees(self.rows)

    def _agrees(self, parts: Parts) -> bool | None:
        value, number = value_of(*parts), self.printed.number
        return None if value is None or number is None else round_half_away(value, self.places) == number


def value_of(counted: tuple[Number, ...], out_of: tuple[Number, ...]) -> Fraction | None:
    """The sum of what is counted, as a share where it is out of something; None where a number is not known."""
    top, bottom = (sum_of(each) for each in (counted, out_of))
    if top is None or bottom is None:
        return None
    if not out_of:
        return top
    return top / bottom if bottom else None


def sum_of(numbers: tuple[Number, ...]) -> Fraction | None:
    """The sum; None where a number is not known."""
    total = Fraction(0)
    for number in numbers:
        if number is None:
            return None
        total += Fraction(number)
    return total


def work_out(
    framework: Framework,
    statements: Iterable[PublishedStatement],
    judgements: Iterable[Judgement],
    ours: Mapping[Term, int],
    printed: Mapping[Term, int | None],
    figures: Mapping[str, Decimal | None],
) -> Iterator[Worked]:
    """Each statement, from our headline counts and from the printed ones; `figures` are those printed by measure."""
    judged = {row.measure.key: row for row in judgements}

    def of(term: Term, counts: Mapping[Term, int] | Mapping[Term, int | None], *, by_rows: bool) -> Number:
        group, outcome = term
        if group not in FIELDS:
            return counts.get(term)
        if by_rows:
            return figures.get(outcome) if group == "actual" else None
        return figure_of(judged[outcome], group)

    for each in statements:
        terms = (each.counts, each.out_of)
        named = next((outcome for group, outcome in each.counts if group in FIELDS), "")
        yield Worked(
            each,
            framework.by_key.get(named),
            tuple(tuple(of(term, ours, by_rows=False) for term in part) for part in terms),  # type: ignore[arg-type]
            tuple(tuple(of(term, printed, by_rows=True) for term in part) for part in terms),  # type: ignore[arg-type]
        )


def figure_of(judgement: Judgement, group: str) -> Decimal | None:
    """A figure of a measure that a statement names; a target is that of the year where there is one."""
    if group == "target" and judgement.year_target is not None:
        return judgement.year_target
    found: Decimal | None = getattr(judgement, FIELDS[group])
    return found


def alone(worked: tuple[Worked, ...], place: int) -> bool:
    """Whether a statement that can be read in several ways comes back from the report's rows in this one alone."""
    readings = [each for each in worked if same_statement(each, worked[place])]
    agreeing = [each for each in readings if each.agrees_by_rows]
    return len(readings) > 1 and agreeing == [worked[place]]


def same_statement(one: Worked, other: Worked) -> bool:
    """Whether two rows are readings of the same statement."""
    keys = [(each.statement.where, each.statement.said, each.statement.printed) for each in (one, other)]
    return keys[0] == keys[1]
