"""The command that makes a framework from an existing spreadsheet."""

from __future__ import annotations

import click

from perfbook.cli._options import JSON
from perfbook.cli._talk import answer, say


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option("-w", "--workspace", "folder", metavar="DIR", help="The workspace to import into.")
@click.option("--to", "target", metavar="DIR", help="Make a new workspace there.")
@click.option(
    "--sheet", "sheets", multiple=True, metavar="SHEET", help="Only this sheet; may be repeated (default: all)."
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="COLUMN=FIELD",
    help='What a column is, by its header or letter, like "Outturn=Figure 2019-20" or "F=Not placed"; may be repeated.',
)
@click.option("--council", metavar="NAME", default="", help="The council's name (default: as the spreadsheet says).")
@click.option("--period", metavar="PERIOD", default="", help='The period to collect next, like "2020-21 Q2".')
@click.option("--year-start", metavar="MONTH", default="", help="For a new workspace: when the year starts (April).")
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and write nothing.")
@click.option("--replace", is_flag=True, help="Replace a framework that was changed; the old one is kept beside it.")
@JSON
def import_(
    file: str,
    folder: str | None,
    target: str | None,
    sheets: tuple[str, ...],
    columns: tuple[str, ...],
    council: str,
    period: str,
    year_start: str,
    dry_run: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Make a framework from FILE, a spreadsheet with one row a measure. What is guessed is marked."""
    from perfbook.importing.run import import_spreadsheet

    done = import_spreadsheet(
        file,
        workspace=folder,
        to=target,
        sheets=sheets,
        columns=columns,
        council=council,
        period=period,
        year_start=year_start,
        dry_run=dry_run,
        overwrite=replace,
    )
    if as_json:
        answer(done.as_json())
        return
    from perfbook.importing.show import columns_table, rest_table, words

    say(columns_table(done), rest_table(done), *words(done))
