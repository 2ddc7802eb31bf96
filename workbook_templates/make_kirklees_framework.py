"""Kirklees's framework from the published figures: five-step measures with three past years, and the actions beside.

Called by make_frameworks.py. Targets and the words for none stand as the report types them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from perfbook.framework.model import (
    Action,
    Adjustment,
    Band,
    Directorate,
    Framework,
    Measure,
    PastFigure,
    Place,
    Priority,
    Published,
    PublishedStatement,
    PublishedTotal,
    Scheme,
    Target,
    Term,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.typed import past_figure, read_typed
from perfbook.framework.version import with_version
from perfbook.records import Observation
from perfbook.scoring.judge import index, judge
from perfbook.scoring.rounding import round_half_away

Row = Mapping[str, str]
Key = tuple[str, Period]

Q2 = parse("2017-18 Q2")
YEAR = Q2.whole_year
NOWHERE = Place("framework.xlsx", "Past figures", "")

# The report prints no rule. These limits are the plain ones that agree with most of what it prints.
_LIMITS = (Decimal(0), Decimal("2.5"), Decimal(5), Decimal(10), None)
_STEPS = (
    ("green", "Green", "G", "#1B6B3A"),
    ("amber_green", "Amber Green", "AG", "#4F6B1B"),
    ("amber", "Amber", "A", "#8A5A00"),
    ("red_amber", "Red Amber", "RA", "#A8450B"),
    ("red", "Red", "R", "#B3261E"),
)
FIVE_STEP = Scheme(
    key="five-step",
    name="Five-step rating",
    bands=tuple(Band(*step, limit) for step, limit in zip(_STEPS, _LIMITS, strict=True)),
    exception_from=4,
    chosen_without_target=True,
)
FIVE_STEP_CHOSEN = Scheme(
    key="five-step-chosen",
    name="Five-step rating of actions",
    bands=tuple(Band(*step) for step in _STEPS),
    exception_from=4,
)
# What the report prints, and the band that it means.
STATUSES = {symbol: key for key, _, symbol, _ in _STEPS}
THEMES = {
    "Ambitious Kirklees": "ambitious",
    "Inclusive Kirklees": "inclusive",
    "Resilient Kirklees": "resilient",
}
# Key, name, role, and the prefixes of the actions' codes.
DIRECTORATES = (
    ("economy", "Economy, Regeneration and Culture", "Service Director for Economy and Regeneration", ("ERC",)),
    ("customer", "Customer and Environment", "Service Director for Customer and Environment", ("CRO",)),
    ("education", "Education and Learning", "Service Director for Education and Learning", ("EHL",)),
    ("children", "Children and Families", "Service Director for Children and Families", ("CPF",)),
    ("adults", "Adults", "Service Director for Adults", ("ASC", "ASI")),
    ("public-health", "Public Health and Intelligence", "Director of Public Health", ("PHI",)),
    ("finance", "Finance and Transformation", "Service Director for Finance", ("FPT",)),
    ("chief-executive", "Chief Executive's Office", "Head of the Chief Executive's Office", ("OCX",)),
    ("legal", "Legal and Governance", "Service Director for Legal and Governance", ("LS",)),
)
SUBGROUPS = {
    "Business": "economy",
    "Place": "economy",
    "Environment": "customer",
    "Housing": "economy",
    "Customer Services": "customer",
    "Information & Communication Technology": "finance",
    "Welfare and Exchequer": "finance",
    "School Education": "education",
    "Special Educational Needs": "education",
    "Employment prospects": "economy",
    "Tackling poverty": "finance",
    "Housing need for vulnerable people": "economy",
    "Children who need help and protection": "children",
    "Children looked after and achieving permanence": "children",
    "Children's services management and governance": "children",
    "Physical activity for vulnerable groups": "economy",
    "Adult residential care": "adults",
    "Adult caseload and assessment": "adults",
    "Re-ablement and community support": "adults",
}
# Figures of the period that add up over the year: those that the report marks so, and four that it does not mark.
_MARKED = frozenset({"1.1", "1.2", "1.8", "1.18", "1.19", "2.8", "2.9", "2.14", "2.18", "2.19"})
ADDING = _MARKED | {"2.7", "2.13", "3.17", "3.18"}
# Its second figure is nearly twice its first, and a year's target four times that: it runs since the start of the year.
COUNTING_UP = frozenset({"1.7"})
# Yearly figures: the number of the quarter in which they are asked for, and how many years late they are.
YEARLY = {"1.10": (3, 0), "2.3": (3, 0), "2.5": (2, 0), "2.6": (0, 0), "3.16": (1, 1)}
_UNITS = {
    "count": "count",
    "tonnes": "tonnes",
    "days": "days",
    "score": "score",
    "per 10,000": "rate per 10,000",
    "per 100,000": "rate per 100,000",
    "days per 100,000": "days per 100,000",
    "cases per worker": "cases per worker",
}
NOTES = {
    "1.7": "The title says %, the figures are in tonnes; the report prints 89.7% and 98.8% for the two years before.",
    "1.18": "The report adds 22.59% and a figure of Q2 to 76.29%; 22.59% and 49.5% are 72.09%.",
    "1.19": "The report adds two rates that are probably both since the start of the year.",
    "2.3": "The title names two stages; the report gives one figure.",
    "2.5": "A provisional figure stands in the report before the final one is due.",
    "2.6": "A score of Attainment 8 stands in the report with a per cent sign.",
    "2.13": "The unit is missing in the report's target and in its figure of Q1.",
    "2.17": "The report prints the target without a per cent sign.",
    "3.16": "The report prints 88% under Q1 2017-18; the figure is that of the year before.",
    "3.21": "The report prints the figure of Q1 without a per cent sign.",
}
_BANDS = tuple(STATUSES.values())
_RATED = tuple((group, band) for group in ("score", "rating") for band in _BANDS)
_MISSING: tuple[Term, ...] = (("measures", "missing"), ("rating", "none"))
_EMPTY: Term = ("score", "not_scored")
_NOT_DUE: Term = ("measures", "not_due")
_DUE: tuple[Term, ...] = (*_RATED, *_MISSING)
_ALL: tuple[Term, ...] = (*_RATED, _NOT_DUE, *_MISSING, _EMPTY)


def _of(*bands: str) -> tuple[Term, ...]:
    return tuple((group, band) for group in ("score", "rating") for band in bands)


# Of each share the reading that its words suggest and the one in which it comes back: what it counts, and out of what.
_READINGS: dict[str, tuple[tuple[str, tuple[Term, ...], tuple[Term, ...]], ...]] = {
    "share on track": (
        ("Green and Amber Green, of what was due", _of("green", "amber_green"), _DUE),
        (
            "Green, Amber Green, Red Amber and Not due, of everything",
            (*_of("green", "amber_green", "red_amber"), _NOT_DUE),
            _ALL,
        ),
    ),
    "share off track": (
        ("Amber and Red Amber, of what was due", _of("amber", "red_amber"), _DUE),
        ("Amber alone, of everything", _of("amber"), _ALL),
    ),
    "share at risk": (
        ("Red Amber and Red, of what was due", _of("red_amber", "red"), _DUE),
        ("Red alone, of everything", _of("red"), _ALL),
    ),
    "share missing": (
        ("Missing as it is printed, of everything", _MISSING, _ALL),
        ("Missing, and a status that is left empty, of everything", (*_MISSING, _EMPTY), _ALL),
    ),
    "share unreported by services": (
        ("Missing, and a status that is left empty, of everything", (*_MISSING, _EMPTY), _ALL),
    ),
    "completion after two more weeks": (("Whatever has a status, of everything", (*_RATED, _NOT_DUE), _ALL),),
    "number of actions": (("", (("actions", "placements"),), ()),),
    "number of measures": (("", (("measures", "total"),), ()),),
    "actions plus measures": (("", (("measures", "total"), ("actions", "placements")), ()),),
}
# Where the text of the report takes a figure from, by how it was compared with the tables.
_FROM_TABLE = {"table Q2": "actual", "table, provisional": "actual", "table Q1": "previous", "table target": "target"}
_NAMED = re.compile(r"(\d\.\d+) ")
_NOT_MARKED = "The report does not mark the figure as one that adds up; it is one by its nature."


def rows_of(folder: Path, name: str) -> list[Row]:
    """The rows of one of the report's tables, in its order."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def keys_of(rows: list[Row]) -> dict[str, str]:
    """The key of each measure by its number in the report."""
    return {row["ref"]: f"kir-{number:03d}" for number, row in enumerate(rows, 1)}


