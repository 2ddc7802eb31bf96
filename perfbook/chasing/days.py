"""Working days: Monday to Friday without the bank holidays of a nation."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

from perfbook.chasing.rules import Nation

_PARTS: dict[Nation, str] = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern ireland": "NIR"}
_DAY = timedelta(days=1)


@lru_cache(maxsize=8)
def _bank_holidays(nation: Nation) -> holidays.HolidayBase:
    # Years are added as they are asked for.
    return holidays.country_holidays("GB", subdiv=_PARTS[nation])


def is_working_day(day: date, nation: Nation) -> bool:
    """Whether offices work on a day."""
    return day.weekday() < 5 and day not in _bank_holidays(nation)


def shifted(day: date, count: int, nation: Nation) -> date:
    """The working day that lies so many working days after a day, or before it where `count` is negative."""
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, nation)
    return day


def on_or_before(day: date, nation: Nation) -> date:
    """The day itself, or the last working day before it."""
    while not is_working_day(day, nation):
        day -= _DAY
    return day
