"""The master workbook: a scorecard that follows the chosen period by formula, with every figure's passport.

Names are imported on first use: the words of the scorecard are wanted where no workbook is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from perfbook.scorecard.build import build_scorecard as build_scorecard
    from perfbook.scorecard.button import Button as Button

__all__ = ["Button", "build_scorecard"]
_HOME = {"Button": "perfbook.scorecard.button", "build_scorecard": "perfbook.scorecard.build"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
