"""Checks across cells, rows and periods: of a return, a quarter, a framework, on one model of plain rows."""
