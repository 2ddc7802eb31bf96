"""Figures that run, over the year or over twelve months: they go out with the rest, and tell no small number."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.closing import published_figures
from perfbook.collecting.archive import Archive
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period, parse
from perfbook.publishing.cells import Earlier
from perfbook.publishing.publish import Made, earlier_copies, make, record_release
from perfbook.publishing.rules import PublishRules
from perfbook.publishing.tables import Number
from perfbook.records import Closing, Observation, Quarter
from tests.publishing.test_protect import attacker
from tests.test_rolling import FRAMEWORK, TARGETS
from tests.unattended.council import AFTER_DUE, PERIOD

QUARTERS = tuple(PERIOD.shift(-back) for back in range(7, -1, -1))
FIGURE, TWELVE = "Figure", "Rolling 12 months"
Figures = Mapping[str, list[int | tuple[int, int]]]


def _framework(*keys: str, **changes: object) -> Framework:
    measures = tuple(replace(m, **changes) for m in FRAMEWORK.measures if m.key in keys)  # type: ignore[arg-type]
    targets = {(key, parse(year)): Target(TARGETS[key]) for key in keys for year in ("2030-31", "2031-32")}
    return replace(FRAMEWORK, measures=measures, targets=targets, past={})


def _quarter(framework: Framework, figures: Figures, period: Period = PERIOD, **more: Decimal) -> Quarter:
    """The newest figures of each measure up to a period; `more` are given beside the last of them."""
    found = []
    for measure in framework.measures:
        values = figures[measure.key]
        for which, value in zip(QUARTERS[-len(values) :], values, strict=True):
            if which.end <= period.end:
                found.append(_observation(measure, which, value, more if which == PERIOD else {}))
    periods = tuple(each for each in QUARTERS if each.end <= period.end)
    return Quarter(framework, period, AFTER_DUE, periods, tuple(found), (), (), ())


def _observation(
    measure: Measure, period: Period, value: int | tuple[int, int], more: Mapping[str, Decimal]
) -> Observation:
    top, base = (Decimal(value[0]), Decimal(value[1])) if isinstance(value, tuple) else (None, None)
    actual = Decimal(str(value)) if top is None or base is None else round(top / base, measure.places)
    return Observation(
        measure.key, period, period, "provided", actual, numerator=top, denominator=base, to_date=more.get(measure.key)
    )


def _cells(made: Made, code: str) -> dict[str, object]:
    [table] = [each for each in made.copy.tables if each.title == "Measures and scores"]
    heads = [column.header for column in table.columns]
    row = next(row for row in table.rows if row[heads.index("Code")] == code)
    return {head: value.value if isinstance(value, Number) else value for head, value in zip(heads, row, strict=True)}


VISITS: Figures = {
    "visits": [10, 20, 30, 40, 10, 20, 30, 41],
    "closed": [(113, 147)] * 5 + [(18, 20), (9, 30), (70, 110)],
}


def test_the_rolling_figure_that_is_scored_goes_out_beside_the_figure() -> None:
    made = make(_quarter(_framework("visits", "closed"), VISITS), PublishRules(people=()))
    visits, closed = _cells(made, "VISITS"), _cells(made, "CLOSED")
    assert (visits[FIGURE], visits[TWELVE], visits["Score"]) == (41, 101, "Exceeds target")
    # (113 + 18 + 9 + 70) / (147 + 20 + 30 + 110)
    assert (closed[FIGURE], closed[TWELVE]) == (Decimal("0.636"), Decimal("0.684"))
    rounded = make(_quarter(_framework("visits", "closed"), VISITS), PublishRules(round_to=5))
    assert _cells(rounded, "VISITS")[TWELVE] == 100
    assert _cells(rounded, "CLOSED")[TWELVE] == Decimal("0.689"), "210 of 305"


def test_a_closed_period_shows_what_it_ran_to_and_its_target_as_they_were_published() -> None:
    quarter = _quarter(_framework("visits"), VISITS)
    tables = published_figures(quarter)
    moved = replace(quarter.framework, targets={("visits", parse("2031-32")): Target(Decimal(200))})
    earlier = _quarter(moved, {"visits": [10, 20, 30, 40, 10, 20, 60, 41]})
    later = replace(earlier, closings=(Closing(PERIOD, AFTER_DUE, "0"),))
    kept = _cells(make(later, PublishRules(people=()), published=tables), "VISITS")
    assert (kept[TWELVE], kept["Target"], kept["Score"]) == (101, 100, "Exceeds target")
    revised = _cells(make(later, PublishRules(people=()), published=tables, revised=True), "VISITS")
    assert (revised[TWELVE], revised["Target"], revised["Score"]) == (131, 200, "Below target")


def test_a_percentage_of_few_that_was_published_stays_hidden_when_its_numbers_are_others() -> None:
    framework, rules = _framework("closed"), PublishRules()
    was = _quarter(framework, {"closed": [(20, 40), (20, 40), (20, 40), (2, 40)]})
    assert _cells(make(was, rules), "CLOSED")[FIGURE] == "[c]"
    tables = published_figures(was)
    now = _quarter(framework, {"closed": [(20, 40), (20, 40), (20, 40), (30, 40)]})
    closed = replace(now, closings=(Closing(PERIOD, AFTER_DUE, "0"),))
    assert _cells(make(closed, rules, published=tables), "CLOSED")[FIGURE] == "[c]"
    assert _cells(make(closed, rules, published=tables, revised=True), "CLOSED")[FIGURE] == Decimal("0.75")


@pytest.mark.parametrize("key", [("figure", "closed", PERIOD.label), ("to date", "closed", PERIOD.label)])
def test_what_a_copy_hid_stays_hidden_where_its_numbers_are_not_known_any_more(key: tuple[str, ...]) -> None:
    quarter = _quarter(_framework("closed"), {"closed": [(20, 40), (20, 40), (20, 40), (20, 40)]})
    bare = tuple(
        replace(o, numerator=None, denominator=None, to_date=Decimal("0.5")) if o.period == PERIOD else o
        for o in quarter.observations
    )
    found = [
        _cells(make(replace(quarter, observations=bare), PublishRules(), earlier=earlier), "CLOSED")
        for earlier in (Earlier(), Earlier(hidden=frozenset([key])))
    ]
    head = FIGURE if key[0] == "figure" else TWELVE
    assert [each[head] for each in found] == [Decimal("0.5"), "[c]"]


def test_a_small_year_to_date_is_hidden_though_its_quarters_are_not_known() -> None:
    framework = _framework("visits", calculation="cumulative")
    made = make(_quarter(framework, {"visits": [2]}, visits=Decimal(3)), PublishRules())
    found = _cells(made, "VISITS")
    assert (found[FIGURE], found["Year to date"], found["Score"]) == ("[c]", "[c]", "[c]")


def test_twelve_months_that_would_tell_a_small_number_are_hidden_with_their_score_and_not_the_figure() -> None:
    numbers = [20, 20, 20, 1, 30]
    shown = {
        ("numerator", "closed", period.label): frozenset([Decimal(number)])
        for period, number in zip(QUARTERS[-5:], numbers, strict=True)
        if number != 1
    }
    quarter = _quarter(_framework("closed"), {"closed": [(number, 40) for number in numbers]})
    found = _cells(make(quarter, PublishRules(), earlier=Earlier(shown)), "CLOSED")
    assert (found[FIGURE], found[TWELVE], found["Score"]) == (Decimal("0.75"), "[c]", "[c]")
    # To whom nothing is known yet, another number that is hidden leaves it room.
    assert _cells(make(quarter, PublishRules()), "CLOSED")[TWELVE] == Decimal("0.444")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("key", ["visits", "closed"])
def test_this_copy_less_those_before_tells_no_small_number(key: str, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    counts = [chance.choice((2, 3, 7, 9, 14)) for _ in QUARTERS]
    figures: Figures = {key: [(each, 30) for each in counts] if key == "closed" else [*counts]}
    framework, rules = _framework(key), PublishRules(periods=chance.choice((1, 2, 8)))
    archive = Archive(tmp_path / "archive")
    record_release(archive, make(_quarter(framework, figures, PERIOD.shift(-1)), rules), AFTER_DUE)
    made = make(_quarter(framework, figures), rules, earlier=earlier_copies(archive))
    against = attacker(made.counts.cells, made.counts.relations, made.protection.hidden)
    small = [cell for cell in made.counts.cells if not cell.known and cell.value < 5]
    assert all(against.spread(cell.key, 5) != (cell.key in made.protection.exposed) for cell in small)
    [running] = [cell for cell in made.counts.cells if cell.key[0] in ("to date", "twelve numerators") and cell.shown]
    assert (running.key in made.protection.hidden) == (_cells(made, key.upper())[TWELVE] == "[c]")
