"""The counts at the head of the sheet Directorate, and those of each directorate beside the others."""

from __future__ import annotations

from collections.abc import Callable

from perfbook.scorecard.directorate_lines import Tally
from perfbook.scorecard.frame import Frame, head
from perfbook.scorecard.lists import STATE_WORDS
from perfbook.scorecard.places import CHOSEN_DIRECTORATE
from perfbook.scorecard.words import (
    ACTION_LABELS,
    DIRECTION_KEYS,
    DIRECTION_LABELS,
    DIRECTION_WORDS,
    MEASURE_LABELS,
    rating_labels,
    score_labels,
)
from perfbook.workbook.writer import Sheet, Value

# Label, formula, value.
Entry = tuple[str, str, Value]
_ORDER = ("total", "due", "reported", "missing", "not_available", "not_due", "delayed")
NO_RETURN = "no return is expected"


class DirectorateCounts:
    """Formulas and values. Where all directorates are chosen, the counts at the head are those of the council."""

    def __init__(self, frame: Frame, *, printed: bool = False) -> None:
        self.frame, self.view = frame, frame.view
        # Beside a printed page no sheet lies.
        self.where = "." if printed else ": see Exceptions."
        self.tally = Tally(frame.view, frame.view.directorate, frame.view.chosen)
        self.scores = score_labels(self.view.framework) if self.view.has_measures else {}
        self.ratings = rating_labels(self.view.framework) if self.view.has_actions else {}
        bands = {band.key: band for scheme in self.view.framework.schemes.values() for band in scheme.bands}
        self.symbols = {key: band.symbol or band.word for key, band in bands.items()}

    # -- At the head --------------------------------------------------------------------------------------------------

    def write(self, sheet: Sheet, top: int) -> int:
        """The blocks side by side; gives the row below the longest."""
        view, ends = self.view, []
        places = ((0, 2), (3, 6), (7, 8), 9) if view.has_measures else ((0, 2), (3, 5), None, 7)
        if view.has_measures:
            ends.append(self._block(sheet, top, places[0], "Measures", self._measures()))
            below = self._block(sheet, top, places[1], "Score", self._of_scores())
            ends.append(self._block(sheet, top, places[2], "Trend", self._directions("trend")))
            if view.has_actions:
                below = self._block(sheet, below + 1, places[1], "Rating", self._of_ratings())
            ends.append(below)
        else:
            ends.append(self._block(sheet, top, places[0], "Actions", self._of_actions()))
            ends.append(self._block(sheet, top, places[1], "Rating", self._of_ratings()))
        ends.append(self._words(sheet, top, places[3]))
        return max(ends)

    def _block(self, sheet: Sheet, top: int, span: object, title: str, entries: list[Entry]) -> int:
        assert isinstance(span, tuple)
        first, last = span
        frame, width = self.frame, last - first + 1
        head(frame, sheet, top, (title, *([""] * (width - 2)), "Count"), first=first, height=20, figures=(width - 1,))
        indent = {"indent": 1, "align": "left"} if first else {}
        if first:
            sheet.text(top, first, title, frame.heading_after)
        lines = {"bottom": 7, "bottom_color": frame.book.house.line}
        row = top + 1
        for label, formula, value in entries:
            plain = frame.bare(valign="vcenter", **lines, **indent)
            sheet.text(row, first, label, plain)
            for column in range(first + 1, last):
                sheet.blank(row, column, plain)
            style = frame.bare(num_format="0", align="right", valign="vcenter", **lines)
            sheet.formula(row, last, f"={formula}", value, style)
            row += 1
        return row

    def _words(self, sheet: Sheet, top: int, column: object) -> int:
        """What has come, in words."""
        assert isinstance(column, int)
        frame, view = self.frame, self.view
        sheet.text(top, column, "Return", frame.heading_after)
        received = sum(each.is_received for each in view.quarter.returns)
        states = "+".join(
            f'COUNTIF(INDEX(list_returns,0,2),"{STATE_WORDS[state]}")' for state in ("certified", "provisional")
        )
        expected = 'COUNTIF(INDEX(list_returns,0,1),"?*")'
        every = f'{states}&" of "&{expected}&" returns were received."'
        one = f'"The return: "&{self._state(CHOSEN_DIRECTORATE)}&"."'
        name = view.directorate_labels[view.directorate]
        value = (
            f"The return: {self._state_of(name)}."
            if view.directorate
            else f"{received} of {len(view.quarter.returns)} returns were received."
        )
        plain = frame.bare(valign="vcenter", text_wrap=True, align="left", indent=1)
        sheet.formula(top + 1, column, f"=IF(directorate_number=0,{every},{one})", value, plain)
        if not view.has_measures:
            return top + 2
        found = self.tally.exceptions
        last = frame.calc.last("exceptions") if view.framework.measures else "0"
        text = f'={last}&IF({last}=1," measure needs"," measures need")&" an explanation{self.where}"'
        said = f"{found} measure{' needs' if found == 1 else 's need'} an explanation{self.where}"
        sheet.formula(top + 2, column, text, said, plain)
        return top + 3

    def _state(self, name: str) -> str:
        found = f"INDEX(INDEX(list_returns,0,2),MATCH({name},INDEX(list_returns,0,1),0))"
        return f'IFERROR(LOWER({found}),"{NO_RETURN}")'

    def _state_of(self, name: str) -> str:
        names = {each.key: each.name for each in self.view.framework.directorates}
        for record in self.view.quarter.returns:
            if names[record.directorate].casefold() == name.casefold():
                return record.state
        return NO_RETURN

    def _shown(self, *pairs: str) -> str:
        return f"COUNTIFS({self.frame.calc.column('shown')},1{''.join(f',{pair}' for pair in pairs)})"

    def _measures(self) -> list[Entry]:
        if not self.view.framework.measures:
            return []
        state = self.frame.calc.column("state")
        values = self.tally.measures.measures
        total = f"({self._shown()}-{self._shown(f'{state},{chr(34)}withdrawn{chr(34)}')})"
        formulas = {name: self._shown(f'{state},"{name.replace("_", " ")}"') for name in _ORDER}
        formulas["total"] = total
        formulas["due"] = f"{total}-{formulas['not_due']}-{formulas['delayed']}"
        return [(MEASURE_LABELS[name], formulas[name], values[name]) for name in _ORDER]

    def _of_scores(self) -> list[Entry]:
        if not self.view.framework.measures:
            return []
        place, values = self.frame.calc.column("place"), self.tally.measures.score
        return [
            (label, self._shown(f"{place},{number}"), values[key])
            for number, (key, label) in enumerate(self.scores.items(), 1)
        ]

    def _directions(self, group: str) -> list[Entry]:
        if not self.view.framework.measures:
            return []
        text, values = self.frame.calc.column(f"{group}_text"), self.tally.measures.trend
        return [
            (label, self._shown(f'{text},"{DIRECTION_WORDS[DIRECTION_KEYS.get(key)]}"'), values[key])
            for key, label in DIRECTION_LABELS.items()
        ]

    def _of_actions(self) -> list[Entry]:
        column, actions = self.frame.actions.column, self.tally.actions
        count = f'COUNTIFS({column("shown")},1,{column("rating")},">=0")'
        rated = f'COUNTIFS({column("shown")},1,{column("rating")},">0")'
        none = actions.rating["none"]
        return [
            (ACTION_LABELS["placements"], count, actions.placements),
            ("Rated among them", rated, actions.placements - none),
        ]

    def _of_ratings(self) -> list[Entry]:
        column, values = self.frame.actions.column, self.tally.actions.rating
        places = self.view.rating_places
        return [
            (label, f"COUNTIFS({column('shown')},1,{column('rating')},{places[key]})", values[key])
            for key, label in self.ratings.items()
        ]

    # -- Each beside the others ---------------------------------------------------------------------------------------

    def in_line(self, key: str, at: str) -> tuple[str, Callable[[int], Value]]:
        """A cell of the line of a directorate, whose number another cell holds; the value by its place from 0."""
        view = self.view
        keys = [each.key for each in view.directorates]
        names = [view.directorate_labels[each] for each in keys]
        if key == "title":
            return f"INDEX(directorate_labels,{at}+1,1)", lambda place: names[place]
        if key == "said":
            name = f"INDEX(directorate_labels,{at}+1,1)"
            state = self._state(name)
            return f"UPPER(LEFT({state},1))&MID({state},2,60)", lambda place: _capital(self._state_of(names[place]))
        get = self._of_measures(at) if view.framework.measures else self._of_placements(at)
        if key not in get:
            return '""', lambda _: ""
        formula, value = get[key]
        return formula, lambda place: value(Tally(view, keys[place], view.chosen))

    def _of_measures(self, at: str) -> dict[str, tuple[str, Callable[[Tally], Value]]]:
        calc = self.frame.calc
        where, state = calc.column("directorate_place"), calc.column("state")

        def counted(*pairs: str) -> str:
            return f"COUNTIFS({where},{at}{''.join(f',{pair}' for pair in pairs)})"

        withdrawn, missing, none = (f'{state},"{word}"' for word in ("withdrawn", "missing", "not available"))
        trend = calc.column("trend_text")
        found: dict[str, tuple[str, Callable[[Tally], Value]]] = {
            "about": (f"{counted()}-{counted(withdrawn)}", lambda t: t.measures.measures["total"]),
            "actual": (
                counted(f'{state},"reported"'),
                lambda t: t.measures.measures["reported"],
            ),
            "target": (
                f"{counted(missing)}+{counted(none)}",
                lambda t: t.measures.measures["missing"] + t.measures.measures["not_available"],
            ),
            "previous": (counted(f"{calc.column('excepted')},1"), lambda t: t.exceptions),
            "trend": (counted(f'{trend},"{DIRECTION_WORDS[1]}"'), lambda t: t.measures.trend["improved"]),
            "annual": (counted(f'{trend},"{DIRECTION_WORDS[-1]}"'), lambda t: t.measures.trend["worse"]),
        }
        place = calc.column("place")
        bands = [key for key in self.scores if key != "not_scored"]
        parts = [
            f'"{_doubled(self.symbols[key])} "&{counted(f"{place},{number}")}' for number, key in enumerate(bands, 1)
        ]
        found["score"] = (
            '&" · "&'.join(parts) or '""',
            lambda t: " · ".join(f"{self.symbols[key]} {t.measures.score[key]}" for key in bands),
        )
        return found

    def _of_placements(self, at: str) -> dict[str, tuple[str, Callable[[Tally], Value]]]:
        column = self.frame.actions.column
        where, rating = column("directorate_place"), column("rating")
        keys = [key for key in self.ratings if key != "none"]
        places = self.view.rating_places
        parts = [f'"{_doubled(self.symbols[key])} "&COUNTIFS({where},{at},{rating},{places[key]})' for key in keys]
        return {
            "about": (f'COUNTIFS({where},{at},{rating},">=0")', lambda t: t.actions.placements),
            "actual": (
                f'COUNTIFS({where},{at},{rating},">0")',
                lambda t: t.actions.placements - t.actions.rating["none"],
            ),
            "score": (
                '&" · "&'.join(parts) or '""',
                lambda t: " · ".join(f"{self.symbols[key]} {t.actions.rating[key]}" for key in keys),
            ),
        }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _doubled(text: str) -> str:
    return text.replace('"', '""')
