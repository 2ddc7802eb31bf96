"""Tidy tables of a quarter, as pandas DataFrames, for analysis outside the scorecard.

`all_tables` gives every one of them by name; `perfbook.dataset` writes them as Parquet. Numbers are floats (NaN where
there is none), times are aware datetimes, all else is text.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from perfbook.framework.model import Framework
from perfbook.records import Observation, Quarter, Source
from perfbook.scoring.judge import DIRECTIONS, Judgement, index, judge
from perfbook.scoring.ratings import index_reports, rate


def observations(quarter: Quarter) -> pd.DataFrame:
    """One row for each measure and period: figures in stored units (percentages as fractions) and their source.

    Columns: key, code, title, directorate, priority, unit, period, reported_in, status, actual, typed, numerator,
    denominator, basis, companion, forecast, commentary, action, to_date, chosen, file, sheet, cell, stored,
    displayed, submitted_by, received, sha256. Missing numbers are NaN.
    """
    rows = [_observation_row(quarter.framework, observation) for observation in quarter.observations]
    return pd.DataFrame(rows, columns=list(_OBSERVATION_COLUMNS))


def judgements(quarter: Quarter) -> pd.DataFrame:
    """One row for each measure in the quarter's reporting period: figures, score, trend and annual comparison.

    Columns: key, code, title, directorate, priority, period, about, state, actual, previous, last_year, target,
    target_high, to_date, year_target, score (the band's key, "not_scored" or None), trend, annual (improved,
    consistent, worse or None).
    """
    judged = judge(quarter.framework, index(quarter.observations), quarter.period)
    return pd.DataFrame([_judgement_row(quarter.framework, row) for row in judged], columns=list(_JUDGEMENT_COLUMNS))


def findings(quarter: Quarter) -> pd.DataFrame:
    """One row for each finding: code, severity, place, measure (a key), found, expected, remedy, suppressed (why)."""
    columns = ["code", "severity", "file", "sheet", "cell", "measure", "found", "expected", "remedy", "suppressed"]
    return pd.DataFrame([asdict(finding) for finding in quarter.findings], columns=columns)


def placements(quarter: Quarter) -> pd.DataFrame:
    """One row for each placement (an action under a deliverable) and reporting period: what counts there.

    Columns: action, code, title, directorate, deliverable (a key, None where it stands under none), reported_in, rating
    (a band's key, or none), update, revised, progress (a share from 0 to 1), milestone, and its source.
    """
    reports = index_reports(quarter.actions)
    periods = sorted({report.period for report in quarter.actions}, key=lambda period: period.ordinal)
    rows = []
    for each in (found for period in periods for found in rate(quarter.framework, reports, period)):
        action, deliverable = each.placement.action, each.placement.deliverable
        row: dict[str, Any] = {"action": action.key, "code": action.code, "title": action.title}
        row |= {"directorate": action.directorate, "deliverable": deliverable.key if deliverable else None}
        row |= {"reported_in": each.period.label, "rating": each.rating, "update": each.update}
        row |= {"revised": each.revised, "progress": _number(each.progress), "milestone": each.milestone}
        rows.append(row | _source(each.report.source if each.report else None))
    return pd.DataFrame(rows, columns=[*_PLACEMENT_COLUMNS, *_SOURCE_COLUMNS])


def texts(quarter: Quarter) -> pd.DataFrame:
    """One row for each heading, directorate and reporting period under which something was written."""
    titles = {section.key: section.title for section in quarter.framework.sections}
    rows = [
        {
            "section": each.section,
            "title": titles.get(each.section, ""),
            "directorate": each.directorate,
            "reported_in": each.period.label,
            "text": each.text,
        }
        | _source(each.source)
        for each in quarter.sections
        if each.text
    ]
    return pd.DataFrame(rows, columns=["section", "title", "directorate", "reported_in", "text", *_SOURCE_COLUMNS])


def grids(quarter: Quarter) -> pd.DataFrame:
    """One row for each figure of a grid: grid, line and its label, column, directorate, reported_in, value, mark."""
    lines = {line.key: (grid.title, line.label) for grid in quarter.framework.grids for line in grid.lines}
    rows = []
    for each in quarter.grids:
        title, label = lines.get(each.line, ("", ""))
        row: dict[str, Any] = {"grid": title, "line": each.line, "label": label, "column": each.column}
        row |= {"directorate": each.directorate, "reported_in": each.period.label, "value": _number(each.value)}
        rows.append(row | {"mark": each.mark} | _source(each.source))
    columns = ["grid", "line", "label", "column", "directorate", "reported_in", "value", "mark"]
    return pd.DataFrame(rows, columns=[*columns, *_SOURCE_COLUMNS])


def returns(quarter: Quarter) -> pd.DataFrame:
    """One row for each expected return: state, dates, lateness, how much is answered, the file that counts."""
    columns = ["directorate", "issue", "state", "due", "received", "late", "overdue"]
    columns += ["measures", "answered", "actions", "rated", "file"]
    rows = [{name: getattr(each, name) for name in columns} for each in quarter.returns]
    return pd.DataFrame(rows, columns=columns)


def files(quarter: Quarter) -> pd.DataFrame:
    """One row for each file of the shared folder: its one outcome, with code and reason."""
    columns = ["path", "outcome", "code", "reason", "directorate", "sha256", "modified"]
    return pd.DataFrame([asdict(each) for each in quarter.files], columns=columns)


def adjustments(quarter: Quarter) -> pd.DataFrame:
    """One row for each adjustment: what was done, of what, why and by whom, and whether it counts."""
    columns = ["kind", "measure", "period", "value", "reason", "by", "own", "counts"]
    rows = []
    for each in quarter.adjusted:
        made = each.adjustment
        rows.append(
            {
                "kind": made.kind,
                "measure": made.measure,
                "period": made.period.label,
                "value": made.band or made.shown,
                "reason": made.reason,
                "by": made.by,
                "own": _number(each.own.actual) if each.own else None,
                "counts": each.counts,
            }
        )
    return pd.DataFrame(rows, columns=columns)


def all_tables(quarter: Quarter) -> dict[str, pd.DataFrame]:
    """Every table by its name."""
    made = (observations, judgements, placements, texts, grids, returns, files, findings, adjustments)
    return {table.__name__: table(quarter) for table in made}


_SOURCE_COLUMNS = ("file", "sheet", "cell", "stored", "displayed", "submitted_by", "received", "sha256")
_PLACEMENT_COLUMNS = (
    *("action", "code", "title", "directorate", "deliverable", "reported_in"),
    *("rating", "update", "revised", "progress", "milestone"),
)
_MEASURE_COLUMNS = ("key", "code", "title", "directorate", "priority")
_JUDGEMENT_COLUMNS = (
    *_MEASURE_COLUMNS,
    *("period", "about", "state", "actual", "previous", "last_year", "target", "target_high", "to_date", "year_target"),
    *("score", "trend", "annual"),
)
_OBSERVATION_COLUMNS = (
    *_MEASURE_COLUMNS,
    *("unit", "period", "reported_in", "status", "actual", "typed", "numerator", "denominator", "basis", "companion"),
    *("forecast", "commentary", "action", "to_date", "chosen"),
    *_SOURCE_COLUMNS,
)


def _observation_row(framework: Framework, observation: Observation) -> dict[str, Any]:
    measure = framework.by_key[observation.measure]
    row: dict[str, Any] = {name: getattr(measure, name) for name in _MEASURE_COLUMNS}
    row |= {
        "unit": measure.unit.label,
        "period": observation.period.label,
        "reported_in": observation.reported_in.label,
        "status": observation.status,
        "basis": observation.basis,
        "companion": observation.companion,
        "commentary": observation.commentary,
        "action": observation.action,
        "chosen": observation.chosen,
    }
    for name in ("actual", "typed", "numerator", "denominator", "forecast", "to_date"):
        row[name] = _number(getattr(observation, name))
    return row | _source(observation.source)


def _source(source: Source | None) -> dict[str, Any]:
    return asdict(source) if source else {}


def _judgement_row(framework: Framework, row: Judgement) -> dict[str, Any]:
    measure = row.measure
    band = framework.scheme_of(measure).band(row.band)
    table: dict[str, Any] = {name: getattr(measure, name) for name in _MEASURE_COLUMNS}
    table |= {"period": row.period.label, "about": row.about.label if row.about else None, "state": row.state}
    for name in ("actual", "previous", "last_year", "target", "target_high", "to_date", "year_target"):
        table[name] = _number(getattr(row, name))
    table["score"] = band.key if band else "not_scored" if row.state == "reported" else None
    table["trend"] = DIRECTIONS[row.trend] if row.trend is not None else None
    table["annual"] = DIRECTIONS[row.annual] if row.annual is not None else None
    return table


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
