"""What a framework puts into the cells of its workbook: rows of entries for each sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from perfbook.framework._plan_content import (
    action_rows,
    deliverable_rows,
    grid_rows,
    published_rating_rows,
    section_rows,
)
from perfbook.framework._statements import statement_rows
from perfbook.framework.model import Framework, Measure, Unit
from perfbook.framework.periods import Period
from perfbook.framework.typed import read_typed
from perfbook.scoring.rounding import as_decimal15
from perfbook.workbook.numfmt import display

_MOST_PLACES = 6


@dataclass(frozen=True)
class Shown:
    """A figure that the workbook is to show as `text`; an empty text leaves the choice of decimals to us."""

    value: Decimal | None
    text: str
    unit: Unit
    number_format: str

    def fitting_format(self) -> str | None:
        """The number format in which the value shows the text; None where it can only be written as text."""
        if self.value is None or as_decimal15(float(self.value)) != self.value:
            return None
        for number_format in (self.number_format, *_formats(self.unit)):
            if not self.text or display(self.value, number_format) == self.text:
                return number_format
        return None


Entry = str | int | Decimal | date | Shown | None
# Fields by name, figures by period; `number_format` is what blank period cells of the row are given.
Content = Sequence[Mapping[str | Period, Entry]]


def _formats(unit: Unit) -> tuple[str, ...]:
    places = ["", *("." + "0" * count for count in range(1, _MOST_PLACES + 1))]
    if unit.kind == "percent":
        return tuple(f"0{end}%" for end in places)
    plain = tuple(f"{start}{end}" for end in places for start in ("0", "#,##0"))
    if unit.kind == "currency":
        return (*(f'"£"{each}' for each in plain), *plain, "General")
    return (*plain, "General")


def content_of(framework: Framework) -> dict[str, Content]:
    """The rows of every sheet, by the sheet's name."""
    return {
        "Measures": [_measure(framework, measure) for measure in framework.measures],
        "Targets": _by_period(framework, _target_entries(framework)),
        "Past figures": _by_period(framework, _past_entries(framework)),
        "Benchmarks": _benchmarks(framework),
        "Deliverables": deliverable_rows(framework),
        "Actions": action_rows(framework),
        "Sections": section_rows(framework),
        "Grids": grid_rows(framework),
        "Directorates": [
            {
                "key": each.key,
                "name": each.name,
                "role": each.role,
                "email": each.email,
                "escalation_role": each.escalation_role,
                "escalation_email": each.escalation_email,
            }
            for each in framework.directorates
        ],
        "Priorities": [{"key": each.key, "name": each.name} for each in framework.priorities],
        "Schemes": _schemes(framework),
        "Published": _published(framework),
        "Published statements": statement_rows(framework),
        "Published ratings": published_rating_rows(framework),
        "Published totals": [
            {"period": each.period.label, "group": each.group, "outcome": each.outcome, "count": each.count}
            for each in framework.published_totals
        ],
    }


def period_columns(framework: Framework, periods: Iterable[Period]) -> dict[str, tuple[Period, ...]]:
    """The period columns of Targets and Past figures, in the order of time."""
    asked = _in_time(periods)
    targets = _in_time([*asked, *(period for _, period in framework.targets)])
    past = _in_time(period for _, period in framework.past)
    if not past and asked:
        past = _in_time([asked[0].same_last_year, asked[0].previous])
    return {"Targets": targets, "Past figures": past}


def _in_time(periods: Iterable[Period]) -> tuple[Period, ...]:
    return tuple(sorted(set(periods), key=lambda period: (period.end, -period.start.toordinal())))


