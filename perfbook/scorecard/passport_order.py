"""Which figure stands in which row of Passport, what the checks say of it, and the link to its return as read."""

from __future__ import annotations

from collections.abc import Mapping

from perfbook.framework.periods import Period
from perfbook.records import Observation, Source
from perfbook.scorecard.view import View
from perfbook.scorecard.words import SEVERITY_WORDS, SUPPRESSED_WORD

_LINK = '=HYPERLINK("{}")'


def passport_order(view: View) -> list[tuple[Observation, bool]]:
    """Figures in the order of the framework's measures, the newest first, each with whether it is what a return says
    itself, below the one that took its place."""
    order = {measure.key: row for row, measure in enumerate(view.framework.measures)}
    returned = [
        each.own for each in view.quarter.adjusted if each.counts and each.own and each.adjustment.kind == "correct"
    ]
    known = [(each, False) for each in view.quarter.observations if each.measure in order]
    known += [(each, True) for each in returned]
    return sorted(known, key=lambda pair: (order[pair[0].measure], -pair[0].period.end.toordinal(), pair[1]))


def passport_rows(view: View) -> Mapping[tuple[str, Period], int]:
    """The row of each figure, from 1, by measure and the period that it is about."""
    return {
        (each.measure, each.period): row
        for row, (each, as_returned) in enumerate(passport_order(view), 1)
        if not as_returned
    }


def checks_of(view: View) -> Mapping[tuple[str, str], str]:
    """What the checks say of each figure, open, answered or suppressed, by key and the label of the period."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in view.quarter.findings:
        if each.measure:
            word = SUPPRESSED_WORD if each.suppressed else SEVERITY_WORDS[each.severity]
            place = each.measure, each.about or view.quarter.period.label
            found.setdefault(place, []).append(f"{each.code} {word}: {each.suppressed or each.found}")
    return {place: "\n".join(dict.fromkeys(said)) for place, said in found.items()}


def link_to(view: View, source: Source | None) -> str | None:
    """A formula that opens the read-only copy of a return and shows its name; None where there is none.

    It has one argument, so that no separator is needed, which a macro would have to write as its country does.
    """
    place = view.quarter.copies.get(source.sha256) if source else None
    if not place:
        return None
    return _LINK.format(place.replace('"', '""'))


def shown_of_link(formula: str) -> str:
    """What such a formula shows."""
    before, after = _LINK.split("{}")
    return formula.removeprefix(before).removesuffix(after).replace('""', '"')
