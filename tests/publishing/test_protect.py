"""Small numbers against an attacker who knows the totals: random tables, and what one hidden cell alone tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from perfbook.publishing.protect import Cell, Key, Relation, Rule, Why, audit, protect, rounded_from
from tests.publishing.attacker import Attacker, Sum

RULE = Rule(threshold=5)


def grid(rows: Sequence[Sequence[int]]) -> tuple[list[Cell], list[Relation]]:
    """A table with the totals of its rows, of its columns, and of all."""
    cells: list[Cell] = []
    relations: list[Relation] = []
    height, width = len(rows), len(rows[0])

    def add(key: Key, value: int, *, total: bool) -> None:
        cells.append(Cell(key, Decimal(value), is_total=total))

    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            add((f"{r}", f"{c}"), value, total=False)
    for r, row in enumerate(rows):
        add((f"{r}", "all"), sum(row), total=True)
        relations.append(Relation((f"{r}", "all"), tuple((f"{r}", f"{c}") for c in range(width))))
    for c in range(width):
        add(("all", f"{c}"), sum(row[c] for row in rows), total=True)
        relations.append(Relation(("all", f"{c}"), tuple((f"{r}", f"{c}") for r in range(height))))
    add(("all", "all"), sum(map(sum, rows)), total=True)
    relations.append(Relation(("all", "all"), tuple((f"{r}", "all") for r in range(height))))
    relations.append(Relation(("all", "all"), tuple(("all", f"{c}") for c in range(width))))
    return cells, relations


def attacker(
    cells: Sequence[Cell], relations: Sequence[Relation], hidden: Mapping[Key, Why], rule: Rule = RULE
) -> Attacker:
    """What a reader of the tables knows."""
    shown = {}
    for cell in cells:
        if cell.known or (cell.shown and cell.key not in hidden):
            value = int(cell.value)
            shown[cell.key] = rounded_from(cell.value, rule) if rule.round_to and not cell.known else (value, value)
    sums = [Sum(each.total, each.parts, each.at_most) for each in relations]
    return Attacker(shown, sums, least=1 if rule.zeros else 0)


def assert_protected(cells: Sequence[Cell], relations: Sequence[Relation], rule: Rule = RULE) -> int:
    """Every small number is hidden, and each that is not listed as exposed keeps its promised spread."""
    found = protect(cells, relations, rule)
    against = attacker(cells, relations, found.hidden, rule)
    small = [cell.key for cell in cells if cell.shown and rule.is_small(cell.value)]
    assert all(found.hidden[key] == "small" for key in small)
    for key in small:
        assert against.spread(key, rule.threshold) != (key in found.exposed), (key, against.values(key))
    return len(found.exposed)


@given(st.integers(1, 4).flatmap(lambda w: st.lists(
    st.lists(st.integers(0, 12), min_size=w, max_size=w), min_size=1, max_size=4)))  # fmt: skip
@settings(max_examples=40)
def test_no_table_with_totals_tells_a_hidden_number(rows: list[list[int]]) -> None:
    assert assert_protected(*grid(rows)) == 0


@given(st.lists(st.lists(st.integers(0, 15), min_size=3, max_size=3), min_size=2, max_size=3))
@settings(max_examples=12)
def test_nor_where_zeros_are_shown(rows: list[list[int]]) -> None:
    rule = Rule(threshold=4, zeros=True)
    cells, relations = grid(rows)
    found = protect(cells, relations, rule)
    against = attacker(cells, relations, found.hidden, rule)
    for cell in cells:
        if cell.value == 0:
            assert cell.key not in found.hidden
        elif rule.is_small(cell.value):
            assert against.spread(cell.key, 4) or cell.key in found.exposed


@given(st.lists(st.lists(st.integers(0, 14), min_size=3, max_size=3), min_size=2, max_size=2))
@settings(max_examples=8)
def test_nor_where_counts_are_rounded(rows: list[list[int]]) -> None:
    assert assert_protected(*grid(rows), Rule(threshold=5, round_to=5)) == 0


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
@settings(max_examples=40)
def test_nor_the_year_to_date_less_the_quarters(quarters: list[int]) -> None:
    cells = [Cell((f"Q{n}",), Decimal(value)) for n, value in enumerate(quarters, start=1)]
    relations = []
    for n in range(2, 5):
        parts = tuple((f"Q{m}",) for m in range(1, n + 1))
        # Only the last one stands in this copy; the others stood in copies before, where they were not small.
        known = n < 4 and sum(quarters[:n]) >= 5
        cells.append(Cell((f"to Q{n}",), Decimal(sum(quarters[:n])), shown=n == 4 or known, known=known, is_total=True))
        relations.append(Relation((f"to Q{n}",), parts))
    found = protect(cells, relations, RULE)
    against = attacker(cells, relations, found.hidden)
    for key, why in found.hidden.items():
        if why == "small":
            assert against.spread(key, 5) != (key in found.exposed)


def test_one_hidden_number_alone_is_given_away_by_its_totals() -> None:
    cells, relations = grid([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    alone: dict[Key, Why] = {("0", "0"): "small"}
    assert attacker(cells, relations, alone).values(("0", "0")) == [3]
    assert list(audit(cells, relations, RULE, alone)) == [("0", "0")]
    found = protect(cells, relations, RULE)
    # A rectangle: one more in its row, one in its column, and the corner across.
    assert len(found.hidden) == 4 and not any("all" in key for key in found.hidden)
    assert attacker(cells, relations, found.hidden).spread(("0", "0"), 5)


def test_a_second_hidden_number_does_not_help_where_both_are_next_to_nothing() -> None:
    cells, relations = grid([[0, 1, 30, 40]])
    both: dict[Key, Why] = {("0", "0"): "small", ("0", "1"): "small", ("all", "0"): "small", ("all", "1"): "small"}
    assert not attacker(cells, relations, both).spread(("0", "0"), 5)
    assert set(audit(cells, relations, RULE, both)) == set(both)
    assert_protected(cells, relations)


def test_what_an_earlier_copy_showed_cannot_hide_another_and_is_listed() -> None:
    cells = [
        Cell(("a",), Decimal(2)),
        Cell(("b",), Decimal(30), known=True),
        Cell(("all",), Decimal(32), known=True, is_total=True),
    ]
    found = protect(cells, [Relation(("all",), (("a",), ("b",)))], RULE)
    assert found.hidden == {("a",): "small"}
    assert found.exposed == {("a",): (2, 2)}


def test_a_number_that_an_earlier_copy_hid_stays_hidden() -> None:
    cells = [Cell(("a",), Decimal(8), before=True), Cell(("b",), Decimal(9))]
    assert protect(cells, [], RULE).hidden == {("a",): "hidden before"}


def test_sums_that_do_not_hold_hide_nothing_and_contradict_nothing() -> None:
    cells = [Cell(("a",), Decimal(2)), Cell(("b",), Decimal(30)), Cell(("all",), Decimal(40), is_total=True)]
    found = protect(cells, [Relation(("all",), (("a",), ("b",)))], RULE)
    assert found.hidden == {("a",): "small"} and not found.exposed


def test_the_numerator_is_small_and_its_percentage_is_no_way_to_it() -> None:
    cells = [Cell(("top",), Decimal(3)), Cell(("base",), Decimal(5))]
    relations = [Relation(("base",), (("top",),), at_most=True)]
    assert assert_protected(cells, relations) == 0


def test_a_small_number_that_stands_in_no_table_is_not_left_to_a_subtraction() -> None:
    cells = [
        Cell(("Q1",), Decimal(2), shown=False),
        Cell(("Q2",), Decimal(30)),
        Cell(("to date",), Decimal(32), is_total=True),
    ]
    relations = [Relation(("to date",), (("Q1",), ("Q2",)))]
    found = protect(cells, relations, RULE)
    assert found.hidden and not found.exposed
    assert attacker(cells, relations, found.hidden).spread(("Q1",), 5)
    assert attacker(cells, relations, {}).values(("Q1",)) == [2]
