"""Filters that officers have set on a list: which of its rows they show now that it holds others.

Excel applies a filter when a person does, not when it opens a workbook: rows that were hidden would stay so, whatever
stands in them.
"""

from __future__ import annotations

from perfbook.refreshing.cells import Value
from perfbook.refreshing.fit import Listed
from perfbook.refreshing.lay import Laid
from perfbook.refreshing.markup import Element
from perfbook.refreshing.sheet import SheetText

_AGAIN = "Press Reapply on the tab Data."


def filtered(sheet: SheetText, laid: Laid, listed: Listed | None) -> tuple[dict[int, bool], str]:
    """Rows whose hiding changes, from 0, and a sentence where a filter cannot be followed.

    A choice of texts in columns of a list is followed. For any other all rows of the list are shown.
    """
    own = sheet.root.first("autoFilter")
    if listed is None:
        if own is not None and own.first("filterColumn") is not None and laid.changes:
            return {}, f"The rows that a filter shows on the sheet {laid.name} are those from before. {_AGAIN}"
        return {}, ""
    holder = listed.theirs.root.first("autoFilter")
    columns = list(holder.of("filterColumn")) if holder else []
    if not columns:
        return {}, ""
    chosen = {int(each.attributes.get("colId", "0")): _texts(each) for each in columns}
    body, texts = listed.new_body, {number: names for number, names in chosen.items() if names is not None}
    held = {
        row: [_held(sheet, laid, (row, body.left + number)) for number in texts]
        for row in range(body.top, body.bottom + 1)
    }
    # A filter names figures as they are shown, which is not how they are held.
    figures = any(value.kind not in ("text", "blank") for values in held.values() for value in values)
    followed = len(texts) == len(chosen) and not figures
    rows: dict[int, bool] = {}
    for row in range(body.top, max(body.bottom, listed.body.bottom) + 1):
        pairs = zip(held.get(row, ()), texts.values(), strict=False)
        shown = not followed or all(value.text.casefold() in names for value, names in pairs)
        element = sheet.rows[row].element if row in sheet.rows else None
        is_hidden = element is not None and element.attributes.get("hidden") in ("1", "true")
        if is_hidden == shown:
            rows[row] = not shown
    if followed:
        return rows, ""
    return rows, f"The filter on the sheet {laid.name} could not be followed; all rows are shown. {_AGAIN}"


def _texts(column: Element) -> frozenset[str] | None:
    """The texts that a filter lets through, in lower case; None for a filter of another kind."""
    filters = column.first("filters")
    if filters is None or len(column.children) != 1 or any(each.name != "filter" for each in filters.children):
        return None
    texts = {each.attributes.get("val", "").casefold() for each in filters.children}
    return frozenset(texts | {""} if filters.attributes.get("blank") in ("1", "true") else texts)


def _held(sheet: SheetText, laid: Laid, place: tuple[int, int]) -> Value:
    change = laid.changes.get(place)
    return change.value if change else sheet.value(place)
