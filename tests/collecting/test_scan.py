from __future__ import annotations

import io
import os
import unicodedata
from datetime import UTC
from pathlib import Path

import pytest

from perfbook.collecting.scan import LIMITS, Limits, Listed, Scanned, list_files, read_listed

_WORKBOOK = b"PK\x03\x04 .. xl/workbook.xml .. PK\x05\x06" + bytes(18)


def _scan(folder: Path, limits: Limits = LIMITS) -> dict[str, Scanned]:
    return {entry.path: read_listed(entry, UTC, limits, clock=lambda: 0) for entry in list_files(folder, limits)}


def _code(scanned: Scanned) -> str:
    return scanned.verdict.code if scanned.verdict else "read"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("Return.xlsx", _WORKBOOK, "read"),
        ("RETURN.XLSM", b"anything", "read"),
        ("old.xls", b"anything", "read"),
        ("table.ods", b"anything", "read"),
        ("really a workbook.pdf", _WORKBOOK, "read"),
        ("no extension", _WORKBOOK, "read"),
        ("empty.xlsx", b"", "C201"),
        ("~$Return.xlsx", b"owner", "C301"),
        (".~lock.Return.ods#", b"owner", "C301"),
        (".hidden.xlsx", _WORKBOOK, "C302"),
        ("Thumbs.db", b"x", "C302"),
        ("desktop.INI", b"x", "C302"),
        ("half.xlsx.crdownload", b"x", "C302"),
        ("half.partial", b"x", "C302"),
        ("A1B2C3.tmp", _WORKBOOK, "C302"),
        ("notes.pdf", b"%PDF", "C303"),
        ("letter.docx", b"PK\x03\x04 word/document.xml", "C303"),
        ("mail.msg", b"x", "C303"),
        ("mail.eml", b"x", "C303"),
        ("list.csv", b"a,b", "C303"),
        ("empty.txt", b"", "C303"),
    ],
)
def test_each_file_is_read_or_has_a_verdict(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    (scanned,) = _scan(tmp_path).values()
    assert _code(scanned) == code
    assert scanned.data == (data if code == "read" else b"")


def test_a_lock_file_says_what_is_open(tmp_path: Path) -> None:
    (tmp_path / "~$Parks.xlsx").write_bytes(b"owner")
    verdict = _scan(tmp_path)["~$Parks.xlsx"].verdict
    assert verdict
    assert verdict.reason.startswith("Somebody has Parks.xlsx open")


def _excel(person: str) -> bytes:
    """What Excel writes beside a workbook that a person has open."""
    narrow, wide = person.encode("cp1252", "replace"), person.encode("utf-16-le")
    return (bytes([len(narrow)]) + narrow).ljust(55, b" ") + (
        len(person).to_bytes(2, "little") + wide + b" \0" * (54 - len(person))
    )


@pytest.mark.parametrize(
    ("name", "data", "person"),
    [
        ("~$Parks.xlsx", _excel("Officer Seven"), "Officer Seven"),
        ("~$Parks.xlsx", _excel("Łucja Žuk"), "Łucja Žuk"),
        ("~$Parks.xlsx", _excel("x" * 52), "x" * 52),
        ("~$Parks.xlsx", b"\x05Seven".ljust(55, b" ") + b"\xff" * 110, "Seven"),
        ("~$Parks.xlsx", b"\x05Seven", "Somebody"),
        ("~$Parks.xlsx", b"\x00" * 165, "Somebody"),
        ("~$Parks.xlsx", b"\xff" * 165, "Somebody"),
        ("~$Parks.xlsx", b"", "Somebody"),
        (".~lock.Parks.xlsx#", b"Officer Seven,o7,PC01,20.01.2032 10:00,file:///C:/x;", "Officer Seven"),
        (".~lock.Parks.xlsx#", "Zoë\\, the Third,o7,PC01,20.01.2032 10:00,file:///x;\n".encode(), "Zoë, the Third"),
        (".~lock.Parks.xlsx#", b",o7,PC01,20.01.2032 10:00,file:///C:/x;", "o7"),
        (".~lock.Parks.xlsx#", b"=cmd|x\x07,a;", "Somebody"),
    ],
)
def test_an_owner_file_says_who_has_what_open(tmp_path: Path, name: str, data: bytes, person: str) -> None:
    assert len(_excel("Officer Seven")) == 165
    (tmp_path / name).write_bytes(data)
    (tmp_path / "Parks.xlsx").write_bytes(_WORKBOOK)
    verdict = _scan(tmp_path)[name].verdict
    assert verdict
    assert (verdict.code, verdict.logged) == ("C301", False)
    assert verdict.reason == f"{person} has Parks.xlsx open; what is not saved yet is not read."
    assert _code(_scan(tmp_path)["Parks.xlsx"]) == "read"


def test_order_and_names_are_the_same_everywhere(tmp_path: Path) -> None:
    for name in ("b.xlsx", "A.xlsx", "sub/c.xlsx", unicodedata.normalize("NFD", "Café.xlsx")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_WORKBOOK)
    assert list(_scan(tmp_path)) == ["A.xlsx", "b.xlsx", "Café.xlsx", "sub/c.xlsx"]


def test_names_that_differ_only_in_their_unicode_form_stay_two(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "Café.xlsx")).write_bytes(_WORKBOOK)
    if len(list(tmp_path.iterdir())) == 1:
        return  # this file system holds them for one
    assert list(_scan(tmp_path)) == ["Café.xlsx", "Café.xlsx [2]"]


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist on Windows")
def test_names_that_cannot_be_shown_are_made_fit(tmp_path: Path) -> None:
    name = b"a\xff\nb.xlsx"
    try:
        with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:  # noqa: PTH123  (a name of bytes)
            file.write(_WORKBOOK)
    except OSError:
        return  # this file system wants Unicode
    (path,) = _scan(tmp_path)
    assert path == "a\ufffd\ufffdb.xlsx"
    assert _scan(tmp_path)[path].data == _WORKBOOK


