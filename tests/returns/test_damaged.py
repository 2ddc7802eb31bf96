"""A return filled in LibreOffice, damaged as people damage them, saved in three formats, and read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from perfbook.records import Submission
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from tests.returns.invented import CREATED, DUE, PERIOD, framework, history
from tests.returns.places import Places
from tests.returns.test_pasted import own_figures
from tests.returns.test_round_trip import EXPECTED, fill
from tests.support.office import Office

Format = Literal["xlsx", "xls", "ods"]
FORMATS: tuple[Format, ...] = ("xlsx", "xls", "ods")


@dataclass(frozen=True)
class Damaged:
    """The damaged return in each format, and the blank one."""

    paths: dict[Format, Path]
    intact: dict[Format, Path]
    places: Places

    def read(self, format: Format, *, intact: bool = False) -> Submission:
        path = (self.intact if intact else self.paths)[format]
        return read_return(path.read_bytes(), file=path.name, framework=framework())


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Damaged:
    folder = tmp_path_factory.mktemp("damaged")
    blank = folder / "blank.xlsx"
    blank.write_bytes(build_return(framework(), "housing", PERIOD, history(), due=DUE, created=CREATED))
    places = Places(blank.read_bytes())
    with office.open(blank) as book, office.open(own_figures(folder / "own.xlsx")) as own:
        fill(book, places)
        intact = {format: book.save_as(folder / f"intact.{format}", format) for format in FORMATS}
        book.unprotect("Measures")
        book.unprotect("Start")
        # Cut and pasted from one row into the next.
        cut, pasted = places.measure("k003", "actual"), places.measure("k008", "actual")
        book.paste("Measures", pasted, book, "Measures", cut, cut=True)
        # Pasted from another book: text with blanks and separators.
        book.paste("Measures", places.measure("k005", "actual"), own, "Ours", "B5")
        # A formula was typed, and the fill handle dragged over the row below.
        book.set_formula("Measures", places.measure("k011", "actual"), f"={places.measure('k007', 'actual')}")
        book.fill_handle("Measures", places.measure("k011", "actual"), places.measure("k012", "actual"))
        book.set_formula("Measures", places.measure("k004", "actual"), "=1/0")
        # Two rows between, with something in one of them; one on top; one gone.
        book.insert_rows("Measures", places.row("k006"), 2)
        book.set_cell("Measures", f"{places.column('actual')}{places.row('k006')}", 12)
        book.delete_rows("Measures", places.row("k002"), 1)
        book.insert_rows("Measures", 1, 1)
        # Target and all after it one further to the right, status to the front of it.
        first = places.column("target")
        book.move_range("Measures", f"{first}1:AJ60", f"{chr(ord(first) + 1)}1")
        status = chr(ord(places.column("status")) + 1)
        book.move_range("Measures", f"{status}1:{status}60", f"{first}1")
        book.rename_sheet("Measures", "Kennzahlen")
        book.rename_sheet("Start", "Our front page")
        paths = {format: book.save_as(folder / f"damaged.{format}", format) for format in FORMATS}
    return Damaged(paths, intact, places)


@pytest.mark.parametrize("format", FORMATS)
def test_intact_in_every_format(damaged: Damaged, format: Format) -> None:
    submission = damaged.read(format, intact=True)
    assert figures(submission) == EXPECTED
    assert submission.state == "certified"
    said = {f.code for f in submission.findings if f.code.startswith("R")}
    assert said == (set() if format == "xlsx" else {"R212"})


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_in_every_format(damaged: Damaged, format: Format) -> None:
    submission = damaged.read(format)
    expected = dict(EXPECTED)
    del expected["k002"]  # its row is gone
    expected["k003"] = ("provided", None)  # cut, and pasted into the row of k008
    expected["k008"] = ("not available", "131")
    expected["k004"] = (None, None)
    expected["k012"] = ("provided", "131.000")  # dragged along, its formula reads k008
    found = figures(submission)
    assert {key: found[key] for key in expected} == expected
    assert set(found) == set(expected)
    assert submission.state == "certified"
    commentary = next(o.commentary for o in submission.observations if o.measure == "k001")
    assert commentary == "Demand grew;\nletters were late."

    said = {(f.code, f.measure) for f in submission.findings}
    assert {("R205", "k002"), ("V110", "k004"), ("V112", "k012"), ("V114", "k012"), ("R217", "")} <= said
    altered = next(f for f in submission.findings if f.code == "R221")
    for words in (
        "Measures is called \u201cKennzahlen\u201d",
        "Start is called \u201cOur front page\u201d",
        "1 row was inserted at the top",
        "2 rows were inserted between the measures",
        "columns were moved",
    ):
        assert words in altered.found, altered.found
    assert ("protection of Kennzahlen was taken off" in altered.found) == (format == "xlsx")
    added = next(f for f in submission.findings if f.code == "R217")
    assert "They were not read" in added.found
    by_value = [f for f in submission.findings if f.code == "R212"]
    assert len(by_value) == (format != "xlsx")


def test_what_was_typed_is_the_same_figure_in_every_format(damaged: Damaged) -> None:
    first = figures(damaged.read("xlsx"))
    assert figures(damaged.read("xls")) == figures(damaged.read("ods")) == first


def figures(submission: Submission) -> dict[str, tuple[str | None, str | None]]:
    return {
        o.measure: (o.status, None if o.actual is None else str(o.actual))
        for o in submission.observations
        if o.measure in EXPECTED
    }
