"""What XlsxWriter cannot write into a workbook: titles that are headings, and the document's language."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

LANGUAGE = "en-GB"
_CORE, _STYLES = "docProps/core.xml", "xl/styles.xml"
_FORMATS = re.compile(r"(<cellXfs count=\"\d+\">)(.*?)(</cellXfs>)", re.DOTALL)
_FORMAT = re.compile(r"<xf [^>]*/>|<xf [^>]*>.*?</xf>", re.DOTALL)


def finished(data: bytes, headings: Mapping[int, int], publisher: str) -> bytes:
    """The workbook with its language, its publisher and its headings.

    `headings` are cell formats by their number, each with the level of the heading (1, 2) that it is: screen readers
    and LibreOffice know Excel's own styles Heading 1 and Heading 2 as such.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == _CORE:
                content = _core(content.decode("utf-8"), publisher).encode("utf-8")
            elif item.filename == _STYLES and headings:
                content = _styles(content.decode("utf-8"), headings).encode("utf-8")
            new.writestr(item, content)
    return made.getvalue()


def _core(text: str, publisher: str) -> str:
    name = escape(publisher)
    for tag in ("dc:creator", "cp:lastModifiedBy"):
        text = text.replace(f"<{tag}></{tag}>", f"<{tag}>{name}</{tag}>").replace(f"<{tag}/>", f"<{tag}>{name}</{tag}>")
    return text.replace("</cp:coreProperties>", f"<dc:language>{LANGUAGE}</dc:language></cp:coreProperties>")


def _styles(text: str, headings: Mapping[int, int]) -> str:
    found = _FORMATS.search(text)
    if found is None:
        return text
    formats = _FORMAT.findall(found[2])
    before = len(re.findall(r"<xf ", text[text.index("<cellStyleXfs") : text.index("</cellStyleXfs>")]))
    bases, styles = [], []
    for number, (place, level) in enumerate(sorted(headings.items(), key=lambda each: each[1])):
        base = before + number
        bases.append(re.sub(r' xfId="\d+"', "", formats[place]))
        formats[place] = re.sub(r'xfId="\d+"', f'xfId="{base}"', formats[place])
        styles.append(f'<cellStyle name="Heading {level}" xfId="{base}" builtinId="{15 + level}"/>')
    text = text.replace(found[0], f"{found[1]}{''.join(formats)}{found[3]}")
    text = re.sub(r'<cellStyleXfs count="\d+">', f'<cellStyleXfs count="{before + len(bases)}">', text)
    text = text.replace("</cellStyleXfs>", f"{''.join(bases)}</cellStyleXfs>")
    known = int(re.search(r'<cellStyles count="(\d+)">', text)[1])  # type: ignore[index]
    # Excel wants styles by name, as it writes them itself: Heading comes before Normal.
    return re.sub(
        r'<cellStyles count="\d+">', f'<cellStyles count="{known + len(styles)}">' + "".join(styles), text, count=1
    )
