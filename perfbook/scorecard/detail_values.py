"""What Python knows of the measure that the sheet Detail shows: the cached value of every formula of its feed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from perfbook.framework.model import Measure
from perfbook.framework.periods import Period
from perfbook.scorecard.calc_columns import cell_of
from perfbook.scorecard.matrices import day_number
from perfbook.scorecard.process import figure, has_limits
from perfbook.scorecard.view import View
from perfbook.scoring.judge import Judgement
from perfbook.scoring.spc import (
    FINER,
    LEAST,
    MOST,
    Course,
    Limits,
    Signal,
    assurance,
    course,
    limits,
    moving_ranges,
    variation,
)
from perfbook.workbook.writer import Value

NA = "#N/A"
_SIGNS = {"higher": 1, "lower": -1}


@dataclass(frozen=True)
class DetailValues:
    """The values of the feed for the chosen measure and period: `heads` by name, `columns` by name, oldest first."""

    view: View

    @property
    def row(self) -> int:
        """The row of the measure, from 0."""
        return self.view.detail_row

    @property
    def measure(self) -> Measure:
        """The measure."""
        return self.view.framework.measures[self.row]

    @property
    def judgement(self) -> Judgement:
        """How it stands in the chosen period."""
        return self.view.rows[self.row]

    @cached_property
    def first(self) -> int:
        """The first column of its kind in the data sheets; 0 where there is none."""
        group = self.view.slots.group(self.measure.period_kind)
        return group[0] if group else 0

    @cached_property
    def end(self) -> int:
        """The column of its figure, or of the last period that has ended where none is due."""
        group = self.view.slots.group(self.measure.period_kind)
        if group is None:
            return 0
        about = self.judgement.about
        if about:
            return self.view.slots.number[about]
        ends = [self.view.slots.periods[slot - 1].end for slot in range(group[0], group[1] + 1)]
        return group[0] - 1 + bisect_right(ends, self.view.chosen.end)

    @cached_property
    def slots(self) -> list[int]:
        """The column of each row; 0 where it has none."""
        least = max(self.first, 1)
        numbers = [self.end - MOST + place for place in range(1, MOST + 1)]
        return [number if number >= least else 0 for number in numbers]

    @cached_property
    def figures(self) -> list[Decimal | None]:
        """The figure of each row as it is shown."""
        return [figure(self.view, self.measure, slot) if slot else None for slot in self.slots]

    @cached_property
    def there(self) -> list[bool]:
        """Which rows are shown: from the first that holds a figure."""
        first = next((place for place, value in enumerate(self.figures) if value is not None), MOST)
        return [place >= first for place in range(MOST)]

    @cached_property
    def points(self) -> list[int]:
        """The rows (from 0) that hold a figure."""
        return [place for place, value in enumerate(self.figures) if value is not None]

    @cached_property
    def x(self) -> tuple[Decimal, ...]:
        """The figures without gaps."""
        return tuple(value for value in self.figures if value is not None)

    @cached_property
    def limits(self) -> Limits | None:
        """The limits, where there are figures enough."""
        return limits(self.x) if len(self.x) >= LEAST and has_limits(self.measure) else None

    @cached_property
    def course(self) -> Course | None:
        """What the rules look at."""
        return course(self.x, self.limits, self.measure.places) if self.limits else None

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """What is special of each figure; nothing without limits."""
        return tuple(self.course.signal(place) for place in range(len(self.x))) if self.course else ()

    @cached_property
    def forecast(self) -> Value:
        """The forecast of the year, unless the figures add up to it."""
        found = self.view.forecasts[self.view.chosen][self.row] if self.row in self.view.forecast_rows else None
        return "" if found is None or self.measure.adds_up else cell_of(found.value)

    @cached_property
    def benchmark(self) -> Value:
        """The first benchmark that is a figure."""
        values = (each.value for each in self.view.framework.benchmarks_of(self.measure.key))
        known = [value for value in values if value is not None and not self.measure.adds_up]
        return known[0] if known else ""

    def period(self, place: int) -> Period:
        """The period of a row."""
        return self.view.slots.periods[self.slots[place] - 1]

    def _target(self, place: int, *, high: bool = False) -> Value:
        if not self.there[place]:
            return ""
        found = self.view.framework.target(self.measure.key, self.period(place))
        return cell_of((found.high if high else found.value) if found else None)

    @cached_property
    def last_day(self) -> int:
        """The day on which the last period ends; 0 without one."""
        return day_number(self.view.slots.periods[self.end - 1].end) if self.end and self.end >= self.first else 0

    @cached_property
    def heads(self) -> dict[str, Value]:
        """The single values."""
        measure, found = self.measure, self.limits
        ended = self.view.slots.periods[self.end - 1] if self.last_day else None
        signal = self.signals[-1] if self.signals else Signal()
        target, high = (self.columns[name][MOST - 1] if self.last_day else "" for name in ("target", "target_high"))
        low, top = (value if isinstance(value, Decimal) else None for value in (target, high))
        sure = assurance(found, measure.polarity, low, top, measure.places) if found else None
        lines: dict[str, Value] = dict.fromkeys(("mean", "range", "upper", "lower", "range_limit", "near"), "")
        if found:
            lines |= {"mean": found.mean, "range": found.average_range, "upper": found.upper, "lower": found.lower}
            lines |= {"range_limit": found.range_limit, "near": found.near}
        return lines | {
            "row": self.row + 1,
            "first": self.first,
            "end": self.end,
            "places": measure.places,
            "scale": self.scale,
            "sign": self.sign,
            "between": int(measure.polarity == "range"),
            "may": int(has_limits(measure)),
            "adds_up": int(measure.adds_up),
            "format": measure.number_format,
            "benchmark": self.benchmark,
            "last_day": self.last_day,
            "year_day": day_number(ended.whole_year.end) if ended else 0,
            "fine": measure.places + FINER,
            "total": len(self.x),
            "has": int(found is not None),
            "target": target,
            "target_high": high,
            "high": target if high == "" else high,
            "rule": signal.rule,
            "direction": signal.direction,
            "variation": variation(signal, measure.polarity) if found else 0,
            "assurance": sure or 0,
            "forecast": self.forecast,
            "axis": "Percent" if self.scale == 100 else measure.unit.shown,
        }

    @property
    def scale(self) -> int:
        """What a chart multiplies figures by: percentages are drawn as 76.8."""
        return 100 if self.measure.unit.kind == "percent" else 1

    @property
    def sign(self) -> int:
        """1 where higher is better, -1 where lower is, 0 where neither."""
        return _SIGNS.get(self.measure.polarity, 0)

    def _drawn(self, values: Sequence[Value | None]) -> list[Value]:
        return [NA if value is None or value == "" else value * self.scale for value in values]

    @cached_property
    def columns(self) -> dict[str, list[Value]]:
        """The values by period, and of those that have a row more the year's end."""
        return self._periods() | self._points()

    def _periods(self) -> dict[str, list[Value]]:
        view, key, there = self.view, self.measure.key, self.there
        places = range(MOST)
        observations = [view.observations.get((key, self.period(place))) if there[place] else None for place in places]
        targets = [self._target(place) for place in places]
        highs = [self._target(place, high=True) for place in places]
        counts = [sum(1 for point in self.points if point <= place) for place in places]
        last = self.points[-1] if self.points else -1
        shows = isinstance(self.forecast, Decimal)
        days: list[Value] = [day_number(self.period(p).end) if there[p] else self.last_day for p in places]
        year_end = self.view.slots.periods[self.end - 1].whole_year.end if self.last_day else None
        ahead: Value = day_number(year_end) if shows and year_end else self.last_day
        drawn = [self.figures[place] if shows and place == last else None for place in places]
        own = [cell_of(each.forecast) if each and view.forecast_rows else "" for each in observations]
        return {
            "slot": [*self.slots],
            "actual": [cell_of(value) for value in self.figures],
            "there": [int(each) for each in there],
            "day": [*days, ahead],
            "label": [self.period(place).label if there[place] else "" for place in places],
            "target": targets,
            "target_high": highs,
            "own_forecast": own,
            "status": [(each.status or "") if each else "" for each in observations],
            "count": [*counts],
            "actual_c": self._drawn(self.figures),
            "target_c": self._drawn(targets),
            "target_high_c": self._drawn(highs),
            "benchmark_c": self._drawn([self.benchmark if there[place] else None for place in places]),
            "forecast_c": self._drawn([*drawn, self.forecast]),
        }

    def _points(self) -> dict[str, list[Value]]:
        count, found, made = len(self.x), self.limits, self.course
        targets = self._drawn([self._target(place) for place in self.points])
        rules = [each.rule for each in self.signals]
        better = [each.direction * self.sign for each in self.signals]
        special = [bool(rule) for rule in rules]

        def padded(values: Sequence[Value | None], nothing: Value) -> list[Value]:
            held = [nothing if value is None else value for value in values]
            return [*held, *([nothing] * (MOST - len(held)))]

        def line(value: Decimal | None) -> list[Value]:
            return padded(self._drawn([value] * count), NA)

        def marked(wanted: Sequence[bool]) -> list[Value]:
            values = [value if mark else None for value, mark in zip(self.x, wanted, strict=True)]
            return padded(self._drawn(values), NA)

        none = [False] * count
        rule = {
            "side": made.sides if made else (),
            "outside": made.outside if made else (),
            "close": made.near if made else (),
            "run": made.runs if made else (),
            "whole": made.whole if made else (),
            "step": made.steps if made else (),
            "rise": made.rises if made else (),
            "climb": made.climbs if made else (),
            "trend": made.trends if made else (),
            "window": made.windows if made else (),
            "rule": rules,
            "direction": [each.direction for each in self.signals],
        }
        return {
            "place": padded([point + 1 for point in self.points], 0),
            "x": padded(self.x, ""),
            "x_day": padded([day_number(self.period(point).end) for point in self.points], self.last_day),
            "moving": padded(["", *moving_ranges(self.x)] if self.x else [], ""),
            **{name: padded(values, 0) for name, values in rule.items()},
            "x_c": padded(self._drawn(self.x), NA),
            "mean_c": line(found.mean if found else None),
            "upper_c": line(found.upper if found else None),
            "lower_c": line(found.lower if found else None),
            "aim_c": padded(targets, NA),
            "better_c": marked([a and b > 0 for a, b in zip(special, better, strict=True)] or none),
            "worse_c": marked([a and b < 0 for a, b in zip(special, better, strict=True)] or none),
            "other_c": marked([a and not self.sign for a in special] or none),
        }
