"""Commands of the quarter: collect, consolidate, report, close, chase, status, trace, check."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfbook import __version__
from perfbook.cli._options import CLUSTER, JSON, common
from perfbook.cli._talk import answer, at_work, fail, leave, moment_of, open_for_tables, open_here, progress_of, say

if TYPE_CHECKING:
    from perfbook.memo import Memo


@click.command()
@common
@CLUSTER
def collect(folder: str, period: str | None, as_at: str | None, as_json: bool, cluster: str | None) -> None:
    """Read the returns in the shared folder into the archive."""
    from perfbook.collected import collect_told
    from perfbook.settings import find_root

    moment = moment_of(as_at)
    with progress_of("Collecting", as_json) as progress:
        told = collect_told(
            find_root(folder),
            lambda: at_work(open_here(folder), cluster),
            period=period,
            as_at=moment,
            progress=progress,
            screen=not as_json,
        )
    if as_json:
        answer(told.answer)
    else:
        say(*told.tables)
    leave(told.exit_code)


@click.command()
@common
@click.option("--xlsm", is_flag=True, help="Write a workbook with macros, whose buttons refresh it.")
@click.option("--tables", metavar="FILE", help="Write just the tables for a scorecard that is refreshed in place.")
@click.option("--no-collect", is_flag=True, help="From the record alone; the shared folder is not looked at.")
@CLUSTER
def consolidate(
    folder: str,
    period: str | None,
    as_at: str | None,
    as_json: bool,
    xlsm: bool,
    tables: str | None,
    no_collect: bool,
    cluster: str | None,
) -> None:
    """Collect the returns, then write the scorecard workbook."""
    if tables is not None and (xlsm or no_collect):
        raise click.UsageError(f"Choose one of {'--xlsm' if xlsm else '--no-collect'} and --tables")
    if tables is not None and not tables.strip():
        raise click.UsageError("--tables names no file")
    moment = moment_of(as_at)
    here = open_for_tables(folder, tables) if tables else open_here(folder)
    with at_work(here, cluster) as workspace, progress_of("Consolidating", as_json) as progress:
        if tables:
            done = workspace.write_tables(Path(tables), period=period, as_at=moment, progress=progress)
        else:
            done = workspace.consolidate(
                period=period, as_at=moment, progress=progress, xlsm=xlsm, collect=not no_collect
            )
    if as_json:
        answer(done.as_json())
    else:
        from perfbook import _show

        say(_show.files(done.quarter), _show.findings(done.quarter), _show.headline(done.account))
        for name, path in done.outputs.items():
            say(f"{name.capitalize()}: {path}")
        for sentence in done.scorecard.sentences if done.scorecard else ():
            say(sentence)
        say(_show.feedback(done.feedback))
    leave(done.exit_code)


@click.command()
@common
@click.option("--pdf", is_flag=True, help="Also as PDF; needs LibreOffice on this machine.")
def report(folder: str, period: str | None, as_at: str | None, as_json: bool, pdf: bool) -> None:
    """Collect the returns, then write the Word report and the HTML digest."""
    moment = moment_of(as_at)
    workspace = open_here(folder)
    with progress_of("Reporting", as_json) as progress:
        done = workspace.report(period=period, as_at=moment, progress=progress, pdf=pdf)
    if as_json:
        answer(done.account.as_json(done.outputs))
    else:
        from perfbook import _show

        say(_show.headline(done.account))
        for name, path in done.outputs.items():
            say(f"{'PDF' if name == 'pdf' else name.capitalize()}: {path}")
    leave(done.account.exit_code)


@click.command()
@common
@click.option("--no-pdf", is_flag=True, help="The workbook alone, to be printed from Excel.")
def pages(folder: str, period: str | None, as_at: str | None, as_json: bool, no_pdf: bool) -> None:
    """Write a page or more of each directorate for printing: a workbook, and a PDF by LibreOffice.

    From the record as it was collected last; the shared folder is not looked at.
    """
    workspace = open_here(folder)
    with progress_of("Writing pages", as_json) as progress:
        outputs = workspace.pages(period=period, as_at=moment_of(as_at), progress=progress, pdf=not no_pdf)
    if as_json:
        answer({"outputs": {name: str(path) for name, path in outputs.items()}})
    else:
        for name, path in outputs.items():
            say(f"{'PDF' if name == 'pdf' else name.capitalize()}: {path}")


@click.command()
@common
@click.option("--to", "target", metavar="DIR", help="The folder of the dataset (default: outputs/tables).")
@click.option("--no-collect", is_flag=True, help="From the record alone; the shared folder is not looked at.")
def tables(
    folder: str, period: str | None, as_at: str | None, as_json: bool, target: str | None, no_collect: bool
) -> None:
    """Collect the returns, then write the tidy tables as a Parquet dataset, partitioned by reporting period."""
    from perfbook.account import account

    workspace = open_here(folder)
    chosen = Path(target) if target else workspace.tables_folder
    with progress_of("Writing tables", as_json) as progress:
        quarter, files = workspace.write_dataset(
            chosen, period=period, as_at=moment_of(as_at), progress=progress, collect=not no_collect
        )
    done = account(quarter)
    if as_json:
        answer(done.as_json({"tables": chosen}))
    else:
        from perfbook import _show

        say(_show.headline(done))
        say(f"{len(files)} parts in {chosen}")
    leave(done.exit_code)


@click.command()
@common
@click.option("--undo", is_flag=True, help="Open the period again; what was published stays in the record.")
@click.option("--reason", default="", metavar="TEXT", help="With --undo: why.")
@click.option("--by", default="", metavar="TEXT", help="With --undo: who decided it, a role or a name.")
def close(folder: str, period: str | None, as_at: str | None, as_json: bool, undo: bool, reason: str, by: str) -> None:
    """Freeze a period as published. What changes in it later is listed as restated.

    From the record as it was collected last; the shared folder is not looked at. A period that is closed stays closed,
    until that is undone.
    """
    from perfbook.account import account, reopening_json

    if (reason or by) and not undo:
        raise click.UsageError("--reason and --by go with --undo")
    workspace = open_here(folder)
    if undo:
        undone = workspace.reopen(reason=reason, by=by, period=period, as_at=moment_of(as_at))
        if as_json:
            answer(reopening_json(undone))
        else:
            from perfbook import _show

            say(_show.reopened(undone))
        return
    with progress_of("Closing", as_json) as progress:
        done = workspace.close(period=period, as_at=moment_of(as_at), progress=progress)
    code = account(done.quarter).exit_code
    if as_json:
        answer(done.as_json())
    else:
        from perfbook import _show

        say(_show.closed(done))
    leave(code)


@click.command()
@common
@click.option("--send", is_flag=True, help="Send the letters through the mail server of perfbook.toml.")
@click.option("--by-hand", is_flag=True, help="Write the letters for you to send, and record them as sent.")
def chase(folder: str, period: str | None, as_at: str | None, as_json: bool, send: bool, by_hand: bool) -> None:
    """Collect the returns, then write reminders, questions and thanks. Without an option these are drafts only."""
    if send and by_hand:
        raise click.UsageError("Choose one of --send and --by-hand")
    moment = moment_of(as_at)
    workspace = open_here(folder)
    with progress_of("Chasing", as_json) as progress:
        way = "send" if send else "by_hand" if by_hand else "draft"
        done = workspace.chase(period=period, as_at=moment, progress=progress, way=way)  # type: ignore[arg-type]
    if as_json:
        answer(done.as_json())
    else:
        from perfbook import _show

        say(_show.chasing(done))
        if done.failed:
            fail(done.failed, done.exit_code)
    leave(done.exit_code)


@click.command()
@common
def status(folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Show who has sent what. Writes nothing."""
    from perfbook.memo import Memo, shown
    from perfbook.settings import FILE_NAME, ZONE, find_root, read_settings

    moment, root = moment_of(as_at) or datetime.now(ZONE), find_root(folder)
    settings = read_settings(root / FILE_NAME)
    memo = Memo("status", root, settings, settings.period if period is None else settings.parse_period(period))
    known = memo.recall(moment)
    tables = shown(known.screen) if known and not as_json else ()
    if known and tables is not None:
        found, code = dict(known.answer) | {"as_at": moment.isoformat()}, known.exit_code
    else:
        found, tables, code = _looked(folder, period, moment, memo)
    if as_json:
        answer(found)
    else:
        say(*tables)
    leave(code)


