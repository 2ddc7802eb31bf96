"""Where a fresh scorecard goes: into officers' book, in its place where nobody has worked in it, or beside it."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from perfbook._files import remove_file, why_not_written, write_changed, write_whole
from perfbook.collecting.owner_file import EXCEL, LIBREOFFICE, SOMEBODY, read_person
from perfbook.errors import CannotWriteError
from perfbook.framework.periods import Period
from perfbook.records import Quarter
from perfbook.refreshing.choices import Choices, choices_of
from perfbook.refreshing.errors import DamagedError, RefusedError
from perfbook.refreshing.refresh import refreshed
from perfbook.scorecard.calc_detail import measure_labels
from perfbook.scorecard.places import CHOSEN_DIRECTORATE, CHOSEN_MEASURE, CHOSEN_PERIOD
from perfbook.scorecard.seal import is_sealed
from perfbook.scorecard.view import View

# Makes the fresh book for a period and a directorate (its key, empty for all) that are chosen, notes by measure, and
# the measure on Detail (its key, or empty).
Build = Callable[[Period, str, dict[str, str], str], bytes]
How = Literal["written", "refreshed", "beside"]
_KEPT, _MOST_BESIDE = 10, 9


@dataclass(frozen=True)
class Placed:
    """Where the scorecard is now and how it came there; `sentences` are what the run has to say of it."""

    path: Path
    how: How
    sentences: tuple[str, ...] = ()
    backup: Path | None = None

    def as_json(self) -> dict[str, object]:
        """For `consolidate --json`."""
        backup = str(self.backup) if self.backup else None
        return {"how": self.how, "said": list(self.sentences), "earlier": backup}


def place_scorecard(path: Path, quarter: Quarter, build: Build, as_at: datetime) -> Placed:
    """Write a quarter's scorecard to `path`.

    Where officers may have worked in the one that is there, it is refreshed and what it was is kept in the folder
    `earlier`. Where it cannot be, it is left whole, and the fresh one is written beside it under the next number, with
    their notes and the period that they chose. Raises CannotWriteError where it is open or cannot be written.
    """
    said: list[str] = []
    carried = Choices()
    for number in range(1, _MOST_BESIDE + 1):
        target = path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")
        how: How = "written" if number == 1 else "beside"
        old = _read(target)
        if old is not None:
            _demand_closed(target)
        if old is None or is_sealed(old):
            chosen = _Chosen(quarter, carried)
            write_changed(target, build(chosen.period, chosen.directorate, dict(carried.notes), chosen.measure))
            return Placed(target, how, tuple(said))
        try:
            held = choices_of(old)
            carried = held if number == 1 else carried
            return _refresh(target, old, quarter, build, as_at, held, how, said)
        except DamagedError:
            backup = _keep(target, old, as_at)
            chosen = _Chosen(quarter, carried)
            write_whole(target, build(chosen.period, chosen.directorate, dict(carried.notes), chosen.measure))
            said.append(f"{target.name} was no workbook; it lies in {backup.parent.name} as {backup.name} now.")
            return Placed(target, how, tuple(said), backup)
        except RefusedError as error:
            said.append(f"{target.name} was left as it is. {error}")
    raise CannotWriteError(f"{path.parent} holds {_MOST_BESIDE} scorecards that cannot be refreshed. {' '.join(said)}")


def _refresh(
    target: Path,
    old: bytes,
    quarter: Quarter,
    build: Build,
    as_at: datetime,
    held: Choices,
    how: How,
    said: list[str],
) -> Placed:
    chosen = _Chosen(quarter, held)
    fresh = build(chosen.period, chosen.directorate, dict(held.notes), chosen.measure)
    done = refreshed(old, fresh, reset=tuple(chosen.unknown))
    sentences = (*said, *filter(None, chosen.unknown.values()), *done.sentences)
    placed = Placed(target, "refreshed" if how == "written" else how, sentences)
    if done.data == old:
        return placed
    backup = _keep(target, old, as_at)
    if _read(target) != old:
        raise CannotWriteError(f"{target} was saved by somebody meanwhile and is left as it is. Run it again.")
    write_whole(target, done.data)
    return replace(placed, backup=backup)


class _Chosen:
    """What is chosen: the quarter's own period, all directorates and on Detail any measure, where what stands in the
    pickers is none.

    `unknown` are the sentences about that, by the defined name of the picker; empty where there is nothing to say.
    """

    def __init__(self, quarter: Quarter, held: Choices) -> None:
        self.unknown: dict[str, str] = {}
        periods = {period.label: period for period in quarter.periods}
        self.period = periods.get(held.period, quarter.period)
        if held.period not in periods:
            self.unknown[CHOSEN_PERIOD] = (
                f"The period {held.period!r} that was chosen is none of the book; it is {self.period.label} now."
            )
        labels = {label: key for key, label in View(quarter, quarter.period).directorate_labels.items()}
        self.directorate = labels.get(held.directorate, "")
        if held.directorate not in labels:
            self.unknown[CHOSEN_DIRECTORATE] = (
                f"The directorate {held.directorate!r} that was chosen is none of the book; all are shown now."
            )
        called = measure_labels(quarter.framework)
        self.measure = held.measure_key if held.measure_key in called else ""
        if called and not self.measure:
            self.unknown[CHOSEN_MEASURE] = (
                f"The measure {held.measure!r} that was chosen on Detail is none of the book; another is shown now."
                if held.measure
                else ""
            )
        elif called.get(self.measure, "") != held.measure:
            # It is called something else now.
            self.unknown[CHOSEN_MEASURE] = ""


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotWriteError(why_not_written(path, error)) from error


def _demand_closed(path: Path) -> None:
    """Whoever has a workbook open would write over what is refreshed beneath it."""
    for owner in (path.with_name(f"{EXCEL}{path.name}"), path.with_name(f"{LIBREOFFICE}{path.name}#")):
        if owner.exists():
            person = read_person(owner) or SOMEBODY
            raise CannotWriteError(
                f"{person} has {path} open; it is unchanged. Close it and run it again. If nobody has it open, delete "
                f"{owner.name} beside it."
            )


def _keep(path: Path, old: bytes, as_at: datetime) -> Path:
    """A copy of the book as it was, in the folder `earlier`; the ten newest of its name stay."""
    folder = path.parent / "earlier"
    mark = hashlib.sha256(old).hexdigest()[:6]
    backup = folder / f"{path.stem} before {as_at:%Y-%m-%d %H%M} {mark}{path.suffix}"
    write_changed(backup, old)
    kept = sorted(
        folder.glob(f"{glob.escape(path.stem)} before *{path.suffix}"),
        key=lambda each: (each.stat().st_mtime_ns, each.name),
    )
    for surplus in kept[:-_KEPT]:
        remove_file(surplus)
    return backup
