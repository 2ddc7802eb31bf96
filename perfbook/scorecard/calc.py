"""The hidden sheet Calc: one row a measure for the chosen period, and the names of its columns for other sheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from xlsxwriter.utility import xl_col_to_name

from perfbook.figure_notes import with_mark
from perfbook.framework.model import Framework, Measure
from perfbook.scorecard.calc_columns import Column, cell_of
from perfbook.scorecard.calc_detail import detail_columns
from perfbook.scorecard.calc_year_end import year_end_columns
from perfbook.scorecard.places import CHOSEN_DIRECTORATE, note_cells
from perfbook.scorecard.reconcile import (
    ASPECTS,
    Aspect,
    actual_text,
    compare,
    figures_text,
    printed_band,
    printed_figure,
    printed_state,
    published_of,
    score_word,
)
from perfbook.scorecard.slots import per_year
from perfbook.scorecard.view import View
from perfbook.scorecard.words import (
    DIRECTION_ARROWS,
    DIRECTION_KEYS,
    DIRECTION_WORDS,
    NOT_SCORED,
    STATE_WORDS,
    figure_text,
)
from perfbook.scoring import rules
from perfbook.scoring.expr import to_excel
from perfbook.scoring.judge import Judgement, band_keys
from perfbook.workbook.writer import Book, Value

SHEET = "Calc"
FIRST_ROW = 2
_TOKEN = re.compile(r"\[(\w+)\]")


class Calc:
    """Where things are on the sheet Calc. Rows count from 0, as the measures of the framework do."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.columns = _columns(view)
        self._letters = {column.name: xl_col_to_name(place) for place, column in enumerate(self.columns)}
        self.values = {column.name: [column.value(row) for row in range(len(view.rows))] for column in self.columns}

    def cell(self, name: str, row: int) -> str:
        """The reference of one cell."""
        return f"{SHEET}!${self._letters[name]}${row + FIRST_ROW + 1}"

    def column(self, name: str) -> str:
        """The reference of a whole column."""
        letter = self._letters[name]
        return f"{SHEET}!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + len(self.view.rows)}"

    def last(self, name: str) -> str:
        """The reference of a column's last cell."""
        return self.cell(name, len(self.view.rows) - 1)

    def pick(self, name: str, row: str) -> str:
        """A formula part: the cell of a column in the row (from 1) that another cell holds."""
        return f"INDEX({self.column(name)},{row})"

    def write(self, book: Book) -> None:
        """The sheet, and the name `period_number`."""
        sheet = book.sheet(SHEET, state="hidden")
        sheet.text(0, 0, "Number of the chosen period")
        sheet.formula(0, 1, "=MATCH(chosen_period,period_labels,0)", self.view.number)
        book.define_name("period_number", f"={SHEET}!$B$1")
        sheet.text(0, 2, "Number of the chosen directorate, 0 for all")
        # Whatever else is typed there is none, and all are shown.
        number = f"=IFERROR(MATCH({CHOSEN_DIRECTORATE},directorate_labels,0)-1,0)"
        sheet.formula(0, 3, number, self.view.directorate_number)
        book.define_name("directorate_number", f"={SHEET}!$D$1")
        measures = self.view.framework.measures
        if not measures:
            return
        for place, column in enumerate(self.columns):
            sheet.text(FIRST_ROW - 1, place, column.name)
            values = self.values[column.name]
            for row, measure in enumerate(measures):
                value = values[row]
                if column.formula is None:
                    if isinstance(value, str):
                        sheet.text(FIRST_ROW + row, place, value)
                    else:
                        sheet.number(FIRST_ROW + row, place, value)
                else:
                    formula = self._filled(column.formula(measure), row)
                    sheet.formula(FIRST_ROW + row, place, f"={formula}", value)
        sheet.raw.freeze_panes(FIRST_ROW, 3)

    def _filled(self, template: str, row: int) -> str:
        number = row + FIRST_ROW + 1

        def reference(match: re.Match[str]) -> str:
            name = match[1]
            if name.endswith("_above"):
                # The first row's counter starts at nothing: its head is text, which N() takes as 0.
                return f"${self._letters[name.removesuffix('_above')]}{number - 1}"
            return f"${self._letters[name]}{number}"

        return _TOKEN.sub(reference, template)


def _columns(view: View) -> tuple[Column, ...]:
    judged = (*_figures(view), *_judged(view), *_texts(view), *_ranks(view))
    return (*_fixed(view), *judged, *year_end_columns(view), *detail_columns(view))


