"""A council that asks for everything: measures of several kinds, an action plan, texts, grids, and decisions."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl

from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import (
    Action,
    CheckSetting,
    Decision,
    Deliverable,
    Directorate,
    Framework,
    Grid,
    GridLine,
    Measure,
    Move,
    Section,
    Suppression,
    Target,
    Unit,
)
from perfbook.framework.plan import place_key
from perfbook.framework.version import with_version
from perfbook.returns import actions_layout, evidence_layout, grids_layout, layout, sections_layout
from perfbook.returns.filled import Entry, Filled
from perfbook.returns.identity import return_names
from perfbook.returns.writer import build_return
from perfbook.workspace import Workspace, open_workspace
from tests.framework.test_plan import FOUR_STEPS
from tests.unattended import council

DUE = council.BEFORE_DUE.replace(day=16, hour=23, minute=59, second=59)
SERVICES = 12
_LONG = "Directorate for Neighbourhoods, Communities and Places"
NAMES = [f"Service {number:02}" for number in range(1, SERVICES - 1)] + [f"{_LONG} East", f"{_LONG} West"]
# Nobody reports on a measure of the first in this period; the second has actions alone.
IDLE, ACTING = "d09", "d10"
_THINGS = ("potholes", "libraries", "homes", "planners", "carers", "vehicles", "parks", "schools", "trees", "bins")
_THINGS = (*_THINGS, "swimmers", "bridges")
Key = tuple[str, str]


def framework() -> Framework:
    """Twelve directorates, of which two have names that are alike."""
    made = council.framework(SERVICES, 1)
    directorates = tuple(Directorate(each.key, name) for each, name in zip(made.directorates, NAMES, strict=True))
    keys = [each.key for each in directorates]
    measures = tuple(each for number, key in enumerate(keys) for each in _measures(number, key))
    acting = [key for key in keys if key != IDLE]
    actions = tuple(_action(number, key) for number, key in enumerate(acting))
    actions += (Action("a-more", "BE 2", "Plant trees along NEET roads", "d01", ("p-1", "p-2")),)
    return with_version(
        replace(
            made,
            directorates=directorates,
            measures=measures,
            schemes={**made.schemes, FOUR_STEPS.key: FOUR_STEPS},
            targets={(each.key, council.PERIOD): Target(Decimal("0.5")) for each in measures if each.denominator}
            | {(each.key, council.PERIOD): Target(Decimal(50)) for each in measures if not each.denominator},
            deliverables=(
                Deliverable("p-1", "B1", "Support early language", "all"),
                Deliverable("p-2", "C3", "Cleaner streets", "all"),
                Deliverable("p-3", "", "A deliverable without a reference", "all"),
            ),
            actions=actions,
            sections=(
                Section("outlook", "Outlook", needed=True),
                Section("risks", "Risks", directorates=("d01", "d02")),
            ),
            grids=(
                Grid(
                    "staff",
                    "Staff",
                    ("Staff", "Posts"),
                    (
                        GridLine("head", "Headcount"),
                        GridLine("men", "Men", "Gender", "head"),
                        GridLine("women", "Women", "Gender", "head"),
                    ),
                ),
            ),
            suppressions=tuple(
                Suppression("X208", key, "It is known.", "Officer") for key in ("d03-m01", "a-d04", "outlook")
            ),
            checks={
                "X204": CheckSetting("X204", on=False),
                "X205": CheckSetting("X205", severity="error"),
            },
            decisions=tuple(
                Decision(key, council.PERIOD, code, accepts, "So it was agreed.", "Officer")
                for key in ("d05-m01", "d06-m01", "a-d05")
                for code, accepts in (("X205", True), ("X208", False))
            ),
            moves=(Move("d07-m02", council.PERIOD, "d08"),),
            sums={"d01-m03": ("d02-m03", "d03-m03")},
        )
    )


def _measures(number: int, key: str) -> tuple[Measure, ...]:
    if key == ACTING:
        return ()
    what = _THINGS[number].capitalize()
    one = Measure(f"{key}-m01", f"E{number:02}1", f"{what} in order", "all", key, Unit.parse("count"), 0, "higher")
    share = replace(
        one,
        key=f"{key}-m02",
        code=f"E{number:02}2",
        title=f"{what} that were seen",
        unit=Unit.parse("percent"),
        decimals=1,
        numerator="Seen",
        denominator="All",
    )
    added = replace(
        one,
        key=f"{key}-m03",
        code=f"E{number:02}3",
        title=f"{what} since April",
        calculation="cumulative",
        entered="in period",
    )
    measures = one, share, added
    if key == IDLE:
        return tuple(replace(each, first=council.PERIOD.shift(2)) for each in measures)
    return measures


def _action(number: int, key: str) -> Action:
    places = (("p-1",), ("p-1", "p-3"), ())[number % 3]
    return Action(
        f"a-{key}",
        f"A{number + 1}",
        f"Look after {_THINGS[number]} and {('NEET', 'NETE', 'ABCD')[number % 3]} things",
        key,
        places,
        "" if places else "all",
        scheme=FOUR_STEPS.key,
        evidence=number % 4 == 1,
    )


@dataclass
class Return:
    """What the manager of a directorate has typed so far."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    signed: bool = True
    kind: str = "Certified"


