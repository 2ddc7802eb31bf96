"""A return filled in LibreOffice as a person would, and read back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.records import Observation, Submission
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.support.office import Book, Office

# What a person types (t) or pastes (p) into the row of a measure.
FILLED: dict[str, dict[str, tuple[str, str]]] = {
    "k001": {
        "numerator": ("t", "113"),
        "denominator": ("t", "147"),
        "actual": ("t", "76.8%"),
        "commentary": ("p", "Demand grew;\nletters were late."),
        "action": ("p", "=A second officer from May"),
        "forecast": ("t", "80"),
    },
    "k002": {"actual": ("p", "1.54% (V=\u00a31,339,112)"), "commentary": ("p", "Fewer lettings.")},
    "k003": {"actual": ("t", "131"), "status": ("t", "Provided")},
    "k004": {"actual": ("p", "22.35 Days")},
    "k005": {"actual": ("t", "1310000")},
    "k006": {"numerator": ("t", "424"), "denominator": ("t", "131250")},
    "k007": {"actual": ("t", "93")},
    "k008": {"status": ("t", "Not available"), "commentary": ("p", "System change.")},
    "k009": {"actual": ("p", "Delay with data")},
    "k010@Oct 2031": {"numerator": ("t", "372"), "denominator": ("t", "400")},
    "k010@Nov 2031": {"actual": ("t", "92.5")},
    "k010": {"actual": ("p", "76.8% (113/147)")},
    "k012": {"actual": ("t", "-4.5")},
}

EXPECTED: dict[str, tuple[str, str | None]] = {
    "k001": ("provided", "0.769"),
    "k002": ("provided", "0.0154"),
    "k003": ("provided", "131"),
    "k004": ("provided", "22.4"),
    "k005": ("provided", "1310000"),
    "k006": ("provided", "32.3"),
    "k007": ("provided", "0.93"),
    "k008": ("not available", None),
    "k009": ("delayed", None),
    "k010": ("provided", "0.769"),
    "k012": ("provided", "-0.045"),
}


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("returns") / "blank.xlsx"
    path.write_bytes(build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED))
    return path


@pytest.fixture(scope="module")
def places(blank: Path) -> Places:
    return Places(blank.read_bytes())


def fill(book: Book, places: Places) -> None:
    for key, inputs in FILLED.items():
        for column, (how, text) in inputs.items():
            if how == "t":
                book.type_cell("Measures", places.measure(key, column), text)
            else:
                book.set_cell("Measures", places.measure(key, column), text)
    for field, text in (("state", "Certified"), ("role", "Head of Housing"), ("date", "14/01/2032")):
        book.type_cell("Start", places.start(f"sign_off.{field}"), text)


@pytest.fixture(scope="module")
def filled(blank: Path, places: Places, office: Office) -> Iterator[Book]:
    with office.open(blank) as book:
        fill(book, places)
        yield book


def _read(path: Path) -> Submission:
    return read_return(path.read_bytes(), file=path.name, framework=framework())


def _check(submission: Submission) -> dict[str, Observation]:
    by_key = {observation.measure: observation for observation in submission.observations}
    found = {key: (o.status, None if o.actual is None else str(o.actual)) for key, o in by_key.items()}
    assert found == EXPECTED
    return by_key


def test_blank_return_is_not_started(blank: Path) -> None:
    submission = _read(blank)
    assert submission.state == "not started"
    assert not submission.findings
    assert {o.measure for o in submission.observations} == set(EXPECTED)
    assert all(o.actual is None and o.status is None for o in submission.observations)


def test_filled_return_is_read(filled: Book, places: Places, tmp_path: Path) -> None:
    submission = _read(filled.save_as(tmp_path / "filled.xlsx"))
    by_key = _check(submission)
    assert submission.state == "certified"
    assert submission.sign_off is not None
    assert (submission.sign_off.role, submission.sign_off.date) == ("Head of Housing", "2032-01-14")
    first = by_key["k001"]
    assert (first.numerator, first.denominator, first.typed) == (Decimal(113), Decimal(147), Decimal("0.768"))
    assert first.forecast == Decimal("0.8")
    assert first.commentary == "Demand grew;\nletters were late."
    assert first.action == "=A second officer from May"
    assert first.source is not None
    assert first.source.cell == f"{places.measure('k001', 'numerator')}, {places.measure('k001', 'denominator')}"
    assert (first.source.stored, first.source.displayed) == ("113/147", "113/147")
    assert first.source.submitted_by == "Head of Housing"
    assert by_key["k002"].companion == "V=\u00a31,339,112"
    seventh = by_key["k007"].source
    assert seventh is not None
    assert (seventh.cell, seventh.stored, seventh.displayed) == (places.measure("k007", "actual"), "0.93", "93%")
    tenth = by_key["k010"]
    assert (tenth.numerator, tenth.denominator) == (Decimal(113), Decimal(147))
    assert by_key["k009"].period == PERIOD.previous
    assert by_key["k010"].period.label == "Dec 2031"
    months = {o.period.label: (o.actual, o.numerator) for o in submission.observations if o.measure == "k010"}
    assert months == {
        "Oct 2031": (Decimal("0.930"), Decimal(372)),
        "Nov 2031": (Decimal("0.925"), None),
        "Dec 2031": (Decimal("0.769"), Decimal(113)),
    }
    codes = {(finding.measure, finding.code) for finding in submission.findings}
    assert codes == {
        ("k001", "V101"),
        ("k002", "V103"),
        ("k004", "V103"),
        ("k005", "T103"),
        ("k006", "E101"),
        ("k009", "V103"),
        ("k009", "E105"),
        ("k010", "V101"),
        ("k010", "V103"),
        ("k010", "E101"),
        ("k012", "E101"),
    }
    disagree = next(f for f in submission.findings if (f.measure, f.code) == ("k001", "V101"))
    assert disagree.message == "113/147 is 76.9%, but 76.8% is typed. Correct one of them."
    assert disagree.cell == places.measure("k001", "actual")


def test_live_cells_agree_with_the_collector(filled: Book, places: Places, tmp_path: Path) -> None:
    submission = _read(filled.save_as(tmp_path / "filled.xlsx"))
    live = filled.all_formulas()["Measures"]
    for key, (_, actual) in EXPECTED.items():
        shown = live[places.measure(key, "figure")].value
        typed_text = any(how == "p" for column, (how, _) in FILLED[key].items() if column == "actual")
        assert shown == ("" if actual is None or typed_text else pytest.approx(float(actual), abs=1e-12)), key
        messages = [f.message for f in submission.findings if f.measure == key]
        check = live[places.measure(key, "check")].value
        # Text in a number's cell is understood by the collector only, which may have more to say about it.
        assert check == (messages[0] if messages and not typed_text else messages[-1] if messages else "OK") or (
            typed_text and check in messages
        ), key
    assert live[places.measure("k003", "score")].value == "\u2605 Exceeds target"
    assert live[places.measure("k003", "trend_word")].value == "Improved"
    assert live[places.measure("k005", "trend_word")].value == "Consistent"
    start = filled.all_formulas()["Start"]
    words = [formula.value for formula in start.values()]
    assert "Every figure is filled, 2 explanations missing, 1 row to check." in words
    assert "Signed as certified." in words


def test_survives_inserted_rows_and_columns_and_a_renamed_sheet(
    blank: Path, places: Places, office: Office, tmp_path: Path
) -> None:
    with office.open(blank) as book:
        fill(book, places)
        book.unprotect("Measures")
        book.unprotect("Start")
        book.insert_rows("Measures", 1, 2)
        book.insert_rows("Measures", places.row("k004") + 2, 1)
        book.insert_rows("Start", 5, 3)
        book.rename_sheet("Measures", "Our figures")
        book.rename_sheet("Start", "Front")
        live = book.all_formulas()["Our figures"]
        # As if a column had been inserted before Target.
        first = places.column("target")
        book.move_range("Our figures", f"{first}1:BA60", f"{chr(ord(first) + 1)}1")
        submission = _read(book.save_as(tmp_path / "moved.xlsx"))
    by_key = _check(submission)
    assert submission.state == "certified"
    source = by_key["k003"].source
    assert source is not None and source.sheet == "Our figures"
    moved = places.measure("k003", "actual")
    assert source.cell != moved
    assert {address: formula.value for address, formula in live.items() if formula.error} == {}


def test_a_deleted_row_and_a_row_that_appears_twice(
    blank: Path, places: Places, office: Office, tmp_path: Path
) -> None:
    with office.open(blank) as book:
        fill(book, places)
        book.unprotect("Measures")
        book.set_cell("Measures", f"A{places.row('k008')}", "k007")
        book.set_cell("Measures", f"A{places.row('k012') + 2}", "k999")
        book.delete_rows("Measures", places.row("k003"), 1)
        submission = _read(book.save_as(tmp_path / "deleted.xlsx"))
    found = {(f.code, f.measure): f for f in submission.findings if f.code.startswith("R")}
    told = {("R205", "k003"), ("R205", "k008"), ("R207", "k007"), ("R211", ""), ("R206", ""), ("R221", "")}
    assert set(found) == told
    assert {o.measure for o in submission.observations} == set(EXPECTED) - {"k003", "k008"}
    seventh = next(o for o in submission.observations if o.measure == "k007")
    assert seventh.actual == Decimal("0.93")
    assert "first row" in found["R207", "k007"].found


def test_cutting_and_pasting_an_input_rewires_nothing(
    blank: Path, places: Places, office: Office, tmp_path: Path
) -> None:
    with office.open(blank) as book:
        book.type_cell("Measures", places.measure("k003", "actual"), "131")
        cut = places.measure("k003", "actual")
        book.paste("Measures", places.measure("k004", "actual"), book, "Measures", cut, cut=True)
        live = book.all_formulas()["Measures"]
    assert live[places.measure("k003", "figure")].value == ""
    assert live[places.measure("k004", "figure")].value == 131


def test_errors_formulas_dates_and_nonsense_are_findings(
    blank: Path, places: Places, office: Office, tmp_path: Path
) -> None:
    with office.open(blank) as book:
        book.set_formula("Measures", places.measure("k003", "actual"), "=1/0")
        book.set_formula("Measures", places.measure("k004", "actual"), "=10+12")
        book.set_cell("Measures", places.measure("k008", "actual"), "see my e-mail")
        book.set_cell("Measures", places.measure("k012", "status"), "gone fishing")
        book.set_cell("Measures", places.measure("k006", "numerator"), "about forty")
        book.type_cell("Measures", places.measure("k006", "denominator"), "131250")
        book.set_cell("Measures", places.measure("k002", "actual"), "   ")
        submission = _read(book.save_as(tmp_path / "odd.xlsx"))
    by_key = {o.measure: o for o in submission.observations}
    codes = {(f.measure, f.code, f.severity) for f in submission.findings}
    assert codes == {
        ("k003", "V110", "error"),
        ("k004", "V112", "warning"),
        ("k008", "V107", "error"),
        ("k012", "S104", "warning"),
        ("k006", "V109", "error"),
    }
    assert by_key["k004"].actual == Decimal("22.0")
    for key in ("k002", "k003", "k006", "k008", "k012"):
        assert by_key[key].actual is None, key
        assert by_key[key].status is None, key
    third = by_key["k003"].source
    assert third is not None and third.displayed == "#DIV/0!"
    assert submission.state == "in progress"
