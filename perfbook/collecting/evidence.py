"""Evidence beside the list of files: what a return names is looked for by name. Nothing is opened, nothing asked of
the network, and nothing outside of the folder is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from perfbook.checks.evidence_rules import NO_ADDRESS, NOT_FOUND, OUTSIDE, is_web_address, scheme_of
from perfbook.collecting import outcomes
from perfbook.collecting.outcomes import Verdict
from perfbook.records import Evidence, Finding
from perfbook.workbook.text import clean_text, shortened

# A file of these outcomes is not there, or not for anybody to see.
_NOT_THERE = frozenset(
    {
        outcomes.LOCK_FILE,
        outcomes.SYSTEM_FILE,
        outcomes.VANISHED,
        outcomes.TOO_DEEP,
        outcomes.TOO_MANY,
        outcomes.NO_FOLDER,
        outcomes.SPECIAL,
        outcomes.LINK,
        outcomes.REDACTED,
    }
)
_REMARKS = frozenset({outcomes.NOT_A_WORKBOOK, outcomes.NO_RETURN, outcomes.EVIDENCE})
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class Looked:
    """What was found. `named` gives, by path of the folder, the returns that name a file as evidence: path of the
    return, key of the measure or action."""

    rows: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    named: Mapping[str, tuple[tuple[str, str], ...]]


def may_be_evidence(judged: Verdict) -> bool:
    """Whether a file that ended so may be evidence: what is no return, or was refused as one."""
    if judged.code in _NOT_THERE:
        return False
    return judged.code in _REMARKS or judged.outcome == "rejected"


def look_for(rows: Sequence[tuple[Evidence, str]], files: Mapping[str, Verdict], free: Collection[str]) -> Looked:
    """Looks for each row (with the path of its return) among the files, whose names are paths from the folder.

    `free` are the files that may be evidence; others are found, and keep their outcome.
    """
    there = {_parts(path): path for path, judged in sorted(files.items()) if judged.code not in _NOT_THERE}
    found: list[Evidence] = []
    findings: list[Finding] = []
    named: dict[str, list[tuple[str, str]]] = {}
    for row, own in rows:
        if not row.where:
            found.append(row)
            continue
        path = _find(row.where, own, there)
        if path:
            found.append(replace(row, found="yes"))
            if path in free:
                named.setdefault(path, []).append((own, row.about))
            continue
        said = _said(row.where)
        found.append(replace(row, found="no" if said and said[0] == NOT_FOUND else ""))
        if said:
            findings.append(_finding(row, own, *said))
    unique = {path: tuple(dict.fromkeys(keys)) for path, keys in named.items()}
    return Looked(tuple(found), tuple(findings), unique)


def _find(where: str, own: str, there: Mapping[tuple[str, ...], str]) -> str:
    """The path of the file that a text names: beside the return, from the folder, or else in any subfolder."""
    if _is_outside(where):
        return ""
    parts = _parts(where)
    if not parts:
        return ""
    beside = _parts(str(PurePosixPath(own).parent))
    for place in ((*beside, *parts), parts):
        if place in there:
            return there[place]
    ending = (path for place, path in there.items() if place[-len(parts) :] == parts)
    return next(ending, "")


def _said(where: str) -> tuple[str, str, str] | None:
    """Code, what was found, what to do; None for a web address as it should be."""
    shown = f"\u201c{shortened(where, 100)}\u201d"
    scheme = scheme_of(where)
    if scheme in ("http", "https", "www"):
        if is_web_address(where):
            return None
        remedy = "Copy the whole address from the browser; it begins with https:// and has no user name."
        return NO_ADDRESS, f"{shown} is no web address as it should be.", remedy
    if scheme:
        found = f"{shown} begins with {scheme}:, which is neither a web address nor the name of a file."
        return NO_ADDRESS, found, "Give an address that begins with https://, or the name of a file beside the return."
    if _is_outside(where):
        found = f"{shown} leads out of the shared folder, so it is not looked for."
        return OUTSIDE, found, "Lay a copy of the file beside the return, and give its name."
    found = f"There is no file {shown} in the shared folder of this period."
    return NOT_FOUND, found, "Lay the file beside the return under this name, or correct the name (with its ending)."


def _is_outside(where: str) -> bool:
    plain = _unquoted(where).replace("\\", "/")
    return (
        plain.startswith(("/", "~")) or bool(_DRIVE.match(plain)) or ".." in (part.strip() for part in plain.split("/"))
    )


def _parts(path: str) -> tuple[str, ...]:
    """A path as it is compared: capitals, Unicode form and kind of separator do not matter."""
    plain = unicodedata.normalize("NFC", _unquoted(path)).casefold().replace("\\", "/")
    parts = (" ".join(unicodedata.normalize("NFC", part).split()) for part in plain.split("/"))
    return tuple(part for part in parts if part not in ("", "."))


def _unquoted(text: str) -> str:
    return clean_text(text).strip().strip("\"'\u201c\u201d\u2018\u2019").strip()


def _finding(row: Evidence, own: str, code: str, found: str, remedy: str) -> Finding:
    source = row.source
    sheet, cell = (source.sheet, source.cell) if source else ("", "")
    return Finding(code, "warning", source.file if source else own, sheet, cell, row.about, found, "", remedy)
