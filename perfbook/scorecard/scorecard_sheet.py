"""The sheet Scorecard: every measure under its priority, with score, trend and annual comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_col_to_name

from perfbook.framework.model import Measure, Priority
from perfbook.scorecard.benchmarks import compared_formula, compared_text, longest_text
from perfbook.scorecard.detail_charts import BETTER, OTHER, WORSE
from perfbook.scorecard.facts import NEWEST
from perfbook.scorecard.frame import Frame, arrows, colour_bands, head, open_sheet, row_height
from perfbook.scorecard.places import FIRST, ICONS, MARKED, SHOWN_COLUMNS, WIDTHS, columns_of, scorecard_lines
from perfbook.scorecard.places import SCORECARD as SHEET
from perfbook.scorecard.reconcile import score_word
from perfbook.scorecard.words import DIRECTION_WORDS, NO_TARGET, STATE_WORDS, benchmark_text
from perfbook.scoring.spc import ASSURANCE_WORDS, VARIATION_WORDS
from perfbook.workbook.writer import Sheet, Value

_HEAD_ROW = 3
# The widths of columns, together, that one landscape page holds in print that can be read.
_PAGE_WIDTH = 215
# What a landscape A4 page holds between its margins at full size, with some to spare: fonts differ by program.
_PAGE_PIXELS, _DIGIT = 1040, 8


# Where a measure has no code, what leads to its figure's passport.
NO_CODE = "\u2197"
# More than a year of months is a line, fewer figures are bars.
_MOST_BARS = 12


def write_scorecard(frame: Frame) -> None:
    """Writes the sheet."""
    framework = frame.view.framework
    # A figure that is wider than its column would be shown as ####.
    least = frame.figure_width
    columns = columns_of(frame.view)
    at_of = {column.key: place for place, column in enumerate(columns)}
    widths = [max(column.width, least) if column.is_figure else column.width for column in columns]
    sheet = open_sheet(frame, SHEET, f"{framework.council}: scorecard", widths, head_row=_HEAD_ROW)
    note = frame.book.style(**(frame.book.house.note() | {"text_wrap": False}))
    sheet.text(
        2, 0, "Arrows show whether performance is better or worse, not whether the figure went up or down.", note
    )
    figures = [place for place, column in enumerate(columns) if column.is_figure]
    head(frame, sheet, _HEAD_ROW, [column.label for column in columns], height=32, figures=figures)
    rows = {measure.key: row for row, measure in enumerate(framework.measures)}
    at = FIRST
    for entry in scorecard_lines(framework):
        if isinstance(entry, Priority):
            _section(frame, sheet, at, entry.name, len(columns))
        else:
            _Row(frame, sheet, at, rows[entry.key], at_of).write()
        at += 1
    last = at - 1
    colour_bands(frame, sheet, FIRST, last, at_of["score"])
    for key in ("trend", "annual"):
        arrows(sheet, FIRST, last, at_of[key])
    _quiet(frame, sheet, last, at_of)
    _marked(frame, sheet, last, at_of)
    raw = sheet.raw
    if "variation" in at_of:
        _icons(frame, sheet, last, at_of)
        if not frame.view.has_icons:
            for key in ICONS:
                raw.set_column(at_of[key], at_of[key], widths[at_of[key]], None, {"hidden": True})
        first, end = (xl_col_to_name(at_of[key]) for key in ICONS)
        frame.book.define_name(f"{SHOWN_COLUMNS}icons", f"={SHEET}!${first}$1:${end}$1")
    if not frame.view.notes:
        for key in MARKED:
            raw.set_column(at_of[key], at_of[key], widths[at_of[key]], None, {"hidden": True})
    first, end, notes = (xl_col_to_name(at_of[key]) for key in (*MARKED, "notes"))
    frame.book.define_name(f"{SHOWN_COLUMNS}marks", f"={SHEET}!${first}$1:${end}$1")
    frame.book.define_name("notes_scorecard", f"={SHEET}!${notes}${FIRST + 1}:${notes}${last + 1}")
    raw.freeze_panes(FIRST, 2)
    # Officers' notes are for the screen; a printed page has no room to spare.
    raw.print_area(0, 0, last, at_of["notes"] - 1)
    hidden = (*(() if frame.view.notes else MARKED), *(() if frame.view.has_icons else ICONS))
    _pages(sheet, [0.0 if column.key in hidden else widths[at_of[column.key]] for column in columns[:-1]], at_of)
    raw.set_selection(FIRST, 0, FIRST, 0)


def _pages(sheet: Sheet, widths: Sequence[float], at_of: Mapping[str, int]) -> None:
    """Columns that are too many for one page's width are printed on two, each with code and measure, parted before the
    trend. A scale lets both fit, since a break that is asked for holds only with one. Hidden columns have no width.
    """
    if sum(widths) <= _PAGE_WIDTH:
        return
    first, trend = at_of["title"], at_of["trend"]
    halves = (widths[:trend], (*widths[: first + 1], *widths[trend:]))
    # In pixels, with room for fonts whose figures are broader than Calibri's.
    widest = max(sum(width * _DIGIT + 5 for width in half if width) for half in halves)
    sheet.raw.repeat_columns(0, first)
    sheet.raw.set_v_pagebreaks([trend])
    sheet.raw.set_print_scale(max(10, min(100, int(100 * _PAGE_PIXELS / widest))))


def _section(frame: Frame, sheet: Sheet, at: int, name: str, width: int) -> None:
    style = frame.style(frame.book.house.subheading())
    sheet.raw.set_row(at, 21)
    for column in range(width):
        sheet.blank(at, column, style)
    sheet.text(at, 0, name, style)


class _Row:
    """The row of one measure. `row` is its place in the framework, `at_of` the place of each column by its key."""

    def __init__(self, frame: Frame, sheet: Sheet, at: int, row: int, at_of: Mapping[str, int]) -> None:
        self.frame, self.sheet, self.at, self.row, self.at_of = frame, sheet, at, row, at_of
        self.calc, self.judgement = frame.calc, frame.view.rows[row]
        self.measure = self.judgement.measure
        self.body, self.figure = frame.body, frame.figure(self.measure.number_format)

    def write(self) -> None:
        """Its cells, from the left."""
        frame, measure, judgement = self.frame, self.measure, self.judgement
        self.sheet.raw.set_row(self.at, _height(frame, measure, longest_text(frame.view.framework, measure)))
        for key, text in (("title", measure.title), ("unit", measure.unit.shown)):
            self.sheet.text(self.at, self.at_of[key], text, self.body)
        self._code()
        about = judgement.about.label if judgement.about and judgement.about.label != frame.view.chosen.label else ""
        cell = self._cell("about")
        self._formula("about", f'IF({cell}=chosen_period,"",{cell})', about, frame.centred)
        self._whole_years()
        for name in ("last_year", "previous"):
            self._formula(name, self._cell(name), getattr(judgement, name), self.figure)
        actual, state = self._cell("actual"), self._cell("state_word")
        shown = judgement.actual if judgement.actual is not None else STATE_WORDS[judgement.state]
        strong = frame.figure(measure.number_format, bold=True)
        self._formula("actual", f"IF(ISNUMBER({actual}),{actual},{state})", shown, strong)
        self._target()
        self._running(strong)
        self._judged()
        self._icons()
        self._benchmark()
        self.sheet.blank(self.at, self.at_of["history"], self.body)
        history(frame, self.sheet, self.at, self.at_of["history"], self.row, measure)
        for name in MARKED:
            self._formula(name, self._cell(name), self.calc.values[name][self.row], self.body)
        note = frame.view.officers_notes.get(measure.key, "")
        self.sheet.text(self.at, self.at_of["notes"], note, frame.style(frame.book.house.input_text()))

    def _code(self) -> None:
        """The code, which leads to the row of the figure on Passport."""
        code = self.measure.code or NO_CODE
        cell, slot = self._cell("code"), self._cell("slot")
        row = f"INDEX(data_passport,{self.row + 1},{slot})"
        shown = cell if self.measure.code else f'"{NO_CODE}"'
        # CELL follows a sheet that got another name.
        link = f'HYPERLINK("#"&CELL("address",INDEX(list_passport,{row},1)),{shown})'
        self._formula("code", f"IF({slot}=0,{shown},IF(ISNUMBER({row}),{link},{shown}))", code, self.frame.link)

    def _cell(self, name: str) -> str:
        return self.calc.cell(name, self.row)

    def _formula(self, key: str, formula: str, value: Value | None, style: object) -> None:
        self.sheet.formula(self.at, self.at_of[key], f"={formula}", "" if value is None else value, style)

    def _whole_years(self) -> None:
        """The figures of whole years of the past, whatever period is chosen."""
        view = self.frame.view
        for year in view.whole_years:
            found = f"INDEX(data_actual,{self.row + 1},{view.slots.number[year]})"
            observation = view.observations.get((self.measure.key, year))
            known = observation.actual if observation else None
            self._formula(year.label, f'IF(ISNUMBER({found}),{found},"")', known, self.figure)

    def _target(self) -> None:
        """A number; a text for a range, or where there is none although the measure is due."""
        judgement, target = self.judgement, self._cell("target")
        nothing = f'IF({self._cell("slot")}=0,"","{NO_TARGET}")'
        style = self.frame.figure(self.measure.number_format, text_wrap=True)
        value = judgement.target if judgement.target is not None else (NO_TARGET if judgement.about else "")
        if self.measure.polarity == "range":
            shown = self._cell("target_text")
            text = self.calc.values["target_text"][self.row] or value
            self._formula("target", f'IF({shown}="",{nothing},{shown})', text, style)
        else:
            self._formula("target", f"IF(ISNUMBER({target}),{target},{nothing})", value, style)

    def _running(self, strong: object) -> None:
        """The year to date, or twelve months, and the target of the year, of measures that run."""
        for name, style in (("to_date", strong), ("year_target", self.figure)):
            if name not in self.at_of:
                continue
            if self.measure.calculation == "cumulative" or (name == "to_date" and self.measure.rolls):
                self._formula(name, self._cell(name), self.calc.values[name][self.row], style)
            else:
                self.sheet.blank(self.at, self.at_of[name], self.body)

    def _judged(self) -> None:
        frame, judgement = self.frame, self.judgement
        reported = f'{self._cell("state")}="reported"'
        value = score_word(frame.view.framework, judgement) if judgement.state == "reported" else ""
        self._formula("score", f'IF({reported},{self._cell("score_text")},"")', value, frame.word)
        for name in ("trend", "annual"):
            self._formula(name, self._cell(name), self.calc.values[name][self.row], frame.centred)
            text = f"{name}_text"
            self._formula(f"{name}_word", self._cell(text), self.calc.values[text][self.row], self.body)

    def _icons(self) -> None:
        """What the process behaviour chart says of the chosen period's figure: symbol and word."""
        found = self.frame.view.icons[self.frame.view.chosen][self.row] if "variation" in self.at_of else None
        for name, words in zip(ICONS, (VARIATION_WORDS, ASSURANCE_WORDS), strict=True):
            if name not in self.at_of:
                continue
            code = f"INDEX(data_{name},{self.row + 1},period_number)"
            texts = ",".join(f'"{word}"' for word in words.values())
            held = (getattr(found, name) or 0) if found else 0
            self._formula(name, f'IF(N({code})=0,"",CHOOSE({code},{texts}))', words.get(held, ""), self.body)

    def _benchmark(self) -> None:
        """The benchmarks, each with how the figure of the chosen period stands to it."""
        framework, at = self.frame.view.framework, self.at_of["benchmark"]
        cells = {name: self._cell(name) for name in ("actual", "target", "target_high")}
        formula = compared_formula(framework, self.measure, cells)
        if formula:
            self.sheet.formula(self.at, at, f"={formula}", compared_text(framework, self.judgement), self.body)
        else:
            self.sheet.text(self.at, at, benchmark_text(framework, self.measure), self.body)


