"""The sheet Start: whose return it is, what to do, what remains, and the sign-off."""

from __future__ import annotations

from datetime import datetime

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import heights, layout, validation
from perfbook.returns.progress import Tally, formula, line
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

KEY_COLUMN, LABEL_COLUMN, VALUE_COLUMN, HINT_COLUMN = range(4)
KEY_ROW, TITLE_ROW, SUBTITLE_ROW = range(3)
_FACTS_ROW = 4
_STEPS_ROW = 10
_REMAINS_ROW = 16
_SIGN_ROW = 20
_VALUE_WIDTH, _HINT_WIDTH = 66, 38

# Where the progress line stands, for the sheet that repeats it.
PROGRESS = f"{layout.START}!$C${_REMAINS_ROW + 1}"
# The state of the sign-off, found by its key: cutting and pasting the input does not rewire this.
SIGNED = f'INDEX({layout.START}!$C:$C,MATCH("{layout.SIGN_STATE}",{layout.START}!$A:$A,0))'

_STEPS = (
    (
        "1  Fill",
        f"On {layout.MEASURES}, fill the yellow cells: numerator and denominator, or the actual. No figure? Choose a "
        "status.",
    ),
    (
        "2  Explain",
        "Read the Check column. Where the score misses its target, write a commentary and what is being done.",
    ),
    ("3  Sign and save", "Fill the sign-off below, then save this file where it is. Do not rename or e-mail it."),
)


