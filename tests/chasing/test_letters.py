"""Letters: one a person, links that work, words from templates, and no text that becomes a header."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from perfbook.chasing.chase import Chasing, chase
from perfbook.chasing.rules import ChasingRules, MailSettings
from perfbook.errors import WorkspaceError
from perfbook.records import Quarter, ReturnState
from perfbook.workspace import Workspace
from tests.chasing.council import SENDER, finding, framework, quarter, workspace
from tests.reports.hostile import CONTROL, EMOJI, MARKUP, TAGS

LATE: dict[str, ReturnState] = {"d01": "not started", "d02": "in progress", "d03": "certified"}


def log(*_: object, **__: object) -> None:
    pass


def drafts(root: Path, now: Quarter, rules: ChasingRules | None = None) -> tuple[Chasing, list[EmailMessage]]:
    done = chase(workspace(root, rules=rules), now, "draft", log)
    return done, [read(each.path) for each in done.handled if each.path]


def read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_each_letter_says_what_is_late_and_where_it_is(tmp_path: Path) -> None:
    done, (first, second, third) = drafts(tmp_path, quarter("2026-04-15", LATE))
    assert first["To"] == "Head of Service 01 <d01@elmbridge.example>"
    assert first["From"] == f"Elmbridge Vale performance team <{SENDER}>"
    assert first["Subject"] == "Elmbridge Vale: 2025-26 Q4 return late"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime.isoformat() == "2026-04-15T02:00:00+01:00"
    text = body(first)
    assert text.startswith("Dear Head of Service 01\n")
    assert "Service 01: was due Friday 10 April 2026, 5 days ago; it is not started (0 of 1 answered)" in text
    assert "Elmbridge%20Vale%202025-26%20Q4%20Service%2001.xlsx>" in text
    # What is there already is linked under the name that it has.
    assert "/d02.xlsx>" in body(second)
    assert third["Subject"] == "Elmbridge Vale: thank you for your 2025-26 Q4 return"
    assert (done.way, done.exit_code) == ("draft", 0)
    # Nothing is remembered of a draft, and the next round writes them anew.
    again, _ = drafts(tmp_path, quarter("2026-04-15", {"d01": "not started"}))
    assert [each.path.name for each in again.handled if each.path] == ["draft d01@elmbridge.example first.eml"]
    assert len(list((tmp_path / "outputs" / "2025-26 Q4" / "chasers").glob("*.eml"))) == 1


def test_a_person_with_several_returns_has_one_letter(tmp_path: Path) -> None:
    made = framework(3, d01="Care@Elmbridge.example", d02="care@elmbridge.example", d03="care@elmbridge.example")
    now = quarter("2026-04-15", LATE, made=made, findings=(finding("d03"),))
    done, (message,) = drafts(tmp_path, now)
    assert done.handled[0].letter.stages == ("first", "query")
    text = body(message)
    assert message["Subject"] == "Elmbridge Vale: 2025-26 Q4 returns late"
    for part in ("Service 01", "Service 02", "Service 03", "E0301 Measure 1 of service 3: 12% is far from"):
        assert part in text
    assert text.count("Dear ") == 1


def test_an_escalation_goes_up_with_a_copy_to_those_concerned(tmp_path: Path) -> None:
    states: dict[str, ReturnState] = {"d01": "not started", "d02": "unreadable"}
    done, (message,) = drafts(tmp_path, quarter("2026-05-01", states))
    assert message["To"] == "Chief Executive <chief@elmbridge.example>"
    assert message["Cc"] == "d01@elmbridge.example, d02@elmbridge.example"
    assert "Service 01 (Head of Service 01): was due Friday 10 April 2026, 21 days ago" in body(message)
    assert done.handled[0].letter.copies == ("d01@elmbridge.example", "d02@elmbridge.example")


def test_whoever_has_no_address_is_named_and_the_others_are_written_to(tmp_path: Path) -> None:
    made = framework(3, d01="")
    done, messages = drafts(tmp_path, quarter("2026-04-15", LATE, made=made))
    assert len(messages) == 2
    assert done.problems == (
        "Service 01 has no address to write to. Fill in E-mail on the sheet Directorates of framework.xlsx.",
    )
    assert done.exit_code == 1
    bare = replace(made, directorates=tuple(replace(d, escalation_email="") for d in made.directorates))
    done, _ = drafts(tmp_path, quarter("2026-05-01", {"d02": "not started"}, made=bare))
    assert "Fill in Escalation e-mail" in done.problems[0]
    rules = ChasingRules(escalate_to="boss@elmbridge.example")
    _, (message,) = drafts(tmp_path, quarter("2026-05-01", {"d02": "not started"}, made=bare), rules)
    assert "boss@elmbridge.example" in message["To"]


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        (r"\\server\share\returns", r"<\\server\share\returns\d02.xlsx>"),
        ("https://elmbridge.example/sites/returns/", "<https://elmbridge.example/sites/returns/d02.xlsx>"),
        ("S:/Performance/Returns", "<S:/Performance/Returns/d02.xlsx>"),
    ],
)
def test_links_are_as_managers_see_the_folder(tmp_path: Path, link: str, shown: str) -> None:
    _, (message,) = drafts(tmp_path, quarter("2026-04-15", {"d02": "in progress"}), ChasingRules(link=link))
    assert shown in body(message)


def test_a_copy_is_attached_where_that_is_wanted(tmp_path: Path) -> None:
    folder = workspace(tmp_path).returns_folder(quarter("2026-04-15", LATE).period)
    folder.mkdir(parents=True)
    (folder / "d02.xlsx").write_bytes(b"a workbook")
    rules = ChasingRules(attach=True)
    _, (first, second, _) = drafts(tmp_path, quarter("2026-04-15", LATE), rules)
    assert [part.get_filename() for part in second.iter_attachments()] == ["d02.xlsx"]
    assert next(second.iter_attachments()).get_content() == b"a workbook"
    assert "d02.xlsx" not in body(second)
    # What is not there is linked after all.
    assert not list(first.iter_attachments())
    assert "Service%2001.xlsx>" in body(first)


def test_texts_from_returns_stay_in_the_body(tmp_path: Path) -> None:
    hostile = f"Bcc: x@example.org\r\n\r\n{MARKUP} {TAGS} {EMOJI}\n.\nQUIT\n{CONTROL}"
    made = framework(1)
    made = replace(
        made,
        council=f"Elmbridge\r\nBcc: evil@example.org {TAGS}",
        directorates=(
            replace(made.directorates[0], name=f"Service\r\nX-Evil: 1 {EMOJI}", role="Head\r\nBcc: e@x.example"),
        ),
    )
    now = quarter("2026-04-15", {"d01": "certified"}, made=made, findings=(finding("d01", found=hostile),))
    done, (message,) = drafts(tmp_path, now)
    assert "Bcc" not in message
    assert "X-Evil" not in message
    text = body(message)
    for part in (MARKUP, TAGS, EMOJI, "\n.\nQUIT\n"):
        assert part in text
    assert b"\x07" not in done.handled[0].letter.data
    # Every line of the wire form is ASCII and within what mail servers take.
    assert all(len(line) <= 998 for line in done.handled[0].letter.data.split(b"\r\n"))
    assert done.handled[0].letter.data.isascii()


def test_the_same_letter_has_the_same_bytes(tmp_path: Path) -> None:
    one, _ = drafts(tmp_path / "one", quarter("2026-04-15", LATE), ChasingRules(link="https://x.example"))
    two, _ = drafts(tmp_path / "two", quarter("2026-04-15", LATE), ChasingRules(link="https://x.example"))
    assert [each.letter.data for each in one.handled] == [each.letter.data for each in two.handled]
    ids = [each.letter.message_id for each in one.handled]
    assert len(set(ids)) == 3
    assert all(name.endswith("@elmbridge.example>") for name in ids)


def test_officers_change_the_words(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "chasers" / "first.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Subject: A gentle word\nCould you look at {{ returns[0].directorate }}?\n", encoding="utf-8-sig")
    _, (message,) = drafts(tmp_path, quarter("2026-04-15", {"d01": "not started"}))
    assert message["Subject"] == "Elmbridge Vale: A gentle word"
    assert "Could you look at Service 01?" in body(message)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Subject: x\n{{ retruns }}", "'retruns' is undefined"),
        ("Subject: x\n{% if %}", "line 2"),
        ("Dear all", "does not begin with a line like"),
        ("Subject: x\n{{ returns.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "templates" / "chasers" / "first.txt"
    own.parent.mkdir(parents=True)
    own.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"first\.txt") as caught:
        drafts(tmp_path, quarter("2026-04-15", {"d01": "not started"}))
    assert said in str(caught.value)


def test_letters_to_be_sent_by_hand_are_written_once(tmp_path: Path) -> None:
    def by_hand(day: str) -> Chasing:
        return chase(workspace(tmp_path), quarter(day, {"d01": "not started"}), "by_hand", log)

    done = by_hand("2026-04-15")
    assert [each.result for each in done.handled] == ["written"]
    assert by_hand("2026-04-16").handled == ()
    # The next stage is another letter.
    assert by_hand("2026-04-24").handled[0].letter.stages == ("second",)
    path = done.handled[0].path
    assert path is not None
    assert read(path)["X-Unsent"] == "1"


def test_without_a_sender_only_drafts_are_written(tmp_path: Path) -> None:
    from perfbook.errors import UsageError

    bare = Workspace(tmp_path, replace(workspace(tmp_path).settings, mail=MailSettings()))
    now = quarter("2026-04-15", LATE)
    assert chase(bare, now, "draft", log).count("draft") == 3
    for way in ("by_hand", "send"):
        with pytest.raises(UsageError, match="need a sender"):
            chase(bare, now, way, log)  # type: ignore[arg-type]


def test_where_each_owner_has_a_book_the_letter_says_whose_is_missing(tmp_path: Path) -> None:
    now = quarter("2026-04-15", {"d01": "in progress"})
    (record,) = now.returns
    parts = (
        replace(record, owner="Lettings manager", state="certified", file="a.xlsx"),
        replace(record, owner="Rents manager", state="not started", file=""),
    )
    now = replace(now, returns=(replace(record, parts=parts),))
    _, (message,) = drafts(tmp_path, now)
    assert "it is in progress, still to come from: Rents manager (1 of 1" in body(message)
    asked = replace(now, returns=(replace(record, state="certified", parts=parts),), findings=(finding("a"),))
    _, (message,) = drafts(tmp_path, asked)
    assert "questions about your" in message["Subject"]
