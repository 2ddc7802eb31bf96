"""Every book of the five councils, for each of their periods, before three judges: see tests/support/proof.py.

The sixth council and the one that `import` makes are held before the same judges in their own modules.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbook.creating import create_workspace, fill_round, in_force
from perfbook.samples import read_sample
from perfbook.scorecard import build_scorecard
from tests.conftest import Audit
from tests.support.office import Office
from tests.support.proof import Prover, completed

# How many books each council has (blank and completed returns, scorecards for each period), and at least how many
# formulas they hold.
COUNCILS = {
    "dudley": (21, 17000),
    "kirklees": (20, 10000),
    "sandwell": (19, 6000),
    "walsall-children": (16, 9000),
    "walsall-plan": (18, 2000),
}


@pytest.mark.parametrize("council", COUNCILS)
def test_blank_and_completed_returns_and_scorecards_of_each_period(
    council: str, office: Office, audit: Audit, tmp_path: Path
) -> None:
    prover = Prover(office, audit, tmp_path)
    sample = read_sample(council)
    workspace = create_workspace(tmp_path / council, example=council, blank=True)
    for each in (*sample.earlier, sample):
        period = workspace.period(each.period or None)
        with in_force(workspace, each.framework) as then:
            for path in then.generate(period=period, as_at=each.issued).written:
                prover.prove(f"{path.name}, blank", path.read_bytes())
            fill_round(then, each)
            for name, data in completed(then, period, each.as_at):
                prover.prove(f"{name}, completed", data)
    quarter = workspace.collect(as_at=sample.as_at)
    for period in quarter.periods:
        prover.prove(f"scorecard of {period.label}", build_scorecard(quarter, selected=period))
    books, formulas = COUNCILS[council]
    assert prover.books == books
    assert prover.formulas >= formulas
