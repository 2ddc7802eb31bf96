"""One shared folder with everything in it: the corpus, a case for every item of BAD_INPUTS.md, and good returns.

    python -m tests.collecting.bad_inputs.gather

writes verdicts.csv anew, to be reviewed line by line before it is kept.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from perfbook.collecting.archive import Archive, digest_of
from perfbook.collecting.collect import Collected, collect
from perfbook.collecting.isolation import ReadingLimits
from perfbook.collecting.issue import register_issues
from perfbook.collecting.terms import Terms
from perfbook.records import Submission
from perfbook.returns.identity import issue_id
from perfbook.returns.opening import OPENING
from tests.collecting.bad_inputs import container, folder, sheets, values
from tests.collecting.bad_inputs.case import Case
from tests.collecting.bad_inputs.draft import Draft, framework
from tests.collecting.council import DUE, IN_TIME, ISSUED, NOW, PERIOD

VERDICTS = Path(__file__).with_name("verdicts.csv")
COLUMNS = ("file", "outcome", "code", "figures", "findings")
GOOD = 5
# A Windows file name takes no colon, nor do we ask a share to.
_FORBIDDEN = str.maketrans({":": ",", "?": "_", '"': "_", "<": "_", ">": "_", "|": "_", "*": "_"})


def all_cases() -> list[Case]:
    """Every case, in a fixed order; none is lost because two have one name."""
    found = [*folder.cases(), *container.cases(), *sheets.cases(), *values.cases()]
    names = [case.name for case in found]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    return found


@dataclass(frozen=True)
class Gathered:
    """What one run over the folder gave, and what the files were before and after."""

    collected: Collected
    before: dict[str, tuple[str, int]]
    after: dict[str, tuple[str, int]]

    def rows(self) -> list[dict[str, str]]:
        """The table: one row a file."""
        by_file = {submission.file: submission for submission in self.collected.submissions}
        return [
            {
                "file": file.path,
                "outcome": file.outcome,
                "code": file.code,
                "figures": _figures(by_file[file.path]) if file.path in by_file else "",
                "findings": _findings(by_file[file.path]) if file.path in by_file else "",
            }
            for file in self.collected.files
        ]


def gather(root: Path, corpus: Path) -> Gathered:
    """Fill a folder under `root` and collect it."""
    cases = all_cases()
    known = framework(GOOD + len(cases))
    share, archive = root / "returns", Archive(root / "archive")
    for number in range(GOOD):
        _put(share / "good" / f"dir{number:03}.xlsx", Draft.good().packed(f"dir{number:03}"))
    _put(share / "good" / "Copy of dir001 (1).xlsx", Draft.good().packed("dir001"))
    _put(share / "good" / "dir002-PC01.xlsx", Draft.good(blank=True).packed("dir002"))
    for number, case in enumerate(cases, start=GOOD):
        _put(share / "cases" / case.name.translate(_FORBIDDEN), case.make(f"dir{number:03}"))
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        _put(share / "corpus" / path.relative_to(corpus), path.read_bytes())
    keys = [directorate.key for directorate in known.directorates]
    entries = [(key, issue_id(known, key, PERIOD), f"{key}.xlsx", digest_of(b"")) for key in keys]
    register_issues(archive, known, PERIOD, entries, ISSUED)
    before = _contents(share)
    collected = collect(
        framework=known,
        period=PERIOD,
        folder=share,
        archive=archive,
        as_at=NOW,
        terms=Terms(DUE, 2, reading=ReadingLimits(opening=replace(OPENING, passwords=(container.PASSWORD,)))),
    )
    return Gathered(collected, before, _contents(share))


def table(rows: list[dict[str, str]]) -> str:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def kept() -> list[dict[str, str]]:
    """The table as it was reviewed."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (IN_TIME.timestamp(), IN_TIME.timestamp()))


def _contents(share: Path) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(share).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in share.rglob("*")
        if path.is_file()
    }


def _figures(submission: Submission) -> str:
    """Every figure or status, by the short name of its measure."""
    said = []
    for observation in submission.observations:
        name = observation.measure.partition("-")[2]
        said.append(f"{name}={observation.actual if observation.actual is not None else observation.status or ''}")
    return " ".join(said)


def _findings(submission: Submission) -> str:
    """What reading and collecting say; what is explained, spelled or worded badly is for the checks' own tests."""
    return " ".join(sorted({finding.code for finding in submission.findings if finding.code[0] in "RVIS"}))


def main() -> None:
    """Write the table anew."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[4] / "shared" / "corpus"
    with tempfile.TemporaryDirectory() as root:
        gathered = gather(Path(root), corpus)
    VERDICTS.write_text(table(gathered.rows()), encoding="utf-8", newline="")
    print(f"{len(gathered.rows())} files")  # noqa: T201


if __name__ == "__main__":
    main()
