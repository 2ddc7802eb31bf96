"""Commands that work without a person: nightly, schedule, watch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from perfbook.cli._options import WORKSPACE, common
from perfbook.cli._talk import answer, fail, leave, moment_of, open_here, say


@click.command()
@common
def nightly(folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Collect and consolidate unattended: nothing on the screen, a summary and a log in outputs/."""
    from perfbook.unattended.nightly import run_night
    from perfbook.unattended.signals import interrupted_by_stop

    with interrupted_by_stop():
        night = run_night(Path(folder), period=period, as_at=moment_of(as_at))
    if as_json:
        answer(night.as_json())
    elif night.failed:
        fail(night.failed, night.exit_code or 0)
    leave(night.exit_code or 0)


@click.command()
@click.argument("kind", type=click.Choice(["task", "systemd", "cron"]))
@click.option("--time", "at", default="02:00", show_default=True, metavar="TIME", help="When, like 02:00.")
@click.option("--user", default="", metavar="NAME", help="The account that runs it (default: the one that installs).")
@click.option("--to", "target", metavar="DIR", help="Write the files there, in the encoding that the scheduler wants.")
@click.option("--install", is_flag=True, help="Hand it to the scheduler of this machine.")
@WORKSPACE
def schedule(folder: str, kind: str, at: str, user: str, target: str | None, install: bool) -> None:
    """Print or install the schedule of nightly: Task Scheduler, systemd or cron."""
    from perfbook._files import write_whole
    from perfbook.settings import ZONE
    from perfbook.unattended import schedule as made
    from perfbook.unattended.install import install as hand_over

    workspace = open_here(folder)
    job, today = made.make_job(workspace.root, workspace.settings, at, user), datetime.now(ZONE).date()
    if install:
        say(hand_over(job, kind, today))
        return
    for name, data in made.files(job, kind, today).items():
        if target:
            write_whole(Path(target) / name, data)
            say(f"written  {Path(target) / name}")
        else:
            click.echo(made.printed(name, data, kind), nl=False)


@click.command()
@click.option("--once", is_flag=True, help="Look once and end.")
@WORKSPACE
def watch(folder: str, once: bool) -> None:
    """Consolidate when returns have settled, and answer the mailbox, until stopped."""
    from perfbook.unattended.signals import until_stopped
    from perfbook.unattended.watch import Watch, prepare

    workspace = open_here(folder)
    prepare(workspace.root)
    watching = Watch(workspace.root, say)
    if once:
        watching.look()
        return
    say(f"Watching {workspace.returns_folder(workspace.settings.period)}. Ctrl+C ends it.")
    with until_stopped() as stop:
        watching.run(stop)
    say("Stopped.")
