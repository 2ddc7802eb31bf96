"""The house style of a council: the section [style] of perfbook.toml, its contrasts checked, as a HouseStyle.

Contrasts are those of the Web Content Accessibility Guidelines 2.2, level AA: 4.5 : 1 for text (1.4.3), 3 : 1 for
graphics (1.4.11). A pair that falls short is refused with its ratio and the nearest colour that passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from perfbook.chasing.rules import Reader
from perfbook.errors import StyleError
from perfbook.workbook.furniture import Furniture, Orientation, read_logo
from perfbook.workbook.palette import STANDARD, HouseStyle, contrast

if TYPE_CHECKING:
    from perfbook.framework.model import Band, Framework

TEXT, GRAPHICS = 4.5, 3.0
_COLOURS = ("brand", "heading", "heading_text", "title", "band", "link")
_TEXTS = ("font", "logo", "logo_text", "header", "footer", "orientation")
_STYLE = {*_COLOURS, *_TEXTS}
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation)
_LONGEST, _LARGEST = 100, 1_000_000
_SERIFS = re.compile(
    r"times|georgia|garamond|cambria|palatino|baskerville|bookman|century|constantia|didot|rockwell|serif",
    re.IGNORECASE,
)
_NAMES = {"page": "white"}


@dataclass(frozen=True)
class StyleSettings:
    """The section [style]. Colours are `#RRGGBB`, empty where the usual one holds; `logo` is a file, from the workspace
    unless absolute, `logo_text` its alternative text.

    `brand` stands for `heading` (the fill of column heads), `title` and the first line of charts, unless they are
    given; `band` is the fill of rows between lists, a tint of the brand unless given.
    """

    brand: str = ""
    heading: str = ""
    heading_text: str = ""
    title: str = ""
    band: str = ""
    link: str = ""
    font: str = ""
    logo: str = ""
    logo_text: str = ""
    header: str = ""
    footer: str = ""
    orientation: Orientation | None = None


@dataclass(frozen=True)
class Pair:
    """Two colours that meet: which setting, of what, on what, and the contrast that they need."""

    setting: str
    colour: str
    what: str
    ground: str
    ground_name: str
    need: float

    @property
    def ratio(self) -> float:
        """Their contrast."""
        return contrast(self.colour, self.ground)

    @property
    def falls_short(self) -> bool:
        """Whether it is not enough."""
        return self.ratio < self.need

    @property
    def sentence(self) -> str:
        """What is wrong, and the nearest colour that passes."""
        # Rounded down: 4.46 is not 4.5.
        ratio = int(self.ratio * 100) / 100
        return (
            f"style.{self.setting} is {self.colour}: {self.what} on {self.ground_name} ({self.ground}) has a contrast "
            f"of {ratio:.2f} : 1, and needs {self.need:g} : 1 (WCAG 2.2 AA). The nearest that passes is "
            f"{nearest(self.colour, self.ground, self.need)}"
        )


def read_style(reader: Reader) -> StyleSettings:
    """The section [style]. Raises StyleError for colours that cannot be read on one another, WorkspaceError for what is
    no setting."""
    table = reader.section("style", _STYLE)
    found: dict[str, str] = {}
    for name in (*_COLOURS, *_TEXTS):
        value = table.get(name, "")
        if not isinstance(value, str):
            raise reader.error(f"style.{name}", f"must be a text, not {value!r}")
        found[name] = " ".join(value.split())
        if name in _COLOURS and value and not _COLOUR.fullmatch(found[name]):
            raise reader.error(f"style.{name}", f'must be a colour like "#1B3A5C", not {value!r}')
        if len(found[name]) > _LONGEST and name != "logo":
            raise reader.error(f"style.{name}", f"has {len(found[name])} characters; {_LONGEST} are the most")
    orientation = found.pop("orientation")
    if orientation and orientation not in _ORIENTATIONS:
        raise reader.error("style.orientation", f'must be "landscape" or "portrait", not {orientation!r}')
    settings = StyleSettings(
        **{name: value.upper() if name in _COLOURS else value for name, value in found.items()},
        orientation="portrait" if orientation == "portrait" else "landscape" if orientation else None,
    )
    # Of what one setting does wrong the worst: what mends that mends the rest.
    worst: dict[str, Pair] = {}
    for pair in pairs(settings):
        known = worst.get(pair.setting)
        if pair.falls_short and (known is None or pair.ratio / pair.need < known.ratio / known.need):
            worst[pair.setting] = pair
    wrong = [pair.sentence for pair in worst.values()]
    if wrong:
        raise StyleError(f"{reader.path}: {'. '.join(wrong)}. Write that, or give that part a colour of its own.")
    return settings


def pairs(settings: StyleSettings) -> Iterator[Pair]:
    """Every pair of colours that meet because of what is set; the usual ones were looked at when they were chosen."""
    house = coloured(settings)

    def named(setting: str) -> str:
        return setting if getattr(settings, setting) else "brand"

    if settings.brand or settings.heading or settings.heading_text:
        blame = "heading_text" if settings.heading_text else named("heading")
        if blame == "heading_text":
            yield Pair(blame, house.heading_text, "text", house.heading_fill, "column heads", TEXT)
        else:
            yield Pair(blame, house.heading_fill, "a column head", house.heading_text, "its text", TEXT)
    if settings.brand or settings.title or settings.band:
        yield Pair(named("title"), house.title_text, "a title", house.page, "white", TEXT)
        if settings.band:
            yield Pair("band", house.subheading_fill, "a band", house.title_text, "its text", TEXT)
    if settings.link:
        yield Pair("link", house.link_text, "a link", house.page, "white", TEXT)
        yield Pair("link", house.link_text, "a link", house.locked_fill, "locked cells", TEXT)
    if settings.brand:
        yield Pair("brand", settings.brand, "a line of a chart", house.page, "white", GRAPHICS)


def coloured(settings: StyleSettings, base: HouseStyle = STANDARD) -> HouseStyle:
    """The house style with the colours and the font that are set."""
    brand = settings.brand
    title = settings.title or brand or base.title_text
    font = settings.font or base.font
    band = settings.band or (tint(title) if settings.brand or settings.title else base.subheading_fill)
    return replace(
        base,
        font=font,
        font_fallback="Arial, sans-serif" if settings.font else base.font_fallback,
        heading_fill=settings.heading or brand or base.heading_fill,
        heading_text=settings.heading_text or base.heading_text,
        title_text=title,
        subheading_fill=band,
        link_text=settings.link or base.link_text,
        series=(brand, *base.series[1:]) if brand else base.series,
    )


def house_of(settings: StyleSettings, root: Path) -> HouseStyle:
    """The look of what is written for a workspace at `root`; the usual one where nothing is set. Raises StyleError
    where the logo cannot be used."""
    if settings == StyleSettings():
        return STANDARD
    logo = None
    if settings.logo:
        path = root / settings.logo
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StyleError(
                f"{path}, the logo that perfbook.toml names, cannot be read. Put style.logo right."
            ) from error
        if len(data) > _LARGEST:
            raise StyleError(f"{path}, the logo, has {len(data):,} bytes; {_LARGEST:,} are the most. Make it smaller.")
        try:
            logo = read_logo(data, settings.logo_text or "Logo of the council")
        except ValueError as error:
            raise StyleError(f"{path}, the logo, cannot be used: {error}. Save it as PNG or JPEG.") from error
    furniture = Furniture(logo, settings.header, settings.footer, settings.orientation)
    return replace(coloured(settings), furniture=None if furniture == Furniture() else furniture)


def for_the_public(house: HouseStyle) -> tuple[HouseStyle, str]:
    """The style for the public copy, and what was left out of it and why: the Analysis Function's guidance wants
    letters without serifs, no pictures, and no headers or footers, which screen readers pass over."""
    if _SERIFS.search(house.font) and "sans" not in house.font.lower():
        words = f"The public copy is in Arial: {house.font} has serifs, which the guidance advises against."
        return replace(house, font="Arial", furniture=None), words
    return replace(house, furniture=None), ""


def tint(colour: str) -> str:
    """A light tint on which the colour itself can be read."""
    share = 0.86
    while contrast(colour, _mixed(colour, 255, share)) < TEXT and share < 0.99:
        share += 0.02
    return _mixed(colour, 255, min(share, 1.0))


def nearest(colour: str, ground: str, need: float) -> str:
    """The shade or tint of a colour nearest to it that has the contrast with another; black or white at worst."""
    found = []
    for end in (0, 255):
        for step in range(256):
            mixed = _mixed(colour, end, step / 255)
            if contrast(mixed, ground) >= need:
                found.append((step, mixed))
                break
    return min(found)[1] if found else ("#000000" if contrast("#000000", ground) >= need else "#FFFFFF")


def _mixed(colour: str, end: int, share: float) -> str:
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part + (end - part) * share):02X}" for part in parts)


def pale_bands(framework: Framework, house: HouseStyle) -> Iterator[tuple[Band, float, str]]:
    """The bands whose own colour is too pale for a symbol on the page (3 : 1), with the contrast and the nearest colour
    that passes. perfbook darkens them where it writes them."""
    seen: set[tuple[str, str]] = set()
    for scheme in framework.schemes.values():
        for band in scheme.bands:
            ratio = contrast(band.colour, house.page)
            if ratio < GRAPHICS and (band.word, band.colour) not in seen:
                seen.add((band.word, band.colour))
                yield band, ratio, nearest(band.colour, house.page, GRAPHICS)
