"""Scorecards in which officers have worked, saved by openpyxl, by LibreOffice and as Excel writes them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName

from perfbook.framework.periods import Period
from perfbook.records import Quarter
from perfbook.scorecard import build_scorecard
from tests.scorecard import invented
from tests.support.office import Office

OWN = "My workings"
# Cell of their sheet: formula. The last one names a range of theirs.
FORMULAS = {
    "B2": '=COUNTIF(Scorecard!$I$5:$I$22,"*target*")',
    "B3": "=SUM(Scorecard!$G$6:$G$8)",
    "B4": "=my_rate*2",
    "B5": '=IF(Summary!$B$4="","",Summary!$B$4&" checked")',
}
LABELS = {"A1": "What", "B1": "Figure", "A2": "On target", "A3": "Sum", "A4": "Twice", "A5": "Period", "A6": "Rate"}
RATE = 12.5
NOTES = {"T6": "Asked on 3 July; =1+1 <answer> & reply to come", "T8": "  two lines\nand blanks  "}
WIDTH = 52.5
# Where the period is chosen on Summary, and the measure on Detail, the fifth sheet of the file.
CHOSEN, DETAIL = "B4", 5


def changed(round_: int) -> Quarter:
    """The invented quarter with other figures, texts and lists, round by round.

    Figures of the newest period come and go and turn negative; lists grow and shrink.
    """
    quarter = invented.quarter()
    observations = tuple(
        replace(
            each,
            actual=None
            if each.actual is None
            else (each.actual + Decimal(round_) / 50) * (-1 if round_ and round_ % 3 == 0 else 1),
            commentary=f"{each.commentary} round {round_}",
        )
        for each in quarter.observations
        if each.period != quarter.period or (ord(each.measure[-1]) + round_) % 4
    )
    return replace(
        quarter,
        observations=observations,
        findings=quarter.findings * (1 + round_ % 4),
        files=quarter.files * (1 + (round_ * 2) % 5),
    )


def fresh(round_: int, chosen: Period | None = None, notes: dict[str, str] | None = None, measure: str = "") -> bytes:
    """What perfbook builds in a round."""
    return build_scorecard(changed(round_), selected=chosen, notes=notes, measure=measure)


def by_openpyxl(data: bytes) -> bytes:
    """Their book as a script of theirs saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.create_sheet(OWN)
    for address, value in {**LABELS, **FORMULAS, "B6": RATE}.items():
        sheet[address] = value
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    sheet.add_chart(chart, "D2")
    for address, note in NOTES.items():
        book["Scorecard"][address] = note
    book["Scorecard"].column_dimensions["B"].width = WIDTH
    book.defined_names["my_rate"] = DefinedName("my_rate", attr_text=f"'{OWN}'!$B$6")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def by_libreoffice(data: bytes, office: Office, folder: Path) -> bytes:
    """Their book as LibreOffice saves it."""
    source, target = folder / "plain.xlsx", folder / "theirs.xlsx"
    source.write_bytes(data)
    with office.open(source) as book:
        book.add_sheet(OWN)
        for address, label in LABELS.items():
            book.set_cell(OWN, address, label)
        book.set_cell(OWN, "B6", RATE)
        book.add_name("my_rate", f"$'{OWN}'.$B$6")
        for address, formula in FORMULAS.items():
            book.set_formula(
                OWN,
                address,
                formula.replace("Scorecard!", "Scorecard.").replace("Summary!", "Summary.").replace(",", ";"),
            )
        book.add_chart(OWN, "Mine", "A1:B4")
        for address, note in NOTES.items():
            book.set_cell("Scorecard", address, note)
        book.column_width("Scorecard", 1, 10_000)
        book.recalculate()
        book.save_as(target)
    return target.read_bytes()


def edited(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A book with one part changed; the others as they are."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        assert part in old.namelist()
        for item in old.infolist():
            content = old.read(item)
            if item.filename == part:
                before = content.decode("utf-8")
                after = change(before)
                assert after != before
                content = after.encode("utf-8")
            new.writestr(item, content)
    return made.getvalue()


def with_cell(data: bytes, number: int, address: str, inside: str, kind: str = "") -> bytes:
    """A book in which somebody has put something into a cell of the sheet of that number; its look stays."""
    attribute = f' t="{kind}"' if kind else ""

    def put(text: str) -> str:
        found = re.search(rf'<c r="{address}"([^>]*?)(?:/>|>.*?</c>)', text)
        style = re.search(r' s="\d+"', found[1]) if found else None
        cell = f'<c r="{address}"{style[0] if style else ""}{attribute}>{inside}</c>'
        if found:
            return text[: found.start()] + cell + text[found.end() :]
        row = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if f'<row r="{row}"' in text:
            return re.sub(rf'(<row r="{row}"[^>]*)(?:/>|>(.*?)</row>)', rf"\1>\2{cell}</row>", text)
        return text.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>')

    return edited(data, f"xl/worksheets/sheet{number}.xml", put)


def with_text(data: bytes, number: int, address: str, text: str) -> bytes:
    """The same with a text."""
    return with_cell(data, number, address, f"<is><t>{text}</t></is>", "inlineStr")


def choosing(data: bytes, period: Period, measure: str = "") -> bytes:
    """Their book with another period and perhaps, on Detail, another measure, saved without being calculated."""
    data = with_text(data, 1, CHOSEN, period.label)
    return with_text(data, DETAIL, CHOSEN, measure) if measure else data
