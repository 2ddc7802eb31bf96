"""How an explanation might read; why a row calls for one say the checks (`checks.explain`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from perfbook.framework.model import UnitKind

# How a good explanation reads: the cause, with a figure; what is being done, by which role, by when.
EXAMPLES: Mapping[UnitKind, str] = MappingProxyType(
    {
        "percent": "Two of the five case officers were away in August, so 21 of 147 cases ran late. A temporary "
        "officer started on 1 September; the team manager expects 85% again by December.",
        "number": "A third of the 42 cases came in during one week in August. The duty manager moved two staff over on "
        "1 September; the backlog is down to 9 and will be gone by November.",
        "currency": "Two invoices of £41,000 fell due a month early. Nothing more is spent than planned; the finance "
        "partner expects to be within budget by the end of December.",
    }
)
