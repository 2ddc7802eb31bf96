"""What one directorate adds to the answer of a collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfbook._digest import digest_of
from perfbook._grouped import grouped
from perfbook.account import Account, count_findings, count_returns
from perfbook.checks.across.findings import Part
from perfbook.checks.across.run import BY_CODE as ACROSS
from perfbook.checks.across.shown import Shown, shown_of
from perfbook.collecting.collect import Collected
from perfbook.feedback.conversation import Conversation
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import ActionReport, Closing, Finding, ReturnRecord
from perfbook.scoring.judge import Judgement, count

# What is counted, by group and name.
Numbers = dict[tuple[str, str], int]
GROUPS = ("measures", "score", "trend", "annual")


@dataclass(frozen=True)
class Share:
    """One directorate's part. `own` are the findings of its versions, `said` those of collecting them, `rows` those of
    its rows beside each other; `book` is the name of the book that goes back, empty where none does. `earlier` is a
    hash of the figures that it brought about periods which are closed, by which these may be restated."""

    returns: tuple[ReturnRecord, ...] = ()
    actions: tuple[ActionReport, ...] = ()
    own: tuple[Finding, ...] = ()
    said: tuple[Finding, ...] = ()
    rows: tuple[Finding, ...] = ()
    book: str = ""
    numbers: Numbers = field(default_factory=dict)
    earlier: str = ""


@dataclass(frozen=True)
class Whole:
    """What belongs to no directorate: findings `between` several, and `others`, of the framework and of the past."""

    between: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()


class NoShareError(Exception):
    """Something belongs to no directorate for certain, or to several."""


def shares_of(
    found: Conversation,
    account: Account,
    books: Iterable[str],
    directorates: Iterable[str],
    closings: Iterable[Closing],
) -> tuple[dict[str, Share], Whole]:
    """The shares of some directorates, and what belongs to none.

    `books` are the names of those that go back, `closings` the periods that are closed. Raises NoShareError.
    """
    quarter, framework, keys = found.quarter, found.framework, tuple(directorates)
    own, said, across = found.findings_in_groups
    between = tuple(finding for finding in across if ACROSS[finding.code].between)
    of_rows = [finding for finding in across if not ACROSS[finding.code].between]
    owned, told, rows = (by_directorate(found.framework, found.collected, each, keys) for each in (own, said, of_rows))
    returns = grouped(quarter.returns, lambda record: record.directorate)
    reports = (report for report in quarter.actions if report.period == quarter.period)
    actions = grouped(reports, lambda report: framework.actions_by_key[report.action].directorate)
    judged = grouped(account.judgements, lambda each: each.measure.directorate)
    key_of = {name: key for key, name in found.names.items()}
    back = {key_of[name]: name for name in books}
    if not {*returns, *actions, *judged, *back} <= set(keys):
        raise NoShareError
    shares, earlier = {}, earlier_by(found.collected, closings, keys)
    for key in keys:
        share = Share(
            returns.get(key, ()),
            actions.get(key, ()),
            owned.get(key, ()),
            told.get(key, ()),
            rows.get(key, ()),
            back.get(key, ""),
        )
        numbers = _numbers(framework, share, judged.get(key, ()))
        shares[key] = replace(share, numbers=numbers, earlier=earlier[key])
    return shares, Whole(between, quarter.findings[sum(found.sizes) :])


def by_directorate(
    framework: Framework, collected: Collected, findings: Iterable[Finding], directorates: Collection[str]
) -> dict[str, tuple[Finding, ...]]:
    """Findings by directorate, each by the file that it is about and by what it is about.

    Raises NoShareError where that is none of these directorates, or several.
    """
    files = {file.path: file.directorate for file in collected.files}
    for each in collected.submissions:
        files |= dict.fromkeys((each.file, *(source.file for source in each.sources)), each.directorate)

    def whose(finding: Finding) -> str:
        item = framework.by_key.get(finding.measure) or framework.actions_by_key.get(finding.measure)
        found = {files.get(finding.file, ""), item.directorate if item else ""} - {""}
        if len(found) != 1 or not found <= known:
            raise NoShareError
        return found.pop()

    known = frozenset(directorates)
    return grouped(findings, whose)


def earlier_by(collected: Collected, closings: Iterable[Closing], directorates: Iterable[str]) -> dict[str, str]:
    """Of each of some directorates a hash of the figures that it brought about periods up to the last closed one."""
    last = max((closing.period.end for closing in closings), default=None)
    brought = {each.directorate: each.observations for each in collected.submissions}
    return {
        key: digest_of(tuple(each for each in brought.get(key, ()) if last and each.period.end <= last))
        for key in directorates
    }


def shown_by(
    framework: Framework, period: Period, parts: Mapping[str, Part], directorates: Iterable[str]
) -> dict[str, Shown]:
    """What each of some directorates shows to the rules between them; `parts` are of those that reported something."""
    return {key: shown_of(framework, period, parts.get(key, Part())) for key in directorates}


def _numbers(framework: Framework, share: Share, judged: Sequence[Judgement]) -> Numbers:
    counts = count(framework, judged)
    found: Numbers = {}
    for group in GROUPS:
        found |= {(group, name): number for name, number in getattr(counts, group).items()}
    found |= {("returns", name): number for name, number in count_returns(share.returns).items()}
    return found | numbers_of((*share.own, *share.said, *share.rows))


def numbers_of(findings: Iterable[Finding]) -> Numbers:
    """Findings by severity and by code."""
    counts = count_findings(findings)
    codes = counts.pop("by_code")
    return {("findings", name): n for name, n in counts.items()} | {("codes", name): n for name, n in codes.items()}


def total(numbers: Iterable[Numbers]) -> Numbers:
    """All of them together."""
    found: Numbers = {}
    for each in numbers:
        for name, number in each.items():
            found[name] = found.get(name, 0) + number
    return found


def less(numbers: Numbers, gone: Iterable[Numbers]) -> Numbers:
    """What is left of them."""
    return total((numbers, *({name: -number for name, number in each.items()} for each in gone)))