def _height(frame: Frame, measure: Measure, benchmark: str) -> float:
    """High enough for whatever period is chosen."""
    texts = [
        (measure.title, WIDTHS["title"]),
        (benchmark, WIDTHS["benchmark"]),
        (measure.unit.shown, WIDTHS["unit"]),
    ]
    if frame.view.has_icons:
        # Two lines of words, whatever period is chosen.
        texts.append(("two\nlines", WIDTHS["variation"]))
    texts += [(each.note, WIDTHS["note"]) for (key, _), each in frame.view.notes.items() if key == measure.key]
    return row_height(texts, 24)


def history(frame: Frame, sheet: Sheet, at: int, column: int, row: int, measure: Measure) -> None:
    """A sparkline over the newest figures of a measure, from where they were last counted in another way."""
    start = frame.view.series_start(measure)
    numbers = [number for number in frame.view.newest(measure.period_kind, NEWEST) if number >= start]
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


def _icons(frame: Frame, sheet: Sheet, last: int, at_of: Mapping[str, int]) -> None:
    """Blue for improving and hitting, orange for concerning and failing, in the manner of Making Data Count."""
    for key, begins, colour in (
        ("variation", "Improving", BETTER),
        ("variation", "Concerning", WORSE),
        ("variation", "Special", OTHER),
        ("assurance", "Consistently hits", BETTER),
        ("assurance", "Consistently fails", WORSE),
    ):
        cell = f"${xl_col_to_name(at_of[key])}{FIRST + 1}"
        options: dict[str, object] = {
            "type": "formula",
            "criteria": f'=MID({cell},3,{len(begins)})="{begins}"',
            "format": frame.book.difference(font_color=colour, bold=True),
        }
        sheet.conditional(FIRST, at_of[key], last, at_of[key], options)


