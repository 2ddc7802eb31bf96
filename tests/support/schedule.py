"""Which tests a worker runs together, and in which order: modules as a whole, the long ones first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Roughly how many seconds the tests of a module take; what is not here is short. Only the order depends on it, so that
# no worker begins with something long when the other has nothing left to do.
SECONDS = {
    "tests/scorecard/test_choices.py": 250,
    "tests/test_all_books.py": 220,
    "tests/scorecard/test_refresh.py": 200,
    "tests/excel/test_live.py": 200,
    "tests/test_simulated_quarter.py": 150,
    "tests/refreshing/test_refresh.py": 120,
    "tests/folding/test_fold.py": 110,
    "tests/folding/test_seams.py": 80,
    "tests/folding/test_plan_and_texts.py": 60,
    "tests/refreshing/test_macros.py": 60,
    "tests/unattended/test_nightly.py": 60,
    "tests/collecting/test_kill.py": 50,
}
# Long modules whose tests have nothing in common that takes time to make: each test is for whoever is free.
APART = {"tests/scorecard/test_choices.py", "tests/test_all_books.py", "tests/unattended/test_nightly.py"}
# With fewer modules than this for each worker, the tests of a module are shared out, whatever they have in common.
MODULES_A_WORKER = 4


def module_of(test: str) -> str:
    """The module of a test by its node id."""
    return test.partition("::")[0]


def ordered(units: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """The names of units of work, the longest first; what is equally long, or short, as it was collected."""
    return sorted(units, key=lambda name: -SECONDS.get(module_of(name), 0))


class Schedule(LoadScopeScheduling):  # type: ignore[misc]
    """Gives modules to workers, so that what a module makes for its tests is made once."""

    whole = True

    def _split_scope(self, nodeid: str) -> str:
        module = module_of(nodeid)
        return module if self.whole and module not in APART else nodeid

    def schedule(self) -> None:
        """Share the tests out, or go on sharing them out."""
        if self.collection is None:
            modules = {module_of(test) for tests in self.registered_collections.values() for test in tests}
            self.whole = len(modules) >= MODULES_A_WORKER * self.numnodes
        super().schedule()

    def _assign_work_unit(self, node: Any) -> None:
        if self.workqueue:
            self.workqueue.move_to_end(ordered(self.workqueue)[0], last=False)
        super()._assign_work_unit(node)


def make(config: pytest.Config, log: Any) -> Schedule | None:
    """The schedule of a run that is shared out without a wish for another way; else None."""
    return Schedule(config, log) if config.getoption("dist") == "load" else None