def test_links_are_listed_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.xlsx").write_bytes(_WORKBOOK)
    folder = tmp_path / "returns"
    folder.mkdir()
    try:
        (folder / "link.xlsx").symlink_to(outside / "secret.xlsx")
        (folder / "linked folder").symlink_to(outside, target_is_directory=True)
    except OSError:
        return  # Windows lets only some people make links
    assert {path: _code(found) for path, found in _scan(folder).items()} == {
        "link.xlsx": "C306",
        "linked folder": "C306",
    }


def test_folders_below_the_limit_are_named_once(tmp_path: Path) -> None:
    deep = tmp_path / "1" / "2" / "3"
    deep.mkdir(parents=True)
    (deep / "x.xlsx").write_bytes(_WORKBOOK)
    (deep.parent / "y.xlsx").write_bytes(_WORKBOOK)
    found = {path: _code(scanned) for path, scanned in _scan(tmp_path, Limits(depth=2)).items()}
    assert found == {"1/2/3": "C307", "1/2/y.xlsx": "read"}


def test_more_files_than_the_limit(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.xlsx").write_bytes(_WORKBOOK)
    found = [_code(scanned) for scanned in _scan(tmp_path, Limits(files=3)).values()]
    assert found == ["read", "read", "read", "C308"]


def test_folders_of_the_system_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".sync").mkdir()
    (tmp_path / ".sync" / "x.xlsx").write_bytes(_WORKBOOK)
    assert {path: _code(found) for path, found in _scan(tmp_path).items()} == {".sync": "C302"}


def test_a_file_beyond_the_size_limit(tmp_path: Path) -> None:
    (tmp_path / "big.xlsx").write_bytes(b"x" * 2_000_001)
    verdict = _scan(tmp_path, Limits(size=2_000_000))["big.xlsx"].verdict
    assert verdict
    assert (verdict.code, verdict.outcome) == ("C203", "rejected")


def test_a_file_that_vanished_after_listing(tmp_path: Path) -> None:
    path = tmp_path / "gone.xlsx"
    path.write_bytes(_WORKBOOK)
    (entry,) = list_files(tmp_path)
    path.unlink()
    assert _code(read_listed(entry, UTC)) == "C304"


