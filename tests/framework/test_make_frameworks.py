"""The workspaces that travel with perfbook: made from the published figures, read, judged."""

from __future__ import annotations

import importlib.util
import tomllib
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from types import ModuleType

import pytest

from perfbook.framework.book import read_framework
from perfbook.framework.model import Framework
from perfbook.framework.periods import parse
from perfbook.framework.typed import figure_of, read_typed
from perfbook.framework.version import version_of
from perfbook.records import Observation
from perfbook.scoring.judge import count, index, judge
from perfbook.scoring.rounding import round_half_away
from perfbook.workbook.limits import breaches
from tests.conftest import ROOT, Audit
from tests.framework.books import bare
from tests.framework.test_book import assert_recalculates
from tests.support.office import Office

TEMPLATES = ROOT / "workbook_templates"
Q2 = parse("2020-21 Q2")
NAMES = ("dudley", "sandwell", "kirklees", "walsall-children", "walsall-plan", "blank")
BOOKS = (*(f"{name}/framework.xlsx" for name in NAMES), "walsall-children/framework Jun 2013.xlsx")


def _read(name: str) -> Framework:
    settings = tomllib.loads((TEMPLATES / name / "perfbook.toml").read_text(encoding="utf-8"))
    return read_framework(
        TEMPLATES / name / "framework.xlsx",
        council=settings["council"],
        year_start=4,
        reporting=settings["reporting"],
        default_scheme=settings["scheme"],
    )


@pytest.fixture(scope="module")
def dudley() -> Framework:
    return _read("dudley")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_frameworks", TEMPLATES / "make_frameworks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_kept_files_are_what_the_script_makes(script: ModuleType, shared: Path) -> None:
    made: dict[str, bytes] = script.files(shared / "data/dudley_2020_q2")
    kept = sorted(p.relative_to(TEMPLATES).as_posix() for n in NAMES for p in (TEMPLATES / n).iterdir())
    # The templates of reports and the logos have scripts of their own.
    assert [name for name in kept if not name.endswith((".docx", ".png"))] == sorted(made)
    stale = [name for name, content in made.items() if (TEMPLATES / name).read_bytes() != content]
    assert stale == [], "Run: python workbook_templates/make_frameworks.py ../shared/data/dudley_2020_q2"


def test_reading_the_kept_book_gives_what_was_written(script: ModuleType, shared: Path, dudley: Framework) -> None:
    assert bare(dudley) == bare(script.dudley(shared / "data/dudley_2020_q2"))
    assert dudley.version == version_of(dudley)


@pytest.mark.parametrize("book", BOOKS)
def test_the_kept_books_break_no_limit_and_no_standard(book: str, audit: Audit) -> None:
    data = (TEMPLATES / book).read_bytes()
    assert breaches(data) == []
    assert audit(data) == []


@pytest.mark.parametrize("book", BOOKS)
def test_libreoffice_calculates_the_values_that_stand_in_the_kept_books(book: str, office: Office) -> None:
    assert_recalculates(TEMPLATES / book, office)


def test_a_kept_book_saved_by_libreoffice_is_still_the_same(office: Office, tmp_path: Path, dudley: Framework) -> None:
    with office.open(TEMPLATES / "dudley/framework.xlsx") as book:
        book.save_as(tmp_path / "framework.xlsx")
    again = read_framework(
        tmp_path / "framework.xlsx",
        council="Dudley",
        year_start=4,
        reporting="quarterly",
        default_scheme="star-circle-triangle",
    )
    assert bare(again) == bare(dudley)


def test_dudley_has_its_measures_directorates_and_priorities(dudley: Framework) -> None:
    in_force = [measure for measure in dudley.measures if measure.in_force(Q2)]
    assert len(in_force) == 34
    assert len(dudley.directorates) == 9
    assert len(dudley.priorities) == 4
    assert [m.code for m in dudley.measures if not m.in_force(Q2)] == ["PI2061"]
    assert {d.key: len(dudley.measures_of(d.key, Q2)) for d in dudley.directorates} == {
        "human-resources": 3,
        "customer-service-ict": 4,
        "housing": 5,
        "public-realm": 2,
        "childrens-services": 6,
        "adult-social-care": 5,
        "public-health": 2,
        "education": 2,
        "regeneration": 5,
    }


