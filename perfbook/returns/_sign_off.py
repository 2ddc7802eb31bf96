"""The sign-off of a return: what stands on Start, and what is odd about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from perfbook.framework.periods import Period
from perfbook.records import Finding, Severity, SignOff
from perfbook.returns import layout
from perfbook.returns._grid import Keyed, address
from perfbook.workbook.text import clean_text

_EPOCH = date(1899, 12, 30)
_NUMERIC = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})")
_WORDY = ("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%d %B %y", "%Y-%m-%d")
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
# Nobody signs a quarter so long after it has ended.
_LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Signed:
    """A sign-off as read. `filled` tells whether any of its cells holds something."""

    sign_off: SignOff | None
    role: str
    filled: bool
    findings: tuple[Finding, ...]


def read_sign_off(sheets: tuple[Keyed, ...], period: Period, file: str) -> Signed:
    """The sign-off from the sheets that claim to be Start: the first that holds one."""
    fields = [{field.key: _text(start, field.key) for field in layout.SIGN_OFF} for start in sheets]
    at = next((index for index, found in enumerate(fields) if any(found.values())), 0)
    return _Reader(sheets[at], fields[at], period, file).read()


class _Reader:
    def __init__(self, start: Keyed, fields: dict[str, str], period: Period, file: str) -> None:
        self.start = start
        self.fields = fields
        self.period = period
        self.file = file
        self.findings: list[Finding] = []

    def read(self) -> Signed:
        words, role = self.fields[layout.SIGN_STATE], self.fields[layout.SIGN_ROLE]
        state = words.lower()
        sign_off = None
        if state in ("provisional", "certified"):
            name, day = self.fields[layout.SIGN_NAME], self.fields[layout.SIGN_DATE]
            sign_off = SignOff("certified" if state == "certified" else "provisional", role, name, day)
            self._check(sign_off)
        elif state:
            found = f"{words!r} is not a state of a sign-off, so the return counts as not signed."
            self._say("S201", "error", layout.SIGN_STATE, found, "Choose Provisional or Certified.")
        return Signed(sign_off, role, any(self.fields.values()), tuple(self.findings))

    def _check(self, sign_off: SignOff) -> None:
        certified = sign_off.state == "certified"
        if certified and not sign_off.role:
            found = "The return is certified without the role of who certified it."
            self._say("S202", "warning", layout.SIGN_ROLE, found, "Fill in the role, for example Head of Service.")
        if certified and not sign_off.date:
            self._say("S203", "warning", layout.SIGN_DATE, "The return is certified without a date.", "Fill it in.")
        if not sign_off.date:
            return
        day = _day(sign_off.date)
        if day is None:
            found = f"The date of the sign-off, {sign_off.date!r}, is not a date."
            self._say("S204", "warning", layout.SIGN_DATE, found, "Type it like 16/10/2020.")
        elif not self.period.start <= day <= self.period.end + _LONGEST:
            found = f"The return is dated {day.day} {day:%B %Y}, which does not go with {self.period.label}."
            self._say("S204", "warning", layout.SIGN_DATE, found, "Correct the date.")

    def _say(self, code: str, severity: Severity, key: str, found: str, remedy: str) -> None:
        place = self.start.place(key, layout.VALUE_COLUMN)
        cell = address(place) if place else ""
        self.findings.append(Finding(code, severity, self.file, self.start.sheet.name, cell, "", found, "", remedy))


def _text(start: Keyed, key: str) -> str:
    """A field of the sign-off; a true date as 2020-10-16."""
    value = start.value(key, layout.VALUE_COLUMN)
    if isinstance(value, datetime):
        value = value.date()
    words = value.isoformat() if isinstance(value, date) else start.text(key, layout.VALUE_COLUMN)
    return clean_text(words).strip()


def _day(words: str) -> date | None:
    """The day that a text names; days come before months, as they do here."""
    plain = _ORDINAL.sub("", _WEEKDAY.sub("", " ".join(words.split())))
    for pattern in _WORDY:
        try:
            return datetime.strptime(plain, pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    match = _NUMERIC.fullmatch(plain)
    try:
        if match:
            year = int(match[3])
            return date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))
        # A date in a cell without a date format.
        return _EPOCH + timedelta(days=float(plain))
    except (ValueError, OverflowError):
        return None
