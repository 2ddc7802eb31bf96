"""One row of Measures: from cells to an observation and its findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from perfbook._quick import quick
from perfbook.checks.asked import asked
from perfbook.checks.rows import row_findings
from perfbook.checks.text_rules import Facts, text_findings
from perfbook.framework.model import VALUE_STATUSES, Measure, Place, Target, ValueStatus
from perfbook.framework.periods import Period
from perfbook.framework.typed import Typed, read_typed
from perfbook.records import Finding, Observation
from perfbook.returns import layout
from perfbook.returns._cells import as_stored, plain_value, quoted
from perfbook.returns._context import Context
from perfbook.returns._grid import Keyed, Raw
from perfbook.returns._issued import Issued
from perfbook.returns._row_cells import (
    NAMES,
    PARTS,
    PLAIN,
    TEXTS,
    RowCells,
    as_number,
    cell_words,
    is_held,
    without_figures,
)
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, Var, evaluate
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.numfmt import display


@quick
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
        self.figure: Decimal | None = None
        self.about = about
        self.issued = issued
        self.explained = not key
        self.row = RowCells(context, keyed, measure, issued, key or measure.key)
        self.cells = self.row.addresses

    def read(self) -> RowRead:
        measure, raw = self.measure, self.row.raws()
        typed, given = self._running(self.row.understood(layout.ACTUAL, raw), raw)
        parts = self._fraction(raw, typed)
        forecast = self.row.understood(layout.FORECAST, raw)
        parts, typed, forecast = self._in_todays_unit(parts, typed, forecast)
        status_words = cell_words(raw[layout.STATUS])
        texts = {key: self.row.text(key, raw[key]) for key in TEXTS}
        inputs: dict[str, Cell] = {
            "entered": plain_value(raw[layout.ACTUAL]),
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
            "given": given,
            "before": self.issued.before,
            "before_numerator": self.issued.before_numerator,
            "before_denominator": self.issued.before_denominator,
            "chosen_words": cell_words(raw[layout.CHOSEN]),
        }
        actual = _as_shown(self.reading, inputs)
        self.figure = actual
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
            mark=typed.mark,
            forecast=forecast.number,
            commentary=texts[layout.COMMENTARY],
            action=texts[layout.ACTION],
            to_date=given if self.measure.runs else None,
            chosen=self._chosen(inputs),
            source=self.row.source(raw, by_parts=self.reading.has_fraction),
            commentary_at=self._place(layout.COMMENTARY, texts),
            action_at=self._place(layout.ACTION, texts),
        )
        self._check(inputs, typed, status_words)
        findings = tuple([replace(finding, about=self.about.label) for finding in self.row.findings])
        return RowRead(observation, findings, self.row.filled)

    def _place(self, key: str, texts: Mapping[str, str]) -> Place | None:
        """The cell of a text that is there."""
        cell = self.cells.get(key) if texts[key] else None
        return Place(self.context.file, self.keyed.sheet.name, cell) if cell else None

    def _running(self, typed: Typed, raw: Mapping[str, Raw]) -> tuple[Typed, Decimal | None]:
        """The figure as the measure wants it, and the year to date that was given beside it.

        `60 (122 cum)` is 60 in the period and 122 since the start of the year: which of them is the figure depends on
        the measure, and the other is kept.
        """
        measure, value = self.measure, raw[layout.ACTUAL]
        both = typed.number is not None and typed.cumulative is not None
        if measure.rolls:
            return self._rolling(typed, raw)
        if not measure.adds_up:
            if both and measure.counts_up:
                beside = f"{display(typed.number, measure.number_format)} in the period"
                return replace(typed, number=typed.cumulative, basis="year to date", companion=beside), None
            if both:
                return replace(
                    typed, companion=f"{display(typed.cumulative, measure.number_format)} year to date"
                ), None
            return typed, None
        cell = self.row.understood(layout.TO_DATE, raw)
        given = cell.number if cell.number is not None else typed.cumulative
        if both and cell.number is not None and cell.number != typed.cumulative:
            words = f"The actual says {quoted(str(value))}, but the year to date beside it is another, which counts."
            self.row.say("T104", "warning", layout.TO_DATE, words, "Correct the one that is wrong.")
        if typed.basis != "year to date" or typed.number is None:
            return typed, given
        # A figure that says itself that it is the year to date.
        before = _figure(self.issued.before)
        if before is None:
            words = f"{quoted(str(value))} is the year to date, and the figures before it are not known."
            self.row.say("V107", "error", layout.ACTUAL, words, "Type the figure of the period alone.")
            return without_figures(typed), typed.number
        alone = round_half_away(typed.number - before, measure.places)
        return replace(typed, number=alone, basis="in period"), typed.number

    def _rolling(self, typed: Typed, raw: Mapping[str, Raw]) -> tuple[Typed, Decimal | None]:
        """The figure of the period, and the rolling one that was given beside it."""
        given = self.row.understood(layout.TO_DATE, raw).number
        if typed.basis != "rolling" or typed.number is None:
            return typed, given
        words = (
            f"{quoted(str(raw[layout.ACTUAL]))} is a rolling figure, and the figure of the period alone is asked for."
        )
        remedy = "Type the figure of the period, and the rolling one beside it where it is not as worked out."
        self.row.say("V107", "error", layout.ACTUAL, words, remedy)
        return without_figures(typed), typed.number if given is None else given

    def _chosen(self, inputs: Mapping[str, Cell]) -> str:
        """The key of the band that was chosen, where a person chooses."""
        scheme = self.context.framework.scheme_of(self.measure)
        if not scheme.chosen_without_target:
            return ""
        place = evaluate(rules.chosen(scheme, Var("chosen_words")), inputs)
        band = scheme.band(int(place)) if isinstance(place, Decimal) else None
        return band.key if band else ""

    def _fraction(self, raw: Mapping[str, Raw], typed: Typed) -> tuple[Decimal | None, Decimal | None]:
        """Numerator and denominator: those of the cells, else those that the text in the actual brings along."""
        blank = all(raw[key] is None for key in PARTS) and typed.numerator is None and typed.denominator is None
        if blank and not self.row.unusable:
            return None, None
        parts = [self.row.part(key, raw[key]) for key in PARTS]
        given = any(raw[key] is not None or key in self.row.unusable for key in PARTS)
        if parts == [None, None]:
            parts = [typed.numerator, typed.denominator]
        if not self.measure.has_fraction:
            self._undeclared(given, str(raw[layout.ACTUAL]), typed, parts[0] is not None or parts[1] is not None)
        top, bottom = parts
        if top is not None and bottom and not is_held(self.measure.unit.multiplier * top / bottom):
            words = f"{as_stored(raw[PARTS[0]])}/{as_stored(raw[PARTS[1]])} is beyond any figure."
            self.row.say("V107", "error", layout.NUMERATOR, words, "Type plain numbers.")
            return None, None
        # A figure beside a fraction that is not read stands alone.
        return (top, bottom) if self.reading.has_fraction or not given else (None, None)

    def _undeclared(self, given: bool, text: str, typed: Typed, any_part: bool) -> None:
        """A fraction for a measure that has none by the framework: percentages are what they are, others are not."""
        if not any_part or (not given and typed.number is not None):
            return
        key = layout.NUMERATOR if given else layout.ACTUAL
        named = "A numerator and a denominator are given" if given else f"The actual is a fraction, {quoted(text)}"
        words = f"{named}, but by the framework {self.measure.code} has none"
        if self.measure.unit.kind == "percent":
            self.reading = replace(self.measure, numerator="as typed", denominator="as typed")
            self.row.say("V118", "info", key, f"{words}; it is read all the same.", "Nothing to do if that is right.")
            return
        unit = self.measure.unit.shown
        alone = typed.number is None
        self.row.say(
            "V118", "error" if alone else "warning", key, f"{words}; it is not read.", f"Type the figure in {unit}."
        )

    def _in_todays_unit(
        self, parts: tuple[Decimal | None, Decimal | None], typed: Typed, forecast: Typed
    ) -> tuple[tuple[Decimal | None, Decimal | None], Typed, Typed]:
        """The figures, or none where the row was issued in another unit than the framework has now."""
        if not self.issued.unit_differs(self.measure) or [*parts, typed.number, forecast.number] == [None] * 4:
            return parts, typed, forecast
        fits, unit = self.issued.unit_fits(self.measure), self.measure.unit.shown
        words = (
            f"This row was issued in {self.issued.unit}; by the framework its unit is {unit} now, "
            f"so its figure is {'to be checked' if fits else 'not taken'}."
        )
        remedy = "Put the unit in the framework right, or have the figure filled into a fresh copy of the return."
        self.row.say("V121", "error", layout.ACTUAL, words, remedy)
        if fits:
            return parts, typed, forecast
        return (None, None), without_figures(typed), without_figures(forecast)

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
            self.row.say("S104", "warning", layout.STATUS, f"{quoted(words)} is not a status.", expected)
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
        found = f"The {NAMES[key]} says {words}, but by the framework the measure is in force."
        remedy = "Type the figure or choose a status; a measure is withdrawn by its last period in the framework."
        self.row.say("S106", "error", key, found, remedy)

    def _not_new(self, status: ValueStatus, key: str, words: str) -> None:
        known = any(isinstance(figure, float | int) for figure in (self.issued.earlier, self.issued.last_year))
        if status == "new" and known:
            found = f"The {NAMES[key]} says {words}, but figures of earlier periods are known."
            self.row.say("S107", "warning", key, found, "Type the figure, or choose another status.")

    # -- findings -----------------------------------------------------------------------------------------------------

    def _check(self, inputs: dict[str, Cell], typed: Typed, status_words: str) -> None:
        framework, measure = self.context.framework, self.reading
        if not status_words and typed.status not in (None, "provided", "withdrawn"):
            inputs = inputs | {"status": typed.status}
        wanted = asked(framework, measure, self.about, self.context.period, explained=self.explained)
        found = row_findings(
            wanted,
            inputs,
            file=self.context.file,
            sheet=self.keyed.sheet.name,
            cells=self.cells,
            typed_decimals=typed.decimals,
        )
        words = {key: str(inputs[key] or "") for key in TEXTS}
        if any(words.values()):
            found += text_findings(
                words,
                measure.key,
                self._facts(inputs, wanted.target),
                file=self.context.file,
                sheet=self.keyed.sheet.name,
                cells=self.cells,
            )
        if not self.row.findings:
            self.row.findings = list(found)
            return
        # A cell that could not be used is already reported; that it is missing is its consequence.
        figures = {self.cells.get(key, "") for key in (*PARTS, layout.ACTUAL)}
        unusable = any(finding.severity == "error" and finding.cell in figures for finding in self.row.findings)
        consequences = {"S101", "S103", "V105"} if unusable else set()
        # What is said of the text in the actual says already that it is one.
        if {"V107", "V108", "V115", "V118", "S106"} & {
            f.code for f in self.row.findings if f.cell == self.cells.get(layout.ACTUAL)
        }:
            consequences.add("V103")
        self.row.findings += [finding for finding in found if finding.code not in consequences]

    def _facts(self, inputs: Mapping[str, Cell], target: Target | None) -> Facts:
        """The figures that the texts of the row are about."""
        return Facts(
            self.measure,
            self.figure,
            _figure(inputs["earlier"]),
            _figure(inputs["last_year"]),
            target.value if target and target.high is None else None,
        )


def _figure(value: Cell) -> Decimal | None:
    return as_number(value) if isinstance(value, (float, int)) and not isinstance(value, bool) else None


def _as_shown(measure: Measure, inputs: Mapping[str, Cell]) -> Decimal | None:
    figure = rules.figure_of(measure)(inputs)
    return round_half_away(figure, measure.places) if isinstance(figure, Decimal) else None


def _status_of(words: str) -> ValueStatus | None:
    plain = " ".join(words.lower().split())
    known = next((status for status in VALUE_STATUSES if status == plain), None)
    if known:
        return known
    read = read_typed(words, PLAIN)
    return read.status if read.status != "provided" else None
