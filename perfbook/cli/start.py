"""Commands with which a workspace begins: init, generate, templates, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfbook.cli._options import CLUSTER, JSON, WORKSPACE, common
from perfbook.cli._talk import answer, at_work, leave, moment_of, open_here, progress_of, say

if TYPE_CHECKING:
    from perfbook.settings import By


@click.command()
@click.argument("directory", metavar="DIR")
@click.option("--example", metavar="NAME", help="Start from an example council with its completed returns.")
@click.option("--blank", is_flag=True, help="With --example: leave the completed returns out.")
@JSON
def init(directory: str, example: str | None, blank: bool, as_json: bool) -> None:
    """Make a workspace in DIR: settings and a framework workbook to fill in."""
    from perfbook.creating import create_workspace

    workspace = create_workspace(directory, example=example, blank=blank)
    if as_json:
        answer({"workspace": str(workspace.root), "period": workspace.settings.period.label})
        return
    say(f"Made a workspace in {workspace.root} for {workspace.settings.council}, {workspace.settings.period}.")
    if example and not blank:
        say(f"Completed returns are in {workspace.returns_folder(workspace.settings.period)}.")
        say(f'Next: perfbook consolidate -w "{workspace.root}"')
    else:
        say("Next: fill in framework.xlsx and perfbook.toml, then run perfbook generate.")


@click.command()
@common
@click.option("--directorate", metavar="NAME", help="One directorate only (its name or key).")
@click.option(
    "--by",
    type=click.Choice(["directorate", "owner"]),
    help="One return for each directorate, or for each owner in it (default: what perfbook.toml says).",
)
@CLUSTER
def generate(
    folder: str,
    period: str | None,
    as_at: str | None,
    as_json: bool,
    directorate: str | None,
    by: By | None,
    cluster: str | None,
) -> None:
    """Write blank returns for the period. Files that are there already are left as they are."""
    with (
        at_work(open_here(folder), cluster) as workspace,
        progress_of("Writing blank returns", as_json) as progress,
    ):
        done = workspace.generate(
            period=period, directorate=directorate, by=by, as_at=moment_of(as_at), progress=progress
        )
    if as_json:
        answer(
            {
                "period": done.period.label,
                "folder": str(done.folder),
                "written": [str(path) for path in done.written],
                "kept": [str(path) for path in done.kept],
                "received": [str(path) for path in done.received],
            }
        )
        return
    for path in done.written:
        say(f"written  {path.name}")
    for path in done.kept:
        if path in done.received:
            why = "the return was received already; for a new blank name it with --directorate"
        else:
            why = "it was there already; move it away to have a new blank"
        say(f"kept     {path.name} ({why})")
    count = len(done.written)
    say(f"{count} blank return{'' if count == 1 else 's'} for {done.period} in {done.folder}")


@click.command()
@WORKSPACE
@JSON
def templates(folder: str, as_json: bool) -> None:
    """Copy the templates of report, digest and chasers into the workspace, to be restyled there."""
    workspace = open_here(folder)
    written, kept = workspace.copy_templates()
    if as_json:
        answer({"written": [str(path) for path in written], "kept": [str(path) for path in kept]})
        return
    for path in written:
        say(f"written  {path.relative_to(workspace.root)}")
    for path in kept:
        say(f"kept     {path.relative_to(workspace.root)} (it was there already; move it away to have a new one)")


@click.command()
@click.argument("name", default="dudley")
@click.option("--to", "target", metavar="DIR", help="Where to work (default: outputs/NAME demo).")
@JSON
def demo(name: str, target: str | None, as_json: bool) -> None:
    """Show a whole quarter of a sample council, start to end."""
    from perfbook.demo import run_demo

    with progress_of("", as_json) as progress:
        done = run_demo(name, Path(target) if target else None, progress)
    if as_json:
        answer(done.consolidation.account.as_json(done.consolidation.outputs))
    else:
        from perfbook import _show

        say(_show.demo(done))
    leave(done.consolidation.account.exit_code)