def _fixed(view: View) -> tuple[Column, ...]:
    framework, rows = view.framework, view.rows
    priorities = {priority.key: number for number, priority in enumerate(framework.priorities, 1)}
    schemes = {key: number for number, key in enumerate(framework.schemes, 1)}
    places = {key: number for number, key in enumerate(view.directorate_labels)}

    def of(get: Callable[[Measure], Value]) -> Callable[[int], Value]:
        return lambda row: get(rows[row].measure)

    return (
        Column("n", lambda row: row + 1),
        Column("key", of(lambda m: m.key)),
        Column("code", of(lambda m: m.code)),
        Column("title", of(lambda m: m.title)),
        Column("directorate", of(lambda m: framework.directorate(m.directorate).name)),
        Column("directorate_place", of(lambda m: places[m.directorate])),
        Column("shown", of(lambda m: int(view.shows(m))), lambda _: shown_formula("[directorate_place]")),
        Column("priority", of(lambda m: priorities.get(m.priority, 0))),
        Column("scheme", of(lambda m: schemes[framework.scheme_of(m).key])),
        Column("exception_from", of(lambda m: framework.scheme_of(m).exception_from)),
        Column("per_year", of(per_year)),
        Column("step", of(framework.step)),
    )


def _figures(view: View) -> tuple[Column, ...]:
    rows = view.rows

    def slot(row: int) -> int:
        about = rows[row].about
        return view.slots.number[about] if about else 0

    def reference(row: int) -> Value:
        return "withdrawn" if not rows[row].measure.in_force(view.chosen) else slot(row)

    def status(row: int) -> Value:
        observation = view.observation(rows[row])
        return (observation.status or "") if observation else ""

    def at(name: str, column: str) -> Callable[[Measure], str]:
        # INDEX of an empty cell gives 0: only what ISNUMBER affirms is a figure.
        found = f"INDEX({name},[n],{column})"
        return lambda _: f'IF([slot]=0,"",IF(ISNUMBER({found}),{found},""))'

    def said(name: str) -> Callable[[Measure], str]:
        return lambda _: f'IF([slot]=0,"",INDEX({name},[n],[slot])&"")'

    def like(name: str, back: str) -> Callable[[Measure], str]:
        # Across a footnote mark another thing is counted.
        same = f'INDEX(data_footnote,[n],[slot])&""=INDEX(data_footnote,[n],[slot]-{back})&""'
        return lambda _: f'IF([slot]=0,"",IF({same},[{name}],""))'

    def score_set(row: int) -> Value:
        about, measure = rows[row].about, rows[row].measure
        found = view.framework.scores_set.get((measure.key, about)) if about else None
        return (view.framework.scheme_of(measure).position(found.band) or 0) if found else ""

    def note(name: str) -> Callable[[int], Value]:
        return lambda row: getattr(view.note(rows[row]), name, "")

    state = (
        'IF([reference]="withdrawn","withdrawn",IF([slot]=0,"not due",IF(ISNUMBER([actual]),"reported",'
        'IF(OR([status]="not due",[status]="new"),"not due",'
        'IF(OR([status]="delayed",[status]="not available",[status]="withdrawn"),[status],"missing")))))'
    )
    return (
        Column("reference", reference, lambda _: "INDEX(data_reference,[n],period_number)"),
        Column("slot", slot, lambda _: "IF(ISNUMBER([reference]),[reference],0)"),
        Column(
            "about",
            lambda row: _label(rows[row]),
            lambda _: 'IF([slot]=0,"",INDEX(slot_labels,[slot],1))',
        ),
        Column("status", status, lambda _: 'IF([slot]=0,"",INDEX(data_status,[n],[slot])&"")'),
        # Ahead of its state: a figure counts whatever the status beside it.
        Column("actual", lambda row: cell_of(rows[row].actual), at("data_actual", "[slot]")),
        Column("state", lambda row: rows[row].state, lambda _: state),
        Column("previous", lambda row: cell_of(rows[row].previous), at("data_actual", "[slot]-[step]")),
        Column("last_year", lambda row: cell_of(rows[row].last_year), at("data_actual", "[slot]-[per_year]")),
        Column("previous_like", lambda row: cell_of(rows[row].previous_like), like("previous", "[step]")),
        Column("last_year_like", lambda row: cell_of(rows[row].last_year_like), like("last_year", "[per_year]")),
        Column("score_set", score_set, at("data_score_set", "[slot]")),
        Column("mark", note("mark"), said("data_mark")),
        Column("note", note("note"), said("data_note")),
        Column("target", lambda row: cell_of(rows[row].target), at("data_target", "[slot]")),
        Column("target_high", lambda row: cell_of(rows[row].target_high), at("data_target_high", "[slot]")),
        *_running(view, at),
    )


