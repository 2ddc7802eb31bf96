"""Charts for HTML: inline SVG, drawn for the width of a phone and scaled up from there. Texts are escaped."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from perfbook.reports.plot import EARLIER_FILL, Plot
from perfbook.workbook.palette import STANDARD
from perfbook.workbook.text import clean_text

# The width of a drawing in its own units: at phone width one unit is about a pixel.
WIDTH = 340
_TEXT, _SMALL = 12, 11
_BAR, _STEP = 22, 48
# About as wide as a letter is, for what must fit.
_LETTER = 5.7


def drawn(plot: Plot) -> Markup:
    """A plot as an SVG element with its description; nothing where there is nothing to draw."""
    if plot.is_empty:
        return Markup("")
    if plot.kind == "bars":
        return _bars(plot)
    if plot.kind == "groups":
        return _groups(plot)
    return _columns(plot) if plot.kind == "columns" else _trend(plot)


def _svg(plot: Plot, height: float, parts: Iterator[Markup]) -> Markup:
    name = Markup(' role="img" aria-label="{}"').format(clean_text(plot.description))
    size = Markup(' viewBox="0 0 {} {}"').format(WIDTH, round(height))
    return Markup('<svg xmlns="http://www.w3.org/2000/svg" class="{}"{}{}>{}</svg>').format(
        plot.kind, size, name, Markup("").join(parts)
    )


def _text(
    x: float, y: float, text: str, *, colour: str = STANDARD.text, size: int = _TEXT, anchor: str = "start"
) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" fill="{}" font-size="{}" text-anchor="{}">{}</text>').format(
        x, y, colour, size, anchor, clean_text(text)
    )


def _block(x: float, y: float, width: float, height: float, fill: str) -> Markup:
    shape = '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" stroke="#FFFFFF"/>'
    return Markup(shape).format(x, y, max(width, 0), max(height, 0), fill)


def _bars(plot: Plot) -> Markup:
    """Each category's name above its bar: names are long, phones are narrow."""
    most = max(sum(each.values[place] or 0 for each in plot.series) for place in range(len(plot.categories))) or 1

    def parts() -> Iterator[Markup]:
        for place, name in enumerate(plot.categories):
            top = place * _STEP
            yield _text(0, top + 14, _fitting(name, WIDTH))
            x = 0.0
            for series in plot.series:
                width = (series.values[place] or 0) / most * WIDTH
                if width:
                    yield _block(x, top + 20, width, _BAR, series.fill)
                if width > _LETTER * (len(series.texts[place]) + 0.5):
                    yield _text(x + width / 2, top + 36, series.texts[place], colour=series.ink, anchor="middle")
                x += width

    return _svg(plot, len(plot.categories) * _STEP, parts())


def _columns(plot: Plot) -> Markup:
    height, foot = 150.0, 20.0
    step = WIDTH / len(plot.categories)
    width = min(step * 0.7, 70)
    most = max(sum(each.values[place] or 0 for each in plot.series) for place in range(len(plot.categories))) or 1

    def parts() -> Iterator[Markup]:
        for place, name in enumerate(plot.categories):
            middle, y = step * (place + 0.5), height
            for series in plot.series:
                part = (series.values[place] or 0) / most * height
                y -= part
                if part:
                    yield _block(middle - width / 2, y, width, part, series.fill)
                    if part > _SMALL:
                        at = y + part / 2 + 4
                        yield _text(middle, at, series.texts[place], colour=series.ink, size=_SMALL, anchor="middle")
            yield _text(middle, height + 15, name, size=_SMALL, anchor="middle")

    return _svg(plot, height + foot, parts())


def _groups(plot: Plot) -> Markup:
    """Each line's name above its bars, one for each series: names are long, phones are narrow."""
    bar, gap = 15.0, 10.0
    most = max((value for series in plot.series for value in series.values if value), default=0) or 1
    step = 20 + bar * len(plot.series) + gap
    longest = max(len(text) for series in plot.series for text in series.texts)
    room = WIDTH - _LETTER * (longest + 1)

    def parts() -> Iterator[Markup]:
        for place, name in enumerate(plot.categories):
            top = place * step
            yield _text(0, top + 14, _fitting(name, WIDTH))
            for number, series in enumerate(plot.series):
                y, value = top + 20 + bar * number, series.values[place]
                if value is not None:
                    width = max(value, 0) / most * room
                    yield _block(0, y, width, bar, series.fill)
                    yield _text(width + 4, y + bar - 4, series.texts[place], size=_SMALL)

    return _svg(plot, len(plot.categories) * step, parts())


def _trend(plot: Plot) -> Markup:
    """Columns for figures, a diamond for the target of each."""
    height, foot, head = 90.0, 34.0, 10.0
    values = [value for series in plot.series for value in series.values if value is not None]
    top, bottom = max([0.0, *values]), min([0.0, *values])
    span = (top - bottom) or 1.0
    step = WIDTH / len(plot.categories)
    width = min(step * 0.6, 60)

    def at(value: float) -> float:
        return head + (top - value) / span * height

    def parts() -> Iterator[Markup]:
        actual = plot.series[0]
        for place, name in enumerate(plot.categories):
            middle, value = step * (place + 0.5), actual.values[place]
            if value is not None:
                fill = actual.fill if place == len(plot.categories) - 1 else EARLIER_FILL
                yield _block(middle - width / 2, min(at(value), at(0)), width, abs(at(value) - at(0)), fill)
                yield _text(middle, head + height + 14, actual.texts[place], size=_TEXT, anchor="middle")
            yield _text(middle, head + height + 29, name, size=_TEXT, anchor="middle", colour=STANDARD.muted)
        yield Markup('<line x1="0" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="{}"/>').format(
            WIDTH, at(0), at(0), STANDARD.muted
        )
        for series in plot.series[1:]:
            for place, value in enumerate(series.values):
                if value is not None:
                    x, y = step * (place + 0.5), at(value)
                    yield Markup('<path d="M{:.1f} {:.1f}l6 6l-6 6l-6 -6z" fill="{}" stroke="#FFFFFF"/>').format(
                        x, y - 6, series.fill
                    )

    return _svg(plot, head + height + foot, parts())


def _fitting(text: str, width: float) -> str:
    most = int(width / _LETTER)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def legend(plot: Plot) -> Markup:
    """What the colours of a plot mean, as a list; the chart's own description says it in words."""
    entries = (
        Markup('<li><span class="key" style="background:{}"></span>{}</li>').format(each.fill, clean_text(each.name))
        for each in plot.series
    )
    return Markup('<ul class="legend" aria-hidden="true">{}</ul>').format(Markup("").join(entries))
