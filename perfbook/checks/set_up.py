"""Rules as a framework wants them: which are on, and how grave they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from perfbook.checks.rule import Rule
from perfbook.framework.model import CheckSetting
from perfbook.records import SEVERITIES

Settings = Mapping[str, CheckSetting]
AS_USUAL: Settings = MappingProxyType({})


def as_set(rules: Iterable[Rule], settings: Settings) -> tuple[Rule, ...]:
    """The rules that are on, as grave as the framework says; in their own order among those that are equally grave."""
    if not settings:
        return tuple(rules)
    kept = []
    for rule in rules:
        setting = settings.get(rule.code)
        if setting and setting.severity:
            rule = replace(rule, severity=setting.severity, certified=None)
        if setting is None or setting.on:
            kept.append(rule)
    return tuple(sorted(kept, key=lambda rule: SEVERITIES.index(rule.severity)))
