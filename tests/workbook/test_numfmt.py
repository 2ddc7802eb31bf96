from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbook.workbook.numfmt import display, unit_format
from perfbook.workbook.writer import Book
from tests.support.office import Office

NUMBERS: list[float] = [0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.05, 0.045, 1.005, 1.015, 0.285, 0.125, -0.125, 0.1 + 0.2]
NUMBERS += [0.768, 0.7687, 0.99951, 1 / 3, 2 / 3, 12.345, 99.995, 100, 999.5, 999.995, 1000, 1234.5, -1234.5, 12345.678]
NUMBERS += [1339112, 1234567.891, -1234567.891, 0.00285, 0.0005, 123456789, 1e-7, 35.5]
NUMBER_FORMATS = ["0", "0.0", "0.00", "0.000", "#,##0", "#,##0.0", "#,##0.00", "0%", "0.0%", "0.00%", '"£"#,##0']
NUMBER_FORMATS += ["[$£-809]#,##0", "[$£-809]#,##0.00", '0.00" days"', '#,##0.00" days"', "#,##0;-#,##0;0"]
NUMBER_FORMATS += ["0.0;(0.0)", '0;-0;"nil"', "0.0;[Red]-0.0", "#,##0,", "0.0,,", '0.0,," m"', "0.00E+00", "0E+0"]
NUMBER_FORMATS += ["00000", "0.0#", '"(V="0")"', "\\x0", "0.0_)", "+0.0;-0.0;0.0", "£#,##0.00;-£#,##0.00", "#"]
DATE_FORMATS = [
    "dd/mm/yyyy",
    "d mmm yyyy",
    "mmm-yy",
    "dd mmmm yyyy",
    "hh:mm",
    "dd/mm/yyyy hh:mm",
    "yyyy-mm-dd",
    "d/m/yy",
]
DATE_FORMATS += ["h:mm AM/PM", "ddd d mmm", "dddd", "hh:mm:ss", "mm/yy", "[$-809]d mmmm yyyy", "mm:ss", "yyyy"]
MOMENTS = [43831, 44104.5, 44196.25, 45350.9375, 61, 2958465, 36526.0625, 44286.765625]
GENERAL = [0, 1, -1, 0.5, 76.8, 0.768, 5.89, 1234567, -1234.56, 12345678901, 0.1 + 0.2, 1e-3, 100, 35.5]
TEXTS = ["provided", "76.8% (113/147)", "n/a"]


def pairs() -> list[tuple[Any, str]]:
    made: list[tuple[Any, str]] = [(number, code) for code in NUMBER_FORMATS for number in NUMBERS]
    made += [(moment, code) for code in DATE_FORMATS for moment in MOMENTS]
    made += [(number, "General") for number in GENERAL]
    made += [(text, code) for text in TEXTS for code in ("General", "@", "0.0%")]
    return made


def excel_differs(value: Any, code: str, mine: str, other: str) -> bool:
    """Where Excel is known to show something else than LibreOffice, and we follow Excel."""
    # Excel keeps the minus of a number of which only noughts are left (hence its -0% and -0.00).
    negative_nought = (
        value < 0 and not any(digit in mine for digit in "123456789") and mine.replace("-", "", 1) == other
    )
    # LibreOffice multiplies in binary: 0.285 becomes 28.499999999999996.
    binary_half = code == "0%" and value in {0.285, 1.005, 1.015}
    return negative_nought or binary_half


