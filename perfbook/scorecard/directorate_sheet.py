"""The sheet Directorate: the page of the directorate that is chosen on Summary, or each beside the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perfbook.framework.model import Measure
from perfbook.framework.plan import day_words, described
from perfbook.scorecard.blocks import Block, runs
from perfbook.scorecard.directorate_counts import DirectorateCounts
from perfbook.scorecard.directorate_lines import ACTION, DIRECTORATE, HEAD, MEASURE, Lines
from perfbook.scorecard.frame import Frame, colour_bands, open_sheet, row_height, write_rows
from perfbook.scorecard.matrices import brief
from perfbook.scorecard.places import CHOSEN_DIRECTORATE, CHOSEN_PERIOD
from perfbook.scorecard.view import View
from perfbook.scorecard.words import ALL_DIRECTORATES, NO_ACTION, NO_COMMENTARY, rating_labels
from perfbook.workbook.text import clean_text
from perfbook.workbook.writer import Sheet, Value

SHEET = "Directorate"
NOTE = "Choose the directorate on Summary. Returns are those of this workbook's own period, whichever is chosen."
_TOP = 4


@dataclass(frozen=True)
class Column:
    """A column of the list: its head for measures, for actions, and where each line is a directorate."""

    key: str
    width: float
    measure: str
    action: str
    directorate: str
    figure: bool = False


_COLUMNS = (
    Column("code", 9, "Code", "Reference", ""),
    Column("title", 34, "Measure", "Action", "Directorate"),
    Column("about", 12, "Figure for", "Due", "Measures"),
    Column("actual", 18, "Actual", "Done", "Reported", figure=True),
    Column("target", 11, "Target", "", "Missing or not available", figure=True),
    Column("previous", 11, "Previous period", "", "Need an explanation", figure=True),
    Column("score", 27, "Score", "Rating", "Scores"),
    Column("trend", 15, "Trend since previous", "Previous rating", "Improved since previous"),
    Column("annual", 15, "Compared with last year", "Revised date", "Worse since previous"),
    Column("said", 52, "Commentary", "Update", "Return"),
)
_OF_MEASURES = ("target", "previous")
_FIELDS = {
    "code": "code",
    "title": "title",
    "about": "about",
    "actual": "actual_marked",
    "target": "target_text",
    "previous": "previous_text",
    "score": "score_text",
    "trend": "trend_arrow",
    "annual": "annual_text",
}


def columns_of(view: View) -> tuple[Column, ...]:
    """The columns of a book: without those of measures where there are none."""
    return tuple(each for each in _COLUMNS if view.has_measures or each.key not in _OF_MEASURES)


def write_directorate(frame: Frame) -> Lines:
    """Writes the sheet; its lines want a hidden sheet, to be written after the visible ones."""
    page = _Page(frame)
    page.write(SHEET)
    return page.lines


def write_page(frame: Frame, name: str) -> None:
    """Writes the page of the chosen directorate for printing: its own rows alone, with texts in full.

    `name` is that of the sheet. The book is one that writes values in the place of formulas.
    """
    _Page(frame, printed=True).write(name)


class _Page:
    """One run."""

    def __init__(self, frame: Frame, *, printed: bool = False) -> None:
        self.frame, self.view, self.printed = frame, frame.view, printed
        self.lines = Lines(frame.view, frame.calc, frame.actions)
        self.columns = columns_of(frame.view)
        self.counts = DirectorateCounts(frame, printed=printed)
        self.ratings = list(rating_labels(self.view.framework).values())

    def write(self, title: str) -> None:
        frame, view = self.frame, self.view
        house = frame.book.house
        sheet = open_sheet(frame, title, "", [column.width for column in self.columns])
        name = view.directorate_labels[view.directorate]
        shown = f'IF(directorate_number=0,"{ALL_DIRECTORATES}",{CHOSEN_DIRECTORATE})'
        sheet.formula(0, 0, f"={shown}", name, frame.book.style(**house.title()))
        sheet.text(2, 0, "" if self.printed else NOTE, frame.book.style(**(house.note() | {"text_wrap": False})))
        head = self.counts.write(sheet, _TOP) + 1
        strong = frame.book.style(**(house.title() | {"font_size": 13}))
        each = f'IF(directorate_number=0,"Each directorate",{CHOSEN_DIRECTORATE})&", "&{CHOSEN_PERIOD}'
        sheet.raw.set_row(head, 22)
        sheet.formula(head, 0, f"={each}", f"{name if view.directorate else 'Each directorate'}, {view.chosen}", strong)
        self._heads(sheet, head + 1)
        first = head + 2
        count = max(len(self.lines.shown), 1) if self.printed else self.lines.most
        for place in range(count):
            self._line(sheet, first + place, place)
        last = first + count - 1
        places = {column.key: place for place, column in enumerate(self.columns)}
        colour_bands(frame, sheet, first, last, places["score"])
        self._looks(sheet, first, last)
        write_rows(frame, sheet, first, self._printed_rows() if self.printed else directorate_rows(view, self.lines))
        # The name stands above the heads again, so that each printed page has it.
        sheet.raw.repeat_rows(head, head + 1)
        sheet.raw.freeze_panes(2, 0)

    def _heads(self, sheet: Sheet, row: int) -> None:
        sheet.raw.set_row(row, 32)
        for place, column in enumerate(self.columns):
            own = column.measure if self.view.has_measures else column.action
            every = column.directorate
            if not self.view.has_measures:
                every = {"about": "Actions", "actual": "Rated", "score": "Ratings"}.get(column.key, every)
                every = "" if column.key in ("trend", "annual") else every
            style = self.frame.heading_after if column.key == "score" else self.frame.heading
            style = self.frame.heading_right if column.figure else style
            value = own if self.view.directorate else every
            sheet.formula(row, place, f'=IF(directorate_number=0,"{every}","{own}")', value, style)

    def _line(self, sheet: Sheet, row: int, place: int) -> None:
        frame, kind, at = self.frame, self.lines.kind(place), self.lines.row(place)
        held = self.lines.shown[place] if place < len(self.lines.shown) else (0, 0)
        for column, each in enumerate(self.columns):
            more: dict[str, object] = {"text_wrap": True, "valign": "vcenter", "num_format": "General"}
            if each.figure:
                more["align"] = "right"
            else:
                more |= {"align": "left", "indent": int(each.key == "score")}
            style = frame.bare(**more)
            parts: dict[int, tuple[str, Callable[[int], Value]]] = {DIRECTORATE: self._of_directorate(each.key, at)}
            if self.view.framework.measures:
                parts[MEASURE] = self._of_measure(each.key, at)
            if self.view.has_actions:
                parts[ACTION] = self._of_action(each.key, at)
            if self.lines.has_head:
                parts[HEAD] = f'"{each.action}"', lambda _, each=each: each.action  # type: ignore[misc]
            formula = '""'
            for number, (text, _) in parts.items():
                formula = f"IF({kind}={number},{text},{formula})"
            value: Value = parts[held[0]][1](held[1] - 1) if held[0] in parts else ""
            if self.printed and each.key == "said":
                value = self._in_full(*held)
            sheet.formula(row, column, f"={formula}", value, style)

    def _in_full(self, kind: int, row: int) -> str:
        """What is said of a line, all of it; of an exception also what is being done."""
        view = self.view
        if kind == ACTION:
            rated = view.rated[view.chosen].get(view.placements[row - 1].key)
            return clean_text(rated.update) if rated else ""
        if kind != MEASURE:
            return self.columns[-1].action if kind == HEAD else ""
        observation = view.observation(view.rows[row - 1])
        said = (observation.commentary, observation.action) if observation else ("", "")
        texts = [clean_text(text).strip() for text in said]
        if row - 1 in view.shown_exceptions:
            return f"{texts[0] or NO_COMMENTARY}\nWhat is being done: {texts[1] or NO_ACTION}"
        return texts[0]

    def _printed_rows(self) -> Block:
        widths = {column.key: column.width for column in self.columns}
        heights = [
            max(
                _least(self.view, kind, row - 1, widths, in_full=True),
                row_height([(self._in_full(kind, row), widths["said"])], 20),
            )
            for kind, row in self.lines.shown
        ] or [20.0]
        return Block("rows_page", "rows", len(widths), heights=runs(heights), printed=len(heights))

    def _of_measure(self, key: str, at: str) -> tuple[str, Callable[[int], Value]]:
        calc, view = self.frame.calc, self.view
        if key != "said":
            return calc.pick(_FIELDS[key], at), lambda row: calc.values[_FIELDS[key]][row]
        slot = calc.pick("slot", at)

        def said(row: int) -> Value:
            observation = view.observation(view.rows[row])
            return brief(observation.commentary) if observation else ""

        return f'IF({slot}=0,"",INDEX(data_brief,{at},{slot})&"")', said

    def _of_action(self, key: str, at: str) -> tuple[str, Callable[[int], Value]]:
        """A placement: what the framework says of it from the sheet Actions' own data, the rest by period."""
        view = self.view

        def rated(row: int) -> str:
            found = view.rated[view.chosen].get(view.placements[row].key)
            if not found:
                return ""
            return brief(found.update) if key == "said" else clean_text(day_words(found.revised))

        if key in ("code", "title", "about"):
            number = ("code", "title", "about").index(key) + 1
            return (
                f'INDEX(action_texts,{at},{number})&""',
                lambda row: action_texts(view, row, in_full=self.printed)[number - 1] or "",
            )
        if key in ("score", "trend"):
            name = "rating" if key == "score" else "previous"
            column = self.frame.actions.column(name)
            found = f"INDEX({column},{at})"

            def word(row: int) -> Value:
                held = self.frame.actions.values[name][row]
                return [self.ratings[-1], *self.ratings[:-1]][held] if isinstance(held, int) else ""

            return f'IF(ISNUMBER({found}),INDEX(rating_labels,{found}+1,1),"")', word
        if key == "actual":
            done = f"INDEX(data_progress,{at},period_number)"

            def share(row: int) -> Value:
                rated = view.rated[view.chosen].get(view.placements[row].key)
                if not rated or rated.progress is None:
                    return ""
                return f"{int(rated.progress * 100 + rated.progress.__class__('0.5'))}%"

            return f'IF(ISNUMBER({done}),TEXT({done},"0%"),"")', share
        if key in ("annual", "said"):
            name = "data_revised" if key == "annual" else "data_brief_update"
            return f'INDEX({name},{at},period_number)&""', rated
        return '""', lambda _: ""

    def _of_directorate(self, key: str, at: str) -> tuple[str, Callable[[int], Value]]:
        return self.counts.in_line(key, at)

    def _looks(self, sheet: Sheet, first: int, last: int) -> None:
        frame, width = self.frame, len(self.columns) - 1
        if self.lines.has_head:
            house = frame.book.house.subheading()
            look = frame.book.difference(bold=True, font_color=house["font_color"], bg_color=house["bg_color"])
            test = f'=AND($A{first + 1}="Reference",$B{first + 1}="Action")'
            options: dict[str, object] = {"type": "formula", "criteria": test, "format": look}
            sheet.conditional(first, 0, last, width, options)
        lined = frame.book.difference(bottom=1, bottom_color=frame.book.house.line)
        options = {"type": "formula", "criteria": f'=$B{first + 1}<>""', "format": lined}
        sheet.conditional(first, 0, last, width, options)


