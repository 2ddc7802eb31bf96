"""What tells one state of the program from another: an update may answer otherwise."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
# Where libraries are installed: the folder itself changes when one of them is.
_LIBRARIES = Path(platformdirs.__file__).resolve().parents[1]


@lru_cache(maxsize=1)
def own_state() -> str:
    """A hash of Python's version and of all modules of perfbook, by size and time of change."""
    found = hashlib.sha256(sys.version.encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        stat = path.stat()
        name = path.relative_to(_PACKAGE).as_posix()
        found.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def program_state() -> str:
    """The same, and when libraries were last installed."""
    return f"{own_state()} {_LIBRARIES.stat().st_mtime_ns}"
