"""Comments and pictures on a sheet: where they are, and what a comment says."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from perfbook.errors import UnreadableFileError
from perfbook.returns._addresses import reference
from perfbook.returns._book_parts import MAIN, related
from perfbook.returns._looks import Place
from perfbook.returns._package import Package
from perfbook.returns._xml import NotXmlError, names_in, parse

_DRAWING = (
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
)
_COMMENTS = names_in(MAIN, "comment t")
_ANCHORS = names_in(_DRAWING, "from col row pic oneCellAnchor twoCellAnchor")


@dataclass(frozen=True)
class Note:
    """A comment, or a picture whose top left corner lies in a cell."""

    place: Place
    text: str = ""
    picture: bool = False


def notes_on(package: Package, sheet: str) -> tuple[Note, ...]:
    """The comments and pictures of the sheet in a part. What cannot be understood is left out: no figure is in it."""
    found: list[Note] = []
    with contextlib.suppress(NotXmlError, UnreadableFileError):
        for part in related(package, sheet, "comments"):
            found += _comments(package.read(part) or b"")
    with contextlib.suppress(NotXmlError, UnreadableFileError):
        for part in related(package, sheet, "drawing"):
            found += _pictures(package.read(part) or b"")
    return tuple(found)


def _comments(content: bytes) -> list[Note]:
    found: list[Note] = []
    places: list[Place | None] = []
    words: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "comment":
            places.append(reference(attributes.get("ref", "")))
            words.clear()

    def end(name: str, text: str) -> None:
        if name == "t":
            words.append(text)
        elif name == "comment":
            place = places.pop()
            if place:
                found.append(Note(place, "".join(words)))

    parse(content, _COMMENTS, start, end)
    return found


def _pictures(content: bytes) -> list[Note]:
    found: list[Note] = []
    corner = {"row": 0, "col": 0}
    inside = [False]

    def start(name: str, _: dict[str, str]) -> None:
        if name == "from":
            inside[0] = True
        elif name == "pic":
            found.append(Note((corner["row"], corner["col"]), picture=True))

    def end(name: str, text: str) -> None:
        if name == "from":
            inside[0] = False
        elif inside[0] and name in corner and text.strip().isdigit() and len(text) < 9:
            corner[name] = int(text)

    parse(content, _ANCHORS, start, end)
    return found
