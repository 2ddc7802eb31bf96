"""Kirklees, end to end: what the published figures hold comes out again, status by status."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal as D
from pathlib import Path

import openpyxl
import pytest

from perfbook.demo import Demo, run_demo
from perfbook.framework.model import Framework
from perfbook.framework.periods import parse
from perfbook.scorecard.build import build_scorecard
from perfbook.scorecard.statements import alone, value_of
from perfbook.scoring.judge import Judgement, index, judge
from tests.support.office import Office, compare_cached

Q1, Q2, Q3 = parse("2017-18 Q1"), parse("2017-18 Q2"), parse("2017-18 Q3")
YEAR = parse("2017-18")
STATUSES = {"G": "green", "AG": "amber_green", "A": "amber", "RA": "red_amber", "R": "red", "": ""}
PICKER = ("Summary", "B4")
Rows = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo("kirklees", tmp_path_factory.mktemp("kirklees") / "demo", None)


@pytest.fixture(scope="module")
def framework(demo: Demo) -> Framework:
    return demo.workspace.framework


@pytest.fixture(scope="module")
def printed(shared: Path) -> Rows:
    """The report's measures by their number."""
    with (shared / "data/kirklees_2017_q2/measures.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["ref"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def keys(printed: Rows, framework: Framework) -> Mapping[str, str]:
    """The key of each measure by its number in the report."""
    return dict(zip(printed, framework.by_key, strict=True))


@pytest.fixture(scope="module")
def expected(shared: Path) -> Mapping[str, str]:
    """What the report's own rows give, by the number of the check."""
    with (shared / "data/kirklees_2017_q2/expected.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row["recomputed"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def judged(demo: Demo, keys: Mapping[str, str]) -> Mapping[str, Judgement]:
    """Every measure in the quarter, by its number in the report."""
    found = judge(demo.workspace.framework, index(demo.consolidation.quarter.observations), Q2)
    return {ref: next(row for row in found if row.measure.key == key) for ref, key in keys.items()}


def test_every_measure_and_action_stands_under_its_theme(framework: Framework, expected: Mapping[str, str]) -> None:
    measures = Counter(measure.priority for measure in framework.measures)
    actions = Counter(action.priority for action in framework.actions)
    themes = ("ambitious", "inclusive", "resilient")
    assert [str(measures[theme]) for theme in themes] == [expected[number] for number in ("K22", "K23", "K24")]
    assert [str(actions[theme]) for theme in themes] == [expected[number] for number in ("K25", "K26", "K27")]
    assert (str(len(framework.measures)), str(len(framework.actions))) == (expected["K02"], expected["K01"])
    # Codes are not unique: what tells measures apart is their key.
    assert Counter(measure.code for measure in framework.measures)["BCI"] == 17


def test_the_statuses_are_those_that_the_report_printed(framework: Framework, expected: Mapping[str, str]) -> None:
    scores = Counter(said.score for said in framework.published.values())
    totals = {(total.group, total.outcome): total.count for total in framework.published_totals}
    numbers = ("K28", "K29", "K30", "K31", "K32", "K33", "K34", "K35")
    words = ("green", "amber_green", "amber", "red_amber", "red", "missing", "not due", "")
    for number, word in zip(numbers, words, strict=True):
        measures, actions, _ = expected[number].split(" / ")
        assert str(scores[word]) == measures, word
        group = ("measures", word.replace(" ", "_")) if word in ("missing", "not due") else ("score", word)
        assert str(totals["score", "not_scored"] if not word else totals[group]) == measures, word
        assert str(totals.get(("rating", "none" if word == "missing" else word), 0)) == actions, word


def test_the_account_has_every_status(demo: Demo) -> None:
    account = demo.consolidation.account.as_json()
    assert account["measures"] == {
        "total": 65,
        "due": 61,
        "not_due": 4,
        "delayed": 0,
        "reported": 59,
        "missing": 2,
        "not_available": 0,
    }
    assert account["score"] == {
        "green": 24,
        "amber_green": 4,
        "amber": 11,
        "red_amber": 4,
        "red": 16,
        "not_scored": 0,
    }
    assert account["actions"] == {
        "placements": 37,
        "distinct": 37,
        "unreferenced": 0,
        "several": 0,
        "rating": {"green": 11, "amber_green": 8, "amber": 15, "red_amber": 1, "red": 0, "none": 2},
    }


def test_a_person_chose_the_score_where_there_is_no_target(judged: Mapping[str, Judgement], printed: Rows) -> None:
    without = {ref: row for ref, row in judged.items() if row.state == "reported" and row.target is None}
    assert sorted(without) == ["1.13", "1.4", "1.5", "1.6", "2.1", "3.13", "3.25"]
    for ref, row in without.items():
        assert tuple(STATUSES)[(row.band or 0) - 1] == printed[ref]["rag_as_printed"], ref


def test_what_is_not_due_and_what_is_missing_says_so(judged: Mapping[str, Judgement], printed: Rows) -> None:
    states = {ref: row.state for ref, row in judged.items() if row.state != "reported"}
    assert states == {
        "1.10": "not due",
        "1.12": "missing",
        "2.3": "not due",
        "2.6": "not due",
        "2.13": "missing",
        "3.16": "not due",
    }
    # The report leaves the last of them without a status.
    assert [ref for ref in states if printed[ref]["rag_as_printed"] == ""] == ["3.16"]


def test_where_the_services_judged_otherwise_than_the_rule_an_officer_set_the_score(
    demo: Demo, keys: Mapping[str, str], judged: Mapping[str, Judgement], printed: Rows
) -> None:
    refs = {key: ref for ref, key in keys.items()}
    set_by_hand = {refs[each.measure] for each in demo.workspace.framework.adjustments}
    assert set_by_hand == {
        *("1.1", "1.2", "1.8", "1.14", "1.15", "1.21", "2.4", "2.5", "2.11", "2.12", "2.19"),
        *("3.1", "3.2", "3.3", "3.6", "3.8", "3.17", "3.18"),
    }
    # Better than its target by far, and printed as amber.
    assert (judged["3.3"].by_rule, judged["3.3"].band) == (1, 3)
    assert all(row.by_rule == row.band for ref, row in judged.items() if ref not in set_by_hand)
    for ref, row in judged.items():
        if row.state == "reported":
            assert tuple(STATUSES)[(row.band or 0) - 1] == printed[ref]["rag_as_printed"], ref


def test_what_differs_from_the_report_is_named(demo: Demo, keys: Mapping[str, str]) -> None:
    found = demo.consolidation.account.reconciliation
    assert (found.ratings_compared, found.ratings) == (37, ())
    assert found.differing("score") == ()
    assert [each.measure.key for each in found.differing("figure")] == [keys["2.5"]]
    totals = {(each.group, each.outcome): (each.ours, each.published) for each in found.totals if each.differs}
    # The one measure whose status the report leaves empty is not due.
    assert totals == {("measures", "not_due"): (4, 3), ("score", "not_scored"): (0, 1)}


def test_the_shares_come_back_only_when_red_amber_and_not_due_count_as_on_track(
    demo: Demo, expected: Mapping[str, str]
) -> None:
    statements = demo.consolidation.account.reconciliation.statements
    on_track = [each for each in statements if each.statement.said == "share on track"]
    assert [(each.statement.reading, each.agrees_by_rows) for each in on_track[:2]] == [
        ("Green and Amber Green, of what was due", False),
        ("Green, Amber Green, Red Amber and Not due, of everything", True),
    ]
    assert alone(statements, statements.index(on_track[1]))
    shares = {each.statement.said: each for each in statements if each.agrees_by_rows and each.statement.out_of}
    for number, said in (("K06", "on track"), ("K07", "off track"), ("K08", "at risk"), ("K09", "missing")):
        value = value_of(*shares[f"share {said}"].rows)
        assert value is not None
        assert f"{round(float(value) * 100, 1)}%" == expected[number]


def test_reconciliation_says_so(demo: Demo) -> None:
    sheet = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)["Reconciliation"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=9)]
    said = {str(row[2]): row for row in rows if row[2] and str(row[0]).startswith("covering report")}
    plain = said["share on track: Green and Amber Green, of what was due"]
    assert (plain[3], plain[5], plain[7], plain[8] or "") == ("54%", "47 of 98 = 48.0%", "no", "")
    theirs = said["share on track: Green, Amber Green, Red Amber and Not due, of everything"]
    assert (theirs[3], theirs[5], theirs[7], theirs[8]) == ("54%", "55 of 102 = 53.9%", "yes", "only so")


