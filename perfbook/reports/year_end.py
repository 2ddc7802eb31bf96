"""Where the year will end, as a report tells it: forecasts beside targets, and what the rest of the year may hold."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.scorecard.colours import tints
from perfbook.scorecard.forecast_sheet import NO_FORECAST
from perfbook.scorecard.reconcile import band_words
from perfbook.scorecard.view import View
from perfbook.scorecard.words import NO_TARGET, figure_text, target_text
from perfbook.scoring.forecast import METHOD_WORDS
from perfbook.workbook.numfmt import display
from perfbook.workbook.palette import STANDARD


@dataclass(frozen=True)
class YearEnd:
    """One measure: the figure so far, the forecast and how it is made, the target for the year, and what remains."""

    code: str
    title: str
    about: str
    so_far: str
    how: str
    forecast: str
    target: str
    gap: str
    score: str
    hold: str
    fill: str
    ink: str


def year_ends(view: View) -> tuple[YearEnd, ...]:
    """The measures of which something can be told, in the framework's order."""
    found = []
    for row in view.forecast_rows:
        each = view.forecasts[view.chosen][row]
        if each is None or (each.value is None and not each.hold):
            continue
        framework, measure = view.framework, each.measure
        target = framework.annual_target_of(measure, each.about)
        band = framework.scheme_of(measure).band(each.band)
        ink, fill = tints(band) if band else (STANDARD.text, STANDARD.page)
        signed = f"+{measure.number_format};-{measure.number_format};{measure.number_format}"
        found.append(
            YearEnd(
                measure.code,
                measure.title,
                each.about.label,
                figure_text(measure, each.to_date),
                METHOD_WORDS[measure.forecast],
                figure_text(measure, each.value) or NO_FORECAST,
                (target_text(measure, target.value, target.high) if target else "") or NO_TARGET,
                "" if each.gap is None else display(each.gap, signed),
                band_words(framework, measure, each.band),
                each.hold,
                fill[1:],
                ink[1:],
            )
        )
    return tuple(found)