class StartSheet:
    """The first sheet. It is made first and finished last, when the columns that it counts are known."""

    def __init__(self, book: Book, framework: Framework, directorate: str, period: Period, due: datetime) -> None:
        self.book = book
        self.framework = framework
        self.directorate = framework.directorate(directorate)
        self.period = period
        self.due = due
        self.sheet: Sheet = book.sheet(layout.START)

    def write(self, tally: Tally) -> None:
        """Writes the sheet."""
        measures = self.framework.measures_of(self.directorate.key, self.period)
        due = sum(measure.about(self.period) is not None for measure in measures)
        self._head()
        self._facts(len(measures), due)
        self._steps()
        self._remains(tally, due)
        self._sign_off()
        self._set_up()

    def _head(self) -> None:
        sheet, house = self.sheet, self.book.house
        sheet.text(KEY_ROW, KEY_COLUMN, layout.START_MARK)
        sheet.text(KEY_ROW, VALUE_COLUMN, layout.VALUE_COLUMN)
        sheet.text(
            TITLE_ROW, LABEL_COLUMN, f"{self.framework.council}: performance return", self.book.style(**house.title())
        )
        words = f"{self.directorate.name}, {self.period.label}"
        sheet.text(SUBTITLE_ROW, LABEL_COLUMN, words, self.book.style(**house.subtitle()))

    def _section(self, row: int, words: str) -> None:
        style = self.book.style(**self.book.house.subheading())
        self.sheet.text(row, LABEL_COLUMN, words, style)
        for column in (VALUE_COLUMN, HINT_COLUMN):
            self.sheet.blank(row, column, style)

    def _plain(self) -> Properties:
        """A cell of the lists: no grid, so that the inputs stand out."""
        house = self.book.house
        base = {"border": 0, "bottom": 7, "bottom_color": house.line, "valign": "vcenter", "indent": 1}
        return house.wrapped() | base

    def _label(self, row: int, words: str) -> None:
        self.sheet.text(row, LABEL_COLUMN, words, self.book.style(**(self._plain() | {"bold": True})))

    def _facts(self, measures: int, due: int) -> None:
        self._section(_FACTS_ROW - 1, "This return")
        body = self.book.style(**self._plain())
        later = measures - due
        count = f"{due} to fill" + (f", {later} not due this time" if later else "")
        first, last = self.period.start, self.period.end
        facts = (
            ("Directorate", self.directorate.name),
            ("Period", f"{self.period.label}: {first.day} {first:%B %Y} to {last.day} {last:%B %Y}"),
            ("Measures", count),
        )
        for row, (label, words) in enumerate(facts, start=_FACTS_ROW):
            self._label(row, label)
            self.sheet.text(row, VALUE_COLUMN, words, body)
        row = _FACTS_ROW + len(facts)
        self._label(row, "Please return by")
        style = self._plain() | {"num_format": "dddd d mmmm yyyy", "align": "left", "bold": True}
        self.sheet.date(row, VALUE_COLUMN, self.due.date(), self.book.style(**style))

    def _steps(self) -> None:
        house = self.book.house
        self._section(_STEPS_ROW - 1, "Three steps")
        body = self.book.style(**self._plain())
        for row, (label, words) in enumerate(_STEPS, start=_STEPS_ROW):
            self._label(row, label)
            self.sheet.text(row, VALUE_COLUMN, words, body)
        link = self.book.style(**(house.link() | {"border": 0, "valign": "vcenter", "indent": 1}))
        for offset, target in enumerate((layout.MEASURES, layout.DEFINITIONS)):
            self.sheet.link(_STEPS_ROW + offset, HINT_COLUMN, f"internal:'{target}'!B1", f"Go to {target}", link)
        note = self.book.style(**(house.note() | {"valign": "vcenter", "indent": 1}))
        self.sheet.text(
            _STEPS_ROW + len(_STEPS), VALUE_COLUMN, "Type 76.8 for 76.8%. Grey cells are locked and need nothing.", note
        )

    def _remains(self, tally: Tally, due: int) -> None:
        house = self.book.house
        self._section(_REMAINS_ROW - 1, "What remains")
        self._label(_REMAINS_ROW, "Measures")
        style = self.book.style(**(self._plain() | {"bold": True}))
        self.sheet.formula(_REMAINS_ROW, VALUE_COLUMN, formula(tally), line(due, due), style)
        self._label(_REMAINS_ROW + 1, "Sign-off")
        signed = f'=IF(TRIM({SIGNED})="","Not signed yet.","Signed as "&LOWER(TRIM({SIGNED}))&".")'
        self.sheet.formula(_REMAINS_ROW + 1, VALUE_COLUMN, signed, "Not signed yet.", style)
        for row, done in ((_REMAINS_ROW, line(1, 0)), (_REMAINS_ROW + 1, "")):
            cell = f"$C${row + 1}"
            test = f'={cell}="{done}"' if done else f'=LEFT({cell},6)="Signed"'
            for formula_text, look in ((test, house.good()), (f"=NOT({test[1:]})", house.middle())):
                options = {"type": "formula", "criteria": formula_text, "format": self.book.difference(**look)}
                self.sheet.conditional(row, VALUE_COLUMN, row, VALUE_COLUMN, options)

    def _sign_off(self) -> None:
        house = self.book.house
        note = self.book.style(**(house.note() | {"valign": "vcenter", "indent": 1}))
        self._section(_SIGN_ROW - 1, "Sign-off")
        for row, field in enumerate(layout.SIGN_OFF, start=_SIGN_ROW):
            self.sheet.text(row, KEY_COLUMN, field.key)
            self._label(row, field.label)
            look = house.input("d mmmm yyyy") if field.key == layout.SIGN_DATE else house.input_text()
            look |= {"align": "left", "valign": "vcenter", "indent": 1}
            self.sheet.blank(row, VALUE_COLUMN, self.book.style(**look))
            self.sheet.validation(
                row, VALUE_COLUMN, row, VALUE_COLUMN, validation.sign_off(field.key, field.hint, self.period)
            )
            self.sheet.text(row, HINT_COLUMN, field.hint, note)

    def _set_up(self) -> None:
        raw = self.sheet.raw
        raw.set_column(KEY_COLUMN, KEY_COLUMN, 12, None, {"hidden": True})
        raw.set_column(LABEL_COLUMN, LABEL_COLUMN, 20)
        raw.set_column(VALUE_COLUMN, VALUE_COLUMN, _VALUE_WIDTH)
        raw.set_column(HINT_COLUMN, HINT_COLUMN, _HINT_WIDTH)
        tall = {row: heights.lines(words, _VALUE_WIDTH) for row, (_, words) in enumerate(_STEPS, start=_STEPS_ROW)}
        tall |= {
            row: heights.lines(field.hint, _HINT_WIDTH, 10)
            for row, field in enumerate(layout.SIGN_OFF, start=_SIGN_ROW)
        }
        # As high for the role, which may take two lines, as for the state; they stay so whatever is typed.
        tall |= dict.fromkeys(range(_SIGN_ROW, _SIGN_ROW + len(layout.SIGN_OFF)), max(tall.values()))
        for row in range(_FACTS_ROW - 1, _SIGN_ROW + len(layout.SIGN_OFF)):
            raw.set_row(row, max(20.0, heights.height(tall.get(row, 1))))
        raw.set_row(KEY_ROW, None, None, {"hidden": True})
        raw.set_row(TITLE_ROW, 30)
        raw.set_row(SUBTITLE_ROW, 20)
        raw.protect(
            "",
            {"select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True, "format_rows": True},
        )
        raw.hide_gridlines(2)
        raw.set_landscape()
        raw.set_paper(9)
        raw.fit_to_pages(1, 1)
        raw.center_horizontally()
        raw.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        raw.set_selection(_SIGN_ROW, VALUE_COLUMN, _SIGN_ROW, VALUE_COLUMN)
        raw.set_first_sheet()
        raw.activate()
