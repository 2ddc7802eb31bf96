"""The commands: the only place that parses arguments or prints.

Exit codes: 0 done; 1 done, but a return has error findings, is rejected or is overdue; 2 wrong use or a broken
workspace; 3 another consolidation is running; 4 an output could not be written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from perfbook import __version__
from perfbook.errors import ArchiveError, PerfbookError

if TYPE_CHECKING:
    from perfbook.settings import By
    from perfbook.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])

_WORKSPACE = click.option(
    "-w",
    "--workspace",
    "folder",
    default=".",
    metavar="DIR",
    help="The workspace (default: here, or the nearest folder above with a perfbook.toml).",
)
_PERIOD = click.option("--period", metavar="PERIOD", help='The reporting period, like "2020-21 Q2".')
_AS_AT = click.option(
    "--as-at",
    metavar="TIME",
    help="The moment to look from, like 2020-10-20 or 2020-10-20T09:00 (default: now; a day means its end).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object and nothing else.")


def _common(command: F) -> F:
    for option in (_JSON, _AS_AT, _PERIOD, _WORKSPACE):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="perfbook")
def cli() -> None:
    """Return workbooks out, completed ones in, one scorecard workbook."""


@cli.command()
@click.argument("directory", metavar="DIR")
@click.option("--example", metavar="NAME", help="Start from an example council with its completed returns.")
@click.option("--blank", is_flag=True, help="With --example: leave the completed returns out.")
@_JSON
def init(directory: str, example: str | None, blank: bool, as_json: bool) -> None:
    """Make a workspace in DIR: settings and a framework workbook to fill in."""
    from perfbook.workspace import create_workspace

    workspace = create_workspace(directory, example=example, blank=blank)
    if as_json:
        _answer({"workspace": str(workspace.root), "period": workspace.settings.period.label})
        return
    _say(f"Made a workspace in {workspace.root} for {workspace.settings.council}, {workspace.settings.period}.")
    if example and not blank:
        _say(f"Completed returns are in {workspace.returns_folder(workspace.settings.period)}.")
        _say(f'Next: perfbook consolidate -w "{workspace.root}"')
    else:
        _say("Next: fill in framework.xlsx and perfbook.toml, then run perfbook generate.")


@cli.command()
@_common
@click.option("--directorate", metavar="NAME", help="One directorate only (its name or key).")
@click.option(
    "--by",
    type=click.Choice(["directorate", "owner"]),
    help="One return for each directorate, or for each owner in it (default: what perfbook.toml says).",
)
def generate(
    folder: str, period: str | None, as_at: str | None, as_json: bool, directorate: str | None, by: By | None
) -> None:
    """Write blank returns for the period. Files that are there already are left as they are."""
    workspace = _open(folder)
    with _progress("Writing blank returns", as_json) as progress:
        done = workspace.generate(
            period=period, directorate=directorate, by=by, as_at=_moment(as_at), progress=progress
        )
    if as_json:
        _answer(
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
        _say(f"written  {path.name}")
    for path in done.kept:
        if path in done.received:
            why = "the return was received already; for a new blank name it with --directorate"
        else:
            why = "it was there already; move it away to have a new blank"
        _say(f"kept     {path.name} ({why})")
    count = len(done.written)
    _say(f"{count} blank return{'' if count == 1 else 's'} for {done.period} in {done.folder}")


@cli.command()
@_common
def collect(folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Read the returns in the shared folder into the archive."""
    from perfbook.account import account

    workspace = _open(folder)
    with _progress("Collecting", as_json) as progress:
        quarter = workspace.collect(period=period, as_at=_moment(as_at), progress=progress)
    result = account(quarter)
    if as_json:
        _answer(result.as_json())
    else:
        from perfbook import _show

        _say(_show.files(quarter), _show.findings(quarter), _show.returns(quarter), _show.headline(result))
        books = sorted(workspace.feedback_folder(quarter.period).glob("*.xlsx"))
        _say(_show.feedback(books))
    _leave(result.exit_code)


