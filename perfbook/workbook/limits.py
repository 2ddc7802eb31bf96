"""Our own gate on every workbook that we write: the limits of Excel that validators do not see.

The bytes are read here on their own, without the writer, so a slip of the writer cannot hide itself. What each limit is
and where it is documented stands in `LIMITS`. The gate is for books that we write; others (saved by LibreOffice, by
people) break some rules of the house without harm.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from perfbook.workbook._gate_formula import check_formula
from perfbook.workbook._gate_sheet import MAIN, SheetPart, Text, check_sheet, local, text_of
from perfbook.workbook._limit_table import LIMITS, Breach, Limit, Report
from perfbook.workbook.text import utf16_length

__all__ = ["LIMITS", "Breach", "Limit", "breaches", "name_problem", "sheet_name_problem"]

_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NAME = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_A1 = re.compile(r"(?i)([a-z]{1,3})(\d+)")
_R1C1 = re.compile(r"(?i)r\d*|c\d*|r\d*c\d*")
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def breaches(data: bytes) -> list[Breach]:
    """Every limit that the workbook breaks, in the order of its parts; empty if Excel takes it as it is."""
    report = Report()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _Gate(package, report).run()
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError) as error:
        report.add("package", "", f"{type(error).__name__}: {error}")
    return report.breaches


def sheet_name_problem(name: str) -> str | None:
    """The code of the limit that a sheet name breaks, if any (see `LIMITS`)."""
    if utf16_length(name) > 31:
        return "sheet_name"
    wrong = not name or name[0] == "'" or name[-1] == "'" or _SHEET_FORBIDDEN.search(name)
    return "sheet_name_form" if wrong or name.casefold() == "history" else None


def name_problem(name: str) -> str | None:
    """The code of the limit that a defined name or table name breaks, if any (see `LIMITS`)."""
    if utf16_length(name) > 255:
        return "name_length"
    if _NAME.fullmatch(name) is None or _R1C1.fullmatch(name):
        return "name_form"
    match = _A1.fullmatch(name)
    if match is None:
        return None
    column = 0
    for letter in match.group(1).upper():
        column = column * 26 + ord(letter) - 64
    return "name_form" if column <= 16_384 and 1 <= int(match.group(2)) <= 1_048_576 else None


class _Gate:
    """One run over one package."""

    def __init__(self, package: zipfile.ZipFile, report: Report) -> None:
        self.package = package
        self.report = report
        self.parts = package.namelist()
        self.names: set[tuple[str, str]] = set()  # scope and name, in lower case

    def run(self) -> None:
        if not self._plain_xml():
            return
        book = "xl/workbook.xml"
        root = self._root(book)
        relations = self._relations(book)
        self._check_names(book, root)
        strings = self._strings()
        for sheet in self._sheets(book, root, relations):
            check_sheet(self.report, sheet, self.package.read(sheet.part), strings)
        for part in self.parts:
            if part.startswith("xl/tables/"):
                self._check_table(part)
            elif part.startswith("xl/charts/chart"):
                self._check_chart(part)
            elif part.startswith("xl/externalLinks/") and part.endswith(".xml"):
                self.report.add("external_link", part, part)
        if "xl/styles.xml" in self.parts:
            self._check_styles("xl/styles.xml")

    def _plain_xml(self) -> bool:
        """False if a part declares a document type or is not UTF-8: then nothing of it is parsed."""
        plain = True
        for part in self.parts:
            if part.endswith((".xml", ".rels", ".vml")):
                content = self.package.read(part)
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                    self.report.add("document_type", part, "a declaration or an encoding that is not UTF-8")
                    plain = False
        return plain

    def _root(self, part: str) -> Element:
        return fromstring(self.package.read(part))

    def _relations(self, part: str) -> dict[str, str]:
        folder, name = posixpath.split(part)
        path = f"{folder}/_rels/{name}.rels"
        if path not in self.parts:
            return {}
        return {relation.get("Id", ""): relation.get("Target", "") for relation in self._root(path)}

    def _sheets(self, part: str, root: Element, relations: dict[str, str]) -> Iterator[SheetPart]:
        seen: set[str] = set()
        sheets: list[SheetPart] = []
        for element in root.iterfind(f"{MAIN}sheets/{MAIN}sheet"):
            name = element.get("name", "")
            problem = sheet_name_problem(name)
            if problem:
                found: object = utf16_length(name) if problem == "sheet_name" else repr(name)
                self.report.add(problem, part, found, sheet=name)
            if name.casefold() in seen:
                self.report.add("sheet_name_twice", part, repr(name), sheet=name)
            seen.add(name.casefold())
            target = relations[element.get(f"{_OFFICE}id", "")]
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            hidden = element.get("state", "visible") != "visible"
            sheets.append(SheetPart(path, name, hidden, self._relations(path)))
        if all(sheet.hidden for sheet in sheets):
            self.report.add("sheet_visible", part, "none")
        return iter(sheet for sheet in sheets if sheet.part.startswith("xl/worksheets/"))

    def _check_names(self, part: str, root: Element) -> None:
        for element in root.iterfind(f"{MAIN}definedNames/{MAIN}definedName"):
            name, scope = element.get("name", ""), element.get("localSheetId", "")
            if not name.startswith("_xlnm."):
                self._check_name(part, name, scope)
            check_formula(self.report, element.text or "", part, what=f"name {name}")

    def _check_name(self, part: str, name: str, scope: str = "") -> None:
        problem = name_problem(name)
        if problem:
            self.report.add(problem, part, utf16_length(name) if problem == "name_length" else repr(name))
        key = (scope, name.casefold())
        if key in self.names:
            self.report.add("name_twice", part, repr(name))
        self.names.add(key)

    def _strings(self) -> list[Text]:
        part = "xl/sharedStrings.xml"
        if part not in self.parts:
            return []
        strings = []
        with self.package.open(part) as stream:
            for _, element in iterparse(stream, events=("end",)):
                if element.tag == f"{MAIN}si":
                    strings.append(Text.of(text_of(element)))
                    element.clear()
        return strings

    def _check_table(self, part: str) -> None:
        if not part.endswith(".xml") or "/_rels/" in part:
            return
        root = self._root(part)
        table = root.get("displayName", "")
        self._check_name(part, table)
        seen: set[str] = set()
        for column in root.iterfind(f"{MAIN}tableColumns/{MAIN}tableColumn"):
            name = column.get("name", "")
            if not name:
                self.report.add("table_column_name", part, 0, what=table)
            self.report.at_most("table_column_name", part, utf16_length(name), what=table)
            if name.casefold() in seen:
                self.report.add("table_column_twice", part, repr(name), what=table)
            seen.add(name.casefold())
            formula = column.findtext(f"{MAIN}calculatedColumnFormula")
            if formula:
                check_formula(self.report, formula, part, what=f"{table}[{name}]")

    def _check_chart(self, part: str) -> None:
        series = 0
        for element in self._root(part).iter():
            if local(element) == "ser":
                series += 1
            elif local(element) == "f" and element.text:
                check_formula(self.report, element.text, part, what="chart")
        self.report.at_most("chart_series", part, series)

    def _check_styles(self, part: str) -> None:
        root = self._root(part)
        for group, code in (("cellXfs", "cell_formats"), ("fonts", "fonts"), ("numFmts", "number_formats")):
            found = root.find(f"{MAIN}{group}")
            self.report.at_most(code, part, 0 if found is None else len(found))
        for number_format in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt"):
            code = number_format.get("formatCode", "")
            self.report.at_most("number_format_length", part, utf16_length(code), what=code[:30])
