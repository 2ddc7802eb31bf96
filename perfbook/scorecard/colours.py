"""The colours of bands, for workbooks, reports and charts alike: `#RRGGBB`, text always readable on its fill."""

from __future__ import annotations

from collections.abc import Sequence

from perfbook.framework.model import Band, Framework
from perfbook.scorecard.words import score_labels
from perfbook.workbook.palette import HouseStyle, contrast


def tints(band: Band, lightness: float = 0.86) -> tuple[str, str]:
    """Text and fill for a band: its own colour on a light tint of it, darkened until it reads (WCAG AA, 4.5 : 1)."""
    parts = [int(band.colour[start : start + 2], 16) for start in (1, 3, 5)]
    fill = _hex([part + (255 - part) * lightness for part in parts])
    shade = [float(part) for part in parts]
    while contrast(_hex(shade), _hex([part + (255 - part) * 0.86 for part in parts])) < 4.5:
        shade = [part * 0.9 for part in shade]
    return _hex(shade), fill


def _hex(parts: Sequence[float]) -> str:
    return "#" + "".join(f"{round(part):02X}" for part in parts)


def band_colours(framework: Framework, house: HouseStyle) -> dict[str, tuple[str, str]]:
    """Fill and text of every band in use, by its key, for charts; and of `not_scored`."""
    found = {"not_scored": (house.line, house.text)}
    taken: set[str] = set()
    labels = score_labels(framework)
    for scheme in framework.schemes.values():
        for band in scheme.bands:
            if band.key not in labels or band.key in found:
                continue
            strong, pale = tints(band, 0.5)
            # Two schemes in one chart: the colour of the first, a light tint of it for the second.
            found[band.key] = (pale, house.text) if strong in taken else (strong, house.page)
            taken.add(strong)
    return found
