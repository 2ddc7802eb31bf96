"""Rows of the sheet Adjustments about the rating of an action, read and filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from perfbook.framework._content import Entry
from perfbook.framework._tables import Cell, Problems, Row, number_in, suggestion
from perfbook.framework.adjustment_sheet import UNRATED
from perfbook.framework.model import Action, Adjustment, Deliverable, Framework, Scheme
from perfbook.framework.periods import Kind, Period
from perfbook.framework.plan import reference_of
from perfbook.records import NOT_RATED
from perfbook.workbook.lookalikes import latin

# The columns that only a rating uses.
FIELDS = {
    "deliverable": "a deliverable",
    "update": "an update",
    "progress": "a share of what is done",
    "revised": "a revised date",
}


@dataclass(frozen=True)
class Plan:
    """The actions of a workbook, and how they are rated. `usual` is the key of the usual scheme for ratings."""

    actions: Sequence[Action]
    deliverables: Sequence[Deliverable]
    schemes: Mapping[str, Scheme]
    usual: str

    def read(self, row: Row, plain: Adjustment, problems: Problems, reporting: Kind) -> Adjustment | None:
        """The adjustment of a row; None after a mistake."""
        action = self.action(row["key"], problems)
        if action is None:
            return None
        if plain.period.kind != reporting:
            words = f"{plain.period} is no period for which returns are sent out."
            problems.add(row["period"], words, f"Name the {reporting} in which the action is rated.")
            return None
        if not action.in_force(plain.period):
            words = f"The action {action.key!r} is not reported in {plain.period}."
            problems.add(row["period"], words, "Correct the period, or First and Last on the sheet Actions.")
            return None
        place = self.deliverable(row["deliverable"], action, problems)
        band = self.band(row["value"], action, problems)
        progress = _share(row["progress"], problems)
        if place is None or band is None:
            return None
        made = replace(
            plain,
            action=action.key,
            deliverable=place,
            band=band,
            shown=row["value"].words,
            update=row["update"].text,
            progress=progress,
            revised=_day(row["revised"]),
        )
        if all(row[field].blank for field in ("value", "update", "progress", "revised")):
            problems.add(row["value"], "To set the rating a value is needed.", "Type it, or an update, or a date.")
            return None
        return made

    def action(self, cell: Cell, problems: Problems) -> Action | None:
        """The action whose key a cell holds; None after a mistake."""
        if cell.broken:
            return None
        if cell.blank:
            problems.add(cell, "The row has no key.", "Type the key of the action, or clear the row.")
            return None
        by_key = {action.key.casefold(): action for action in self.actions}
        found = by_key.get(cell.words.casefold())
        if found is None:
            near = suggestion(cell.words, [action.key for action in self.actions])
            problems.add(cell, f"There is no action with the key {cell.words!r}.{near}", "Type a key of Actions.")
        return found

    def deliverable(self, cell: Cell, action: Action, problems: Problems) -> str | None:
        """The key of the deliverable that is meant; empty for all places, None after a mistake."""
        if cell.broken:
            return None
        if cell.blank:
            return ""
        own = [each for each in self.deliverables if each.key in action.deliverables]
        wanted = cell.words.casefold()
        found = [each for each in own if each.key.casefold() == wanted]
        found = found or [each for each in own if reference_of(each.code) == reference_of(latin(cell.words)) != ""]
        if len(found) == 1:
            return found[0].key
        names = ", ".join(each.code or each.key for each in own) or "none"
        what = "Several deliverables of the action have that reference" if found else "The action does not stand there"
        keys = ", ".join(each.key for each in found)
        remedy = f"Name one by key: {keys}." if found else f"It stands under: {names}. Blank is all of them."
        problems.add(cell, f"{what}: {cell.words!r}.", remedy)
        return None

    def band(self, cell: Cell, action: Action, problems: Problems) -> str | None:
        """The key of the band that is meant, NOT_RATED for none; empty for a blank cell, None after a mistake."""
        if cell.broken:
            return None
        if cell.blank:
            return ""
        scheme = self.schemes.get(action.scheme or self.usual)
        bands = scheme.bands if scheme else ()
        words = {band.key.casefold(): band.key for band in bands} | {band.word.casefold(): band.key for band in bands}
        found = (words | dict.fromkeys((UNRATED, NOT_RATED, "none"), NOT_RATED)).get(cell.words.casefold())
        if found is None:
            options = (*(band.word for band in bands), UNRATED)
            near = suggestion(cell.words, (*words, *options))
            said = f"{cell.words!r} is no rating of the scheme {scheme.key if scheme else ''!r}.{near}"
            problems.add(cell, said, f"Choose one of: {', '.join(options)}.")
        return found


def _share(cell: Cell, problems: Problems) -> Decimal | None:
    """The share of what is done, from 0 to 1; None for a blank cell and after a mistake."""
    if cell.broken or cell.blank:
        return None
    number = number_in(cell)
    if number is not None and 0 <= number <= 1:
        return number
    problems.add(cell, f"{cell.words!r} is no share of what is done.", "Type a percentage from 0% to 100%.")
    return None


def _day(cell: Cell) -> str:
    if cell.broken:
        return ""
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    return cell.value.isoformat() if isinstance(cell.value, date) else cell.words


def rating_entries(framework: Framework, each: Adjustment) -> dict[str | Period, Entry]:
    """What the cells of such a row hold beside those that every adjustment has."""
    action = framework.actions_by_key.get(each.action)
    revised: Entry = each.revised
    with suppress(ValueError):
        revised = date.fromisoformat(each.revised)
    return {
        "key": each.action,
        "code": (action.written or action.code) if action else "",
        "title": action.title if action else "",
        "value": each.shown,
        "deliverable": each.deliverable,
        "update": each.update,
        "progress": each.progress,
        "revised": revised,
    }
