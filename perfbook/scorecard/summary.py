"""The sheet Summary: the choices, the headline counts, the scores by priority, and whether all adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from perfbook.records import OUTCOMES, RETURN_STATES, SEVERITIES
from perfbook.scorecard.charts import add_score_series, label_font, period_chart
from perfbook.scorecard.counts import Counts
from perfbook.scorecard.directorate_picker import DirectoratePicker
from perfbook.scorecard.frame import SUMMARY, Frame, head, open_sheet, row_height
from perfbook.scorecard.lists import (
    FILE_COLUMNS,
    FINDING_COLUMNS,
    RETURN_COLUMNS,
    STATE_WORDS,
)
from perfbook.scorecard.places import CHOSEN_PERIOD
from perfbook.scorecard.selftest import Verdict
from perfbook.scorecard.summary_actions import CHART_ROWS as ACTION_CHART_ROWS
from perfbook.scorecard.summary_actions import SummaryActions
from perfbook.scorecard.words import DIRECTION_LABELS, MEASURE_LABELS, SEVERITY_WORDS, SUPPRESSED_WORD, score_labels
from perfbook.workbook.writer import Sheet, Value

_NOTICE_ROW, _PICKER_ROW, _LINKS_ROW, _TOP = 2, 3, 5, 8
_WIDTHS = (38.0, *([10.8] * 15))
_CHART_ROWS = 13
_CHART_WIDTH = 665
_LOGO_WIDTH = 300  # pixels of the last four columns, at the right of the title
_SCORE_COLUMN, _DIRECTION_COLUMN, _RETURNS_COLUMN = 3, 7, 12
_LISTS = {"returns": RETURN_COLUMNS, "files": FILE_COLUMNS, "findings": FINDING_COLUMNS}


def _counted(name: str, header: str, word: str) -> str:
    """A formula part: how many rows of a list have this word under this head."""
    column = [label for label, _ in _LISTS[name]].index(header) + 1
    return f'COUNTIF(INDEX(list_{name},0,{column}),"{word}")'


class Summary:
    """Writes the sheet; it is the first of the book, so the places of others are told to it."""

    def __init__(self, frame: Frame, counts: Counts, verdict: Verdict) -> None:
        self.frame, self.counts, self.verdict = frame, counts, verdict
        view = frame.view
        title = f"{view.framework.council}: performance summary"
        self.sheet: Sheet = open_sheet(frame, SUMMARY, title, _WIDTHS)
        self.labels = score_labels(view.framework)
        furniture = frame.book.house.furniture
        if furniture and furniture.logo:
            self.sheet.logo(0, len(_WIDTHS) - 4, furniture.logo, _LOGO_WIDTH)

    def write(self) -> None:
        """The whole sheet."""
        self._notice()
        self._picker()
        self._links()
        view, actions = self.frame.view, SummaryActions(self)
        if view.has_measures:
            bottom = max(self._measures(), self._scores(), self._directions(), self._returns())
            after = self._priorities(bottom + 1)
        else:
            bottom = max(actions.counts(), actions.ratings(), self._returns())
            after = bottom + 1
        if view.has_actions:
            after = actions.by_priority(after)
        at = max(after, self._findings(bottom + 1))
        if view.has_measures:
            self._chart(at)
            self._periods_chart(at)
            below = at + _CHART_ROWS + 1
        else:
            actions.chart(at)
            below = at + ACTION_CHART_ROWS + 1
        end = self._control(below)
        raw = self.sheet.raw
        raw.print_area(0, 0, end - 1, len(_WIDTHS) - 1)
        raw.fit_to_pages(1, 1)
        raw.activate()
        raw.set_first_sheet()
        raw.set_selection(_PICKER_ROW, 1, _PICKER_ROW, 1)

    def _notice(self) -> None:
        """A sentence that must not be overlooked, such as since when the figures could not be refreshed."""
        book = self.frame.book
        style = book.style(**self._strong(font_color=book.house.bad()["font_color"]))
        self.sheet.formula(_NOTICE_ROW, 0, '=notice_text&""', self.frame.facts.notice_text, style)
        book.define_name("notice_shown", f"={SUMMARY}!$A${_NOTICE_ROW + 1}")

    def _picker(self) -> None:
        frame, sheet = self.frame, self.sheet
        book = frame.book
        sheet.raw.set_row(_PICKER_ROW, 24)
        sheet.text(_PICKER_ROW, 0, "Choose the reporting period", book.style(**self._strong(align="right", indent=1)))
        style = book.style(**(book.house.input("@") | {"bold": True, "align": "center", "valign": "vcenter"}))
        sheet.text(_PICKER_ROW, 1, frame.view.chosen.label, style)
        book.define_name(CHOSEN_PERIOD, f"={SUMMARY}!$B${_PICKER_ROW + 1}")
        options: dict[str, object] = {
            "validate": "list",
            "source": "=period_labels",
            "input_title": "Reporting period",
            "input_message": "Choose from the list; the whole workbook follows.",
            "error_title": "Not a period of this book",
            "error_message": "Choose one of the periods in the list.",
        }
        sheet.validation(_PICKER_ROW, 1, _PICKER_ROW, 1, options)
        note = book.style(**(book.house.note() | {"text_wrap": False, "valign": "vcenter", "indent": 1}))
        own = frame.view.quarter.period.label
        hint = f"The whole workbook follows your choice. Returns, files and findings are those of {own}."
        sheet.text(_PICKER_ROW, 2, hint, note)
        DirectoratePicker(frame, sheet).write(_PICKER_ROW + 1)

    def _strong(self, **more: object) -> dict[str, object]:
        house = self.frame.book.house
        return {"font_color": house.title_text, "bold": True, "valign": "vcenter", "font_size": 11} | more

    def _links(self) -> None:
        """A link to every sheet, and below it what is there."""
        sheet, book = self.sheet, self.frame.book
        sheet.text(_LINKS_ROW, 0, "Go to", book.style(**self._strong(align="right", indent=1)))
        link = self.frame.style(book.house.link(), border=0, valign="vcenter", align="left", shrink=True)
        for column, (name, what) in enumerate(self.frame.contents, 1):
            sheet.link(_LINKS_ROW, column, f"internal:'{name}'!A1", name, link, f"{name}: {what}")
        sheet.raw.set_row(_LINKS_ROW, 20)
        # Little room above and below, so that all of it stays on one page that can be read.
        for row in (_LINKS_ROW + 1, _TOP - 1):
            sheet.raw.set_row(row, 7)

    def block(self, row: int, column: int, labels: Sequence[str], figures: int = 1, height: float = 20) -> int:
        """The head of a block; its last columns, so many of them, hold figures."""
        places = range(len(labels) - figures, len(labels))
        head(self.frame, self.sheet, row, labels, first=column, height=height, figures=places)
        return row + 1

    def label(
        self, row: int, column: int, text: str, width: int = 1, *, strong: bool = False, wrap: bool = False
    ) -> None:
        """A label that may run over the empty cells beside it."""
        house = self.frame.book.house
        lines = {"bottom": 7, "bottom_color": house.line}
        style = self.frame.bare(valign="vcenter", bold=strong, text_wrap=wrap, **lines)
        self.sheet.text(row, column, text, style)
        for extra in range(1, width):
            self.sheet.blank(row, column + extra, style)

    def count(self, row: int, column: int, formula: str, value: Value, *, strong: bool = False, fmt: str = "0") -> None:
        house = self.frame.book.house
        lines = {"bottom": 7, "bottom_color": house.line}
        style = self.frame.bare(num_format=fmt, align="right", valign="vcenter", bold=strong, **lines)
        self.sheet.formula(row, column, f"={formula}", value, style)

    def _measures(self) -> int:
        row = self.block(_TOP, 0, ("Measures", "Count"))
        order = ("total", "due", "reported", "missing", "not_available", "not_due", "delayed")
        for outcome in order:
            within = outcome in ("reported", "missing", "not_available")
            label = f"    {MEASURE_LABELS[outcome]}" if within else MEASURE_LABELS[outcome]
            strong = outcome in ("total", "due")
            self.label(row, 0, label, strong=strong)
            value = self.counts.value("measures", outcome)
            self.count(row, 1, self.counts.live("measures", outcome), value, strong=strong)
            row += 1
        return row

    def _scores(self) -> int:
        column = _SCORE_COLUMN
        row = self.block(_TOP, column, ("Score", "", "Count"))
        for key, label in self.labels.items():
            self.label(row, column, label, 2)
            self.count(row, column + 2, self.counts.live("score", key), self.counts.value("score", key))
            row += 1
        self._total(row, column, 2, len(self.labels), self._reported)
        return row + 1

    @property
    def _reported(self) -> int:
        return self.counts.value("measures", "reported")

    def _total(self, row: int, column: int, width: int, above: int, value: int) -> None:
        self.label(row, column, "Reported", width, strong=True)
        letter = xl_col_to_name(column + width)
        self.count(row, column + width, f"SUM({letter}{row + 1 - above}:{letter}{row})", value, strong=True)

    def _directions(self) -> int:
        column = _DIRECTION_COLUMN
        row = self.block(_TOP, column, ("Direction", "", "Trend", "Annual"), 2)
        for key, label in DIRECTION_LABELS.items():
            self.label(row, column, label, 2)
            for place, group in enumerate(("trend", "annual"), 2):
                self.count(row, column + place, self.counts.live(group, key), self.counts.value(group, key))
            row += 1
        self._total(row, column, 2, 4, self._reported)
        self.count(row, column + 3, f"SUM(K{row - 3}:K{row})", self._reported, strong=True)
        return row + 1

    def _priorities(self, at: int) -> int:
        """Scores by priority: live counts over Calc, one COUNTIFS a cell."""
        frame, calc = self.frame, self.frame.calc
        wide = ("Scores by priority", "Measures", "Reported", *self.labels.values())
        self.block(at, 0, wide, len(wide) - 1, 44)
        self.first = at + 1
        row = at + 1
        priority, state, place = (calc.column(name) for name in ("priority", "state", "place"))
        pairs = list(zip(calc.values["priority"], calc.values["place"], strict=True))
        tally = Counter(pairs)
        states = Counter(zip(calc.values["priority"], calc.values["state"], strict=True))
        used = {measure.priority for measure in frame.view.framework.measures}
        for number, each in enumerate(frame.view.framework.priorities, 1):
            if each.key not in used:
                continue
            self.label(row, 0, each.name, wrap=True)
            self.sheet.raw.set_row(row, row_height([(each.name, _WIDTHS[0])], 20))
            in_force = sum(count for (p, s), count in states.items() if p == number and s != "withdrawn")
            self.count(row, 1, f'COUNTIFS({priority},{number},{state},"<>withdrawn")', in_force)
            reported = states[number, "reported"]
            self.count(row, 2, f'COUNTIFS({priority},{number},{state},"reported")', reported)
            for band in range(1, len(self.labels) + 1):
                self.count(row, 2 + band, f"COUNTIFS({priority},{number},{place},{band})", tally[number, band])
            row += 1
        self.last = row - 1
        self.label(row, 0, "All", strong=True)
        totals = [self.counts.value("measures", "total"), self._reported]
        totals += [self.counts.value("score", key) for key in self.labels]
        for column, value in enumerate(totals, 1):
            letter = xl_col_to_name(column)
            self.count(row, column, f"SUM({letter}{self.first + 1}:{letter}{row})", value, strong=True)
        return row + 2

    def _chart(self, at: int) -> None:
        frame, book = self.frame, self.frame.book
        chart = book.chart("bar", "stacked")
        head_row = self.first - 1
        add_score_series(
            frame,
            chart,
            [SUMMARY, self.first, 0, self.last, 0],
            lambda series: [SUMMARY, head_row, 3 + series],
            lambda series: [SUMMARY, self.first, 3 + series, self.last, 3 + series],
        )
        chart.set_title({"name": "Scores by priority", "name_font": label_font(frame, 12), "overlay": False})
        chart.set_y_axis({"reverse": True, "num_font": label_font(frame, 9)})
        # The counts stand on the bars: an axis would only say them again, with halves between small ones.
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_legend({"position": "bottom", "font": label_font(frame, 9)})
        chart.set_size({"width": _CHART_WIDTH, "height": _CHART_ROWS * 20 - 8})
        # The figures may be refreshed; a text beside the chart would not be.
        description = "Stacked bars: how many measures of each priority have which score, as in the table above it."
        self.sheet.chart(at, 0, chart, description=description)

    def _periods_chart(self, at: int) -> None:
        """The same counts over the last periods, so that a reader sees whether it is getting better."""
        chart, description = period_chart(self.frame, _CHART_WIDTH, _CHART_ROWS * 20 - 8)
        self.sheet.chart(at, 7, chart, description=description)

    def _returns(self) -> int:
        column = _RETURNS_COLUMN
        row = self.block(_TOP, column, ("Returns", "", "", "Count"))
        records = self.frame.view.quarter.returns
        states = Counter(record.state for record in records)
        for state in RETURN_STATES:
            self.label(row, column, STATE_WORDS[state], 3)
            self.count(row, column + 3, _counted("returns", "State", STATE_WORDS[state]), states[state])
            row += 1
        self.label(row, column, "Expected", 3, strong=True)
        self.count(row, column + 3, _counted("returns", "Directorate", "?*"), len(records), strong=True)
        row += 1
        for header, flag in (("Late", "late"), ("Overdue", "overdue")):
            self.label(row, column, f"{header} among them", 3)
            value = sum(getattr(record, flag) for record in records)
            self.count(row, column + 3, _counted("returns", header, "Yes"), value)
            row += 1
        return row

    def _findings(self, at: int) -> int:
        # Beside the scores by priority; further right where many bands are in use.
        column = max(_RETURNS_COLUMN, len(self.labels) + 4)
        head(self.frame, self.sheet, at, ("Findings", "", "", "Count"), first=column, height=44, figures=(3,))
        row = at + 1
        findings = self.frame.view.quarter.findings
        found = Counter(SUPPRESSED_WORD if each.suppressed else SEVERITY_WORDS[each.severity] for each in findings)
        for word in (*(SEVERITY_WORDS[severity] for severity in SEVERITIES), SUPPRESSED_WORD):
            self.label(row, column, word if word == SUPPRESSED_WORD else f"{word}s", 3)
            self.count(row, column + 3, _counted("findings", "Severity", word), found[word])
            row += 1
        return row + 1

    def _measure_checks(self) -> list[tuple[str, str, str, int]]:
        """The control totals of measures."""
        c = self.counts
        measures = {name: c.live("measures", name) for name in MEASURE_LABELS}
        checks: list[tuple[str, str, str, int]] = [
            (
                "Measures: total = due + not due + delayed",
                measures["total"],
                f"{measures['due']}+{measures['not_due']}+{measures['delayed']}",
                c.value("measures", "total"),
            ),
            (
                "Measures: due = reported + missing + not available",
                measures["due"],
                f"{measures['reported']}+{measures['missing']}+{measures['not_available']}",
                c.value("measures", "due"),
            ),
        ]
        for group, keys in (("score", self.labels), ("trend", DIRECTION_LABELS), ("annual", DIRECTION_LABELS)):
            cells = "+".join(c.live(group, key) for key in keys)
            checks.append(
                (f"{group.capitalize()}: reported = all outcomes", measures["reported"], cells, self._reported)
            )
        return checks

    def _control(self, at: int) -> int:
        """Control totals: sums that must hold, each said in words with its two sides."""
        sheet = self.sheet
        checks = self._measure_checks() if self.frame.view.has_measures else []
        if self.frame.view.has_actions:
            checks.append(SummaryActions(self).check())
        quarter = self.frame.view.quarter
        states = "+".join(_counted("returns", "State", word) for word in STATE_WORDS.values())
        checks.append(
            ("Returns: expected = all states", _counted("returns", "Directorate", "?*"), states, len(quarter.returns))
        )
        outcomes = "+".join(_counted("files", "Outcome", outcome.capitalize()) for outcome in OUTCOMES)
        checks.append(("Files: all = all outcomes", _counted("files", "File", "?*"), outcomes, len(quarter.files)))
        head(self.frame, sheet, at, ("Control totals", "Total", "Parts", "Verdict", ""), height=20, figures=(1, 2))
        row = at + 1
        for label, left, right, value in checks:
            self.label(row, 0, label)
            self.count(row, 1, left, value)
            self.count(row, 2, right, value)
            style = self.frame.bare(valign="vcenter", bottom=7, bottom_color=self.frame.book.house.line, indent=1)
            test = f'=IF(B{row + 1}=C{row + 1},"\u2713 adds up","\u2717 does not add up")'
            sheet.formula(row, 3, test, "\u2713 adds up", style)
            sheet.blank(row, 4, style)
            row += 1
        self._verdict(at)
        return max(row, self._files(at))

    def _files(self, at: int) -> int:
        """What became of every file of the folder."""
        column = _RETURNS_COLUMN
        row = self.block(at, column, ("Files", "", "", "Count"))
        found = Counter(file.outcome for file in self.frame.view.quarter.files)
        for outcome in OUTCOMES:
            self.label(row, column, outcome.capitalize(), 3)
            self.count(row, column + 3, _counted("files", "Outcome", outcome.capitalize()), found[outcome])
            row += 1
        return row

    def _verdict(self, at: int) -> None:
        """The Self-test's verdict, beside the control totals."""
        frame, sheet, book = self.frame, self.sheet, self.frame.book
        head(frame, sheet, at, ("Self-test", "", "", "", ""), first=_DIRECTION_COLUMN - 1, height=20)
        column = _DIRECTION_COLUMN - 1
        sheet.formula(
            at + 1, column, f"={self.verdict.cell}", self.verdict.text, frame.bare(bold=True, valign="vcenter")
        )
        sheet.text(at + 2, column, "Every score, trend and count on these sheets is a live formula;", frame.bare())
        sheet.text(at + 3, column, "Python works out each of them again, and the two are compared.", frame.bare())
        cell = xl_rowcol_to_cell(at + 1, column, row_abs=True, col_abs=True)
        options: dict[str, object] = {
            "type": "formula",
            "criteria": f'=LEFT({cell},9)="DISAGREES"',
            "format": book.difference(**book.house.bad()),
        }
        sheet.conditional(at + 1, column, at + 1, column + 4, options)
