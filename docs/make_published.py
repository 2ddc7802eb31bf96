"""Writes docs/published-mistakes.md: what the checks find in the published figures of five councils.

    python docs/make_published.py FOLDER

FOLDER holds the figures, a folder a report (dudley_2020_q2, ...). A test fails where the page is not what this script
makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from perfbook.checks.across.run import across_findings
from perfbook.checks.registry import BY_CODE
from perfbook.records import Finding
from tests.support.published import READERS, subject_of

PAGE = Path(__file__).resolve().parent / "published-mistakes.md"
_NAMES = {
    "dudley_2020_q2": "Dudley, corporate quarterly performance report, Q2 2020-21",
    "kirklees_2017_q2": "Kirklees, corporate performance report, Q2 2017-18",
    "sandwell_2023_q3": "Sandwell, business plan monitoring, Q3 2023-24",
    "walsall_markers_2021_q2": "Walsall, corporate plan markers of success, Q1 and Q2 2021-22",
    "walsall_sip_2013": "Walsall, children's services improvement scorecard, June and July 2013",
}
_SHORT = ("Dudley", "Kirklees", "Sandwell", "Walsall plan", "Walsall children")
_HEAD = """# What councils publish

What the [checks](checks.md) find in the published figures of five councils. This page is written by
`docs/make_published.py`; every line is what a check says, and none was written by hand. The figures are those that the
reports print; the texts are in short, and in other words than the reports', so that what a check says of a text is of
that.

A finding is a question to whoever knows the answer. Some will be answered with a good reason; what it costs to ask is
less than what it costs to be asked in public.
"""
_MANY = 12


def page(data: Path) -> str:
    """The page as text."""
    found = {name: across_findings(subject_of(data, name)) for name in READERS}
    return "\n".join([_HEAD, *_summary(found), *_reports(found)]).rstrip() + "\n"


def _summary(found: dict[str, tuple[Finding, ...]]) -> Iterator[str]:
    families = [entry.family for entry in BY_CODE.values()]
    counts = {
        family: [sum(BY_CODE[each.code].family == family for each in findings) for findings in found.values()]
        for family in dict.fromkeys(families)
    }
    yield f"| | {' | '.join(_SHORT)} | all |"
    yield f"| --- |{' ---: |' * (len(found) + 1)}"
    for family, numbers in counts.items():
        if any(numbers):
            yield f"| {family} | {' | '.join(str(each or '') for each in numbers)} | {sum(numbers)} |"
    totals = [len(findings) for findings in found.values()]
    yield f"| **All** | {' | '.join(map(str, totals))} | **{sum(totals)}** |"
    yield ""


def _reports(found: dict[str, tuple[Finding, ...]]) -> Iterator[str]:
    for name, findings in found.items():
        yield f"## {_NAMES[name]}\n"
        for code in dict.fromkeys(finding.code for finding in _in_order(findings)):
            of_code = [finding for finding in findings if finding.code == code]
            entry = BY_CODE[code]
            yield f"**{code} {entry.title}** ({entry.severity}, {entry.sure})\n"
            for finding in of_code[:_MANY]:
                said = " ".join(part for part in (finding.found, finding.expected) if part)
                yield f"- {_place(finding)}: {said}"
            if len(of_code) > _MANY:
                rest = of_code[_MANY:]
                yield f"- and {len(rest)} more: {', '.join(dict.fromkeys(map(_place, rest)))}"
            yield ""


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    codes = list(BY_CODE)
    return sorted(findings, key=lambda finding: codes.index(finding.code))


def _place(finding: Finding) -> str:
    """The row as people know it, else the line of the file."""
    file = f"{finding.file.removesuffix('.csv').replace('_', ' ')} line {finding.cell}"
    return f"row {finding.measure}" if finding.measure.isdigit() else finding.measure or file


def main() -> None:
    """Write the page."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python docs/make_published.py FOLDER")
    PAGE.write_text(page(Path(sys.argv[1])), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
