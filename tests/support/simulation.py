"""A simulated quarter: managers who are late, correct themselves and damage their files; nights that are missed, and
nights in which the power goes; a mail server that sometimes hangs up. Every chance comes from a seed.

After each good night what perfbook shows is compared with what the managers did, and every letter with the rules, which
are counted here in another way than perfbook counts them.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import holidays
import openpyxl

from perfbook import _cache
from perfbook._lock import held
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit
from perfbook.framework.periods import parse
from perfbook.framework.version import with_version
from perfbook.returns import layout
from perfbook.returns.identity import return_name
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from perfbook.settings import ZONE
from perfbook.unattended.nightly import run_night
from perfbook.workspace import Workspace, open_workspace
from tests.chasing.server import USER, Server
from tests.returns.places import Places

# In the past, so that no file is of a time that is still to come. Easter and two bank holidays lie in it.
PERIOD = parse("2023-24 Q4")
FIRST_DAY = date(2024, 4, 2)
BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG", years=[2024])
SUBJECTS = {
    "before": re.compile(r"returns? due \w+ \d"),
    "due": re.compile("due today"),
    "first": re.compile("returns? late$"),
    "second": re.compile("still missing$"),
    "escalation": re.compile("missing after reminders$"),
    "query": re.compile("questions about"),
    "thanks": re.compile("thank you for"),
}
REMINDERS = ("before", "due", "first", "second", "escalation")
TOML = """council = "Elmbridge Vale"
period = "{period}"
scheme = "star-circle-triangle"

[returns]
due_days = {due_days}

[nightly]
report = true
chase = "send"

