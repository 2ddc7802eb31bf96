"""XML read element by element, with a parser that takes no document type, no entity and nothing from elsewhere.

Expat itself: of a sheet with thousands of cells a tree would be many times its size, and a hardened parser that builds
one does so several times slower. What defusedxml forbids is forbidden here, by the same hooks, and by its exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.parsers import expat

from defusedxml import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden

from perfbook.errors import UnreadableFileError
from perfbook.returns.opening import ENTITIES

Attributes = Mapping[str, str]
_SEPARATOR = "\x1f"


class NotXmlError(Exception):
    """A part that is not well-formed, in XML or in records."""


def parse(
    part: bytes | Iterable[bytes],
    names: Mapping[str, str],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str, str], None],
) -> None:
    """Run through a part, whole or in pieces.

    `start` takes a name and the attributes, `end` a name and the text since the last tag.
    `names` maps what is wanted, as `uri name`, to short names; elements that are not in it are passed over with
    what `end` would say of them. Attributes with a namespace come as `uri name`. Raises NotXmlError,
    UnreadableFileError (R113) for a document type.
    """
    text: list[str] = []
    known = {name.replace(" ", _SEPARATOR): short for name, short in names.items()}
    get = known.get

    def started(name: str, attributes: dict[str, str]) -> None:
        text.clear()
        short = get(name)
        if short:
            start(short, attributes)

    def ended(name: str) -> None:
        short = get(name)
        if short:
            end(short, "".join(text))
        text.clear()

    parser = guarded_parser()
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text.append
    try:
        for piece in (part,) if isinstance(part, bytes) else part:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden) as error:
        reason = "The file declares a document type or entities, which no workbook has; it was not read."
        raise UnreadableFileError(ENTITIES, reason) from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotXmlError(str(error)) from error


def guarded_parser() -> expat.XMLParserType:
    """A parser that takes no document type and no entity; names come as uri, unit separator, name.

    It raises DTDForbidden, EntitiesForbidden or ExternalReferenceForbidden of defusedxml, and ExpatError.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.EntityDeclHandler = _no_entity
    parser.UnparsedEntityDeclHandler = _no_entity
    parser.ExternalEntityRefHandler = _nothing_external
    return parser


def names_in(uris: tuple[str, ...], names: str) -> dict[str, str]:
    """The table for `parse` of some names, each of which may be in any of the namespaces."""
    return {f"{uri} {name}": name for uri in uris for name in names.split()}


def attribute(attributes: Mapping[str, str], uris: tuple[str, ...], name: str) -> str:
    """An attribute with a namespace, in whichever of several."""
    return next((attributes[key] for uri in uris if (key := f"{uri}{_SEPARATOR}{name}") in attributes), "")


def _no_document_type(name: str, system: str | None, public: str | None, internal: bool) -> None:
    raise DTDForbidden(name, system, public)


def _no_entity(name: str, *_: Any) -> None:
    raise EntitiesForbidden(name, None, None, None, None, None)


def _nothing_external(context: str, base: str | None, system: str | None, public: str | None) -> int:
    raise ExternalReferenceForbidden(context, base, system, public)
