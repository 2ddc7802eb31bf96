"""Taking a person's data out of the record: it is gone, and the record still verifies."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perfbook._files import write_whole
from perfbook.collecting import archive as archive_module
from perfbook.collecting.archive import Archive
from perfbook.collecting.events import dump
from perfbook.collecting.history import history
from perfbook.collecting.redaction import MARK, redact
from perfbook.errors import CannotWriteError, UsageError
from tests.collecting.council import NOW, PERIOD, Share, filled, name_of

HOUSING = name_of("housing")
LATER = NOW + timedelta(days=1)
PERSON = "Zoë Quill"


@pytest.fixture
def collected(share: Share) -> Share:
    """Housing's return names a person in a commentary; a list of persons and parks' return lie beside it."""
    share.put(HOUSING, filled("housing", {"h1": 1, "h2": 2}, "Certified", commentary=f"Because {PERSON} was away."))
    share.put(name_of("parks"), filled("parks", {"p1": 5}, "Certified", commentary="Rain."))
    share.put(f"About {PERSON}.xlsx", b"PK\x03\x04 a list PK\x05\x06" + bytes(18))
    share.collect()
    return share


def _everything(share: Share) -> str:
    """All that the archive holds, packages unpacked."""
    found = []
    for path in sorted((share.root / "archive").rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            text = data.decode("utf-8", "ignore")
            found.append(re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text))
            if zipfile.is_zipfile(io.BytesIO(data)):
                with zipfile.ZipFile(io.BytesIO(data)) as package:
                    found += [package.read(name).decode("utf-8", "ignore") for name in package.namelist()]
    return "\n".join(found)


def _texts(share: Share, at: datetime = LATER) -> dict[str, str]:
    return {o.measure: o.commentary for o in share.collect(at).collected.observations}


def test_a_file_is_taken_out_and_its_figures_stay_without_their_words(collected: Share) -> None:
    before = collected.collect()
    assert PERSON in _everything(collected)
    done = redact(collected.archive, HOUSING, reason="Asked for", at=LATER)
    assert (done.paths, done.figures) == ((HOUSING,), 1)
    found = collected.archive.verify()
    assert (found.problems, found.redacted, found.unfinished) == ((), 1, False)
    assert "was away" not in _everything(collected)
    run = collected.collect(LATER)
    assert run.verdict(HOUSING) == ("rejected", "C232")
    assert "was redacted on 22 January 2032" in run.file(HOUSING).reason
    assert [run.figure(key) for key in ("h1", "h2", "p1")] == [before.figure(key) for key in ("h1", "h2", "p1")]
    assert run.record("housing").state == "certified"
    assert _texts(collected) == {"h1": MARK, "h2": MARK, "h3": "", "p1": "Rain."}
    # In later quarters too, and when the original is gone.
    (collected.folder / HOUSING).unlink()
    assert {o.commentary for o in history(collected.framework, collected.archive, PERIOD.shift(1)).observations} == {
        MARK,
        "",
        "Rain.",
    }
    # A version without personal data counts like any other.
    collected.put(HOUSING, filled("housing", {"h1": 9}, "Certified"))
    assert collected.collect(LATER).figure("h1") == 9
    assert collected.archive.verify().is_sound


def test_a_name_is_taken_out_wherever_it_stands(collected: Share) -> None:
    done = redact(collected.archive, "", texts=["zoë  QUILL"], reason="Asked for", at=LATER)
    assert done.paths == (HOUSING,)
    text = _everything(collected)
    assert not [word for word in ("Quill", "quill", "QUILL") if word in text]
    assert collected.archive.verify().problems == ()
    assert _texts(collected)["h1"] == f"Because {MARK} was away."
    assert _texts(collected)["p1"] == "Rain."


def test_part_of_a_word_is_no_name(collected: Share) -> None:
    with pytest.raises(UsageError, match="nothing of that kind"):
        redact(collected.archive, "", texts=["Qui"], reason="Asked for", at=LATER)
    assert f"Because {PERSON} was away." in _everything(collected)


@pytest.mark.parametrize(
    ("what", "texts", "reason", "words"),
    [
        ("none.xlsx", (), "x", "holds no file 'none.xlsx'"),
        ("0123456789ab", (), "x", "holds no file"),
        ("", (), "x", "Say what to redact"),
        (HOUSING, (), " ", "needs a reason"),
        ("", ("ab",), "x", "too many places"),
        ("", (PERSON,), f"{PERSON} asked for it", "Word it anew"),
    ],
)
def test_what_cannot_be_redacted_changes_nothing(
    collected: Share, what: str, texts: tuple[str, ...], reason: str, words: str
) -> None:
    before = _everything(collected)
    with pytest.raises(UsageError, match=words):
        redact(collected.archive, what, texts=texts, reason=reason, at=LATER)
    assert _everything(collected) == before


def test_by_the_beginning_of_a_hash_and_only_once(collected: Share) -> None:
    digest = collected.collect().file(HOUSING).sha256
    assert redact(collected.archive, digest[:10].upper(), reason="Asked for", at=LATER).files == (digest,)
    with pytest.raises(UsageError, match="redacted already"):
        redact(collected.archive, HOUSING, reason="Asked for", at=LATER)
    # Of something else there is more to take out.
    redact(collected.archive, "", texts=[PERSON], reason="Asked for", at=LATER)
    assert collected.archive.verify().is_sound


def test_nobody_can_put_other_words_into_a_redacted_line(collected: Share) -> None:
    redact(collected.archive, "", texts=[PERSON], reason="Asked for", at=LATER)
    log = collected.root / "archive" / "log.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if b'"seal"' in line and b'"path"' in line)
    fields = json.loads(lines[number])
    fields["data"]["path"] = "other.xlsx"
    lines[number] = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    log.write_bytes(b"".join(lines))
    (problem,) = collected.archive.verify().problems
    assert f"Line {number + 1} of" in problem
    assert "no redaction put there what it says" in problem


def test_what_was_redacted_cannot_be_found_by_trying(collected: Share) -> None:
    """No hash of what a line or recorded figures said before is left: with it names could be tried."""
    archive = collected.archive
    before = {e.seq: (e.salt, e.data.get("figures")) for e in archive.events()}
    redact(archive, "", texts=[PERSON], reason="Asked for", at=LATER)
    text = _everything(collected)
    changed = [e for e in collected.archive.events() if e.seal]
    assert len(changed) == 3
    for event in changed:
        salt, figures = before[event.seq]
        assert salt
        assert salt not in text
        assert not figures or figures not in text


@pytest.mark.parametrize("step", range(4))
def test_an_interrupted_redaction_is_whole_or_has_not_begun(
    collected: Share, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Stopped at each write, or before what is to go was deleted: the archive verifies, and the next run goes on."""
    calls = 0

    def stopped(path: Path, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls > step:
            raise CannotWriteError("the disk is full")
        write_whole(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "write_whole", stopped)
        patch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(OSError(13, "denied")))
        with pytest.raises(CannotWriteError):
            redact(collected.archive, "", texts=[PERSON], reason="Asked for", at=LATER)
    found = collected.archive.verify()
    assert found.problems == ()
    recorded = bool(Archive(collected.root / "archive").events("redacted"))
    assert (recorded, found.unfinished) == (step == 3, step == 3)
    # A name that stands in the name of a file is recorded for as long as the file lies there.
    (collected.folder / f"About {PERSON}.xlsx").unlink()
    run = collected.collect(LATER)
    assert run.figure("h1") == 1
    if not recorded:
        redact(collected.archive, "", texts=[PERSON], reason="Asked for", at=LATER)
    assert "Quill" not in _everything(collected)
    assert collected.archive.verify().problems == ()
    assert not (collected.root / "archive" / "redacting.json").exists()


