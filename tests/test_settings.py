from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from perfbook.chasing.rules import ChasingRules, MailSettings
from perfbook.collecting.isolation import ReadingLimits, reading_limits
from perfbook.collecting.scan import LIMITS, limits_of
from perfbook.errors import PeriodError, WorkspaceError
from perfbook.framework.periods import parse
from perfbook.settings import ZONE, FolderSettings, ReadingSettings, read_settings

READING = """
[reading]
seconds = 5
memory_megabytes = 200
unpacked_megabytes = 20
password_variable = "RETURNS_PASSWORD"
password_file = "passwords.txt"
"""
WHOLE = """
council = "Dudley"
period = "2020-21 Q2"
reporting = "quarterly"
year_start = "April"
scheme = "star-circle-triangle"

[returns]
folder = "shared returns"
due_days = 10
grace_days = 2

[returns.due]
"2020-21 Q2" = 2020-10-19

[nightly]
periods = ["2020-21 Q1", "2020-21 Q2", "Q1 2020/21"]
catch_up = false

[watch]
every_seconds = 7
settle_seconds = 90

[folder]
ignore = ["*.bak", "old/*"]
megabytes = 5
wait_seconds = 1
recheck_days = 0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "perfbook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_are_read(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, WHOLE))
    assert (settings.council, settings.period.label, settings.year_start) == ("Dudley", "2020-21 Q2", 4)
    assert (settings.returns_folder, settings.grace_days) == ("shared returns", 2)
    # The same period twice is one night's work.
    assert [period.label for period in settings.nightly.periods] == ["2020-21 Q1", "2020-21 Q2"]
    assert (settings.nightly.catch_up, settings.watch.every, settings.watch.settle) == (False, 7, 90)


def test_what_is_not_set_has_a_value(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, 'council = "Dudley"\nperiod = "2020-21 Q2"\n'))
    assert (settings.nightly.periods, settings.nightly.catch_up) == ((), True)
    assert (settings.watch.every, settings.watch.settle) == (5, 60)


def test_what_of_the_folder_is_looked_at(tmp_path: Path) -> None:
    folder = read_settings(write(tmp_path, WHOLE)).folder
    assert (folder.ignore, folder.megabytes, folder.wait, folder.recheck) == (("*.bak", "old/*"), 5, 1.0, 0)
    plain = read_settings(write(tmp_path, 'council = "Dudley"\nperiod = "2020-21 Q2"\n')).folder
    # The limits of the scan hold where nothing is said, and the page for administrators names them.
    assert limits_of(plain) == LIMITS
    page = (Path(__file__).resolve().parents[1] / "docs" / "administrators.md").read_text("utf-8")
    block = page[page.index("    [folder]") :].partition("\n\n")[0]
    documented = tomllib.loads(block.replace("    ", ""))["folder"]
    names = {"wait_seconds": "wait", "settle_seconds": "settle", "recheck_days": "recheck"}
    assert FolderSettings(**{names.get(n, n): tuple(v) if n == "ignore" else v for n, v in documented.items()}) == plain


def test_how_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(write(tmp_path, WHOLE.replace("[nightly]", READING + "\n[nightly]"))).reading
    assert (settings.seconds, settings.memory, settings.unpacked, settings.ratio) == (5, 200, 20, 100)
    plain = read_settings(write(tmp_path, 'council = "Dudley"\nperiod = "2020-21 Q2"\n')).reading
    assert reading_limits(plain, tmp_path) == ReadingLimits()
    page = (Path(__file__).resolve().parents[1] / "docs" / "administrators.md").read_text("utf-8")
    block = page[page.index("    [reading]") :].partition("\n\n")[0]
    documented = tomllib.loads(block.replace("    ", ""))["reading"]
    names = {"memory_megabytes": "memory", "unpacked_megabytes": "unpacked"}
    assert ReadingSettings(**{names.get(name, name): value for name, value in documented.items()}) == plain

    with pytest.raises(WorkspaceError, match=r"passwords\.txt, the password file"):
        settings.passwords(tmp_path)
    (tmp_path / "passwords.txt").write_text("first one\n\nsecond\n")
    assert settings.passwords(tmp_path) == ("first one", "second")
    monkeypatch.setenv("RETURNS_PASSWORD", "from outside")
    limits = reading_limits(settings, tmp_path)
    assert limits.opening.passwords == ("from outside", "first one", "second")
    assert "outside" not in repr(limits)


def test_a_return_is_due_at_the_end_of_its_day_in_london(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, WHOLE))
    assert settings.due_at(parse("2020-21 Q2")) == datetime(2020, 10, 19, 23, 59, 59, tzinfo=ZONE)
    assert settings.due_at(parse("2020-21 Q2")).utcoffset().total_seconds() == 3600  # type: ignore[union-attr]
    assert settings.due_at(parse("2020-21 Q3")) == datetime(2021, 1, 10, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('council = "Dudley"', "", "council is missing"),
        ('period = "2020-21 Q2"', 'period = "2020-21"', "returns here are quarterly"),
        ('period = "2020-21 Q2"', 'period = "soon"', "'soon' is not a period"),
        ('"quarterly"', '"weekly"', "must be one of monthly"),
        ('"April"', '"Aprill"', "name of a month"),
        ("due_days = 10", "due_days = -1", "whole number of days"),
        ("due_days = 10", "due_dates = 10", "returns.due_dates is not a setting; there are by, due, due_days"),
        ("2020-10-19", '"19/10/2020"', "must give days like"),
        ("[returns]", "[returns", "Put the line right"),
        ('["2020-21 Q1", "2020-21 Q2", "Q1 2020/21"]', '"2020-21 Q1"', "nightly.periods must be a list like"),
        ('["2020-21 Q1", "2020-21 Q2", "Q1 2020/21"]', '["2020-21"]', "returns here are quarterly"),
        ("catch_up = false", 'catch_up = "no"', "nightly.catch_up must be true or false, not 'no'"),
        (
            "catch_up = false",
            "catchup = false",
            "nightly.catchup is not a setting; there are catch_up, chase,",
        ),
        ("every_seconds = 7", "every_seconds = 0", "watch.every_seconds must be a whole number of seconds from 1"),
        ("settle_seconds = 90", "settle_seconds = true", "watch.settle_seconds must be a whole number"),
        ('["*.bak", "old/*"]', '"*.bak"', "folder.ignore must be a list of patterns"),
        ("megabytes = 5", "megabytes = 0", "folder.megabytes must be a whole number from 1 to 1000, not 0"),
        ("wait_seconds = 1", "wait_seconds = -1", "folder.wait_seconds must be a number of seconds from 0 to 60"),
    ],
)
def test_each_mistake_is_named_with_its_file(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = write(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(WorkspaceError) as caught:
        read_settings(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_period_of_another_kind_is_refused(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, WHOLE))
    assert settings.parse_period("Q1 2020/21").label == "2020-21 Q1"
    with pytest.raises(PeriodError, match="returns here are quarterly"):
        settings.parse_period("Sep 2020")


def test_settings_that_are_no_text_are_told_so(tmp_path: Path) -> None:
    path = tmp_path / "perfbook.toml"
    path.write_bytes(b"\xff\xfe\x00c")
    with pytest.raises(WorkspaceError, match="is not plain text"):
        read_settings(path)


CHASING = """council = "Elmbridge Vale"
period = "2031-32 Q3"

