"""The sheet Year end: forecasts beside the targets for the year, and what the rest of the year may hold."""

from __future__ import annotations

from perfbook.scorecard.frame import Frame, colour_bands, figure_width, head, open_sheet, row_height
from perfbook.scorecard.places import SHOWN_ROWS
from perfbook.scorecard.words import NO_TARGET
from perfbook.scoring.forecast import METHOD_WORDS
from perfbook.workbook.writer import Sheet

SHEET = "Year end"
NO_FORECAST = "No forecast"
_HEAD_ROW, _FIRST = 3, 4
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Code", 8),
    ("Measure", 40),
    ("Unit", 10),
    ("Figure for", 12),
    ("So far this year", 12),
    ("How it is forecast", 20),
    ("Forecast for the year", 12),
    ("Target for the year", 12),
    ("Forecast less target", 12),
    ("Score if it comes so", 24),
    ("What the rest of the year may hold", 44),
)
_SO_FAR, _FORECAST, _TARGET, _GAP, _SCORE, _HOLD = 4, 6, 7, 8, 9, 10
_FIGURES = (_SO_FAR, _FORECAST, _TARGET, _GAP)


def write_forecasts(frame: Frame) -> None:
    """Writes the sheet: a row for every measure that has a forecast or a way to one, whatever the period."""
    view = frame.view
    least = figure_width(frame)
    widths = [max(width, least) if place in _FIGURES else width for place, (_, width) in enumerate(_COLUMNS)]
    sheet = open_sheet(frame, SHEET, "Year end: forecasts beside targets", widths, head_row=_HEAD_ROW)
    head(frame, sheet, _HEAD_ROW, [label for label, _ in _COLUMNS], height=32, figures=_FIGURES)
    for place, row in enumerate(view.forecast_rows):
        _line(frame, sheet, _FIRST + place, row)
    last = _FIRST + len(view.forecast_rows) - 1
    frame.book.define_name(f"{SHOWN_ROWS}year_end", f"='{SHEET}'!$A${_FIRST + 1}:$A${last + 1}")
    colour_bands(frame, sheet, _FIRST, last, _SCORE)
    sheet.raw.freeze_panes(_FIRST, 2)
    sheet.raw.print_area(0, 0, last, len(_COLUMNS) - 1)


def _line(frame: Frame, sheet: Sheet, at: int, row: int) -> None:
    calc, measure = frame.calc, frame.view.framework.measures[row]
    body, figure = frame.body, frame.figure(measure.number_format)
    signed = frame.figure(f"+{measure.number_format};-{measure.number_format};{measure.number_format}")
    hidden = {"hidden": row not in frame.view.forecast_shown}
    sheet.raw.set_row(at, row_height([(measure.title, 40), (measure.unit.shown, 10)], 32), None, hidden)
    for column, text in enumerate((measure.code, measure.title, measure.unit.shown)):
        sheet.text(at, column, text, body)
    sheet.formula(at, 3, f"={calc.cell('about', row)}", calc.values["about"][row], frame.centred)
    sheet.text(at, 5, METHOD_WORDS[measure.forecast], frame.word)
    for column, name, otherwise, style in (
        (_SO_FAR, "so_far", "", figure),
        (_FORECAST, "forecast", NO_FORECAST, frame.figure(measure.number_format, bold=True)),
        (_TARGET, "annual_target", NO_TARGET, figure),
        (_GAP, "forecast_gap", "", signed),
    ):
        cell, value = calc.cell(name, row), calc.values[name][row]
        sheet.formula(
            at, column, f'=IF(ISNUMBER({cell}),{cell},"{otherwise}")', otherwise if value == "" else value, style
        )
    for column, name in ((_SCORE, "forecast_score"), (_HOLD, "hold")):
        style = frame.word if column == _SCORE else body
        sheet.formula(at, column, f"={calc.cell(name, row)}", calc.values[name][row], style)