def test_it_shows_what_libreoffice_shows(office: Office, tmp_path: Path) -> None:
    book = Book(created=datetime(2031, 1, 1, tzinfo=UTC), title="formats")
    sheet = book.sheet("Formats")
    sheet.raw.set_column(0, 0, 60)
    tried = pairs()
    for row, (value, code) in enumerate(tried):
        style = book.style(num_format=code)
        if isinstance(value, str):
            sheet.text(row, 0, value, style)
        else:
            sheet.number(row, 0, value, style)
    path = tmp_path / "formats.xlsx"
    path.write_bytes(book.close())
    with office.open(path) as opened:
        shown = [row[0].string for row in opened.get_cells("Formats", f"A1:A{len(tried)}")]
    ours = [display(value, code) for value, code in tried]
    differences = [
        (value, code, mine, other)
        for (value, code), mine, other in zip(tried, ours, shown, strict=True)
        if mine != other and not excel_differs(value, code, mine, other)
    ]
    assert differences == []
    assert len(tried) > 1000


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (0.5, "0", "1"),
        (-0.5, "0", "-1"),
        (1.005, "0.00", "1.01"),
        (0.285, "0%", "29%"),
        (0.768, "0.0%", "76.8%"),
        (Decimal("5.89"), '0.00" days"', "5.89 days"),
        (1339112, '"£"#,##0', "£1,339,112"),
        (-0.04, "0.0", "-0.0"),
        (date(2020, 9, 30), "dd/mm/yyyy", "30/09/2020"),
        (datetime(2020, 9, 30, 17, 5, tzinfo=UTC), "d mmm yyyy hh:mm", "30 Sep 2020 17:05"),
        (time(9, 30), "hh:mm", "09:30"),
        (date(2020, 9, 30), "General", "44104"),
        (date(1900, 2, 28), "d mmm yyyy", "28 Feb 1900"),
        (60, "d mmm yyyy", "29 Feb 1900"),
        (date(1900, 1, 1), "0", "1"),
        (True, "0.0%", "TRUE"),
        (False, "General", "FALSE"),
        (None, "0", ""),
        ("text", "@", "text"),
        ("text", '0;0;0;"<"@">"', "<text>"),
        (7, ";;;", ""),
        (0.00001, "General", "0.00001"),
        (0.000012345678, "General", "1.23457E-05"),
        (1e-10, "General", "1E-10"),
        (123456789012, "General", "1.23457E+11"),
        (99999999999.9, "General", "1E+11"),
        (1 / 3, "General", "0.333333333"),
        (-1 / 3, "General", "-0.333333333"),
        (12345.678901234, "General", "12345.6789"),
        (1e300, "General", "1E+300"),
        (1e20, "0", "1" + "0" * 20),
        (12345, "##0.0E+0", "12.3E+3"),
        (float("nan"), "0.0", "nan"),
        ("text", '0;0;0;"hidden"', "hidden"),
        ("text", ";;;", ""),
        (1, "#.##", "1."),
        (0, "#", ""),
        (45350.999, "hh:mm:ss", "23:58:34"),
        (45350.9999, "hh:mm", "23:59"),
    ],
)
def test_examples(value: Any, code: str, expected: str) -> None:
    assert display(value, code) == expected


@pytest.mark.parametrize(
    "code", ["# ?/?", "# ##0", "[h]:mm", "[>100]0;0.0", "000-0000", "b1 yyyy", "0;0;0;0", "yyyyy", "0.0.0"]
)
def test_a_format_that_is_not_understood_is_shown_as_general(code: str) -> None:
    assert display(1234.5, code) == "1234.5"


def test_a_date_before_all_dates_is_shown_as_general() -> None:
    assert display(-1, "dd/mm/yyyy") == "-1"


@given(
    st.one_of(st.floats(), st.integers(), st.text(), st.datetimes()),
    st.text("0#?.,%;@\"'\\[]$-EGymdhs/: ", max_size=12),
)
def test_it_never_fails(value: Any, code: str) -> None:
    assert isinstance(display(value, code), str)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((1, "percent"), "0.0%"),
        ((0, "percent"), "0%"),
        ((2, "number", " days"), '#,##0.00" days"'),
        ((0, "number"), "#,##0"),
        ((0, "currency"), '"£"#,##0'),
        ((2, "currency", "m"), '"£"#,##0.00"m"'),
        ((0, "number", '"'), '#,##0\\"'),
    ],
)
def test_our_own_formats(arguments: tuple[Any, ...], expected: str) -> None:
    assert unit_format(*arguments) == expected


def test_a_suffix_is_shown_as_it_stands() -> None:
    suffix = ' "d" 0% [x];@\\'
    assert display(2, unit_format(1, "number", suffix)) == "2.0" + suffix


@pytest.mark.parametrize("arguments", [(-1, "number"), (16, "number"), (1, "fraction")])
def test_what_is_no_unit_is_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"decimals|fraction"):
        unit_format(*arguments)


@pytest.mark.parametrize("number_format", ["0", "#,##0", "0.0%", '"\u00a3"#,##0.00', '0.00" days"', "0.0,,", "-0.0"])
def test_a_plain_format_shows_what_any_other_way_shows(number_format: str) -> None:
    numbers = ("0", "-0", "0.00", "-0.04", "0.05", "99.95", "1234567.891", "123456789012345.67", "5E+20", "-1E-30")
    for number in map(Decimal, numbers):
        assert display(number, number_format) == display(number, f"{number_format};-{number_format};{number_format}")
