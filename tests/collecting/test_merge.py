"""Several copies of one return, each filled in part."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from perfbook.collecting.history import history
from tests.collecting.council import IN_TIME, NOW, PERIOD, TOO_LATE, Share, filled

NEXT = PERIOD.shift(1)
DAY = timedelta(days=1)


def test_two_half_filled_copies_are_one_whole_return(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}), IN_TIME)
    share.put("b.xlsx", filled("housing", {"h2": 2, "h3": 3}), TOO_LATE)
    first = share.collect()
    assert (first.verdict("a.xlsx"), first.verdict("b.xlsx")) == (("merged", "C005"), ("accepted", "C000"))
    assert "it added what was blank there: H1 Measure h1." in first.file("a.xlsx").reason
    assert [first.figure(key) for key in ("h1", "h2", "h3")] == [1, 2, 3]
    assert (first.record("housing").answered, first.record("housing").file) == (3, "b.xlsx")
    assert first.codes == ["I111"]
    sources = {o.measure: o.source for o in first.collected.observations}
    assert sources["h1"]
    assert (sources["h1"].file, sources["h1"].received) == ("a.xlsx", IN_TIME)
    assert not [f for f in first.collected.findings if f.measure == "h1" and f.severity == "error"]
    kinds = share.kinds()
    again = share.collect()
    assert again.collected.observations == first.collected.observations
    assert again.collected.findings == first.collected.findings
    assert again.file("a.xlsx") == first.file("a.xlsx")
    assert share.kinds() == kinds
    assert kinds.count("merged") == 1
    # The same in the next period, from the record alone.
    kept = {o.measure: o.actual for o in history(share.framework, share.archive, NEXT).observations}
    assert kept == {o.measure: o.actual for o in first.collected.observations}


def test_what_a_copy_added_stays_when_the_copy_is_gone(share: Share) -> None:
    copy = share.put("a.xlsx", filled("housing", {"h1": 1, "h2": 9}), IN_TIME)
    share.put("b.xlsx", filled("housing", {"h2": 2}), TOO_LATE)
    assert share.collect().codes == ["I110", "I111"]
    copy.unlink()
    for _ in range(2):
        run = share.collect()
        assert (run.figure("h1"), run.figure("h2")) == (Decimal(1), Decimal(2))
        assert run.codes == ["I103", "I111"]
    # Until the version that counts has it itself.
    share.put("b.xlsx", filled("housing", {"h1": 5, "h2": 2}), TOO_LATE)
    run = share.collect()
    assert (run.figure("h1"), run.codes) == (Decimal(5), [])


def test_two_values_are_one_query_with_file_cell_time_and_role(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1, "h2": 7}, "Certified"), IN_TIME)
    share.put("b.xlsx", filled("housing", {"h1": 2, "h2": 7}, "Certified"), TOO_LATE)
    run = share.collect()
    assert (run.verdict("a.xlsx"), run.figure("h1")) == (("superseded", "C103"), Decimal(2))
    (query,) = (f for f in run.collected.findings if f.code == "I110")
    assert query.measure == "h1"
    ours, theirs = query.found.split("; ")
    source = next(o.source for o in run.collected.observations if o.measure == "h1")
    assert source
    assert f"\u201c2\u201d (b.xlsx, {source.cell}, 20 January 2032, 10:00, Head of Service)" in ours
    assert f"\u201c1\u201d (a.xlsx, {source.cell}, 12 January 2032, 10:00, Head of Service)" in theirs


def test_one_figure_in_several_values_is_one_query_that_shows_them_all(share: Share) -> None:
    for number, (name, value) in enumerate({"a": 1, "b": 2, "c": 2, "d": 3, "e": 4}.items()):
        share.put(f"{name}.xlsx", filled("housing", {"h1": value, f"h{2 + number % 2}": 7}), IN_TIME + DAY * number)
    run = share.collect()
    (query,) = (f for f in run.collected.findings if f.code == "I110")
    assert query.found.startswith("Four values of the figure of H1 Measure h1: \u201c4\u201d (e.xlsx,")
    assert "“3” (d.xlsx" in query.found
    assert "“1” (a.xlsx" in query.found
    assert query.found.count("“2” (") == 1
    assert run.figure("h1") == 4
    # Each of the other two figures came from whoever had it.
    assert (run.figure("h2"), run.figure("h3")) == (7, 7)


def test_a_value_that_came_from_a_copy_is_named_with_that_copy(share: Share) -> None:
    share.put("c.xlsx", filled("housing", {"h2": 2}), TOO_LATE)
    share.put("b.xlsx", filled("housing", {"h1": 1}), IN_TIME + DAY)
    share.put("a.xlsx", filled("housing", {"h1": 9}), IN_TIME)
    run = share.collect()
    (query,) = (f for f in run.collected.findings if f.code == "I110")
    assert run.figure("h1") in (1, 9)
    assert "(c.xlsx" not in query.found
    assert {"(a.xlsx" in query.found, "(b.xlsx" in query.found} == {True}


def test_words_are_merged_and_compared_too(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}, commentary="Because of the rain."), IN_TIME)
    share.put("b.xlsx", filled("housing", {"h1": 1}), TOO_LATE)
    run = share.collect()
    assert run.verdict("a.xlsx") == ("merged", "C005")
    assert next(o.commentary for o in run.collected.observations if o.measure == "h1") == "Because of the rain."
    share.put("b.xlsx", filled("housing", {"h1": 1}, commentary="Because of the snow."), TOO_LATE)
    run = share.collect()
    assert (run.verdict("a.xlsx")[0], run.codes) == ("superseded", ["I110"])
    assert "commentary" in next(f.found for f in run.collected.findings if f.code == "I110")


@pytest.mark.parametrize(("better", "worse"), [("Certified", "Provisional"), ("Certified", ""), ("Provisional", "")])
def test_what_is_signed_less_never_enters_and_is_an_error(share: Share, better: str, worse: str) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}, better))
    share.put("b.xlsx", filled("housing", {"h1": 1, "h2": 2}, worse), TOO_LATE)
    run = share.collect()
    assert (run.verdict("b.xlsx"), run.figure("h2")) == (("superseded", "C102"), None)
    (said,) = (f for f in run.collected.findings if f.code.startswith("I"))
    assert (said.code, said.severity) == ("I109", "error")
    assert "b.xlsx holds figures that a.xlsx, which counts, does not have: H2 Measure h2." in said.found


def test_copies_of_another_issue_are_not_merged(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}), TOO_LATE)
    share.put("b.xlsx", filled("housing", {"h2": 2}, version="v0"), IN_TIME)
    run = share.collect(NOW)
    assert (run.verdict("b.xlsx"), run.figure("h2"), run.codes) == (("superseded", "C103"), None, ["I109"])


def test_a_copy_that_counted_first_and_added_later_counts_again_alone(share: Share) -> None:
    share.put("a.xlsx", filled("housing", {"h1": 1}), IN_TIME)
    share.collect()
    share.put("b.xlsx", filled("housing", {"h2": 2}), TOO_LATE)
    assert share.collect().verdict("a.xlsx") == ("merged", "C005")
    share.put("b.xlsx", b"broken")
    run = share.collect()
    # What b.xlsx held still counts.
    assert (run.figure("h1"), run.figure("h2")) == (Decimal(1), Decimal(2))
    share.put("a.xlsx", filled("housing", {"h1": 1}, "Certified"), TOO_LATE)
    run = share.collect()
    assert (run.verdict("a.xlsx"), run.figure("h2")) == (("accepted", "C002"), None)
    # That h2 is shown no longer is said.
    assert "I109" in run.codes