def action_key(row: Row) -> str:
    """The key of an action."""
    return f"kir-a{int(row['row']):03d}"


def kirklees(folder: Path) -> Framework:
    """Kirklees's framework from the folder of its published figures, with the scores that its people gave."""
    plain = _by_rule(folder)
    rows = rows_of(folder, "measures.csv")
    return with_version(replace(plain, adjustments=tuple(_scores_set(plain, rows))))


def _by_rule(folder: Path) -> Framework:
    rows, actions = rows_of(folder, "measures.csv"), rows_of(folder, "actions.csv")
    keys = keys_of(rows)
    measures = {row["ref"]: _measure(keys[row["ref"]], row) for row in rows}
    return Framework(
        council="Kirklees",
        year_start=4,
        reporting="quarterly",
        measures=tuple(measures.values()),
        directorates=tuple(
            Directorate(key, name, role, f"{key}@kirklees.example") for key, name, role, _ in DIRECTORATES
        ),
        priorities=tuple(Priority(key, name) for name, key in THEMES.items()),
        schemes={scheme.key: scheme for scheme in (FIVE_STEP, FIVE_STEP_CHOSEN)},
        default_scheme=FIVE_STEP.key,
        targets={(keys[row["ref"]], YEAR): _target(measures[row["ref"]], row["target"]) for row in rows},
        past=dict(entry for row in rows for entry in _past(measures[row["ref"]], row)),
        published=dict(_published(measures[row["ref"]], row) for row in rows),
        published_totals=tuple(_totals(rows, actions)),
        published_statements=tuple(_statements(rows_of(folder, "expected.csv"), measures)),
        published_ratings={
            (action_key(row), "", Q2): STATUSES.get(row["status_as_printed"], "none") for row in actions
        },
        actions=tuple(
            Action(action_key(row), row["code"], row["title_short"], _owner(row), priority=THEMES[row["theme"]])
            for row in actions
        ),
    )


