"""framework.xlsx in both directions, and every mistake that an officer can make in it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from perfbook.framework.model import Benchmark, Measure, PastFigure, Place, Target, Unit
from perfbook.framework.periods import Period
from perfbook.framework.typed import past_figure as past_figure_of
from perfbook.framework.typed import read_typed
from perfbook.framework.version import version_of, with_version
from perfbook.workbook.limits import breaches
from perfbook.workbook.numfmt import display
from perfbook.workbook.text import clean_text
from tests.conftest import Audit
from tests.framework.books import DATA, FRAMEWORK, NOWHERE, Q2, Q3, YEAR, bare, edited, read, written
from tests.support.office import Office

Key = tuple[str, Period]

# --- There and back --------------------------------------------------------------------------------------------------


def test_reading_what_was_written_gives_the_same_framework(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    assert bare(read(path, FRAMEWORK)) == bare(FRAMEWORK)


def test_a_book_saved_by_libreoffice_gives_the_same_framework(tmp_path: Path, office: Office) -> None:
    path, saved = tmp_path / "framework.xlsx", tmp_path / "saved.xlsx"
    path.write_bytes(DATA)
    with office.open(path) as book:
        book.save_as(saved)
    assert bare(read(saved, FRAMEWORK)) == bare(FRAMEWORK)


def test_every_formula_has_the_value_that_libreoffice_calculates(tmp_path: Path, office: Office) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    assert_recalculates(path, office)


def assert_recalculates(path: Path, office: Office) -> None:
    stored = load_workbook(path, data_only=True)
    with office.open(path) as book:
        formulas = book.all_formulas()
    count = 0
    for sheet, cells in formulas.items():
        for address, cell in cells.items():
            count += 1
            assert (stored[sheet][address].value or "") == (cell.value or ""), f"{sheet}!{address}"
    assert count > 100


def test_the_same_framework_gives_the_same_bytes() -> None:
    assert written(FRAMEWORK, Q2, Q3) == DATA


def test_nothing_in_the_book_breaks_a_limit_or_the_standard(audit: Audit) -> None:
    assert breaches(DATA) == []
    assert audit(DATA) == []


def test_figures_know_their_cells(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    framework = read(path, FRAMEWORK)
    targets = load_workbook(path)["Targets"]
    place = framework.targets["m-001", Q2].place
    assert place is not None
    assert (place.file, place.sheet) == ("framework.xlsx", "Targets")
    assert targets[place.cell].value == 0.85


def test_figures_are_numbers_where_a_number_format_shows_them() -> None:
    past = load_workbook(io.BytesIO(DATA))["Past figures"]
    by_key = {row[0].value: row for row in past.iter_rows(5, 9)}
    assert [(cell.value, cell.number_format) for cell in by_key["m-002"][3:6]] == [
        ("2.06 Days", "@"),
        (None, "#,##0.00"),
        (4.3, "0.0"),
    ]
    assert by_key["m-001"][3].value == "76.8% (113/147)"


def test_the_version_is_of_the_content_alone() -> None:
    moved = replace(
        FRAMEWORK,
        targets=dict(
            reversed([(key, replace(t, place=Place("x", "y", "A1"))) for key, t in FRAMEWORK.targets.items()])
        ),
    )
    assert version_of(moved) == FRAMEWORK.version
    assert len(FRAMEWORK.version) == 12
    reformatted = {**FRAMEWORK.targets, ("m-001", Q2): Target(D("0.850"), None, "85%")}
    assert version_of(replace(FRAMEWORK, targets=reformatted)) == FRAMEWORK.version
    other = {**FRAMEWORK.targets, ("m-001", Q2): Target(D("0.86"), None, "86.0%")}
    assert version_of(replace(FRAMEWORK, targets=other)) != FRAMEWORK.version
    assert version_of(replace(FRAMEWORK, measures=FRAMEWORK.measures[::-1])) != FRAMEWORK.version
    assert version_of(replace(FRAMEWORK, council="Elsewhere")) != FRAMEWORK.version


def test_drop_downs_refer_to_lists_that_are_there(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(DATA))
    names = set(book.defined_names)
    used = {
        str(rule.formula1)
        for sheet in book.worksheets
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert len(used) >= 11
    assert used <= names
    assert book["Lists"].sheet_state == "hidden"


# --- What an officer may do ------------------------------------------------------------------------------------------


def _tidy(book: Workbook) -> None:
    """Moves, renames and adds what may be moved, renamed and added, without changing what the book says."""
    measures = book["Measures"]
    measures.title = " measures "
    measures["C4"] = "TITLE\u00a0*"
    measures["I4"] = "good  IS"
    measures["I5"] = "Higher is better"
    measures["D6"] = "place"  # the key in place of the name
    measures["V4"] = "Our own remark"
    measures["V5"] = "=1/0"
    measures.insert_rows(1, 2)
    measures.insert_cols(1)
    book.create_sheet("Holiday rota")["A1"] = "Key"
    targets = book["Targets"]
    order = [[cell.value for cell in row] for row in targets.iter_rows(5, 9, 1, targets.max_column)]
    for number, row in enumerate(reversed(order)):
        for column, value in enumerate(row, 1):
            targets.cell(5 + number, column).value = value if column not in (2, 3) else None
    for figures in targets.iter_rows(5, 9, 4, targets.max_column):
        for cell in figures:
            cell.number_format = "0.0%" if isinstance(cell.value, float) and cell.value < 1 else "#,##0"
    book["Targets"]["D4"] = datetime(2020, 9, 1)  # noqa: DTZ001


def test_order_case_spaces_and_additions_do_not_matter(tmp_path: Path) -> None:
    plain = replace(FRAMEWORK, targets={k: v for k, v in FRAMEWORK.targets.items() if k[1] != YEAR})
    data = written(plain, Q2, Q3)
    headers = [cell.value for cell in load_workbook(io.BytesIO(data))["Targets"][4]]
    assert headers[3:] == ["2020-21 Q1", "Sep 2020", "2020-21 Q2", "2020-21 Q3"]

    def edit(book: Workbook) -> None:
        _tidy(book)
        book["Targets"]["D4"], book["Targets"]["E4"] = "Q1 2020/21", datetime(2020, 9, 1)  # noqa: DTZ001

    framework = read(edited(data, edit, tmp_path / "f.xlsx"), plain)
    assert framework.version == version_of(plain)


def test_a_sheet_that_claims_to_be_endless_is_read_quickly(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Measures"]["A1048576"].number_format = "0.0"

    assert read(edited(DATA, edit, tmp_path / "f.xlsx"), FRAMEWORK).version == FRAMEWORK.version


def test_a_formula_gives_the_value_that_was_saved_with_it(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet3.xml"
    assert b"<v>0.85</v>" in parts[sheet]
    parts[sheet] = parts[sheet].replace(b"<v>0.85</v>", b"<f>0.8+0.05</f><v>0.85</v>")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert read(path, FRAMEWORK).targets["m-001", Q2].value == D("0.85")


# --- Any framework ---------------------------------------------------------------------------------------------------

_UNITS = ("percent", "count", "days per FTE", "rate per 10,000", "£", "£m")
# Cells hold cleaned text only, names are read with single spaces, and no title is blank or #NUM!.
_WORDS = st.text(max_size=12).map(lambda text: "T" + " ".join(clean_text(text, drop_zero_width=True).split()))


@st.composite
def _measures(draw: st.DrawFn) -> tuple[Measure, dict[Key, Target], dict[Key, PastFigure], Benchmark]:
    key = f"x-{draw(st.uuids()).hex[:12]}"
    unit, decimals = Unit.parse(draw(st.sampled_from(_UNITS))), draw(st.integers(0, 6))
    measure = Measure(
        key, draw(_WORDS), draw(_WORDS), "people", "care", unit, decimals, draw(st.sampled_from(("higher", "range")))
    )
    most = 1 if unit.kind == "percent" else 10**6
    figures = st.decimals(-most, most, places=measure.places).map(lambda figure: figure + 0)
    low, high = sorted((draw(figures), draw(figures)))
    shown = display(low, measure.number_format)
    if measure.polarity == "range":
        target = Target(low, high, f"{shown} to {display(high, measure.number_format)}")
    else:
        target = Target(low, None, shown)
    past = past_figure_of(read_typed(shown, unit), measure, shown, NOWHERE)
    assert past is not None
    benchmark = Benchmark(
        key, draw(_WORDS), low, shown, draw(st.sampled_from(("", "2018-19", "31 March 2020", "2019")))
    )
    return measure, {(key, Q2): target}, {(key, Q3): past}, benchmark


@settings(max_examples=25, deadline=None)
@given(st.lists(_measures(), min_size=1, max_size=8, unique_by=lambda entry: entry[0].key))
def test_any_framework_comes_back_as_it_was_written(
    entries: list[tuple[Measure, dict[Key, Target], dict[Key, PastFigure], Benchmark]],
) -> None:
    framework = with_version(
        replace(
            FRAMEWORK,
            measures=tuple(entry[0] for entry in entries),
            targets={key: target for entry in entries for key, target in entry[1].items()},
            past={key: figure for entry in entries for key, figure in entry[2].items()},
            benchmarks=tuple(entry[3] for entry in entries),
            published={},
            adjustments=(),
            moves=(),
        )
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "framework.xlsx"
        path.write_bytes(written(framework, Q2))
        assert bare(read(path, framework)) == bare(framework)
