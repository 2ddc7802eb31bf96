"""A return of 300 measures: what it takes to write it, beside XlsxWriter alone writing the same cells.

Every call that perfbook makes on a worksheet is noted down once, then made again on a bare workbook: the same texts,
numbers, formulas, formats, validations, conditional formats and sparklines. Processor time, the best of several runs.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit
from perfbook.framework.periods import Period, parse
from perfbook.records import Observation
from perfbook.returns.writer import build_return
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from perfbook.workbook._quick_sheet import QuickWorksheet

RUNS = 3
COUNT = 300
PERIOD = parse("2031-32 Q3")
NOW = datetime(2032, 1, 3, 9, 0, tzinfo=UTC)
CALLS = (
    "write_string",
    "write_number",
    "write_blank",
    "write_formula",
    "write_url",
    "write_datetime",
    "data_validation",
    "conditional_format",
    "add_sparkline",
    "set_row",
    "set_column",
)
Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]


def framework(count: int = COUNT, directorates: tuple[str, ...] = ("all",)) -> Framework:
    """Shares, counts and rates, each with a target: so many for each directorate."""
    units = (Unit.parse("percent"), Unit.parse("count"), Unit.parse("rate per 10,000"))
    measures = tuple(
        Measure(
            key=f"m{number:05d}",
            code=f"M{number}",
            title=f"Measure number {number} of a council that counts a good deal",
            priority="all",
            directorate=directorates[number // count],
            unit=units[number % 3],
            decimals=1 if number % 3 != 1 else 0,
            polarity=("higher", "lower", "higher")[number % 3],  # type: ignore[arg-type]
            numerator="" if number % 3 == 1 else "Cases",
            denominator="" if number % 3 == 1 else "All cases",
            minimum=Decimal(0),
        )
        for number in range(count * len(directorates))
    )
    return Framework(
        council="Elmbridge Vale",
        year_start=4,
        reporting="quarterly",
        measures=measures,
        directorates=tuple(Directorate(key, f"Service {key}") for key in directorates),
        priorities=(Priority("all", "Everything"),),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets={(m.key, PERIOD): Target(Decimal("0.8" if m.decimals else "50")) for m in measures},
        version="benchmark",
    )


def past(made: Framework) -> dict[tuple[str, Period], Observation]:
    """Figures of two years for each measure."""
    return {
        (m.key, PERIOD.shift(-back)): Observation(
            m.key, PERIOD.shift(-back), PERIOD.shift(-back), "provided", Decimal("0.7"), Decimal("0.7")
        )
        for m in made.measures
        for back in range(1, 9)
    }


def build(made: Framework, history: dict[tuple[str, Period], Observation], directorate: str = "all") -> bytes:
    """The return."""
    return build_return(made, directorate, PERIOD, history, due=NOW, created=NOW)


@contextmanager
def noted(calls: list[Call], names: dict[str, int]) -> Iterator[None]:
    """Notes down every call on a worksheet, outermost calls only."""
    kept: dict[str, Callable[..., Any]] = {name: getattr(Worksheet, name) for name in CALLS}
    depth = 0

    def noting(name: str) -> Callable[..., Any]:
        def method(self: Worksheet, *args: Any, **more: Any) -> Any:
            nonlocal depth
            if not depth:
                # XlsxWriter changes the options that it is given.
                plain = tuple(dict(arg) if isinstance(arg, dict) else arg for arg in args)
                calls.append((names.setdefault(self.get_name(), len(names)), name, plain, more))
            depth += 1
            try:
                return kept[name](self, *args, **more)
            finally:
                depth -= 1

        return method

    def row(self: QuickWorksheet, row: int, col: int, values: Sequence[Any], styles: Iterable[Any]) -> int:
        """A row of plain values: what XlsxWriter needs a call each for."""
        for place, (value, style) in enumerate(zip(values, styles, strict=False), col):
            if value is not None or style is not None:
                name = "write_blank" if value is None else "write_string" if type(value) is str else "write_number"
                calls.append((names.setdefault(self.get_name(), len(names)), name, (row, place, value, style), {}))
        return written(self, row, col, values, styles)

    written = QuickWorksheet.write_plain
    for name in CALLS:
        setattr(Worksheet, name, noting(name))
    QuickWorksheet.write_plain = row  # type: ignore[method-assign]
    try:
        yield
    finally:
        QuickWorksheet.write_plain = written  # type: ignore[method-assign]
        for name, method in kept.items():
            setattr(Worksheet, name, method)


def again(calls: list[Call], names: dict[str, int], properties: dict[int, dict[str, Any]]) -> None:
    """The same calls on a bare workbook."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    sheets = [book.add_worksheet(name) for name in names]
    formats: dict[int, Format] = {}

    def own(value: Any) -> Any:
        if isinstance(value, Format):
            if id(value) not in formats:
                formats[id(value)] = book.add_format()
                formats[id(value)].__dict__.update(properties[id(value)])
            return formats[id(value)]
        if isinstance(value, dict):
            return {key: own(each) for key, each in value.items()}
        return value

    for sheet, name, args, more in calls:
        getattr(sheets[sheet], name)(*(own(arg) for arg in args), **more)
    book.close()


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of several runs."""
    taken = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def formats_of(value: Any) -> Iterator[Format]:
    """The formats among the arguments of a call."""
    if isinstance(value, Format):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from formats_of(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from formats_of(each)


@dataclass(frozen=True)
class Noted:
    """All calls that writing a book makes on its worksheets, to be made again on a bare workbook."""

    calls: list[Call]
    names: dict[str, int]
    properties: dict[int, dict[str, Any]]

    def again(self) -> None:
        """Make them."""
        again(self.calls, self.names, self.properties)


def note(work: Callable[[], object]) -> Noted:
    """Do some writing and note down its calls."""
    calls: list[Call] = []
    names: dict[str, int] = {}
    with noted(calls, names):
        work()
    own = ("xf_index", "dxf_index", "xf_format_indices", "dxf_format_indices")
    properties = {
        id(each): {name: value for name, value in vars(each).items() if name not in own}
        for call in calls
        for each in formats_of((*call[2], call[3]))
    }
    return Noted(calls, names, properties)


def main() -> None:
    """Print the ratio."""
    made = framework()
    history = past(made)
    plainly, size = note(lambda: build(made, history)), len(build(made, history))
    ours, plain = best(lambda: build(made, history)), best(plainly.again)
    print(f"{COUNT} measures, {len(plainly.calls):,} calls, {size / 1000:,.0f} KB")
    print(f"{'perfbook':24}{ours:8.2f} s")
    print(f"{'XlsxWriter alone':24}{plain:8.2f} s")
    print(f"perfbook / XlsxWriter: {ours / plain:.2f}")


if __name__ == "__main__":
    main()
