"""The checks across rows against the kept table of true mistakes (tests/checks/published): recall and precision.

    python benchmarks/linter.py [FOLDER] [--list]

FOLDER holds the published figures (../shared/data). A finding meets a mistake where it stands in one of its places: the
same file, record and kind of field. Where it meets none, it is wrong if it meets a row that only looks like one, else
not judged; both count against precision. `--list` names them, `--missed` what was not found. Ends with 1 where recall
or precision is below what is wanted. Whoever wrote the last of the rules had read the table: it says what they find in
these reports, not what they would find in others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from perfbook.checks.across.run import across_findings  # noqa: E402
from perfbook.records import Finding  # noqa: E402
from tests.checks.published.tables import FAMILIES, FOLDERS, Judged, mistakes, not_mistakes  # noqa: E402
from tests.support.published import subject_of  # noqa: E402
from tests.support.published.rows import rows_of  # noqa: E402

RECALL, PRECISION = 0.8, 0.9
# What each family has to reach by itself, so that none is carried by the others and none cries wolf.
EACH = 0.8
# The families of the table that a rule may speak of, by what its code begins with.
SPEAKS_OF: Mapping[str, tuple[str, ...]] = {
    "V": ("values", "time"),
    "T": ("time", "values"),
    "P": ("totals", "text-against-figures", "values", "score", "completeness"),
    "S": ("score", "values", "codes", "completeness", "text-against-figures"),
    "W": ("text-against-figures", "values", "time", "totals", "score", "completeness"),
    "X": ("text", "time", "values", "text-against-figures", "completeness"),
    "K": ("codes", "score", "text-against-figures", "text", "completeness"),
    "U": ("completeness", "text", "values"),
}
# The family to which a finding counts that meets nothing.
_OWN = {
    "V": "values",
    "T": "time",
    "P": "totals",
    "S": "score",
    "W": "text-against-figures",
    "X": "text",
    "K": "codes",
    "U": "completeness",
}
# What kind of field a column is, by a word in its name; the first that fits.
_KINDS = (
    ("benchmark", "benchmark"),
    ("comparator_value", "benchmark"),
    ("target_direction", "polarity"),
    ("direction_as_stated", "trend"),
    ("target", "target"),
    ("score", "score"),
    ("rag", "score"),
    ("rating", "score"),
    ("symbol", "score"),
    ("status", "score"),
    ("trend", "trend"),
    ("direction", "trend"),
    ("polarity", "polarity"),
    ("code", "code"),
    ("ref", "code"),
    ("outcome", "code"),
    ("window", "window"),
    ("evidence", "evidence"),
    ("short", "text"),
    ("own_words", "text"),
)
# What a rule speaks of beside the kind of field at which its finding points.
_ALSO = {
    "V203": ("window",),
    "V204": ("window",),
    "V212": ("window",),
    "T207": ("window",),
    "S303": ("target",),
    "S306": ("polarity",),
    "S307": ("polarity",),
    "S311": ("trend",),
    "W104": ("trend",),
    "W105": ("trend",),
    "K104": ("code",),
    # One thing, by its title or by what it is called.
    "K105": ("code", "text"),
    "K115": ("code",),
    "U101": ("text",),
    "U103": ("text",),
    "U105": ("text",),
    "U106": ("text",),
    "U107": ("evidence",),
    "U113": ("polarity",),
}
Cell = tuple[str, str, str]


def kind_of(column: str) -> str:
    """The kind of field that a column is: a figure, where nothing else is known."""
    return next((kind for word, kind in _KINDS if word in column), "figure")


@dataclass(frozen=True)
class Met:
    """One finding, the mistakes that it meets, and the look-alikes."""

    sample: str
    finding: Finding
    mistakes: tuple[Judged, ...]
    alikes: tuple[Judged, ...]

    @property
    def family(self) -> str:
        """The family to which it counts."""
        return self.mistakes[0].family if self.mistakes else _OWN[self.finding.code[0]]

    @property
    def verdict(self) -> str:
        """right, wrong or not judged."""
        return "right" if self.mistakes else "wrong" if self.alikes else "not judged"


def cells_of(data: Path, judged: Judged) -> frozenset[Cell]:
    """The cells of all its places: file, line and kind of field."""
    found: set[Cell] = set()
    for place in judged.places:
        for row in rows_of(data / FOLDERS[judged.sample], place.file):
            if all(value in ("*", row[key]) for key, value in place.keys):
                found |= {(place.file, row["_line"], kind_of(column)) for column in place.columns}
    return frozenset(found)


def meet(data: Path) -> list[Met]:
    """Every finding with what it meets."""
    tables = {name: table() for name, table in (("bad", mistakes), ("good", not_mistakes))}
    cells = {judged.id: cells_of(data, judged) for table in tables.values() for judged in table}
    met = []
    for sample, folder in FOLDERS.items():
        for finding in across_findings(subject_of(data, folder)):
            kinds = {kind_of(finding.sheet), *_ALSO.get(finding.code, ())}
            places = {(finding.file, finding.cell, kind) for kind in kinds}
            bad, good = (
                tuple(
                    judged
                    for judged in table
                    if judged.sample == sample
                    and places & cells[judged.id]
                    and judged.family in SPEAKS_OF[finding.code[0]]
                )
                for table in tables.values()
            )
            met.append(Met(sample, finding, bad, good))
    return met


def shares(met: Iterable[Met], sure: str = "") -> list[tuple[str, int, int, int, int, int]]:
    """By family: found, mistakes, right, wrong, not judged; and all."""
    met = list(met)
    wanted = [each for each in mistakes() if each.seen_in == "published" and sure in ("", each.sure)]
    found = {judged.id for each in met for judged in each.mistakes}
    table = []
    for family in (*FAMILIES, ""):
        of_family = [each for each in wanted if family in ("", each.family)]
        verdicts = [each.verdict for each in met if family in ("", each.family)]
        table.append(
            (
                family or "all",
                sum(each.id in found for each in of_family),
                len(of_family),
                *(verdicts.count(word) for word in ("right", "wrong", "not judged")),
            )
        )
    return table


def good_enough(met: Iterable[Met]) -> bool:
    """Whether recall and precision are what is wanted, of all together and of each family."""
    for family, found, count, right, wrong, unjudged in shares(met):
        recall, precision = (EACH, EACH) if family in FAMILIES else (RECALL, PRECISION)
        if found < recall * count or right < precision * (right + wrong + unjudged):
            return False
    return True


def main() -> int:
    """Print the tables; 0 where both shares are what is wanted, else 1."""
    arguments = [each for each in sys.argv[1:] if not each.startswith("-")]
    data = Path(arguments[0]) if arguments else ROOT.parent / "shared" / "data"
    met = meet(data)
    for sure in ("", "certain"):
        print(f"{'mistakes that are certain' if sure else 'all mistakes':26}{'found':>10}{'recall':>8}", end="")
        print("" if sure else f"{'right':>7}{'wrong':>7}{'not judged':>12}{'precision':>11}")
        for family, found, count, right, wrong, unjudged in shares(met, sure):
            print(f"{family:26}{f'{found}/{count}':>10}{found / count if count else 0:8.2f}", end="")
            total = right + wrong + unjudged
            print("" if sure else f"{right:7}{wrong:7}{unjudged:12}{right / total if total else 0:11.2f}")
        print()
    print(f"wanted: recall {RECALL}, precision {PRECISION}; {EACH} each by family")
    if "--list" in sys.argv:
        for each in met:
            if each.verdict != "right":
                print(
                    f"{each.verdict}: {each.sample} {each.finding.code} {each.finding.file}:{each.finding.cell}",
                    end=" ",
                )
                print(f"{each.finding.sheet}: {each.finding.found} [{', '.join(a.id for a in each.alikes)}]")
    if "--missed" in sys.argv:
        found_ids = {judged.id for each in met for judged in each.mistakes}
        for judged in mistakes():
            if judged.id not in found_ids and judged.seen_in == "published":
                print(f"missed: {judged.id} {judged.family} {judged.what}")
    return 0 if good_enough(met) else 1


if __name__ == "__main__":
    sys.exit(main())
