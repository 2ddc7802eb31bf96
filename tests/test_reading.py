"""One file by itself, from Python and by `perfbook check`: read as a collection reads it, in a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import msoffcrypto
import pytest

import perfbook
from perfbook.cli import main
from perfbook.collecting import isolation
from perfbook.errors import UnreadableFileError, UsageError
from perfbook.framework.book_writer import write_framework
from perfbook.returns import reader
from perfbook.workspace import Workspace, open_workspace
from tests.collecting.bad_inputs import bombs
from tests.collecting.council import PERIOD, council, filled
from tests.collecting.misbehaving import misbehave
from tests.test_owners import OWNERS, answer, book, folder, write
from tests.unattended.council import ISSUED, TOML

ROOT = Path(__file__).resolve().parents[1]
GOOD = filled("parks", {"p1": 12}, "Certified")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No process of an earlier test, and none left for a later one."""
    isolation._POOL.close()
    yield
    isolation._POOL.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """One whose framework is that of GOOD, with little patience and a password."""
    root = tmp_path / "our council"
    root.mkdir()
    settings = TOML.format(period=PERIOD.label)
    (root / "perfbook.toml").write_text(
        f'{settings}\n[reading]\nseconds = 20\npassword_file = "passwords.txt"\n', encoding="utf-8"
    )
    (root / "passwords.txt").write_text("sesame\n")
    (root / "framework.xlsx").write_bytes(write_framework(council(), created=ISSUED, periods=[PERIOD]))
    return open_workspace(root)


def checked(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, list[dict[str, object]]]:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments), "--json"])
    printed = capsys.readouterr()
    assert printed.err == ""
    (file,) = json.loads(printed.out)["files"]
    return int(ended.value.code or 0), file["findings"]


def encrypted(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def test_it_says_what_a_reading_in_the_same_process_says(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(GOOD)
    found = perfbook.read_return(path, council())
    assert found == reader.read_return(GOOD, file="return.xlsx", framework=council())
    assert isolation._POOL._idle  # a process of its own did it, and waits for the next


@pytest.mark.parametrize("bomb", [bombs.by_ratio, bombs.entity_bomb], ids=["ratio", "entities"])
def test_a_bomb_is_refused(bomb: Callable[[], bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb())
    with pytest.raises(UnreadableFileError) as said:
        perfbook.read_return(path, council())
    code, findings = checked(capsys, path)
    assert said.value.code in ("R108", "R113")
    assert (code, [(f["code"], f["found"]) for f in findings]) == (1, [(said.value.code, said.value.reason)])


@pytest.mark.parametrize(("name", "expected"), [("hang", "C221"), ("swell in Rust", "C222"), ("die", "C223")])
def test_a_file_that_misbehaves_is_told_in_a_sentence(
    name: str,
    expected: str,
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = workspace.root / "perfbook.toml"
    settings.write_text(settings.read_text("utf-8").replace("seconds = 20", "seconds = 1"), "utf-8")
    misbehave(monkeypatch, tmp_path)
    path = workspace.root / name
    path.write_bytes(b"")
    with pytest.raises(UnreadableFileError) as said:
        perfbook.read_return(path, council())
    assert said.value.code == expected
    assert said.value.reason.endswith(".")
    code, findings = checked(capsys, path)
    assert (code, [(f["code"], f["severity"]) for f in findings]) == (1, [(expected, "error")])


def test_the_passwords_of_the_workspace_are_tried(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside, outside = workspace.root / "parks.xlsx", tmp_path / "parks.xlsx"
    for path in (inside, outside):
        path.write_bytes(encrypted(GOOD, "sesame"))
    assert "R213" in {f.code for f in perfbook.read_return(inside, council()).findings}
    with pytest.raises(UnreadableFileError) as said:
        perfbook.read_return(outside, council())
    assert said.value.code == "R102"
    assert "R213" in {f["code"] for f in checked(capsys, "-w", workspace.root, outside)[1]}
    assert [f["code"] for f in checked(capsys, outside)[1]] == ["R102"]


def test_what_is_no_return_is_told(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="is a framework, not a return"):
        perfbook.read_return(workspace.root / "framework.xlsx", council())
    for path, words in ((tmp_path / "nowhere.xlsx", "cannot be opened"), (tmp_path, "is a folder")):
        with pytest.raises(UsageError, match=words):
            perfbook.read_return(path, council())


def test_an_owners_book_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "perfbook.toml").write_text(TOML.format(period=PERIOD.label), encoding="utf-8")
    owned = write(tmp_path, OWNERS)
    owned.generate(by="owner", as_at=ISSUED)
    path = book(owned, "Repairs")
    answer(path, {"d01-m02": 7})
    assert path.parent == folder(owned)
    code, findings = checked(capsys, path)
    assert "R104" not in {f["code"] for f in findings}
    assert {f["measure"] for f in findings} <= {"d01-m02", ""}
    assert code == 0, findings


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    (tmp_path / "return.xlsx").write_bytes(GOOD)
    script = """
    import perfbook
    from tests.collecting.council import council

    print("once")
    print(perfbook.read_return("return.xlsx", council()).state)
    """
    (tmp_path / "script.py").write_text(textwrap.dedent(script))
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == (["once", "certified"], "")
