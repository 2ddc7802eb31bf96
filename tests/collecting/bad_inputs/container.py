"""BAD_INPUTS.md, "Container": what a file is, what it is packed in, and what else is in the package."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

import msoffcrypto
import xlsxwriter

from perfbook.excel.compound import compound_file
from perfbook.returns import layout
from tests.collecting.bad_inputs import writers
from tests.collecting.bad_inputs.case import Case, plain, spoilt
from tests.collecting.bad_inputs.draft import COUNT, MEASURES, Draft, packed

PASSWORD = "a password for the tests"
_CSV = b"key,actual\nk1,12\nk2,13\n"
_HTML = b"<html><body><table><tr><td>12</td></tr></table></body></html>"
_TYPES = "[Content_Types].xml"
_BOOK = "xl/workbook.xml"
_TRANSITIONAL = "http://schemas.openxmlformats.org"
_SIMPLE_SPACE = f"{_TRANSITIONAL}/spreadsheetml/2006/main"
_STRICT = (
    (_SIMPLE_SPACE, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (f"{_TRANSITIONAL}/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    (f"{_TRANSITIONAL}/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"),
)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def cases() -> list[Case]:
    """Every case about containers."""
    return [
        # Kinds, under the right name and a wrong one
        Case("container: xls.xls", lambda d: writers.xls(Draft.good().grid(d))),
        Case("container: xls named xlsx.xlsx", lambda d: writers.xls(Draft.good().grid(d))),
        Case("container: xls with an error.xls", lambda d: writers.xls(*_with_error(d, 7))),
        Case("container: xlsb.xlsb", lambda d: writers.xlsb(Draft.good().grid(d))),
        Case("container: xlsb named xlsx.xlsx", lambda d: writers.xlsb(Draft.good().grid(d))),
        Case("container: xlsb with an error.xlsb", lambda d: writers.xlsb(*_with_error(d, 42))),
        Case("container: ods.ods", lambda d: writers.ods(Draft.good().grid(d))),
        Case("container: ods named xlsx.xlsx", lambda d: writers.ods(Draft.good().grid(d))),
        # Found by the fuzzer: calamine never came back from the first, asked for 256 MB for the second, and took what
        # was left in its memory for the value of the third.
        Case("container: ods that is not well-formed.ods", _unclosed_ods),
        Case("container: xlsb with a record that is too long.xlsb", lambda d: _with_record(d, b"\x05\xff\xff\xff\x7f")),
        Case("container: xlsb with a record that is too short.xlsb", lambda d: _with_record(d, _real_without_value())),
        # Calamine passes over it.
        Case("container: xlsb with a formatted text.xlsb", lambda d: _with_record(d, _formatted_text())),
        Case("container: xlsx named xls.xls", lambda d: Draft.good().packed(d)),
        Case("container: xlsx named pdf.pdf", lambda d: Draft.good().packed(d)),
        plain("container: csv.csv", _CSV),
        plain("container: csv named xlsx.xlsx", _CSV),
        plain("container: html.html", _HTML),
        plain("container: html named xls.xls", _HTML),
        plain("container: XML of Excel 2003 named xls.xls", _xml_2003()),
        plain("container: pdf named xlsx.xlsx", b"%PDF-1.7\n%%EOF\n"),
        plain("container: Word named xlsx.xlsx", packed({_TYPES: b"<Types/>", "word/document.xml": b"<w/>"})),
        plain("container: old Word named xls.xls", compound_file({"WordDocument": bytes(5000)})),
        plain("container: Outlook e-mail named xls.xls", compound_file({"__substg1.0_0037001F": bytes(5000)})),
        plain("container: e-mail named xlsx.xlsx", b"From: a@example.invalid\nMIME-Version: 1.0\n\nHere it is.\n"),
        plain("container: zip named xlsx.xlsx", packed({"return.txt": b"12"})),
        plain("container: presentation named xlsx.xlsx", packed({_TYPES: b"<Types/>", "ppt/slide.xml": b"<p/>"})),
        plain("container: picture named xlsx.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        plain("container: noise named xlsx.xlsx", bytes(range(256)) * 4),
        plain("container: somebody else's workbook.xlsx", _stranger()),
        # Locks
        Case("container: encrypted with the configured password.xlsx", lambda d: _encrypted(d, PASSWORD)),
        Case("container: encrypted with another password.xlsx", lambda d: _encrypted(d, "something else")),
        Case("container: encrypted so that Excel opens it.xlsx", lambda d: _encrypted(d, "VelvetSweatshop")),
        Case("container: encrypted ods.ods", lambda d: writers.ods(Draft.good().grid(d), encrypted=True)),
        Case("container: zip with a password.xlsx", lambda d: _flagged(Draft.good().packed(d))),
        plain("container: rights-managed.xlsx", _rights_managed()),
        # Bombs
        spoilt("container: bomb by ratio.xlsx", lambda d: d.parts.update({"xl/media/a.xml": bytes(20_000_000)})),
        Case("container: bomb by size.xlsx", lambda d: by_size(d)),
        Case("container: bomb by entries.xlsx", lambda d: by_entries(d)),
        Case("container: bomb whose size lies.xlsx", lambda d: lying(d)),
        spoilt("container: entity bomb in a sheet.xlsx", _prefixed(MEASURES, ENTITIES)),
        spoilt("container: external entity in a sheet.xlsx", _prefixed(MEASURES, _EXTERNAL)),
        spoilt("container: entities in the strings.xlsx", _part_prefixed("xl/sharedStrings.xml", ENTITIES)),
        spoilt("container: document type alone.xlsx", _part_prefixed(_BOOK, "<!DOCTYPE workbook>")),
        spoilt("container: entity bomb in UTF-16.xlsx", lambda d: _utf16(d, MEASURES, ENTITIES)),
        # Names
        Case("container: part named twice.xlsx", _twice),
        Case("container: parts that differ by case.xlsx", lambda d: _with_part(d, "XL/Workbook.XML", b"<workbook/>")),
        Case("container: part outside.xlsx", lambda d: _with_part(d, "../../evil.xml", b"<a/>")),
        Case("container: absolute part names.xlsx", lambda d: _renamed(d, lambda name: f"/{name}")),
        Case("container: backslashes in part names.xlsx", lambda d: _renamed(d, lambda n: n.replace("/", "\\"))),
        Case("container: part names in capitals.xlsx", lambda d: _renamed(d, str.upper)),
        # Damage
        Case("container: truncated.xlsx", lambda d: Draft.good().packed(d)[:6000]),
        Case("container: cut in the directory.xlsx", lambda d: Draft.good().packed(d)[:-30]),
        Case("container: bad CRC of a sheet.xlsx", lambda d: _bad_crc(d, "xl/worksheets/sheet2.xml")),
        Case("container: bad CRC of the theme.xlsx", lambda d: _bad_crc(d, "xl/theme/theme1.xml")),
        Case("container: bytes after the end.xlsx", lambda d: Draft.good().packed(d) + bytes(3000)),
        Case("container: bytes before the beginning.xlsx", lambda d: b"PK\x03\x04" + Draft.good().packed(d)),
        spoilt("container: no content types.xlsx", lambda d: _drop(d, _TYPES)),
        spoilt("container: no workbook part.xlsx", lambda d: _drop(d, _BOOK)),
        spoilt("container: no relationships of the package.xlsx", lambda d: _drop(d, "_rels/.rels")),
        spoilt("container: no relationships of the workbook.xlsx", lambda d: _drop(d, "xl/_rels/workbook.xml.rels")),
        spoilt("container: no styles.xlsx", lambda d: _drop(d, "xl/styles.xml")),
        spoilt("container: no shared strings.xlsx", lambda d: _drop(d, "xl/sharedStrings.xml")),
        spoilt("container: no part of a sheet.xlsx", lambda d: _drop(d, d.sheet(MEASURES))),
        spoilt("container: workbook is not XML.xlsx", lambda d: d.parts.update({_BOOK: b"<workbook"})),
        spoilt("container: sheet cut off.xlsx", _cut_sheet),
        spoilt(
            "container: wrong content types.xlsx", lambda d: d.change(_TYPES, "worksheet+xml", "chart+xml", all=True)
        ),
        # Forms
        spoilt("container: Strict Open XML.xlsx", strict),
        spoilt("container: odd namespace prefixes.xlsx", _odd_prefixes),
        spoilt("container: absolute targets.xlsx", _absolute_targets),
        spoilt("container: sheet in UTF-16.xlsx", lambda d: _utf16(d, MEASURES, "")),
        spoilt("container: byte order mark.xlsx", _part_prefixed(_BOOK, "\ufeff")),
        # Active content
        spoilt(
            "container: macros.xlsm", lambda d: _relate(d, "vbaProject", "vbaProject.bin", compound_file({"x": b"y"}))
        ),
        spoilt(
            "container: XLM sheet.xlsm", lambda d: _relate(d, "xlMacrosheet", "macrosheets/s.xml", b"<macrosheet/>")
        ),
        spoilt("container: external link.xlsx", lambda d: _relate(d, "externalLink", "externalLinks/e.xml", b"<a/>")),
        spoilt("container: DDE link.xlsx", lambda d: _relate(d, "externalLink", "externalLinks/e.xml", _DDE)),
    ]


_MACROS = compound_file({"PROJECT": b"nothing"})
_DDE = (f'<externalLink xmlns="{_SIMPLE_SPACE}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>').encode()


def _wrong_types(draft: Draft) -> None:
    draft.change(_TYPES, "worksheet+xml", "chart+xml", all=True)


def _xml_2003() -> bytes:
    return (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
    )


def _stranger() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Measures").write_row(0, 0, ["Measure", "Actual", 12])
    return out.getvalue()


def _with_error(directorate: str, code: int) -> tuple[writers.Grid, dict[tuple[str, tuple[int, int]], int]]:
    from perfbook.returns._addresses import reference

    draft = Draft.good()
    place = reference(draft.at(MEASURES, COUNT, layout.ACTUAL))
    assert place is not None
    return draft.grid(directorate), {(MEASURES, place): code}


def _unclosed_ods(directorate: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(writers.ods(Draft.good().grid(directorate)))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["content.xml"] = parts["content.xml"].replace(b"</table:table>", b"", 1)
    return packed(parts)


def _with_record(directorate: str, record: bytes) -> bytes:
    """A binary workbook with one record more at the end of Measures."""
    with zipfile.ZipFile(io.BytesIO(writers.xlsb(Draft.good().grid(directorate)))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    cells, end = parts["xl/worksheets/sheet2.bin"], writers.long_record(146, b"")
    parts["xl/worksheets/sheet2.bin"] = cells.replace(end, record + end)
    return packed(parts)


def _real_without_value() -> bytes:
    return _cell_at(COUNT, layout.ACTUAL, 5, b"")


def _formatted_text() -> bytes:
    words = "Formatted".encode("utf-16-le")
    return _cell_at(COUNT, layout.COMMENTARY, 62, b"\0" + struct.pack("<I", len(words) // 2) + words)


def _cell_at(key: str, column: str, kind: int, value: bytes) -> bytes:
    from perfbook.returns._addresses import reference

    place = reference(Draft.good().at(MEASURES, key, column))
    assert place is not None
    row = writers.long_record(0, struct.pack("<IIHBBBI", place[0], 0, 300, 0, 0, 0, 0))
    return row + writers.long_record(kind, struct.pack("<II", place[1], 0) + value)


def _encrypted(directorate: str, password: str) -> bytes:
    out = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(Draft.good().packed(directorate)))
    file.encrypt(password, out)
    return out.getvalue()


def _rights_managed() -> bytes:
    return compound_file({"EncryptedPackage": bytes(5000), "\x06DataSpaces": {"DRMEncryptedDataSpace": bytes(100)}})


def _flagged(data: bytes) -> bytes:
    """The same zip, every entry of which says that it is encrypted."""
    out = bytearray(data)
    for match in re.finditer(rb"PK\x03\x04|PK\x01\x02", data):
        at = match.start() + (6 if match[0] == b"PK\x03\x04" else 8)
        out[at] |= 1
    return bytes(out)


def by_size(directorate: str) -> bytes:
    draft = Draft.good()
    line = bytes(range(256)) * 4  # packs well, but not too well
    draft.parts |= {f"xl/media/{n}.bin": bytes([n]) + line * 20_000 for n in range(6)}
    return draft.packed(directorate)


def by_entries(directorate: str) -> bytes:
    draft = Draft.good()
    draft.parts |= {f"xl/media/{n}.txt": b"" for n in range(6_000)}
    return draft.packed(directorate)


def lying(directorate: str) -> bytes:
    """A sheet that unpacks to ten times of what the directory says of it."""
    draft = Draft.good()
    part = draft.sheet(MEASURES)
    content = draft.parts[part]
    draft.parts[part] = content + b" " * 9 * len(content)
    data = bytearray(draft.packed(directorate))
    told = draft.parts[part][: len(content)]
    for match in re.finditer(rb"PK\x03\x04|PK\x01\x02", bytes(data)):
        local = match[0] == b"PK\x03\x04"
        start = match.start()
        name = bytes(data[start + (30 if local else 46) :][: len(part)])
        if name == part.encode():
            at = start + (14 if local else 16)
            data[at : at + 4] = struct.pack("<I", zlib.crc32(told))
            data[at + 8 : at + 12] = struct.pack("<I", len(told))
    return bytes(data)


def _prefixed(sheet: str, prefix: str) -> Callable[[Draft], None]:
    return lambda draft: _part_prefixed(draft.sheet(sheet), prefix)(draft)


def _part_prefixed(part: str, prefix: str) -> Callable[[Draft], None]:
    def spoil(draft: Draft) -> None:
        content = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", draft.parts[part])
        draft.parts[part] = prefix.encode() + content

    return spoil


def _utf16(draft: Draft, sheet: str, prefix: str) -> None:
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "", draft.parts[draft.sheet(sheet)].decode())
    prefix = prefix or '<?xml version="1.0" encoding="UTF-16"?>'
    draft.parts[draft.sheet(sheet)] = (prefix + text).encode("utf-16")


def _twice(directorate: str) -> bytes:
    draft = Draft.good()
    draft.rename(directorate)
    # zipfile warns of writing one name twice, so the second is made the same afterwards.
    name = draft.sheet(MEASURES)
    other = f"{name[:-1]}Q"
    draft.parts[other] = b"<worksheet/>"
    return packed(draft.parts).replace(other.encode(), name.encode())


def _with_part(directorate: str, name: str, content: bytes) -> bytes:
    draft = Draft.good()
    draft.parts[name] = content
    return draft.packed(directorate)


def _renamed(directorate: str, rename: Callable[[str], str]) -> bytes:
    draft = Draft.good()
    draft.rename(directorate)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in draft.parts.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = rename(name)
            package.writestr(entry, content)
    return out.getvalue()


def _bad_crc(directorate: str, part: str) -> bytes:
    data = bytearray(Draft.good().packed(directorate))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        entry = package.getinfo(part)
    at = entry.header_offset + 30 + len(part) + entry.compress_size // 2
    data[at] ^= 0xFF
    return bytes(data)


def _drop(draft: Draft, part: str) -> None:
    del draft.parts[part]


def _cut_sheet(draft: Draft) -> None:
    part = draft.sheet(MEASURES)
    draft.parts[part] = draft.parts[part][: len(draft.parts[part]) // 2]


def strict(draft: Draft) -> None:
    for name, content in draft.parts.items():
        for old, new in _STRICT:
            content = content.replace(old.encode(), new.encode())
        draft.parts[name] = content
    draft.change(_BOOK, "<workbook ", '<workbook conformance="strict" ')


def _odd_prefixes(draft: Draft) -> None:
    part = draft.sheet(MEASURES)
    content = draft.parts[part].decode()
    space = f'xmlns="{_SIMPLE_SPACE}"'
    content = content.replace(space, space.replace("xmlns=", "xmlns:zz="), 1)
    content = re.sub(r"<(/?)(?=[A-Za-z]+[\s/>])", r"<\1zz:", content)
    draft.parts[part] = content.encode()


def _absolute_targets(draft: Draft) -> None:
    draft.change("xl/_rels/workbook.xml.rels", 'Target="', 'Target="/xl/', all=True)


def _relate(draft: Draft, kind: str, target: str, content: bytes) -> None:
    draft.parts[f"xl/{target}"] = content
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    if kind == "vbaProject":
        office = "http://schemas.microsoft.com/office/2006/relationships"
    relation = f'<Relationship Id="rId99" Type="{office}/{kind}" Target="{target}"/>'
    draft.change("xl/_rels/workbook.xml.rels", "</Relationships>", f"{relation}</Relationships>")
