"""What a rule is: data that is evaluated by the collector and compiled into the return's check column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from perfbook.records import Severity
from perfbook.scoring.expr import Cell, Expr

Sure = Literal["certain", "likely", "possible"]


@dataclass(frozen=True)
class Rule:
    """One check of one measure's row.

    The expressions read the variables that `rows.INPUTS` and `rows.constants` name. `severity` holds until a return is
    certified, `certified` from then on (None: the same). `about` is the column that the finding points at. `sure` says
    how sure a finding is: certain (the row contradicts itself), likely, or possible (a person has to look). `trips` and
    `passes` are kept examples: what is filled in a row of `rows.EXAMPLES` (else of EXAMPLE_MEASURE).
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

    def severity_in(self, certified: bool) -> Severity:
        """The severity in a return of this state."""
        return self.certified if certified and self.certified else self.severity
