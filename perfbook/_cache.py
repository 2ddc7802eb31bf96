"""The user's own cache folder. What lies in it can be deleted at any time: nothing else depends on it."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path | None:
    """The user's own cache folder; None where an account has none."""
    folder = user_cache_path("perfbook", appauthor=False)
    return folder if folder.is_absolute() else None


def cache_file(kind: str, root: Path, suffix: str, *more: str) -> Path | None:
    """Where a workspace's cache of a kind lies; its name tells nothing of the workspace."""
    folder = cache_folder()
    digest = hashlib.sha256("\n".join((str(root.resolve()), *more)).encode("utf-8", "surrogatepass")).hexdigest()
    return folder / kind / f"{digest[:32]}{suffix}" if folder else None


def forget_kind(kind: str) -> None:
    """Delete all caches of a kind, of every workspace."""
    folder = cache_folder()
    if folder:
        shutil.rmtree(folder / kind, ignore_errors=True)


def forget(path: Path | None) -> None:
    """Delete a cache, and what a database keeps beside it."""
    if path:
        for name in (path.name, f"{path.name}-journal", f"{path.name}-wal", f"{path.name}-shm"):
            with contextlib.suppress(OSError):
                path.with_name(name).unlink(missing_ok=True)
