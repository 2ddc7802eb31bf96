"""The account of a quarter: the counts that are printed, answered as JSON and repeated on the scorecard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfbook._rubbish import seldom_looked_for
from perfbook.records import (
    OUTCOMES,
    SEVERITIES,
    Adjusted,
    Finding,
    FrameworkChange,
    Quarter,
    RatingSet,
    Reopening,
    Restatement,
    ReturnRecord,
)
from perfbook.scorecard.reconcile import Reconciliation, reconcile_judged
from perfbook.scoring.judge import Counts, Judgement, count, index, judge
from perfbook.scoring.ratings import ActionCounts, count_actions, index_reports, rate

# Of findings: those by severity, and those that are suppressed.
HEARD = (*SEVERITIES, "suppressed")


@dataclass(frozen=True)
class Account:
    """The counts of a quarter, as DESIGN defines them; each group adds up to its total."""

    quarter: Quarter
    judgements: tuple[Judgement, ...]
    counts: Counts
    returns: Mapping[str, int]
    findings: Mapping[str, Any]
    outcomes: Mapping[str, int]
    reconciliation: Reconciliation
    actions: ActionCounts

    @property
    def found(self) -> int:
        """How many findings there are, suppressed ones among them."""
        return sum(self.findings[name] for name in HEARD)

    @property
    def exit_code(self) -> int:
        """1 where a return has error findings, is rejected or is overdue; else 0."""
        return int(bool(self.returns["overdue"] or self.findings["error"] or self.outcomes["rejected"]))

    def as_json(self, outputs: Mapping[str, Path] | None = None) -> dict[str, Any]:
        """The answer of `consolidate --json`."""
        quarter = self.quarter
        return {
            "period": quarter.period.label,
            "as_at": quarter.as_at.isoformat(),
            "returns": dict(self.returns),
            "measures": dict(self.counts.measures),
            "score": dict(self.counts.score),
            "trend": dict(self.counts.trend),
            "annual": dict(self.counts.annual),
            "actions": self.actions.as_json(),
            "findings": dict(self.findings),
            "reconciliation": {aspect: list(codes) for aspect, codes in self.reconciliation.differing_codes().items()},
            "adjusted": [_adjusted(quarter, each) for each in quarter.adjusted],
            "ratings_set": [_rating_set(each) for each in quarter.ratings_set],
            "closed": {each.period.label: each.at.isoformat() for each in quarter.closings},
            "framework_changed": [_framework_change(each) for each in quarter.framework_changes],
            "reopened": [reopening_json(each) for each in quarter.reopenings],
            "restated": [restatement_json(each) for each in quarter.restatements],
            "files": [
                {"path": file.path, "outcome": file.outcome, "code": file.code, "reason": file.reason}
                for file in quarter.files
            ],
            "outputs": {name: str(path) for name, path in (outputs or {}).items()},
        }


def _adjusted(quarter: Quarter, each: Adjusted) -> dict[str, Any]:
    made = each.adjustment
    own = each.own.actual if each.own else None
    return {
        "adjustment": made.kind,
        "measure": made.measure,
        "code": quarter.framework.by_key[made.measure].code,
        "period": made.period.label,
        "counts": each.counts,
        "returned": None if own is None else float(own),
        "figure": None if made.actual is None else float(made.actual),
        "status": made.status,
        "score": made.band or None,
        "reason": made.reason,
        "by": made.by,
    }


def _rating_set(each: RatingSet) -> dict[str, Any]:
    made = each.adjustment
    return {
        "placement": each.placement,
        "period": made.period.label,
        "returned": each.rating,
        "rating": made.band or None,
        "update": made.update or None,
        "progress": None if made.progress is None else float(made.progress),
        "revised": made.revised or None,
        "reason": made.reason,
        "by": made.by,
    }


def restatement_json(each: Restatement) -> dict[str, Any]:
    """A restatement as plain data."""
    return {
        "closed": each.closed.label,
        "about": each.about,
        "name": each.name,
        "period": each.period.label,
        "field": each.field.lower(),
        "published": each.before,
        "now": each.now,
        "why": each.why,
    }


def _framework_change(each: FrameworkChange) -> dict[str, Any]:
    fields = ("section", "key", "code", "title", "field", "before", "now")
    return {name: getattr(each, name) for name in fields}


def reopening_json(each: Reopening) -> dict[str, Any]:
    """A closing that was undone, as plain data."""
    return {
        "period": each.period.label,
        "closed": each.closed.isoformat(),
        "sha256": each.sha256,
        "reopened": each.at.isoformat(),
        "reason": each.reason,
        "by": each.by,
    }


@seldom_looked_for()
def account(quarter: Quarter) -> Account:
    """The account of a quarter."""
    framework, period = quarter.framework, quarter.period
    judgements = judge(framework, index(quarter.observations), period)
    rated = rate(framework, index_reports(quarter.actions), period)
    counts, actions = count(framework, judgements), count_actions(framework, rated)
    outcomes = Counter(file.outcome for file in quarter.files)
    return Account(
        quarter,
        judgements,
        counts,
        count_returns(quarter.returns),
        count_findings(quarter.findings),
        {outcome: outcomes[outcome] for outcome in OUTCOMES},
        reconcile_judged(framework, period, judgements, rated, (counts, actions)),
        actions,
    )


def count_returns(records: Iterable[ReturnRecord]) -> dict[str, int]:
    """Returns by state: expected = received + in progress + not started + unreadable; `late` are among the received."""
    records = tuple(records)
    states = Counter(record.state for record in records)
    return {
        "expected": len(records),
        "received": sum(record.is_received for record in records),
        "certified": states["certified"],
        "provisional": states["provisional"],
        "in_progress": states["in progress"],
        "not_started": states["not started"],
        "unreadable": states["unreadable"],
        "late": sum(record.late for record in records),
        "overdue": sum(record.overdue for record in records),
    }


def count_findings(findings: Iterable[Finding]) -> dict[str, Any]:
    """Findings by severity and by code; suppressed ones are counted apart."""
    findings = tuple(findings)
    heard = [finding for finding in findings if not finding.suppressed]
    severities = Counter(finding.severity for finding in heard)
    codes = Counter(finding.code for finding in heard)
    return {
        **{name: severities[name] for name in SEVERITIES},
        "suppressed": len(findings) - len(heard),
        "by_code": dict(sorted(codes.items())),
    }
