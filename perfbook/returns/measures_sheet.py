"""The sheet Measures: one row a figure, what was before, what to fill, and what follows from it at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import rows as checks
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period
from perfbook.returns import explain, facts, heights, layout, validation
from perfbook.returns._measures_formulas import sheet_formulas
from perfbook.returns._measures_live import LiveRow
from perfbook.returns._measures_look import Look
from perfbook.returns.entries import put
from perfbook.returns.filled import BLANK, Filled
from perfbook.returns.lines import History, Line, lines_of
from perfbook.returns.measures_place import FIRST_ROW, GROUP_ROW, HEADER_ROW, KEY_ROW, PROGRESS_ROW, SIZE, TITLE_ROW
from perfbook.returns.progress import Now, Tally
from perfbook.returns.query_cells import QueryCells, heads_of, question
from perfbook.scoring.expr import Cell
from perfbook.workbook.numfmt import display
from perfbook.workbook.palette import HouseStyle
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

__all__ = ["write_measures"]

_NO_FIGURE = {
    "new": "New measure",
    "delayed": "Delayed",
    "not available": "Not available",
    "not due": "Not due",
    "withdrawn": "Withdrawn",
}
_MOST_POINTS = 8  # of the small line
_PARTS = (layout.NUMERATOR, layout.DENOMINATOR)


def write_measures(
    book: Book,
    framework: Framework,
    directorate: str,
    period: Period,
    history: History,
    signed: str,
    progress: str,
    filled: Filled = BLANK,
    state: str = "",
) -> Tally:
    """Writes the sheet.

    `signed` refers to the cell with the state of the sign-off, which holds `state`; `progress` to the progress line.
    """
    return _Measures(book, framework, directorate, period, history, signed, filled, state).write(progress)


class _Measures:
    def __init__(
        self,
        book: Book,
        framework: Framework,
        directorate: str,
        period: Period,
        history: History,
        signed: str,
        filled: Filled,
        state: str,
    ) -> None:
        self.book = book
        self.house: HouseStyle = book.house
        self.framework = framework
        self.name = framework.directorate(directorate).name
        self.period = period
        self.history = history
        self.signed = signed
        self.state = state
        self.filled = filled
        self.lines = lines_of(framework, directorate, period)
        self.due = [line for line in self.lines if line.about]
        self.earlier = layout.earlier_periods(period)
        years = past_years(framework, directorate, period, history)
        wanted = facts.wanted_of(framework, directorate, period, years)
        self.years = dict(zip((layout.year_key(len(years) - place) for place in range(len(years))), years, strict=True))
        self.columns = layout.columns(self.earlier, asked=filled.goes_back, wanted=wanted)
        self.at = {column.key: index for index, column in enumerate(self.columns, start=1)}
        self.sheet: Sheet = book.sheet(layout.MEASURES)
        self.past: Sheet = book.sheet(layout.HISTORY, state="very_hidden")
        self.inputs = tuple(key for key in layout.INPUT_KEYS if key in self.at)
        # Not the cells' addresses: cutting and pasting an input would rewire them.
        self.refer = {key: f"INDEX({self._column(key)},ROW())" for key in self.at}
        self.refer |= {f"at_{key}": f"COLUMN(${xl_col_to_name(self.at[key])}$1)" for key in self.inputs}
        self.formulas = sheet_formulas(self.refer, signed)
        self.example = {
            kind: f"{layout.IDENTITY}!$B${row}" for row, kind in enumerate(explain.EXAMPLES, start=layout.EXAMPLES_ROW)
        }
        self.queries = QueryCells(
            book, self.sheet, layout.MEASURE, self.at, self.inputs, filled, SIZE, heads_of(self.columns)
        )
        self.now: list[Now] = []
        self._rows: dict[str, LiveRow] = {}

    def write(self, progress: str) -> Tally:
        for row, line_ in enumerate(self.lines, start=FIRST_ROW):
            self.sheet.text(row, 0, line_.key, self.book.style(**self._small(self.house.locked())))
            self._facts(row, line_)
            if line_.about is None:
                self._not_due(row, line_)
            else:
                self._inputs(row, line_)
                self._live(row, line_)
            self._asked(row, line_)
        tally = self._tally()
        self._head(progress, tally)
        look = Look(self.book, self.sheet, self.framework, self.columns, self.lines, self.period, self.name)
        look.colours()
        look.heights([self._texts(line_) for line_ in self.lines])
        look.set_up()
        self.past.raw.protect()
        return tally

    def _tally(self) -> Tally:
        several = any(not line_.is_last for line_ in self.lines)
        return Tally(
            layout.MEASURES,
            {key: xl_col_to_name(at) for key, at in self.at.items()},
            FIRST_ROW + 1,
            FIRST_ROW + max(1, len(self.lines)),
            tuple(self.now),
            "figure" if several else "measure",
            asked=tuple(self.queries.asked),
        )

    # -- styles and references ----------------------------------------------------------------------------------------

    def _small(self, style: Properties) -> Properties:
        return style | {"font_size": SIZE}

    def _locked(self, **more: object) -> object:
        return self.book.style(**(self._small(self.house.locked()) | {"text_wrap": True} | more))

    def _column(self, key: str) -> str:
        letter = xl_col_to_name(self.at[key])
        return f"${letter}:${letter}"

    # -- head ---------------------------------------------------------------------------------------------------------

    def _head(self, progress: str, tally: Tally) -> None:
        sheet, book, house = self.sheet, self.book, self.house
        keys = book.style(font_color=house.muted, font_size=8)
        sheet.text(KEY_ROW, 0, layout.MEASURES_MARK, keys)
        sheet.text(TITLE_ROW, 1, f"{self.name}: measures, {self.period.label}", book.style(**house.title()))
        sheet.formula(PROGRESS_ROW, 1, f"={progress}", tally.line(), book.style(**house.subtitle()))
        previous = ""
        for index, column in enumerate(self.columns, start=1):
            sheet.text(KEY_ROW, index, column.key, keys)
            # Inputs and what follows from them are headed in different tones, and named.
            fill = house.middle_fill if column.kind == "input" else house.subheading_fill
            group = self._small(house.subheading()) | {"bg_color": fill}
            sheet.text(GROUP_ROW, index, "" if column.group == previous else column.group, book.style(**group))
            previous = column.group
            sheet.text(HEADER_ROW, index, self._header(column), book.style(**self._small(house.heading())))

    def _header(self, column: layout.Column) -> str:
        """Columns of earlier periods name their period where it is the same for all measures."""
        abouts = {line_.about for line_ in self.due}
        if len(abouts) == 1:
            about = next(iter(abouts))
            assert about is not None
            if column.key == layout.LAST_YEAR:
                return f"{column.header}\n{about.same_last_year.label}"
            for back in range(1, self.earlier + 1):
                if column.key == layout.earlier_key(back):
                    return f"{column.header}\n{about.shift(-back).label}"
        return column.header

    # -- what is known ------------------------------------------------------------------------------------------------

    def _facts(self, row: int, line_: Line) -> None:
        measure, about = line_.measure, line_.about
        for key, value in facts.words_of(line_).items():
            bold = {"bold": True} if key == "title" else {}
            arrears = {"bold": True} if key == "about" and about != self.period else {}
            self.sheet.text(row, self.at[key], value, self._locked(**bold, **arrears))
        self._past(row, layout.LAST_YEAR, measure, about.same_last_year if about else None)
        step = self.framework.step(measure)
        for back in range(1, self.earlier + 1):
            places = back * step
            wanted = about is not None and (back == 1 or places < about.index)
            self._past(row, layout.earlier_key(back), measure, about.shift(-places) if about and wanted else None)
        for key, year in self.years.items():
            self._past(row, key, measure, year)
        self._target(row, line_, self.framework.target(measure.key, about))
        if "year_target" in self.at:
            self._figure_or_words(row, "year_target", measure, facts.year_target_of(self.framework, line_))
        self.sheet.text(row, self.at["benchmark"], self._benchmark(measure), self._locked(align="left", indent=1))
        self.sheet.text(row, self.at["last_commentary"], self._last_words(line_), self._locked())
        self._spark(row, line_)

    def _benchmark(self, measure: Measure) -> str:
        benchmarks = self.framework.benchmarks_of(measure.key)
        return benchmarks[0].with_date(benchmarks[0].label or benchmarks[0].shown) if benchmarks else ""

    def _last_words(self, line_: Line) -> str:
        """The commentary of the last time."""
        if line_.about is None or not line_.is_last:
            return ""
        before = self.history.get((line_.measure.key, self.framework.before(line_.measure, line_.about)))
        return before.commentary if before else ""

    def _past(self, row: int, key: str, measure: Measure, period: Period | None) -> None:
        observation = self.history.get((measure.key, period)) if period else None
        if observation and observation.actual is not None:
            # Months of a quarterly return stand in columns that are headed by no period.
            month = f' "{period.label[:3]}"' if period and period.kind == "month" else ""
            room = len(display(observation.actual, measure.number_format)) <= 6
            shown = measure.number_format + (month if room else "")
            self.sheet.number(row, self.at[key], observation.actual, self._locked(num_format=shown, align="right"))
            return
        words = _NO_FIGURE.get(observation.status or "", layout.DASH) if observation else layout.DASH
        self.sheet.text(row, self.at[key], words, self._locked(align="right", font_color=self.house.muted))

    def _spark(self, row: int, line_: Line) -> None:
        """The figures before this one as a small line, with the one that is being filled in at its end."""
        self.sheet.blank(row, self.at["spark"], self._locked())
        if line_.about is None:
            return
        known = [
            self._known(line_.measure, line_.about.shift(-back * self.framework.step(line_.measure)))
            for back in range(_MOST_POINTS, 0, -1)
        ]
        if sum(value is not None for value in known) < 2:
            return
        for column, value in enumerate(known):
            if value is not None:
                self.past.number(row, column, value)
        figure = f"{layout.MEASURES}!${xl_col_to_name(self.at['figure'])}${row + 1}"
        self.past.formula(row, _MOST_POINTS, f"=IF(ISNUMBER({figure}),{figure},NA())", self._figure_now(line_))
        last = xl_col_to_name(_MOST_POINTS)
        self.sheet.sparkline(
            row,
            self.at["spark"],
            {
                "range": f"{layout.HISTORY}!$A${row + 1}:${last}${row + 1}",
                "last_point": True,
                "show_hidden": True,
                "series_color": self.house.line,
                "last_color": self.house.series[0],
                "type": "column",
            },
        )

    def _known(self, measure: Measure, period: Period) -> Decimal | None:
        observation = self.history.get((measure.key, period))
        return observation.actual if observation else None

    def _target(self, row: int, line_: Line, target: Target | None) -> None:
        measure = line_.measure
        low, high = (target.value, target.high) if target else (None, None)
        # Never seen, but the size of their letters keeps the row as high as it is when somebody types into it and the
        # program fits it anew.
        unseen = self._locked(num_format=";;;", font_size=heights.font_of(self._height(line_)))
        for key, value in (("target_low", low), ("target_high", high)):
            if value is not None:
                self.sheet.number(row, self.at[key], value, unseen)
            else:
                self.sheet.blank(row, self.at[key], unseen)
        self._figure_or_words(row, "target", measure, facts.target_of(measure, target), muted=low is None)

    def _figure_or_words(
        self, row: int, key: str, measure: Measure, shown: Decimal | str, *, muted: bool = True
    ) -> None:
        if isinstance(shown, str):
            grey = {"font_color": self.house.muted} if muted else {}
            self.sheet.text(row, self.at[key], shown, self._locked(align="right", **grey))
        else:
            style = self._locked(num_format=measure.number_format, align="right")
            self.sheet.number(row, self.at[key], shown, style)

    # -- what is filled -----------------------------------------------------------------------------------------------

    def _inputs(self, row: int, line_: Line) -> None:
        house, measure = self.house, line_.measure
        # Wrapped for the sake of texts that are pasted here.
        right = {"align": "right", "text_wrap": True}
        figure = self._small(house.input(measure.number_format)) | right
        for key, words in ((layout.ACTUAL, "Actual"), (layout.FORECAST, "Forecast")):
            self._input(row, line_, key, figure, validation.figure(measure, words))
        for key in _PARTS:
            if measure.has_fraction:
                # General, so that 113 shows as 113 and 44.31 as 44.31: a format with # leaves a lone point.
                part = self._small(house.input("General")) | right
                self._input(row, line_, key, part, validation.fraction(measure, key))
            elif self.filled.entries.get((line_.key, key)) is not None:
                # A fraction that the measure has none of goes back as it came.
                put(
                    self.book,
                    self.sheet,
                    row,
                    self.at[key],
                    self.filled.entries[line_.key, key],
                    self._small(house.input()) | right,
                )
            else:
                self.sheet.text(row, self.at[key], layout.DASH, self._locked(align="center", font_color=house.muted))
        self._more_inputs(row, line_, figure)
        words_style = self._small(house.input_text())
        self._input(row, line_, layout.STATUS, self._small(house.input("@")), validation.status())
        why = "Why is the figure as it is? Needed where the score misses the target."
        if not line_.is_last:
            why = "If you like: why this month stands out. An explanation is only asked for the last month."
        if line_.about and measure.is_again(line_.about, self.period):
            why = "If the figure was restated: why?"
        self._input(row, line_, layout.COMMENTARY, words_style, validation.text("Commentary", why))
        what = "What is being done, by which role, by when?"
        self._input(row, line_, layout.ACTION, words_style, validation.text("Recovery action", what))

    def _more_inputs(self, row: int, line_: Line, figure: Properties) -> None:
        """The inputs that only some rows have; in the others a dash stands in their place."""
        measure = line_.measure
        asked = self._row_of(line_).asked
        scheme = asked.scheme
        takes = {
            layout.TO_DATE: (measure.runs, figure, validation.year_to_date(measure)),
            layout.CHOSEN: (asked.is_chosen, self._small(self.house.input("@")), validation.chosen(scheme)),
        }
        for key, (is_asked, style, options) in takes.items():
            if key not in self.at:
                continue
            if is_asked:
                self._input(row, line_, key, style, options)
            elif self.filled.entries.get((line_.key, key)) is not None:
                put(self.book, self.sheet, row, self.at[key], self.filled.entries[line_.key, key], style)
            else:
                self.sheet.text(
                    row, self.at[key], layout.DASH, self._locked(align="center", font_color=self.house.muted)
                )

    def _input(self, row: int, line_: Line, key: str, style: Properties, options: validation.Options) -> None:
        put(self.book, self.sheet, row, self.at[key], self.filled.entries.get((line_.key, key)), style)
        self.sheet.validation(row, self.at[key], row, self.at[key], options)

    def _not_due(self, row: int, line_: Line) -> None:
        muted = self._locked(align="center", font_color=self.house.muted)
        for column in self.columns:
            if column.kind == "input" or column.key in ("figure", "running", "score", "trend", "trend_word"):
                self.sheet.text(row, self.at[column.key], layout.DASH, muted)
            elif column.key in ("why", "example") or (
                column.kind == "hidden" and not column.key.startswith(("target", "sent", layout.CODES))
            ):
                self.sheet.blank(row, self.at[column.key], self._locked())
        words = f"Not due in {self.period.label}: nothing to fill."
        self.sheet.text(row, self.at["check"], words, self._locked())

    # -- what follows -------------------------------------------------------------------------------------------------

    def _entries(self, line_: Line) -> dict[str, Cell]:
        found = {key: self.filled.entries.get((line_.key, key)) for key in self.inputs}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in found.items()}

    def _row_of(self, line_: Line) -> LiveRow:
        """The live cells of a row, put together once."""
        if line_.key not in self._rows:
            made = LiveRow(self.framework, line_, self.period, self.history, self.formulas)
            self._rows[line_.key] = made
        return self._rows[line_.key]

    def _figure_now(self, line_: Line) -> Decimal | str:
        figure = self._row_of(line_).figure(self._entries(line_), self.state)
        return figure if isinstance(figure, Decimal) else "#N/A"

    def _live(self, row: int, line_: Line) -> None:
        live = self._row_of(line_)
        self._kept(row, live.usual)
        self._elsewhere(row, line_, live)
        values: dict[str, Cell] = {}
        goes = {key: self.at[key] + 1 for key in self.inputs}
        for cell, value in live.cells(self._entries(line_), self.state, row + 1, goes):
            values[cell.key] = value
            shown = "" if value is None else value
            assert isinstance(shown, str | bool | int | float | Decimal)
            # Words beside a figure need air between them.
            beside = {"align": "left", "indent": 1} if cell.key == "score" else {}
            style = self._locked(**({"bg_color": self.house.page} | beside | cell.look))
            self.sheet.formula(row, self.at[cell.key], cell.formula, shown, style)
        missing = values["unexplained"] == 1
        # The example shows itself only where an explanation is still missing.
        example = explain.EXAMPLES[line_.measure.unit.kind] if missing else ""
        test = f'=IF({self.refer["unexplained"]}=1,{self.example[line_.measure.unit.kind]},"")'
        self.sheet.formula(row, self.at["example"], test, example, self._locked(italic=True, bg_color=self.house.page))
        self.now.append(_now(row + 1, line_, self.period, values, self._entries(line_)))

    def _elsewhere(self, row: int, line_: Line, live: LiveRow) -> None:
        """What a row has in the columns that others have live cells in, and what came before its period in the
        year or in the twelve months."""
        if "running" in self.at:
            for key, value in live.before.items():
                if key not in self.at:
                    continue
                if value is None:
                    self.sheet.blank(row, self.at[key], self._locked())
                else:
                    self.sheet.number(row, self.at[key], value, self._locked())
            if not line_.measure.runs:
                muted = self._locked(align="right", font_color=self.house.muted)
                self.sheet.text(row, self.at["running"], layout.DASH, muted)
        if "chosen" in self.at and not live.scheme.chosen_without_target:
            self.sheet.blank(row, self.at["chosen"], self._locked())

    def _kept(self, row: int, usual: checks.Usual | None) -> None:
        """Where the figures of the past lie: numbers that only the checks read."""
        for key, value in (("usual", usual.middle), ("spread", usual.spread)) if usual else ():
            self.sheet.number(row, self.at[key], value, self._locked())
        for key in ("usual", "spread") if usual is None else ():
            self.sheet.blank(row, self.at[key], self._locked())

    def _asked(self, row: int, line_: Line) -> None:
        """What is asked about a row."""
        measure = line_.measure
        formats = dict.fromkeys((layout.ACTUAL, layout.TO_DATE, layout.FORECAST), measure.number_format)
        formats |= dict.fromkeys(_PARTS, "General")
        # Where a dash stands nothing was sent, and nothing is filled.
        open_to = dict.fromkeys(_PARTS, measure.has_fraction)
        is_chosen = line_.about is not None and self._row_of(line_).asked.is_chosen
        open_to |= {layout.TO_DATE: measure.adds_up, layout.CHOSEN: is_chosen}
        locked = [key for key in self.inputs if line_.about is None or not open_to.get(key, True)]
        self.queries.write(row, line_.key, line_.name(self.period), formats=formats, locked=locked)

    # -- heights ------------------------------------------------------------------------------------------------------

    def _texts(self, line_: Line) -> list[tuple[str, str, bool]]:
        """What a row shows from the start: (column, text, bold)."""
        entries = [
            (key, str(entry), False)
            for key in self.inputs
            if (entry := self.filled.entries.get((line_.key, key))) is not None
        ]
        scheme = self.framework.scheme_of(line_.measure)
        queries = self.queries.queries(line_.key)
        return [
            ("title", line_.measure.title, True),
            ("unit", line_.measure.unit.shown, False),
            ("benchmark", self._benchmark(line_.measure), False),
            ("last_commentary", self._last_words(line_), False),
            *(("score", f"{band.symbol} {band.word}", True) for band in scheme.bands),
            *entries,
            *([(layout.QUERY, question(queries), False)] if queries else []),
        ]

    def _height(self, line_: Line) -> float:
        return Look.height_of(self.columns, self._texts(line_))


def past_years(framework: Framework, directorate: str, period: Period, history: History) -> tuple[Period, ...]:
    """The whole years of the past, oldest first, of which measures that report more often have a figure."""
    keys = {m.key for m in framework.measures_of(directorate, period) if m.period_kind != "year"}
    known = {
        about
        for (key, about), each in history.items()
        if key in keys and about.kind == "year" and about.end < period.start and each.actual is not None
    }
    return tuple(sorted(known, key=lambda year: year.ordinal))[-layout.MOST_YEARS :]


def _now(row: int, line_: Line, period: Period, values: Mapping[str, Cell], entries: Mapping[str, Cell]) -> Now:
    def number(key: str) -> int:
        value = values[key]
        return int(value) if isinstance(value, Decimal | int) else 0

    return Now(
        row,
        line_.name(period),
        str(values["check"]),
        str(values["why"]),
        number("todo"),
        number("unexplained"),
        number("problem"),
        number("rank"),
        figure if isinstance(figure := values["figure"], Decimal) else None,
        bool(entries.get(layout.STATUS)),
        bool(entries.get(layout.COMMENTARY)),
        isinstance(values["figure"], str | None)
        and isinstance(entries.get(layout.ACTUAL), str)
        and not entries.get(layout.STATUS),
    )
