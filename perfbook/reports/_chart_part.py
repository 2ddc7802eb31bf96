"""A chart for Word: a real one, which officers restyle and whose data they can open, not a picture.

XlsxWriter draws it (DrawingML is the same in both programs) and makes the workbook behind it. A picture would need a
drawing library several times the size of perfbook, and would be neither sharp nor editable.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import xlsxwriter
from lxml import etree

from perfbook.reports.plot import EARLIER_FILL, Plot
from perfbook.workbook.palette import STANDARD
from perfbook.workbook.text import clean_text

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "Data"
# In the order of the standard.
_PARTS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")


def chart_xml(plot: Plot, made: datetime) -> bytes:
    """The chart part of a plot; relationship rId1 is the workbook with its data."""
    with zipfile.ZipFile(io.BytesIO(_workbook(plot, made, chart=True))) as package:
        root = etree.fromstring(package.read("xl/charts/chart1.xml"))
    for left in root.findall(f"{{{_C}}}printSettings"):
        root.remove(left)
    for labels in root.iter(f"{{{_C}}}dLbls"):
        _only_values(labels)
    # Without it a gap is drawn as nought.
    only = root.find(f".//{{{_C}}}plotVisOnly")
    if only is not None and root.find(f".//{{{_C}}}dispBlanksAs") is None:
        only.addnext(etree.Element(f"{{{_C}}}dispBlanksAs", {"val": "gap"}))
    data = etree.SubElement(root, f"{{{_C}}}externalData", {f"{{{_R}}}id": "rId1"})
    etree.SubElement(data, f"{{{_C}}}autoUpdate", {"val": "0"})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _only_values(labels: Any) -> None:
    """Says no to every part of a label but the value: what is left out means yes in Word's part of the standard."""
    shown = {name: labels.find(f"{{{_C}}}{name}") for name in _PARTS}
    for name, found in shown.items():
        if found is not None:
            labels.remove(found)
        etree.SubElement(labels, f"{{{_C}}}{name}", {"val": "1" if name == "showVal" else "0"})


def chart_data(plot: Plot, made: datetime) -> bytes:
    """The workbook behind a chart."""
    return _workbook(plot, made, chart=False)


def _workbook(plot: Plot, made: datetime, *, chart: bool) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Data of a chart", "created": made.replace(tzinfo=None, microsecond=0)})
    sheet = book.add_worksheet(_SHEET)
    number = book.add_format({"num_format": plot.number_format})
    for row, label in enumerate(plot.categories, 1):
        sheet.write_string(row, 0, clean_text(label))
    for column, series in enumerate(plot.series, 1):
        sheet.write_string(0, column, series.name)
        for row, value in enumerate(series.values, 1):
            if value is not None:
                sheet.write_number(row, column, value, number)
    if chart:
        sheet.insert_chart(0, len(plot.series) + 2, _drawn(book, plot))
    book.close()
    return buffer.getvalue()


def _drawn(book: Any, plot: Plot) -> Any:
    if plot.kind == "trend":
        return _trend(book, plot)
    if plot.kind == "groups":
        return _groups(book, plot)
    kind = "bar" if plot.kind == "bars" else "column"
    chart = book.add_chart({"type": kind, "subtype": "stacked"})
    for place, series in enumerate(plot.series):
        labels = {"value": True, "num_format": "0;;;", "font": _font(9, series.ink, bold=True)}
        look = {"fill": {"color": series.fill}, "border": {"color": STANDARD.page, "width": 0.75}, "gap": 45}
        chart.add_series({**_ranges(plot, place), **look, "data_labels": labels})
    # The first priority stands at the top, as in the tables.
    categories = {"num_font": _font(9), "line": {"color": STANDARD.line}, "reverse": plot.kind == "bars"}
    values = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    # XlsxWriter calls the upright axis y, whatever stands on it.
    chart.set_y_axis(categories if plot.kind == "bars" else values)
    chart.set_x_axis(values if plot.kind == "bars" else categories)
    return _finished(chart, plot)


def _groups(book: Any, plot: Plot) -> Any:
    """The columns of all series beside each other, each with its figure above it."""
    chart = book.add_chart({"type": "column"})
    for place, series in enumerate(plot.series):
        labels = {"value": True, "num_format": f"{plot.number_format};;;", "font": _font(8)}
        chart.add_series({**_ranges(plot, place), "fill": {"color": series.fill}, "gap": 60, "data_labels": labels})
    chart.set_x_axis({"num_font": _font(9), "line": {"color": STANDARD.line}, "label_position": "low"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return _finished(chart, plot)


def _trend(book: Any, plot: Plot) -> Any:
    """Columns, since single figures of past years that councils bring would be lost in a line; the target as a line."""
    chart = book.add_chart({"type": "column"})
    newest = [{"fill": {"color": EARLIER_FILL}} for _ in plot.categories[:-1]] + [None]
    labels = {"value": True, "position": "inside_base", "num_format": plot.number_format, "font": _font(9)}
    look = {"fill": {"color": plot.series[0].fill}, "points": newest, "gap": 60, "data_labels": labels}
    chart.add_series({**_ranges(plot, 0), **look})
    if len(plot.series) > 1:
        line = book.add_chart({"type": "line"})
        colour = plot.series[1].fill
        marker = {"type": "diamond", "size": 7, "fill": {"color": colour}, "border": {"color": colour}}
        line.add_series(
            {**_ranges(plot, 1), "line": {"color": colour, "width": 2, "dash_type": "dash"}, "marker": marker}
        )
        chart.combine(line)
    chart.set_x_axis({"num_font": _font(9), "line": {"color": STANDARD.line}, "label_position": "low"})
    least = min((value for value in plot.series[0].values if value is not None), default=0)
    axis: dict[str, object] = {"visible": False, "major_gridlines": {"visible": False}}
    if least >= 0:
        axis["min"] = 0
    chart.set_y_axis(axis)
    return _finished(chart, plot)


def _finished(chart: Any, plot: Plot) -> Any:
    chart.set_title({"none": True})
    if len(plot.series) > 1:
        chart.set_legend({"position": "bottom", "font": _font(9)})
    else:
        chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"none": True}, "fill": {"color": STANDARD.page}})
    chart.show_blanks_as("gap")
    return chart


def _ranges(plot: Plot, place: int) -> dict[str, object]:
    last = max(len(plot.categories), 1)
    return {
        "name": [_SHEET, 0, place + 1],
        "categories": [_SHEET, 1, 0, last, 0],
        "values": [_SHEET, 1, place + 1, last, place + 1],
    }


def _font(size: int, colour: str = STANDARD.text, *, bold: bool = False) -> dict[str, object]:
    return {"name": STANDARD.font, "size": size, "color": colour, "bold": bold}
