"""What a version said when it was accepted, as bytes for the archive: ASCII JSON, decimals as text.

A figure once accepted stays what it was, whatever becomes of the framework: later quarters read it from here and not
from the workbook again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from perfbook.errors import PeriodError, UnreadableFileError
from perfbook.framework.model import Framework, Place
from perfbook.framework.periods import Period
from perfbook.records import (
    ActionReport,
    Evidence,
    Finding,
    GridFigure,
    Observation,
    Reply,
    SectionText,
    SignOff,
    Source,
    Submission,
)

FORMAT = 1
UNREADABLE = "R109"
# Of each measure the kind of its unit and its multiplier: by these a figure means what it means.
Units = dict[str, list[str | int]]
_DECIMALS = ("actual", "typed", "numerator", "denominator", "forecast", "to_date")
_PERIODS = ("period", "reported_in")


def dump(submission: Submission, framework: Framework) -> bytes:
    """A submission as bytes, with the units that its figures have; the same always gives the same bytes."""
    table = _fields(submission) | {"format": FORMAT, "units": units_now(submission, framework)}
    return json.dumps(table, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain).encode("ascii")


def load(data: bytes, file: str) -> Submission:
    """The submission of bytes that `dump` made; `file` is for the message. Raises UnreadableFileError for others."""
    try:
        table = json.loads(data)
        if table.pop("format") != FORMAT:
            raise UnreadableFileError(
                UNREADABLE, f"The figures of {file} were recorded by another version of perfbook. Update perfbook."
            )
        del table["units"]
        return Submission(
            **table
            | {
                "period": Period(**table["period"]),
                "observations": tuple(_observation(fields) for fields in table["observations"]),
                "findings": tuple(Finding(**fields) for fields in table["findings"]),
                "sign_off": SignOff(**table["sign_off"]) if table["sign_off"] else None,
                "actions": tuple(_report(fields) for fields in table.get("actions", ())),
                "sections": tuple(_section(fields) for fields in table.get("sections", ())),
                "replies": tuple(_reply(fields) for fields in table.get("replies", ())),
                "grids": tuple(_grid_figure(fields) for fields in table.get("grids", ())),
                "evidence": tuple(_evidence(fields) for fields in table.get("evidence", ())),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation, PeriodError, RecursionError) as error:
        raise UnreadableFileError(UNREADABLE, f"The recorded figures of {file} cannot be understood.") from error


def units_now(submission: Submission, framework: Framework) -> Units:
    """The units of a submission's measures as the framework has them."""
    measures = (framework.by_key.get(observation.measure) for observation in submission.observations)
    return {measure.key: [measure.unit.kind, measure.unit.multiplier] for measure in measures if measure}


def units_then(data: bytes) -> Units:
    """The units that figures had when they were recorded, of bytes that `load` understands."""
    units: Units = json.loads(data)["units"]
    return units


def carried(submission: Submission, before: Submission) -> Submission:
    """A reading of a workbook, with what an earlier reading of the same workbook found and this one does not.

    So a measure that has gone to another directorate meanwhile keeps the figure that was accepted for it.
    """
    there = {(o.measure, o.period) for o in submission.observations}
    more = tuple(o for o in before.observations if (o.measure, o.period) not in there)
    rated = {(r.action, r.deliverable) for r in submission.actions}
    others = tuple(r for r in before.actions if (r.action, r.deliverable) not in rated)
    written = {text.section for text in submission.sections}
    texts = tuple(text for text in before.sections if text.section not in written)
    counted = {(figure.line, figure.column) for figure in submission.grids}
    figures = tuple(figure for figure in before.grids if (figure.line, figure.column) not in counted)
    if not more and not others and not texts and not figures:
        return submission
    return replace(
        submission,
        observations=(*submission.observations, *more),
        actions=(*submission.actions, *others),
        sections=(*submission.sections, *texts),
        grids=(*submission.grids, *figures),
    )


def _observation(fields: Mapping[str, Any]) -> Observation:
    read: dict[str, Any] = dict(fields)
    for key in _DECIMALS:
        # Those of before there was a year to date lack it.
        read[key] = Decimal(read[key]) if read.get(key) is not None else None
    for key in _PERIODS:
        read[key] = Period(**read[key])
    read["source"] = _source(read["source"])
    # Those of before the cells of texts were kept lack them.
    for key in ("commentary_at", "action_at"):
        read[key] = _place(read.get(key))
    return Observation(**read)


def _report(fields: Mapping[str, Any]) -> ActionReport:
    read: dict[str, Any] = dict(fields)
    read["progress"] = Decimal(read["progress"]) if read["progress"] is not None else None
    read["period"] = Period(**read["period"])
    read["source"] = _source(read["source"])
    read["update_at"] = _place(read.get("update_at"))
    return ActionReport(**read)


def _section(fields: Mapping[str, Any]) -> SectionText:
    period, source = Period(**fields["period"]), _source(fields["source"])
    return SectionText(**{**fields, "period": period, "source": source})


def _grid_figure(fields: Mapping[str, Any]) -> GridFigure:
    period, source = Period(**fields["period"]), _source(fields["source"])
    return GridFigure(**{**fields, "period": period, "source": source, "value": Decimal(fields["value"])})


def _evidence(fields: Mapping[str, Any]) -> Evidence:
    period, source = Period(**fields["period"]), _source(fields["source"])
    return Evidence(**{**fields, "period": period, "source": source})


def _source(fields: Mapping[str, Any] | None) -> Source | None:
    if not fields:
        return None
    received = fields["received"]
    return Source(**{**fields, "received": datetime.fromisoformat(received) if received else None})


def _place(fields: Mapping[str, str] | None) -> Place | None:
    return Place(**fields) if fields else None


def _reply(fields: Mapping[str, Any]) -> Reply:
    return Reply(**dict(fields) | {"period": Period(**fields["period"]), "codes": tuple(fields["codes"])})


def _fields(record: object) -> dict[str, Any]:
    """The fields of a record as they are; those of records in them are written by `_plain`, without a copy of all."""
    return {name: getattr(record, name) for name in _names_of(type(record))}  # type: ignore[arg-type]  # a class is hashable


@lru_cache(maxsize=64)
def _names_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: object) -> str | dict[str, Any]:
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be recorded")
