"""Rules across rows that are asked of one directorate at a time: what they find hangs on nobody else's rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import chain

import pytest

from perfbook.checks.across.findings import framework_findings, quarter_findings
from perfbook.checks.across.rule import AcrossRule
from perfbook.checks.across.run import RULES
from perfbook.checks.across.subject import Hit, Subject
from perfbook.framework.model import Directorate, Measure, Unit
from perfbook.framework.periods import parse
from perfbook.records import Observation, Source
from tests.checks.clean import case

PERIOD = parse("2031-32 Q2")

# These read several rows of one directorate.
_OF_SEVERAL = frozenset({"P106", "P107", "S305", "T204", "T211", "X202", "X203"})
_OF_ROWS = [rule for rule in RULES if not (rule.published or rule.between or rule.code in _OF_SEVERAL)]


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


def _observed(key: str, actual: str, words: str = "") -> Observation:
    source = Source("a.xlsx", "Measures", "J9", actual, actual)
    return Observation(key, PERIOD, PERIOD, "provided", Decimal(actual), commentary=words, source=source)


def test_what_one_council_counts_is_not_held_against_another() -> None:
    """To a department two councils report the same measures: one's potholes are not the other's."""
    count = Unit.parse("count")
    titles = {"reported": "Potholes reported", "repaired": "Potholes repaired"}
    measures = tuple(
        Measure(f"{who}-{what}", f"{who}{what}", title, "all", who, count, 0, "higher")
        for who in ("north", "south")
        for what, title in titles.items()
    )
    councils = tuple(Directorate(who, who.title()) for who in ("north", "south"))
    made = replace(case(1).framework, measures=measures, directorates=councils, targets={})
    fine = {"north-reported": "400", "north-repaired": "380", "south-reported": "90", "south-repaired": "80"}
    present = [_observed(key, actual) for key, actual in fine.items()]
    assert [each.code for each in quarter_findings(made, PERIOD, (), present)] == []
    present[1] = _observed("north-repaired", "480")
    assert [(each.code, each.measure) for each in quarter_findings(made, PERIOD, (), present)] == [
        ("P107", "north-repaired")
    ]


def test_a_measure_that_every_council_reports_is_one_row_for_each_and_no_thing_under_several_codes() -> None:
    title, count = "Potholes reported by residents", Unit.parse("count")
    councils = tuple(Directorate(f"c{number}", f"Council {number}") for number in range(12))
    measures = tuple(
        Measure(f"{each.key}-p", f"P{number}", title, "all", each.key, count, 0, "lower")
        for number, each in enumerate(councils)
    )
    made = replace(case(1).framework, measures=measures, directorates=councils, targets={})
    assert [each for each in framework_findings(made) if each.code == "K105"] == []
    own = tuple(replace(each, directorate="c0") for each in measures)
    (found,) = [each for each in framework_findings(replace(made, measures=own)) if each.code == "K105"]
    assert found.found == "“potholes reported by residents” stands under P0 and P1 and P2 and P3 and 8 more."


def test_a_column_that_was_dragged_down_is_seen_though_a_measure_has_no_earlier_figure() -> None:
    """Rows stand as in the framework, whatever figures were known first."""
    directorates = (Directorate("roads", "Roads"), Directorate("homes", "Homes"))
    titles = ("Potholes repaired", "Gullies emptied", "Lamps replaced")
    measures = tuple(
        Measure(f"m{place}", f"M{place}", title, "all", "roads", Unit.parse("count"), 0, "higher")
        for place, title in enumerate(titles)
    )
    made = replace(case(1).framework, measures=measures, directorates=directorates, targets={})
    present = [
        _observed(f"m{place}", f"{place + 4}7", f"The new contract begins in January {2032 + place}.")
        for place in range(3)
    ]
    earlier = parse("2031-32 Q1")
    past = [replace(present[place], period=earlier, reported_in=earlier, commentary="") for place in (0, 2)]
    found = quarter_findings(made, PERIOD, past, present)
    assert [each.measure for each in found if each.code == "X202"] == ["m0", "m1", "m2"]


def test_one_text_for_unlike_measures_of_two_directorates_is_seen_though_their_titles_share_a_word_like_with() -> None:
    titles = {
        "homes": "Satisfaction with repairs",
        "care": "Number of contacts with advice alone",
        "all": "Repairs made",
    }
    made = replace(
        case(1).framework,
        measures=tuple(
            Measure(key, key.upper(), title, "all", key, Unit.parse("count"), 0, "higher")
            for key, title in titles.items()
        ),
        directorates=tuple(Directorate(key, key.title()) for key in titles),
        targets={},
    )

    def found(*keys: str) -> list[str]:
        present = [_observed(key, "57", "Demand grew while two posts were vacant until June.") for key in keys]
        return [each.found for each in quarter_findings(made, PERIOD, (), present) if each.code == "X201"]

    assert found("homes", "care") == ["Word for word the same text stands in HOMES and CARE."]
    assert found("homes", "all") == []
