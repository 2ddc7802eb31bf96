"""The sheet Year end: forecasts beside the targets for the year, and what the rest of the year may hold."""

from __future__ import annotations

from perfbook.scorecard.charts import label_font
from perfbook.scorecard.colours import band_colours
from perfbook.scorecard.frame import Frame, colour_bands, head, open_sheet, row_height
from perfbook.scorecard.places import SHOWN_ROWS
from perfbook.scorecard.words import NO_TARGET, score_labels
from perfbook.scoring.forecast import METHOD_WORDS
from perfbook.workbook.writer import Sheet

SHEET = "Year end"
NO_FORECAST = "No forecast"
NO_FORECASTS = "No measure has a forecast for the year, so there is none to hold against its target."
_HEAD_ROW, _FIRST = 3, 4
_CHART_ROWS = 14
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
    least = frame.figure_width
    widths = [max(width, least) if place in _FIGURES else width for place, (_, width) in enumerate(_COLUMNS)]
    sheet = open_sheet(frame, SHEET, "Year end: forecasts beside targets", widths, head_row=_HEAD_ROW)
    head(frame, sheet, _HEAD_ROW, [label for label, _ in _COLUMNS], height=32, figures=_FIGURES)
    for place, row in enumerate(view.forecast_rows):
        _line(frame, sheet, _FIRST + place, row)
    last = _FIRST + len(view.forecast_rows) - 1
    frame.book.define_name(f"{SHOWN_ROWS}year_end", f"='{SHEET}'!$A${_FIRST + 1}:$A${last + 1}")
    colour_bands(frame, sheet, _FIRST, last, _SCORE)
    sheet.raw.freeze_panes(_FIRST, 2)
    end = _outcomes(frame, sheet, last)
    sheet.raw.print_area(0, 0, end, len(_COLUMNS) - 1)


def _outcomes(frame: Frame, sheet: Sheet, last: int) -> int:
    """How many forecasts would have which score against the target for the year, and a chart of it, below the list.

    Returns the last row that they need.
    """
    labels, house = score_labels(frame.view.framework), frame.book.house
    scores = f"$J${_FIRST + 1}:$J${last + 1}"
    words = [str(frame.calc.values["forecast_score"][row]) for row in frame.view.forecast_rows]
    at = last + 2
    note = frame.bare(valign="vcenter", italic=True)
    formula = f'=IF(SUMPRODUCT(--({scores}<>""))=0,"{NO_FORECASTS}","")'
    sheet.formula(at, 1, formula, "" if any(words) else NO_FORECASTS, note)
    at += 1
    frame.book.define_name(f"{SHOWN_ROWS}outcomes", f"='{SHEET}'!$A${at + 1}:$A${at + _CHART_ROWS + 1}")
    head(frame, sheet, at, ("", "If the year ends as forecast", "Measures"), height=32, figures=(2,))
    for place, label in enumerate(labels.values(), at + 1):
        sheet.blank(place, 0, frame.body)
        sheet.text(place, 1, label, frame.body)
        # No COUNTIF: some bands have a symbol that it would take as a wildcard.
        quoted = label.replace('"', '""')
        sheet.formula(place, 2, f'=SUMPRODUCT(--({scores}="{quoted}"))', words.count(label), frame.figure())
    end = at + len(labels)
    chart = frame.book.chart("column")
    colours = band_colours(frame.view.framework, house)
    fills = [colours[key][0] for key in labels]
    chart.add_series(
        {
            "name": "Measures",
            "categories": [SHEET, at + 1, 1, end, 1],
            "values": [SHEET, at + 1, 2, end, 2],
            "points": [{"fill": {"color": fill}, "border": {"color": house.muted, "width": 0.75}} for fill in fills],
            "gap": 60,
            "data_labels": {"value": True, "num_format": "0;;;", "font": label_font(frame, 9)},
        }
    )
    title = "Forecasts against the targets for the year"
    chart.set_title({"name": title, "name_font": label_font(frame, 12), "overlay": False})
    chart.set_legend({"none": True})
    # Without a frame nothing of it is left to see where its rows are hidden.
    chart.set_chartarea({"border": {"none": True}})
    chart.set_x_axis({"num_font": label_font(frame, 9)})
    chart.set_y_axis(
        {
            "name": "Measures",
            "name_font": label_font(frame, 9),
            "num_font": label_font(frame, 9),
            "num_format": "0",
            "major_gridlines": {"visible": True, "line": {"color": house.subheading_fill}},
            "min": 0,
        }
    )
    chart.set_size({"width": 760, "height": _CHART_ROWS * 20 - 8})
    words_for = (
        "Columns: how many measures would have which score if the year ended as it is forecast; the table beside it"
    )
    sheet.chart(
        at, 3, chart, description=f"{words_for} has the counts.", options={"x_offset": 12, "object_position": 4}
    )
    if not any(each and each.value is not None for rows in frame.view.forecasts.values() for each in rows):
        # Shown by a refresh as soon as there is one; till then a chart would be empty.
        for row in range(at, at + _CHART_ROWS + 1):
            sheet.raw.set_row(row, 32 if row == at else None, None, {"hidden": True})
    return max(end, at + _CHART_ROWS)


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
