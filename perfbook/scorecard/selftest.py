"""The sheet Self-test: Python's value beside the live formula, for every measure and every headline count."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from perfbook.scorecard.calc import Calc
from perfbook.scorecard.counts import Counts
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height
from perfbook.scorecard.view import View
from perfbook.workbook.writer import Sheet, Style, Value

SHEET = "Self-test"
AGREES, DISAGREES = "agrees", "DISAGREES"
_HEAD_ROW, _FIRST = 4, 5
_PAIRS = ("state", "actual", "band", "trend", "annual")
_LABELS = {"state": "State", "actual": "Figure", "band": "Score band", "trend": "Trend", "annual": "Annual"}
_VERDICT = 2 + 2 * len(_PAIRS)
_DIRECTION = '"better";"worse";"same"'


@dataclass(frozen=True)
class Verdict:
    """The cell that says whether formulas and Python agree, and what it says."""

    cell: str
    text: str


def verdict(calc: Calc, counts: Counts) -> Verdict:
    """Where the verdict stands: known before the sheet is written, so that Summary can quote it."""
    return Verdict(f"'{SHEET}'!$A$3", _agreement(calc.view))


def _agreement(view: View) -> str:
    measures = f"{len(view.rows)} measures, " if view.has_measures else ""
    return f"Formulas and Python agree: {measures}{len(view.count_rows)} headline counts."


def write_selftest(frame: Frame, counts: Counts) -> None:
    """Writes the sheet."""
    view = frame.view
    widths = [9.0, 44.0, *([14.0, 14.0, 12.5, 12.5, 9.0, 9.0, 11.0, 11.0, 11.0, 11.0]), 13.0]
    title = "Self-test: live formulas beside Python"
    sheet = open_sheet(frame, SHEET, title, widths, head_row=_HEAD_ROW)
    sections = ("Headline counts", "Measures") if view.has_measures else ("Headline counts",)
    rows = len(view.count_rows) + len(view.rows) + len(sections)
    band = frame.style(frame.book.house.subheading())
    end = _FIRST + rows - 1
    column = xl_col_to_name(_VERDICT)
    bad = f'COUNTIF(${column}${_FIRST + 1}:${column}${end + 1},"{DISAGREES}")'
    agreement = _agreement(view)
    text = f'=IF({bad}=0,"{agreement}","{DISAGREES}: "&{bad}&" of the rows below; see the last column.")'
    sheet.formula(2, 0, text, agreement, frame.book.style(**(frame.book.house.subtitle() | {"bold": True})))
    labels = [f"{_LABELS[name]}, {side}" for name in _PAIRS for side in ("Python", "live")]
    head(frame, sheet, _HEAD_ROW, ["Code", "Measure", *labels, "Verdict"], height=32, figures=range(4, 12))
    at = _FIRST
    for title in sections:
        for place in range(_VERDICT + 1):
            sheet.blank(at, place, band)
        sheet.text(at, 0, title, band)
        at += 1
        if title == "Headline counts":
            for group, outcome, label in view.count_rows:
                _count(frame, sheet, at, (group.capitalize(), label), counts, (group, outcome))
                at += 1
        else:
            for row in range(len(view.rows)):
                _measure(frame, sheet, at, row)
                at += 1
    options: dict[str, object] = {
        "type": "cell",
        "criteria": "==",
        "value": f'"{DISAGREES}"',
        "format": frame.book.difference(**frame.book.house.bad()),
    }
    sheet.conditional(_FIRST, _VERDICT, end, _VERDICT, options)
    sheet.raw.freeze_panes(_FIRST, 2)


def _count(
    frame: Frame, sheet: Sheet, at: int, labels: tuple[str, str], counts: Counts, which: tuple[str, str]
) -> None:
    """A headline count, in the columns of the figures."""
    plain = frame.style(frame.book.house.body(), valign="vcenter")
    for column in range(_VERDICT):
        sheet.blank(at, column, plain)
    for column, label in enumerate(labels):
        sheet.text(at, column, label, plain)
    value = counts.value(*which)
    sheet.formula(at, 4, f"={counts.python(*which)}", value, frame.figure())
    sheet.formula(at, 5, f"={counts.live(*which)}", value, frame.figure())
    sheet.formula(at, _VERDICT, f'=IF(E{at + 1}=F{at + 1},"{AGREES}","{DISAGREES}")', AGREES, frame.centred)


def _measure(frame: Frame, sheet: Sheet, at: int, row: int) -> None:
    calc, judgement = frame.calc, frame.view.rows[row]
    measure = judgement.measure
    plain = frame.style(frame.book.house.body(), valign="vcenter")
    sheet.raw.set_row(at, row_height([(measure.title, 44)], 16))
    sheet.text(at, 0, measure.code, plain)
    sheet.text(at, 1, measure.title, frame.body)
    styles: dict[str, Style] = {
        "state": plain,
        "actual": frame.figure(measure.number_format),
        "band": frame.figure("0"),
        "trend": frame.figure(_DIRECTION),
        "annual": frame.figure(_DIRECTION),
    }
    tests = []
    for place, name in enumerate(_PAIRS):
        column = 2 + 2 * place
        held: Value | None = getattr(judgement, name)
        value: Value = "" if held is None else held
        found = f"INDEX(check_{name},{row + 1},period_number)"
        formula = f'={found}&""' if name == "state" else f'=IF(ISNUMBER({found}),{found},"")'
        sheet.formula(at, column, formula, value, styles[name])
        sheet.formula(at, column + 1, f"={calc.cell(name, row)}", value, styles[name])
        left, right = f"{chr(ord('A') + column)}{at + 1}", f"{chr(ord('B') + column)}{at + 1}"
        if name == "actual":
            both = f"AND(ISNUMBER({left}),ISNUMBER({right}))"
            tests.append(f"IF({both},ROUND({left}-{right},{measure.places + 2})=0,{left}={right})")
        else:
            tests.append(f"{left}={right}")
    sheet.formula(at, _VERDICT, f'=IF(AND({",".join(tests)}),"{AGREES}","{DISAGREES}")', AGREES, frame.centred)
