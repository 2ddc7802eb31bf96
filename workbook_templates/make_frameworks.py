"""Makes the workspaces that `perfbook init` copies: councils' frameworks from published figures, and an empty one.

    python workbook_templates/make_frameworks.py ../shared/data/dudley_2020_q2

Those of the other councils are looked for beside Dudley's. The folder of figures is needed here alone: what this script
writes is kept, and travels with perfbook. The same figures give the same bytes.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import (
    Benchmark,
    Directorate,
    Framework,
    Measure,
    PastFigure,
    Place,
    Polarity,
    Priority,
    Published,
    PublishedTotal,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse, span
from perfbook.framework.typed import past_figure, read_typed
from perfbook.framework.version import with_version
from perfbook.scoring.schemes import BUILT_IN
from perfbook.workbook.numfmt import display

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from dudley_services import GRIDS, SECTIONS  # noqa: E402
from house_styles import STYLES  # noqa: E402
from make_kirklees_framework import kirklees  # noqa: E402
from make_sandwell_framework import sandwell  # noqa: E402
from make_walsall_children_framework import TO_JUNE, walsall_children  # noqa: E402
from make_walsall_plan_framework import published_figures, walsall_plan  # noqa: E402

CREATED = datetime(2020, 10, 1, 9, 0, tzinfo=UTC)
SCHEME = "star-circle-triangle"
Row = Mapping[str, str]
Key = tuple[str, Period]

Q2 = parse("2020-21 Q2")
LAST_YEAR, LAST_QUARTER = Q2.same_last_year, Q2.previous
NOWHERE = Place("framework.xlsx", "Past figures", "")

# --- Dudley: what the figures do not say in so many words ------------------------------------------------------------

PRIORITY_KEYS = {
    "One Council, Building an Effective and Dynamic Organisation": "one-council",
    "A Cleaner Greener Place to Live": "cleaner-greener",
    "Stronger and Safer Communities": "stronger-safer",
    "Growing the Economy and Creating Jobs": "growing-economy",
}
# Directorate: key and the role that answers for its return.
DIRECTORATES = {
    "Human Resources (corporate)": ("human-resources", "Head of Human Resources"),
    "Commercial & Customer Service Inc. ICT": ("customer-service-ict", "Director of Commercial and Customer Service"),
    "Housing": ("housing", "Director of Housing"),
    "Public Realm": ("public-realm", "Director of Public Realm"),
    "Childrens Services": ("childrens-services", "Director of Children's Services"),
    "Adult Social Care": ("adult-social-care", "Director of Adult Social Care"),
    "Public Health & Wellbeing": ("public-health", "Director of Public Health and Wellbeing"),
    "Childrens Services (Education)": ("education", "Head of Education"),
    "Regeneration & Enterprise": ("regeneration", "Director of Regeneration and Enterprise"),
}
POLARITY: dict[str, Polarity] = {"higher is better": "higher", "lower is better": "lower"}
BANDS = {
    "exceeds target": "exceeds_target",
    "on target upper tolerance": "upper_tolerance",
    "below target": "below_target",
    "": "",
}
# What is counted above and below the line, where the title leaves no doubt.
FRACTIONS = {
    "PI47": ("Complaints answered in full within 20 working days", "Complaints due an answer"),
    "PI2027": ("People satisfied with how their complaint was handled", "People who answered the survey"),
    "PI1396": ("Tenants satisfied with the repairs service", "Tenants who answered the survey"),
    "PI426": ("Single assessments completed within 45 working days", "Single assessments completed"),
    "PI501": ("People at home 91 days after discharge", "People discharged into reablement, aged 65 and over"),
    "PI2132": ("Contacts that ended with information, advice or signposting", "Contacts to adult social care"),
    "PI2133": (
        "People living on their own or with their family",
        "People aged 18 to 64 with learning disability support as the primary reason",
    ),
    "PI2134": ("Concerns that led to an enquiry", "Safeguarding concerns"),
    "PI1798": ("People who received a health check", "People eligible for a health check"),
    "PI2074": ("Premises that comply with food hygiene law", "Premises inspected under food hygiene law"),
    "PI120": ("Young people not in education, employment or training", "Young people aged 16 to 18"),
    "PI1691": ("Major applications determined within 13 weeks", "Major applications determined"),
    "PI1692": ("Minor applications determined within 8 weeks", "Minor applications determined"),
    "PI1693": ("Other applications determined within 8 weeks", "Other applications determined"),
}
DEFINITIONS = {
    "PI352": "Working days or shifts lost to sickness since 1 April, for each full-time post, without schools.",
    "PI370": "Working days lost to long-term sickness since 1 April, for each full-time post, without schools.",
    "PI371": "Working days lost to short-term sickness since 1 April, for each full-time post.",
    "PI2078": "Compliments from customers received in the quarter.",
    "PI2079": "Corporate complaints received in the quarter.",
    "PI2036": "Customers who joined the traded services portal in the quarter.",
    "PI1319": "What current tenants owe, as a percentage of the rent due in a year.",
    "PI1323": "What former tenants owe, as a percentage of the rent due.",
    "PI1899": "Rent lost on dwellings, as a percentage of the rent that could have been received.",
    "PI1498": "Household waste sent for reuse, recycling or composting, in percent of all household waste by weight.",
    "PI1499": "Municipal waste sent to landfill, in percent of all municipal waste by weight.",
    "PI432": "Children looked after at the end of the quarter, for each 10,000 children.",
    "PI433": "Children with a child protection plan at the end of the quarter, for each 10,000 children.",
    "PI1466": "Early help assessments started in the quarter.",
    "PI1447": "Agency workers as a percentage of all social workers.",
    "PI1705": "People aged 19 and over who took part in learning.",
    "PI1709": "Employers supported from adult and community learning funds.",
}
NOTES = {
    "PI432": "The report prints the 2019-20 Q2 target as 90%. The measure is a rate, so it stands here as 90.",
    "PI1498": "The figure in brackets is in tonnes.",
    "PI1499": "The figure in brackets is in tonnes.",
    "PI1709": "The report scores 107 against a target of 20 as below target, as if lower were better.",
}
JUDGED = "The report does not name the directorate; this is our best reading."
WITHDRAWN_NOTE = "Withdrawn: dropped after a review of procurement; the report prints no figures. " + JUDGED
TOTALS = (
    ("measures", {"total": 34, "due": 33, "delayed": 1}),
    ("score", {"exceeds_target": 16, "upper_tolerance": 3, "below_target": 14}),
    ("trend", {"improved": 10, "consistent": 4, "worse": 19}),
    ("annual", {"improved": 12, "consistent": 5, "worse": 10}),
)

# --- Dudley: from the figures ----------------------------------------------------------------------------------------


def dudley(folder: Path) -> Framework:
    """Dudley's framework from the folder of its published figures."""
    rows = _rows(folder / "measures.csv")
    measures = [_measure(number, row) for number, row in enumerate(rows, 1)]
    withdrawn = next(row for row in _rows(folder / "withdrawn.csv") if row["status"] == "withdrawn")
    measures.append(_withdrawn(len(rows) + 1, withdrawn))
    by_code = {measure.code: measure for measure in measures}
    in_use = dict.fromkeys(row["directorate"] for row in rows)
    return with_version(
        Framework(
            council="Dudley",
            year_start=4,
            reporting="quarterly",
            measures=tuple(measures),
            directorates=tuple(
                Directorate(key, name, role, f"{key}@dudley.example")
                for name, (key, role) in ((name, DIRECTORATES[name]) for name in in_use)
            ),
            priorities=tuple(Priority(key, name) for name, key in PRIORITY_KEYS.items()),
            schemes=dict(BUILT_IN),
            default_scheme=SCHEME,
            targets=dict(entry for row in rows for entry in _targets(by_code[row["code"]], row)),
            past=dict(entry for row in rows for entry in _past(by_code[row["code"]], row)),
            published=dict(_published(by_code[row["code"]], row) for row in rows),
            published_totals=tuple(
                PublishedTotal(Q2, group, outcome, count)
                for group, counts in TOTALS
                for outcome, count in counts.items()
            ),
            benchmarks=tuple(_benchmarks(by_code, _rows(folder / "benchmarks.csv"))),
            sections=SECTIONS,
            grids=GRIDS,
        )
    )


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _is_in_arrears(row: Row) -> bool:
    return "arrears" in row["calculation"]


