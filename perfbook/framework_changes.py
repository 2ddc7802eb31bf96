"""What two versions of a framework differ in besides figures: titles, units, targets, comparators, owners, schemes.

Each consolidation and each closing leaves the framework as it was then in the record, as plain texts; the scorecard's
sheet Changes compares them with those of now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from perfbook.collecting.archive import Archive, Event
from perfbook.errors import PeriodError
from perfbook.framework.model import Action, Benchmark, Framework, Measure, Scheme
from perfbook.framework.periods import Period, parse
from perfbook.framework.plan import day_words
from perfbook.moving import SHOWN_FORM, keep_shown, loaded
from perfbook.records import FrameworkChange, Quarter
from perfbook.scorecard.words import POLARITY_WORDS, ZONE

KIND = "framework"
NEW, GONE = "Not in the framework before", "Not in the framework any more"
Face = dict[str, dict[str, dict[str, str]]]


def face_of(framework: Framework) -> Face:
    """What a reader of a framework sees of each measure, action and scheme (by key), field by field, as texts.

    Figures, and what officers decided about figures, are no part of it.
    """
    targets: dict[str, dict[str, str]] = {}
    for (key, period), target in framework.targets.items():
        value = "" if target.value is None else f"{target.value.normalize():f}"
        high = "" if target.high is None else f" to {target.high.normalize():f}"
        targets.setdefault(key, {})[f"Target for {period}"] = target.shown or f"{value}{high}"
    return {
        "measures": {each.key: _measure(framework, each) | targets.get(each.key, {}) for each in framework.measures},
        "actions": {each.key: _action(framework, each) for each in framework.actions},
        "schemes": {each.key: _scheme(each) for each in framework.schemes.values()},
    }


def _measure(framework: Framework, measure: Measure) -> dict[str, str]:
    compared = [_comparator(each) for each in framework.benchmarks_of(measure.key)]
    priority = next((each.name for each in framework.priorities if each.key == measure.priority), measure.priority)
    scheme = framework.scheme_of(measure)
    fraction = (measure.numerator, measure.denominator) if measure.has_fraction else ()
    return _filled(
        {
            "Code": measure.code,
            "Title": measure.title,
            "Unit": measure.unit.label,
            "Decimals": str(measure.decimals),
            "Good is": POLARITY_WORDS[measure.polarity],
            "Frequency": measure.frequency,
            "Calculation": measure.calculation,
            "Entered": measure.entered if measure.calculation != "snapshot" else "",
            "Arrears": str(measure.arrears) if measure.arrears else "",
            "Fraction": " / ".join(part for part in fraction if part),
            "Scheme": scheme.name or scheme.key,
            "Owner": measure.owner,
            "Directorate": framework.directorate(measure.directorate).name,
            "Priority": priority,
            "Comparators": "; ".join(compared),
            "Definition": measure.definition,
            "First period": measure.first.label if measure.first else "",
            "Last period": measure.last.label if measure.last else "",
        }
    )


def _comparator(benchmark: Benchmark) -> str:
    """A comparator with its figure, once, and its day."""
    told = benchmark.shown in benchmark.label.split()
    return benchmark.with_date(benchmark.label if told else f"{benchmark.label} {benchmark.shown}".strip())


def _action(framework: Framework, action: Action) -> dict[str, str]:
    places = [framework.deliverables_by_key[key] for key in action.deliverables]
    return _filled(
        {
            "Code": action.code,
            "Title": action.title,
            "Owner": action.owner,
            "Directorate": framework.directorate(action.directorate).name,
            "Due": day_words(action.due),
            "Deliverables": "; ".join(each.code or each.title for each in places),
            "Baseline": action.baseline,
            "Target": action.direction,
        }
    )


def _scheme(scheme: Scheme) -> dict[str, str]:
    bands = []
    for band in scheme.bands:
        limit = "" if band.limit is None else f" up to {band.limit.normalize():f}{_UNITS.get(band.limit_unit, '')}"
        more = [f"{word} {way}" for word, way in (("only if", band.only_if), ("or if", band.or_if)) if way]
        bands.append(" ".join([f"{band.symbol} {band.word}{limit}", *more]))
    return {"Title": scheme.name or scheme.key, "Bands": "; ".join(bands)}


_UNITS = {"points": " points"}


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if text}


def differences(before: Face, now: Face) -> Iterator[tuple[str, str, str, str, str, str]]:
    """(key, code, title, field, before, now) of whatever differs: measures, then actions, then schemes."""
    for kind in ("measures", "actions", "schemes"):
        earlier, present = before.get(kind, {}), now[kind]
        for key in dict.fromkeys((*present, *earlier)):
            was, is_now = earlier.get(key), present.get(key)
            named = is_now or was or {}
            name = (key, named.get("Code", ""), named.get("Title", key))
            what = {"measures": "Measure", "actions": "Action"}.get(kind, "Scheme")
            if was is None:
                yield (*name, what, NEW, named.get("Title", key))
            elif is_now is None:
                yield (*name, what, named.get("Title", key), GONE)
            else:
                for field in dict.fromkeys((*is_now, *was)):
                    if was.get(field, "") != is_now.get(field, ""):
                        yield (*name, field, was.get(field, ""), is_now.get(field, ""))


# -- The record --------------------------------------------------------------------------------------------------------


def remember_framework(archive: Archive, quarter: Quarter) -> None:
    """Keep the framework as it is now, unless it is kept already. Raises CannotWriteError, ArchiveError."""
    keep_shown(archive, KIND, quarter.period, quarter.as_at, kept_face(quarter.framework))


def kept_face(framework: Framework) -> dict[str, Any]:
    """A framework as the record keeps it."""
    return {"form": SHOWN_FORM, **face_of(framework)}


def with_framework_changes(quarter: Quarter, archive: Archive) -> Quarter:
    """The quarter with what its framework has otherwise than the one before it.

    That is the one with which the period before was last consolidated or closed; and of the quarter's own period the
    one with which it was closed, or where it is open, that of the last consolidation of an earlier day. Raises
    ArchiveError where the log is broken; what is lost is as if it had never been kept.
    """
    kept = list(_kept(archive, quarter))
    found: list[FrameworkChange] = []
    earlier = [(period, event) for period, event in kept if period.end < quarter.period.end]
    if earlier:
        period, event = earlier[-1]
        found += _changes(archive, quarter, event, f"Framework since {period}")
    own = [event for period, event in kept if period == quarter.period]
    closed = next((each.at for each in quarter.closings if each.period == quarter.period), None)
    if closed is not None:
        since = [event for event in own if event.at <= closed]
        section = f"Framework since {quarter.period} was closed"
    else:
        since = [event for event in own if _day(event.at) < _day(quarter.as_at)]
        section = "Framework since the last consolidation"
    if since:
        found += _changes(archive, quarter, since[-1], section)
    return replace(quarter, framework_changes=tuple(found))


def _kept(archive: Archive, quarter: Quarter) -> Iterator[tuple[Period, Event]]:
    for event in archive.events(KIND):
        try:
            period = parse(str(event.data["period"]), quarter.framework.year_start)
        except PeriodError:  # the council's year started in another month then
            continue
        if period.kind == quarter.period.kind and period.end <= quarter.period.end and event.at <= quarter.as_at:
            yield period, event


def _changes(archive: Archive, quarter: Quarter, event: Event, section: str) -> Iterator[FrameworkChange]:
    before = loaded(archive, event)
    if before is not None:
        for row in differences(before, face_of(quarter.framework)):
            yield FrameworkChange(section, *row, event.at)


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
