"""Tidy tables of a quarter, as pandas DataFrames, for analysis outside the scorecard."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from perfbook.framework.model import Framework
from perfbook.records import Observation, Quarter
from perfbook.scoring.judge import DIRECTIONS, Judgement, index, judge


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
    return pd.DataFrame([_judgement_row(quarter.framework, row) for row in judged])


def findings(quarter: Quarter) -> pd.DataFrame:
    """One row for each finding: code, severity, place, measure (a key), found, expected, remedy, suppressed (why)."""
    columns = ["code", "severity", "file", "sheet", "cell", "measure", "found", "expected", "remedy", "suppressed"]
    return pd.DataFrame([asdict(finding) for finding in quarter.findings], columns=columns)


_MEASURE_COLUMNS = ("key", "code", "title", "directorate", "priority")
_OBSERVATION_COLUMNS = (
    *_MEASURE_COLUMNS,
    *("unit", "period", "reported_in", "status", "actual", "typed", "numerator", "denominator", "basis", "companion"),
    *("forecast", "commentary", "action", "to_date", "chosen"),
    *("file", "sheet", "cell", "stored", "displayed", "submitted_by", "received", "sha256"),
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
    return row | (asdict(observation.source) if observation.source else {})


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
