"""What a report says, as plain texts: Word template and HTML digest both show this, and the words are the scorecard's.

Every figure is the text that the scorecard shows. Colours are RRGGBB without a #, as Word wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from perfbook.account import count_findings, count_returns
from perfbook.figure_notes import closing_sentence, with_mark
from perfbook.framework.model import Action, Framework, Measure
from perfbook.framework.periods import Period
from perfbook.records import SEVERITIES, Finding, Quarter
from perfbook.reports.altered import AlteredSection, altered_of
from perfbook.reports.deeds import DeedGroup, plan_of, ratings_of, said_of_ratings
from perfbook.reports.plot import Plot, ratings_by_priority, scores_by_period, scores_by_priority, trend
from perfbook.reports.tables import ReportTable, tables_of
from perfbook.reports.tally import Tally
from perfbook.reports.themes import Status, Theme, themes_of, together
from perfbook.reports.year_end import YearEnd, year_ends
from perfbook.scorecard.benchmarks import compared_text
from perfbook.scorecard.colours import band_colours, tints
from perfbook.scorecard.definitions import scheme_words
from perfbook.scorecard.lists import STATE_WORDS
from perfbook.scorecard.reconcile import actual_text, figures_text, running_text, score_word
from perfbook.scorecard.view import MOST_YEARS, View
from perfbook.scorecard.words import (
    DIRECTION_ARROWS,
    DIRECTION_LABELS,
    DIRECTION_WORDS,
    MEASURE_LABELS,
    NO_ACTION,
    NO_COMMENTARY,
    NO_TARGET,
    SEVERITY_WORDS,
    ZONE,
    figure_text,
    moment,
    rating_labels,
    score_labels,
)
from perfbook.scoring.judge import Counts, Judgement, count
from perfbook.sent import days_late, findings_of
from perfbook.workbook.palette import STANDARD
from perfbook.workbook.text import day_in_words


@dataclass(frozen=True)
class Line:
    """One measure in the reporting period. `about` is the period of its figure where that is another one."""

    key: str
    code: str
    title: str
    unit: str
    priority: str
    directorate: str
    owner: str
    about: str
    state: str
    actual: str
    target: str
    previous: str
    last_year: str
    score: str
    score_key: str
    trend: str
    trend_key: str
    annual: str
    annual_key: str
    benchmark: str
    commentary: str
    action: str
    fill: str = "FFFFFF"
    ink: str = STANDARD.text[1:]
    # For sorting: 1 is the best band and the best way to go, none where there is none.
    rank: str = ""
    trend_rank: str = ""
    annual_rank: str = ""
    # Of a measure whose figures add up: the year to date, and the target of the whole year.
    to_date: str = ""
    running: str = ""
    year_target: str = ""
    # The figures of the whole years that `Story.years` names.
    years: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Code and title."""
        return f"{self.code} {self.title}".strip()


@dataclass(frozen=True)
class Group:
    """The measures of one priority or directorate, with their counts."""

    key: str
    name: str
    lines: tuple[Line, ...]
    measures: Mapping[str, int]
    scores: tuple[Tally, ...]
    trends: tuple[Tally, ...]
    annuals: tuple[Tally, ...]
    exceptions: tuple[Line, ...]
    # What a directorate writes itself: heading and text.
    said: tuple[Note, ...] = ()

    @property
    def sentence(self) -> str:
        """The counts as a sentence: `12 measures reported of 13 due: 6 ★ Exceeds target, ...`."""
        reported, due = self.measures["reported"], self.measures["due"]
        scores = ", ".join(f"{each.number} {each.label}" for each in self.scores if each.number)
        begin = (
            f"{reported} of {due} measure{'' if due == 1 else 's'} due {'was' if reported == 1 else 'were'} reported"
        )
        return f"{begin}: {scores}." if scores else f"{begin}."


@dataclass(frozen=True)
class Detail:
    """A measure that needs an explanation, with its chart."""

    line: Line
    plot: Plot


@dataclass(frozen=True)
class Sent:
    """One expected return. `measures` counts what is asked for, actions too, `answered` what of it was answered; `days`
    is how many days after the due date it came, or is now; 0 if in time."""

    key: str
    directorate: str
    role: str
    state: str
    due: str
    received: str
    received_sort: str
    days: int
    late: str
    answered: int
    measures: int
    signed: str
    findings: int
    fill: str
    ink: str


@dataclass(frozen=True)
class Note:
    """One thing to know about the data: what it is about, and what."""

    about: str
    text: str