def test_dudleys_figures_stand_where_they_belong(dudley: Framework) -> None:
    by_code = {measure.code: measure for measure in dudley.measures}
    q1, last_year, waste = parse("2020-21 Q1"), parse("2019-20 Q2"), parse("2019-20 Q1")
    recycled, delayed, looked_after = by_code["PI1498"].key, by_code["PI2131"].key, by_code["PI432"].key
    assert dudley.past[recycled, waste].shown == "46.5% (15,687.11)"
    assert dudley.past[recycled, waste].actual == D("0.465")
    assert (recycled, q1) not in dudley.past  # this arrives in the return
    assert dudley.targets[recycled, q1].value == D("0.35")
    assert by_code["PI1498"].arrears == by_code["PI1499"].arrears == 1
    assert (dudley.past[delayed, q1].status, dudley.past[delayed, last_year].status) == ("delayed", "new")
    assert (delayed, Q2) not in dudley.targets
    assert dudley.targets[looked_after, last_year].value == 90
    assert "90%" in by_code["PI432"].note
    assert dudley.past[by_code["PI352"].key, last_year].shown == "5.89 Days"
    assert [m.code for m in dudley.measures if m.calculation == "cumulative"] == ["PI352", "PI370", "PI371"]
    assert {code: by_code[code].decimals for code in ("PI1319", "PI1498", "PI426", "PI2036", "PI432", "PI1693")} == {
        "PI1319": 2,
        "PI1498": 1,
        "PI426": 1,
        "PI2036": 0,
        "PI432": 1,
        "PI1693": 2,
    }


def test_every_fraction_of_the_figures_has_its_labels(dudley: Framework) -> None:
    fractions = {"PI2027", "PI1396", "PI426", "PI501", "PI2132", "PI2133", "PI2134"}
    assert fractions <= {measure.code for measure in dudley.measures if measure.has_fraction}


def test_dudley_by_rule_and_as_published(dudley: Framework) -> None:
    """By rule 17 / 3 / 13, where the report printed 16 / 3 / 14; they differ in PI1709 alone."""
    observations = []
    for measure in dudley.measures:
        about = measure.about(Q2)
        if about is None or not measure.in_force(Q2):
            continue
        understood = read_typed(dudley.published[measure.key, about].actual, measure.unit)
        figure = figure_of(understood, measure.unit)
        actual = None if figure is None else round_half_away(figure, measure.places)
        observations.append(Observation(measure.key, about, Q2, understood.status, actual))
    judgements = judge(dudley, index(observations), Q2)
    counts = count(dudley, judgements)
    assert counts.measures == {
        "total": 34,
        "due": 33,
        "not_due": 0,
        "delayed": 1,
        "reported": 33,
        "missing": 0,
        "not_available": 0,
    }
    assert counts.score == {"exceeds_target": 17, "upper_tolerance": 3, "below_target": 13, "not_scored": 0}
    printed = {(t.group, t.outcome): t.count for t in dudley.published_totals}
    assert [printed["score", key] for key in ("exceeds_target", "upper_tolerance", "below_target")] == [16, 3, 14]
    assert [printed["trend", key] for key in ("improved", "consistent", "worse")] == [10, 4, 19]
    assert [printed["annual", key] for key in ("improved", "consistent", "worse")] == [12, 5, 10]
    differing = []
    for row in judgements:
        if row.about is None or row.state != "reported":
            continue
        band = dudley.scheme_of(row.measure).band(row.band)
        assert band is not None
        if band.key != dudley.published[row.measure.key, row.about].score:
            differing.append(row.measure.code)
    assert differing == ["PI1709"]


def test_dudleys_settings(script: ModuleType) -> None:
    settings = tomllib.loads((TEMPLATES / "dudley/perfbook.toml").read_text(encoding="utf-8"))
    # How it looks and what its public copy hides have tests of their own.
    assert {name: value for name, value in settings.items() if name not in ("style", "publish")} == {
        "council": "Dudley",
        "period": "2020-21 Q2",
        "reporting": "quarterly",
        "year_start": "April",
        "scheme": "star-circle-triangle",
        "returns": {
            "folder": "returns",
            "due_days": 19,
            "grace_days": 0,
            "due": {"2020-21 Q2": date(2020, 10, 19)},
        },
    }


def test_the_empty_workspace_has_two_examples_that_say_so() -> None:
    framework = _read("blank")
    assert len(framework.measures) == 2
    assert all(measure.title.startswith("Example: ") for measure in framework.measures)
    assert set(framework.schemes) == {"star-circle-triangle", "rag"}
    settings = tomllib.loads((TEMPLATES / "blank/perfbook.toml").read_text(encoding="utf-8"))
    assert settings["returns"]["due"] == {}
