"""What the bytes of a file are, whatever its name says, and what is done about it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Literal

import olefile

from perfbook.errors import UnreadableFileError
from perfbook.returns._package import MARKS, Package
from perfbook.returns.opening import (
    ANOTHER_KIND,
    ENCRYPTED,
    NOT_A_WORKBOOK,
    RIGHTS_MANAGED,
    UNSAFE,
    WRONG_PASSWORD,
    Opening,
)

Kind = Literal["xlsx", "xlsb", "xls", "ods"]

NAMES: dict[Kind, str] = {
    "xlsx": "an Excel workbook (.xlsx)",
    "xlsb": "a binary Excel workbook (.xlsb)",
    "xls": "a workbook in the old format of Excel (.xls)",
    "ods": "an OpenDocument spreadsheet (.ods)",
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")
_SAVE_AS = "Save the return as Excel workbook (.xlsx)."
_PROTECTED = "The file is protected by a password. Save it without one (File, Info, Protect Workbook)."
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|\?xml)", re.IGNORECASE)
# With this one Excel encrypts where only changing is forbidden, and opens without asking ([MS-OFFCRYPTO] 2.4.2.3).
_NO_PASSWORD = "VelvetSweatshop"
_LONGEST_STREAM = 100_000_000
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a compressed folder (7z)"),
    (b"Rar!", "a compressed folder (RAR)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"From ", "an e-mail"),
    (b"Received:", "an e-mail"),
    (b"MIME-Version:", "an e-mail"),
)


@dataclass(frozen=True)
class Contents:
    """A workbook, found and unlocked. `package` is None for .xls; `data` is what a reader opens."""

    kind: Kind
    data: bytes
    package: Package | None
    decrypted: bool = False

    def bears_marks(self) -> bool:
        """Whether any text may hold the marks of a return: a cheap look before any library lays out a sheet."""
        if self.package is not None:
            return self.package.bears_marks()
        return any(mark in self.data for mark in MARKS)


def contents(data: bytes, opening: Opening) -> Contents:
    """The workbook in the bytes of a file. Raises UnreadableFileError with the reason where there is none.

    R101 empty or damaged · R102 encrypted and no password is configured · R108 too large · R110 something else than a
    workbook · R111 rights-managed · R112 encrypted with another password · R113, R114 unsafe.
    """
    if not data.strip(b"\0"):
        raise UnreadableFileError(NOT_A_WORKBOOK, "The file is empty. Save the return again.")
    if data.startswith(_OLE):
        return _compound(data, opening)
    if data.startswith(_ZIP):
        return _zipped(data, opening, decrypted=False)
    if data.startswith(_BARE_BIFF):
        return Contents("xls", data, None)
    raise UnreadableFileError(ANOTHER_KIND, f"The file is not a workbook: it is {_described(data)}. {_SAVE_AS}")


def _zipped(data: bytes, opening: Opening, *, decrypted: bool) -> Contents:
    package = Package(data, opening)
    names = set(package.names)
    if any(name.endswith("workbook.bin") for name in names):
        return Contents("xlsb", data, package, decrypted)
    if any(name.startswith("xl/") for name in names) or (
        "[content_types].xml" in names and any(name.endswith("workbook.xml") for name in names)
    ):
        return Contents("xlsx", data, package, decrypted)
    if "content.xml" in names:
        media = (package.read("mimetype") or b"").strip()
        if b"spreadsheet" in media or not media:
            if b"encryption-data" in (package.read("meta-inf/manifest.xml") or b""):
                raise UnreadableFileError(ENCRYPTED, _PROTECTED)
            return Contents("ods", data, package, decrypted)
        raise UnreadableFileError(ANOTHER_KIND, f"The file is not a workbook: it is another document. {_SAVE_AS}")
    what = "a compressed folder"
    if any(name.startswith("word/") for name in names):
        what = "a Word document"
    elif any(name.startswith("ppt/") for name in names):
        what = "a presentation"
    elif "[content_types].xml" in names:
        raise UnreadableFileError(NOT_A_WORKBOOK, "The workbook is damaged: its main part is missing. Save it again.")
    raise UnreadableFileError(ANOTHER_KIND, f"The file is not a workbook: it is {what}. {_SAVE_AS}")


def _compound(data: bytes, opening: Opening) -> Contents:
    """A compound file: an old workbook, an encrypted one, or something else of Office."""
    damaged = UnreadableFileError(NOT_A_WORKBOOK, "The file is damaged or incomplete. Save the return again as .xlsx.")
    try:
        with olefile.OleFileIO(data) as compound:
            names = {"/".join(path).lower() for path in compound.listdir()}
            size = sum(compound.get_size(path) for path in compound.listdir())
    except Exception as error:  # it has many of its own
        raise damaged from error
    if size > _LONGEST_STREAM:
        raise UnreadableFileError(UNSAFE, "The file holds far more than a return. Fill a fresh copy of the return.")
    if any("drmencrypted" in name or "drmtransform" in name for name in names):
        reason = "The file is protected by rights management, so nobody else can read it. Save it without protection."
        raise UnreadableFileError(RIGHTS_MANAGED, reason)
    if "encryptedpackage" in names:
        return _unlocked(data, opening)
    if names & {"workbook", "book"}:
        return _unlocked(data, opening) if _is_encrypted(data) else Contents("xls", data, None)
    if "worddocument" in names:
        raise UnreadableFileError(ANOTHER_KIND, f"The file is not a workbook: it is a Word document. {_SAVE_AS}")
    if any(name.startswith("__substg1.0") for name in names):
        raise UnreadableFileError(ANOTHER_KIND, f"The file is not a workbook: it is an e-mail (Outlook). {_SAVE_AS}")
    raise UnreadableFileError(ANOTHER_KIND, f"The file is not a workbook, but something else of Office. {_SAVE_AS}")


def _is_encrypted(data: bytes) -> bool:
    import msoffcrypto  # a good deal slower to load than a return to read

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # it says in many ways that a file is broken
        return False


def _unlocked(data: bytes, opening: Opening) -> Contents:
    for password in (_NO_PASSWORD, *opening.passwords):
        opened = _decrypted(data, password)
        if opened is None:
            continue
        if opened.startswith(_ZIP):
            return _zipped(opened, opening, decrypted=True)
        return Contents("xls", opened, None, decrypted=True)
    if not opening.passwords:
        raise UnreadableFileError(ENCRYPTED, _PROTECTED)
    reason = "The file is protected by another password than the one that is configured. Save it without a password."
    raise UnreadableFileError(WRONG_PASSWORD, reason)


def _decrypted(data: bytes, password: str) -> bytes | None:
    import msoffcrypto

    plain = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        file.load_key(password=password)
        file.decrypt(plain)
    except Exception:  # a wrong password and a broken file are told in many ways
        return None
    opened = plain.getvalue()
    # A wrong password may go unnoticed by the oldest ways of encrypting.
    return opened if opened.startswith((*_ZIP, _OLE)) else None


def _described(data: bytes) -> str:
    known = next((what for start, what in _OTHERS if data.startswith(start)), "")
    if known:
        return known
    head = data[:4096]
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "a web page or an XML file" if b"schemas-microsoft-com:office:spreadsheet" not in head else "an XML file"
    text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
    if text and sum(character.isprintable() or character.isspace() for character in text) > 0.95 * len(text):
        return "plain text, such as a CSV file"
    return "of an unknown kind, or damaged"
