"""Whether the rules between directorates are certain to say the same is told from what each of them shows."""

from __future__ import annotations

from dataclasses import replace

from perfbook.checks.across.findings import Part
from perfbook.checks.across.shown import Shown, is_alike, shown_of
from perfbook.framework.model import Framework
from perfbook.records import Observation, Source
from tests.checks.clean import Case, as_observations, case

LONG = "The second team started in May and has taken over half of the cases."
OTHER = "Nobody could be found for the second team, so the cases wait as before."


def shown(made: Case, *texts: str, **changes: object) -> Shown:
    """What the first rows of a return show that say these texts."""
    rows = as_observations(made)
    said = [
        replace(row, commentary=text, source=Source("a.xlsx", "Measures", f"J{place}", "1", "1"), **changes)  # type: ignore[arg-type]
        for place, (row, text) in enumerate(zip(rows, texts, strict=False))
    ]
    return shown_of(made.framework, made.period, Part(tuple(said)))


def test_figures_and_texts_of_its_own_change_nothing() -> None:
    made, nobody = case(1, 12), Shown("", b"")
    before, after = shown(made, LONG, "On track."), shown(made, OTHER, "On track.", numerator=None)
    assert before != after
    assert is_alike({"a": before}, {"a": after}, [nobody, shown(made, "On track.")])
    assert is_alike({"a": before}, {"a": shown(made, LONG, "As before.")}, [shown(made, "As before.")])


def test_a_text_that_came_or_went_and_stands_elsewhere_may_change_something() -> None:
    made = case(1, 12)
    before, after = {"a": shown(made, LONG)}, {"a": shown(made, OTHER)}
    for text in (LONG, OTHER, f"  {OTHER.upper()} "):
        assert not is_alike(before, after, [shown(made, "", text)])
    assert not is_alike(before, {"a": shown(made, OTHER, OTHER)}, [])
    assert not is_alike({"a": shown(made, LONG, OTHER)}, {"a": shown(made, OTHER, OTHER)}, [])


def test_other_rows_may_change_something() -> None:
    made = case(1, 12)
    before = {"a": shown(made, LONG, OTHER)}
    assert not is_alike(before, {"a": shown(made, LONG)}, [])
    assert not is_alike(before, before | {"b": shown(made, LONG)}, [])
    moved = Source("a.xlsx", "Measures", "J99", "1", "1")
    rows = [replace(row, commentary=text, source=moved) for row, text in _rows(made, LONG, OTHER)]
    assert not is_alike(before, {"a": shown_of(made.framework, made.period, Part(tuple(rows)))}, [])


def test_sums_that_are_declared_are_looked_at_with_their_figures() -> None:
    made = case(1, 12)
    rows = as_observations(made)
    summed: Framework = replace(made.framework, sums={rows[0].measure: (rows[1].measure,)})
    then, now = (
        {"a": shown_of(summed, made.period, Part((replace(rows[0], actual=actual), *rows[1:])))} for actual in (1, 2)
    )
    assert not is_alike(then, now, [])


def _rows(made: Case, *texts: str) -> list[tuple[Observation, str]]:
    return list(zip(as_observations(made), texts, strict=False))
