from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfbook.workbook.limits import sheet_name_problem
from perfbook.workbook.text import clean_text, escape_free, file_name, sheet_name, unique_sheet_name, utf16_length

# Any code point, lone surrogates included, and the pieces of which escapes are made.
ANY_TEXT = st.text(st.characters()) | st.lists(
    st.sampled_from(["_x", "000D", "_", "x0041_", "\r", "\n", "\x00", "\u200b", "a", "\ud800", "\ufffe"])
).map("".join)


@given(ANY_TEXT, st.booleans())
@example("_x0_x0041_041_", False)
@example("_x00\u200b41_", True)
@example("_x000D_\n_x000_x000D_D_", False)
def test_cleaning_twice_is_cleaning_once(value: str, drop: bool) -> None:
    once = clean_text(value, drop_zero_width=drop)
    assert clean_text(once, drop_zero_width=drop) == once


@given(ANY_TEXT)
def test_clean_text_can_be_stored_and_read_back(value: str) -> None:
    cleaned = clean_text(value)
    cleaned.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", cleaned)
    assert escape_free(cleaned)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_is_left_alone(value: str) -> None:
    if escape_free(value):
        assert clean_text(value) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\r\nb\rc\vd", "a\nb\nc\nd"),
        ("a_x000D_\nb", "a\nb"),
        ("a_x000d_b", "a\nb"),
        ("a_x0009_b", "a\tb"),
        ("a_x0041_b", "ab"),
        ("a_x41_b", "a_x41_b"),
        ("tab\tand\x07bell", "tab\tandbell"),
        ("\ud83d", ""),
        ("\U0001f600", "\U0001f600"),
        ("e\u0301", "e\u0301"),
        ("zero\u200bwidth", "zero\u200bwidth"),
    ],
)
def test_examples_of_cleaning(value: str, expected: str) -> None:
    assert clean_text(value) == expected


def test_zero_width_characters_go_when_asked() -> None:
    assert clean_text("\ufeffPI\u200b17\u00ad09\u2060", drop_zero_width=True) == "PI1709"


@pytest.mark.parametrize(("value", "length"), [("", 0), ("abc", 3), ("é", 1), ("\U0001f600", 2)])
def test_length_is_counted_as_excel_counts(value: str, length: int) -> None:
    assert utf16_length(value) == length


@given(ANY_TEXT)
def test_sheet_names_are_taken_by_excel(value: str) -> None:
    name = sheet_name(value)
    assert sheet_name_problem(name) is None
    assert sheet_name(name) == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Adults & Health", "Adults & Health"),
        ("2020/21: Q2?", "2020 21 Q2"),
        ("'quoted'", "quoted"),
        ("HISTORY", "HISTORY sheet"),
        ("", "Sheet"),
        ("x" * 40, "x" * 31),
    ],
)
def test_examples_of_sheet_names(value: str, expected: str) -> None:
    assert sheet_name(value) == expected


@given(st.lists(st.sampled_from(["Measures", "MEASURES", "x" * 40, "X" * 31, "", "History"]), max_size=12))
def test_unique_sheet_names_differ_ignoring_case(wanted: list[str]) -> None:
    taken: list[str] = []
    for text in wanted:
        taken.append(unique_sheet_name(text, taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    assert all(sheet_name_problem(name) is None for name in taken)


@given(ANY_TEXT)
def test_file_names_are_taken_by_every_system(value: str) -> None:
    name = file_name(value)
    assert name
    assert utf16_length(name) <= 120
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert name[-1] not in ". "
    assert name[0] not in ". "
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)", name)
    assert file_name(name) == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Dudley 2020-21 Q2 Adult Social Care.xlsx", "Dudley 2020-21 Q2 Adult Social Care.xlsx"),
        ("../../etc/passwd", "-.-etc-passwd"),
        ("C:\\temp\\x.xlsx", "C--temp-x.xlsx"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("nul .xlsx", "_nul .xlsx"),
        ("console.txt", "console.txt"),
        ("trailing. . ", "trailing"),
        ("a\nb", "a b"),
        ("...", "file"),
        ("x" * 130 + ".xlsx", "x" * 115 + ".xlsx"),
    ],
)
def test_examples_of_file_names(value: str, expected: str) -> None:
    assert file_name(value) == expected
