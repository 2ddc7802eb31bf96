"""What a blank return is: right before anybody opens it, and hard to fill wrongly."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from perfbook.framework.model import Directorate
from perfbook.framework.periods import parse
from perfbook.returns import heights, layout
from perfbook.returns.progress import line
from perfbook.returns.writer import build_return
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.support.office import Formula, Office, compare_cached


def _build() -> bytes:
    return build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED)


@pytest.fixture(scope="module")
def blank() -> bytes:
    return _build()


def test_same_inputs_give_the_same_bytes(blank: bytes) -> None:
    assert blank == _build()


def test_gate_validator_and_a_second_engine_agree(blank: bytes, audit: Audit, office: Office, tmp_path: Path) -> None:
    assert breaches(blank) == []
    assert audit(blank) == []
    path = tmp_path / "blank.xlsx"
    path.write_bytes(blank)
    comparison = compare_cached(path, office)
    assert comparison.formulas > 100
    assert comparison.mismatches == []
    # What is not filled yet is no point of a small line: its #N/A is asked for, and no error.
    assert comparison.errors == []


def test_every_input_and_nothing_else_is_unlocked_bordered_and_validated(blank: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(blank))
    places = Places(blank)
    measures = book["Measures"]
    validated = {str(cell): v for v in measures.data_validations.dataValidation for cell in v.sqref.ranges}
    inputs: set[str] = set()
    for measure in framework().measures_of("housing", PERIOD):
        if measure.about(PERIOD) is None:
            continue
        abouts = measure.abouts(PERIOD)
        for key in (layout.row_key(measure.key, about, abouts[-1]) for about in abouts):
            for column in layout.INPUT_KEYS:
                if column in (layout.TO_DATE, layout.CHOSEN):
                    continue  # nothing here adds up or is chosen
                if measure.has_fraction or column not in (layout.NUMERATOR, layout.DENOMINATOR):
                    inputs.add(places.measure(key, column))
    unlocked = {cell.coordinate for row in measures.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == inputs == set(validated)
    for address in inputs:
        border = measures[address].border
        assert all(side.style for side in (border.left, border.right, border.top, border.bottom)), address
        rule = validated[address]
        assert rule.prompt and rule.error and rule.promptTitle and rule.errorTitle
        assert len(rule.prompt) <= 255 and len(rule.error) <= 255 and len(rule.errorTitle) <= 32
    for name in ("Start", "Measures", "Definitions"):
        assert book[name].protection.sheet
        assert not book[name].merged_cells.ranges
    fields = {places.start(field.key) for field in layout.SIGN_OFF}
    start = book["Start"]
    assert {cell.coordinate for row in start.iter_rows() for cell in row if not cell.protection.locked} == fields
    assert {str(cell) for v in start.data_validations.dataValidation for cell in v.sqref.ranges} == fields
    assert book["_perfbook"].sheet_state == "veryHidden"
    assert start.column_dimensions["A"].hidden and measures.column_dimensions["A"].hidden
    assert start.row_dimensions[1].hidden and measures.row_dimensions[1].hidden


def test_validation_follows_unit_and_range(blank: bytes) -> None:
    measures = openpyxl.load_workbook(io.BytesIO(blank))["Measures"]
    places = Places(blank)
    rules = {str(cell): v for v in measures.data_validations.dataValidation for cell in v.sqref.ranges}

    def rule(key: str, column: str = layout.ACTUAL) -> tuple[str, float, float, str]:
        found = rules[places.measure(key, column)]
        return found.type, float(found.formula1), float(found.formula2 or "nan"), found.error

    assert rule("k002")[:3] == ("decimal", 0, 1)
    assert "0.00% to 100.00%" in rule("k002")[3]
    assert rule("k003")[:3] == ("whole", 0, 500)
    assert rule("k004")[:2] == ("decimal", 0)
    assert rule("k005")[2] == 5_000_000
    assert "\u00a35,000,000 or less" in rule("k005")[3]
    assert rules[places.measure("k001", "status")].formula1 == '"Provided,Delayed,Not available,Not due"'
    assert measures[places.measure("k002", "actual")].number_format == "0.00%"
    assert measures[places.measure("k005", "actual")].number_format == '"\u00a3"#,##0'


def test_known_figures_are_shown(blank: bytes) -> None:
    measures = openpyxl.load_workbook(io.BytesIO(blank), data_only=True)["Measures"]
    places = Places(blank)

    def shown(key: str, column: str) -> object:
        return measures[places.measure(key, column)].value

    assert (shown("k001", "last_year"), shown("k001", "previous_2"), shown("k001", "previous")) == (0.841, 0.802, 0.761)
    assert shown("k009", "previous_2") == "\u2013"
    assert shown("k001", "target") == 0.85
    assert shown("k007", "target") == "90% to 96%"
    assert shown("k008", "target") == "No target"
    assert (shown("k009", "about"), shown("k009", "previous")) == ("2031-32 Q2", "Delayed")
    assert shown("k010", "about") == "Dec 2031"
    assert shown("k011", "check") == "Not due in 2031-32 Q3: nothing to fill."
    assert shown("k001", "benchmark") == "80.6% median of peers"
    assert str(shown("k001", "last_commentary")).startswith("Satisfaction fell")
    assert shown("k001", "check") == "To do: type the figure, or choose a status."


def test_rows_may_grow_when_a_text_is_typed(blank: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(blank)) as package:
        sheet = package.read("xl/worksheets/sheet2.xml").decode()
    rows = re.findall(r"<row [^>]*>", sheet)
    assert sum(' ht="' in row for row in rows) > 10
    assert not any("customHeight" in row for row in rows)


def test_definitions_say_how_it_is_scored(blank: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(blank))["Definitions"]
    rows = {str(row[0].value): [str(cell.value or "") for cell in row] for row in sheet.iter_rows(min_row=4)}
    assert "\u25cf On target, upper tolerance: up to 5% off target" in rows["HS1"][-1]
    assert "~ Nearly met: up to 2.5 percentage points off target" in rows["HS7"][-1]
    assert "within the target range" in rows["HS7"][-1]
    assert rows["HS8"][-1] == "Not scored."
    assert "1 behind" in rows["HS9"][3]
    assert rows["HS1"][3].startswith("Unit: ")
    assert "\nTarget: " in rows["HS1"][3]
    assert "HS13" not in rows


def test_live_progress_line(blank: bytes, office: Office, tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(blank)
    places = Places(blank)
    with office.open(path) as book:
        assert line(13, 13, noun="figure") in _texts(book.all_formulas())
        book.type_cell("Measures", places.measure("k003", "actual"), "131")
        book.type_cell("Measures", places.measure("k002", "actual"), "9")
        book.type_cell("Measures", places.measure("k004", "status"), "Delayed")
        assert line(13, 10, missing=2, noun="figure") in _texts(book.all_formulas())
        book.type_cell("Measures", places.measure("k008", "status"), "Provided")
        assert line(13, 9, missing=2, problems=1, noun="figure") in _texts(book.all_formulas())


def _texts(formulas: dict[str, dict[str, Formula]]) -> set[str | float]:
    return {formula.value for formula in formulas["Start"].values()}


@pytest.mark.parametrize(
    ("label", "earlier"), [("2031-32 Q1", 1), ("2031-32 Q2", 1), ("2031-32 Q3", 2), ("2031-32 Q4", 3)]
)
def test_earlier_periods_of_the_year(label: str, earlier: int) -> None:
    assert layout.earlier_periods(parse(label)) == earlier
    keys = [column.key for column in layout.columns(earlier)]
    assert keys.index("spark") - keys.index("last_year") == earlier + 1


def test_progress_words() -> None:
    assert line(12, 3, 1) == "3 of 12 measures to go, 1 explanation missing."
    assert line(1, 0, 0, 2) == "Every measure is filled, 2 rows to check."
    assert line(0, 0) == "No measure is due."


def test_a_directorate_without_measures(audit: Audit) -> None:
    data = build_return(framework(), "parks", PERIOD, {}, due=DUE, created=CREATED)
    assert audit(data) == []
    assert breaches(data) == []


@pytest.mark.parametrize("label", ["2031-32 Q1", "2031-32 Q2", "2031-32 Q4"])
def test_other_quarters(label: str, audit: Audit, office: Office, tmp_path: Path) -> None:
    data = build_return(framework(), "housing", parse(label), history(), due=DUE + timedelta(90), created=CREATED)
    path = tmp_path / "quarter.xlsx"
    path.write_bytes(data)
    assert audit(data) == []
    assert compare_cached(path, office).mismatches == []


def test_hostile_words_of_a_framework_stay_text(audit: Audit) -> None:
    nasty = "=1+1 & <b> \"q\" 'x' _x0041_ " + "long " * 60
    base = framework()
    measures = tuple(
        replace(m, code="=" + m.code, title=nasty, numerator=nasty if m.numerator else "", definition=nasty)
        for m in base.measures
    )
    made = replace(base, council=nasty[:40], measures=measures, directorates=(Directorate("housing", nasty[:60]),))
    data = build_return(made, "housing", PERIOD, {}, due=DUE, created=CREATED)
    assert audit(data) == []
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Measures"]
    assert sheet[Places(data).measure("k001", "code")].data_type == "s"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("", 10, 1), ("short", 10, 1), ("two words", 6, 2), ("a\nb\nc", 10, 3), ("x" * 30, 10.8, 3)],
)
def test_lines(text: str, width: float, expected: int) -> None:
    assert heights.lines(text, width) == expected
