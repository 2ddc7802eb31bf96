"""Whether a scorecard is still as perfbook wrote it: a fingerprint of its parts among its document properties.

Whoever saves the book makes other parts; then it is known that somebody may have worked in it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile

from perfbook.workbook.writer import Book

PROPERTY = "perfbook seal"
_PART = "docProps/custom.xml"
_OPEN = "0" * 64


def prepare_seal(book: Book) -> None:
    """Leaves room for the fingerprint."""
    book.raw.set_custom_property(PROPERTY, _OPEN)


def sealed(data: bytes) -> bytes:
    """The workbook with its fingerprint in its place."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        seal = _seal(old)
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item, content.replace(_OPEN.encode(), seal.encode()) if item.filename == _PART else content)
    return made.getvalue()


def is_sealed(data: bytes) -> bool:
    """Whether nobody has saved the workbook since perfbook wrote it. A file that is no workbook is not sealed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return f">{_seal(package)}<".encode() in package.read(_PART)
    except Exception:  # a broken package ends in many kinds of exception
        return False


def _seal(package: zipfile.ZipFile) -> str:
    parts = sorted((item.filename, item.CRC, item.file_size) for item in package.infolist() if item.filename != _PART)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
