"""The master workbook: a scorecard that follows the chosen period by formula, with every figure's passport."""

from __future__ import annotations

from perfbook.scorecard.build import build_scorecard
from perfbook.scorecard.button import Button
from perfbook.scorecard.reconcile import Reconciliation, reconcile
from perfbook.scorecard.tables import answer_text, failure_text, tables, tables_text

__all__ = [
    "Button",
    "Reconciliation",
    "answer_text",
    "build_scorecard",
    "failure_text",
    "reconcile",
    "tables",
    "tables_text",
]
