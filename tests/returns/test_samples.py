"""The sample returns say what the council published."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.framework.book import read_framework
from perfbook.framework.model import Framework
from perfbook.framework.periods import parse
from perfbook.records import Observation, Submission
from perfbook.returns.identity import issue_id, return_name
from perfbook.returns.reader import read_return

ROOT = Path(__file__).resolve().parents[2]
PERIOD = parse("2020-21 Q2")


@pytest.fixture(scope="module")
def dudley() -> Framework:
    path = ROOT / "workbook_templates" / "dudley" / "framework.xlsx"
    return read_framework(
        path, council="Dudley", year_start=4, reporting="quarterly", default_scheme="star-circle-triangle"
    )


@pytest.fixture(scope="module")
def submissions(dudley: Framework) -> dict[str, Submission]:
    folder = ROOT / "sample_returns" / "dudley"
    files = sorted(folder.glob("*.xlsx"))
    assert {file.name for file in files} == {return_name(dudley, d.key, PERIOD) for d in dudley.directorates}
    return {file.name: read_return(file.read_bytes(), file=file.name, framework=dudley) for file in files}


def test_nine_certified_returns_of_this_framework(dudley: Framework, submissions: dict[str, Submission]) -> None:
    assert len(submissions) == 9
    for submission in submissions.values():
        assert submission.state == "certified"
        assert submission.sign_off is not None
        assert (submission.sign_off.role, submission.sign_off.name) == ("Head of Service", "")
        assert "2020-10-12" <= submission.sign_off.date <= "2020-10-16"
        assert submission.framework_version == dudley.version, "run sample_returns/make_samples.py again"
        assert submission.issue == issue_id(dudley, submission.directorate, PERIOD)
        assert not [finding for finding in submission.findings if finding.severity == "error"]


def test_every_figure_is_the_published_one(dudley: Framework, submissions: dict[str, Submission], shared: Path) -> None:
    found: dict[str, Observation] = {
        dudley.by_key[o.measure].code: o for submission in submissions.values() for o in submission.observations
    }
    figures = delayed = 0
    with (shared / "data" / "dudley_2020_q2" / "measures.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            observation, published = found.pop(line["code"]), line["reported_actual"]
            quarter, year = line["reported_period"].split(" ")
            assert observation.period == parse(f"{year} {quarter}")
            if published == "Delay with data":
                assert (observation.status, observation.actual) == ("delayed", None)
                delayed += 1
                continue
            assert observation.status == "provided"
            figures += 1
            number = re.match(r"[\d.]+", published)
            assert number is not None
            percent = dudley.by_key[observation.measure].unit.kind == "percent"
            assert observation.typed == Decimal(number[0]) / (100 if percent else 1), line["code"]
            fraction = re.search(r"\((\d+)/(\d+)\)", published)
            if fraction:
                assert (observation.numerator, observation.denominator) == (Decimal(fraction[1]), Decimal(fraction[2]))
            else:
                assert observation.actual == observation.typed
                bracket = re.search(r"\((.*)\)", published)
                assert observation.companion == (bracket[1] if bracket else "")
    assert (figures, delayed, found) == (33, 1, {})


def test_what_the_linter_says(dudley: Framework, submissions: dict[str, Submission]) -> None:
    codes = {measure.key: measure.code for measure in dudley.measures}
    # A line of a grid by its key.
    said = {
        (codes.get(f.measure, f.measure), f.code)
        for submission in submissions.values()
        for f in submission.findings
        if f.severity == "warning"
    }
    assert said == {
        ("PI2027", "V101"),
        ("PI426", "V101"),
        ("PI501", "V101"),
        ("PI2036", "E101"),
        ("PI120", "E101"),
        ("staff-headcount", "G101"),
    }


def test_commentary_and_action_are_in_their_columns(dudley: Framework, submissions: dict[str, Submission]) -> None:
    by_code = {dudley.by_key[o.measure].code: o for s in submissions.values() for o in s.observations}
    assert by_code["PI2027"].commentary.startswith("Satisfaction fell as demand")
    assert by_code["PI2027"].action.startswith("Invite online or telephone feedback")
    assert by_code["PI2131"].commentary.startswith("National collection paused")
    assert by_code["PI1498"].commentary.startswith("Result comes from the validated")
