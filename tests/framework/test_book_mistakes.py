"""Every mistake that an officer can make in framework.xlsx, and files that are none."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from perfbook.errors import FrameworkError, UsageError
from perfbook.framework.version import with_version
from tests.framework.books import DATA, FRAMEWORK, Q2, Edit, edited, problems, read, written

# --- Mistakes --------------------------------------------------------------------------------------------------------


def _set(sheet: str, **cells: Any) -> Edit:
    def edit(book: Workbook) -> None:
        for address, value in cells.items():
            book[sheet][address] = value

    return edit


def _format(sheet: str, address: str, value: Any, number_format: str) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet][address] = value
        book[sheet][address].number_format = number_format

    return edit


# In the book that DATA is: Targets D4 to H4 are 2020-21 Q1, Sep 2020, Q2, Q3, 2020-21; Past figures D4 to F4 are
# Q1, Sep 2020, Q2. Schemes: rows 5 to 7 star-circle-triangle, 8 to 10 rag, 11 to 13 steps.
def _free(sheet: str, header: str, row: int, value: str) -> Edit:
    """Head the first free column and write into one of its rows."""

    def edit(book: Workbook) -> None:
        column = next(n for n in range(1, 99) if book[sheet].cell(4, n).value is None)
        book[sheet].cell(4, column).value = header
        book[sheet].cell(row, column).value = value

    return edit


MISTAKES: list[tuple[str, Edit, str]] = [
    (
        "no key",
        _set("Measures", A6=None),
        "Measures!A6: The row has no key. Type one that was never used before, for example m-006.",
    ),
    ("bad key", _set("Measures", A6="m 002"), "Measures!A6: 'm 002' cannot be a key."),
    ("key twice", _set("Measures", A6="M-001"), "Measures!A6: The key 'M-001' stands in row 5 already."),
    ("no title", _set("Measures", C5=" \u00a0"), "Measures!C5: Title is blank."),
    (
        "unknown priority",
        _set("Measures", D5="A beter place"),
        "Measures!D5: There is no priority 'A beter place'. Did you mean 'A better place'?",
    ),
    ("unknown directorate", _set("Measures", E5="Housing"), "Measures!E5: There is no directorate 'Housing'."),
    ("no unit", _set("Measures", G5=None), "Measures!G5: Unit is blank."),
    ("half a decimal", _set("Measures", H5=1.5), "Measures!H5: '1.5' is not a number of decimals."),
    ("too many decimals", _set("Measures", H5=7), "Measures!H5: '7' is not a number of decimals."),
    ("decimals in words", _set("Measures", H5="one"), "Measures!H5: 'one' is not a number of decimals."),
    ("a date for decimals", _set("Measures", H5=datetime(2020, 9, 1)), "is not a number of decimals."),  # noqa: DTZ001
    (
        "polarity",
        _set("Measures", I5="highr"),
        "Measures!I5: 'highr' is not a way of being good. Did you mean 'higher'?",
    ),
    (
        "frequency",
        _set("Measures", J5="quaterly"),
        "Measures!J5: 'quaterly' is not a frequency. Did you mean 'quarterly'?",
    ),
    ("calculation", _set("Measures", K5="total"), "Measures!K5: 'total' is not a way of calculating."),
    ("arrears", _set("Measures", L5=-1), "Measures!L5: '-1' is not a number of periods."),
    ("scheme", _set("Measures", M5="stars"), "Measures!M5: There is no scheme 'stars'."),
    ("no denominator", _set("Measures", O5=None), "Measures!O5: Denominator is blank, but Numerator is not."),
    ("no numerator", _set("Measures", N5=None), "Measures!N5: Numerator is blank, but Denominator is not."),
    ("not a figure", _set("Measures", P5="low"), "Measures!P5: 'low' is not a figure."),
    (
        "100 for 100%",
        _format("Measures", "Q5", 100, "General"),
        "Measures!Q5: The measure is in percent, and a cell with 100",
    ),
    ("bounds", _set("Measures", P6=21), "Measures!Q6: The highest plausible figure, 20.5, is below the lowest, 21"),
    (
        "first after last",
        _set("Measures", R8="2021-22 Q1"),
        "Measures!S8: The last period, 2020-21 Q3, is before the first",
    ),
    ("not a period", _set("Measures", R5="soon"), "Measures!R5: 'soon' is not a period."),
    ("error value", _set("Measures", C5="#REF!"), "Measures!C5: The cell shows the error #REF!."),
    ("formula", _set("Measures", C5="=B5"), "Measures!C5: The formula has no saved value."),
    ("column missing", _set("Measures", I4="Direction"), "Measures!A4: There is no column 'Good is'."),
    ("column twice", _set("Measures", V4="Key"), "Measures!V4: There are two columns 'Key'."),
    (
        "unknown key",
        _set("Targets", A5="m-0001"),
        "Targets!A5: There is no measure with the key 'm-0001'. Did you mean 'm-001'?",
    ),
    ("row twice", _set("Targets", A6="m-001"), "Targets!A6: The measure 'm-001' stands in row 5 already."),
    ("figures without a key", _set("Targets", A5=None), "Targets!A5: The row has no key."),
    ("bad period", _set("Targets", F4="2020-21 Q5"), "Targets!F4: '2020-21 Q5' is not a period: there is no Q5."),
    ("period twice", _set("Targets", F4="Q3 2020/21"), "Targets!G4: There are two columns for 2020-21 Q3."),
    ("words for a target", _set("Targets", F5="as before"), "Targets!F5: 'as before' is not understood as a target."),
    ("a fraction", _set("Targets", F5="85% (17/20)"), "Targets!F5: '85% (17/20)' is not understood as a target."),
    (
        "decimals",
        _set("Targets", F5=0.8525),
        "Targets!F5: The target 85.25% has more decimals than the measure shows (1 decimal).",
    ),
    (
        "85 for 85%",
        _format("Targets", "F5", 85, "General"),
        "Targets!F5: The measure is in percent, and a cell with 85 in it stands for 8500%. Type 85% with the sign.",
    ),
    (
        "percent for days",
        _format("Targets", "F6", 0.9, "0%"),
        "Targets!F6: 90% is a percentage, where the measure is in days per FTE.",
    ),
    (
        "percent sign for days",
        _set("Targets", F6="90%"),
        "Targets!F6: '90%' has the unit %, where the measure is in days per FTE.",
    ),
    ("range", _set("Targets", F5="80-85%"), "Targets!F5: '80-85%' is a range, but for this measure good is higher."),
    ("no range", _set("Targets", D7=0.1), "Targets!D7: '0.1' is one figure, but for this measure good is a range."),
    ("range backwards", _set("Targets", D7="15-10%"), "Targets!D7: The range '15-10%' ends below its start."),
    (
        "wrong column",
        _set("Targets", E5=0.85),
        "Targets!E5: The measure is quarterly, but the column Sep 2020 is a month.",
    ),
    ("past figure", _set("Past figures", D5="about 70"), "Past figures!D5: 'about 70' is not understood as a figure."),
    ("past error", _set("Past figures", D5="#DIV/0!"), "Past figures!D5: The cell shows the error #DIV/0!."),
    ("past percent", _set("Past figures", D6="90%"), "Past figures!D6: '90%' has the unit %"),
    ("benchmark", _set("Benchmarks", D5=None), "Benchmarks!D5: Benchmark as written is blank."),
    ("benchmark value", _set("Benchmarks", E5="high"), "Benchmarks!E5: 'high' is not a figure."),
    (
        "directorate key twice",
        _set("Directorates", A6="CARE"),
        "Directorates!A6: The key 'CARE' stands in row 5 already.",
    ),
    (
        "directorate name twice",
        _set("Directorates", B6="care & health"),
        "Directorates!B6: The name stands in row 5 already.",
    ),
    ("e-mail", _set("Directorates", D5="care at plain"), "Directorates!D5: 'care at plain' is not an e-mail address."),
    ("no priority name", _set("Priorities", B5=None), "Priorities!B5: Name is blank."),
    ("limits", _set("Schemes", H6=-1), "Schemes!H6: '-1' is not a limit."),
    ("limits fall", _set("Schemes", H12=0), "Schemes!H12: The limit 0 is not above that of the better band, 0."),
    ("last limit", _set("Schemes", H7=10), "Schemes!H7: The last band has a limit"),
    ("no limit", _set("Schemes", H6=None), "Schemes!H6: Only the last band has no limit."),
    ("colour", _set("Schemes", G5="green"), "Schemes!G5: 'green' is not a colour."),
    ("positions", _set("Schemes", C6=3), "Schemes!C5: The positions of the scheme 'star-circle-triangle' are 1, 3, 3."),
    ("band twice", _set("Schemes", D6="exceeds_target"), "Schemes!D6: The scheme has two bands 'exceeds_target'."),
    (
        "explanation",
        _set("Schemes", J13="no"),
        "Schemes!J13: A better band calls for an explanation, this one does not.",
    ),
    ("two tolerances", _set("Schemes", K13=2), "Schemes!K13: The scheme has two movement tolerances."),
    ("limit unit", _set("Schemes", I12="percent"), "Schemes!I12: 'percent' is not a unit of limits."),
    (
        "usual scheme",
        _set("Schemes", A8="rags", A9="rags", A10="rags"),
        "Schemes: The council's usual scheme, 'rag', is not",
    ),
    (
        "published score",
        _set("Published", F5="read"),
        "Published!F5: 'read' is not a band of the scheme 'rag'. Did you mean 'red'?",
    ),
    ("published trend", _set("Published", G5="up"), "Published!G5: 'up' is not a movement."),
    ("published twice", _set("Published", A6="m-001"), "Published!A6: There are two rows for 'm-001' and 2020-21 Q2."),
    (
        "published period",
        _set("Published", D5="2020-21"),
        "Published!D5: The measure is quarterly, but 2020-21 is a year.",
    ),
    ("count", _set("Published totals", D5="many"), "Published totals!D5: 'many' is not a count."),
    ("outcome", _set("Published totals", C6="reddish"), "Published totals!C6: 'reddish' is not an outcome of score."),
    ("what is adjusted", _set("Adjustments", A5="fix it"), "Adjustments!A5: 'fix it' is not an adjustment."),
    ("no reason", _set("Adjustments", H5=None), "Adjustments!H5: Reason is blank."),
    ("nobody decided", _set("Adjustments", I5=None), "Adjustments!I5: Decided by is blank."),
    ("adjusted measure", _set("Adjustments", B5="m-01"), "Adjustments!B5: There is no measure with the key 'm-01'."),
    (
        "adjusted period",
        _set("Adjustments", E5="Sep 2020"),
        "Adjustments!E5: The measure is quarterly, but Sep 2020 is a month.",
    ),
    (
        "corrected to words",
        _set("Adjustments", F5="Delayed"),
        "Adjustments!F5: 'Delayed' is not understood as a figure.",
    ),
    ("corrected to nothing", _set("Adjustments", F5=None), "Adjustments!F5: To correct the figure a value is needed."),
    ("corrected in another unit", _set("Adjustments", F5="3 days"), "Adjustments!F5: '3 days' has the unit days"),
    ("no band", _set("Adjustments", F7="nearly"), "Adjustments!F7: 'nearly' is not a band of the scheme 'steps'."),
    (
        "provisional value",
        _set("Adjustments", F8=7),
        "Adjustments!F8: The figure itself stays as it is; a value has no",
    ),
    ("no file", _set("Adjustments", G9=None), "Adjustments!G9: No file is named."),
    (
        "file of a measure",
        _set("Adjustments", B9="m-001"),
        "Adjustments!B9: A file is accepted as it is; a measure has",
    ),
    ("file of a month", _set("Adjustments", E9="Sep 2020"), "Adjustments!E9: Sep 2020 is no period for which returns"),
    ("moved measure", _set("Moves", A5="m-2"), "Moves!A5: There is no measure or action with the key 'm-2'."),
    ("moved from", _set("Moves", C5="Cares"), "Moves!C5: There is no directorate 'Cares'."),
    (
        "moved in a month",
        _set("Moves", B5="Sep 2020"),
        "Moves!B5: Sep 2020 is no period for which returns are sent out.",
    ),
    (
        "forecast of a snapshot",
        _free("Measures", "Forecast", 5, "straight line"),
        "A forecast by straight line is for figures of the year to date; this measure is snapshot.",
    ),
    (
        "a direction without a limit",
        _free("Schemes", "Or if", 7, "improved on last year"),
        "A band without a limit takes whatever no better one does",
    ),
    ("a direction that there is not", _free("Schemes", "Only if", 5, "up"), "'up' is not a direction."),
    (
        "adjusted twice",
        _set("Adjustments", A6="correct the figure", B6="m-001", F6="70%"),
        "Adjustments!A6: m-001 for 2020-21 Q2 is adjusted in row 5 already.",
    ),
]


@pytest.mark.parametrize(("edit", "said"), [entry[1:] for entry in MISTAKES], ids=[entry[0] for entry in MISTAKES])
def test_a_mistake_is_reported_with_its_cell(edit: Edit, said: str, tmp_path: Path) -> None:
    found = problems(DATA, edit, tmp_path / "f.xlsx", FRAMEWORK)
    assert any(said in problem for problem in found), "\n".join(found)


def test_one_mistake_does_not_draw_others_after_it(tmp_path: Path) -> None:
    assert len(problems(DATA, _set("Measures", C5="#REF!"), tmp_path / "f.xlsx", FRAMEWORK)) == 1
    assert len(problems(DATA, _set("Targets", F5="as before"), tmp_path / "f.xlsx", FRAMEWORK)) == 1
    assert len(problems(DATA, _set("Directorates", D5="nobody"), tmp_path / "f.xlsx", FRAMEWORK)) == 1


def test_all_mistakes_come_together_in_sheet_order(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        _set("Schemes", G5="green")(book)
        _set("Targets", F5="as before", A6="m-009")(book)
        _set("Measures", H10=9, I5="up", A6=None)(book)
        _set("Directorates", D6="x")(book)

    found = problems(DATA, edit, tmp_path / "f.xlsx", FRAMEWORK)
    cells = [problem.partition(": ")[0] for problem in found]
    assert cells[:3] == ["Measures!I5", "Measures!A6", "Measures!A10"]
    assert {"Targets!F5", "Targets!A6", "Directorates!D6", "Schemes!G5"} < set(cells)
    assert cells == sorted(
        cells,
        key=lambda cell: ["Meas", "Targ", "Past", "Benc", "Dire", "Prio", "Sche", "Publ", "Adju", "Move"].index(
            cell[:4]
        ),
    )


@pytest.mark.parametrize(
    "sheet", ["Measures", "Targets", "Past figures", "Benchmarks", "Directorates", "Priorities", "Schemes"]
)
def test_a_missing_sheet_is_a_mistake(sheet: str, tmp_path: Path) -> None:
    found = problems(DATA, lambda book: book.remove(book[sheet]), tmp_path / "f.xlsx", FRAMEWORK)
    assert any(problem.startswith(f"{sheet}: There is no sheet with this name.") for problem in found)


def test_the_published_sheets_may_be_missing(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        for name in ("Published", "Published totals", "Read me"):
            book.remove(book[name])

    framework = read(edited(DATA, edit, tmp_path / "f.xlsx"), FRAMEWORK)
    assert (framework.published, framework.published_totals) == ({}, ())


def test_an_empty_sheet_is_a_mistake(tmp_path: Path) -> None:
    empty = replace(FRAMEWORK, measures=(), targets={}, past={}, published={}, benchmarks=(), adjustments=(), moves=())
    (tmp_path / "f.xlsx").write_bytes(written(empty, Q2))
    with pytest.raises(FrameworkError) as caught:
        read(tmp_path / "f.xlsx", FRAMEWORK)
    assert [str(problem) for problem in caught.value.problems] == [
        "Measures: The sheet has no rows. Fill at least one row."
    ]


@pytest.mark.parametrize(
    "address", ["housing", "a@b", "a b@c.example", "a@b.example, c@d.example", "a@b.example;c@d.example", "é@c.example"]
)
@pytest.mark.parametrize("cell", ["D5", "F5"])
def test_what_is_no_address_is_a_mistake(cell: str, address: str, tmp_path: Path) -> None:
    found = problems(DATA, _set("Directorates", **{cell: address}), tmp_path / "f.xlsx", FRAMEWORK)
    assert any(f"Directorates!{cell}: '{address}' is not an e-mail address." in str(each) for each in found), found


def test_books_of_before_there_was_an_escalation_are_read(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Directorates"].delete_cols(5, 2)

    framework = read(edited(DATA, edit, tmp_path / "f.xlsx"), FRAMEWORK)
    assert [each.escalation_email for each in framework.directorates] == [""] * len(framework.directorates)
    # Who is told of late returns is nothing that is measured.
    assert framework.version == read(edited(DATA, lambda _: None, tmp_path / "g.xlsx"), FRAMEWORK).version


def test_books_of_before_benchmarks_had_a_date_are_read(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Benchmarks"].delete_cols(6)

    old = read(edited(DATA, edit, tmp_path / "f.xlsx"), FRAMEWORK)
    assert [each.dated for each in old.benchmarks] == ["", "", ""]
    assert [each.shown for each in old.benchmarks] == [each.shown for each in FRAMEWORK.benchmarks]
    undated = replace(FRAMEWORK, benchmarks=tuple(replace(each, dated="") for each in FRAMEWORK.benchmarks))
    assert old.version == with_version(undated).version


@pytest.mark.parametrize(
    ("value", "number_format", "dated"),
    [
        (date(2020, 3, 31), "dd/mm/yyyy", "31 March 2020"),
        (date(2012, 3, 1), "mmm yyyy", "Mar 2012"),
        (2019, "0", "2019"),
        ("2018-19", "General", "2018-19"),
    ],
)
def test_the_date_of_a_benchmark_is_as_it_was_written(
    value: Any, number_format: str, dated: str, tmp_path: Path
) -> None:
    data = edited(DATA, _format("Benchmarks", "F5", value, number_format), tmp_path / "f.xlsx")
    first, *_, third = read(data, FRAMEWORK).benchmarks
    assert (first.dated, third.dated) == (dated, "March 2019")


# --- Files that are not a framework ----------------------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no framework workbook"):
        read(tmp_path / "framework.xlsx", FRAMEWORK)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot be read as an Excel workbook"),
        (b"Key,Code\n", "cannot be read as an Excel workbook"),
        (DATA[:5000], "cannot be read as an Excel workbook"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "It has a password, or is an old Excel file"),
    ],
)
def test_a_file_that_is_no_workbook(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(data)
    with pytest.raises(FrameworkError, match=said):
        read(path, FRAMEWORK)


def test_a_strict_workbook_is_refused_and_not_read_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>')
    with pytest.raises(FrameworkError, match="Strict Open XML"):
        read(path, FRAMEWORK)
