"""What follows at once from what is typed into a row of Measures: figure, score, trend, check, what is next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfbook.checks import rows as checks
from perfbook.framework.model import Framework, Scheme
from perfbook.framework.periods import Period
from perfbook.returns import layout, progress
from perfbook.returns.lines import History, Line
from perfbook.scoring import rules
from perfbook.scoring.expr import Cell, Expr, Var, all_, call, evaluate, if_, is_blank, to_excel
from perfbook.scoring.judge import rolling_before, year_to_date
from perfbook.workbook.palette import Style as Properties

# The cell of a row that a finding sends its reader to, by the column that the rule is about.
_GOES_TO = {key: f"at_{key}" for key in layout.INPUT_KEYS}

# What came before the period, as the variables and the columns are called.
_EARLIER = ("before", "before_numerator", "before_denominator")


@dataclass(frozen=True)
class LiveCell:
    """One cell: its column, its formula with the leading `=`, its value, and its look beyond that of a live cell."""

    key: str
    formula: str
    value: Cell
    look: Properties


class LiveRow:
    """The live cells of one row. `refer` gives a reference to the cell of a column in the row itself."""

    def __init__(
        self,
        framework: Framework,
        line: Line,
        period: Period,
        history: History,
        refer: Mapping[str, str],
        signed: str,
    ) -> None:
        assert line.about is not None
        self.line = line
        self.measure = line.measure
        self.asked = checks.asked(framework, line.measure, line.about, period, explained=line.is_last)
        self.scheme: Scheme = self.asked.scheme
        self.usual = checks.usual(line.measure, line.about, history)
        known = history.get((line.measure.key, framework.before(line.measure, line.about)))
        last_year = history.get((line.measure.key, line.about.same_last_year))
        self.earlier = known.actual if known else None
        self.last_year = last_year.actual if last_year else None
        self.before = before_of(line, history)
        said = known if line.is_last else None
        self.last_commentary = said.commentary if said else None
        self.goes_back = layout.REPLY in refer
        self.names = self._names(refer, signed)
        # Whether the sheet has the column in which a score is chosen.
        self.chooses = layout.CHOSEN in refer

    def cells(
        self, entries: Mapping[str, Cell], signed: str, place: int, goes: Mapping[str, int]
    ) -> Iterator[LiveCell]:
        """The cells, with the values that they have for these entries.

        `place` is the row's number and `goes` the number of each column, both as the sheet counts them.
        """
        values = self._values(entries, signed)
        values |= {"row": place, **{_GOES_TO[key]: at for key, at in goes.items()}}
        for key, expression, look in self._expressions():
            # The typed figure feeds `rules.actual`; everything else reads the figure as used.
            values[key] = found = evaluate(expression, values)
            yield LiveCell(key, "=" + to_excel(expression, self.names), found, look)

    def figure(self, entries: Mapping[str, Cell], signed: str) -> Cell:
        """The figure that these entries give."""
        return self._values(entries, signed)["figure"]

    def _values(self, entries: Mapping[str, Cell], signed: str) -> dict[str, Cell]:
        inputs: dict[str, Cell] = {
            "entered": entries.get(layout.ACTUAL),
            # A text in the cell is understood by the collector alone.
            "typed": entries.get(layout.ACTUAL),
            **{key: entries.get(key) for key in (layout.STATUS, layout.FORECAST, layout.COMMENTARY, layout.ACTION)},
            "signed": signed,
            "earlier": self.earlier,
            "last_year": self.last_year,
            "last_commentary": self.last_commentary,
            "usual": self.usual.middle if self.usual else None,
            "spread": self.usual.spread if self.usual else None,
            "given": entries.get(layout.TO_DATE),
            **self.before,
            "chosen_words": entries.get(layout.CHOSEN),
        }
        if self.measure.has_fraction:
            inputs |= {key: entries.get(key) for key in (layout.NUMERATOR, layout.DENOMINATOR)}
        values: dict[str, Cell] = {**checks.row_values(self.asked, inputs)}
        values["actual"] = values["figure"]
        values[layout.REPLY] = None  # nobody has replied yet when a book goes back
        return values

    def _names(self, refer: Mapping[str, str], signed: str) -> dict[str, str]:
        measure = self.measure
        part = {key: refer[key] if measure.has_fraction else '""' for key in (layout.NUMERATOR, layout.DENOMINATOR)}
        own = ("status", "forecast", "commentary", "action", "figure", "band", "score", "trend", "level")
        kept = ("last_commentary", "usual", "spread", "called", "rule")
        more = {"given": layout.TO_DATE, "to_date": "running"} | {key: key for key in _EARLIER} if measure.runs else {}
        if self.scheme.chosen_without_target:
            more |= {"chosen_words": layout.CHOSEN, "chosen": "chosen"}
        blank = '""'
        return checks.constant_texts(self.asked) | {
            **part,
            **({layout.REPLY: refer[layout.REPLY]} if self.goes_back else {}),
            "entered": refer[layout.ACTUAL],
            "typed": refer[layout.ACTUAL],
            "actual": refer["figure"],
            "target": refer["target_low"],
            "target_high": refer["target_high"],
            "earlier": refer[layout.PREVIOUS],
            "last_year": refer[layout.LAST_YEAR],
            "signed": signed,
            "row": "ROW()",
            "reason": refer["why"],
            **{key: refer[key] for key in (*own, *kept, "unexplained", "todo", "problem", "where", "why")},
            **{name: refer.get(key, blank) for name, key in more.items()},
            **self._dashed(refer),
            **{name: refer[name] for name in _GOES_TO.values() if name in refer},
        }

    def _dashed(self, refer: Mapping[str, str]) -> dict[str, str]:
        """A score is not chosen where a target decides: there a dash stands in its column."""
        if layout.CHOSEN not in refer or self.asked.is_chosen or not self.scheme.chosen_without_target:
            return {}
        cell = refer[layout.CHOSEN]
        return {"chosen_words": f'IF({cell}="{layout.DASH}","",{cell})'}

    def _expressions(self) -> tuple[tuple[str, Expr, Properties], ...]:
        measure, scheme = self.measure, self.scheme
        # Notes are no work that remains.
        problem = call("ge", Var("level"), checks.LEVELS["warning"])
        # An odd figure is looked at before it is explained.
        wants_words = all_(call("eq", Var("unexplained"), 1), checks.live_wants_words(self.asked))
        problem = call("and", problem, call("not", wants_words))
        if self.goes_back:
            # What has a reply is answered.
            problem = call("and", problem, is_blank(Var(layout.REPLY)))
        return (
            ("figure", rules.actual(measure), {"num_format": measure.number_format, "align": "right", "bold": True}),
            *self._more(),
            ("band", self._score(), {}),
            ("score", checks.score_words(scheme), {}),
            (
                "trend",
                rules.movement(measure.polarity, measure.places, scheme.trend_tolerance),
                {"align": "center", "text_wrap": False},
            ),
            ("trend_word", checks.trend_words(), {}),
            ("called", checks.live_called(self.asked), {}),
            ("why", checks.live_reason(self.asked), {"bold": True}),
            ("rule", checks.live_rule(self.asked), {}),
            ("level", checks.live_level(self.asked), {}),
            ("unexplained", checks.live_unexplained(self.asked), {}),
            ("todo", if_(checks.untouched(self.asked), 1, 0), {}),
            ("problem", if_(problem, 1, 0), {}),
            ("check", checks.live_message(self.asked), {}),
            ("where", self._where(), {}),
            ("rank", progress.rank(explanations=True), {}),
        )

    def _score(self) -> Expr:
        measure = self.measure
        return rules.score(self.scheme, measure.polarity, measure.places, measure.point, adds_up=measure.runs)

    def _more(self) -> Iterator[tuple[str, Expr, Properties]]:
        """The live cells that only some rows have: they come before the score, which reads them."""
        if self.measure.runs:
            look: Properties = {"num_format": self.measure.number_format, "align": "right"}
            yield "running", rules.running(self.measure), look
        if self.scheme.chosen_without_target and self.chooses:
            yield "chosen", rules.chosen(self.scheme, Var("chosen_words")) if self.asked.is_chosen else rules.BLANK, {}

    def _where(self) -> Expr:
        """The number of the column where this row goes on."""
        figure = layout.NUMERATOR if self.measure.has_fraction else layout.ACTUAL
        places: dict[str, Expr] = {key: Var(name) for key, name in _GOES_TO.items() if name in self.names}
        found = checks.live_place(self.asked, places, places[layout.COMMENTARY])
        missing = if_(call("eq", Var("unexplained"), 1), Var(_GOES_TO[layout.COMMENTARY]), Var(_GOES_TO[figure]))
        return if_(call("eq", Var("problem"), 1), found, missing)


def before_of(line: Line, history: History) -> dict[str, Decimal | None]:
    """What came before the period of a row: the year to date of the period before (0 for the first of a year), or the
    sums of the earlier periods of the twelve months; None where it is not known."""
    found: dict[str, Decimal | None] = dict.fromkeys(_EARLIER)
    about, measure = line.about, line.measure
    if about is None or not measure.runs:
        return found
    if measure.rolls:
        return found | rolling_before(measure, history, about)
    return found | {"before": year_to_date(measure, history, about.previous) if about.index > 1 else Decimal(0)}
