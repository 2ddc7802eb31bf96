"""XML with the place of every element in its bytes, so that a part is changed where it must be and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden

from perfbook.refreshing.errors import RefusedError
from perfbook.returns._xml import guarded_parser

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SEPARATOR = "\x1f"
_TAG = re.compile(rb"<[^\s/>\"']+(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*(/?)>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")


@dataclass(slots=True)
class Element:
    """One element. `uri` and `name` as declared; `start` to `end` its bytes, `inside` to `close` what is in it.

    `text` is the text directly in it. Names of attributes with a namespace come as `uri name`.
    """

    uri: str
    name: str
    attributes: dict[str, str]
    start: int
    inside: int
    empty: bool
    close: int = 0
    end: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def of(self, name: str) -> Iterator[Element]:
        """The children of this name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        """The first child of this name."""
        for child in self.children:
            if child.name == name:
                return child
        return None

    def every(self, name: str) -> Iterator[Element]:
        """All elements of this name within it, in their order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.every(name)


def tree(content: bytes, part: str) -> Element:
    """The elements of a part. Raises RefusedError where it is not well-formed, not UTF-8, or declares entities."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or re.match(
        rb"(\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", content, re.IGNORECASE
    ):
        raise RefusedError(f"The part {part} is not written in UTF-8. Open the workbook in Excel and save it.")
    root = Element("", "", {}, 0, 0, empty=False)
    open_ones = [root]
    texts: list[list[str]] = [[]]
    parser = guarded_parser()
    # A sheet has a hundred thousand elements of a dozen names.
    names: dict[str, tuple[str, str]] = {}

    def started(name: str, attributes: dict[str, str]) -> None:
        named = names.get(name)
        if named is None:
            uri, _, local = name.rpartition(_SEPARATOR)
            named = names[name] = (uri, local)
        at = parser.CurrentByteIndex
        tag = _TAG.match(content, at)
        if tag is None:
            raise RefusedError(f"The part {part} cannot be read. Open the workbook in Excel and save it.")
        if _SEPARATOR in "".join(attributes):
            attributes = {key.replace(_SEPARATOR, " "): value for key, value in attributes.items()}
        element = Element(*named, attributes, at, tag.end(), bool(tag[1]))
        open_ones[-1].children.append(element)
        open_ones.append(element)
        texts.append([])

    def ended(_: str) -> None:
        element = open_ones.pop()
        element.text = "".join(texts.pop())
        if element.empty:
            element.close = element.end = element.inside
        else:
            element.close = parser.CurrentByteIndex
            element.end = content.index(b">", element.close) + 1

    def said(text: str) -> None:
        texts[-1].append(text)

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = said
    try:
        parser.Parse(content, True)
    except (DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden) as error:
        raise RefusedError(f"The part {part} declares entities, which no workbook has.") from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise RefusedError(f"The part {part} is not well-formed. Open the workbook in Excel and save it.") from error
    return root.children[0]


def with_attributes(tag: bytes, changes: dict[str, str | None]) -> bytes:
    """An opening tag with some attributes set, or taken away (None); all else as it was written."""
    left = dict(changes)

    def put(match: re.Match[bytes]) -> bytes:
        name = match[1].decode("utf-8")
        if name not in left:
            return match[0]
        value = left.pop(name)
        return b"" if value is None else f" {name}={quoteattr(value)}".encode()

    body = _ATTRIBUTE.sub(put, tag)
    more = "".join(f" {name}={quoteattr(value)}" for name, value in left.items() if value is not None)
    end = len(body) - (2 if body.endswith(b"/>") else 1)
    return body[:end].rstrip() + more.encode() + body[end:]


def text_bytes(text: str) -> bytes:
    """A text as the content of an element."""
    return escape(text).encode("utf-8")


def replaced(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with some stretches, (start, end, new), replaced; they must not overlap."""
    out, at = [], 0
    for start, end, new in sorted(changes):
        out += [content[at:start], new]
        at = end
    return b"".join([*out, content[at:]])