def _statements(rows: list[Row], measures: Mapping[str, Measure]) -> Iterator[PublishedStatement]:
    """What the report says of itself in its texts: counts, shares, and figures that its tables hold too."""
    for row in rows:
        said, printed = row["published_item"], row["published"]
        for reading, counts, out_of in _READINGS.get(said, ()):
            yield PublishedStatement(Q2, said, printed, counts, out_of, reading, row["where"])
        named = _NAMED.match(said)
        figure = _FROM_TABLE.get(row["how"])
        # Figures that are not due are in no table, and words are no figures.
        if named and figure and (named[1] not in YEARLY or figure == "actual") and printed[0].isdecimal():
            key = measures[named[1]].key
            yield PublishedStatement(Q2, said, printed, ((figure, key),), where=row["where"])


def _scores_set(framework: Framework, rows: list[Row]) -> Iterator[Adjustment]:
    """The scores that the report prints where the rule gives another: its services judge for themselves."""
    keys = keys_of(rows)
    said = index(_observation(framework.by_key[keys[row["ref"]]], row) for row in rows)
    judged = {each.measure.key: each for each in judge(framework, said, Q2)}
    for row in rows:
        band, found = STATUSES.get(row["rag_as_printed"], ""), judged[keys[row["ref"]]]
        rule = FIVE_STEP.band(found.band)
        if band and found.about and rule and band != rule.key and found.target is not None:
            reason = f"The report prints {row['rag_as_printed']}; its services judge for themselves."
            place = Place("framework.xlsx", "Adjustments", "")
            yield Adjustment(
                "score",
                found.about,
                reason,
                "Performance officer",
                place,
                found.measure.key,
                band=band,
                shown=next(each.word for each in FIVE_STEP.bands if each.key == band),
            )


def _observation(measure: Measure, row: Row) -> Observation:
    """The figure of the quarter as the report prints it."""
    typed = row["q2"] or row["q1"].rpartition(" ")[2]
    read = read_typed(typed, measure.unit)
    about = measure.about(Q2) or Q2
    actual = None if read.number is None else round_half_away(read.number, measure.places)
    to_date = read.cumulative
    if measure.adds_up and to_date is None and read.number is not None:
        before = read_typed(row["q1"], measure.unit).number
        to_date = None if before is None else before + read.number
    return Observation(measure.key, about, Q2, read.status, actual, to_date=to_date)


