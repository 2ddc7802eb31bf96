"""The HTML digest, in a real browser: figures, keyboard, accessibility tree, phone, print, hostile texts, changes."""

from __future__ import annotations

import itertools
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbook.collecting.archive import Archive
from perfbook.collecting.redaction import redact
from perfbook.errors import WorkspaceError
from perfbook.moving import Change
from perfbook.records import Quarter
from perfbook.reports.changes import Since, remember, since_last
from perfbook.reports.digest import build_digest
from perfbook.reports.story import Story, story_of
from tests.conftest import ROOT
from tests.reports.hostile import EMOJI, LONG, MARKUP, RIGHT_TO_LEFT, TAGS, with_hostile_texts
from tests.reports.test_word import scorecard_rows
from tests.scorecard.invented import quarter as invented
from tests.support.browser import Browser

FIRST, NAME = Since(""), "Ms Example"
TEMPLATE = (ROOT / "workbook_templates" / "default" / "digest.html").read_bytes()
TAB, ENTER, SPACE = {"key": "Tab", "code": 9}, {"key": "Enter", "code": 13, "text": "\r"}, {"key": " ", "code": 32}
TABLE = "document.querySelector('#measures').closest('section').querySelector('table')"


def write(folder: Path, quarter: Quarter, since: Since = FIRST) -> Path:
    path = folder / "digest.html"
    path.write_bytes(build_digest(story_of(quarter), since, TEMPLATE))
    return path


def faults(browser: Browser) -> list[dict[str, Any]]:
    return [e for e in browser.events if e.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]


