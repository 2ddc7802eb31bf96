from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbook.errors import LimitError
from perfbook.excel import compound
from perfbook.excel.compound import compound_file
from tests.excel.readers import faults, flat, streams

NAMES = st.text(st.sampled_from("abcXYZ019_é"), min_size=1, max_size=31)
SIZES = st.one_of(st.sampled_from([0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 9000]), st.integers(0, 9000))
CONTENTS = st.builds(lambda size, fill: bytes([fill]) * size, SIZES, st.integers(1, 255))


def same_names_once(tree: dict[str, Any]) -> dict[str, Any]:
    return dict({name.upper(): (name, content) for name, content in tree.items()}.values())


LEVEL = st.dictionaries(NAMES, CONTENTS, max_size=40).map(same_names_once)
TREES = st.dictionaries(NAMES, st.one_of(CONTENTS, LEVEL), max_size=20).map(same_names_once)


@settings(deadline=None, max_examples=150)
@given(TREES)
def test_what_is_put_in_comes_out_and_the_file_is_sound(tree: dict[str, Any]) -> None:
    made = compound_file(tree)
    assert streams(made) == flat(tree)
    assert faults(made) == []


@pytest.mark.parametrize("count", [*range(1, 20), 31, 32, 127, 128, 500])
def test_directories_of_every_size_are_red_black_trees(count: int) -> None:
    tree = {f"Module{number}": bytes([number % 250 + 1]) * 10 for number in range(count)}
    made = compound_file({"VBA": tree, "PROJECT": b"x"})
    assert faults(made) == []
    assert len(streams(made)) == count + 1


def test_names_are_ordered_by_length_then_capitals() -> None:
    made = compound_file({"bb": b"1", "_VBA_PROJECT": b"2", "B": b"3", "a": b"4", "Zz": b"5", "_z": b"6"})
    directory = made[1024:][: 7 * 128]  # behind the header and the one FAT sector
    names = [directory[place : place + 64].decode("utf-16-le").rstrip("\0") for place in range(0, 7 * 128, 128)]
    assert names == ["Root Entry", "a", "B", "bb", "Zz", "_z", "_VBA_PROJECT"]


@pytest.mark.parametrize(
    ("size", "difats"),
    [
        (109 * 128 * 512 - 200 * 512, 0),
        (109 * 128 * 512, 1),
        ((109 + 127) * 128 * 512, 2),
    ],
)
def test_beyond_109_fat_sectors_there_is_a_difat(size: int, difats: int) -> None:
    content = bytes(range(256)) * (size // 256)
    made = compound_file({"VBA": {"large": content, "dir": b"small"}})
    assert struct.unpack_from("<I", made, 72) == (difats,)
    assert faults(made) == []
    assert streams(made) == {"VBA/large": content, "VBA/dir": b"small"}


# Around 109 and 110 FAT sectors, and at 237, which one DIFAT sector cannot list beside the header.
@pytest.mark.parametrize("sectors", [*range(13_835, 13_850), *range(13_960, 13_975), 30_050])
def test_the_tables_describe_themselves_too(sectors: int) -> None:
    assert faults(compound_file({"large": bytes(sectors * 512)})) == []


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "a\\b", "a:b", "a!b", "𝒳" * 16])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(LimitError, match="1 to 31 characters"):
        compound_file({"VBA": {name: b""}})


def test_two_names_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(LimitError, match=r"both VBA/Main and VBA/MAIN"):
        compound_file({"VBA": {"Main": b"", "MAIN": b""}})


def test_what_the_format_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compound, "_LARGEST", 64_000)
    assert compound_file({"a": bytes(63_000)})
    with pytest.raises(LimitError, match="2 GiB"):
        compound_file({"a": bytes(63_001)})
