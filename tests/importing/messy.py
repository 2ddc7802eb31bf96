"""A council's spreadsheet as it has grown: everything that people do to a list of measures in ten years."""

from __future__ import annotations

import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

_HEAD = (
    "KPI Ref",
    "Indicator",
    "Lead Officer",
    "Polarity",
    "2019/20",
    None,
    "2020/21",
    None,
    None,
    None,
    "RAG",
    "DoT",
    None,
    "Comments",
)
_SUB = (None, None, None, None, "Outturn", "Target", "Target", "Q1", "Q2", "Q3", None, None, "Variance", None)


def _table(sheet: Worksheet, top: int) -> None:
    for row, line in enumerate((_HEAD, _SUB), top):
        for column, text in enumerate(line, 1):
            sheet.cell(row, column, text)
    for column in (1, 2, 3, 4, 11, 12, 14):
        sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
    sheet.merge_cells(start_row=top, end_row=top, start_column=5, end_column=6)
    sheet.merge_cells(start_row=top, end_row=top, start_column=7, end_column=10)


def _heading(sheet: Worksheet, text: str) -> None:
    sheet.append([text])
    sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=14)


def messy() -> bytes:
    """Two sheets of directorates, one of notes; the year 2020-21 with figures of two quarters."""
    book = Workbook()
    social = book.active
    social.title = "Adult Social Care"
    social["A1"] = "Ambridge Borough Council"
    social["A2"] = "Key performance indicators 2020/21"
    social["M1"] = "Printed 14 October"
    _table(social, 4)
    _heading(social, "Priority 1: Living well")
    # Code, title, officer, polarity, last year's outturn and target, target, quarters, RAG, DoT, variance, comment.
    social.append(
        [
            "ASC1",
            "% of adults with a review in the last year",
            "Officer A",
            "High",
            0.712,
            0.75,
            "75%",
            0.734,
            "76.8% (113/147)",
            None,
            "G",
            "\u2191",
            "=I8-G8",
            "On course after a slow spring.",
        ]
    )
    for column in "EFH":
        social[f"{column}{social.max_row}"].number_format = "0.0%"
    social.append(
        [
            "ASC2",
            "Permanent admissions to care homes (65+) per 100,000 population",
            "Officer A",
            "Low",
            612.4,
            600,
            600,
            151.2,
            149.8,
            None,
            "A",
            "\u2193",
            None,
            None,
        ]
    )
    social.append(
        [
            "\u0410SC3",
            "Average time from contact to assessment",
            "Officer B",
            "\u2193",
            "31 days",
            "28 days",
            "28 days",
            "33 days",
            "34 Days",
            None,
            "R",
            "\u2193",
            None,
            "n/a",
        ]
    )
    social.append(
        [
            "ASC3",
            "Carers who are satisfied with services",
            None,
            None,
            48.2,
            50,
            50,
            51,
            52.5,
            None,
            None,
            None,
            None,
            None,
        ]
    )
    social[f"K{social.max_row}"].fill = PatternFill("solid", fgColor="00B050")
    _heading(social, "Priority 2: Safe and independent")
    social.append(
        [
            None,
            "Number of safeguarding concerns raised",
            "Officer B",
            "n/a",
            1204,
            None,
            "No target",
            310,
            "298",
            None,
            None,
            None,
            None,
            None,
        ]
    )
    social.append(
        [
            "ASC1",
            "Cost per week of residential care (\u00a3)",
            "Officer A",
            "low",
            "\u00a3742",
            "\u00a3750",
            "\u00a3760",
            "\u00a3751",
            "\u00a3749",
            None,
            "G",
            None,
            None,
            None,
        ]
    )
    social.append(
        [
            "ASC9",
            "An indicator that was dropped",
            "Officer A",
            "high",
            5,
            5,
            5,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
        ]
    )
    social.row_dimensions[social.max_row].hidden = True
    social.append(["Total", None, None, None, None, None, None, 1234, 5678, None, None, None, None, None])
    social.append([])
    social.append(["Note: figures are provisional until the year is closed."])
    social["B8"].comment = Comment("Definition changed in 2019", "somebody")
    social.column_dimensions["M"].hidden = True

    homes = book.create_sheet("Housing & Regeneration")
    homes.append(["Housing and regeneration"])
    homes.append(
        [
            "Ref",
            "Performance measure",
            "Responsible manager",
            "Aim",
            "Apr-Jun 2020/21",
            datetime(2020, 4, 1),  # noqa: DTZ001 (a cell knows no zone)
            "Q2 20/21",
            "2020/21 Target",
            "RAG Q2",
            "All England average",
            "Unit",
            "Odd one",
        ]
    )
    homes["F2"].number_format = "mmm-yy"
    homes.append(
        [
            "H1",
            "Rent collected as a percentage of rent due",
            "Manager C",
            "Bigger is better",
            97.1,
            None,
            97.9,
            98,
            "Amber",
            "97.4%",
            "%",
            "?",
        ]
    )
    homes.append(
        [
            "H2",
            "Average days to let an empty home",
            "Manager C",
            "Smaller is better",
            31,
            None,
            27.5,
            25,
            "red",
            29.1,
            "Days",
            None,
        ]
    )
    homes.append(
        [
            "H3",
            "New affordable homes completed",
            "Manager D",
            "Bigger is better",
            12,
            None,
            22,
            180,
            "Green",
            None,
            "No.",
            None,
        ]
    )
    homes.append(
        ["H4", "Gas certificates in date", "Manager D", "10-15", "#REF!", None, "tbc", "99-100%", None, None, "%", None]
    )
    homes["E6"] = "#REF!"
    homes["E6"].data_type = "e"
    homes.append(
        [
            "H5",
            "Rooms in bed and breakfast",
            "Manager D",
            "Smaller is better",
            None,
            14,
            None,
            None,
            None,
            None,
            "No.",
            None,
        ]
    )

    notes = book.create_sheet("Guidance")
    notes["B2"] = "Fill in the white cells by the tenth of the month."
    notes["B3"] = "Ask the performance team."
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
