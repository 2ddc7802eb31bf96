"""The kept table of verdicts, against one run over everything."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from perfbook.collecting.outcomes import CODES, CRASHED, FAILED, TOO_LARGE, TOO_MUCH_MEMORY, TOO_SLOW
from perfbook.records import OUTCOMES
from tests.collecting.bad_inputs.gather import COLUMNS, Gathered, gather, kept


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Gathered:
    return gather(tmp_path_factory.mktemp("share"), shared / "corpus")


def test_no_verdict_has_changed(gathered: Gathered) -> None:
    """In either direction. To review: python -m tests.collecting.bad_inputs.gather, and look at the difference."""
    before = {row["file"]: row for row in kept()}
    now = {row["file"]: row for row in gathered.rows()}
    assert now.keys() - before.keys() == before.keys() - now.keys() == set()
    changed = [
        f"{file}: {column} {before[file][column]!r} -> {now[file][column]!r}"
        for file in before
        for column in COLUMNS
        if before[file][column] != now[file][column]
    ]
    assert changed == []


def test_each_file_has_one_outcome_and_one_sentence(gathered: Gathered) -> None:
    files = gathered.collected.files
    assert sorted(file.path for file in files) == sorted(normalize("NFC", name) for name in gathered.before)
    for file in files:
        assert file.outcome in OUTCOMES, file
        assert file.reason.endswith((".", "!")) and "\n" not in file.reason and "Error" not in file.reason, file
        assert file.code in CODES or file.code.startswith("R1"), file
    assert len([row for row in kept() if row["file"].startswith("corpus/")]) == 353  # with its README


def test_honest_workbooks_keep_the_limits(gathered: Gathered) -> None:
    limits = {"R108", "R113", "R114", TOO_SLOW, TOO_MUCH_MEMORY, CRASHED, FAILED, TOO_LARGE}
    strangers = [file for file in gathered.collected.files if file.path.startswith("corpus/")]
    assert [file.path for file in strangers if file.code in limits] == []


def test_good_returns_stand_and_originals_are_untouched(gathered: Gathered) -> None:
    good = [file for file in gathered.collected.files if file.path.startswith("good/dir") and "-PC" not in file.path]
    assert {file.outcome for file in good} == {"accepted"}
    assert gathered.after == gathered.before


def test_every_finding_is_a_sentence(gathered: Gathered) -> None:
    for submission in gathered.collected.submissions:
        for finding in submission.findings:
            assert finding.found.endswith((".", ")")) and "Traceback" not in finding.message, finding
            assert finding.remedy.endswith("."), finding
