"""Whether a file is a workbook that can be read at all, before any library opens it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from perfbook.errors import UnreadableFileError
from perfbook.returns import layout

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_PARTS = 5_000
_MOST_BYTES = 400_000_000
# Below this size a part may be as repetitive as it likes; honest sheets stay above one per cent.
_SMALL_PART = 10_000_000
_RATIO = 100
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["']([0-9]{1,7})["']""")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARKS = tuple(layout.MARK.encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))

NOT_A_WORKBOOK = "R101"
ENCRYPTED = "R102"
UNSAFE = "R108"


def check_package(data: bytes) -> None:
    """Raises UnreadableFileError unless the bytes are an Excel workbook (.xlsx, .xlsm) of reasonable size."""
    if not data:
        raise UnreadableFileError(NOT_A_WORKBOOK, "The file is empty. Save the return again.")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            reason = "The file is protected by a password. Save it without one (File, Info, Protect Workbook)."
            raise UnreadableFileError(ENCRYPTED, reason)
        raise UnreadableFileError(
            NOT_A_WORKBOOK, "The file has an old format (.xls). Save it as Excel workbook (.xlsx)."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        reason = "The file is not an Excel workbook, or it is damaged. Save the return again as .xlsx."
        raise UnreadableFileError(NOT_A_WORKBOOK, reason) from error
    if not any(part.filename.lower() == "[content_types].xml" for part in parts):
        reason = "The file is not an Excel workbook. Save the return as Excel workbook (.xlsx)."
        raise UnreadableFileError(NOT_A_WORKBOOK, reason)
    if any(part.filename.lower().endswith("workbook.bin") for part in parts):
        reason = "The file has the binary format .xlsb. Save it as Excel workbook (.xlsx)."
        raise UnreadableFileError(NOT_A_WORKBOOK, reason)
    total = sum(part.file_size for part in parts)
    packed = [part for part in parts if part.file_size > _SMALL_PART]
    swollen = any(part.file_size > _RATIO * max(part.compress_size, 1) for part in packed)
    if len(parts) > _MOST_PARTS or total > _MOST_BYTES or swollen:
        reason = "The file unpacks to far more than a return holds. Fill a fresh copy of the return."
        raise UnreadableFileError(UNSAFE, reason)


def bears_marks(data: bytes) -> bool:
    """Whether any text of the package may hold the marks of a return; a part that cannot be looked into may.

    A cheap look before any library lays out a stranger's sheets.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.infolist():
            if not part.filename.lower().endswith(".xml"):
                continue
            try:
                text = package.read(part)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
                return True
            if any(mark in text for mark in _MARKS):
                return True
    return False


def far_cells(data: bytes) -> bool:
    """Whether a sheet has a cell far outside a return.

    A reader that lays out the whole rectangle would then ask for more memory than there is.
    """
    return any(_is_far(part) for part in _sheets(data))


def _sheets(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if "worksheets/" in name and name.endswith(".xml"):
                try:
                    yield package.read(name)
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
                    continue


def _is_far(part: bytes) -> bool:
    if part.startswith(_UTF16):
        return True  # not looked into: better the slow way
    far_column, far_row = 0, max((int(digits) for digits in _ROW.findall(part)), default=0)
    for letters, digits in _CELL.findall(part):
        far_column = max(far_column, column_number(letters.decode().upper()))
        far_row = max(far_row, int(digits))
    return far_column > layout.MOST_COLUMNS or far_row > layout.MOST_ROWS


def column_number(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