@cli.command()
@_common
@click.option("--xlsm", is_flag=True, help="Write a workbook with macros, whose buttons refresh it.")
@click.option("--tables", metavar="FILE", help="Write just the tables for a scorecard that is refreshed in place.")
@click.option("--no-collect", is_flag=True, help="From the record alone; the shared folder is not looked at.")
def consolidate(
    folder: str, period: str | None, as_at: str | None, as_json: bool, xlsm: bool, tables: str | None, no_collect: bool
) -> None:
    """Collect the returns, then write the scorecard workbook."""
    if tables is not None and (xlsm or no_collect):
        raise click.UsageError(f"Choose one of {'--xlsm' if xlsm else '--no-collect'} and --tables")
    if tables is not None and not tables.strip():
        raise click.UsageError("--tables names no file")
    moment = _moment(as_at)
    workspace = _open_for_tables(folder, tables) if tables else _open(folder)
    with _progress("Consolidating", as_json) as progress:
        if tables:
            done = workspace.write_tables(Path(tables), period=period, as_at=moment, progress=progress)
        else:
            done = workspace.consolidate(
                period=period, as_at=moment, progress=progress, xlsm=xlsm, collect=not no_collect
            )
    if as_json:
        _answer(done.account.as_json(done.outputs))
    else:
        from perfbook import _show

        _say(_show.files(done.quarter), _show.findings(done.quarter), _show.headline(done.account))
        for name, path in done.outputs.items():
            _say(f"{name.capitalize()}: {path}")
        _say(_show.feedback(done.feedback))
    _leave(done.account.exit_code)


@cli.command()
@_common
@click.option("--pdf", is_flag=True, help="Also as PDF; needs LibreOffice on this machine.")
def report(folder: str, period: str | None, as_at: str | None, as_json: bool, pdf: bool) -> None:
    """Collect the returns, then write the Word report and the HTML digest."""
    moment = _moment(as_at)
    workspace = _open(folder)
    with _progress("Reporting", as_json) as progress:
        done = workspace.report(period=period, as_at=moment, progress=progress, pdf=pdf)
    if as_json:
        _answer(done.account.as_json(done.outputs))
    else:
        from perfbook import _show

        _say(_show.headline(done.account))
        for name, path in done.outputs.items():
            _say(f"{'PDF' if name == 'pdf' else name.capitalize()}: {path}")
    _leave(done.account.exit_code)


@cli.command()
@_common
@click.option("--send", is_flag=True, help="Send the letters through the mail server of perfbook.toml.")
@click.option("--by-hand", is_flag=True, help="Write the letters for you to send, and record them as sent.")
def chase(folder: str, period: str | None, as_at: str | None, as_json: bool, send: bool, by_hand: bool) -> None:
    """Collect the returns, then write reminders, questions and thanks. Without an option these are drafts only."""
    if send and by_hand:
        raise click.UsageError("Choose one of --send and --by-hand")
    moment = _moment(as_at)
    workspace = _open(folder)
    with _progress("Chasing", as_json) as progress:
        way = "send" if send else "by_hand" if by_hand else "draft"
        done = workspace.chase(period=period, as_at=moment, progress=progress, way=way)  # type: ignore[arg-type]
    if as_json:
        _answer(done.as_json())
    else:
        from perfbook import _show

        _say(_show.chasing(done))
        if done.failed:
            _fail(done.failed, done.exit_code)
    _leave(done.exit_code)


@cli.command()
@_WORKSPACE
@_JSON
def templates(folder: str, as_json: bool) -> None:
    """Copy the templates of report, digest and chasers into the workspace, to be restyled there."""
    workspace = _open(folder)
    written, kept = workspace.copy_templates()
    if as_json:
        _answer({"written": [str(path) for path in written], "kept": [str(path) for path in kept]})
        return
    for path in written:
        _say(f"written  {path.relative_to(workspace.root)}")
    for path in kept:
        _say(f"kept     {path.relative_to(workspace.root)} (it was there already; move it away to have a new one)")


