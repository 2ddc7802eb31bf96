"""Looking into one file: whose return it is, and what it says. Nothing that a file does gets beyond here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from perfbook.collecting import outcomes
from perfbook.collecting.outcomes import Verdict, finding, verdict
from perfbook.collecting.recovery import recover_identity
from perfbook.collecting.slices import BeyondSlice, Slice, Wants
from perfbook.errors import PeriodError, UnreadableFileError
from perfbook.framework.model import Adjustment, Framework
from perfbook.framework.periods import Period, parse
from perfbook.framework.sheets import LAYOUTS, name_of
from perfbook.records import Finding, Submission
from perfbook.returns import reader
from perfbook.returns._formats import contents
from perfbook.returns._package import Package
from perfbook.returns.identity import Identity, plain
from perfbook.returns.opening import OPENING, Opening

# What `returns.reader` says of a workbook without an identity sheet.
_NO_IDENTITY = reader.NOT_A_RETURN
_ENOUGH_SHEETS = 3
# What became of an identity that is lost.
_LOST = {reader.NOT_A_RETURN: "is missing", reader.ALTERED: "was altered"}


@dataclass(frozen=True)
class Examined:
    """One file, looked into: a submission, or the verdict on it. `directorate` is a key where the identity told it.

    `wants` is there where it came with a slice of the framework that is too small; then nothing else is.
    """

    submission: Submission | None = None
    verdict: Verdict | None = None
    directorate: str = ""
    wants: Wants | None = None


Kind = Literal["return", "framework", "unknown"]


@dataclass(frozen=True)
class Inspected:
    """One file by itself: what it is taken for, whose return it is, and what it says or why it says nothing."""

    kind: Kind = "unknown"
    identity: Identity | None = None
    submission: Submission | None = None
    verdict: Verdict | None = None


def inspect(data: bytes, *, path: str, framework: Framework | None = None, opening: Opening = OPENING) -> Inspected:
    """What a file by itself is, of whatever period, and with a framework also what it says.

    `opening` holds the limits of what is unpacked, and passwords. What cannot be read, and what is neither a return nor
    a framework, comes with a verdict.
    """
    found = Inspected()
    try:
        inside = contents(data, opening)
        if inside.bears_marks():
            found = Inspected("return")
            opened = reader.open_return(data, path, opening)
            found = replace(found, identity=opened.identity)
            return replace(found, submission=opened.read(framework)) if framework else found
        if inside.package and _is_framework(inside.package):
            return Inspected("framework")
        raise reader.no_return(path)
    except UnreadableFileError as error:
        return replace(found, verdict=Verdict("rejected", error.code, error.reason))
    except (KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        return replace(found, verdict=verdict(outcomes.TOO_MUCH_MEMORY))
    except BaseException:  # as in `examine`
        return replace(found, verdict=verdict(outcomes.FAILED))


def _is_framework(package: Package) -> bool:
    """Whether a workbook has sheets of a framework, by their names."""
    book = (package.read("xl/workbook.xml") or b"").decode("utf-8", "replace")
    there = {name_of(part.partition('"')[0]) for part in book.split(' name="')[1:]}
    return len(there & {name_of(layout.name) for layout in LAYOUTS if layout.needed}) >= _ENOUGH_SHEETS


def examine(
    data: bytes,
    *,
    path: str,
    framework: Framework,
    period: Period,
    expected: bool = False,
    opening: Opening = OPENING,
    part: Slice | None = None,
) -> Examined:
    """What the bytes of a file are. `opening` holds the limits of what is unpacked, and passwords.

    With a `part` the framework has no measures but those of this slice of it (see `slices.together`). `expected` says
    that a return was issued under this name or accepted from it: then a workbook without identity is a damaged return,
    and not somebody's other work.
    """
    directorate = ""
    try:
        opened = reader.open_return(data, path, opening)
        identity = opened.identity
        if part and framework.knows(identity.directorate):
            part.demand(identity.directorate, opened.rows())
        refused = _not_for_us(identity, framework, period)
        accepted = _accepted(path, framework, period) if refused else None
        if refused and accepted:
            opened = replace(opened, identity=replace(identity, council=plain(framework.council), period=period.label))
            said = _taken(path, refused, accepted)
            identity, refused = opened.identity, _not_for_us(opened.identity, framework, period)
        if identity.council == plain(framework.council) and _label_is(identity, framework, period):
            directorate = identity.directorate if _knows(framework, identity.directorate) else ""
        if refused:
            return Examined(verdict=refused, directorate=directorate)
        submission = opened.read(framework)
        if accepted:
            submission = replace(submission, findings=(said, *submission.findings))
        if submission.unedited:
            return Examined(verdict=verdict(outcomes.UNEDITED), directorate=directorate)
        return Examined(submission, directorate=directorate)
    except BeyondSlice as beyond:
        return Examined(wants=beyond.wants)
    except UnreadableFileError as error:
        try:
            recovered = _recovered(data, path, framework, period, opening, error, part)
        except BeyondSlice as beyond:
            return Examined(wants=beyond.wants)
        if recovered:
            return Examined(recovered, directorate=recovered.directorate)
        if error.code == _NO_IDENTITY and not expected and not reader.bears_marks(data, opening):
            return Examined(verdict=verdict(outcomes.NO_RETURN))
        return Examined(verdict=Verdict("rejected", error.code, error.reason), directorate=directorate)
    except (KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        return Examined(verdict=verdict(outcomes.TOO_MUCH_MEMORY), directorate=directorate)
    except BaseException:  # a library's panic is no Exception, and one bad file must not stop the others
        return Examined(verdict=verdict(outcomes.FAILED), directorate=directorate)


def _recovered(
    data: bytes,
    path: str,
    framework: Framework,
    period: Period,
    opening: Opening,
    error: UnreadableFileError,
    part: Slice | None,
) -> Submission | None:
    """A return that has lost its identity, read as the return that its rows say it is, and marked so."""
    if error.code not in _LOST:
        return None

    def identify(rows: Mapping[str, str]) -> Identity | None:
        if part:
            part.demand("", rows)
        return recover_identity(rows, framework, period)

    try:
        opened = reader.open_by_rows(data, path, identify, opening)
        submission = opened.read(framework) if opened else None
    except (KeyboardInterrupt, SystemExit, BeyondSlice):
        raise
    except BaseException:  # then it stays what it was: a return without an identity
        return None
    if submission is None:
        return None
    name = framework.directorate(submission.directorate).name
    said = finding(outcomes.RECOVERED, path, lost=_LOST[error.code], directorate=name, period=period)
    return replace(submission, findings=(said, *submission.findings))


def _not_for_us(identity: Identity, framework: Framework, period: Period) -> Verdict | None:
    if identity.council != plain(framework.council):
        return verdict(outcomes.OTHER_COUNCIL, council=identity.council or "no council", own=framework.council)
    try:
        about = parse(identity.period, framework.year_start)
    except PeriodError:
        return verdict(outcomes.NO_PERIOD, period=identity.period)
    if about != period:
        return verdict(outcomes.OTHER_PERIOD, period=about, own=period)
    if not _knows(framework, identity.directorate):
        return verdict(outcomes.UNKNOWN_DIRECTORATE, directorate=identity.directorate)
    if not framework.owes(identity.directorate, period):
        name = framework.directorate(identity.directorate).name
        return verdict(outcomes.NOT_EXPECTED, directorate=name, period=period)
    return None


def _accepted(path: str, framework: Framework, period: Period) -> Adjustment | None:
    """The row by which officers accept a file that is to be rejected; named by its path, or by its name alone."""
    names = {path.casefold(), path.rpartition("/")[2].casefold()}
    rows = (each for each in framework.adjustments if each.kind == "accept" and each.period == period)
    return next((each for each in rows if each.file.replace("\\", "/").casefold() in names), None)


def _taken(path: str, refused: Verdict, accepted: Adjustment) -> Finding:
    why = refused.reason
    return finding(outcomes.TAKEN_ALL_THE_SAME, path, why=why, reason=accepted.reason.rstrip("."), by=accepted.by)


def _label_is(identity: Identity, framework: Framework, period: Period) -> bool:
    try:
        return parse(identity.period, framework.year_start) == period
    except PeriodError:
        return False


def _knows(framework: Framework, directorate: str) -> bool:
    return framework.knows(directorate)
