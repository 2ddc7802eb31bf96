from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, time
from pathlib import Path, PureWindowsPath

import pytest

from perfbook.cli import main
from perfbook.errors import UsageError
from perfbook.settings import Settings, read_settings
from perfbook.unattended import install, schedule
from perfbook.unattended.schedule import Job

TODAY = date(2031, 12, 24)
AWKWARD = '/srv/Größe & co/50% "quoted" it\'s $HOME'
UNC = r"\\server\share\Größe & co\council's plan"
LINUX = Job("Dudley", AWKWARD, "/opt/per%f book/bin/python", time(2, 5))
WINDOWS = Job("Dudley & Söhne", UNC, r"C:\Program Files\Python\python.exe", time(2, 5), user=r"COUNCIL\svc-perfbook")

# The published schema of Task Scheduler 2.0 ([MS-TSCH] 2.5, taskschd schema): of each element its children, whether
# their order counts (sequence) or not (all), and which must be there; of each leaf a pattern for its text.
BOOLEAN = "true|false"
DURATION = r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?"
ANY, SOME = r"(?s).*", r"(?s).+"
CHILDREN: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "Task": ("all", ("RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"), ("Actions",)),
    "RegistrationInfo": (
        "all",
        ("URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description", "Documentation"),
        (),
    ),
    "Triggers": ("any", ("CalendarTrigger",), ()),
    "CalendarTrigger": (
        "sequence",
        (
            "Enabled",
            "StartBoundary",
            "EndBoundary",
            "Repetition",
            "ExecutionTimeLimit",
            "RandomDelay",
            "ScheduleByDay",
        ),
        ("ScheduleByDay",),
    ),
    "ScheduleByDay": ("all", ("DaysInterval",), ()),
    "Principals": ("any", ("Principal",), ("Principal",)),
    "Principal": (
        "all",
        ("UserId", "LogonType", "GroupId", "DisplayName", "RunLevel", "ProcessTokenSidType", "RequiredPrivileges"),
        (),
    ),
    "Settings": (
        "all",
        (
            "AllowStartOnDemand",
            "RestartOnFailure",
            "MultipleInstancesPolicy",
            "DisallowStartIfOnBatteries",
            "StopIfGoingOnBatteries",
            "AllowHardTerminate",
            "StartWhenAvailable",
            "NetworkProfileName",
            "RunOnlyIfNetworkAvailable",
            "WakeToRun",
            "Enabled",
            "Hidden",
            "DeleteExpiredTaskAfter",
            "IdleSettings",
            "NetworkSettings",
            "ExecutionTimeLimit",
            "Priority",
            "RunOnlyIfIdle",
            "UseUnifiedSchedulingEngine",
            "DisallowStartOnRemoteAppSession",
        ),
        (),
    ),
    "Actions": ("any", ("Exec",), ("Exec",)),
    "Exec": ("all", ("Command", "Arguments", "WorkingDirectory"), ("Command",)),
}
LEAVES = {
    "Description": ANY,
    "Enabled": BOOLEAN,
    "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?",
    "DaysInterval": r"[1-9]|[1-9]\d|[12]\d\d|3[0-5]\d|36[0-5]",
    "UserId": SOME,
    "LogonType": "S4U|Password|InteractiveToken|InteractiveTokenOrPassword",
    "RunLevel": "LeastPrivilege|HighestAvailable",
    "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting",
    "DisallowStartIfOnBatteries": BOOLEAN,
    "StopIfGoingOnBatteries": BOOLEAN,
    "AllowHardTerminate": BOOLEAN,
    "StartWhenAvailable": BOOLEAN,
    "ExecutionTimeLimit": DURATION,
    "Command": SOME,
    "Arguments": ANY,
    "WorkingDirectory": ANY,
}
ATTRIBUTES = {"Task": {"version"}, "Principal": {"id"}, "Actions": {"Context"}, "CalendarTrigger": {"id"}}


def offences(element: ET.Element) -> list[str]:
    """What the schema has against an element and all in it."""
    space, name = element.tag[1:].split("}")
    found = [] if space == schedule.NAMESPACE else [f"{name}: namespace {space}"]
    found += [f"{name}@{key}" for key in element.attrib if key not in ATTRIBUTES.get(name, set())]
    inner = [child.tag.split("}")[1] for child in element]
    if name in LEAVES:
        fits = not inner and re.fullmatch(LEAVES[name], element.text or "")
        return found if fits else [*found, f"{name}: {element.text!r}"]
    if name not in CHILDREN:
        return [*found, f"{name}: not in the schema"]
    kind, known, needed = CHILDREN[name]
    found += [f"{name}: {child} may not be in it" for child in inner if child not in known]
    found += [f"{name}: no {child}" for child in needed if child not in inner]
    if kind != "any" and len(set(inner)) < len(inner):
        found.append(f"{name}: one of {inner} twice")
    if kind == "sequence" and inner != sorted(inner, key=lambda child: known.index(child) if child in known else 99):
        found.append(f"{name}: the order {inner}")
    return found + [offence for child in element for offence in offences(child)]


