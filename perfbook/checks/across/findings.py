"""The checks across rows asked of what a collection brought, and of a framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from perfbook.checks.across.of_quarter import of_framework, of_quarter
from perfbook.checks.across.run import across_findings
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import ActionReport, Finding, Observation, SectionText, remarks_of
from perfbook.scoring.judge import index


def quarter_findings(
    framework: Framework,
    period: Period,
    past: Iterable[Observation],
    present: Iterable[Observation],
    actions: Iterable[ActionReport] = (),
    sections: Iterable[SectionText] = (),
) -> tuple[Finding, ...]:
    """What the figures and texts of a period show only beside each other and beside those `past`, which are of all
    periods before it."""
    figures = index((*past, *present))
    return across_findings(of_quarter(framework, period, figures, actions, sections), _asked(framework))


def framework_findings(framework: Framework) -> tuple[Finding, ...]:
    """What is odd about a framework, as notes: what its reader had to say, and what its rows show beside each other."""
    found = across_findings(of_framework(framework), _asked(framework))
    return (*remarks_of(framework), *(replace(finding, severity="info") for finding in found))


def _asked(framework: Framework) -> Callable[[str], bool]:
    """Whether a framework wants a check, by its code."""
    settings = framework.checks
    return lambda code: code not in settings or settings[code].on
