"""Where the scorecard goes: into officers' book, over one that nobody touched, or beside; and what a kill leaves."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from perfbook import open_workspace
from perfbook.cli import cli
from perfbook.creating import create_workspace
from perfbook.errors import CannotWriteError
from perfbook.framework.periods import Period
from perfbook.refreshing.place import Placed, place_scorecard
from perfbook.scorecard import build_scorecard
from perfbook.scorecard.seal import is_sealed
from tests.refreshing.excel_like import by_excel
from tests.refreshing.officers import NOTES, OWN, changed, choosing, edited, fresh
from tests.scorecard.invented import AS_AT

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")
ROOT = Path(__file__).resolve().parents[2]
NAME = "Elmbridge scorecard.xlsx"


def place(folder: Path, round_: int, at: datetime = AS_AT) -> Placed:
    quarter = changed(round_)

    def build(period: Period, directorate: str, notes: dict[str, str], measure: str) -> bytes:
        return build_scorecard(quarter, selected=period, directorate=directorate, notes=notes, measure=measure)

    return place_scorecard(folder / NAME, quarter, build, at)


def value(path: Path, sheet: str, address: str) -> object:
    return openpyxl.load_workbook(path, data_only=True)[sheet][address].value


def test_a_book_that_nobody_touched_is_written_anew(tmp_path: Path) -> None:
    assert place(tmp_path, 0) == Placed(tmp_path / NAME, "written")
    assert (tmp_path / NAME).read_bytes() == fresh(0)
    assert is_sealed(fresh(0))
    assert place(tmp_path, 1) == Placed(tmp_path / NAME, "written")
    assert (tmp_path / NAME).read_bytes() == fresh(1)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_one_in_which_somebody_worked_is_refreshed_and_kept_as_it_was(tmp_path: Path) -> None:
    theirs = by_excel(fresh(0))
    assert not is_sealed(theirs)
    (tmp_path / NAME).write_bytes(theirs)
    done = place(tmp_path, 1)
    assert (done.path.name, done.how, done.sentences) == (NAME, "refreshed", ())
    assert done.backup is not None
    assert done.backup.parent.name == "earlier"
    assert done.backup.read_bytes() == theirs
    assert value(tmp_path / NAME, "Scorecard", "T6") == NOTES["T6"]
    # Exceptions shows the notes, of whatever period.
    notes = [value(tmp_path / NAME, "Exceptions", f"L{row}") for row in range(5, 20)]
    assert NOTES["T6"] in notes
    assert OWN in openpyxl.load_workbook(tmp_path / NAME).sheetnames
    # Nothing new: nothing is written.
    before = (tmp_path / NAME).stat().st_mtime_ns
    again = place(tmp_path, 1)
    assert (again.how, again.backup) == ("refreshed", None)
    assert (tmp_path / NAME).stat().st_mtime_ns == before
    for round_ in range(12):
        place(tmp_path, round_)
    assert len(list((tmp_path / "earlier").iterdir())) == 10


def test_one_that_cannot_be_refreshed_is_left_and_the_fresh_one_lies_beside_it(tmp_path: Path) -> None:
    period = changed(0).periods[1]
    theirs = choosing(by_excel(fresh(0)), period)
    theirs = edited(theirs, "xl/workbook.xml", lambda text: text.replace(">'Files'!$A$1:$F$4<", ">'Files'!$A$1:$G$4<"))
    (tmp_path / NAME).write_bytes(theirs)
    done = place(tmp_path, 1)
    beside = tmp_path / "Elmbridge scorecard (2).xlsx"
    assert (done.path, done.how) == (beside, "beside")
    assert done.sentences[0].startswith(f"{NAME} was left as it is. Rows, columns or cells were put in or taken out")
    assert (tmp_path / NAME).read_bytes() == theirs
    # Their notes and the period that they chose are in the new one.
    assert value(beside, "Scorecard", "T8") == NOTES["T8"]
    assert value(beside, "Summary", "B4") == period.label
    # Somebody goes on with that one: it is refreshed from then on.
    beside.write_bytes(by_excel(fresh(0)))
    again = place(tmp_path, 2)
    assert (again.path, again.how) == (beside, "beside")
    assert again.backup is not None
    assert OWN in openpyxl.load_workbook(beside).sheetnames
    assert (tmp_path / NAME).read_bytes() == theirs


def test_a_period_that_the_book_does_not_have_is_put_back_and_told(tmp_path: Path) -> None:
    from tests.refreshing.officers import with_text

    (tmp_path / NAME).write_bytes(with_text(fresh(0), 1, "B4", "last summer"))
    done = place(tmp_path, 1)
    assert done.sentences == ("The period 'last summer' that was chosen is none of the book; it is 2032-33 Q1 now.",)
    assert value(tmp_path / NAME, "Summary", "B4") == "2032-33 Q1"


def test_a_file_that_is_no_workbook_is_put_by_and_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"PK half a book")
    done = place(tmp_path, 1)
    assert (done.path.name, done.how) == (NAME, "written")
    assert (tmp_path / NAME).read_bytes() == fresh(1)
    assert done.backup is not None
    assert done.backup.read_bytes() == b"PK half a book"
    assert done.sentences == (f"{NAME} was no workbook; it lies in earlier as {done.backup.name} now.",)


@pytest.mark.parametrize("owner", [f"~${NAME}", f".~lock.{NAME}#"])
def test_an_open_book_is_left_alone(tmp_path: Path, owner: str) -> None:
    (tmp_path / NAME).write_bytes(by_excel(fresh(0)))
    (tmp_path / owner).write_bytes(b"")
    with pytest.raises(CannotWriteError, match=f"Somebody has .*{NAME} open; it is unchanged") as raised:
        place(tmp_path, 1)
    assert raised.value.exit_code == 4
    assert (tmp_path / NAME).read_bytes() == by_excel(fresh(0))
    assert len(list(tmp_path.iterdir())) == 2


def test_a_book_that_is_saved_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from perfbook.refreshing import place as module

    (tmp_path / NAME).write_bytes(by_excel(fresh(0)))
    real, theirs = module.refreshed, by_excel(fresh(2))

    def slow(*args: bytes, **more: object) -> object:
        done = real(*args, **more)  # type: ignore[arg-type]
        (tmp_path / NAME).write_bytes(theirs)
        return done

    monkeypatch.setattr(module, "refreshed", slow)
    with pytest.raises(CannotWriteError, match="was saved by somebody meanwhile"):
        place(tmp_path, 1)
    assert (tmp_path / NAME).read_bytes() == theirs


KILLED = """
import functools, os, shutil, sys
from pathlib import Path
from tests.refreshing.officers import changed, fresh
from tests.support.faults import Faults
from perfbook.refreshing import place as module
from perfbook.refreshing.place import place_scorecard
from tests.scorecard.invented import AS_AT

