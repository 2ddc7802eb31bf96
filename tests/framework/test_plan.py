"""Deliverables and actions of framework.xlsx: there and back, what is recognised, and every mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from perfbook.framework.model import Action, Band, Deliverable, Framework, Scheme
from perfbook.framework.plan import placements, rating_keys, reference_of, usual_rating_scheme
from perfbook.framework.version import version_of, with_version
from perfbook.workbook.limits import breaches
from perfbook.workbook.lookalikes import latin, strange_letters
from tests.conftest import Audit
from tests.framework.books import FRAMEWORK, Q1, Q2, Q3, bare, edited, problems, read, written
from tests.framework.test_book import assert_recalculates
from tests.support.office import Office

FOUR_STEPS = Scheme(
    "four-steps",
    "Four steps",
    (
        Band("complete", "Complete", "\u2714", "#1B6B3A"),
        Band("on_track", "On track", "\u25cf", "#2E7D5B"),
        Band("slipping", "Slipping", "\u25b2", "#8A5A00"),
        Band("significant", "Significant issues", "\u2716", "#B3261E"),
    ),
    exception_from=3,
)
PLAN: Framework = with_version(
    replace(
        FRAMEWORK,
        schemes={**FRAMEWORK.schemes, "four-steps": FOUR_STEPS},
        deliverables=(
            Deliverable("d-1", "B1", "Support early language", "people", "First steps"),
            Deliverable("d-2", "C3", "Cleaner streets", "place", written="\u04213"),
            Deliverable("d-3", "", "A deliverable without a reference", "people"),
        ),
        actions=(
            Action("a-1", "CH9", "Early years places", "care", ("d-1", "d-2", "d-3"), written="\u0421\u041d9"),
            Action("a-2", "BE 2", "Street cleaning", "streets", ("d-2",), owner="Head of Streets", due="2024-03-31"),
            Action("a-3", "", "A plan without a reference", "care", (), "place", due="Ongoing", first=Q1, last=Q2),
            Action("a-4", "BE2", "Another with the same reference", "streets", ("d-1",), scheme="four-steps"),
        ),
    )
)
DATA = written(PLAN, Q2, Q3)
Plan = Callable[[Workbook], object]


def without_remarks(framework: Framework) -> Framework:
    return replace(bare(framework), remarks=())


def test_reading_what_was_written_gives_the_same_plan(tmp_path: Path, office: Office) -> None:
    path, saved = tmp_path / "framework.xlsx", tmp_path / "saved.xlsx"
    path.write_bytes(DATA)
    assert without_remarks(read(path, PLAN)) == without_remarks(PLAN)
    with office.open(path) as book:
        book.save_as(saved)
    assert without_remarks(read(saved, PLAN)) == without_remarks(PLAN)


def test_the_workbook_keeps_every_limit_and_recalculates(tmp_path: Path, office: Office, audit: Audit) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    assert not breaches(DATA)
    assert not audit(DATA)
    assert_recalculates(path, office)


def test_a_framework_without_a_plan_has_the_version_that_it_always_had() -> None:
    # Returns that were sent out before there were plans, or dates of benchmarks, carry it.
    undated = replace(FRAMEWORK, benchmarks=tuple(replace(each, dated="") for each in FRAMEWORK.benchmarks))
    assert version_of(undated) == "a53e6b79e215"
    assert version_of(PLAN) != version_of(FRAMEWORK)


# --- Look-alike letters ------------------------------------------------------------------------------------------


def test_lookalike_letters_are_recognised_and_said(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    found = read(path, PLAN)
    assert found.actions_by_key["a-1"].code == "CH9"
    assert found.deliverables_by_key["d-2"].code == "C3"
    said = {(remark.code, remark.place.sheet, remark.place.cell, remark.about) for remark in found.remarks}
    assert said == {
        ("F101", "Deliverables", "B6", "d-2"),
        ("F101", "Actions", "B5", "a-1"),
        ("F102", "Actions", "B8", "a-4"),
    }
    action = next(remark for remark in found.remarks if remark.about == "a-1")
    assert "It is read as CH9." in action.found
    assert action.remedy.startswith("Type CH9 anew")


def test_an_action_names_a_deliverable_in_either_alphabet(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Actions"]["D6"] = "\u04213 ; b1"

    found = read(edited(DATA, edit, tmp_path / "f.xlsx"), PLAN)
    assert found.actions_by_key["a-2"].deliverables == ("d-2", "d-1")


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("\u0421\u041d9", "CH9"),
        ("\u043d15", "H15"),
        ("\u0420\u041d6", "PH6"),
        ("\u0391\u03925", "AB5"),
        ("CH9", "CH9"),
        ("\u041f\u041d9", "\u041f\u041d9"),  # a letter that no Latin one looks like: truly Russian
        ("Caf\u00e9 1", "Caf\u00e9 1"),
    ],
)
def test_the_letters(typed: str, read_as: str) -> None:
    assert latin(typed) == read_as
    assert bool(strange_letters(typed)) == (typed != read_as)


@given(st.text())
def test_reading_letters_twice_changes_nothing_more(text: str) -> None:
    assert latin(latin(text)) == latin(text)
    assert len(latin(text)) == len(text)


def test_references_are_compared_without_spaces_and_points() -> None:
    assert reference_of("ACE 27") == reference_of("ace27") == reference_of("ACE.27")


# --- Where actions stand -----------------------------------------------------------------------------------------


def test_placements_follow_the_plan_and_the_calendar() -> None:
    assert [each.key for each in placements(PLAN)] == [
        "a-1@d-1",
        "a-4@d-1",
        "a-1@d-3",
        "a-1@d-2",
        "a-2@d-2",
        "a-3",
    ]
    assert [each.priority for each in placements(PLAN)] == ["people"] * 3 + ["place"] * 3
    assert "a-3" not in [each.key for each in placements(PLAN, Q3)]
    assert PLAN.expected(Q2) == ("care", "streets")
    assert usual_rating_scheme(PLAN) == "four-steps"
    assert rating_keys(PLAN) == ("complete", "on_track", "slipping", "significant")


def test_actions_alone_are_a_framework(tmp_path: Path) -> None:
    """A council that reports actions and no measure, rated by its usual scheme."""
    alone = with_version(
        Framework(
            council="Plainshire",
            year_start=4,
            reporting="quarterly",
            measures=(),
            directorates=PLAN.directorates,
            priorities=PLAN.priorities,
            schemes={"four-steps": FOUR_STEPS},
            default_scheme="four-steps",
            deliverables=PLAN.deliverables,
            actions=PLAN.actions,
        )
    )
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(alone, Q2))
    assert replace(read(path, alone), remarks=()) == alone
    assert alone.expected(Q2) == ("care", "streets")


# --- Mistakes ----------------------------------------------------------------------------------------------------


def _clear(sheet: str, cells: str) -> Plan:
    def edit(book: Workbook) -> None:
        for row in book[sheet][cells]:
            for cell in row:
                cell.value = None

    return edit


def _put(sheet: str, cell: str, value: object) -> Plan:
    def edit(book: Workbook) -> None:
        book[sheet][cell] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_put("Actions", "D5", "B1; B11"), "Actions!D5: There is no deliverable 'B11'. Did you mean 'B1'?"),
        (_put("Actions", "D5", "B1; b 1"), "Actions!D5: The deliverable b 1 is named twice. Name it once."),
        (_put("Actions", "D6", None), "Actions!D6: The action stands under no deliverable and no priority."),
        (_put("Actions", "E5", "A better place"), "Actions!E5: The action has deliverables, and their priorities"),
        (_put("Actions", "F5", "Parks"), "Actions!F5: There is no directorate 'Parks'."),
        (_put("Actions", "C5", None), "Actions!C5: Title is blank."),
        (_put("Actions", "A5", "a-2"), "Actions!A6: The key 'a-2' stands in row 5 already."),
        (_put("Actions", "I5", "rag"), "Actions!I5: The scheme 'rag' has limits, so figures are scored by it"),
        (_put("Actions", "J5", "2019-20 Q5"), "Actions!J5: "),
        (_put("Actions", "K7", "2019-20 Q4"), "Actions!K7: The last period, 2019-20 Q4, is before the first"),
        (_put("Deliverables", "D5", "Prosperity"), "Deliverables!D5: There is no priority 'Prosperity'."),
        (_put("Deliverables", "B7", "b1"), "Actions!D5: 2 deliverables have the reference B1. Name one by key: d-1,"),
        (_put("Measures", "M5", "four-steps"), "Measures!M5: No band of the scheme 'four-steps' has a limit"),
        (_clear("Schemes", "A14:K17"), "Actions: There is no scheme in which a person chooses"),
    ],
)
def test_each_mistake_is_reported_with_its_cell(edit: Plan, said: str, tmp_path: Path) -> None:
    found = problems(DATA, edit, tmp_path / "f.xlsx", PLAN)
    assert any(problem.startswith(said) for problem in found), found


def test_a_usual_scheme_without_limits_cannot_score_measures(tmp_path: Path) -> None:
    like = replace(PLAN, default_scheme="four-steps")
    found = problems(DATA, lambda book: None, tmp_path / "f.xlsx", like)
    assert found[0] == (
        "Measures: The council's usual scheme, 'four-steps', has no limits, so measures that name no other cannot be "
        "scored. Name a scheme with limits in perfbook.toml, or for each measure in the column Scheme."
    )


def test_a_date_that_is_due_stays_a_date(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(DATA)
    cell = load_workbook(path)["Actions"]["H6"]
    assert cell.is_date and str(cell.value)[:10] == "2024-03-31"
