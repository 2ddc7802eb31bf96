from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from perfbook import _resources

NAMES = ("macros", "sample_returns", "workbook_templates")
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", NAMES)
def test_folders_of_the_project_are_found(name: str) -> None:
    assert _resources.folder(name) == ROOT / name


def test_what_an_installed_package_carries_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "perfbook"
    inside, beside = package / "_data" / "macros", tmp_path / "macros"
    beside.mkdir()
    monkeypatch.setattr(_resources, "_PACKAGE", package)
    assert _resources.folder("macros") == beside
    inside.mkdir(parents=True)
    assert _resources.folder("macros") == inside


def test_unknown_names_and_missing_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"no folder 'tests'.*macros, sample_returns, workbook_templates"):
        _resources.folder("tests")
    monkeypatch.setattr(_resources, "_PACKAGE", tmp_path / "perfbook")
    with pytest.raises(FileNotFoundError, match=r"folder macros .* Install perfbook again"):
        _resources.folder("macros")


def test_the_wheel_carries_every_file_of_the_folders(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert len(list(tmp_path.glob("*.tar.gz"))) == 1  # the wheel was built from it
    with zipfile.ZipFile(wheel) as package:
        carried = {name for name in package.namelist() if name.startswith("perfbook/_data/")}
    ours = {
        f"perfbook/_data/{path.relative_to(ROOT).as_posix()}"
        for name in NAMES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(("~$", ".~lock"))
    }
    assert carried == ours
