"""Text that is safe in a cell, a sheet tab and a file name. Pure functions, no I/O."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

__all__ = [
    "clean_text",
    "day_in_words",
    "escape_free",
    "file_name",
    "folded",
    "one_line",
    "sheet_name",
    "shortened",
    "unique_sheet_name",
    "utf16_length",
]

# Readers disagree on decoding these, so no cell of ours may hold one ([MS-OI29500] 2.1.1742, ST_Xstring).
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINE_BREAKS = re.compile("\r\n?|\v")
# Cc without tab and line feed, lone surrogates, and the two code points that XML 1.0 cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Soft hyphen, zero-width space and joiners, direction marks, word joiner, byte order mark.
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")

_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_FILE_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED_STEM = re.compile(r"(?i)^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)")

_SHEET_MAX = 31
_FILE_MAX = 120


def utf16_length(value: str) -> int:
    """Length as Excel counts it: in UTF-16 units, so that most emoji count as two."""
    if value.isascii():
        return len(value)
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def escape_free(value: str) -> bool:
    """True if the text holds no `_xHHHH_` that a reader might decode."""
    return _ESCAPE.search(value) is None


def clean_text(value: str, *, drop_zero_width: bool = False) -> str:
    """The text as a cell may hold it; idempotent.

    Line breaks of every kind (CRLF, CR, vertical tab, `_x000D_`) become a line feed; control characters other than tab
    and line feed, lone surrogates, U+FFFE and U+FFFF go; `_xHHHH_` escapes go, those of tab and line breaks become what
    they stand for. Zero-width characters, which break matching, stay unless `drop_zero_width`. Unicode is not
    normalised.
    """
    if "_" not in value and value.isprintable():
        return value  # most texts: nothing in them that could go
    text = value
    while True:
        # Removing one thing can put together another (`_x0_x0041_041_`), hence until nothing changes; each round that
        # changes anything but a line break shortens the text, so it ends.
        cleaned = text.replace("_x000D_\n", "\n").replace("_x000d_\n", "\n")
        cleaned = _ESCAPE.sub(_decode_white_space, cleaned)
        cleaned = _CONTROL.sub("", _LINE_BREAKS.sub("\n", cleaned))
        if drop_zero_width:
            cleaned = _ZERO_WIDTH.sub("", cleaned)
        if cleaned == text:
            return cleaned
        text = cleaned


def day_in_words(day: date) -> str:
    """A day as people write it: 31 March 2024."""
    return f"{day.day} {day:%B %Y}"


def folded(value: object) -> str:
    """What a cell says, for comparing it with another: without blanks, marks that nobody sees, and capitals."""
    return "" if value is None else "".join(clean_text(str(value), drop_zero_width=True).split()).casefold()


def one_line(text: str, units: int) -> str:
    """A text as one line of at most so many UTF-16 units, for a sentence that quotes it."""
    return shortened(" ".join(clean_text(text).split()), units)


def _decode_white_space(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return "\t" if code == 0x09 else "\n" if code in {0x0A, 0x0B, 0x0D} else ""


def sheet_name(text: str) -> str:
    """A name that Excel takes for a sheet, as near to the text as may be (31 UTF-16 units at most).

    For several sheets of one workbook see `unique_sheet_name`.
    """
    name = _SHEET_FORBIDDEN.sub(" ", clean_text(text, drop_zero_width=True))
    name = shortened(" ".join(name.split()).strip("' "), _SHEET_MAX).strip("' ")
    if not name:
        return "Sheet"
    # Excel keeps "History" for itself (shared workbooks).
    return f"{name} sheet" if name.casefold() == "history" else name


def unique_sheet_name(text: str, taken: Collection[str]) -> str:
    """`sheet_name(text)`, numbered from 2 if a name of `taken` (ignoring case) is the same."""
    used = {name.casefold() for name in taken}
    name = sheet_name(text)
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        suffix = f" {number}"
        candidate = shortened(name, _SHEET_MAX - len(suffix)).rstrip("' ") + suffix
    return candidate


def file_name(text: str) -> str:
    """A file name that Windows, macOS and Linux all take, as near to the text as may be.

    At most 120 UTF-16 units; the extension survives the shortening. The text is a name, never a path: separators
    become hyphens, so nothing in it can lead out of a folder. Leading dots go too: they hide files.
    """
    name = clean_text(text, drop_zero_width=True).replace("\n", " ").replace("\t", " ")
    name = _FILE_FORBIDDEN.sub("-", name)
    # Two dots lead nowhere without a separator, but nobody wants to see them either.
    name = re.sub(r"\.{2,}", ".", " ".join(name.split())).strip(". ")
    if not name:
        return "file"
    if _RESERVED_STEM.match(name):
        name = f"_{name}"
    if utf16_length(name) > _FILE_MAX:
        stem, dot, extension = name.rpartition(".")
        if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,10}", extension):
            stem, dot, extension = name, "", ""
        name = shortened(stem, _FILE_MAX - len(dot + extension)).rstrip(". ") + dot + extension
    return name


def shortened(text: str, units: int) -> str:
    """The longest beginning of the text within so many UTF-16 units; never half a surrogate pair."""
    if len(text) <= units and text.isascii():
        return text
    length = 0
    for index, character in enumerate(text):
        length += 2 if character > "\uffff" else 1
        if length > units:
            return text[:index]
    return text
