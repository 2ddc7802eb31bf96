from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "bootstrap.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bootstrap = load()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("requirements.lock", "requirements-test.lock", "pyproject.toml"):
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    return folder


def complete(root: Path, *locks: str) -> dict[str, str]:
    stamp = {name: bootstrap.fingerprint(root / name) for name in (*locks, "pyproject.toml")}
    return {"python": bootstrap.interpreter(), "project": str(root), **stamp}


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2), (4, 0, 0)])
def test_python_that_is_new_enough(version: tuple[int, ...]) -> None:
    assert bootstrap.version_problem(version) is None


@pytest.mark.parametrize("version", [(3, 10, 14), (2, 7, 18)])
def test_python_that_is_too_old_is_told_in_one_line(version: tuple[int, ...]) -> None:
    line = bootstrap.version_problem(version)
    assert line.startswith(f"perfbook needs Python 3.11 or later; this is Python {'.'.join(map(str, version))}.")
    assert "\n" not in line


def test_an_old_python_stops_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(bootstrap, "prepare", lambda *_: pytest.fail("must not start"))
    assert bootstrap.main(["demo"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_older_python_can_read_the_script() -> None:
    compile(SCRIPT.read_text(encoding="utf-8"), "bootstrap.py", "exec", flags=0)
    import ast

    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    bridge = ROOT / "tests" / "support" / "office_bridge.py"
    ast.parse(bridge.read_text(encoding="utf-8"), feature_version=(3, 7))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=600)


def test_a_wrong_command_is_told_in_one_line() -> None:
    done = run("tset")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "bootstrap.py has no command 'tset'; it has: demo, test.\n"


def test_help() -> None:
    asked, bare = run("--help"), run()
    assert (asked.returncode, bare.returncode) == (0, 2)
    assert "python3 bootstrap.py demo [NAME ...]" in asked.stdout
    assert asked.stdout == bare.stdout


def test_where_the_environment_goes(tmp_path: Path) -> None:
    assert bootstrap.venv_folder({}) == ROOT / ".venv"
    assert bootstrap.venv_folder({"PERFBOOK_VENV": ""}) == ROOT / ".venv"
    assert bootstrap.venv_folder({"PERFBOOK_VENV": str(tmp_path)}) == tmp_path


def test_nothing_to_do_when_all_is_done(root: Path) -> None:
    assert bootstrap.plan(complete(root, "requirements.lock"), "requirements.lock", root) == []


def test_the_environment_of_the_tests_serves_the_demo_too(root: Path) -> None:
    stamp = complete(root, "requirements-test.lock")
    assert bootstrap.plan(stamp, "requirements.lock", root) == []


def test_the_tests_add_what_the_demo_lacks(root: Path) -> None:
    stamp = complete(root, "requirements.lock")
    assert bootstrap.plan(stamp, "requirements-test.lock", root) == ["install"]


def test_an_incomplete_environment_is_made_again(root: Path, tmp_path: Path) -> None:
    assert bootstrap.plan(bootstrap.read_stamp(tmp_path), "requirements.lock", root) == ["make", "install", "project"]
    (tmp_path / bootstrap.STAMP).write_text("{half", encoding="utf-8")
    assert bootstrap.read_stamp(tmp_path) == {}


def test_a_changed_lock_or_another_python_makes_it_again(root: Path) -> None:
    stamp = complete(root, "requirements.lock")
    assert bootstrap.plan({**stamp, "python": "3.11.0 elsewhere"}, "requirements.lock", root)[0] == "make"
    (root / "requirements.lock").write_text("another\n", encoding="utf-8")
    assert bootstrap.plan(stamp, "requirements.lock", root) == ["make", "install", "project"]


def test_line_endings_of_a_checkout_do_not_matter(root: Path) -> None:
    stamp = complete(root, "requirements.lock")
    (root / "requirements.lock").write_bytes(b"requirements.lock\r\n")
    assert bootstrap.plan(stamp, "requirements.lock", root) == []


def test_a_changed_project_file_or_a_moved_project_is_installed_again(root: Path) -> None:
    stamp = complete(root, "requirements.lock")
    assert bootstrap.plan({**stamp, "project": "/elsewhere"}, "requirements.lock", root) == ["project"]
    (root / "pyproject.toml").write_text("changed\n", encoding="utf-8")
    assert bootstrap.plan(stamp, "requirements.lock", root) == ["project"]


def test_the_stamp_is_written_last_and_removed_first(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    venv = tmp_path / "venv"
    seen: list[tuple[str, dict[str, str]]] = []

    def note(command: list[object], failure: str, environ: object = None) -> None:
        seen.append((str(command[-1]), bootstrap.read_stamp(venv)))
        if str(command[-1]).endswith("requirements.lock") and len(seen) == 2:
            raise bootstrap.Stop("no network")

    monkeypatch.setattr(bootstrap, "ROOT", root)
    monkeypatch.setattr(bootstrap, "quietly", note)
    monkeypatch.setattr(bootstrap, "plan", lambda stamp, lock, plan=bootstrap.plan: plan(stamp, lock, root))
    monkeypatch.setattr(bootstrap, "venv_python", lambda folder: folder / "python")
    with pytest.raises(bootstrap.Stop, match="no network"):
        bootstrap.prepare("requirements.lock", venv)
    assert bootstrap.read_stamp(venv) == {}
    (venv / "python").touch()
    (venv / "half").mkdir()
    bootstrap.prepare("requirements.lock", venv)
    assert not (venv / "half").exists()
    assert [bool(stamp) for _, stamp in seen] == [False, False, False, False, True]
    (venv / "python").touch()
    assert bootstrap.read_stamp(venv) == complete(root, "requirements.lock")
    bootstrap.prepare("requirements.lock", venv)
    assert len(seen) == 5
    assert "Installing the packages of requirements.lock: failed" in capsys.readouterr().out


def test_an_addition_that_fails_leaves_an_incomplete_environment(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise bootstrap.Stop("no network")

    (tmp_path / "python").touch()
    bootstrap.write_stamp(tmp_path, complete(root, "requirements.lock"))
    monkeypatch.setattr(bootstrap, "ROOT", root)
    monkeypatch.setattr(bootstrap, "quietly", fail)
    monkeypatch.setattr(bootstrap, "plan", lambda *_: ["install"])
    monkeypatch.setattr(bootstrap, "venv_python", lambda folder: folder / "python")
    with pytest.raises(bootstrap.Stop, match="no network"):
        bootstrap.prepare("requirements-test.lock", tmp_path)
    assert bootstrap.read_stamp(tmp_path) == {}


def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "quietly", lambda *_: pytest.fail("must not start"))
    with pytest.raises(bootstrap.Stop, match=r"was not made by bootstrap\.py"):
        bootstrap.make_venv(mine)
    assert (mine / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_output_of_a_command_shows_only_when_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.quietly([sys.executable, "-c", "print('chatter')"], "failed")
    assert capsys.readouterr().out == ""
    with pytest.raises(bootstrap.Stop, match=r"^it failed$"):
        bootstrap.quietly([sys.executable, "-c", "print('cause'); raise SystemExit(1)"], "it failed")
    assert capsys.readouterr().out == "cause\n"
    with pytest.raises(bootstrap.Stop, match="no such thing"):
        bootstrap.quietly(["/nowhere/program"], "no such thing")


@pytest.mark.parametrize(("debian", "root_user"), [(False, True), (True, False)])
def test_missing_tools_without_the_right_to_install_them(
    debian: bool, root_user: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "missing_tools", lambda _: ["LibreOffice"])
    monkeypatch.setattr(bootstrap, "is_debian_like", lambda: debian)
    monkeypatch.setattr(bootstrap, "is_root", lambda: root_user)
    monkeypatch.setattr(bootstrap, "apt_install", lambda _: pytest.fail("must not install"))
    with pytest.raises(bootstrap.Stop, match="The tests need LibreOffice") as caught:
        bootstrap.ensure_tools(Path("python"))
    assert ("apt-get install libreoffice-calc" in str(caught.value)) is debian
    assert "\n" not in str(caught.value)


def test_missing_tools_are_installed_once_on_debian(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [["LibreOffice", "the font Carlito"], []]
    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap, "missing_tools", lambda _: answers.pop(0))
    monkeypatch.setattr(bootstrap, "is_debian_like", lambda: True)
    monkeypatch.setattr(bootstrap, "is_root", lambda: True)
    monkeypatch.setattr(bootstrap, "apt_install", installed.append)
    bootstrap.ensure_tools(Path("python"))
    assert installed == [bootstrap.DEBIAN_PACKAGES]
    assert "Installing LibreOffice, the font Carlito" in capsys.readouterr().out


@pytest.mark.parametrize(("failing", "reached"), [(0, 1), (2, 3), (3, 4), (9, 4)])
def test_the_first_check_that_fails_decides(failing: int, reached: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[object]] = []

    def show(command: list[object]) -> int:
        calls.append(command)
        return 7 if len(calls) - 1 == failing else 0

    monkeypatch.setattr(bootstrap, "prepare", lambda *_: Path("python"))
    monkeypatch.setattr(bootstrap, "ensure_tools", lambda _: None)
    monkeypatch.setattr(bootstrap, "show", show)
    assert bootstrap.main(["test", "-k", "one"]) == (7 if failing < 4 else 0)
    assert len(calls) == reached
    if reached == 4:
        assert calls[3][1:] == ["-m", "pytest", "-n", "2", "-k", "one"]


def test_the_demo_passes_its_arguments_and_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[object]] = []

    def show(command: list[object]) -> int:
        commands.append(command)
        return 1

    monkeypatch.setattr(bootstrap, "prepare", lambda lock, _: Path(lock))
    monkeypatch.setattr(bootstrap, "show", show)
    assert bootstrap.main(["demo", "dudley", "--json"]) == 1
    assert commands[0][0] == Path("requirements.lock")
    assert commands[0][-3:] == ["demo", "dudley", "--json"]


def test_the_locks_hold_hashes_and_no_address_of_a_machine() -> None:
    runtime, tests = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-test.lock")
    )
    for text in (runtime, tests):
        entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert entries
        assert all("==" in line and line.endswith("\\") for line in entries)
        assert text.count("==") <= text.count("--hash=sha256:")
        for leak in ("http://", "https://", "file:", "--index", "--find-links", "/tmp", "/home"):
            assert leak not in text
        assert "uv pip compile --universal --python-version 3.11 --generate-hashes" in text.partition("==")[0]
    pins = {line.split(" ")[0] for line in runtime.splitlines() if "==" in line and line[0].isalpha()}
    assert pins <= {line.split(" ")[0] for line in tests.splitlines()}


def test_the_stamp_is_whole_or_absent(tmp_path: Path) -> None:
    bootstrap.write_stamp(tmp_path, {"python": "3"})
    assert json.loads((tmp_path / bootstrap.STAMP).read_text(encoding="utf-8")) == {"python": "3"}
    assert [path.name for path in tmp_path.iterdir()] == [bootstrap.STAMP]
    bootstrap.remove_stamp(tmp_path)
    bootstrap.remove_stamp(tmp_path)
    assert bootstrap.read_stamp(tmp_path) == {}
