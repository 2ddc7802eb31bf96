"""Other people's readers of compound files and VBA projects, and what a compound file must look like to Excel."""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import olefile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # oletools calls its parser by names of old
    from oletools.olevba import VBA_Parser, decompress_stream

Files = dict[str, bytes]


def decompress(data: bytes) -> bytes:
    """What oletools decompresses from a container."""
    return bytes(decompress_stream(bytearray(data)))


def macros(name: str, data: bytes) -> dict[str, str]:
    """What olevba extracts from a workbook or a vbaProject.bin: file name of the module -> its whole text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = VBA_Parser(name, data=data)
        try:
            return {module: text for _, _, module, text in parser.extract_macros()}
        finally:
            parser.close()


def streams(data: bytes) -> Files:
    """Every stream of a compound file, read with olefile, which is told to forgive nothing."""
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE) as file:
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


def flat(tree: Mapping[str, Any], where: str = "") -> Files:
    """A tree for `compound_file` as `streams` gives it."""
    found: Files = {}
    for name, content in tree.items():
        if isinstance(content, bytes):
            found[where + name] = content
        else:
            found |= flat(content, f"{where}{name}/")
    return found


def faults(data: bytes) -> list[str]:
    """What MS-CFB forbids, and a forgiving reader does not see."""
    words = struct.unpack("<8s16sHHHHH6x9I109I", data[:512])
    found = []
    if words[2:7] != (0x3E, 3, 0xFFFE, 9, 6) or len(data) % 512:
        found.append("header")
    fat_count, directory_start, mini_start, difat_start = words[8], words[9], words[12], words[14]
    sectors = [data[place : place + 512] for place in range(512, len(data), 512)]

    fat_sectors = [number for number in words[16:] if number != 0xFFFFFFFF]
    difat_sectors = []
    while difat_start != 0xFFFFFFFE:
        difat_sectors.append(difat_start)
        *listed, difat_start = struct.unpack("<128I", sectors[difat_start])
        fat_sectors += [number for number in listed if number != 0xFFFFFFFF]
    if len(fat_sectors) != fat_count or len(difat_sectors) != words[15]:
        found.append("number of FAT sectors")
    fat = [word for number in fat_sectors for word in struct.unpack("<128I", sectors[number])]
    if any(fat[number] != 0xFFFFFFFD for number in fat_sectors):
        found.append("FAT sectors not marked")
    if any(fat[number] != 0xFFFFFFFC for number in difat_sectors):
        found.append("DIFAT sectors not marked")
    if any(word != 0xFFFFFFFF for word in fat[len(sectors) :]):
        found.append("FAT goes beyond the file")

    def chain(table: list[int], start: int) -> list[int]:
        walked: list[int] = []
        while start != 0xFFFFFFFE:
            if start >= len(table) or len(walked) > len(table):
                found.append("a chain leads nowhere")
                break
            walked.append(start)
            start = table[start]
        return walked

    used = [*fat_sectors, *difat_sectors]
    directory_chain, mini_chain = chain(fat, directory_start), chain(fat, mini_start)
    used += directory_chain + mini_chain
    directory = b"".join(sectors[number] for number in directory_chain)
    entries = [_entry(directory[place : place + 128]) for place in range(0, len(directory), 128)]
    root = entries[0]
    mini_fat = [word for number in mini_chain for word in struct.unpack("<128I", sectors[number])]
    if len(mini_chain) != words[13]:
        found.append("number of mini FAT sectors")
    if any(word != 0xFFFFFFFF for word in mini_fat[root["size"] // 64 :]):
        found.append("mini FAT goes beyond the mini stream")
    used += chain(fat, root["start"]) if root["size"] else []
    mini_used: list[int] = []
    for entry in entries[1:]:
        if entry["kind"] != 2 or not entry["size"]:
            continue
        small = entry["size"] < 4096
        places = chain(mini_fat if small else fat, entry["start"])
        if len(places) != -(-entry["size"] // (64 if small else 512)):
            found.append(f"{entry['name']}: size and chain differ")
        (mini_used if small else used).extend(places)
    if sorted(used) != list(range(len(sectors))):
        found.append("a sector is shared or lost")
    if sorted(mini_used) != list(range(root["size"] // 64)):
        found.append("a mini sector is shared or lost")
    found.extend(_tree_faults(entries))
    return found


def _entry(line: bytes) -> dict[str, Any]:
    length, kind, colour, left, right, child = struct.unpack("<HBBIII", line[64:80])
    start, size = struct.unpack("<IQ", line[116:128])
    name = line[: max(0, length - 2)].decode("utf-16-le")
    names = {"name": name, "kind": kind, "colour": colour, "left": left, "right": right, "child": child}
    return {**names, "start": start, "size": size, "rest": line[80:116]}


def _tree_faults(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Each storage's entries form a red-black tree, ordered by length and then by capitals."""
    reached = [0]

    def blacks(place: int, low: Any, high: Any, red_above: bool) -> Iterator[tuple[int, str]]:
        if place == 0xFFFFFFFF:
            yield 1, ""
            return
        entry = entries[place]
        reached.append(place)
        key = (len(entry["name"]), entry["name"].upper())
        if (low is not None and key <= low) or (high is not None and key >= high):
            yield 0, f"{entry['name']}: out of order"
        red = entry["colour"] == 0
        if red and red_above:
            yield 0, f"{entry['name']}: red below red"
        left, right = (
            [*blacks(entry["left"], low, key, red)],
            [*blacks(entry["right"], key, high, red)],
        )
        for _, fault in (*left, *right):
            if fault:
                yield 0, fault
        heights = {height for height, fault in (*left, *right) if not fault}
        if len(heights) != 1:
            yield 0, f"{entry['name']}: unequal black heights"
        yield max(heights) + (0 if red else 1), ""

    for entry in entries:
        if entry["kind"] in {1, 5} and entry["child"] != 0xFFFFFFFF:
            if entries[entry["child"]]["colour"] == 0:
                yield f"{entry['name']}: its top entry is red"
            for _, fault in blacks(entry["child"], None, None, False):
                if fault:
                    yield fault
    living = [place for place, entry in enumerate(entries) if entry["kind"]]
    if sorted(reached) != living:
        yield "an entry is not reached once"
    links = {entry[link] for entry in entries if not entry["kind"] for link in ("left", "right", "child")}
    if not links <= {0xFFFFFFFF}:
        yield "an unused entry leads somewhere"
    if any(entry["rest"] != bytes(36) for entry in entries):
        yield "a time or an identifier"


