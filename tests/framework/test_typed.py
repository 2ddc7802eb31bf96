"""Values as typed: every string of Dudley's figures, and what turns up elsewhere. Expectations are typed by hand."""

from __future__ import annotations

import csv
import math
from datetime import datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbook.framework.model import Unit
from perfbook.framework.typed import CellValue, Typed, figure_of, read_typed

PERCENT = Unit.parse("percent")
COUNT = Unit.parse("count")
DAYS = Unit.parse("days per FTE")
RATE = Unit.parse("rate per 10,000")
POUNDS = Unit.parse("£")
MILLIONS = Unit.parse("£m")
UNITS = (PERCENT, COUNT, DAYS, RATE, POUNDS, MILLIONS)


def given_(number: str, **rest: object) -> Typed:
    return Typed("provided", D(number), **rest)  # type: ignore[arg-type]


def fraction(numerator: str, denominator: str, **rest: object) -> Typed:
    return Typed("provided", None, D(numerator), D(denominator), **rest)  # type: ignore[arg-type]


# Every string in an actual or target column of the data, with the unit of its measure.
DUDLEY: dict[str, tuple[Unit, str, int] | tuple[Unit, Typed]] = {
    **{str(n): (COUNT, str(n), 0) for n in (0, 2, 3, 5, 12, 16, 20, 40, 107, 112, 150, 275, 289, 299, 302, 324)},
    **{str(n): (COUNT, str(n), 0) for n in (327, 413, 489, 534, 536, 564, 600, 609, 650, 1535)},
    **{text: (RATE, text, 0) for text in ["50", "58", "59", "85"]},
    **{text: (RATE, text, 1) for text in ["44.6", "90.3", "90.7", "90.9"]},
    "90%": (RATE, given_("90", unit="%", decimals=0)),
    "0.41 Days": (DAYS, given_("0.41", unit="Days", decimals=2)),
    "0.83 Days": (DAYS, given_("0.83", unit="Days", decimals=2)),
    "1.5 Days": (DAYS, given_("1.5", unit="Days", decimals=1)),
    "1.52 Days": (DAYS, given_("1.52", unit="Days", decimals=2)),
    "1.65 Days": (DAYS, given_("1.65", unit="Days", decimals=2)),
    "2.06 Days": (DAYS, given_("2.06", unit="Days", decimals=2)),
    "3.51 Days": (DAYS, given_("3.51", unit="Days", decimals=2)),
    "3.75 Days": (DAYS, given_("3.75", unit="Days", decimals=2)),
    "4.35 Days": (DAYS, given_("4.35", unit="Days", decimals=2)),
    "4.37 Days": (DAYS, given_("4.37", unit="Days", decimals=2)),
    "5.25 Days": (DAYS, given_("5.25", unit="Days", decimals=2)),
    "5.89 Days": (DAYS, given_("5.89", unit="Days", decimals=2)),
    "10": (PERCENT, "0.1", 0),
    "95": (PERCENT, "0.95", 0),
    "100": (PERCENT, "1", 0),
    "0.0%": (PERCENT, given_("0", unit="%", decimals=1)),
    "1.5%": (PERCENT, given_("0.015", unit="%", decimals=1)),
    "1.87%": (PERCENT, given_("0.0187", unit="%", decimals=2)),
    "1.9%": (PERCENT, given_("0.019", unit="%", decimals=1)),
    "1.94%": (PERCENT, given_("0.0194", unit="%", decimals=2)),
    "2.15%": (PERCENT, given_("0.0215", unit="%", decimals=2)),
    "2.23%": (PERCENT, given_("0.0223", unit="%", decimals=2)),
    "2.3%": (PERCENT, given_("0.023", unit="%", decimals=1)),
    "2.35%": (PERCENT, given_("0.0235", unit="%", decimals=2)),
    "2.5%": (PERCENT, given_("0.025", unit="%", decimals=1)),
    "2.8%": (PERCENT, given_("0.028", unit="%", decimals=1)),
    "2.85%": (PERCENT, given_("0.0285", unit="%", decimals=2)),
    "3.0%": (PERCENT, given_("0.03", unit="%", decimals=1)),
    "3.3%": (PERCENT, given_("0.033", unit="%", decimals=1)),
    "4.5%": (PERCENT, given_("0.045", unit="%", decimals=1)),
    "11%": (PERCENT, given_("0.11", unit="%", decimals=0)),
    "11.0%": (PERCENT, given_("0.11", unit="%", decimals=1)),
    "11.4%": (PERCENT, given_("0.114", unit="%", decimals=1)),
    "17.3%": (PERCENT, given_("0.173", unit="%", decimals=1)),
    "20.0%": (PERCENT, given_("0.2", unit="%", decimals=1)),
    "30.0%": (PERCENT, given_("0.3", unit="%", decimals=1)),
    "32.3%": (PERCENT, given_("0.323", unit="%", decimals=1)),
    "33.0%": (PERCENT, given_("0.33", unit="%", decimals=1)),
    "35.0%": (PERCENT, given_("0.35", unit="%", decimals=1)),
    "53.6%": (PERCENT, given_("0.536", unit="%", decimals=1)),
    "60.0%": (PERCENT, given_("0.6", unit="%", decimals=1)),
    "65%": (PERCENT, given_("0.65", unit="%", decimals=0)),
    "65.0%": (PERCENT, given_("0.65", unit="%", decimals=1)),
    "71.0%": (PERCENT, given_("0.71", unit="%", decimals=1)),
    "75.0%": (PERCENT, given_("0.75", unit="%", decimals=1)),
    "76.4%": (PERCENT, given_("0.764", unit="%", decimals=1)),
    "77.2%": (PERCENT, given_("0.772", unit="%", decimals=1)),
    "78.0%": (PERCENT, given_("0.78", unit="%", decimals=1)),
    "80.0%": (PERCENT, given_("0.8", unit="%", decimals=1)),
    "83.0%": (PERCENT, given_("0.83", unit="%", decimals=1)),
    "84%": (PERCENT, given_("0.84", unit="%", decimals=0)),
    "84.1%": (PERCENT, given_("0.841", unit="%", decimals=1)),
    "84.6%": (PERCENT, given_("0.846", unit="%", decimals=1)),
    "85.0%": (PERCENT, given_("0.85", unit="%", decimals=1)),
    "85.1%": (PERCENT, given_("0.851", unit="%", decimals=1)),
    "85.4%": (PERCENT, given_("0.854", unit="%", decimals=1)),
    "86.6%": (PERCENT, given_("0.866", unit="%", decimals=1)),
    "86.7%": (PERCENT, given_("0.867", unit="%", decimals=1)),
    "87.0%": (PERCENT, given_("0.87", unit="%", decimals=1)),
    "90.0%": (PERCENT, given_("0.9", unit="%", decimals=1)),
    "90.2%": (PERCENT, given_("0.902", unit="%", decimals=1)),
    "93%": (PERCENT, given_("0.93", unit="%", decimals=0)),
    "97.9%": (PERCENT, given_("0.979", unit="%", decimals=1)),
    "98.0%": (PERCENT, given_("0.98", unit="%", decimals=1)),
    "98.1%": (PERCENT, given_("0.981", unit="%", decimals=1)),
    "99.43%": (PERCENT, given_("0.9943", unit="%", decimals=2)),
    "99.46%": (PERCENT, given_("0.9946", unit="%", decimals=2)),
    "100%": (PERCENT, given_("1", unit="%", decimals=0)),
    "1.54% (V=£1,339,112)": (PERCENT, given_("0.0154", companion="V=£1,339,112", unit="%", decimals=2)),
    "1.89% (V=£856,076)": (PERCENT, given_("0.0189", companion="V=£856,076", unit="%", decimals=2)),
    "1.93% (V=£1,680,698)": (PERCENT, given_("0.0193", companion="V=£1,680,698", unit="%", decimals=2)),
    "3.5% (1,316.38)": (PERCENT, given_("0.035", companion="1,316.38", unit="%", decimals=1)),
    "4.1% (1,569.01)": (PERCENT, given_("0.041", companion="1,569.01", unit="%", decimals=1)),
    "43.5% (15,095.31)": (PERCENT, given_("0.435", companion="15,095.31", unit="%", decimals=1)),
    "46.5% (15,687.11)": (PERCENT, given_("0.465", companion="15,687.11", unit="%", decimals=1)),
    "6% (267)": (PERCENT, given_("0.06", companion="267", unit="%", decimals=0)),
    "17.8% (44.31)": (PERCENT, given_("0.178", companion="44.31", unit="%", decimals=1)),
    "71.0% (292)": (PERCENT, given_("0.71", companion="292", unit="%", decimals=1)),
    "87.6% (1141)": (PERCENT, given_("0.876", companion="1141", unit="%", decimals=1)),
    "3.9% (56/1446)": (
        PERCENT,
        given_("0.039", numerator=D(56), denominator=D(1446), unit="%", decimals=1),
    ),
    "9.8% (1087/11128)": (
        PERCENT,
        given_("0.098", numerator=D(1087), denominator=D(11128), unit="%", decimals=1),
    ),
    "66% (582/882)": (PERCENT, given_("0.66", numerator=D(582), denominator=D(882), unit="%", decimals=0)),
    "76.8% (113/147)": (PERCENT, given_("0.768", numerator=D(113), denominator=D(147), unit="%", decimals=1)),
    "90.0% (234/259)": (PERCENT, given_("0.9", numerator=D(234), denominator=D(259), unit="%", decimals=1)),
    "95.3% (162/170)": (PERCENT, given_("0.953", numerator=D(162), denominator=D(170), unit="%", decimals=1)),
    "96% (621/646)": (PERCENT, given_("0.96", numerator=D(621), denominator=D(646), unit="%", decimals=0)),
    "New Measure": (PERCENT, Typed("new")),
    "Delay with data": (PERCENT, Typed("delayed")),
    "": (PERCENT, Typed(None)),
}


