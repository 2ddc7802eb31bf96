"""What is installed: the wheel with templates and samples inside, the public names."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import perfbook

ROOT = Path(__file__).resolve().parents[1]


def test_public_names_are_sorted_and_there() -> None:
    assert perfbook.__all__ == sorted(perfbook.__all__)
    for name in perfbook.__all__:
        assert getattr(perfbook, name).__doc__


def test_the_wheel_works_without_the_project_around_it(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "perfbook", "init", str(tmp_path / "ws"), "--example", "dudley"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "ws" / "returns" / "2020-21 Q2").glob("*.xlsx"))) == 9
    where = subprocess.run(
        [sys.executable, "-c", "import perfbook; print(perfbook.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(installed) in where.stdout


def test_help_does_not_load_the_libraries_of_workbooks() -> None:
    code = "import sys, perfbook.cli; print(sorted({'pandas', 'openpyxl', 'xlsxwriter', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("module", "left_out"),
    [
        ("perfbook.collecting.reading_process", "perfbook.checks.registry"),
        # What is remembered is answered without the records of a quarter.
        ("perfbook.memo", "perfbook.records"),
    ],
)
def test_what_is_wanted_at_once_loads_neither_them_nor_what_takes_long(module: str, left_out: str) -> None:
    code = (
        f"import sys, perfbook.cli, {module}; heavy = {{'pandas', 'openpyxl', 'xlsxwriter', 'perfbook.workspace'}}; "
        f"print(sorted((heavy | {{'{left_out}'}}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