def _owner(row: Row) -> str:
    letters = row["code"].rstrip("0123456789")
    return next(key for key, _, _, prefixes in DIRECTORATES if letters in prefixes)


def unit_of(row: Row) -> Unit:
    """The unit of a measure; what the report says of its sign stands in brackets."""
    label = row["unit"].partition(" (")[0]
    return Unit.parse("percent" if label == "%" else "\u00a3m" if label.startswith("\u00a3") else _UNITS[label])


def _measure(key: str, row: Row) -> Measure:
    unit, ref = unit_of(row), row["ref"]
    columns = ("y1415", "y1516", "y1617", "target", "q1", "q2")
    # What is in another unit decides nothing.
    typed = [read_typed(row[name], unit) for name in columns if not _is_strange(row, name)]
    due, arrears = YEARLY.get(ref, (0, 0))
    notes = [NOTES.get(ref, ""), _NOT_MARKED if ref in ADDING - _MARKED else "", f"{ref} in the report."]
    return Measure(
        key=key,
        code=row["code_as_typed"],
        title=row["title"],
        priority=THEMES[row["theme"]],
        directorate=SUBGROUPS[row["subgroup"]],
        unit=unit,
        decimals=max((each.decimals for each in typed if each.decimals is not None), default=1),
        polarity="lower" if row["polarity"] == "lower" else "higher",
        frequency="yearly" if ref in YEARLY else "quarterly",
        calculation="cumulative" if ref in ADDING | COUNTING_UP else "snapshot",
        arrears=arrears,
        minimum=Decimal(0),
        maximum=Decimal(1) if unit.kind == "percent" else None,
        note=" ".join(filter(None, notes)),
        entered="in period" if ref in ADDING else "year to date",
        due=due,
    )


def _is_strange(row: Row, column: str) -> bool:
    return row["ref"] == "1.7" and "%" in row[column]


def _target(measure: Measure, typed: str) -> Target:
    return Target(read_typed(typed, measure.unit).number, None, typed)


def _past(measure: Measure, row: Row) -> Iterator[tuple[Key, PastFigure]]:
    """The three years before and the quarter before; of a yearly figure in arrears the year that was printed last."""
    printed = {YEAR.shift(-back): row[name] for back, name in ((3, "y1415"), (2, "y1516"), (1, "y1617"))}
    if measure.frequency == "quarterly":
        printed[Q2.previous] = row["q1"]
    elif measure.arrears:
        printed[YEAR.previous] = row["q1"]
    for period, text in printed.items():
        if text in ("", "-") or (period.kind == "year" and _is_strange(row, "y1617")):
            continue
        figure = past_figure(read_typed(text, measure.unit), measure, text, NOWHERE)
        if figure is None:
            raise ValueError(f"{measure.code} {period}: {text!r} is not understood.")
        yield (measure.key, period), figure


def _published(measure: Measure, row: Row) -> tuple[Key, Published]:
    status = row["rag_as_printed"]
    about = measure.about(Q2) or Q2
    return (measure.key, about), Published(row["q2"] or row["q1"], STATUSES.get(status, status.lower()))


def _totals(measures: list[Row], actions: list[Row]) -> Iterator[PublishedTotal]:
    """How often each status stands in the report's tables."""
    said = [row["rag_as_printed"] for row in measures]
    rated = [row["status_as_printed"] for row in actions]
    counts = {("measures", "total"): len(said), ("measures", "not_due"): said.count("Not Due")}
    counts["measures", "missing"] = said.count("Missing")
    counts |= {("score", key): said.count(symbol) for symbol, key in STATUSES.items()}
    counts["score", "not_scored"] = said.count("")
    counts["actions", "placements"] = len(rated)
    counts |= {("rating", key): rated.count(symbol) for symbol, key in STATUSES.items()}
    counts["rating", "none"] = rated.count("Missing")
    for (group, outcome), number in counts.items():
        yield PublishedTotal(Q2, group, outcome, number)
