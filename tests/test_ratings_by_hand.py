"""A rating that an officer sets by hand: it counts, with its reason, and the return's own stays visible beside it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from perfbook.account import account
from perfbook.cli import cli
from perfbook.errors import FrameworkError, UsageError
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Adjustment, Place
from perfbook.rating_by_hand import set_ratings
from perfbook.rating_notes import rating_notes
from perfbook.records import NOT_RATED, Quarter
from perfbook.scoring.ratings import index_reports, rate
from perfbook.workspace import Workspace, open_workspace
from tests.collecting.council import IN_TIME, ISSUED, NOW, PERIOD
from tests.collecting.test_actions import FRAMEWORK, NEXT, filled
from tests.support.office import Office, compare_cached

TOML = f'council = "Elmbridge Vale"\nperiod = "{PERIOD.label}"\nscheme = "star-circle-triangle"\n'
AS_AT = NOW.isoformat()
Adjust = Callable[..., Workspace]


def by_hand(action: str, deliverable: str = "", band: str = "", **more: object) -> Adjustment:
    shown = {"done": "Done", "slow": "slow", NOT_RATED: "not rated", "": ""}[band]
    given = {"reason": "The site opened late.", "by": "Performance officer"} | more
    return Adjustment(
        "rating",
        PERIOD,
        place=Place("framework.xlsx", "Adjustments", ""),
        action=action,
        deliverable=deliverable,
        band=band,
        shown=shown,
        **given,  # type: ignore[arg-type]
    )


@pytest.fixture
def adjusted(tmp_path: Path) -> Adjust:
    """The workspace with the return of Housing, and these rows on the sheet Adjustments."""

    def make(*adjustments: Adjustment) -> Workspace:
        root = tmp_path / "council"
        root.mkdir(exist_ok=True)
        (root / "perfbook.toml").write_text(TOML, encoding="utf-8")
        made = replace(FRAMEWORK, adjustments=adjustments)
        book = write_framework(made, created=ISSUED, periods=[PERIOD], spare_rows=3)
        (root / "framework.xlsx").write_bytes(book)
        workspace = open_workspace(root)
        folder = workspace.returns_folder(PERIOD)
        if not folder.exists():
            workspace.generate(as_at=ISSUED)
            path = next(path for path in folder.iterdir() if "Housing" in path.name)
            path.write_bytes(filled(RETURN))
            os.utime(path, (IN_TIME.timestamp(), IN_TIME.timestamp()))
        return workspace

    return make


RETURN = {
    ("a1", "rating"): "Done",
    ("a1", "update"): "Ten built.",
    ("a1@d2", "rating"): "Slow",
    ("a2", "rating"): "Done",
}


def ratings(quarter: Quarter) -> dict[str, str]:
    rows = rate(quarter.framework, index_reports(quarter.actions), quarter.period)
    return {row.placement.key: row.rating for row in rows}


def test_a_rating_set_for_one_place_counts_there_alone_and_is_told_wherever_it_is_shown(adjusted: Adjust) -> None:
    ws = adjusted(by_hand("a1", "d1", "slow"))
    done = ws.consolidate(as_at=NOW)
    assert ratings(done.quarter) == {"a1@d1": "slow", "a1@d2": "slow", "a2@d1": "done", "a3@d2": "none"}
    answer = done.account.as_json()
    assert answer["actions"]["rating"] == {"done": 1, "slow": 2, "none": 1}
    assert [(each["placement"], each["returned"], each["rating"]) for each in answer["ratings_set"]] == [
        ("a1@d1", "done", "slow")
    ]
    note = "Rating set by hand; the return says \u2714 Done. The site opened late (Performance officer)."
    with ws.scorecard_path(PERIOD).open("rb") as stream:
        book = load_workbook(io.BytesIO(stream.read()), data_only=True)
    rows = {
        sheet.title: ["|".join(str(cell) for cell in row if cell is not None) for row in sheet.values] for sheet in book
    }
    assert sum(note in row for row in rows["Actions"]) == 1
    changed = next(row for row in rows["Changes"] if "Set the rating" in row)
    assert "HS1|Build homes (under B1)|" in changed and "\u2714 Done|\u25b2 Slow|" in changed
    assert "Performance officer|The site opened late.|framework.xlsx|Adjustments|" in changed
    passport = [row for row in rows["Passport"] if row.startswith("HS1|")]
    assert any(note in row and "framework.xlsx" in row for row in passport)
    assert any("As returned" in row and "Housing" in row for row in passport)

    outputs = ws.report(as_at=NOW).outputs
    with zipfile.ZipFile(outputs["report"]) as package:
        report = package.read("word/document.xml").decode()
    for shown in (report, outputs["digest"].read_text("utf-8")):
        assert "\u25b2 Slow (rating set)" in shown and note in shown

    traced = CliRunner().invoke(cli, ["trace", "HS1", "-w", str(ws.root), "--as-at", AS_AT, "--json"])
    first = json.loads(traced.output)["places"][0]
    assert (first["rating"], first["note"]["text"], first["source"]["file"]) == ("slow", note, "framework.xlsx")
    [event] = ws.archive.events("adjusted")
    assert (event.data["action"], event.data["deliverable"], event.data["value"]) == ("a1", "d1", "slow")


def test_a_rating_set_for_the_action_holds_in_every_place_but_one_with_a_row_of_its_own(adjusted: Adjust) -> None:
    everywhere = adjusted(by_hand("a1", "", "done")).collect(as_at=NOW)
    assert [ratings(everywhere)[key] for key in ("a1@d1", "a1@d2")] == ["done", "done"]
    both = adjusted(by_hand("a1", "d2", NOT_RATED), by_hand("a1", "", "slow")).collect(as_at=NOW)
    assert [ratings(both)[key] for key in ("a1@d1", "a1@d2")] == ["slow", "none"]
    notes = rating_notes(both)
    assert "the return says \u2714 Done" in notes["a1@d1", PERIOD].note
    assert "the return says \u25b2 Slow" in notes["a1@d2", PERIOD].note


def test_update_share_and_date_are_set_alone_and_the_rating_stays_the_returns(adjusted: Adjust) -> None:
    row = by_hand("a1", "d1", update="Nine built.", progress=Decimal("0.4"), revised="2032-03-31")
    quarter = adjusted(row).collect(as_at=NOW)
    first, second, *_ = rate(quarter.framework, index_reports(quarter.actions), PERIOD)
    assert (first.rating, first.update, first.progress, first.revised) == (
        "done",
        "Nine built.",
        Decimal("0.4"),
        "2032-03-31",
    )
    assert (second.placement.key, second.update, second.progress) == ("a2@d1", "", None)
    assert ratings(quarter)["a1@d2"] == "slow"
    said = rating_notes(quarter)["a1@d1", PERIOD].note
    assert said.startswith(
        "Update written by hand; the return has another; Done set to 40%; the return says nothing; "
        "Revised date set to 31 March 2032; the return says nothing. The site"
    )


def test_an_action_without_a_return_can_be_rated(adjusted: Adjust) -> None:
    quarter = adjusted(by_hand("a3", "", "done")).collect(as_at=NOW)
    assert ratings(quarter)["a3@d2"] == "done"
    assert account(quarter).actions.rating == {"done": 3, "slow": 1, "none": 0}


def test_the_next_return_shows_the_rating_that_counted(adjusted: Adjust) -> None:
    ws = adjusted(by_hand("a1", "", "slow"))
    ws.collect(as_at=NOW)
    made = ws.generate(period=NEXT, as_at=NOW, directorate="housing")
    with made.written[0].open("rb") as stream:
        sheet = load_workbook(io.BytesIO(stream.read()), data_only=True)["Actions"]
    row = next(row for row in sheet.values if "Build homes" in row)
    assert any("Slow" in str(cell) for cell in row)


def test_a_plan_of_which_nothing_is_rated_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "perfbook.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "framework.xlsx").write_bytes(write_framework(FRAMEWORK, created=ISSUED, periods=[PERIOD]))
    ws = open_workspace(tmp_path)
    ws.generate(as_at=ISSUED)
    assert account(ws.collect(as_at=NOW)).actions.placements
    with pytest.raises(UsageError, match="has no figure and no rating yet"):
        ws.close(as_at=NOW)
    assert not ws.archive.events("closed")


def test_a_closed_period_says_why_a_rating_was_restated(adjusted: Adjust) -> None:
    ws = adjusted()
    ws.collect(as_at=NOW)
    ws.close(as_at=NOW)
    restated = adjusted(by_hand("a1", "d1", "slow")).collect(as_at=NOW).restatements
    assert [(each.about, each.before, each.now) for each in restated] == [("a1@d1", "\u2714 Done", "\u25b2 Slow")]
    assert "The site opened late (Performance officer)" in restated[0].why


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("Key", "a9", "no action with the key 'a9'"),
        ("Under", "B9", "does not stand there: 'B9'"),
        ("Value", "Slwo", "no rating of the scheme 'steps'. Did you mean 'Slow'?"),
        ("Done", 40, "is no share of what is done"),
        ("Period", "2031-32", "no period for which returns are sent out"),
        ("Adjustment", "correct the figure", "a deliverable has no place here"),
    ],
)
def test_what_cannot_be_understood_is_said_with_its_cell(
    adjusted: Adjust, column: str, value: str | int, said: str
) -> None:
    ws = adjusted(by_hand("a1", "d1", "slow"))
    path = ws.root / "framework.xlsx"
    book = load_workbook(path)
    sheet = book["Adjustments"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Adjustment")
    at = {str(cell.value): cell.column_letter for cell in head}
    cell = sheet[f"{at[column]}{head[0].row + 1}"]
    cell.value = value
    book.save(path)
    with pytest.raises(FrameworkError) as caught:
        open_workspace(ws.root).framework  # noqa: B018
    text = str(caught.value)
    assert cell.coordinate in text or column == "Adjustment"
    assert said in text


def test_what_is_on_the_sheet_comes_back_as_it_was_written(adjusted: Adjust) -> None:
    rows = (
        by_hand("a1", "d2", "slow", update="Late.", progress=Decimal("0.25"), revised="2032-03-31"),
        by_hand("a2", "", NOT_RATED, revised="In the spring"),
    )
    found = adjusted(*rows).framework.adjustments
    assert tuple(replace(each, place=rows[0].place) for each in found) == rows
    assert set_ratings(FRAMEWORK, ()).set == ()


def test_the_formulas_agree_with_a_second_engine(adjusted: Adjust, office: Office) -> None:
    ws = adjusted(by_hand("a1", "d1", "slow"), by_hand("a2", "", "", update="Fifty repaired."))
    ws.consolidate(as_at=NOW)
    found = compare_cached(ws.scorecard_path(PERIOD), office)
    assert found.formulas > 900
    assert (found.mismatches, found.errors) == ([], [])
