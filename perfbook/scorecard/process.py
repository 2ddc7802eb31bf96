"""What the process behaviour charts of the scorecard are about: which figures of a measure, and the icons they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from perfbook.framework.model import Measure
from perfbook.framework.periods import Period
from perfbook.scoring.rounding import round_half_away
from perfbook.scoring.spc import LEAST, MOST, assurance, last_signal, limits, variation

if TYPE_CHECKING:
    from perfbook.scorecard.view import View


@dataclass(frozen=True)
class Icons:
    """The icons of a measure in a reporting period: keys of `VARIATION_WORDS` and of `ASSURANCE_WORDS`."""

    variation: int
    assurance: int | None


def has_limits(measure: Measure) -> bool:
    """Whether limits make sense: a figure that runs since the start of the year rises by its nature."""
    return not measure.counts_up


def window(view: View, measure: Measure, last: int) -> tuple[int, ...]:
    """The columns of the data sheets that a chart looks at: the newest of the measure's kind up to `last`."""
    group = view.slots.group(measure.period_kind)
    return tuple(range(max(group[0], last - MOST + 1), last + 1)) if group and last else ()


def figure(view: View, measure: Measure, slot: int) -> Decimal | None:
    """The figure of a column as it is shown."""
    observation = view.observations.get((measure.key, view.slots.periods[slot - 1]))
    if observation is None or observation.actual is None:
        return None
    return round_half_away(observation.actual, measure.places)


def may_have_icons(view: View) -> bool:
    """Whether periods enough are held of any kind: what comes later changes no layout."""
    groups = {kind: view.slots.group(kind) for kind in view.slots.kinds}
    enough = {kind for kind, group in groups.items() if group and group[1] - group[0] + 1 >= LEAST}
    return any(has_limits(measure) and measure.period_kind in enough for measure in view.framework.measures)


def icons_of(view: View) -> Mapping[Period, tuple[Icons | None, ...]]:
    """The icons of every measure in every period that can be chosen; None where it is not reported or has too few
    figures."""
    figures = [_all_figures(view, measure) for measure in view.framework.measures]
    return {
        period: tuple(_icons(view, row, found, period) for row, found in enumerate(figures)) for period in view.periods
    }


def _all_figures(view: View, measure: Measure) -> dict[int, Decimal]:
    """The figures by column, of measures that have enough of them."""
    group = view.slots.group(measure.period_kind)
    if group is None or not has_limits(measure):
        return {}
    found = {slot: figure(view, measure, slot) for slot in range(group[0], group[1] + 1)}
    held = {slot: value for slot, value in found.items() if value is not None}
    return held if len(held) >= LEAST else {}


def _icons(view: View, row: int, figures: Mapping[int, Decimal], period: Period) -> Icons | None:
    judgement = view.judgements[period][row]
    measure, about = judgement.measure, judgement.about
    if not figures or about is None or judgement.state != "reported":
        return None
    values = [figures[slot] for slot in window(view, measure, view.slots.number[about]) if slot in figures]
    if len(values) < LEAST:
        return None
    found = limits(values)
    return Icons(
        variation(last_signal(values, measure.places, found), measure.polarity),
        assurance(found, measure.polarity, judgement.target, judgement.target_high, measure.places),
    )