def test_the_report_contradicts_itself_where_the_sample_says_so(demo: Demo, shared: Path) -> None:
    """Every statement that we work out agrees with the report's rows exactly where it was found to."""
    with (shared / "data/kirklees_2017_q2/expected.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {(row["where"], row["published_item"], row["published"]): row["match"] for row in csv.DictReader(file)}
    for each in demo.consolidation.account.reconciliation.statements:
        agrees = each.agrees if each.measure else each.agrees_by_rows
        if each.statement.out_of and each.statement.reading.startswith(("Green and", "Amber and", "Red Amber and")):
            continue  # the plain reading, in which none comes back
        if each.statement.reading.startswith("Missing as"):
            continue
        match = found[each.statement.where, each.statement.said, each.statement.printed]
        assert bool(agrees) == match.startswith("yes"), each.statement.said


def test_yearly_figures_are_due_in_their_own_quarter(framework: Framework, keys: Mapping[str, str]) -> None:
    homes, settled = framework.by_key[keys["1.10"]], framework.by_key[keys["3.16"]]
    assert (homes.about(Q2), homes.about(Q3)) == (None, YEAR)
    assert settled.about(parse("2018-19 Q1")) == YEAR
    assert framework.past[keys["3.16"], YEAR.previous].actual == D("0.88")


@pytest.mark.parametrize(
    ("ref", "in_period", "to_date"),
    [
        ("1.1", "60", "122"),
        ("1.2", "0.03", "2"),
        ("1.8", "1587", "2107"),
        ("1.18", "0.495", "0.7629"),
        ("1.19", "0.5354", "0.8247"),
        ("2.7", "267", "655"),
        ("2.8", "49", "67"),
        ("2.9", "35", "73"),
        ("2.14", "18", "61"),
        ("2.18", "141", "284"),
        ("2.19", "481", "1063"),
        ("1.7", "26281", "26281"),
    ],
)
def test_both_figures_are_kept(judged: Mapping[str, Judgement], ref: str, in_period: str, to_date: str) -> None:
    assert (judged[ref].actual, judged[ref].to_date) == (D(in_period), D(to_date))


def test_a_year_to_date_that_is_not_the_sum_is_asked_about(demo: Demo, keys: Mapping[str, str]) -> None:
    asked = {finding.measure for finding in demo.consolidation.quarter.findings if finding.code == "T104"}
    assert asked == {keys["1.2"], keys["1.8"], keys["1.18"]}


def test_the_year_to_date_is_scored_against_the_profile(judged: Mapping[str, Judgement]) -> None:
    homes = judged["2.14"]
    # The report: 18 delivered against 58 for the quarter, 235 for the year.
    assert (homes.target, homes.year_target, homes.to_date, homes.band) == (118, 235, 61, 5)
    assert (judged["2.19"].target, judged["2.19"].by_rule) == (1061, 1)


def test_targets_and_earlier_years_stand_as_they_were_typed(
    framework: Framework, keys: Mapping[str, str], printed: Rows
) -> None:
    def target(ref: str) -> str:
        return framework.targets[keys[ref], YEAR].shown

    assert [target(ref) for ref in ("1.4", "3.13", "3.25", "1.8")] == ["No target", "TBA", "-", "13089 Tonnes"]
    assert framework.past[keys["1.20"], parse("2014-15")].shown == "79.55 days"
    years = [row[name] for row in printed.values() for name in ("y1415", "y1516", "y1617")]
    kept = [figure.shown for (_, period), figure in framework.past.items() if period.kind == "year"]
    # Two in another unit than the measure is in now stay out, and one stands in another column of the report.
    assert Counter(kept) == Counter(years) - Counter({"": 99, "-": 99, "89.7%": 1, "98.8%": 1}) + Counter(["88%"])


def test_the_returns_came_as_a_third_of_real_ones_do(demo: Demo) -> None:
    returns = demo.consolidation.account.returns
    assert (returns["certified"], returns["provisional"]) == (7, 2)
    assert (returns["late"], returns["overdue"]) == (2, 2)
    assert demo.consolidation.account.findings["error"] == 0


def test_every_pick_recalculates_to_the_values_of_the_book_built_for_it(
    demo: Demo, office: Office, tmp_path: Path
) -> None:
    quarter = demo.consolidation.quarter
    # The whole years that the council brings along are no periods to choose.
    assert quarter.periods == (Q1, Q2)
    paths = {period: tmp_path / f"{period.ordinal}.xlsx" for period in quarter.periods}
    for period, path in paths.items():
        path.write_bytes(build_scorecard(quarter, selected=period))
    found = compare_cached(paths[Q2], office, sets={PICKER: Q1.label}, against=paths[Q1])
    assert found.formulas > 5000
    assert (found.mismatches, found.errors) == ([], [])


def test_the_scorecard_shows_both_figures_and_the_years_before(demo: Demo, printed: Rows) -> None:
    sheet = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)["Scorecard"]
    heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    shown = {row[1]: dict(zip(heads, row, strict=True)) for row in rows if row[1]}
    jobs = shown[printed["1.1"]["title"]]
    assert [jobs[year] for year in ("2014-15", "2015-16", "2016-17")] == [176, 233, 341]
    assert [jobs[name] for name in ("Previous period", "Actual", "Year to date")] == [62, 60, 122]
    assert [jobs[name] for name in ("Target", "Target for the year", "Score")] == [125, 250, "RA Red Amber"]
    calls = shown[printed["1.11"]["title"]]
    assert (calls["Actual"], calls["Year to date"], calls["Target for the year"]) == (12107, None, None)


