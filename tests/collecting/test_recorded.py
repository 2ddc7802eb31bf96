"""What was accepted stays what it was: whatever becomes of the framework, and never silently gone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from perfbook.collecting import recorded
from perfbook.collecting.archive import Archive
from perfbook.collecting.history import History, history
from perfbook.errors import ArchiveError, UnreadableFileError
from perfbook.framework.model import Framework, Unit
from perfbook.framework.periods import Period, parse
from perfbook.returns import reader
from tests.collecting.council import IN_TIME, LONDON, NOW, PERIOD, Share, blank, council, filled, name_of, past_figure

Q2 = parse("2031-32 Q2")
FIGURES = {"h1": 12, "h2": 7}


@pytest.fixture
def collected(share: Share) -> Share:
    """A share of which housing certified Q2."""
    share.issue(Q2)
    share.put(name_of("housing", Q2), filled("housing", FIGURES, "Certified", period=Q2.label))
    share.collect(period=Q2)
    return share


def _figures(past: History) -> dict[str, Decimal | None]:
    return {o.measure: o.actual for o in past.observations if o.reported_in == Q2 and o.actual is not None}


def _moved(framework: Framework, key: str = "h1") -> Framework:
    measures = tuple(replace(m, directorate="parks") if m.key == key else m for m in framework.measures)
    return replace(framework, measures=measures, version="v2")


def _without(framework: Framework) -> Framework:
    directorates = tuple(d for d in framework.directorates if d.key != "housing")
    measures = tuple(replace(m, directorate="parks") for m in framework.measures)
    return replace(framework, directorates=directorates, measures=measures, version="v2")


@pytest.mark.parametrize(
    "changed",
    [
        _moved(council()),
        council("v2", "Elmbridge Vale Borough"),
        _without(council()),
        replace(council(), measures=tuple(replace(m, decimals=2, arrears=0) for m in council().measures), version="v2"),
    ],
)
def test_history_is_what_was_accepted_whatever_the_framework_is_now(collected: Share, changed: Framework) -> None:
    before = history(collected.framework, collected.archive, PERIOD)
    after = history(changed, collected.archive, PERIOD)
    assert _figures(after) == _figures(before) == {"h1": 12, "h2": 7}
    assert after.findings == ()
    (source,) = (o.source for o in after.observations if o.measure == "h1")
    assert source
    assert (source.file, source.received, source.submitted_by) == (name_of("housing", Q2), IN_TIME, "Head of Service")


def test_a_measure_that_is_gone_is_not_shown(collected: Share) -> None:
    measures = tuple(m for m in council().measures if m.key != "h1")
    past = history(replace(council("v2"), measures=measures), collected.archive, PERIOD)
    assert _figures(past) == {"h2": 7}
    assert past.findings == ()


def test_what_another_year_start_or_rhythm_hides_is_an_error(collected: Share) -> None:
    start = parse("2031-32 Q3", 7)
    for framework, period, words in (
        (replace(council(), year_start=7), start, "the council's year started in another month then"),
        (replace(council(), year_start=1), Period("quarter", 2032, 1, 1), "the council's year started in another"),
        (replace(council(), reporting="monthly"), parse("Jan 2032"), "returns were sent out by the quarter then"),
    ):
        past = history(framework, collected.archive, period)
        (finding,) = past.findings
        assert (finding.code, finding.severity, finding.file) == ("I107", "error", name_of("housing", Q2))
        assert words in finding.found
        assert "2031-32 Q2" in finding.found


def _strip_figures(share: Share) -> None:
    """The archive as it was written before figures were recorded."""
    old = Archive(share.root / "old")
    for event in share.archive.events():
        old.append(event.kind, event.at, {k: v for k, v in event.data.items() if k != "figures"})
    shutil.copytree(share.root / "archive" / "blobs", share.root / "old" / "blobs")
    shutil.rmtree(share.root / "archive")
    (share.root / "old").rename(share.root / "archive")
    (share.root / "archive" / "log.head").unlink()


def test_an_archive_of_before_is_read_from_its_workbooks_and_says_what_it_cannot(collected: Share) -> None:
    _strip_figures(collected)
    assert _figures(history(collected.framework, collected.archive, PERIOD)) == {"h1": 12, "h2": 7}
    past = history(council("v2", "Elmbridge Vale Borough"), collected.archive, PERIOD)
    assert past.observations == ()
    (finding,) = past.findings
    assert (finding.code, finding.severity, finding.file) == ("I107", "error", name_of("housing", Q2))
    assert "a return of Elmbridge Vale, not of Elmbridge Vale Borough" in finding.found


def test_a_measure_that_moved_is_shown_or_said_to_be_missing_from_an_archive_of_before(collected: Share) -> None:
    _strip_figures(collected)
    past = history(_moved(council()), collected.archive, PERIOD)
    assert _figures(past)["h2"] == Decimal(7)
    if "h1" not in _figures(past):
        (finding,) = past.findings
        assert (finding.code, "'h1'" in finding.found) == ("I107", True)


def test_a_figure_of_another_unit_is_left_out_with_an_error(collected: Share) -> None:
    measures = tuple(replace(m, unit=Unit.parse("percent")) if m.key == "h1" else m for m in council().measures)
    changed = replace(council(), measures=measures, version="v2")
    past = history(changed, collected.archive, PERIOD)
    assert _figures(past) == {"h2": 7}
    (finding,) = past.findings
    assert (finding.code, finding.severity, finding.measure) == ("I113", "error", "h1")
    assert "H1 Measure h1 has another unit now (%)" in finding.found
    # Where the return itself is read again by the new unit, that is recorded.
    collected.under(changed).collect(period=Q2)
    assert history(changed, collected.archive, PERIOD).findings == ()


def test_an_archive_of_before_learns_the_figures_with_the_next_run(collected: Share) -> None:
    _strip_figures(collected)
    run = collected.collect(period=Q2)
    assert run.verdict(name_of("housing", Q2)) == ("unchanged", "C001")
    kinds = collected.kinds()
    collected.collect(period=Q2)
    assert collected.kinds() == kinds
    assert _figures(history(_moved(council()), collected.archive, PERIOD)) == {"h1": 12, "h2": 7}


def test_a_framework_put_right_is_recorded_and_a_measure_that_moved_keeps_its_figure(collected: Share) -> None:
    # The same file is read with one place more and without h1, which parks have now.
    changed = _moved(replace(council(), measures=tuple(replace(m, decimals=1) for m in council().measures)))
    for _ in range(2):
        run = collected.under(changed).collect(NOW + timedelta(days=1), period=Q2)
        assert run.verdict(name_of("housing", Q2)) == ("unchanged", "C001")
        assert (run.figure("h1"), run.figure("h2")) == (Decimal(12), Decimal(7))
        assert run.record("housing").answered == 1
    assert _figures(history(changed, collected.archive, PERIOD)) == {"h1": 12, "h2": 7}
    # A return of its new owner that does not ask for it yet takes nothing away.
    data = filled("parks", {"p1": 1}, "Certified", period=Q2.label)
    collected.put(name_of("parks", Q2), data)
    assert collected.under(changed).collect(period=Q2).figure("h1") == Decimal(12)


def test_a_return_stands_under_a_new_name_of_the_council(collected: Share) -> None:
    path = collected.folder / name_of("housing", Q2)
    renamed = collected.under(council("v2", "Elmbridge Vale Borough"))
    run = renamed.collect(period=Q2)
    assert run.verdict(path.name) == ("rejected", "C205")
    assert (run.record("housing").state, run.figure("h1"), "I102" in run.codes) == ("certified", Decimal(12), True)


# Past figures


def test_a_past_figure_that_differs_from_the_archive_is_said(collected: Share) -> None:
    past = {("h1", Q2): past_figure(8, "D4"), ("h2", Q2): past_figure(7, "E4")}
    found = history(council(past=past), collected.archive, PERIOD)
    assert _figures(found) == {"h1": 12, "h2": 7}
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.measure) == ("I108", "warning", "h1")
    assert (finding.file, finding.sheet, finding.cell) == ("framework.xlsx", "Past figures", "D4")
    assert "Past figures!D4 has 8 for H1 Measure h1, 2031-32 Q2" in finding.found
    assert f"{name_of('housing', Q2)}, which is certified, says 12" in finding.found
    assert "corrected" in finding.remedy


# Damage


@pytest.mark.parametrize("period", [Q2, PERIOD])
def test_blobs_that_are_gone_stop_the_run(collected: Share, period: Period) -> None:
    shutil.rmtree(collected.root / "archive" / "blobs")
    with pytest.raises(ArchiveError, match=r"blobs.* is missing from the archive\. Restore it from a backup"):
        collected.collect(period=period)
    with pytest.raises(ArchiveError, match="missing"):
        history(collected.framework, collected.archive, PERIOD)


@pytest.mark.parametrize("which", ["sha256", "figures"])
@pytest.mark.parametrize("period", [Q2, PERIOD])
def test_an_altered_blob_of_what_counted_stops_the_run(collected: Share, period: Period, which: str) -> None:
    (event,) = collected.archive.events("accepted")
    digest = event.data[which]
    path = collected.root / "archive" / "blobs" / digest[:2] / digest
    with path.open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArchiveError, match=f"{digest} was altered"):
        collected.collect(period=period)
    path.unlink()
    with pytest.raises(ArchiveError, match=f"{digest} is missing"):
        collected.collect(period=period)
    assert digest in collected.archive.verify().problems[0]


def test_a_refused_file_that_a_virus_scanner_took_stops_nothing(collected: Share) -> None:
    digest = collected.archive.store(b"broken")
    collected.put("broken.xlsx", b"broken")
    collected.collect(period=Q2)
    (collected.folder / "broken.xlsx").unlink()
    (collected.root / "archive" / "blobs" / digest[:2] / digest).unlink()
    assert collected.collect(period=Q2).record("housing").state == "certified"
    assert not collected.archive.verify().is_sound


# Bytes


def test_a_submission_is_the_same_after_it_was_recorded() -> None:
    for data in (filled("housing", FIGURES, "Certified"), filled("housing", {"h1": "n/a"}), blank("housing")):
        submission = reader.read_return(data, file="Zoë's.xlsx", framework=council())
        dated = replace(
            submission,
            observations=tuple(
                replace(o, numerator=Decimal("1E-7"), source=o.source and replace(o.source, received=NOW))
                for o in submission.observations
            ),
        )
        for one in (submission, dated):
            written = recorded.dump(one, council())
            assert written.isascii()
            assert recorded.load(written, "x.xlsx") == one
            assert recorded.dump(recorded.load(written, "x.xlsx"), council()) == written
            json.loads(written, parse_float=pytest.fail)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"format": 1}', b'{"format": 2}', b'{"format": 1, "period": {"kind": "x"}}', b"\xff"]
)
def test_other_bytes_are_refused_with_the_name_of_the_file(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"x\.xlsx"):
        recorded.load(data, "x.xlsx")


# Blank returns


@pytest.fixture
def root(tmp_path: Path) -> Path:
    from perfbook.creating import create_workspace

    return create_workspace(tmp_path / "ws", example="dudley", blank=True).root


def test_a_blank_is_not_written_where_the_return_was_received(root: Path) -> None:
    import openpyxl

    from perfbook.returns import layout
    from perfbook.workspace import open_workspace
    from tests.returns.places import Places

    workspace = open_workspace(root)
    moment = IN_TIME.replace(year=2020, month=10, tzinfo=LONDON)
    first = workspace.generate(as_at=moment)
    path = first.written[0]
    places = Places(path.read_bytes())
    book = openpyxl.load_workbook(path)
    book[layout.START][places.start(layout.SIGN_STATE)] = "Certified"
    book.save(path)
    workspace.collect(as_at=moment)
    path.unlink()
    first.written[1].unlink()
    again = workspace.generate(as_at=moment)
    # The other one was blank when it was collected: it is written again.
    assert again.written == (first.written[1],)
    assert (again.received, path in again.kept, path.exists()) == ((path,), True, False)
    quarter = workspace.collect(as_at=moment)
    assert [record.state for record in quarter.returns].count("certified") == 1
    directorate = next(r.directorate for r in quarter.returns if r.state == "certified")
    assert workspace.generate(as_at=moment, directorate=directorate).written == (path,)
    quarter = workspace.collect(as_at=moment)
    assert [record.state for record in quarter.returns].count("certified") == 1
