from __future__ import annotations

from dataclasses import replace

from perfbook.framework.model import Directorate
from perfbook.returns.identity import return_name
from tests.returns.invented import PERIOD, framework


def test_directorates_whose_names_make_one_file_name_have_two_files() -> None:
    twins = (Directorate("one", "Parks/Sport"), Directorate("two", "PARKS:Sport"), Directorate("three", "Roads"))
    made = [return_name(replace(framework(), directorates=twins), key, PERIOD) for key in ("one", "two", "three")]
    assert len({name.casefold() for name in made}) == 3
    assert made[2].endswith(" Roads.xlsx")


def test_a_very_long_name_never_pushes_the_period_or_the_directorate_out() -> None:
    long = tuple(Directorate(key, "Directorate of everything else " * 9 + key) for key in ("north", "south"))
    council = replace(framework(), council="The Combined Authority of " + "Here and There " * 20, directorates=long)
    names = [return_name(council, key, PERIOD) for key in ("north", "south")]
    assert len(set(names)) == 2
    assert all(PERIOD.label in name and len(name) <= 120 and name.endswith(".xlsx") for name in names)
