"""Letters through a real mail server: nothing lost, nothing twice, and what happened is told."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from perfbook.chasing import chase as chase_module
from perfbook.chasing.chase import Chasing, chase
from perfbook.chasing.post import PASSWORD, USER
from perfbook.chasing.record import noted
from perfbook.chasing.rules import MailSettings
from perfbook.errors import UsageError
from perfbook.framework.model import Framework
from tests.chasing.council import PERIOD, SENDER, framework, quarter, workspace
from tests.chasing.server import SECRET, Server, running
from tests.chasing.server import USER as NAME

LATE = {"d01": "not started", "d02": "in progress", "d03": "not started"}
ALL = ["d01@elmbridge.example", "d02@elmbridge.example", "d03@elmbridge.example"]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)
    monkeypatch.delenv(USER, raising=False)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    with ExitStack() as stack:
        yield lambda security: stack.enter_context(running(tmp_path, security))


class Round:
    """Rounds of letters through one server; what the log was told is in `told`."""

    def __init__(self, root: Path, server: Server | None = None, **mail: Any) -> None:
        self.root, self.told = root, list[dict[str, object]]()
        given: dict[str, Any] = {"host": "localhost", "user": NAME, "timeout": 120}  # for what hangs
        if server:
            given |= {"port": server.port, "ca_file": server.ca_file}
        self.mail = MailSettings(SENDER, **(given | mail))

    def run(self, day: str = "2026-04-15", made: Framework | None = None, hour: int = 2) -> Chasing:
        def log(event: str, **fields: object) -> None:
            self.told.append({"event": event, **fields})

        now = quarter(day, LATE, made=made, hour=hour)  # type: ignore[arg-type]
        return chase(workspace(self.root, self.mail), now, "send", log)

    def outcomes(self) -> list[object]:
        return [line["outcome"] for line in self.told if line["event"] == "letter"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_letters_arrive_over_tls_and_only_once(tmp_path: Path, start: Callable[[str], Server], security: str) -> None:
    server = start(security)
    rounds = Round(tmp_path, server, security=security)
    done = rounds.run()
    assert (done.count("sent"), done.exit_code) == (3, 0)
    handler = server.handler
    assert handler.addresses == ALL
    assert handler.tls == [True] * 3
    assert set(handler.logins) == {NAME}
    message = handler.received[0][1]
    assert message["Subject"] == "Elmbridge Vale: 2025-26 Q4 return late"
    assert "Dear Head of Service 01" in message.get_content()
    assert rounds.outcomes() == ["sent"] * 3
    assert len(list((tmp_path / "outputs" / PERIOD.label / "chasers").glob("2026-04-15 *.eml"))) == 3
    # The same day and the next: nothing twice. The next stage: one more each.
    assert rounds.run(hour=15).handled == ()
    assert rounds.run("2026-04-16").handled == ()
    assert rounds.run("2026-04-24").count("sent") == 3
    assert handler.addresses == ALL * 2
    assert workspace(tmp_path).archive.verify().is_sound


def test_nothing_comes_twice_when_everything_but_the_archive_is_gone(
    tmp_path: Path, start: Callable[[str], Server]
) -> None:
    server = start("starttls")
    Round(tmp_path / "one", server).run()
    shutil.copytree(tmp_path / "one" / "archive", tmp_path / "two" / "archive")
    assert Round(tmp_path / "two", server).run("2026-04-16").handled == ()
    assert len(server.handler.received) == 3


def test_a_refused_recipient_is_told_and_the_others_are_written_to(
    tmp_path: Path, start: Callable[[str], Server]
) -> None:
    server = start("starttls")
    server.handler.refused["d02@elmbridge.example"] = "550 5.1.1 no such mailbox"
    rounds = Round(tmp_path, server)
    done = rounds.run()
    assert [each.result for each in done.handled] == ["sent", "refused", "sent"]
    assert "550 5.1.1 no such mailbox" in done.handled[1].reason
    assert done.exit_code == 1
    assert rounds.outcomes() == ["sent", "refused", "sent"]
    # It is not tried again at the same address, and stays told until it is put right.
    again = rounds.run("2026-04-16")
    assert (again.handled, len(again.open), again.exit_code) == ((), 1, 1)
    assert again.open[0].to == "d02@elmbridge.example"
    put_right = framework(3, d02="new@elmbridge.example")
    fixed = rounds.run("2026-04-17", put_right)
    assert [(each.letter.to, each.result) for each in fixed.handled] == [("new@elmbridge.example", "sent")]
    assert server.handler.addresses == [ALL[0], ALL[2], "new@elmbridge.example"]


def test_a_mailbox_that_is_full_today_is_tried_again(tmp_path: Path, start: Callable[[str], Server]) -> None:
    server = start("starttls")
    server.handler.refused["d02@elmbridge.example"] = "452 4.2.2 mailbox full"
    rounds = Round(tmp_path, server)
    assert [each.result for each in rounds.run().handled] == ["sent", "failed", "sent"]
    server.handler.refused.clear()
    again = rounds.run("2026-04-16")
    assert [(each.letter.to, each.result) for each in again.handled] == [("d02@elmbridge.example", "sent")]
    assert sorted(server.handler.addresses) == ALL


def test_a_dead_server_loses_nothing(tmp_path: Path, start: Callable[[str], Server]) -> None:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    rounds = Round(tmp_path, port=port)
    done = rounds.run()
    assert (done.handled, done.exit_code) == ((), 4)
    assert f"localhost:{port} cannot be used" in done.failed
    assert [line["event"] for line in rounds.told] == ["mail server"]
    assert noted(workspace(tmp_path).archive, PERIOD) == ()
    server = start("starttls")
    assert Round(tmp_path, server).run("2026-04-16").count("sent") == 3


def test_a_server_that_never_greets_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("localhost", 0))
        silent.listen()
        done = Round(tmp_path, port=silent.getsockname()[1], timeout=1).run()
    assert (done.handled, done.exit_code) == ((), 4)
    assert "did not answer in time" in done.failed


def test_a_server_that_is_slow_after_the_text_leaves_the_letter_unsure(
    tmp_path: Path, start: Callable[[str], Server]
) -> None:
    """Nobody knows whether it went, so it is not sent again, and a person is told."""
    server = start("starttls")
    server.handler.on_data = ["hang"]
    # The server hangs for good; everything else of the three letters has ten seconds on a busy machine.
    rounds = Round(tmp_path, server, timeout=10)
    done = rounds.run()
    assert [each.result for each in done.handled] == ["unsure", "sent", "sent"]
    again = rounds.run("2026-04-16")
    assert (again.handled, [each.to for each in again.open], again.exit_code) == ((), [ALL[0]], 1)
    assert "d01@elmbridge.example" not in server.handler.addresses
    # The next stage goes to everybody.
    assert rounds.run("2026-04-24").count("sent") == 3


def test_a_connection_that_breaks_is_made_again_for_the_next_letter(
    tmp_path: Path, start: Callable[[str], Server]
) -> None:
    server = start("starttls")
    server.handler.on_data = ["250 OK", "keep and drop", "250 OK"]
    done = Round(tmp_path, server).run()
    assert [each.result for each in done.handled] == ["sent", "unsure", "sent"]
    # The one that it did keep did not come twice.
    assert server.handler.addresses == ALL
    Round(tmp_path, server).run("2026-04-16")
    assert server.handler.addresses == ALL


def test_a_text_that_is_not_taken_is_tried_again(tmp_path: Path, start: Callable[[str], Server]) -> None:
    server = start("starttls")
    server.handler.on_data = ["554 looks like spam", "451 busy"]
    rounds = Round(tmp_path, server)
    assert [each.result for each in rounds.run().handled] == ["failed", "failed", "sent"]
    assert rounds.run("2026-04-16").count("sent") == 2
    assert sorted(server.handler.addresses) == ALL


def test_a_power_cut_between_sending_and_noting_sends_nothing_twice(
    tmp_path: Path, start: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start("starttls")
    rounds = Round(tmp_path, server)

    class PowerCutError(BaseException):
        pass

    noting = chase_module.note

    def cut(*arguments: Any) -> None:
        if arguments[3] == "sent":
            raise PowerCutError
        noting(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(chase_module, "note", cut)
        with pytest.raises(PowerCutError):
            rounds.run()
    assert server.handler.addresses == ALL[:1]
    again = rounds.run(hour=15)
    assert [each.letter.to for each in again.handled] == ALL[1:]
    assert [each.to for each in again.open] == ALL[:1]
    assert server.handler.addresses == ALL


def test_a_wrong_password_sends_nothing_and_is_not_shown(
    tmp_path: Path, start: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start("starttls")
    monkeypatch.setenv(PASSWORD, "hunter2")
    done = Round(tmp_path, server).run()
    assert done.exit_code == 4
    assert "535" in done.failed
    assert "hunter2" not in done.failed
    assert server.handler.received == []


def test_a_server_that_nobody_vouches_for_is_not_used(tmp_path: Path, start: Callable[[str], Server]) -> None:
    server = start("starttls")
    done = Round(tmp_path, server, ca_file="").run()
    assert done.exit_code == 4
    assert "certificate" in done.failed
    assert server.handler.logins == []


def test_no_password_is_sent_without_tls(tmp_path: Path, start: Callable[[str], Server]) -> None:
    server = start("none")
    with pytest.raises(UsageError, match="over TLS only"):
        Round(tmp_path, server, security="none").run()
    assert Round(tmp_path, server, security="none", user="").run().count("sent") == 3


def test_a_password_that_is_nowhere_is_asked_for(
    tmp_path: Path, start: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD)
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(UsageError, match=PASSWORD):
        Round(tmp_path, start("starttls")).run()


def test_the_password_may_come_from_the_keyring(
    tmp_path: Path, start: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    asked: list[tuple[str, str]] = []

    def get(service: str, user: str) -> str:
        asked.append((service, user))
        return SECRET

    monkeypatch.delenv(PASSWORD)
    monkeypatch.setitem(__import__("sys").modules, "keyring", SimpleNamespace(get_password=get))
    assert Round(tmp_path, start("starttls")).run().count("sent") == 3
    assert asked[0] == ("perfbook", NAME)


def test_sending_needs_a_server(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="write host and from"):
        Round(tmp_path, host="").run()


def test_a_copy_that_is_refused_does_not_stop_the_letter(tmp_path: Path, start: Callable[[str], Server]) -> None:
    server = start("starttls")
    server.handler.refused["d01@elmbridge.example"] = "550 gone"
    done = Round(tmp_path, server).run("2026-05-01")
    assert [each.result for each in done.handled] == ["sent"]
    assert "copy refused: d01@elmbridge.example" in done.handled[0].reason
    assert server.handler.received[0][0] == ("chief@elmbridge.example", *ALL[1:])


def test_lines_that_begin_with_a_dot_arrive_as_they_are(tmp_path: Path, start: Callable[[str], Server]) -> None:
    server = start("starttls")
    own = tmp_path / "templates" / "chasers" / "first.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Subject: x\n.\n..\n.dot\nQUIT\n", encoding="utf-8")
    Round(tmp_path, server).run()
    assert "\n.\n..\n.dot\nQUIT\n" in server.handler.received[0][1].get_content().replace("\r\n", "\n")
    assert len(server.handler.received) == 3


def test_two_rounds_at_once_do_not_meet(tmp_path: Path) -> None:
    """The workspace's lock keeps them apart: a chase under way makes another one busy."""
    from perfbook._lock import held
    from perfbook.errors import BusyError

    entered, leave, told = threading.Event(), threading.Event(), list[BaseException]()

    def hold() -> None:
        with held(tmp_path):
            entered.set()
            leave.wait(300)

    thread = threading.Thread(target=hold)
    thread.start()
    assert entered.wait(300)
    try:
        workspace(tmp_path).chase(as_at=quarter("2026-04-15", {}).as_at, way="draft")
    except BusyError as error:
        told.append(error)
    finally:
        leave.set()
        thread.join()
    assert len(told) == 1
