"""What a query is about, and all of it that an explanation holds for: another value is another question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfbook.framework.model import Framework, GridLine
from perfbook.framework.periods import Period
from perfbook.framework.plan import place_key
from perfbook.records import ActionReport, Evidence, Finding, GridFigure, Observation, Source, Submission
from perfbook.returns import actions_layout, evidence_layout, grids_layout, sections_layout

EVIDENCE_KEY = "evidence"
# Between a key that several directorates share and the directorate.
OF = "@"


@dataclass(frozen=True)
class Subject:
    """What an explanation is kept against: a key, the label of a period, and a value.

    `key` is that of a measure, of an action or its place, or of something that each directorate has for itself: a
    section, a line of a grid, evidence. `names` are the keys by which officers may name it, the closest first.
    """

    key: str
    about: str
    value: str
    names: tuple[str, ...]


class Subjects:
    """All that may be asked about in the versions of returns that count."""

    def __init__(
        self,
        framework: Framework,
        period: Period,
        observations: Iterable[Observation],
        submissions: Iterable[Submission] = (),
    ) -> None:
        self.framework, self.period = framework, period
        self._figures = {(o.measure, o.period.label): value_of(o) for o in observations}
        self._lines = {line.key: line for grid in framework.grids for line in grid.lines}
        self._directorates: dict[str, str] = {}
        self._by_place: dict[tuple[str, str, str], Subject] = {}
        self._by_row: dict[tuple[str, str, str], Subject] = {}
        for submission in submissions:
            self._directorates[submission.file] = submission.directorate
            for kind, row, subject, source in self._of(submission):
                self._by_row[submission.directorate, kind, row] = subject
                if source:
                    self._by_place[source.file, source.sheet, _row(source.cell)] = subject

    def of_finding(self, finding: Finding) -> Subject | None:
        """What a finding is about; None where it is about nothing that can be explained."""
        found = self._by_place.get((finding.file, finding.sheet, _row(finding.cell))) if finding.cell else None
        if found or not finding.measure:
            return found
        measure = self.framework.by_key.get(finding.measure)
        if measure:
            about = measure.about(self.period)
            return self.of_figure(finding.measure, finding.about or (about.label if about else ""))
        directorate = self._directorates.get(finding.file, "")
        for kind in (actions_layout.ACTION, sections_layout.SECTION, grids_layout.LINE):
            found = self._by_row.get((directorate, kind, finding.measure))
            if found:
                return found
        return Subject(finding.measure, self.period.label, "", (finding.measure,))

    def of_figure(self, measure: str, about: str) -> Subject:
        """The figure of a measure for a period, by its label."""
        return Subject(measure, about, self._figures.get((measure, about), ""), (measure,))

    def of_row(self, directorate: str, kind: str, row: str) -> Subject | None:
        """What a row of another sheet than Measures is about."""
        return self._by_row.get((directorate, kind, row))

    def _of(self, submission: Submission) -> Iterator[tuple[str, str, Subject, Source | None]]:
        """Kind, key of the row, what it is about, and where it stands."""
        about, whole = self.period.label, submission.directorate
        for report in submission.actions:
            key = place_key(report.action, report.deliverable)
            yield actions_layout.ACTION, key, Subject(key, about, _said(report), (key, report.action)), report.source
        for text in submission.sections:
            names = (f"{text.section}{OF}{whole}", text.section)
            subject = Subject(names[0], about, text.text, names)
            yield sections_layout.SECTION, text.section, subject, text.source
        yield from self._of_lines(submission)
        for each in submission.evidence:
            yield evidence_layout.EVIDENCE, each.row, _evidence(each, whole, about), each.source

    def _of_lines(self, submission: Submission) -> Iterator[tuple[str, str, Subject, Source | None]]:
        figures: dict[str, list[GridFigure]] = {}
        for figure in submission.grids:
            figures.setdefault(figure.line, []).append(figure)
        for grid in self.framework.grids_of(submission.directorate):
            for line in grid.lines:
                # A sum is odd because of what it sums up, too.
                parts: list[GridLine] = [line, *(each for each in grid.lines if each.adds_to == line.key)]
                value = "|".join(
                    f"{f.line}.{f.column}={f.value:f}" for part in parts for f in figures.get(part.key, ())
                )
                names = (f"{line.key}{OF}{submission.directorate}", line.key)
                subject = Subject(names[0], self.period.label, value, names)
                source = next((f.source for f in figures.get(line.key, ())), None)
                yield grids_layout.LINE, line.key, subject, source


def value_of(observation: Observation) -> str:
    """All of a figure that an explanation is about."""
    parts = (observation.numerator, observation.denominator, observation.typed, observation.actual)
    shown = [f"{part:f}" if part is not None else "" for part in parts]
    stored = observation.source.stored if observation.source and observation.actual is None else ""
    more = [observation.chosen] if observation.chosen else []
    if observation.to_date is not None:
        more.append(f"{observation.to_date:f} to date")
    return "|".join([*shown, observation.status or "", stored, *more])


def _said(report: ActionReport) -> str:
    progress = "" if report.progress is None else f"{report.progress:f}"
    stored = report.source.stored if report.source and not report.rating else ""
    return "|".join([report.rating, report.update, report.revised, progress, stored])


def _evidence(each: Evidence, directorate: str, about: str) -> Subject:
    key = f"{EVIDENCE_KEY}{OF}{directorate}"
    names = tuple(name for name in (key, EVIDENCE_KEY, each.about) if name)
    return Subject(key, about, "|".join(each.content), names)


def _row(cell: str) -> str:
    found = re.search(r"[0-9]+", cell)
    return found[0] if found else ""
