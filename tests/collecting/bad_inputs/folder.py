"""BAD_INPUTS.md, "Folder": what of it can lie still in a folder. What moves is tested with the scan."""

from __future__ import annotations

from tests.collecting.bad_inputs.case import Case, plain
from tests.collecting.bad_inputs.draft import Draft, packed


def cases() -> list[Case]:
    """Every case about the folder."""

    def good(directorate: str) -> bytes:
        return Draft.good().packed(directorate)

    return [
        plain("~$folder lock file.xlsx", b"\x05A. N. Officer" + bytes(150)),
        plain(".~lock.folder lock file.xlsx#", b",officer,PC01,"),
        plain("folder: zero bytes.xlsx", b""),
        plain("folder: full size and nothing in it.xlsx", bytes(20_000)),
        plain("folder: left by a program.tmp", b"12"),
        plain("folder: download under way.xlsx.crdownload", b"PK\x03\x04"),
        plain("desktop.ini", b"[.ShellClassInfo]"),
        plain("Thumbs.db", b"\xd0\xcf\x11\xe0"),
        plain("folder: a Word file.docx", packed({"word/document.xml": b"<w/>"})),
        plain("folder: an e-mail.eml", b"From: a@example.invalid\n\nHello"),
        plain("folder: a shortcut.lnk", b"L\x00\x00\x00"),
        Case("folder: a conflict copy-PC01.xlsx", good),
        Case("Copy of folder FINAL v2 (1).xlsx", good),
        Case("folder: \u00fcnic\u00f6de \u540d\u524d e\u0301.xlsx", good),
        Case("folder: no extension", good),
        Case("folder: TWO.EXTENSIONS.xlsx.XLSX", good),
        Case("subfolder/deeper/folder: in a subfolder.xlsx", good),
    ]
