"""Files that are small and mean to be large: what they unpack to, what they claim, what they make a parser do."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from types import MappingProxyType

from tests.collecting.bad_inputs import writers
from tests.collecting.bad_inputs.container import ENTITIES, by_entries, by_size, lying
from tests.collecting.bad_inputs.draft import BASE, MEASURES, Draft

_ROWS = 1_048_576


def good() -> bytes:
    """A good return."""
    return Draft.good().packed()


def by_ratio(megabytes: int = 1_000) -> bytes:
    """A gigabyte of blanks in a part."""
    out = io.BytesIO()
    draft = Draft.good()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in draft.parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
        entry = zipfile.ZipInfo("xl/worksheets/sheet9.xml")
        entry.compress_type = zipfile.ZIP_DEFLATED
        with package.open(entry, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def just_allowed() -> bytes:
    """As much as the limits let through: fifty megabytes of rows, each with a value of its own."""
    draft = Draft.good()
    rows = "".join(f'<row r="{n}"><c r="B{n}"><v>{n * 7919 % 999983}</v></c></row>' for n in range(99, _ROWS))
    draft.change(draft.sheet(MEASURES), "</sheetData>", f"{rows}</sheetData>")
    return draft.packed()


def ghost_rows(cell: str = '<c r="B{row}" s="1"/>') -> bytes:
    """A million rows with nothing but a format in them, and the dimension of a whole sheet."""
    draft = Draft.good()
    rows = "".join(f'<row r="{row}">{cell.format(row=row)}</row>' for row in range(1_000, _ROWS + 1))
    part = draft.sheet(MEASURES)
    changed = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', draft.parts[part])
    draft.parts[part] = changed.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    return draft.packed()


def ghost_corner() -> bytes:
    """One value in the last cell that there is."""
    draft = Draft.good()
    draft.change(
        draft.sheet(MEASURES), "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    return draft.packed()


def entity_bomb() -> bytes:
    """Ten entities of ten entities each, nine times over."""
    draft = Draft.good()
    part = draft.sheet(MEASURES)
    content = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", draft.parts[part])
    used = content.replace(b"</sheetData>", b"<row><c><v>&i;</v></c></row></sheetData>")
    draft.parts[part] = ENTITIES.encode() + used
    return draft.packed()


def deep() -> bytes:
    """Elements in elements, half a million deep."""
    draft = Draft.good()
    draft.change(draft.sheet(MEASURES), "</sheetData>", "<a>" * 500_000 + "</a>" * 500_000 + "</sheetData>")
    return draft.packed()


def many_attributes() -> bytes:
    """A cell with a hundred thousand attributes."""
    draft = Draft.good()
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))
    draft.change(draft.sheet(MEASURES), "</sheetData>", f"<row><c {attributes}/></row></sheetData>")
    return draft.packed()


def xls_corner() -> bytes:
    """An old workbook with a value in its last cell."""
    grid = Draft.good().grid(BASE)
    grid[MEASURES][65_535, 255] = 1.0
    return writers.xls(grid)


def ods_repeated() -> bytes:
    """An OpenDocument row that says it stands there a million times."""
    with zipfile.ZipFile(io.BytesIO(writers.ods(Draft.good().grid(BASE)))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    cell = '<table:table-cell table:number-columns-repeated="1024" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1048000">{cell}</table:table-row>'
    parts["content.xml"] = parts["content.xml"].replace(b"</table:table>", row.encode() + b"</table:table>", 1)
    from tests.collecting.bad_inputs.draft import packed

    return packed(parts)


BOMBS: MappingProxyType[str, Callable[[], bytes]] = MappingProxyType(
    {
        "zip bomb by ratio": by_ratio,
        "zip bomb by size": lambda: by_size(BASE),
        "zip bomb by entries": lambda: by_entries(BASE),
        "zip bomb whose size lies": lambda: lying(BASE),
        "all that the limits allow": just_allowed,
        "entity bomb": entity_bomb,
        "a million ghost rows": ghost_rows,
        "a million rows of empty text": lambda: ghost_rows('<c r="B{row}" t="s"/>'),
        "a million rows with one value": lambda: ghost_rows('<c r="B{row}"><v>1</v></c>'),
        "a value in the last cell": ghost_corner,
        "elements half a million deep": deep,
        "a hundred thousand attributes": many_attributes,
        "xls with a value in the last cell": xls_corner,
        "ods with a row a million times": ods_repeated,
    }
)
