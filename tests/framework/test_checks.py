"""The sheets Checks and Suppressions of framework.xlsx: read, written, and each mistake told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from perfbook.checks.registry import SWITCHABLE
from perfbook.framework.model import CheckSetting, Decision, Suppression
from perfbook.framework.periods import parse
from tests.feedback import plan
from tests.framework.books import DATA, FRAMEWORK, Q2, edited, problems, read, written

_FIRST = 5
_ROWS = {entry.code: row for row, entry in enumerate(SWITCHABLE, start=_FIRST)}
_KEY = FRAMEWORK.measures[0].key


def _checks(check: str, /, **cells: object) -> Callable[[Workbook], object]:
    columns = {"on": "C", "severity": "E", "tuning": "G", "code": "A"}

    def edit(book: Workbook) -> None:
        for name, value in cells.items():
            book["Checks"][f"{columns[name]}{_ROWS[check]}"] = value

    return edit


def _suppress(**cells: object) -> Callable[[Workbook], object]:
    columns = {"key": "A", "check": "D", "reason": "E", "by": "F", "until": "G"}
    row: dict[str, object] = {"key": _KEY, "check": "V102", "reason": "Known.", "by": "Head of Housing", **cells}

    def edit(book: Workbook) -> None:
        for name, value in row.items():
            book["Suppressions"][f"{columns[name]}5"] = value

    return edit


def test_settings_survive_a_round_trip_and_are_no_new_version(tmp_path: Path) -> None:
    set_up = replace(
        FRAMEWORK,
        checks={
            "T103": CheckSetting("T103", on=False),
            "E102": CheckSetting("E102", severity="error", tuning=Decimal(40)),
        },
        suppressions=(
            Suppression("V102", _KEY, "Repeat cases count twice.", "Head of Housing", parse("2021-22 Q4")),
            Suppression("E101", _KEY, "The board was told.", "Performance officer"),
        ),
    )
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(set_up, Q2))
    again = read(path, FRAMEWORK)
    assert again.checks == set_up.checks
    assert again.suppressions == set_up.suppressions
    assert again.version == FRAMEWORK.version


def test_without_the_sheets_all_is_as_usual(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        del book["Checks"], book["Suppressions"]

    again = read(edited(DATA, edit, tmp_path / "framework.xlsx"), FRAMEWORK)
    assert (dict(again.checks), again.suppressions) == ({}, ())


@pytest.mark.parametrize(
    ("edit", "setting"),
    [
        (_checks("T103", on="No"), CheckSetting("T103", on=False)),
        (_checks("V102", severity="Error"), CheckSetting("V102", severity="error")),
        (_checks("T101", tuning=5), CheckSetting("T101", tuning=Decimal(5))),
    ],
)
def test_what_officers_type(edit: Callable[[Workbook], object], setting: CheckSetting, tmp_path: Path) -> None:
    again = read(edited(DATA, edit, tmp_path / "framework.xlsx"), FRAMEWORK)
    assert dict(again.checks) == {setting.code: setting}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_checks("T103", on="maybe"), f"Checks!C{_ROWS['T103']}: 'maybe' is not yes or no."),
        (_checks("T103", severity="grave"), f"Checks!E{_ROWS['T103']}: 'grave' is not a severity."),
        (_checks("V102", tuning=3), f"Checks!G{_ROWS['V102']}: V102 has no value to tune."),
        (_checks("T101", tuning=101), f"Checks!G{_ROWS['T101']}: '101' cannot be the value of T101."),
        (_checks("T101", tuning="a few"), f"Checks!G{_ROWS['T101']}: 'a few' cannot be the value of T101."),
        (_checks("T103", code="T13"), f"Checks!A{_ROWS['T103']}: There is no check 'T13'. Did you mean 'T"),
        (_checks("T103", code="V107"), f"Checks!A{_ROWS['T103']}: V107 can be neither switched nor suppressed"),
        (_checks("T103", code="T102"), f"Checks!A{_ROWS['T103']}: The check stands in row {_ROWS['T102']} already."),
        (_suppress(check="V999"), "Suppressions!D5: There is no check 'V999'."),
        (_suppress(check="R206"), "Suppressions!D5: R206 can be neither switched"),
        (_suppress(check="S202"), "Suppressions!D5: S202 is not about a row."),
        (_suppress(check="R205"), "Suppressions!D5: R205 can be neither switched nor suppressed"),
        (_suppress(key="nobody"), "Suppressions!A5: Nothing that is asked for in returns has the key 'nobody'"),
        (_suppress(reason=None), "Suppressions!E5: Reason is blank."),
        (_suppress(by=None), "Suppressions!F5: Decided by is blank."),
        (_suppress(until="soon"), "Suppressions!G5:"),
    ],
)
def test_mistakes_are_told_with_their_cell(edit: Callable[[Workbook], object], words: str, tmp_path: Path) -> None:
    told = problems(DATA, edit, tmp_path / "framework.xlsx", FRAMEWORK)
    assert any(each.startswith(words) for each in told), told
    assert len(told) == 1


def test_what_is_suppressed_and_decided_may_be_an_action_a_heading_or_a_line(tmp_path: Path) -> None:
    grid, section = plan.WORKFORCE, plan.OUTLOOK
    made = replace(
        plan.FRAMEWORK,
        suppressions=(
            Suppression("A101", "a-1", "The board writes it.", "Performance officer"),
            Suppression("G101", grid.key, "Casual staff count twice.", "Performance officer"),
            Suppression("N102", section.key, "It stays as it is.", "Performance officer"),
        ),
        decisions=(
            Decision("a-1@d-1", Q2, "A105", True, "Agreed."),
            Decision("head@care", Q2, "G101", False, "Say which."),
            Decision("evidence@care", Q2, "D101", True, "Shown in person."),
        ),
    )
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(made, Q2))
    again = read(path, made)
    assert again.suppressions == made.suppressions
    assert again.decisions == made.decisions
    # What holds for a grid holds for each of its lines.
    assert [each.code for each in again.suppressed("head", Q2)] == ["G101"]
    assert again.suppressed("a-3", Q2) == ()