def _expected(entry: tuple[Unit, str, int] | tuple[Unit, Typed]) -> Typed:
    if len(entry) == 3:
        return given_(entry[1], decimals=entry[2])
    return entry[1]


@pytest.mark.parametrize("text", DUDLEY)
def test_every_string_of_dudleys_report(text: str) -> None:
    assert read_typed(text, DUDLEY[text][0]) == _expected(DUDLEY[text])


def test_the_table_holds_every_string_of_the_data(shared: Path) -> None:
    with (shared / "data/dudley_2020_q2/measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    typed = {
        (row[name], Unit.parse(row["unit"])) for row in rows for name in row if name.endswith(("_actual", "_target"))
    }
    assert typed == {(text, entry[0]) for text, entry in DUDLEY.items()}


ELSEWHERE: list[tuple[CellValue, Unit, Typed]] = [
    # Cells that hold numbers are what Excel stored, never converted.
    (0.768, PERCENT, given_("0.768")),
    (76.8, PERCENT, given_("76.8")),
    (0.1 + 0.2, COUNT, given_("0.3")),
    (-3, COUNT, given_("-3")),
    (0, COUNT, given_("0")),
    (None, COUNT, Typed(None)),
    (True, COUNT, Typed(None, leftover="TRUE")),
    (float("nan"), COUNT, Typed(None, leftover="nan")),
    (float("inf"), COUNT, Typed(None, leftover="inf")),
    # Spaces, separators, signs.
    ("  \u00a0 ", COUNT, Typed(None)),
    ("1\u00a0234", COUNT, given_("1234", decimals=0)),
    ("1\u2009234\u202f567", COUNT, given_("1234567", decimals=0)),
    ("1,234,567.89", COUNT, given_("1234567.89", decimals=2)),
    ("76,8", PERCENT, given_("0.768", decimals=1)),
    ("1.234,56", COUNT, given_("1234.56", decimals=2)),
    ("0,123", COUNT, given_("0.123", decimals=3)),
    ("12,34,56", COUNT, Typed(None, leftover="12,34,56")),
    ("1.234.567", COUNT, Typed(None, leftover="1.234.567")),
    ("\u221212.5%", PERCENT, given_("-0.125", unit="%", decimals=1)),
    ("\u20135", COUNT, given_("-5", decimals=0)),
    ("- 5", COUNT, Typed(None, leftover="- 5")),
    ("(5.2)", COUNT, given_("-5.2", decimals=1)),
    ("(5.2%)", PERCENT, given_("-0.052", unit="%", decimals=1)),
    ("(5.2)%", PERCENT, given_("-0.052", unit="%", decimals=1)),
    (".5", COUNT, given_("0.5", decimals=1)),
    ("0012", COUNT, given_("12", decimals=0)),
    ("1E+05", COUNT, given_("100000")),
    ("1E400", COUNT, Typed(None, leftover="1E400")),
    ("12345678901234567890", COUNT, given_("12345678901234600000", decimals=0)),
    ("\uff19\uff16\uff05", PERCENT, given_("0.96", unit="%", decimals=0)),
    ("96\u200b%", PERCENT, given_("0.96", unit="%", decimals=0)),
    ("_x000D_96", PERCENT, given_("0.96", decimals=0)),
    ("Nil", COUNT, given_("0", decimals=0)),
    # Money.
    ("£1,339,112", POUNDS, given_("1339112", unit="£", decimals=0)),
    ("£.03m (£2m cum)", POUNDS, given_("30000", cumulative=D(2000000), unit="£")),
    ("£.03m (£2m cum)", MILLIONS, given_("0.03", cumulative=D(2), unit="£", decimals=2)),
    ("(£5k)", POUNDS, given_("-5000", unit="£")),
    ("£-5", POUNDS, given_("-5", unit="£", decimals=0)),
    ("£1.5 million", POUNDS, given_("1500000", unit="£")),
    ("2m", POUNDS, given_("2000000")),
    ("2m", COUNT, given_("2", unit="m", decimals=0)),
    ("12k", COUNT, given_("12000")),
    ("£2m cum", POUNDS, given_("2000000", basis="year to date", unit="£")),
    # Units that do not suit stay visible; nothing is converted.
    ("12%", COUNT, given_("12", unit="%", decimals=0)),
    ("0.12", PERCENT, given_("0.0012", decimals=2)),
    ("2.9% Days", DAYS, given_("2.9", unit="% Days", decimals=1)),
    ("76.8 per cent", PERCENT, given_("0.768", unit="%", decimals=1)),
    ("90.9 per 10,000", RATE, given_("90.9", unit="per 10,000", decimals=1)),
    # Brackets and bases.
    ("113/147", PERCENT, fraction("113", "147")),
    ("(113/147)", PERCENT, fraction("113", "147")),
    ("113 of 147", PERCENT, fraction("113", "147")),
    ("1,087 out of 11,128", PERCENT, fraction("1087", "11128")),
    ("0/0", PERCENT, fraction("0", "0")),
    ("60 (122 cum)", COUNT, given_("60", cumulative=D(122), decimals=0)),
    ("60 (cumulative: 122)", COUNT, given_("60", cumulative=D(122), decimals=0)),
    ("122 YTD", COUNT, given_("122", basis="year to date", decimals=0)),
    ("122 (cum)", COUNT, given_("122", basis="year to date", decimals=0)),
    (
        "85% (rolling 12 months)",
        PERCENT,
        given_("0.85", basis="rolling", companion="rolling 12 months", unit="%", decimals=0),
    ),
    ("11.6% (Q4 fig)", PERCENT, given_("0.116", companion="Q4 fig", unit="%", decimals=1)),
    # Words.
    ("new", COUNT, Typed("new")),
    ("NEW  MEASURE", COUNT, Typed("new")),
    ("Delayed", COUNT, Typed("delayed")),
    ("data delayed", COUNT, Typed("delayed")),
    ("Delayed \u2013 awaiting the national return", COUNT, Typed("delayed", leftover="awaiting the national return")),
    ("n/a", COUNT, Typed("not available")),
    ("N/A", COUNT, Typed("not available")),
    ("-", COUNT, Typed("not available")),
    ("\u2013", COUNT, Typed("not available")),
    ("..", COUNT, Typed("not available")),
    ("Not available", COUNT, Typed("not available")),
    ("no data", COUNT, Typed("not available")),
    ("Not Due", COUNT, Typed("not due")),
    ("Not due until Q4", COUNT, Typed("not due")),
    ("Withdrawn", COUNT, Typed("withdrawn")),
    # Neither a figure nor a status: kept as it is.
    *(
        (text, COUNT, Typed(None, leftover=text))
        for text in (
            *("tba", "TBC", "Missing", "No target", "18th", "<5", "30%+", "2020-21", "31/06/2013", "#REF!", "#N/A"),
            *("TRUE", "nan", "=113/147", "5-", "£", "%", ".", "\u0661\u0662", "5 (6 (7))", "5 10", "9" * 400),
        )
    ),
]


