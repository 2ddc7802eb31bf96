"""The zip package of a workbook, opened with care: nothing unpacks further than it says and than a return may.

Parts are found as Excel finds them, whatever the capitals and slashes of their names, and come checked: whole, of the
size and checksum that the directory of the package gives, and without a document type, by which entities come in.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from posixpath import normpath

from perfbook.errors import UnreadableFileError
from perfbook.returns import layout
from perfbook.returns.opening import AMBIGUOUS, ENCRYPTED, ENTITIES, NOT_A_WORKBOOK, UNSAFE, Opening
from perfbook.workbook.zipped import unpacked

_ENCRYPTED_BIT = 0x1
# Below this size a part may be as repetitive as it likes.
_SMALL_PART = 1_000_000
# So many bytes of unpacked parts are kept at hand: all of a return.
_KEPT = 8_000_000
_TEXT_PARTS = (".xml", ".rels", ".vml")
_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be")
MARKS = tuple(layout.MARK.encode(encoding) for encoding in _ENCODINGS)
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_MANY = 2_000
_TYPES = tuple(word.decode().encode(encoding) for word in _DECLARATIONS for encoding in _ENCODINGS)

DAMAGED = "The workbook is damaged. Open it in Excel, save it under another name and send that file."
SWOLLEN = "The file unpacks to far more than a return holds. Fill a fresh copy of the return."


class Package:
    """A zip package within the limits of `opening`. Raises UnreadableFileError (R101, R102, R108, R114)."""

    def __init__(self, data: bytes, opening: Opening) -> None:
        self._data = data
        # Parts as they were unpacked: each is looked at before it is read. Of a large package the last one only.
        self._kept: dict[str, bytes] = {}
        self._size = 0
        self._checked: set[str] = set()
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                entries = package.infolist()
        # A broken directory ends in many kinds of exception, LookupError and UnicodeError among them.
        except Exception as error:
            raise UnreadableFileError(
                NOT_A_WORKBOOK, "The file is damaged or incomplete. Save the return again as Excel workbook (.xlsx)."
            ) from error
        self._demand_limits(entries, opening)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if entry.filename.endswith(("/", "\\")):
                continue
            name = part_name(entry.filename)
            if name in self._entries or name.startswith("../"):
                reason = (
                    "The file holds two parts of one name, or one that leads out of it, so that nobody can say what "
                    "counts. Open it in Excel, save it under another name and send that file."
                )
                raise UnreadableFileError(AMBIGUOUS, reason)
            self._entries[name] = entry

    @staticmethod
    def _demand_limits(entries: list[zipfile.ZipInfo], opening: Opening) -> None:
        total = sum(entry.file_size for entry in entries)
        swollen = any(
            entry.file_size > max(_SMALL_PART, opening.ratio * max(entry.compress_size, 1)) for entry in entries
        )
        if len(entries) > opening.parts or total > opening.unpacked or swollen:
            raise UnreadableFileError(UNSAFE, SWOLLEN)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in lower case, without a leading slash, in the order of the directory."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes | None:
        """One part, whole; None where there is none. Raises UnreadableFileError for one that is not what it says."""
        name = part_name(name)
        if name in self._kept:
            return self._kept[name]
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.flag_bits & _ENCRYPTED_BIT:
            raise UnreadableFileError(ENCRYPTED, "The file is protected by a password. Save it without one.")
        content = unpacked(self._data, entry)
        if content is None:
            raise UnreadableFileError(NOT_A_WORKBOOK, DAMAGED)
        if name not in self._checked and name.endswith(_TEXT_PARTS) and _declares(content):
            reason = (
                "The file declares a document type or entities, which no workbook has and which can do harm; it was "
                "not read. Fill a fresh copy of the return."
            )
            raise UnreadableFileError(ENTITIES, reason)
        self._checked.add(name)
        if self._size + len(content) > _KEPT:
            self._kept.clear()
            self._size = 0
        self._kept[name] = content
        self._size += len(content)
        return content

    def texts(self) -> Iterator[tuple[str, bytes | None]]:
        """Name and content of every part that may hold cells, one after the other; None for one that is damaged."""
        for name in self._entries:
            if name.endswith((*_TEXT_PARTS, ".bin")):
                try:
                    yield name, self.read(name)
                except UnreadableFileError as error:
                    if error.code != NOT_A_WORKBOOK:
                        raise
                    yield name, None

    def bears_marks(self) -> bool:
        """Whether any text may hold the marks of a return, after a look at all; a damaged part may hold them.

        Raises UnreadableFileError (R113) where any declares entities.
        """
        found, large = False, []
        for name, content in self.texts():
            # Most marks are among the shared texts: the large parts only where they have to be.
            if content is not None and len(content) > _SMALL_PART // 10:
                large.append(name)
            else:
                found = found or content is None or _holds(content, MARKS)
        return found or any(_holds(self.read(name) or b"", MARKS) for name in large)


def _holds(content: bytes, words: tuple[bytes, ...]) -> bool:
    """Whether any of some words stands in a part, in whatever encoding."""
    wide = b"\0" in content  # without a zero there are no two bytes a character
    return any(word in content for word in words if wide or b"\0" not in word)


def _declares(content: bytes) -> bool:
    """Whether a document type or an entity is declared; an exclamation mark is sought far faster than words."""
    if b"\0" in content:
        return _holds(content, _TYPES)
    at = content.find(b"!")
    for _ in range(_MANY):
        if at < 0:
            return False
        if content.startswith(_DECLARATIONS, max(at - 1, 0)):
            return True
        at = content.find(b"!", at + 1)
    return _holds(content[at - 1 :], _TYPES)


def part_name(name: str) -> str:
    """The one form of a part's name: lower case, forward slashes, no leading slash, no steps up where avoidable."""
    plain = normpath(name.replace("\\", "/").lstrip("/"))
    return plain.lower()
