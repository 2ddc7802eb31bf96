"""Rules as a framework wants them: which are on, and how grave they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from perfbook.checks.rule import Rule
from perfbook.framework.model import CheckSetting, Framework
from perfbook.framework.periods import Period
from perfbook.records import SEVERITIES

Settings = Mapping[str, CheckSetting]
AS_USUAL: Settings = MappingProxyType({})


def hushed(framework: Framework, key: str, period: Period) -> Settings:
    """The settings for the row of a key: what officers do not want to hear of it says nothing in the book either."""
    off = {each.code: CheckSetting(each.code, on=False) for each in framework.suppressed(key, period)}
    return {**framework.checks, **off} if off else framework.checks


def is_on(code: str, settings: Settings) -> bool:
    """Whether a check is made."""
    setting = settings.get(code)
    return setting is None or setting.on


def value_of(code: str, settings: Settings, usual: Decimal) -> Decimal:
    """The number by which a check is tuned."""
    setting = settings.get(code)
    return usual if setting is None or setting.tuning is None else setting.tuning


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
