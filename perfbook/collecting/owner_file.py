"""Who has a workbook open: the small files that Excel (`~$Name.xlsx`) and LibreOffice (`.~lock.Name.ods#`) make.

Excel writes 165 bytes (Word 162): the length of the user's name in one byte, the name in the system's code page padded
to 54 (53) bytes, the length again in two bytes, the name again in UTF-16. LibreOffice writes one line: name, account,
machine, time and profile, separated by commas and ended by a semicolon, a backslash before each of these in a name.
"""

from __future__ import annotations

import re
from pathlib import Path

from perfbook.workbook.text import clean_text, shortened

EXCEL = "~$"
LIBREOFFICE = ".~lock."
SOMEBODY = "Somebody"
_SIZES = {165: 55, 162: 54}  # size of the file: where the UTF-16 name begins
_LONGEST = 54
_MOST = 4096
_FIELD = re.compile(r"((?:[^,;\\]|\\[,;\\])*)[,;]")
_LINE = re.compile(rf"(?:{_FIELD.pattern}){{5}}")


def is_owner_file(name: str) -> bool:
    """Whether a file of this name says who has another one open."""
    return name.casefold().startswith((EXCEL, LIBREOFFICE))


def opened_name(name: str) -> str:
    """The name of the workbook that an owner file is about."""
    if name.startswith(EXCEL):
        return name[len(EXCEL) :]
    return name[len(LIBREOFFICE) :].removesuffix("#")


def read_person(path: Path) -> str:
    """The person whom an owner file names; empty where it cannot be read or names nobody."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST)
    except OSError:
        return ""
    return _shown(_by_excel(data) if data[:1] < b"\x20" or len(data) in _SIZES else _by_libreoffice(data))


def _by_excel(data: bytes) -> str:
    start = _SIZES.get(len(data))
    if start is None:
        return ""
    length = int.from_bytes(data[start : start + 2], "little")
    if 0 < length <= _LONGEST:
        wide = data[start + 2 : start + 2 + 2 * length].decode("utf-16-le", "replace")
        if wide.strip() and "\x00" not in wide:
            return wide
    return data[1 : 1 + data[0]].decode("cp1252", "replace") if 0 < data[0] <= _LONGEST else ""


def _by_libreoffice(data: bytes) -> str:
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return ""
    fields = [re.sub(r"\\(.)", r"\1", field) for field in _FIELD.findall(text)] if _LINE.fullmatch(text) else []
    # The name that the person gave, else that of the account.
    return next((field for field in fields[:2] if field.strip()), "")


def _shown(name: str) -> str:
    plain = shortened(" ".join(clean_text(name, drop_zero_width=True).split()), 60)
    return plain if plain.isprintable() and "\ufffd" not in plain else ""
