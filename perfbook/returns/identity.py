"""Who a return is: what its very hidden sheet says, and the name of its file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import layout
from perfbook.workbook.text import clean_text, file_name, shortened

# Of a file name: council, period and directorate together stay below 120 characters.
_LONGEST_PART = 48


@dataclass(frozen=True)
class Identity:
    """The identity of one return. `directorate` is a key; `content_checksum` is the checksum of its measures' keys."""

    council: str
    framework_version: str
    directorate: str
    period: str
    issue: str
    layout_checksum: str
    content_checksum: str
    format: str = layout.FORMAT

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Key and value of each row of the identity sheet."""
        return tuple((key, str(getattr(self, key))) for key in self.__dataclass_fields__)

    @classmethod
    def from_rows(cls, rows: Mapping[str, str]) -> Identity:
        """The identity that rows spell. Raises KeyError naming a row that is missing."""
        return cls(**{key: plain(rows[key]) for key in cls.__dataclass_fields__})

    @property
    def is_sound(self) -> bool:
        """Whether the issue id fits the rest: False where somebody edited the identity."""
        return self.issue == _issue(self.council, self.directorate, self.period, self.framework_version)


def identity_of(framework: Framework, directorate: str, period: Period) -> Identity:
    """The identity of a return that is about to be issued."""
    keys = (measure.key for measure in framework.measures_of(directorate, period))
    return Identity(
        council=plain(framework.council),
        framework_version=framework.version,
        directorate=directorate,
        period=period.label,
        issue=issue_id(framework, directorate, period),
        layout_checksum=layout.checksum(),
        content_checksum=content_checksum(keys),
    )


def issue_id(framework: Framework, directorate: str, period: Period) -> str:
    """The id of one return as issued: 16 hexadecimal digits, the same for the same framework."""
    return _issue(plain(framework.council), directorate, period.label, framework.version)


def plain(name: str) -> str:
    """A name as a cell gives it back: compare both sides of a comparison so."""
    return clean_text(name).strip()


def content_checksum(measures: Iterable[str]) -> str:
    """Identifies the measures of a return, whatever their order: 16 hexadecimal digits."""
    return _digest(sorted(measures))


def return_name(framework: Framework, directorate: str, period: Period) -> str:
    """The file name under which a return is issued: `<council> <period> <directorate>.xlsx`.

    Long names are shortened part by part, so that the period always stands in it; directorates whose names would make
    one file name carry their keys as well.
    """
    return return_names(framework, (directorate,), period)[directorate]


def return_names(framework: Framework, directorates: Iterable[str], period: Period) -> dict[str, str]:
    """The file names of several returns, by the keys of their directorates."""

    def all_names() -> tuple[dict[str, str], Counter[str]]:
        names = {each.key: _return_name(framework, each.name, period) for each in framework.directorates}
        return names, Counter(name.casefold() for name in names.values())

    plain_names, times = framework.once(("names of returns", period), all_names)
    found: dict[str, str] = {}
    for key in directorates:
        found[key] = plain_names[key]
        if times[found[key].casefold()] > 1:
            own = framework.directorate(key)
            name = f"{shortened(own.name, _LONGEST_PART - len(key) - 1)} {key}"
            found[key] = _return_name(framework, name, period)
    return found


def _return_name(framework: Framework, directorate: str, period: Period) -> str:
    council = shortened(framework.council, _LONGEST_PART).strip()
    return file_name(f"{council} {period.label} {shortened(directorate, _LONGEST_PART).strip()}.xlsx")


def _issue(council: str, directorate: str, period: str, version: str) -> str:
    return _digest([council, directorate, period, version])


def _digest(parts: Iterable[str]) -> str:
    # Each part with its length, so that two lists of parts never read the same.
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:16]
