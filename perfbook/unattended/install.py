"""Handing the schedule to the scheduler of this machine. Each step is a command of the system, told when it fails."""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from perfbook._files import write_whole
from perfbook.errors import UsageError
from perfbook.unattended import schedule
from perfbook.unattended.schedule import Job

_MINUTE = 60


def install(job: Job, kind: str, today: date) -> str:
    """Install the job; the answer says in a sentence what is there now. Raises UsageError, CannotWriteError."""
    return {"task": _task, "systemd": _systemd, "cron": _cron}[kind](job, today)


def _task(job: Job, today: date) -> str:
    if os.name != "nt":
        raise UsageError("Task Scheduler is there on Windows only. Write the file with --to and install it there.")
    user = job.user or f"{os.environ.get('USERDOMAIN', '.')}\\{os.environ.get('USERNAME', '')}"
    name = schedule.task_name(job)
    with tempfile.TemporaryDirectory(prefix="perfbook") as folder:
        for file, data in schedule.files(job, "task", today).items():
            path = Path(folder) / file
            path.write_bytes(data)
            # The star lets schtasks ask for the password of the account; perfbook never sees it.
            _run(["schtasks", "/Create", "/TN", name, "/XML", str(path), "/F", "/RU", user, "/RP", "*"], asks=True)
    return f"The task {name!r} runs each night at {job.at:%H:%M} as {user}."


def _systemd(job: Job, today: date) -> str:
    if not Path("/run/systemd/system").is_dir():
        raise UsageError("systemd does not run this machine. Write the units with --to and install them there.")
    system = os.geteuid() == 0
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    folder = Path("/etc/systemd/system") if system else Path(base).expanduser() / "systemd" / "user"
    for file, data in schedule.files(job, "systemd", today).items():
        write_whole(folder / file, data)
    control = ["systemctl"] if system else ["systemctl", "--user"]
    _run([*control, "daemon-reload"])
    _run([*control, "enable", "--now", f"{job.name}.timer"])
    linger = "" if system else " It runs without a login only after: loginctl enable-linger."
    return f"The timer {job.name} runs each night at {job.at:%H:%M}. Its units are in {folder}.{linger}"


def _cron(job: Job, today: date) -> str:
    listed = _call(["crontab", "-l"])
    # An account without a crontab ends with 1 and says so.
    table = listed.stdout if listed.returncode == 0 else ""
    _run(["crontab", "-"], text=schedule.with_cron_line(table, job))
    return f"The crontab of this account runs it each night at {job.at:%H:%M}. Cron does not make up for missed nights."


def _run(command: list[str], text: str | None = None, *, asks: bool = False) -> None:
    done = _call(command, text, asks=asks)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout or "").split())[:300] or f"it ended with {done.returncode}"
        raise UsageError(f"{command[0]} refused: {said}. Print the schedule without --install and install it by hand.")


def _call(command: list[str], text: str | None = None, *, asks: bool = False) -> subprocess.CompletedProcess[str]:
    streams = None if asks else subprocess.PIPE
    try:
        return subprocess.run(
            command,
            input=text,
            stdout=streams,
            stderr=streams,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=None if asks else _MINUTE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{command[0]} is not here or does not answer. Install the schedule by hand.") from error
