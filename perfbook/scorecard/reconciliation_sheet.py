"""The sheet Reconciliation: our headline counts beside the published ones, and every measure that differs."""

from __future__ import annotations

from perfbook.scorecard.blocks import Block, runs
from perfbook.scorecard.counts import Counts
from perfbook.scorecard.feed import Feed
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height, write_rows
from perfbook.scorecard.ratings_block import NONE, write_ratings
from perfbook.scorecard.reconcile import ASPECT_WORDS, ASPECTS, GROUP_WORDS, Difference
from perfbook.scorecard.statements_block import write_statements
from perfbook.scorecard.view import View
from perfbook.workbook.writer import Sheet, Value

SHEET = "Reconciliation"
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Differs in", 19),
    ("Code", 10),
    ("Measure", 46),
    ("Figure for", 12),
    ("Ours", 26),
    ("Published", 26),
    ("Actual", 12),
    ("Target", 14),
    ("Previous period", 12),
    ("Same period last year", 12),
)
_TOTALS_ROW = 4
# What is ours in each aspect, in the order of ASPECTS.
_OURS = ("score_text", "trend_text", "annual_text", "actual_text")
_FIELDS = {1: "code", 2: "title", 3: "about"}
_FIGURES = {6: "actual_text", 7: "target_text", 8: "previous_text", 9: "last_year_text"}


def write_reconciliation(frame: Frame, counts: Counts) -> None:
    """Writes the sheet."""
    view = frame.view
    widths = [width for _, width in _COLUMNS]
    sheet = open_sheet(frame, SHEET, "Reconciliation: ours beside what was published", widths, head_row=1)
    sheet.raw.freeze_panes(2, 0)
    totals = view.count_rows
    first = _TOTALS_ROW + 1
    last = first + len(totals) - 1
    _verdict(frame, sheet, first, last)
    if view.has_measures:
        _totals_only(frame, sheet, first)
    labels = ("Group", "Count", "", "Ours", "Published", "Ours less published")
    head(frame, sheet, _TOTALS_ROW, labels, height=20, figures=(3, 4, 5))
    shown = view.reconciliations[view.chosen].totals
    lines = {"bottom": 7, "bottom_color": frame.book.house.line, "valign": "vcenter"}
    words, figure = frame.bare(**lines), frame.bare(align="right", num_format="#,##0", **lines)
    gap = frame.bare(align="right", num_format='+0;-0;"equal"', **lines)
    for row, total in enumerate(shown, first):
        # The group stands once, where it begins; the label runs over the cell beside it.
        begins = row == first or shown[row - first - 1].group != total.group
        sheet.text(row, 0, GROUP_WORDS[total.group] if begins else "", frame.bare(bold=True, **lines))
        sheet.text(row, 1, total.label, words)
        sheet.blank(row, 2, words)
        ours, printed = counts.live(total.group, total.outcome), counts.printed(total.group, total.outcome)
        sheet.formula(row, 3, f"={ours}", total.ours, figure)
        published: Value = "" if total.published is None else total.published
        sheet.formula(row, 4, f"={printed}", published, figure)
        less: Value = "" if total.published is None else total.ours - total.published
        sheet.formula(row, 5, f'=IF({printed}="","",{ours}-{printed})', less, gap)
    bad = frame.book.difference(**frame.book.house.bad())
    options: dict[str, object] = {
        "type": "formula",
        "criteria": f"=AND(ISNUMBER($F{first + 1}),$F{first + 1}<>0)",
        "format": bad,
    }
    sheet.conditional(first, 5, last, 5, options)
    after = write_statements(frame, counts, sheet, last + 2)
    listed = after
    after = write_ratings(frame, sheet, after)
    if view.has_measures:
        _list(frame, sheet, after)
    elif listed == after:
        sheet.raw.print_area(0, 0, after - 2, len(_COLUMNS) - 1)