class _Opened:
    """Stands in for Path.open: fails or meddles, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, before: list[object]) -> None:
        self.calls = 0
        original = Path.open

        def opened(path: Path, mode: str) -> object:
            step = before[min(self.calls, len(before) - 1)]
            self.calls += 1
            if isinstance(step, OSError):
                raise step
            if isinstance(step, bytes):
                with original(path, "ab") as file:
                    file.write(step)
            return original(path, mode)

        monkeypatch.setattr(Path, "open", opened)


def _listed(tmp_path: Path) -> Listed:
    (tmp_path / "Return.xlsx").write_bytes(_WORKBOOK)
    (entry,) = list_files(tmp_path)
    return entry


def test_a_locked_file_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, waits = _listed(tmp_path), list[float]()
    opened = _Opened(monkeypatch, [PermissionError(13, "locked"), PermissionError(13, "locked"), None])
    assert read_listed(entry, UTC, LIMITS, waits.append).data == _WORKBOOK
    assert (opened.calls, waits) == (3, [0.3, 0.3])


def test_a_file_that_stays_locked_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _listed(tmp_path)
    opened = _Opened(monkeypatch, [PermissionError(13, "locked")])
    found = read_listed(entry, UTC, LIMITS, lambda _: None)
    assert (_code(found), opened.calls) == ("C202", 3)
    assert found.modified


def test_a_file_that_stays_locked_is_named_with_the_person_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "~$Return.xlsx").write_bytes(_excel("Officer Seven"))
    (tmp_path / "Return.xlsx").write_bytes(_WORKBOOK)
    entry = next(entry for entry in list_files(tmp_path) if entry.path == "Return.xlsx")
    assert entry.person == "Officer Seven"
    _Opened(monkeypatch, [PermissionError(13, "locked")])
    verdict = read_listed(entry, UTC, LIMITS, lambda _: None).verdict
    assert verdict
    assert verdict.reason.endswith("Close it in Excel. Officer Seven has it open.")
    assert verdict.recorded
    assert "Officer" not in verdict.recorded


def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _listed(tmp_path)
    _Opened(monkeypatch, [OSError(5, "Input/output error")])
    found = read_listed(entry, UTC)
    assert found.verdict
    assert found.verdict.code == "C204"
    assert "Input/output error" in found.verdict.reason


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = _listed(tmp_path)
    _Opened(monkeypatch, [b"more"])
    found = read_listed(entry, UTC)
    assert (_code(found), found.data) == ("C305", b"")


def test_a_file_of_which_only_a_part_comes_waits_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = _listed(tmp_path)
    monkeypatch.setattr(Path, "open", lambda *_: io.BytesIO(_WORKBOOK[:-3]))
    assert _code(read_listed(entry, UTC)) == "C305"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only Unix has pipes with names")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert _code(_scan(tmp_path)["pipe.xlsx"]) == "C311"


# What is to be left out


@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("*.bak.xlsx", {"a.bak.xlsx"}),
        ("OLD", {"old"}),
        ("old/*", {"old/b.xlsx", "old/deeper"}),
        ("old/deeper/*", {"old/deeper/c.xlsx"}),
        ("café*", {"Café.xlsx"}),
        ("*", {"a.bak.xlsx", "Café.xlsx", "old"}),
        ("nothing*", set()),
    ],
)
def test_patterns_to_leave_out(tmp_path: Path, pattern: str, left_out: set[str]) -> None:
    for name in ("a.bak.xlsx", unicodedata.normalize("NFD", "Café.xlsx"), "old/b.xlsx", "old/deeper/c.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_WORKBOOK)
    found = _scan(tmp_path, Limits(ignore=(pattern,)))
    assert {path for path, scanned in found.items() if _code(scanned) == "C320"} == left_out
    for path in left_out:
        verdict = found[path].verdict
        assert verdict
        assert verdict.reason == f"Left out: perfbook.toml says to ignore {pattern}."
    # Each file is read or lies in something that is named.
    read = {path for path, scanned in found.items() if _code(scanned) == "read"}
    for name in ("a.bak.xlsx", "Café.xlsx", "old/b.xlsx", "old/deeper/c.xlsx"):
        assert name in read or any(name.startswith(path) for path in left_out)


# Placeholders of files that are in the cloud


class _Status:
    """An entry as the file system describes it, with marks that this one does not have."""

    def __init__(self, status: os.stat_result, **marks: int) -> None:
        self._status, self._marks = status, marks

    def __getattr__(self, name: str) -> object:
        return self._marks[name] if name in self._marks else getattr(self._status, name)


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ({"st_file_attributes": 0x20}, "read"),
        ({"st_file_attributes": 0x0040_0020}, "C230"),
        ({"st_file_attributes": 0x0004_0000}, "C230"),
        ({"st_file_attributes": 0x1000}, "C230"),
        ({"st_flags": 0x4000_0000}, "C230"),
        ({"st_blocks": 0}, "read"),
    ],
)
def test_a_placeholder_is_told_and_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marks: dict[str, int], code: str
) -> None:
    entry = _listed(tmp_path)
    original = Path.stat
    monkeypatch.setattr(Path, "stat", lambda path, **more: _Status(original(path, **more), **marks))
    opened = _Opened(monkeypatch, [None])
    found = read_listed(entry, UTC)
    assert _code(found) == code
    assert opened.calls == int(code == "read")
    if found.verdict:
        assert found.verdict.outcome == "rejected"
        assert "Only a placeholder of Return.xlsx is here" in found.verdict.reason
        assert "Always keep on this device" in found.verdict.reason


def test_a_stub_of_icloud_stands_for_its_workbook(tmp_path: Path) -> None:
    (tmp_path / ".Return.xlsx.icloud").write_bytes(b"bplist00")
    (tmp_path / ".photo.jpg.icloud").write_bytes(b"bplist00")
    found = _scan(tmp_path)
    assert (_code(found[".Return.xlsx.icloud"]), _code(found[".photo.jpg.icloud"])) == ("C230", "C302")


def test_a_file_of_nothing_but_zero_bytes_is_told(tmp_path: Path) -> None:
    with (tmp_path / "sparse.xlsx").open("wb") as file:
        file.truncate(24_000)
    found = _scan(tmp_path)["sparse.xlsx"]
    assert found.verdict
    assert (found.verdict.code, found.verdict.outcome) == ("C231", "rejected")
    assert "24,000 zero bytes" in found.verdict.reason


# What is still being written


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 .. xl/workbook.xml ..", bytes(500)])
@pytest.mark.parametrize("goes_on", [True, False])
def test_a_file_that_is_not_whole_is_looked_at_again_when_it_had_time(
    tmp_path: Path, data: bytes, goes_on: bool
) -> None:
    path = tmp_path / "slow.xlsx"
    path.write_bytes(data)
    (entry,) = list_files(tmp_path)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if goes_on:
            path.write_bytes(_WORKBOOK)

    now = path.stat().st_mtime + 0.5
    found = read_listed(entry, UTC, Limits(settle=2.0), sleep, clock=lambda: now)
    assert waits == [pytest.approx(1.5)]
    assert (_code(found) == "C305") == goes_on
    # One that has lain still, or comes from the future, is judged at once; so is one that is whole.
    for clock in (now + 60, now - 60):
        waits.clear()
        read_listed(entry, UTC, Limits(settle=2.0), sleep, clock=lambda at=clock: at)  # type: ignore[misc]
        assert waits == []


@pytest.mark.skipif(os.name == "nt", reason="Windows makes such names only under a prefix")
def test_long_paths_and_names_that_end_in_blanks_are_read(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a folder with quite a long name " * 3] * 4)
    deep.mkdir(parents=True)
    for name in ("Return.xlsx ", " Return.xlsx", "Return.xlsx.", "Return.XLSX"):
        (deep / name).write_bytes(_WORKBOOK)
    found = _scan(tmp_path)
    assert len(next(iter(found))) > 260
    assert {path.rpartition("/")[2] for path, scanned in found.items() if _code(scanned) == "read"} == {
        "Return.xlsx ",
        " Return.xlsx",
        "Return.xlsx.",
        "Return.XLSX",
    }
