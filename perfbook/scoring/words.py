"""How a scheme is put into words, wherever it is explained."""

from __future__ import annotations

from perfbook.framework.model import Band, Direction


def direction_words(band: Band) -> str:
    """What of the direction counts with the level of a band: `, and only if ...`; nothing where it does not."""
    only = f", and only if it {_moved(band.only_if)}" if band.only_if else ""
    return f"{only}, or if it {_moved(band.or_if)}" if band.or_if else only


def _moved(direction: Direction) -> str:
    return f"has {direction}" if direction.startswith("improved") else f"is {direction}"
