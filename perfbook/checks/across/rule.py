"""What a rule across rows is: one function that reads a subject, its words, and the examples that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from perfbook.checks.across.subject import Hit, Subject
from perfbook.checks.rule import Sure
from perfbook.records import Severity


@dataclass(frozen=True)
class AcrossRule:
    """One check. `trips` and `passes` are kept examples, `example` says in words what stands in the first.

    `published` where it is for what was published elsewhere: in a return the rules of rows and grids ask the same, or
    what it reads is worked out and cannot be wrong. `between` where it reads what several directorates report beside
    each other; the others are asked of one directorate at a time, as its rows are no other's: two councils that report
    to one department may each count their potholes.
    """

    code: str
    severity: Severity
    title: str
    find: Callable[[Subject], Iterable[Hit]]
    remedy: str
    example: str
    trips: Subject
    passes: tuple[Subject, ...]
    sure: Sure = "likely"
    published: bool = False
    between: bool = False
