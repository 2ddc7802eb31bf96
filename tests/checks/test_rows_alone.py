"""Rules across rows that are asked of one directorate at a time find what they find in the whole quarter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain

import pytest

from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.run import RULES
from perfbook.checks.across.subject import Hit, Subject

_OF_ROWS = [rule for rule in RULES if not rule.published and not rule.between]
_BETWEEN = [rule for rule in RULES if not rule.published and rule.between]


def _examples() -> list[Subject]:
    """The rows of all kept examples, those together that are about one period."""
    kept = [subject for rule in RULES for subject in (rule.trips, *rule.passes)]
    periods = dict.fromkeys((each.start, each.end) for each in kept)
    groups = [[each for each in kept if (each.start, each.end) == period] for period in periods]
    return [
        replace(
            group[0],
            lines=tuple(chain.from_iterable(each.lines for each in group)),
            items=tuple(chain.from_iterable(each.items for each in group)),
            texts=tuple(chain.from_iterable(each.texts for each in group)),
            rows_checked=True,
        )
        for group in groups
    ]


def _alone(subject: Subject) -> list[Subject]:
    """Each row with nothing beside it."""
    bare = replace(subject, lines=(), items=(), texts=())
    lines = [replace(bare, lines=(each,)) for each in subject.lines]
    items = [replace(bare, items=(each,)) for each in subject.items]
    return [*lines, *items, *(replace(bare, texts=(each,)) for each in subject.texts)]


@pytest.mark.parametrize("rule", _OF_ROWS, ids=lambda rule: rule.code)
def test_a_rule_of_rows_finds_the_same_in_each_row_alone(rule: AcrossRule) -> None:
    found: Counter[Hit] = Counter()
    for subject in _examples():
        hits = Counter(rule.find(subject))
        assert hits == Counter(hit for each in _alone(subject) for hit in rule.find(each))
        found += hits
    assert found


def test_rules_between_rows_need_more_than_one_row() -> None:
    lost = [
        rule.code
        for rule in _BETWEEN
        if rule.trips.lines and not any(list(rule.find(each)) for each in _alone(replace(rule.trips, sums=())))
    ]
    assert {"P106", "P107", "T211"} <= set(lost)