def _verdict(frame: Frame, sheet: Sheet, first: int, last: int) -> None:
    """Says plainly whether anything was published, and how many differences there are."""
    if not frame.view.has_measures:
        _totals_verdict(frame, sheet, first, last)
        return
    found = frame.view.reconciliations[frame.view.chosen]
    printed = "+".join(f"COUNT(INDEX(printed_{aspect},0,period_number))" for aspect in ("score", "trend", "annual"))
    if frame.view.has_printed_states:
        printed += '+COUNTIF(INDEX(printed_state,0,period_number),"?*")'
    there = f'COUNT($E${first + 1}:$E${last + 1})+{printed}+COUNTIF(INDEX(printed_text,0,period_number),"?*")'
    listed = "+".join(frame.calc.last(f"differs_{aspect}") for aspect in ASPECTS)
    nothing = "Nothing was published for this period."
    agrees = "Everything that was published agrees with ours, measure by measure."
    many = " differences between ours and what was published, measure by measure, listed below."
    one = "1 difference between ours and what was published, listed below."
    count = len(found.differences)
    value = agrees if not count else one if count == 1 else f"{count}{many}"
    sheet.formula(
        2,
        0,
        f'=IF({there}=0,"{nothing}",IF({listed}=0,"{agrees}",IF({listed}=1,"{one}",({listed})&"{many}")))',
        value if found.has_outcomes else nothing,
        frame.book.style(**frame.book.house.subtitle()),
    )


def _totals_only(frame: Frame, sheet: Sheet, first: int) -> None:
    """Says of which outcomes the report printed totals alone, and of how many measures."""
    view = frame.view
    found = view.reconciliations[view.chosen]
    parts, value = [], ""
    for group in ("score", "trend", "annual"):
        rows = [row for row, total in enumerate(view.count_rows, first + 1) if total[:2] in _judged(view, group)]
        ours, theirs = (f"${letter}${rows[0]}:${letter}${rows[-1]}" for letter in "DE")
        before = f"{GROUP_WORDS[group]}: ours covers "
        behind = "; it printed totals alone, so the measures behind a difference cannot be named. "
        parts.append(
            f"IF(AND(COUNT({theirs})>0,COUNT(INDEX(printed_{group},0,period_number))=0),"
            f'"{before}"&SUM({ours})&" measures, the report "&SUM({theirs})&"{behind}","")'
        )
        totals = [total for total in found.totals if (total.group, total.outcome) in _judged(view, group)]
        printed = [total.published for total in totals if total.published is not None]
        if printed and not found.compared[group]:
            value += f"{before}{sum(t.ours for t in totals)} measures, the report {sum(printed)}{behind}"
    style = frame.book.style(**(frame.book.house.note() | {"text_wrap": False}))
    sheet.formula(_TOTALS_ROW - 1, 0, f"={'&'.join(parts)}", value, style)


def _judged(view: View, group: str) -> set[tuple[str, str]]:
    """The outcomes of a group in which a measure is judged."""
    return {(g, outcome) for g, outcome, *_ in view.count_rows if g == group and not outcome.startswith("not_")}


def _totals_verdict(frame: Frame, sheet: Sheet, first: int, last: int) -> None:
    """The same where there are totals alone."""
    found = frame.view.reconciliations[frame.view.chosen]
    gap = f"$F${first + 1}:$F${last + 1}"
    differ = f"SUMPRODUCT(ISNUMBER({gap})*({gap}<>0))"
    nothing, agrees = "Nothing was published for this period.", "Every total that was published agrees with ours."
    count = sum(total.differs for total in found.totals)
    value = f"{count} published totals differ from ours." if count else agrees
    sheet.formula(
        2,
        0,
        f'=IF(COUNT($E${first + 1}:$E${last + 1})=0,"{nothing}",IF({differ}=0,"{agrees}",'
        f'{differ}&" published totals differ from ours."))',
        value if found.has_outcomes else nothing,
        frame.book.style(**frame.book.house.subtitle()),
    )


