"""A process that is told of a return's own measures alone makes of every file what one makes that knows them all."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from perfbook.collecting import slices
from perfbook.collecting.intake import Examined, examine
from perfbook.collecting.isolation import Job, Readers
from perfbook.collecting.slices import Slices, together
from perfbook.framework.model import Framework
from perfbook.returns import layout
from tests.collecting.council import PERIOD, blank, council, filled
from tests.returns.places import Places


def changed(directorate: str, cells: dict[str, str], sheet: str = layout.MEASURES) -> bytes:
    """A return in which cells of a sheet hold something else."""
    book = openpyxl.load_workbook(io.BytesIO(filled(directorate, {"h1": 4}, "Certified")))
    for cell, value in cells.items():
        book[sheet][cell] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def key_cell(key: str) -> str:
    return f"A{Places(blank('housing')).row(key)}"


def without_identity() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(filled("housing", {"h1": 4}, "Certified")))
    del book[layout.IDENTITY]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


FILES = {
    "as it should be": filled("housing", {"h1": 4}, "Certified"),
    "another directorate's": filled("parks", {"p1": 7}),
    "its key was changed in capitals": changed("housing", {key_cell("h1"): "H1"}),
    "a row of another directorate": changed("housing", {key_cell("h1"): "p1"}),
    "another's key, changed in capitals": changed("housing", {key_cell("h1"): "P1 "}),
    "a row of nobody": changed("housing", {key_cell("h1"): "nobody's"}),
    "without identity": without_identity(),
    "another framework's": filled("housing", {"h1": 4}, version="v0"),
    "another council's": filled("housing", {"h1": 4}, name="Otherwhere"),
    "no return": b"PK no return",
}


def as_whole(data: bytes, framework: Framework) -> Examined:
    return examine(data, path="a.xlsx", framework=framework, period=PERIOD, expected=True)


def moved() -> Framework:
    """The council after a measure went to another directorate."""
    made = council("v2")
    return replace(made, measures=tuple(replace(m, directorate="parks") if m.key == "h1" else m for m in made.measures))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("hint", ["housing", "parks", ""])
def test_every_file_is_what_it_is_with_the_whole_framework(name: str, hint: str) -> None:
    for framework in (council(), moved()):
        cut = Slices(framework)
        part, found = cut.of(hint), Examined()
        for _ in range(3):
            told = together(cut.base, part)
            found = examine(FILES[name], path="a.xlsx", framework=told, period=PERIOD, expected=True, part=part)
            if found.wants is None:
                break
            part = cut.wanted(found.wants)
        assert found == as_whole(FILES[name], framework)


def test_a_return_under_its_own_name_is_told_of_its_own_measures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "WHOLE", 2)
    asked: list[object] = []
    original = Readers.ask

    def noting(readers: Readers, request: object, kind: type) -> object:
        asked.append(request)
        return original(readers, request, kind)

    monkeypatch.setattr(Readers, "ask", noting)
    with Readers(council(), PERIOD) as readers:
        future = readers.submit(Job("a.xlsx", FILES["as it should be"], True, "housing"))
        other = readers.submit(Job("a.xlsx", FILES["another directorate's"], True, "housing"))
        assert future.result() == as_whole(FILES["as it should be"], council())
        assert other.result() == as_whole(FILES["another directorate's"], council())
    sizes = sorted(len(request[3].measures) for request in asked)  # type: ignore[index]
    assert len(asked) == 3 and sizes[-1] < len(council().measures)
