"""Plain cells of a row take a short way, which says the same as the long one that all others take."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import pytest

from perfbook.returns import layout
from perfbook.returns._context import Context
from perfbook.returns._grid import Keyed, Look, Place, Raw, SheetCells
from perfbook.returns._issued import Issued
from perfbook.returns._row_cells import RowCells
from tests.collecting.council import PERIOD, council

VALUES: tuple[Raw, ...] = (
    *(None, None, None, "", " ", "\u2013", "\u200b", "5", "76.8%", "words", "Delayed", "a\tb\x01", "_x000D_"),
    *(5.0, -0.0, 0.5, 1e16, 1e-20, 7, True, False),
    *(datetime(2032, 1, 2), date(2032, 1, 2), time(9), timedelta(hours=30)),  # noqa: DTZ001 (a cell knows no zone)
)
LOOKS = (
    *(("General",), ("0.0%",), ("dd/mm/yyyy",), ("#,##0",), ("",)),
    *(("General", "=1+1"), ("General", "", "#REF!"), ("General", "=[1]A!B1"), ("0%", b"=1&amp;2")),
)


class _NeverPlain(Look):
    """A look that sends its cell the long way."""

    def __init__(self, number_format: str, formula: str | bytes = "", error: str = "") -> None:
        super().__init__(number_format, formula, error)
        self.is_plain = False


@pytest.mark.parametrize("seed", range(60))
def test_the_short_way_says_what_the_long_one_says(seed: int) -> None:
    draw = random.Random(seed)
    columns = {key: at for at, key in enumerate(layout.INPUT_KEYS) if draw.random() < 0.9}
    places: list[Place] = [(0, column) for column in columns.values()]
    values = {place: value for place in places if (value := draw.choice(VALUES)) is not None}
    told = {place: draw.choice(LOOKS) for place in places if place in values or draw.random() < 0.3}
    disputed: dict[Place, tuple[Raw, Raw]] = {place: (1.0, "1") for place in places if draw.random() < 0.1}
    short = _row(SheetCells("Measures", values, {at: Look(*look) for at, look in told.items()}, disputed), columns)
    long = _row(
        SheetCells("Measures", values, {at: _NeverPlain(*look) for at, look in told.items()}, disputed), columns
    )
    quickly, slowly = short.raws(), {key: long.raw(key) for key in layout.INPUT_KEYS}
    assert [(key, type(value), str(value)) for key, value in quickly.items()] == [
        (key, type(value), str(value)) for key, value in slowly.items()
    ]
    assert short.findings == long.findings
    assert (short.filled, short.unusable) == (long.filled, long.unusable)


def _row(sheet: SheetCells, columns: dict[str, int]) -> RowCells:
    framework = council()
    context = Context(framework, PERIOD, "a.xlsx", "", "Certified", "Head of Service")
    issued = Issued(PERIOD, True, "", None, None, None, None, None)
    return RowCells(context, Keyed(sheet, {"h1": 0}, columns), framework.by_key["h1"], issued, "h1")
