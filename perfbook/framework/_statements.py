"""The sheet Published statements: numbers that a report says of itself, and what each is worked out from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfbook.framework._figures import count_outcomes, period_in_row
from perfbook.framework._tables import Cell, Problems, Table, required, suggestion
from perfbook.framework.model import Framework, Measure, PublishedStatement, Scheme, Term
from perfbook.framework.periods import Period
from perfbook.framework.published_sheets import PUBLISHED_STATEMENTS

# Figures of one measure, beside the groups of headline counts.
FIGURES = ("actual", "to date", "target", "previous")
_AND = "; "


def read_statements(
    table: Table, measures: Mapping[str, Measure], schemes: Mapping[str, Scheme], problems: Problems, year_start: int
) -> tuple[PublishedStatement, ...]:
    """The statements in the order of their rows."""
    required(problems, PUBLISHED_STATEMENTS, table.rows)
    outcomes = count_outcomes(schemes)
    found = []
    for row in table.rows:
        period = period_in_row(problems, row["period"], year_start)
        counts, out_of = (_terms(problems, row[name], measures, outcomes) for name in ("counts", "out_of"))
        if period is None or not counts:
            continue
        found.append(
            PublishedStatement(
                period,
                row["said"].words,
                row["printed"].text,
                counts,
                out_of,
                row["reading"].words,
                row["where"].words,
            )
        )
    return tuple(found)


def _terms(
    problems: Problems, cell: Cell, measures: Mapping[str, Measure], outcomes: Mapping[str, Mapping[str, str]]
) -> tuple[Term, ...]:
    if cell.blank or cell.broken:
        return ()
    terms = [_term(problems, cell, part.strip(), measures, outcomes) for part in cell.words.split(_AND.strip())]
    return tuple(term for term in terms if term)


def _term(
    problems: Problems,
    cell: Cell,
    words: str,
    measures: Mapping[str, Measure],
    outcomes: Mapping[str, Mapping[str, str]],
) -> Term | None:
    group, _, outcome = words.rpartition(" ")
    group = group.casefold()
    if group in FIGURES:
        if outcome in measures and (group != "to date" or measures[outcome].runs):
            return group, outcome
        known: Sequence[str] = tuple(measures)
    else:
        known = tuple(outcomes.get(group, ()))
        if outcome.casefold() in known:
            return group, outcomes[group][outcome.casefold()]
    groups = ", ".join((*outcomes, *FIGURES))
    problems.add(
        cell,
        f"{words!r} is not understood.{suggestion(outcome, known)}",
        "Write a group and an outcome (`score green`), or a figure and a measure's key (`actual m-001`); "
        f"part several by semicolons. Groups and figures: {groups}.",
    )
    return None


def statement_rows(framework: Framework) -> list[Mapping[str | Period, str]]:
    """The rows of the sheet."""
    return [
        {
            "period": each.period.label,
            "said": each.said,
            "printed": each.printed,
            "counts": _written(each.counts),
            "out_of": _written(each.out_of),
            "reading": each.reading,
            "where": each.where,
        }
        for each in framework.published_statements
    ]


def _written(terms: tuple[Term, ...]) -> str:
    return _AND.join(" ".join(term) for term in terms)
