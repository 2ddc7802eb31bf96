"""Every rule across rows asked of a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from perfbook.checks.across import (
    aim_rules,
    code_rules,
    compared_rules,
    complete_rules,
    copy_rules,
    counted_rules,
    period_rules,
    quoted_rules,
    reference_rules,
    score_rules,
    stated_rules,
    telling_rules,
    time_rules,
    timing_rules,
    total_rules,
    unit_rules,
    value_rules,
    word_rules,
)
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.subject import Spot, Subject
from perfbook.checks.text_rules import text_findings
from perfbook.records import Finding

RULES: tuple[AcrossRule, ...] = (
    *value_rules.RULES,
    *unit_rules.RULES,
    *time_rules.RULES,
    *period_rules.RULES,
    *total_rules.RULES,
    *counted_rules.RULES,
    *score_rules.RULES,
    *word_rules.RULES,
    *telling_rules.RULES,
    *quoted_rules.RULES,
    *compared_rules.RULES,
    *timing_rules.RULES,
    *stated_rules.RULES,
    *aim_rules.RULES,
    *copy_rules.RULES,
    *code_rules.RULES,
    *reference_rules.RULES,
    *complete_rules.RULES,
)
BY_CODE = {rule.code: rule for rule in RULES}
_IN_RETURNS = tuple(rule for rule in RULES if not rule.published)
_OF_ROWS = tuple(rule for rule in _IN_RETURNS if not rule.between)
_BETWEEN = tuple(rule for rule in _IN_RETURNS if rule.between)


def _always(_: str) -> bool:
    return True


def across_findings(subject: Subject, is_on: Callable[[str], bool] = _always) -> tuple[Finding, ...]:
    """Every finding about a subject, each once; `is_on` tells of a code whether it is asked at all."""
    asked = [rule for rule in (_IN_RETURNS if subject.rows_checked else RULES) if is_on(rule.code)]
    return tuple(dict.fromkeys(_found(subject, asked)))


def findings_of_rows(subject: Subject, is_on: Callable[[str], bool] = _always) -> tuple[Finding, ...]:
    """What is found in the rows of one directorate, whatever others report."""
    return tuple(_found(subject, [rule for rule in _OF_ROWS if is_on(rule.code)]))


def findings_between(subject: Subject, is_on: Callable[[str], bool] = _always) -> tuple[Finding, ...]:
    """What the rows of several directorates show only beside each other."""
    return tuple(_found(subject, [rule for rule in _BETWEEN if is_on(rule.code)]))


def _found(subject: Subject, asked: Iterable[AcrossRule]) -> Iterator[Finding]:
    for rule in asked:
        for hit in rule.find(subject):
            spot = hit.spot
            yield Finding(
                rule.code,
                rule.severity,
                spot.file,
                spot.sheet,
                spot.cell,
                spot.key,
                hit.found,
                hit.expected,
                rule.remedy,
                about=spot.about,
            )
    if not subject.rows_checked:
        for text in subject.every_text:
            yield from _of_text(text.text, text.spot)


def _of_text(text: str, spot: Spot) -> Iterator[Finding]:
    """What the rules of texts say of a text that no return has brought."""
    yield from text_findings({"text": text}, spot.key, file=spot.file, sheet=spot.sheet, cells={"text": spot.cell})