work, theirs = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()
name, quarter, new = "book.xlsx", changed(1), {}

# What is computed is the same in every run, so it is computed once; what is read and written is not.
real, known = module.refreshed, {}

def once(*arguments, **more):
    if arguments not in known:
        known[arguments] = real(*arguments, **more)
    return known[arguments]

module.refreshed = once
module.choices_of = functools.cache(module.choices_of)

def build(period, directorate, notes, measure):
    key = (period, directorate, tuple(sorted(notes.items())), measure)
    if key not in new:
        new[key] = fresh(1, period, notes, measure)
    return new[key]

def run(kind, at):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    (work / name).write_bytes(theirs)
    child = os.fork()
    if not child:
        faults = Faults((work,), kind, at)
        faults.install()
        try:
            place_scorecard(work / name, quarter, build, AS_AT)
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, (work / name).read_bytes()

shutil.rmtree(work, ignore_errors=True)
work.mkdir()
(work / name).write_bytes(theirs)
place_scorecard(work / name, quarter, build, AS_AT)
whole = (work / name).read_bytes()
assert whole != theirs
seen, at = {"old": 0, "new": 0}, 1
for kind in ("kill", "torn", "full", "denied"):
    for at in range(1, 400):
        code, held = run(kind, at)
        assert held in (theirs, whole), (kind, at, len(held))
        kept = list((work / "earlier").glob("*.xlsx")) if held == whole else []
        assert held == theirs or any(each.read_bytes() == theirs for each in kept), (kind, at)
        seen["new" if held == whole else "old"] += 1
        if code == 0:
            break
    else:
        raise AssertionError("never came to its end")
print(seen["old"], seen["new"])
"""


def test_a_kill_at_any_moment_leaves_the_old_book_or_the_new_one(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.xlsx"
    theirs.write_bytes(by_excel(fresh(0)))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "work"), str(theirs)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    old, new = map(int, done.stdout.split())
    assert old > 10
    assert new > 0


def consolidate(root: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["consolidate", "-w", str(root), "--as-at", "2020-10-20", *more])


def test_the_command_refreshes_says_so_and_answers_it(tmp_path: Path) -> None:
    import json

    root = create_workspace(tmp_path / "dudley", example="dudley").root
    assert consolidate(root).exit_code in (0, 1)
    path = open_workspace(root).scorecard_path(open_workspace(root).settings.period)
    book = openpyxl.load_workbook(path)
    book["Scorecard"]["T6"] = "ask Housing"
    book.create_sheet(OWN)["A1"] = "=Scorecard!G6"
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(made.getvalue())
    answer = json.loads(consolidate(root, "--json").stdout)
    assert answer["outputs"]["scorecard"] == str(path)
    assert answer["scorecard"]["how"] == "refreshed"
    assert Path(answer["scorecard"]["earlier"]).read_bytes() == made.getvalue()
    assert value(path, "Scorecard", "T6") == "ask Housing"
    sheets = openpyxl.load_workbook(path)
    assert sheets[OWN]["A1"].value == "=Scorecard!G6"
    # A sheet of ours is gone: the fresh one lies beside, and the exit code says that somebody must look.
    del sheets["Findings"]
    sheets.save(path)
    left = path.read_bytes()
    done = consolidate(root)
    assert done.exit_code == 1
    assert f"{path.name} was left as it is. The sheet Findings is missing." in " ".join(done.output.split())
    assert path.read_bytes() == left
    assert path.with_name(f"{path.stem} (2).xlsx").is_file()
    shutil.copy(path, path.with_name(f"~${path.name}"))
    stopped = consolidate(root).exception
    assert isinstance(stopped, CannotWriteError)
    assert stopped.exit_code == 4