def test_every_figure_is_the_scorecards(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    browser.open(write(tmp_path, dudley_quarter))
    cells = browser.run(f"Array.from({TABLE}.tBodies[0].rows, r => Array.from(r.cells, c => c.textContent.trim()))")
    found = {row[0].split()[0]: [*row[3:8], *(each.lstrip("↗→↘ ") for each in row[8:10])] for row in cells}
    assert found == {code: row for code, row in scorecard_rows(dudley_quarter).items() if row[2] != "Withdrawn"}
    tiles = browser.run("Array.from(document.querySelectorAll('.tiles b'), b => b.textContent)")
    assert tiles == ["17", "3", "13", "11", "5", "15", "9 of 9"]
    assert faults(browser) == []


def test_it_needs_nothing_else(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    path = write(tmp_path, dudley_quarter)
    browser.open(path)
    asked = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    assert asked == [path.as_uri()]
    assert not re.search(r'(?:src|href)="(?!#)', path.read_text("utf-8"))


def focus(browser: Browser) -> str:
    return str(browser.run("document.activeElement.textContent.trim()"))


def test_tables_are_sorted_from_the_keyboard(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    browser.open(write(tmp_path, dudley_quarter))
    browser.press(**TAB)
    assert focus(browser) == "Go to the content"
    for _ in range(80):
        browser.press(**TAB)
        if focus(browser) == "Score":
            break
    assert browser.run(f"{TABLE}.contains(document.activeElement)")
    order = f"Array.from({TABLE}.tBodies[0].rows, r => r.cells[7].textContent.trim())"
    browser.press(**ENTER)
    scores = browser.run(order)
    words = ["★ Exceeds target", "● On target, upper tolerance", "▲ Below target"]
    assert scores == [words[0]] * 17 + [words[1]] * 3 + [words[2]] * 13 + [""]
    assert focus(browser) == "Score"
    assert browser.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"
    assert browser.run("document.getElementById('said').textContent") == "Sorted by Score, lowest first."
    browser.press(**SPACE)
    # What has no score stays last.
    assert browser.run(order) == [words[2]] * 13 + [words[1]] * 3 + [words[0]] * 17 + [""]
    assert browser.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    assert browser.run(f"{TABLE}.querySelectorAll('[aria-sort]').length") == 1
    # Focus is seen.
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_screen_reader_finds_its_way(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    browser.open(write(tmp_path, dudley_quarter))
    tree = browser.tree()
    roles: dict[str, list[str]] = {}
    for node in tree:
        roles.setdefault(node["role"], []).append(node["name"])
    assert {"main", "navigation", "banner", "contentinfo"} <= set(roles)
    levels = [int(node["level"]) for node in tree if node["role"] == "heading"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(roles["image"]) == 15
    assert all("2020-21 Q2" in name or "priority" in name for name in roles["image"])
    for role in ("button", "link", "region", "image", "columnheader", "rowheader", "article"):
        assert all(roles[role]), role
    returns, measures, *tables, notes = roles["table"]
    assert returns == "Every expected return"
    assert measures == "Press a column's head to sort by it, again to turn it round"
    assert notes == ""
    assert len(tables) == 11
    assert all(": " in name for name in tables)
    assert browser.run("document.documentElement.lang") == "en-GB"


def test_a_council_of_actions_has_a_digest_of_actions(
    browser: Browser, sandwell_quarter: Quarter, tmp_path: Path
) -> None:
    browser.open(write(tmp_path, sandwell_quarter))
    table = "document.querySelector('#actions').closest('section').querySelector('table')"
    assert browser.run(f"{table}.tBodies[0].rows.length") == 248
    tiles = browser.run("Array.from(document.querySelectorAll('.tiles b'), b => b.textContent)")
    assert tiles == ["47", "138", "42", "5", "16", "9 of 9"]
    assert browser.run("document.querySelector('#measures')") is None
    assert contrasts(browser) == []
    assert faults(browser) == []


def contrasts(browser: Browser) -> list[str]:
    """Texts whose contrast with what lies behind them is below 4.5 : 1."""
    found = browser.run(
        """(() => {
        const numbers = text => text.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = e => { for (; e; e = e.parentElement) {
            const c = numbers(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c; }
            return [255, 255, 255]; };
        const low = [];
        for (const e of document.querySelectorAll('body *:not(svg *):not(script):not(style)')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            const pair = [light(numbers(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
            if ((pair[0] + 0.05) / (pair[1] + 0.05) < 4.5) low.push(e.textContent.trim().slice(0, 40));
        }
        return low; })()"""
    )
    return list(found)


@pytest.mark.parametrize("name", ["dudley", "invented"])
def test_every_text_can_be_read(browser: Browser, dudley_quarter: Quarter, tmp_path: Path, name: str) -> None:
    browser.open(write(tmp_path, dudley_quarter if name == "dudley" else invented()))
    assert contrasts(browser) == []


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    path = write(tmp_path, with_hostile_texts(dudley_quarter))
    browser.open(path, width=360, height=740, phone=True)
    assert browser.run("document.documentElement.scrollWidth") == 360
    # Wide tables scroll in a box of their own, which the keyboard reaches.
    boxes = browser.run(
        "Array.from(document.querySelectorAll('.scroll'), b => [b.tabIndex, b.scrollWidth > b.clientWidth])"
    )
    assert [index for index, _ in boxes] == [0] * len(boxes)
    assert any(wide for _, wide in boxes)
    assert browser.run("Math.min(...Array.from(document.querySelectorAll('thead button'), b => b.offsetHeight))") >= 44


def test_it_prints_whole(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    browser.open(write(tmp_path, dudley_quarter))
    browser.print(tmp_path / "digest.pdf")
    subprocess.run(["pdftotext", "-enc", "UTF-8", tmp_path / "digest.pdf", tmp_path / "digest.txt"], check=True)
    text = " ".join((tmp_path / "digest.txt").read_text("utf-8").split())
    for part in ("All measures", "PI1709", "National collection paused", "Exceptions: what needs an explanation"):
        assert part in text
    assert "Go to the content" not in text


def test_texts_from_returns_stay_texts(browser: Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, with_hostile_texts(invented())))
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.querySelectorAll('main b b, main script, main svg script').length") == 0
    text = browser.run("document.body.innerText")
    for one in (MARKUP, TAGS, RIGHT_TO_LEFT, EMOJI, LONG[:2000]):
        assert one in text
    assert "the end" in text
    assert faults(browser) == []


def test_the_policy_stops_any_other_script(browser: Browser, dudley_quarter: Quarter, tmp_path: Path) -> None:
    path = write(tmp_path, dudley_quarter)
    path.write_bytes(path.read_bytes().replace(b"<main", b"<script>document.title='taken'</script><main"))
    browser.open(path)
    assert browser.run("document.title") == "Dudley: performance digest, 2020-21 Q2"


def test_the_same_quarter_gives_the_same_bytes(dudley_quarter: Quarter) -> None:
    story = story_of(dudley_quarter)
    assert build_digest(story, Since(""), TEMPLATE) == build_digest(story, Since(""), TEMPLATE)


@pytest.mark.parametrize(
    ("template", "said"),
    [(b"{{ report.cuoncil }}", "cuoncil"), (b"{% for x %}", "line 1"), (b"\xff\xfe\x00", "not plain text")],
)
def test_a_template_that_cannot_be_filled_says_why(dudley_quarter: Quarter, template: bytes, said: str) -> None:
    with pytest.raises(WorkspaceError, match=said):
        build_digest(story_of(dudley_quarter), Since(""), template, name="templates/digest.html")


# --- Changes since last time ---------------------------------------------------------------------------------------

DAY = datetime(2032, 7, 20, 2, 0, tzinfo=UTC)


def later(days: float) -> datetime:
    return DAY + timedelta(days=days)


def changed(quarter: Quarter) -> Story:
    """The same quarter a day later: a1 corrected from 76.8% to 91%, care certified, c5 withdrawn."""
    observations = tuple(
        replace(o, actual=Decimal("0.91")) if (o.measure, o.period) == ("a1", quarter.period) else o
        for o in quarter.observations
    )
    first, second = quarter.returns
    measures = tuple(
        replace(m, last=quarter.period.previous) if m.key == "c5" else m for m in quarter.framework.measures
    )
    return story_of(
        replace(
            quarter,
            observations=observations,
            returns=(first, replace(second, state="certified")),
            framework=replace(quarter.framework, measures=tuple(measures)),
        )
    )


def test_the_next_day_says_what_changed(tmp_path: Path) -> None:
    archive, quarter = Archive(tmp_path / "archive"), invented()
    before, period = story_of(quarter), quarter.period
    assert since_last(archive, before, quarter.framework, period, DAY).when == ""
    remember(archive, before, quarter.framework, period, DAY)
    since = since_last(archive, changed(quarter), quarter.framework, period, later(1))
    assert since.when == "20 July 2032 03:00"
    title = "A1 Tenants satisfied with how their complaint was handled"
    assert since.changes == (
        Change("Return", "Adult Care", "In progress", "Certified", "care"),
        Change("Figure", title, "76.8%", "91.0%", "a1"),
        Change("Score", title, "▲ Below target", "★ Exceeds target", "a1"),
        Change("Measure", "C5 =1+1", "3", "No longer reported", "c5"),
    )


def test_and_what_the_framework_has_otherwise(tmp_path: Path, browser: Browser) -> None:
    archive, quarter = Archive(tmp_path / "archive"), invented()
    story, period, before = story_of(quarter), quarter.period, quarter.framework
    remember(archive, story, before, period, DAY)
    assert since_last(archive, story, before, period, later(1)).framework == ()
    one = before.by_key["a1"]
    now = replace(before, measures=tuple(replace(m, owner=NAME) if m is one else m for m in before.measures))
    since = since_last(archive, story, now, period, later(1))
    found = Change("Owner", f"{one.code} {one.title}", one.owner or "Nothing", NAME, "a1")
    assert (since.changes, since.framework) == ((), (found,))
    browser.open(write(tmp_path, quarter, since))
    section = "document.querySelector('#changes').closest('section')"
    assert (
        browser.run(f"{section}.querySelector('caption').textContent") == "In the framework, since 20 July 2032 03:00"
    )
    cells = browser.run(f"Array.from({section}.querySelectorAll('tbody th, tbody td'), c => c.textContent)")
    assert cells == [found.about, "Owner", found.before, NAME]
    # It stays what the digest of today says; that of tomorrow knows it.
    remember(archive, story, now, period, later(1))
    assert since_last(archive, story, now, period, later(1.2)) == since
    assert since_last(archive, story, now, period, later(2)).framework == ()
    # A name in it can be taken out of the record.
    redact(archive, "", reason="Asked for", texts=[NAME], at=later(2))
    assert archive.verify().is_sound
    files = [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert not [path for path in files if NAME.encode() in path.read_bytes()]


def test_reports_of_one_day_all_say_the_same(tmp_path: Path) -> None:
    archive, quarter = Archive(tmp_path / "archive"), invented()
    remember(archive, story_of(quarter), quarter.framework, quarter.period, DAY)
    story = changed(quarter)
    first = since_last(archive, story, quarter.framework, quarter.period, later(1))
    remember(archive, story, quarter.framework, quarter.period, later(1))
    assert since_last(archive, story, quarter.framework, quarter.period, later(1.2)) == first
    assert since_last(archive, story, quarter.framework, quarter.period, later(2)).changes == ()
    # What shows the same leaves nothing behind.
    remember(archive, story, quarter.framework, quarter.period, later(2))
    assert len(archive.events("reported")) == 2
    assert archive.verify().is_sound


def test_a_lost_snapshot_is_no_fault(tmp_path: Path) -> None:
    archive, quarter = Archive(tmp_path / "archive"), invented()
    remember(archive, story_of(quarter), quarter.framework, quarter.period, DAY)
    for blob in (tmp_path / "archive" / "blobs").glob("??/*"):
        blob.unlink()
    assert since_last(archive, story_of(quarter), quarter.framework, quarter.period, later(1)) == Since("")
    archive.demand()


def test_changes_are_a_table_in_the_digest(browser: Browser, tmp_path: Path) -> None:
    since = Since("20 July 2032 03:00", (Change("Figure", MARKUP, "76.8%", "91.0%"),))
    browser.open(write(tmp_path, invented(), since))
    cells = "document.querySelector('#changes').closest('section').querySelectorAll('tbody th, tbody td')"
    assert browser.run(f"Array.from({cells}, c => c.textContent)") == [MARKUP, "Figure", "76.8%", "91.0%"]
