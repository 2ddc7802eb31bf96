"""perfbook: return workbooks out, completed ones in, one scorecard workbook; for council performance teams.

    ws = perfbook.open_workspace("our council")
    ws.generate()
    ws.consolidate()

What is public is listed in `__all__`; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from perfbook.creating import create_workspace as create_workspace
    from perfbook.errors import PerfbookError as PerfbookError
    from perfbook.reading import read_return as read_return
    from perfbook.workspace import Workspace as Workspace
    from perfbook.workspace import open_workspace as open_workspace

__all__ = ["PerfbookError", "Workspace", "create_workspace", "open_workspace", "read_return"]

_HOME = {
    "PerfbookError": "perfbook.errors",
    "Workspace": "perfbook.workspace",
    "create_workspace": "perfbook.creating",
    "open_workspace": "perfbook.workspace",
    "read_return": "perfbook.reading",
}


def __getattr__(name: str) -> Any:
    # Imported on first use: `perfbook --help` must not wait for workbooks' libraries.
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'perfbook' has no attribute {name!r}")
