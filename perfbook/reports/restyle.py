"""The house style in reports: the usual templates in a council's colours and font, its logo and words on every page.

A template of the workspace's own is in a style of its own already; only the charts, the logo and the words are put in.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from markupsafe import escape

from perfbook.reports.word import same_bytes
from perfbook.workbook.furniture import Logo
from perfbook.workbook.palette import STANDARD, HouseStyle

_LOGO_MM, _LOGO_WIDTH_MM = 11, 55
_CHARTS = re.compile(r"word/charts/.*\.xml")
_WORD = re.compile(r"word/(?:[^/]*|theme/[^/]*)\.xml")
_POLICY = "default-src 'none';"


def restyled_template(template: bytes, house: HouseStyle) -> bytes:
    """The usual Word template in a council's colours and font."""
    return same_bytes(_in_parts(template, _WORD, house)) if _differs(house) else template


def restyled_page(template: bytes, house: HouseStyle) -> bytes:
    """The usual template of the digest in a council's colours and font."""
    if not _differs(house):
        return template
    text = _coloured(template.decode("utf-8"), house, "#")
    if house.font != STANDARD.font:
        text = text.replace('Calibri, Carlito, "Segoe UI", Arial', f"{_css_name(house.font)}, Arial")
    return text.encode("utf-8")


def furnished_report(document: bytes, house: HouseStyle) -> bytes:
    """A finished Word report with its charts in the council's colours, and its furniture on every page."""
    if _differs(house):
        document = _in_parts(document, _CHARTS, house)
    furniture = house.furniture
    if furniture and (furniture.logo or furniture.header or furniture.footer):
        opened = Document(io.BytesIO(document))
        for section in opened.sections:
            if section.header.is_linked_to_previous and section is not opened.sections[0]:
                continue
            for part, words in ((section.header, furniture.header), (section.footer, furniture.footer)):
                first = part.paragraphs[0] if part.paragraphs else part.add_paragraph()
                if words:
                    added = first.insert_paragraph_before(words, first.style)
                    first = added if part is section.header else first
                if part is section.header and furniture.logo:
                    _put_logo(first.insert_paragraph_before(), furniture.logo)
        made = io.BytesIO()
        opened.save(made)
        document = made.getvalue()
    return same_bytes(document) if _differs(house) or furniture else document


def furnished_digest(page: bytes, house: HouseStyle) -> bytes:
    """A finished digest with its charts in the council's colours, and its logo and words at head and foot."""
    text = page.decode("utf-8")
    if _differs(house):
        text = _coloured(text, house, '"#', '"')
    furniture = house.furniture
    if furniture is None:
        return text.encode("utf-8")
    head = ""
    if furniture.logo:
        kind = "png" if furniture.logo.data.startswith(b"\x89PNG") else "jpeg"
        data = base64.b64encode(furniture.logo.data).decode("ascii")
        scale, width = furniture.logo.shown()
        height = round(furniture.logo.height * scale)
        words = escape(furniture.logo.words)
        head += f'<img src="data:image/{kind};base64,{data}" alt="{words}" width="{width}" height="{height}">\n'
        # The page's own policy lets in nothing but what it names.
        text = text.replace(_POLICY, f"{_POLICY} img-src data:;", 1)
    if furniture.header:
        head += f'<p class="small">{escape(furniture.header)}</p>\n'
    text = text.replace("<header>\n", f"<header>\n{head}", 1)
    if furniture.footer:
        text = text.replace("<footer>\n", f"<footer>\n<p>{escape(furniture.footer)}</p>\n", 1)
    return text.encode("utf-8")


def _differs(house: HouseStyle) -> bool:
    return any(old != new for old, new in _colours(house).items()) or house.font != STANDARD.font


def _colours(house: HouseStyle) -> dict[str, str]:
    """The usual colours of templates and charts, each with the council's. Heads of tables have white letters there, so
    they take the colour of titles, which can be read on white."""
    return {
        STANDARD.title_text: house.title_text,
        STANDARD.subheading_fill: house.subheading_fill,
        STANDARD.link_text: house.link_text,
    }


def _coloured(text: str, house: HouseStyle, before: str, after: str = "") -> str:
    changed = {old[1:].upper(): new[1:] for old, new in _colours(house).items()}
    pattern = re.compile(rf"{before}({'|'.join(changed)}){after}", re.IGNORECASE)
    return pattern.sub(lambda match: f"{before}{changed[match[1].upper()]}{after}", text)


def _in_parts(data: bytes, names: re.Pattern[str], house: HouseStyle) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if names.fullmatch(item.filename):
                text = _coloured(content.decode("utf-8"), house, '"', '"')
                if house.font != STANDARD.font:
                    text = text.replace(f'"{STANDARD.font}"', f'"{escape(house.font)}"')
                content = text.encode("utf-8")
            new.writestr(item, content)
    return made.getvalue()


def _put_logo(paragraph: object, logo: Logo) -> None:
    run = paragraph.add_run()  # type: ignore[attr-defined]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT  # type: ignore[attr-defined]
    wide = logo.width / logo.height * _LOGO_MM > _LOGO_WIDTH_MM
    size = {"width": Mm(_LOGO_WIDTH_MM)} if wide else {"height": Mm(_LOGO_MM)}
    picture = run.add_picture(io.BytesIO(logo.data), **size)
    picture._inline.docPr.set("descr", logo.words)


def _css_name(font: str) -> str:
    return '"' + re.sub(r"[^A-Za-z0-9 _-]", "", font) + '"'
