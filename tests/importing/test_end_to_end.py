"""A council made by an import from a messy spreadsheet works like any other, from blank returns to scorecard."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from perfbook.importing.run import import_spreadsheet
from perfbook.returns import layout
from perfbook.scorecard import build_scorecard
from perfbook.workbook.limits import breaches
from perfbook.workspace import Workspace, open_workspace
from tests.conftest import Audit
from tests.importing.messy import messy
from tests.returns.places import Places
from tests.support.office import Office, compare_cached

# What the managers type for the third quarter, by title; the others are left blank.
TYPED: Mapping[str, str] = {
    "% of adults with a review in the last year": "78.9%",
    "Permanent admissions to care homes (65+) per 100,000 population": "155.0",
    "Average time from contact to assessment": "27",
    "Cost per week of residential care (\u00a3)": "770",
    "Number of safeguarding concerns raised": "305",
    "Rent collected as a percentage of rent due": "98.4%",
    "Average days to let an empty home": "24.5",
    "Gas certificates in date": "99.5%",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("imported")
    (folder / "kpis.xlsx").write_bytes(messy())
    import_spreadsheet(str(folder / "kpis.xlsx"), to=str(folder / "ambridge"))
    return open_workspace(folder / "ambridge")


@pytest.fixture(scope="module")
def blanks(workspace: Workspace) -> dict[str, bytes]:
    """The blank returns as they went out."""
    return {path.name: path.read_bytes() for path in workspace.generate().written}


@pytest.fixture(scope="module")
def outputs(workspace: Workspace, blanks: dict[str, bytes]) -> dict[str, Path]:
    """What is made of the filled returns: the scorecard, the Word report, the digest."""
    keys = {each.title: each.key for each in workspace.framework.measures}
    folder = workspace.returns_folder(workspace.settings.period)
    for name, data in blanks.items():
        places, book = Places(data), openpyxl.load_workbook(io.BytesIO(data))
        for title, text in TYPED.items():
            try:
                place = places.measure(keys[title], layout.ACTUAL)
            except KeyError:
                continue
            share = text.endswith("%")
            book[layout.MEASURES][place] = float(text.rstrip("%")) / (100 if share else 1)
        book[layout.START][places.start(layout.SIGN_STATE)] = "Certified"
        book[layout.START][places.start(layout.SIGN_ROLE)] = "Head of Service"
        book[layout.START][places.start(layout.SIGN_DATE)] = date(2021, 1, 11)
        book.save(folder / name)
    done = workspace.consolidate()
    return {**done.outputs, **workspace.report().outputs}


def test_the_council_is_the_one_of_the_spreadsheet(workspace: Workspace) -> None:
    framework = workspace.framework
    assert framework.council == "Ambridge Borough Council"
    assert [each.name for each in framework.directorates] == ["Adult Social Care", "Housing & Regeneration"]
    assert workspace.settings.period.label == "2020-21 Q3"


def test_every_figure_that_was_typed_is_scored_against_the_imported_targets(
    workspace: Workspace, outputs: dict[str, Path]
) -> None:
    account = workspace.consolidate(collect=False).account.as_json()
    assert account["returns"]["received"] == 2 and account["measures"]["reported"] == len(TYPED)
    score = account["score"]
    assert {word: score[word] for word in ("green", "amber", "red")} == {"green": 6, "amber": 1, "red": 0}
    assert sum(score.values()) == len(TYPED)
    sheet = openpyxl.load_workbook(outputs["scorecard"], data_only=True)["Scorecard"]
    shown = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
    # The quarter before came from the spreadsheet; its fraction, 113 of 147, decides over the 76.8% beside it.
    assert {"0.789", "0.769", "0.75"} <= shown
    assert {title for title in TYPED if title in shown} == TYPED.keys()


def test_formulas_values_validity_and_limits_of_every_book(
    workspace: Workspace,
    blanks: dict[str, bytes],
    outputs: dict[str, Path],
    office: Office,
    audit: Audit,
    tmp_path: Path,
) -> None:
    books = {"framework.xlsx": (workspace.root / "framework.xlsx").read_bytes(), **blanks}
    books["scorecard.xlsx"] = outputs["scorecard"].read_bytes()
    for name, data in books.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert breaches(data) == [], name
        assert audit(data) == [], name
        compared = compare_cached(path, office)
        assert compared.formulas and not compared.mismatches, (name, compared.mismatches[:5])


def test_the_scorecard_of_every_period_that_can_be_picked(
    workspace: Workspace, outputs: dict[str, Path], office: Office, audit: Audit, tmp_path: Path
) -> None:
    quarter = workspace.consolidate(collect=False).quarter
    assert {"2020-21 Q1", "2020-21 Q2", "2020-21 Q3"} <= {period.label for period in quarter.periods}
    for period in quarter.periods:
        path = tmp_path / f"{period.label}.xlsx"
        path.write_bytes(build_scorecard(quarter, selected=period))
        assert breaches(path.read_bytes()) == [] and audit(path) == [], period
        compared = compare_cached(path, office)
        assert compared.formulas and not compared.mismatches, (period, compared.mismatches[:5])


def test_the_account_is_whole(workspace: Workspace) -> None:
    done = import_spreadsheet(str(workspace.root.parent / "kpis.xlsx"), dry_run=True)
    told = json.loads(json.dumps(done.as_json()))
    assert told["cells"]["placed"] + told["cells"]["not_placed"] == told["cells"]["total"]
