"""The scorecard as a workbook with macros: its VBA project, its ribbon, its button and the sheet Settings."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import quoteattr

from perfbook import _resources
from perfbook.excel.project import compile_project, read_sources, with_documents
from perfbook.scorecard.frame import SUMMARY, Frame
from perfbook.workbook.writer import Book

Way = Literal["process", "mailbox"]

SETTINGS = "Settings"
CAPTION, MACRO = "Consolidate", "Consolidate"
_WORKBOOK = "ThisWorkbook"
_PART = "customUI/customUI14.xml"
_NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
# Identifier, label, picture of Office, macro, and what it does in a sentence.
RIBBON: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "perfbookConsolidate",
        "Consolidate",
        "RefreshAll",
        "RibbonConsolidate",
        "Collects the returns and puts fresh figures into this workbook.",
    ),
    (
        "perfbookTrace",
        "Trace this figure",
        "TracePrecedents",
        "RibbonTrace",
        "Shows where the figure in the selected row comes from.",
    ),
    (
        "perfbookOpen",
        "Open return",
        "FileOpen",
        "RibbonOpen",
        "Opens the return that the selected row comes from, for reading only.",
    ),
    ("perfbookAbout", "About", "Help", "RibbonAbout", "Says what this workbook is and how it reaches perfbook."),
)


@dataclass(frozen=True)
class Button:
    """How the workbook's macro reaches perfbook.

    `command` starts perfbook on the officer's computer; it may have arguments of its own. A relative `workspace` counts
    from the workbook's folder, a relative `returns` (the folder of returns) from the workspace. `limit` is how long the
    macro waits, in seconds. `made_by` is what About says.
    """

    way: Way = "process"
    command: str = "perfbook"
    workspace: str = "../.."
    returns: str = "returns"
    limit: int = 300
    made_by: str = "perfbook"


_SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("setting_way", "Way to perfbook", "process or mailbox"),
    ("setting_command", "Command", "what starts perfbook on this computer; for the way process"),
    ("setting_workspace", "Workspace", "its folder; from this workbook's folder unless it begins at a drive or root"),
    ("setting_returns", "Returns", "the folder of returns; from the workspace unless it begins at a drive or root"),
    ("setting_limit", "Wait at most", "seconds"),
)


def write_settings(book: Book, button: Button) -> None:
    """The hidden sheet Settings: what an administrator may change, and the last message of the macro."""
    sheet = book.sheet(SETTINGS, state="hidden")
    sheet.raw.set_column(0, 0, 22)
    sheet.raw.set_column(1, 1, 60)
    sheet.raw.set_column(2, 2, 80)
    text = book.style(num_format="@")
    values = (button.way, button.command, button.workspace, button.returns, str(button.limit))
    rows = [(*setting, value) for setting, value in zip(_SETTINGS, values, strict=True)]
    rows.append(("made_by", "Made by", "", button.made_by))
    rows.append(("last_message", "Last message", "what the button said last", ""))
    rows.append(("message_count", "Messages", "how many there have been since this workbook was made", "0"))
    for row, (name, label, what, value) in enumerate(rows):
        sheet.text(row, 0, label)
        sheet.text(row, 1, value, text)
        sheet.text(row, 2, what)
        book.define_name(name, f"={SETTINGS}!$B${row + 1}")


def put_button(frame: Frame) -> None:
    """The button on Summary, between the title and the logo."""
    frame.book.sheets[SUMMARY].raw.insert_button(
        0,
        8,
        {
            "macro": MACRO,
            "caption": CAPTION,
            "width": 190,
            "height": 40,
            "x_offset": 60,
            "y_offset": 8,
            "description": "Collects the returns and puts fresh figures into this workbook.",
        },
    )


def add_project(book: Book) -> None:
    """The macros of the folder macros/, and the code names that they need. After the last sheet."""
    names = tuple(f"Sheet{number}" for number in range(1, len(book.sheets) + 1))
    book.raw.set_vba_name(_WORKBOOK)
    for name, sheet in zip(names, book.sheets.values(), strict=True):
        sheet.raw.set_vba_name(name)
    modules = with_documents(read_sources(_resources.folder("macros")), sheets=names, workbook=_WORKBOOK)
    book.raw.add_vba_project(io.BytesIO(compile_project(modules)), is_stream=True)


def with_ribbon(data: bytes) -> bytes:
    """The same workbook with the tab perfbook in its ribbon. The same bytes for the same workbook."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "_rels/.rels":
                link = f'<Relationship Id="rIdRibbon" Type="{_RELATION}" Target="{_PART}"/></Relationships>'
                content = content.replace(b"</Relationships>", link.encode("ascii"))
            new.writestr(item, content)
        part = zipfile.ZipInfo(_PART, old.infolist()[0].date_time)
        part.compress_type = zipfile.ZIP_DEFLATED
        part.external_attr = old.infolist()[0].external_attr
        part.create_system = old.infolist()[0].create_system
        new.writestr(part, ribbon())
    return made.getvalue()


def ribbon() -> bytes:
    """The part customUI14.xml: one tab, one group, four buttons."""
    buttons = "".join(
        f'<button id="{identity}" imageMso="{image}" size="large" label={quoteattr(label)}'
        f" screentip={quoteattr(label)} supertip={quoteattr(what)} onAction={quoteattr(macro)}/>"
        for identity, label, image, macro, what in RIBBON
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{_NAMESPACE}"><ribbon><tabs><tab id="perfbookTab" label="perfbook">'
        f'<group id="perfbookGroup" label="Scorecard">{buttons}</group></tab></tabs></ribbon></customUI>'
    ).encode()
