"""Commands that look after the record and the machine: archive, redact, doctor."""

from __future__ import annotations

import click

from perfbook.cli._options import AS_AT, JSON, WORKSPACE
from perfbook.cli._talk import answer, leave, moment_of, open_here, progress_of, say
from perfbook.errors import ArchiveError


@click.group()
def archive() -> None:
    """Look after the record of all that was received."""


@archive.command("verify")
@WORKSPACE
@JSON
def archive_verify(folder: str, as_json: bool) -> None:
    """Read the whole record again: every line of its log, every file in it."""
    workspace = open_here(folder)
    with progress_of("Verifying", as_json) as progress:
        found = workspace.verify_archive(progress=progress)
    if as_json:
        answer(
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

        say(_show.verification(found))
    leave(0 if found.is_sound else ArchiveError.exit_code)


@click.command()
@click.argument("what", required=False, default="", metavar="[FILE|SHA256]")
@click.option("--text", "texts", multiple=True, metavar="TEXT", help="Take out this text only, such as a name.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the record, so name nobody in it.")
@click.option("--period", metavar="PERIOD", help="Only what was received for this period (default: every one).")
@WORKSPACE
@AS_AT
@JSON
def redact(
    what: str, texts: tuple[str, ...], reason: str, period: str | None, folder: str, as_at: str | None, as_json: bool
) -> None:
    """Take a person's data out of the record for ever: a file, or a text wherever it stands.

    The bytes of the file are deleted. Its figures stay, without what was written beside them. The record says when and
    why, and still verifies. The original in the shared folder, scorecards written before and backups are not touched.
    """
    workspace = open_here(folder)
    done = workspace.redact(what, reason=reason, texts=texts, period=period, as_at=moment_of(as_at))
    if as_json:
        answer({"paths": list(done.paths), "files": list(done.files), "figures": done.figures, "lines": done.lines})
        return
    from perfbook import _show

    say(_show.redacted(done))


@click.command()
@WORKSPACE
@JSON
def doctor(folder: str, as_json: bool) -> None:
    """Look for what is wrong with this machine or the workspace, and say what to do. Changes nothing."""
    from perfbook.doctor import examine

    lines = examine(folder)
    if as_json:
        answer({"lines": [vars(line) for line in lines]})
    else:
        from perfbook import _show

        say(_show.doctor(lines))
    leave(int(any(line.verdict == "to do" for line in lines)))
