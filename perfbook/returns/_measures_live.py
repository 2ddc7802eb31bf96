"""What follows at once from what is typed into a row of Measures: figure, score, trend, check, what is next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from perfbook.checks import rows as checks
from perfbook.framework.model import Framework, Scheme
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.returns._measures_formulas import EARLIER, GOES_TO, LiveFormula, SheetFormulas
from perfbook.returns.lines import History, Line
from perfbook.scoring.expr import Cell
from perfbook.scoring.judge import rolling_before, year_to_date


class LiveRow:
    """The live cells of one row of a sheet with these formulas."""

    def __init__(
        self,
        framework: Framework,
        line: Line,
        period: Period,
        history: History,
        formulas: SheetFormulas,
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
        self.formulas = formulas.of(self.asked)

    def cells(
        self, entries: Mapping[str, Cell], signed: str, place: int, goes: Mapping[str, int]
    ) -> Iterator[tuple[LiveFormula, Cell]]:
        """The cells, with the values that they have for these entries.

        `place` is the row's number and `goes` the number of each column, both as the sheet counts them.
        """
        values = self._values(entries, signed)
        values |= {"row": place, **{GOES_TO[key]: at for key, at in goes.items()}}
        for each in self.formulas:
            # The typed figure feeds `rules.actual`; everything else reads the figure as used.
            values[each.key] = found = each.value(values)
            yield each, found

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


def before_of(line: Line, history: History) -> dict[str, Decimal | None]:
    """What came before the period of a row: the year to date of the period before (0 for the first of a year), or the
    sums of the earlier periods of the twelve months; None where it is not known."""
    found: dict[str, Decimal | None] = dict.fromkeys(EARLIER)
    about, measure = line.about, line.measure
    if about is None or not measure.runs:
        return found
    if measure.rolls:
        return found | rolling_before(measure, history, about)
    return found | {"before": year_to_date(measure, history, about.previous) if about.index > 1 else Decimal(0)}
