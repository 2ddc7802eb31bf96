"""The zip package of a workbook, part by part, so that a part which does not change is copied as it lies there.

A package is read from bytes and written to bytes: the same bytes for the same parts. What is copied keeps its
compressed bytes, its name, its time and its place.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from perfbook.refreshing.errors import DamagedError, RefusedError
from perfbook.workbook.zipped import packed_bytes, unpacked

_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP64 = 0xFFFFFFFF
# Far beyond any scorecard: a thousand measures over forty periods unpack to a tenth of it.
_MOST_UNPACKED = 1_000_000_000
# What an encrypted workbook is: a compound file.
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


@dataclass(frozen=True)
class Package:
    """The parts of a workbook by name, without a leading slash, in the order of its directory."""

    data: bytes
    entries: Mapping[str, zipfile.ZipInfo]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all parts."""
        return frozenset(self.entries)

    def read(self, name: str) -> bytes:
        """A part, whole. Raises RefusedError where it is missing or damaged."""
        entry = self.entries.get(name)
        content = unpacked(self.data, entry) if entry else None
        if content is None:
            raise RefusedError(f"The workbook is damaged ({name} cannot be read). Open it in Excel and save it.")
        return content


def open_package(data: bytes) -> Package:
    """The package in these bytes. Raises RefusedError for what is no plain zip package, or one with a signature."""
    if data.startswith(_COMPOUND):
        raise RefusedError("The workbook is encrypted with a password. Take the password off in Excel and save it.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except Exception as error:  # a broken directory ends in many kinds of exception
        raise DamagedError("The file is not a workbook, or it is damaged. Open it in Excel and save it.") from error
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.lstrip("/")
        if name.casefold() in {other.casefold() for other in found}:
            raise RefusedError(f"The workbook holds two parts named {name}. Open it in Excel and save it.")
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise RefusedError(f"The part {name} is packed in a way that workbooks are not. Save it in Excel.")
        if max(entry.file_size, entry.compress_size, entry.header_offset) >= _ZIP64 or _is_zip64(entry):
            raise RefusedError("The workbook is packed as zip64. Open it in Excel and save it.")
        found[name] = entry
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise RefusedError("The workbook unpacks to more than 1 GB. Take out what makes it so large.")
    if any(name.startswith("_xmlsignatures/") for name in found):
        raise RefusedError("The workbook is signed, and a change would break the signature. Remove it in Excel first.")
    return Package(data, found)


def _is_zip64(entry: zipfile.ZipInfo) -> bool:
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 1:
            return True
        extra = extra[4 + size :]
    return False


def rewritten(package: Package, changed: Mapping[str, bytes], dropped: frozenset[str] = frozenset()) -> bytes:
    """The package with some parts changed and some left out; all others byte for byte as they are compressed there."""
    out, directory, count = io.BytesIO(), io.BytesIO(), 0
    for name, entry in package.entries.items():
        if name in dropped:
            continue
        if name in changed:
            content, method = changed[name], zipfile.ZIP_DEFLATED
            packed = _deflated(content)
            crc, size = zlib.crc32(content), len(content)
        else:
            packed, method = _packed(package, name), entry.compress_type
            crc, size = entry.CRC, entry.file_size
        # Sizes stand in the header itself, so no descriptor follows.
        flags = entry.flag_bits & ~_DESCRIPTOR
        raw = entry.orig_filename.encode("utf-8" if flags & _UTF8 else "cp437")
        year, month, day, hour, minute, second = entry.date_time
        stamp = (hour << 11 | minute << 5 | second // 2, (max(year, 1980) - 1980) << 9 | month << 5 | day)
        fields = (flags, method, *stamp, crc, len(packed), size, len(raw))
        version = max(entry.extract_version, 20)
        offset = out.tell()
        out.write(_LOCAL + struct.pack("<HHHHHLLLHH", version, *fields, 0) + raw + packed)
        made = entry.create_version | entry.create_system << 8
        directory.write(_CENTRAL + struct.pack("<HH", made, version))
        directory.write(
            struct.pack("<HHHHLLLHHHHHLL", *fields, 0, 0, 0, entry.internal_attr, entry.external_attr, offset)
        )
        directory.write(raw)
        count += 1
    start, listed = out.tell(), directory.getvalue()
    out.write(listed + _END + struct.pack("<HHHHLLH", 0, 0, count, count, len(listed), start, 0))
    return out.getvalue()


def _packed(package: Package, name: str) -> bytes:
    found = packed_bytes(package.data, package.entries[name])
    if found is None:
        raise RefusedError(f"The workbook is damaged ({name} cannot be read). Open it in Excel and save it.")
    return found


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()