def _marked(frame: Frame, sheet: Sheet, last: int, at_of: Mapping[str, int]) -> None:
    """A figure with something to know of it is underlined; the word and the note stand in their columns."""
    letter = xl_col_to_name(at_of["mark"])
    options: dict[str, object] = {
        "type": "formula",
        "criteria": f'=${letter}{FIRST + 1}<>""',
        "format": frame.book.difference(italic=True, underline=1),
    }
    sheet.conditional(FIRST, at_of["actual"], last, at_of["actual"], options)


def _quiet(frame: Frame, sheet: Sheet, last: int, at_of: Mapping[str, int]) -> None:
    """What is not reported stands back in grey italics; its word says why."""
    quiet = frame.book.difference(italic=True, font_color=frame.book.house.muted, bold=False)
    words = {
        "actual": tuple(word for state, word in STATE_WORDS.items() if state != "reported"),
        "target": (NO_TARGET,),
        "trend_word": (DIRECTION_WORDS[None],),
        "annual_word": (DIRECTION_WORDS[None],),
    }
    for key, said in words.items():
        letter = xl_col_to_name(at_of[key])
        test = ",".join(f'${letter}{FIRST + 1}="{word}"' for word in said)
        options: dict[str, object] = {"type": "formula", "criteria": f"=OR({test})", "format": quiet}
        sheet.conditional(FIRST, at_of[key], last, at_of[key], options)
