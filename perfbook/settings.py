"""perfbook.toml: the settings of one council's workspace."""

from __future__ import annotations

import calendar
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from perfbook.chasing.rules import ChasingRules, MailSettings, read_chasing, read_mail
from perfbook.errors import PeriodError, WorkspaceError
from perfbook.framework.model_measure import FREQUENCIES, KIND_OF, Frequency
from perfbook.framework.periods import Period, parse
from perfbook.publishing.rules import PublishRules, read_publishing
from perfbook.styling import StyleSettings, read_style

FILE_NAME = "perfbook.toml"
FRAMEWORK_NAME = "framework.xlsx"
TEMPLATES = "templates"
ZONE = ZoneInfo("Europe/London")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_TOP = {
    "council",
    "period",
    "reporting",
    "year_start",
    "scheme",
    "returns",
    "folder",
    "reading",
    "nightly",
    "watch",
    "button",
    "chasing",
    "mail",
    "publish",
    "style",
}
_RETURNS = {"folder", "by", "due_days", "grace_days", "due"}
By = Literal["directorate", "owner"]
_FOLDER = {"ignore", "levels", "files", "megabytes", "tries", "wait_seconds", "settle_seconds", "recheck_days"}
_READING = {
    "seconds",
    "memory_megabytes",
    "processes",
    "parts",
    "unpacked_megabytes",
    "ratio",
    "password_variable",
    "password_file",
}
_NIGHTLY = {"periods", "catch_up", "report", "chase", "tables", "cluster"}
_WATCH = {"every_seconds", "settle_seconds"}
_BUTTON = {"way", "command", "workspace", "limit_seconds"}
_DAY = 86_400


@dataclass(frozen=True)
class NightlySettings:
    """The section [nightly]: the periods of a night, none for the current one; whether a missed night is made up;
    whether reports are written; what becomes of letters: nothing, drafts, or they are sent; whether the tidy tables
    are written as a Parquet dataset; and the address of a Dask scheduler whose workers read, if any."""

    periods: tuple[Period, ...] = ()
    catch_up: bool = True
    report: bool = False
    chase: Literal["off", "draft", "send"] = "off"
    tables: bool = False
    cluster: str = ""


@dataclass(frozen=True)
class FolderSettings:
    """The section [folder]: what of the shared folder is looked at.

    `ignore` are patterns of names, or with a slash of paths. At most `levels` of subfolders, `files` and `megabytes` a
    file are read. A locked file is tried `tries` times, `wait` seconds apart; a file that is not whole is looked at
    again when its last change is `settle` seconds ago. An unchanged file is read again after `recheck` days, 0 for at
    every run.
    """

    ignore: tuple[str, ...] = ()
    levels: int = 8
    files: int = 10_000
    megabytes: int = 60
    tries: int = 3
    wait: float = 0.3
    settle: float = 2.0
    recheck: int = 7


@dataclass(frozen=True)
class ReadingSettings:
    """The section [reading]: what one file may take before it is given up, and where passwords are.

    `seconds` are on the clock, `memory` is that of the process that reads, `unpacked` all that is packed in the file
    (both in megabytes); `parts` the number of its parts, `ratio` how many times larger than packed one of them may be.
    `processes` read at once, 0 for as many as are worth it. The password itself never stands in perfbook.toml: it is in
    an environment variable, or in a file with one password a line, from the workspace unless absolute.
    """

    seconds: int = 30
    memory: int = 300
    processes: int = 0
    parts: int = 5_000
    unpacked: int = 60
    ratio: int = 100
    password_variable: str = ""
    password_file: str = ""

    def passwords(self, root: Path) -> tuple[str, ...]:
        """The passwords, for a workspace at `root`. Raises WorkspaceError where their file cannot be read."""
        found = [os.environ.get(self.password_variable, "")] if self.password_variable else []
        if self.password_file:
            path = root / self.password_file
            try:
                found += path.read_text(encoding="utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise WorkspaceError(
                    f"{path}, the password file that {FILE_NAME} names, cannot be read. Put [reading] right."
                ) from error
        return tuple(dict.fromkeys(password for password in found if password))


