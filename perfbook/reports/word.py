"""The Word report: a template with Jinja tags, filled.

The template is an ordinary Word document that officers restyle. Text from returns is text in it, whatever it holds:
markup, Jinja tags, control characters. The same quarter and template give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import Markup

from perfbook.errors import WorkspaceError
from perfbook.reports._chart_part import chart_data, chart_xml
from perfbook.reports.plot import Plot
from perfbook.reports.story import Story
from perfbook.workbook.text import clean_text

_EMU = 36_000  # English metric units in a millimetre
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BEFORE_SHADE = {qn(f"w:{name}") for name in ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders")}
_REMEDY = "Put it right in Word, or move the file away for the usual template."
_DRAWING = (
    '</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
    'wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
    '<wp:docPr id="{number}" name="Chart {number}" descr="{text}"/><wp:cNvGraphicFramePr/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{relation}"/>'
    '</a:graphicData></a:graphic></wp:inline></w:drawing></w:r><w:r><w:t xml:space="preserve">'
)


def build_report(story: Story, template: bytes, made: datetime, *, name: str = "report.docx") -> bytes:
    """The report as the bytes of a .docx file.

    The template sees `report`, the story, and `chart(plot, width, height)` in millimetres. `name` is that of the
    template, for messages. Raises WorkspaceError where the template cannot be filled.
    """
    document = _opened(template, name)
    charts = _Charts(document, made)
    environment = SandboxedEnvironment(autoescape=True, finalize=as_word_text, undefined=StrictUndefined)
    environment.globals["chart"] = charts.drawn
    try:
        document.render({"report": story}, environment, autoescape=True)
    except TemplateError as error:
        raise WorkspaceError(_wrong_tag(name, error)) from error
    except XMLSyntaxError as error:
        raise WorkspaceError(
            f"{name} cannot be filled: its tags do not fit together ({error.msg}). A tag that repeats a row or a "
            f"paragraph must stand in one of its own. {_REMEDY}"
        ) from error
    _put_shades_in_order(document)
    _describe(document, story, made)
    filled = io.BytesIO()
    document.save(filled)
    return same_bytes(filled.getvalue())


def _opened(template: bytes, name: str) -> DocxTemplate:
    try:
        document = _Template(io.BytesIO(template))
        document.init_docx()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, XMLSyntaxError) as error:
        raise WorkspaceError(f"{name} is not a Word document (.docx) that can be read. {_REMEDY}") from error
    return document


def as_word_text(value: Any) -> Any:
    """A value as text of a Word document: what is not ours already is escaped, braces too (docxtpl reads `{_{`)."""
    if isinstance(value, Markup):
        return value
    text = clean_text(str(value))
    return Markup(escape(text, {'"': "&quot;", "{": "&#123;", "}": "&#125;"}))


class _Template(DocxTemplate):  # type: ignore[misc]
    """A template whose properties are set by us: the standard allows them 255 characters."""

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Leaves them as they are."""


class _Charts:
    """Adds charts to a document, each with the workbook behind it."""

    def __init__(self, document: DocxTemplate, made: datetime) -> None:
        self._part = document.docx.part
        self._made = made.astimezone(UTC)
        self._count = 0

    def drawn(self, plot: Plot, width: float = 160, height: float = 70) -> Markup:
        """The drawing of a plot, so many millimetres wide and high; nothing where there is nothing to draw."""
        if plot.is_empty:
            return Markup("")
        self._count += 1
        number, package = self._count, self._part.package
        data = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _XLSX, chart_data(plot, self._made), package)
        chart = Part(
            PackURI(f"/word/charts/chart{number}.xml"),
            CONTENT_TYPE.DML_CHART,
            chart_xml(plot, self._made),
            package,
        )
        chart.rels.get_or_add(RELATIONSHIP_TYPE.PACKAGE, data)
        relation = self._part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
        return Markup(
            _DRAWING.format(
                width=round(width * _EMU),
                height=round(height * _EMU),
                number=number,
                text=as_word_text(plot.description.replace("\n", " ")),
                relation=relation,
            )
        )


def _wrong_tag(name: str, error: TemplateError) -> str:
    lines = [re.sub(r"\s+", " ", line).strip() for line in getattr(error, "docx_context", ())]
    tags = [tag for line in lines for tag in re.findall(r"\{[{%].*?[}%]\}", line)]
    near = f" It is near {tags[len(tags) // 2]!r}." if tags else ""
    said = str(error.message or error).strip().rstrip(".")
    return f"{name} cannot be filled: {said}.{near} {_REMEDY}"


def _put_shades_in_order(document: DocxTemplate) -> None:
    """docxtpl puts a cell's shade first among its properties, where the standard has no place for it."""
    for properties in document.docx.element.body.iter(qn("w:tcPr")):
        shade = properties.find(qn("w:shd"))
        if shade is not None:
            before = [child for child in properties if child.tag in _BEFORE_SHADE]
            if before:
                before[-1].addnext(shade)


def _describe(document: DocxTemplate, story: Story, made: datetime) -> None:
    properties = document.docx.core_properties
    properties.title = clean_text(f"{story.council}: performance report, {story.period}")[:255]
    properties.author = clean_text(story.council)[:255]
    properties.last_modified_by = "perfbook"
    properties.language = "en-GB"
    properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.revision = 1


def same_bytes(data: bytes) -> bytes:
    """The package with times that do not depend on the clock."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            entry = zipfile.ZipInfo(item.filename, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(item))
    return written.getvalue()
