"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from perfbook.errors import CannotWriteError

_START, _END = ".~", ".tmp"
_TEMPORARY = f"{_START}*{_END}"


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` by way of a temporary file beside it.

    Raises CannotWriteError with what to do; the file that was there before is then whole.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_START, suffix=_END, dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _ordinary_rights(temporary)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise CannotWriteError(why_not_written(path, error)) from error


def write_changed(path: Path, data: bytes) -> None:
    """Write `data` to `path` unless it is there already. Raises CannotWriteError."""
    try:
        if path.read_bytes() == data:
            return
    except OSError:
        pass
    write_whole(path, data)


def remove_file(path: Path) -> None:
    """Remove a file of ours, if it is there. Raises CannotWriteError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWriteError(
            f"{path} could not be removed: {error.strerror or error}. Close it in Excel and run it again."
        ) from error


def remove_leftovers(folder: Path, *, deep: bool = True) -> None:
    """Remove the temporary files that killed runs left in `folder`, and below it where `deep`; never raises.

    Only for whoever holds the workspace's lock: a temporary file of a run that lives looks the same.
    """
    with contextlib.suppress(OSError):
        for path in list(folder.rglob(_TEMPORARY) if deep else folder.glob(_TEMPORARY)):
            with contextlib.suppress(OSError):
                path.unlink()


def _ordinary_rights(temporary: Path) -> None:
    # mkstemp makes files that only their owner can read; colleagues must be able to open what we write.
    mask = os.umask(0)
    os.umask(mask)
    with contextlib.suppress(OSError):
        temporary.chmod(0o666 & ~mask)


def why_not_written(path: Path, error: OSError) -> str:
    """Why an output cannot be written, and what to do."""
    if error.errno == errno.ENOSPC:
        cause, remedy = "the disk is full", "Make room and run it again."
    elif path.parent.exists() and not path.parent.is_dir():
        cause, remedy = f"{path.parent.name} is a file, not a folder", "Move that file away and run it again."
    elif path.is_dir():
        cause, remedy = "there is a folder of that name", "Rename or remove that folder and run it again."
    elif isinstance(error, PermissionError):
        cause, remedy = "it is open in Excel or may not be written", "Close it, or ask for the right to write there."
    else:
        cause, remedy = error.strerror or str(error), "Check the folder and run it again."
    kept = " The one that was there before is unchanged." if path.is_file() else ""
    return f"{path} could not be written: {cause}. {remedy}{kept}"
