"""Taking a person's data out of the record, and leaving a tombstone that still verifies.

The bytes of a file are deleted; figures that count are kept without their texts, or, where texts are named, without
these; lines of the log that hold a text that was named get it replaced. The `redacted` event says when and why, and
holds nothing of what was taken out. See `events` for how the chain survives it.
"""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import PurePosixPath
from typing import Any

from perfbook.collecting.archive import Archive, Event
from perfbook.collecting.events import KEPT, KINDS_OF_FILES, dump
from perfbook.errors import ArchiveError, UsageError

MARK = "[redacted]"
_SHORTEST_HASH = 8
_SHORTEST_TEXT = 3
# As much of a part as is looked into; what unpacks to more is no return.
_MOST = 50_000_000
_TAG = re.compile(r"<[^>]*>")
_FIGURE = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?%?")
# Where the text of one cell, paragraph or author ends in the XML of a workbook.
_END = re.compile(r"</(?:\w+:)?(?:si|is|v|p|c|author|text|comment|creator|lastModifiedBy)\s*>|/>")
# Fields of an event that hold a person's words or the name of a file; all others name things by key, hash or time.
_WORDS = frozenset({"path", "file", "reason", "note", "text", "name", "by", "role", "answer", "to", "subject"})
# Of recorded submissions: keys, numbers and states. Nothing of the version could be read again without them, so a text
# that is to go and happens to be the same leaves them.
_FIXED = frozenset(
    {"council", "directorate", "issue", "framework_version", "sha256", "answers", "kind", "code", "codes", "severity"}
    | {"measure", "section", "deliverable", "line", "column", "row", "about", "cell", "status", "basis", "state"}
    | {"actual", "typed", "numerator", "denominator", "forecast", "to_date", "value", "progress", "chosen", "rating"}
    | {"received"}
)
# Of recorded submissions: what perfbook itself wrote, or names a thing; and texts that a person wrote.
_OURS = frozenset({"file", "sheet", "label", "remedy", "expected"})
_TEXTS = frozenset(
    {"commentary", "action", "companion", "update", "milestone", "revised", "found", "saved_by", "text", "title"}
    | {"stored", "displayed", "reply", "answer", "body", "evidence", "note", "name", "role", "submitted_by"}
)
# Of tables that were shown or published: what is no person's words. A name may be that of a month.
_NAMING = frozenset(
    {"about", "period", "state", "actual", "shown", "score", "target", "targets", "to_date", "running"}
    | {"trend", "annual", "rated", "rating", "place", "First period", "Last period"}
)
Change = Callable[[str], str]


@dataclass(frozen=True)
class Redacted:
    """What a redaction took out.

    Names and hashes of the files whose bytes were deleted, of how many versions the recorded figures were changed, and
    how many lines of the log.
    """

    paths: tuple[str, ...]
    files: tuple[str, ...]
    figures: int
    lines: int


def redact(
    archive: Archive, what: str, *, reason: str, texts: Sequence[str] = (), at: datetime, period: str = ""
) -> Redacted:
    """Take out a file, by its SHA-256 or its name, or texts wherever they stand, or those texts of one file.

    `what` is empty, the first 8 or more digits of a hash, or the name or path of a file, of which every version goes;
    `period` is the label of the only period that is meant. Without `texts` all words go that the file brought. Raises
    UsageError where there is nothing of that kind, CannotWriteError, ArchiveError.
    """
    wanted = tuple(_plain(text) for text in texts if text.strip())
    if not reason.strip():
        raise UsageError("A redaction needs a reason. It stays in the record, so name nobody in it.")
    if any(len(text) < _SHORTEST_TEXT for text in wanted):
        raise UsageError(f"A text of fewer than {_SHORTEST_TEXT} characters stands in too many places. Give more.")
    if not (what or wanted):
        raise UsageError("Say what to redact: a file by its name or SHA-256, or a text.")
    if wanted and _pattern(wanted).search(reason):
        raise UsageError("The reason stays in the record for ever, and it holds the text that is to go. Word it anew.")
    archive.finish()
    events = archive.events()
    received = [e for e in events if e.kind == "received" and period in ("", e.data["period"])]
    chosen = _named(what, received, archive) if what else _holding(archive, received, wanted)
    paths = tuple(dict.fromkeys(e.data["path"] for e in received if e.data["sha256"] in chosen))
    change = _replacing(wanted) if wanted else _all_words
    figures = _new_figures(archive, events, chosen, change, all_files=bool(wanted))
    lines = {}
    for event in events:
        data = _new_data(event, figures, wanted, chosen)
        if data != event.data:
            lines[event.seq] = data
    if not (chosen or lines):
        raise UsageError("The record holds nothing of that kind, so nothing was redacted.")
    unsealed = [event.seq for event in events if event.seq in lines and not (event.salt or event.seal)]
    if unsealed:
        raise ArchiveError(f"Line {unsealed[0]} of the log was written by an earlier perfbook and cannot be redacted.")
    gone = {*chosen, *(old for old, new in figures.items() if old != new)}
    fields = {"files": sorted(chosen), "reason": reason.strip()}
    archive.rewrite(lines, gone, at, fields)
    shown = _replacing(wanted)
    return Redacted(tuple(shown(path) for path in paths), tuple(sorted(chosen)), len(figures), len(lines))


