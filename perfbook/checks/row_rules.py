"""The rules about one row of a return, as data: values, statuses, time, explanations."""

from __future__ import annotations

from perfbook.checks.explanation_rules import EXPLANATION_RULES
from perfbook.checks.rule import Rule
from perfbook.checks.status_rules import STATUS_RULES
from perfbook.checks.time_rules import TIME_RULES
from perfbook.checks.value_rules import VALUE_RULES

ROW_RULES: tuple[Rule, ...] = (*VALUE_RULES, *STATUS_RULES, *TIME_RULES, *EXPLANATION_RULES)
BY_CODE = {rule.code: rule for rule in ROW_RULES}
