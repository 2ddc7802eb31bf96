"""Every outcome that a file can have: its code, and the sentence that a manager reads.

C0.. accepted, unchanged or merged · C1.. superseded · C2.. rejected · C3.. ignored. Codes R1.. come from
`returns.reader`, which refuses a workbook with a sentence of its own; such a file is rejected. Findings of collecting
have codes I1...
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfbook.records import Finding, Outcome, Severity


@dataclass(frozen=True)
class Code:
    """One way in which a file can end. `sentence` is a template; `logged` says whether the log records it."""

    code: str
    outcome: Outcome
    sentence: str
    logged: bool = True


ACCEPTED = "C000"
UNCHANGED = "C001"
NEW_VERSION = "C002"
MOVED = "C003"
COUNTS_AGAIN = "C004"
MERGED = "C005"
SAME_CONTENT = "C101"
LESS_SIGNED = "C102"
OLDER = "C103"
SAME_TIME = "C104"
BLANK = "C105"
EMPTY = "C201"
LOCKED = "C202"
TOO_LARGE = "C203"
DISK = "C204"
OTHER_COUNCIL = "C205"
OTHER_PERIOD = "C206"
UNKNOWN_DIRECTORATE = "C207"
NO_PERIOD = "C208"
FAILED = "C209"
NOT_EXPECTED = "C210"
TOO_SLOW = "C221"
TOO_MUCH_MEMORY = "C222"
CRASHED = "C223"
PLACEHOLDER = "C230"
HOLLOW = "C231"
REDACTED = "C232"
WHOLE = "C233"
LOCK_FILE = "C301"
SYSTEM_FILE = "C302"
NOT_A_WORKBOOK = "C303"
VANISHED = "C304"
STILL_WRITTEN = "C305"
LINK = "C306"
TOO_DEEP = "C307"
TOO_MANY = "C308"
NO_RETURN = "C309"
NO_FOLDER = "C310"
SPECIAL = "C311"
LEFT_OUT = "C320"
WHOLE_BLANK = "C321"
UNEDITED = "C330"
EVIDENCE = "C331"

_ALL = (
    Code(ACCEPTED, "accepted", "The return of {directorate} was read; its state is {state}."),
    Code(UNCHANGED, "unchanged", "The return of {directorate} is as it was read {when}; its state is {state}."),
    Code(NEW_VERSION, "accepted", "A new version of the return of {directorate} was read; its state is {state}."),
    Code(
        MOVED,
        "accepted",
        "The return of {directorate} was read; its content is that of {other}, which is no longer there. "
        "Its state is {state}.",
    ),
    Code(COUNTS_AGAIN, "accepted", "The return of {directorate} counts again; its state is {state}."),
    Code(
        MERGED,
        "merged",
        "A copy of the return of {directorate}, of which {other} counts; it added what was blank there: {measures}.",
    ),
    Code(SAME_CONTENT, "superseded", "The same content as {other}, which counts."),
    Code(LESS_SIGNED, "superseded", "{other} counts for {directorate}: it is {state}, this one is {own}."),
    Code(
        OLDER,
        "superseded",
        "{other} counts for {directorate}: both are {state}, and it was saved later ({time}; this one {own}).",
    ),
    Code(
        SAME_TIME,
        "superseded",
        "{other} counts for {directorate}: both are {state} and of the same time, and its name comes first.",
    ),
    Code(
        BLANK,
        "superseded",
        "This copy is blank, so the return of {directorate} that {other} held {when} still counts; it is "
        "{state}. To withdraw that return, choose a status for its measures in a new version, such as Not available.",
    ),
    Code(EMPTY, "rejected", "The file is empty (zero bytes). Save the return again."),
    Code(LOCKED, "rejected", "The file could not be opened: it is locked or may not be read. Close it in Excel."),
    Code(TOO_LARGE, "rejected", "The file has {size} MB; more than {limit} MB is no return. Fill a fresh copy."),
    Code(DISK, "rejected", "The file could not be read from the folder ({cause}). Save the return again."),
    Code(OTHER_COUNCIL, "rejected", "This is a return of {council}, not of {own}."),
    Code(OTHER_PERIOD, "rejected", "This is the return of {period}, not of {own}. Put it in the folder of its period."),
    Code(
        UNKNOWN_DIRECTORATE,
        "rejected",
        "This is a return of {directorate!r}, which is not a directorate of the framework. "
        "Check the sheet Directorates of framework.xlsx.",
    ),
    Code(NO_PERIOD, "rejected", "The return names the period {period!r}, which does not exist. Fill a fresh copy."),
    Code(FAILED, "rejected", "The file could not be read. Open it in Excel and save it under a new name."),
    Code(
        NOT_EXPECTED,
        "rejected",
        "{directorate} has no measure and no action in force in {period}, so no return of it is expected. "
        "Check the sheets Measures and Actions of framework.xlsx.",
    ),
    Code(
        PLACEHOLDER,
        "rejected",
        "Only a placeholder of {other} is here; its content is still in the cloud. Right-click the folder, choose "
        "\u201cAlways keep on this device\u201d (\u201cDownload now\u201d on a Mac), and run it again.",
        logged=False,
    ),
    Code(
        HOLLOW,
        "rejected",
        "The file has its full size, but nothing is in it ({size} zero bytes): it was not downloaded, or saving it was "
        "cut off. Open it where it was saved, and save it again.",
    ),
    Code(
        REDACTED,
        "rejected",
        "What is in this file was redacted {when}, so it is not read and not kept. Delete it, or put a version without "
        "personal data in its place.",
        logged=False,
    ),
    Code(
        TOO_SLOW,
        "rejected",
        "Reading the file took more than {seconds} seconds, so it was given up. Fill a fresh copy of the return.",
    ),
    Code(
        TOO_MUCH_MEMORY,
        "rejected",
        "Reading the file took more memory than a return needs, so it was given up. Fill a fresh copy of the return.",
    ),
    Code(
        CRASHED,
        "rejected",
        "The file made the program that reads it break off, twice. Open it in Excel and save it under a new name.",
    ),
    Code(LOCK_FILE, "ignored", "{person} has {other} open; what is not saved yet is not read.", logged=False),
    Code(SYSTEM_FILE, "ignored", "Not a return: a hidden or temporary file, or an unfinished download.", logged=False),
    Code(NOT_A_WORKBOOK, "ignored", "Not a return: not an Excel workbook."),
    Code(VANISHED, "ignored", "The file was gone before it could be read.", logged=False),
    Code(STILL_WRITTEN, "ignored", "The file was still being written; the next run reads it.", logged=False),
    Code(LINK, "ignored", "A link to another place, which is not followed. Put the file itself here."),
    Code(TOO_DEEP, "ignored", "The folder is nested too deeply ({limit} levels at most); what is in it was not read."),
    Code(TOO_MANY, "ignored", "There are more than {limit} files; those after this one in the folder were not read."),
    Code(NO_RETURN, "ignored", "Not a return: a workbook without the hidden sheet that every return has."),
    Code(NO_FOLDER, "ignored", "The folder could not be opened ({cause}); what is in it was not read.", logged=False),
    Code(
        UNEDITED,
        "ignored",
        "This is the book that went back with queries, and nothing was changed in it; the return that was received "
        "before still counts. Answer the queries in it, save it, and it is read.",
    ),
    Code(EVIDENCE, "ignored", "Not a return: evidence, named by {names}."),
    Code(SPECIAL, "ignored", "Not a return: not an ordinary file.", logged=False),
    Code(
        WHOLE,
        "rejected",
        "{directorate} returns {period} by owner, each in a book of their own, so this book of the whole directorate "
        "does not count. Copy what was filled in into the owners\u2019 books, and delete it.",
    ),
    Code(
        WHOLE_BLANK,
        "ignored",
        "The blank book of the whole directorate. {directorate} returns {period} by owner, so delete this one.",
        logged=False,
    ),
    Code(LEFT_OUT, "ignored", "Left out: perfbook.toml says to ignore {pattern}.", logged=False),
)

CODES: Mapping[str, Code] = MappingProxyType({code.code: code for code in _ALL})


@dataclass(frozen=True)
class Verdict:
    """One outcome with its sentence. `recorded` is what the log keeps instead, where the sentence names a person."""

    outcome: Outcome
    code: str
    reason: str
    logged: bool = True
    recorded: str = ""


def verdict(code: str, **values: object) -> Verdict:
    """The verdict of a code, its sentence filled in."""
    entry = CODES[code]
    return Verdict(entry.outcome, code, entry.sentence.format_map(values), entry.logged)


def locked(person: str) -> Verdict:
    """The verdict on a file that cannot be opened; the log, which is for ever, does not learn who has it open."""
    plain = verdict(LOCKED)
    return replace(plain, reason=f"{plain.reason} {person} has it open.", recorded=plain.reason) if person else plain


@dataclass(frozen=True)
class Remark:
    """One thing that collecting has to say about a return that it accepted: a finding without a cell.

    `for_officers`: its manager can do nothing about it, and is not asked.
    """

    code: str
    severity: Severity
    found: str
    remedy: str
    for_officers: bool = False


NOT_ISSUED = "I101"
FILE_REJECTED = "I102"
FILE_GONE = "I103"
LESS_SIGNED_NOW = "I104"
BLOB_UNREADABLE = "I105"
ANOTHER_VERSION = "I106"
HISTORY_UNREADABLE = "I107"
PAST_DIFFERS = "I108"
HOLDS_MORE = "I109"
TWO_VALUES = "I110"
COPY_ADDED = "I111"
BLANK_NOW = "I112"
OTHER_UNIT = "I113"
RECOVERED = "I120"
CHANGED_AFTER = "I114"
ADJUSTED_NOTHING = "I115"
NOT_NEEDED = "I116"
TAKEN_ALL_THE_SAME = "I117"

REMARKS: Mapping[str, Remark] = MappingProxyType(
    {
        remark.code: remark
        for remark in (
            Remark(
                NOT_ISSUED,
                "warning",
                "This return was not issued from this workspace; council, period and directorate fit, so it was read.",
                "Make sure that it is genuine, or have the figures copied into the return that was sent out.",
                for_officers=True,
            ),
            Remark(
                RECOVERED,
                "warning",
                "The hidden sheet that says whose return {file} is {lost}. By the keys of its rows it is the return of "
                "{directorate} for {period}, and was read as such.",
                "Make sure that this is right. Better, copy the figures into a fresh copy of the return.",
                for_officers=True,
            ),
            Remark(
                FILE_REJECTED,
                "warning",
                "{file} was rejected: {reason} The figures that it held {when} still count.",
                "Have the return saved again.",
            ),
            Remark(
                FILE_GONE,
                "warning",
                "{file} is no longer in the folder. The figures that it held {when} still count.",
                "Put it back, or have a new version sent.",
            ),
            Remark(
                LESS_SIGNED_NOW,
                "warning",
                "An earlier version of this file was {before}; this one is {state}.",
                "Ask whether that was meant.",
            ),
            Remark(
                BLOB_UNREADABLE,
                "error",
                "The version of {file} that was accepted {when} cannot be read any more: {reason}",
                "Have the return sent again.",
            ),
            Remark(
                ANOTHER_VERSION,
                "warning",
                "{other} is another version of this return with other content. {reason}",
                "Bring the figures together in one file and delete the other.",
            ),
            Remark(
                HISTORY_UNREADABLE,
                "error",
                "The return {file} of {period} cannot be shown any more, so its figures are missing: {reason}",
                "Put the framework right, or type these figures on the sheet Past figures of framework.xlsx.",
            ),
            Remark(
                OTHER_UNIT,
                "error",
                "{measure} has another unit now ({unit}) than when the return {file} of {period} was accepted, so the "
                "figure in it is not shown.",
                "Put the unit right, or give the measure a new key and leave the old one as it was.",
            ),
            Remark(
                PAST_DIFFERS,
                "warning",
                "{place} has {past} for {measure}, {period}; the return {other}, which is {state}, says {archived}. "
                "The figure of the return is shown.",
                "Where the return was wrong, have a corrected one for {period} sent and collected; where it was right, "
                "correct the cell.",
            ),
            Remark(
                HOLDS_MORE,
                "error",
                "{other} holds figures that {file}, which counts, does not have: {measures}. {reason}",
                "Bring the figures together in one file, sign it and delete the other.",
            ),
            Remark(
                TWO_VALUES,
                "warning",
                "{count} values of the {field} of {measure}: {ours}; {theirs}. The first one counts.",
                "Ask which one is right, correct the file that is wrong, and delete the copy.",
            ),
            Remark(
                CHANGED_AFTER,
                "warning",
                "The {field} of {measure} was {before} in the return that was certified, received {was}; it is {after} "
                "in the version received {now}.",
                "Say why it was changed, or put it back.",
            ),
            Remark(
                ADJUSTED_NOTHING,
                "warning",
                "{place} is to {what} for {measure}, {period}, but there is no figure to do that to.",
                "Remove the row, or enter the figure on behalf.",
            ),
            Remark(
                NOT_NEEDED,
                "warning",
                "{place} is to {what} for {measure}, {period}, but the return has a figure or a status itself now, "
                "which counts.",
                "Remove the row. Where the return is wrong, correct the figure instead.",
            ),
            Remark(
                TAKEN_ALL_THE_SAME,
                "warning",
                "{file} would be rejected: {why} It counts because it was accepted by hand: {reason} ({by}).",
                "Make sure that its figures are meant for this return.",
            ),
            Remark(
                COPY_ADDED,
                "info",
                "{other} is a copy of this return; from it come: {measures}.",
                "Nothing to do. Better still, bring the figures together in one file.",
            ),
            Remark(
                BLANK_NOW,
                "warning",
                "{file} is blank now. The figures that it held {when} still count.",
                "Put the filled return back. To withdraw it, choose a status for its measures in a new version.",
            ),
        )
    }
)


def is_for_officers(code: str) -> bool:
    """Whether a finding is one that the manager of a return can do nothing about."""
    return code in REMARKS and REMARKS[code].for_officers


def finding(code: str, file: str, *, cell: str = "", sheet: str = "", about: str = "", **values: object) -> Finding:
    """The finding of a remark, its sentences filled in; `about` is the key of a measure."""
    remark = REMARKS[code]
    values = {"file": file, **values}
    found, remedy = remark.found.format_map(values), remark.remedy.format_map(values)
    # Who only lists the files of a folder needs none.
    from perfbook.records import Finding

    return Finding(code, remark.severity, file, sheet, cell, about, found, "", remedy)
