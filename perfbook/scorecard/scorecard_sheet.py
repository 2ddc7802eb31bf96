"""The sheet Scorecard: every measure under its priority, with score, trend and annual comparison."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from perfbook.framework.model import Measure
from perfbook.scorecard.facts import NEWEST
from perfbook.scorecard.frame import Frame, arrows, colour_bands, figure_width, head, open_sheet, row_height
from perfbook.scorecard.reconcile import score_word
from perfbook.scorecard.words import DIRECTION_WORDS, NO_TARGET, STATE_WORDS, benchmark_text
from perfbook.scoring.judge import Judgement
from perfbook.workbook.writer import Sheet

SHEET = "Scorecard"
_HEAD_ROW, _FIRST = 3, 4
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Code", 8),
    ("Measure", 38),
    ("Unit", 9),
    ("Figure for", 10),
    ("Same period last year", 10),
    ("Previous period", 10),
    ("Actual", 11),
    ("Target", 11),
    ("Score", 23),
    ("", 3),
    ("Trend since previous", 12.5),
    ("", 3),
    ("Compared with last year", 12.5),
    ("Benchmark", 20),
    ("History", 14),
    ("Notes", 34),
)
# Where figures were adjusted or restated: before Notes.
_MARKED: tuple[tuple[str, float], ...] = (("This figure is", 13), ("What to know of the figure", 44))
# More than a year of months is a line, fewer figures are bars.
_MOST_BARS = 12
_SCORE, _TREND, _ANNUAL, _HISTORY, _MARK = 8, 9, 11, 14, 15
_FIGURES = (4, 5, 6, 7)
_TITLE_WIDTH, _UNIT_WIDTH, _BENCHMARK_WIDTH = (_COLUMNS[column][1] for column in (1, 2, 13))


def write_scorecard(frame: Frame) -> None:
    """Writes the sheet."""
    framework = frame.view.framework
    # A figure that is wider than its column would be shown as ####.
    least = figure_width(frame)
    columns = columns_of(frame)
    widths = [max(width, least) if place in _FIGURES else width for place, (_, width) in enumerate(columns)]
    sheet = open_sheet(frame, SHEET, f"{framework.council}: scorecard", widths, head_row=_HEAD_ROW)
    note = frame.book.style(**(frame.book.house.note() | {"text_wrap": False}))
    sheet.text(
        2, 0, "Arrows show whether performance is better or worse, not whether the figure went up or down.", note
    )
    head(frame, sheet, _HEAD_ROW, [label for label, _ in columns], height=32, figures=_FIGURES)
    rows = {measure.key: row for row, measure in enumerate(framework.measures)}
    at = _FIRST
    for priority in framework.priorities:
        measures = [measure for measure in framework.measures if measure.priority == priority.key]
        if not measures:
            continue
        at = _section(frame, sheet, at, priority.name)
        for measure in measures:
            _measure(frame, sheet, at, rows[measure.key], frame.view.rows[rows[measure.key]])
            at += 1
    last = at - 1
    colour_bands(frame, sheet, _FIRST, last, _SCORE)
    for column in (_TREND, _ANNUAL):
        arrows(sheet, _FIRST, last, column)
    _quiet(frame, sheet, last)
    if frame.view.notes:
        _marked(frame, sheet, last)
    raw = sheet.raw
    raw.freeze_panes(_FIRST, 2)
    # Officers' notes are for the screen; a printed page has no room to spare.
    raw.print_area(0, 0, last, len(columns) - 2)
    raw.set_selection(_FIRST, 0, _FIRST, 0)


def columns_of(frame: Frame) -> tuple[tuple[str, float], ...]:
    """Head and width of each column; officers' own notes are the last."""
    return (*_COLUMNS[:-1], *(_MARKED if frame.view.notes else ()), _COLUMNS[-1])


def _section(frame: Frame, sheet: Sheet, at: int, name: str) -> int:
    style = frame.style(frame.book.house.subheading())
    sheet.raw.set_row(at, 21)
    for column in range(len(columns_of(frame))):
        sheet.blank(at, column, style)
    sheet.text(at, 0, name, style)
    return at + 1


