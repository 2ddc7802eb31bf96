"""What the linter says of cases that its rules were not written from (tests/checks/held_out): recall and precision.

    python benchmarks/heldout.py [--list] [--again|--managers]

Each case goes the way of a collection: its framework.xlsx is written and read, its return filled, signed and read, and
every check asked. A finding is right where it stands in a field in which a reader may mark the mistake and its kind of
rule may speak of such a mistake; every other finding is a false alarm, also a second one about something else. What is
said of how a figure was typed counts as neither. `--list` names what was missed and what was a false alarm. `--again`
takes the second set, of other words for such mistakes, which was written after the rules had been mended by the first,
`--managers` the third, of commentaries as service managers write them, written after they had been mended by both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.linter import SPEAKS_OF  # noqa: E402
from tests.checks.held_out.cases import FAMILIES, Case, cases, second_cases, third_cases  # noqa: E402
from tests.support.held_out import Said, findings_of  # noqa: E402

# A figure or a part of a fraction that is a text and understood: `£48k` cannot be typed otherwise.
_TYPING = frozenset({"V103", "V119"})
# What was done to a file is never what is wrong in it.
_OF_FILES = "R"


@dataclass(frozen=True)
class Judged:
    """A case with what was rightly said of it, and what was not."""

    case: Case
    right: tuple[Said, ...]
    alarms: tuple[Said, ...]

    @property
    def missed(self) -> bool:
        """Whether there is a mistake of which nothing is said."""
        return self.case.mistake and not self.right


def judged(case: Case) -> Judged:
    """What the linter says of a case."""
    said = [each for each in findings_of(case) if each.finding.code not in _TYPING]
    right = tuple(each for each in said if _is_right(case, each))
    return Judged(case, right, tuple(each for each in said if each not in right))


def _is_right(case: Case, said: Said) -> bool:
    kind = said.finding.code[0]
    return kind != _OF_FILES and bool(case.where & said.fields) and case.family in SPEAKS_OF.get(kind, FAMILIES)


def shares(found: Iterable[Judged]) -> list[tuple[str, int, int, int, int, int]]:
    """By family, and of all: found, mistakes, right findings, false alarms, and how many of the others are left alone
    of how many."""
    found = list(found)
    table = []
    for family in (*FAMILIES, ""):
        own = [each for each in found if family in ("", each.case.family)]
        mistakes = [each for each in own if each.case.mistake]
        table.append(
            (
                family or "all",
                sum(not each.missed for each in mistakes),
                len(mistakes),
                sum(len(each.right) for each in own),
                sum(len(each.alarms) for each in own),
                len(own) - len(mistakes),
            )
        )
    return table


def _chosen(arguments: Sequence[str]) -> tuple[Case, ...]:
    if "--managers" in arguments:
        return third_cases()
    return second_cases() if "--again" in arguments else cases()


def main(arguments: Sequence[str]) -> None:
    """Print the table, and with `--list` what is behind it."""
    found = [judged(case) for case in _chosen(arguments)]
    print(f"{'':22}{'found':>8}{'recall':>8}{'right':>7}{'false':>7}{'precision':>11}{'others':>8}")
    for family, met, count, right, false, others in shares(found):
        if not count + others:
            continue
        precision = f"{right / (right + false):11.2f}" if right + false else f"{'-':>11}"
        print(
            f"{family:22}{f'{met}/{count}':>8}{met / count if count else 0:8.2f}{right:7}{false:7}{precision}{others:8}"
        )
    if "--list" in arguments:
        for each in found:
            if each.missed:
                print(f"missed: {each.case.id} {each.case.why}")
            for said in each.alarms:
                place = ", ".join(sorted(said.fields))
                print(f"false alarm: {each.case.id} {said.finding.code} [{place}] {said.finding.found}")


if __name__ == "__main__":
    main(sys.argv[1:])
