"""The sheet Adjustments of framework.xlsx, read and filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from perfbook.framework._content import Content, Entry, Shown
from perfbook.framework._figures import measure_of, understand
from perfbook.framework._rating_adjustments import FIELDS, Plan, rating_entries
from perfbook.framework._register import choose, period_in
from perfbook.framework._tables import Cell, Problems, Row, Table, required, suggestion
from perfbook.framework.adjustment_sheet import ADJUSTMENT_WORDS, ADJUSTMENTS, NOT_SCORED
from perfbook.framework.model import Adjustment, Framework, Measure, PastFigure, Place, Scheme
from perfbook.framework.periods import Kind, Period
from perfbook.framework.typed import past_figure

_KINDS = {word: kind for kind, word in ADJUSTMENT_WORDS.items()}
# Two of these about one figure contradict each other.
_FIGURES = ("correct", "enter")


def read_adjustments(
    table: Table,
    measures: Mapping[str, Measure],
    schemes: Mapping[str, Scheme],
    usual: str,
    plan: Plan,
    problems: Problems,
    year_start: int,
    reporting: Kind,
    file: str,
) -> tuple[Adjustment, ...]:
    """The adjustments, in the order of their rows. `usual` is the key of the usual scheme, `reporting` the kind of
    period for which returns are sent out, `file` the name of the workbook."""
    required(problems, ADJUSTMENTS, table.rows)
    found: list[Adjustment] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        word = choose(problems, row["what"], tuple(_KINDS), "", "an adjustment")
        period = period_in(problems, row["period"], year_start)
        if not word or period is None:
            continue
        place = Place(file, row["what"].sheet, row["value"].address or row["what"].address)
        plain = Adjustment(_KINDS[word], period, row["reason"].words, row["by"].words, place)
        if plain.kind == "rating":
            made = plan.read(row, plain, problems, reporting)
            if not _is_empty(problems, row, {"file": "a file"}, "This adjustment is about an action"):
                continue
        elif not _is_empty(problems, row, FIELDS, f"To {word} they have no use"):
            continue
        elif plain.kind == "accept":
            made = _accepting(row, plain, problems, reporting)
        else:
            made = _of_measure(row, plain, measures, schemes, usual, problems)
        if made is None:
            continue
        group = "figure" if made.kind in _FIGURES else made.kind
        key = (group, made.measure, made.file.casefold(), made.action, made.deliverable, made.period.label)
        if key in seen:
            about = made.file or f"{made.measure or made.action} for {made.period}"
            problems.add(row["what"], f"{about} is adjusted in row {seen[key]} already.", "Remove one of the rows.")
            continue
        seen[key] = row.number
        found.append(made)
    return tuple(found)


def _accepting(row: Row, plain: Adjustment, problems: Problems, reporting: Kind) -> Adjustment | None:
    name = row["file"].words
    if not name:
        problems.add(row["file"], "No file is named.", "Write its name in the returns folder.")
        return None
    if not _is_empty(problems, row, {"key": "a measure", "value": "a value"}, "A file is accepted as it is"):
        return None
    if plain.period.kind != reporting:
        words = f"{plain.period} is no period for which returns are sent out."
        problems.add(row["period"], words, f"Name the {reporting} of the return.")
        return None
    return replace(plain, file=name)


def _of_measure(
    row: Row,
    plain: Adjustment,
    measures: Mapping[str, Measure],
    schemes: Mapping[str, Scheme],
    usual: str,
    problems: Problems,
) -> Adjustment | None:
    measure = measure_of(row, measures, problems)
    if measure is None:
        return None
    if plain.period.kind != measure.period_kind:
        words = f"The measure is {measure.frequency}, but {plain.period} is a {plain.period.kind}."
        problems.add(row["period"], words, f"Name the {measure.period_kind} that the figure is about.")
        return None
    if not _is_empty(problems, row, {"file": "a file"}, "This adjustment is about a figure"):
        return None
    plain = replace(plain, measure=measure.key, shown=row["value"].text)
    if plain.kind == "provisional":
        return plain if _is_empty(problems, row, {"value": "a value"}, "The figure itself stays as it is") else None
    if row["value"].blank:
        problems.add(row["value"], f"To {ADJUSTMENT_WORDS[plain.kind]} a value is needed.", "Type it.")
        return None
    if plain.kind == "score":
        scheme = schemes.get(measure.scheme or usual)
        band = _band(row["value"], measure, scheme, problems) if scheme else ""
        return replace(plain, band=band) if band else None
    figure = _figure(row["value"], measure, plain, problems)
    return replace(plain, actual=figure.actual, to_date=figure.to_date, status=figure.status) if figure else None


def _figure(cell: Cell, measure: Measure, plain: Adjustment, problems: Problems) -> PastFigure | None:
    understood = None if cell.broken else understand(problems, cell, measure.unit)
    if understood is None:
        return None
    figure = past_figure(understood, measure, cell.text, plain.place)
    may_be_status = plain.kind == "enter"
    if figure is None or (figure.actual is None and not may_be_status):
        words = ", or one of: Delayed, New measure, Not available, Not due" if may_be_status else ""
        problems.add(cell, f"{cell.words!r} is not understood as a figure.", f"Type a figure such as 76.8%{words}.")
        return None
    return figure


def _band(cell: Cell, measure: Measure, scheme: Scheme, problems: Problems) -> str:
    if measure.polarity == "none":
        problems.add(cell, f"{measure.key!r} is not scored.", "Remove the row, or say what is good on Measures.")
        return ""
    words = {band.key.casefold(): band.key for band in scheme.bands}
    words |= {band.word.casefold(): band.key for band in scheme.bands} | {NOT_SCORED: NOT_SCORED}
    found = words.get(cell.words.casefold(), "")
    if not found:
        options = (*(band.key for band in scheme.bands), NOT_SCORED)
        near = suggestion(cell.words, (*words, *options))
        words_found = f"{cell.words!r} is not a band of the scheme {scheme.key!r}.{near}"
        problems.add(cell, words_found, f"Choose one of: {', '.join(options)}.")
    return found


def _is_empty(problems: Problems, row: Row, fields: Mapping[str, str], why: str) -> bool:
    """Whether nothing stands in cells that this adjustment has no use for."""
    filled = {field: what for field, what in fields.items() if not row[field].blank}
    for field, what in filled.items():
        problems.add(row[field], f"{why}; {what} has no place here.", "Clear the cell, or choose another adjustment.")
    return not filled


def adjustments_content(framework: Framework) -> Content:
    """The adjustments as rows."""
    rows: list[Mapping[str | Period, Entry]] = []
    for each in framework.adjustments:
        measure = framework.by_key.get(each.measure)
        value: Entry = each.shown
        if measure and each.actual is not None:
            value = Shown(each.actual, each.shown, measure.unit, measure.number_format)
        row: dict[str | Period, Entry] = {
            "what": ADJUSTMENT_WORDS[each.kind],
            "key": each.measure,
            "code": measure.code if measure else "",
            "title": measure.title if measure else "",
            "period": each.period.label,
            "value": value,
            "file": each.file,
            "reason": each.reason,
            "by": each.by,
        }
        rows.append(row | rating_entries(framework, each) if each.kind == "rating" else row)
    return rows
