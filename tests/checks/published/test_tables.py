"""The kept tables point at what is there, say what they count, and never call one thing both right and wrong."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.checks.published.tables import FAMILIES, FOLDERS, HERE, Judged, mistakes, not_mistakes, records

BOTH = mistakes() + not_mistakes()
_DECIMAL = re.compile(r"\d[\d,]*\.\d+")


def test_every_place_is_in_the_published_files(shared: Path) -> None:
    gone = []
    for judged in BOTH:
        for place in judged.places:
            found = records(shared / "data", judged.sample, place)
            many = place.of_many and len(found) > 1
            if not (many or len(found) == 1) or not set(place.columns) <= found[0].keys():
                gone.append(f"{judged.id}: {place} is {len(found)} records")
    assert gone == []


def test_what_is_said_of_a_mistake_stands_in_its_records(shared: Path) -> None:
    """A figure with decimals is seldom in a wrong record by chance: this finds a place that names one."""
    strange = []
    for judged in mistakes():
        named = [row for place in judged.places for row in records(shared / "data", judged.sample, place)]
        text = " ".join(value for row in named for value in row.values())
        strange += [f"{judged.id}: {n}" for n in _DECIMAL.findall(judged.what) if n not in text]
    assert strange == []


def test_ids_are_unique_and_say_the_sample() -> None:
    assert [key for key, count in Counter(judged.id for judged in BOTH).items() if count > 1] == []
    assert [judged.id for judged in BOTH if not judged.id.startswith(judged.sample + "-")] == []


@pytest.mark.parametrize("judged", [pytest.param(judged, id=judged.id) for judged in BOTH])
def test_rows_are_whole(judged: Judged) -> None:
    assert judged.sample in FOLDERS and judged.family in FAMILIES
    assert judged.sure in {"certain", "likely"} and judged.seen_in in {"published", "note"}
    assert judged.what.endswith(".") and judged.why.endswith(".")
    assert len(set(judged.places)) == len(judged.places)


def test_nothing_is_right_and_wrong_at_once() -> None:
    wrong = {(judged.sample, judged.family, place) for judged in mistakes() for place in judged.places}
    right = {(judged.sample, judged.family, place) for judged in not_mistakes() for place in judged.places}
    assert wrong & right == set()


def test_there_are_enough_to_measure_by() -> None:
    count = Counter(judged.sample for judged in mistakes())
    assert all(count[sample] >= 8 for sample in FOLDERS) and count.total() >= 80
    assert len(not_mistakes()) >= 40


def test_the_page_gives_the_counts() -> None:
    """`| dudley | 13 | ... | 60 | 31 | 35 |`: the families, all, certain ones, and what only looks wrong."""
    page = (HERE / "README.md").read_text("utf-8")
    for sample in FOLDERS:
        mine = [judged for judged in mistakes() if judged.sample == sample]
        families = Counter(judged.family for judged in mine)
        certain = sum(judged.sure == "certain" for judged in mine)
        alike = sum(judged.sample == sample for judged in not_mistakes())
        cells = [*(families[family] for family in FAMILIES), len(mine), certain, alike]
        assert f"| {sample} | {' | '.join(map(str, cells))} |" in page
