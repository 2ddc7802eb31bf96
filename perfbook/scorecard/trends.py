"""The sheet Trends: every measure's figures over time, a table for each kind of period, and the scores over periods."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from perfbook.framework.periods import Kind
from perfbook.scorecard.charts import period_chart
from perfbook.scorecard.data import sheet_of
from perfbook.scorecard.facts import FIT
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height
from perfbook.scorecard.scorecard_sheet import history
from perfbook.workbook.writer import Sheet, Value

SHEET = "Trends"
_KIND_WORDS: dict[Kind, str] = {
    "month": "Monthly measures",
    "quarter": "Quarterly measures",
    "term": "Termly measures",
    "half": "Half-yearly measures",
    "year": "Yearly measures",
}
_CODE, _TITLE, _UNIT, _HISTORY, _FIGURES = 0, 1, 2, 3, 4
_CHART_ROWS = 15
_MARKED = (
    "Figures in underlined italics were adjusted, restated or counted in another way; Changes and Passport say how."
)


def write_trends(frame: Frame) -> None:
    """Writes the sheet."""
    view = frame.view
    columns = {kind: view.newest(kind, FIT) for kind in view.slots.kinds}
    most = max(len(numbers) for numbers in columns.values())
    widths = [9.0, 44.0, 10.0, 19.0, *([12.5] * most)]
    sheet = open_sheet(frame, SHEET, "Trends: figures over time", widths, head_row=1)
    note = frame.book.style(**(frame.book.house.note() | {"text_wrap": False}))
    if view.has_measures:
        sheet.formula(2, 0, f'=IF(COUNTIF(data_mark,"?*")=0,"","{_MARKED}")', _MARKED if view.notes else "", note)
    _chart(frame, sheet)
    at = 4 + _CHART_ROWS
    kinds = [kind for kind in columns if any(m.period_kind == kind for m in view.framework.measures)]
    for kind in kinds:
        if len(kinds) == 1:
            # One table: its heads stand on every page.
            sheet.raw.repeat_rows(at, at + 1)
        at = _kind(frame, sheet, at, kind, columns[kind])
    sheet.raw.freeze_panes(2, 2)
    sheet.raw.print_area(0, 0, at - 1, max(_FIGURES + most - 1, 7))


def _kind(frame: Frame, sheet: Sheet, at: int, kind: Kind, numbers: tuple[int, ...]) -> int:
    measures = [(row, m) for row, m in enumerate(frame.view.framework.measures) if m.period_kind == kind]
    heading = frame.book.style(**(frame.book.house.title() | {"font_size": 13}))
    sheet.raw.set_row(at, 22)
    # The history beside the figures reaches further back.
    cut = len(frame.view.newest(kind, 1 << 14)) > len(numbers)
    sheet.text(at, 0, _KIND_WORDS[kind] + (f": the newest {len(numbers)} periods" if cut else ""), heading)
    periods = [frame.view.slots.periods[number - 1] for number in numbers]
    labels = ("Code", "Measure", "Unit", "History", *(period.label for period in periods))
    head(frame, sheet, at + 1, labels, height=32, figures=range(_FIGURES, len(labels)))
    actual, status = sheet_of("data_actual"), sheet_of("data_status")
    at += 2
    for row, measure in measures:
        sheet.raw.set_row(at, row_height([(measure.title, 44), (measure.unit.shown, 10)], 20))
        sheet.text(at, _CODE, measure.code, frame.body)
        sheet.text(at, _TITLE, measure.title, frame.body)
        sheet.text(at, _UNIT, measure.unit.shown, frame.body)
        sheet.blank(at, _HISTORY, frame.body)
        history(frame, sheet, at, _HISTORY, row, measure)
        style = frame.figure(measure.number_format)
        for place, (number, period) in enumerate(zip(numbers, periods, strict=True)):
            cell = f"${xl_col_to_name(number)}${row + 2}"
            observation = frame.view.observations.get((measure.key, period))
            value: Value = ""
            if observation and observation.actual is not None:
                value = observation.actual
            elif observation and observation.status and observation.status != "provided":
                value = observation.status.capitalize()
            figure, word = f"'{actual}'!{cell}", f"'{status}'!{cell}"
            said = f'IF(OR({word}="",{word}="provided"),"",UPPER(LEFT({word},1))&MID({word},2,30))'
            sheet.formula(at, _FIGURES + place, f"=IF(ISNUMBER({figure}),{figure},{said})", value, style)
        if numbers:
            first = f"{xl_col_to_name(numbers[0])}${row + 2}"
            _mark(frame, sheet, at, len(numbers), f"'{sheet_of('data_mark')}'!{first}")
        at += 1
    return at + 1


def _mark(frame: Frame, sheet: Sheet, at: int, count: int, first: str) -> None:
    """Figures of a row that were adjusted or restated stand in italics, underlined; the sheet says so at its head.

    `first` is where the mark of its first figure stands; those of the others follow it.
    """
    options: dict[str, object] = {
        "type": "formula",
        "criteria": f'={first}<>""',
        "format": frame.book.difference(italic=True, underline=1),
    }
    sheet.conditional(at, _FIGURES, at, _FIGURES + count - 1, options)


def _chart(frame: Frame, sheet: Sheet) -> None:
    """Scores over the last periods, above the figures."""
    chart, description = period_chart(frame, 760, _CHART_ROWS * 20 - 6)
    sheet.chart(3, 0, chart, description=description)
