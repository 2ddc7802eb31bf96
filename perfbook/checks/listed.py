"""The findings that are not rules of a row: what reading a return and collecting it have to say.

They are made where they are found (`returns`, `collecting`); here stands what each code means, for the sheet Checks of
framework.xlsx and for docs/checks.md. A test compares this list with the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from perfbook.checks.rule import Knob, Sure
from perfbook.records import Severity


@dataclass(frozen=True)
class Listed:
    """One code: how grave, what it is about, what to do. `or_else` is the severity that it has in milder cases."""

    code: str
    severity: Severity
    title: str
    remedy: str
    sure: Sure = "certain"
    or_else: Severity | None = None
    knob: Knob | None = None


_PLAIN = "Type a plain number."
_FRESH = "Fill a fresh copy of the return."

# Cells of a row that cannot be taken as they are.
CELLS = (
    Listed("V107", "error", "The actual, or the figure from its fraction, cannot be understood", _PLAIN),
    Listed("V108", "error", "A figure in another unit than the measure's; it is not taken", "Type it in that unit."),
    Listed("V109", "error", "A part of the fraction or the forecast is no plain number", _PLAIN, or_else="warning"),
    Listed("V110", "error", "An error value such as #REF! where a value belongs", "Type the value."),
    Listed("V111", "error", "A formula without a stored value", "Type the value, or save the file in Excel."),
    Listed("V112", "warning", "A formula where a value belongs; its last value is taken", "Type the value itself."),
    Listed("V113", "error", "A date or a time where a number belongs", "Type the number; mend the number format."),
    Listed(
        "V115",
        "warning",
        "A percentage that lost its % sign",
        "Type the figure with its % sign, such as 76.8%.",
        "likely",
    ),
    Listed(
        "V118",
        "error",
        "A fraction for a measure that has none by the framework",
        "Type the figure alone, or give the measure a numerator and a denominator.",
        or_else="info",
    ),
    Listed("V119", "info", "A numerator or denominator typed as text; it is understood", _PLAIN),
    Listed(
        "V120",
        "error",
        "The row asks for another period than the framework does now",
        "Put frequency and arrears right, or have the measure filled in a fresh return.",
        or_else="warning",
    ),
    Listed("V123", "info", "A figure with a footnote mark, such as 54*", "Say in the commentary what is counted now."),
    Listed("V122", "warning", "A text longer than a cell holds", "Shorten it."),
    Listed(
        "V121",
        "error",
        "The row was issued in another unit than the framework has now",
        "Put the unit right, or have the figure filled into a fresh copy.",
    ),
    Listed("S104", "warning", "A word that is no status", "Choose a status from the list."),
    Listed(
        "S106",
        "error",
        "Withdrawn, but by the framework the measure is in force",
        "Type the figure or choose a status; measures are withdrawn in the framework.",
    ),
    Listed(
        "S107",
        "warning",
        "New, but figures of earlier periods are known",
        "Type the figure, or choose another status.",
        "likely",
    ),
)

# Tables that services fill.
GRIDS = (
    Listed(
        "G101",
        "warning",
        "The lines of a group do not add up to their total",
        "Correct one of them.",
        knob=Knob("How far the lines may be from their total, in the unit of the total.", Decimal(0)),
    ),
    Listed("G102", "error", "What stands in a grid is not a number", "Type a plain number."),
)

# What measures and actions are founded on.
EVIDENCE = (
    Listed("D101", "warning", "It is not said where the evidence is", "Give a web address, a path or a file's name."),
    Listed(
        "D102",
        "warning",
        "It is not said what the evidence shows",
        "Say it in a sentence.",
        knob=Knob("How many characters say what it shows.", Decimal(1), Decimal(1), Decimal(500)),
    ),
    Listed("D103", "warning", "Evidence for no measure or action of the return", "Choose from the list."),
    Listed("D104", "warning", "A web address that is none, or not of the web", "Copy the address from the browser."),
    Listed("D105", "warning", "An evidence file that is not in the shared folder", "Lay it beside the return."),
    Listed("D106", "warning", "A path to evidence outside of the shared folder", "Lay the file beside the return."),
    Listed("D107", "warning", "A figure or a rating without the evidence asked for", "Name it on the sheet Evidence."),
)

# The sign-off.
SIGN_OFF = (
    Listed("S201", "error", "A state of the sign-off that there is not", "Choose Provisional or Certified."),
    Listed("S202", "warning", "Certified without a role", "Fill in the role, for example Head of Service."),
    Listed("S203", "warning", "Certified without a date", "Fill in the date."),
    Listed("S204", "warning", "A date of the sign-off that is no date, or not of this time", "Correct the date."),
)

# Files that are refused as a whole.
FILES = (
    Listed("R101", "error", "Not a workbook, or damaged", "Open it in Excel and save it again."),
    Listed("R102", "error", "Protected by a password", "Save it without one."),
    Listed("R103", "error", "A workbook that is no return", "Use the return that was sent out."),
    Listed("R104", "error", "A return of another council or another list of directorates", "Use your own return."),
    Listed("R105", "error", "A return whose identity was altered", _FRESH),
    Listed("R106", "error", "The sheet Measures, or the hidden keys of its cells, are gone", _FRESH),
    Listed("R107", "error", "A return that a newer perfbook made", "Update perfbook."),
    Listed("R108", "error", "A file that unpacks to far too much", _FRESH),
    Listed("R110", "error", "Something else than a workbook", "Save the return as Excel workbook (.xlsx)."),
    Listed("R111", "error", "A workbook whose reading is restricted by rights management", "Save it unrestricted."),
    Listed("R112", "error", "Protected by a password that perfbook does not know", "Save it without one."),
    Listed("R113", "error", "A workbook that declares entities", _FRESH),
    Listed("R114", "error", "A workbook with parts of which there are several of one name", _FRESH),
    Listed("R109", "error", "What was recorded of a return cannot be read by this version", "Update perfbook."),
)

# What was done to a return that is read all the same.
RETURNS = (
    Listed("R201", "warning", "Number formats and formulas could not be inspected", "Save the file in Excel."),
    Listed("R202", "warning", "Several sheets claim to be the same one", "Delete the copies."),
    Listed("R203", "info", "The framework has changed since the return was issued", "Nothing to do."),
    Listed("R204", "error", "A column of Measures is missing", _FRESH),
    Listed(
        "R205",
        "error",
        "The row of a measure, an action or a heading is missing",
        "Fill it in a fresh copy.",
        or_else="warning",
    ),
    Listed("R206", "warning", "A row of a measure that this directorate does not return", "Nothing; it is not read."),
    Listed(
        "R207",
        "error",
        "A row of a measure, an action, a heading or a line stands there twice",
        "Delete the second row.",
    ),
    Listed("R208", "error", "The sheet with the sign-off is missing", "Sign a fresh copy of the return."),
    Listed("R209", "warning", "A measure that another directorate returns now", "Make sure that only one does."),
    Listed("R210", "info", "Hidden keys were changed in capitals or spaces", "Nothing to do."),
    Listed("R211", "error", "Copies of a sheet differ", "Bring the figures together on one sheet."),
    Listed("R212", "warning", "A workbook of another kind, read by value", "Save the return as Excel workbook."),
    Listed("R213", "info", "An encrypted file, opened with a password that perfbook knows", "Nothing to do."),
    Listed("R216", "error", "Two ways of reading a cell disagree; it is not taken", "Type it in a fresh copy."),
    Listed(
        "R214",
        "error",
        "The sheet Actions, Service summary, Evidence or of a grid is missing",
        _FRESH,
        or_else="warning",
    ),
    Listed("R215", "warning", "A comment or a picture where a figure belongs", "Type the value into the cell."),
    Listed(
        "R217",
        "warning",
        "Figures or words in a row that belongs to nothing that is asked",
        "Put them into the row of what they are about.",
    ),
    Listed("R218", "warning", "Cells merged over inputs", "Take the merge apart, and fill each cell."),
    Listed("R219", "info", "Macros or links to other workbooks, which are not followed", "Nothing to do."),
    Listed("R220", "error", "Two columns with one key", "Bring the figures together in one of them."),
    Listed("R221", "info", "What was altered in a workbook, and understood all the same", "Nothing to do."),
    Listed(
        "R222",
        "warning",
        "Locked cells of a return that no longer say what was sent out",
        "Ask whether the figure was meant for what was sent out; what is measured is changed in framework.xlsx.",
    ),
)

# The framework itself, where it is understood and odd all the same.
FRAMEWORK = (
    Listed("F001", "error", "A mistake in a cell of the framework workbook", "As the finding says."),
    Listed("F101", "info", "A reference with letters that only look Latin", "Type the reference anew."),
    Listed("F102", "info", "One reference for several actions", "Nothing, where it is meant."),
)

LISTED: tuple[Listed, ...] = (*CELLS, *GRIDS, *EVIDENCE, *SIGN_OFF, *FILES, *RETURNS, *FRAMEWORK)