@pytest.mark.parametrize(("value", "unit", "expected"), ELSEWHERE)
def test_what_turns_up_elsewhere(value: CellValue, unit: Unit, expected: Typed) -> None:
    assert read_typed(value, unit) == expected


@given(st.text(), st.sampled_from(UNITS))
def test_no_text_raises(text: str, unit: Unit) -> None:
    understood = read_typed(text, unit)
    assert understood.number is None or understood.status == "provided"


@given(st.text("0123456789.,()/%£-+ eEkmcu\u00a0", max_size=30), st.sampled_from(UNITS))
def test_nothing_that_looks_like_a_figure_raises(text: str, unit: Unit) -> None:
    understood = read_typed(text, unit)
    assert understood.number is None or math.isfinite(float(understood.number))


@given(st.floats() | st.integers(), st.sampled_from(UNITS))
def test_no_number_raises(value: float, unit: Unit) -> None:
    assert read_typed(value, unit).status in ("provided", None)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_a_number_survives_being_written_and_read(number: D) -> None:
    assert read_typed(f"{number:f}", COUNT).number == number
    assert read_typed(f"{number:,}", COUNT).number == number
    assert read_typed(f"£{number:,}", POUNDS).number == number
    assert read_typed(f"{number * 100:f}%", PERCENT).number == number
    assert read_typed(float(number), COUNT).number == number


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_fraction_survives_being_written_and_read(numerator: int, denominator: int) -> None:
    understood = read_typed(f"50% ({numerator:,}/{denominator})", PERCENT)
    assert (understood.numerator, understood.denominator) == (D(numerator), D(denominator))


def test_a_fraction_decides_over_the_figure_typed_before_it() -> None:
    assert round(float(figure_of(read_typed("90.0% (234/259)", PERCENT), PERCENT) or 0), 4) == 0.9035
    assert figure_of(read_typed("85 (10/20)", RATE), RATE) == 5000
    assert figure_of(read_typed("76.8% (1/0)", PERCENT), PERCENT) == D("0.768")
    assert figure_of(read_typed("1/0", PERCENT), PERCENT) is None


def test_a_moment_in_a_cell_is_left_over() -> None:
    moment = datetime(2032, 1, 2)  # noqa: DTZ001 (a cell knows no zone)
    assert read_typed(moment, COUNT).leftover == str(moment)  # type: ignore[arg-type]