def make_workspace(root: Path) -> Workspace:
    """The council's workspace, its returns filled and signed, but for two."""
    root.mkdir(parents=True)
    more = "grace_days = 1\n"
    (root / "perfbook.toml").write_text(council.TOML.format(period=council.PERIOD.label) + more, encoding="utf-8")
    made = framework()
    (root / "framework.xlsx").write_bytes(write_framework(made, created=council.ISSUED, periods=[council.PERIOD]))
    workspace = open_workspace(root)
    workspace.generate(as_at=council.ISSUED)
    here = workspace.framework.at(council.PERIOD)
    for number, (key, name) in enumerate(names(here).items()):
        path = workspace.returns_folder(council.PERIOD) / name
        if number >= 2:
            path.write_bytes(written(here, key, first_return(here, key)))
        os.utime(path, (council.SENT.timestamp(),) * 2)
    return workspace


def names(made: Framework) -> dict[str, str]:
    """The names of the returns that are sent out, by directorate."""
    return return_names(made, made.expected(council.PERIOD), council.PERIOD)


def first_return(made: Framework, key: str) -> Return:
    """A return as it is filled at first."""
    found = Return()
    number = int(key[1:])
    for which, measure in enumerate(made.measures_of(key, council.PERIOD)):
        type_figure(found, measure, 40 + (number * 7 + which) % 20)
    for action in made.actions_of(key, council.PERIOD):
        found.entries[action.key, actions_layout.RATING] = "On track"
        found.entries[action.key, actions_layout.UPDATE] = f"Work of {key} on this goes as {action.code} was planned."
    found.entries["outlook", sections_layout.TEXT] = f"In {key} nothing else is to be expected next spring."
    return found


def type_figure(into: Return, measure: Measure, value: int) -> None:
    """A figure, as numerator and denominator where it has them."""
    if measure.denominator:
        into.entries[measure.key, layout.NUMERATOR], into.entries[measure.key, layout.DENOMINATOR] = value, 100
    else:
        into.entries[measure.key, layout.ACTUAL] = value


def written(made: Framework, key: str, said: Return) -> bytes:
    """A return as a book."""
    sign = {layout.SIGN_STATE: said.kind, layout.SIGN_ROLE: "Head of Service", layout.SIGN_DATE: date(2032, 1, 10)}
    filled = Filled(entries=dict(said.entries), sign_off=sign if said.signed else {})  # type: ignore[arg-type]
    return build_return(made, key, council.PERIOD, {}, due=DUE, created=council.ISSUED, filled=filled)


TEXTS = (
    "We need to check this with the contractor before Easter.",
    "Mrs Example leads the work on it since last summer.",
    "The new contract has settled in and the backlog of last winter is gone.",
    "the new contract has settled  in and the backlog of last winter is GONE.",
    "Stra\u00dfe, Gru\u00df und Ma\u00df: ja.",  # as long as is compared in small letters alone
    "As above.",
    "It will be done by March 2031.",
    "",
)