def _running(view: View, at: Callable[[str, str], Callable[[Measure], str]]) -> Iterator[Column]:
    """The year to date, the target of the year, and the band that a person chose, in books that have them."""
    framework, rows = view.framework, view.rows

    def chosen(row: int) -> Value:
        observation = view.observation(rows[row])
        return cell_of(framework.scheme_of(rows[row].measure).position(observation.chosen) if observation else None)

    if view.has_running:
        yield Column("to_date", lambda row: cell_of(rows[row].to_date), at("data_to_date", "[slot]"))
        yield Column("year_target", lambda row: cell_of(rows[row].year_target), at("data_year_target", "[slot]"))
    if view.has_chosen:
        yield Column("chosen", chosen, at("data_chosen", "[slot]"))


def _judged(view: View) -> tuple[Column, ...]:
    framework, rows = view.framework, view.rows
    places = {key: number for number, key in enumerate(band_keys(framework), 1)}

    def place(row: int) -> Value:
        judgement = rows[row]
        if judgement.band is None:
            return ""
        band = framework.scheme_of(judgement.measure).band(judgement.band)
        return places[band.key] if band else len(places) + 1

    return (
        Column("band", lambda row: cell_of(rows[row].band), lambda m: _score_formula(framework, m)),
        Column(
            "place",
            place,
            lambda _: f'IF([band]="","",IF([band]=0,{len(places) + 1},INDEX(scheme_places,[scheme],[band])))',
        ),
        Column(
            "trend", lambda row: cell_of(rows[row].trend), lambda m: _movement_formula(framework, m, "previous_like")
        ),
        Column(
            "annual", lambda row: cell_of(rows[row].annual), lambda m: _movement_formula(framework, m, "last_year_like")
        ),
    )


def _texts(view: View) -> tuple[Column, ...]:
    framework, rows = view.framework, view.rows

    def text(name: str) -> Callable[[Measure], str]:
        return lambda m: f'IF(ISNUMBER([{name}]),TEXT([{name}],{_quoted(m.number_format)}),"")'

    def target(measure: Measure) -> str:
        low, high = (f"TEXT([{name}],{_quoted(measure.number_format)})" for name in ("target", "target_high"))
        return f'IF(ISNUMBER([target]),IF(ISNUMBER([target_high]),{low}&" to "&{high},{low}),"")'

    def words(name: str) -> str:
        choice = (
            f'IF([{name}]="","{DIRECTION_WORDS[None]}",IF([{name}]=1,"{DIRECTION_WORDS[1]}",'
            f'IF([{name}]=0,"{DIRECTION_WORDS[0]}","{DIRECTION_WORDS[-1]}")))'
        )
        return f'IF([state]<>"reported","",{choice})'

    def word(name: str) -> Callable[[int], Value]:
        return lambda row: DIRECTION_WORDS[getattr(rows[row], name)] if rows[row].state == "reported" else ""

    notes = note_cells(view)
    arrows = ",".join(f'"{DIRECTION_ARROWS[step]}"' for step in (-1, 0, 1))
    state_word = "UPPER(LEFT([state],1))&MID([state],2,30)"
    score = f'IF([band]="",[state_word],IF([band]=0,"{NOT_SCORED}",INDEX(scheme_labels,[scheme],[band])))'
    return (
        Column("state_word", lambda row: STATE_WORDS[rows[row].state], lambda _: state_word),
        Column(
            "actual_text",
            lambda row: actual_text(rows[row]),
            lambda m: f"IF(ISNUMBER([actual]),TEXT([actual],{_quoted(m.number_format)}),[state_word])",
        ),
        Column(
            "actual_marked",
            lambda row: with_mark(actual_text(rows[row]), view.note(rows[row])),
            lambda _: '[actual_text]&IF(OR([mark]="",[actual_text]=""),""," ("&LOWER([mark])&")")',
        ),
        Column("target_text", lambda row: figures_text(rows[row])[1], target),
        Column("previous_text", lambda row: figure_text(rows[row].measure, rows[row].previous), text("previous")),
        Column("last_year_text", lambda row: figure_text(rows[row].measure, rows[row].last_year), text("last_year")),
        Column("score_text", lambda row: score_word(framework, rows[row]), lambda _: score),
        Column("trend_text", word("trend"), lambda _: words("trend")),
        Column(
            "trend_arrow",
            lambda row: DIRECTION_ARROWS[rows[row].trend] + str(word("trend")(row)),
            lambda _: f'IF([trend]="","",CHOOSE([trend]+2,{arrows}))&[trend_text]',
        ),
        Column("annual_text", word("annual"), lambda _: words("annual")),
        Column(
            "officers_note",
            lambda row: view.officers_notes.get(rows[row].measure.key, ""),
            lambda m: notes.get(m.key, '""') + '&""',
        ),
    )


