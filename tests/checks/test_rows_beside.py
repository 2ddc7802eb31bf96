"""What the checks across rows say of rows beside each other, of their titles, codes, ratings and columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import pytest

from perfbook.checks.across.figures import COUNT, PERCENT, read_figure
from perfbook.checks.across.run import across_findings
from perfbook.checks.across.subject import Item, Line, Progress, Subject, Text, Written
from perfbook.framework.model import Unit
from tests.checks.rows_said import MONEY, RATE, SHARE, codes_of, codes_of_text


def test_one_target_may_be_met_to_the_last_digit_and_not_a_column_of_them() -> None:
    met = [
        replace(SHARE, now=read_figure(f"{n}.37%", PERCENT), target=read_figure(f"{n}.37%", PERCENT))
        for n in (81, 7, 46)
    ]
    assert codes_of(*met) == ["S305"] * 3
    assert codes_of(*met[:2]) == []


@pytest.mark.parametrize(
    ("title", "polarity", "codes"),
    [
        ("Calls abandoned", "higher", ["S306"]),
        ("Rent arrears of former tenants recovered", "higher", []),
        ("Increase the number of apprentices", "lower", ["S306"]),
        ("Reduce the average time to let a home", "higher", ["S306"]),
        ("Reduce the average time to let a home", "lower", []),
        ("Reduction in emissions", "higher", []),
    ],
)
def test_which_way_a_title_wants_it(title: str, polarity: Literal["higher", "lower"], codes: list[str]) -> None:
    subject = Subject((replace(SHARE, title=title, polarity=polarity),), rows_checked=True)
    assert [finding.code for finding in across_findings(subject)] == codes


@pytest.mark.parametrize(
    ("update", "codes"),
    [
        ("The move is suspended until a lease is signed.", ["K108"]),
        ("Digging, suspended in May after finds from Roman times, restarted in June.", []),
    ],
)
def test_what_was_on_hold(update: str, codes: list[str]) -> None:
    item = Item("Move the museum", "MU1", rating="On Track", progress="good", texts=(Text("update", update),))
    assert codes_of(items=[item]) == codes


@pytest.mark.parametrize(
    ("rating", "update", "codes"),
    [
        ("Not Started", "Both kitchens were installed in June.", ["K116"]),
        ("Not started", "Waiting until the first phase is completed.", []),
        ("Not Started", "The scheme has not been launched.", []),
        ("On Track", "The move is off track since the landlord withdrew.", ["K108"]),
        ("On Track", "The landlord agreed, so the move is back on track.", []),
    ],
)
def test_a_rating_beside_its_update(rating: str, update: str, codes: list[str]) -> None:
    progress: Progress = "good" if rating == "On Track" else ""
    item = Item("Move the museum", "MU1", rating=rating, progress=progress, texts=(Text("update", update),))
    assert codes_of(items=[item]) == codes


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        (("HR 01", "HR 02", "HR O3"), ["K102"]),
        (("HR 01", "HR 02", "HR-03"), ["K103"]),
        (("HR 01", "HR 02", "\u041dR 03"), ["K101"]),
        (("HR 01", "FIN 2", "HR1a"), ["K103"]),
        (("HR 01", "FIN 2", "EHC"), []),
    ],
)
def test_how_codes_are_written(typed: tuple[str, ...], codes: list[str]) -> None:
    subject = Subject(codes=tuple(Written("Code", each) for each in typed), rows_checked=True)
    assert [finding.code for finding in across_findings(subject)] == codes


def test_codes_that_changed_places() -> None:
    rows = (Line("B2 Bins missed", "A1"), Line("A1 Books lent", "B2"), Line("A38 widened", "C3"))
    assert [finding.code for finding in across_findings(Subject(rows, rows_checked=True))] == ["K117", "K117"]


@pytest.mark.parametrize(
    ("base", "title", "codes"),
    [
        ("70.4 (329/46,700)", RATE.title, ["T206"]),
        ("70.4 (350/49,700)", RATE.title, []),
        ("70.4 (329/46,700)", "Bins missed, per 10,000 collected", []),
    ],
)
def test_a_rate_is_of_people_of_whom_there_are_much_as_many_in_each_quarter(
    base: str, title: str, codes: list[str]
) -> None:
    before = read_figure(base, RATE.unit, "2031-32 Q1", ends=date(2031, 6, 30))
    assert codes_of(replace(RATE, title=title, before=(before,))) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("9.1% of rooms were empty in Q1 and 8.0% in Q2, making 17.1% for the year.", ["T202"]),
        ("By the end of the year 40% should be electric, 35% hybrid and 25% hired.", []),
        ("40% cycle and 20% walk; over the year 60% of staff did either.", []),
    ],
)
def test_rates_are_not_added_up_in_a_text(text: str, codes: list[str]) -> None:
    assert codes_of_text(text) == codes


def test_a_column_that_repeats_another_is_seen_in_several_rows() -> None:
    figures = [("81.37%", "80.2%"), ("7.19%", "7.4%"), ("46.03%", "47%")]
    rows = [
        replace(
            SHARE,
            last_year=read_figure(was, PERCENT),
            before=(read_figure(was, PERCENT),),
            now=read_figure(now, PERCENT),
        )
        for was, now in figures
    ]
    assert codes_of(*rows) == ["T204"] * 3
    assert codes_of(*rows[:2], replace(rows[2], last_year=read_figure("45.90%", PERCENT))) == []


@pytest.mark.parametrize(
    ("now", "aim", "codes"), [("£5.31m", "£52m", ["T208"]), ("£51.9m", "£52m", []), ("£5.31m", "£5.2m", [])]
)
def test_of_three_figures_the_target_says_how_large_they_are(now: str, aim: str, codes: list[str]) -> None:
    unit = Unit("£m", "currency")
    line = replace(
        MONEY,
        now=read_figure(now, unit, "Q2"),
        before=(read_figure("£53.4m", unit, "Q1"),),
        last_year=read_figure("£50.8m", unit, "Q2 of last year"),
        target=read_figure(aim, unit, "target"),
    )
    assert codes_of(line) == codes


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Garden waste collections", ["X201"]),  # one word of three in common
        ("Missed bins at flats", []),
        ("Complaints answered", ["X201"]),
    ],
)
def test_one_text_for_two_rows_whose_titles_have_no_more_than_a_word_in_common(title: str, codes: list[str]) -> None:
    text = (Text("commentary", "The new rounds began in August and settled down in September."),)
    one = replace(SHARE, code="WM1", key="k1", title="Missed bin collections", texts=text)
    other = replace(SHARE, code="WM2", key="k2", title=title, texts=text)
    assert codes_of(one, other) == codes


def test_what_is_left_out_of_a_list_is_told_in_the_same_words_by_every_rule() -> None:
    ways = tuple(Written("Code", typed) for typed in ("HR 1", "HR 2", *(f"HR-{number}" for number in range(3, 10))))
    things = ("Open libraries", "Plant trees", "Hire planners", "Mend roads", "Teach chess", "Count birds")
    alike = tuple(Written("Ref", "A1", title=each) for each in things)
    lines = tuple(
        Line(f"M{number}", group="p", polarity="" if number < 6 else "higher", now=read_figure("1", COUNT))
        for number in range(13)
    )
    found = {each.code: each.found for each in across_findings(Subject(lines, codes=(*ways, *alike)))}
    assert found["K103"] == "References with HR are written in 2 ways: HR 1 and HR 2 beside HR-3."
    assert "HR-3" not in found["K104"]
    assert found["K104"].endswith("6 things: Open libraries; Plant trees; Hire planners; Mend roads; 2 more.")
    assert found["U113"].endswith("is better: M0, M1, M2, M3 and 2 more.")
