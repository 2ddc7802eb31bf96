"""What hurried people type, and that no figure comes of it which nobody meant."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from perfbook.records import Observation, Submission
from perfbook.returns import layout
from perfbook.returns.identity import identity_of
from perfbook.returns.reader import identify, read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.returns.test_hostile import Edit, edited

Typed = str | float | int | tuple[float, str] | None


@pytest.fixture(scope="module")
def blank() -> bytes:
    return build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED)


def read(data: bytes) -> Submission:
    return read_return(data, file="x.xlsx", framework=framework())


def typed(data: bytes, key: str, **cells: Typed) -> tuple[Observation, dict[str, str]]:
    """The row of a measure after typing into it, and the severity of each finding about it by code."""
    places = Places(data)

    def edit(book: openpyxl.Workbook) -> None:
        for column, value in cells.items():
            cell = book[layout.MEASURES][places.measure(key, column)]
            if isinstance(value, tuple):
                cell.value, cell.number_format = value
            else:
                cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"

    submission = read(edited(data, edit))
    found = {f.code: f.severity for f in submission.findings if f.measure == key}
    return next(o for o in submission.observations if o.measure == key), found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("k004", "2 weeks"),
        ("k004", "3 hours"),
        ("k004", "\u00a34"),
        ("k004", "12%"),
        ("k004", (0.12, "0%")),
        ("k003", (0.12, "0%")),
        ("k006", "61.5 per 1,000"),
        ("k002", "\u00a35"),
        ("k002", "5 days"),
    ],
)
def test_a_unit_that_contradicts_gives_no_figure(blank: bytes, key: str, value: Typed) -> None:
    observation, found = typed(blank, key, actual=value)
    assert (observation.actual, observation.typed, observation.status) == (None, None, None)
    assert found == {"V108": "error"}


@pytest.mark.parametrize(
    ("key", "value", "figure"),
    [("k004", "22.35 days", "22.4"), ("k004", "4 FTE", "4"), ("k005", "\u00a31.3m", "1300000"), ("k006", "3.1", "3.1")],
)
def test_a_unit_that_fits_or_says_nothing_stays(blank: bytes, key: str, value: str, figure: str) -> None:
    observation, found = typed(blank, key, actual=value)
    assert observation.actual == Decimal(figure)
    assert "V108" not in found


def test_points_typed_for_a_percentage_are_queried(blank: bytes) -> None:
    for value, said in ((76.8, {"V114"}), ((76.8, "General"), {"V114", "V115"}), ("0.5", {"V115"})):
        observation, found = typed(blank, "k001", actual=value)
        assert observation.actual is not None
        assert said <= set(found) and {found[code] for code in said} == {"warning"}, value
    assert typed(blank, "k001", actual=76.8)[0].actual == Decimal("76.8")
    assert typed(blank, "k012", actual=10)[1]["V114"] == "warning"  # which has no range
    assert not {"V114", "V115"} & set(typed(blank, "k001", actual=(0.768, "General"))[1])


def test_figures_that_no_cell_keeps_are_refused(blank: bytes) -> None:
    for cells in (
        {"actual": 1e300},
        {"actual": "1e200"},
        {"numerator": 1e308, "denominator": 1e-300},
        {"numerator": 1e14, "denominator": 1e-14},
    ):
        observation, found = typed(blank, "k001", **cells)
        assert (observation.actual, observation.typed, found["V107"]) == (None, None, "error"), cells
        assert "S101" not in found


def test_a_date_in_a_count_names_what_is_shown(blank: bytes) -> None:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        cell = book[layout.MEASURES][places.measure("k003", "actual")]
        cell.value, cell.number_format = date(2032, 2, 1), "d-mmm"

    submission = read(edited(blank, edit))
    said = next(f for f in submission.findings if f.measure == "k003")
    assert (said.code, said.severity) == ("V113", "error")
    assert "1-Feb" in said.found and "2032-02-01" in said.found
    assert next(o for o in submission.observations if o.measure == "k003").actual is None


@pytest.mark.parametrize("text", ["5m", "10k", "5%", "\u00a35", "5 (3)", "n/a"])
def test_only_plain_digits_are_parts_of_a_fraction(blank: bytes, text: str) -> None:
    observation, found = typed(blank, "k001", numerator=text, denominator=10)
    assert (observation.actual, observation.numerator, found) == (None, None, {"V109": "error"})


def test_a_part_that_is_text_is_noted(blank: bytes) -> None:
    observation, found = typed(blank, "k001", numerator="1,113", denominator=1447)
    assert (observation.actual, found.get("V119")) == (Decimal("0.769"), "info")


def test_a_fraction_of_a_measure_without_one(blank: bytes) -> None:
    observation, found = typed(blank, "k002", actual="2/147")
    assert (observation.actual, observation.status, found["V118"]) == (Decimal("0.0136"), "provided", "info")
    for value in ("113/147", "1 of 2"):
        observation, found = typed(blank, "k003", actual=value)
        assert (observation.actual, found) == (None, {"V118": "error"})
    observation, found = typed(blank, "k002", actual="05/06")
    assert (observation.actual, found) == (None, {"V107": "error"})


def test_signs_that_nothing_known_has(blank: bytes) -> None:
    assert typed(blank, "k008", actual=-1100)[1] == {"V116": "warning"}
    assert "V116" not in typed(blank, "k012", actual=-0.04)[1]  # which was negative before


def test_a_return_withdraws_nothing(blank: bytes) -> None:
    for cells in ({"status": "withdrawn"}, {"status": "Discontinued"}, {"actual": "Discontinued"}):
        observation, found = typed(blank, "k003", **cells)
        assert (observation.status, found) == (None, {"S106": "error"}), cells
    observation, found = typed(blank, "k003", actual=131, status="Withdrawn")
    assert (observation.status, observation.actual, found["S106"]) == ("provided", Decimal(131), "error")


def test_not_due_and_new_are_queried(blank: bytes) -> None:
    assert typed(blank, "k003", status="Not due")[1] == {"S105": "warning"}
    assert typed(blank, "k003", status="New")[1] == {"S107": "warning"}
    assert typed(blank, "k009", status="New")[1] == {}  # of which nothing is known


def _sign(blank: bytes, **fields: object) -> Edit:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        for name, value in fields.items():
            book[layout.START][places.start(f"sign_off.{name}")] = value

    return edit


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"state": "Certified"}, {"S202", "S203"}),
        ({"state": "Certified", "role": "Head", "date": date(2032, 1, 14)}, set()),
        ({"state": "Certified", "role": "Head", "date": "Wed 14th January 2032"}, set()),
        ({"state": "Certified", "role": "Head", "date": "14.1.32"}, set()),
        ({"state": "Certified", "role": "Head", "date": 48227}, set()),
        ({"state": "Certified", "role": "Head", "date": date(2031, 9, 30)}, {"S204"}),
        ({"state": "Certified", "role": "Head", "date": date(2132, 1, 14)}, {"S204"}),
        ({"state": "Certified", "role": "Head", "date": "soon"}, {"S204"}),
        ({"state": "Provisional"}, set()),
    ],
)
def test_what_is_odd_about_a_sign_off(blank: bytes, fields: dict[str, object], codes: set[str]) -> None:
    submission = read(edited(blank, _sign(blank, **fields)))
    assert submission.sign_off is not None
    found = {f.code: f.severity for f in submission.findings if f.sheet == layout.START}
    assert found == dict.fromkeys(codes, "warning")


def test_a_figure_on_the_copy_of_an_empty_sheet_is_read(blank: bytes) -> None:
    at = Places(blank).measure("k003", "actual")

    def copy(book: openpyxl.Workbook) -> None:
        twin = book.copy_worksheet(book[layout.MEASURES])
        twin.title = "Measures (2)"
        twin[at] = 132

    submission = read(edited(blank, copy))
    third = next(o for o in submission.observations if o.measure == "k003")
    assert third.actual == Decimal(132)
    assert third.source is not None and third.source.sheet == "Measures (2)"
    # The copy has no drop-downs, and another name.
    assert [f.code for f in submission.findings] == ["R202", "R221"]

    def both(book: openpyxl.Workbook) -> None:
        copy(book)
        book[layout.MEASURES][Places(blank).measure("k008", "actual")] = 1100

    submission = read(edited(blank, both))
    figures = {o.measure: o.actual for o in submission.observations if o.actual is not None}
    assert figures == {"k003": Decimal(132), "k008": Decimal(1100)}
    assert [f.code for f in submission.findings] == ["R202"]


def test_a_key_in_other_capitals_is_understood(blank: bytes) -> None:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book[layout.MEASURES]
        sheet[f"A{places.row('k003')}"] = " K003 "
        sheet[places.measure("k003", "actual")] = 131

    submission = read(edited(blank, edit))
    assert next(o for o in submission.observations if o.measure == "k003").actual == Decimal(131)
    assert [(f.code, f.severity) for f in submission.findings] == [("R210", "info")]


@pytest.mark.parametrize("rows", [6_000, 21_000])
def test_rows_that_were_pushed_far_down_are_read(blank: bytes, rows: int) -> None:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book[layout.MEASURES]
        sheet[places.measure("k003", "actual")] = 131
        sheet.move_range(sheet.dimensions, rows=rows)

    submission = read(edited(blank, edit))
    assert [f.code for f in submission.findings] == ["R221"]
    assert f"{rows} rows were inserted at the top" in submission.findings[0].found
    assert next(o for o in submission.observations if o.measure == "k003").actual == Decimal(131)


def test_locked_cells_that_were_altered_are_said_and_do_not_count(blank: bytes) -> None:
    places = Places(blank)

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book[layout.MEASURES]
        sheet[places.measure("k003", "target")] = 0.5
        sheet[places.measure("k003", "title")] = "Something else"
        sheet[places.measure("k003", "unit")] = f" {sheet[places.measure('k003', 'unit')].value}\u00a0"  # the same
        sheet[places.measure("k003", "actual")] = 131

    (said,) = [f for f in read(edited(blank, edit)).findings if f.code == "R222"]
    measure = framework().by_key["k003"]
    assert (said.severity, said.measure, said.cell) == ("warning", "k003", places.measure("k003", "title"))
    assert (
        f"Measure of {measure.code} is \u201cSomething else\u201d (sent out: \u201c{measure.title}\u201d)" in said.found
    )
    assert f"Target of {measure.code}" in said.found
    assert "Unit" not in said.found

    # Of another framework than that of the return nobody can say what was sent out.
    measures = tuple(replace(m, title="New words") if m.key == "k003" else m for m in framework().measures)
    other = replace(framework(), measures=measures, version="version-two")
    submission = read_return(edited(blank, edit), file="x.xlsx", framework=other)
    assert "R222" not in {f.code for f in submission.findings}


def test_a_council_whose_name_no_cell_can_hold(blank: bytes) -> None:
    odd = replace(framework(), council="Elmbridge_x000D_ Vale")
    data = build_return(odd, "housing", PERIOD, {}, due=DUE, created=CREATED)
    assert identify(data, "x.xlsx") == identity_of(odd, "housing", PERIOD)
    assert read_return(data, file="x.xlsx", framework=odd).state == "not started"


def test_nothing_hidden_ends_the_printed_page(blank: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book[layout.MEASURES]
    assert not sheet.column_dimensions[Places(blank).column("example")].hidden
    assert Places(blank).column("example") == sheet.dimensions.split(":")[1].rstrip("0123456789")