def test_a_redacted_file_that_is_here_again_is_a_problem(collected: Share) -> None:
    digest = collected.collect().file(HOUSING).sha256
    data = collected.archive.load(digest)
    redact(collected.archive, HOUSING, reason="Asked for", at=LATER)
    Archive(collected.root / "archive").store(data)
    (problem,) = collected.archive.verify().problems
    assert "was redacted and is here again" in problem


def test_what_was_explained_in_a_file_and_what_a_report_showed_go_too(collected: Share) -> None:
    archive, digest = collected.archive, collected.collect().file(HOUSING).sha256
    explained = {"period": PERIOD.label, "sha256": digest, "measure": "h1", "value": "1", "text": f"{PERSON} was ill."}
    archive.append("explained", NOW, explained)
    shown = json.dumps({"measures": {"h1": [f"Cases of {PERSON}", "1"]}}).encode("ascii")
    archive.append("reported", NOW, {"period": PERIOD.label, "snapshot": archive.store(shown)})
    redact(archive, HOUSING, reason="Asked for", at=LATER)
    (event,) = Archive(archive.folder).events("explained")
    assert (event.data["text"], event.data["value"], event.data["measure"]) == (MARK, "1", "h1")
    redact(archive, "", texts=[PERSON], reason="Asked for", at=LATER)
    (event,) = Archive(archive.folder).events("reported")
    assert json.loads(archive.load(event.data["snapshot"])) == {"measures": {"h1": [f"Cases of {MARK}", "1"]}}
    assert "Quill" not in _everything(collected)
    assert archive.verify().problems == ()
    # What a report showed is a part of the record: its loss is noticed.
    path = archive.folder / "blobs" / event.data["snapshot"][:2] / event.data["snapshot"]
    path.unlink()
    (problem,) = archive.verify().problems
    assert "is missing" in problem