[chasing]
nation = "scotland"
before_days = 4
first_days = 2
second_days = 5
escalate_days = 0
until = "certified"
queries = false
thanks = false
escalate_to = "boss@elmbridge.example"
link = "https://elmbridge.example/returns"
attach = true

[mail]
from = "performance@elmbridge.example"
reply_to = "desk@elmbridge.example"
host = "mail.elmbridge.example"
security = "tls"
user = "perfbook"
timeout_seconds = 10

[nightly]
report = true
chase = "send"
"""


def test_chasing_and_mail_are_read(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, CHASING))
    link, boss = "https://elmbridge.example/returns", "boss@elmbridge.example"
    assert settings.chasing == ChasingRules("scotland", 4, 2, 5, 0, "certified", False, False, boss, link, attach=True)
    sender, desk = "performance@elmbridge.example", "desk@elmbridge.example"
    assert settings.mail == MailSettings(sender, desk, "mail.elmbridge.example", 465, "tls", "perfbook", "", 10)
    assert (settings.nightly.report, settings.nightly.chase) == (True, "send")
    bare = read_settings(write(tmp_path, CHASING.split("[chasing]", maxsplit=1)[0]))
    assert (bare.chasing, bare.mail) == (ChasingRules(), MailSettings())
    assert (bare.nightly.report, bare.nightly.chase) == (False, "off")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'nation = "scotland"',
            'nation = "uk"',
            "chasing.nation must be one of england, wales, scotland,",
        ),
        ("second_days = 5", "second_days = 2", "must have first_days below second_days below escalate_days"),
        ("before_days = 4", "before_days = 99", "chasing.before_days must be a whole number from 0 to 60"),
        ('until = "certified"', 'until = "sent"', "chasing.until must be one of received, certified"),
        ("thanks = false", 'thanks = "no"', "chasing.thanks must be true or false"),
        ("boss@elmbridge.example", "the boss", "chasing.escalate_to 'the boss' is not an e-mail address"),
        ("boss@elmbridge.example", "a@b.example, c@d.example", "is not an e-mail address"),
        ('security = "tls"', 'security = "ssl"', "mail.security must be one of starttls, tls, none"),
        ("timeout_seconds = 10", "timeout_seconds = 0", "mail.timeout_seconds must be a whole number from 1 to 600"),
        ('user = "perfbook"', 'password = "x"', "mail.password is not a setting"),
        ('user = "perfbook"', 'user = "a\\nb"', "mail.user must be a text in one line"),
        ('chase = "send"', "chase = true", 'nightly.chase must be "off", "draft" or "send", not True'),
        ("report = true", "report = 1", "nightly.report must be true or false"),
    ],
)
def test_each_mistake_in_chasing_and_mail_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        read_settings(write(tmp_path, CHASING.replace(old, new, 1)))
    assert words in str(caught.value)
