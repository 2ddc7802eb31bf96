"""`perfbook publish`: writes the public copy of a period, and records what went out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbook._files import write_whole
from perfbook._lock import held
from perfbook._office import converted
from perfbook.closing import published_tables
from perfbook.collecting.archive import Archive
from perfbook.collecting.events import dump
from perfbook.errors import ArchiveError, UsageError
from perfbook.framework.periods import Period
from perfbook.publishing.book import public_book, table_sheet
from perfbook.publishing.cells import Counts, Earlier, counts_of
from perfbook.publishing.protect import Key, Protection, Rule, protect
from perfbook.publishing.review import NEVER_SAFE, Review, counted, review, review_book
from perfbook.publishing.rules import PublishRules
from perfbook.publishing.source import Source, source_of
from perfbook.publishing.tables import Copy, copy_of
from perfbook.records import Quarter
from perfbook.styling import for_the_public

if TYPE_CHECKING:
    from perfbook.workspace import Progress, Workspace

_KIND, _FORM = "released", 1
COPY, REVIEW = "public copy", "public copy review"


@dataclass(frozen=True)
class Made:
    """A public copy and what is to be looked at before it goes out."""

    copy: Copy
    counts: Counts
    protection: Protection
    rule: Rule
    review: tuple[Review, ...]


@dataclass(frozen=True)
class Published:
    """What `publish` wrote. `sentences` say what could not be done, and what to know of the copy."""

    made: Made
    outputs: Mapping[str, Path]
    released: bool
    sentences: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where a small number can still be worked out, else 0."""
        return int(bool(self.made.protection.exposed))

    def as_json(self) -> dict[str, Any]:
        """The answer of `publish --json`. No hidden number stands in it."""
        made = self.made
        source = made.copy.source
        return {
            "period": source.period.label,
            "closed": source.closing.at.isoformat() if source.closing else None,
            "figures": figures_word(source),
            "small_below": made.rule.threshold,
            "tables": [
                {"sheet": table_sheet(number), "title": table.title, "rows": len(table.rows)}
                for number, table in enumerate(made.copy.tables, start=1)
            ],
            "review": dict(counted(made.review)),
            "to_review": [vars(each) for each in made.review],
            "released": self.released,
            "outputs": {name: str(path) for name, path in self.outputs.items()},
        }


def figures_word(source: Source) -> str:
    """Which figures these are: `provisional`, `as published` or `revised`."""
    if source.closing is None:
        return "provisional"
    return "as published" if source.as_published else "revised"


def make(
    quarter: Quarter,
    rules: PublishRules,
    *,
    published: Mapping[str, Any] | None = None,
    revised: bool = False,
    earlier: Earlier | None = None,
) -> Made:
    """The public copy of a quarter. `published` are the tables of its closing, where it is closed."""
    known = earlier or Earlier()
    source = source_of(quarter, published, revised=revised, periods=rules.periods)
    rule = Rule(rules.small_below, rules.zeros, rules.round_to)
    counts = counts_of(source, rules, known)
    protection = protect(counts.cells, counts.relations, rule)
    found = review(source, counts, protection, rule, rules, known)
    return Made(copy_of(source, counts, protection, rule), counts, protection, rule, found)


def publish(
    workspace: Workspace,
    *,
    period: str | Period | None = None,
    as_at: datetime | None = None,
    revised: bool = False,
    release: bool = False,
    ods: bool = True,
    progress: Progress | None = None,
) -> Published:
    """Write the public copy of a period from the record, with the list for review; with `release` record that this copy
    goes out, so that later copies do not tell what it hides.

    Raises UsageError where nothing was collected, BusyError, CannotWriteError, LimitError, ArchiveError.
    """
    settings = workspace.settings
    with held(workspace.root):
        archive = workspace.archive
        quarter = workspace.recall(period=period, as_at=as_at, progress=progress)
        closing = next((each for each in quarter.closings if each.period == quarter.period), None)
        made = make(
            quarter,
            settings.publish,
            published=published_tables(archive, closing) if closing else None,
            revised=revised,
            earlier=earlier_copies(archive),
        )
        if not made.copy.tables:
            raise UsageError(f"There is nothing to publish of {quarter.period.label}. Collect first.")
        created = closing.at if closing and not revised else quarter.as_at
        house = workspace.house
        plain, left_out = for_the_public(house)
        data = public_book(made.copy, made.rule, created=created, house=plain)
        outputs = {COPY: workspace.output_path(quarter.period, COPY, "xlsx")}
        write_whole(outputs[COPY], data)
        sentences = [left_out] if left_out else []
        if ods:
            try:
                other = converted(data, ".xlsx", "ods", "save the workbook as ODS in Excel", "the public copy")
            except UsageError as error:
                sentences.append(str(error))
            else:
                outputs["ods"] = workspace.output_path(quarter.period, COPY, "ods")
                write_whole(outputs["ods"], other)
        title = f"{quarter.framework.council} {quarter.period.label}"
        outputs[REVIEW] = workspace.output_path(quarter.period, REVIEW, "xlsx")
        write_whole(outputs[REVIEW], review_book(made.review, title, quarter.as_at, quarter.framework.council, house))
        if release:
            record_release(archive, made, quarter.as_at)
    return Published(made, outputs, release, (*sentences, NEVER_SAFE))


def record_release(archive: Archive, made: Made, at: datetime) -> None:
    """Keep what a copy shows and which numbers it hides, never the hidden ones themselves."""
    rounded = made.rule.round_to
    shown, hidden = [], []
    for cell in made.counts.cells:
        if cell.key in made.protection.hidden:
            hidden.append(list(cell.key))
        elif cell.shown and not rounded:
            shown.append([list(cell.key), f"{cell.value:f}"])
    for key, parts in made.counts.fractions.items():
        if any(part in made.protection.hidden for part in parts):
            hidden.append(list(key))
        else:
            shown.append([list(key), ""])
    period = made.copy.source.period.label
    table = {"form": _FORM, "period": period, "shown": sorted(shown), "hidden": sorted(hidden)}
    digest = archive.store(dump(table))
    last = [event.data["snapshot"] for event in archive.events(_KIND) if event.data["period"] == period]
    if not last or last[-1] != digest:
        archive.append(_KIND, at, {"period": period, "snapshot": digest})


def earlier_copies(archive: Archive) -> Earlier:
    """What the copies that went out showed and hid. Raises ArchiveError where one cannot be read."""
    shown: dict[Key, set[Decimal]] = {}
    hidden: set[Key] = set()
    for event in archive.events(_KIND):
        table = json.loads(archive.load(event.data["snapshot"]))
        if not isinstance(table, dict) or table.get("form") != _FORM:
            raise ArchiveError("A public copy was recorded by another version of perfbook. Update perfbook.")
        for key, value in table["shown"]:
            shown.setdefault(tuple(key), set()).update([Decimal(value)] if value else [])
        hidden.update(tuple(key) for key in table["hidden"])
    return Earlier({key: frozenset(values) for key, values in shown.items()}, frozenset(hidden))
