"""A council of any number of directorates with 60 measures each, its returns filled, signed and registered as issued.

Our own writer writes one return a kind of filling; every other one is that book with the keys, codes, names and ids of
its directorate in the shared texts, and all other parts as they are. `make` proves on the last directorate that the
writer itself would have written the same.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from perfbook.collecting.issue import register_issues
from perfbook.framework.model import Directorate, Framework, Measure, Priority, Target, Unit
from perfbook.framework.periods import parse
from perfbook.returns import layout
from perfbook.returns.filled import Filled
from perfbook.returns.identity import Identity, identity_of, issue_id, return_names
from perfbook.returns.writer import build_return
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from perfbook.settings import ZONE, read_settings
from perfbook.workspace import Workspace

MEASURES = 60
KINDS = 20
PERIOD = parse("2031-32 Q3")
ISSUED = datetime(2032, 1, 2, 9, 0, tzinfo=ZONE)
DUE = datetime(2032, 1, 16, 23, 59, 59, tzinfo=ZONE)
AS_AT = datetime(2032, 1, 15, 2, 0, tzinfo=ZONE)
# The returns lie there since a day that has passed, whatever day it is.
SENT = datetime(2020, 1, 10, 10, 0, tzinfo=UTC).timestamp()
_TOML = f"""council = "Elmbridge Vale"
period = "{PERIOD.label}"
scheme = "star-circle-triangle"

[returns]
due_days = 16

