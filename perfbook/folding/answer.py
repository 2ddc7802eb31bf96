"""The answer of a collection as the sum of the shares of its directorates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain

from perfbook.account import HEARD, Account
from perfbook.checks.across.findings import in_order
from perfbook.folding.share import GROUPS, Numbers, Share, Whole
from perfbook.folding.store import Kept
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import OUTCOMES, FileRecord, Finding, Quarter
from perfbook.scorecard.reconcile import ASPECTS, Reconciliation
from perfbook.scoring.judge import Counts
from perfbook.scoring.ratings import count_actions, index_reports, rate


def answer_of(
    framework: Framework,
    period: Period,
    now: datetime,
    kept: Kept,
    files: Iterable[FileRecord],
    shares: Mapping[str, Share] | None,
) -> Account:
    """The account of a quarter at `now`. Without `shares` (of every directorate) it lacks findings and returns one by
    one, and tells of their numbers alone."""
    told = [shares[each.key] for each in framework.directorates] if shares is not None else []
    quarter = Quarter(
        framework,
        period,
        now,
        (period,),
        (),
        tuple(chain.from_iterable(share.returns for share in told)),
        tuple(files),
        _findings(framework, told, kept.whole) if shares is not None else (),
        actions=tuple(chain.from_iterable(share.actions for share in told)),
        framework_changes=kept.framework_changes,
        closings=kept.closings,
        restatements=kept.restatements,
        reopenings=kept.reopenings,
    )
    return _account(quarter, kept.numbers)


def found_in(numbers: Numbers) -> int:
    """How many findings there are."""
    return sum(numbers.get(("findings", name), 0) for name in HEARD)


def _account(quarter: Quarter, numbers: Numbers) -> Account:
    framework, period = quarter.framework, quarter.period
    groups: dict[str, dict[str, int]] = {}
    for (group, name), number in numbers.items():
        groups.setdefault(group, {})[name] = number
    codes = {name: number for name, number in sorted(groups.get("codes", {}).items()) if number}
    outcomes = Counter(file.outcome for file in quarter.files)
    rated = rate(framework, index_reports(quarter.actions), period)
    return Account(
        quarter,
        (),
        Counts(*(groups[group] for group in GROUPS)),
        groups["returns"],
        {name: groups["findings"][name] for name in HEARD} | {"by_code": codes},
        {outcome: outcomes[outcome] for outcome in OUTCOMES},
        Reconciliation(period, (), (), dict.fromkeys(ASPECTS, 0)),
        count_actions(framework, rated),
    )


def _findings(framework: Framework, shares: Iterable[Share], whole: Whole) -> tuple[Finding, ...]:
    """All findings, in the order in which a collection makes them."""
    shares = tuple(shares)
    own = chain.from_iterable(share.own for share in shares)
    said = chain.from_iterable(share.said for share in shares)
    rows = chain(*(share.rows for share in shares), whole.between)
    return (*own, *said, *in_order(framework, rows), *whole.others)
