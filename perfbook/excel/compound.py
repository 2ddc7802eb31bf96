"""Writes compound files (MS-CFB), the container of a VBA project: a small file system of storages and streams.

Major version 3, minor 0x3E, 512-byte sectors, 64-byte mini sectors: what Excel itself writes. The same tree gives the
same bytes: there is no time and no class identifier in it.

The sectors lie in this order: FAT, DIFAT, directory, mini FAT, mini stream, streams of 4,096 bytes and more.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbook.errors import LimitError

__all__ = ["Tree", "compound_file"]

Tree = Mapping[str, "bytes | Tree"]

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096  # shorter streams live in the mini stream
_ENTRY = 128
_IN_HEADER = 109  # FAT sectors that the header lists; DIFAT sectors list the others
_PER_FAT = _SECTOR // 4
_PER_DIFAT = _PER_FAT - 1  # the last word points to the next DIFAT sector
_LARGEST = 2**31  # bytes; beyond it version 3 needs the range-lock sector

_DIFAT, _FAT, _END, _FREE = 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_NONE = 0xFFFFFFFF  # no such directory entry
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1


@dataclass
class _Entry:
    """One line of the directory; `left`, `right` and `child` are places in it."""

    name: str
    kind: int
    content: bytes = b""
    colour: int = _BLACK
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), self.kind, self.colour)
        links = struct.pack("<III", self.left, self.right, self.child)
        # Class identifier, state bits and both times are zero.
        return head + links + bytes(36) + struct.pack("<IQ", self.start, self.size)


@dataclass
class _Sectors:
    """Sectors of one size in a row, and how they are chained."""

    size: int
    first: int = 0  # number of the first sector
    data: bytearray = field(default_factory=bytearray)
    chain: list[int] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """Append `content`, filled up with zeros, and return its first sector; the end mark if there is nothing."""
        count = -(-len(content) // self.size)
        if count == 0:
            return _END
        start = self.first + len(self.chain)
        self.data += content.ljust(count * self.size, b"\0")
        self.chain += [*range(start + 1, start + count), _END]
        return start


def compound_file(tree: Tree) -> bytes:
    """The compound file with these streams (bytes) and storages (mappings) in its root.

    LimitError: a name longer than 31 characters, with one of `/ \\ : !`, or twice in one storage (case is ignored); or
    more than 2 GiB in all.
    """
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _fill(entries, tree, "")
    _refuse_too_large(entries)
    mini = _Sectors(_MINI)
    for entry in entries:
        if entry.kind == _STREAM and len(entry.content) < _CUTOFF:
            entry.start, entry.size = mini.add(entry.content), len(entry.content)
    mini_fat = struct.pack(f"<{len(mini.chain)}I", *mini.chain)
    mini_fat += b"\xff" * (-len(mini_fat) % _SECTOR)

    large = [entry for entry in entries if entry.kind == _STREAM and len(entry.content) >= _CUTOFF]
    lengths = (len(entries) * _ENTRY, len(mini_fat), len(mini.data), *(len(entry.content) for entry in large))
    fats, difats = _table_sectors(sum(-(-length // _SECTOR) for length in lengths))

    body = _Sectors(_SECTOR, first=fats + difats)
    directory_length = -(-lengths[0] // _SECTOR) * _SECTOR
    directory_start = body.add(bytes(directory_length))  # written at the end, when all starts are known
    mini_fat_start = body.add(mini_fat)
    entries[0].start, entries[0].size = body.add(bytes(mini.data)), len(mini.data)
    for entry in large:
        entry.start, entry.size = body.add(entry.content), len(entry.content)
    unused = struct.pack("<III", _NONE, _NONE, _NONE).rjust(80, b"\0").ljust(_ENTRY, b"\0")
    directory = b"".join(entry.packed() for entry in entries)
    body.data[:directory_length] = directory + unused * ((directory_length - len(directory)) // _ENTRY)

    fat = [_FAT] * fats + [_DIFAT] * difats + body.chain
    fat += [_FREE] * (fats * _PER_FAT - len(fat))
    listed = list(range(fats))
    in_header = listed[:_IN_HEADER] + [_FREE] * (_IN_HEADER - min(fats, _IN_HEADER))
    header = struct.pack(
        "<8s16sHHHHH6x9I109I",
        bytes.fromhex("D0CF11E0A1B11AE1"),
        bytes(16),
        0x3E,
        3,
        0xFFFE,  # little-endian
        9,  # 2 ** 9 bytes a sector
        6,  # 2 ** 6 bytes a mini sector
        0,  # directory sectors are not counted in version 3
        fats,
        directory_start,
        0,  # no transactions
        _CUTOFF,
        mini_fat_start,
        len(mini_fat) // _SECTOR,
        fats if difats else _END,
        difats,
        *in_header,
    )
    tables = struct.pack(f"<{len(fat)}I", *fat) + _difat(listed[_IN_HEADER:], fats)
    return header + tables + bytes(body.data)


def _fill(entries: list[_Entry], tree: Tree, where: str) -> int:
    """Append what `tree` holds, as a red-black tree of siblings; return the place of its top entry."""
    seen: dict[str, str] = {}
    for name in tree:
        _check_name(name, where)
        other = seen.setdefault(_upper(name), name)
        if other != name:
            raise LimitError(f"The compound file cannot hold both {where}{other} and {where}{name}. Rename one.")
    first = len(entries)
    ordered = sorted(tree, key=lambda name: (_units(name), _upper(name).encode("utf-16-be")))
    for name in ordered:
        content = tree[name]
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
    # Halving gives levels that are full but for the last. With that one red, all ways down pass the same number of
    # black entries, and no red entry has a red one below it.
    depth = (len(ordered) + 1).bit_length() - 1

    def join(low: int, high: int, level: int) -> int:
        if low == high:
            return _NONE
        middle = (low + high) // 2
        entry = entries[middle]
        entry.colour = _RED if level == depth else _BLACK
        entry.left, entry.right = join(low, middle, level + 1), join(middle + 1, high, level + 1)
        return middle

    top = join(first, first + len(ordered), 0)
    for place, name in enumerate(ordered, first):
        content = tree[name]
        if not isinstance(content, bytes):
            entries[place].child = _fill(entries, content, f"{where}{name}/")
    return top


def _check_name(name: str, where: str) -> None:
    if not 1 <= _units(name) <= 31 or any(sign in name for sign in "/\\:!\0"):
        raise LimitError(
            f"The compound file cannot hold {where}{name!r}. A name has 1 to 31 characters and none of / \\ : !"
        )


def _units(name: str) -> int:
    return len(name.encode("utf-16-le")) // 2


def _upper(name: str) -> str:
    """Capitals as MS-CFB compares them: one for one."""
    return "".join(capital if len(capital := sign.upper()) == 1 else sign for sign in name)


def _refuse_too_large(entries: list[_Entry]) -> None:
    total = sum(len(entry.content) for entry in entries)
    if total > _LARGEST - _LARGEST // 64:  # room for the tables
        raise LimitError(f"A compound file of {total:,} bytes is beyond the 2 GiB that this format holds.")


def _table_sectors(others: int) -> tuple[int, int]:
    """How many FAT and DIFAT sectors describe themselves and `others` sectors."""
    fats = difats = 0
    while True:
        needed = -(-(others + fats + difats) // _PER_FAT)
        lists = -(-max(0, needed - _IN_HEADER) // _PER_DIFAT)
        if (needed, lists) == (fats, difats):
            return fats, difats
        fats, difats = needed, lists


def _difat(listed: list[int], first: int) -> bytes:
    """The DIFAT sectors, the first of them numbered `first`, for the FAT sectors that the header has no room for."""
    made = b""
    for start in range(0, len(listed), _PER_DIFAT):
        part = listed[start : start + _PER_DIFAT]
        first += 1
        following = first if start + _PER_DIFAT < len(listed) else _END
        made += struct.pack(f"<{_PER_FAT}I", *part, *[_FREE] * (_PER_DIFAT - len(part)), following)
    return made
