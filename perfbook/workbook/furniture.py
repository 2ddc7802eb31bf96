"""Page furniture of a council's workbooks: a logo, words at the head and the foot of each printed page, the paper's
way up. It is put on when a book is closed, beside what its sheets say there themselves."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any, Literal

Orientation = Literal["landscape", "portrait"]

# How high the logo is on the screen (pixels), how wide at most, and how high in the head of a page (inches).
SCREEN_HEIGHT, SCREEN_WIDTH, _PRINT_HEIGHT, _PRINT_WIDTH = 56, 300, 0.42, 2.2
_PART = re.compile(r"&([LCR])((?:(?!&[LCR]).)*)", re.DOTALL)
_MOST = 255


@dataclass(frozen=True)
class Logo:
    """A picture, PNG or JPEG, as bytes, with its alternative text and its size in pixels."""

    data: bytes
    words: str
    width: int
    height: int

    def shown(self) -> tuple[float, int]:
        """The scale at which it stands on the screen, and its width there in pixels."""
        scale = min(SCREEN_HEIGHT / self.height, SCREEN_WIDTH / self.width)
        return scale, round(self.width * scale)


@dataclass(frozen=True)
class Furniture:
    """`header` and `footer` stand at the left of every printed page, the logo in the middle of its head."""

    logo: Logo | None = None
    header: str = ""
    footer: str = ""
    orientation: Orientation | None = None


def read_logo(data: bytes, words: str) -> Logo:
    """A logo of a file's bytes. Raises ValueError where they are no PNG or JPEG that can be measured."""
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise ValueError("it is neither PNG nor JPEG")

    try:
        # Loading it takes longer than reading perfbook.toml, and most councils have no logo.
        from xlsxwriter.image import Image

        image = Image(io.BytesIO(data))
        width, height = int(image.width), int(image.height)
    except Exception as error:  # a broken picture ends in many kinds of exception
        raise ValueError("it is broken") from error
    if width < 1 or height < 1:
        raise ValueError("it is broken")
    return Logo(data, words, width, height)


def furnish(raw: Any, furniture: Furniture, *, with_logo: bool = True) -> None:
    """Put the furniture on a sheet of XlsxWriter, beside the header and footer that it has; without the logo where the
    sheet shows it already."""
    if furniture.orientation == "portrait":
        raw.set_portrait()
    elif furniture.orientation == "landscape":
        raw.set_landscape()
    head, foot = parts(raw.header), parts(raw.footer)
    if furniture.header:
        head["L"] = _below(head["L"], furniture.header)
    if furniture.footer:
        foot["L"] = _below(foot["L"], furniture.footer)
    options: dict[str, object] = {"margin": raw.margin_header}
    logo = furniture.logo if with_logo else None
    if logo and not head["C"]:
        head["C"] = "&G"
        options |= {"image_center": "logo", "image_data_center": io.BytesIO(logo.data)}
    header, footer = joined(head), joined(foot)
    if len(header) <= _MOST and (logo or furniture.header):
        raw.set_header(header, options)
        for image in raw.header_images:
            # The resolution sets the size: that of a header's picture has no scale of its own.
            dots = max(logo.height / _PRINT_HEIGHT, logo.width / _PRINT_WIDTH) if logo else 96.0
            image._x_dpi = image._y_dpi = dots
    if len(footer) <= _MOST and furniture.footer:
        raw.set_footer(footer, {"margin": raw.margin_footer})


def parts(text: str) -> dict[str, str]:
    """What a header or footer has at the left, in the middle and at the right."""
    found = {"L": "", "C": "", "R": ""}
    if text and not text.startswith(("&L", "&C", "&R")):
        text = f"&C{text}"
    for place, words in _PART.findall(text.replace("&&", "\0")):
        found[place] += words.replace("\0", "&&")
    return found


def joined(found: dict[str, str]) -> str:
    """The header or footer of its three parts."""
    return "".join(f"&{place}{words}" for place, words in found.items() if words)


def _below(present: str, words: str) -> str:
    doubled = words.replace("&", "&&")
    # A number after a size would be read as part of it.
    return f"{present}\n&9 {doubled}" if present else f"&9 {doubled}"
