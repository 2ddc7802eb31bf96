"""A scorecard as Excel saves it after officers have worked in it, composed part by part from what XlsxWriter made.

What Excel does and XlsxWriter does not: shared strings with runs, groups of formulas that share one, the order of
calculation (calcChain), ids of revisions and heights of baselines (xr:uid, x14ac:dyDescent), custom views, printer
settings, threaded comments with their authors. Nothing of it is read by perfbook's own code.
"""

from __future__ import annotations

import io
import re
import zipfile

from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from tests.refreshing.officers import FORMULAS, LABELS, NOTES, OWN, RATE, WIDTH

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MORE = (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr xr2 xr3"'
    ' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    ' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
    ' xmlns:xr2="http://schemas.microsoft.com/office/spreadsheetml/2015/revision2"'
    ' xmlns:xr3="http://schemas.microsoft.com/office/spreadsheetml/2016/revision3"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_VIEW = "{6F1B0A52-0D5D-4C7E-9A63-2B7E5A1C0D11}"
_PERSON = "{A3C4E7D0-5B1F-4E0B-8C0A-7F2E9B6D4C21}"
_COMMENT = "{0B9D2C41-7E33-4F6A-9D58-1C4A6E8F2B73}"
_CELL = re.compile(
    r'<c r="([A-Z]+)(\d+)"((?: s="\d+")?)((?: t="\w+")?)>(?:<f>(.*?)</f>)?<v>(.*?)</v></c>|<c r="[^>]*?/>'
)


def by_excel(data: bytes) -> bytes:
    """Their book as Excel saves it. The same bytes for the same book."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode("utf-8") for name in package.namelist()}
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"])
    chain: list[tuple[int, str]] = []
    for number in range(1, len(names) + 1):
        path = f"xl/worksheets/sheet{number}.xml"
        parts[path] = _sheet(parts[path], number, names[number - 1], chain)
    _scorecard(parts, f"xl/worksheets/sheet{names.index('Scorecard') + 1}.xml")
    _strings(parts)
    _own_sheet(parts, len(names) + 1, chain)
    _workbook(parts, names, chain)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            item = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            item.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(item, text.encode("utf-8"))
    return made.getvalue()


def _sheet(text: str, number: int, name: str, chain: list[tuple[int, str]]) -> str:
    uid = f"{{00000000-0001-0000-{number:04X}-000000000000}}"
    text = (
        text.replace("<worksheet ", f'<worksheet xr:uid="{uid}" ', 1)
        .replace(">", f"{_MORE}>", 2)
        .replace(f"?{_MORE}>", "?>")
    )
    text = re.sub(
        r'<sheetFormatPr defaultRowHeight="15"', '<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"', text
    )
    text = re.sub(r'(<row r="\d+"[^>]*?)(/?>)', r'\1 x14ac:dyDescent="0.25"\2', text)
    chain += [(number, cell) for cell in re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>', text)]
    return _shared(text) if name == "Calc" else text


def _shared(text: str) -> str:
    """Formulas of one column that read alike row by row, as Excel writes them: the first has the text, and the area."""
    formulas: dict[int, dict[int, str]] = {}
    for match in re.finditer(r'<c r="([A-Z]+\d+)"[^>]*><f>(.*?)</f>', text):
        row, column = xl_cell_to_rowcol(match[1])
        formulas.setdefault(column, {})[row] = match[2]
    number = 0
    for column, cells in formulas.items():
        rows = sorted(cells)
        alike = {re.sub(rf"(?<=[A-Z]){row + 1}\b", "#", cells[row]) for row in rows}
        if len(alike) > 1 or len(rows) < 2 or re.search(r"\$\d", cells[rows[0]]):
            continue
        letter = xl_col_to_name(column)
        for row in rows:
            area = f' ref="{letter}{rows[0] + 1}:{letter}{rows[-1] + 1}"' if row == rows[0] else ""
            words = f">{cells[row]}</f>" if row == rows[0] else "/>"
            old = re.escape(f"<f>{cells[row]}</f>")
            text = re.sub(
                rf'(<c r="{letter}{row + 1}"[^>]*>){old}',
                lambda m: f'{m[1]}<f t="shared"{area} si="{number}"{words}',  # noqa: B023
                text,
            )
        number += 1
    assert number > 3
    return text


def _scorecard(parts: dict[str, str], path: str) -> None:
    """Their width, notes, custom view, printer and a threaded comment."""
    text = parts[path]
    text, found = re.subn(r'<col min="2" max="2" width="[^"]*"', f'<col min="2" max="2" width="{WIDTH}"', text)
    assert found == 1
    count = len(re.findall("<si>", parts["xl/sharedStrings.xml"]))
    for number, (address, note) in enumerate(NOTES.items()):
        text, found = re.subn(
            rf'<c r="{address}"( s="\d+")/>', rf'<c r="{address}"\1 t="s"><v>{count + number}</v></c>', text
        )
        assert found == 1
        words = note.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        runs = (
            f'<si><r><t xml:space="preserve">{words[:3]}</t></r>'
            f'<r><rPr><b/></rPr><t xml:space="preserve">{words[3:]}</t></r></si>'
        )
        parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace("</sst>", f"{runs}</sst>")
    view = (
        f'<customSheetViews><customSheetView guid="{_VIEW}" scale="80" fitToPage="1" hiddenColumns="1">'
        '<pane xSplit="2" ySplit="4" topLeftCell="C5" activePane="bottomRight" state="frozen"/>'
        '<selection pane="bottomRight" activeCell="C5" sqref="C5"/><pageMargins left="0.7" right="0.7" top="0.75" '
        'bottom="0.75" header="0.3" footer="0.3"/></customSheetView></customSheetViews>'
    )
    text = text.replace("</sheetData>", f"</sheetData>{view}", 1)
    text = text.replace("<pageSetup ", '<pageSetup r:id="rId1" ', 1)
    text, found = re.subn("(<tableParts|<extLst>)", r'<legacyDrawing r:id="rId2"/>\1', text, count=1)
    assert found == 1
    parts[path] = text
    folder = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    newer = "http://schemas.microsoft.com/office/2017/10/relationships"
    name = path.rpartition("/")[2]
    assert f"xl/worksheets/_rels/{name}.rels" not in parts
    parts[f"xl/worksheets/_rels/{name}.rels"] = (
        f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId4" Type="{newer}/threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
        f'<Relationship Id="rId3" Type="{folder}/comments" Target="../comments1.xml"/>'
        f'<Relationship Id="rId2" Type="{folder}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>'
        f'<Relationship Id="rId1" Type="{folder}/printerSettings" Target="../printerSettings/printerSettings1.bin"/>'
        "</Relationships>"
    )
    parts["xl/printerSettings/printerSettings1.bin"] = "\x00P\x00R\x00I\x00N\x00T"
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'{_HEAD}<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments" '
        f'xmlns:x="{_MAIN}"><threadedComment ref="G6" dT="2032-07-03T09:15:00.00" personId="{_PERSON}" id="{_COMMENT}">'
        "<text>Is this the final figure?</text></threadedComment></ThreadedComments>"
    )
    parts["xl/persons/person.xml"] = (
        f'{_HEAD}<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments" '
        f'xmlns:x="{_MAIN}"><person displayName="Performance Officer" id="{_PERSON}" userId="S::officer" '
        'providerId="AD"/></personList>'
    )
    parts["xl/comments1.xml"] = (
        f'{_HEAD}<comments xmlns="{_MAIN}"><authors><author>tc={_COMMENT}</author></authors><commentList>'
        '<comment ref="G6" authorId="0" shapeId="0"><text><t>[Threaded comment]\n\nIs this the final figure?</t>'
        "</text></comment></commentList></comments>"
    )
    parts["xl/drawings/vmlDrawing1.vml"] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="_x0000_s1025" type="#_x0000_t202" '
        "style='visibility:hidden'><x:ClientData ObjectType=\"Note\"><x:Row>5</x:Row><x:Column>6</x:Column>"
        "</x:ClientData></v:shape></xml>"
    )


def _strings(parts: dict[str, str]) -> None:
    text = parts["xl/sharedStrings.xml"]
    count = len(re.findall("<si>", text))
    parts["xl/sharedStrings.xml"] = re.sub(
        r'count="\d+" uniqueCount="\d+"', f'count="{count + 90}" uniqueCount="{count}"', text
    )


def _own_sheet(parts: dict[str, str], number: int, chain: list[tuple[int, str]]) -> None:
    """Their sheet: labels as shared strings, formulas with what Excel made of them, a chart with its style."""
    strings = parts["xl/sharedStrings.xml"]
    count = len(re.findall("<si>", strings))
    rows: dict[str, str] = {}
    cached = {"B2": "<v>5</v>", "B3": "<v>22.218499999999999</v>", "B4": "<v>25</v>", "B5": "<v>2032-33 Q1 checked</v>"}
    cells: dict[str, str] = {}
    for address, label in LABELS.items():
        cells[address] = f'<c r="{address}" t="s"><v>{count}</v></c>'
        strings = strings.replace("</sst>", f"<si><t>{label}</t></si></sst>")
        count += 1
    for address, formula in FORMULAS.items():
        kind = ' t="str"' if address == "B5" else ""
        words = formula[1:].replace("&", "&amp;")
        cells[address] = f'<c r="{address}"{kind}><f>{words}</f>{cached[address]}</c>'
        chain.insert(0, (number, address))
    cells["B6"] = f'<c r="B6"><v>{RATE}</v></c>'
    for address, cell in sorted(cells.items(), key=lambda each: (int(each[0][1:]), each[0][0])):
        rows[address[1:]] = rows.get(address[1:], "") + cell
    parts["xl/sharedStrings.xml"] = strings
    _strings(parts)
    body = "".join(f'<row r="{row}" spans="1:2" x14ac:dyDescent="0.25">{text}</row>' for row, text in rows.items())
    parts[f"xl/worksheets/sheet{number}.xml"] = (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"{_MORE} '
        'xr:uid="{5E0C7A11-93B4-4D0E-8A0B-6C2F1D3E4A55}">'
        '<dimension ref="A1:B6"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><sheetData>{body}</sheetData>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><drawing r:id="rId1"/>'
        "</worksheet>"
    )
    one = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="{one}"><Relationship Id="rId1" Type="{_OFFICE}/drawing" '
        'Target="../drawings/drawing9.xml"/></Relationships>'
    )
    source = parts["xl/drawings/drawing2.xml"]
    anchor = re.search(r"(?s)<xdr:twoCellAnchor.*?</xdr:twoCellAnchor>", source)
    assert anchor is not None
    parts["xl/drawings/drawing9.xml"] = (
        source[: source.index("<xdr:twoCellAnchor")]
        + re.sub(r'r:id="rId\d+"', 'r:id="rId1"', anchor[0])
        + "</xdr:wsDr>"
    )
    parts["xl/drawings/_rels/drawing9.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="{one}"><Relationship Id="rId1" Type="{_OFFICE}/chart" '
        'Target="../charts/chart9.xml"/></Relationships>'
    )
    chart = parts["xl/charts/chart1.xml"]
    series = re.search(r"(?s)<c:ser>.*?</c:ser>", chart)
    assert series is not None
    theirs = re.sub(r"<c:f>[^<]*</c:f>", f"<c:f>'{OWN}'!$B$2:$B$4</c:f>", series[0])
    chart = re.sub(r"(?s)<c:ser>.*</c:ser>", lambda _: theirs, chart)
    parts["xl/charts/chart9.xml"] = chart


def _workbook(parts: dict[str, str], names: list[str], chain: list[tuple[int, str]]) -> None:
    number = len(names) + 1
    text = parts["xl/workbook.xml"].replace("<workbook ", f"<workbook{_MORE} ", 1)
    text = re.sub(
        r"<fileVersion[^>]*/>", '<fileVersion appName="xl" lastEdited="7" lowestEdited="7" rupBuild="28324"/>', text
    )
    text = text.replace(
        "<bookViews>",
        '<xr:revisionPtr revIDLastSave="0" documentId="8_{4A5E0B6C-2D7F-4E18-9C3A-5B6D7E8F9A01}" '
        'xr6:coauthVersionLast="47" '
        'xr6:coauthVersionMax="47" xr10:uidLastSave="{00000000-0000-0000-0000-000000000000}" '
        'xmlns:xr6="http://schemas.microsoft.com/office/spreadsheetml/2016/revision6" '
        'xmlns:xr10="http://schemas.microsoft.com/office/spreadsheetml/2016/revision10"/><bookViews>',
    )
    text = text.replace("</sheets>", f'<sheet name="{OWN}" sheetId="77" r:id="rId977"/></sheets>')
    at = text.index('<definedName name="notes_scorecard"')
    text = f"{text[:at]}<definedName name=\"my_rate\">'{OWN}'!$B$6</definedName>{text[at:]}"
    views = (
        f'<customWorkbookViews><customWorkbookView name="Cabinet" guid="{_VIEW}" maximized="1" windowWidth="1600" '
        'windowHeight="900" activeSheetId="1"/></customWorkbookViews>'
    )
    text = re.sub(r"<calcPr[^>]*/>", f'<calcPr calcId="191029"/>{views}', text)
    parts["xl/workbook.xml"] = text
    later = "http://schemas.microsoft.com/office/2017/10/relationships"
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rId977" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        f'<Relationship Id="rId978" Type="{_OFFICE}/calcChain" Target="calcChain.xml"/>'
        f'<Relationship Id="rId979" Type="{later}/person" Target="persons/person.xml"/></Relationships>',
    )
    entries = "".join(f'<c r="{cell}" i="{sheet}"/>' for sheet, cell in chain)
    parts["xl/calcChain.xml"] = f'{_HEAD}<calcChain xmlns="{_MAIN}">{entries}</calcChain>'
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = (
        f'<Default Extension="bin" ContentType="{sheet}.printerSettings"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    )
    overrides = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{kind}"/>'
        for part, kind in (
            (f"worksheets/sheet{number}.xml", f"{sheet}.worksheet+xml"),
            ("drawings/drawing9.xml", "application/vnd.openxmlformats-officedocument.drawing+xml"),
            ("charts/chart9.xml", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"),
            ("calcChain.xml", f"{sheet}.calcChain+xml"),
            ("comments1.xml", f"{sheet}.comments+xml"),
            ("threadedComments/threadedComment1.xml", "application/vnd.ms-excel.threadedcomments+xml"),
            ("persons/person.xml", "application/vnd.ms-excel.person+xml"),
        )
    )
    content = parts["[Content_Types].xml"]
    at = content.index("<Override")
    parts["[Content_Types].xml"] = content[:at] + types + content[at:].replace("</Types>", f"{overrides}</Types>")