def _typed_values(row: Row) -> Iterator[str]:
    """Every figure and target that the report prints for a measure."""
    for name, value in row.items():
        if name.endswith(("_actual", "_target")) and value:
            yield value


def _measure(number: int, row: Row) -> Measure:
    unit = Unit.parse(row["unit"])
    typed = [read_typed(value, unit) for value in _typed_values(row)]
    # Every figure and target is to be shown in full; a percentage without any gets the usual one decimal.
    decimals = max((each.decimals for each in typed if each.decimals is not None), default=1)
    code = row["code"]
    numerator, denominator = FRACTIONS.get(code, ("", ""))
    definition = DEFINITIONS.get(code, f"{numerator}, as a percentage of: {denominator.lower()}." if numerator else "")
    notes = [NOTES.get(code, ""), JUDGED if row["directorate_source"] == "judged" else ""]
    if row["reporting_note"] and code not in {"PI432", "PI1498", "PI1499"}:
        notes.insert(0, row["reporting_note"].rstrip(".") + ".")
    return Measure(
        key=f"dud-{number:03d}",
        code=code,
        title=row["title"],
        priority=PRIORITY_KEYS[row["priority"]],
        directorate=DIRECTORATES[row["directorate"]][0],
        unit=unit,
        decimals=decimals,
        polarity=POLARITY[row["polarity"]],
        calculation="cumulative" if row["calculation"] == "cumulative" else "snapshot",
        arrears=1 if _is_in_arrears(row) else 0,
        numerator=numerator,
        denominator=denominator,
        minimum=Decimal(0),
        maximum=Decimal(1) if unit.kind == "percent" else None,
        definition=definition,
        note=" ".join(filter(None, notes)),
    )


