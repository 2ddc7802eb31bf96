"""The styles of a workbook: which number format a cell has, and one more style where a figure needs another."""

from __future__ import annotations

from dataclasses import dataclass, field

from perfbook.refreshing.book import Book
from perfbook.refreshing.markup import Element, replaced, tree, with_attributes
from perfbook.returns._looks import BUILT_IN_FORMATS

_FIRST_OWN = 164


@dataclass
class Styles:
    """The part with the styles. `formats` are number formats by their number, `cells` the styles of cells."""

    part: str
    content: bytes
    root: Element | None
    formats: dict[int, str]
    cells: list[Element]
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _new_cells: list[bytes] = field(default_factory=list)
    _new_formats: dict[str, int] = field(default_factory=dict)

    def format_of(self, style: str) -> str:
        """The number format of a style."""
        number = int(style) if style.isdigit() else 0
        if number >= len(self.cells):
            return "General"
        given = self.cells[number].attributes.get("numFmtId", "0")
        return self.formats.get(int(given)) or BUILT_IN_FORMATS.get(given, "General")

    def with_format(self, style: str, code: str) -> str:
        """The same style with another number format: one that is there, or one more."""
        if self.format_of(style) == code or self.root is None:
            return style
        key = (style, code)
        if key not in self._made:
            number = int(style) if style.isdigit() and int(style) < len(self.cells) else 0
            self._made[key] = self._alike(number, code) or self._add(number, code)
        return self._made[key]

    def _alike(self, number: int, code: str) -> str | None:
        """A style that differs from another in nothing but its number format."""
        wanted = self._bare(self.cells[number])
        for other, element in enumerate(self.cells):
            if self.format_of(str(other)) == code and self._bare(element) == wanted:
                return str(other)
        return None

    def _bare(self, element: Element) -> bytes:
        tag = self.content[element.start : element.inside]
        return (
            with_attributes(tag, {"numFmtId": None, "applyNumberFormat": None})
            + self.content[element.inside : element.end]
        )

    def _add(self, number: int, code: str) -> str:
        known = [key for key, each in self.formats.items() if each == code]
        known += [int(key) for key, each in BUILT_IN_FORMATS.items() if each == code and int(key) not in self.formats]
        if known:
            identity = known[0]
        else:
            identity = max([_FIRST_OWN - 1, *self.formats]) + 1
            self.formats[identity] = code
            self._new_formats[code] = identity
        element = self.cells[number]
        tag = self.content[element.start : element.inside]
        changed = with_attributes(tag, {"numFmtId": str(identity), "applyNumberFormat": "1"})
        self._new_cells.append(changed + self.content[element.inside : element.end])
        return str(len(self.cells) + len(self._new_cells) - 1)

    def changed(self) -> bytes | None:
        """The part with the styles that were added; None where there are none."""
        if not self._new_cells or self.root is None:
            return None
        edits = []
        holder = self.root.first("cellXfs")
        assert holder is not None
        edits += _grown(self.content, holder, self._new_cells, len(self.cells))
        if self._new_formats:
            prefix = self.content[holder.start + 1 : holder.inside].split(b"cellXfs")[0].decode()
            pieces = [
                with_attributes(f"<{prefix}numFmt/>".encode(), {"numFmtId": str(number), "formatCode": code})
                for code, number in self._new_formats.items()
            ]
            formats = self.root.first("numFmts")
            if formats is not None:
                edits += _grown(self.content, formats, pieces, len(list(formats.of("numFmt"))))
            else:
                whole = f'<{prefix}numFmts count="{len(pieces)}">'.encode() + b"".join(pieces)
                edits.append((self.root.inside, self.root.inside, whole + f"</{prefix}numFmts>".encode()))
        return replaced(self.content, edits)


def _grown(content: bytes, holder: Element, pieces: list[bytes], count: int) -> list[tuple[int, int, bytes]]:
    tag = content[holder.start : holder.inside]
    counted = with_attributes(tag, {"count": str(count + len(pieces))})
    return [(holder.start, holder.inside, counted), (holder.close, holder.close, b"".join(pieces))]


def styles_of(book: Book) -> Styles:
    """The styles of a workbook."""
    part = next((each.target for each in book.relations if each.kind == "styles"), "")
    if part not in book.package.names:
        return Styles(part, b"", None, {}, [])
    content = book.package.read(part)
    root = tree(content, part)
    formats = {
        int(element.attributes.get("numFmtId", "0")): element.attributes.get("formatCode", "General")
        for holder in root.of("numFmts")
        for element in holder.of("numFmt")
    }
    holder = root.first("cellXfs")
    cells = list(holder.of("xf")) if holder else []
    return Styles(part, content, root if cells else None, formats, cells)
