"""The sample councils' own spreadsheets: how many guesses about their measures are right, and no figure changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from perfbook.framework.typed import read_typed
from perfbook.importing.source import SourceCell
from tests.importing.house import ALL, House, unit_is
from tests.importing.sheets import proposed

# Shares that were reached: right guesses of units, of polarities, in per cent. Less is a step back.
REACHED = {"dudley": (100, 97), "kirklees": (98, 87), "walsall-children": (100, 100), "walsall-plan": (100, 97)}


@pytest.fixture(scope="module", params=ALL, ids=lambda make: make.__name__)
def house(request: pytest.FixtureRequest, shared: Path) -> House:
    make: Callable[[Path], House] = request.param
    return make(shared / "data")


def test_units_and_polarities_are_right_as_often_as_was_reached(house: House) -> None:
    framework = proposed(house.data).framework
    assert [each.title for each in framework.measures] == [" ".join(truth.title.split()) for truth in house.truths]
    pairs = list(zip(framework.measures, house.truths, strict=True))
    units = [unit_is(each.unit, truth.unit) for each, truth in pairs if truth.unit]
    polarities = [each.polarity == truth.polarity for each, truth in pairs if truth.polarity]
    shares = tuple(100 * sum(right) // len(right) if right else 100 for right in (units, polarities))
    assert all(share >= reached for share, reached in zip(shares, REACHED[house.name], strict=True)), shares


def test_every_figure_is_the_published_one_or_listed(house: House) -> None:
    """As it was published, for its period: in the framework, or on the list of what was not placed."""
    found = proposed(house.data)
    listed = {fate.cell.shown for fate in found.ledger.listed}
    placed = total = 0
    for each, truth in zip(found.framework.measures, house.truths, strict=True):
        past = {period.label: figure for (key, period), figure in found.framework.past.items() if key == each.key}
        for label, text in truth.figures.items():
            if not text:
                continue
            total += 1
            if label not in past:
                assert " ".join(text.split()) in {" ".join(shown.split()) for shown in listed}, (
                    truth.title,
                    label,
                    text,
                )
                continue
            placed += 1
            assert past[label].shown == text.strip()
            typed = read_typed(text, each.unit)
            if typed.number is not None and typed.denominator is None and past[label].actual is not None:
                assert abs(past[label].actual - typed.number) < 10**-each.places  # type: ignore[operator]
    assert placed >= 0.85 * total


def test_every_target_is_the_published_one_or_listed(house: House) -> None:
    found = proposed(house.data)
    listed: set[str] = {_words(fate.cell) for fate in found.ledger.listed}
    for each, truth in zip(found.framework.measures, house.truths, strict=True):
        shown = {target.shown for (key, _), target in found.framework.targets.items() if key == each.key}
        for text in filter(None, truth.targets.values()):
            assert text.strip() in shown or " ".join(text.split()) in listed, (truth.title, text)


def _words(cell: SourceCell) -> str:
    return cell.words
