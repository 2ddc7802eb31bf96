"""Spoilt workbooks without end, the same ones for the same seed: bytes turned, zip parts turned, parts mixed.

for number, data in spoilt_files(seed, originals):
    ...
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator, Sequence

# Pieces that parsers trip over, put in anywhere.
_PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"<",
    b"</c>",
    b"<c r='XFD1048576'><v>1</v></c>",
    b"<c r='A0'/>",
    b"<row r='99999999999'/>",
    b"<v>1e999</v>",
    b"<v>-0</v>",
    b"<f>A1</f>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"<![CDATA[",
    b"]]>",
    b't="s"',
    b"t='e'",
    b"s='4294967296'",
    b"_x0000_",
    b"\xed\xa0\x80",
    b"perfbook:measures",
    b"perfbook:identity",
    b"2147483648",
    b"-1",
    b"PK\x01\x02",
    b"../",
)
_TAG = re.compile(rb"<[^<>]*>")
_NUMBER = re.compile(rb"\d+")


def spoilt_files(seed: int, originals: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """File after file, each with its number: from `seed` and the number alone it can be made again."""
    number = 0
    while True:
        yield number, spoilt_file(seed, number, originals)
        number += 1


def spoilt_file(seed: int, number: int, originals: Sequence[bytes]) -> bytes:
    """The file of one number."""
    chance = random.Random(f"{seed} {number}")
    data = chance.choice(originals)
    if chance.random() < 0.25 or not data.startswith(b"PK"):
        return _turned(chance, data)
    return _parts_turned(chance, data, originals)


def _parts_turned(chance: random.Random, data: bytes, originals: Sequence[bytes]) -> bytes:
    """The same package with one to three parts spoilt; the package itself is sound, so that its parts are read."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(sorted(parts))
        what = chance.random()
        if what < 0.5:
            parts[name] = _text_turned(chance, parts[name])
        elif what < 0.75:
            parts[name] = _turned(chance, parts[name])
        elif what < 0.85:
            parts[name] = chance.choice([parts[other] for other in sorted(parts)])
        elif what < 0.92:
            del parts[name]
        else:
            parts[f"{name}{chance.choice(('', '/', 'x', '.rels'))}"] = parts[name]
        if not parts:
            break
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue() if chance.random() < 0.9 else _turned(chance, out.getvalue())


def _text_turned(chance: random.Random, content: bytes) -> bytes:
    """Tags dropped, doubled and moved, numbers changed, pieces put in."""
    for _ in range(chance.randint(1, 6)):
        places = list(_TAG.finditer(content)) if chance.random() < 0.6 else list(_NUMBER.finditer(content))
        if not places:
            return _turned(chance, content)
        match = chance.choice(places)
        before, found, after = content[: match.start()], match[0], content[match.end() :]
        new = chance.choice(
            (
                b"",
                found * 2,
                found * 50,
                chance.choice(places)[0],
                chance.choice(_PIECES),
                found + chance.choice(_PIECES),
                found[::-1],
            )
        )
        content = before + new + after
    return content


def _turned(chance: random.Random, data: bytes) -> bytes:
    """Bytes changed, cut out, doubled, and pieces put in."""
    content = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        at = chance.randrange(len(content) + 1)
        what = chance.random()
        if what < 0.5 and at < len(content):
            content[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, content[at] ^ (1 << chance.randrange(8))))
        elif what < 0.65:
            content[at:at] = chance.choice(_PIECES)
        elif what < 0.8:
            del content[at : at + chance.choice((1, 4, 100, 5000))]
        elif what < 0.9:
            content[at:at] = content[at : at + chance.choice((1, 4, 100, 5000))]
        else:
            content[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
    return bytes(content)
