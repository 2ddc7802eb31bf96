"""The sheet Detail: one measure, chosen from a list: what it is, how it stands, all its periods, and two charts."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.scorecard.calc_detail import measure_labels
from perfbook.scorecard.detail_charts import BETTER, OTHER, WORSE, figures_chart, process_chart
from perfbook.scorecard.detail_feed import DetailFeed
from perfbook.scorecard.detail_values import DetailValues
from perfbook.scorecard.frame import Frame, colour_bands, head, open_sheet
from perfbook.scorecard.places import CHOSEN_MEASURE
from perfbook.scorecard.words import NO_ACTION, NO_COMMENTARY, NO_TARGET
from perfbook.scoring.rounding import round_half_away
from perfbook.scoring.spc import ASSURANCE_WORDS, LEAST, MOST, VARIATION_WORDS, rule_words
from perfbook.workbook.numfmt import display
from perfbook.workbook.writer import Sheet, Value

SHEET = "Detail"
SCORE = "Score"
_PICKER, _FACTS = 3, 5
# The facts beside the charts, and below them variation beside the table.
_LABEL, _TEXT, _TABLE = 0, 1, 3
_WIDTHS = (24.0, 62.0, 2.0)
_NO_MEASURE = "Choose a measure from the list in the cell above."
_EXPLAINED: tuple[str, ...] = (
    "Every figure goes up and down. The chart asks whether a change is more than that.",
    "The mean is the middle line. Between the two limits, 2.66 times the average change from one figure",
    "to the next on both sides of it, nearly all figures lie as long as nothing in the process changes.",
    "A point is a signal, worth finding the cause of, where it is",
    "   - outside the limits,",
    "   - one of seven or more in a row that rise, or that fall,",
    "   - one of seven or more in a row on the same side of the mean,",
    "   - one of two in three near the same limit (in the last third before it).",
    "Blue diamond: better than usual. Orange square: worse. Purple triangle: neither is better.",
    "Consistently hits: the target lies so that even an unlucky period meets it. Consistently fails: even",
    "a lucky one misses it, until the process is changed. Hit and miss: either may come, by chance.",
    "No signal: do not explain this period's change; if the figure is not good enough, change the process.",
    "After NHS England, Making Data Count; limits after Wheeler. Ten figures are needed; forty are shown.",
)


@dataclass(frozen=True)
class _Fact:
    """A line of the facts: its label, its formula for a measure that is chosen, its value, its height in points."""

    label: str
    formula: str
    value: Value
    height: float = 18
    bold: bool = False
    tall: bool = False


def write_detail(frame: Frame, feed: DetailFeed) -> None:
    """Writes the sheet."""
    columns = _table_columns(frame)
    sheet = open_sheet(
        frame, SHEET, "Detail: one measure over time", (*_WIDTHS, *(width for _, width, _ in columns)), head_row=1
    )
    _picker(frame, sheet, feed)
    at = _FACTS
    facts = _facts(frame, feed)
    for fact in facts:
        _fact(frame, sheet, feed, at, fact)
        if fact.label == SCORE:
            colour_bands(frame, sheet, at, at, _TEXT)
        at += 1
    below = at + 1
    sheet.raw.set_row(at, 8)
    # Beside the facts, as high as they are: 4 pixels are 3 points.
    height = int((26 + 15 + sum(fact.height for fact in facts)) * 4 / 3) // 2 - 8
    # A column is 7 pixels a character wide, and 5 more.
    width = sum(int(width * 7 + 5) for _, width, _ in columns) - 6
    for number, (chart, words) in enumerate(_charts(frame, feed, width, height)):
        top: dict[str, object] = {"y_offset": 4 + number * (height + 8), "object_position": 2}
        sheet.chart(_PICKER, _TABLE, chart, description=words, options=top)
    _table(frame, sheet, feed, below, columns)
    explained = _variation(frame, sheet, feed, below)
    # Rows that no measure fills yet are not printed.
    view = frame.view
    most = max(len(view.newest(kind, MOST)) for kind in view.slots.kinds)
    sheet.raw.print_area(0, 0, below + max(most, explained), _TABLE + len(columns) - 1)
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.freeze_panes(_PICKER + 1, 0)
    sheet.raw.set_selection(_PICKER, _TEXT, _PICKER, _TEXT)


def _picker(frame: Frame, sheet: Sheet, feed: DetailFeed) -> None:
    book, view = frame.book, frame.view
    strong: dict[str, object] = {"font_color": book.house.title_text, "bold": True, "valign": "vcenter"}
    sheet.raw.set_row(_PICKER - 1, 6)
    sheet.raw.set_row(_PICKER, 26)
    sheet.text(_PICKER, _LABEL, "Choose the measure", book.style(**strong))
    style = book.style(**(book.house.input("@") | {"bold": True, "valign": "vcenter", "shrink": True}))
    label = measure_labels(view.framework)[feed.values.measure.key]
    sheet.text(_PICKER, _TEXT, label, style)
    book.define_name(CHOSEN_MEASURE, f"={SHEET}!$B${_PICKER + 1}")
    book.define_name("measure_choices", f"={feed.calc.column('label')}")
    options: dict[str, object] = {
        "validate": "list",
        "source": "=measure_choices",
        "input_title": "Measure",
        "input_message": "Choose from the list; the period is chosen on the sheet Summary.",
        "error_title": "Not a measure of this book",
        "error_message": "Choose one of the measures in the list.",
    }
    sheet.validation(_PICKER, _TEXT, _PICKER, _TEXT, options)
    note = book.style(**(book.house.note() | {"text_wrap": False}))
    text = f'=IF({feed.head("row")}=0,"{_NO_MEASURE}","")'
    sheet.formula(_PICKER + 1, _TEXT, text, "", note)


def _fact(frame: Frame, sheet: Sheet, feed: DetailFeed, at: int, fact: _Fact) -> None:
    house = frame.book.house
    label = frame.style(house.body(), bold=True, font_color=house.title_text, valign="top" if fact.tall else "vcenter")
    style = frame.style(house.wrapped(), valign="top" if fact.tall else "vcenter", bold=fact.bold, num_format="@")
    sheet.raw.set_row(at, fact.height)
    sheet.text(at, _LABEL, fact.label, label)
    sheet.formula(at, _TEXT, f'=IF({feed.head("row")}=0,"",{fact.formula})', fact.value, style)


def _facts(frame: Frame, feed: DetailFeed) -> list[_Fact]:
    calc, row = feed.calc, feed.values.row
    number = feed.head("row")

    def cell(name: str) -> str:
        return f"INDEX({calc.column(name)},{number})"

    def held(name: str) -> str:
        value = calc.values[name][row]
        return "" if value == "" else str(value)

    def joined(*names: str) -> tuple[str, str]:
        return '&" · "&'.join(cell(name) for name in names), " · ".join(held(name) for name in names)

    owner = f'IF({cell("owner")}="",{cell("directorate")},{cell("owner")}&" · "&{cell("directorate")})'
    about = f'IF({cell("about")}="",""," for "&{cell("about")})'
    facts = [
        _Fact("Measure", cell("title"), held("title"), 32, bold=True),
        _Fact("Code · priority", *joined("code", "priority_name")),
        _Fact("Owner · directorate", owner, " · ".join(filter(None, (held("owner"), held("directorate"))))),
        _Fact("Unit · good is · reported", *joined("unit", "polarity", "frequency")),
        _Fact(
            "Actual",
            f"{cell('actual_marked')}&{about}",
            held("actual_marked") + (f" for {held('about')}" if held("about") else ""),
            20,
            bold=True,
        ),
        _Fact(
            "Target",
            f'IF({cell("target_text")}="","{NO_TARGET}",{cell("target_text")})',
            held("target_text") or NO_TARGET,
        ),
        _Fact(SCORE, cell("score_text"), held("score_text"), 20, bold=True),
        _moved("Trend", "trend_arrow", "previous_text", cell, held),
        _moved("Compared with last year", "annual_text", "last_year_text", cell, held),
        _Fact(
            "Benchmark",
            f'IF({cell("benchmark_text")}="","None",{cell("benchmark_text")})',
            held("benchmark_text") or "None",
            46,
            tall=True,
        ),
    ]
    if frame.view.forecast_rows:
        facts.append(_forecast(feed))
    for label, name, nothing, height in (
        ("Commentary", "data_commentary", NO_COMMENTARY, 96.0),
        ("Recovery action", "data_action", NO_ACTION, 50.0),
    ):
        facts.append(_said(frame, feed, label, name, nothing, height))
    return facts


def _moved(label: str, name: str, earlier: str, cell: object, held: object) -> _Fact:
    """How the figure moved, and since which one."""
    word, before = cell(name), cell(earlier)  # type: ignore[operator]
    shown, known = held(name), held(earlier)  # type: ignore[operator]
    formula = f'{word}&IF(OR({word}="",{before}=""),""," (before: "&{before}&")")'
    return _Fact(label, formula, f"{shown} (before: {known})" if shown and known else shown)


def _forecast(feed: DetailFeed) -> _Fact:
    calc, values = feed.calc, feed.values
    number, form = feed.head("row"), feed.head("format")

    def cell(name: str) -> str:
        return f"INDEX({calc.column(name)},{number})"

    target = f'IF(ISNUMBER({cell("annual_target")})," · target "&TEXT({cell("annual_target")},{form}),"")'
    score = f'IF({cell("forecast_score")}="",""," · "&{cell("forecast_score")})'
    formula = f'IF(ISNUMBER({cell("forecast")}),TEXT({cell("forecast")},{form})&{target}&{score},"No forecast")'
    made, aim, word = (calc.values[name][values.row] for name in ("forecast", "annual_target", "forecast_score"))
    text = "No forecast"
    if made != "":
        pieces = [display(made, values.measure.number_format)]
        pieces += [] if aim == "" else [f"target {display(aim, values.measure.number_format)}"]
        text = " · ".join([*pieces, *([str(word)] if word else [])])
    return _Fact("Forecast for the year", formula, text)


def _said(frame: Frame, feed: DetailFeed, label: str, name: str, nothing: str, height: float) -> _Fact:
    """What the return says of the figure."""
    number, slot = feed.head("row"), f"INDEX({feed.calc.column('slot')},{feed.head('row')})"
    found = f"INDEX({name},{number},{slot})"
    formula = f'IF({slot}=0,"{nothing}",IF({found}&""="","{nothing}",{found}&""))'
    observation = frame.view.observation(feed.values.judgement)
    said = (observation.commentary if name == "data_commentary" else observation.action) if observation else ""
    return _Fact(label, formula, said or nothing, height, tall=True)


# -- Charts ---------------------------------------------------------------------------------------------------------


def _charts(frame: Frame, feed: DetailFeed, width: int, height: int) -> list[tuple[object, str]]:
    size = (width, height)
    return [
        figures_chart(frame, feed, f"={SHEET}!$B${_PICKER + 1}", *size),
        process_chart(frame, feed, "Process behaviour chart: is it more than the usual ups and downs?", *size),
    ]


# -- The table of all periods ---------------------------------------------------------------------------------------


def _table_columns(frame: Frame) -> list[tuple[str, float, str]]:
    """The heads of the table, their widths, and which column of the feed they show; newest period first."""
    view = frame.view
    ranged = any(measure.polarity == "range" for measure in view.framework.measures)
    columns = [
        ("Period", 15.0, "label"),
        ("Ends on", 13.0, "day"),
        ("Actual", 12.5, "actual"),
        ("Target", 12.5, "target"),
        ("Benchmark", 12.5, "benchmark"),
        ("Forecast made for the year", 12.5, "own_forecast"),
        ("Change from the one before", 12.5, "moving"),
        ("Signal", 35.0, "signal"),
    ]
    if ranged:
        columns.insert(4, ("Target, upper end", 12.5, "target_high"))
    return [each for each in columns if each[2] != "own_forecast" or view.forecast_rows]


def _table(frame: Frame, sheet: Sheet, feed: DetailFeed, at: int, columns: list[tuple[str, float, str]]) -> None:
    figures = [place for place, (_, _, name) in enumerate(columns) if name not in ("label", "signal")]
    head(frame, sheet, at, [label for label, _, _ in columns], first=_TABLE, height=32, figures=figures)
    styles = {
        "label": frame.bare(valign="vcenter", num_format="@"),
        "day": frame.bare(valign="vcenter", align="right", num_format="d mmm yyyy"),
        "signal": frame.bare(valign="vcenter", align="left", indent=1, num_format="@"),
    }
    plain = frame.bare(valign="vcenter", align="right")
    for line in range(MOST):
        row, place = at + 1 + line, MOST - 1 - line
        sheet.raw.set_row(row, 15.5)
        there = feed.cell("there", place)
        for column, (_, _, name) in enumerate(columns, _TABLE):
            formula, value = _table_cell(feed, name, place)
            shown = value if feed.values.there[place] else ""
            style = styles.get(name, plain)
            sheet.formula(row, column, f'=IF({there}=0,"",{formula})', shown, style)
    first, last = at + 1, at + MOST
    numbers = [_TABLE + place for place, (_, _, name) in enumerate(columns) if name not in ("label", "day", "signal")]
    for number_format in sorted({measure.number_format for measure in frame.view.framework.measures}):
        code = number_format.replace('"', '""')
        options: dict[str, object] = {
            "type": "formula",
            "criteria": f'={feed.head("format")}="{code}"',
            "format": frame.book.difference(num_format=number_format),
        }
        sheet.conditional(first, numbers[0], last, numbers[-1], options)
    word = _TABLE + len(columns) - 1
    for begins, colour in (("better", BETTER), ("worse", WORSE), ("special", OTHER)):
        cell = f"${chr(ord('A') + word)}{first + 1}"
        options = {
            "type": "formula",
            "criteria": f'=LEFT({cell},{len(begins)})="{begins.capitalize()}"',
            "format": frame.book.difference(font_color=colour, bold=True),
        }
        sheet.conditional(first, word, last, word, options)


def _table_cell(feed: DetailFeed, name: str, place: int) -> tuple[str, Value]:
    values = feed.values
    columns = values.columns
    count = columns["count"][place]
    held = columns["actual"][place] != ""
    if name == "actual":
        status = feed.cell("status", place)
        said = f'IF(OR({status}="",{status}="provided"),"",UPPER(LEFT({status},1))&MID({status},2,30))'
        actual = feed.cell("actual", place)
        word = str(columns["status"][place])
        shown: Value = columns["actual"][place] if held else ("" if word in ("", "provided") else word.capitalize())
        return f"IF(ISNUMBER({actual}),{actual},{said})", shown
    if name == "benchmark":
        return feed.head("benchmark"), values.heads["benchmark"]
    if name in ("moving", "signal"):
        # The feed has them by point; here they stand beside their period.
        point, actual = feed.cell("count", place), feed.cell("actual", place)
        at = int(count) - 1
        if name == "moving":
            return f'IF(ISNUMBER({actual}),INDEX({_whole(feed, name)},{point}),"")', columns["moving"][
                at
            ] if held else ""
        rule, direction = (f"INDEX({_whole(feed, each)},{point})" for each in ("rule", "direction"))
        sign = feed.head("sign")
        kind = f'IF({direction}*{sign}>0,"Better: ",IF({direction}*{sign}<0,"Worse: ","Special: "))'
        formula = f'IF(ISNUMBER({actual}),IF({rule}=0,"",{kind}&{_rule_formula(rule, direction)}),"")'
        return formula, signal_text(values, at) if held else ""
    return feed.cell(name, place), columns[name][place]


def signal_text(values: DetailValues, point: int) -> str:
    """What is special of a point (from 0), as the table says it."""
    signal = values.signals[point] if values.signals else None
    if signal is None or not signal.rule:
        return ""
    side = signal.direction * values.sign
    return ("Better: " if side > 0 else "Worse: " if side < 0 else "Special: ") + signal.words


def _whole(feed: DetailFeed, name: str) -> str:
    first, last = feed.cell(name, 0), feed.cell(name, MOST - 1)
    return f"{first}:{last.partition('!')[2]}"


def _rule_formula(rule: str, direction: str) -> str:
    """The words of a rule."""
    words = [
        f'"{up}"'
        if (up := rule_words(each, 1)) == (down := rule_words(each, -1))
        else f'IF({direction}>0,"{up}","{down}")'
        for each in range(1, 5)
    ]
    return f"CHOOSE({rule},{','.join(words)})"


# -- Variation and assurance ----------------------------------------------------------------------------------------


def _variation(frame: Frame, sheet: Sheet, feed: DetailFeed, at: int) -> int:
    """What the process behaviour chart says, and what that means. Returns how many rows that takes."""
    head(frame, sheet, at, ("Usual or not", "What the process behaviour chart says"), height=32)
    label = frame.bare(bold=True, valign="vcenter", font_color=frame.book.house.title_text)
    plain, strong = (
        frame.bare(valign="vcenter", num_format="@"),
        frame.bare(valign="vcenter", bold=True, num_format="@"),
    )
    for line, (name, formula, value) in enumerate(_readings(feed), 1):
        sheet.text(at + line, _LABEL, name, label)
        style = strong if line < 3 else plain
        sheet.formula(at + line, _TEXT, f'=IF({feed.head("row")}=0,"",{formula})', value, style)
    line += 2
    head(frame, sheet, at + line, ("What it means", ""), height=15.5)
    for text in _EXPLAINED:
        line += 1
        # It runs over the empty cell beside it.
        sheet.text(at + line, _LABEL, text, frame.bare(valign="vcenter"))
    return line


def _readings(feed: DetailFeed) -> list[tuple[str, str, Value]]:
    """Label, formula and value of each line."""
    values, found = feed.values, feed.values.limits
    heads, form = values.heads, feed.head("format")
    has, total, may = feed.head("has"), feed.head("total"), feed.head("may")
    few = f'{total}&IF({total}=1," figure"," figures")&" so far: limits need {LEAST}."'
    none = f'IF({may}=0,"No limits: the figure runs since the start of the year and rises by its nature.",{few})'
    count = len(values.x)
    said = f"{count} figure{'' if count == 1 else 's'} so far: limits need {LEAST}."
    if not heads["may"]:
        said = "No limits: the figure runs since the start of the year and rises by its nature."
    variation, assurance, rule = (feed.head(name) for name in ("variation", "assurance", "rule"))
    words = ",".join(f'"{word}"' for word in VARIATION_WORDS.values())
    sure = ",".join(f'"{word}"' for word in ASSURANCE_WORDS.values())
    last = f"INDEX({_whole(feed, 'label')},INDEX({_whole(feed, 'place')},{total}))"
    label = values.period(values.points[-1]).label if values.points else ""
    signal = values.signals[-1] if values.signals else None
    unusual = signal is not None and signal.rule > 0
    why = signal.words if signal and unusual else "no signal: within the limits, no run"

    def number(name: str) -> str:
        return f"TEXT(ROUND({feed.head(name)},{feed.head('places')}),{form})"

    def shown(name: str) -> str:
        return display(round_half_away(heads[name], values.measure.places), values.measure.number_format)  # type: ignore[arg-type]

    def only(formula: str, value: str) -> tuple[str, Value]:
        return f'IF({has}=0,"",{formula})', value if found else ""

    word = VARIATION_WORDS[int(heads["variation"])] if found else said
    sure_word = ASSURANCE_WORDS.get(int(heads["assurance"]), "No target to look at")
    reason = f'IF({rule}=0,"no signal: within the limits, no run",{_rule_formula(rule, feed.head("direction"))})'
    return [
        ("Variation", f"IF({has}=0,{none},CHOOSE({variation},{words}))", word),
        ("Assurance", *only(f'IF({assurance}=0,"No target to look at",CHOOSE({assurance},{sure}))', sure_word)),
        ("Why", *only(f'{last}&": "&{reason}', f"{label}: {why}")),
        *(
            [
                ("Mean", *only(number("mean"), shown("mean") if found else "")),
                (
                    "Usual from, to",
                    *only(
                        f'{number("lower")}&" to "&{number("upper")}',
                        f"{shown('lower')} to {shown('upper')}" if found else "",
                    ),
                ),
                ("Usual change, at most", *only(number("range_limit"), shown("range_limit") if found else "")),
                (
                    "Figures looked at",
                    *only(f'{total}&" of the newest {MOST} periods"', f"{count} of the newest {MOST} periods"),
                ),
            ]
        ),
    ]
