"""What a cell is beyond its value: its number format, its formula, its error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from perfbook.returns._quick_text import meant
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook._numfmt_parse import DateSection, Format, NumberSection, parse

Raw = str | float | int | bool | datetime | date | time | timedelta | None
Place = tuple[int, int]

# The formats that a workbook need not spell out ([ECMA-376] 18.8.30), in English (UK).
BUILT_IN_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "0": "General",
        "1": "0",
        "2": "0.00",
        "3": "#,##0",
        "4": "#,##0.00",
        "9": "0%",
        "10": "0.00%",
        "11": "0.00E+00",
        "12": "# ?/?",
        "13": "# ??/??",
        "14": "dd/mm/yyyy",
        "15": "d-mmm-yy",
        "16": "d-mmm",
        "17": "mmm-yy",
        "18": "h:mm AM/PM",
        "19": "h:mm:ss AM/PM",
        "20": "h:mm",
        "21": "h:mm:ss",
        "22": "dd/mm/yyyy h:mm",
        "37": "#,##0;-#,##0",
        "38": "#,##0;[Red]-#,##0",
        "39": "#,##0.00;-#,##0.00",
        "40": "#,##0.00;[Red]-#,##0.00",
        "45": "mm:ss",
        "46": "[h]:mm:ss",
        "47": "mm:ss.0",
        "48": "##0.0E+0",
        "49": "@",
    }
)

_LONGEST = 255  # Excel has no format that is longer
# Another workbook by its number or its name, a file, a program (DDE).
_ELSEWHERE = re.compile(r"\[\d+\]|\[[^\]]*\.xl|file:|\|'", re.IGNORECASE)


class Look:
    """What is seen of a cell beyond its value.

    `number_format` is empty where the kind of file does not tell it; `formula` is `=` and its text, which may be empty.
    In bytes it is as it stands in XML, for hardly any formula is ever asked for.
    """

    __slots__ = ("_formula", "error", "is_plain", "number_format")

    def __init__(self, number_format: str, formula: str | bytes = "", error: str = "") -> None:
        self.number_format = number_format
        self._formula = formula
        self.error = error
        # Neither a formula nor an error.
        self.is_plain = not formula and not error

    @property
    def formula(self) -> str:
        """The formula, with `=` before it; empty where there is none."""
        if isinstance(self._formula, bytes):
            self._formula = meant(self._formula)
        return self._formula

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Look):
            return NotImplemented
        return (self.number_format, self.formula, self.error) == (other.number_format, other.formula, other.error)

    def __hash__(self) -> int:
        return hash((self.number_format, self.formula, self.error))

    def __repr__(self) -> str:
        return f"Look({self.number_format!r}, {self.formula!r}, {self.error!r})"

    def percent(self, value: float) -> tuple[bool, bool]:
        """Whether the format shows a % for a number, and whether it shows a hundredfold of what is stored."""
        section = _section(self.number_format, value)
        if not isinstance(section, NumberSection):
            return False, False
        return "%" in section.before + section.after, section.scale == 2

    def is_date(self, value: float) -> bool:
        """Whether the format shows a number as a date or a time."""
        return shows_date(self.number_format, value)

    @property
    def points_elsewhere(self) -> bool:
        """Whether the formula takes its value from another workbook or program."""
        return _ELSEWHERE.search(self.formula) is not None


def shows_date(number_format: str, value: float) -> bool:
    """Whether a format shows a number as a date or a time."""
    return isinstance(_section(number_format, value), DateSection)


def _section(number_format: str, value: float) -> object:
    return _kept_section(number_format, value) if len(number_format) <= _LONGEST else _chosen(number_format, value)


def _chosen(number_format: str, value: float) -> object:
    parsed = _parsed(number_format)
    if parsed is None:
        return None
    try:
        return parsed.choose(as_decimal15(value))[0]
    except ValueError:
        return None


_kept_section = lru_cache(maxsize=4096)(_chosen)  # one value is looked at from several sides


@lru_cache(maxsize=1024)
def _parsed(number_format: str) -> Format | None:
    return parse(number_format)
