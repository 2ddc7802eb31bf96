"""The sheet Actions: one row an action, what is due and what was said last time, a rating and an update to fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from perfbook.checks import action_rules as checks
from perfbook.checks.set_up import hushed
from perfbook.framework.model import Framework, Scheme
from perfbook.framework.periods import Period
from perfbook.framework.plan import rating_scheme
from perfbook.records import NOT_RATED, ActionReport
from perfbook.returns import actions_layout as layout
from perfbook.returns import heights, page, progress, validation
from perfbook.returns.actions_layout import ActionRow, rows_of, words_of
from perfbook.returns.entries import put
from perfbook.returns.filled import BLANK, Filled
from perfbook.returns.layout import DASH, QUERY, REPLY
from perfbook.returns.measures_place import FIRST_ROW, GROUP_ROW, HEADER_ROW, KEY_ROW, PROGRESS_ROW, SIZE, TITLE_ROW
from perfbook.returns.progress import Now, Remains, Tally
from perfbook.returns.query_cells import QueryCells, heads_of
from perfbook.scoring.expr import Cell, Expr, Var, all_, call, evaluate, if_, is_blank, to_excel
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

_LEAST_LINES = 3
_LISTS = "_ratings"
_TO_FILL = "Choose a rating, and write what has been done."
_LONGEST_LIST = 255

Reports = Mapping[tuple[str, str, Period], ActionReport]


def write_actions(
    book: Book,
    framework: Framework,
    directorate: str,
    period: Period,
    reports: Reports,
    signed: str,
    filled: Filled = BLANK,
    state: str = "",
) -> Remains | None:
    """Writes the sheet, and says what remains on it; None, and no sheet, where the directorate has no action.

    `reports` are those of earlier periods, by action, deliverable and period; `filled` what the inputs are filled with,
    and what is asked. `signed` refers to the cell with the state of the sign-off, which is `state`.
    """
    rows = tuple(rows_of(framework, directorate, period))
    if not rows:
        return None
    return _Actions(book, framework, directorate, period, reports, (signed, state), filled, rows).write()


class _Actions:
    def __init__(
        self,
        book: Book,
        framework: Framework,
        directorate: str,
        period: Period,
        reports: Reports,
        signed: tuple[str, str],
        filled: Filled,
        rows: Sequence[ActionRow],
    ) -> None:
        self.book, self.house = book, book.house
        self.framework, self.period = framework, period
        self.name = framework.directorate(directorate).name
        self.reports, self.entries, self.rows = reports, filled.entries, rows
        self.sheet: Sheet = book.sheet(layout.SHEET)
        self.columns = layout.columns(asked=filled.goes_back)
        self.at = {column.key: index for index, column in enumerate(self.columns, start=1)}
        self.queries = QueryCells(
            book, self.sheet, layout.ACTION, self.at, layout.INPUT_KEYS, filled, SIZE, heads_of(self.columns)
        )
        self.signed, self.state = signed
        self.todo: list[int] = []
        self.problems: list[int] = []
        self.now: list[Now] = []
        self.lists: dict[str, str] = {}

    def write(self) -> Remains:
        for row, each in enumerate(self.rows, start=FIRST_ROW):
            self.sheet.text(row, 0, each.key, self.book.style(**self._small(self.house.locked())))
            self._facts(row, each)
            self._inputs(row, each)
            self._live(row, each)
            self.queries.write(row, each.key, self._name(each), formats={layout.PROGRESS: "0%"})
            self.sheet.raw.set_row(row, self._height(each))
        remains = self._remains()
        self._head(remains)
        self._colours()
        self._set_up()
        return remains

    # -- styles and references ----------------------------------------------------------------------------------------

    def _small(self, style: Properties) -> Properties:
        return style | {"font_size": SIZE}

    def _locked(self, **more: object) -> object:
        return self.book.style(**(self._small(self.house.locked()) | {"text_wrap": True, "valign": "vcenter"} | more))

    def _column(self, key: str) -> str:
        letter = xl_col_to_name(self.at[key])
        return f"${letter}:${letter}"

    def _cell(self, key: str) -> str:
        # Not the cell's address: cutting and pasting an input would rewire it.
        return f"INDEX({self._column(key)},ROW())"

    # -- what is known ------------------------------------------------------------------------------------------------

    def _facts(self, row: int, each: ActionRow) -> None:
        known = self._known(each)
        quiet: Properties = {"font_color": self.house.muted, "italic": True} if each.is_place else {}
        words = words_of(each, self.framework)
        looks: dict[str, Properties] = {
            "code": quiet,
            "title": quiet or {"bold": True},
            "due": {"font_color": self.house.muted if words["due"] == DASH else "#1F2933"},
        }
        for key, text in words.items():
            self.sheet.text(row, self.at[key], text, self._locked(**looks.get(key, {})))
        self.sheet.text(row, self.at["previous"], self._previous(each, known) or DASH, self._locked())
        self.sheet.text(row, self.at["last_update"], known.update if known else "", self._locked())

    def _known(self, each: ActionRow) -> ActionReport | None:
        return self.reports.get((each.action.key, each.deliverable, self.period.previous))

    def _name(self, each: ActionRow) -> str:
        """What people call the row."""
        name = f"{each.action.code} {each.action.title}".strip()
        return f"{name} (under {words_of(each, self.framework)['deliverable']})" if each.is_place else name

    def _previous(self, each: ActionRow, known: ActionReport | None) -> str:
        if known is None:
            return ""
        if known.rating == NOT_RATED:
            return checks.NOT_RATED_WORD
        bands = {band.key: band for band in rating_scheme(self.framework, each.action).bands}
        band = bands.get(known.rating)
        return f"{band.symbol} {band.word}" if band else ""

    # -- what is filled -----------------------------------------------------------------------------------------------

    def _inputs(self, row: int, each: ActionRow) -> None:
        scheme = rating_scheme(self.framework, each.action)
        house = self.house
        looks: dict[str, Properties] = {
            layout.RATING: house.input("@") | {"text_wrap": True, "valign": "vcenter"},
            layout.UPDATE: house.input_text(),
            layout.REVISED: house.input("d mmm yyyy") | {"align": "left", "text_wrap": True},
            layout.PROGRESS: house.input("0%") | {"align": "right", "text_wrap": True},
            layout.MILESTONE: house.input_text(),
        }
        options = {
            layout.RATING: self._rating_options(scheme, each),
            layout.UPDATE: validation.text(
                "Update", "What has been done since last time, with figures; what comes next."
            ),
            layout.REVISED: _REVISED,
            layout.PROGRESS: _PROGRESS,
            layout.MILESTONE: validation.text("Next milestone", "What will be reached next, and by when."),
        }
        for key in layout.INPUT_KEYS:
            look = self._small(looks[key])
            put(self.book, self.sheet, row, self.at[key], self.entries.get((each.key, key)), look)
            self.sheet.validation(row, self.at[key], row, self.at[key], options[key])

    def _rating_options(self, scheme: Scheme, each: ActionRow) -> validation.Options:
        words = checks.rating_words(scheme)
        inline = not any("," in word for word in words) and len(",".join(words)) <= _LONGEST_LIST
        hint = "Choose how the action stands."
        if each.is_place:
            hint = "Leave it blank where it is as above. Choose only what differs under this deliverable."
        return {
            "validate": "list",
            "source": list(words) if inline else self._list(scheme),
            "input_title": "Rating",
            "input_message": f"{hint} {checks.NOT_RATED_WORD}: nothing can be said yet.",
            "error_title": "Please choose from the list",
            "error_message": "Choose one of the ratings in the list; its arrow is at the right of the cell.",
        }

    def _list(self, scheme: Scheme) -> str:
        """Words with commas, and many words, do not fit into a validation: they stand on a sheet of their own."""
        if scheme.key not in self.lists:
            known = self.book.sheets.get(_LISTS)
            sheet = known or self.book.sheet(_LISTS, state="very_hidden")
            column = len(self.lists)
            words = checks.rating_words(scheme)
            for row, word in enumerate(words):
                sheet.text(row, column, word)
            letter = xl_col_to_name(column)
            self.lists[scheme.key] = f"={_LISTS}!${letter}$1:${letter}${len(words)}"
        return self.lists[scheme.key]

    # -- what follows -------------------------------------------------------------------------------------------------

    def _live(self, row: int, each: ActionRow) -> None:
        scheme = rating_scheme(self.framework, each.action)
        known = self._known(each)
        values: dict[str, Cell] = {key: self._value(each, key) for key in layout.INPUT_KEYS}
        # Spaces around a word that was pasted do not matter.
        values[layout.RATING] = " ".join(str(values[layout.RATING] or "").split()) or None
        values["last_update"] = known.update if known else None
        values["signed"] = self.state or None
        names = {
            **{key: self._cell(key) for key in layout.INPUT_KEYS},
            layout.RATING: f"TRIM({self._cell(layout.RATING)})",
            "last_update": self._cell("last_update"),
            "signed": self.signed,
        }
        settings = hushed(self.framework, each.action.key, self.period)
        level = checks.live_level(scheme, place=each.is_place, settings=settings)
        wrong = _at_least(level, 2)
        if QUERY in self.at:
            # What has a reply is answered.
            wrong = all_(wrong, is_blank(Var(REPLY)))
            values[REPLY], names[REPLY] = None, self._cell(REPLY)
        problem: Expr = if_(wrong, 1, 0)
        todo: Expr = if_(checks.untouched(), 0 if each.is_place else 1, 0)
        goes: dict[str, Expr] = {key: Var(f"at_{key}") for key in layout.INPUT_KEYS}
        formulas: tuple[tuple[str, Expr], ...] = (
            ("level", level),
            ("todo", todo),
            ("problem", problem),
            ("check", checks.live_message(scheme, place=each.is_place, settings=settings)),
            ("where", checks.live_place(scheme, goes, place=each.is_place, settings=settings)),
            ("rank", progress.rank()),
        )
        values |= {"row": row + 1, **{f"at_{key}": self.at[key] + 1 for key in layout.INPUT_KEYS}}
        names |= {"row": "ROW()", "todo": self._cell("todo"), "problem": self._cell("problem")}
        names |= {f"at_{key}": f"COLUMN(${xl_col_to_name(self.at[key])}$1)" for key in layout.INPUT_KEYS}
        told: dict[str, str | Decimal | bool] = {}
        for key, expression in formulas:
            found = evaluate(expression, values)
            shown = found if isinstance(found, str | bool) else Decimal(int(found or 0))
            values[key] = told[key] = shown
            style = self._locked(bg_color=self.house.page)
            self.sheet.formula(row, self.at[key], "=" + to_excel(expression, names), shown, style)
            if key == "todo" and not each.is_place:
                self.todo.append(int(shown))
            if key == "problem":
                self.problems.append(int(shown))
        ranked = told["rank"]
        rank = int(ranked) if isinstance(ranked, Decimal) else 0
        name = " ".join(f"{each.action.code} {words_of(each, self.framework)['title']}".split())
        self.now.append(Now(row + 1, name, str(told["check"]), "", int(told["todo"]), 0, int(told["problem"]), rank))

    def _value(self, each: ActionRow, key: str) -> Cell:
        entry = self.entries.get((each.key, key))
        return Decimal(_serial(entry)) if isinstance(entry, date) else entry

    def _remains(self) -> Remains:
        todo, problem = (f"{layout.SHEET}!{self._column(key)}" for key in ("todo", "problem"))
        total = len(self.todo)
        noun = "action" if total == 1 else "actions"
        to_check = f"SUM({problem})"
        formula = (
            f'=IF(SUM({todo})=0,"Every action is rated",SUM({todo})&" of {total} {noun} to go")'
            f'&IF({to_check}=0,"",", "&{to_check}&IF({to_check}=1," row"," rows")&" to check")&"."'
        )
        left, problems = sum(self.todo), sum(self.problems)
        value = f"{left} of {total} {noun} to go" if left else "Every action is rated"
        if problems:
            value += f", {problems} row{'' if problems == 1 else 's'} to check"
        asked = tuple(self.queries.asked)
        letters = {key: xl_col_to_name(at) for key, at in self.at.items()}
        last = FIRST_ROW + len(self.rows)
        rows = Tally(layout.SHEET, letters, FIRST_ROW + 1, last, tuple(self.now), "action", _TO_FILL)
        return Remains(layout.SHEET, "Actions", formula, f"{value}.", "Every action is rated.", asked, rows)

    # -- head, colours and set-up -------------------------------------------------------------------------------------

    def _head(self, remains: Remains) -> None:
        sheet, book, house = self.sheet, self.book, self.house
        keys = book.style(font_color=house.muted, font_size=8)
        sheet.text(KEY_ROW, 0, layout.ACTIONS_MARK, keys)
        sheet.text(TITLE_ROW, 1, f"{self.name}: actions, {self.period.label}", book.style(**house.title()))
        sheet.formula(PROGRESS_ROW, 1, remains.formula, remains.value, book.style(**house.subtitle()))
        previous = ""
        for column in self.columns:
            index = self.at[column.key]
            sheet.text(KEY_ROW, index, column.key, keys)
            # Inputs and what follows from them are headed in different tones, and named.
            fill = house.middle_fill if column.kind == "input" else house.subheading_fill
            group = self._small(house.subheading()) | {"bg_color": fill}
            sheet.text(GROUP_ROW, index, "" if column.group == previous else column.group, book.style(**group))
            previous = column.group
            header = f"{column.header}\n{self.period.previous.label}" if column.key == "previous" else column.header
            sheet.text(HEADER_ROW, index, header, book.style(**self._small(house.heading())))

    def _colours(self) -> None:
        first, last = FIRST_ROW, FIRST_ROW + len(self.rows) - 1

        def rule(key: str, formula: str, look: Properties) -> None:
            options: dict[str, object] = {
                "type": "formula",
                "criteria": formula,
                "format": self.book.difference(**look),
            }
            self.sheet.conditional(first, self.at[key], last, self.at[key], options)

        def where(key: str, test: str) -> str:
            return f"=${xl_col_to_name(self.at[key])}{first + 1}{test}"

        house = self.house
        for level, look in ((4, house.bad()), (3, house.middle()), (1, {"font_color": house.muted, "italic": True})):
            rule("check", where("level", f"={level}"), look | {"bold": level == 4})
        schemes = {rating_scheme(self.framework, each.action).key: each.action for each in self.rows}
        seen: set[str] = set()
        for action in schemes.values():
            for band in rating_scheme(self.framework, action).bands:
                if band.word.lower() not in seen:
                    seen.add(band.word.lower())
                    word = band.word.replace('"', '""')
                    rule(layout.RATING, where(layout.RATING, f'="{word}"'), {"font_color": band.colour, "bold": True})
        for key in (layout.RATING, layout.UPDATE):
            rule(key, where("todo", "=1"), {"bg_color": page.TODO_FILL})

    def _height(self, each: ActionRow) -> float:
        """As high as the longest text, and never so low that an update looks unwanted."""
        widths = {column.key: column.width for column in self.columns}
        known, words = self._known(each), words_of(each, self.framework)
        update = self.entries.get((each.key, layout.UPDATE))
        needed = [
            heights.lines(each.action.title, widths["title"], SIZE, bold=True) if not each.is_place else 1,
            heights.lines(words["deliverable"], widths["deliverable"], SIZE),
            heights.lines(words["due"], widths["due"], SIZE),
            heights.lines(known.update if known else "", widths["last_update"], SIZE),
            heights.lines(update if isinstance(update, str) else "", widths[layout.UPDATE], SIZE),
            2 if each.is_place else _LEAST_LINES,
            self.queries.lines(each.key),
        ]
        return heights.height(max(needed), SIZE)

    def _set_up(self) -> None:
        raw = self.sheet.raw
        last = FIRST_ROW + len(self.rows) - 1
        words = page.Page(
            title=f"{self.name}: actions, {self.period.label}",
            council=f"{self.framework.council} {self.period.label}",
        )
        second = self.at[QUERY if QUERY in self.at else layout.REVISED]
        page.wide_table(raw, self.house, self.columns, words, last=last, height=34, breaks=[second])
        heights.let_grow(raw)


_REVISED: validation.Options = {
    "validate": "date",
    "criteria": ">=",
    "value": date(2000, 1, 1),
    "input_title": "Revised date",
    "input_message": "Only where the due date has moved: the new one, such as 31/03/2025.",
    "error_title": "Not a date as expected",
    "error_message": "Type a date, such as 31/03/2025, or leave the cell blank.",
}
_PROGRESS: validation.Options = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": 0,
    "maximum": 1,
    "input_title": "Done %",
    "input_message": "How much of the action is done, where you can say: 45 for 45%.",
    "error_title": "Not a percentage as expected",
    "error_message": "Type a number from 0 to 100, or leave the cell blank.",
}


def _at_least(level: Expr, least: int) -> Expr:
    return call("ge", level, least)


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days