def say_text(said: Return, chance: random.Random, made: Framework, key: str) -> None:
    """A text somewhere: of its own, or one that others may have, too."""
    texts = [(m.key, column) for m in made.measures_of(key, council.PERIOD) for column in (layout.COMMENTARY, "action")]
    texts += [
        (action.key, column)
        for action in made.actions_of(key, council.PERIOD)
        for column in (actions_layout.UPDATE, actions_layout.MILESTONE)
    ]
    texts += [(each.key, sections_layout.TEXT) for each in made.sections if key in (each.directorates or (key,))]
    own = f"Demand for this rose by {chance.random():.3f} per cent of what it was."
    said.entries[chance.choice(texts)] = own if chance.random() < 0.6 else chance.choice(TEXTS)


def say_figure(said: Return, chance: random.Random, made: Framework, key: str) -> None:
    """Another figure, or something that is none."""
    for measure in (
        chance.sample(made.measures_of(key, council.PERIOD), 1) if made.measures_of(key, council.PERIOD) else ()
    ):
        type_figure(said, measure, chance.randrange(100))
        if chance.random() < 0.15:
            said.entries[measure.key, layout.ACTUAL] = "about fifty"
        if chance.random() < 0.1:
            for column in (layout.ACTUAL, layout.NUMERATOR, layout.DENOMINATOR):
                said.entries.pop((measure.key, column), None)


def rate(said: Return, chance: random.Random, made: Framework, key: str) -> None:
    """A rating, how far it is, or nothing any more; for the action or for one of its places."""
    actions = made.actions_of(key, council.PERIOD)
    if not actions:
        return
    action = chance.choice(actions)
    row = place_key(action.key, chance.choice(("", *action.deliverables)))
    choice = chance.random()
    if choice < 0.5:
        said.entries[row, actions_layout.RATING] = chance.choice(("Complete", "On track", "Slipping", "Fine"))
    elif choice < 0.7:
        said.entries[row, actions_layout.PROGRESS] = chance.choice((0.1, 0.5, 1))
    elif choice < 0.8:
        said.entries[row, actions_layout.REVISED] = chance.choice(("31/03/2032", "soon"))
    else:
        for column in actions_layout.INPUT_KEYS:
            said.entries.pop((row, column), None)


def fill_grid(said: Return, chance: random.Random, made: Framework, key: str) -> None:
    """Figures of a grid that may not add up."""
    for line in ("head", "men", "women"):
        said.entries[line, f"{grids_layout.FIGURE}staff"] = chance.choice((10, 20, 30, "many"))


def name_evidence(said: Return, chance: random.Random, made: Framework, key: str) -> None:
    """A file that may be there."""
    row = evidence_layout.ROW_KEYS[chance.randrange(3)]
    if chance.random() < 0.5:
        for column in evidence_layout.INPUT_KEYS:
            said.entries.pop((row, column), None)
        return
    said.entries[row, evidence_layout.WHERE] = f"notes {chance.randrange(4)}.txt"
    said.entries[row, evidence_layout.SHOWS] = "What was agreed."


def sign(said: Return, chance: random.Random, made: Framework, key: str) -> None:
    """Signed, or not any more."""
    said.signed, said.kind = chance.random() < 0.7, chance.choice(("Certified", "Certified", "Provisional"))


Deed = Callable[[Return, random.Random, Framework, str], None]
DEEDS: tuple[Deed, ...] = (*(say_text,) * 4, *(say_figure,) * 3, rate, rate, fill_grid, name_evidence, sign)


def answered(book: bytes, chance: random.Random) -> bytes:
    """A book that went back, with an answer beside some of its queries."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    for sheet in opened:
        columns = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
        if layout.REPLY not in columns or layout.CODES not in columns:
            continue
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, columns[layout.CODES]).value and chance.random() < 0.6:
                sheet.cell(row, columns[layout.REPLY]).value = f"The survey firm says so: {chance.randrange(5)}."
    into = io.BytesIO()
    opened.save(into)
    return into.getvalue()
