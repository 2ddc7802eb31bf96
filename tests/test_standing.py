from __future__ import annotations

from decimal import Decimal

from perfbook.framework.model import ValueStatus
from perfbook.framework.periods import Period, parse
from perfbook.quarter import standing
from perfbook.records import Observation

Q1, Q2 = parse("2026-27 Q1"), parse("2026-27 Q2")


def about_q1(reported_in: Period, actual: str | None, status: ValueStatus | None = None) -> Observation:
    return Observation("m", Q1, reported_in, status, None if actual is None else Decimal(actual))


def test_a_blank_never_displaces_what_an_earlier_return_brought() -> None:
    # The measure was moved into arrears after quarter 1: the return of quarter 2 asks for quarter 1 again.
    held = about_q1(Q1, "0.843", "provided")
    assert standing([held], [about_q1(Q2, None)]) == (held,)


def test_a_figure_or_a_status_of_the_present_return_counts() -> None:
    held = about_q1(Q1, "0.843", "provided")
    for present in (about_q1(Q2, "0.85", "provided"), about_q1(Q2, None, "not available")):
        assert standing([held], [present]) == (present,)


def test_a_return_that_is_emptied_empties_its_own_figure() -> None:
    held, blank = about_q1(Q1, "0.843", "provided"), about_q1(Q1, None)
    assert standing([held], [blank]) == (blank,)
