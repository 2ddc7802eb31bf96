"""The examples in the README and in docs/ are run; every command has help and a line in the README."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import shlex
from pathlib import Path

import pytest

from perfbook.cli import cli, main

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [p for p in PAGES if _BLOCK.search(p.read_text("utf-8"))], ids=lambda p: p.name)
def test_examples_run_in_the_order_in_which_they_stand(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for kind, block in _BLOCK.findall(page.read_text("utf-8")):
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(block, page.name, "exec"), {})  # the page's own example
            assert printed.getvalue().strip()
            continue
        for line in block.strip().splitlines():
            program, *arguments = shlex.split(line)
            assert program == "perfbook"
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            assert ended.value.code in (0, None, 1), f"{page.name}: {line}"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_and_a_line_in_the_readme(name: str) -> None:
    assert cli.commands[name].help
    assert f"| `perfbook {name}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_pictures_of_a_page_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).is_file(), f"{page.name}: {target}"


def test_the_gallery_shows_every_picture_of_a_scorecard_and_each_is_small() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_gallery.py"))
    text = (ROOT / "docs" / "gallery.md").read_text("utf-8")
    assert text == made["page"](), "Run: python docs/make_gallery.py"
    pictures = {picture.name: picture.stat().st_size for picture in (ROOT / "docs" / "pictures").glob("gallery-*.png")}
    assert set(re.findall(r"\]\(pictures/([^)]+)\)", text)) == set(pictures)
    assert all(f"gallery-{council}-summary.png" in pictures for council in made["COUNCILS"])
    assert max(pictures.values()) < 100_000, "A page loads all of them: fewer colours or dots in make_pictures.py"