def _looked(
    folder: str, period: str | None, moment: datetime, memo: Memo
) -> tuple[dict[str, Any], tuple[object, ...], int]:
    """What status answers when it is worked out, and kept."""
    from perfbook import _show
    from perfbook.account import account
    from perfbook.chasing.curve import curves
    from perfbook.memo import end_of_day

    workspace = open_here(folder)
    quarter = workspace.look(period=period, as_at=moment)
    result = account(quarter)
    now, before = curves(quarter, workspace.archive, workspace.settings)
    curve = {"now": now.as_json(), "before": before.as_json() if before else None}
    found = result.as_json() | {"by_directorate": _by_directorate(quarter), "curve": curve}
    tables = (_show.returns(quarter), _show.curve(now, before), _show.headline(result))
    if all(event.at <= moment for event in workspace.archive.events()):
        memo.keep(moment, found, result.exit_code, files=quarter.files, until=end_of_day(moment), tables=tables)
    return found, tables, result.exit_code


def _by_directorate(quarter: Any) -> list[dict[str, Any]]:
    from perfbook.sent import days_late, findings_of

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


@click.command()
@click.argument("measure")
@common
def trace(measure: str, folder: str, period: str | None, as_at: str | None, as_json: bool) -> None:
    """Show where a figure comes from, or a rating. MEASURE is a key or a code, of an action a key or a reference."""
    from perfbook import _show
    from perfbook.action_passport import ActionPassport, action_passport, find_action
    from perfbook.passport import Passport, find_measure, has_measure, passport

    workspace = open_here(folder)
    framework = workspace.framework
    action = None if has_measure(framework, measure) else find_action(framework, measure)
    found = None if action else find_measure(framework, measure)
    quarter = workspace.look(period=period, as_at=moment_of(as_at))
    result: Passport | ActionPassport
    result = action_passport(quarter, action) if action else passport(quarter, found)  # type: ignore[arg-type]
    if as_json:
        answer(result.as_json())
    else:
        say(_show.passport(result))


