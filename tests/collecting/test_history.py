from __future__ import annotations

from decimal import Decimal

from perfbook.collecting.history import history, past_observations, reported_in
from perfbook.framework.model import Framework, PastFigure
from perfbook.framework.periods import Period, parse
from tests.collecting.council import IN_TIME, NOW, PERIOD, Share, council, filled, name_of, past_figure

Q1, Q2, Q4 = (parse(f"2031-32 {part}") for part in ("Q1", "Q2", "Q4"))
YEAR = parse("2030-31")


def _framework(past: dict[tuple[str, Period], PastFigure]) -> Framework:
    return council(past=past)


def test_past_figures_come_with_their_cells() -> None:
    (observation,) = past_observations(_framework({("h1", Q2): past_figure(8, "D4")}), PERIOD)
    assert (observation.measure, observation.period, observation.reported_in) == ("h1", Q2, Q2)
    assert (observation.status, observation.actual) == ("provided", Decimal(8))
    source = observation.source
    assert source
    assert (source.file, source.sheet, source.cell, source.displayed) == ("framework.xlsx", "Past figures", "D4", "8")


def test_only_figures_before_the_period_are_past() -> None:
    framework = _framework(
        {
            ("h1", Q1): past_figure(1, "A1"),
            ("h1", PERIOD): past_figure(2, "A2"),
            ("h1", Q4): past_figure(3, "A3"),
            # In arrears: in Q3 the figure about Q2 is the present one.
            ("h3", Q2): past_figure(4, "A4"),
            ("h3", Q1): past_figure(5, "A5"),
            # Yearly: nothing is due in Q3, the last year is past.
            ("h4", YEAR): past_figure(6, "A6"),
            ("h4", parse("2031-32")): past_figure(7, "A7"),
            ("gone", Q1): past_figure(8, "A8"),
        }
    )
    found = {(o.measure, o.period): o.actual for o in past_observations(framework, PERIOD)}
    assert found == {("h1", Q1): 1, ("h3", Q1): 5, ("h4", YEAR): 6}


def test_when_a_figure_was_reported() -> None:
    framework = council()
    h3, h4 = framework.by_key["h3"], framework.by_key["h4"]
    assert reported_in(framework, h3, Q1) == Q2
    assert reported_in(framework, h4, YEAR) == parse("2030-31 Q4")
    for measure in framework.measures:
        for period in (Q1, Q2, PERIOD, Q4):
            about = measure.about(period)
            if about:
                assert reported_in(framework, measure, about) == period


def test_history_is_what_was_collected_over_what_was_known(share: Share) -> None:
    past = {("h1", Q2): past_figure(1, "A1"), ("h2", Q2): past_figure(2, "A2"), ("h1", Q1): past_figure(3, "A3")}
    share = share.under(_framework(past))
    share.issue(Q2)
    share.put(name_of("housing", Q2), filled("housing", {"h1": 40}, "Certified", period=Q2.label), IN_TIME)
    share.collect(period=Q2)
    found = {(o.measure, o.period): o for o in history(share.framework, share.archive, PERIOD).observations}
    assert found["h1", Q2].actual == Decimal(40)
    # A blank of the return takes nothing away.
    assert found["h2", Q2].actual == Decimal(2)
    assert found["h1", Q1].actual == Decimal(3)
    source = found["h1", Q2].source
    assert source
    assert (source.file, source.received) == (name_of("housing", Q2), NOW) or source.received == IN_TIME
    # What belongs to the period itself or to a later one is not history.
    assert history(share.framework, share.archive, Q2).observations == past_observations(share.framework, Q2)


def test_history_takes_the_version_that_counted(share: Share) -> None:
    for number, state in ((1, "Certified"), (2, "Provisional")):
        share.put(f"{number}.xlsx", filled("housing", {"h1": number}, state, period=Q2.label))
    share.collect(period=Q2)
    share.put("1.xlsx", b"broken")
    share.collect(period=Q2)
    found = {(o.measure, o.period): o.actual for o in history(share.framework, share.archive, PERIOD).observations}
    assert found["h1", Q2] == Decimal(1)