def _measure(framework: Framework, measure: Measure) -> Mapping[str | Period, Entry]:
    priority = next(each.name for each in framework.priorities if each.key == measure.priority)
    return {
        "key": measure.key,
        "code": measure.code,
        "title": measure.title,
        "priority": priority,
        "directorate": framework.directorate(measure.directorate).name,
        "owner": measure.owner,
        "unit": measure.unit.label,
        "decimals": measure.decimals,
        "polarity": measure.polarity,
        "frequency": measure.frequency,
        "calculation": measure.calculation,
        "arrears": measure.arrears,
        "scheme": measure.scheme,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "minimum": _bound(measure, measure.minimum),
        "maximum": _bound(measure, measure.maximum),
        "first": measure.first.label if measure.first else "",
        "last": measure.last.label if measure.last else "",
        "definition": measure.definition,
        "note": measure.note,
        "evidence": "yes" if measure.evidence else "",
        "entered": measure.entered if measure.runs else "",
        "due": measure.due or None,
        "again": measure.again or None,
        "forecast": "" if measure.forecast == "own" else measure.forecast,
    }


def _bound(measure: Measure, value: Decimal | None) -> Shown | None:
    """A limit in the fewest decimals that show it in full."""
    if value is None:
        return None
    for number_format in _formats(measure.unit):
        shown = display(value, number_format)
        if read_typed(shown, measure.unit).number == value:
            return Shown(value, shown, measure.unit, number_format)
    return Shown(value, "", measure.unit, measure.number_format)


def _target_entries(framework: Framework) -> dict[tuple[str, Period], Entry]:
    entries: dict[tuple[str, Period], Entry] = {}
    for (key, period), target in framework.targets.items():
        measure = framework.by_key[key]
        text = target.shown
        if target.high is not None and not text:
            text = " - ".join(display(end, measure.number_format) for end in (target.value, target.high))
        value = None if target.high is not None else target.value
        entries[key, period] = Shown(value, text, measure.unit, measure.number_format)
    return entries


def _past_entries(framework: Framework) -> dict[tuple[str, Period], Entry]:
    return {
        (key, period): Shown(
            figure.actual if figure.status == "provided" and not figure.companion else None,
            figure.shown,
            framework.by_key[key].unit,
            framework.by_key[key].number_format,
        )
        for (key, period), figure in framework.past.items()
    }


def _by_period(framework: Framework, entries: Mapping[tuple[str, Period], Entry]) -> Content:
    """A row for every measure, also for those without a figure: there the officer fills in."""
    rows: list[dict[str | Period, Entry]] = []
    for measure in framework.measures:
        row: dict[str | Period, Entry] = {
            "key": measure.key,
            "code": measure.code,
            "title": measure.title,
            "number_format": measure.number_format,
        }
        row |= {period: entry for (key, period), entry in entries.items() if key == measure.key}
        rows.append(row)
    return rows


def _named(framework: Framework, key: str) -> dict[str | Period, Entry]:
    measure = framework.by_key[key]
    return {"key": key, "code": measure.code, "title": measure.title}


def _benchmarks(framework: Framework) -> Content:
    return [
        _named(framework, each.measure)
        | {
            "label": each.label,
            "value": Shown(each.value, each.shown, unit := framework.by_key[each.measure].unit, _formats(unit)[0]),
            "dated": each.dated,
        }
        for each in framework.benchmarks
    ]


def _schemes(framework: Framework) -> Content:
    return [
        {
            "scheme": scheme.key,
            "name": scheme.name,
            "position": position,
            "band": band.key,
            "word": band.word,
            "symbol": band.symbol,
            "colour": band.colour,
            "limit": band.limit,
            "limit_unit": band.limit_unit if band.limit is not None else "",
            "explain": "yes" if position >= scheme.exception_from else "no",
            "tolerance": scheme.trend_tolerance,
            "only_if": band.only_if,
            "or_if": band.or_if,
            "chosen": "yes" if scheme.chosen_without_target else "",
        }
        for scheme in framework.schemes.values()
        for position, band in enumerate(scheme.bands, 1)
    ]


def _published(framework: Framework) -> Content:
    rows: list[Mapping[str | Period, Entry]] = []
    for (key, period), each in framework.published.items():
        measure = framework.by_key[key]
        understood = read_typed(each.actual, measure.unit)
        actual = Shown(understood.number, each.actual, measure.unit, measure.number_format) if each.actual else None
        rows.append(
            _named(framework, key)
            | {
                "period": period.label,
                "actual": actual,
                "score": each.score,
                "trend": each.trend,
                "annual": each.annual,
            }
        )
    return rows
