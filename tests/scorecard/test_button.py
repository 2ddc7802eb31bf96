"""The scorecard as a workbook with macros: its parts, as other readers and the published rules see them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from perfbook import _resources
from perfbook.cli import cli
from perfbook.excel.project import read_sources
from perfbook.scorecard import Button, build_scorecard
from perfbook.scorecard.button import RIBBON, ribbon
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.excel.readers import macros
from tests.scorecard import invented

CUSTOM_UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
# From the published schema of customUI14: what may stand in what, how often, and with which attributes, of those used.
CHILDREN = {
    "customUI": ("commands", "ribbon", "backstage", "contextMenus"),
    "ribbon": ("qat", "tabs", "contextualTabs"),
    "tabs": ("tab",),
    "tab": ("group",),
    "group": ("button",),
    "button": (),
}
ATTRIBUTES = {
    "customUI": {"onLoad", "loadImage"},
    "ribbon": {"startFromScratch"},
    "tabs": set(),
    "tab": {"id", "label", "insertAfterMso", "insertBeforeMso", "keytip"},
    "group": {"id", "label", "screentip", "supertip", "keytip", "imageMso"},
    "button": {"id", "label", "imageMso", "size", "screentip", "supertip", "onAction", "keytip"},
}
LONGEST = {"label": 1024, "screentip": 1024, "supertip": 1024, "id": 1024, "onAction": 1024, "imageMso": 1024}


@pytest.fixture(scope="module")
def book() -> bytes:
    return build_scorecard(invented.quarter(), button=Button("mailbox", "perfbook", "../..", "returns", 90, "perfbook"))


def test_both_gates_are_silent(book: bytes, audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "scorecard.xlsm"
    path.write_bytes(book)
    assert audit(path) == []
    assert breaches(book) == []


def test_the_same_inputs_give_the_same_bytes(book: bytes) -> None:
    again = Button("mailbox", "perfbook", "../..", "returns", 90, "perfbook")
    assert build_scorecard(invented.quarter(), button=again) == book


def test_olevba_extracts_exactly_the_sources_of_the_folder(book: bytes) -> None:
    found = macros("scorecard.xlsm", book)
    sources = read_sources(_resources.folder("macros"))
    assert {module.name for module in sources} >= {"Buttons", "Host", "LibreOffice", "Reach", "Refresh", "Tables"}
    for module in sources:
        text = module.source.rstrip().replace("\n", "\r\n") + "\r\n"
        assert found.pop(f"{module.name}.bas") == text
    # What is left belongs to the workbook and its sheets and has no code.
    for name, text in found.items():
        assert name.startswith(("ThisWorkbook", "Sheet"))
        assert all(line.startswith("Attribute ") for line in text.splitlines() if line)


def test_without_a_button_nothing_has_a_macro() -> None:
    with zipfile.ZipFile(io.BytesIO(build_scorecard(invented.quarter()))) as package:
        assert not [name for name in package.namelist() if "vba" in name.lower() or "customUI" in name or "vml" in name]
        assert b"Settings" not in package.read("xl/workbook.xml")


def test_the_ribbon_follows_the_published_schema() -> None:
    seen: list[str] = []

    def check(element: ElementTree.Element) -> None:
        assert element.tag.startswith(CUSTOM_UI)
        tag = element.tag.removeprefix(CUSTOM_UI)
        assert set(element.attrib) <= ATTRIBUTES[tag]
        for name, value in element.attrib.items():
            assert 0 < len(value) <= LONGEST.get(name, 1024)
        if "id" in element.attrib:
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", element.attrib["id"])
            seen.append(element.attrib["id"])
        assert element.attrib.get("size", "large") in ("normal", "large")
        order = [CHILDREN[tag].index(child.tag.removeprefix(CUSTOM_UI)) for child in element]
        assert order == sorted(order)
        for child in element:
            check(child)

    root = ElementTree.fromstring(ribbon())
    check(root)
    assert len(set(seen)) == len(seen)
    assert [b.attrib["label"] for b in root.iter(f"{CUSTOM_UI}button")] == [
        "Consolidate",
        "Trace this figure",
        "Open return",
        "About",
    ]


def test_every_button_of_the_ribbon_has_its_macro(book: bytes) -> None:
    code = macros("scorecard.xlsm", book)["Buttons.bas"]
    for _, _, _, macro, _ in RIBBON:
        assert f"Public Sub {macro}(control As Object)" in code
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        links = ElementTree.fromstring(package.read("_rels/.rels"))
        found = [link.attrib for link in links if link.attrib["Target"] == "customUI/customUI14.xml"]
        assert [link["Type"] for link in found] == [
            "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
        ]
        assert package.read("customUI/customUI14.xml") == ribbon()
        assert b'Extension="xml"' in package.read("[Content_Types].xml")
        assert b"sheet.macroEnabled.main+xml" in package.read("[Content_Types].xml")


def test_commands_write_the_workbook_with_macros_or_the_tables(tmp_path: Path) -> None:
    runner, root = CliRunner(), tmp_path / "w"
    assert runner.invoke(cli, ["init", str(root), "--example", "dudley"]).exit_code == 0
    common = ["consolidate", "-w", str(root), "--as-at", "2020-10-20"]
    assert runner.invoke(cli, [*common, "--xlsm"]).exit_code == 0
    assert [path.suffix for path in root.rglob("*scorecard.*")] == [".xlsm"]
    tables = tmp_path / "t.json"
    assert runner.invoke(cli, [*common, "--tables", str(tables)]).exit_code == 0
    assert tables.read_bytes().startswith(b'{"perfbook":"tables"')
    assert runner.invoke(cli, [*common, "--tables", str(tables), "--xlsm"]).exit_code == 2
    # Where there are none the file says why: a macro sees nothing else.
    missing = runner.invoke(cli, ["consolidate", "-w", str(tmp_path), "--tables", str(tables)])
    assert missing.exit_code != 0
    assert tables.read_bytes().startswith(b'{"ok":false\x2c"code":2\x2c"error":"There is no workspace at')
