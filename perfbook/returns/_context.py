"""What all readers of one return share."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period


@dataclass(frozen=True)
class Context:
    """What all rows of a return share."""

    framework: Framework
    period: Period
    file: str
    sha256: str
    signed: str
    role: str
