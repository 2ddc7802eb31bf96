"""From a fresh machine to a running perfbook, with nothing but Python 3.11 or later.

    python3 bootstrap.py demo [NAME ...]      a whole quarter of a sample council, start to end
    python3 bootstrap.py test [PYTEST ...]    what the tests need, then style, types and tests

Both make a virtual environment in .venv (or in the folder that PERFBOOK_VENV names) from the lock files, once. Uses the
standard library only, and no syntax newer than Python 3.7, so that an older Python can read as far as the line that
says it is too old.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
LOCKS = {"demo": "requirements.lock", "test": "requirements-test.lock"}
MARKER = ".perfbook"  # in a folder that this program made and may delete
STAMP = ".perfbook-done.json"  # written last: without it, the environment is incomplete
DEBIAN_PACKAGES = (
    "libreoffice-calc",
    "libreoffice-writer",
    "python3-uno",
    "poppler-utils",
    "systemd",  # systemd-analyze verifies the units that `perfbook schedule` writes
    "chromium",  # opens the HTML digest as people do
    "fontconfig",
    "fonts-dejavu",
    "fonts-liberation",
    "fonts-crosextra-carlito",
)
RUN_PERFBOOK = "import sys; sys.argv[0] = 'perfbook'; from perfbook.cli import main; sys.exit(main())"


class Stop(Exception):
    """Something that a person must put right; the text is the one line that says so."""


# -- What there is ----------------------------------------------------------------------------------------------------


def version_problem(version: tuple[int, ...]) -> str | None:
    """Return the line to say if this version of Python is too old, else None."""
    if tuple(version[:2]) >= OLDEST:
        return None
    found = ".".join(str(part) for part in version[:3])
    wanted = ".".join(str(part) for part in OLDEST)
    return f"perfbook needs Python {wanted} or later; this is Python {found}. Start bootstrap.py with a newer Python."


def venv_folder(environ: dict[str, str]) -> Path:
    """Return where the virtual environment goes."""
    named = environ.get("PERFBOOK_VENV")
    return Path(named).expanduser().absolute() if named else ROOT / ".venv"


def venv_python(venv: Path) -> Path:
    """Return the Python of a virtual environment."""
    return venv / "Scripts" / "python.exe" if sys.platform == "win32" else venv / "bin" / "python"


def fingerprint(path: Path) -> str:
    """Return a hash of a text file that is the same whatever its line endings."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def interpreter() -> str:
    """Return what an environment is made for: it is made again for another Python."""
    return f"{sys.version.split()[0]} {sys.platform} {getattr(sys, '_base_executable', sys.executable)}"


def read_stamp(venv: Path) -> dict[str, str]:
    """Return what the environment says of itself; empty if it is incomplete or not there."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, stamp: dict[str, str]) -> None:
    """Say of the environment what is complete in it, all at once."""
    unfinished = venv / (STAMP + ".new")
    unfinished.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    unfinished.replace(venv / STAMP)


def remove_stamp(venv: Path) -> None:
    """Say of the environment that it is incomplete."""
    with contextlib.suppress(FileNotFoundError):
        (venv / STAMP).unlink()


def plan(stamp: dict[str, str], lock: str, root: Path = ROOT) -> list[str]:
    """Return what is to be done for `lock`: some of `make`, `install`, `project`, in this order.

    An environment made from other locks or by another Python is made again; one that lacks only `lock` gets it added.
    """
    locks = {name: fingerprint(root / name) for name in LOCKS.values()}
    if stamp.get("python") != interpreter() or any(stamp.get(n, h) != h for n, h in locks.items()):
        return ["make", "install", "project"]
    # The locks of the tests hold everything that the others hold, at the same versions.
    steps = [] if lock in stamp or LOCKS["test"] in stamp else ["install"]
    if stamp.get("project") != str(root) or stamp.get("pyproject.toml") != fingerprint(root / "pyproject.toml"):
        steps.append("project")
    return steps


# -- Doing it ---------------------------------------------------------------------------------------------------------


class Step:
    """Says what is being done and how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()

    def __enter__(self) -> None:
        print(f"{self.title} ...", flush=True)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        print(
            f"{self.title}: {'done' if kind is None else 'failed'}, {time.monotonic() - self.started:.1f} s", flush=True
        )