def _measure(frame: Frame, sheet: Sheet, at: int, row: int, judgement: Judgement) -> None:
    calc, measure = frame.calc, judgement.measure
    body, figure = frame.body, frame.figure(measure.number_format)
    benchmark = benchmark_text(frame.view.framework, measure)
    sheet.raw.set_row(at, _height(frame, measure, benchmark))
    sheet.text(at, 0, measure.code, body)
    sheet.text(at, 1, measure.title, body)
    sheet.text(at, 2, measure.unit.shown, body)
    about = judgement.about.label if judgement.about and judgement.about.label != frame.view.chosen.label else ""
    cell = calc.cell("about", row)
    sheet.formula(at, 3, f'=IF({cell}=chosen_period,"",{cell})', about, frame.centred)
    for column, name in ((4, "last_year"), (5, "previous")):
        value = getattr(judgement, name)
        sheet.formula(at, column, f"={calc.cell(name, row)}", "" if value is None else value, figure)
    actual, state = calc.cell("actual", row), calc.cell("state_word", row)
    shown = judgement.actual if judgement.actual is not None else STATE_WORDS[judgement.state]
    strong = frame.figure(measure.number_format, bold=True)
    sheet.formula(at, 6, f"=IF(ISNUMBER({actual}),{actual},{state})", shown, strong)
    _target(frame, sheet, at, row, judgement)
    score = calc.cell("score_text", row)
    reported = f'{calc.cell("state", row)}="reported"'
    value = score_word(frame.view.framework, judgement) if judgement.state == "reported" else ""
    sheet.formula(at, _SCORE, f'=IF({reported},{score},"")', value, frame.word)
    for column, name in ((_TREND, "trend"), (_ANNUAL, "annual")):
        direction = calc.values[name][row]
        sheet.formula(at, column, f"={calc.cell(name, row)}", direction, frame.centred)
        sheet.formula(at, column + 1, f"={calc.cell(f'{name}_text', row)}", calc.values[f"{name}_text"][row], body)
    sheet.text(at, 13, benchmark, frame.body)
    sheet.blank(at, _HISTORY, body)
    history(frame, sheet, at, _HISTORY, row, measure)
    if frame.view.notes:
        for place, name in enumerate(("mark", "note")):
            sheet.formula(at, _MARK + place, f"={calc.cell(name, row)}", calc.values[name][row], body)
    sheet.blank(at, len(columns_of(frame)) - 1, frame.style(frame.book.house.input_text()))


def _height(frame: Frame, measure: Measure, benchmark: str) -> float:
    """High enough for whatever period is chosen."""
    texts = [(measure.title, _TITLE_WIDTH), (benchmark, _BENCHMARK_WIDTH), (measure.unit.shown, _UNIT_WIDTH)]
    texts += [(each.note, _MARKED[1][1]) for (key, _), each in frame.view.notes.items() if key == measure.key]
    return row_height(texts, 24)


def _target(frame: Frame, sheet: Sheet, at: int, row: int, judgement: Judgement) -> None:
    """A number; a text for a range, or where there is none although the measure is due."""
    calc, measure = frame.calc, judgement.measure
    target = calc.cell("target", row)
    nothing = f'IF({calc.cell("slot", row)}=0,"","{NO_TARGET}")'
    style = frame.figure(measure.number_format, text_wrap=True)
    value = judgement.target if judgement.target is not None else (NO_TARGET if judgement.about else "")
    if measure.polarity == "range":
        shown = calc.cell("target_text", row)
        text = calc.values["target_text"][row] or value
        sheet.formula(at, 7, f'=IF({shown}="",{nothing},{shown})', text, style)
    else:
        sheet.formula(at, 7, f"=IF(ISNUMBER({target}),{target},{nothing})", value, style)


def history(frame: Frame, sheet: Sheet, at: int, column: int, row: int, measure: Measure) -> None:
    """A sparkline over the newest figures of a measure."""
    numbers = frame.view.newest(measure.period_kind, NEWEST)
    if not numbers:
        return
    first, last = (xl_col_to_name(number) for number in (numbers[0], numbers[-1]))
    house = frame.book.house
    options: dict[str, object] = {
        "range": f"'Data actual'!{first}{row + 2}:{last}{row + 2}",
        "last_point": True,
        "last_color": house.heading_fill,
        "show_hidden": True,
    }
    if len(numbers) > _MOST_BARS:
        line = {"series_color": house.muted, "markers": True, "markers_color": house.muted, "empty_cells": "connect"}
        sheet.sparkline(at, column, options | line)
        return
    # The single figures of past years that councils bring stand where they belong as bars; a line would join them or
    # lose them. Bars start at nought, so that their heights compare.
    bars = {"type": "column", "series_color": house.line, "negative_points": True, "negative_color": house.muted}
    if not frame.view.has_negative(measure):
        options["min"] = 0
    sheet.sparkline(at, column, options | bars)


def _marked(frame: Frame, sheet: Sheet, last: int) -> None:
    """A figure with something to know of it is underlined; the word and the note stand in their columns."""
    letter = xl_col_to_name(_MARK)
    options: dict[str, object] = {
        "type": "formula",
        "criteria": f'=${letter}{_FIRST + 1}<>""',
        "format": frame.book.difference(italic=True, underline=1),
    }
    sheet.conditional(_FIRST, 6, last, 6, options)


def _quiet(frame: Frame, sheet: Sheet, last: int) -> None:
    """What is not reported stands back in grey italics; its word says why."""
    quiet = frame.book.difference(italic=True, font_color=frame.book.house.muted, bold=False)
    for column in (6, 7, _TREND + 1, _ANNUAL + 1):
        words = {
            6: tuple(word for state, word in STATE_WORDS.items() if state != "reported"),
            7: (NO_TARGET,),
        }.get(column, (DIRECTION_WORDS[None],))
        letter = xl_col_to_name(column)
        test = ",".join(f'${letter}{_FIRST + 1}="{word}"' for word in words)
        options: dict[str, object] = {"type": "formula", "criteria": f"=OR({test})", "format": quiet}
        sheet.conditional(_FIRST, column, last, column, options)
