"""Plans of rows: what is worked out once for a kind of row is what each row of it asks."""

from __future__ import annotations

from dataclasses import replace

from perfbook.checks.plan import applicable, constants, plan_of
from perfbook.checks.row_rules import ROW_RULES
from perfbook.checks.rows import asked
from perfbook.framework.model import CheckSetting
from perfbook.scoring.expr import to_value
from tests.checks.clean import case

_SETTINGS = {"V114": CheckSetting("V114", on=False), "E106": CheckSetting("E106", severity="error")}


def test_a_plan_holds_for_every_row_of_its_kind() -> None:
    for seed in range(12):
        made = case(seed, 12)
        for measure in made.framework.measures:
            about = measure.about(made.period)
            if about is None:
                continue
            row = asked(made.framework, measure, about, made.period)
            for each in (
                row,
                replace(row, again=True),
                replace(row, settings=_SETTINGS),
                replace(row, explained=False),
            ):
                plan = plan_of(each)
                assert plan.rules == applicable(each)
                assert [rule for rule, wanted in zip(ROW_RULES, plan.wanted, strict=True) if wanted] == [
                    rule for rule in ROW_RULES if rule in plan.rules
                ]
                assert plan.constants == {name: to_value(cell) for name, cell in constants(each).items()}


def test_rows_that_are_asked_otherwise_have_plans_of_their_own() -> None:
    made = case(3, 12)
    measure = made.framework.measures[0]
    about = measure.about(made.period)
    assert about is not None
    row = asked(made.framework, measure, about, made.period)
    softer = replace(row, scheme=replace(row.scheme, exception_from=row.scheme.exception_from + 1))
    hushed = replace(row, suppressed={"E101": "known"})
    plans = [plan_of(each) for each in (row, softer, hushed, replace(row, settings=_SETTINGS))]
    assert len({id(plan) for plan in plans}) == 4
    # The same again, though the objects are others.
    assert plan_of(replace(row, scheme=replace(row.scheme), settings={})) is plans[0]
