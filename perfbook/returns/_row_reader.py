"""One row of Measures: from cells to an observation and its findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from perfbook.checks.asked import asked
from perfbook.checks.rows import row_findings
from perfbook.checks.text_rules import Facts, text_findings
from perfbook.framework.model import VALUE_STATUSES, Framework, Measure, Unit, ValueStatus
from perfbook.framework.periods import Period
from perfbook.framework.typed import Typed, contradicts, read_typed
from perfbook.records import Finding, Observation, Severity, Source
from perfbook.returns import layout
from perfbook.returns._grid import Keyed, Look, Raw, address
from perfbook.returns._issued import Issued
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, evaluate
from perfbook.scoring.rounding import as_decimal15, round_half_away
from perfbook.workbook.numfmt import display, unit_format
from perfbook.workbook.text import clean_text, shortened, utf16_length

_PLAIN = Unit("number", "number")
_PERCENT_SIGN = "%"
_PARTS = (layout.NUMERATOR, layout.DENOMINATOR)
# Of a number beyond these a cell keeps not every digit; no figure of a council comes near.
_LARGEST, _SMALLEST = Decimal("1E15"), Decimal("1E-15")
# Numerator and denominator as text: digits and what parts them, nothing else.
_DIGITS_ONLY = re.compile(r"[-+]?[0-9][0-9., ]*")
_NUMBERS = (layout.NUMERATOR, layout.DENOMINATOR, layout.ACTUAL, layout.FORECAST)
_LONGEST_TEXT = 32_767
_TEXTS = (layout.COMMENTARY, layout.ACTION)
_NAMES = {
    layout.NUMERATOR: "numerator",
    layout.DENOMINATOR: "denominator",
    layout.ACTUAL: "actual",
    layout.STATUS: "status",
    layout.FORECAST: "forecast",
    layout.COMMENTARY: "commentary",
    layout.ACTION: "recovery action",
}


@dataclass(frozen=True)
class Context:
    """What all rows of a return share."""

    framework: Framework
    period: Period
    file: str
    sha256: str
    signed: str
    role: str


@dataclass(frozen=True)
class RowRead:
    """What a row says. `filled` tells whether any of its inputs holds something."""

    observation: Observation
    findings: tuple[Finding, ...]
    filled: bool


def read_row(
    context: Context, keyed: Keyed, measure: Measure, about: Period, issued: Issued, *, key: str = ""
) -> RowRead:
    """The observation of one measure from its row of a sheet. `about` is the period that the figure is kept for.

    `key` is that of the row, where it is not the measure's: then it is an earlier period of a measure that is explained
    once a return, in the row of its last.
    """
    return _Row(context, keyed, measure, about, issued, key).read()


class _Row:
    def __init__(
        self, context: Context, keyed: Keyed, measure: Measure, about: Period, issued: Issued, key: str
    ) -> None:
        self.context = context
        self.keyed = keyed
        self.measure = measure
        # The measure by which the figure is worked out: with a fraction where one is given that is not declared.
        self.reading = measure
        self.about = about
        self.issued = issued
        self.findings: list[Finding] = []
        self.filled = False
        self.unusable: dict[str, str] = {}
        self.explained = not key
        row = key or measure.key
        self.places = {column: keyed.place(row, column) for column in layout.INPUT_KEYS}
        self.cells = {key: address(place) for key, place in self.places.items() if place}

    def read(self) -> RowRead:
        measure, raw = self.measure, {key: self._raw(key) for key in layout.INPUT_KEYS}
        typed = self._understood(layout.ACTUAL, raw)
        parts = self._fraction(raw, typed)
        forecast = self._understood(layout.FORECAST, raw)
        parts, typed, forecast = self._in_todays_unit(parts, typed, forecast)
        status_words = _words(raw[layout.STATUS])
        texts = {key: self._text(key, raw[key]) for key in _TEXTS}
        inputs: dict[str, Cell] = {
            "entered": _cell(raw[layout.ACTUAL]),
            "typed": typed.number,
            "numerator": parts[0],
            "denominator": parts[1],
            "status": status_words,
            "forecast": forecast.number,
            "commentary": texts[layout.COMMENTARY],
            "action": texts[layout.ACTION],
            "signed": self.context.signed,
            "earlier": self.issued.earlier,
            "last_year": self.issued.last_year,
            "last_commentary": self.issued.last_commentary,
            "usual": self.issued.usual,
            "spread": self.issued.spread,
        }
        actual = _as_shown(self.reading, inputs)
        status = self._status(status_words, typed, actual)
        observation = Observation(
            measure=measure.key,
            period=self.about,
            reported_in=self.context.period,
            status=status,
            actual=actual,
            typed=typed.number,
            numerator=parts[0],
            denominator=parts[1],
            basis=typed.basis,
            companion=typed.companion,
            forecast=forecast.number,
            commentary=texts[layout.COMMENTARY],
            action=texts[layout.ACTION],
            source=self._source(raw),
        )
        self._check(inputs, typed, status_words)
        findings = tuple(replace(finding, about=self.about.label) for finding in self.findings)
        return RowRead(observation, findings, self.filled)

    # -- cells --------------------------------------------------------------------------------------------------------

    def _raw(self, key: str) -> Raw:
        """A cell's value; an error or a formula is reported, and a formula without a value is no blank."""
        place = self.places[key]
        if place is None:
            return None
        sheet = self.keyed.sheet
        value, look = sheet.value(place), sheet.look(place)
        if isinstance(value, str):
            value = clean_text(value, drop_zero_width=key not in _TEXTS).strip() or None
            if value == layout.DASH and key in _PARTS:
                return None  # a locked cell of a measure without a fraction, as issued
        if look and look.error:
            self.filled = True
            self._say("V110", "error", key, f"The {_NAMES[key]} shows the error {look.error}.", "Type the value.")
            self.unusable[key] = look.error
            return None
        if place in sheet.disputed:
            self.filled = True
            one, other = (_quoted(_stored(_plain(said))) for said in sheet.disputed[place])
            words = f"Two ways of reading the {_NAMES[key]} disagree: {one} and {other}; it is not taken."
            self._say("R216", "error", key, words, "Type the value again in a fresh copy of the return.")
            self.unusable[key] = one
            return None
        if look and look.formula:
            self.filled = True
            if value is None:
                words = f"The {_NAMES[key]} is a formula without a stored value."
                self._say("V111", "error", key, words, "Type the value, or open the file in Excel and save it.")
            else:
                which = " that takes its value from another workbook" if look.points_elsewhere else ""
                words = f"The {_NAMES[key]} is a formula{which}; its last value, {_quoted(_stored(value))}, is taken."
                self._say("V112", "warning", key, words, "Type the value itself.")
        if isinstance(value, datetime | date | time | timedelta) and key in _NUMBERS:
            self.filled = True
            known = look.number_format if look else ""
            shown = display(value, known) if known and not isinstance(value, timedelta) else str(value)
            self._not_a_number(key, str(value), shown)
            return None
        if isinstance(value, bool) and key in _NUMBERS:
            self.filled = True
            self._say(
                "V109", "error", key, f"The {_NAMES[key]} is {str(value).upper()}, not a number.", "Type the number."
            )
            self.unusable[key] = str(value).upper()
            return None
        self.filled = self.filled or value is not None
        if isinstance(value, float | int) and key in _NUMBERS:
            return value if self._fits(key, value, look) else None
        return value

    def _text(self, key: str, value: Raw) -> str:
        """A text as a cell may hold it; Excel itself never writes a longer one."""
        words = _words(value)
        if utf16_length(words) <= _LONGEST_TEXT:
            return words
        found = f"The {_NAMES[key]} has {utf16_length(words):,} characters; the first {_LONGEST_TEXT:,} are taken."
        self._say("V122", "warning", key, found, "Shorten it: a cell holds no more.")
        return shortened(words, _LONGEST_TEXT)

    def _not_a_number(self, key: str, value: str, shown: str) -> None:
        words = f"The {_NAMES[key]} is a date or a time: the cell shows {_quoted(shown)} and holds {value}."
        self._say("V113", "error", key, words, "Type the number, and give the cell its number format again.")
        self.unusable[key] = value

    def _fits(self, key: str, value: float, look: Look | None) -> bool:
        """Whether a number can be what its cell is for, by its size and by the format in which it is shown."""
        number = _number(value)
        if number is None or not _holds(number):
            words = f"The {_NAMES[key]} is {value:.15g}, which is beyond any figure."
            self._say("V107", "error", key, words, "Type a plain number.")
        elif look is None or not look.number_format or not self.issued.unit_fits(self.measure):
            return True  # in another unit no format is wrong, and the figure is not taken
        elif look.is_date(value):
            self._not_a_number(key, _stored(value), display(value, look.number_format))
        else:
            shows, scaled = look.percent(value)
            shown = _quoted(display(value, look.number_format))
            if key in _PARTS:
                if not shows:
                    return True
                self._say("V109", "error", key, f"The {_NAMES[key]} is a percentage: {shown}.", "Type a plain number.")
            elif self.measure.unit.kind == "percent":
                if not scaled and abs(value) > 1:
                    counts = display(value, self.measure.number_format)
                    words = f"The cell shows {shown} and has lost its percentage format, so it counts as {counts}."
                    self._say("V115", "warning", key, words, "Type the figure with its % sign, such as 76.8%.")
                return True
            elif not shows or not contradicts(_PERCENT_SIGN, self.measure.unit):
                return True
            else:
                self._wrong_unit(key, shown)
        self.unusable[key] = _stored(value)
        return False

    def _wrong_unit(self, key: str, shown: str) -> None:
        unit = self.measure.unit.shown
        words = f"The {_NAMES[key]} is {shown}, but the unit of the measure is {unit}; it is not taken."
        self._say("V108", "error", key, words, f"Type the figure in {unit}.")

    def _understood(self, key: str, raw: Mapping[str, Raw]) -> Typed:
        """The actual or the forecast; without figures where what stands there cannot be one of this measure."""
        value, unit = _plain(raw[key]), self.measure.unit
        typed = read_typed(value, unit)
        if not isinstance(value, str):
            return typed
        numbers = (typed.number, typed.numerator, typed.denominator)
        beyond = any(number is not None and not _holds(number) for number in numbers)
        lost = typed.number is None if key == layout.FORECAST else typed.status is None
        if beyond or lost:
            if key == layout.FORECAST:
                self._say("V109", "warning", key, f"The forecast is not a number: {_quoted(value)}.")
            else:
                words = f"The actual cannot be understood: {_quoted(value)}."
                self._say("V107", "error", key, words, "Type a plain number, or choose a status.")
            return _without_figures(typed)
        if not self.issued.unit_fits(self.measure):
            return typed
        if typed.number is not None and contradicts(typed.unit, unit):
            self._wrong_unit(key, _quoted(value))
            return _without_figures(typed)
        if typed.number and unit.kind == "percent" and not typed.unit and abs(typed.number) <= self.measure.point:
            counts = display(typed.number, unit_format(min(typed.decimals or 0, 15), "percent"))
            words = f"The {_NAMES[key]} is the text {_quoted(value)} without a % sign; it counts as {counts}."
            self._say("V115", "warning", key, words, "Type the figure with its % sign, such as 76.8%.")
        return typed

    def _fraction(self, raw: Mapping[str, Raw], typed: Typed) -> tuple[Decimal | None, Decimal | None]:
        """Numerator and denominator: those of the cells, else those that the text in the actual brings along."""
        parts = [self._part(key, raw[key]) for key in _PARTS]
        given = any(raw[key] is not None or key in self.unusable for key in _PARTS)
        if parts == [None, None]:
            parts = [typed.numerator, typed.denominator]
        if not self.measure.has_fraction:
            self._undeclared(given, str(raw[layout.ACTUAL]), typed, parts[0] is not None or parts[1] is not None)
        top, bottom = parts
        if top is not None and bottom and not _holds(self.measure.unit.multiplier * top / bottom):
            words = f"{_stored(raw[_PARTS[0]])}/{_stored(raw[_PARTS[1]])} is beyond any figure."
            self._say("V107", "error", layout.NUMERATOR, words, "Type plain numbers.")
            return None, None
        # A figure beside a fraction that is not read stands alone.
        return (top, bottom) if self.reading.has_fraction or not given else (None, None)

    def _part(self, key: str, value: Raw) -> Decimal | None:
        if not isinstance(value, str):
            return read_typed(_plain(value), _PLAIN).number
        number = read_typed(value, _PLAIN).number if _DIGITS_ONLY.fullmatch(value) else None
        if number is None or not _holds(number):
            words = f"The {_NAMES[key]} is not a plain number: {_quoted(value)}; it is not taken."
            self._say("V109", "error", key, words, "Type a plain number.")
            self.unusable[key] = value
            return None
        words = f"The {_NAMES[key]} is text: {_quoted(value)}. It counts as {_stored(float(number))}."
        self._say("V119", "info", key, words)
        return number

    def _undeclared(self, given: bool, text: str, typed: Typed, any_part: bool) -> None:
        """A fraction for a measure that has none by the framework: percentages are what they are, others are not."""
        if not any_part or (not given and typed.number is not None):
            return
        key = layout.NUMERATOR if given else layout.ACTUAL
        named = "A numerator and a denominator are given" if given else f"The actual is a fraction, {_quoted(text)}"
        words = f"{named}, but by the framework {self.measure.code} has none"
        if self.measure.unit.kind == "percent":
            self.reading = replace(self.measure, numerator="as typed", denominator="as typed")
            self._say("V118", "info", key, f"{words}; it is read all the same.", "Nothing to do if that is right.")
            return
        unit = self.measure.unit.shown
        alone = typed.number is None
        self._say(
            "V118", "error" if alone else "warning", key, f"{words}; it is not read.", f"Type the figure in {unit}."
        )

    def _in_todays_unit(
        self, parts: tuple[Decimal | None, Decimal | None], typed: Typed, forecast: Typed
    ) -> tuple[tuple[Decimal | None, Decimal | None], Typed, Typed]:
        """The figures, or none where the row was issued in another unit than the framework has now."""
        given = [*parts, typed.number, forecast.number] != [None] * 4
        if not given or not self.issued.unit_differs(self.measure):
            return parts, typed, forecast
        fits, unit = self.issued.unit_fits(self.measure), self.measure.unit.shown
        words = (
            f"This row was issued in {self.issued.unit}; by the framework its unit is {unit} now, "
            f"so its figure is {'to be checked' if fits else 'not taken'}."
        )
        remedy = "Put the unit in the framework right, or have the figure filled into a fresh copy of the return."
        self._say("V121", "error", layout.ACTUAL, words, remedy)
        if fits:
            return parts, typed, forecast
        return (None, None), _without_figures(typed), _without_figures(forecast)

    def _status(self, words: str, typed: Typed, actual: Decimal | None) -> ValueStatus | None:
        """The status cell decides, then what the text in the actual says, then the figure."""
        if words:
            chosen = _status_of(words)
            if chosen == "withdrawn":
                self._not_theirs(layout.STATUS, words)
                return None if actual is None else "provided"
            if chosen:
                self._not_new(chosen, layout.STATUS, words)
                return chosen
            expected = f"Expected: {', '.join(word for word, _ in layout.STATUS_WORDS)}."
            self._say("S104", "warning", layout.STATUS, f"{_quoted(words)} is not a status.", expected)
        if actual is not None:
            return "provided"
        if typed.status == "withdrawn":
            self._not_theirs(layout.ACTUAL, "withdrawn")
            return None
        if typed.status:
            self._not_new(typed.status, layout.ACTUAL, "new")
        return typed.status if typed.status != "provided" else None

    def _not_theirs(self, key: str, words: str) -> None:
        """A measure is withdrawn in the framework; a return cannot take it off the scorecard."""
        found = f"The {_NAMES[key]} says {words}, but by the framework the measure is in force."
        remedy = "Type the figure or choose a status; a measure is withdrawn by its last period in the framework."
        self._say("S106", "error", key, found, remedy)

    def _not_new(self, status: ValueStatus, key: str, words: str) -> None:
        known = any(isinstance(figure, float | int) for figure in (self.issued.earlier, self.issued.last_year))
        if status == "new" and known:
            found = f"The {_NAMES[key]} says {words}, but figures of earlier periods are known."
            self._say("S107", "warning", key, found, "Type the figure, or choose another status.")

    def _source(self, raw: Mapping[str, Raw]) -> Source | None:
        """The cells that the figure came from, their stored values and what Excel showed."""
        keys: tuple[str, ...] = (layout.ACTUAL,)
        if self.reading.has_fraction and all(raw[key] is not None for key in _PARTS):
            keys = _PARTS
        present = [key for key in keys if self.places[key]]
        if not present:
            return None
        separator = "/" if keys == _PARTS else ""
        return Source(
            file=self.context.file,
            sheet=self.keyed.sheet.name,
            cell=", ".join(self.cells[key] for key in present),
            stored=separator.join(self.unusable.get(key) or _stored(raw[key]) for key in present),
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

    # -- findings -----------------------------------------------------------------------------------------------------

    def _check(self, inputs: dict[str, Cell], typed: Typed, status_words: str) -> None:
        framework, measure = self.context.framework, self.reading
        if not status_words and typed.status not in (None, "provided", "withdrawn"):
            inputs = inputs | {"status": typed.status}
        found = row_findings(
            asked(framework, measure, self.about, self.context.period, explained=self.explained),
            inputs,
            file=self.context.file,
            sheet=self.keyed.sheet.name,
            cells=self.cells,
            typed_decimals=typed.decimals,
        )
        words = {key: str(inputs[key] or "") for key in _TEXTS}
        found += text_findings(
            words,
            measure.key,
            self._facts(inputs),
            file=self.context.file,
            sheet=self.keyed.sheet.name,
            cells=self.cells,
        )
        # A cell that could not be used is already reported; that it is missing is its consequence.
        figures = {self.cells.get(key, "") for key in (*_PARTS, layout.ACTUAL)}
        unusable = any(finding.severity == "error" and finding.cell in figures for finding in self.findings)
        consequences = {"S101", "S103", "V105"} if unusable else set()
        # What is said of the text in the actual says already that it is one.
        if {"V107", "V108", "V115", "V118", "S106"} & {
            f.code for f in self.findings if f.cell == self.cells.get(layout.ACTUAL)
        }:
            consequences.add("V103")
        self.findings += [finding for finding in found if finding.code not in consequences]

    def _facts(self, inputs: Mapping[str, Cell]) -> Facts:
        """The figures that the texts of the row are about."""
        target = self.context.framework.target(self.measure.key, self.about)
        return Facts(
            self.measure,
            _as_shown(self.reading, inputs),
            _figure(inputs["earlier"]),
            _figure(inputs["last_year"]),
            target.value if target and target.high is None else None,
        )

    def _say(self, code: str, severity: Severity, key: str, found: str, remedy: str = "Type a plain number.") -> None:
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                file=self.context.file,
                sheet=self.keyed.sheet.name,
                cell=self.cells.get(key, ""),
                measure=self.measure.key,
                found=found,
                expected="",
                remedy=remedy,
            )
        )