def action_texts(view: View, row: int, *, in_full: bool = False) -> tuple[str, str, str]:
    """What the framework says of a placement: reference, action (with its baseline where it is told `in_full`), due."""
    action = view.placements[row].action
    title = described(action) if in_full else action.title
    return clean_text(action.code), clean_text(title), clean_text(day_words(action.due))


def directorate_rows(view: View, lines: Lines) -> Block:
    """The heights of the rows, and how many are printed."""
    widths = {column.key: column.width for column in columns_of(view)}
    heights = [20.0] * lines.most
    choices = [lines.of(key, period) for key in view.directorate_labels for period in view.periods]
    for found in choices:
        for place, (kind, row) in enumerate(found):
            heights[place] = max(heights[place], _least(view, kind, row - 1, widths))
    for period in view.periods:
        for key in view.directorate_labels:
            for place, (kind, row) in enumerate(lines.of(key, period)):
                text = _said(view, kind, row - 1, period)
                heights[place] = max(heights[place], row_height([(text, widths["said"])], 20))
    return Block("rows_directorate", "rows", len(widths), heights=runs(heights), printed=lines.printed)


def _least(view: View, kind: int, row: int, widths: dict[str, float], *, in_full: bool = False) -> float:
    if kind == MEASURE:
        measure: Measure = view.framework.measures[row]
        return row_height([(measure.title, widths["title"])], 20)
    if kind == ACTION:
        _, title, due = action_texts(view, row, in_full=in_full)
        return row_height([(title, widths["title"]), (due, widths["about"])], 20)
    if kind == DIRECTORATE:
        return row_height([(view.directorates[row].name, widths["title"])], 32)
    return 20.0


def _said(view: View, kind: int, row: int, period: object) -> str:
    if kind == MEASURE:
        observation = view.observation(view.judgements[period][row])  # type: ignore[index]
        return brief(observation.commentary) if observation else ""
    if kind == ACTION:
        rated = view.rated[period].get(view.placements[row].key)  # type: ignore[index]
        return brief(rated.update) if rated else ""
    return ""
