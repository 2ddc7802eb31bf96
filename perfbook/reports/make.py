"""The reports of a quarter as files: which template, which name, which bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from perfbook import _resources
from perfbook._files import write_whole
from perfbook._office import pdf_of
from perfbook.errors import CannotWriteError, WorkspaceError
from perfbook.records import Quarter
from perfbook.reports.changes import remember, since_last
from perfbook.reports.digest import build_digest
from perfbook.reports.restyle import furnished_digest, furnished_report, restyled_page, restyled_template
from perfbook.reports.story import story_of
from perfbook.reports.word import build_report
from perfbook.settings import TEMPLATES
from perfbook.workspace import Workspace

REPORT, DIGEST = "report.docx", "digest.html"


def write_reports(workspace: Workspace, quarter: Quarter, *, pdf: bool = False) -> dict[str, Path]:
    """Write Word report and digest of a quarter, and remember what they show. The workspace's lock must be held.

    Both are made before either is written, so a template that cannot be filled leaves the old ones together.
    """
    story, archive, period = story_of(quarter), workspace.archive, quarter.period
    house = workspace.house
    template, name = template_of(workspace.root, REPORT)
    if not is_own(workspace.root, REPORT):
        template = restyled_template(template, house)
    document = furnished_report(build_report(story, template, quarter.as_at, name=name), house)
    since = since_last(archive, story, quarter.framework, period, quarter.as_at)
    template, name = template_of(workspace.root, DIGEST)
    if not is_own(workspace.root, DIGEST):
        template = restyled_page(template, house)
    page = furnished_digest(build_digest(story, since, template, name=name), house)
    outputs = {
        "report": workspace.output_path(period, "report", "docx"),
        "digest": workspace.output_path(period, "digest", "html"),
    }
    write_whole(outputs["report"], document)
    write_whole(outputs["digest"], page)
    remember(archive, story, quarter.framework, period, quarter.as_at)
    if pdf:
        printed = pdf_of(document)
        outputs["pdf"] = workspace.output_path(period, "report", "pdf")
        write_whole(outputs["pdf"], printed)
    return outputs


def is_own(root: Path, name: str) -> bool:
    """Whether the workspace has a template of its own."""
    return (root / TEMPLATES / name).is_file()


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
