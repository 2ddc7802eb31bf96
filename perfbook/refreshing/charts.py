"""The values that perfbook's own charts keep beside their references, for viewers that do not calculate.

A chart of ours is known by what it refers to, on a sheet of ours; charts of officers are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from perfbook.refreshing.book import Book
from perfbook.refreshing.formulas import plain, renamed
from perfbook.refreshing.markup import Element, replaced, text_bytes, tree

_CACHES = ("numCache", "strCache")
_Points = list[tuple[str, str]]


def freshened(theirs: Book, fresh: Book, sheets: Mapping[str, str]) -> dict[str, bytes]:
    """The parts of charts whose values change. `sheets` are our sheets' names in the fresh book and in theirs."""
    wanted: dict[tuple[str, ...], dict[str, _Points]] = {}
    for part in _charts(fresh, sheets.keys()):
        found = {
            renamed(ref, sheets): _points(cache) for ref, cache in _references(tree(fresh.package.read(part), part))
        }
        wanted[_known(found)] = {plain(ref): points for ref, points in found.items()}
    changed = {}
    for part in _charts(theirs, sheets.values()):
        content = theirs.package.read(part)
        held = list(_references(tree(content, part)))
        values = wanted.get(_known(ref for ref, _ in held))
        if values is None:
            continue
        edits = []
        for ref, cache in held:
            points = values[plain(ref)]
            if _points(cache) != points:
                edits += _written(content, cache, points)
        if edits:
            changed[part] = replaced(content, edits)
    return changed


def _known(references: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({plain(each) for each in references}))


def _charts(book: Book, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for drawing in book.related(book.sheets[name]):
            if drawing.kind == "drawing":
                yield from (each.target for each in book.related(drawing.target) if each.kind == "chart")


def _references(root: Element) -> Iterator[tuple[str, Element]]:
    """What the series refer to, each with the values that are kept beside it."""
    for kind in ("numRef", "strRef"):
        for element in root.every(kind):
            ref = element.first("f")
            cache = next((child for child in element.children if child.name in _CACHES), None)
            if ref is not None and cache is not None:
                yield ref.text, cache


def _points(cache: Element) -> _Points:
    values = ((point.attributes.get("idx", ""), point.first("v")) for point in cache.of("pt"))
    return [(number, value.text) for number, value in values if value is not None]


def _written(content: bytes, cache: Element, points: _Points) -> list[tuple[int, int, bytes]]:
    """The points anew; how many there are and the number format stay."""
    prefix = content[cache.start + 1 : cache.inside].split(cache.name.encode())[0].decode()
    edits = [(point.start, point.end, b"") for point in cache.of("pt")]
    after = [child.end for child in cache.children if child.name in ("formatCode", "ptCount", "pt")]
    at = max(after, default=cache.inside)
    made = "".join(
        f'<{prefix}pt idx="{number}"><{prefix}v>{text_bytes(text).decode()}</{prefix}v></{prefix}pt>'
        for number, text in points
    )
    return [*edits, (at, at, made.encode())]
