"""The sheet Measures: one row a measure, what was before, what to fill, and what follows from it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import rows as checks
from perfbook.framework.model import Framework, Measure, Target
from perfbook.framework.periods import Period
from perfbook.records import Observation
from perfbook.returns import heights, layout, validation
from perfbook.returns.progress import Tally, line
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, Expr, Var, call, evaluate, if_, to_excel
from perfbook.workbook.numfmt import display
from perfbook.workbook.palette import HouseStyle
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

KEY_ROW, TITLE_ROW, PROGRESS_ROW, GROUP_ROW, HEADER_ROW, FIRST_ROW = range(6)
SIZE = 10.0
# Landscape A4 without its margins, in points; LibreOffice makes columns some 6 % wider than Excel does.
_PAPER = (11.69 - 0.6) * 72 * 0.91
_LEAST_LINES = 3  # what a check in words needs
_TODO_FILL = "#FFE694"
_NO_FIGURE = {
    "new": "New measure",
    "delayed": "Delayed",
    "not available": "Not available",
    "not due": "Not due",
    "withdrawn": "Withdrawn",
}
_POLARITY = {"higher": "higher", "lower": "lower", "range": "in range", "none": "not judged"}

History = Mapping[tuple[str, Period], Observation]


def write_measures(
    book: Book, framework: Framework, directorate: str, period: Period, history: History, signed: str, progress: str
) -> Tally:
    """Writes the sheet. `signed` refers to the cell with the state of the sign-off, `progress` to the progress line."""
    return _Measures(book, framework, directorate, period, history, signed).write(progress)


class _Measures:
    def __init__(
        self, book: Book, framework: Framework, directorate: str, period: Period, history: History, signed: str
    ) -> None:
        self.book = book
        self.house: HouseStyle = book.house
        self.framework = framework
        self.name = framework.directorate(directorate).name
        self.period = period
        self.history = history
        self.signed = signed
        self.measures: Sequence[Measure] = framework.measures_of(directorate, period)
        self.earlier = layout.earlier_periods(period)
        self.columns = layout.columns(self.earlier)
        self.at = {column.key: index for index, column in enumerate(self.columns, start=1)}
        self.sheet: Sheet = book.sheet(layout.MEASURES)

    def write(self, progress: str) -> Tally:
        self._head(progress)
        for row, measure in enumerate(self.measures, start=FIRST_ROW):
            self.sheet.text(row, 0, measure.key, self.book.style(**self._small(self.house.locked())))
            about = measure.about(self.period)
            self._facts(row, measure, about)
            if about is None:
                self._not_due(row, measure)
            else:
                self._inputs(row, measure)
                self._live(row, measure, self.framework.target(measure.key, about), about)
        self._colours()
        self._set_up()
        self._heights()
        refer = {key: f"{layout.MEASURES}!{self._column(key)}" for key in ("todo", "unexplained", "problem")}
        return Tally(refer["todo"], refer["unexplained"], refer["problem"])

    # -- styles and references ----------------------------------------------------------------------------------------

    def _small(self, style: Properties) -> Properties:
        return style | {"font_size": SIZE}

    def _locked(self, **more: object) -> object:
        return self.book.style(**(self._small(self.house.locked()) | {"text_wrap": True} | more))

    def _column(self, key: str) -> str:
        letter = xl_col_to_name(self.at[key])
        return f"${letter}:${letter}"

    def _cell(self, key: str) -> str:
        # Not the cell's address: cutting and pasting an input would rewire it.
        return f"INDEX({self._column(key)},ROW())"

    # -- head ---------------------------------------------------------------------------------------------------------

    def _head(self, progress: str) -> None:
        sheet, book, house = self.sheet, self.book, self.house
        keys = book.style(font_color=house.muted, font_size=8)
        sheet.text(KEY_ROW, 0, layout.MEASURES_MARK, keys)
        sheet.text(TITLE_ROW, 1, f"{self.name}: measures, {self.period.label}", book.style(**house.title()))
        due = len([measure for measure in self.measures if measure.about(self.period)])
        value = line(due, due)
        sheet.formula(PROGRESS_ROW, 1, f"={progress}", value, book.style(**house.subtitle()))
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
        abouts = {about for measure in self.measures if (about := measure.about(self.period))}
        if len(abouts) == 1:
            about = next(iter(abouts))
            if column.key == layout.LAST_YEAR:
                return f"{column.header}\n{about.same_last_year.label}"
            for back in range(1, self.earlier + 1):
                if column.key == layout.earlier_key(back):
                    return f"{column.header}\n{about.shift(-back).label}"
        return column.header

    # -- what is known ------------------------------------------------------------------------------------------------

    def _facts(self, row: int, measure: Measure, about: Period | None) -> None:
        texts = {
            "code": measure.code,
            "title": measure.title,
            "unit": measure.unit.shown,
            "polarity": _POLARITY[measure.polarity],
            "about": about.label if about else layout.NOT_DUE,
        }
        for key, value in texts.items():
            bold = {"bold": True} if key == "title" else {}
            arrears = {"bold": True} if key == "about" and about != self.period else {}
            self.sheet.text(row, self.at[key], value, self._locked(**bold, **arrears))
        self._past(row, layout.LAST_YEAR, measure, about.same_last_year if about else None)
        for back in range(1, self.earlier + 1):
            places = back * self.framework.step(measure)
            wanted = about is not None and (back == 1 or places < about.index)
            self._past(row, layout.earlier_key(back), measure, about.shift(-places) if about and wanted else None)
        target = self.framework.target(measure.key, about)
        self._target(row, measure, target)
        self.sheet.text(row, self.at["benchmark"], self._benchmark(measure), self._locked())
        before = self.history.get((measure.key, self.framework.before(measure, about))) if about else None
        self.sheet.text(row, self.at["last_commentary"], before.commentary if before else "", self._locked())

    def _benchmark(self, measure: Measure) -> str:
        benchmarks = self.framework.benchmarks_of(measure.key)
        return benchmarks[0].label or benchmarks[0].shown if benchmarks else ""

    def _past(self, row: int, key: str, measure: Measure, period: Period | None) -> None:
        observation = self.history.get((measure.key, period)) if period else None
        if observation and observation.actual is not None:
            self._figure(row, key, measure, observation.actual)
            return
        words = _NO_FIGURE.get(observation.status or "", layout.DASH) if observation else layout.DASH
        self.sheet.text(row, self.at[key], words, self._locked(align="right", font_color=self.house.muted))

    def _figure(self, row: int, key: str, measure: Measure, value: Decimal) -> None:
        self.sheet.number(row, self.at[key], value, self._locked(num_format=measure.number_format, align="right"))

    def _target(self, row: int, measure: Measure, target: Target | None) -> None:
        low, high = (target.value, target.high) if target else (None, None)
        # Never seen, but the size of their letters keeps the row as high as it is when somebody types into it and the
        # program fits it anew.
        unseen = self._locked(num_format=";;;", font_size=heights.font_of(self._height(measure)))
        for key, value in (("target_low", low), ("target_high", high)):
            if value is not None:
                self.sheet.number(row, self.at[key], value, unseen)
            else:
                self.sheet.blank(row, self.at[key], unseen)
        if low is not None and high is not None:
            shown = f"{display(low, measure.number_format)} to {display(high, measure.number_format)}"
            self.sheet.text(row, self.at["target"], shown, self._locked(align="right"))
        elif low is not None:
            self._figure(row, "target", measure, low)
        else:
            words = (target.shown if target else "") or "No target"
            self.sheet.text(row, self.at["target"], words, self._locked(align="right", font_color=self.house.muted))

    # -- what is filled -----------------------------------------------------------------------------------------------

    def _inputs(self, row: int, measure: Measure) -> None:
        book, house = self.book, self.house
        # Wrapped for the sake of texts that are pasted here.
        right = {"align": "right", "text_wrap": True}
        figure = book.style(**self._small(house.input(measure.number_format)) | right)
        for key, words in ((layout.ACTUAL, "Actual"), (layout.FORECAST, "Forecast")):
            self._input(row, key, figure, validation.figure(measure, words))
        for key in (layout.NUMERATOR, layout.DENOMINATOR):
            if measure.has_fraction:
                # General, so that 113 shows as 113 and 44.31 as 44.31: a format with # leaves a lone point.
                part = book.style(**self._small(house.input("General")) | right)
                self._input(row, key, part, validation.fraction(measure, key))
            else:
                self.sheet.text(row, self.at[key], layout.DASH, self._locked(align="center", font_color=house.muted))
        words_style = book.style(**self._small(house.input_text()))
        self._input(row, layout.STATUS, book.style(**self._small(house.input("@"))), validation.status())
        self._input(
            row,
            layout.COMMENTARY,
            words_style,
            validation.text("Commentary", "Why is the figure as it is? Needed where the score misses the target."),
        )
        self._input(
            row,
            layout.ACTION,
            words_style,
            validation.text("Recovery action", "What is being done, by which role, by when?"),
        )

    def _input(self, row: int, key: str, style: object, options: validation.Options) -> None:
        self.sheet.blank(row, self.at[key], style)
        self.sheet.validation(row, self.at[key], row, self.at[key], options)

    def _not_due(self, row: int, measure: Measure) -> None:
        muted = self._locked(align="center", font_color=self.house.muted)
        for column in self.columns:
            if column.kind == "input" or column.key in ("figure", "score", "trend", "trend_word"):
                self.sheet.text(row, self.at[column.key], layout.DASH, muted)
            elif column.kind == "hidden" and not column.key.startswith("target"):
                self.sheet.blank(row, self.at[column.key], self._locked())
        words = f"Not due in {self.period.label}: nothing to fill."
        self.sheet.text(row, self.at["check"], words, self._locked())

    # -- what follows -------------------------------------------------------------------------------------------------

    def _live(self, row: int, measure: Measure, target: Target | None, about: Period) -> None:
        scheme = self.framework.scheme_of(measure)
        known = self.history.get((measure.key, self.framework.before(measure, about)))
        last_year = self.history.get((measure.key, about.same_last_year))
        values: dict[str, Cell] = {
            **checks.row_values(measure, scheme, target, {}),
            "target": target.value if target else None,
            "target_high": target.high if target else None,
            "earlier": known.actual if known else None,
            "last_year": last_year.actual if last_year else None,
        }
        values["actual"] = values["figure"]
        part = {key: self._cell(key) if measure.has_fraction else '""' for key in ("numerator", "denominator")}
        names = checks.constant_texts(measure, scheme) | {
            **part,
            "entered": self._cell(layout.ACTUAL),
            "typed": self._cell(layout.ACTUAL),
            "actual": self._cell("figure"),
            "target": self._cell("target_low"),
            "target_high": self._cell("target_high"),
            "earlier": self._cell(layout.PREVIOUS),
            "last_year": self._cell(layout.LAST_YEAR),
            "signed": self.signed,
            **{key: self._cell(key) for key in ("status", "forecast", "commentary", "action")},
            **{key: self._cell(key) for key in ("figure", "band", "score", "trend", "level", "unexplained", "todo")},
        }
        problem = call("and", call("ge", Var("level"), 2), call("eq", Var("unexplained"), 0))
        todo: Expr = if_(checks.untouched(), 1, 0)
        movement = rules.movement(measure.polarity, measure.places, scheme.trend_tolerance)
        formulas: tuple[tuple[str, Expr, Properties], ...] = (
            ("figure", rules.actual(measure), {"num_format": measure.number_format, "align": "right", "bold": True}),
            ("band", rules.score(scheme, measure.polarity, measure.places, measure.point), {}),
            ("score", checks.score_words(scheme), {}),
            ("trend", movement, {"align": "center", "text_wrap": False}),
            ("trend_word", checks.trend_words(), {}),
            ("level", checks.live_level(measure), {}),
            ("unexplained", checks.live_unexplained(measure), {}),
            ("todo", todo, {}),
            ("problem", if_(problem, 1, 0), {}),
            ("check", checks.live_message(measure), {}),
        )
        for key, expression, look in formulas:
            # The typed figure feeds `rules.actual`; everything else reads the figure as used.
            found = evaluate(expression, values)
            values[key] = found
            shown = found if isinstance(found, str | bool) else "" if found is None else Decimal(int(found))
            style = self._locked(**({"bg_color": self.house.page} | look))
            self.sheet.formula(row, self.at[key], "=" + to_excel(expression, names), shown, style)

    # -- colours and set-up -------------------------------------------------------------------------------------------

    def _colours(self) -> None:
        if not self.measures:
            return
        sheet, house = self.sheet, self.house
        first, last = FIRST_ROW, FIRST_ROW + len(self.measures) - 1

        def where(key: str, test: str) -> str:
            return f"=${xl_col_to_name(self.at[key])}{first + 1}{test}"

        def rule(key: str, formula: str, look: Properties) -> None:
            options = {"type": "formula", "criteria": formula, "format": self.book.difference(**look)}
            sheet.conditional(first, self.at[key], last, self.at[key], options)

        for scheme in {self.framework.scheme_of(measure).key for measure in self.measures}:
            self._score_colours(scheme)
        for level, look in ((4, house.bad()), (3, house.middle()), (1, {"font_color": house.muted, "italic": True})):
            rule("check", where("level", f"={level}"), look | {"bold": level == 4})
        # The cells that wait for a figure: the fraction where there is one, else the actual.
        waiting = where("todo", "=1").removeprefix("=")
        parted = where(layout.NUMERATOR, f'="{layout.DASH}"').removeprefix("=")
        rule(layout.NUMERATOR, f"=AND({waiting},NOT({parted}))", {"bg_color": _TODO_FILL})
        rule(layout.DENOMINATOR, f"=AND({waiting},NOT({parted}))", {"bg_color": _TODO_FILL})
        rule(layout.ACTUAL, f"=AND({waiting},{parted})", {"bg_color": _TODO_FILL})
        rule(layout.COMMENTARY, where("unexplained", "=1"), {"bg_color": house.bad_fill})
        icons: list[dict[str, object]] = [{"criteria": ">=", "type": "number", "value": value} for value in (1, 0)]
        arrows = {"type": "icon_set", "icon_style": "3_arrows", "icons_only": True, "icons": icons}
        sheet.conditional(first, self.at["trend"], last, self.at["trend"], arrows)

    def _heights(self) -> None:
        for row, measure in enumerate(self.measures, start=FIRST_ROW):
            self.sheet.raw.set_row(row, self._height(measure))
        heights.let_grow(self.sheet.raw)

    def _height(self, measure: Measure) -> float:
        """As high as the longest locked text, and never so low that an explanation looks unwanted."""
        widths = {column.key: column.width for column in self.columns}
        about = measure.about(self.period)
        before = self.history.get((measure.key, self.framework.before(measure, about))) if about else None
        needed = [
            heights.lines(measure.title, widths["title"], SIZE, bold=True),
            heights.lines(measure.unit.shown, widths["unit"], SIZE),
            heights.lines(self._benchmark(measure), widths["benchmark"], SIZE),
            heights.lines(before.commentary if before else "", widths["last_commentary"], SIZE),
            *(
                heights.lines(f"{band.symbol} {band.word}", widths["score"], SIZE, bold=True)
                for band in self.framework.scheme_of(measure).bands
            ),
            _LEAST_LINES,
        ]
        return heights.height(max(needed), SIZE)

    def _score_colours(self, scheme_key: str) -> None:
        score = xl_col_to_name(self.at["score"])
        band = xl_col_to_name(self.at["band"])
        places = [
            row
            for row, measure in enumerate(self.measures, start=FIRST_ROW)
            if self.framework.scheme_of(measure).key == scheme_key
        ]
        for position, outcome in enumerate(self.framework.schemes[scheme_key].bands, start=1):
            options: dict[str, object] = {
                "type": "formula",
                "criteria": f"=${band}{places[0] + 1}={position}",
                "format": self.book.difference(font_color=outcome.colour, bold=True),
            }
            runs = _runs(places)
            if len(runs) > 1:
                options["multi_range"] = " ".join(f"{score}{start + 1}:{score}{end + 1}" for start, end in runs)
            self.sheet.conditional(runs[0][0], self.at["score"], runs[-1][1], self.at["score"], options)

    def _set_up(self) -> None:
        raw = self.sheet.raw
        last = max(FIRST_ROW, FIRST_ROW + len(self.measures) - 1)
        visible = [index for index, column in enumerate(self.columns, start=1) if column.kind != "hidden"]
        raw.set_column(0, 0, 8, None, {"hidden": True})
        for index, column in enumerate(self.columns, start=1):
            raw.set_column(index, index, column.width, None, {"hidden": column.kind == "hidden"})
        raw.set_row(KEY_ROW, None, None, {"hidden": True})
        raw.set_row(TITLE_ROW, 27)
        raw.set_row(PROGRESS_ROW, 20)
        raw.set_row(HEADER_ROW, 46)
        raw.freeze_panes(FIRST_ROW, self.at[layout.REPEATED] + 1)
        raw.autofilter(HEADER_ROW, 1, last, visible[-1])
        raw.protect(
            "",
            {
                "select_locked_cells": True,
                "select_unlocked_cells": True,
                "format_columns": True,
                "format_rows": True,
                "autofilter": True,
            },
        )
        raw.set_zoom(90)
        raw.hide_gridlines(2)
        raw.set_landscape()
        raw.set_paper(9)
        raw.set_margins(left=0.3, right=0.3, top=0.75, bottom=0.55)
        raw.repeat_rows(GROUP_ROW, HEADER_ROW)
        raw.repeat_columns(0, self.at[layout.REPEATED])
        raw.print_area(GROUP_ROW, 0, last, visible[-1])
        # Two pages side by side, each legible, with code and title on both; one page would be too small to read.
        raw.set_v_pagebreaks([self.at[layout.SECOND_PAGE]])
        raw.set_print_scale(self._print_scale())
        # A header holds 255 characters in all, and an & begins a command.
        council, name = (text[:80].replace("&", "&&") for text in (self.framework.council, self.name))
        raw.set_header(f'&L&"{self.house.font},Bold"&14 {name}: measures, {self.period.label}', {"margin": 0.3})
        raw.set_footer(f"&L{council} {self.period.label}&CPage &P of &N&R&A", {"margin": 0.25})

    def _print_scale(self) -> int:
        """Percent at which each of the two pages fits the paper's width."""
        split = self.at[layout.SECOND_PAGE]
        visible = [(self.at[column.key], column.width) for column in self.columns if column.kind != "hidden"]
        first = sum(_points(width) for at, width in visible if at < split)
        second = sum(_points(width) for at, width in visible if at >= split or at <= self.at[layout.REPEATED])
        return max(10, min(100, int(100 * _PAPER / max(first, second))))


def _points(width: float) -> float:
    """The width of a column of so many characters, as Excel lays it out."""
    return (int(width * 7) + 5) * 0.75


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges of consecutive rows."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
