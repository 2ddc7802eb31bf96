"""What people did to a return beside filling it: told once, as one list, for everything was found all the same.

And what they did that may have lost something: notes and pictures where figures belong, cells merged over inputs,
figures beside the rows of the measures. That is told cell by cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import Finding, Severity
from perfbook.returns import layout
from perfbook.returns._addresses import Area
from perfbook.returns._cells import beside, listed, says
from perfbook.returns._copies import Copies
from perfbook.returns._grid import Keyed, address
from perfbook.returns._locked import altered, facts_to_compare
from perfbook.returns._notes import Note, notes_on
from perfbook.returns._ooxml import CarefulBook
from perfbook.workbook.text import folded, one_line


def _headers() -> dict[str, tuple[str, ...]]:
    """What each input may be headed, by the key of its column: some otherwise where a measure rolls over the year."""
    found: dict[str, tuple[str, ...]] = {}
    for wanted in (layout.EVERYTHING, replace(layout.EVERYTHING, rolling=False)):
        for column in layout.columns(1, wanted=wanted):
            if column.kind == "input":
                found[column.key] = (*found.get(column.key, ()), column.header)
    return found


_INPUT_HEADERS = MappingProxyType(_headers())
_ACTIVE = {
    "vbaProject": "macros",
    "xlMacrosheet": "macros of the old kind",
    "externalLink": "links to other workbooks or programs",
}


@dataclass(frozen=True)
class Shape:
    """A return as it lies there: its sheets by the name under which they were issued, and those that are Measures.

    `layout` is the checksum of the layout with which it was issued.
    """

    file: str
    copies: Copies
    others: Mapping[str, Keyed]
    careful: CarefulBook | None
    layout: str

    @property
    def measures(self) -> Keyed:
        """The sheet Measures that is read."""
        return self.copies.main


def alterations(
    shape: Shape, framework: Framework, directorate: str, period: Period, *, changed: bool
) -> tuple[Finding, ...]:
    """The findings about everything that was altered; `changed` says that the framework is another than at issue."""
    found = [*_names(shape), *_places(shape.measures)]
    if shape.layout == layout.checksum():
        found += _columns(shape.measures)
    if not changed:
        found += _order(shape.measures, framework, directorate)
    asks = any(measure.about(period) for measure in framework.measures_of(directorate, period))
    found += _protection(shape, asks=asks)
    findings = []
    if found:
        words = f"The workbook was altered, and understood all the same: {'; '.join(found)}."
        findings.append(_finding(shape, "R221", "info", words, "Nothing to do."))
    if not changed:
        findings += altered(shape.copies, facts_to_compare(shape.copies, framework, directorate, period), shape.file)
    lost = (_columns_twice, _beside, _merged, _notes)
    return (*findings, *_active(shape), *(finding for look in lost for finding in look(shape)))


def _names(shape: Shape) -> Iterator[str]:
    for issued, keyed in {layout.MEASURES: shape.measures, **shape.others}.items():
        name, careful = keyed.sheet.name, keyed.sheet.careful
        if name and name != issued:
            yield f"the sheet {issued} is called {_quoted(name)}"
        if careful and not careful.visible and issued != layout.IDENTITY:
            yield f"the sheet {name} is hidden"


def _places(measures: Keyed) -> Iterator[str]:
    above, before = measures.corner
    if above:
        yield f"{_count(above, 'row was', 'rows were')} inserted at the top of {measures.sheet.name}"
    if before:
        yield f"{_count(before, 'column was', 'columns were')} inserted at its left"
    rows = sorted(measures.rows.values())
    gaps = rows[-1] - rows[0] + 1 - len(set(rows)) - len(measures.twice) if rows else 0
    if gaps > 0:
        yield f"{_count(gaps, 'row was', 'rows were')} inserted between the measures"


def _columns(measures: Keyed) -> Iterator[str]:
    columns, before = sorted(measures.columns.values()), measures.corner[1]
    wide = columns[-1] - before - len(set(columns)) if columns else 0
    if wide > 0:
        yield f"{_count(wide, 'column was', 'columns were')} inserted or emptied"
    known = [column.key for column in layout.columns(layout.EARLIER_MOST, asked=True, wanted=layout.EVERYTHING)]
    there = [key for key in sorted(measures.columns, key=lambda key: measures.columns[key]) if key in known]
    if there != sorted(there, key=known.index):
        yield "columns were moved"
    wrong = [headers[-1] for key, headers in _INPUT_HEADERS.items() if not _has_header(measures, key, headers)]
    if wrong:
        yield f"the heading of {', '.join(wrong)} was changed"


def _has_header(measures: Keyed, key: str, headers: tuple[str, ...]) -> bool:
    column = measures.columns.get(key)
    if column is None:
        return True  # said already that it is missing
    first = min(measures.rows.values(), default=0)
    rows = range(measures.corner[0] + 1, first)
    known = [folded(header) for header in headers]
    return any(folded(measures.sheet.value((row, column))) in known for row in rows)


def _order(measures: Keyed, framework: Framework, directorate: str) -> Iterator[str]:
    places = framework.places
    there = [key for key in sorted(measures.rows, key=lambda key: measures.rows[key]) if key in places]
    own = [key for key in there if framework.by_key[key].directorate == directorate]
    if own != sorted(own, key=places.__getitem__):
        yield "rows were moved or sorted"


def _protection(shape: Shape, *, asks: bool) -> Iterator[str]:
    """`asks`: some figure is due. A return that asks for none was sent out without drop-downs."""
    for name, keyed in {layout.MEASURES: shape.measures, **shape.others}.items():
        careful = keyed.sheet.careful
        if careful and name != layout.IDENTITY:
            if not careful.protected:
                yield f"the protection of {keyed.sheet.name} was taken off"
            if asks and name == layout.MEASURES and careful.cells:
                yield from _validation(keyed, careful.validated)


def _validation(measures: Keyed, validated: Sequence[Area]) -> Iterator[str]:
    """Inputs that no longer have limits: what is typed keeps them, what is pasted brings its own or none."""
    if not validated:
        yield f"the drop-downs and limits of {measures.sheet.name} are gone"
        return
    columns = [measures.columns[key] for key in layout.INPUT_KEYS if key in measures.columns]
    rows = sorted(measures.rows.values())
    limited = {(top, left) for top, left, bottom, right in validated if (top, left) == (bottom, right)}
    wide = [area for area in validated if area[:2] != area[2:]]
    inputs = set(columns)
    for top, left, bottom, right in wide:
        covered = rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
        limited |= {(row, column) for column in inputs if left <= column <= right for row in covered}
    there = [(row, column) for row in rows for column in columns if (row, column) not in limited]
    bare = [address(place) for place in there if says(measures.sheet, place)]
    if bare:
        yield f"cells of {measures.sheet.name} were pasted over, so their limits are gone: {listed(bare)}"


def _columns_twice(shape: Shape) -> Iterator[Finding]:
    measures = shape.measures
    for key, column in measures.columns_twice:
        if key in _INPUT_HEADERS:
            first, second = (address((measures.corner[0], at)) for at in (measures.columns[key], column))
            words = f"Two columns claim to be {_INPUT_HEADERS[key]}, below {first} and {second}; the first was read."
            yield _finding(shape, "R220", "error", words, "Bring the figures together in one of them.", cell=second)


def _active(shape: Shape) -> Iterator[Finding]:
    kinds = [_ACTIVE[kind] for kind in shape.careful.active if kind in _ACTIVE] if shape.careful else []
    if kinds:
        words = f"The workbook holds {' and '.join(kinds)}; nothing of them was run or followed."
        yield _finding(shape, "R219", "info", words, "Nothing to do; a return needs none.")


def _beside(shape: Shape) -> tuple[Finding, ...]:
    headers = {key: usual for key, (*_, usual) in _INPUT_HEADERS.items()}
    return beside(shape.measures, headers, shape.file, "measure")


def _merged(shape: Shape) -> Iterator[Finding]:
    measures = shape.measures
    careful = measures.sheet.careful
    if careful is None or not careful.merged:
        return
    inputs = {measures.columns[key] for key in layout.INPUT_KEYS if key in measures.columns}
    rows = set(measures.rows.values())
    for top, left, bottom, right in careful.merged:
        covered_rows = [row for row in rows if top <= row <= bottom]
        covered = [column for column in inputs if left <= column <= right]
        if len(covered_rows) * len(covered) > 1:
            area = f"{address((top, left))}:{address((bottom, right))}"
            words = f"The cells {area} are merged: only the first of them holds something, the others count as blank."
            remedy = "Take the merge apart, and fill each cell."
            yield _finding(shape, "R218", "warning", words, remedy, cell=address((top, left)))


def _notes(shape: Shape) -> Iterator[Finding]:
    """Comments and pictures at an input that is blank: somebody may have answered with them."""
    measures, book = shape.measures, shape.careful
    careful = measures.sheet.careful
    if book is None or careful is None:
        return
    rows = {row: key for key, row in measures.rows.items()}
    columns = {measures.columns[key]: key for key in layout.INPUT_KEYS if key in measures.columns}
    for note in notes_on(book.package, careful.part):
        row, column = note.place
        if note.text.strip().startswith(layout.ASKED_SIGN):
            continue  # what we asked, in a book that went back
        if row in rows and column in columns and measures.sheet.value(note.place) is None:
            key = rows[row].partition("@")[0]
            remedy = "Type the value into the cell."
            yield _finding(shape, "R215", "warning", _note_words(note), remedy, cell=address(note.place), measure=key)


def _note_words(note: Note) -> str:
    if note.picture:
        return "There is a picture over this blank cell; pictures are not read."
    return f"There is a comment on this blank cell, {_quoted(note.text)}; comments are not read."


def _finding(
    shape: Shape, code: str, severity: Severity, found: str, remedy: str, *, cell: str = "", measure: str = ""
) -> Finding:
    return Finding(code, severity, shape.file, shape.measures.sheet.name, cell, measure, found, "", remedy)


def _quoted(text: str) -> str:
    return f"\u201c{one_line(text, 80)}\u201d"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