def dir_records(data: bytes) -> list[tuple[int, bytes]]:
    """The records of a decompressed dir stream: number and content."""
    found, place = [], 0
    while place < len(data):
        number, size = struct.unpack_from("<HI", data, place)
        size += 2 if number == 0x09 else 0  # the version has two bytes more than it says
        found.append((number, data[place + 6 : place + 6 + size]))
        place += 6 + size
    return found


def decrypted(text: str, project_id: str) -> tuple[int, bytes, bytes]:
    """The seed, the bytes to be ignored and the data of CMG, DPB or GC."""
    data = bytes.fromhex(text)
    key = sum(project_id.encode("ascii")) & 0xFF
    assert (data[0] ^ data[1], data[0] ^ data[2]) == (2, key), "version or project key"
    plain = bytearray()
    for place in range(3, len(data)):
        plain.append(data[place] ^ (data[place - 2] + (plain[-1] if plain else key) & 0xFF))
    ignored = (data[0] & 6) // 2
    (length,) = struct.unpack_from("<I", plain, ignored)
    content = bytes(plain[ignored + 4 :])
    assert len(content) == length, "length"
    return data[0], bytes(plain[:ignored]), content


def project_values(text: str) -> dict[str, str]:
    """The quoted values of a PROJECT stream."""
    return dict(re.findall(r'(?m)^(\w+)="(.*)"\r?$', text))
