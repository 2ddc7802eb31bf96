"""The sheets Checks and Suppressions of framework.xlsx, read and filled: how a council wants its returns checked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfbook.checks.registry import BY_CODE, SWITCHABLE, Entry
from perfbook.framework._content import Content
from perfbook.framework._content import Entry as Filled
from perfbook.framework._register import choose, period_in
from perfbook.framework._subjects import Subjects, named
from perfbook.framework._tables import Cell, Problems, Row, Table, number_in, required, suggestion
from perfbook.framework.check_sheets import CHECKS, SEVERITIES, SUPPRESSIONS
from perfbook.framework.model import CheckSetting, Framework, Suppression
from perfbook.framework.periods import Period
from perfbook.framework.sheets import YES_NO


def read_checks(table: Table, problems: Problems) -> dict[str, CheckSetting]:
    """The settings that differ from perfbook's own, by code."""
    required(problems, CHECKS, table.rows)
    settings: dict[str, CheckSetting] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        entry = _entry(row["code"], problems)
        if entry is None:
            continue
        if entry.code in seen:
            problems.add(row["code"], f"The check stands in row {seen[entry.code]} already.", "Remove one of the rows.")
            continue
        seen[entry.code] = row.number
        setting = _setting(entry, row, problems)
        if setting != CheckSetting(entry.code):
            settings[entry.code] = setting
    return settings


def _entry(cell: Cell, problems: Problems) -> Entry | None:
    if cell.broken:
        return None
    if cell.blank:
        problems.add(cell, "Check is blank.", CHECKS.column("code").help)
        return None
    entry = BY_CODE.get(cell.words.upper())
    if entry is None:
        near = suggestion(cell.words, BY_CODE)
        problems.add(cell, f"There is no check {cell.words!r}.{near}", "See docs/checks.md for the codes.")
    elif not entry.switchable:
        words = f"{entry.code} can be neither switched nor suppressed: it says what was not read, or not understood."
        problems.add(cell, words, "Remove the row.")
        return None
    return entry


def _setting(entry: Entry, row: Row, problems: Problems) -> CheckSetting:
    on = choose(problems, row["on"], YES_NO, "yes", "yes or no") == "yes"
    severity = None
    if not row["severity"].blank:
        severity = choose(problems, row["severity"], SEVERITIES, entry.severity, "a severity")
    return CheckSetting(entry.code, on, severity, _tuning(entry, row["tuning"], problems))


def _tuning(entry: Entry, cell: Cell, problems: Problems) -> Decimal | None:
    if cell.blank or cell.broken:
        return None
    knob, number = entry.knob, number_in(cell)
    if knob is None:
        problems.add(cell, f"{entry.code} has no value to tune.", "Clear the cell.")
        return None
    if number is not None and "%" in cell.number_format:
        number *= 100  # 25% typed where the column counts in per cent
    if number is None or not knob.least <= number <= knob.most:
        problems.add(
            cell,
            f"{cell.words!r} cannot be the value of {entry.code}.",
            f"Type a number from {knob.least} to {knob.most}: {knob.about}",
        )
        return None
    return number


def read_suppressions(table: Table, subjects: Subjects, problems: Problems, year_start: int) -> tuple[Suppression, ...]:
    """The suppressed findings, in the order of their rows."""
    required(problems, SUPPRESSIONS, table.rows)
    found: list[Suppression] = []
    for row in table.rows:
        key = subjects.suppressible(row, problems)
        entry = _entry(row["check"], problems) if not row["check"].blank else None
        if entry and not entry.of_row:
            problems.add(row["check"], f"{entry.code} is not about a row.", "Switch it off on the sheet Checks.")
        until = period_in(problems, row["until"], year_start)
        if key and entry:
            found.append(Suppression(entry.code, key, row["reason"].words, row["by"].words, until))
    return tuple(found)


def checks_content(framework: Framework) -> Content:
    """A row for each check that can be switched, with what perfbook does by itself."""
    rows: list[Mapping[str | Period, Filled]] = []
    for entry in SWITCHABLE:
        setting = framework.checks.get(entry.code, CheckSetting(entry.code))
        knob = entry.knob
        rows.append(
            {
                "code": entry.code,
                "title": entry.title,
                "on": "" if setting.on else "no",
                "usual": _usual(entry),
                "severity": setting.severity or "",
                "usual_value": knob.usual if knob else None,
                "tuning": setting.tuning,
                "about": knob.about if knob else "",
            }
        )
    return rows


def _usual(entry: Entry) -> str:
    return f"{entry.severity}; {entry.certified} when certified" if entry.certified else entry.severity


def suppressions_content(framework: Framework) -> Content:
    """The suppressed findings."""
    return [
        {
            "key": each.measure,
            "code": named(framework, each.measure)[0],
            "title": named(framework, each.measure)[1],
            "check": each.code,
            "reason": each.reason,
            "by": each.by,
            "until": each.until.label if each.until else "",
        }
        for each in framework.suppressions
    ]