def quietly(command: list[str | Path], failure: str, environ: dict[str, str] | None = None) -> None:
    """Run a command; show what it printed only if it fails, and then stop with `failure`."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environ,
            check=False,
        )
    except OSError as error:
        raise Stop(f"{failure} ({error})") from error
    if done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        raise Stop(failure)


def show(command: list[str | Path]) -> int:
    """Run a command with its output on the terminal and return its exit code."""
    sys.stdout.flush()
    code = subprocess.run(command, cwd=str(ROOT), check=False).returncode
    return 128 - code if code < 0 else code


def is_root() -> bool:
    """Return whether the system's packages may be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_debian_like() -> bool:
    """Return whether this is Debian or one of its children, with apt-get."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    words = " ".join(line.partition("=")[2].strip("\"'") for line in lines if line.startswith(("ID=", "ID_LIKE=")))
    return "debian" in words.split() and shutil.which("apt-get") is not None


def apt_install(packages: tuple[str, ...]) -> None:
    """Install packages of Debian, as root."""
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    wait: list[str | Path] = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    quietly([*wait, "update"], "apt-get update failed; is this machine online?", environ)
    quietly(
        [*wait, "install", "-y", "--no-install-recommends", *packages],
        f"apt-get could not install {' '.join(packages)}.",
        environ,
    )


def ensure_venv_module() -> None:
    """Make sure that `python -m venv` can work: Debian keeps a part of it in a package of its own."""
    check: list[str | Path] = [sys.executable, "-c", "import ensurepip, venv"]
    if subprocess.run(check, capture_output=True, check=False).returncode == 0:
        return
    # The package of this very Python first: python3-venv belongs to the system's default one.
    package = f"python3.{sys.version_info[1]}-venv"
    if is_debian_like() and is_root():
        with Step(f"Installing {package}"):
            try:
                apt_install((package,))
            except Stop:
                apt_install(("python3-venv",))
        if subprocess.run(check, capture_output=True, check=False).returncode == 0:
            return
    raise Stop(
        f"This Python cannot make virtual environments (its module ensurepip is missing). Install it, on Debian and"
        f" Ubuntu with: sudo apt-get install {package}"
    )


def make_venv(venv: Path) -> None:
    """Make an empty virtual environment, in place of an older or incomplete one that this program made."""
    if venv.exists() or venv.is_symlink():
        if not venv.is_dir() or (any(venv.iterdir()) and not (venv / MARKER).is_file()):
            raise Stop(
                f"{venv} was not made by bootstrap.py and is left alone."
                " Move it away, or name another folder in PERFBOOK_VENV."
            )
        # Stamp first, marker never: killed in the middle, the next run sees an incomplete folder of ours.
        remove_stamp(venv)
        for item in venv.iterdir():
            if item.name == MARKER:
                continue
            if item.is_dir() and not item.is_symlink():
                shutil.rmtree(str(item))
            else:
                item.unlink()
    venv.mkdir(parents=True, exist_ok=True)
    (venv / MARKER).write_text("Made by bootstrap.py of perfbook, which may delete this folder.\n", encoding="utf-8")
    quietly([sys.executable, "-m", "venv", venv], f"Python could not make a virtual environment in {venv}.")


def prepare(lock: str, venv: Path) -> Path:
    """Bring the virtual environment up to date with `lock` and return its Python."""
    python = venv_python(venv)
    stamp = read_stamp(venv) if python.exists() else {}
    steps = plan(stamp, lock)
    if not steps:
        return python
    if "make" in steps:
        ensure_venv_module()
        stamp = {"python": interpreter()}
        with Step(f"Making the virtual environment {venv}"):
            make_venv(venv)
    # Settings that would send the packages elsewhere, or look for them there.
    unwanted = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    environ = {name: value for name, value in os.environ.items() if name not in unwanted}
    environ.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_USER="0")
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet"]
    if "install" in steps:
        remove_stamp(venv)
        with Step(f"Installing the packages of {lock}"):
            quietly(
                [*pip, "--require-hashes", "--requirement", ROOT / lock],
                f"The packages of {lock} could not be installed; is this machine online?",
                environ,
            )
        stamp[lock] = fingerprint(ROOT / lock)
        write_stamp(venv, stamp)
    if "project" in steps:
        with Step("Installing perfbook itself"):
            quietly(
                [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT],
                "perfbook itself could not be installed.",
                environ,
            )
        stamp["project"] = str(ROOT)
        stamp["pyproject.toml"] = fingerprint(ROOT / "pyproject.toml")
        write_stamp(venv, stamp)
    return python


def missing_tools(python: Path) -> list[str]:
    """Return what the tests need of the system and do not find, as the tests' own search says."""
    done = subprocess.run(
        [python, ROOT / "tests" / "support" / "installation.py"], stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if done.returncode:
        raise Stop("The search for LibreOffice failed; its message is above.")
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def ensure_tools(python: Path) -> None:
    """Make sure that LibreOffice, its Python module, Chromium, pdftoppm and the fonts are there."""
    missing = missing_tools(python)
    if missing and is_debian_like() and is_root():
        with Step(f"Installing {', '.join(missing)}"):
            apt_install(DEBIAN_PACKAGES)
        missing = missing_tools(python)
    if missing:
        hint = f" On Debian and Ubuntu: sudo apt-get install {' '.join(DEBIAN_PACKAGES)}" if is_debian_like() else ""
        raise Stop(f"The tests need {', '.join(missing)}. Please install what is missing and try again.{hint}")


# -- The two commands -------------------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """Run `perfbook demo` in the environment."""
    python = prepare(LOCKS["demo"], venv_folder(dict(os.environ)))
    return show([python, "-P", "-c", RUN_PERFBOOK, "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Run every check; the first that fails decides the exit code."""
    python = prepare(LOCKS["test"], venv_folder(dict(os.environ)))
    ensure_tools(python)
    checks: list[tuple[str, list[str | Path]]] = [
        ("Style", [python, "-m", "ruff", "check", "."]),
        ("Layout", [python, "-m", "ruff", "format", "--check", "."]),
        ("Types", [python, "-m", "mypy", "perfbook", "bootstrap.py", "tests/support"]),
        ("Tests", [python, "-m", "pytest", "-n", "2", *arguments]),
    ]
    for title, command in checks:
        started = time.monotonic()
        code = show(command)
        if title != "Tests":  # pytest says so itself, and its closing line stays the last
            print(
                f"{title}: {'in order' if code == 0 else 'not in order'}, {time.monotonic() - started:.1f} s",
                flush=True,
            )
        if code:
            return code
    return 0


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` name and return the exit code."""
    problem = version_problem(tuple(sys.version_info[:3]))
    if problem:
        print(problem, file=sys.stderr)
        return 2
    commands = {"demo": demo, "test": test}
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    if arguments[0] not in commands:
        print(f"bootstrap.py has no command {arguments[0]!r}; it has: {', '.join(commands)}.", file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"bootstrap.py could not go on: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
