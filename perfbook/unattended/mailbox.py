"""The mailbox: requests that a workbook's macro leaves in the workspace, and the answers that it waits for.

    mailbox/request-<id>.json    {"request": "tables", "period": "2020-21 Q2", "id": "<id>"}   ASCII JSON, by the macro
    mailbox/answer-<id>.json     {"id": "<id>", "ok": true, "period": ..., "tables": {...}}     written whole, by us
                                 {"id": "<id>", "ok": false, "code": 3, "error": "..."}

A request says what to do with which period; it carries no command, no path and no setting, and whatever is not exactly
such a request is refused in one sentence. Each is answered once: who renames it first, answers it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfbook._files import write_whole
from perfbook.errors import CannotWriteError, PerfbookError, UsageError
from perfbook.framework.periods import Period
from perfbook.scorecard.tables import answer_text
from perfbook.scorecard.tables import tables as scorecard_tables
from perfbook.workspace import Workspace, open_workspace

BIGGEST = 4096  # bytes of a request
MOST = 50  # requests answered in one look; the rest waits for the next
OLDEST = 900.0  # seconds after which nobody waits for an answer any more
KEPT = 3600.0  # seconds that an answer stays
_HALF_WRITTEN = 5.0  # seconds that a request which makes no sense yet may still be being written
_MOST_ENTRIES = 2000
_REQUEST = re.compile(r"request-([A-Za-z0-9_-]{1,64})\.json")
_FIELDS = {"request", "period", "id"}
_OURS = ("answer-", "taken-", ".~")

Tables = Callable[[Workspace, Period], dict[str, Any]]


@dataclass(frozen=True)
class Answered:
    """One request and what became of it; `error` is empty where it was answered as wished."""

    request: str
    period: str = ""
    error: str = ""


def tables_for(workspace: Workspace, period: Period) -> dict[str, Any]:
    """The tables that a macro puts into its workbook: the period, collected now.

    No scorecard is written: the one that asks is open in Excel. Raises PerfbookError; BusyError where another run is
    at work.
    """
    return scorecard_tables(workspace.collect(period=period))


def mailbox_folder(root: Path) -> Path:
    """Where requests and answers lie."""
    return root / "mailbox"


def answer_all(root: Path, tables: Tables = tables_for, now: float | None = None) -> tuple[Answered, ...]:
    """Answer what lies in the mailbox of the workspace at `root`, oldest name first, and clear away what is old.

    `now` is in seconds since 1970. A mailbox that is not there or cannot be read holds nothing.
    """
    folder, moment = mailbox_folder(root), time.time() if now is None else now
    done: list[Answered] = []
    for path in _entries(folder):
        if path.name.startswith(_OURS):
            _clear(path, moment, KEPT)
        elif path.name.startswith("request-") and len(done) < MOST:
            if _age(path, moment) > OLDEST:
                _clear(path, moment, OLDEST)
                continue
            answered = _answer(root, folder, path, tables, moment)
            if answered:
                done.append(answered)
    return tuple(done)


class _RefusedError(PerfbookError):
    """A request that is not one."""


class _NotYetError(Exception):
    """A request that is still being written."""


def _answer(root: Path, folder: Path, path: Path, tables: Tables, now: float) -> Answered | None:
    named = _REQUEST.fullmatch(path.name)
    # A name that is no name of a request must not become part of a path of ours.
    identity = named[1] if named else hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    taken, reply = folder / f"taken-{identity}.json", folder / f"answer-{identity}.json"
    try:
        text = _read(path, now)
    except _NotYetError:
        return None
    except OSError:
        return None  # still open elsewhere, or taken by another watch; the next look will see
    except _RefusedError as error:
        text, refused = None, error
    if not _take(path, taken):
        return None
    period = ""
    try:
        if text is None:
            raise refused
        if os.path.lexists(reply):
            raise _RefusedError("A request of this id was answered already. Use a new id.")
        request = _understood(text, identity if named else "")
        period = str(request["period"])
        workspace = open_workspace(root)
        chosen = workspace.period(period)
        answer = {"id": identity, "ok": True, "period": chosen.label, "tables": tables(workspace, chosen)}
        error_text = ""
    except PerfbookError as error:
        error_text = " ".join(str(error).split())
        answer = {"id": identity, "ok": False, "code": error.exit_code, "error": error_text}
    except Exception as error:  # a fault over one request must not end the watch
        error_text = f"perfbook failed in a way that was not foreseen ({type(error).__name__})."
        answer = {"id": identity, "ok": False, "code": 2, "error": error_text}
    try:
        if not os.path.lexists(reply):
            write_whole(reply, answer_text(answer).encode("ascii"))
    except CannotWriteError as error:
        error_text = error_text or str(error)
    with contextlib.suppress(OSError):
        taken.unlink()
    return Answered(path.name, period, error_text)


def _read(path: Path, now: float) -> dict[str, Any]:
    """The table of a request. Raises _RefusedError, OSError where it cannot be opened now."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or _is_reparse_point(status):
        raise _RefusedError("The request is no plain file.")
    if status.st_size > BIGGEST:
        raise _RefusedError(f"The request is larger than {BIGGEST} bytes.")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        data = file.read(BIGGEST + 1)
    try:
        table = json.loads(data.decode("ascii"))
        if not isinstance(table, dict):
            raise ValueError
    except (ValueError, RecursionError) as error:
        if abs(now - status.st_mtime) < _HALF_WRITTEN:
            raise _NotYetError from error
        raise _RefusedError("The request is not a table in ASCII JSON.") from error
    return table


def _understood(table: dict[str, Any], identity: str) -> dict[str, Any]:
    if set(table) != _FIELDS or not all(isinstance(value, str) for value in table.values()):
        raise _RefusedError("A request holds request, period and id, each a text, and nothing else.")
    if table["request"] != "tables":
        raise _RefusedError("The only request that is answered is tables.")
    if not identity or table["id"] != identity:
        raise _RefusedError("The id of the request is not the one in the name of its file.")
    if not table["period"].strip():
        raise UsageError("The request names no period.")
    return table


def _take(path: Path, taken: Path) -> bool:
    """Take a request, so that nobody else answers it; renaming moves a link and never what it points at."""
    try:
        path.replace(taken)
    except OSError:
        return False
    return True


def _entries(folder: Path) -> list[Path]:
    found: list[Path] = []
    try:
        with os.scandir(folder) as scan:
            for entry in scan:
                if entry.name.startswith(("request-", *_OURS)):
                    found.append(folder / entry.name)
                if len(found) >= _MOST_ENTRIES:
                    break
    except OSError:
        return []
    return sorted(found)


def _age(path: Path, now: float) -> float:
    try:
        return now - path.lstat().st_mtime
    except OSError:
        return 0.0


def _clear(path: Path, now: float, oldest: float) -> None:
    if _age(path, now) > oldest:
        with contextlib.suppress(OSError):
            path.unlink()


def _is_reparse_point(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & 0x400)