def _withdrawn(number: int, row: Row) -> Measure:
    return Measure(
        key=f"dud-{number:03d}",
        code=row["code"],
        title=row["title"],
        priority=PRIORITY_KEYS[row["priority"]],
        directorate=DIRECTORATES["Commercial & Customer Service Inc. ICT"][0],
        unit=Unit.parse("£"),
        decimals=0,
        polarity="higher",
        last=parse("2019-20 Q4"),
        note=WITHDRAWN_NOTE,
    )


def _targets(measure: Measure, row: Row) -> Iterator[tuple[Key, Target]]:
    """The target of the period that was reported and of the one a year before (a quarter earlier for waste)."""
    for name in ("comparator", "reported"):
        value = read_typed(row[f"{name}_target"], measure.unit).number
        if value is not None:
            yield (
                (measure.key, parse(row[f"{name}_period"])),
                Target(value, None, display(value, measure.number_format)),
            )


def _past(measure: Measure, row: Row) -> Iterator[tuple[Key, PastFigure]]:
    """What was published before: last year's figure, and that of the quarter before.

    The waste measures report the quarter before only now, so theirs arrives in the return.
    """
    printed = {parse(row["comparator_period"]): row["comparator_actual"]}
    if not _is_in_arrears(row):
        printed[LAST_QUARTER] = row["q1_actual"]
    for period, text in printed.items():
        figure = past_figure(read_typed(text, measure.unit), measure, text, NOWHERE)
        if figure is None:
            raise ValueError(f"{measure.code} {period}: {text!r} is not understood.")
        yield (measure.key, period), figure


def _published(measure: Measure, row: Row) -> tuple[Key, Published]:
    # The report prints no legible symbol of the annual comparison beside any row.
    published = Published(row["reported_actual"], BANDS[row["score_meaning"]], row["trend_meaning"], "")
    return (measure.key, parse(row["reported_period"])), published


def _benchmarks(by_code: Mapping[str, Measure], rows: list[Row]) -> Iterator[Benchmark]:
    """Those of the scorecard itself; ranks and words have no figure."""
    for row in rows:
        if row["where"] != "scorecard":
            continue
        measure = by_code[row["code"]]
        understood = read_typed(row["value_as_typed"], measure.unit)
        # A percentage beside a count is another measure's figure; `2.9% Days` beside days is a slip of the report.
        is_other = understood.unit == "%" and measure.unit.kind != "percent" and "Days" not in row["benchmark_as_typed"]
        value = None if row["kind"] != "figure" or is_other else understood.number
        places = understood.decimals or 0
        number_format = f"0.{'0' * places}" if places else "0"
        shown = "" if value is None else display(value, number_format + ("%" if measure.unit.kind == "percent" else ""))
        yield Benchmark(measure.key, row["benchmark_as_typed"], value, shown)


# --- A council of its own --------------------------------------------------------------------------------------------


def blank() -> Framework:
    """A framework to begin with: two example measures of a plain council, and the built-in schemes."""
    note = "An example: write your own measure over it, or clear the row."
    measures = (
        Measure(
            key="m-001",
            code="EX1",
            title="Example: calls answered within 30 seconds",
            priority="example-priority",
            directorate="example-directorate",
            unit=Unit.parse("percent"),
            decimals=1,
            polarity="higher",
            numerator="Calls answered within 30 seconds",
            denominator="Calls received",
            minimum=Decimal(0),
            maximum=Decimal(1),
            definition="Calls answered within 30 seconds, as a percentage of calls received in the quarter.",
            note=note,
        ),
        Measure(
            key="m-002",
            code="EX2",
            title="Example: working days lost to sickness for each full-time post",
            priority="example-priority",
            directorate="example-directorate",
            unit=Unit.parse("days per FTE"),
            decimals=2,
            polarity="lower",
            calculation="cumulative",
            minimum=Decimal(0),
            definition="Working days lost to sickness since 1 April, for each full-time post.",
            note=note,
        ),
    )
    first = parse("2026-27 Q1")
    return with_version(
        Framework(
            council="Your council",
            year_start=4,
            reporting="quarterly",
            measures=measures,
            directorates=(Directorate("example-directorate", "Example directorate", "Head of Service", ""),),
            priorities=(Priority("example-priority", "Example priority"),),
            schemes=dict(BUILT_IN),
            default_scheme="rag",
            targets={
                ("m-001", first): Target(Decimal("0.85"), None, "85.0%"),
                ("m-002", first): Target(Decimal(2), None, "2.00"),
            },
        )
    )


