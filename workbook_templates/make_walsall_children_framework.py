"""Walsall children's services: the framework of its improvement scorecard of 2013, from the published figures.

Called by make_frameworks.py. The scorecard was published twice, to June and to July, and each has a framework: what
its report prints (see walsall_children_june.py), and each figure as it was printed first; what July printed otherwise
comes in July's returns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from walsall_children_june import as_in_june

from perfbook.framework.model import (
    Band,
    Benchmark,
    Directorate,
    Framework,
    Frequency,
    Grid,
    GridLine,
    Measure,
    PastFigure,
    Place,
    Polarity,
    Priority,
    Published,
    Scheme,
    Section,
    Target,
    Unit,
)
from perfbook.framework.periods import Period, parse
from perfbook.framework.typed import past_figure, read_typed
from perfbook.framework.version import with_version
from perfbook.workbook.numfmt import display

Row = Mapping[str, str]
Key = tuple[str, Period]
MAR_12, MAR_13, JUNE, JULY = (parse(each) for each in ("Mar 2012", "Mar 2013", "Jun 2013", "Jul 2013"))
YEAR = parse("2012-13")
TO_JUNE, TO_JULY = "to Jun-13", "to Jul-13"
NOWHERE = Place("framework.xlsx", "Past figures", "")

MET = Scheme(
    key="met-not-met",
    name="Met or not met",
    bands=(
        Band("met", "Minimum standard met", "\u2714", "#1B6B3A", Decimal(0)),
        Band("not_met", "Minimum standard not met", "\u2716", "#B3261E"),
    ),
    exception_from=2,
)
SECTIONS = {
    "1.0 Outcomes": "outcomes",
    "2.0 Outputs": "outputs",
    "3.0 Processes": "processes",
    "4.0 Input": "input",
}
DIRECTORATES = (
    Directorate("social-care", "Children's Social Care", "Head of Safeguarding", "social-care@walsall.example"),
    Directorate("early-help", "Early Help and Youth Justice", "Head of Early Help", "early-help@walsall.example"),
    Directorate("workforce", "Children's Workforce", "Head of Workforce", "workforce@walsall.example"),
)
SB, BB, NOT_SAID, RANGE = "lower", "higher", "none", "range"


@dataclass(frozen=True)
class About:
    """What the figures do not say of a measure in so many words."""

    title: str
    directorate: str
    unit: str
    decimals: int
    polarity: Polarity
    frequency: Frequency = "monthly"
    again: int = 0
    standard: str = ""
    high: str = ""
    numerator: str = ""
    denominator: str = ""
    definition: str = ""
    note: str = ""


JUDGED = "The report names no directorate; this is our best reading. "
NO_STANDARD = "The report prints no minimum standard; the England average stands here in its place. "
PRINTED_LATER = "The report to June prints no better direction; that to July does. "
# In the order of the report.
MEASURES: tuple[About, ...] = (
    About(
        "Child protection plans that had lasted two years or more when they ended",
        "social-care",
        "percent",
        1,
        SB,
        standard="5.6%",
        definition="Plans that had lasted two years or more, in percent of all plans that ended since 1 April.",
        note=NO_STANDARD,
    ),
    About(
        "Episodes of children in need that had lasted two years or more when they ended",
        "social-care",
        "percent",
        2,
        SB,
        standard="9.2%",
        definition="Episodes that had lasted two years or more, in percent of all that ended since 1 April.",
        note=NO_STANDARD,
    ),
    About(
        "Offences against under-18s in Walsall, in percent of those in the West Midlands",
        "early-help",
        "percent",
        1,
        SB,
        "yearly",
        standard="9.8%",
        definition="Offences of which somebody under 18 was the victim, once a year.",
        note="The standard is the share that Walsall's population would lead to expect, which the report names. ",
    ),
    About(
        "Accidental and deliberate injuries: admissions to hospital",
        "early-help",
        "rate per 10,000",
        1,
        SB,
        "yearly",
        standard="124.3",
        definition="Admissions for each 10,000 children, once a year; published in the following June.",
        note=NO_STANDARD + "The unit is our reading: 96 stands beside 609 admissions. ",
    ),
    About(
        "Second or subsequent child protection plan within two years of a plan",
        "social-care",
        "percent",
        1,
        RANGE,
        standard="10%",
        high="15%",
        definition="Children with a plan who had had one in the two years before, in percent of those with a new plan.",
        note="The report prints that smaller is better, and calls 10 to 15 percent ideal: the range counts here. ",
    ),
    About(
        "Child protection plans reviewed in time",
        "social-care",
        "percent",
        1,
        BB,
        standard="96.7%",
        numerator="Reviews in time since 1 April",
        denominator="Reviews due since 1 April",
        definition="Reviews in time, in percent of all that were due since 1 April.",
        note=NO_STANDARD,
    ),
    About(
        "Initial assessments completed in less than 10 days",
        "social-care",
        "percent",
        1,
        BB,
        standard="77.4%",
        definition="Initial assessments completed in less than 10 working days, in percent of all since 1 April.",
        note=NO_STANDARD,
    ),
    About(
        "Core assessments completed in less than 35 days",
        "social-care",
        "percent",
        1,
        BB,
        standard="75.5%",
        definition="Core assessments completed in less than 35 working days, in percent of all since 1 April.",
        note=NO_STANDARD,
    ),
    About(
        "Social worker vacancies",
        "workforce",
        "percent",
        2,
        SB,
        again=1,
        definition="Vacant posts, in percent of all posts of social workers.",
        note=PRINTED_LATER,
    ),
    About(
        "Sickness: days lost per social worker or senior practitioner",
        "workforce",
        "days per FTE",
        2,
        SB,
        again=1,
        definition="Working days lost to sickness in the last twelve months, on average.",
        note=PRINTED_LATER,
    ),
    About(
        "Agency staff: social workers, senior practitioners, team managers",
        "workforce",
        "count",
        0,
        NOT_SAID,
        again=1,
        definition="Agency staff at the end of the month; from July 2013 full-time equivalents worked out from hours.",
        note="The report prints no better direction. From July it counts full-time equivalents and marks the figure. ",
    ),
    About(
        "Social worker turnover",
        "workforce",
        "percent",
        2,
        SB,
        again=1,
        definition="Social workers who left in the last twelve months, in percent of all.",
        note=PRINTED_LATER + "June is 14.04% in the report to June and 8.6% in that to July. ",
    ),
    About(
        "Open cases of children in need per worker",
        "workforce",
        "count",
        1,
        NOT_SAID,
        again=1,
        definition="Children in need, with those in protection and in care, for each worker with cases.",
        note="The report prints no better direction. It gives 37 for 2012-13, and later 25.2. ",
    ),
    About(
        "Supervisions completed in time",
        "workforce",
        "percent",
        1,
        BB,
        again=1,
        definition="Supervisions of social workers held in time, in percent of those due.",
        note=PRINTED_LATER,
    ),
)

PLANS = Grid(
    "plans",
    "Child protection plans",
    ("Mar 2012", "Mar 2013", "Year to date"),
    (
        GridLine("plans-open", "Plans at the end"),
        GridLine("plans-ended", "Ended during the year"),
        GridLine("plans-begun", "Begun during the year"),
    ),
    ("social-care",),
)
ASSESSMENTS = Grid(
    "s47",
    "Section 47 and conferences",
    ("Mar 2012", "Mar 2013", "Year to date"),
    (
        GridLine("s47-enquiries", "Section 47 assessments carried out"),
        GridLine("s47-conferences", "Initial child protection conferences"),
        GridLine("s47-led", "Conferences that led to a plan", decimals=1, percent=True),
    ),
    ("social-care",),
)
SOURCES = Grid(
    "sources",
    "Source of referral",
    ("2012-13", "Year to date", "No further action, 2012-13", "No further action, year to date"),
    tuple(
        GridLine(f"source-{key}", label, decimals=1, percent=True)
        for key, label in (
            ("police", "Police"),
            ("health", "Health"),
            ("schools", "Schools"),
            ("housing", "Housing"),
            ("family", "Relatives, self, anonymous"),
            ("others", "Others"),
        )
    ),
    ("social-care",),
)
COMPLAINTS = Grid(
    "complaints",
    "Complaints",
    ("Mar 2013", "Year to date"),
    (
        GridLine("stage-1", "Stage 1"),
        *(
            GridLine(f"stage-1-{name[:3].lower()}", f"In {name}", "Stage 1 by month", "stage-1")
            for name in ("April", "May", "June", "July")
        ),
        GridLine("stage-2", "Stage 2"),
        GridLine("stage-3", "Stage 3"),
    ),
    ("social-care",),
)
EARLY_HELP = Grid(
    "early-help",
    "Early help",
    ("2 periods before", "Period before", "This period"),
    (
        GridLine("early-received", "Assessments received"),
        GridLine("early-up", "Cases stepped up to level 3"),
        GridLine("early-down", "Cases stepped down from level 3"),
    ),
    ("early-help",),
)
GRIDS = (PLANS, ASSESSMENTS, SOURCES, COMPLAINTS, EARLY_HELP)
END_MEASURES = Section(
    "end-measures",
    "How early help cases end",
    "Which outcomes are counted when a case is closed, and since when.",
    ("early-help",),
    needed=True,
)


def rows_of(folder: Path, version: str) -> list[Row]:
    """The measures of one version of the report, in its order."""
    with (folder / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["version"] == version]
    if len(rows) != len(MEASURES):
        raise ValueError(f"{version}: {len(rows)} measures, expected {len(MEASURES)}.")
    return rows


def periods_of(row: Row) -> Iterator[tuple[Period, str]]:
    """The figures of a row: the period that each is about, and as it is typed."""
    for number in "123":
        label, value = row[f"period_{number}"], row[f"value_{number}"]
        if label and (period := period_of(label)):
            yield period, value


def period_of(label: str) -> Period | None:
    """The month that a column of the report is about: years are shown as they stood at their end."""
    words = label.replace("YTD ", "").replace("2013/14 to ", "").strip()
    for text, period in {
        "Mar-12": MAR_12,
        "2011/12": MAR_12,
        "Mar-13": MAR_13,
        "2012/13": MAR_13,
        "Jun-13": JUNE,
        "June 13": JUNE,
        "June": JUNE,
        "Jul-13": JULY,
        "July 13": JULY,
        "July": JULY,
    }.items():
        if words == text:
            return period
    raise ValueError(f"{label!r} is no period.")


def key_of(number: int) -> str:
    """The key of a measure by its place in the report, from 1."""
    return f"wal-c{number:02d}"


def walsall_children(folder: Path, version: str = TO_JULY) -> Framework:
    """The framework of a version of the report, from the folder of published figures."""
    reports = {JUNE: rows_of(folder, TO_JUNE)}
    abouts = as_in_june(MEASURES, reports[JUNE])
    if version == TO_JULY:
        reports[JULY], abouts = rows_of(folder, TO_JULY), MEASURES
    *_, newest = reports.values()
    described = enumerate(zip(abouts, newest, strict=True), 1)
    measures = tuple(_measure(number, about, row) for number, (about, row) in described)
    printed: dict[Key, str] = {}
    for rows in reports.values():
        for measure, row in zip(measures, rows, strict=True):
            for period, value in periods_of(row):
                # Of a yearly figure the report prints in the other columns when it will come.
                if measure.frequency != "yearly" or period == MAR_13:
                    printed.setdefault((measure.key, _about(measure, period)), value)
    by_key = {measure.key: measure for measure in measures}
    return with_version(
        Framework(
            council="Walsall Children's Services",
            year_start=4,
            reporting="monthly",
            measures=measures,
            directorates=DIRECTORATES,
            priorities=tuple(Priority(key, name.partition(" ")[2]) for name, key in SECTIONS.items()),
            schemes={MET.key: MET},
            default_scheme=MET.key,
            targets=dict(_targets(measures)),
            past=dict(_past(by_key, printed, newest)),
            published={
                key: Published(_as_printed(by_key[key[0]], value), _score(key, by_key, reports))
                for key, value in printed.items()
                if value
            },
            benchmarks=tuple(_benchmarks(measures, newest)),
            sections=(END_MEASURES,),
            grids=GRIDS,
        )
    )


def _measure(number: int, about: About, row: Row) -> Measure:
    return Measure(
        key=key_of(number),
        code=f"{row['section'].partition(' ')[0][0]}.{_place(number)}",
        title=about.title,
        priority=SECTIONS[row["section"]],
        directorate=about.directorate,
        unit=Unit.parse(about.unit),
        decimals=about.decimals,
        polarity=about.polarity,
        frequency=about.frequency,
        numerator=about.numerator,
        denominator=about.denominator,
        again=about.again,
        definition=about.definition,
        note=f"{about.note}{JUDGED}".strip(),
    )


def _place(number: int) -> int:
    """The place within the section."""
    return number - max(start for start in (0, 4, 5, 8) if start < number)


def _about(measure: Measure, period: Period) -> Period:
    return YEAR if measure.frequency == "yearly" and period == MAR_13 else period


def _targets(measures: tuple[Measure, ...]) -> Iterator[tuple[Key, Target]]:
    for measure, about in zip(measures, MEASURES, strict=True):
        if not about.standard:
            continue
        low, high = (read_typed(text, measure.unit).number if text else None for text in (about.standard, about.high))
        for period in (YEAR,) if measure.frequency == "yearly" else (MAR_12, MAR_13, JUNE, JULY):
            yield (
                (measure.key, period),
                Target(low, high, f"{about.standard} - {about.high}" if high else about.standard),
            )


def _past(
    by_key: Mapping[str, Measure], printed: Mapping[Key, str], newest: list[Row]
) -> Iterator[tuple[Key, PastFigure]]:
    """Figures of the years before, as the newest report has them."""
    newer = {
        (key_of(number), period): value
        for number, row in enumerate(newest, 1)
        for period, value in periods_of(row)
        if value
    }
    for (key, period), first in printed.items():
        if period in (JUNE, JULY) or not first:
            continue
        measure, typed = by_key[key], newer.get((key, MAR_13 if period == YEAR else period), first)
        shown = _as_printed(measure, typed)
        figure = past_figure(read_typed(shown, measure.unit), measure, shown, NOWHERE)
        if figure is None:
            raise ValueError(f"{key} {period}: {shown!r} is not understood.")
        yield (key, period), figure


def _as_printed(measure: Measure, typed: str) -> str:
    """A figure as it was printed; the report leaves the per cent sign to the title."""
    return f"{typed}%" if measure.unit.kind == "percent" and typed.replace(".", "").isdigit() else typed


def _score(key: Key, by_key: Mapping[str, Measure], reports: Mapping[Period, list[Row]]) -> str:
    """The band that a report printed beside a figure, where its symbol can be read."""
    for current, rows in reports.items():
        row = rows[list(by_key).index(key[0])]
        shown = [_about(by_key[key[0]], period) for period, value in periods_of(row) if value]
        reading = row["performance_symbol_reading"]
        if shown and shown[-1] == key[1] and (current == JUNE or key[1] == JULY):
            if reading.startswith("achieved"):
                return "met"
            if "did not meet" in reading:
                return "not_met"
    return ""


def _benchmarks(measures: tuple[Measure, ...], newest: list[Row]) -> Iterator[Benchmark]:
    for measure, row in zip(measures, newest, strict=True):
        typed = row["comparator_value"]
        if not typed or typed == "n/a":
            continue
        shown = _as_printed(measure, typed)
        number = read_typed(shown, measure.unit).number
        assert number is not None
        places = len(typed.partition(".")[2])
        plain = f"0.{'0' * places}" if places else "0"
        shape = f"{plain}%" if measure.unit.kind == "percent" else plain
        label = f"{shown} England average" if "Avge" in row["comparator_label"] else f"{shown} England"
        yield Benchmark(measure.key, label, number, display(number, shape), "March 2012")
