"""Makes Sandwell's completed returns from the published ratings and updates (see make_samples.py).

Each action is filled once; under a further deliverable only what the report says differently there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT, ROOT / "workbook_templates", ROOT / "sample_returns"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from make_samples import Entries, cells_of, fill_cells, settle, sign, write_manifest  # noqa: E402
from make_sandwell_framework import (  # noqa: E402
    FOUR_STEP,
    RATINGS,
    deliverable_keys,
    group_of,
    keys_of,
    rows_of,
)

from perfbook.checks.action_rules import NOT_RATED_WORD  # noqa: E402
from perfbook.creating import create_workspace  # noqa: E402
from perfbook.framework.plan import place_key  # noqa: E402
from perfbook.returns import actions_layout  # noqa: E402
from perfbook.settings import ZONE  # noqa: E402
from tests.support.office import Office  # noqa: E402

ISSUED = datetime(2024, 1, 2, 9)  # noqa: DTZ001 (as sample.toml has it: local time)
AS_AT = datetime(2024, 1, 23, 9)  # noqa: DTZ001
FIRST_DAY = date(2024, 1, 15)
NO_UPDATE = "No update available."
_WORDS = {band.key: band.word for band in FOUR_STEP.bands}


def entries(rows: Iterable[Mapping[str, str]]) -> Entries:
    """What is typed into the returns, by (key of the row, key of the column)."""
    rows = tuple(rows)
    keys, places = keys_of(rows), deliverable_keys(rows)
    filled: Entries = {}
    for group, key in keys.items():
        own = [row for row in rows if group_of(row) == group]
        # The action's own is what its first rated place says.
        main = next((row for row in own if row["rating_as_printed"]), own[0])
        _put(filled, key, _rating(main), _update(main))
        for row in own if len(own) > 1 else ():
            rating = _rating(row) or NOT_RATED_WORD
            _put(
                filled,
                place_key(key, places[row["cp_ref"]]),
                "" if rating == _rating(main) else rating,
                "" if _update(row) == _update(main) else _update(row),
            )
    return filled


def _put(filled: Entries, key: str, rating: str, update: str) -> None:
    for column, text in ((actions_layout.RATING, rating), (actions_layout.UPDATE, update)):
        if text:
            filled[key, column] = text


def _rating(row: Mapping[str, str]) -> str:
    return _WORDS[RATINGS[row["rating_as_printed"]]] if row["rating_as_printed"] else ""


def _update(row: Mapping[str, str]) -> str:
    return NO_UPDATE if row["update_state"] == "no update available" else row["update_short"]


def make_sandwell(data: Path, target: Path) -> list[Path]:
    """Sandwell's nine returns for 2023-24 Q3 and their sample.toml."""
    made: dict[Path, date] = {}
    target.mkdir(exist_ok=True)
    filled = entries(rows_of(data))
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        workspace = create_workspace(Path(folder) / "sandwell", example="sandwell", blank=True)
        generated = workspace.generate(as_at=ISSUED.replace(tzinfo=ZONE))
        for old in target.glob("*.xlsx"):
            old.unlink()
        for number, blank in enumerate(generated.written):
            day = FIRST_DAY + timedelta(days=number % 5)
            with office.open(blank) as book:
                content = blank.read_bytes()
                fill_cells(book, actions_layout.SHEET, cells_of(content, actions_layout.SHEET), {}, filled)
                sign(book, content, day)
                book.recalculate()
                saved = book.save_as(target / blank.name)
            settle(saved, datetime.combine(day, time(9)))
            made[saved] = day
    write_manifest(target / "sample.toml", made, ISSUED, AS_AT)
    return list(made)