def text_of(task: ET.Element, path: str) -> str | None:
    return task.findtext("/".join(f"{{{schedule.NAMESPACE}}}{part}" for part in path.split("/")))


def test_the_task_is_utf_16_and_follows_the_schema() -> None:
    ((name, data),) = schedule.files(WINDOWS, "task", TODAY).items()
    assert name.isascii()
    assert name.endswith(".xml")
    assert data.startswith(b"\xff\xfe<\0?\0x\0m\0l\0")
    task = ET.fromstring(data)
    assert offences(task) == []
    context, identity = task[-1].get("Context"), task.find(f".//{{{schedule.NAMESPACE}}}Principal")
    assert identity is not None
    assert context == identity.get("id")


def test_the_schema_of_this_test_finds_offences() -> None:
    xml = schedule.task_xml(WINDOWS, TODAY).partition("\n")[2]
    for old, new in (
        (
            "<Enabled>true</Enabled>\n      <StartBoundary>2031-12-24T02:05:00</StartBoundary>",
            "<StartBoundary>2031-12-24T02:05:00</StartBoundary><Enabled>true</Enabled>",
        ),
        ("IgnoreNew", "Ignore"),
        ("PT4H", "4 hours"),
        ("<Command>", "<Cmd/><Command>"),
        ('version="1.2" xmlns="http', 'version="1.2" xmlns="https'),
    ):
        assert xml.count(old) >= 1, old
        assert offences(ET.fromstring(xml.replace(old, new, 1))), new


def test_the_task_runs_logged_out_never_twice_and_after_a_missed_night() -> None:
    task = ET.fromstring(schedule.task_xml(WINDOWS, TODAY).partition("\n")[2])
    wanted = {
        "Principals/Principal/LogonType": "Password",
        "Principals/Principal/UserId": r"COUNCIL\svc-perfbook",
        "Principals/Principal/RunLevel": "LeastPrivilege",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        "Settings/StartWhenAvailable": "true",
        "Settings/ExecutionTimeLimit": "PT4H",
        "Settings/DisallowStartIfOnBatteries": "false",
        "Triggers/CalendarTrigger/StartBoundary": "2031-12-24T02:05:00",
        "Triggers/CalendarTrigger/ScheduleByDay/DaysInterval": "1",
        "Actions/Exec/Command": WINDOWS.program,
        "Actions/Exec/WorkingDirectory": UNC,
        "Actions/Exec/Arguments": f'-P -m perfbook nightly -w "{UNC}"',
    }
    assert {path: text_of(task, path) for path in wanted} == wanted
    assert PureWindowsPath(UNC).is_absolute()
    late = ET.fromstring(schedule.task_xml(replace(WINDOWS, catch_up=False), TODAY).partition("\n")[2])
    assert text_of(late, "Settings/StartWhenAvailable") == "false"


def test_what_a_scheduler_would_misread_is_refused() -> None:
    with pytest.raises(UsageError, match=r"%TEMP% in .* as a variable"):
        schedule.task_xml(replace(WINDOWS, root=r"C:\%TEMP%\x"), TODAY)
    for job in (replace(LINUX, root="/srv/a\nb"), replace(LINUX, root="/srv/a\\b")):
        with pytest.raises(UsageError, match="which cron does not take"):
            schedule.cron_line(job)


def test_the_units_have_what_the_night_needs() -> None:
    service, timer = schedule.service_unit(LINUX).splitlines(), schedule.timer_unit(LINUX).splitlines()
    assert "SuccessExitStatus=1" in service
    assert "Type=oneshot" in service
    assert "User=perf" in schedule.service_unit(replace(LINUX, user="perf")).splitlines()
    assert "OnCalendar=*-*-* 02:05:00" in timer
    assert "Persistent=true" in timer
    assert "Persistent=false" in schedule.timer_unit(replace(LINUX, catch_up=False)).splitlines()


def test_a_command_line_of_systemd_gives_back_the_arguments() -> None:
    (line,) = (x for x in schedule.service_unit(LINUX).splitlines() if x.startswith("ExecStart="))
    # Its quoting is that of a POSIX shell here; specifiers and variables are doubled signs.
    words = [w.replace("%%", "%").replace("$$", "$") for w in shlex.split(line.removeprefix("ExecStart="))]
    assert words == [LINUX.program, *LINUX.arguments]
    assert '"/opt/per%%f book/bin/python"' in line


def test_a_program_whose_name_systemd_does_not_take_is_started_by_the_shell(tmp_path: Path) -> None:
    program = tmp_path / 'it\'s "$HOME"'
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    job = replace(LINUX, program=str(program))
    (line,) = (x for x in schedule.service_unit(job).splitlines() if x.startswith("ExecStart="))
    words = [w.replace("%%", "%").replace("$$", "$") for w in shlex.split(line.removeprefix("ExecStart="))]
    assert words[0] == "/bin/sh"
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(job.arguments)