def test_the_return_shows_what_is_asked_for(demo: Demo, keys: Mapping[str, str]) -> None:
    blanks = {path.stem.rpartition("Q2 ")[2]: path for path in demo.blanks.glob("*.xlsx")}
    sheet = openpyxl.load_workbook(blanks["Economy, Regeneration and Culture"], data_only=True)["Measures"]
    columns = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}

    def cell(ref: str, column: str) -> object:
        return sheet.cell(rows[keys[ref]], columns[column])

    def value(ref: str, column: str) -> object:
        return cell(ref, column).value  # type: ignore[attr-defined]

    assert [value("1.1", name) for name in ("year_3", "year_2", "year_1")] == [176, 233, 341]
    assert [value("1.1", name) for name in ("previous", "target", "year_target", "before")] == [62, 125, 250, 62]
    unlocked = {
        (ref, name)
        for ref in ("1.1", "1.3", "1.4", "1.10")
        for name in ("to_date", "chosen_words")
        if not cell(ref, name).protection.locked  # type: ignore[attr-defined]
    }
    # Only where figures add up, and only where there is no target.
    assert unlocked == {("1.1", "to_date"), ("1.4", "chosen_words")}
    assert value("1.10", "about") == "not due"


@pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")
def test_what_kirklees_prints_can_be_read_and_says_what_there_is_not(demo: Demo) -> None:
    book = openpyxl.load_workbook(demo.consolidation.outputs["scorecard"], data_only=True)
    scorecard = book["Scorecard"]
    # Two pages wide, parted between the score and the trend, each with code and measure, and large enough.
    [parted] = [each.id for each in scorecard.col_breaks.brk]
    assert scorecard.cell(4, parted).value == "Score"
    assert scorecard.print_title_cols == "$A:$B"
    assert scorecard.page_setup.scale > 65
    # No service gave a forecast: a sentence stands in place of an empty table and an empty chart.
    sheet = book["Year end"]
    row = next(cell.row for cell in sheet["B"] if str(cell.value).startswith("No measure has a forecast"))
    assert all(sheet.row_dimensions[each].hidden for each in range(row + 1, row + 16))
    assert not sheet.row_dimensions[row].hidden
