"""Every finding that perfbook can make: its code, how grave it is, what to do, what officers may change about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from perfbook.checks import listed
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.run import RULES as ACROSS_RULES
from perfbook.checks.action_rules import action_rules
from perfbook.checks.row_rules import ROW_RULES
from perfbook.checks.rule import Knob, Rule, Sure
from perfbook.checks.section_rules import SECTION_RULES
from perfbook.checks.text_rules import TEXT_RULES, TextRule
from perfbook.framework.model import CheckSetting, Framework
from perfbook.framework.periods import Period
from perfbook.records import Finding, Severity
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE


@dataclass(frozen=True)
class Entry:
    """One finding. `certified` is its severity in certified returns, `or_else` in milder cases (None: the same).

    `rule` is there where the finding is a rule of a row, live in the return as well, `text` where it is one of a text,
    `across` where it is one that reads several cells, rows or periods.
    `switchable` tells whether officers may switch it off, make it graver or milder, and suppress it: not where
    something could not be read.
    """

    code: str
    family: str
    severity: Severity
    title: str
    remedy: str
    sure: Sure
    switchable: bool
    certified: Severity | None = None
    or_else: Severity | None = None
    knob: Knob | None = None
    rule: Rule | None = None
    text: TextRule | None = None
    across: AcrossRule | None = None

    @property
    def of_row(self) -> bool:
        """Whether the finding is about one measure, action, heading or line, and so may be suppressed for it."""
        return self.switchable and self.family in _OF_ROW


# What the families are called, by what their codes begin with; the longer beginning decides.
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "V": "Values",
        "S1": "Status",
        "T": "Time",
        "P": "Totals",
        "S3": "Scores that were published",
        "E": "Explanations",
        "W": "Texts against figures",
        "X": "Texts",
        "K": "Codes and ratings",
        "U": "Completeness",
        "A": "Actions",
        "N": "Sections",
        "G": "Grids",
        "D": "Evidence",
        "S2": "Sign-off",
        "R1": "Files that are refused",
        "R2": "What was done to a return",
        "F": "The framework",
    }
)


# The history of earlier periods asks for it.
_ALWAYS = frozenset({"R206"})

_OF_ROW = frozenset(
    {
        "Values",
        "Status",
        "Time",
        "Explanations",
        "Texts against figures",
        "Texts",
        "Actions",
        "Sections",
        "Grids",
        "Evidence",
    }
)


def _family(code: str) -> str:
    return FAMILIES.get(code[:2]) or FAMILIES[code[:1]]


def _of_rule(rule: Rule) -> Entry:
    return Entry(
        code=rule.code,
        family=_family(rule.code),
        severity=rule.severity,
        title=rule.title,
        remedy=rule.remedy,
        sure=rule.sure,
        switchable=True,
        certified=rule.certified,
        knob=rule.knob,
        rule=rule,
    )


def _of_text(rule: TextRule) -> Entry:
    return Entry(
        code=rule.code,
        family=_family(rule.code),
        severity=rule.severity,
        title=rule.title,
        remedy=rule.remedy,
        sure=rule.sure,
        switchable=True,
        text=rule,
    )


def _of_across(rule: AcrossRule) -> Entry:
    return Entry(
        code=rule.code,
        family=_family(rule.code),
        severity=rule.severity,
        title=rule.title,
        remedy=rule.remedy,
        sure=rule.sure,
        # In a council's own quarter the others are never made.
        switchable=not rule.published,
        across=rule,
    )


def _of_listed(each: listed.Listed) -> Entry:
    return Entry(
        code=each.code,
        family=_family(each.code),
        severity=each.severity,
        title=each.title,
        remedy=each.remedy,
        sure=each.sure,
        switchable=each.severity != "error" and each.code not in _ALWAYS,
        or_else=each.or_else,
        knob=each.knob,
    )


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    order = {family: place for place, family in enumerate(FAMILIES.values())}
    return tuple(sorted(entries, key=lambda entry: (order[entry.family], entry.code)))


ENTRIES: tuple[Entry, ...] = _in_order(
    [
        *(_of_rule(rule) for rule in ROW_RULES),
        *(_of_rule(rule) for rule in action_rules(STAR_CIRCLE_TRIANGLE)),
        *(_of_rule(rule) for rule in SECTION_RULES),
        *(_of_text(rule) for rule in TEXT_RULES),
        *(_of_across(rule) for rule in ACROSS_RULES),
        *(_of_listed(each) for each in listed.LISTED),
    ]
)
BY_CODE: Mapping[str, Entry] = MappingProxyType({entry.code: entry for entry in ENTRIES})
SWITCHABLE: tuple[Entry, ...] = tuple(entry for entry in ENTRIES if entry.switchable)


def settle(findings: Iterable[Finding], framework: Framework, period: Period) -> tuple[Finding, ...]:
    """The findings as the framework wants them.

    What is switched off is left out, severities are the framework's, what is suppressed is marked with its reason.
    Rules of rows are settled already when they are evaluated; to settle them again changes nothing.
    """
    if not framework.checks and not framework.suppressions:
        return tuple(findings)
    settled = []
    for finding in findings:
        setting = framework.checks.get(finding.code)
        if setting and not setting.on:
            continue
        settled.append(_suppressed(_graded(finding, setting), framework, period))
    return tuple(settled)


def _graded(finding: Finding, setting: CheckSetting | None) -> Finding:
    return replace(finding, severity=setting.severity) if setting and setting.severity else finding


def _suppressed(finding: Finding, framework: Framework, period: Period) -> Finding:
    if finding.suppressed or not finding.measure:
        return finding
    for each in framework.suppressed(finding.measure, period):
        if each.code == finding.code:
            return replace(finding, suppressed=each.words)
    return finding