[mail]
from = "performance@elmbridge.example"
host = "localhost"
port = {port}
user = "{user}"
ca_file = "{ca_file}"
timeout_seconds = 20
"""


class PowerCutError(BaseException):
    """The power is gone: nothing after this is written."""


@dataclass
class Manager:
    """One manager: what they will do on which day, and what their file says."""

    key: str
    name: str
    plan: dict[int, list[str]]
    values: tuple[int, ...] = ()
    state: str = "not started"
    good: bytes = b""
    # What a collection has seen: what counts where the file is damaged later.
    seen_state: str = "not started"
    seen_values: tuple[int, ...] = ()
    is_damaged: bool = False
    signed_on: date | None = None
    # Certified figures that a collection has seen, and those that one may have seen before the power went.
    certified: set[tuple[int, ...]] = field(default_factory=set)
    perhaps: set[tuple[int, ...]] = field(default_factory=set)
    # Corrections and damages: what each may be asked about once.
    mishaps: int = 0


@dataclass
class Result:
    """What a simulation found; `faults` are sentences, none of them where all is well."""

    nights: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    events: int = 0
    checked: int = 0


class Simulation:
    """A council of so many managers with two measures each, over so many nights."""

    def __init__(self, root: Path, server: Server, *, managers: int, nights: int, due_days: int, seed: int) -> None:
        self.root, self.server, self.nights = root, server, nights
        self.chance = random.Random(seed)
        self.due = PERIOD.end + timedelta(days=due_days)
        self.model = _framework(managers)
        self.result = Result()
        root.mkdir(parents=True)
        text = TOML.format(period=PERIOD.label, due_days=due_days, port=server.port, user=USER, ca_file=server.ca_file)
        (root / "perfbook.toml").write_text(text, "utf-8")
        issued = datetime.combine(FIRST_DAY, time(9), ZONE)
        book = write_framework(self.model, created=issued, periods=[PERIOD], spare_rows=3)
        (root / "framework.xlsx").write_bytes(book)
        self.workspace: Workspace = open_workspace(root)
        self.workspace.generate(as_at=issued)
        self.folder = self.workspace.returns_folder(PERIOD)
        self.blanks: dict[str, bytes] = {}
        self.managers = []
        for place, directorate in enumerate(self.model.directorates):
            path = self.folder / return_name(self.model, directorate.key, PERIOD)
            self.blanks[directorate.key] = path.read_bytes()
            _touch(path, issued)
            # The last one never sends anything.
            plan = {} if place == managers - 1 else self._plan()
            self.managers.append(Manager(directorate.key, directorate.name, plan))
        self.sent: dict[str, list[tuple[date, str]]] = {manager.key: [] for manager in self.managers}
        self.asked: dict[str, list[str]] = {manager.key: [] for manager in self.managers}
        self.troubled: set[date] = set()
        self.heard = 0

    def _plan(self) -> dict[int, list[str]]:
        """Days counted from the first: start, sign, perhaps correct, damage and mend. A third are late."""
        due = (self.due - FIRST_DAY).days
        late = self.chance.random() < 0.35
        sign = due + self.chance.randint(1, max(self.nights - due - 8, 2)) if late else self.chance.randint(1, due)
        plan: dict[int, list[str]] = {max(sign - self.chance.randint(0, 6), 0): ["start"]}
        if self.chance.random() < 0.3 and sign > 1:
            plan.setdefault(sign - 1, []).append("provisional")
        plan.setdefault(sign, []).append("certify")
        after = sign + self.chance.randint(2, 5)
        if self.chance.random() < 0.4:
            plan.setdefault(after, []).append("correct")
        if self.chance.random() < 0.3:
            plan.setdefault(after + 2, []).append("damage")
            plan.setdefault(after + self.chance.randint(3, 6), []).append("mend")
        return plan

    # --- Days and nights ------------------------------------------------------------------------------------------

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Result:
        """The whole quarter; its last night is a good one."""
        for number in range(self.nights):
            progress(number)
            today = FIRST_DAY + timedelta(days=number)
            for manager in self.managers:
                for act in manager.plan.get(number, ()):
                    self._act(manager, act, today)
            self._night(today + timedelta(days=1), last=number == self.nights - 1)
        self._at_the_end()
        return self.result

    def _act(self, manager: Manager, act: str, today: date) -> None:
        path = self.folder / return_name(self.model, manager.key, PERIOD)
        moment = datetime.combine(today, time(self.chance.randint(9, 17), self.chance.randint(0, 59)), ZONE)
        self.result.acts[act] += 1
        if act == "damage":
            if manager.seen_state != manager.state or manager.seen_values != manager.values:
                return  # what nobody has seen yet cannot count
            path.write_bytes(manager.good[: len(manager.good) // 2])
            manager.is_damaged = True
            manager.mishaps += 1
        elif act == "mend":
            path.write_bytes(manager.good)
            manager.is_damaged = False
        else:
            manager.mishaps += act == "correct"
            manager.values = tuple(self.chance.randint(10, 99) for _ in range(2))
            if act == "start":
                manager.values = manager.values[:1]
            states = {"start": "in progress", "provisional": "provisional"}
            manager.state = states.get(act, "certified")
            manager.signed_on = manager.signed_on or (today if manager.state == "certified" else None)
            keys = [measure.key for measure in self.model.measures if measure.directorate == manager.key]
            manager.good = _filled(self.blanks[manager.key], keys, manager.values, manager.state, today)
            path.write_bytes(manager.good)
            manager.is_damaged = False
        _touch(path, moment)

    def _night(self, day: date, *, last: bool) -> None:
        as_at = datetime.combine(day, time(2), ZONE)
        chance = self.chance.random()
        if not last and chance < 0.1:
            self.result.nights["missed"] += 1
            return
        if not last and chance < 0.2:
            self.result.nights["power cut"] += 1
            self.troubled.add(day)
            for manager in self.managers:
                if manager.state == "certified" and not manager.is_damaged:
                    manager.perhaps.add(manager.values)
            with _power_cut(self.chance.randint(1, 60), self.chance):
                run_night(self.root, as_at=as_at, clock=lambda: as_at)
            self._hear(day)
            return
        if self.chance.random() < 0.1:
            _cache.forget_kind("seen")
            _cache.forget_kind("nights")
        if not last and self.chance.random() < 0.15:
            # It hangs up, keeps a letter and hangs up, or has no room.
            self.server.handler.on_data = [self.chance.choice(["drop", "keep and drop", "451 later"])]
            self.troubled.add(day)
        night = run_night(self.root, as_at=as_at, clock=lambda: as_at)
        self.server.handler.on_data.clear()
        self.result.nights["good"] += 1
        if night.exit_code not in (0, 1):
            self._fault(day, f"the night ended with {night.exit_code}: {night.failed}")
        for manager in self.managers:
            if not manager.is_damaged:
                manager.seen_state, manager.seen_values = manager.state, manager.values
                if manager.state == "certified":
                    manager.certified.add(manager.values)
        self._hear(day)
        self._check_scorecard(day)
        self._check_letters(day)

    # --- What must hold -------------------------------------------------------------------------------------------

    def _fault(self, day: date, what: str) -> None:
        self.result.faults.append(f"{day}: {what}")

    def _check_scorecard(self, day: date) -> None:
        """The scorecard says of every manager what their last good version said, and the counts add up."""
        self.result.checked += 1
        summary = json.loads((self.root / "outputs" / "nightly.json").read_bytes())["periods"][0]["counts"]
        states = Counter(manager.seen_state for manager in self.managers)
        returns = summary["returns"]
        told = {state: returns[state.replace(" ", "_")] for state in ("certified", "provisional", "in progress")}
        if told != {state: states[state] for state in told} or returns["not_started"] != states["not started"]:
            self._fault(day, f"returns {returns}, but managers {dict(states)}")
        measures = summary["measures"]
        if measures["reported"] != sum(len(manager.seen_values) for manager in self.managers):
            self._fault(day, f"{measures['reported']} measures reported")
        if measures["due"] != measures["reported"] + measures["missing"] + measures["not_available"]:
            self._fault(day, f"measures do not add up: {measures}")
        overdue = sum(manager.seen_state != "certified" for manager in self.managers) if day > self.due else 0
        if returns["overdue"] != overdue:
            self._fault(day, f"{returns['overdue']} overdue, not {overdue}")
        if self._figures() != self._expected():
            self._fault(day, "the scorecard's figures are not the managers'")

    def _figures(self) -> dict[str, object]:
        path = self.workspace.scorecard_path(PERIOD)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(path, data_only=True, read_only=True)
            rows = [row for row in book["Scorecard"].iter_rows(min_row=5, max_col=7, values_only=True) if row[1]]
            book.close()
        return {str(row[0]): row[6] for row in rows}

    def _expected(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for manager in self.managers:
            measures = [measure for measure in self.model.measures if measure.directorate == manager.key]
            values: list[object] = [*manager.seen_values, *(["Missing"] * (2 - len(manager.seen_values)))]
            found |= {measure.code: value for measure, value in zip(measures, values, strict=True)}
        return found

    def _hear(self, day: date) -> None:
        """Note what has come to the mailboxes since."""
        received = self.server.handler.received
        for recipients, message in received[self.heard :]:
            (stage,) = [name for name, subject in SUBJECTS.items() if subject.search(message["Subject"])]
            self.result.letters[stage] += 1
            text = message.get_content()
            keys = [manager.key for manager in self.managers if re.search(rf"{manager.name}\b", text)]
            if stage != "escalation" and recipients != (f"{keys[0]}@elmbridge.example",):
                self._fault(day, f"{recipients} were written to about {keys}")
            for key in keys:
                self.sent[key].append((day, stage))
            if stage == "query":
                self.asked[keys[0]] += [line for line in text.splitlines() if line.startswith("- ")]
        self.heard = len(received)

    def _check_letters(self, day: date) -> None:
        """Whoever had to hear something has heard it, and nobody anything else."""
        stage = self._stage(day)
        for manager in self.managers:
            had = [name for _, name in self.sent[manager.key]]
            is_there = manager.seen_state in ("provisional", "certified")
            if stage and not is_there and stage not in had and day not in self.troubled and not self._unsure(manager):
                self._fault(day, f"{manager.name} has not had the letter {stage!r}")
            today = [name for when, name in self.sent[manager.key] if when == day]
            # A damaged file is asked about: its figures still count, but nobody can open it. So are certified figures
            # that were changed afterwards.
            asked = manager.is_damaged or len(manager.certified) > 1
            fitting = [["query"]] if asked else [["thanks"]]
            if len(manager.certified | manager.perhaps) > 1:
                fitting.append(["query"])
            if is_there and today not in ([], *fitting):
                self._fault(day, f"{manager.name} had {today}, although the return is there")
            if not is_there and today and today != [stage]:
                self._fault(day, f"{manager.name} had {today}, not {stage!r}")
            if len(today) > 1 or (today and not _works(day)):
                self._fault(day, f"{manager.name} had {today} on one day")

    def _unsure(self, manager: Manager) -> bool:
        """Whether a letter to a manager may have been lost when the power went or the connection broke."""
        outcomes: dict[str, str] = {}
        for event in self.workspace.archive.events("chased"):
            if manager.key in event.data["stages"]:
                outcomes[event.data["message"]] = event.data["outcome"]
        return any(outcome in ("sending", "unsure") for outcome in outcomes.values())

    def _stage(self, day: date) -> str | None:
        """The reminder of a day, day by day on the calendar; the due day is a working day here."""
        if not _works(day):
            return None
        if day <= self.due:
            if day == self.due:
                return "due"
            left = sum(_works(day + timedelta(days=n)) for n in range(1, (self.due - day).days + 1))
            return "before" if left <= 5 else None
        gone = sum(_works(self.due + timedelta(days=n)) for n in range(1, (day - self.due).days + 1))
        return "escalation" if gone >= 15 else "second" if gone >= 10 else "first" if gone >= 3 else None

    def _at_the_end(self) -> None:
        """Every figure is the last certified one, no letter came twice, the log adds up."""
        end = FIRST_DAY + timedelta(days=self.nights)
        for manager in self.managers:
            if not manager.is_damaged and (manager.seen_state, manager.seen_values) != (manager.state, manager.values):
                self._fault(end, f"{manager.name}'s last version was not seen")
            stages = [stage for _, stage in self.sent[manager.key]]
            if any(stages.count(stage) > 1 for stage in (*REMINDERS, "thanks")):
                self._fault(end, f"{manager.name} heard twice: {stages}")
            # At most one letter with questions a mishap, and nothing that was asked is asked again.
            if stages.count("query") > manager.mishaps or max(Counter(self.asked[manager.key]).values(), default=1) > 1:
                self._fault(
                    end, f"{manager.name}, after {manager.mishaps} mishaps, was asked {self.asked[manager.key]}"
                )
            reminders = [name for name in stages if name in REMINDERS]
            if reminders != [name for name in REMINDERS if name in stages]:
                self._fault(end, f"{manager.name} heard out of order: {stages}")
            wants_thanks = manager.seen_state == "certified" and not manager.is_damaged and end not in self.troubled
            if wants_thanks and _works(end) and "thanks" not in stages and not self._unsure(manager):
                self._fault(end, f"{manager.name} was not thanked")
        archive = self.workspace.archive
        verification = archive.verify()
        self.result.events = verification.events
        self.result.faults += verification.problems
        counted = Counter(event.data["outcome"] for event in archive.events("chased"))
        begun, ended = counted["sending"], sum(counted[each] for each in ("sent", "failed", "refused", "unsure"))
        if not 0 <= begun - ended <= self.result.nights["power cut"]:
            self._fault(end, f"{begun} letters were begun and {ended} ended")
        # A letter that the server kept is noted as sent, or nobody knows.
        if not counted["sent"] <= self.heard <= counted["sent"] + counted["unsure"] + (begun - ended):
            self._fault(end, f"{counted['sent']} letters noted as sent, {self.heard} came")
        lines = (self.root / "outputs" / "log" / "nightly.log").read_text("ascii").splitlines()
        ends = [json.loads(line) for line in lines if '"event": "ended"' in line]
        if len(ends) < self.result.nights["good"]:
            self._fault(end, f"the log has {len(ends)} ended nights")
        with held(self.root):
            pass


def _framework(managers: int) -> Framework:
    measures = tuple(
        Measure(
            key=f"d{number:02}-m{which}",
            code=f"E{number:02}{which}",
            title=f"Measure {which} of service {number:02}",
            priority="all",
            directorate=f"d{number:02}",
            unit=Unit.parse("count"),
            decimals=0,
            polarity="higher",
        )
        for number in range(1, managers + 1)
        for which in (1, 2)
    )
    directorates = tuple(
        Directorate(
            f"d{number:02}",
            f"Service {number:02}",
            f"Head of Service {number:02}",
            f"d{number:02}@elmbridge.example",
            "Chief Executive",
            "chief@elmbridge.example",
        )
        for number in range(1, managers + 1)
    )
    return with_version(
        Framework(
            council="Elmbridge Vale",
            year_start=4,
            reporting="quarterly",
            measures=measures,
            directorates=directorates,
            priorities=(Priority("all", "Everything"),),
            schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
            default_scheme=STAR_CIRCLE_TRIANGLE.key,
            # Met by everything, so that no explanation is asked for.
            targets={(measure.key, PERIOD): Target(Decimal(1)) for measure in measures},
        )
    )


def _filled(data: bytes, keys: list[str], values: tuple[int, ...], state: str, day: date) -> bytes:
    places = Places(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key, value in zip(keys, values, strict=False):
        book[layout.MEASURES][places.measure(key, layout.ACTUAL)] = value
        book[layout.MEASURES][places.measure(key, layout.COMMENTARY)] = "As planned."
    if state in ("provisional", "certified"):
        start = book[layout.START]
        start[places.start(layout.SIGN_STATE)] = state
        start[places.start(layout.SIGN_ROLE)] = "Head of Service"
        start[places.start(layout.SIGN_DATE)] = day
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _touch(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def _works(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in BANK_HOLIDAYS


@contextmanager
def _power_cut(after: int, chance: random.Random) -> Iterator[None]:
    """The power goes at the so-manieth time that something is to be on the disk; a line of the log may be torn."""
    sync, left = os.fsync, after

    def cut(handle: int) -> None:
        nonlocal left
        left -= 1
        if left > 0:
            sync(handle)
            return
        place = Path(f"/proc/self/fd/{handle}")
        if left == 0 and place.is_symlink() and place.readlink().name == "log.jsonl":
            os.ftruncate(handle, max(os.fstat(handle).st_size - chance.randint(0, 80), 0))
        raise PowerCutError

    os.fsync = cut  # type: ignore[assignment]
    try:
        yield
    except PowerCutError:
        pass
    finally:
        os.fsync = sync


def summary_of(result: Result) -> dict[str, Any]:
    """The result for people."""
    return {
        "nights": dict(result.nights),
        "managers' acts": dict(result.acts),
        "letters": dict(result.letters),
        "events in the archive": result.events,
        "scorecards compared": result.checked,
        "faults": result.faults,
    }
