"""The commands: the only place that parses arguments or prints.

Exit codes: 0 done; 1 done, but a return has error findings, is rejected or is overdue; 2 wrong use or a broken
workspace; 3 another consolidation is running; 4 an output could not be written.
"""

from __future__ import annotations

import gc
import sys

import click

from perfbook import __version__
from perfbook.cli import excel, importing, publishing, quarter, record, start, unattended
from perfbook.cli._talk import fail
from perfbook.errors import PerfbookError

# Records are made by the thousand, and hardly any of them in circles: to look for circles after every 700 of them, as
# Python does by itself, is a fifth of the time of a check.
GARBAGE = (20_000, 20, 20)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="perfbook")
def cli() -> None:
    """Return workbooks out, completed ones in, one scorecard workbook."""


for _command in (
    start.init,
    importing.import_,
    start.generate,
    start.templates,
    start.demo,
    quarter.collect,
    quarter.consolidate,
    quarter.report,
    quarter.pages,
    quarter.tables,
    quarter.chase,
    quarter.close,
    publishing.publish,
    quarter.status,
    quarter.trace,
    quarter.figures,
    quarter.check,
    record.archive,
    record.redact,
    record.doctor,
    unattended.nightly,
    unattended.schedule,
    unattended.watch,
    excel.excel,
):
    cli.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code. What a user can cause ends in one clear line."""
    gc.set_threshold(*GARBAGE)
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
        fail(error.format_message().rstrip(".") + "." + hint, 2)
    except (click.Abort, KeyboardInterrupt):
        fail("Stopped. Nothing was half written; run it again when you like.", 2)
    except PerfbookError as error:
        fail(str(error), error.exit_code)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        fail(f"The system refused: {error.strerror or error}{where}. Check the folder and its rights.", 2)
