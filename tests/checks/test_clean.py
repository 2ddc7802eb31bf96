"""Clean returns: whatever the framework, consistent and explained figures bring not one error or warning."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from perfbook.checks import rows
from perfbook.checks.across.findings import framework_findings, quarter_findings
from perfbook.framework.model import Calculation, Unit
from perfbook.framework.periods import Period
from perfbook.framework.version import with_version
from perfbook.records import Finding, Observation
from perfbook.returns.filled import Filled
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scoring.expr import Cell
from perfbook.settings import ZONE
from tests.checks.clean import Case, as_observations, case

CASES, BOOKS = 3000, 30


def _known(observation: Observation | None) -> Cell:
    return observation.actual if observation else None


def _findings(made: Case) -> list[Finding]:
    found: list[Finding] = []
    for key, entry in made.entries.items():
        measure = made.framework.by_key[key]
        about = measure.about(made.period)
        assert about is not None
        before = made.history.get((key, made.framework.before(measure, about)))
        usual = rows.usual(measure, about, made.history)
        inputs: dict[str, Cell] = {
            **entry,
            "earlier": _known(before),
            "last_year": _known(made.history.get((key, about.same_last_year))),
            "last_commentary": before.commentary if before else None,
            "usual": usual.middle if usual else None,
            "spread": usual.spread if usual else None,
            "signed": "Certified",
        }
        found += rows.row_findings(rows.asked(made.framework, measure, about, made.period), inputs)
    return found


@pytest.mark.parametrize("start", range(0, CASES, 500))
def test_thousands_of_clean_returns_bring_no_error_and_no_warning(start: int) -> None:
    rows_checked = 0
    for seed in range(start, start + 500):
        made = case(seed)
        rows_checked += len(made.entries)
        assert [f for f in _findings(made) if f.severity != "info"] == [], f"case {seed}"
    assert rows_checked > 1500


@pytest.mark.parametrize("start", range(0, CASES, 500))
def test_nor_do_they_beside_each_other(start: int) -> None:
    for seed in range(start, start + 500):
        made = case(seed)
        found = quarter_findings(made.framework, made.period, made.history.values(), as_observations(made))
        assert [f for f in (*found, *framework_findings(made.framework)) if f.severity != "info"] == [], f"case {seed}"


@pytest.mark.parametrize("seed", range(BOOKS))
def test_clean_books_that_are_written_and_read_bring_none_either(seed: int) -> None:
    made = case(seed, measures=12)
    book = _book(made, made.period)
    submission = read_return(book, file="clean.xlsx", framework=made.framework)
    assert [f for f in submission.findings if f.severity != "info"] == []
    assert sum(o.actual is not None for o in submission.observations) == sum(
        "entered" in entry or "numerator" in entry for entry in made.entries.values()
    )


def _book(made: Case, period: Period) -> bytes:
    names = {"entered": "actual"}
    entries: dict[tuple[str, str], Any] = {
        (key, names.get(name, name)): value for key, entry in made.entries.items() for name, value in entry.items()
    }
    return build_return(
        made.framework,
        "one",
        period,
        made.history,
        due=datetime(2032, 1, 20, tzinfo=ZONE),
        created=datetime(2032, 1, 2, tzinfo=ZONE),
        filled=Filled(
            entries=entries,
            sign_off={
                "sign_off.state": "Certified",
                "sign_off.role": "Head of Housing",
                "sign_off.date": "2 January 2032",
            },
        ),
    )


@pytest.mark.parametrize("ways", [("cumulative",), ("rolling",), ("cumulative", "rolling")])
def test_a_book_whose_figures_add_up_comes_back_as_it_was_sent(ways: tuple[Calculation, ...]) -> None:
    made = case(3, measures=len(ways))
    measures = tuple(
        replace(measure, unit=Unit("count", "number"), frequency="quarterly", calculation=way, entered="in period")
        for measure, way in zip(made.framework.measures, ways, strict=True)
    )
    framework = with_version(replace(made.framework, measures=measures))
    when = datetime(2032, 1, 2, tzinfo=ZONE)
    book = build_return(framework, "one", made.period, {}, due=when, created=when)
    assert read_return(book, file="blank.xlsx", framework=framework).findings == ()
