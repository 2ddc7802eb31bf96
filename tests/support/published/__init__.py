"""The published figures of the five councils (shared/data) as what is checked across.

Only what the reports print is taken over: no column that says how it was read, recomputed or judged to agree.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from perfbook.checks.across.subject import Subject
from tests.support.published import dudley, kirklees, sandwell, walsall_children, walsall_plan

# By the name of the folder in shared/data.
READERS: dict[str, Callable[[Path], Subject]] = {
    "dudley_2020_q2": dudley.subject,
    "kirklees_2017_q2": kirklees.subject,
    "sandwell_2023_q3": sandwell.subject,
    "walsall_markers_2021_q2": walsall_plan.subject,
    "walsall_sip_2013": walsall_children.subject,
}


def subject_of(data: Path, name: str) -> Subject:
    """One council's report; `data` is the folder of all five."""
    return READERS[name](data / name)
