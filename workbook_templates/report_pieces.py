"""The pieces of which Word templates are made: styles, pages, paragraphs, tables with rows that repeat.

Used by make_reports.py. A template is an ordinary document; the tags of docxtpl stand in its texts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

MADE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Look:
    """What a council's template looks like and says of itself."""

    title: str
    accent: str = "1B3A5C"
    pale: str = "DCE5EE"
    text: str = "1F2933"
    muted: str = "4A5560"
    line: str = "B6C0CA"
    font: str = "Calibri"
    # What the sections are called, after the structure of the council's own report.
    scorecards: str = "Scorecards by priority"
    exceptions: str = "Exceptions"
    summaries: str = "Directorate summaries"
    actions: str = "Actions"
    tables: str = "Tables of services"
    # A chapter for each priority, its actions beside its measures.
    themes: bool = False


class Pieces:
    """A template in the making: its styles and pages, and the pieces that it is put together from."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.document: Any = Document()
        # A copy of the styles for Word 2010 that python-docx brings and does not keep up with the styles.
        part = self.document.part
        for relation in [r for r in part.rels.values() if r.reltype.endswith("/stylesWithEffects")]:
            part.rels.pop(relation.rId)
        self._styles()
        self._page(self.document.sections[0])

    def save(self) -> bytes:
        """The template as a .docx file."""
        buffer = io.BytesIO()
        core = self.document.core_properties
        core.title, core.author, core.language = f"{self.look.title}: template", "perfbook", "en-GB"
        core.comments = ""
        core.created = core.modified = MADE.replace(tzinfo=None)
        self.document.save(buffer)
        return _same_bytes(buffer.getvalue())

    # --- Styles and pages -----------------------------------------------------------------------------------------

    def _styles(self) -> None:
        look, styles = self.look, self.document.styles
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "en-GB")
        normal = styles["Normal"]
        self._font(normal, 11, look.text)
        normal.paragraph_format.space_after = Pt(6)
        normal.paragraph_format.line_spacing = 1.1
        for name, size, before, after in (
            ("Title", 30, 0, 4),
            ("Subtitle", 14, 0, 14),
            ("Heading 1", 20, 18, 8),
            ("Heading 2", 14, 14, 4),
            ("Heading 3", 11.5, 8, 2),
        ):
            style = styles[name]
            self._font(style, size, look.muted if name == "Subtitle" else look.accent, bold=name != "Subtitle")
            style.font.italic = False
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
            style.paragraph_format.keep_with_next = True
            for border in style.element.findall(f".//{qn('w:pBdr')}"):
                border.getparent().remove(border)
            for spacing in style.element.findall(f".//{qn('w:rPr')}/{qn('w:spacing')}"):
                spacing.getparent().remove(spacing)
        cell = styles.add_style("Table text", WD_STYLE_TYPE.PARAGRAPH)
        cell.base_style = normal
        self._font(cell, 9.5, look.text)
        cell.paragraph_format.space_after = Pt(0)
        cell.paragraph_format.line_spacing = 1.0
        head = styles.add_style("Table head", WD_STYLE_TYPE.PARAGRAPH)
        head.base_style = cell
        self._font(head, 9.5, "FFFFFF", bold=True)
        small = styles.add_style("Small print", WD_STYLE_TYPE.PARAGRAPH)
        small.base_style = normal
        self._font(small, 9, look.muted)
        notice = styles.add_style("Notice", WD_STYLE_TYPE.PARAGRAPH)
        notice.base_style = normal
        self._font(notice, 11, "861019", bold=True)

    def _font(self, style: Any, size: float, colour: str, *, bold: bool = False) -> None:
        style.font.name, style.font.size, style.font.bold = self.look.font, Pt(size), bold
        style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in list(fonts.attrib):
            if name.endswith("Theme"):
                del fonts.attrib[name]
        for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(name), self.look.font)

    def _page(self, section: Any, *, landscape: bool = False) -> None:
        width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = width, height
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = Mm(20), Mm(18)
        section.header_distance = section.footer_distance = Mm(9)
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        wide = width - Mm(40)
        for part, left in ((section.header, f"{{{{ report.council }}}}: {self.look.title}"), (section.footer, "")):
            paragraph = part.paragraphs[0]
            paragraph.style = self.document.styles["Small print"]
            for stop in list(paragraph.paragraph_format.tab_stops):
                del stop
            paragraph.paragraph_format.tab_stops.add_tab_stop(wide, 2)
            if left:
                paragraph.add_run(f"{left}\t{{{{ report.period }}}}")
            else:
                paragraph.add_run("As at {{ report.as_at }}\tPage ")
                _field(paragraph, "PAGE")
                paragraph.add_run(" of ")
                _field(paragraph, "NUMPAGES")

    def turn(self, *, landscape: bool) -> None:
        """The next piece begins on a new page of this kind."""
        self._page(self.document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)

    # --- Pieces ---------------------------------------------------------------------------------------------------

    def text(self, text: str, style: str = "Normal", *, keep: bool = False) -> Any:
        """A paragraph; `**` parts are bold."""
        paragraph = self.document.add_paragraph(style=style)
        for place, part in enumerate(text.split("**")):
            if part:
                paragraph.add_run(part).bold = True if place % 2 else None
        paragraph.paragraph_format.keep_with_next = True if keep else None
        return paragraph

    def tag(self, tag: str) -> None:
        """A tag that repeats or leaves out whole paragraphs; its own paragraph goes."""
        self.document.add_paragraph(f"{{%p {tag} %}}")

    def table(
        self,
        heads: Sequence[str],
        widths: Sequence[float],
        cells: Sequence[str],
        *,
        each: str,
        title: str,
        right: Sequence[int] = (),
        fills: dict[int, str] | None = None,
        whole: bool = True,
    ) -> None:
        """A table with a head that repeats on each page and a row for each of a list. Widths in millimetres.

        Rows stay on one page where they are `whole`.
        """
        table = self.document.add_table(rows=4, cols=len(heads))
        self._plain(table, widths, title)
        for place, head in enumerate(heads):
            self._cell(table.cell(0, place), head, "Table head", place in right, self.look.accent)
        header = table.rows[0]._tr.get_or_add_trPr()
        header.append(OxmlElement("w:tblHeader"))
        self._whole(table.rows[0])
        table.cell(1, 0).text = f"{{%tr for {each} %}}"
        for place, cell in enumerate(cells):
            fill = (fills or {}).get(place)
            content = f"{{% cellbg {fill} %}}{cell}" if fill else cell
            self._cell(table.cell(2, place), content, "Table text", place in right)
        if whole:
            self._whole(table.rows[2])
        table.cell(3, 0).text = "{%tr endfor %}"
        self.text("", "Small print")

    def facts(self, rows: Sequence[Sequence[str]], widths: Sequence[float], title: str, fills: dict[str, str]) -> None:
        """A small table of labels and values, a label above each value; its first row is its head."""
        table = self.document.add_table(rows=2, cols=len(rows))
        self._plain(table, widths, title)
        for place, (label, value) in enumerate(rows):
            self._cell(table.cell(0, place), label, "Table head", False, self.look.accent)
            fill = fills.get(label)
            content = f"{{% cellbg {fill} %}}{value}" if fill else value
            self._cell(table.cell(1, place), content, "Table text", False)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in table.rows:
            self._whole(row)
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        self.text("", "Small print", keep=True)

    def _plain(self, table: Any, widths: Sequence[float], title: str) -> None:
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        properties = table._tbl.tblPr
        for name, value in (("w:tblCaption", title), ("w:tblDescription", title)):
            element = OxmlElement(name)
            element.set(qn("w:val"), value)
            properties.append(element)
        look = properties.find(qn("w:tblLook"))
        if look is not None:
            properties.remove(look)
            properties.insert(list(properties).index(properties.find(qn("w:tblCaption"))), look)
        borders = OxmlElement("w:tblBorders")
        for edge in ("top", "bottom", "insideH"):
            line = OxmlElement(f"w:{edge}")
            for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", self.look.line)):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        margins = OxmlElement("w:tblCellMar")
        for edge, value in (("top", 45), ("left", 80), ("bottom", 45), ("right", 80)):
            side = OxmlElement(f"w:{edge}")
            side.set(qn("w:w"), str(value))
            side.set(qn("w:type"), "dxa")
            margins.append(side)
        layout = properties.find(qn("w:tblLayout"))
        layout.addprevious(borders)
        layout.addnext(margins)
        for place, width in enumerate(widths):
            table.columns[place].width = Mm(width)
            for cell in table.columns[place].cells:
                cell.width = Mm(width)

    def _cell(self, cell: Any, text: str, style: str, right: bool, fill: str = "") -> None:
        paragraph = cell.paragraphs[0]
        paragraph.style = self.document.styles[style]
        paragraph.add_run(text)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        # The colour stands in the cell's properties; docxtpl puts the band's there in rows that are repeated.
        properties = cell._tc.get_or_add_tcPr()
        if fill:
            shade = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
                shade.set(qn(f"w:{name}"), value)
            properties.append(shade)

    def _whole(self, row: Any) -> None:
        properties = row._tr.get_or_add_trPr()
        properties.insert(0, OxmlElement("w:cantSplit"))

    def new_page(self) -> None:
        """The next piece begins on a new page."""
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _field(paragraph: Any, instruction: str) -> None:
    for kind in ("begin", "", "separate", "1", "end"):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif kind:
            run.text = kind
        else:
            code = OxmlElement("w:instrText")
            code.text = f" {instruction} "
            run._r.append(code)


def _same_bytes(data: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            entry = zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(item))
    return written.getvalue()
