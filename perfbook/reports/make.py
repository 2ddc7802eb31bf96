"""The reports of a quarter as files: which template, which name, which bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from perfbook import _resources
from perfbook._files import write_whole
from perfbook.errors import CannotWriteError, WorkspaceError
from perfbook.workspace import TEMPLATES

REPORT, DIGEST = "report.docx", "digest.html"


def template_of(root: Path, name: str) -> tuple[bytes, str]:
    """A template's bytes and its name for messages: the workspace's own, else the one that comes with perfbook."""
    own = root / TEMPLATES / name
    path = own if own.is_file() else _resources.folder("workbook_templates") / "default" / name
    try:
        return path.read_bytes(), str(path)
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be read: {error.strerror or error}. Close it, or move it away for the usual template."
        ) from error


def templates() -> Iterator[tuple[str, Path]]:
    """Every template that comes with perfbook, by its name below the folder `templates`."""
    source = _resources.folder("workbook_templates") / "default"
    for path in sorted(source.rglob("*")):
        if path.is_file():
            yield path.relative_to(source).as_posix(), path


def copy_templates(root: Path) -> tuple[list[Path], list[Path]]:
    """Copy the templates into the workspace, to be restyled there; those that are there stay. Returns both lists."""
    written, kept = [], []
    for name, source in templates():
        target = root / TEMPLATES / name
        if target.exists():
            kept.append(target)
            continue
        try:
            data = source.read_bytes()
        except OSError as error:
            sentence = f"{source} cannot be read: {error.strerror or error}. Install perfbook again."
            raise CannotWriteError(sentence) from error
        write_whole(target, data)
        written.append(target)
    return written, kept
