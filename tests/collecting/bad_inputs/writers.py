"""Smallest writers of other kinds of workbook, for the cells of a return: .xls, .xlsb and .ods.

They write values and nothing else, which is all that is read of these kinds.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from perfbook.excel.compound import compound_file
from perfbook.returns._looks import Place, Raw

Grid = Mapping[str, Mapping[Place, Raw]]
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xls(grid: Grid, errors: Mapping[tuple[str, Place], int] | None = None) -> bytes:
    """A workbook of Excel 97; `errors` are cells that hold an error, by its code."""
    bodies = [_biff_sheet(name, cells, errors or {}) for name, cells in grid.items()]
    bounds = [struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le") for name in grid]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    head += _record(0x0042, struct.pack("<H", 1200))
    offset = len(head) + sum(4 + len(bound) for bound in bounds) + 4
    for bound, body in zip(bounds, bodies, strict=True):
        head += _record(0x0085, struct.pack("<I", offset) + bound[4:])
        offset += len(body)
    return compound_file({"Workbook": head + _record(0x000A, b"") + b"".join(bodies)})


def _biff_sheet(name: str, cells: Mapping[Place, Raw], errors: Mapping[tuple[str, Place], int]) -> bytes:
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for (row, column), value in sorted(cells.items()):
        at = struct.pack("<HHH", row, column, 0)
        if (name, (row, column)) in errors:
            out += _record(0x0205, at + bytes([errors[name, (row, column)], 1]))
        elif isinstance(value, bool):
            out += _record(0x0205, at + bytes([value, 0]))
        elif isinstance(value, int | float):
            out += _record(0x0203, at + struct.pack("<d", value))
        elif value is not None:
            words = _words(value)[:4000]
            out += _record(0x0204, at + struct.pack("<HB", len(words), 1) + words.encode("utf-16-le"))
    return out + _record(0x000A, b"")


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def xlsb(grid: Grid, errors: Mapping[tuple[str, Place], int] | None = None) -> bytes:
    """A binary workbook."""
    sheets = b""
    relations = ""
    parts: dict[str, bytes] = {}
    for number, (name, cells) in enumerate(grid.items(), start=1):
        identifier = f"rId{number}"
        sheets += long_record(156, struct.pack("<II", 0, number) + _wide(identifier) + _wide(name))
        relations += (
            f'<Relationship Id="{identifier}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.bin"/>'
        )
        parts[f"xl/worksheets/sheet{number}.bin"] = _binary_sheet(name, cells, errors or {})
    parts["xl/workbook.bin"] = (
        long_record(131, b"") + long_record(143, b"") + sheets + long_record(144, b"") + long_record(132, b"")
    )
    parts["xl/_rels/workbook.bin.rels"] = f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'.encode()
    parts["[Content_Types].xml"] = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return _zip(parts)


def _binary_sheet(name: str, cells: Mapping[Place, Raw], errors: Mapping[tuple[str, Place], int]) -> bytes:
    out = long_record(129, b"") + long_record(148, struct.pack("<IIII", 0, 200, 0, 200)) + long_record(145, b"")
    last = -1
    for (row, column), value in sorted(cells.items()):
        if row != last:
            out += long_record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
            last = row
        at = struct.pack("<II", column, 0)
        if (name, (row, column)) in errors:
            out += long_record(3, at + bytes([errors[name, (row, column)]]))
        elif isinstance(value, bool):
            out += long_record(4, at + bytes([value]))
        elif isinstance(value, int | float):
            out += long_record(5, at + struct.pack("<d", value))
        elif value is not None:
            out += long_record(6, at + _wide(_words(value)))
    return out + long_record(146, b"") + long_record(130, b"")


def _wide(words: str) -> bytes:
    encoded = words.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def long_record(number: int, body: bytes) -> bytes:
    """One record of a binary workbook."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length, packed = len(body), b""
    while True:
        packed += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + packed + body


def ods(grid: Grid, *, encrypted: bool = False) -> bytes:
    """An OpenDocument spreadsheet."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{_ods_rows(cells)}</table:table>" for name, cells in grid.items()
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    entry = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
    if encrypted:
        entry += '<manifest:encryption-data manifest:checksum="x"/>'
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f"{entry}</manifest:file-entry></manifest:manifest>"
    )
    return _zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _ods_rows(cells: Mapping[Place, Raw]) -> str:
    rows: dict[int, dict[int, Raw]] = {}
    for (row, column), value in cells.items():
        rows.setdefault(row, {})[column] = value
    out = []
    for row in range(max(rows, default=-1) + 1):
        line = rows.get(row, {})
        filled = [_ods_cell(line.get(column)) for column in range(max(line, default=-1) + 1)]
        out.append(f"<table:table-row>{''.join(filled)}</table:table-row>")
    return "".join(out)


def _ods_cell(value: Raw) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(_words(value))}</text:p></table:table-cell>'


def _words(value: Raw) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _zip(parts: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
