"""The streams of a VBA project (MS-OVBA), written from source text alone, without the performance cache.

The numbers are those of MS-OVBA; what it leaves open follows the projects that Excel saves. Excel compiles the source
when it opens the project, because `_VBA_PROJECT` holds no version of its own.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

__all__ = [
    "CODE_PAGE",
    "NO_CACHE",
    "Entry",
    "Kind",
    "compress",
    "dir_stream",
    "encrypt",
    "name_map_stream",
    "project_stream",
]

Kind = Literal["standard", "class", "document"]
CODE_PAGE = "cp1252"
NO_CACHE = bytes.fromhex("CC61FFFF000000")  # the whole of the stream _VBA_PROJECT

_CHUNK = 4096
_ENGLISH = 0x0409
_WIN32 = 1
# What Excel lists in every new project, besides VBA and itself. It finds them by identifier; the paths are a hint.
_REFERENCES = (
    (
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


class Entry(NamedTuple):
    """A module as the project lists it."""

    name: str
    kind: Kind


# -- Compression (MS-OVBA 2.4.1) --------------------------------------------------------------------------------------


def compress(data: bytes) -> bytes:
    """The compressed container of `data`.

    ValueError: the last, incomplete chunk of 4,096 bytes cannot be compressed. The format would fill it up with zeros.
    Text never comes near that.
    """
    made = bytearray(b"\x01")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        tokens = _tokens(chunk)
        if len(tokens) <= _CHUNK:
            # The size counts the header of 2 bytes, less 3; 0x3000 is a signature, 0x8000 says compressed.
            made += struct.pack("<H", 0xB000 | len(tokens) - 1) + tokens
        elif len(chunk) == _CHUNK:
            made += struct.pack("<H", 0x3000 | _CHUNK - 1) + chunk
        else:
            raise ValueError(f"The last {len(chunk):,} of {len(data):,} bytes cannot be compressed.")
    return bytes(made)


def _tokens(chunk: bytes) -> bytes:
    """The chunk as groups of a flag byte and eight tokens: literal bytes or copies of what came before."""
    made = bytearray()
    places: dict[bytes, list[int]] = {}
    here = flags_at = count = 0
    while here < len(chunk):
        if count % 8 == 0:
            flags_at = len(made)
            made.append(0)
        # The further into the chunk, the more bits go to the offset and the fewer to the length.
        offset_bits = max(4, (here - 1).bit_length()) if here else 4
        longest = (0xFFFF >> offset_bits) + 3
        offset, length = _longest_match(chunk, here, longest, places)
        if length < 3:
            made.append(chunk[here])
            length = 1
        else:
            made += struct.pack("<H", offset - 1 << 16 - offset_bits | length - 3)
            made[flags_at] |= 1 << count % 8
        for place in range(here, here + length):
            places.setdefault(chunk[place : place + 3], []).append(place)
        here += length
        count += 1
    return bytes(made)


def _longest_match(chunk: bytes, here: int, longest: int, places: dict[bytes, list[int]]) -> tuple[int, int]:
    """How far back the longest earlier copy of what stands `here` begins, the nearest of several; its length."""
    limit = min(longest, len(chunk) - here)
    best_offset = best_length = 0
    if limit < 3:
        return 0, 0
    for place in reversed(places.get(chunk[here : here + 3], ())):
        if chunk[place + best_length] != chunk[here + best_length]:
            continue
        length = 3
        while length < limit and chunk[place + length] == chunk[here + length]:  # it may run into itself
            length += 1
        if length > best_length:
            best_offset, best_length = here - place, length
            if length == limit:
                break
    return best_offset, best_length


# -- Encryption (MS-OVBA 2.4.3) ---------------------------------------------------------------------------------------


def encrypt(data: bytes, project_id: str, seed: int, filling: bytes) -> str:
    """Data of the PROJECT stream (CMG, DPB, GC), obscured as it asks for, in capital hexadecimal digits.

    `seed` is a byte; `filling` gives the one to three bytes that readers ignore and must have at least three.
    """
    key = sum(project_id.encode("ascii")) & 0xFF
    made = bytearray((seed, seed ^ 2, seed ^ key))
    previous = key
    for plain in filling[: (seed & 6) // 2] + struct.pack("<I", len(data)) + data:
        made.append(plain ^ (made[-2] + previous & 0xFF))
        previous = plain
    return made.hex().upper()


def _obscured(field: str, data: bytes, project_id: str) -> str:
    """`encrypt` with a seed that is the same whenever the field and the project are."""
    digest = hashlib.sha256(f"{project_id} {field}".encode("ascii")).digest()
    return encrypt(data, project_id, digest[0], digest[1:4])


# -- Streams ----------------------------------------------------------------------------------------------------------


def dir_stream(project: str, modules: Sequence[Entry]) -> bytes:
    """The stream `VBA/dir` before its compression (MS-OVBA 2.3.4.2)."""
    return b"".join((*_information(project), *_references(), *_modules(modules)))


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _short(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<H", value))


def _texts(number: int, unicode_number: int, text: str) -> bytes:
    """A text twice: in the code page and in UTF-16."""
    return _record(number, text.encode(CODE_PAGE)) + _record(unicode_number, text.encode("utf-16-le"))


def _information(project: str) -> Iterator[bytes]:
    yield _number(0x01, _WIN32)
    yield _number(0x02, _ENGLISH)
    yield _number(0x14, _ENGLISH)
    yield _short(0x03, 1252)
    yield _record(0x04, project.encode(CODE_PAGE))
    yield _texts(0x05, 0x40, "")  # description
    yield _record(0x06) + _record(0x3D)  # help file
    yield _number(0x07, 0)  # help context
    yield _number(0x08, 0)  # library flags
    # The version of the content says 4 bytes and has 6: so MS-OVBA wants it.
    yield struct.pack("<HIIH", 0x09, 4, 1, 1)
    yield _texts(0x0C, 0x3C, "")  # constants


def _references() -> Iterator[bytes]:
    for name, library in _REFERENCES:
        encoded = library.encode(CODE_PAGE)
        yield _texts(0x16, 0x3E, name)
        yield _record(0x0D, struct.pack("<I", len(encoded)) + encoded + bytes(6))


def _modules(modules: Sequence[Entry]) -> Iterator[bytes]:
    yield _short(0x0F, len(modules))
    yield _short(0x13, 0xFFFF)
    for module in modules:
        yield _texts(0x19, 0x47, module.name)
        yield _texts(0x1A, 0x32, module.name)  # the name of its stream
        yield _texts(0x1C, 0x48, "")  # description
        yield _number(0x31, 0)  # where the source begins in the stream: no cache comes before it
        yield _number(0x1E, 0)  # help context
        yield _short(0x2C, 0xFFFF)
        yield _record(0x21 if module.kind == "standard" else 0x22)
        yield _record(0x2B)
    yield _record(0x10)


def name_map_stream(modules: Sequence[Entry]) -> bytes:
    """The stream `PROJECTwm`: each name in the code page and in UTF-16 (MS-OVBA 2.3.3)."""
    pairs = (module.name.encode(CODE_PAGE) + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in modules)
    return b"".join(pairs) + b"\0\0"


def project_stream(project: str, project_id: str, modules: Sequence[Entry]) -> bytes:
    """The stream `PROJECT` of a project that is neither protected nor hidden (MS-OVBA 2.3.1)."""
    listed = {"standard": "Module={}", "class": "Class={}", "document": "Document={}/&H00000000"}
    lines = [
        f'ID="{project_id}"',
        *(listed[module.kind].format(module.name) for module in modules),
        f'Name="{project}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_obscured("CMG", bytes(4), project_id)}"',  # no protection
        f'DPB="{_obscured("DPB", bytes(1), project_id)}"',  # no password
        f'GC="{_obscured("GC", bytes([0xFF]), project_id)}"',  # visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),  # no window of the editor is open
        "",
    ]
    return "\r\n".join(lines).encode(CODE_PAGE)
