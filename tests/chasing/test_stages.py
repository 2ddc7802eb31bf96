"""When which letter is due: working days, bank holidays of each nation, grace, and never the same stage twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbook.chasing.days import is_working_day, on_or_before, shifted
from perfbook.chasing.rules import NATIONS, ChasingRules
from perfbook.chasing.stages import REMINDERS, Past, calls, fingerprint, reminder
from perfbook.records import ReturnState
from tests.chasing.council import DUE, finding, quarter

RULES = ChasingRules()


@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("2026-01-02", {"scotland"}),
        ("2026-03-17", {"northern ireland"}),
        ("2026-04-06", {"england", "wales", "northern ireland"}),
        ("2026-05-25", set(NATIONS)),
        ("2026-07-13", {"northern ireland"}),
        ("2026-11-30", {"scotland"}),
        ("2026-12-28", set(NATIONS)),
        ("2026-04-11", set(NATIONS)),
        ("2026-04-10", set()),
    ],
)
def test_bank_holidays_are_those_of_the_nation(day: str, off: set[str]) -> None:
    assert {nation for nation in NATIONS if not is_working_day(date.fromisoformat(day), nation)} == off


def test_working_days_are_counted_over_easter() -> None:
    assert shifted(date(2026, 4, 10), -5, "england") == date(2026, 4, 1)
    assert shifted(date(2026, 4, 10), -5, "scotland") == date(2026, 4, 2)
    assert shifted(date(2026, 4, 2), 1, "england") == date(2026, 4, 7)
    assert on_or_before(date(2026, 4, 6), "england") == date(2026, 4, 2)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 40), st.sampled_from(NATIONS))
def test_counting_on_and_back_ends_where_it_began(day: date, count: int, nation: str) -> None:
    start = on_or_before(day, nation)  # type: ignore[arg-type]
    assert shifted(shifted(start, count, nation), -count, nation) == start  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        ("2026-03-31", None),
        ("2026-04-01", "before"),  # five working days before, with Easter between
        ("2026-04-09", "before"),
        ("2026-04-10", "due"),
        ("2026-04-13", None),
        ("2026-04-14", None),
        ("2026-04-15", "first"),
        ("2026-04-23", "first"),
        ("2026-04-24", "second"),
        ("2026-04-30", "second"),
        ("2026-05-01", "escalation"),
        ("2026-06-30", "escalation"),
    ],
)
def test_the_reminder_of_a_day(day: str, stage: str | None) -> None:
    assert reminder(DUE, date.fromisoformat(day), RULES, 0) == stage


def test_grace_moves_what_is_late_and_not_what_is_due() -> None:
    found = [reminder(DUE, date(2026, 4, day), RULES, 4) for day in (9, 10, 14, 15, 17, 20)]
    assert found == ["before", "due", "due", None, "first", "first"]


def test_a_due_day_on_which_nobody_works_is_told_the_working_day_before() -> None:
    saturday = date(2026, 4, 11)
    assert reminder(saturday, date(2026, 4, 10), RULES, 0) == "due"
    assert reminder(saturday, date(2026, 4, 9), RULES, 0) == "before"


def test_a_stage_with_no_days_is_left_out() -> None:
    rules = ChasingRules(before=0, first=0, escalate=0)
    found = {reminder(DUE, DUE + timedelta(days=days), rules, 0) for days in range(-10, 60)}
    assert found == {None, "due", "second"}


def test_nothing_is_written_on_a_day_off() -> None:
    for day in ("2026-04-03", "2026-04-04", "2026-04-06"):
        assert calls(quarter(day, {"d01": "not started"}), RULES, 0, {}) == ()
    (call,) = calls(quarter("2026-04-07", {"d01": "not started"}), RULES, 0, {})
    assert call.stage == "before"


@pytest.mark.parametrize(
    ("state", "until", "stage"),
    [
        ("not started", "received", "first"),
        ("in progress", "received", "first"),
        ("unreadable", "received", "first"),
        ("provisional", "received", None),
        ("provisional", "certified", "first"),
        ("certified", "certified", "thanks"),
    ],
)
def test_chasing_stops_with_the_submission(state: ReturnState, until: str, stage: str | None) -> None:
    rules = ChasingRules(until=until)  # type: ignore[arg-type]
    found = calls(quarter("2026-04-15", {"d01": state}), rules, 0, {})
    assert [call.stage for call in found] == ([stage] if stage else [])


def test_no_stage_comes_twice_and_none_after_a_later_one() -> None:
    now = quarter("2026-04-15", {"d01": "not started"})
    for done, called in (("due", True), ("first", False), ("second", False), ("escalation", False)):
        past = {"d01": Past(frozenset({(DUE, done)}))}  # type: ignore[arg-type]
        assert bool(calls(now, RULES, 0, past)) is called
    # A new due day begins anew.
    assert calls(now, RULES, 0, {"d01": Past(frozenset({(date(2026, 4, 1), "escalation")}))})


def test_a_missed_week_brings_the_latest_stage_alone() -> None:
    (call,) = calls(quarter("2026-05-05", {"d01": "not started"}), RULES, 0, {})
    assert call.stage == "escalation"
    assert call.days == 25


def test_findings_are_asked_about_once_each() -> None:
    first, second = finding("d01"), finding("d01", "V103", "The actual is text.")
    states: dict[str, ReturnState] = {"d01": "certified"}
    (call,) = calls(quarter("2026-04-08", states, findings=(first,)), RULES, 0, {})
    assert (call.stage, call.findings) == ("query", (first,))
    past = {"d01": Past(asked=frozenset({fingerprint(first)}))}
    assert calls(quarter("2026-04-09", states, findings=(first,)), RULES, 0, past) == ()
    # Rows were inserted: the same finding in another cell is the same finding.
    moved = finding("d01", cell="H9")
    assert calls(quarter("2026-04-09", states, findings=(moved,)), RULES, 0, past) == ()
    (call,) = calls(quarter("2026-04-09", states, findings=(first, second)), RULES, 0, past)
    assert call.findings == (second,)


def test_thanks_come_once_and_only_when_nothing_is_open() -> None:
    states: dict[str, ReturnState] = {"d01": "certified"}
    (call,) = calls(quarter("2026-04-08", states), RULES, 0, {})
    assert call.stage == "thanks"
    assert calls(quarter("2026-04-09", states), RULES, 0, {"d01": Past(thanked=True)}) == ()
    assert calls(quarter("2026-04-08", states), ChasingRules(thanks=False), 0, {}) == ()
    assert calls(quarter("2026-04-08", states, findings=(finding("d01"),)), ChasingRules(queries=False), 0, {}) == ()
    # Where a return came from is for officers to find out.
    unknown = finding("d01", code="I101", found="This return was not issued from this workspace.")
    (call,) = calls(quarter("2026-04-08", states, findings=(unknown,)), RULES, 0, {})
    assert call.stage == "thanks"


@given(st.data())
def test_whatever_happens_every_stage_comes_once_and_in_order(data: st.DataObject) -> None:
    """A quarter of days, some of them missed, the return coming and going."""
    past, sent = Past(), []
    for offset in range(-15, 45):
        if data.draw(st.booleans(), label="missed"):
            continue
        state: ReturnState = data.draw(st.sampled_from(("not started", "in progress", "provisional")))
        now = quarter(DUE + timedelta(days=offset), {"d01": state})
        for call in calls(now, RULES, 0, {"d01": past}):
            assert call.stage in REMINDERS
            sent.append(call.stage)
            past = Past(past.reminders | {(call.due, call.stage)})
    order = [REMINDERS.index(stage) for stage in sent]
    assert order == sorted(set(order))
