"""A return as parts of its package, to be spoilt part by part; and the council whose returns they are.

Every case has a directorate of its own, so that each is judged alone: `Draft.directorate` names it, and the identity
in the workbook is made to fit. Drafts begin with good figures in every row, certified.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from xml.sax.saxutils import escape

from perfbook.framework.model import Directorate, Framework, Measure, Priority, Unit
from perfbook.returns import layout
from perfbook.returns._grid import address
from perfbook.returns._looks import Place, Raw
from perfbook.returns.identity import content_checksum, issue_id
from perfbook.returns.reader import open_return
from perfbook.returns.writer import build_return
from perfbook.scoring.schemes import STAR_CIRCLE_TRIANGLE
from tests.collecting.council import DUE, ISSUED, PERIOD

COUNCIL = "Elmbridge Vale"
BASE = "dir000"
MEASURES, START, IDENTITY = "Measures", "Start", "_perfbook"
SHARE, COUNT, DAYS, POUNDS = "share", "count", "days", "pounds"
GOOD = {
    (SHARE, layout.NUMERATOR): 113,
    (SHARE, layout.DENOMINATOR): 147,
    (COUNT, layout.ACTUAL): 131,
    (DAYS, layout.ACTUAL): 22.4,
    (POUNDS, layout.ACTUAL): 1310000,
}


def key_of(directorate: str, measure: str) -> str:
    return f"{directorate}-{measure}"


def measures_of(directorate: str) -> tuple[Measure, ...]:
    """The four measures of a directorate: a share with its fraction, a count, days and pounds."""

    def measure(name: str, title: str, unit: str, decimals: int, **more: object) -> Measure:
        return Measure(
            key=key_of(directorate, name),
            code=name[0].upper(),
            title=title,
            priority="all",
            directorate=directorate,
            unit=Unit.parse(unit),
            decimals=decimals,
            polarity="higher",
            **more,  # type: ignore[arg-type]
        )

    fraction = {"numerator": "Paid", "denominator": "Due", "minimum": Decimal(0), "maximum": Decimal(1)}
    return (
        measure(SHARE, "Invoices paid in time", "%", 1, **fraction),
        measure(COUNT, "Homes brought back", "count", 0),
        measure(DAYS, "Days to let a home", "days", 1),
        measure(POUNDS, "Arrears of tenants", "£", 0),
    )


def framework(directorates: int, council: str = COUNCIL) -> Framework:
    """The council with so many directorates, dir000 first."""
    keys = [f"dir{number:03}" for number in range(directorates)]
    return Framework(
        council=council,
        year_start=4,
        reporting="quarterly",
        measures=tuple(measure for key in keys for measure in measures_of(key)),
        directorates=tuple(Directorate(key, f"Directorate {key}") for key in keys),
        priorities=(Priority("all", "Everything"),),
        schemes={STAR_CIRCLE_TRIANGLE.key: STAR_CIRCLE_TRIANGLE},
        default_scheme=STAR_CIRCLE_TRIANGLE.key,
        version="v1",
    )


@cache
def _blank(council: str, period: str) -> bytes:
    from perfbook.framework.periods import parse

    return build_return(framework(1, council), BASE, parse(period), {}, due=DUE, created=ISSUED)


@dataclass
class Draft:
    """A return in pieces. `places` are addresses by sheet and (row key, column key) as issued."""

    parts: dict[str, bytes]
    council: str = COUNCIL
    period: str = PERIOD.label
    sheets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def good(cls, council: str = COUNCIL, period: str = PERIOD.label, *, blank: bool = False) -> Draft:
        """A filled and certified return of the base directorate, or a blank one."""
        with zipfile.ZipFile(io.BytesIO(_blank(council, period))) as package:
            draft = cls({name: package.read(name) for name in package.namelist()}, council, period)
        opened = open_return(_blank(council, period), "x.xlsx")
        careful = opened.book.careful
        assert careful is not None
        draft.sheets = {sheet.name: _cased(draft.parts, sheet.part) for sheet in careful.sheets}
        if not blank:
            for (measure, column), value in GOOD.items():
                draft.put(measure, column, f"<v>{value}</v>")
            draft.sign("Certified")
        return draft

    def sign(self, state: str) -> None:
        for field_key, words in ((layout.SIGN_STATE, state), (layout.SIGN_ROLE, "Head of Service")):
            self.cell(START, self.at(START, field_key, layout.VALUE_COLUMN), inline(words))
        self.cell(START, self.at(START, layout.SIGN_DATE, layout.VALUE_COLUMN), inline("14/01/2032"))

    def at(self, sheet: str, row: str, column: str) -> str:
        """The address of a cell as issued."""
        row = key_of(BASE, row) if sheet == MEASURES and row in (SHARE, COUNT, DAYS, POUNDS) else row
        place = _places(self.council, self.period)[sheet, row, column]
        return address(place)

    def put(self, measure: str, column: str, content: str, kind: str = "") -> None:
        """Fill the cell of a measure; `content` is what stands within the element, `kind` its type."""
        self.cell(MEASURES, self.at(MEASURES, measure, column), (kind, content))

    def say(self, measure: str, column: str, words: str) -> None:
        """Fill the cell of a measure with a text."""
        self.cell(MEASURES, self.at(MEASURES, measure, column), inline(words))

    def cell(self, sheet: str, at: str, what: tuple[str, str], style: str | None = None) -> None:
        """Fill any cell, which keeps its style."""
        kind, content = what
        part = self.sheets[sheet]
        pattern = re.compile(rf'<c r="{at}"((?: s="\d+")?)(?: t="\w+")?(?:/>|>.*?</c>)'.encode())
        made = f'<c r="{at}"\\1{f" t={chr(34)}{kind}{chr(34)}" if kind else ""}>'.encode()
        if style is not None:
            made = made.replace(b"\\1", f' s="{style}"'.encode())
        body = content.encode("utf-8", "surrogatepass").replace(b"\\", b"\\\\")
        changed, count = pattern.subn(made + body + b"</c>", self.parts[part])
        assert count == 1, f"{sheet}!{at}: {count}"
        self.parts[part] = changed

    def change(self, part: str, old: str | bytes, new: str | bytes, *, all: bool = False) -> None:
        """Replace something that must be there."""
        before = old.encode() if isinstance(old, str) else old
        after = new.encode() if isinstance(new, str) else new
        assert before in self.parts[part], f"{part}: no {before!r}"
        self.parts[part] = self.parts[part].replace(before, after, -1 if all else 1)

    def sheet(self, name: str) -> str:
        """The part of a sheet."""
        return self.sheets[name]

    def rename(self, directorate: str) -> None:
        """Make it the return of another directorate, identity and keys and all."""
        here, there = framework(1, self.council), framework(int(directorate[3:]) + 1, self.council)
        from perfbook.framework.periods import parse

        period = parse(self.period)
        swaps = {
            issue_id(here, BASE, period): issue_id(there, directorate, period),
            content_checksum(m.key for m in measures_of(BASE)): content_checksum(
                m.key for m in measures_of(directorate)
            ),
            BASE: directorate,
        }
        for name, content in self.parts.items():
            if name.endswith(".xml"):
                for old, new in swaps.items():
                    content = content.replace(old.encode(), new.encode())
                self.parts[name] = content

    def packed(self, directorate: str = BASE) -> bytes:
        """The workbook, as the return of a directorate."""
        if directorate != BASE:
            self.rename(directorate)
        return packed(self.parts)

    def grid(self, directorate: str) -> dict[str, dict[Place, Raw]]:
        """All cells of the sheets that a machine reads, for writers of other formats."""
        opened = open_return(self.packed(directorate), "x.xlsx")
        return {sheet.name: dict(sheet.cells) for sheet in opened.book.sheets}


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip package of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def inline(words: str) -> tuple[str, str]:
    """A text in its cell."""
    return "inlineStr", f'<is><t xml:space="preserve">{escape(words)}</t></is>'


def _cased(parts: dict[str, bytes], lower: str) -> str:
    return next(name for name in parts if name.lower() == lower)


@cache
def _places(council: str, period: str) -> dict[tuple[str, str, str], Place]:
    from perfbook.returns._grid import find

    sheets = open_return(_blank(council, period), "x.xlsx").book.sheets
    found = {}
    marks = ((MEASURES, layout.MEASURES_MARK), (START, layout.START_MARK), (IDENTITY, layout.IDENTITY_MARK))
    for name, mark in marks:
        keyed = find(sheets, mark, name)[0]
        for row in keyed.rows:
            for column in keyed.columns:
                place = keyed.place(row, column)
                assert place is not None
                found[name, row, column] = place
    return found
