"""Clicking Consolidate: a real workbook with macros in LibreOffice, the real perfbook behind it, and failures."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfbook import _resources
from perfbook._lock import held
from perfbook.excel.project import read_sources
from perfbook.scorecard.button import RIBBON
from perfbook.scorecard.tables import tables
from perfbook.unattended.mailbox import answer_all
from perfbook.workspace import Workspace
from tests.scorecard.clicks import (
    BUILT,
    CLICKED,
    COMMAND,
    LIMIT,
    MESSAGE,
    WAY,
    WORKSPACE,
    Click,
    built,
    cells,
    change_returns,
    copied,
    created,
    headless,
    opened,
    script,
    workspace,
)
from tests.support.office import Cell, Office, read_cached, same_number

__all__ = ["built", "created", "workspace"]
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")
UNCHANGED = "Nothing in this workbook was changed."
Screen = dict[str, list[list[Cell]]]


@contextmanager
def watching(workspace: Workspace) -> Iterator[None]:
    """The mailbox, served as perfbook watch does, at the moment of the click."""
    (workspace.root / "mailbox").mkdir()
    ended = threading.Event()

    def serve() -> None:
        while not ended.wait(0.2):
            answer_all(workspace.root, lambda at, period: tables(at.collect(period=period, as_at=CLICKED)))

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield
    finally:
        ended.set()
        server.join()


def assert_same(ours: Screen, theirs: Screen) -> None:
    """The same cells: value, text shown, and formula."""
    assert ours.keys() == theirs.keys()
    different = [
        (name, row, column, one, other)
        for name, rows in ours.items()
        for row, (left, right) in enumerate(zip(rows, theirs[name], strict=True), 1)
        for column, (one, other) in enumerate(zip(left, right, strict=True), 1)
        if one != other
    ]
    assert not different, "\n".join(f"{n} row {r} column {c}: {a} / {b}" for n, r, c, a, b in different[:20])


@pytest.mark.parametrize("way", ["process", "mailbox"])
def test_a_click_shows_what_a_new_book_would(way: str, workspace: Workspace, office: Office, tmp_path: Path) -> None:
    with opened(workspace, office) as click:
        change_returns(workspace)
        expected = headless(workspace, tmp_path / "copy")
        click.book.set_cell("Scorecard", "T7", "a note of an officer")
        click.set(WAY, way)
        before = click.screen()
        if way == "process":
            said = click.click()
        else:
            click.set(COMMAND, "/nowhere/perfbook")
            with watching(workspace):
                said = click.click()
            assert list((workspace.root / "mailbox").iterdir()) == []
        assert said == "Consolidated 2020-21 Q2, as at 22 October 2020 16:30: 9 of 9 returns received."
        assert click.book.get_cell("Scorecard", "T7").value == "a note of an officer"
        click.book.set_cell("Scorecard", "T7", None)
        after = click.screen()
        fresh = click.book.all_formulas(texts=False)
    with office.open(expected) as book:
        assert_same(after, cells(book))
    # Against what Python wrote into the new book, too, for every visible formula.
    for sheet, formulas in read_cached(expected).items():
        for address, cached in formulas.items():
            value = fresh[sheet][address].value
            if cached.error:
                # A chart is told so that there is nothing to draw.
                assert fresh[sheet][address].error, (sheet, address)
            elif isinstance(cached.value, int | float) and not isinstance(cached.value, bool):
                assert same_number(float(cached.value), float(value)), (sheet, address)
            else:
                assert value == (cached.value or ""), (sheet, address)
    # There was something to see: a figure, a finding and a file, whose name is no formula.
    assert [sheet for sheet in before if before[sheet] != after[sheet]] > []
    assert rows_of(after, "Files") == rows_of(before, "Files") + 1
    assert rows_of(after, "Findings") > rows_of(before, "Findings")
    assert "=1+1, notes & é.txt" in [row[0].value for row in after["Files"]]
    assert before["Scorecard"] != after["Scorecard"]


def rows_of(screen: Screen, name: str) -> int:
    return sum(row[0].type != "empty" for row in screen[name][4:])


def test_another_period_stays_chosen_and_lists_shrink_again(created: Path, office: Office, tmp_path: Path) -> None:
    workspace = copied(created, tmp_path)
    expected = headless(workspace, tmp_path / "copy")
    change_returns(workspace)
    extra = workspace.returns_folder(workspace.settings.period) / "=1+1, notes & é.txt"
    with opened(workspace, office) as click:
        click.book.set_cell("Summary", "B4", "2020-21 Q1")
        longer = click.screen()
        extra.unlink()
        assert click.click().startswith("Consolidated 2020-21 Q2")
        after = click.screen()
        again = click.click()
        assert again.startswith("Consolidated 2020-21 Q2")
        assert click.screen() == after
        assert click.book.get_cell("Summary", "B4").value == "2020-21 Q1"
    assert rows_of(after, "Files") == rows_of(longer, "Files") - 1
    with office.open(expected) as book:
        shown = cells(book)
    assert rows_of(after, "Files") == rows_of(shown, "Files")


@pytest.fixture(scope="module")
def changed(built: Path, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Click]:
    """An open scorecard after returns were changed. It serves many clicks: none of them may change it."""
    with opened(copied(built, tmp_path_factory.mktemp("changed")), office) as click:
        change_returns(click.workspace)
        yield click


@pytest.fixture(scope="module")
def answer(changed: Click, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tables that perfbook answers with, if nothing goes wrong."""
    path = tmp_path_factory.mktemp("answer") / "tables.json"
    changed.workspace.write_tables(path, as_at=CLICKED)
    return path.read_bytes().decode("ascii")


