"""Findings as SARIF 2.1.0, the format in which code hosts and editors exchange what checkers find.

A workbook has no lines: a region's line and column are the row and the column of the cell, and the cell's own address
is the logical location, such as `Measures!L6`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from perfbook.checks.registry import BY_CODE
from perfbook.records import Finding, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")


def sarif(findings: Sequence[Finding], version: str) -> dict[str, Any]:
    """The SARIF log of findings. `Finding.file` is the path of a file, relative or whole."""
    codes = sorted({finding.code for finding in findings})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "perfbook", "semanticVersion": version, "rules": [_rule(code) for code in codes]}
                },
                "columnKind": "utf16CodeUnits",
                "results": [_result(each, codes.index(each.code)) for each in findings],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    entry = BY_CODE.get(code)
    if entry is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "help": {"text": entry.remedy},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        "properties": {"family": entry.family, "sure": entry.sure},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    place = _CELL.match(finding.cell)
    if place:
        physical["region"] = {"startLine": int(place[2]), "startColumn": _column(place[1])}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.sheet:
        name = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
    }
    if finding.measure:
        result["properties"] = {"measure": finding.measure}
    if finding.suppressed:
        result["suppressions"] = [{"kind": "external", "justification": finding.suppressed}]
    return result


def _uri(path: str) -> str:
    file = PurePath(path)
    return file.as_uri() if file.is_absolute() else quote(file.as_posix())


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