def _list(frame: Frame, sheet: Sheet, at: int) -> None:
    view, calc, feed = frame.view, frame.calc, frame.feed
    head(frame, sheet, at, [label for label, _ in _COLUMNS], height=32, figures=tuple(_FIGURES))
    found = view.reconciliations[view.chosen].differences
    rows = {measure.key: row for row, measure in enumerate(view.framework.measures)}
    plain, figure = frame.bare(text_wrap=True, valign="vcenter"), frame.bare(align="right", valign="vcenter")
    for rank in range(feed.differences):
        row = at + 1 + rank
        difference = found[rank] if rank < len(found) else None
        aspect, measure = feed.aspect(rank), feed.difference(rank)

        def put(column: int, formula: str, value: Value, style: object) -> None:
            # A list without rows says so where its first would stand.
            nothing = NONE if row == at + 1 and column == 0 else ""  # noqa: B023
            known = value if difference is not None else nothing  # noqa: B023
            sheet.formula(row, column, f'=IF({aspect}=0,"{nothing}",{formula})', known, style)  # noqa: B023

        words = ",".join(f'"{ASPECT_WORDS[each]}"' for each in ASPECTS)
        put(0, f"CHOOSE({aspect},{words})", ASPECT_WORDS[difference.aspect] if difference else "", plain)
        place = rows[difference.measure.key] if difference else 0
        for column, name in {**_FIELDS, **_FIGURES}.items():
            style = figure if column in _FIGURES else plain
            put(column, calc.pick(name, measure), calc.values[name][place], style)
        put(4, _ours(frame, aspect, measure), difference.ours if difference else "", plain)
        put(5, _theirs(frame, aspect, measure), difference.published if difference else "", plain)
    lined = frame.book.difference(bottom=1, bottom_color=frame.book.house.line)
    end = at + feed.differences
    options: dict[str, object] = {"type": "formula", "criteria": f'=$A{at + 2}<>""', "format": lined}
    sheet.conditional(at + 1, 0, end, len(_COLUMNS) - 1, options)
    write_rows(frame, sheet, at + 1, difference_rows(view, feed))


def difference_rows(view: View, feed: Feed) -> Block:
    """The heights of the rows, and how many are printed."""
    most = max(len(view.reconciliations[period].differences) for period in view.periods)
    heights = runs(_height(view, rank) for rank in range(feed.differences))
    return Block("rows_reconciliation", "rows", len(_COLUMNS), heights=heights, printed=max(most, 1))


def _ours(frame: Frame, aspect: str, measure: str) -> str:
    """Our outcome in the aspect; a direction of a measure that is not reported is its state."""
    calc = frame.calc
    picks = []
    for name in _OURS:
        text = calc.pick(name, measure)
        if name in ("trend_text", "annual_text"):
            text = f'IF({text}="",{calc.pick("state_word", measure)},{text})'
        picks.append(text)
    return f"CHOOSE({aspect},{','.join(picks)})"


def _theirs(frame: Frame, aspect: str, measure: str) -> str:
    calc = frame.calc
    score = f"INDEX(scheme_labels,{calc.pick('scheme', measure)},{calc.pick('printed_score', measure)})"
    if frame.view.has_printed_states:
        state = calc.pick("printed_state", measure)
        score = f'IF({state}<>"",UPPER(LEFT({state}))&MID({state},2,30),{score})'
    words = [
        f'CHOOSE({calc.pick(f"printed_{name}", measure)}+2,"Worse","Consistent","Improved")'
        for name in ("trend", "annual")
    ]
    return f"CHOOSE({aspect},{score},{','.join(words)},{calc.pick('printed_text', measure)})"


def _height(view: View, rank: int) -> float:
    heights = [18.0]
    for period in view.periods:
        found: tuple[Difference, ...] = view.reconciliations[period].differences
        if rank < len(found):
            each = found[rank]
            heights.append(row_height([(each.measure.title, 46.0), (each.ours, 26.0), (each.published, 26.0)]))
    return max(heights)