def settings(framework: Framework, period: str, due_days: int, due: str, style: str = "") -> str:
    """The text of perfbook.toml; `style` is its section [style]."""
    return f"""\
# The settings of this workspace. Lines that begin with # are explanations.

# The council's name, as it stands on returns and scorecards.
council = "{framework.council}"

# The period that is being collected. Change it when the next one begins; it is never guessed from the clock.
period = "{period}"

# How often returns are sent out: monthly, quarterly, termly, half-yearly or yearly.
reporting = "{framework.reporting}"

# The month in which the council's year starts.
year_start = "April"

# How measures are scored unless framework.xlsx names another scheme for them (its sheet Schemes).
scheme = "{framework.default_scheme}"

[returns]
# Where the returns lie: a folder beside this file, or a full path such as "S:/Performance/Returns".
folder = "returns"

# Returns are due so many days after the end of the period, and late after so many days more.
due_days = {due_days}
grace_days = 0

# A date for a period that differs from the rule above: one line a period.
[returns.due]
{due}
{style}"""


# --- Files -----------------------------------------------------------------------------------------------------------


def files(data: Path) -> dict[str, bytes]:
    """Every file that this script makes, by its path below workbook_templates."""
    dudleys, empty = dudley(data), blank()
    sandwells = sandwell(data.parent / "sandwell_2023_q3")
    kirkleeses = kirklees(data.parent / "kirklees_2017_q2")
    children, children_in_june = (
        walsall_children(data.parent / "walsall_sip_2013", *version) for version in ((), (TO_JUNE,))
    )
    plan = walsall_plan(data.parent / "walsall_markers_2021_q2")
    first = parse("2026-27 Q1")
    return {
        "dudley/framework.xlsx": write_framework(
            dudleys, created=CREATED, periods=tuple(span(parse("2020-21 Q1"), parse("2020-21 Q4")))
        ),
        "dudley/perfbook.toml": settings(
            dudleys, "2020-21 Q2", 19, '"2020-21 Q2" = 2020-10-19', STYLES["dudley"].toml()
        ).encode(),
        "sandwell/framework.xlsx": write_framework(
            sandwells, created=CREATED, periods=tuple(span(parse("2023-24 Q1"), parse("2023-24 Q4")))
        ),
        "sandwell/perfbook.toml": settings(
            sandwells, "2023-24 Q3", 22, '"2023-24 Q3" = 2024-01-22', STYLES["sandwell"].toml()
        ).encode(),
        "kirklees/framework.xlsx": write_framework(
            kirkleeses, created=CREATED, periods=(parse("2017-18"), *span(parse("2017-18 Q1"), parse("2017-18 Q4")))
        ),
        "kirklees/perfbook.toml": settings(
            kirkleeses, "2017-18 Q2", 21, '"2017-18 Q2" = 2017-10-20', STYLES["kirklees"].toml()
        ).encode(),
        "walsall-children/framework.xlsx": write_framework(
            children, created=CREATED, periods=tuple(span(parse("Apr 2013"), parse("Mar 2014")))
        ),
        # What was in force in the round before, see sample.toml.
        "walsall-children/framework Jun 2013.xlsx": write_framework(
            children_in_june, created=CREATED, periods=tuple(span(parse("Apr 2013"), parse("Mar 2014")))
        ),
        "walsall-children/perfbook.toml": settings(
            children, "Jul 2013", 15, '"Jul 2013" = 2013-08-15', STYLES["walsall-children"].toml()
        ).encode(),
        "walsall-plan/framework.xlsx": write_framework(
            plan, created=CREATED, periods=tuple(span(parse("2021-22 Q1"), parse("2021-22 Q4")))
        ),
        "walsall-plan/perfbook.toml": settings(
            plan, "2021-22 Q2", 31, '"2021-22 Q2" = 2021-10-31', STYLES["walsall-plan"].toml()
        ).encode(),
        "walsall-plan/published figures.csv": published_figures(data.parent / "walsall_markers_2021_q2"),
        "blank/framework.xlsx": write_framework(empty, created=CREATED, periods=tuple(span(first, first.shift(3)))),
        "blank/perfbook.toml": settings(empty, "2026-27 Q1", 21, '# "2026-27 Q1" = 2026-07-21').encode(),
    }


def main(arguments: list[str]) -> None:
    """Writes the files beside this script."""
    if len(arguments) != 1:
        raise SystemExit("Name the folder of Dudley's figures: make_frameworks.py ../shared/data/dudley_2020_q2")
    for name, content in files(Path(arguments[0])).items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
