"""The formulas of the live cells of Measures: the same for every row of a kind, and put together once for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from perfbook.checks import rows as checks
from perfbook.checks.asked import Asked
from perfbook.checks.plan import kind_of
from perfbook.returns import layout, progress
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, Expr, Value, Var, all_, call, function_of, if_, is_blank, to_excel
from perfbook.workbook.palette import Style as Properties

# The cell of a row that a finding sends its reader to, by the column that the rule is about.
GOES_TO = {key: f"at_{key}" for key in layout.INPUT_KEYS}

# What came before the period, as the variables and the columns are called.
EARLIER = ("before", "before_numerator", "before_denominator")

# The kinds of rows that are remembered of a sheet.
_MOST_KINDS = 1024


@dataclass(frozen=True)
class LiveFormula:
    """One live cell of a row: its column, its formula with the leading `=`, the same as a function of the row's
    variables, and its look beyond that of a live cell."""

    key: str
    formula: str
    value: Callable[[Mapping[str, Cell]], Value]
    look: Properties


class SheetFormulas:
    """The live formulas of a sheet. `refer` gives a reference to the cell of a column in the row itself, `signed` is
    that to the state of the sign-off."""

    def __init__(self, refer: Mapping[str, str], signed: str) -> None:
        self.refer = refer
        self.signed = signed
        self._kinds: dict[Hashable, tuple[LiveFormula, ...]] = {}

    def of(self, asked: Asked) -> tuple[LiveFormula, ...]:
        """The live cells of a row, in the order in which they read each other."""
        # The sheet leaves out the rules that are suppressed; what a row is asked does not.
        kind = kind_of(asked), tuple(sorted(asked.suppressed))
        if kind not in self._kinds:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            names = self._names(asked)
            self._kinds[kind] = tuple(
                LiveFormula(key, "=" + to_excel(expression, names), function_of(expression), look)
                for key, expression, look in self._expressions(asked, names)
            )
        return self._kinds[kind]

    def _names(self, asked: Asked) -> dict[str, str]:
        measure, refer = asked.measure, self.refer
        part = {key: refer[key] if measure.has_fraction else '""' for key in (layout.NUMERATOR, layout.DENOMINATOR)}
        own = ("status", "forecast", "commentary", "action", "figure", "band", "score", "trend", "level")
        kept = ("last_commentary", "usual", "spread", "called", "rule")
        more = {"given": layout.TO_DATE, "to_date": "running"} | {key: key for key in EARLIER} if measure.runs else {}
        if asked.scheme.chosen_without_target:
            more |= {"chosen_words": layout.CHOSEN, "chosen": "chosen"}
        blank = '""'
        return checks.constant_texts(asked) | {
            **part,
            **({layout.REPLY: refer[layout.REPLY]} if layout.REPLY in refer else {}),
            "entered": refer[layout.ACTUAL],
            "typed": refer[layout.ACTUAL],
            "actual": refer["figure"],
            "target": refer["target_low"],
            "target_high": refer["target_high"],
            "earlier": refer[layout.PREVIOUS],
            "last_year": refer[layout.LAST_YEAR],
            "signed": self.signed,
            "row": "ROW()",
            "reason": refer["why"],
            **{key: refer[key] for key in (*own, *kept, "unexplained", "todo", "problem", "where", "why")},
            **{name: refer.get(key, blank) for name, key in more.items()},
            **self._dashed(asked),
            **{name: refer[name] for name in GOES_TO.values() if name in refer},
        }

    def _dashed(self, asked: Asked) -> dict[str, str]:
        """A score is not chosen where a target decides: there a dash stands in its column."""
        if layout.CHOSEN not in self.refer or asked.is_chosen or not asked.scheme.chosen_without_target:
            return {}
        cell = self.refer[layout.CHOSEN]
        return {"chosen_words": f'IF({cell}="{layout.DASH}","",{cell})'}

    def _expressions(self, asked: Asked, names: Mapping[str, str]) -> tuple[tuple[str, Expr, Properties], ...]:
        measure, scheme = asked.measure, asked.scheme
        # Notes are no work that remains.
        problem = call("ge", Var("level"), checks.LEVELS["warning"])
        # An odd figure is looked at before it is explained.
        wants_words = all_(call("eq", Var("unexplained"), 1), checks.live_wants_words(asked))
        problem = call("and", problem, call("not", wants_words))
        if layout.REPLY in self.refer:
            # What has a reply is answered.
            problem = call("and", problem, is_blank(Var(layout.REPLY)))
        score = rules.score(scheme, measure.polarity, measure.places, measure.point, adds_up=measure.runs)
        return (
            ("figure", rules.actual(measure), {"num_format": measure.number_format, "align": "right", "bold": True}),
            *self._more(asked),
            ("band", score, {}),
            ("score", checks.score_words(scheme), {}),
            (
                "trend",
                rules.movement(measure.polarity, measure.places, scheme.trend_tolerance),
                {"align": "center", "text_wrap": False},
            ),
            ("trend_word", checks.trend_words(), {}),
            ("called", checks.live_called(asked), {}),
            ("why", checks.live_reason(asked), {"bold": True}),
            ("rule", checks.live_rule(asked), {}),
            ("level", checks.live_level(asked), {}),
            ("unexplained", checks.live_unexplained(asked), {}),
            ("todo", if_(checks.untouched(asked), 1, 0), {}),
            ("problem", if_(problem, 1, 0), {}),
            ("check", checks.live_message(asked), {}),
            ("where", _where(asked, names), {}),
            ("rank", progress.rank(explanations=True), {}),
        )

    def _more(self, asked: Asked) -> Iterator[tuple[str, Expr, Properties]]:
        """The live cells that only some rows have: they come before the score, which reads them."""
        measure, scheme = asked.measure, asked.scheme
        if measure.runs:
            look: Properties = {"num_format": measure.number_format, "align": "right"}
            yield "running", rules.running(measure), look
        if scheme.chosen_without_target and layout.CHOSEN in self.refer:
            yield "chosen", rules.chosen(scheme, Var("chosen_words")) if asked.is_chosen else rules.BLANK, {}


def _where(asked: Asked, names: Mapping[str, str]) -> Expr:
    """The number of the column where a row goes on."""
    figure = layout.NUMERATOR if asked.measure.has_fraction else layout.ACTUAL
    places: dict[str, Expr] = {key: Var(name) for key, name in GOES_TO.items() if name in names}
    found = checks.live_place(asked, places, places[layout.COMMENTARY])
    missing = if_(call("eq", Var("unexplained"), 1), Var(GOES_TO[layout.COMMENTARY]), Var(GOES_TO[figure]))
    return if_(call("eq", Var("problem"), 1), found, missing)


@lru_cache(maxsize=8)
def _sheet_formulas(refer: tuple[tuple[str, str], ...], signed: str) -> SheetFormulas:
    return SheetFormulas(dict(refer), signed)


def sheet_formulas(refer: Mapping[str, str], signed: str) -> SheetFormulas:
    """The live formulas of a sheet; sheets with the same columns share them."""
    return _sheet_formulas(tuple(refer.items()), signed)