[folder]
files = 100000
"""
_UNITS = (Unit.parse("percent"), Unit.parse("count"), Unit.parse("rate per 10,000"))
_TITLES = tuple(f"Measure {which} of a service that counts a good deal" for which in range(MEASURES))


def framework(directorates: int, first: int = 0) -> Framework:
    """Shares with numerator and denominator, counts and rates, each with a target."""
    numbers = range(first, first + directorates)
    measures = tuple(_measure(number, which) for number in numbers for which in range(MEASURES))
    target = Target(Decimal(50)), Target(Decimal("0.7")), Target(Decimal(60))
    return Framework(
        council="Elmbridge Vale",
        year_start=4,
        reporting="quarterly",
        measures=measures,
        directorates=tuple(Directorate(_key(number), _name(number)) for number in numbers),
        priorities=(Priority("all", "Everything"),),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        targets={(m.key, PERIOD): target[(which + 1) % 3] for which, m in enumerate(measures)},
        version="benchmark",
    )


def open_council(root: Path, directorates: int) -> Workspace:
    """The workspace at a folder. Its framework is not read from a file: of 600,000 rows that takes minutes."""
    (root / "returns" / PERIOD.label).mkdir(parents=True, exist_ok=True)
    (root / "perfbook.toml").write_text(_TOML, encoding="utf-8")
    workspace = Workspace(root, read_settings(root / "perfbook.toml"))
    workspace.__dict__["framework"] = framework(directorates)
    return workspace


def make(root: Path, directorates: int) -> Workspace:
    """Write the returns and register them."""
    workspace = open_council(root, directorates)
    made, folder = workspace.framework, workspace.returns_folder(PERIOD)
    keys = [each.key for each in made.directorates]
    names = return_names(made, keys, PERIOD)
    one = framework(1)
    patterns = [_Pattern(_written(one, 0, kind)) for kind in range(min(KINDS, directorates))]
    entries = []
    for number, key in enumerate(keys):
        data = patterns[number % KINDS].copy(number)
        path = folder / names[key]
        path.write_bytes(data)
        os.utime(path, (SENT, SENT))
        entries.append((key, issue_id(made, key, PERIOD), names[key], hashlib.sha256(data).hexdigest()))
    last = directorates - 1
    if _parts((folder / names[keys[last]]).read_bytes()) != _parts(_written(made, last, last % KINDS)):
        raise SystemExit("A return that was made from another is not what the writer writes.")
    register_issues(workspace.archive, made, PERIOD, entries, ISSUED)
    return workspace


def change(workspace: Workspace, count: int) -> None:
    """Have some managers correct what they sent: another filling, saved a day later."""
    made = workspace.framework
    keys = [each.key for each in made.directorates]
    names = return_names(made, keys, PERIOD)
    one = framework(1)
    step = max(1, len(keys) // count)
    for number in range(0, step * count, step):
        path = workspace.returns_folder(PERIOD) / names[keys[number]]
        data = _Pattern(_written(one, 0, number % KINDS + 1)).copy(number)
        path.write_bytes(data)
        os.utime(path, (SENT + 86_400, SENT + 86_400))


def _key(number: int) -> str:
    return f"d{number:05}"


def _name(number: int) -> str:
    return f"Service {number:05}"


def _measure(number: int, which: int) -> Measure:
    return Measure(
        key=f"{_key(number)}-m{which:02}",
        code=f"E{number:05}.{which:02}",
        title=_TITLES[which],
        priority="all",
        directorate=_key(number),
        unit=_UNITS[which % 3],
        decimals=0 if which % 3 == 1 else 1,
        polarity="lower" if which % 3 == 1 else "higher",
        numerator="Cases" if which % 3 == 0 else "",
        denominator="All cases" if which % 3 == 0 else "",
        minimum=Decimal(0),
    )


def _identity(number: int) -> Identity:
    return identity_of(framework(1, number), _key(number), PERIOD)


def _written(made: Framework, number: int, kind: int) -> bytes:
    """A filled and signed return by our own writer. Of one kind in twenty a figure is no figure."""
    entries: dict[tuple[str, str], object] = {}
    for which in range(MEASURES):
        key, step = f"{_key(number)}-m{which:02}", (kind * 7 + which) % 20
        if which % 3 == 0:
            entries[key, layout.NUMERATOR], entries[key, layout.DENOMINATOR] = 600 + step * 10, 1_000
        else:
            entries[key, layout.ACTUAL] = 40 + step
        more = 11 + step * 7 % 20  # no series that counts up, as where a cell was dragged down
        # Each service says something of its own, as services do.
        who, area = _name(number), chr(65 + which % 26) + chr(97 + which // 26)
        entries[key, layout.COMMENTARY] = f"In {who} {area} {more} more cases than expected came in December."
        entries[key, layout.ACTION] = f"A second team of {who} starts in {area} in February."
    if kind % KINDS == 3:
        entries[f"{_key(number)}-m01", layout.ACTUAL] = "about fifty"
    signed = {
        layout.SIGN_STATE: "Certified",
        layout.SIGN_ROLE: "Head of Service",
        layout.SIGN_DATE: date(2032, 1, 10),
    }
    filled = Filled(entries=entries, sign_off=signed)  # type: ignore[arg-type]
    return build_return(made, _key(number), PERIOD, {}, due=DUE, created=ISSUED, filled=filled)


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


class _Pattern:
    """A book of directorate 0, from which those of others are made."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            self.parts = [(entry, package.read(entry)) for entry in entries]
        own = [word.encode() for word in (_key(0), "E00000", _name(0))]
        own += [word.encode() for word in (_identity(0).issue, _identity(0).content_checksum)]
        self.own = {entry.filename for entry, content in self.parts if any(word in content for word in own)}
        self.packed: dict[str, bytes] = {}
        for entry in entries:
            start = entry.header_offset
            name, extra = struct.unpack("<HH", data[start + 26 : start + 30])
            start += 30 + name + extra
            self.packed[entry.filename] = data[start : start + entry.compress_size]

    def copy(self, number: int) -> bytes:
        was, now = _identity(0), _identity(number)
        words = [
            (_key(0), _key(number)),
            ("E00000", f"E{number:05}"),
            (_name(0), _name(number)),
            (was.issue, now.issue),
            (was.content_checksum, now.content_checksum),
        ]
        pairs = [(old.encode(), new.encode()) for old, new in words]
        return _zip([(entry, *self._part(entry, content, pairs)) for entry, content in self.parts])

    def _part(self, entry: zipfile.ZipInfo, content: bytes, pairs: list[tuple[bytes, bytes]]) -> tuple[bytes, int, int]:
        if entry.filename not in self.own:
            return self.packed[entry.filename], entry.CRC, entry.file_size
        changed = content
        for old, new in pairs:
            changed = changed.replace(old, new)
        stream = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return stream.compress(changed) + stream.flush(), zlib.crc32(changed), len(changed)


def _zip(parts: list[tuple[zipfile.ZipInfo, bytes, int, int]]) -> bytes:
    """A package of parts that are packed already: (entry, packed, checksum, size)."""
    body, directory = bytearray(), bytearray()
    for entry, packed, crc, size in parts:
        name = entry.filename.encode("ascii")
        day, clock = 33, 0  # 1 January 1980, as the writer has it
        method = entry.compress_type
        common = struct.pack("<HHHHHIIIHH", 20, 0, method, clock, day, crc, len(packed), size, len(name), 0)
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        )
        body += b"PK\x03\x04" + common + name + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end


def digest(path: Path) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
