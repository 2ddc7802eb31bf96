"""Links in a list: they come, change and go with its rows, and nobody is told that something was put back."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from perfbook.refreshing.refresh import refreshed
from perfbook.scorecard import build_scorecard
from tests.refreshing.officers import changed, with_text

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")


def book(round_: int, place: str) -> bytes:
    copies = {"ab" * 32: place} if place else {}
    return build_scorecard(replace(changed(round_), copies=copies))


def links(data: bytes) -> list[object]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Passport"]
    return [sheet.cell(row, 18).value for row in range(5, sheet.max_row + 1)]


def test_links_follow_the_list_and_the_same_again_gives_the_same_bytes() -> None:
    theirs = with_text(book(1, "returns as read/a.xlsx"), 1, "T3", "mine")
    for round_, place in ((0, "returns as read/b.xlsx"), (2, "returns as read/b.xlsx"), (1, ""), (0, "c/d.xlsx")):
        fresh = book(round_, place)
        done = refreshed(theirs, fresh)
        assert done.sentences == ()
        wanted = links(fresh)
        found = links(done.data)
        assert found[: len(wanted)] == wanted
        assert not any(found[len(wanted) :])
        assert any(wanted) == bool(place)
        assert refreshed(done.data, fresh).data == done.data
        theirs = done.data