@pytest.fixture
def click(changed: Click) -> Iterator[Click]:
    """The open scorecard; its settings and the mailbox are as before when the test has ended."""
    cells = (WAY, COMMAND, WORKSPACE, LIMIT)
    before = {cell: changed.book.get_cell("Settings", cell).value for cell in cells}
    yield changed
    for cell, value in before.items():
        changed.book.set_cell("Settings", cell, value)
    shutil.rmtree(changed.workspace.root / "mailbox", ignore_errors=True)


def spoil(click: Click, how: str, text: str, folder: Path) -> str:
    """Let a click go wrong; what the message must say."""
    if how == "exit 2":
        click.set(WORKSPACE, str(folder))
        return "There is no workspace at "
    if how == "exit 3":
        return "Another"
    if how == "dead server":
        (click.workspace.root / "mailbox").mkdir()
        click.set(WAY, "mailbox")
        click.set(LIMIT, "2")
        return "No answer came within 2 seconds. Is perfbook watch running for "
    if how == "no mailbox":
        click.set(WAY, "mailbox")
        return "There is no folder "
    if how == "no perfbook":
        click.set(COMMAND, "/nowhere/perfbook")
        return "perfbook could not be started with the command /nowhere/perfbook"
    if how == "silence":
        click.set(COMMAND, script(folder / "silent.sh", "exit 9"))
        click.set(LIMIT, "2")
        return "perfbook did not answer within 2 seconds."
    lines = text.split("\r\n")
    spoilt = {
        "half": text[: len(text) // 2],
        "a row lost": "\r\n".join([*lines[:100], *lines[101:]]),
        "a letter lost": text.replace("Certified", "Certifie", 1),
        "empty": "",
        "not tables": '{"something": "else"}\r\n],"end":"perfbook"}\r\n',
        "framework": text.replace(json.loads(text)["framework"], "0123456789ab"),
        "layout": text.replace(json.loads(text)["layout"], "0123456789ab"),
        "period": text.replace('"period":"2020-21 Q2"', '"period":"2020-21 Q1"'),
        "protected": text.replace("20 October", "21 October"),
    }[how]
    (folder / "spoilt.json").write_bytes(spoilt.encode("ascii"))
    click.set(COMMAND, script(folder / "spoil.sh", f'for f; do :; done; cp "{folder}/spoilt.json" "$f"'))
    return {
        "half": "What perfbook answered is not whole.",
        "a row lost": "What perfbook answered is not whole.",
        "a letter lost": "What perfbook answered is not whole.",
        "empty": "What perfbook answered",
        "not tables": "What perfbook answered holds no tables.",
        "framework": "The framework has changed: run perfbook consolidate to rebuild the scorecard.",
        "layout": "The scorecard has a new layout, ",
        "period": "This scorecard is of 2020-21 Q2, and perfbook answered with 2020-21 Q1.",
        "protected": "The tables could not be written (",
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        *("exit 2", "exit 3", "dead server", "no mailbox", "no perfbook", "silence", "half", "a row lost"),
        *("a letter lost", "empty", "not tables", "framework", "layout", "period", "protected"),
    ],
)
def test_a_click_that_fails_changes_nothing_and_says_why(how: str, click: Click, answer: str, tmp_path: Path) -> None:
    expected = spoil(click, how, answer, tmp_path)
    before = click.screen()
    if how == "protected":
        click.book.run_macro("Hooks", "Protect")
    if how == "exit 3":
        with held(click.workspace.root):
            said = click.click()
    else:
        said = click.click()
    assert said.startswith(expected)
    assert said.endswith(UNCHANGED)
    if how == "protected":
        click.book.unprotect("Check trend")
    assert_same(click.screen(), before)


