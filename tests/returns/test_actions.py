"""The sheet Actions of a return: written, calculated, filled, tampered with, read."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from perfbook.checks import action_rules
from perfbook.framework.model import Action, Band, Deliverable, Directorate, Framework, Priority, Scheme
from perfbook.framework.periods import parse
from perfbook.framework.plan import rating_scheme
from perfbook.framework.version import with_version
from perfbook.records import NOT_RATED, ActionReport, Submission
from perfbook.returns import actions_layout as layout
from perfbook.returns.actions_sheet import write_actions
from perfbook.returns.filled import Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scoring.ratings import count_actions, index_reports, rate
from perfbook.workbook.limits import breaches
from perfbook.workbook.writer import Book as Made
from tests.conftest import Audit
from tests.framework.test_plan import FOUR_STEPS, PLAN
from tests.support.office import Book, Office, compare_cached

PERIOD = parse("2023-24 Q3")
DUE = datetime(2024, 1, 22, 17, 0, tzinfo=UTC)
CREATED = datetime(2024, 1, 2, 9, 0, tzinfo=UTC)
# Words with commas do not fit into a validation.
COMMAS = Scheme(
    "commas",
    "With commas",
    (Band("done", "Done, and seen", "\u2714", "#1B6B3A"), Band("late", "Late", "\u2716", "#B3261E")),
    exception_from=2,
)
ALONE = with_version(
    Framework(
        council="Plainshire",
        year_start=4,
        reporting="quarterly",
        measures=(),
        directorates=(Directorate("care", "Care"), Directorate("streets", "Streets")),
        priorities=(Priority("people", "People"), Priority("place", "Place")),
        schemes={"four-steps": FOUR_STEPS, "commas": COMMAS},
        default_scheme="four-steps",
        deliverables=(
            Deliverable("d-1", "B1", "Support early language", "people"),
            Deliverable("d-2", "C3", "Cleaner streets", "place"),
        ),
        actions=(
            Action("a-1", "CH9", "Early years places", "care", ("d-1", "d-2"), due="2024-03-31"),
            Action("a-2", "CH10", "A healthy start", "care", ("d-1",), scheme="commas"),
            Action("a-3", "BE2", "Street cleaning", "streets", ("d-2",)),
            Action("a-4", "", "An action under its priority", "care", (), "place"),
        ),
    )
)
EARLIER = index_reports(
    [
        ActionReport("a-1", PERIOD.previous, rating="on_track", update="Two nurseries opened."),
        ActionReport("a-1", PERIOD.previous, "d-2", rating=NOT_RATED),
    ]
)


def blank(framework: Framework = ALONE, directorate: str = "care") -> bytes:
    return build_return(framework, directorate, PERIOD, {}, due=DUE, created=CREATED, reports=EARLIER)


def read(data: bytes, framework: Framework = ALONE) -> Submission:
    return read_return(data, file="care.xlsx", framework=framework)


def by_place(submission: Submission) -> dict[tuple[str, str], ActionReport]:
    return {(report.action, report.deliverable): report for report in submission.actions}


class Cells:
    """Addresses of the sheet Actions as issued."""

    def __init__(self, data: bytes) -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(data))[layout.SHEET]
        self.rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
        self.columns = {str(cell.value): get_column_letter(cell.column) for cell in sheet[1] if cell.value}

    def __call__(self, key: str, column: str) -> str:
        return f"{self.columns[column]}{self.rows[key]}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "care.xlsx"
    target.write_bytes(blank())
    return target


# --- The blank -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("framework", "directorate"), [(ALONE, "care"), (ALONE, "streets"), (PLAN, "care")])
def test_a_blank_keeps_every_limit_and_its_values_are_right(
    framework: Framework, directorate: str, tmp_path: Path, office: Office, audit: Audit
) -> None:
    data = build_return(framework, directorate, parse("2020-21 Q2"), {}, due=DUE, created=CREATED)
    assert not breaches(data)
    assert not audit(data)
    target = tmp_path / "blank.xlsx"
    target.write_bytes(data)
    compared = compare_cached(target, office)
    assert (compared.mismatches, compared.errors) == ([], [])


def test_a_blank_is_not_started_and_says_what_is_to_do(path: Path, office: Office) -> None:
    submission = read(path.read_bytes())
    assert (submission.state, submission.findings) == ("not started", ())
    assert set(by_place(submission)) == {("a-1", ""), ("a-2", ""), ("a-4", "")}
    at = Cells(path.read_bytes())
    with office.open(path) as book:
        sheet = openpyxl.load_workbook(path)[layout.SHEET]
        assert sheet[at("a-1", "previous")].value == "\u25cf On track"
        assert sheet[at("a-1@d-2", "previous")].value == "Not rated"
        assert sheet[at("a-1", "due")].value == "31 March 2024"
        assert sheet[at("a-1", "deliverable")].value == "2 deliverables: B1, C3"
        assert book.get_cell("Actions", "B3").value == "3 of 3 actions to go."
        assert book.get_cell("Actions", at("a-1@d-2", "check")).value == "As above."
        book.type_cell("Actions", at("a-1", "rating"), "On track")
        book.recalculate()
        assert book.get_cell("Actions", "B3").value == "2 of 3 actions to go, 1 row to check."
        said = "The action is rated On track, but there is no update. Write what has been done, and what comes next."
        assert book.get_cell("Actions", at("a-1", "check")).value == said


def test_only_inputs_can_be_typed_in_and_each_has_its_rule(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)[layout.SHEET]
    at = Cells(path.read_bytes())
    assert sheet.protection.sheet
    open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    keys = ["a-1", "a-1@d-1", "a-1@d-2", "a-2", "a-4"]
    assert open_cells == {at(key, column) for key, column in product(keys, layout.INPUT_KEYS)}
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists[at("a-1", "rating")] == '"Complete,On track,Slipping,Significant issues,Not rated"'
    assert lists[at("a-2", "rating")] == "_ratings!$A$1:$A$3"


# --- Two engines -----------------------------------------------------------------------------------------------------

_RATINGS = (None, "On track", "ON TRACK", " Complete ", "\u25b2 Slipping", "Not rated", "Amber", "  ")
_UPDATES = (None, "Two nurseries opened.", "Something new.", " ")
_REVISED = (None, date(2024, 6, 30), "next spring")
_PROGRESS = (None, Decimal("0.45"), Decimal("1.2"), Decimal("-0.1"), Decimal(1), "half")


@pytest.mark.parametrize("state", ["", "Provisional", "Certified"])
def test_the_live_check_says_what_the_collector_says(state: str, tmp_path: Path, office: Office) -> None:
    """Over every combination of inputs: what LibreOffice calculates, what was cached, and the collector's finding."""
    cases = list(product(_RATINGS, _UPDATES, _REVISED, _PROGRESS))
    actions = tuple(Action(f"x-{n:04d}", f"X{n}", f"Action {n}", "care", ("d-1",)) for n in range(len(cases)))
    framework = with_version(replace(ALONE, actions=actions))
    earlier = index_reports(ActionReport(a.key, PERIOD.previous, update="Two nurseries opened.") for a in actions)
    entries = {
        (action.key, column): value
        for action, case in zip(actions, cases, strict=True)
        for column, value in zip(("rating", "update", "revised", "progress"), case, strict=True)
        if value is not None
    }
    book = Made(created=CREATED, title="Cases")
    signed = book.sheet("Signed")
    signed.text(0, 0, state)
    remains = write_actions(book, framework, "care", PERIOD, earlier, "Signed!$A$1", Filled(entries=entries), state)
    data = book.close()
    target = tmp_path / "cases.xlsx"
    target.write_bytes(data)
    compared = compare_cached(target, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    at = Cells(data)
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[layout.SHEET]
    left = 0
    for action, (rating, update, revised, progress) in zip(actions, cases, strict=True):
        serial = Decimal((revised - date(1899, 12, 30)).days) if isinstance(revised, date) else revised
        inputs = {
            "rating": (rating or "").strip() or None,
            "update": update,
            "revised": serial,
            "progress": progress,
            "last_update": "Two nurseries opened.",
            "signed": state or None,
        }
        found = action_rules.action_findings(action.key, rating_scheme(framework, action), inputs, place=False)
        said = sheet[at(action.key, "check")].value
        untouched = not (rating or "").strip() and not (update or "").strip()
        left += untouched
        if found:
            assert said in {finding.message for finding in found}
            worst = max(action_rules.LEVELS[finding.severity] for finding in found)
            # The live cell shows the severity that a rule has before certification.
            assert sheet[at(action.key, "level")].value <= worst
        else:
            assert said == (action_rules.TODO if untouched else action_rules.FINE)
    assert remains is not None
    assert remains.value.startswith(f"{left} of {len(cases)} actions to go")


def _example(rule: action_rules.Rule, example: str) -> set[str]:
    found = action_rules.action_findings("x", FOUR_STEPS, getattr(rule, example), place=False)
    return {finding.code for finding in found}


@pytest.mark.parametrize("rule", action_rules.action_rules(FOUR_STEPS), ids=lambda rule: rule.code)
def test_kept_examples(rule: action_rules.Rule) -> None:
    assert rule.code in _example(rule, "trips")
    assert rule.code not in _example(rule, "passes")


# --- Filled and read -------------------------------------------------------------------------------------------------


def fill(book: Book, at: Cells) -> None:
    for key, column, text in (
        ("a-1", "rating", "On track"),
        ("a-1", "update", "=Two more nurseries, 4% of all"),
        ("a-1", "milestone", "A third in May"),
        ("a-1@d-2", "rating", "Not rated"),
        ("a-1@d-2", "update", "No update available."),
        ("a-2", "rating", "Done, and seen"),
        ("a-4", "rating", "Amber"),
        ("a-4", "update", "Begun."),
    ):
        book.set_cell("Actions", at(key, column), text)
    book.type_cell("Actions", at("a-1", "revised"), "30/06/2024")
    book.type_cell("Actions", at("a-1", "progress"), "45")


def check(submission: Submission) -> None:
    found = by_place(submission)
    assert set(found) == {("a-1", ""), ("a-1", "d-2"), ("a-2", ""), ("a-4", "")}
    first = found["a-1", ""]
    assert (first.rating, first.update) == ("on_track", "=Two more nurseries, 4% of all")
    assert (first.revised, first.progress, first.milestone) == ("2024-06-30", Decimal("0.45"), "A third in May")
    assert (found["a-1", "d-2"].rating, found["a-1", "d-2"].update) == (NOT_RATED, "No update available.")
    assert (found["a-2", ""].rating, found["a-4", ""].rating) == ("done", "")
    said = [(finding.code, finding.measure) for finding in submission.findings if finding.code.startswith("A")]
    assert said == [("A101", "a-2"), ("A103", "a-4")]
    quoted = next(finding for finding in submission.findings if finding.code == "A103")
    assert quoted.found == "\u201cAmber\u201d is not a rating of this council."


def test_what_a_person_fills_is_read_with_its_passport(path: Path, office: Office, tmp_path: Path) -> None:
    at = Cells(path.read_bytes())
    with office.open(path) as book:
        fill(book, at)
        saved = book.save_as(tmp_path / "saved.xlsx")
    submission = read(saved.read_bytes())
    check(submission)
    assert submission.state == "in progress"
    source = by_place(submission)["a-1", ""].source
    assert source is not None
    assert (source.sheet, source.cell, source.displayed) == ("Actions", at("a-1", "rating"), "On track")


def test_rows_inserted_a_sheet_renamed_and_columns_moved_change_nothing(
    path: Path, office: Office, tmp_path: Path
) -> None:
    at = Cells(path.read_bytes())
    with office.open(path) as book:
        fill(book, at)
        book.unprotect("Actions")
        book.insert_rows("Actions", 6, 2)
        book.rename_sheet("Actions", "Our actions")
        saved = book.save_as(tmp_path / "saved.xlsx")
    check(read(saved.read_bytes()))


def _edited(data: bytes, edit: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)  # type: ignore[operator]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_the_sheet_gone_a_row_gone_a_row_twice_are_said(path: Path) -> None:
    data = path.read_bytes()
    at = Cells(data)

    def without(book: openpyxl.Workbook) -> None:
        del book["Actions"]

    gone = read(_edited(data, without))
    assert [(f.code, f.severity) for f in gone.findings] == [("R214", "error")]

    def twice(book: openpyxl.Workbook) -> None:
        book["Actions"][f"A{at.rows['a-4']}"] = "a-1"

    found = read(_edited(data, twice)).findings
    assert [(f.code, f.measure) for f in found] == [("R205", "a-4"), ("R207", "a-1")]
    assert "An action under its priority is missing from Actions." in found[0].found

    def error(book: openpyxl.Workbook) -> None:
        book["Actions"][at("a-1", "rating")] = "=NA()"
        book["Actions"][at("a-2", "update")] = '="Done"'

    codes = {f.code for f in read(_edited(data, error)).findings}
    assert "V111" in codes


def test_an_action_that_moved_since_keeps_what_was_said(path: Path) -> None:
    at = Cells(path.read_bytes())

    def edit(book: openpyxl.Workbook) -> None:
        book["Actions"][at("a-2", "rating")] = "Late"

    changed = with_version(
        replace(
            ALONE,
            actions=tuple(replace(a, directorate="streets") if a.key == "a-2" else a for a in ALONE.actions),
        )
    )
    submission = read(_edited(path.read_bytes(), edit), changed)
    assert by_place(submission)["a-2", ""].rating == "late"
    assert [f.code for f in submission.findings if f.severity != "info"] == ["A101", "R209"]


# --- As it stands ----------------------------------------------------------------------------------------------------


def test_a_place_differs_field_by_field_and_the_counts_add_up() -> None:
    reports = index_reports(
        [
            ActionReport("a-1", PERIOD, rating="on_track", update="For all.", milestone="May"),
            ActionReport("a-1", PERIOD, "d-2", update="Here."),
            ActionReport("a-2", PERIOD, rating="late"),
            ActionReport("a-3", PERIOD, rating="gone_from_the_scheme"),
        ]
    )
    rated = rate(ALONE, reports, PERIOD)
    assert [(r.placement.key, r.rating, r.update, r.own) for r in rated] == [
        ("a-1@d-1", "on_track", "For all.", False),
        ("a-2@d-1", "late", "", False),
        ("a-1@d-2", "on_track", "Here.", False),
        ("a-3@d-2", "none", "", False),
        ("a-4", "none", "", False),
    ]
    counts = count_actions(ALONE, rated)
    assert (counts.placements, counts.distinct, counts.unreferenced, counts.several) == (5, 3, 1, 1)
    assert counts.rating == {
        "complete": 0,
        "on_track": 2,
        "slipping": 0,
        "significant": 0,
        "done": 0,
        "late": 1,
        "none": 2,
    }
    here = index_reports([*reports.values(), ActionReport("a-1", PERIOD, "d-2", rating=NOT_RATED)])
    assert [r.rating for r in rate(ALONE, here, PERIOD)][2] == "none"
