"""The house look of our workbooks: fonts, colours and the cell styles made of them.

Colours are `#RRGGBB`. Every pair of text and fill that a style uses has a contrast of at least 4.5 : 1 (WCAG 2.1,
1.4.3, level AA), and no meaning hangs on colour alone: inputs have a border on all sides, scores a symbol and a word.
A style is a dictionary of XlsxWriter format properties: `book.style(**STANDARD.heading())`.
"""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.workbook.furniture import Furniture

__all__ = ["STANDARD", "HouseStyle", "Style", "contrast"]

Style = dict[str, object]

_THIN, _HAIR, _MEDIUM = 1, 7, 2


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, 1 (equal) to 21 (black on white), by the formula of WCAG 2.1."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"{colour!r} is not a colour of the form #RRGGBB")
    red, green, blue = (_linear(int(digits[start : start + 2], 16) / 255) for start in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)


@dataclass(frozen=True)
class HouseStyle:
    """Fonts and colours of one council's workbooks. The default is sober: navy, slate, white."""

    font: str = "Calibri"
    # What takes Calibri's place where it is missing: Carlito has the same widths.
    font_fallback: str = "Carlito, Arial, sans-serif"
    font_size: float = 11.0
    text: str = "#1F2933"
    muted: str = "#4A5560"
    page: str = "#FFFFFF"
    heading_fill: str = "#1B3A5C"
    heading_text: str = "#FFFFFF"
    subheading_fill: str = "#DCE5EE"
    title_text: str = "#1B3A5C"
    link_text: str = "#0B4F9C"
    input_fill: str = "#FFFBE6"
    input_border: str = "#4A5560"
    locked_fill: str = "#F3F5F7"
    line: str = "#B6C0CA"
    good_fill: str = "#DCEFE1"
    good_text: str = "#0B4A26"
    middle_fill: str = "#FDEFC3"
    middle_text: str = "#5C3D00"
    bad_fill: str = "#F8DADA"
    bad_text: str = "#861019"
    # For charts; each at least 3 : 1 against white (WCAG 1.4.11).
    series: tuple[str, ...] = ("#1B3A5C", "#B35900", "#2E7D5B", "#7A3E86", "#4A5560")
    # Logo, words and orientation of printed pages; None: as each sheet is laid out.
    furniture: Furniture | None = None

    def _base(self) -> Style:
        return {"font_name": self.font, "font_size": self.font_size, "font_color": self.text, "valign": "top"}

    def title(self) -> Style:
        """The name of the sheet, once, at its top."""
        return self._base() | {
            "font_size": self.font_size + 7,
            "bold": True,
            "font_color": self.title_text,
            "valign": "vcenter",
        }

    def subtitle(self) -> Style:
        """What the sheet is about, below its title."""
        return self._base() | {"font_size": self.font_size + 1, "font_color": self.muted, "valign": "vcenter"}

    def heading(self) -> Style:
        """The head of a column."""
        return self._base() | {
            "bold": True,
            "font_color": self.heading_text,
            "bg_color": self.heading_fill,
            "border": _THIN,
            "border_color": self.heading_fill,
            "text_wrap": True,
            "valign": "vcenter",
        }

    def subheading(self) -> Style:
        """A band between rows: a priority, a group of settings."""
        return self._base() | {
            "bold": True,
            "font_color": self.title_text,
            "bg_color": self.subheading_fill,
            "bottom": _THIN,
            "bottom_color": self.heading_fill,
            "valign": "vcenter",
        }

    def body(self) -> Style:
        """A cell of a list."""
        return self._base() | {"border": _HAIR, "border_color": self.line}

    def wrapped(self) -> Style:
        """A cell of a list with running text."""
        return self.body() | {"text_wrap": True}

    def input(self, number_format: str = "General") -> Style:
        """A cell to be filled: unlocked, tinted, with a firm border all round."""
        return self._base() | {
            "bg_color": self.input_fill,
            "border": _THIN,
            "border_color": self.input_border,
            "locked": False,
            "num_format": number_format,
        }

    def input_text(self) -> Style:
        """A cell to be filled with running text; what is typed stays text."""
        return self.input("@") | {"text_wrap": True}

    def locked(self, number_format: str = "General") -> Style:
        """A cell that shows something and takes nothing."""
        return self._base() | {
            "bg_color": self.locked_fill,
            "border": _HAIR,
            "border_color": self.line,
            "locked": True,
            "num_format": number_format,
        }

    def note(self) -> Style:
        """A remark in small type."""
        small: Style = {"font_size": self.font_size - 1, "italic": True, "font_color": self.muted, "text_wrap": True}
        return self._base() | small

    def link(self) -> Style:
        """A link within the workbook."""
        return self.body() | {"font_color": self.link_text, "underline": 1}

    def figure(self, number_format: str = "General") -> Style:
        """A figure of a list."""
        return self.body() | {"num_format": number_format, "align": "right"}

    def good(self) -> Style:
        """For conditional formats (no font name or size there): the best band."""
        return {"font_color": self.good_text, "bg_color": self.good_fill, "bold": True}

    def middle(self) -> Style:
        """For conditional formats: between good and bad."""
        return {"font_color": self.middle_text, "bg_color": self.middle_fill, "bold": True}

    def bad(self) -> Style:
        """For conditional formats: the worst band."""
        return {"font_color": self.bad_text, "bg_color": self.bad_fill, "bold": True}


STANDARD = HouseStyle()