def test_a_list_does_not_grow_over_what_stands_below_it(workspace: Workspace, office: Office) -> None:
    with opened(workspace, office) as click:
        change_returns(workspace)
        click.book.set_cell("Files", "B14", "an officer's remark")
        before = click.screen()
        said = click.click()
        assert said == (
            "The list on the sheet Files needs more rows, and something stands in its way in B14. Move that away. "
            + UNCHANGED
        )
        assert_same(click.screen(), before)


def test_a_click_while_a_consolidation_runs_only_says_so(click: Click) -> None:
    before = click.screen()
    assert click.click("ClickTwice") == "A consolidation is running already. Wait until it has ended."
    assert_same(click.screen(), before)


def test_a_row_leads_to_its_passport_and_its_return(workspace: Workspace, office: Office) -> None:
    with opened(workspace, office) as click:
        codes = [row[0].value for row in click.book.get_cells("Scorecard", "A1:A60")]
        row = codes.index("PI2027") + 1
        click.set(MESSAGE, str(row))
        place = int(float(str(click.book.run_macro("Hooks", "Traced"))))
        shown = click.book.get_cells("Passport", f"A{place + 4}:J{place + 4}")[0]
        assert (shown[0].value, shown[2].value) == ("PI2027", "2020-21 Q2")
        path = click.book.run_macro("Hooks", "Opened")
        assert path == str(workspace.returns_folder(workspace.settings.period) / str(shown[9].value))
        click.set(MESSAGE, "1")
        assert click.book.run_macro("Hooks", "Traced") == "Select a cell in the row of a measure first."
        said = str(click.book.run_macro("Hooks", "Outside"))
        assert said == "The return ../framework.xlsx lies outside the folder of returns and is not opened."


def test_the_four_buttons_of_the_ribbon_do_what_they_say(workspace: Workspace, office: Office) -> None:
    assert [macro for _, _, _, macro, _ in RIBBON] == ["RibbonConsolidate", "RibbonTrace", "RibbonOpen", "RibbonAbout"]
    with opened(workspace, office, hidden=False) as click:
        change_returns(workspace)
        assert click.click("PressConsolidate").startswith(
            "Consolidated 2020-21 Q2, as at 22 October 2020 16:30: 9 of 9"
        )
        row = [line[0].value for line in click.book.get_cells("Scorecard", "A1:A60")].index("PI2027") + 1
        click.set(MESSAGE, str(row))
        sheet, _, place = str(click.book.run_macro("Hooks", "PressTrace")).partition(" ")
        shown = click.book.get_cells("Passport", f"A{place}:J{place}")[0]
        assert (sheet, shown[0].value, shown[2].value) == ("Passport", "PI2027", "2020-21 Q2")
        click.set(MESSAGE, str(row))
        assert click.book.run_macro("Hooks", "PressOpen") == shown[9].value == "Dudley 2020-21 Q2 Housing.xlsx"
        said = click.click("PressAbout")
        assert said.startswith("perfbook ")
        assert f"as a process, in {workspace.root}." in said
        # What LibreOffice's own reader has taken out of the workbook is what lies in the folder.
        held = click.book.macro_sources()
    for module in read_sources(_resources.folder("macros")):
        read = held[module.name].removeprefix("Rem Attribute VBA_ModuleType=VBAModule\nOption VBASupport 1\n")
        name, _, rest = module.source.partition("\n")
        assert name == f'Attribute VB_Name = "{module.name}"'
        assert read.rstrip() == rest.rstrip()


def test_tables_are_the_blocks_of_the_book_and_ascii(created: Path, tmp_path: Path) -> None:
    workspace = copied(created, tmp_path)
    target = tmp_path / "tables é.json"
    done = workspace.write_tables(target, as_at=BUILT)
    data = target.read_bytes()
    assert json.loads(data.decode("ascii")) == tables(done.quarter)
    assert done.outputs == {"tables": target}
    # No scorecard, and what its links lead to.
    assert {path.parent.name for path in (workspace.root / "outputs").rglob("*.xls*")} == {"returns as read"}
