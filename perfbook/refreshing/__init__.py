"""Refreshing the scorecard that officers work in, outside Excel, without touching what they added."""

from __future__ import annotations

from perfbook.refreshing.errors import RefusedError
from perfbook.refreshing.refresh import Refreshed, refreshed

__all__ = ["Refreshed", "RefusedError", "refreshed"]
