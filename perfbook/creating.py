"""Making a workspace: an empty one to fill in, or that of an example council with its completed returns."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfbook import _resources
from perfbook._files import write_whole
from perfbook.errors import CannotWriteError, UsageError
from perfbook.framework_changes import remember_framework
from perfbook.samples import Sample, read_sample
from perfbook.settings import FILE_NAME, FRAMEWORK_NAME, TEMPLATES, read_settings
from perfbook.workspace import Workspace


def create_workspace(path: str | os.PathLike[str], *, example: str | None = None, blank: bool = False) -> Workspace:
    """Make a workspace: an empty framework to fill in, or an example council with its completed returns.

    `blank` leaves the example's completed returns out. Raises UsageError for an unknown example or a folder that holds
    a workspace already.
    """
    if not os.fspath(path).strip():
        raise UsageError("The new workspace has no name. Name its folder, like: perfbook init council.")
    root = Path(path).resolve()
    templates = _resources.folder("workbook_templates")
    if (root / FILE_NAME).exists():
        raise UsageError(f"{root} is a workspace already. Choose another folder.")
    source = templates / (example or "blank")
    if not (source / FILE_NAME).is_file():
        raise UsageError(f"There is no example {example!r}. There are: {', '.join(examples())}.")
    if (root / FRAMEWORK_NAME).exists():
        raise UsageError(f"{root} holds a {FRAMEWORK_NAME} already. Choose another folder, or move that file away.")
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name in (FRAMEWORK_NAME, FILE_NAME):
            shutil.copyfile(source / name, root / name)
        # An example brings its report in its own house style.
        for listed in sorted(source.glob("*.csv")):
            shutil.copyfile(listed, root / listed.name)
        for picture in sorted(source.glob("*.png")):
            shutil.copyfile(picture, root / picture.name)
        for own in sorted(source.glob("*.docx")):
            (root / TEMPLATES).mkdir(exist_ok=True)
            shutil.copyfile(own, root / TEMPLATES / own.name)
    except OSError as error:
        raise CannotWriteError(
            f"{root} cannot be written: {error.strerror or error}. Choose another folder."
        ) from error
    workspace = Workspace(root, read_settings(root / FILE_NAME))
    if example and not blank:
        fill_with_sample(workspace, read_sample(example))
    return workspace


def fill_with_sample(workspace: Workspace, sample: Sample) -> None:
    """Put a sample's completed returns into the workspace, as if they had been issued and had arrived on their days.

    Rounds before the last are collected, each at its moment and with the framework that was in force then, which stays
    in the record as a consolidation would have kept it.
    """
    for earlier in sample.earlier:
        with in_force(workspace, earlier.framework) as then:
            fill_round(then, earlier)
            quarter = then.collect(period=earlier.period, as_at=earlier.as_at)
            remember_framework(then.archive, quarter)
    fill_round(workspace, sample)


@contextmanager
def in_force(workspace: Workspace, framework: Path | None) -> Iterator[Workspace]:
    """The workspace with another framework workbook; afterwards its own framework.xlsx lies there again.

    Without another it is the workspace as it is. Raises CannotWriteError.
    """
    if framework is None:
        yield workspace
        return
    path = workspace.root / FRAMEWORK_NAME
    own = path.read_bytes()
    write_whole(path, framework.read_bytes())
    try:
        # What is read of a framework is remembered by the workspace.
        yield Workspace(workspace.root, workspace.settings, workspace.workers)
    finally:
        write_whole(path, own)


def fill_round(workspace: Workspace, sample: Sample) -> None:
    """Put the completed returns of one round into the workspace."""
    period = workspace.period(sample.period or None)
    workspace.generate(period=period, as_at=sample.issued)
    folder = workspace.returns_folder(period)
    for file, received in sample.received.items():
        target = folder / file.name
        try:
            shutil.copyfile(file, target)
            os.utime(target, (received.timestamp(), received.timestamp()))
        except OSError as error:
            raise CannotWriteError(f"{target} could not be written: {error.strerror or error}.") from error


def examples() -> tuple[str, ...]:
    """The names of the example councils."""
    templates = _resources.folder("workbook_templates")
    return tuple(sorted(p.name for p in templates.iterdir() if (p / FILE_NAME).is_file() and p.name != "blank"))
