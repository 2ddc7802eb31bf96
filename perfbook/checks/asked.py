"""What a row asks for: the measure, how it is judged, and how the framework wants it checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from perfbook._quick import quick
from perfbook.framework.model import CheckSetting, Framework, Measure, Scheme, Target
from perfbook.framework.periods import Period

_WHOLE_UNITS = frozenset({"count", "number", "no", "no."})


@quick
@dataclass(frozen=True)
class Asked:
    """One row as its checks see it, before anything is filled.

    `continues` tells whether the period before belongs to the same year, so that a cumulative figure goes on from it;
    `explained` whether explanations are asked for in this row: not in those of the earlier months of a quarter; `again`
    whether the row may stay blank, because an earlier return gave its figure.
    `settings` are those of the framework's sheet Checks, by code; `suppressed` the reasons for which findings of this
    row are suppressed, by code.
    """

    measure: Measure
    scheme: Scheme
    target: Target | None = None
    continues: bool = False
    explained: bool = True
    settings: Mapping[str, CheckSetting] = field(default_factory=dict)
    suppressed: Mapping[str, str] = field(default_factory=dict)
    again: bool = False

    @cached_property
    def is_count(self) -> bool:
        """Whether the figures are whole by nature."""
        return is_count(self.measure)

    @property
    def is_chosen(self) -> bool:
        """Whether a person chooses the score: the scheme lets them, and there is no target."""
        return self.scheme.chosen_without_target and not self.has_target

    @property
    def has_target(self) -> bool:
        """Whether there is a target to score against."""
        return self.target is not None and self.target.value is not None and self.measure.polarity != "none"

    def is_on(self, code: str) -> bool:
        """Whether a check is on."""
        setting = self.settings.get(code)
        return setting is None or setting.on

    def is_asked(self, code: str) -> bool:
        """Whether a check is on and not suppressed in this row."""
        return code not in self.suppressed and self.is_on(code)

    def tuning(self, code: str, usual: Decimal | None) -> Decimal | None:
        """The tuning value of a check."""
        setting = self.settings.get(code)
        return usual if setting is None or setting.tuning is None else setting.tuning


def asked(framework: Framework, measure: Measure, about: Period, period: Period, *, explained: bool = True) -> Asked:
    """What the row of a measure asks for in the return of `period`; `about` is the period of its figure."""
    return Asked(
        measure=measure,
        scheme=framework.scheme_of(measure),
        target=framework.target(measure.key, about),
        continues=about.index > framework.step(measure),  # as the period before is of the same year then
        explained=explained,
        settings=framework.checks,
        suppressed={each.code: each.words for each in framework.suppressed(measure.key, period)}
        if framework.suppressions
        else {},
        again=measure.is_again(about, period),
    )


def is_count(measure: Measure) -> bool:
    """Whether the figures of a measure are whole by nature."""
    label = measure.unit.label.lower()
    counted = label in _WHOLE_UNITS or label.startswith(("number of", "count of"))
    return measure.unit.kind == "number" and measure.decimals == 0 and measure.unit.multiplier == 1 and counted
