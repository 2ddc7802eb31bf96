"""A whole conversation: blank, half-filled, signed with errors, feedback, replies, certified, changed after."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from perfbook.returns import layout
from perfbook.returns.queries_sheet import ANSWERED, OPEN
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.feedback.story import ARREARS, COMMENTARY, FORMER, LOST, NAME, REPLY, SATISFACTION, Story, tell
from tests.returns.places import Places
from tests.support.office import Office, compare_cached


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Story:
    return tell(tmp_path_factory.mktemp("story"), office)


def _figure(story: Story, step: str, measure: str) -> Decimal | None:
    quarter = story.quarters[step]
    period = quarter.period
    return next(o.actual for o in quarter.observations if (o.measure, o.period) == (measure, period))


def test_the_states_of_the_return(story: Story) -> None:
    steps = ("blank", "half-filled", "signed with errors", "unedited", "answered and certified", "changed after")
    assert [story.record(step).state for step in steps] == [
        "not started",
        "in progress",
        "provisional",
        "provisional",
        "certified",
        "certified",
    ]
    assert [story.record(step).answered for step in steps] == [0, 2, 5, 5, 5, 5]


def test_nothing_goes_back_before_it_is_signed(story: Story) -> None:
    assert not story.asked("blank")
    assert story.asked("half-filled") == {(SATISFACTION, "E101", "warning")}
    assert set(story.books) >= {"signed with errors", "feedback"}


def test_what_is_asked_once_it_is_signed(story: Story) -> None:
    asked = {(measure, code) for measure, code, _ in story.asked("signed with errors")}
    assert {(SATISFACTION, "V101"), (FORMER, "V102"), (LOST, "E101")} <= asked
    assert (SATISFACTION, "E101") not in asked


def test_the_feedback_holds_their_own_figures_with_what_we_ask(story: Story) -> None:
    data = story.books["feedback"].read_bytes()
    places = Places(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[0] == layout.QUERIES
    measures, start = book[layout.MEASURES], book[layout.START]

    def cell(key: str, column: str) -> object:
        return measures[places.measure(key, column)].value

    assert (cell(SATISFACTION, "numerator"), cell(SATISFACTION, "denominator")) == (113, 147)
    assert (cell(SATISFACTION, "actual"), cell(FORMER, "actual")) == (0.768, 1.93)
    assert cell(SATISFACTION, "commentary") == COMMENTARY
    assert start[places.start("sign_off.role")].value == "Head of Housing"
    assert "113/147 is 76.9%, but 76.8% is typed. Correct one of them." in str(cell(SATISFACTION, "query"))
    assert str(cell(FORMER, "query")).startswith("\u25ba Query: 193.00% is outside the plausible range.")
    assert not cell(ARREARS, "query")
    note = measures[places.measure(FORMER, "actual")].comment
    assert note is not None and "outside the plausible range" in note.text
    assert measures[places.measure(LOST, "commentary")].comment is not None
    assert not measures[places.measure(SATISFACTION, "reply")].protection.locked
    assert measures[places.measure(ARREARS, "reply")].protection.locked
    queries = book[layout.QUERIES]
    rows = [[cell.value for cell in row] for row in queries.iter_rows(min_row=11)]
    assert [row[0] for row in rows if row[0]] == list(range(1, len([row for row in rows if row[0]]) + 1))
    links = [link.location or link.target for link in queries._hyperlinks]
    links += re.findall(r'HYPERLINK\("#([^"]+)"', " ".join(str(value) for row in rows for value in row))
    assert any(places.measure(SATISFACTION, "actual") in str(link) for link in links)
    assert any(places.measure(SATISFACTION, "reply") in str(link) for link in links)


def test_the_books_that_go_back_are_sound(story: Story, audit: Audit, office: Office) -> None:
    for step in ("feedback", "second feedback"):
        path = story.books[step]
        assert breaches(path.read_bytes()) == []
        assert audit(path.read_bytes()) == []
        found = compare_cached(path, office)
        assert found.mismatches == []
        assert {error.sheet for error in found.errors} <= {layout.HISTORY}


def test_sent_back_as_it_was_it_is_no_submission(story: Story) -> None:
    file = next(f for f in story.quarters["unedited"].files if f.path == NAME)
    assert (file.outcome, file.code) == ("ignored", "C330")
    assert _figure(story, "unedited", FORMER) == Decimal("1.93")
    assert story.asked("unedited") == story.asked("signed with errors")


def test_answered_it_is_a_new_version_of_the_same_issue(story: Story) -> None:
    file = next(f for f in story.quarters["answered and certified"].files if f.path == NAME)
    assert (file.outcome, file.code) == ("accepted", "C002")
    assert story.record("answered and certified").issue == story.record("blank").issue
    assert _figure(story, "answered and certified", FORMER) == Decimal("0.0193")
    # What was explained is a note now, what was corrected is not asked any more.
    assert story.asked("answered and certified") == {(SATISFACTION, "V101", "info")}
    said = next(f for f in story.quarters["answered and certified"].findings if f.code == "V101")
    assert said.found.endswith(f"Explained: \u201c{REPLY}\u201d.")


def test_the_explanation_is_kept_against_its_value(story: Story) -> None:
    events = story.workspace.archive.events("explained")
    assert [(e.data["measure"], e.data["about"], e.data["text"]) for e in events] == [
        (SATISFACTION, "2020-21 Q2", REPLY)
    ]
    assert events[0].data["codes"] == ["V101"]
    assert events[0].data["role"] == "Head of Housing"
    assert events[0].data["value"].startswith("113|147|")
    # Not a second time, and not asked again, the next evening.
    assert story.asked("certified still") == story.asked("answered and certified")


def test_a_change_after_certification_is_listed_cell_by_cell(story: Story) -> None:
    assert story.quarters["answered and certified"].changes == ()
    change = next(iter(story.quarters["changed after"].changes))
    assert len(story.quarters["changed after"].changes) == 1
    assert (change.measure, change.field, change.before, change.after) == (ARREARS, "figure", "1.54%", "1.94%")
    assert change.cell == Places(story.books["changed after"].read_bytes()).measure(ARREARS, "actual")
    assert (ARREARS, "I114", "warning") in story.asked("changed after")
    said = next(f for f in story.quarters["changed after"].findings if f.code == "I114")
    assert "was \u201c1.54%\u201d in the return that was certified" in said.found
    second = openpyxl.load_workbook(story.books["second feedback"])
    assert "I114" in str([c.value for c in second[layout.MEASURES][f"{_codes_column(second)}"]])


def _codes_column(book: openpyxl.Workbook) -> str:
    return next(cell.column_letter for cell in book[layout.MEASURES][1] if cell.value == layout.CODES)


def test_what_libreoffice_saves_keeps_rules_protection_and_icons(story: Story) -> None:
    for step in ("half-filled", "signed with errors", "answered and certified"):
        book = openpyxl.load_workbook(story.books[step])
        measures = book[layout.MEASURES]
        assert len(measures.data_validations.dataValidation) >= 20
        assert all(book[name].protection.sheet for name in (layout.START, layout.MEASURES, layout.DEFINITIONS))
        rules = [rule for found in measures.conditional_formatting for rule in found.rules]
        assert any(rule.type == "iconSet" for rule in rules)
    with zipfile.ZipFile(story.books["answered and certified"]) as package:
        assert any("comments" in name for name in package.namelist())


def test_queries_count_down_while_they_are_answered(story: Story, office: Office, tmp_path: Path) -> None:
    places = Places(story.books["feedback"].read_bytes())
    with office.open(story.books["feedback"]) as book:

        def states() -> list[str]:
            cells = book.get_cells(layout.QUERIES, "G11:G20")
            return [str(cell.value) for row in cells for cell in row if cell.value in (OPEN, ANSWERED)]

        before = states()
        assert set(before) == {OPEN}
        book.set_cell("Measures", places.measure(SATISFACTION, "reply"), REPLY)
        book.type_cell("Measures", places.measure(FORMER, "actual"), "1.93%")
        after = states()
        assert after.count(OPEN) == 1
        shown = book.get_cell(layout.QUERIES, "A3").value
        assert shown == f"1 of {len(before)} to go."
