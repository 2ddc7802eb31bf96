"""Makes the logos of the example councils: invented shapes in their colours, no council's own.

    python workbook_templates/make_logos.py

Needs Pillow, as the pictures of the pages do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from house_styles import STYLES  # noqa: E402

_WIDTH, _HEIGHT, _FINE = 360, 120, 4


def logo(name: str) -> Image.Image:
    """Three shapes in a row, other ones for each council, drawn large and made small so that their edges are smooth."""
    brand, pale = STYLES[name].brand, STYLES[name].band
    picture = Image.new("RGB", (_WIDTH * _FINE, _HEIGHT * _FINE), "white")
    draw = ImageDraw.Draw(picture)
    for place, shape in enumerate(STYLES[name].shapes):
        left, top, size = (place * 120 + 12) * _FINE, 12 * _FINE, 96 * _FINE
        box = (left, top, left + size, top + size)
        colour = brand if place != 1 else pale
        if shape == "circle":
            draw.ellipse(box, fill=colour, outline=brand, width=5 * _FINE)
        elif shape == "square":
            draw.rounded_rectangle(box, radius=18 * _FINE, fill=colour, outline=brand, width=5 * _FINE)
        elif shape == "wave":
            draw.pieslice(box, 180, 360, fill=colour, outline=brand, width=5 * _FINE)
        else:
            middle = left + size // 2
            points = [(middle, top), (left + size, top + size), (left, top + size)]
            draw.polygon(points, fill=colour, outline=brand, width=5 * _FINE)
    return picture.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS).quantize(32)


if __name__ == "__main__":
    for council in STYLES:
        logo(council).save(HERE / council / "logo.png", optimize=True)
