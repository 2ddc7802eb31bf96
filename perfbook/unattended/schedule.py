"""The schedule of the night for the three schedulers: what a person installs once, on the machine that runs at night.

Task Scheduler's XML follows the published schema (version 1.2), the units systemd.syntax(7) and systemd.service(5), the
line crontab(5). Paths may hold blanks, quotes, percent signs and letters of any language.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import shlex
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from perfbook.errors import UsageError
from perfbook.settings import Settings
from perfbook.workbook.text import file_name

KINDS = ("task", "systemd", "cron")
HOURS = 4  # a night that takes longer hangs
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# systemd takes no such program by its name, though any argument.
_SPECIAL = re.compile(r"""[\x00-\x1f\x7f"'\\$]""")
_VARIABLE = re.compile(r"%[^%\s]+%")


@dataclass(frozen=True)
class Job:
    """What is to be run each night. `user` is an account, empty for the one that installs it."""

    council: str
    root: str
    program: str
    at: time
    catch_up: bool = True
    user: str = ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """What follows the program. -P: nothing that lies in a shared folder is taken for a module of Python."""
        return ("-P", "-m", "perfbook", "nightly", "-w", self.root)

    @property
    def name(self) -> str:
        """A name in plain letters, of its own for each workspace."""
        plain = unicodedata.normalize("NFKD", self.council).encode("ascii", "ignore").decode("ascii").lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "council"
        return f"perfbook-nightly-{slug}-{hashlib.sha256(self.root.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def make_job(root: Path, settings: Settings, at: str, user: str = "") -> Job:
    """The job of a workspace at a time of day like 02:00. Raises UsageError."""
    return Job(settings.council, str(root), sys.executable, parse_time(at), settings.nightly.catch_up, user)