@dataclass(frozen=True)
class Story:
    """All that a report of one quarter says."""

    council: str
    period: str
    as_at: str
    notice: str
    measures: tuple[Tally, ...]
    scores: tuple[Tally, ...]
    trends: tuple[Tally, ...]
    annuals: tuple[Tally, ...]
    returns: Mapping[str, int]
    findings: Mapping[str, object]
    headlines: tuple[str, ...]
    priorities: tuple[Group, ...]
    directorates: tuple[Group, ...]
    exceptions: tuple[Detail, ...]
    sent: tuple[Sent, ...]
    notes: tuple[Note, ...]
    schemes: tuple[Note, ...]
    by_priority: Plot
    by_period: Plot
    year_ends: tuple[YearEnd, ...] = ()
    plan: tuple[DeedGroup, ...] = ()
    ratings: tuple[Tally, ...] = ()
    by_rating: Plot | None = None
    tables: tuple[ReportTable, ...] = ()
    # The last three whole years of which figures are known, the oldest first; empty for those of which none is.
    years: tuple[str, ...] = ()
    themes: tuple[Theme, ...] = ()
    statuses: tuple[Status, ...] = ()
    changes: tuple[AlteredSection, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether actions are told in words, with a baseline."""
        return any(deed.baseline for group in self.plan for deed in group.deeds)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every measure in force, by priority."""
        return tuple(line for group in self.priorities for line in group.lines)


def story_of(quarter: Quarter) -> Story:
    """What a report of the quarter says."""
    view = View(quarter, quarter.period)
    framework = view.framework
    lines = {row.measure.key: _line(view, row) for row in view.rows if row.state != "withdrawn"}
    explained = {view.rows[place].measure.key for place in view.exceptions(view.chosen)}
    counts = view.counts[view.chosen]
    returns = count_returns(quarter.returns)
    sent = _returns(quarter)
    priorities = [
        _group(view, each.key, each.name, lines, explained, [r for r in view.rows if r.measure.priority == each.key])
        for each in framework.priorities
    ]
    directorates = [
        replace(
            _group(
                view, each.key, each.name, lines, explained, [r for r in view.rows if r.measure.directorate == each.key]
            ),
            said=_said_by(view, each.key),
        )
        for each in framework.directorates
    ]
    details = tuple(
        Detail(lines[row.measure.key], trend(view, row))
        for group in framework.priorities
        for row in view.rows
        if row.measure.priority == group.key and row.measure.key in explained
    )
    plan, ratings = plan_of(view), ratings_of(view, view.rated[view.chosen].values())
    scores = _scores(framework, counts)
    states = tuple(Tally(key, label, counts.measures[key]) for key, label in MEASURE_LABELS.items())
    shown = tuple(group for group in priorities if group.lines)
    return Story(
        council=framework.council,
        period=quarter.period.label,
        as_at=moment(quarter.as_at),
        notice=quarter.notice,
        measures=states,
        scores=scores,
        trends=_directions(counts.trend),
        annuals=_directions(counts.annual),
        returns=returns,
        findings=count_findings(quarter.findings),
        headlines=_headlines(view, counts, returns, len(details)),
        priorities=shown,
        directorates=tuple(group for group in directorates if group.lines or group.said),
        exceptions=details,
        sent=sent,
        notes=tuple(_notes(view)),
        schemes=tuple(_schemes(framework)),
        by_priority=scores_by_priority(view),
        by_period=scores_by_period(view),
        year_ends=year_ends(view),
        plan=plan,
        ratings=ratings,
        by_rating=ratings_by_priority(view) if view.has_actions else None,
        tables=tables_of(view),
        years=_padded([year.label for year in view.whole_years]),
        themes=themes_of([(each.key, each.name) for each in framework.priorities], shown, plan),
        statuses=together(scores, states, ratings),
        changes=altered_of(view),
    )


def _line(view: View, row: Judgement) -> Line:
    framework, measure = view.framework, row.measure
    observation = view.observation(row)
    _, target, previous, last_year = figures_text(row)
    reported = row.state == "reported"
    band = framework.scheme_of(measure).band(row.band)
    ink, fill = tints(band) if band else (STANDARD.text, STANDARD.page)
    return Line(
        key=measure.key,
        code=measure.code,
        title=measure.title,
        unit=measure.unit.shown,
        priority=next((each.name for each in framework.priorities if each.key == measure.priority), ""),
        directorate=framework.directorate(measure.directorate).name,
        owner=measure.owner,
        about=row.about.label if row.about and row.about != view.chosen else "",
        state=row.state,
        actual=with_mark(actual_text(row), view.note(row)),
        target=target or (NO_TARGET if row.about else ""),
        previous=previous,
        last_year=last_year,
        score=score_word(framework, row) if reported else "",
        score_key=(band.key if band else "not_scored") if reported else "",
        trend=_movement(row.trend) if reported else "",
        trend_key=_movement_key(row.trend) if reported else "",
        annual=_movement(row.annual) if reported else "",
        annual_key=_movement_key(row.annual) if reported else "",
        benchmark=compared_text(framework, row),
        commentary=(observation.commentary if observation else "") or NO_COMMENTARY,
        action=(observation.action if observation else "") or NO_ACTION,
        fill=fill[1:],
        ink=ink[1:],
        rank=str(row.band or "") if reported else "",
        trend_rank=_rank(row.trend),
        annual_rank=_rank(row.annual),
        to_date=figure_text(measure, row.to_date) if measure.adds_up else "",
        running=running_text(row),
        year_target=figure_text(measure, row.year_target) if measure.calculation == "cumulative" else "",
        years=_padded([_of_year(view, measure, year) for year in view.whole_years]),
    )


def _padded(texts: list[str]) -> tuple[str, ...]:
    """As many texts as a report has columns for, the missing ones first."""
    return (*[""] * (MOST_YEARS - len(texts)), *texts)


def _of_year(view: View, measure: Measure, year: Period) -> str:
    observation = view.observations.get((measure.key, year))
    return figure_text(measure, observation.actual) if observation else ""


def _rank(direction: int | None) -> str:
    return "" if direction is None else str(2 - direction)


def _movement(direction: int | None) -> str:
    return f"{DIRECTION_ARROWS[direction]}{DIRECTION_WORDS[direction]}"


def _movement_key(direction: int | None) -> str:
    return next((key for key, value in (("improved", 1), ("consistent", 0), ("worse", -1)) if value == direction), "")


def _group(
    view: View, key: str, name: str, lines: Mapping[str, Line], explained: set[str], rows: Iterable[Judgement]
) -> Group:
    rows = [row for row in rows if row.measure.key in lines]
    counts = count(view.framework, rows)
    return Group(
        key,
        name,
        tuple(lines[row.measure.key] for row in rows),
        counts.measures,
        _scores(view.framework, counts),
        _directions(counts.trend),
        _directions(counts.annual),
        tuple(lines[row.measure.key] for row in rows if row.measure.key in explained),
    )


def _said_by(view: View, directorate: str) -> tuple[Note, ...]:
    """What a directorate wrote in this period, by its headings."""
    found = [
        (section.title, view.texts.get((directorate, section.key, view.chosen)))
        for key, section in view.section_rows
        if key == directorate
    ]
    return tuple(Note(title, text.text) for title, text in found if text and text.text)


def _scores(framework: Framework, counts: Counts) -> tuple[Tally, ...]:
    colours = band_colours(framework, STANDARD)
    return tuple(
        Tally(key, label, counts.score[key], colours[key][0][1:], colours[key][1][1:])
        for key, label in score_labels(framework).items()
        if key != "not_scored" or counts.score[key]
    )


def _directions(counts: Mapping[str, int]) -> tuple[Tally, ...]:
    arrows = dict(zip(DIRECTION_LABELS, (1, 0, -1, None), strict=True))
    return tuple(
        Tally(key, f"{DIRECTION_ARROWS[arrows[key]]}{label}", counts[key]) for key, label in DIRECTION_LABELS.items()
    )


def _headlines(view: View, counts: Counts, returns: Mapping[str, int], exceptions: int) -> tuple[str, ...]:
    """The quarter in a few sentences: returns, measures where there are any, actions where there are any."""
    framework = view.framework
    measures, labels, moved, year = counts.measures, score_labels(framework), counts.trend, counts.annual
    scores = ", ".join(f"{number} {labels[key]}" for key, number in counts.score.items() if number)
    found = [
        f"{returns['received']} of {_many(returns['expected'], 'return')} arrived, {returns['certified']} of them "
        f"certified; {returns['late']} came late and {returns['overdue']} {_are(returns['overdue'])} overdue.",
    ]
    if view.has_actions:
        ratings = view.action_counts[view.chosen].rating
        words = rating_labels(framework)
        told = ", ".join(f"{number} {words[key]}" for key, number in ratings.items() if number)
        found.append(f"{_many(sum(ratings.values()), 'action')} in their places: {told}.")
    if not framework.measures:
        return tuple(found)
    found += [
        f"{measures['reported']} of {_many(measures['due'], 'measure')} due were reported"
        + (f": {scores}." if scores else "."),
        f"Since the previous period {moved['improved']} improved, {moved['consistent']} stayed the same and "
        f"{moved['worse']} got worse; against the same period last year {year['improved']} improved and "
        f"{year['worse']} got worse.",
        f"{_many(exceptions, 'measure')} {'needs' if exceptions == 1 else 'need'} an explanation.",
    ]
    return tuple(found)


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _returns(quarter: Quarter) -> tuple[Sent, ...]:
    colours = {
        "certified": (STANDARD.good_fill, STANDARD.good_text),
        "provisional": (STANDARD.middle_fill, STANDARD.middle_text),
        "in progress": (STANDARD.middle_fill, STANDARD.middle_text),
    }
    found = []
    for record in quarter.returns:
        directorate = quarter.framework.directorate(record.directorate)
        days = days_late(record, quarter.as_at)
        fill, ink = colours.get(record.state, (STANDARD.bad_fill, STANDARD.bad_text))
        late = "Late" if record.late else "Overdue" if record.overdue else ""
        found.append(
            Sent(
                key=record.directorate,
                directorate=directorate.name,
                role=directorate.role,
                state=STATE_WORDS[record.state],
                due=_day(record.due),
                received=moment(record.received) if record.received else "",
                received_sort=str(int(record.received.timestamp())) if record.received else "",
                days=days,
                late=f"{late}, {_many(days, 'day')}" if late else "",
                answered=record.answered + record.rated,
                measures=record.measures + record.actions,
                signed=record.sign_off.role if record.sign_off else "",
                findings=len(findings_of(quarter, record)),
                fill=fill[1:],
                ink=ink[1:],
            )
        )
    return tuple(found)


def _day(value: datetime) -> str:
    return day_in_words(value.astimezone(ZONE))


def _notes(view: View) -> Iterable[Note]:
    """Figures for other periods, figures beside others, what was not reported and why, and what the checks say."""
    closed = closing_sentence(view.quarter)
    if closed:
        yield Note(view.quarter.period.label, closed)
    for row in view.rows:
        name = f"{row.measure.code} {row.measure.title}".strip()
        known = view.note(row)
        if known:
            yield Note(name, known.note)
        observation = view.observation(row)
        if row.state == "reported" and row.about and row.about != view.chosen:
            yield Note(name, f"The figure is for {row.about.label}.")
        if observation and observation.companion:
            yield Note(name, f"Beside the figure the return says: {observation.companion}.")
        if row.state in ("missing", "not available", "delayed"):
            why = observation.commentary if observation else ""
            yield Note(name, f"{actual_text(row)}. {why}".strip())
    yield from (Note(name, text) for name, text in said_of_ratings(view))
    named: tuple[Measure | Action, ...] = (*view.framework.measures, *view.framework.actions)
    names = {each.key: f"{each.code} {each.title}".strip() for each in named}
    for finding in sorted(view.quarter.findings, key=lambda each: SEVERITIES.index(each.severity)):
        if finding.severity != "info" and not finding.suppressed:
            yield Note(
                names.get(finding.measure, finding.file), f"{SEVERITY_WORDS[finding.severity]}: {_said(finding)}"
            )
    shown = {(row.measure.key, row.about) for row in view.rows}
    for each in view.quarter.restatements:
        # What is about a figure of this report stands beside it already.
        if (each.about, each.period) not in shown:
            when = f"{each.closed.label}, {each.field.lower()} for {each.period.label}"
            yield Note(each.name, f"{when}: {each.before} as published, {each.now} now. {each.why}".strip())
    for difference in view.reconciliations[view.chosen].differences:
        name = names[difference.measure.key]
        published = f"{difference.aspect.capitalize()}: {difference.ours} here, {difference.published} as published."
        yield Note(name, published)


def _said(finding: Finding) -> str:
    return " ".join(part for part in (finding.found, finding.expected) if part)


def _schemes(framework: Framework) -> Iterable[Note]:
    """How scores are made: the bands of each scheme in use, in the words of the scorecard's definitions."""
    for scheme in framework.schemes.values():
        uses = [m for m in framework.measures if framework.scheme_of(m) == scheme and m.polarity in ("higher", "lower")]
        if uses:
            words = scheme_words(scheme, uses[0]).split("\n")
            tolerance = format(scheme.trend_tolerance.normalize(), "f")
            moved = f" A movement of up to {tolerance}% counts as consistent." if scheme.trend_tolerance else ""
            yield Note(scheme.name, "; ".join(words) + "." + moved)
