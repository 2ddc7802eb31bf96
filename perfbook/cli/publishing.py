"""The command that writes the public copy."""

from __future__ import annotations

import click

from perfbook.cli._options import common
from perfbook.cli._talk import answer, leave, moment_of, open_here, progress_of, say


@click.command()
@common
@click.option(
    "--revised", is_flag=True, help="The figures as they stand now; those changed since the closing show [r]."
)
@click.option("--release", is_flag=True, help="Record that this copy goes out; later ones never tell what it hides.")
@click.option("--no-ods", is_flag=True, help="The .xlsx alone, without the same as .ods (which needs LibreOffice).")
def publish(
    folder: str, period: str | None, as_at: str | None, as_json: bool, revised: bool, release: bool, no_ods: bool
) -> None:
    """Write an accessible workbook of a period for the public, with small numbers hidden, and a list for review.

    From the record as it was collected last: the figures of a closed period as they were published, else provisional.
    """
    workspace = open_here(folder)
    with progress_of("Publishing", as_json) as progress:
        done = workspace.publish(
            period=period,
            as_at=moment_of(as_at),
            revised=revised,
            release=release,
            ods=not no_ods,
            progress=progress,
        )
    if as_json:
        answer(done.as_json())
    else:
        from perfbook.publishing.show import lines

        say(*lines(done))
    leave(done.exit_code)
