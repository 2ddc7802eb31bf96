"""What a rule is: data that is evaluated by the collector and compiled into the return's check column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from perfbook.records import Severity
from perfbook.scoring.expr import Cell, Expr, Var

if TYPE_CHECKING:
    from perfbook.checks.asked import Asked

Sure = Literal["certain", "likely", "possible"]


def always(_: Asked) -> bool:
    """Every row can trip the rule."""
    return True


@dataclass(frozen=True)
class Knob:
    """The one number by which officers tune a check.

    `usual` holds where they leave it blank (None: it depends on the measure, as `about` says). `about` is read in the
    column heads of framework.xlsx and in the documentation.
    """

    about: str
    usual: Decimal | None
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1_000_000)


@dataclass(frozen=True)
class Rule:
    """One check of one measure's row.

    The expressions read the variables of `checks._vars`. `severity` holds until a return is certified, `certified` from
    then on (None: the same). `about` is the column that the finding points at. `sure` says how sure a finding is:
    certain (the row contradicts itself), likely, or possible (a person has to look). `needs` says whether a row can
    trip it at all: what cannot is left out of the live cell. `trips` and `passes` are kept examples: what is filled in
    a row of `examples.of_rule`.
    """

    code: str
    severity: Severity
    title: str
    about: str
    condition: Expr
    found: Expr
    remedy: str
    trips: Mapping[str, Cell]
    passes: Mapping[str, Cell]
    expected: Expr | None = None
    certified: Severity | None = None
    sure: Sure = "certain"
    knob: Knob | None = None
    needs: Callable[[Asked], bool] = always

    def severity_in(self, certified: bool) -> Severity:
        """The severity in a return of this state."""
        return self.certified if certified and self.certified else self.severity


def tuned(code: str) -> Var:
    """The variable that holds the tuning value of a rule."""
    return Var(f"tuned_{code}")
