"""What is rejected or ignored, and with which words; a reader that fails fails alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest

from perfbook.collecting.intake import examine
from perfbook.collecting.isolation import Readers
from perfbook.returns import reader
from tests.collecting.council import (
    PERIOD,
    Share,
    blank,
    council,
    filled,
)
from tests.collecting.sums import FULL, HOUSING, sums_up


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "C201", "empty"),
        (b"no workbook at all", "R110", "workbook"),
        (blank("housing")[:3000], "R101", "workbook"),
        (filled("housing", FULL, name="Other Council"), "C205", "Other Council, not of Elmbridge Vale"),
        (filled("housing", FULL, period="2031-32 Q2"), "C206", "the return of 2031-32 Q2, not of 2031-32 Q3"),
    ],
)
def test_what_is_rejected_and_why(share: Share, data: bytes, code: str, words: str) -> None:
    share.put("x.xlsx", data)
    run = share.collect()
    assert run.verdict("x.xlsx") == ("rejected", code)
    assert words in run.file("x.xlsx").reason
    assert run.record("housing").state == "not started"
    sums_up(run)
    again = share.collect()
    assert again.file("x.xlsx") == run.file("x.xlsx")
    assert share.kinds().count("rejected") == 1


def test_a_directorate_that_the_framework_does_not_have(share: Share) -> None:
    share.put("x.xlsx", filled("parks", {"p1": 1}))
    framework = council()
    kept = tuple(d for d in framework.directorates if d.key != "parks")
    run = share.under(replace(framework, directorates=kept)).collect()
    assert run.verdict("x.xlsx") == ("rejected", "C207")


def test_a_directorate_of_which_nothing_is_expected(share: Share) -> None:
    share.put("x.xlsx", blank("libraries", version="v1"))
    run = share.collect()
    assert run.verdict("x.xlsx") == ("rejected", "C210")
    assert "Libraries has no measure and no action in force in 2031-32 Q3" in run.file("x.xlsx").reason


@pytest.mark.parametrize("data", [b"", b"corrupt", filled("parks", {}, period="2031-32 Q2")])
def test_a_rejected_file_of_the_issued_name_makes_its_return_unreadable(share: Share, data: bytes) -> None:
    share.put(f"sub/{HOUSING.upper()}", data)
    run = share.collect()
    sums_up(run)
    record = run.record("housing")
    assert (record.state, record.file) == ("unreadable", f"sub/{HOUSING.upper()}")
    assert run.file(f"sub/{HOUSING.upper()}").directorate == "housing"
    assert run.record("parks").state == "not started"


def test_a_workbook_of_somebody_else_is_ignored_but_not_under_an_issued_name(
    share: Share, workbook: Callable[..., bytes]
) -> None:
    share.put("Rota.xlsx", workbook("Rota"))
    share.put(HOUSING, workbook("Rota"))
    share.put("Damaged.xlsx", workbook("perfbook:measures"))
    run = share.collect()
    assert run.verdict("Rota.xlsx") == ("ignored", "C309")
    assert run.verdict(HOUSING) == ("rejected", "R103")
    assert run.verdict("Damaged.xlsx") == ("rejected", "R103")
    assert run.record("housing").state == "unreadable"


def test_a_workbook_of_somebody_else_in_the_place_of_a_return_is_rejected(
    share: Share, workbook: Callable[..., bytes]
) -> None:
    share.put("mine.xlsx", filled("housing", FULL, "Certified"))
    share.collect()
    share.put("mine.xlsx", workbook("Rota"))
    run = share.collect()
    assert run.verdict("mine.xlsx") == ("rejected", "R103")
    assert run.file("mine.xlsx").directorate == "housing"
    assert run.record("housing").state == "certified"
    assert run.codes == ["I102"]


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    import openpyxl

    def make(text: str) -> bytes:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active["A1"] = text
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()

    return make


class _Panic(BaseException):
    """What a library written in another language raises."""


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), _Panic("x"), GeneratorExit()])
@pytest.mark.parametrize("where", ["open_return", "read"])
def test_a_failure_in_reading_is_a_verdict(monkeypatch: pytest.MonkeyPatch, error: BaseException, where: str) -> None:
    def fail(*_: object) -> object:
        raise error

    monkeypatch.setattr(reader if where == "open_return" else reader.Opened, where, fail)
    found = examine(filled("parks", {"p1": 1}), path="bad.xlsx", framework=council(), period=PERIOD)
    assert found.verdict is not None
    assert (found.verdict.outcome, found.verdict.code) == ("rejected", "C209")
    # The identity was read, so the return is known to have arrived damaged.
    assert found.directorate == ("parks" if where == "read" else "")


def test_an_interruption_is_no_bad_file(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(Readers, "submit", interrupt)
    share.put(HOUSING, blank("housing"))
    with pytest.raises(KeyboardInterrupt):
        share.collect()
    assert share.archive.verify().is_sound
    with monkeypatch.context() as patched:
        patched.setattr(reader, "open_return", interrupt)
        with pytest.raises(KeyboardInterrupt):
            examine(blank("housing"), path=HOUSING, framework=council(), period=PERIOD)
