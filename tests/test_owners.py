"""Returns by owner: a book for each owner in a directorate, and one state of the directorate from them."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from perfbook.errors import UsageError
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Framework, Section
from perfbook.framework.parts import NO_OWNER, part_key, parts_of, split
from perfbook.framework.version import with_version
from perfbook.records import Quarter, ReturnRecord
from perfbook.returns import layout
from perfbook.workspace import Workspace, open_workspace
from tests.returns.places import Places
from tests.unattended.council import AFTER_DUE, BEFORE_DUE, ISSUED, PERIOD, TOML, framework

IN_TIME = BEFORE_DUE - timedelta(days=3)
OWNERS = {
    "d01-m01": "Lettings team",
    "d01-m02": "Repairs",
    "d01-m03": " lettings  TEAM",
    "d01-m04": "",
    "d02-m01": "Rents",
}


def owned(owners: dict[str, str]) -> Framework:
    model = framework(2, 4)
    measures = tuple(replace(m, owner=owners.get(m.key, "Rents")) for m in model.measures)
    return with_version(replace(model, measures=measures))


def write(root: Path, owners: dict[str, str]) -> Workspace:
    data = write_framework(owned(owners), created=ISSUED, periods=[PERIOD], spare_rows=5)
    (root / "framework.xlsx").write_bytes(data)
    return open_workspace(root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "perfbook.toml").write_text(TOML.format(period=PERIOD.label), encoding="utf-8")
    return write(tmp_path, OWNERS)


def folder(workspace: Workspace) -> Path:
    return workspace.returns_folder(PERIOD)


def book(workspace: Workspace, part: str) -> Path:
    (path,) = (path for path in folder(workspace).iterdir() if part in path.name)
    return path


def answer(path: Path, figures: dict[str, int], state: str = "", at: datetime = IN_TIME, to: str = "") -> None:
    """Fill in a book, as its owner does."""
    places = Places(path.read_bytes())
    workbook = openpyxl.load_workbook(path)
    for key, value in figures.items():
        workbook[layout.MEASURES][places.measure(key, layout.ACTUAL)] = value
    if state:
        workbook[layout.START][places.start(layout.SIGN_STATE)] = state
        workbook[layout.START][places.start(layout.SIGN_ROLE)] = f"Head of {path.stem.rpartition(' - ')[2]}"
    written = io.BytesIO()
    workbook.save(written)
    target = path.with_name(to) if to else path
    target.write_bytes(written.getvalue())
    os.utime(target, (at.timestamp(), at.timestamp()))


def record(quarter: Quarter, directorate: str = "d01") -> ReturnRecord:
    return next(r for r in quarter.returns if r.directorate == directorate)


def figures(quarter: Quarter) -> dict[str, int]:
    return {o.measure: int(o.actual) for o in quarter.observations if o.actual is not None}


def test_each_owner_gets_a_book_and_a_directorate_of_one_owner_one_book(workspace: Workspace) -> None:
    done = workspace.generate(by="owner", as_at=ISSUED)
    assert sorted(path.name for path in done.written) == [
        "Elmbridge Vale 2031-32 Q3 Service 01 - Lettings team.xlsx",
        "Elmbridge Vale 2031-32 Q3 Service 01 - Repairs.xlsx",
        "Elmbridge Vale 2031-32 Q3 Service 01 - no owner named.xlsx",
        "Elmbridge Vale 2031-32 Q3 Service 02.xlsx",
    ]
    keys = {}
    for path in done.written:
        sheet = openpyxl.load_workbook(path)[layout.MEASURES]
        keys[path.stem.rpartition("Service ")[2]] = {
            str(cell.value) for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("d0")
        }
    assert keys["01 - Lettings team"] == {"d01-m01", "d01-m03"}
    assert keys["01 - Repairs"] == {"d01-m02"}
    assert keys["01 - no owner named"] == {"d01-m04"}
    assert len(keys["02"]) == 4
    # Again, nothing is written anew; a single directorate is asked for by its own name.
    assert workspace.generate(as_at=ISSUED).written == ()
    book(workspace, "Repairs").unlink()
    again = workspace.generate(directorate="Service 01", as_at=ISSUED)
    assert [path.name for path in again.written] == ["Elmbridge Vale 2031-32 Q3 Service 01 - Repairs.xlsx"]


def test_a_directorate_is_certified_when_each_owner_has_certified(workspace: Workspace) -> None:
    workspace.generate(by="owner", as_at=ISSUED)
    quarter = workspace.collect(as_at=BEFORE_DUE)
    assert [r.directorate for r in quarter.returns] == ["d01", "d02"]
    assert (record(quarter).state, record(quarter).measures, len(record(quarter).parts)) == ("not started", 4, 3)
    assert record(quarter, "d02").parts == ()

    answer(book(workspace, "Lettings"), {"d01-m01": 1, "d01-m03": 3}, "Certified")
    quarter = workspace.collect(as_at=BEFORE_DUE)
    found = record(quarter)
    assert (found.state, found.answered, found.received, found.sign_off) == ("in progress", 2, None, None)
    states = {part.owner: (part.state, part.answered, part.measures) for part in found.parts}
    assert states == {
        "Lettings team": ("certified", 2, 2),
        "Repairs": ("not started", 0, 1),
        "no owner named": ("not started", 0, 1),
    }
    assert figures(quarter) == {"d01-m01": 1, "d01-m03": 3}

    answer(book(workspace, "Repairs"), {"d01-m02": 2}, "Provisional", IN_TIME + timedelta(days=1))
    answer(book(workspace, "no owner"), {"d01-m04": 4}, "Certified")
    found = record(workspace.collect(as_at=BEFORE_DUE))
    assert (found.state, found.received) == ("provisional", IN_TIME + timedelta(days=1))
    assert record(workspace.look(as_at=AFTER_DUE)).overdue

    # The last one signs late: so is the directorate.
    answer(book(workspace, "Repairs"), {"d01-m02": 2}, "Certified", AFTER_DUE - timedelta(hours=1))
    quarter = workspace.collect(as_at=AFTER_DUE)
    found = record(quarter)
    assert (found.state, found.late, found.overdue, found.answered) == ("certified", True, False, 4)
    assert found.received == AFTER_DUE - timedelta(hours=1)
    assert found.sign_off
    assert found.sign_off.role == "Head of Lettings team; Head of Repairs; Head of no owner named"
    assert figures(quarter) == {"d01-m01": 1, "d01-m02": 2, "d01-m03": 3, "d01-m04": 4}
    assert {f.directorate for f in quarter.files} == {"d01", "d02"}
    assert not [f for f in quarter.findings if f.severity == "error"]
    # And in the next quarter they are known.
    done = workspace.consolidate(as_at=AFTER_DUE)
    assert done.account.returns["certified"] == 1
    assert sum(done.account.returns[k] for k in ("received", "in_progress", "not_started", "unreadable")) == 2


def test_a_book_that_cannot_be_read_makes_its_directorate_unreadable(workspace: Workspace) -> None:
    workspace.generate(by="owner", as_at=ISSUED)
    answer(book(workspace, "Lettings"), {"d01-m01": 1}, "Certified")
    book(workspace, "Repairs").write_bytes(b"broken")
    found = record(workspace.collect(as_at=BEFORE_DUE))
    assert (found.state, found.file) == ("unreadable", book(workspace, "Repairs").name)


def test_one_owners_book_saved_over_anothers_loses_neither(workspace: Workspace) -> None:
    workspace.generate(by="owner", as_at=ISSUED)
    lettings, repairs = book(workspace, "Lettings"), book(workspace, "Repairs")
    answer(lettings, {"d01-m01": 1, "d01-m03": 3}, "Certified")
    workspace.collect(as_at=BEFORE_DUE)
    answer(repairs, {"d01-m02": 2}, "Certified", to=lettings.name)
    quarter = workspace.collect(as_at=BEFORE_DUE)
    assert figures(quarter) == {"d01-m01": 1, "d01-m02": 2, "d01-m03": 3}
    assert {p.owner: p.state for p in record(quarter).parts} == {
        "Lettings team": "certified",
        "Repairs": "certified",
        "no owner named": "not started",
    }


def test_owners_that_change_in_the_framework_change_no_book_that_was_sent_out(workspace: Workspace) -> None:
    workspace.generate(by="owner", as_at=ISSUED)
    answer(book(workspace, "Lettings"), {"d01-m01": 1, "d01-m03": 3}, "Certified")
    renamed = write(workspace.root, OWNERS | {"d01-m01": "Lettings and voids", "d01-m03": "Repairs"})
    for step in range(2):
        quarter = renamed.collect(as_at=BEFORE_DUE)
        assert figures(quarter) == {"d01-m01": 1, "d01-m03": 3}, step
        assert {p.owner: p.state for p in record(quarter).parts}["Lettings team"] == "certified"
        # Sending out again keeps what is there.
        renamed.generate(as_at=ISSUED)


def test_the_book_of_the_whole_directorate_is_told_apart(workspace: Workspace) -> None:
    workspace.generate(as_at=ISSUED)
    whole = book(workspace, "Service 01.xlsx")
    workspace.generate(directorate="d01", by="owner", as_at=ISSUED)
    quarter = workspace.collect(as_at=BEFORE_DUE)
    (file,) = (f for f in quarter.files if f.path == whole.name)
    assert (file.outcome, file.code) == ("ignored", "C321")
    answer(whole, {"d01-m01": 1})
    quarter = workspace.collect(as_at=BEFORE_DUE)
    (file,) = (f for f in quarter.files if f.path == whole.name)
    assert (file.outcome, file.code) == ("rejected", "C233")
    assert "Copy what was filled in into the owners’ books" in file.reason
    with pytest.raises(UsageError, match="Service 01 returns 2031-32 Q3 by owner"):
        workspace.generate(directorate="d01", by="directorate", as_at=ISSUED)


def test_what_was_returned_as_a_whole_is_not_divided_any_more(workspace: Workspace) -> None:
    workspace.generate(as_at=ISSUED)
    answer(book(workspace, "Service 01"), {"d01-m01": 1})
    workspace.collect(as_at=BEFORE_DUE)
    with pytest.raises(
        UsageError, match=r"Service 01 has returned the book of the whole directorate .*Service 01\.xlsx"
    ):
        workspace.generate(by="owner", as_at=ISSUED)
    assert figures(workspace.collect(as_at=BEFORE_DUE)) == {"d01-m01": 1}


def test_the_settings_may_say_so_once_and_for_all(workspace: Workspace) -> None:
    toml = workspace.root / "perfbook.toml"
    toml.write_text(toml.read_text("utf-8").replace("[returns]", '[returns]\nby = "owner"'), "utf-8")
    assert len(open_workspace(workspace.root).generate(as_at=ISSUED).written) == 4


def test_what_the_directorate_writes_as_a_whole_stands_in_one_book() -> None:
    for owners, lead in ((OWNERS, NO_OWNER), (OWNERS | {"d01-m04": "Repairs"}, "Lettings team")):
        for directorates in ((), ("d01", "d02"), ("d02",)):
            model = replace(owned(owners), sections=(Section("s1", "How it went", directorates=directorates),))
            parts = parts_of(model, "d01", PERIOD)
            divided = split(model, parts, PERIOD)
            writers = [key for key in divided.expected(PERIOD) if divided.sections_of(key, PERIOD)]
            expected = ["d02"] if directorates == ("d02",) else [part_key("d01", lead), "d02"]
            assert writers == expected
            # Sent out again, in whatever order, it is the same book.
            assert split(model, parts[::-1], PERIOD).sections == divided.sections


def test_evidence_of_owners_is_that_of_their_directorate(workspace: Workspace) -> None:
    model = owned(OWNERS)
    asking = ("d01-m01", "d01-m02")
    model = with_version(replace(model, measures=tuple(replace(m, evidence=m.key in asking) for m in model.measures)))
    data = write_framework(model, created=ISSUED, periods=[PERIOD], spare_rows=5)
    (workspace.root / "framework.xlsx").write_bytes(data)
    council = open_workspace(workspace.root)
    council.generate(by="owner", as_at=ISSUED)
    (folder(council) / "survey.pdf").write_bytes(b"%PDF-1.4")
    for part in ("Lettings", "Repairs"):
        path = book(council, part)
        workbook = openpyxl.load_workbook(path)
        sheet = workbook["Evidence"]
        for column, value in zip("BCD", ("General", f"What {part} did", "Survey.PDF"), strict=True):
            sheet[f"{column}5"] = value
        workbook.save(path)
    quarter = council.collect(as_at=BEFORE_DUE)
    found = {(e.directorate, e.shows, e.found) for e in quarter.evidence}
    assert found == {("d01", "What Lettings did", "yes"), ("d01", "What Repairs did", "yes")}
    assert [f.code for f in quarter.files if f.path == "survey.pdf"] == ["C331"]
    assert "Evidence" not in openpyxl.load_workbook(book(council, "no owner")).sheetnames