@dataclass(frozen=True)
class WatchSettings:
    """The section [watch], in seconds: how often to look, and how long files must lie still before they are read."""

    every: int = 5
    settle: int = 60


@dataclass(frozen=True)
class ButtonSettings:
    """The section [button]: how the scorecard's macro reaches perfbook (`process` or `mailbox`), by which command, in
    which folder as officers' computers see it (from the workbook's own folder unless absolute), and how long it waits
    (seconds)."""

    way: Literal["process", "mailbox"] = "process"
    command: str = "perfbook"
    workspace: str = "../.."
    limit: int = 300


@dataclass(frozen=True)
class Settings:
    """What perfbook.toml says. `period` is the current reporting period: never guessed from the clock.

    `returns_by` says whether each directorate fills one return or each owner in it.

    `due_days` counts from the end of a period; `due` names days for periods that differ; a return is late when it is
    certified after the due day and `grace_days` more, Europe/London.
    """

    council: str
    period: Period
    reporting: Frequency = "quarterly"
    year_start: int = 4
    scheme: str = "star-circle-triangle"
    returns_folder: str = "returns"
    returns_by: By = "directorate"
    due_days: int = 19
    grace_days: int = 0
    due: Mapping[Period, date] = field(default_factory=dict)
    folder: FolderSettings = FolderSettings()
    reading: ReadingSettings = ReadingSettings()
    nightly: NightlySettings = NightlySettings()
    watch: WatchSettings = WatchSettings()
    button: ButtonSettings = ButtonSettings()
    chasing: ChasingRules = field(default_factory=ChasingRules)
    mail: MailSettings = field(default_factory=MailSettings)
    publish: PublishRules = field(default_factory=PublishRules)
    style: StyleSettings = field(default_factory=StyleSettings)

    def due_at(self, period: Period) -> datetime:
        """The last moment at which a return for the period is on time, without grace."""
        day = self.due.get(period) or period.end + timedelta(days=self.due_days)
        return datetime.combine(day, time(23, 59, 59), ZONE)

    def parse_period(self, text: str) -> Period:
        """A reporting period from a text; PeriodError where the council does not report by such periods."""
        period = parse(text, self.year_start)
        if period.kind != KIND_OF[self.reporting]:
            example = self.period.label
            raise PeriodError(
                f"{text!r} is not a reporting period: returns here are {self.reporting}, like {example!r}."
            )
        return period


def find_root(path: str | os.PathLike[str]) -> Path:
    """The folder of the workspace at `path`: that, or the nearest one above it with settings. Raises WorkspaceError."""
    start = Path(path).resolve()
    # A folder that is not there was mistyped: what lies above it is another council's, or another year's.
    for folder in (start, *start.parents) if start.is_dir() else ():
        if (folder / FILE_NAME).is_file():
            return folder
    missing = "" if start.is_dir() else " (there is no such folder)"
    raise WorkspaceError(
        f"There is no workspace at {start}{missing}: no {FILE_NAME} there or in a folder above. "
        "Go to your workspace, name it with -w, or make one with perfbook init."
    )


def read_settings(path: Path) -> Settings:
    """The settings in a perfbook.toml. Raises WorkspaceError with what is wrong and what to do."""
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{path} cannot be read: {error}. Put the line right and run it again.") from error
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"{path} is not plain text. Write it anew, or save it as plain text (UTF-8).") from error
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error}.") from error
    return _Reader(path, table).settings()


