"""An invented council of many directorates: a workspace with its returns filled, signed and lying there since days."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl

from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit
from perfbook.framework.periods import parse
from perfbook.framework.version import with_version
from perfbook.returns import layout
from perfbook.returns.identity import return_name
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from perfbook.settings import ZONE
from perfbook.workspace import Workspace, open_workspace
from tests.returns.places import Places

PERIOD = parse("2031-32 Q3")
ISSUED = datetime(2032, 1, 2, 9, 0, tzinfo=ZONE)
# Returns lie there since a day that has passed, whatever day it is when this runs.
SENT = datetime(2020, 1, 10, 10, 0, tzinfo=ZONE)
BEFORE_DUE = datetime(2032, 1, 15, 2, 0, tzinfo=ZONE)
AFTER_DUE = datetime(2032, 1, 20, 2, 0, tzinfo=ZONE)

TOML = """council = "Elmbridge Vale"
period = "{period}"
scheme = "star-circle-triangle"

[returns]
due_days = 16
"""


def framework(directorates: int, measures: int) -> Framework:
    """So many directorates with so many measures each."""
    made = [
        Measure(
            key=f"d{number:02}-m{which:02}",
            code=f"E{number:02}{which:02}",
            title=f"Measure {which} of service {number}",
            priority="all",
            directorate=f"d{number:02}",
            unit=Unit.parse("count"),
            decimals=0,
            polarity="higher",
        )
        for number in range(1, directorates + 1)
        for which in range(1, measures + 1)
    ]
    return with_version(
        Framework(
            council="Elmbridge Vale",
            year_start=4,
            reporting="quarterly",
            measures=tuple(made),
            directorates=tuple(
                Directorate(f"d{number:02}", f"Service {number:02}") for number in range(1, directorates + 1)
            ),
            priorities=(Priority("all", "Everything"),),
            schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
            default_scheme=STAR_CIRCLE_TRIANGLE.key,
            targets={(m.key, PERIOD): Target(Decimal(50)) for m in made},
        )
    )


def make_workspace(
    root: Path, directorates: int = 3, measures: int = 2, *, unsigned: int = 0, more: str = ""
) -> Workspace:
    """A workspace whose returns are certified, but for the first `unsigned`, which are as issued; `more` settings."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "perfbook.toml").write_text(TOML.format(period=PERIOD.label) + more, encoding="utf-8")
    model = framework(directorates, measures)
    (root / "framework.xlsx").write_bytes(write_framework(model, created=ISSUED, periods=[PERIOD], spare_rows=5))
    workspace = open_workspace(root)
    done = workspace.generate(as_at=ISSUED)
    keys = {
        return_name(model, d.key, PERIOD): [m.key for m in model.measures_of(d.key, PERIOD)] for d in model.directorates
    }
    for number, path in enumerate(done.written):
        if number >= unsigned:
            path.write_bytes(fill(path.read_bytes(), keys[path.name], number))
        os.utime(path, (SENT.timestamp(), SENT.timestamp()))
    return workspace


def fill(data: bytes, keys: Iterable[str], seed: int = 1) -> bytes:
    """A return with every figure typed in and certified."""
    places = Places(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for number, key in enumerate(keys):
        book[layout.MEASURES][places.measure(key, layout.ACTUAL)] = 40 + (seed * 7 + number) % 20
        book[layout.MEASURES][places.measure(key, layout.COMMENTARY)] = "As planned."
    book[layout.START][places.start(layout.SIGN_STATE)] = "certified"
    book[layout.START][places.start(layout.SIGN_ROLE)] = "Head of Service"
    book[layout.START][places.start(layout.SIGN_DATE)] = date(2032, 1, 10)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