@pytest.mark.parametrize("root", [AWKWARD, "/srv/plain", "/srv/tail\\", "/srv/a\\x20b", "/srv/%h/%%", "/srv/new\nline"])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no systemd but on Linux")
def test_systemd_accepts_the_units(root: str, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is not installed here (Debian: apt-get install systemd)"
    runner = tmp_path / 'per%f "book"' / "python"
    runner.parent.mkdir()
    runner.symlink_to(sys.executable)
    job = replace(LINUX, root=root, program=str(runner), council="50% of Größe \\")
    for name, data in schedule.files(job, "systemd", TODAY).items():
        (tmp_path / name).write_bytes(data)
    units = sorted(str(p) for p in tmp_path.glob("perfbook-nightly-*"))
    assert len(units) == 2
    done = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "perfbook-nightly" in line]
    assert (ours, done.returncode) == ([], 0), done.stderr
    (tmp_path / Path(units[0]).name).write_bytes(Path(units[0]).read_bytes().replace(b"oneshot", b"onceshot"))
    bad = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert "onceshot" in bad.stderr or bad.returncode


def test_a_cron_line_gives_back_the_arguments() -> None:
    mark, line = schedule.cron_line(LINUX).splitlines()
    assert mark.startswith("#")
    fields = line.split(" ", 5)
    assert fields[:5] == ["5", "2", "*", "*", "*"]
    assert not re.search(r"(?<!\\)%", fields[5])  # cron ends the command at a bare percent sign
    assert shlex.split(fields[5].replace("\\%", "%")) == [LINUX.program, *LINUX.arguments]


def test_a_crontab_keeps_its_other_lines_and_ours_once() -> None:
    others = "MAILTO=officer\n0 1 * * * other"
    once = schedule.with_cron_line(others, LINUX)
    assert once == f"{others}\n{schedule.cron_line(LINUX)}"
    moved = replace(LINUX, at=time(3, 0))
    assert schedule.with_cron_line(once, moved) == f"{others}\n{schedule.cron_line(moved)}"


@pytest.mark.parametrize(("text", "at"), [("02:00", time(2)), ("2:30", time(2, 30)), (" 23:59 ", time(23, 59))])
def test_times_of_day(text: str, at: time) -> None:
    assert schedule.parse_time(text) == at


@pytest.mark.parametrize("text", ["24:00", "2", "2:60", "02:00:00", "night", "٢:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Write it like 02:00"):
        schedule.parse_time(text)


def test_two_workspaces_of_one_council_have_two_names(made: Path) -> None:
    settings: Settings = read_settings(made / "perfbook.toml")
    names = {schedule.make_job(Path(p), settings, "02:00").name for p in ("/srv/a", "/srv/b", "/srv/a")}
    assert len(names) == 2
    assert all(re.fullmatch(r"perfbook-nightly-[a-z0-9-]+", name) for name in names)


def test_catch_up_comes_from_the_settings(tmp_path: Path, made: Path) -> None:
    toml = tmp_path / "perfbook.toml"
    toml.write_text((made / "perfbook.toml").read_text("utf-8") + "\n[nightly]\ncatch_up = false\n", encoding="utf-8")
    assert "Persistent=false" in schedule.timer_unit(schedule.make_job(tmp_path, read_settings(toml), "02:00"))


@pytest.mark.parametrize("kind", schedule.KINDS)
def test_the_command_prints_or_writes(
    kind: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", kind, "-w", str(made), "--time", "03:15"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "nightly" in shown
    assert {"task": "T03:15:00", "systemd": "03:15:00", "cron": "15 3 * * *"}[kind] in shown
    with pytest.raises(SystemExit):
        main(["schedule", kind, "-w", str(made), "--to", str(tmp_path / "out")])
    assert len(list((tmp_path / "out").iterdir())) == (2 if kind == "systemd" else 1)


def test_installing_calls_the_scheduler_and_tells_its_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[list[str], str | None]] = []

    def call(command: list[str], text: str | None = None, *, asks: bool = False) -> subprocess.CompletedProcess[str]:
        called.append((command, text))
        return subprocess.CompletedProcess(command, 0 if command[-1] != "-l" else 1, "", "no crontab")

    monkeypatch.setattr(install, "_call", call)
    assert "02:05" in install.install(LINUX, "cron", TODAY)
    assert called == [(["crontab", "-l"], None), (["crontab", "-"], schedule.cron_line(LINUX))]
    monkeypatch.setattr(install, "_call", lambda *_, **__: subprocess.CompletedProcess([], 1, "", "not allowed\n"))
    with pytest.raises(UsageError, match=r"crontab refused: not allowed\. Print"):
        install.install(LINUX, "cron", TODAY)


def test_a_scheduler_that_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="crontab is not here"):
        install.install(LINUX, "cron", TODAY)
