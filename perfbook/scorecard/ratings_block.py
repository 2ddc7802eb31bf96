"""Ratings beside the published ones, place by place, on the sheet Reconciliation, and the hidden sheet behind them."""

from __future__ import annotations

from perfbook.scorecard.action_calc import ActionCalc
from perfbook.scorecard.blocks import Block, runs
from perfbook.scorecard.frame import Frame, head, row_height, write_rows
from perfbook.scorecard.rating_reconcile import NOT_ASKED, printed_rating
from perfbook.scorecard.view import View
from perfbook.scorecard.words import rating_labels
from perfbook.workbook.writer import Book, Sheet, Value

SHEET = "Calc ratings"
NONE = "None"  # where the first difference would stand
_HEADS = ("Rating differs", "Reference", "Action", "Deliverable", "Ours", "Published", "", "", "", "")
_CALC_HEADS = ("Place", "Published", "Differs", "So far", "Rank", "Row", "Reference", "Title", "Under")
_FIRST = 1
# Rows that no difference needs are kept low: what follows is not far away.
_LOW = 3.0
_NOTHING = "No report has printed ratings of actions for this period."
_DIFFER, _LISTED = " ratings compared with the published ones, place by place: ", " differ, listed below."
_SAME = " ratings compared with the published ones, place by place: all are the same."


def rows_of(view: View) -> int:
    """How many rows the list has: one for whatever was printed, in the period with the most."""
    return max(1, *(found.ratings_compared for found in view.reconciliations.values()))


def rating_rows(view: View) -> Block:
    """The heights of the rows of the list, and how many are printed."""
    most = max(len(found.ratings) for found in view.reconciliations.values())
    # The first says that there is none.
    heights = [row_height([(NONE, 19.0)]), *[_LOW] * (rows_of(view) - 1)]
    for rank in range(most):
        texts = [
            (text, width)
            for found in view.reconciliations.values()
            for each in found.ratings[rank : rank + 1]
            for text, width in ((each.placement.action.title, 46.0), (each.ours, 26.0), (each.published, 26.0))
        ]
        heights[rank] = row_height(texts)
    return Block("rows_ratings", "rows", len(_HEADS), heights=runs(heights), printed=max(most, 1))


def write_ratings(frame: Frame, sheet: Sheet, at: int) -> int:
    """Writes the list, differences alone, for whichever period is chosen. Returns the next free row."""
    view = frame.view
    if not view.has_printed_ratings:
        return at
    found = view.reconciliations[view.chosen]
    compared, differ = _cells(view)
    many = f'"{_DIFFER}"&{differ}&"{_LISTED}"'
    shown = _NOTHING
    if found.ratings_compared:
        behind = f"{_DIFFER}{len(found.ratings)}{_LISTED}" if found.ratings else _SAME
        shown = f"{found.ratings_compared}{behind}"
    formula = f'=IF({compared}=0,"{_NOTHING}",{compared}&IF({differ}=0,"{_SAME}",{many}))'
    sheet.formula(at, 0, formula, shown, frame.bare(bold=True))
    head(frame, sheet, at + 1, _HEADS, height=20)
    plain = frame.bare(text_wrap=True, valign="vcenter")
    labels = [rating_labels(view.framework)[key] for key in view.rating_places]
    first = at + 2
    size = rows_of(view)
    for rank in range(size):
        row = first + rank
        each = found.ratings[rank] if rank < len(found.ratings) else None
        place = view.placements.index(each.placement) if each else 0
        cell = f"'{SHEET}'!$F${rank + _FIRST + 1}"

        def put(column: int, formula: str, value: Value) -> None:
            nothing = NONE if row == first and column == 0 else ""  # noqa: B023
            known = value if each else nothing  # noqa: B023
            sheet.formula(row, column, f'=IF({cell}=0,"{nothing}",{formula})', known, plain)  # noqa: B023

        action = each.placement.action if each else None
        deliverable = each.placement.deliverable if each else None
        put(0, f'"{_HEADS[0]}"', _HEADS[0])
        for column, letter, text in (
            (1, "G", action.code or action.key if action else ""),
            (2, "H", action.title if action else ""),
            (3, "I", (deliverable.code or deliverable.key) if deliverable else ""),
        ):
            put(column, f'INDEX({_column(view, letter)},{cell},1)&""', text)
        ours = f"INDEX({frame.actions.column('rating')},{cell},1)"
        number = view.rating_place(view.placements[place], view.chosen)
        words = NOT_ASKED if number is None else labels[number]
        put(4, f'IF(ISNUMBER({ours}),INDEX(rating_labels,{ours}+1,1),"{NOT_ASKED}")', words)
        printed = f"INDEX({_column(view, 'B')},{cell},1)"
        put(5, f"INDEX(rating_labels,{printed}+1,1)", each.published if each else "")
    lined = frame.book.difference(bottom=1, bottom_color=frame.book.house.line)
    options: dict[str, object] = {"type": "formula", "criteria": f'=$A{first + 1}<>""', "format": lined}
    sheet.conditional(first, 0, first + size - 1, len(_HEADS) - 1, options)
    write_rows(frame, sheet, first, rating_rows(view))
    return first + size + 1


def _column(view: View, letter: str) -> str:
    return f"'{SHEET}'!${letter}${_FIRST + 1}:${letter}${_FIRST + len(view.placements)}"


def _cells(view: View) -> tuple[str, str]:
    """How many are compared, and how many differ, as parts of a formula."""
    last = f"'{SHEET}'!$D${_FIRST + len(view.placements)}"
    return f"COUNT({_column(view, 'B')})", last


def write_rating_calc(book: Book, view: View, actions: ActionCalc) -> None:
    """The hidden sheet: a row a placement with what was printed and how many differ up to it, and a row a rank."""
    if not view.has_printed_ratings:
        return
    sheet = book.sheet(SHEET, state="hidden")
    for column, label in enumerate(
        ("Place", "Published", "Differs", "So far", "Rank", "Row", "Reference", "Title", "Under")
    ):
        sheet.text(0, column, label)
    so_far = 0
    rows: list[int] = []
    for place, placement in enumerate(view.placements):
        row = place + _FIRST
        at = row + 1
        printed = printed_rating(view.framework, placement, view.chosen)
        number = None if printed is None else view.rating_places[printed]
        ours = view.rating_place(placement, view.chosen)
        differs = int(number is not None and number != ours)
        so_far += differs
        if differs:
            rows.append(place + 1)
        found = f"INDEX(printed_rating,{place + 1},period_number)"
        sheet.number(row, 0, place + 1)
        sheet.formula(row, 1, f'=IF(ISNUMBER({found}),{found},"")', "" if number is None else number)
        sheet.formula(row, 2, f"=IF(ISNUMBER(B{at}),IF(B{at}={actions.cell('rating', place)},0,1),0)", differs)
        before = f"D{row}+" if place else ""
        sheet.formula(row, 3, f"={before}C{at}", so_far)
        sheet.text(row, 6, placement.action.code or placement.action.key)
        sheet.text(row, 7, placement.action.title)
        deliverable = placement.deliverable
        sheet.text(row, 8, (deliverable.code or deliverable.key) if deliverable else "")
    counted = _column(view, "D").partition("!")[2]
    for rank in range(rows_of(view)):
        sheet.number(rank + _FIRST, 4, rank + 1)
        known = rows[rank] if rank < len(rows) else 0
        sheet.formula(rank + _FIRST, 5, f"=IFERROR(MATCH(E{rank + _FIRST + 1},{counted},0),0)", known)
