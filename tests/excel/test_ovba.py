from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbook.excel.ovba import Entry, Kind, compress, dir_stream, encrypt, name_map_stream, project_stream
from perfbook.excel.project import Module, compile_project, with_documents
from tests.excel.readers import decompress, decrypted, dir_records, project_values, streams

# Saved by Excel: 2007 with SysKind Win32, then two others.
SAVED = ("calamine/vba.xlsm", "calamine/issue281.xlsm", "closedxml/vba-user-function.xlsm", "closedxml/tdf111974.xlsm")
PLAIN = (SAVED[0], SAVED[2])

TEXTS = st.text(st.sampled_from("aab  \n\r\t=()Range\"'é£"), max_size=6000).map(lambda text: text.encode("cp1252"))
REPEATED = st.builds(lambda part, times: part * times, st.binary(min_size=1, max_size=40), st.integers(1, 400))


def saved_project(shared: Path, name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(shared / "corpus" / name) as package:
        part = next(part for part in package.namelist() if part.endswith("vbaProject.bin"))
        return streams(package.read(part))


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(TEXTS, REPEATED, st.binary(max_size=3000), st.lists(st.one_of(TEXTS, REPEATED), max_size=4).map(b"".join))
)
def test_what_is_compressed_is_decompressed_by_oletools(data: bytes) -> None:
    assert decompress(compress(data)) == data


@pytest.mark.parametrize("size", [0, 1, 2, 3, 15, 16, 17, 18, 33, 4095, 4096, 4097, 8191, 8192, 8193, 12_288])
@pytest.mark.parametrize("part", [b"a", b"ab", b"    Range", bytes(range(256))])
def test_every_length_around_the_chunks(size: int, part: bytes) -> None:
    data = (part * (size // len(part) + 1))[:size]
    made = compress(data)
    assert decompress(made) == data
    if size >= 4095 and len(part) < 10:
        assert len(made) < size / 50


def test_a_chunk_that_cannot_be_compressed_is_kept_as_it_is() -> None:
    noise = random.Random(4).randbytes(4096)
    made = compress(noise + b"and text")
    assert made[1:3] == b"\xff\x3f"
    assert made[3 : 3 + 4096] == noise
    assert decompress(made) == noise + b"and text"


def test_a_last_chunk_that_cannot_be_compressed_is_refused_not_filled_up() -> None:
    with pytest.raises(ValueError, match=r"last 4,000 of 8,096 bytes"):
        compress(random.Random(4).randbytes(8096))


@pytest.mark.parametrize("name", SAVED)
def test_excels_own_texts_survive(shared: Path, name: str) -> None:
    project = saved_project(shared, name)
    data = decompress(project["VBA/dir"])
    ours = compress(data)
    assert decompress(ours) == data
    assert len(ours) <= len(project["VBA/dir"])


@pytest.mark.parametrize("name", SAVED)
def test_encryption_gives_what_excel_wrote(shared: Path, name: str) -> None:
    values = project_values(saved_project(shared, name)["PROJECT"].decode("cp1252"))
    for field, content in (("CMG", bytes(4)), ("DPB", b"\0"), ("GC", b"\xff")):
        seed, ignored, data = decrypted(values[field], values["ID"])
        assert data == content
        assert encrypt(data, values["ID"], seed, ignored.ljust(3, b"x")) == values[field]


@given(st.binary(max_size=60), st.integers(0, 255), st.binary(min_size=3, max_size=3))
def test_what_is_encrypted_is_decrypted(data: bytes, seed: int, filling: bytes) -> None:
    found = decrypted(encrypt(data, "{A-1}", seed, filling), "{A-1}")
    assert found == (seed, filling[: len(found[1])], data)


def rebuilt(project: dict[str, bytes]) -> tuple[dict[str, bytes], list[Entry]]:
    """Our project of the same modules, from code without the attribute lines that Excel adds."""
    text = project["PROJECT"].decode("cp1252")
    offsets: dict[str, int] = {}
    name = ""
    for number, content in dir_records(decompress(project["VBA/dir"])):
        if number == 0x1A:
            name = content.decode("cp1252")
        elif number == 0x31:
            offsets[name] = int.from_bytes(content, "little")
    modules, sheets, entries = [], [], []
    for line in text.split("\r\n"):
        kind, _, named = line.partition("=")
        if kind == "Document":
            sheets.append(named.partition("/")[0])
            entries.append(Entry(sheets[-1], "document"))
        elif kind == "Module":
            source = decompress(project[f"VBA/{named}"][offsets[named] :]).decode("cp1252")
            modules.append(Module(named, source.partition("\r\n")[2], "standard"))
            entries.append(Entry(named, "standard"))
    made = streams(compile_project(with_documents(modules, sheets=sheets[1:], workbook=sheets[0])))
    for name, offset in offsets.items():
        assert decompress(made[f"VBA/{name}"]) == decompress(project[f"VBA/{name}"][offset:]), name
    return made, entries


@pytest.mark.parametrize("name", PLAIN)
def test_the_project_is_what_excel_saved_but_for_what_varies(shared: Path, name: str) -> None:
    """Module texts to the byte; dir record by record; PROJECT line by line; PROJECTwm to the byte."""
    project = saved_project(shared, name)
    made, _ = rebuilt(project)
    assert made["PROJECTwm"] == project["PROJECTwm"]

    # The version of the content, cookies, where the source begins behind a cache, and the paths of the libraries.
    volatile = {0x09, 0x13, 0x2C, 0x31, 0x0D}
    theirs, ours = (dir_records(decompress(stream)) for stream in (project["VBA/dir"], made["VBA/dir"]))
    assert [number for number, _ in ours] == [number for number, _ in theirs]
    for (number, mine), (_, wanted) in zip(ours, theirs, strict=True):
        if number not in volatile:
            assert mine == wanted, hex(number)
        elif number == 0x0D:
            assert mine[4:].split(b"#")[:3] == wanted[4:].split(b"#")[:3]
            assert mine[-6:] == wanted[-6:] == bytes(6)
            assert int.from_bytes(mine[:4], "little") == len(mine) - 10
        else:
            assert len(mine) == len(wanted), hex(number)

    def lines(stream: bytes) -> list[str]:
        found = []
        for line in stream.decode("cp1252").split("\r\n"):
            key, equals, value = line.partition("=")
            changes = key in {"ID", "CMG", "DPB", "GC"} or value.endswith((", C", ", Z"))
            found.append(key if changes and equals else line)
        return found

    assert lines(made["PROJECT"]) == lines(project["PROJECT"])


def test_the_project_is_open_and_visible() -> None:
    identifier = "{0B0E3F60-0000-4000-8000-3D2C1B0A0908}"
    values = project_values(project_stream("VBAProject", identifier, []).decode("ascii"))
    assert values["ID"] == identifier
    assert [decrypted(values[field], identifier)[2] for field in ("CMG", "DPB", "GC")] == [bytes(4), b"\0", b"\xff"]


def test_names_outside_ascii_are_written_in_both_codes() -> None:
    kind: Kind = "standard"
    entries = [Entry("Zoë", kind)]
    assert name_map_stream(entries) == b"Zo\xeb\0Z\0o\0\xeb\0\0\0\0\0"
    records = dir_records(dir_stream("P", entries))
    assert (0x19, b"Zo\xeb") in records
    assert (0x47, b"Z\0o\0\xeb\0") in records