def _named(what: str, received: Sequence[Event], archive: Archive) -> frozenset[str]:
    """The hashes of all versions of a file."""
    hashes = {e.data["sha256"] for e in received}
    text = what.strip()
    if len(text) >= _SHORTEST_HASH and re.fullmatch(r"[0-9a-fA-F]+", text):
        found = {digest for digest in hashes if digest.startswith(text.lower())}
        if len(found) > 1:
            raise UsageError(f"{len(found)} files have a SHA-256 that begins with {what}. Give more of it.")
    else:
        name = _folded(text)
        found = {e.data["sha256"] for e in received if _folded(e.data["path"]) == name}
        if not found:
            found = {e.data["sha256"] for e in received if _folded(PurePosixPath(e.data["path"]).name) == name}
    if not found:
        raise UsageError(
            f"The record holds no file {what!r}. Name it as the sheet Files of the scorecard does, or by its SHA-256."
        )
    left = found - set(archive.redacted())
    if not left:
        raise UsageError(f"{what} was redacted already.")
    return frozenset(left)


def _holding(archive: Archive, received: Sequence[Event], texts: Sequence[str]) -> frozenset[str]:
    """The hashes of all files in whose bytes one of the texts stands."""
    found, pattern = set(), _pattern(texts)
    for digest in dict.fromkeys(e.data["sha256"] for e in received):
        try:
            data = archive.load(digest)
        except ArchiveError:  # redacted, or missing: `verify` says which
            continue
        if any(pattern.search(words) for words in _words_in(data)):
            found.add(digest)
    return frozenset(found)


def _words_in(data: bytes) -> Iterator[str]:
    """The texts of a file: of each XML part of a package without its tags, of anything else as it may be encoded."""
    if not data.startswith(b"PK"):
        for encoding in ("utf-8", "utf-16-le"):
            yield data.decode(encoding, "ignore")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.infolist():
                try:
                    with package.open(part) as file:
                        content = file.read(_MOST)
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
                    continue
                encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
                words = content.decode(encoding, "ignore")
                yield html.unescape(_TAG.sub("", _END.sub("\n", words)))
                yield html.unescape(words)  # names that stand in attributes
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        yield data.decode("utf-8", "ignore")


def _new_figures(
    archive: Archive, events: Sequence[Event], chosen: frozenset[str], change: Change, *, all_files: bool
) -> dict[str, str]:
    """Of recorded figures that change, the old hash and the new one; the new ones are stored."""
    found: dict[str, str] = {}
    for event, name in product(events, KEPT):
        digest = event.data.get(name, "")
        if not digest or digest in found or not (all_files or event.data.get("sha256") in chosen):
            continue
        if event.kind == "released":  # keys and numbers alone: which of them a public copy showed and which it hid
            continue
        table = json.loads(archive.load(digest))
        changed = _figures_without(table, change) if name == "figures" else _shown(table, change)
        if changed != table:
            found[digest] = archive.store(dump(changed))
    return found


def _figures_without(table: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """A recorded submission whose words were changed; figures, keys and places stay."""
    return {key: _without(value, key, change) for key, value in table.items() if key != "units"} | {
        "units": table["units"]
    }


def _without(value: Any, name: str, change: Change) -> Any:
    """One field of a recorded submission, without its words."""
    if isinstance(value, dict):
        # An observation has a text called action; a report on an action has its key under that name.
        report = "rating" in value
        return {
            key: _without(each, "deliverable" if report and key == "action" else key, change)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without(each, name, change) for each in value]
    if not isinstance(value, str) or name in _FIXED:
        return value
    if name in ("stored", "displayed") and _FIGURE.fullmatch(value.strip()):
        return value
    if change is not _all_words:
        return change(value)
    if name in _OURS:
        return value
    # What is not known here is a text where it has several words, else the key of something.
    return change(value) if name in _TEXTS or " " in value.strip() else value


def _new_data(event: Event, figures: Mapping[str, str], texts: Sequence[str], chosen: frozenset[str]) -> dict[str, Any]:
    data = dict(event.data)
    for name in KEPT:
        if data.get(name) in figures:
            data[name] = figures[data[name]]
    # What was explained in a file that is taken out altogether goes with it.
    whole = not texts and event.kind not in KINDS_OF_FILES and data.get("sha256") in chosen
    change = _all_words if whole else _replacing(texts)
    return {key: _through(value, change) if key in _WORDS else value for key, value in data.items()}


def _through(value: Any, change: Change) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_through(each, change) for each in value]
    if isinstance(value, dict):
        return {key: _through(each, change) for key, each in value.items()}
    return value


def _shown(value: Any, change: Change) -> Any:
    """A table that was shown or published, without words; figures stay."""
    if isinstance(value, str):
        return value if _FIGURE.fullmatch(value.strip()) else change(value)
    if isinstance(value, list):
        return [_shown(each, change) for each in value]
    if isinstance(value, dict):
        return {key: each if key in _NAMING else _shown(each, change) for key, each in value.items()}
    return value


def _all_words(text: str) -> str:
    return MARK if text else text


def _replacing(texts: Sequence[str]) -> Change:
    if not texts:
        return str
    pattern = _pattern(texts)
    return lambda words: pattern.sub(MARK, words)


def _pattern(texts: Sequence[str]) -> re.Pattern[str]:
    """Finds texts as whole words, whatever their capitals, white space and Unicode form."""
    forms = {unicodedata.normalize(form, text) for text in texts for form in ("NFC", "NFD")}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    found = "|".join(r"\s+".join(map(re.escape, form.split())) for form in longest_first)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).replace("\\", "/").casefold()