def _ranks(view: View) -> tuple[Column, ...]:
    """Running counts: the k-th measure of a list is the first row whose count is k, so no list needs a sort."""
    framework, rows = view.framework, view.rows
    printed = [published_of(framework, row.measure, row.about, view.chosen) for row in rows]
    every, exceptions = set(view.exceptions(view.chosen)), set(view.shown_exceptions)
    listed = [bool(view.directorate) and view.shows(row.measure) and row.state != "withdrawn" for row in rows]
    outcomes = [{each[0]: each[2] for each in compare(framework, *pair)} for pair in zip(rows, printed, strict=True)]

    def running(flags: list[bool]) -> Callable[[int], Value]:
        sums: list[int] = []
        for flag in flags:
            sums.append((sums[-1] if sums else 0) + flag)
        return lambda row: sums[row]

    def number(name: str) -> Callable[[Measure], str]:
        found = f"INDEX({name},[n],period_number)"
        return lambda _: f'IF(ISNUMBER({found}),{found},"")'

    def differs(aspect: Aspect) -> Column:
        ours = {"score": "band", "trend": "trend", "annual": "annual"}.get(aspect)
        if ours:
            test = f"IF(ISNUMBER([printed_{aspect}]),IF([{ours}]=[printed_{aspect}],0,1),0)"
            if aspect == "score" and view.has_printed_states:
                test = f'IF([printed_state]<>"",IF([state]=[printed_state],0,1),{test})'
            return Column(
                f"differs_{aspect}",
                running([found[aspect] for found in outcomes]),
                lambda _: f"N([differs_{aspect}_above])+{test}",
            )

        def figure(measure: Measure) -> str:
            same = f"ROUND([actual]-[printed_number],{measure.places + 2})=0"
            return (
                f"N([differs_{aspect}_above])+IF(ISNUMBER([printed_number]),"
                f"IF(ISNUMBER([actual]),IF({same},0,1),1),"
                'IF([printed_text]="",0,IF(ISNUMBER([actual]),1,0)))'
            )

        return Column(f"differs_{aspect}", running([found[aspect] for found in outcomes]), figure)

    measures = [row.measure for row in rows]
    return (
        Column(
            "excepted",
            lambda row: int(row in every),
            lambda _: "IF(ISNUMBER([band]),IF([band]>=[exception_from],1,0),0)",
        ),
        Column(
            "exceptions",
            running([row in exceptions for row in range(len(rows))]),
            lambda _: "N([exceptions_above])+[excepted]*[shown]",
        ),
        Column(
            "listed",
            running(listed),
            lambda _: 'N([listed_above])+IF(AND(directorate_number=[directorate_place],[state]<>"withdrawn"),1,0)',
        ),
        Column(
            "printed_score",
            lambda row: cell_of(printed_band(framework, measures[row], printed[row])),
            number("printed_score"),
        ),
        *(
            [
                Column(
                    "printed_state",
                    lambda row: printed_state(printed[row]) or "",
                    lambda _: 'INDEX(printed_state,[n],period_number)&""',
                )
            ]
            if view.has_printed_states
            else []
        ),
        Column("printed_trend", lambda row: cell_of(DIRECTION_KEYS.get(printed[row].trend)), number("printed_trend")),
        Column(
            "printed_annual", lambda row: cell_of(DIRECTION_KEYS.get(printed[row].annual)), number("printed_annual")
        ),
        Column(
            "printed_number",
            lambda row: cell_of(printed_figure(measures[row], printed[row])),
            number("printed_number"),
        ),
        Column(
            "printed_text",
            lambda row: printed[row].actual.strip(),
            lambda _: 'INDEX(printed_text,[n],period_number)&""',
        ),
        *(differs(aspect) for aspect in ASPECTS),
    )


def shown_formula(place: str) -> str:
    """A formula part: whether the directorate whose number a cell holds is the chosen one, or all are; 1 or 0."""
    return f"IF(OR(directorate_number=0,directorate_number={place}),1,0)"


@lru_cache(maxsize=4096)
def _quoted(number_format: str) -> str:
    return '"' + number_format.replace('"', '""') + '"'


_NAMES = {name: f"[{name}]" for name in ("actual", "target", "target_high", "to_date", "chosen")}
_NAMES |= {"earlier": "[previous_like]", "last_year": "[last_year_like]"}


def _score_formula(framework: Framework, measure: Measure) -> str:
    scheme = framework.scheme_of(measure)
    rule = rules.score(scheme, measure.polarity, measure.places, measure.point, adds_up=measure.runs)
    # What an officer set counts; only a figure has a score.
    return f"IF(AND(ISNUMBER([score_set]),ISNUMBER([actual])),[score_set],{to_excel(rule, _NAMES)})"


def _movement_formula(framework: Framework, measure: Measure, earlier: str) -> str:
    tolerance = framework.scheme_of(measure).trend_tolerance
    names = _NAMES | {"earlier": f"[{earlier}]"}
    return to_excel(rules.movement(measure.polarity, measure.places, tolerance), names)


def _label(row: Judgement) -> str:
    return row.about.label if row.about else ""
