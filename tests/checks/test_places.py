"""A finding about a text names the cell of the text, wherever the text came from."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from perfbook.checks.across.findings import quarter_findings
from perfbook.collecting import recorded
from perfbook.collecting.merge import merge
from perfbook.collecting.versions import Version
from perfbook.framework.model import Place
from perfbook.records import Finding, Submission
from perfbook.returns.reader import read_return
from perfbook.settings import ZONE
from tests.checks.clean import Case, case
from tests.checks.test_clean import _book

WRONG = "The backlog rose from 226 to 89 cases while two of the five case officers were away."


@pytest.fixture(scope="module")
def made() -> Case:
    return case(1, measures=3)


@pytest.fixture(scope="module")
def wrong(made: Case) -> str:
    return next(key for key, entry in made.entries.items() if "status" not in entry)


@pytest.fixture(scope="module")
def book(made: Case, wrong: str) -> bytes:
    entries = {key: {**entry} for key, entry in made.entries.items()}
    entries[wrong]["commentary"] = WRONG
    return _book(replace(made, entries=entries), made.period)


@pytest.fixture(scope="module")
def submission(made: Case, book: bytes) -> Submission:
    return read_return(book, file="a.xlsx", framework=made.framework)


def _found(made: Case, submission: Submission) -> Finding:
    found = quarter_findings(made.framework, made.period, made.history.values(), submission.observations)
    (finding,) = [each for each in found if each.code == "W106"]
    return finding


def test_it_is_the_cell_in_which_the_text_stands(made: Case, book: bytes, submission: Submission) -> None:
    finding = _found(made, submission)
    assert openpyxl.load_workbook(io.BytesIO(book))[finding.sheet][finding.cell].value == WRONG


def test_the_archive_keeps_it(made: Case, submission: Submission) -> None:
    again = recorded.load(recorded.dump(submission, made.framework), "a.xlsx")
    assert _found(made, again) == _found(made, submission)


def test_a_record_of_before_has_none(made: Case, submission: Submission) -> None:
    table = json.loads(recorded.dump(submission, made.framework))
    for row in table["observations"]:
        del row["commentary_at"], row["action_at"]
    assert _found(made, recorded.load(json.dumps(table).encode(), "a.xlsx")).cell == ""


def test_a_text_of_a_copy_brings_its_place(made: Case, wrong: str, submission: Submission) -> None:
    theirs = replace(
        submission,
        observations=tuple(
            replace(each, commentary_at=Place("copy.xlsx", "Measures", "Z99")) if each.measure == wrong else each
            for each in submission.observations
        ),
    )
    ours = replace(
        submission,
        observations=tuple(
            replace(each, commentary="", commentary_at=None) if each.measure == wrong else each
            for each in submission.observations
        ),
    )
    moment = datetime(2032, 1, 5, 9, tzinfo=ZONE)
    versions = [Version(path, path, each, moment) for path, each in (("a.xlsx", ours), ("copy.xlsx", theirs))]
    finding = _found(made, merge(versions[0], versions[1:]).submission)
    assert (finding.file, finding.cell) == ("copy.xlsx", "Z99")