class _Reader:
    def __init__(self, path: Path, table: dict[str, Any]) -> None:
        self.path = path
        self.table = table

    def settings(self) -> Settings:
        returns = self.table.get("returns", {})
        if not isinstance(returns, dict):
            raise self.error("returns", "must be a section [returns]")
        self.known(self.table, _TOP, "")
        self.known(returns, _RETURNS, "returns.")
        year_start = self.month(self.table.get("year_start", "April"))
        reporting = self.choice(self.table.get("reporting", "quarterly"))
        due = returns.get("due", {})
        if not isinstance(due, dict):
            raise self.error("returns.due", "must be a section [returns.due]")
        return Settings(
            council=self.text("council"),
            period=self.period(self.text("period"), "period", year_start, reporting),
            reporting=reporting,
            year_start=year_start,
            scheme=str(self.table.get("scheme", Settings.scheme)),
            returns_folder=str(returns.get("folder", Settings.returns_folder)),
            returns_by=self.by(returns.get("by", Settings.returns_by)),
            due_days=self.count(returns, "due_days", Settings.due_days),
            grace_days=self.count(returns, "grace_days", Settings.grace_days),
            due={
                self.period(label, "returns.due", year_start, reporting): self.day(label, day)
                for label, day in due.items()
            },
            folder=self.folder(),
            reading=self.reading(),
            nightly=self.nightly(year_start, reporting),
            watch=self.watch(),
            button=self.button(),
            chasing=read_chasing(self),
            mail=read_mail(self),
            publish=read_publishing(self),
            style=read_style(self),
        )

    def folder(self) -> FolderSettings:
        table, standard = self.section("folder", _FOLDER), FolderSettings()
        ignore = table.get("ignore", [])
        if not isinstance(ignore, list) or not all(isinstance(text, str) and text.strip("/ ") for text in ignore):
            raise self.error("folder.ignore", 'must be a list of patterns like ["*.bak", "old/*"]')
        return FolderSettings(
            ignore=tuple(ignore),
            levels=self.whole(table, "folder", "levels", standard.levels, 0, 100),
            files=self.whole(table, "folder", "files", standard.files, 1, 1_000_000),
            megabytes=self.whole(table, "folder", "megabytes", standard.megabytes, 1, 1_000),
            tries=self.whole(table, "folder", "tries", standard.tries, 1, 20),
            wait=self.seconds(table, "folder", "wait_seconds", standard.wait),
            settle=self.seconds(table, "folder", "settle_seconds", standard.settle),
            recheck=self.whole(table, "folder", "recheck_days", standard.recheck, 0, 366),
        )

    def whole(self, table: dict[str, Any], section: str, name: str, default: int, least: int, most: int) -> int:
        value = table.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.error(f"{section}.{name}", f"must be a whole number from {least} to {most}, not {value!r}")
        return value

    def seconds(self, table: dict[str, Any], section: str, name: str, default: float) -> float:
        value = table.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 60:
            raise self.error(f"{section}.{name}", f"must be a number of seconds from 0 to 60, not {value!r}")
        return float(value)

    def reading(self) -> ReadingSettings:
        table, usual = self.section("reading", _READING), ReadingSettings()
        texts = {}
        for name in ("password_variable", "password_file"):
            text = table.get(name, "")
            if not isinstance(text, str):
                raise self.error(f"reading.{name}", "must be a text: the name of a variable or of a file")
            texts[name] = text.strip()
        return ReadingSettings(
            seconds=self.whole(table, "reading", "seconds", usual.seconds, 1, 3600),
            memory=self.whole(table, "reading", "memory_megabytes", usual.memory, 100, 100_000),
            processes=self.whole(table, "reading", "processes", usual.processes, 0, 64),
            parts=self.whole(table, "reading", "parts", usual.parts, 10, 1_000_000),
            unpacked=self.whole(table, "reading", "unpacked_megabytes", usual.unpacked, 1, 10_000),
            ratio=self.whole(table, "reading", "ratio", usual.ratio, 10, 100_000),
            password_variable=texts["password_variable"],
            password_file=texts["password_file"],
        )

    def nightly(self, year_start: int, reporting: Frequency) -> NightlySettings:
        table = self.section("nightly", _NIGHTLY)
        labels = table.get("periods", [])
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise self.error("nightly.periods", 'must be a list like ["2020-21 Q1", "2020-21 Q2"]')
        catch_up = table.get("catch_up", True)
        if not isinstance(catch_up, bool):
            raise self.error("nightly.catch_up", f"must be true or false, not {catch_up!r}")
        periods = [self.period(label, "nightly.periods", year_start, reporting) for label in labels]
        report, chase = table.get("report", False), table.get("chase", "off")
        if not isinstance(report, bool):
            raise self.error("nightly.report", f"must be true or false, not {report!r}")
        tables = table.get("tables", False)
        if not isinstance(tables, bool):
            raise self.error("nightly.tables", f"must be true or false, not {tables!r}")
        cluster = table.get("cluster", "")
        if not isinstance(cluster, str):
            raise self.error("nightly.cluster", f'must be an address like "tcp://host:8786", not {cluster!r}')
        if chase not in ("off", "draft", "send"):
            raise self.error("nightly.chase", f'must be "off", "draft" or "send", not {chase!r}')
        return NightlySettings(tuple(dict.fromkeys(periods)), catch_up, report, chase, tables, cluster)

    def watch(self) -> WatchSettings:
        table = self.section("watch", _WATCH)
        every = table.get("every_seconds", WatchSettings.every)
        settle = table.get("settle_seconds", WatchSettings.settle)
        for name, value, least in (("every_seconds", every, 1), ("settle_seconds", settle, 0)):
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _DAY:
                raise self.error(f"watch.{name}", f"must be a whole number of seconds from {least}, not {value!r}")
        return WatchSettings(every, settle)

    def button(self) -> ButtonSettings:
        table = self.section("button", _BUTTON)
        way = table.get("way", ButtonSettings.way)
        if way not in ("process", "mailbox"):
            raise self.error("button.way", f'must be "process" or "mailbox", not {way!r}')
        texts = {}
        for name in ("command", "workspace"):
            text = table.get(name, getattr(ButtonSettings, name))
            if not isinstance(text, str) or not text.strip():
                raise self.error(f"button.{name}", f"must be a text, not {text!r}")
            texts[name] = text.strip()
        limit = table.get("limit_seconds", ButtonSettings.limit)
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= _DAY:
            raise self.error("button.limit_seconds", f"must be a whole number of seconds from 1, not {limit!r}")
        return ButtonSettings(way, texts["command"], texts["workspace"], limit)

    def section(self, name: str, known: set[str]) -> dict[str, Any]:
        table = self.table.get(name, {})
        if not isinstance(table, dict):
            raise self.error(name, f"must be a section [{name}]")
        self.known(table, known, f"{name}.")
        return table

    def error(self, name: str, wrong: str) -> WorkspaceError:
        return WorkspaceError(f"{self.path}: {name} {wrong}.")

    def known(self, table: dict[str, Any], names: set[str], prefix: str) -> None:
        for name in table:
            if name not in names:
                raise self.error(f"{prefix}{name}", f"is not a setting; there are {', '.join(sorted(names))}")

    def text(self, name: str) -> str:
        value = self.table.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(
                name, 'is missing; write it like: council = "Dudley"' if name == "council" else "is missing"
            )
        return value.strip()

    def count(self, table: dict[str, Any], name: str, default: int) -> int:
        value = table.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(f"returns.{name}", f"must be a whole number of days, not {value!r}")
        return value

    def month(self, value: object) -> int:
        month = _MONTHS.get(str(value).strip().lower())
        if month is None:
            raise self.error("year_start", f"must be the name of a month, not {value!r}")
        return month

    def choice(self, value: object) -> Frequency:
        for frequency in FREQUENCIES:
            if value == frequency:
                return frequency
        raise self.error("reporting", f"must be one of {', '.join(FREQUENCIES)}, not {value!r}")

    def by(self, value: object) -> By:
        if value in ("directorate", "owner"):
            return "owner" if value == "owner" else "directorate"
        raise self.error("returns.by", f'must be "directorate" or "owner", not {value!r}')

    def period(self, text: str, name: str, year_start: int, reporting: Frequency) -> Period:
        try:
            period = parse(text, year_start)
        except PeriodError as error:
            raise self.error(name, f"is wrong: {error}".rstrip(".")) from error
        if period.kind != KIND_OF[reporting]:
            raise self.error(name, f"is {text!r}, but returns here are {reporting}")
        return period

    def day(self, label: str, value: object) -> date:
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.error("returns.due", f'must give days like "{label}" = 2020-10-19, not {value!r}')
        return value
