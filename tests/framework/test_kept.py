"""A framework that was read before is had from the cache, and is what reading gives."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfbook import quarter
from perfbook._cache import cache_file, forget_kind
from perfbook._digest import digest_of, framework_digest
from perfbook._stored import Stored
from perfbook.checks.across.findings import Part
from perfbook.collecting.collect import Collected
from perfbook.collecting.history import History
from perfbook.creating import create_workspace
from perfbook.errors import FrameworkError, UsageError
from perfbook.framework import kept
from perfbook.framework.book import read_framework
from perfbook.framework.model import Directorate, Framework
from perfbook.framework.periods import Period
from perfbook.records import Finding
from perfbook.workspace import Workspace, open_workspace


@pytest.fixture(autouse=True)
def _reading_is_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nothing stands between a workbook and what is read in it."""
    monkeypatch.setattr(kept, "read_framework", read_framework)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return create_workspace(tmp_path_factory.mktemp("made") / "council", example="dudley")


@pytest.fixture
def root(made: Workspace, tmp_path: Path) -> Path:
    forget_kind("framework")
    shutil.copytree(made.root, tmp_path / "council")
    return tmp_path / "council"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Which workbooks were read."""
    found: list[Path] = []
    read = kept.read_framework

    def counted(path: Path, **more: Any) -> Framework:
        found.append(path)
        return read(path, **more)

    monkeypatch.setattr(kept, "read_framework", counted)
    return found


@pytest.mark.parametrize("example", ["dudley", "walsall-children", "walsall-plan", "sandwell", "kirklees"])
def test_what_is_kept_is_what_is_read(example: str, tmp_path: Path, reads: list[Path]) -> None:
    root = create_workspace(tmp_path / "council", example=example).root
    forget_kind("framework")
    reads.clear()
    read, again = open_workspace(root).framework, open_workspace(root).framework
    assert len(reads) == 1
    assert again == read and again is not read
    # Whatever is told by it from another framework takes the two for one.
    assert framework_digest(again) == digest_of(again) == digest_of(read)


def test_another_workbook_is_read(root: Path, reads: list[Path], shared: Path) -> None:
    before = open_workspace(root).framework
    (root / "framework.xlsx").write_bytes((root / "framework.xlsx").read_bytes() + b"\0")
    assert open_workspace(root).framework == before
    assert len(reads) == 2


def test_other_settings_and_another_program_read_it_again(
    root: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_workspace(root).framework  # noqa: B018
    toml = root / "perfbook.toml"
    toml.write_text(toml.read_text("utf-8").replace('council = "', 'council = "Greater ', 1), "utf-8")
    assert open_workspace(root).framework.council.startswith("Greater")
    monkeypatch.setattr(kept, "program_state", lambda: "of tomorrow")
    open_workspace(root).framework  # noqa: B018
    assert len(reads) == 3


def test_one_that_is_saved_while_it_is_read_is_not_kept(
    root: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, path = kept.read_framework, root / "framework.xlsx"

    def saved_meanwhile(*where: Any, **more: Any) -> Framework:
        path.write_bytes(path.read_bytes() + b"\0")
        return read(*where, **more)

    with monkeypatch.context() as patch:
        patch.setattr(kept, "read_framework", saved_meanwhile)
        open_workspace(root).framework  # noqa: B018
    path.write_bytes(path.read_bytes()[:-1])
    open_workspace(root).framework  # noqa: B018
    assert len(reads) == 2


def test_mistakes_are_said_every_time(root: Path) -> None:
    (root / "framework.xlsx").write_bytes(b"no workbook")
    for _ in range(2):
        with pytest.raises(FrameworkError):
            open_workspace(root).framework  # noqa: B018
    (root / "framework.xlsx").unlink()
    with pytest.raises(UsageError):
        open_workspace(root).framework  # noqa: B018


class _Hostile:
    def __reduce__(self) -> Any:
        return (eval, ("1 + 1",))


def test_what_is_spoilt_or_no_record_is_passed_over(root: Path, reads: list[Path]) -> None:
    before = open_workspace(root).framework
    path = cache_file("framework", root, ".kept")
    assert path is not None
    whole = path.read_bytes()
    for spoilt in (b"", whole[:-1], whole[:70], whole[:64] + b"\0" * 40):
        path.write_bytes(spoilt)
        assert open_workspace(root).framework == before
    stored = Stored("framework", root)
    for strange in (_Hostile(), hashlib.sha256, Path("/")):
        stored.put("key", strange)
        assert stored.get("key") is None
    stored.put("key", Directorate("d", "D"))
    assert stored.get("key") == Directorate("d", "D")
    assert stored.get("another") is None
    assert len(reads) == 5


def test_what_follows_from_the_same_is_worked_out_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_kind("findings")
    workspace = open_workspace(root)
    as_at = workspace.settings.due_at(workspace.settings.period)
    first = workspace.collect(as_at=as_at).findings
    with monkeypatch.context() as patch:
        for name in ("framework_findings", "part_findings", "between_findings"):
            patch.setattr(quarter, name, lambda *_: pytest.fail("it was worked out again"))
        assert open_workspace(root).look(as_at=as_at).findings == first
    forget_kind("findings")
    assert open_workspace(root).look(as_at=as_at).findings == first


def said_of(words: str) -> Finding:
    return Finding("X204", "info", "f.xlsx", "Measures", "A1", "m", words, "", "")


def test_what_follows_from_other_figures_is_worked_out_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = open_workspace(root)
    period = workspace.settings.period
    figure = workspace.look(as_at=workspace.settings.due_at(period)).observations[-1]
    worked: list[str] = []

    def found(*about: Any) -> tuple[Finding, ...]:
        worked.append(about[2].figures[0].commentary)
        return (said_of(worked[-1]),)

    monkeypatch.setattr(quarter, "part_findings", found)
    for words in ("As planned.", "As planned.", "Late.", "As planned."):
        said = Collected((), (), (replace(figure, commentary=words),), (), ())
        told = quarter.findings_across(workspace.framework, period, History(()), said, root)
        assert told == (said_of(words),)
    assert worked == ["As planned.", "Late.", "As planned."]


def test_of_directorates_that_report_the_same_again_nothing_is_worked_out_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(root)
    framework, period = workspace.framework, workspace.settings.period
    figures = workspace.look(as_at=workspace.settings.due_at(period)).observations
    forget_kind("findings")
    now = [each for each in figures if each.reported_in == period]
    asked: list[set[str]] = []
    work = quarter.part_findings

    def found(framework: Framework, period: Period, part: Part) -> tuple[Finding, ...]:
        asked.append({framework.by_key[each.measure].directorate for each in part.figures})
        return work(framework, period, part)

    monkeypatch.setattr(quarter, "part_findings", found)
    quarter.findings_across(framework, period, History(figures), Collected((), (), tuple(now), (), ()), root)
    assert len(asked) == len({framework.by_key[each.measure].directorate for each in figures}) > 1
    asked.clear()
    # A text that stands in another directorate, too: what the rows say beside each other is asked of all.
    of = framework.by_key
    one = next(each for each in now if len(each.commentary) > 40)
    other = next(
        each
        for each in now
        if of[each.measure].directorate != of[one.measure].directorate
        and not set(of[each.measure].title.lower().split()) & set(of[one.measure].title.lower().split())
    )
    now[now.index(other)] = replace(other, commentary=one.commentary)
    said = Collected((), (), tuple(now), (), ())
    again = quarter.findings_across(framework, period, History(figures), said, root)
    assert asked == [{framework.by_key[other.measure].directorate}]
    assert again == quarter.findings_across(framework, period, History(figures), said)
    assert "X201" in {each.code for each in again}