@cli.command()
@_common
def status(folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Show who has sent what. Writes nothing."""
    from perfbook.account import account
    from perfbook.chasing.curve import curves

    workspace = _open(folder)
    quarter = workspace.look(period=period, as_at=_moment(as_at))
    result = account(quarter)
    now, before = curves(quarter, workspace.archive, workspace.settings)
    if as_json:
        curve = {"now": now.as_json(), "before": before.as_json() if before else None}
        _answer(result.as_json() | {"by_directorate": _by_directorate(quarter), "curve": curve})
    else:
        from perfbook import _show

        _say(_show.returns(quarter), _show.curve(now, before), _show.headline(result))
    _leave(result.exit_code)


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-w",
    "--workspace",
    "folder",
    metavar="DIR",
    help="The workspace to check returns against (default: the nearest folder above each file with a perfbook.toml).",
)
@click.option("--sarif", "sarif_file", metavar="FILE", help="Also write the findings as SARIF 2.1.0, for other tools.")
@_JSON
def check(files: tuple[str, ...], folder: str | None, sarif_file: str | None, as_json: bool) -> None:
    """Check returns and framework workbooks, wherever they lie. Nothing is collected."""
    from perfbook._files import write_whole
    from perfbook.checks.sarif import sarif
    from perfbook.linter import check_files

    report = check_files(files, folder)
    if sarif_file:
        log = json.dumps(sarif(report.findings, __version__), ensure_ascii=True, indent=2)
        write_whole(Path(sarif_file), log.encode("ascii"))
    if as_json:
        _answer(report.as_json())
    else:
        from perfbook import _show

        _say(_show.checked(report))
    _leave(report.exit_code)


@cli.command()
@_WORKSPACE
@_JSON
def doctor(folder: str, as_json: bool) -> None:
    """Look for what is wrong with this machine or the workspace, and say what to do. Changes nothing."""
    from perfbook.doctor import examine

    lines = examine(folder)
    if as_json:
        _answer({"lines": [vars(line) for line in lines]})
    else:
        from perfbook import _show

        _say(_show.doctor(lines))
    _leave(int(any(line.verdict == "to do" for line in lines)))


@cli.command()
@click.argument("measure")
@_common
def trace(measure: str, folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Show where a figure comes from, or a rating. MEASURE is a key or a code, of an action a key or a reference."""
    from perfbook import _show
    from perfbook.action_passport import ActionPassport, action_passport, find_action
    from perfbook.passport import Passport, find_measure, has_measure, passport

    workspace = _open(folder)
    framework = workspace.framework
    action = None if has_measure(framework, measure) else find_action(framework, measure)
    found = None if action else find_measure(framework, measure)
    quarter = workspace.look(period=period, as_at=_moment(as_at))
    result: Passport | ActionPassport
    result = action_passport(quarter, action) if action else passport(quarter, found)  # type: ignore[arg-type]
    if as_json:
        _answer(result.as_json())
    else:
        _say(_show.passport(result))


@cli.group()
def archive() -> None:
    """Look after the record of all that was received."""


@archive.command("verify")
@_WORKSPACE
@_JSON
def archive_verify(folder: str, as_json: bool) -> None:
    """Read the whole record again: every line of its log, every file in it."""
    workspace = _open(folder)
    with _progress("Verifying", as_json) as progress:
        found = workspace.verify_archive(progress=progress)
    if as_json:
        _answer(
            {
                "sound": found.is_sound,
                "events": found.events,
                "files": found.blobs,
                "redacted": found.redacted,
                "unfinished": found.unfinished,
                "problems": list(found.problems),
            }
        )
    else:
        from perfbook import _show

        _say(_show.verification(found))
    _leave(0 if found.is_sound else ArchiveError.exit_code)


@cli.command()
@click.argument("what", required=False, default="", metavar="[FILE|SHA256]")
@click.option("--text", "texts", multiple=True, metavar="TEXT", help="Take out this text only, such as a name.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the record, so name nobody in it.")
@click.option("--period", metavar="PERIOD", help="Only what was received for this period (default: every one).")
@_WORKSPACE
@_AS_AT
@_JSON
def redact(
    what: str, texts: tuple[str, ...], reason: str, period: str | None, folder: str, as_at: str | None, as_json: bool
) -> None:
    """Take a person's data out of the record for ever: a file, or a text wherever it stands.

    The bytes of the file are deleted. Its figures stay, without what was written beside them. The record says when and
    why, and still verifies. The original in the shared folder, scorecards written before and backups are not touched.
    """
    workspace = _open(folder)
    done = workspace.redact(what, reason=reason, texts=texts, period=period, as_at=_moment(as_at))
    if as_json:
        _answer({"paths": list(done.paths), "files": list(done.files), "figures": done.figures, "lines": done.lines})
        return
    from perfbook import _show

    _say(_show.redacted(done))


@cli.command()
@_common
def nightly(folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Collect and consolidate unattended: nothing on the screen, a summary and a log in outputs/."""
    from perfbook.unattended.nightly import run_night
    from perfbook.unattended.signals import interrupted_by_stop

    with interrupted_by_stop():
        night = run_night(Path(folder), period=period, as_at=_moment(as_at))
    if as_json:
        _answer(night.as_json())
    elif night.failed:
        _fail(night.failed, night.exit_code or 0)
    _leave(night.exit_code or 0)


@cli.command()
@click.argument("kind", type=click.Choice(["task", "systemd", "cron"]))
@click.option("--time", "at", default="02:00", show_default=True, metavar="TIME", help="When, like 02:00.")
@click.option("--user", default="", metavar="NAME", help="The account that runs it (default: the one that installs).")
@click.option("--to", "target", metavar="DIR", help="Write the files there, in the encoding that the scheduler wants.")
@click.option("--install", is_flag=True, help="Hand it to the scheduler of this machine.")
@_WORKSPACE
def schedule(folder: str, kind: str, at: str, user: str, target: str | None, install: bool) -> None:
    """Print or install the schedule of nightly: Task Scheduler, systemd or cron."""
    from perfbook._files import write_whole
    from perfbook.settings import ZONE
    from perfbook.unattended import schedule as made
    from perfbook.unattended.install import install as hand_over

    workspace = _open(folder)
    job, today = made.make_job(workspace.root, workspace.settings, at, user), datetime.now(ZONE).date()
    if install:
        _say(hand_over(job, kind, today))
        return
    for name, data in made.files(job, kind, today).items():
        if target:
            write_whole(Path(target) / name, data)
            _say(f"written  {Path(target) / name}")
        else:
            click.echo(made.printed(name, data, kind), nl=False)


@cli.command()
@click.option("--once", is_flag=True, help="Look once and end.")
@_WORKSPACE
def watch(folder: str, once: bool) -> None:
    """Consolidate when returns have settled, and answer the mailbox, until stopped."""
    from perfbook.unattended.signals import until_stopped
    from perfbook.unattended.watch import Watch, prepare

    workspace = _open(folder)
    prepare(workspace.root)
    watching = Watch(workspace.root, _say)
    if once:
        watching.look()
        return
    _say(f"Watching {workspace.returns_folder(workspace.settings.period)}. Ctrl+C ends it.")
    with until_stopped() as stop:
        watching.run(stop)
    _say("Stopped.")


@cli.group()
def excel() -> None:
    """Work on the scorecard that is open in Excel."""


@excel.command("consolidate")
@click.argument("book", required=False)
@click.option("-w", "--workspace", "folder", metavar="DIR", help="The workspace (default: the one of the scorecard).")
@_AS_AT
@_JSON
def excel_consolidate(book: str | None, folder: str | None, as_at: str | None, as_json: bool) -> None:
    """Collect, and refresh the scorecard in Excel. BOOK is its name or file (default: the active workbook)."""
    from perfbook.excel.live import consolidate_book

    done = consolidate_book(book, workspace=folder, as_at=_moment(as_at))
    if as_json:
        _answer(done.account.as_json({"scorecard": Path(done.book)}))
    else:
        from perfbook import _show

        _say(_show.files(done.quarter), _show.findings(done.quarter), _show.headline(done.account))
        _say(f"Scorecard: {done.book} ({'saved' if done.saved else 'refreshed in Excel, not saved yet'})")
    _leave(done.account.exit_code)


@excel.command("pdf")
@click.argument("book", required=False)
@_JSON
def excel_pdf(book: str | None, as_json: bool) -> None:
    """Write the visible sheets of the scorecard in Excel to a PDF beside it. BOOK is its name or file."""
    from perfbook.excel.live import print_book

    path = print_book(book)
    if as_json:
        _answer({"outputs": {"pdf": str(path)}})
    else:
        _say(f"PDF: {path}")


@cli.command()
@click.argument("name", default="dudley")
@click.option("--to", "target", metavar="DIR", help="Where to work (default: outputs/NAME demo).")
@_JSON
def demo(name: str, target: str | None, as_json: bool) -> None:
    """Show a whole quarter of a sample council, start to end."""
    from perfbook.demo import run_demo

    with _progress("", as_json) as progress:
        done = run_demo(name, Path(target) if target else None, progress)
    if as_json:
        _answer(done.consolidation.account.as_json(done.consolidation.outputs))
    else:
        from perfbook import _show

        _say(_show.demo(done))
    _leave(done.consolidation.account.exit_code)


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code. What a user can cause ends in one clear line."""
    try:
        code = cli.main(args=arguments, prog_name="perfbook", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" See {context.command_path} --help." if context else ""
        _fail(error.format_message().rstrip(".") + "." + hint, 2)
    except (click.Abort, KeyboardInterrupt):
        _fail("Stopped. Nothing was half written; run it again when you like.", 2)
    except PerfbookError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _fail(f"The system refused: {error.strerror or error}{where}. Check the folder and its rights.", 2)


def _fail(message: str, code: int) -> None:
    click.echo(f"perfbook: {message}", err=True)
    sys.exit(code)


def _leave(code: int) -> None:
    if code:
        raise click.exceptions.Exit(code)


def _answer(table: dict[str, Any]) -> None:
    click.echo(json.dumps(table, ensure_ascii=True, indent=2))


def _say(*things: Any) -> None:
    from perfbook._show import console

    screen = console()
    for thing in things:
        if thing is not None:
            screen.print(thing, markup=False, highlight=False, soft_wrap=isinstance(thing, str))


def _open(folder: str) -> Workspace:
    from perfbook.workspace import open_workspace

    return open_workspace(folder)


def _open_for_tables(folder: str, tables: str) -> Workspace:
    """The workspace; where there is none, the file says so too: a macro waits for it and sees nothing of the screen."""
    from perfbook._files import write_whole
    from perfbook.scorecard import failure_text
    from perfbook.workspace import demand_folder

    demand_folder(Path(tables))
    try:
        return _open(folder)
    except PerfbookError as error:
        write_whole(Path(tables), failure_text(error.exit_code, str(error)).encode("ascii"))
        raise


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    from perfbook.settings import ZONE

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a time; write it like 2020-10-20 or 2020-10-20T09:00") from error
    if len(text.strip()) <= len("2020-10-20"):
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _progress(title: str, quiet: bool) -> Any:
    from perfbook._show import Progress

    return Progress(title, shown=not quiet and sys.stderr.isatty())


def _by_directorate(quarter: Any) -> list[dict[str, Any]]:
    from perfbook.account import days_late, findings_of

    return [
        {
            "directorate": quarter.framework.directorate(record.directorate).name,
            "state": record.state,
            "received": record.received.isoformat() if record.received else None,
            "late": record.late,
            "overdue": record.overdue,
            "days_late": days_late(record, quarter.as_at),
            "findings": {
                severity: sum(finding.severity == severity for finding in findings_of(quarter, record))
                for severity in ("error", "warning")
            },
            "answered": record.answered,
            "measures": record.measures,
            "owners": [
                {
                    "owner": part.owner,
                    "state": part.state,
                    "received": part.received.isoformat() if part.received else None,
                    "overdue": part.overdue,
                    "answered": part.answered,
                    "measures": part.measures,
                    "file": part.file,
                }
                for part in record.parts
            ],
        }
        for record in quarter.returns
    ]
