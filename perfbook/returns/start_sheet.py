"""The sheet Start: whose return it is, what to do, what remains and where, and the sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import heights, layout, page, validation
from perfbook.returns.control import PLACES
from perfbook.returns.filled import BLANK, Filled
from perfbook.returns.next_rows import LISTED, NextRows
from perfbook.returns.progress import Remains, Tally, formula
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

KEY_COLUMN, LABEL_COLUMN, VALUE_COLUMN, HINT_COLUMN, RANK_COLUMN = range(5)
KEY_ROW, TITLE_ROW, SUBTITLE_ROW, DUE_ROW = range(4)
_STEPS_ROW = 6
_REMAINS_ROW = _STEPS_ROW + 5
_LEAST = 2  # lines of such a row, which may take a check in words
_VALUE_WIDTH, _HINT_WIDTH = 62, 60

# Where the progress line stands, for the sheet that repeats it.
PROGRESS = f"{layout.START}!$C${_REMAINS_ROW + 1}"
# The state of the sign-off, found by its key: cutting and pasting the input does not rewire this.
SIGNED = f'INDEX({layout.START}!$C:$C,MATCH("{layout.SIGN_STATE}",{layout.START}!$A:$A,0))'
DONE = "Nothing more to fill. Sign off below, then save this file where it is."
SIGNED_AND_DONE = "All done. Save this file where it is; you may still correct it and save it again."
GO_ON = "Go on with the other sheets: the lines above say what remains there."

_STEPS = (
    (
        "1  Fill",
        f"On {layout.MEASURES}, fill the cells with a firm border: numerator and denominator, or the actual. "
        "No figure? Choose a status.",
    ),
    (
        "2  Explain",
        "Read the Check column. Where Why explain says something, write a commentary and what is being done.",
    ),
    ("3  Sign and save", "Fill the sign-off below, then save this file where it is. Do not rename or e-mail it."),
)


_IN_WORDS = " typed with words: not in these totals, read when the return is collected."
_FILL_ACTIONS = "On Actions, choose a rating for each action and write what has been done."
_NAME = "On Evidence, say where the evidence is for what asks for it."
_WRITE = "On Service summary, write under each heading."
_EXPLAIN_ACTIONS = "Read the Check column: it says in words what is missing or odd."


class StartSheet:
    """The first sheet. It is made first and finished last, when the columns that it counts are known."""

    def __init__(
        self,
        book: Book,
        framework: Framework,
        directorate: str,
        period: Period,
        due: datetime,
        filled: Filled = BLANK,
    ) -> None:
        self.book = book
        self.framework = framework
        self.directorate = framework.directorate(directorate)
        self.period = period
        self.due = due
        self.filled = filled
        self.sheet: Sheet = book.sheet(layout.START)
        self.tall: dict[int, int] = {}
        # The address of each field of the sign-off.
        self.places: dict[str, str] = {}

    @property
    def state(self) -> str:
        """The state of the sign-off with which the book is made."""
        value = self.filled.sign_off.get(layout.SIGN_STATE)
        return value if isinstance(value, str) else ""

    def write(self, tally: Tally | None, others: Sequence[Remains] = ()) -> None:
        """Writes the sheet. `others` are further sheets, each with a line that says what remains on it; `tally` is None
        where the return asks for no measure."""
        self._head(tally)
        self._steps(tally, others)
        after = self._remains(tally, others)
        after = self._sign_off(after + 1)
        last = self._totals(after + 1, tally) if tally else after - 1
        self._set_up(last)

    def _head(self, tally: Tally | None) -> None:
        sheet, house = self.sheet, self.book.house
        sheet.text(KEY_ROW, KEY_COLUMN, layout.START_MARK)
        sheet.text(KEY_ROW, VALUE_COLUMN, layout.VALUE_COLUMN)
        title = f"{self.framework.council}: performance return"
        sheet.text(TITLE_ROW, LABEL_COLUMN, title, self.book.style(**house.title()))
        if house.furniture and house.furniture.logo:
            sheet.logo(TITLE_ROW, HINT_COLUMN, house.furniture.logo, _HINT_WIDTH * 7)
        first, last = self.period.start, self.period.end
        words = f"{self.directorate.name}, {self.period.label} ({first.day} {first:%B %Y} to {last.day} {last:%B %Y})"
        sheet.text(SUBTITLE_ROW, LABEL_COLUMN, words, self.book.style(**house.subtitle()))
        measures = self.framework.measures_of(self.directorate.key, self.period)
        asked = sum(measure.about(self.period) is not None for measure in measures)
        count = f"{asked} measure{'' if asked == 1 else 's'} to fill"
        if tally and len(tally.rows) > asked:
            count += f", {len(tally.rows)} figures in all"
        later = len(measures) - asked
        count += f"; {later} not due this time" if later else ""
        actions = len(self.framework.actions_of(self.directorate.key, self.period))
        if actions:
            rated = f"{actions} action{'' if actions == 1 else 's'} to rate"
            count = f"{count}; {rated}" if tally else rated
        day = self.due
        words = f"Please return by {day:%A} {day.day} {day:%B %Y}. {count}."
        sheet.text(DUE_ROW, LABEL_COLUMN, words, self.book.style(**(house.subtitle() | {"bold": True})))

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

    def _link(self) -> object:
        return self.book.style(**(self._plain() | {"font_color": self.book.house.link_text, "underline": 1}))

    # -- what to do ---------------------------------------------------------------------------------------------------

    def _steps(self, tally: Tally | None, others: Sequence[Remains]) -> None:
        self._section(_STEPS_ROW - 1, "Three steps")
        body = self.book.style(**self._plain())
        (fill, figures), (explain, reasons), last = _STEPS
        more = [_FILL_ACTIONS] if self.framework.actions_of(self.directorate.key, self.period) else []
        more += [_NAME] if self.framework.evidence_of(self.directorate.key, self.period) else []
        more += [_WRITE] if self.framework.sections_of(self.directorate.key, self.period) else []
        figures = " ".join([figures, *more] if tally else more)
        if not tally:
            explain, reasons = "2  Check", _EXPLAIN_ACTIONS
        for row, (label, words) in enumerate(((fill, figures), (explain, reasons), last), start=_STEPS_ROW):
            self._label(row, label)
            self.sheet.text(row, VALUE_COLUMN, words, body)
            self.tall[row] = heights.lines(words, _VALUE_WIDTH)
        targets = (layout.MEASURES, layout.DEFINITIONS) if tally else ()
        for offset, target in enumerate(targets or tuple(other.sheet for other in others)):
            self.sheet.link(
                _STEPS_ROW + offset, HINT_COLUMN, f"internal:'{target}'!B1", f"Go to {target}", self._link()
            )
        note = self.book.style(**(self._plain() | {"italic": True, "font_color": self.book.house.muted}))
        words = f"{'Type 76.8 for 76.8%. ' if tally else ''}Grey cells are locked and need nothing."
        self.sheet.text(_STEPS_ROW + len(_STEPS) - 1, HINT_COLUMN, words, note)

    # -- what remains -------------------------------------------------------------------------------------------------

    def _remains(self, tally: Tally | None, others: Sequence[Remains]) -> int:
        """The line, the sign-off's state, what is next with links, and further sheets; gives the row below."""
        house = self.book.house
        self._section(_REMAINS_ROW - 1, "What remains")
        style = self.book.style(**(self._plain() | {"bold": True}))
        firsts: list[Remains] = []
        if tally:
            self._label(_REMAINS_ROW, "Measures")
            self.sheet.formula(_REMAINS_ROW, VALUE_COLUMN, formula(tally), tally.line(), style)
        else:
            first, *others = others
            firsts = [first]
            self._label(_REMAINS_ROW, first.label)
            self.sheet.formula(_REMAINS_ROW, VALUE_COLUMN, first.formula, first.value, style)
        state = self.state.strip()
        signed = f'=IF(TRIM({SIGNED})="","Not signed yet.","Signed as "&LOWER(TRIM({SIGNED}))&".")'
        now = f"Signed as {state.lower()}." if state else "Not signed yet."
        self.sheet.formula(_REMAINS_ROW, HINT_COLUMN, signed, now, style)
        done = f'="Every {tally.noun} is filled."' if tally else f'="{first.done}"'
        for column, test in ((VALUE_COLUMN, f"$C${_REMAINS_ROW + 1}{done}"), (HINT_COLUMN, self._is_signed())):
            for criteria, look in ((f"={test}", house.good()), (f"=NOT({test})", house.middle())):
                options = {"type": "formula", "criteria": criteria, "format": self.book.difference(**look)}
                self.sheet.conditional(_REMAINS_ROW, column, _REMAINS_ROW, column, options)
        row = _REMAINS_ROW + 1
        for other in others:
            self._label(row, other.label)
            self.sheet.formula(row, VALUE_COLUMN, other.formula, other.value, style)
            self.sheet.link(row, HINT_COLUMN, f"internal:'{other.sheet}'!B1", f"Go to {other.sheet}", self._link())
            row += 1
        sources = [rows for rows in (tally, *(each.rows for each in (*firsts, *others))) if rows]
        listed = NextRows(sources, self.period.label)
        end = self._end(others)
        for number in range(1, LISTED + 1):
            self._next(row, number, listed, end if number == 1 else ('""', ""))
            row += 1
        note = self.book.style(**(house.note() | {"valign": "vcenter", "indent": 1}))
        self.sheet.formula(row, VALUE_COLUMN, *listed.more(), note)
        return row + 1

    def _end(self, others: Sequence[Remains]) -> tuple[str, str]:
        """What stands in place of the first row when none waits: an expression and its value."""
        words = f'IF(TRIM({SIGNED})="","{DONE}","{SIGNED_AND_DONE}")'
        value = SIGNED_AND_DONE if self.state.strip() else DONE
        if not others:
            return words, value
        lines = range(_REMAINS_ROW + 2, _REMAINS_ROW + 2 + len(others))
        done = ",".join(f'$C${line}="{other.done}"' for line, other in zip(lines, others, strict=True))
        return f'IF(AND({done}),{words},"{GO_ON}")', value if all(other.is_done for other in others) else GO_ON

    def _is_signed(self) -> str:
        return f'LEFT($D${_REMAINS_ROW + 1},6)="Signed"'

    def _next(self, row: int, number: int, listed: NextRows, end: tuple[str, str]) -> None:
        """One row of the list: what it is, with a link to the very cell, and what is to do there."""
        self._label(row, "Next" if number == 1 else "")
        shown = listed.row(number, f"$E${row + 1}", end)
        unseen = self.book.style(font_color=self.book.house.page)
        self.sheet.formula(row, RANK_COLUMN, *shown.rank, unseen)
        self.sheet.formula(row, VALUE_COLUMN, *shown.link, self._link())
        self.sheet.formula(row, HINT_COLUMN, *shown.what, self.book.style(**self._plain()))
        needed = heights.lines(shown.what[1], _HINT_WIDTH), heights.lines(shown.link[1], _VALUE_WIDTH)
        self.tall[row] = max(_LEAST, *needed)

    # -- sign-off and totals ------------------------------------------------------------------------------------------

    def _sign_off(self, first: int) -> int:
        house = self.book.house
        note = self.book.style(**(house.note() | {"valign": "vcenter", "indent": 1}))
        self._section(first, "Sign-off")
        row = first + 1
        self.first_field = row
        for field in layout.SIGN_OFF:
            self.sheet.text(row, KEY_COLUMN, field.key)
            self.places[field.key] = f"C{row + 1}"
            asked = [f"{q.words} {q.remedy}" for q in self.filled.elsewhere if q.field == field.key]
            if asked:
                self.sheet.note(row, VALUE_COLUMN, "\n".join(asked))
            self._label(row, field.label)
            look = house.input("d mmmm yyyy") if field.key == layout.SIGN_DATE else house.input_text()
            look |= {"align": "left", "valign": "vcenter", "indent": 1}
            value = self.filled.sign_off.get(field.key)
            style = self.book.style(**look)
            if isinstance(value, date):
                self.sheet.date(row, VALUE_COLUMN, value, style)
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                self.sheet.number(row, VALUE_COLUMN, value, style)
            else:
                self.sheet.text(row, VALUE_COLUMN, str(value or ""), style)
            self.sheet.validation(
                row, VALUE_COLUMN, row, VALUE_COLUMN, validation.sign_off(field.key, field.hint, self.period)
            )
            self.sheet.text(row, HINT_COLUMN, field.hint, note)
            # As high for the role, which may take two lines, as for the state; they stay so whatever is typed.
            self.tall[row] = 2
            row += 1
        self.book.define_name("Sign_off", f"={layout.START}!$B${first + 2}:$C${row}")
        return row

    def _totals(self, first: int, tally: Tally) -> int:
        self._section(first, "Control totals")
        totals = tally.totals()
        due = f'({tally.part("todo")}<>"")'
        no_figure = f"NOT(ISNUMBER({tally.part('figure')}))"
        rows: tuple[tuple[str, str, int | Decimal, str], ...] = (
            ("Figures", f"=COUNT({tally.column('figure')})", totals.figures, "0"),
            (
                "Statuses",
                f'=SUMPRODUCT({due}*{no_figure}*({tally.part(layout.STATUS)}<>""))',
                totals.statuses,
                "0",
            ),
            ("Commentaries", f'=SUMPRODUCT({due}*({tally.part(layout.COMMENTARY)}<>""))', totals.commentaries, "0"),
            ("All figures added up", f"=ROUND(SUM({tally.column('figure')}),{PLACES})", totals.total, "#,##0.00####"),
        )
        note = self.book.style(**(self._plain() | {"italic": True, "font_color": self.book.house.muted}))
        words = f'({tally.part(layout.ACTUAL)}<>"")*NOT(ISNUMBER({tally.part(layout.ACTUAL)}))'
        typed = f'SUMPRODUCT({due}*{no_figure}*{words}*({tally.part(layout.STATUS)}=""))'
        hint_now = f'="Figures given."&IF({typed}=0,""," "&{typed}&"{_IN_WORDS}")'
        hints = (
            "Figures given." + (f" {tally.in_words()}{_IN_WORDS}" if tally.in_words() else ""),
            "Chosen where there is no figure.",
            "Explanations written.",
            "Whatever their unit. The scorecard repeats these four.",
        )
        self.tall[first + 1] = heights.lines(f"Figures given. 100{_IN_WORDS}", _HINT_WIDTH)
        for row, ((label, text, value, shown), hint) in enumerate(zip(rows, hints, strict=True), start=first + 1):
            self._label(row, label)
            style = self.book.style(**(self._plain() | {"num_format": shown, "align": "left"}))
            self.sheet.formula(row, VALUE_COLUMN, text, value, style)
            if row == first + 1:
                self.sheet.formula(row, HINT_COLUMN, hint_now, hint, note)
            else:
                self.sheet.text(row, HINT_COLUMN, hint, note)
        last = first + len(rows)
        self.book.define_name("Control_totals", f"={layout.START}!$B${first + 2}:$C${last + 1}")
        return last

    def _set_up(self, last: int) -> None:
        raw = self.sheet.raw
        raw.set_column(KEY_COLUMN, KEY_COLUMN, 12, None, {"hidden": True})
        raw.set_column(LABEL_COLUMN, LABEL_COLUMN, 20)
        raw.set_column(VALUE_COLUMN, VALUE_COLUMN, _VALUE_WIDTH)
        raw.set_column(HINT_COLUMN, HINT_COLUMN, _HINT_WIDTH)
        raw.set_column(RANK_COLUMN, RANK_COLUMN, 9, None, {"hidden": True})
        for row in range(_STEPS_ROW - 1, last + 1):
            raw.set_row(row, max(19.0, heights.height(self.tall.get(row, 1))))
        raw.set_row(KEY_ROW, None, None, {"hidden": True})
        raw.set_row(TITLE_ROW, 30)
        raw.set_row(SUBTITLE_ROW, 20)
        raw.set_row(DUE_ROW, 20)
        page.lock(raw)
        area = (TITLE_ROW, LABEL_COLUMN, last, HINT_COLUMN)
        page.lay_out(raw, self.book.house, page.Page(area=area, margins=(0.5, 0.5, 0.6, 0.6)))
        raw.fit_to_pages(1, 1)
        raw.center_horizontally()
        raw.set_selection(self.first_field, VALUE_COLUMN, self.first_field, VALUE_COLUMN)
        if not self.filled.goes_back:
            raw.set_first_sheet()
            raw.activate()