def parse_time(text: str) -> time:
    """A time of day written like 02:00."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise UsageError(f"{text!r} is not a time of day. Write it like 02:00.")
    return time(int(found[1]), int(found[2]))


def files(job: Job, kind: str, today: date) -> Mapping[str, bytes]:
    """What a scheduler wants, by file name, as bytes in the encoding that it wants. Raises UsageError."""
    if kind == "task":
        return {f"{job.name}.xml": codecs.BOM_UTF16_LE + task_xml(job, today).encode("utf-16-le")}
    if kind == "systemd":
        return {
            f"{job.name}.service": service_unit(job).encode("utf-8", "surrogateescape"),
            f"{job.name}.timer": timer_unit(job).encode("utf-8"),
        }
    if kind == "cron":
        return {f"{job.name}.cron": cron_line(job).encode("utf-8", "surrogateescape")}
    raise UsageError(f"There is no scheduler {kind!r}. There are: {', '.join(KINDS)}.")


def printed(name: str, data: bytes, kind: str) -> str:
    """A file of a schedule as it is shown; several of them are told apart by their names."""
    if kind == "task":
        return data.decode("utf-16").replace("\r\n", "\n")
    text = data.decode("utf-8", "replace")
    return f"# {name}\n{text}\n" if kind == "systemd" else text


# Task Scheduler


def task_xml(job: Job, today: date) -> str:
    """The task as XML text, to be written as UTF-16 with a byte order mark.

    It runs whether anybody is logged on or not (with the account's password, which Windows keeps: without it there is
    no network at night), never twice at once, and after a missed night as soon as it can.
    """
    for text in (job.root, job.program):
        variable = _VARIABLE.search(text)
        if variable:
            raise UsageError(f"Task Scheduler would read {variable[0]} in {text} as a variable. Rename it.")
        if _CONTROL.search(text):
            raise UsageError(f"{text!r} holds a control character. Rename it.")
    task = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _leaves(ET.SubElement(task, "RegistrationInfo"), {"Description": _about(job)})
    trigger = ET.SubElement(ET.SubElement(task, "Triggers"), "CalendarTrigger")
    _leaves(trigger, {"StartBoundary": f"{today.isoformat()}T{job.at:%H:%M}:00", "Enabled": "true"}, order=_TRIGGER)
    _leaves(ET.SubElement(trigger, "ScheduleByDay"), {"DaysInterval": "1"})
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": "Author"})
    user = {"UserId": job.user} if job.user else {}
    _leaves(principal, {**user, "LogonType": "Password", "RunLevel": "LeastPrivilege"})
    _leaves(
        ET.SubElement(task, "Settings"),
        {
            "MultipleInstancesPolicy": "IgnoreNew",
            "DisallowStartIfOnBatteries": "false",
            "StopIfGoingOnBatteries": "false",
            "AllowHardTerminate": "true",
            "StartWhenAvailable": "true" if job.catch_up else "false",
            "ExecutionTimeLimit": f"PT{HOURS}H",
            "Enabled": "true",
        },
    )
    action = ET.SubElement(ET.SubElement(task, "Actions", {"Context": "Author"}), "Exec")
    # The folder may be a UNC path; mapped drives are not there when nobody is logged on.
    arguments = subprocess.list2cmdline(job.arguments)
    _leaves(action, {"Command": job.program, "Arguments": arguments, "WorkingDirectory": job.root})
    ET.indent(task)
    return '<?xml version="1.0" encoding="UTF-16"?>\r\n' + ET.tostring(task, encoding="unicode") + "\r\n"


_TRIGGER = ("Enabled", "StartBoundary")  # the schema's order: here, unlike elsewhere, it counts


def _leaves(parent: ET.Element, texts: Mapping[str, str], order: tuple[str, ...] = ()) -> None:
    for name in order or texts:
        ET.SubElement(parent, name).text = texts[name]


# systemd


def service_unit(job: Job) -> str:
    """The service. Exit code 1 is a night that found something to chase, and no failure of the service."""
    words = [job.program, *job.arguments]
    if _SPECIAL.search(job.program):
        words = ["/bin/sh", "-c", 'exec "$0" "$@"', *words]
    command = " ".join(_quoted(word) for word in words)
    user = [f"User={_line(job.user)}"] if job.user else []
    return "\n".join(
        [
            "[Unit]",
            f"Description={_line(_about(job))}",
            "Wants=network-online.target",
            "After=network-online.target remote-fs.target",
            "",
            "[Service]",
            "Type=oneshot",
            f"ExecStart={command}",
            *user,
            "SuccessExitStatus=1",
            f"TimeoutStartSec={HOURS}h",
            "NoNewPrivileges=true",
            "",
        ]
    )


def timer_unit(job: Job) -> str:
    """The timer. Persistent makes up for a night on which the machine was off."""
    return "\n".join(
        [
            "[Unit]",
            f"Description={_line(_about(job))}",
            "",
            "[Timer]",
            f"OnCalendar=*-*-* {job.at:%H:%M}:00",
            f"Persistent={'true' if job.catch_up else 'false'}",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def _quoted(text: str) -> str:
    """One word of a command line after systemd's rules: quotes, specifiers and variables."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return '"' + _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped) + '"'


def _line(text: str) -> str:
    """Text of a unit: specifiers doubled; a backslash at the end would swallow the next line."""
    return _CONTROL.sub(" ", text).replace("%", "%%").replace("\\", "/")


# cron


def cron_line(job: Job) -> str:
    """A line for crontab, below a comment by which it is found again. Cron does not make up for missed nights."""
    command = [job.program, *job.arguments]
    for text in command:
        if _CONTROL.search(text) or "\\" in text:
            raise UsageError(f"{text!r} holds a control character or a backslash, which cron does not take. Rename it.")
    words = " ".join(shlex.quote(text) for text in command).replace("%", "\\%")
    return f"{cron_mark(job)}\n{job.at.minute} {job.at.hour} * * * {words}\n"


def cron_mark(job: Job) -> str:
    """The comment above the line of a job."""
    return f"# {job.name}: written by perfbook schedule"


def with_cron_line(table: str, job: Job) -> str:
    """A crontab with the job's line in it, in the place of the one that an earlier run put there."""
    lines, mark, kept = table.splitlines(), cron_mark(job), []
    skip = False
    for line in lines:
        if skip:
            skip = False
        elif line == mark:
            skip = True
        else:
            kept.append(line)
    return "".join(f"{line}\n" for line in kept) + cron_line(job)


def task_name(job: Job) -> str:
    """The name of the task as people see it."""
    return f"perfbook nightly {file_name(job.council)} {job.name[-6:]}"


def _about(job: Job) -> str:
    return f"perfbook: nightly consolidation of {job.council}"
