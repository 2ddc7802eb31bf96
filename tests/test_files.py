from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from perfbook._files import write_whole
from perfbook.errors import CannotWriteError


def test_a_file_is_replaced_whole_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "scorecard.xlsx"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["scorecard.xlsx"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full. Make room"),
        (errno.EACCES, "open in Excel or may not be written. Close it"),
        (errno.EIO, "Check the folder"),
    ],
)
@pytest.mark.parametrize(("owner", "operation"), [(Path, "replace"), (os, "fsync")])
def test_when_writing_fails_the_old_file_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, owner: object, operation: str
) -> None:
    path = tmp_path / "scorecard.xlsx"
    write_whole(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(owner, operation, refuse)
    with pytest.raises(CannotWriteError) as caught:
        write_whole(path, b"new")
    monkeypatch.undo()
    assert words in str(caught.value)
    assert "unchanged" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["scorecard.xlsx"]


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "scorecard.xlsx").mkdir()
    with pytest.raises(CannotWriteError, match="there is a folder of that name"):
        write_whole(tmp_path / "scorecard.xlsx", b"new")


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "2020-21 Q2").write_bytes(b"")
    with pytest.raises(CannotWriteError, match="2020-21 Q2 is a file, not a folder") as caught:
        write_whole(tmp_path / "2020-21 Q2" / "scorecard.xlsx", b"new")
    assert "unchanged" not in str(caught.value)
