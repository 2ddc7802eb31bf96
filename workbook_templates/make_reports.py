"""Makes the Word templates of reports: ordinary documents with Jinja tags, to be restyled in Word.

    python workbook_templates/make_reports.py

writes default/report.docx, which any council gets, and the example councils' own. The tags stand in the texts; what
they may name is in docs/officers.md.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

HERE = Path(__file__).resolve().parent
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


LOOKS = {
    "default": Look("Performance report"),
    "dudley": Look(
        "Corporate performance report",
        accent="3B2A6B",
        pale="E6E2F1",
        scorecards="Council plan scorecards",
        exceptions="Measures below target",
        summaries="Directorate service summaries",
    ),
    "sandwell": Look(
        "Business plan monitoring report",
        accent="005A5B",
        pale="DCECEC",
        summaries="From the directorates",
        actions="Progress on business plan actions",
    ),
}


class Maker:
    """Writes one template."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.document: Any = Document()
        # A copy of the styles for Word 2010 that python-docx brings and does not keep up with the styles.
        part = self.document.part
        for relation in [r for r in part.rels.values() if r.reltype.endswith("/stylesWithEffects")]:
            part.rels.pop(relation.rId)
        self._styles()

    def make(self) -> bytes:
        """The template as a .docx file."""
        self._page(self.document.sections[0])
        self._cover()
        self._summary()
        self._turn(landscape=True)
        self.tag("if report.lines")
        self._scorecards()
        self._annual()
        self.tag("endif")
        self._actions()
        self._turn(landscape=False)
        self.tag("if report.lines")
        self._exceptions()
        self._break()
        self.tag("endif")
        self._directorates()
        self._returns()
        self._notes()
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

    def _turn(self, *, landscape: bool) -> None:
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

    # --- The report -----------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        self.text("{{ report.council }}: " + self.look.title[0].lower() + self.look.title[1:], "Title")
        self.text("{{ report.period }}, as at {{ report.as_at }}", "Subtitle")
        self.tag("if report.notice")
        self.text("{{ report.notice }}", "Notice")
        self.tag("endif")

    def _summary(self) -> None:
        self.text("Summary", "Heading 1")
        self.tag("for sentence in report.headlines")
        self.text("{{ sentence }}", "List Bullet")
        self.tag("endfor")
        self.tag("if report.lines")
        self.text("Scores by priority", "Heading 2")
        self.text("{{ chart(report.by_priority, 170, 24 + 15 * report.by_priority.categories|length) }}")
        self.table(
            ("Priority", "Due", "Reported", "Scores", "Improved", "Worse"),
            (58, 14, 18, 46, 18, 16),
            (
                "{{ group.name }}",
                "{{ group.measures.due }}",
                "{{ group.measures.reported }}",
                "{% for each in group.scores if each.number %}{{ each.number }} {{ each.label }}"
                "{% if not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}",
                "{{ group.trends[0].number }}",
                "{{ group.trends[2].number }}",
            ),
            each="group in report.priorities",
            title="Counts of measures by priority; improved and worse since the previous period",
            right=(1, 2, 4, 5),
        )
        self.tag("if report.by_period.categories|length > 1")
        self.text("Scores by reporting period", "Heading 2")
        self.text("{{ chart(report.by_period, 170, 65) }}")
        self.tag("endif")
        self.text("Headline counts", "Heading 2")
        self._counts("report.measures", "Measures by state", "Counts of measures by state")
        self._counts("report.scores", "Measures reported, by score", "Counts of reported measures by score")
        self.table(
            ("Measures reported, by movement", "Since the previous period", "Against last year"),
            (66, 42, 42),
            ("{{ each.label }}", "{{ each.number }}", "{{ report.annuals[loop.index0].number }}"),
            each="each in report.trends",
            title="Counts of reported measures by trend and by annual comparison",
            right=(1, 2),
        )
        self.text("How scores are made", "Heading 2")
        self.tag("for scheme in report.schemes")
        self.text("**{{ scheme.about }}.** {{ scheme.text }}")
        self.tag("endfor")
        self.text(
            "Arrows show whether performance is better or worse, not whether the figure went up or down. Figures are "
            "compared as they are shown.",
            "Small print",
        )
        self.tag("endif")
        self.tag("if report.plan")
        self.text("Actions by priority", "Heading 2")
        self.text("{{ chart(report.by_rating, 170, 24 + 15 * report.by_rating.categories|length) }}")
        self.table(
            ("Rating", "Actions"),
            (108, 42),
            ("{{ each.label }}", "{{ each.number }}"),
            each="each in report.ratings",
            title="Counts of actions by rating, each action counted in every place where it stands",
            right=(1,),
        )
        self.tag("endif")

    def _counts(self, source: str, head: str, title: str) -> None:
        cells = ("{{ each.label }}", "{{ each.number }}")
        self.table((head, "Measures"), (108, 42), cells, each=f"each in {source}", title=title, right=(1,))

    def _scorecards(self) -> None:
        self.text(self.look.scorecards, "Heading 1")
        self.tag("for group in report.priorities")
        self.text("{{ group.name }}", "Heading 2")
        self.text("{{ group.sentence }}", keep=True)
        self.table(
            ("Code", "Measure", "Last year", "Previous", "Actual", "Target", "Score", "Trend", "Against last year"),
            (17, 74, 21, 21, 22, 22, 30, 24, 26),
            (
                "{{ line.code }}",
                "{{ line.title }}{% if line.about %} ({{ line.about }}){% endif %}",
                "{{ line.last_year }}",
                "{{ line.previous }}",
                "{{ line.actual }}",
                "{{ line.target }}",
                "{{ line.score }}",
                "{{ line.trend }}",
                "{{ line.annual }}",
            ),
            each="line in group.lines",
            title="Scorecard: a row for each measure of this priority",
            right=(2, 3, 4, 5),
            fills={6: "line.fill"},
        )
        self.tag("endfor")

    def _annual(self) -> None:
        self.text("Annual comparison", "Heading 1")
        self.text(
            "Each measure against the same period last year; measures without a figure then are left out.", keep=True
        )
        self.table(
            ("Code", "Measure", "Last year", "Now", "Against last year", "Benchmark"),
            (17, 100, 26, 26, 34, 54),
            (
                "{{ line.code }}",
                "{{ line.title }}",
                "{{ line.last_year }}",
                "{{ line.actual }}",
                "{{ line.annual }}",
                "{{ line.benchmark }}",
            ),
            each="line in report.lines if line.annual_key",
            title="Annual comparison: a row for each measure that can be compared",
            right=(2, 3),
        )

    def _actions(self) -> None:
        self.tag("if report.plan")
        self.text(self.look.actions, "Heading 1")
        self.tag("for group in report.plan")
        self.text("{{ group.name }}", "Heading 2")
        self.text(
            "{% for each in group.ratings if each.number %}{{ each.number }} {{ each.label }}"
            "{% if not loop.last %}, {% endif %}{% endfor %}.",
            keep=True,
        )
        self.table(
            ("Reference", "Action", "Directorate", "Due", "Rating", "Before", "Update"),
            (18, 58, 32, 22, 29, 26, 72),
            (
                "{{ deed.code }}",
                "{{ deed.title }}{% if deed.deliverable %}{{ '\\n' }}{{ deed.deliverable }}{% endif %}",
                "{{ deed.directorate }}",
                "{{ deed.revised or deed.due }}",
                "{{ deed.rating }}",
                "{{ deed.previous }}",
                "{{ deed.update }}",
            ),
            each="deed in group.deeds",
            title="Actions: a row for each action of this priority, in each place where it stands",
            fills={4: "deed.fill"},
            whole=False,
        )
        self.tag("endfor")
        self.tag("endif")

    def _exceptions(self) -> None:
        self.text(self.look.exceptions, "Heading 1")
        self.tag("if not report.exceptions")
        self.text("No measure needs an explanation in this period.")
        self.tag("endif")
        self.tag("for each in report.exceptions")
        self.text("{{ each.line.name }}", "Heading 2")
        self.text(
            "{{ each.line.priority }}. Returned by {{ each.line.directorate }}"
            "{% if each.line.owner %} ({{ each.line.owner }}){% endif %}."
            "{% if each.line.about %} The figure is for {{ each.line.about }}.{% endif %}",
            "Small print",
            keep=True,
        )
        self.facts(
            (
                ("Actual", "{{ each.line.actual }}"),
                ("Target", "{{ each.line.target }}"),
                ("Score", "{{ each.line.score }}"),
                ("Previous", "{{ each.line.previous }}"),
                ("Trend", "{{ each.line.trend }}"),
                ("Last year", "{{ each.line.last_year }}"),
                ("Against last year", "{{ each.line.annual }}"),
            ),
            (20, 20, 32, 20, 25, 22, 31),
            "Figures of this measure",
            {"Score": "each.line.fill"},
        )
        self.text("{{ chart(each.plot, 165, 44) }}", keep=True)
        self.text("Why", "Heading 3")
        self.text("{{ each.line.commentary }}")
        self.text("What is being done", "Heading 3")
        self.text("{{ each.line.action }}")
        self.tag("if each.line.benchmark")
        self.text("Benchmark: {{ each.line.benchmark }}", "Small print")
        self.tag("endif")
        self.tag("endfor")

    def _directorates(self) -> None:
        self.tag("if report.directorates")
        self.text(self.look.summaries, "Heading 1")
        self.tag("for group in report.directorates")
        self.text("{{ group.name }}", "Heading 2")
        self.tag("if group.lines")
        self.text("{{ group.sentence }}")
        self.text(
            "Since the previous period {{ group.trends[0].number }} improved, {{ group.trends[1].number }} stayed the "
            "same and {{ group.trends[2].number }} got worse; against last year {{ group.annuals[0].number }} improved "
            "and {{ group.annuals[2].number }} got worse."
        )
        self.tag("if group.exceptions")
        self.text(
            "**To be explained:** {% for line in group.exceptions %}{{ line.name }}{% if not loop.last %}; {% endif %}"
            "{% endfor %}."
        )
        self.tag("endif")
        self.tag("endif")
        self.tag("for note in group.said")
        self.text("{{ note.about }}", "Heading 3")
        self.text("{{ note.text }}")
        self.tag("endfor")
        self.tag("endfor")
        self.tag("endif")

    def _returns(self) -> None:
        self.text("Returns", "Heading 1")
        self.text(
            "{{ report.returns.received }} of {{ report.returns.expected }} returns were received: "
            "{{ report.returns.certified }} certified and {{ report.returns.provisional }} provisional. "
            "{{ report.returns.in_progress }} are in progress, {{ report.returns.not_started }} not started and "
            "{{ report.returns.unreadable }} unreadable.",
            keep=True,
        )
        self.table(
            ("Directorate", "State", "Due", "Received", "Late", "Answered", "Signed by"),
            (40, 20, 24, 26, 20, 20, 20),
            (
                "{{ each.directorate }}",
                "{{ each.state }}",
                "{{ each.due }}",
                "{{ each.received }}",
                "{{ each.late }}",
                "{{ each.answered }} of {{ each.measures }}",
                "{{ each.signed }}",
            ),
            each="each in report.sent",
            title="Returns: a row for each directorate",
            fills={1: "each.fill"},
        )

    def _notes(self) -> None:
        self.text("Notes on the data", "Heading 1")
        self.tag("if report.notes")
        self.table(
            ("About", "Note"),
            (60, 110),
            ("{{ note.about }}", "{{ note.text }}"),
            each="note in report.notes",
            title="Notes on the data",
        )
        self.tag("else")
        self.text("There is nothing to note.")
        self.tag("endif")

    def _break(self) -> None:
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


def main() -> None:
    """Writes every template."""
    for name, look in LOOKS.items():
        path = HERE / name / "report.docx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(Maker(look).make())
        print(path)


if __name__ == "__main__":
    main()
