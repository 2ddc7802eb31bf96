"""The cells of one row of Measures: what stands in each, and what is wrong with it by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from perfbook.framework.model import Measure, Unit
from perfbook.framework.typed import Typed, contradicts, read_typed
from perfbook.records import Finding, Severity, Source
from perfbook.returns import layout
from perfbook.returns._cells import as_stored, look_into, plain_value, quoted
from perfbook.returns._context import Context
from perfbook.returns._grid import Keyed, Look, Place, Raw
from perfbook.returns._issued import Issued
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display, unit_format
from perfbook.workbook.text import clean_text, shortened, utf16_length

PLAIN = Unit("number", "number")
PARTS = (layout.NUMERATOR, layout.DENOMINATOR)
TEXTS = (layout.COMMENTARY, layout.ACTION)
NAMES = {
    layout.NUMERATOR: "numerator",
    layout.DENOMINATOR: "denominator",
    layout.ACTUAL: "actual",
    layout.TO_DATE: "year to date",
    layout.STATUS: "status",
    layout.CHOSEN: "score",
    layout.FORECAST: "forecast",
    layout.COMMENTARY: "commentary",
    layout.ACTION: "recovery action",
}
_PERCENT_SIGN = "%"
# Of a number beyond these a cell keeps not every digit; no figure of a council comes near.
_LARGEST, _SMALLEST = Decimal("1E15"), Decimal("1E-15")
# Numerator and denominator as text: digits and what parts them, nothing else.
_DIGITS_ONLY = re.compile(r"[-+]?[0-9][0-9., ]*")
_MOMENTS = (date, time, timedelta)  # a datetime is a date
_NUMBERS = (layout.NUMERATOR, layout.DENOMINATOR, layout.ACTUAL, layout.TO_DATE, layout.FORECAST)
# Where a locked dash stands in rows that do not ask for it.
_DASHED = (*PARTS, layout.TO_DATE, layout.CHOSEN)
_LONGEST_TEXT = 32_767


class RowCells:
    """The inputs of one row, and the findings about them as they are read.

    `filled` tells whether any of them holds something, `unusable` keeps, by column, what was not taken.
    """

    def __init__(self, context: Context, keyed: Keyed, measure: Measure, issued: Issued, row: str) -> None:
        self.context = context
        self.keyed = keyed
        self.measure = measure
        self.issued = issued
        self.findings: list[Finding] = []
        self.filled = False
        self.unusable: dict[str, str] = {}
        self.places: dict[str, Place | None] = dict.fromkeys(layout.INPUT_KEYS)
        self.addresses: dict[str, str] = {}
        at = keyed.rows.get(row, -1)
        for key, column, letters in keyed.inputs if at >= 0 else ():
            self.places[key] = (at, column)
            self.addresses[key] = f"{letters}{at + 1}"

    def raws(self) -> dict[str, Raw]:
        """The values of all inputs, with `raw`."""
        sheet = self.keyed.sheet
        cells, looks, disputed = sheet.cells, sheet.looks or {}, sheet.disputed
        # Most are blank.
        return {
            key: self.raw(key) if place and (place in cells or place in looks or place in disputed) else None
            for key, place in self.places.items()
        }

    def raw(self, key: str) -> Raw:
        """A cell's value; an error or a formula is reported, and a formula without a value is no blank."""
        place = self.places[key]
        if place is None:
            return None
        sheet = self.keyed.sheet
        value, look = sheet.value(place), sheet.look(place)
        if isinstance(value, str):
            value = clean_text(value, drop_zero_width=key not in TEXTS).strip() or None
            if value == layout.DASH and key in _DASHED:
                return None  # a locked cell of a row that does not ask for it, as issued
        if (look is not None and not look.is_plain) or place in sheet.disputed:
            seen = look_into(sheet, place, value, NAMES[key])
            self.filled = self.filled or seen.filled
            if seen.code:
                self.say(seen.code, seen.severity, key, seen.found, seen.remedy)
            if seen.unusable:
                self.unusable[key] = seen.unusable
                return None
        if value is None or isinstance(value, str):
            self.filled = self.filled or value is not None
            return value
        if isinstance(value, _MOMENTS) and key in _NUMBERS:
            self.filled = True
            known = look.number_format if look else ""
            shown = display(value, known) if known and not isinstance(value, timedelta) else str(value)
            self._not_a_number(key, str(value), shown)
            return None
        if isinstance(value, bool) and key in _NUMBERS:
            self.filled = True
            self.say(
                "V109", "error", key, f"The {NAMES[key]} is {str(value).upper()}, not a number.", "Type the number."
            )
            self.unusable[key] = str(value).upper()
            return None
        self.filled = True
        if isinstance(value, (float, int)) and key in _NUMBERS:
            return value if self._fits(key, value, look) else None
        return value

    def text(self, key: str, value: Raw) -> str:
        """A text as a cell may hold it; Excel itself never writes a longer one."""
        if value is None:
            return ""
        words = cell_words(value)
        if utf16_length(words) <= _LONGEST_TEXT:
            return words
        found = f"The {NAMES[key]} has {utf16_length(words):,} characters; the first {_LONGEST_TEXT:,} are taken."
        self.say("V122", "warning", key, found, "Shorten it: a cell holds no more.")
        return shortened(words, _LONGEST_TEXT)

    def _not_a_number(self, key: str, value: str, shown: str) -> None:
        words = f"The {NAMES[key]} is a date or a time: the cell shows {quoted(shown)} and holds {value}."
        self.say("V113", "error", key, words, "Type the number, and give the cell its number format again.")
        self.unusable[key] = value

    def _fits(self, key: str, value: float, look: Look | None) -> bool:
        """Whether a number can be what its cell is for, by its size and by the format in which it is shown."""
        number = as_number(value)
        if number is None or not is_held(number):
            words = f"The {NAMES[key]} is {value:.15g}, which is beyond any figure."
            self.say("V107", "error", key, words, "Type a plain number.")
        elif look is None or not look.number_format or not self.issued.unit_fits(self.measure):
            return True  # in another unit no format is wrong, and the figure is not taken
        elif look.is_date(value):
            self._not_a_number(key, as_stored(value), display(value, look.number_format))
        else:
            shows, scaled = look.percent(value)
            if key in PARTS:
                if not shows:
                    return True
                shown = quoted(display(value, look.number_format))
                self.say("V109", "error", key, f"The {NAMES[key]} is a percentage: {shown}.", "Type a plain number.")
            elif self.measure.unit.kind == "percent":
                if not scaled and abs(value) > 1:
                    shown = quoted(display(value, look.number_format))
                    counts = display(value, self.measure.number_format)
                    words = f"The cell shows {shown} and has lost its percentage format, so it counts as {counts}."
                    self.say("V115", "warning", key, words, "Type the figure with its % sign, such as 76.8%.")
                return True
            elif not shows or not contradicts(_PERCENT_SIGN, self.measure.unit):
                return True
            else:
                self._wrong_unit(key, quoted(display(value, look.number_format)))
        self.unusable[key] = as_stored(value)
        return False

    def _wrong_unit(self, key: str, shown: str) -> None:
        unit = self.measure.unit.shown
        words = f"The {NAMES[key]} is {shown}, but the unit of the measure is {unit}; it is not taken."
        self.say("V108", "error", key, words, f"Type the figure in {unit}.")

    def understood(self, key: str, raw: Mapping[str, Raw]) -> Typed:
        """The actual or the forecast; without figures where what stands there cannot be one of this measure."""
        value, unit = plain_value(raw[key]), self.measure.unit
        typed = read_typed(value, unit)
        if not isinstance(value, str):
            return typed
        numbers = (typed.number, typed.numerator, typed.denominator)
        beyond = any(number is not None and not is_held(number) for number in numbers)
        lost = typed.status is None if key == layout.ACTUAL else typed.number is None
        if beyond or lost:
            if key != layout.ACTUAL:
                self.say("V109", "warning", key, f"The {NAMES[key]} is not a number: {quoted(value)}.")
            else:
                words = f"The actual cannot be understood: {quoted(value)}."
                self.say("V107", "error", key, words, "Type a plain number, or choose a status.")
            return without_figures(typed)
        if not self.issued.unit_fits(self.measure):
            return typed
        if typed.number is not None and contradicts(typed.unit, unit):
            self._wrong_unit(key, quoted(value))
            return without_figures(typed)
        if typed.mark and key == layout.ACTUAL:
            words = f"The figure bears the footnote mark {typed.mark}: it is counted in another way than those without."
            self.say("V123", "info", key, words, "Say in the commentary what is counted now.")
        if typed.number and unit.kind == "percent" and not typed.unit and abs(typed.number) <= self.measure.point:
            counts = display(typed.number, unit_format(min(typed.decimals or 0, 15), "percent"))
            words = f"The {NAMES[key]} is the text {quoted(value)} without a % sign; it counts as {counts}."
            self.say("V115", "warning", key, words, "Type the figure with its % sign, such as 76.8%.")
        return typed

    def part(self, key: str, value: Raw) -> Decimal | None:
        """A numerator or denominator as a number; what is none is reported."""
        if value is None:
            return None
        if not isinstance(value, str):
            return read_typed(plain_value(value), PLAIN).number
        number = plain_number(value)
        if number is None:
            words = f"The {NAMES[key]} is not a plain number: {quoted(value)}; it is not taken."
            self.say("V109", "error", key, words, "Type a plain number.")
            self.unusable[key] = value
            return None
        words = f"The {NAMES[key]} is text: {quoted(value)}. It counts as {as_stored(float(number))}."
        self.say("V119", "info", key, words)
        return number

    def source(self, raw: Mapping[str, Raw], *, by_parts: bool) -> Source | None:
        """The cells that the figure came from, their stored values and what Excel showed; `by_parts` where it is worked
        out from a fraction.
        """
        keys: tuple[str, ...] = (layout.ACTUAL,)
        if by_parts and all(raw[key] is not None for key in PARTS):
            keys = PARTS
        present = [key for key in keys if self.places[key]]
        if not present:
            return None
        if len(keys) == 1:
            cell, value = self.addresses[layout.ACTUAL], raw[layout.ACTUAL]
            stored = self.unusable.get(layout.ACTUAL) or as_stored(value)
            displayed = self._displayed(layout.ACTUAL, value)
            context = self.context
            return Source(
                context.file, self.keyed.sheet.name, cell, stored, displayed, context.role, None, context.sha256
            )
        separator = "/" if keys == PARTS else ""
        return Source(
            file=self.context.file,
            sheet=self.keyed.sheet.name,
            cell=", ".join(self.addresses[key] for key in present),
            stored=separator.join(self.unusable.get(key) or as_stored(raw[key]) for key in present),
            displayed=separator.join(self._displayed(key, raw[key]) for key in present),
            submitted_by=self.context.role,
            sha256=self.context.sha256,
        )

    def _displayed(self, key: str, value: Raw) -> str:
        if value is None or isinstance(value, timedelta):
            return self.unusable.get(key, "") if value is None else str(value)
        place = self.places[key]
        look = self.keyed.sheet.look(place) if place else None
        issued = self.measure.number_format if key == layout.ACTUAL else "General"
        return display(value, (look.number_format if look else "") or issued)

    def say(self, code: str, severity: Severity, key: str, found: str, remedy: str = "Type a plain number.") -> None:
        """Adds a finding about one of the cells."""
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                file=self.context.file,
                sheet=self.keyed.sheet.name,
                cell=self.addresses.get(key, ""),
                measure=self.measure.key,
                found=found,
                expected="",
                remedy=remedy,
            )
        )


def without_figures(typed: Typed) -> Typed:
    """What was understood beside the figures."""
    return Typed(None if typed.status == "provided" else typed.status, basis=typed.basis, leftover=typed.leftover)


def plain_number(words: str) -> Decimal | None:
    """The number in a text of digits and of what parts them; None for anything else."""
    number = read_typed(words, PLAIN).number if _DIGITS_ONLY.fullmatch(words) else None
    return number if number is not None and is_held(number) else None


def is_held(number: Decimal) -> bool:
    """Whether a cell keeps every digit of a number."""
    return not number or _SMALLEST < abs(number) < _LARGEST


def as_number(value: float) -> Decimal | None:
    """A number of a cell to 15 digits, as Excel keeps it; None for what is none, such as infinity."""
    try:
        return as_decimal15(value)
    except ValueError:
        return None


def cell_words(value: Raw) -> str:
    """The value as text without control characters or blanks around it; empty for a blank cell."""
    if value is None:
        return ""
    return clean_text(value).strip() if isinstance(value, str) else as_stored(value)
