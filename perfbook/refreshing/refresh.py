"""Refreshing a scorecard that officers have worked in, outside Excel: their book, with the figures of a fresh one.

Both books are given as bytes, and so is what comes of them: the same books give the same bytes. What is not perfbook's
is copied as it is compressed: sheets, charts, comments, macros. In sheets of perfbook only the cells whose content
differs are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from perfbook.refreshing.book import Book, open_book
from perfbook.refreshing.cells import Area, Place, Value, address, pointed_at
from perfbook.refreshing.charts import freshened
from perfbook.refreshing.filters import filtered
from perfbook.refreshing.fit import Fit, Listed, fact, fitted
from perfbook.refreshing.formulas import quoted
from perfbook.refreshing.lay import Laid, Sheets, lay
from perfbook.refreshing.markup import replaced, text_bytes, tree, with_attributes
from perfbook.refreshing.package import rewritten
from perfbook.refreshing.sheet import Change, SheetText, patched
from perfbook.refreshing.shown import shown_columns, shown_rows
from perfbook.refreshing.sparklines import sparkline_edits
from perfbook.refreshing.styles import styles_of
from perfbook.scorecard.identity import NOTICE, ROWS
from perfbook.scorecard.places import SHOWN_COLUMNS, SHOWN_ROWS

_MOST_TOLD = 5
STALE = (
    "Refreshed outside Excel: your own formulas, charts and pivot tables show earlier results until this workbook is "
    "opened in Excel."
)
_FORMULA = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[ >/]")


@dataclass(frozen=True)
class Refreshed:
    """A refreshed book; `sentences` are what the run has to say of it."""

    data: bytes
    sentences: tuple[str, ...]


def refreshed(theirs: bytes, fresh: bytes, *, reset: Collection[str] = ()) -> Refreshed:
    """Officers' book `theirs` with the figures of the book `fresh`, which has the same choices.

    `reset` are defined names of choices that are to be those of the fresh book. Raises RefusedError with a sentence
    that names what stands in the way.
    """
    book, new = open_book(theirs), open_book(fresh)
    return _Refresh(book, new, fitted(book, new), frozenset(reset)).run()


class _Refresh:
    """One run over one book."""

    def __init__(self, theirs: Book, fresh: Book, fit: Fit, reset: frozenset[str]) -> None:
        self.theirs, self.fresh, self.fit, self.reset = theirs, fresh, fit, reset
        self.styles, self.fresh_styles = styles_of(theirs), styles_of(fresh)
        self.same = fact(theirs, "framework_version") == fact(fresh, "framework_version")
        self.changed: dict[str, bytes] = {}
        self.sentences: list[str] = []
        self.recalculate = False
        self.stale = self._foreign_parts()

    def run(self) -> Refreshed:
        notice = self._place(NOTICE)
        first = notice[0] if notice else ""
        hidden = {
            e.attributes.get("name", "")
            for h in self.fresh.root.of("sheets")
            for e in h.of("sheet")
            if "state" in e.attributes
        }
        # The first sheet at the end: it says what was met on the others.
        for name in sorted(self.fit.sheets, key=lambda each: each == first):
            self._sheet(name, hidden=name in hidden, notice=notice[1] if notice and name == first else None)
        self._workbook()
        self.changed |= freshened(self.theirs, self.fresh, self.fit.sheets)
        styles = self.styles.changed()
        if styles is not None:
            self.changed[self.styles.part] = styles
        dropped = self._drop_chain() if self.recalculate else frozenset[str]()
        changed = {part: content for part, content in self.changed.items() if content != self.theirs.package.read(part)}
        data = rewritten(self.theirs.package, changed, dropped) if changed or dropped else self.theirs.package.data
        return Refreshed(data, tuple(self.sentences))

    def _place(self, name: str) -> tuple[str, Place] | None:
        found = self.fresh.name(name)
        where = pointed_at(found.refers_to) if found else None
        return (where[0], (where[1].top, where[1].left)) if where else None

    # -- Sheets -----------------------------------------------------------------------------------------------------

    def _sheet(self, name: str, *, hidden: bool, notice: Place | None) -> None:
        held = self.fit.sheets[name]
        theirs, fresh, listed = self.theirs.sheet(held), self.fresh.sheet(name), self.fit.lists.get(name)
        officers = tuple(area for area in self.fit.theirs[name] if not self._is_reset(name, area))
        sheets = Sheets(
            held,
            theirs,
            fresh,
            self.fit.sheets,
            self.styles,
            self.fresh_styles,
            officers,
            (*self.fit.data[name], *(area for area in self.fit.theirs[name] if area not in officers)),
            self._areas(name, ROWS),
            listed,
            self.same,
            hidden,
        )
        laid = lay(sheets)
        self.stale = self.stale or laid.foreign
        self._tell(held, laid)
        rows, sentence = filtered(theirs, laid, listed)
        if sentence:
            self.sentences.append(sentence)
        if notice is not None:
            self._notice(theirs, laid, notice, fresh.value(notice).text)
        self.recalculate = self.recalculate or any(change.formula is not None for change in laid.changes.values())
        rows |= shown_rows(theirs, fresh, self._areas(name, SHOWN_ROWS))
        columns = shown_columns(theirs, fresh, self._areas(name, SHOWN_COLUMNS))
        more = [
            *columns,
            *sparkline_edits(theirs, fresh, self.fit.sheets),
            *(_stretched(theirs, listed) if listed else []),
        ]
        if laid.changes or laid.heights or rows or more:
            self.changed[theirs.part] = patched(theirs, laid.changes, laid.heights, rows, more)
        if listed:
            self._table(listed)
        self.theirs.forget(held)
        self.fresh.forget(name)

    def _is_reset(self, sheet: str, area: Area) -> bool:
        return any(self._place(name) == (sheet, (area.top, area.left)) for name in self.reset)

    def _areas(self, sheet: str, begins: str) -> tuple[Area, ...]:
        """The areas on a sheet under names that begin so."""
        found = [pointed_at(name.refers_to) for name in self.fresh.names if name.name.startswith(begins)]
        return tuple(where[1] for where in found if where and where[0] == sheet)

    def _tell(self, sheet: str, laid: Laid) -> None:
        told = laid.restored[:_MOST_TOLD]
        for place, held in told:
            what = f"held {held!r}" if held else "was empty"
            self.sentences.append(
                f"{sheet}!{address(place)} {what} in place of what perfbook writes there, which was put back."
            )
        if len(laid.restored) > len(told):
            self.sentences.append(f"{len(laid.restored) - len(told)} more cells of the sheet {sheet} were put back.")

    def _notice(self, theirs: SheetText, laid: Laid, place: Place, notice: str) -> None:
        """The sentence on the first sheet is a value of a formula that gives the notice alone: Excel takes it away."""
        text = " ".join(part for part in (notice, STALE if self.stale else "") if part)
        change = laid.changes.pop(place, None)
        cell = theirs.cell(place)
        if cell is None or (change is not None and change.formula is not None) or cell.value != Value("text", text):
            laid.changes[place] = Change(Value("text", text), change.formula if change else None)

    def _foreign_parts(self) -> bool:
        """Whether officers have formulas, charts or pivot tables of their own on sheets of their own."""
        ours = set(self.fit.sheets.values())
        for name, part in self.theirs.sheets.items():
            if name in ours:
                continue
            if _FORMULA.search(self.theirs.package.read(part)):
                return True
            if any(each.kind in ("drawing", "pivotTable") for each in self.theirs.related(part)):
                return True
        return False

    # -- Tables, names, the workbook --------------------------------------------------------------------------------

    def _table(self, listed: Listed) -> None:
        """The table's area, and that of its filter and sorting, end where the list does."""
        old, new = listed.theirs.area, listed.fresh.area
        if old == new:
            return
        content = listed.theirs.content
        edits = []
        for element in (
            listed.theirs.root,
            *(e for n in ("autoFilter", "sortState", "sortCondition") for e in listed.theirs.root.every(n)),
        ):
            area = pointed_at(f"x!{element.attributes.get('ref', '')}")
            if area and area[1].bottom == old.bottom:
                ref = Area(area[1].top, area[1].left, new.bottom, area[1].right).text
                edits.append(
                    (
                        element.start,
                        element.inside,
                        with_attributes(content[element.start : element.inside], {"ref": ref}),
                    )
                )
        self.changed[listed.theirs.part] = replaced(content, edits)

    def _workbook(self) -> None:
        edits = []
        content = self.theirs.content
        for listed in self.fit.lists.values():
            name = self.theirs.name(listed.name)
            assert name is not None
            if listed.body != listed.new_body:
                refers_to = f"{quoted(listed.theirs.sheet)}!{listed.new_body.absolute}"
                edits.append((name.element.inside, name.element.close, text_bytes(refers_to)))
        edits += self._print_areas()
        element = self.theirs.root.first("calcPr")
        if element is not None:
            if element.attributes.get("fullCalcOnLoad") not in ("1", "true"):
                tag = with_attributes(content[element.start : element.inside], {"fullCalcOnLoad": "1"})
                edits.append((element.start, element.inside, tag))
            if element.attributes.get("calcMode") == "manual":
                self.sentences.append("The workbook is set to manual calculation: press F9 after opening it.")
        else:
            # After the names, or what stands before them, as the schema orders it.
            before = [
                e
                for n in ("sheets", "functionGroups", "externalReferences", "definedNames")
                for e in self.theirs.root.of(n)
            ]
            at = max(each.end for each in before)
            prefix = content[before[0].start + 1 : before[0].inside].split(b"sheets")[0]
            edits.append((at, at, b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>'))
        if edits:
            self.changed[self.theirs.part] = replaced(content, edits)

    def _print_areas(self) -> list[tuple[int, int, bytes]]:
        """How far a sheet is printed, where only the last row differs: other areas are theirs."""
        edits = []
        fresh = {each.sheet: pointed_at(each.refers_to) for each in self.fresh.names if each.name == "_xlnm.Print_Area"}
        for name in self.theirs.names:
            ours = next((key for key, held in self.fit.sheets.items() if held == name.sheet), "")
            new, old = fresh.get(ours), pointed_at(name.refers_to)
            if name.name != "_xlnm.Print_Area" or new is None or old is None or old[1] == new[1]:
                continue
            if (old[1].top, old[1].left, old[1].right) == (new[1].top, new[1].left, new[1].right):
                refers_to = f"{quoted(name.sheet)}!{new[1].absolute}"
                edits.append((name.element.inside, name.element.close, text_bytes(refers_to)))
        return edits

    def _drop_chain(self) -> frozenset[str]:
        """The order of calculation names cells that no longer fit; Excel makes it anew."""
        chain = next((each for each in self.theirs.relations if each.kind == "calcChain"), None)
        if chain is None:
            return frozenset()
        package = self.theirs.package
        folder, _, name = self.theirs.part.rpartition("/")
        for part, attribute, value in (
            (f"{folder}/_rels/{name}.rels".lstrip("/"), "Id", chain.identity),
            ("[Content_Types].xml", "PartName", f"/{chain.target}"),
        ):
            content = package.read(part)
            gone = [
                (each.start, each.end, b"")
                for each in tree(content, part).children
                if each.attributes.get(attribute) == value
            ]
            self.changed[part] = replaced(content, gone)
        return frozenset({chain.target})


def _stretched(sheet: SheetText, listed: Listed) -> list[tuple[int, int, bytes]]:
    """Officers' conditional formats and validations that end with a list that grows go on to its new end."""
    old, new = listed.body, listed.new_body
    if new.bottom <= old.bottom:
        return []

    def stretch(text: str) -> str:
        pieces = []
        for piece in text.split():
            found = pointed_at(f"x!{piece}")
            area = found[1] if found else None
            if (
                area
                and area.top in (old.top, old.top - 1)
                and area.bottom == old.bottom
                and old.left <= area.left <= old.right
            ):
                piece = Area(area.top, area.left, new.bottom, area.right).text
            pieces.append(piece)
        return " ".join(pieces)

    edits = []
    for name in ("conditionalFormatting", "dataValidation"):
        for element in sheet.root.every(name):
            held = element.attributes.get("sqref", "")
            if stretch(held) != held:
                tag = sheet.content[element.start : element.inside]
                edits.append((element.start, element.inside, with_attributes(tag, {"sqref": stretch(held)})))
    return edits
