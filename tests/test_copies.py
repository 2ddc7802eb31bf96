"""From a figure to its row on Passport, from there to a read-only copy of the return as it was read; and Changes."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from perfbook.copies import FOLDER, copy_name
from perfbook.records import Source
from perfbook.workspace import Workspace
from tests.support.office import Office
from tests.unattended.council import AFTER_DUE, PERIOD, fill, make_workspace

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")
LATER = AFTER_DUE + timedelta(days=2)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two services; the scorecard was made, a certified figure changed, and it was made again two days later."""
    made = make_workspace(tmp_path_factory.mktemp("copies") / "council", directorates=2)
    made.consolidate(as_at=AFTER_DUE)
    path = made.returns_folder(PERIOD) / "Elmbridge Vale 2031-32 Q3 Service 02.xlsx"
    path.write_bytes(fill(path.read_bytes(), ["d02-m01"], seed=2))  # 54, where it had 47
    made.consolidate(as_at=LATER)
    return made


def test_the_copies_are_the_bytes_as_read_and_for_reading_only(workspace: Workspace) -> None:
    quarter = workspace.look(as_at=LATER)
    folder = workspace.outputs_folder(PERIOD)
    held = {place: (folder / place).read_bytes() for place in quarter.copies.values()}
    assert len(held) == 2
    for digest, place in quarter.copies.items():
        assert held[place] == workspace.archive.load(digest)
        mode = (folder / place).stat().st_mode
        assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    # The version that no figure comes from any more has gone, and nothing was written beside the returns.
    assert {path.name for path in (folder / FOLDER).iterdir()} == {Path(place).name for place in held}
    assert not list(workspace.returns_folder(PERIOD).rglob(FOLDER))


def test_a_figure_leads_to_its_passport_and_to_the_copy(workspace: Workspace, office: Office) -> None:
    path = workspace.scorecard_path(PERIOD)
    formulas, values = (openpyxl.load_workbook(path, data_only=only) for only in (False, True))
    rows = {row[15].value: row for row in formulas["Passport"].iter_rows(min_row=5)}
    link = str(rows["d02-m01"][17].value)
    place = link.removeprefix('=HYPERLINK("').removesuffix('")')
    assert (path.parent / place).is_file()
    assert len(link) < 255
    assert not Path(place).is_absolute()
    at = rows["d02-m01"][0].row
    code = next(row[0] for row in formulas["Scorecard"].iter_rows(min_row=5) if "HYPERLINK" in str(row[0].value))
    assert values["Scorecard"][code.coordinate].value
    with office.open(path) as book:
        book.recalculate()
        # The place that the link names, as a second engine works it out.
        number = int(str(code.value).split("data_passport,")[1].split(",")[0])
        key = values["Calc"].cell(number + 2, 2).value
        row = next(row[0].row for row in formulas["Passport"].iter_rows(min_row=5) if row[15].value == key)
        inner = str(code.value).split('"#"&')[1].split("),Calc")[0]
        inner = inner.replace(",", ";").replace("Calc!", "$Calc.")  # as LibreOffice writes formulas
        book.set_formula("Definitions", "Z1", f"={inner})")
        assert book.get_cell("Definitions", "Z1").string == f"Passport!$A${row}"
        assert book.get_cell("Passport", f"R{at}").string == place


def test_changes_since_the_last_consolidation_are_a_section(workspace: Workspace) -> None:
    sheet = openpyxl.load_workbook(workspace.scorecard_path(PERIOD), data_only=True)["Changes"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    since = [row for row in rows if row[0] == "Since the last consolidation"]
    assert [(row[4], row[5], row[6]) for row in since[:2]] == [
        ("Figure", "47", "54"),
        ("Score", "\u25b2 Below target", "\u2605 Exceeds target"),
    ]
    assert since[0][10] == "A return that was received since"
    assert {row[0] for row in rows if row[0]} == {"Since the last consolidation", "Changed once certified"}


def test_another_consolidation_on_the_same_day_says_the_same(workspace: Workspace) -> None:
    moved = workspace.consolidate(as_at=LATER).quarter.moved
    assert [(each.before, each.now) for each in moved][:1] == [("47", "54")]
    assert workspace.consolidate(as_at=LATER + timedelta(hours=2)).quarter.moved == moved
    assert workspace.look(as_at=LATER + timedelta(days=1)).moved == ()


def test_a_long_name_is_shortened_and_a_folder_is_no_part_of_it() -> None:
    source = Source(f"sub/{'long name ' * 30}.XLSM", "Measures", "H5", "1", "1", sha256="ab" * 32)
    name = copy_name(source)
    assert name.endswith(" abababababab.xlsm")
    assert len(name) < 90
    assert "/" not in name
