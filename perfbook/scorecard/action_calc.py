"""The hidden sheet Calc actions: one row a placement for the chosen period, and the counts that follow from them."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from perfbook.framework.plan import reference_of
from perfbook.scorecard.calc import shown_formula
from perfbook.scorecard.view import View
from perfbook.workbook.writer import Book, Value

SHEET = "Calc actions"
FIRST_ROW = 2
COLUMNS = (
    "n",
    "key",
    "reference",
    "action",
    "priority",
    "directorate_place",
    "shown",
    "rating",
    "previous",
    "distinct",
    "unreferenced",
    "several",
    "listed",
)
_FLAGS = ("distinct", "unreferenced", "several")


class ActionCalc:
    """Where things are on the sheet. Rows count from 0, as the placements of the view do."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._letters = {name: xl_col_to_name(place) for place, name in enumerate(COLUMNS)}
        self.values: dict[str, list[Value]] = {}
        if view.has_actions:
            self._work_out()

    def cell(self, name: str, row: int) -> str:
        """The reference of one cell."""
        return f"'{SHEET}'!${self._letters[name]}${row + FIRST_ROW + 1}"

    def column(self, name: str) -> str:
        """The reference of a whole column."""
        letter = self._letters[name]
        return f"'{SHEET}'!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + len(self.view.placements)}"

    def count(self, outcome: str) -> str:
        """A formula part: one of the counts of actions."""
        return f"COUNT({self.column('rating')})" if outcome == "placements" else f"SUM({self.column(outcome)})"

    def _work_out(self) -> None:
        view = self.view
        priorities = {priority.key: number for number, priority in enumerate(view.framework.priorities, 1)}
        placements = view.placements
        # A letter before them: a reference such as 007 would be found as the number 7.
        references = [reference_of(placement.action.code) for placement in placements]
        before = view.periods[view.number - 2] if view.number > 1 else None
        places = {key: number for number, key in enumerate(view.directorate_labels)}
        ratings = [view.rating_place(placement, view.chosen) for placement in placements]
        past = [view.rating_place(placement, before) if before else None for placement in placements]
        self.values = {
            "n": list(range(1, len(placements) + 1)),
            "key": [placement.key for placement in placements],
            "reference": [f"r{reference}" if reference else "" for reference in references],
            "action": [f"k{placement.action.key}" for placement in placements],
            "priority": [priorities[placement.priority] for placement in placements],
            "directorate_place": [places[placement.action.directorate] for placement in placements],
            "shown": [int(view.shows(placement.action)) for placement in placements],
            "rating": ["" if rating is None else rating for rating in ratings],
            "previous": ["" if rating is None else rating for rating in past],
        }
        flags: dict[str, list[Value]] = {name: [] for name in _FLAGS}
        seen: dict[str, int] = {}
        for row, rating in enumerate(ratings):
            there = rating is not None
            reference, action = str(self.values["reference"][row]), str(self.values["action"][row])
            flags["distinct"].append(int(there and bool(reference) and not seen.get(reference)))
            flags["unreferenced"].append(int(there and not reference and not seen.get(action)))
            flags["several"].append(int(there and bool(reference) and seen.get(reference) == 1))
            if there:
                for name in {reference, action} - {""}:
                    seen[name] = seen.get(name, 0) + 1
        self.values |= flags
        count, listed = 0, []
        for placement, rating in zip(placements, ratings, strict=True):
            count += bool(view.directorate) and view.shows(placement.action) and rating is not None
            listed.append(count)
        self.values["listed"] = list(listed)

    def write(self, book: Book) -> None:
        """The sheet; nothing where there are no actions."""
        if not self.view.has_actions:
            return
        sheet = book.sheet(SHEET, state="hidden")
        for place, name in enumerate(COLUMNS):
            sheet.text(FIRST_ROW - 1, place, name)
            for row, value in enumerate(self.values[name]):
                formula = self._formula(name, row)
                if formula:
                    sheet.formula(FIRST_ROW + row, place, f"={formula}", value)
                elif isinstance(value, str):
                    sheet.text(FIRST_ROW + row, place, value)
                else:
                    sheet.number(FIRST_ROW + row, place, value)
        sheet.raw.freeze_panes(FIRST_ROW, 2)

    def _formula(self, name: str, row: int) -> str:
        at = row + FIRST_ROW + 1
        here = {column: f"${letter}{at}" for column, letter in self._letters.items()}
        if name in ("rating", "previous"):
            found = f"INDEX(data_rating,{here['n']},period_number{'-1' if name == 'previous' else ''})"
            held = f'IF(ISNUMBER({found}),{found},"")'
            return held if name == "rating" else f'IF(period_number=1,"",{held})'
        if name == "shown":
            return shown_formula(here["directorate_place"])
        if name == "listed":
            test = f"AND(directorate_number={here['directorate_place']},ISNUMBER({here['rating']}))"
            return f"N(${self._letters[name]}{at - 1})+IF({test},1,0)"
        if name not in _FLAGS:
            return ""
        # Over the rows above, the head among them: it is text, and no reference.
        above = {column: f"${letter}${FIRST_ROW}:${letter}{at - 1}" for column, letter in self._letters.items()}
        there = f"ISNUMBER({here['rating']})"
        by = "action" if name == "unreferenced" else "reference"
        known = f'COUNTIFS({above[by]},{here[by]},{above["rating"]},">=0")'
        bare = f'{here["reference"]}=""' if name == "unreferenced" else f'{here["reference"]}<>""'
        # COUNTIFS is asked only where the row counts at all.
        return f"IF(AND({there},{bare}),IF({known}={1 if name == 'several' else 0},1,0),0)"
