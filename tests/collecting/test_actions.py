"""Ratings of actions on their way: copies merged, records kept, history shown, counts answered."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from perfbook.account import account
from perfbook.collecting import recorded
from perfbook.collecting.history import history
from perfbook.framework.model import Action, Band, Deliverable, Framework, Scheme
from perfbook.framework.periods import Period
from perfbook.framework.version import with_version
from perfbook.records import ActionReport, Quarter
from perfbook.returns import actions_layout, layout
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scoring.ratings import index_reports
from tests.collecting.council import DUE, IN_TIME, ISSUED, NOW, PERIOD, TOO_LATE, Run, Share, council
from tests.returns.places import Places
from tests.returns.test_actions import Cells

STEPS = Scheme(
    "steps",
    "Steps",
    (Band("done", "Done", "\u2714", "#1B6B3A"), Band("slow", "Slow", "\u25b2", "#8A5A00")),
    exception_from=2,
)
NEXT = PERIOD.shift(1)


def with_actions() -> Framework:
    base = council()
    return with_version(
        replace(
            base,
            schemes={**base.schemes, "steps": STEPS},
            deliverables=(Deliverable("d1", "B1", "First", "all"), Deliverable("d2", "B2", "Second", "all")),
            actions=(
                Action("a1", "HS1", "Build homes", "housing", ("d1", "d2")),
                Action("a2", "HS2", "Repair homes", "housing", ("d1",)),
                Action("a3", "L1", "Open libraries", "libraries", ("d2",)),
            ),
        )
    )


FRAMEWORK = with_actions()


@cache
def blank(directorate: str = "housing", period: Period = PERIOD) -> bytes:
    return build_return(FRAMEWORK, directorate, period, {}, due=DUE, created=ISSUED)


def filled(
    entries: Mapping[tuple[str, str], str | float | datetime],
    state: str = "",
    directorate: str = "housing",
    period: Period = PERIOD,
) -> bytes:
    return _filled(tuple(entries.items()), state, directorate, period)


@cache  # openpyxl writes the time of day into its files
def _filled(
    entries: tuple[tuple[tuple[str, str], str | float | datetime], ...], state: str, directorate: str, period: Period
) -> bytes:
    data = blank(directorate, period)
    at = Cells(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (key, column), value in entries:
        book[actions_layout.SHEET][at(key, column)] = value
    if state:
        sheet = book[layout.START]
        rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
        sheet[f"C{rows[layout.SIGN_STATE]}"] = state
        sheet[f"C{rows[layout.SIGN_ROLE]}"] = "Head of Service"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.fixture
def actions(share: Share) -> Share:
    return share.under(FRAMEWORK)


def said(run: Run) -> dict[tuple[str, str], ActionReport]:
    return {(report.action, report.deliverable): report for report in run.collected.actions}


def test_copies_are_merged_action_by_action_and_field_by_field(actions: Share) -> None:
    first = {("a1", "rating"): "Done", ("a1@d2", "rating"): "Slow", ("a2", "update"): "Forty repaired."}
    second = {("a1", "update"): "Ten built.", ("a2", "rating"): "Slow", ("a2", "progress"): 0.4}
    actions.put("a.xlsx", filled(first), IN_TIME)
    actions.put("b.xlsx", filled(second), TOO_LATE)
    run = actions.collect()
    assert (run.verdict("a.xlsx"), run.verdict("b.xlsx")) == (("merged", "C005"), ("accepted", "C000"))
    assert "it added what was blank there: HS1 Build homes; HS2 Repair homes." in run.file("a.xlsx").reason
    found = said(run)
    assert (found["a1", ""].rating, found["a1", ""].update) == ("done", "Ten built.")
    assert found["a1", "d2"].rating == "slow"
    assert (found["a2", ""].update, found["a2", ""].progress) == ("Forty repaired.", Decimal("0.4"))
    source = found["a1", ""].source
    assert source is not None
    assert (source.file, source.received) == ("a.xlsx", IN_TIME)
    assert (run.record("housing").actions, run.record("housing").rated) == (2, 2)
    # Nothing new on a second run, and the same in the next period, from the record alone.
    kinds = actions.kinds()
    assert actions.collect().collected.actions == run.collected.actions
    assert actions.kinds() == kinds
    assert set(history(FRAMEWORK, actions.archive, NEXT).actions) == set(run.collected.actions)


def test_two_ratings_are_one_query_with_both_sides(actions: Share) -> None:
    actions.put("a.xlsx", filled({("a1", "rating"): "Done", ("a1", "update"): "x"}), IN_TIME)
    actions.put("b.xlsx", filled({("a1", "rating"): "Slow", ("a1", "update"): "x"}), TOO_LATE)
    run = actions.collect()
    (query,) = (f for f in run.collected.findings if f.code == "I110")
    assert query.measure == "a1"
    assert query.found.startswith("Two values of the rating of HS1 Build homes: \u201cSlow\u201d (b.xlsx,")
    assert said(run)["a1", ""].rating == "slow"


def test_a_less_signed_copy_that_holds_more_is_said(actions: Share) -> None:
    actions.put("a.xlsx", filled({("a1", "rating"): "Done"}, "Certified"), IN_TIME)
    actions.put("b.xlsx", filled({("a1", "rating"): "Done", ("a2", "rating"): "Slow"}), TOO_LATE)
    run = actions.collect()
    assert "HS2 Repair homes" in next(f for f in run.collected.findings if f.code == "I109").found
    assert ("a2", "") not in said(run) or not said(run)["a2", ""].rating


def test_a_directorate_with_actions_alone_owes_a_return(actions: Share) -> None:
    assert "libraries" in FRAMEWORK.expected(PERIOD)
    actions.put("l.xlsx", filled({("a3", "rating"): "Done"}, "Certified", "libraries"), IN_TIME)
    run = actions.collect()
    assert run.verdict("l.xlsx") == ("accepted", "C000")
    record = run.record("libraries")
    assert (record.state, record.measures, record.actions, record.rated) == ("certified", 0, 1, 1)


def test_what_was_recorded_is_read_again_as_it_was() -> None:
    data = filled(
        {
            ("a1", "rating"): "Done",
            ("a1", "update"): "Ten built.",
            ("a1", "revised"): datetime(2032, 5, 1),  # noqa: DTZ001 (as Excel has it)
            ("a1", "progress"): 0.45,
            ("a1@d2", "rating"): "Not rated",
        }
    )
    submission = read_return(data, file="a.xlsx", framework=FRAMEWORK)
    assert len(submission.actions) == 3
    assert recorded.load(recorded.dump(submission, FRAMEWORK), "a.xlsx") == submission


def test_a_record_of_before_there_were_actions_is_still_read() -> None:
    submission = read_return(blank(), file="a.xlsx", framework=FRAMEWORK)
    old = recorded.dump(replace(submission, actions=()), FRAMEWORK).replace(b'"actions":[],', b"")
    assert recorded.load(old, "a.xlsx").actions == ()


def test_the_next_return_shows_what_was_said_last_time(actions: Share) -> None:
    actions.put("a.xlsx", filled({("a1", "rating"): "Slow", ("a1", "update"): "Ten built."}, "Certified"), IN_TIME)
    actions.collect()
    past = history(FRAMEWORK, actions.archive, NEXT)
    made = build_return(FRAMEWORK, "housing", NEXT, {}, due=DUE, created=ISSUED, reports=index_reports(past.actions))
    sheet = openpyxl.load_workbook(io.BytesIO(made))[actions_layout.SHEET]
    at = Cells(made)
    assert (sheet[at("a1", "previous")].value, sheet[at("a1", "last_update")].value) == ("\u25b2 Slow", "Ten built.")
    assert Places(made).row("h1")


def test_the_account_answers_with_counts_that_add_up(actions: Share) -> None:
    actions.put("a.xlsx", filled({("a1", "rating"): "Done", ("a1@d2", "rating"): "Slow"}, "Certified"), IN_TIME)
    run = actions.collect()
    quarter = Quarter(
        FRAMEWORK,
        PERIOD,
        NOW,
        (PERIOD,),
        run.collected.observations,
        run.collected.returns,
        run.collected.files,
        run.collected.findings,
        actions=run.collected.actions,
    )
    assert account(quarter).as_json()["actions"] == {
        "placements": 4,
        "distinct": 3,
        "unreferenced": 0,
        "several": 1,
        "rating": {"done": 1, "slow": 1, "none": 2},
    }


def test_a_file_that_is_gone_keeps_its_ratings(actions: Share) -> None:
    path: Path = actions.put("a.xlsx", filled({("a1", "rating"): "Done"}, "Certified"), IN_TIME)
    before = said(actions.collect())
    path.unlink()
    assert said(actions.collect()) == before
