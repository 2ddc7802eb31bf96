"""The columns of the sheet Calc that tell where the year will end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from perfbook.framework.model import Measure
from perfbook.scorecard.calc_columns import Column, cell_of
from perfbook.scorecard.reconcile import band_words
from perfbook.scorecard.view import View
from perfbook.scorecard.words import NOT_SCORED
from perfbook.scoring import rules
from perfbook.scoring.expr import Expr, to_excel
from perfbook.scoring.forecast import Forecast, forecast, gap, hold, inputs_of
from perfbook.workbook.writer import Value

_YEAR_END = {
    "to_date": "[so_far]",
    "part": "[part]",
    "parts": "[per_year]",
    "last_to_date": "[last_to_date]",
    "last_total": "[last_total]",
    "own": "[own_forecast]",
    "annual": "[annual_target]",
    "forecast": "[forecast]",
}
# A year that comes out so follows on the year before.
_COURSE = {"actual": "[forecast]", "target": "[annual_low]", "target_high": "[annual_high]", "chosen": '""'}
_COURSE |= {"earlier": "[last_total]", "last_year": "[last_total]"}


def year_end_columns(view: View) -> Iterator[Column]:
    """Where the year will end, in books that have anything to tell of it."""
    if not view.forecast_rows:
        return
    framework, rows = view.framework, view.rows
    found = view.forecasts[view.chosen]
    wanted = set(view.forecast_rows)

    def inputs(name: str) -> Callable[[int], Value]:
        def value(row: int) -> Value:
            about = rows[row].about
            if about is None:
                return 0 if name == "part" else ""
            return inputs_of(framework, rows[row].measure, view.observations, about)[name]  # type: ignore[return-value]

        return value

    def annual(high: bool) -> Callable[[int], Value]:
        def value(row: int) -> Value:
            about = rows[row].about
            target = framework.annual_target_of(rows[row].measure, about) if about else None
            return cell_of((target.high if high else target.value) if target else None)

        return value

    def at(name: str, column: str) -> Callable[[Measure], str]:
        held = f"INDEX({name},[n],{column})"
        return lambda _: f'IF([slot]=0,"",IF(ISNUMBER({held}),{held},""))'

    def made(get: Callable[[Forecast], Value | None]) -> Callable[[int], Value]:
        def value(row: int) -> Value:
            each = found[row]
            return cell_of(get(each)) if each and row in wanted else ""

        return value

    keys = {framework.measures[row].key for row in wanted}

    def rule(expression: Callable[[Measure], Expr]) -> Callable[[Measure], str]:
        return lambda m: to_excel(expression(m), _YEAR_END) if m.key in keys else '""'

    def course(measure: Measure) -> str:
        if measure.key not in keys:
            return '""'
        scored = rules.score(framework.scheme_of(measure), measure.polarity, measure.places, measure.point)
        return to_excel(scored, _COURSE)

    def word(row: int) -> Value:
        each = found[row]
        return band_words(framework, rows[row].measure, each.band) if each and row in wanted else ""

    yield Column("part", inputs("part"), lambda _: "IF([slot]=0,0,INDEX(slot_parts,[slot],1))")
    yield Column("so_far", inputs("to_date"), at("data_so_far", "[slot]"))
    yield Column("last_to_date", inputs("last_to_date"), at("data_so_far", "[slot]-[per_year]"))
    yield Column("last_total", inputs("last_total"), at("data_so_far", "[slot]-[part]"))
    yield Column("own_forecast", inputs("own"), at("data_forecast", "[slot]"))
    yield Column("annual_low", annual(high=False), at("data_annual", "[slot]"))
    yield Column("annual_high", annual(high=True), at("data_annual_high", "[slot]"))
    yield Column("annual_target", inputs("annual"), lambda _: 'IF(ISNUMBER([annual_high]),"",[annual_low])')
    yield Column("forecast", made(lambda f: f.value), rule(lambda m: forecast(m.forecast, m.places)))
    yield Column("forecast_gap", made(lambda f: f.gap), rule(lambda m: gap(m.places)))
    yield Column("course", made(lambda f: f.band), course)
    yield Column(
        "forecast_score",
        word,
        lambda _: f'IF([course]="","",IF([course]=0,"{NOT_SCORED}",INDEX(scheme_labels,[scheme],[course])))',
    )
    yield Column("hold", made(lambda f: f.hold), rule(hold))
