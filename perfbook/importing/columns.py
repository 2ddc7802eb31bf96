"""What each column of a table is proposed to become, with the reason, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from perfbook.framework.address import address_problem
from perfbook.framework.model import Scheme, Unit
from perfbook.framework.periods import Period
from perfbook.framework.typed import read_typed
from perfbook.importing.fields import BY_PERIOD, FIELDS, NOTHING, SEVERAL, Goal, known_header
from perfbook.importing.source import SourceCell
from perfbook.importing.spelling import is_within
from perfbook.importing.tables import ColumnHead, SourceTable
from perfbook.importing.words import light_of, polarity_of, score_of, trend_of

Sure = Literal["sure", "likely", "guess"]
_SURE: dict[int, Sure] = {3: "sure", 2: "likely", 1: "guess"}
_NUMBER = Unit.parse("number")
# Columns of one period may be about different measures; where both are of one, its cells decide.
_MANY = SEVERAL | BY_PERIOD
_TEXTS = frozenset({"code", "title", "priority", "directorate", "owner", "definition"})
# What stands beside a period in a header and says nothing more.
_NOISE = re.compile(
    r"\b(?:previous|prior|years?|ends?|ending|ended|as|at|to|of|the|for|periods?|figures?|quarters?|months?|31|30|data)\b|[\W_]+",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{0,8}[\s._/-]?[0-9]{1,6}[A-Za-z]?(?:[._/-][0-9A-Za-z]{1,5})*|[A-Z]{2,6}")


@dataclass(frozen=True)
class ColumnPlan:
    """A column, what it becomes, how sure that is, and why. `chosen`: an officer says so."""

    head: ColumnHead
    goal: Goal
    sure: Sure
    because: str
    proposed: Goal
    chosen: bool = False


def propose(
    table: SourceTable, year_start: int, context: Period | None, scheme: Scheme, chosen: Mapping[int, Goal]
) -> tuple[ColumnPlan, ...]:
    """What the columns of a table become. `context` is the period that the table is about, for headers that name none;
    `chosen` is what an officer says, by column."""
    plans = [_plan(table, head, scheme) for head in table.heads]
    plans = _titles(table, plans)
    plans = _dated(table, plans, year_start, context)
    plans = _chosen(plans, chosen)
    return tuple(_once(plans))


def year_of_heads(table: SourceTable, year_start: int) -> Period | None:
    """The latest year that any header names, for those that name a quarter alone."""
    years = [head.said.year for head in table.heads if head.said.year is not None]
    return Period("year", max(years), 1, year_start) if years else None


def _share(cells: Sequence[SourceCell], test: Callable[[SourceCell], object]) -> float:
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0


def _is_figure(cell: SourceCell) -> bool:
    if isinstance(cell.value, str):
        typed = read_typed(cell.value, _NUMBER)
        return typed.number is not None or typed.numerator is not None
    return isinstance(cell.value, int | float) and not isinstance(cell.value, bool)


def _plan(table: SourceTable, head: ColumnHead, scheme: Scheme) -> ColumnPlan:
    """The field of a column, by its header and then by what stands below it."""
    known = known_header(head.said.rest)
    bare = not _NOISE.sub("", head.said.rest).strip()
    cells = table.body(head.column)
    figures = _share(cells, _is_figure)
    lights = _share(cells, lambda cell: light_of(cell.words) or score_of(cell.words, scheme))
    field, sure, because = "nothing", 1, "its header is not one that perfbook knows"
    if known:
        field, sure, because = known.field, known.sure, f"its header says {head.said.rest!r}"
    elif head.said.anything and (bare or figures > 0.5):
        field, sure, because = "actual", 2 if bare else 1, "its header names a period"
    elif not cells:
        because = "it is empty"
    elif _share(cells, lambda cell: not address_problem(cell.words)) > 0.8:
        field, because = "email", "it holds e-mail addresses"
    elif len(cells) > 1 and _share(cells, lambda cell: polarity_of(cell.words)) > 0.8 and figures < 0.2:
        field, sure, because = "polarity", 2, "its cells say which way is good"
    elif len(cells) > 1 and lights > 0.8 and figures < 0.2:
        field, sure, because = "score", 2, "its cells are scores"
    elif len(cells) > 1 and _share(cells, lambda cell: trend_of(cell.words)) > 0.8:
        field, sure, because = "trend", 2, "its cells say how the figure moved"
    elif not head.words:
        because = "it has no header"
    way = _share(cells, lambda cell: len(cell.words) > 2 and polarity_of(cell.words))
    if field in ("priority", "directorate", "note") and len(cells) > 1 and way > 0.8 and figures < 0.3:
        field, sure, because = "polarity", 2, "its cells say which way is good"
    if field == "actual" and cells and figures < 0.3 and lights > 0.5:
        field, sure, because = "score", 2, "its cells are scores, not figures"
    if field == "score" and figures > 0.6 and lights < 0.4:
        field, sure, because = "actual", 1, "its cells are figures, not scores"
    if field == "nothing" and known:
        because = f"its header says {head.said.rest!r}: perfbook works that out, or has no place for it"
    return ColumnPlan(head, Goal(field), _SURE[sure], because, Goal(field))


def _titles(table: SourceTable, plans: list[ColumnPlan]) -> list[ColumnPlan]:
    """Titles and codes by what they hold: a column of short references is no title, and one column must be it."""
    found = list(plans)
    for at, plan in enumerate(found):
        cells = table.body(plan.head.column)
        references = _share(cells, lambda cell: len(cell.words) <= 14 and _CODE.fullmatch(cell.words))
        if plan.goal.field == "title" and references > 0.7:
            found[at] = _as(plan, "code", "likely", f"{plan.because}, but its cells are short references")
        elif plan.goal.field == "code" and cells and references < 0.3 and _words(cells) > 4:
            found[at] = _as(plan, "title", "likely", f"{plan.because}, but its cells are whole sentences")
    titles = [at for at, plan in enumerate(found) if plan.goal.field == "title"]
    if len(titles) > 1:  # the longer one is the title, the others say more about it
        best = max(titles, key=lambda at: (found[at].sure == "sure", _words(table.body(found[at].head.column))))
        for at in titles:
            if at != best:
                found[at] = _as(
                    found[at], "definition", "guess", f"{found[at].because}, but another column is the title"
                )
    if not titles:
        for fields in (("definition", "nothing"), ("note",)):
            candidates = [at for at, plan in enumerate(found) if plan.goal.field in fields]
            if any(_words(table.body(found[at].head.column)) >= 2 for at in candidates):
                break
        longest = max(candidates, key=lambda at: _words(table.body(found[at].head.column)), default=None)
        if longest is not None and _words(table.body(found[longest].head.column)) >= 2:
            found[longest] = _as(
                found[longest], "title", "guess", "no header names a title, and its cells are the longest"
            )
    if not any(plan.goal.field == "code" for plan in found):
        for at, plan in enumerate(found):
            cells = table.body(plan.head.column)
            if (
                plan.goal.field == "nothing"
                and len(cells) > 1
                and _share(cells, lambda c: _CODE.fullmatch(c.words)) > 0.8
            ):
                found[at] = _as(plan, "code", "guess", "its cells are short references")
                break
    return found


def _words(cells: Sequence[SourceCell]) -> float:
    return sum(len(cell.words.split()) for cell in cells if isinstance(cell.value, str)) / len(cells) if cells else 0.0


def _as(plan: ColumnPlan, field: str, sure: Sure, because: str) -> ColumnPlan:
    return replace(plan, goal=Goal(field), proposed=Goal(field), sure=sure, because=because)


def _dated(table: SourceTable, plans: list[ColumnPlan], year_start: int, context: Period | None) -> list[ColumnPlan]:
    """The period of each column of figures: what its header says, else that of the table or of its neighbour."""
    found: list[ColumnPlan] = []
    last: Period | None = None
    figures = [plan for plan in plans if plan.goal.field == "actual"]
    dated = [
        period
        for plan in figures
        if (period := plan.head.said.period(year_start, context)) and table.body(plan.head.column)
    ]
    for plan in plans:
        goal, said = plan.goal, plan.head.said
        if goal.field not in BY_PERIOD:
            found.append(plan)
            continue
        period = said.period(year_start, context) if said.anything else None
        because, sure = plan.because, plan.sure
        if goal.field == "actual":
            if (
                period is None
                and not said.anything
                and context is not None
                and (len(figures) == 1 or context.kind != "year")
            ):
                period, sure = context, "likely" if sure == "sure" else sure
                because = f"{because}; it names no period, so it is about {context.label}"
            if period and (table.body(plan.head.column) or last is None):
                last = period
        elif goal.field != "target" and period is not None and period.kind == "year":
            # A year over a group of columns: its score is that of the latest figure in it.
            finer = [each for each in dated if each.kind != "year" and is_within(each, period)]
            if finer:
                period = max(finer, key=lambda each: each.end)
                sure, because = "likely", f"{because}; the latest figures are of {period.label}"
        elif period is None and not said.anything and goal.field != "target":
            period = last or (max(dated, key=lambda each: each.end) if dated else context)
            sure = "likely" if sure == "sure" else sure
            because = f"{because}; it names no period, so it stands beside {period.label}" if period else because
        elif period is None and goal.field == "target" and sum(p.goal.field == "target" for p in plans) > 1:
            period = last
            because = f"{because}; it names no period, so it stands beside {last.label}" if last else because
        if period is None and goal.field != "target":
            why = "no year is named in the spreadsheet" if said.anything else "it names no period"
            found.append(_as(plan, "nothing", "guess", f"{FIELDS[goal.field]} of an unknown period: {why}"))
            continue
        if said.anything and said.year is None and period is not None:
            because, sure = (
                f"{because}; the year follows from {context.label if context else 'its neighbours'}",
                "likely",
            )
        found.append(
            replace(plan, goal=Goal(goal.field, period), proposed=Goal(goal.field, period), sure=sure, because=because)
        )
    return found


def _chosen(plans: list[ColumnPlan], chosen: Mapping[int, Goal]) -> list[ColumnPlan]:
    return [
        replace(plan, goal=chosen[plan.head.column], sure="sure", because="chosen by you", chosen=True)
        if plan.head.column in chosen and chosen[plan.head.column] != plan.goal
        else plan
        for plan in plans
    ]


def _once(plans: list[ColumnPlan]) -> list[ColumnPlan]:
    """Each goal once: what an officer chose first, then the surest, then the first. Texts of others become notes."""
    order = {"sure": 0, "likely": 1, "guess": 2}
    taken: dict[Goal, ColumnPlan] = {}

    def rank(plan: ColumnPlan) -> tuple[bool, int, bool, int]:
        literal = FIELDS[plan.goal.field].casefold() in plan.head.words.casefold()
        return not plan.chosen, order[plan.sure], not literal, plan.head.column

    for plan in sorted(plans, key=rank):
        if plan.goal.field not in _MANY:
            taken.setdefault(plan.goal, plan)
    found = []
    for plan in plans:
        if plan.goal.field in _MANY or taken[plan.goal] is plan:
            found.append(plan)
            continue
        goal = Goal("note") if plan.goal.field in _TEXTS else NOTHING
        other = taken[plan.goal].head.words or "one without a header"
        proposed = plan.proposed if plan.chosen else goal
        because = f"{plan.goal} is another column already: {other!r}"
        found.append(replace(plan, goal=goal, proposed=proposed, sure="guess", because=because))
    return found