@click.command()
@common
@click.option(
    "--beside",
    metavar="FILE",
    help="A CSV file of figures that should be there: reference, label, period, number, unit. Says how many are found.",
)
def figures(folder: str, period: str | None, as_at: str | None, as_json: bool, beside: str | None) -> None:
    """List the figures that stand inside baselines and updates: label, number, unit, period."""
    from perfbook import _show
    from perfbook.narrative.beside import beside as compared
    from perfbook.narrative.beside import read_listed
    from perfbook.narrative.told import told

    workspace = open_here(folder)
    wanted = read_listed(Path(beside)) if beside else ()
    found = told(workspace.framework, workspace.look(period=period, as_at=moment_of(as_at)).actions)
    references = {action.key: action.code or action.key for action in workspace.framework.actions}
    rows = compared(wanted, found, references)
    if as_json:
        listed = [
            {
                "reference": references[each.action],
                "label": each.figure.label,
                "period": each.when,
                "number": f"{each.figure.number:f}",
                "unit": each.figure.unit,
                "as_it_stands": each.figure.shown,
                "since_baseline": each.since_baseline,
                "since_last": each.since_last,
                "correction": each.correction,
            }
            for each in found
        ]
        missing = [vars(one) | {"number": f"{one.number:f}"} for one, row in zip(wanted, rows, strict=True) if not row]
        count = {"listed": len(wanted), "found": len(wanted) - len(missing), "missing": missing} if beside else None
        answer({"figures": listed, "beside": count})
        return
    say(_show.figures(found, references, wanted, rows))


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-w",
    "--workspace",
    "folder",
    metavar="DIR",
    help="The workspace to check returns against (default: the nearest folder above each file with a perfbook.toml).",
)
@click.option("--sarif", "sarif_file", metavar="FILE", help="Also write the findings as SARIF 2.1.0, for other tools.")
@JSON
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
        answer(report.as_json())
    else:
        from perfbook import _show

        say(_show.checked(report))
    leave(report.exit_code)