def test_a_name_that_is_a_months_too_leaves_periods_as_they_are(collected: Share) -> None:
    archive, place = collected.archive, ["figure", "h1", "May 2031"]
    row = {"name": "Homes (ask May)", "about": "May 2031", "state": "reported", "shown": "1234", "actual": "1234"}
    tables = {
        "closed": {"form": 1, "period": "May 2031", "measures": {"h1": row}, "actions": {}, "returns": {}},
        "released": {"form": 1, "period": "May 2031", "shown": [[place, "40"]], "hidden": []},
    }
    for kind, table in tables.items():
        archive.append(kind, NOW, {"period": "May 2031", "snapshot": archive.store(dump(table))})
    redact(archive, "", texts=["May", "1234"], reason="Asked for", at=LATER)
    found = {kind: json.loads(archive.load(archive.events(kind)[-1].data["snapshot"])) for kind in tables}
    # What a public copy hid is known by measure and period: without them the next copy would show it.
    assert found["released"] == tables["released"]
    measures = {"h1": row | {"name": f"Homes (ask {MARK})"}}
    assert found["closed"] == tables["closed"] | {"measures": measures}
    assert archive.verify().is_sound


@pytest.mark.parametrize("text", ["1234", "certified", "provided", "quarter", "Elmbridge Vale"])
def test_a_text_that_is_also_a_figure_or_a_state_costs_no_figure(share: Share, text: str) -> None:
    words = f"The case {text} took long."
    share.put(HOUSING, filled("housing", {"h1": 1234, "h2": 2}, "Certified", commentary=words))
    before = share.collect().collected
    redact(share.archive, "", texts=[text], reason="Asked for", at=LATER)
    found = share.collect(LATER).collected
    assert [(o.measure, o.actual) for o in found.observations] == [(o.measure, o.actual) for o in before.observations]
    assert [each.state for each in found.returns] == [each.state for each in before.returns]
    assert _texts(share)["h1"] == f"The case {MARK} took long."
    # What stood in the cell is the figure.
    [source] = [o.source for o in found.observations if o.measure == "h1" and o.source]
    assert source.stored == "1234"
