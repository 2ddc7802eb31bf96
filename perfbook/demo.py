"""The demonstration: a whole quarter of a sample council, from blank returns to the scorecard."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from perfbook.account import Account, account
from perfbook.consolidation import Consolidation
from perfbook.creating import create_workspace, fill_round, in_force
from perfbook.errors import UsageError
from perfbook.generating import Generated
from perfbook.samples import read_sample
from perfbook.workspace import Progress, Workspace

_MARK = "made by perfbook demo.txt"


@dataclass(frozen=True)
class Demo:
    """What the demonstration made: the blanks, the account of the first day, and the finished quarter."""

    workspace: Workspace
    blanks: Path
    generated: Generated
    first_day: Account
    consolidation: Consolidation
    seconds: float


def run_demo(name: str, target: Path | None, progress: Progress | None) -> Demo:
    """Run the demonstration of one sample in `target` (default outputs/<name> demo below the current folder).

    A folder that an earlier demonstration made is made anew; any other folder that is not empty is refused.
    """
    started = time.perf_counter()
    sample = read_sample(name)
    root = (target or Path("outputs") / f"{name} demo").resolve()
    _make_room(root)
    workspace = create_workspace(root, example=name, blank=True)
    (root / _MARK).write_text("This folder was made by perfbook demo, which makes it anew.\n", encoding="ascii")
    for earlier in sample.earlier:
        with in_force(workspace, earlier.framework) as then:
            fill_round(then, earlier)
            then.consolidate(period=earlier.period, as_at=earlier.as_at)
    generated = workspace.generate(as_at=sample.issued, progress=progress)
    blanks = root / "blank returns"
    shutil.copytree(generated.folder, blanks)
    first_day = account(workspace.look(as_at=sample.issued))
    fill_round(workspace, sample)
    consolidation = workspace.consolidate(as_at=sample.as_at, progress=progress)
    return Demo(workspace, blanks, generated, first_day, consolidation, time.perf_counter() - started)


def _make_room(root: Path) -> None:
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return
    if not (root / _MARK).is_file():
        raise UsageError(f"{root} is not empty and was not made by perfbook demo. Choose another folder with --to.")
    shutil.rmtree(root)
