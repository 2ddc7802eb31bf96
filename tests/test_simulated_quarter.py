"""Twenty days of a quarter with eight managers; benchmarks/quarter.py has ninety with forty."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbook.chasing.post import PASSWORD
from tests.chasing.server import SECRET, running
from tests.support.simulation import Simulation


@pytest.mark.parametrize("seed", [2])
def test_a_quarter_of_lateness_damage_and_power_cuts(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)
    with running(tmp_path, "starttls") as server:
        simulation = Simulation(tmp_path / "council", server, managers=8, nights=20, due_days=9, seed=seed)
        result = simulation.run()
    assert result.faults == []
    # Every kind of night and of accident was there, or the quarter shows nothing.
    assert set(result.nights) == {"good", "missed", "power cut"}
    assert {"start", "certify", "correct", "damage"} <= set(result.acts)
    assert {"before", "due", "first", "query", "thanks"} <= set(result.letters)
