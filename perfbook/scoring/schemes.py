"""Schemes that come with perfbook; a council writes its own in framework.xlsx."""

from __future__ import annotations

from decimal import Decimal

from perfbook.framework.model import Band, Scheme

GREEN = "#1B6B3A"
AMBER = "#8A5A00"
RED = "#B3261E"

STAR_CIRCLE_TRIANGLE = Scheme(
    key="star-circle-triangle",
    name="Star, circle, triangle",
    bands=(
        Band("exceeds_target", "Exceeds target", "\u2605", GREEN, Decimal(0)),
        Band("upper_tolerance", "On target, upper tolerance", "\u25cf", AMBER, Decimal(5)),
        Band("below_target", "Below target", "\u25b2", RED),
    ),
    exception_from=3,
)

RED_AMBER_GREEN = Scheme(
    key="rag",
    name="Red, amber, green",
    bands=(
        Band("green", "Green", "G", GREEN, Decimal(0)),
        Band("amber", "Amber", "A", AMBER, Decimal(5)),
        Band("red", "Red", "R", RED),
    ),
    exception_from=3,
)

BUILT_IN: dict[str, Scheme] = {scheme.key: scheme for scheme in (STAR_CIRCLE_TRIANGLE, RED_AMBER_GREEN)}