def _without_figures(typed: Typed) -> Typed:
    return Typed(None if typed.status == "provided" else typed.status, basis=typed.basis, leftover=typed.leftover)


def _holds(number: Decimal) -> bool:
    """Whether a cell keeps every digit of a number."""
    return not number or _SMALLEST < abs(number) < _LARGEST


def _number(value: float) -> Decimal | None:
    try:
        return as_decimal15(value)
    except ValueError:
        return None


def _figure(value: Cell) -> Decimal | None:
    return _number(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


def _as_shown(measure: Measure, inputs: Mapping[str, Cell]) -> Decimal | None:
    figure = evaluate(rules.actual(measure), inputs)
    return round_half_away(figure, measure.places) if isinstance(figure, Decimal) else None


def _status_of(words: str) -> ValueStatus | None:
    plain = " ".join(words.lower().split())
    known = next((status for status in VALUE_STATUSES if status == plain), None)
    if known:
        return known
    read = read_typed(words, _PLAIN)
    return read.status if read.status != "provided" else None


def _plain(value: Raw) -> str | float | int | bool | None:
    return value if isinstance(value, str | float | int | bool) else None


def _cell(value: Raw) -> Cell:
    return _plain(value)


def _words(value: Raw) -> str:
    if value is None:
        return ""
    return clean_text(value).strip() if isinstance(value, str) else _stored(value)


def _stored(value: Raw) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return format(as_decimal15(value), "f") if abs(value) < 1e15 else f"{value:.15g}"
    return str(value)


def _quoted(text: str) -> str:
    short = text if len(text) <= 80 else f"{text[:77].rstrip()}..."
    return f"\u201c{short}\u201d"
