"""The bytes of one part of a zip package, exactly as its directory says or not at all."""

from __future__ import annotations

import struct
import zipfile
import zlib

_LOCAL_HEADER = 30


def packed_bytes(data: bytes, entry: zipfile.ZipInfo) -> bytes | None:
    """The content of an entry as it is compressed; None where it does not lie where the directory says."""
    start = entry.header_offset
    header = data[start : start + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        return None
    name, extra = struct.unpack("<HH", header[26:30])
    start += _LOCAL_HEADER + name + extra
    packed = data[start : start + entry.compress_size]
    return packed if len(packed) == entry.compress_size else None


def unpacked(data: bytes, entry: zipfile.ZipInfo) -> bytes | None:
    """The content of an entry; None where it is not exactly what the directory says of it.

    Not by zipfile: that stops at the size which the directory gives, and what comes after is for other readers.
    """
    packed = packed_bytes(data, entry)
    if packed is None:
        return None
    if entry.compress_type == zipfile.ZIP_STORED:
        content = packed
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(packed, entry.file_size + 1)
        except zlib.error:
            return None
        if not stream.eof:
            return None
    else:
        return None
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        return None
    return content
