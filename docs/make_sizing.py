"""Make the picture and the table of docs/sizing.md from what benchmarks/collect.py measured.

    python docs/make_sizing.py

Reads benchmarks/results/collect.json; writes docs/pictures/sizing.svg, and the table between its marks in the page.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "collect.json"
PICTURE = ROOT / "docs" / "pictures" / "sizing.svg"
PAGE = ROOT / "docs" / "sizing.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
# What is drawn: the line of the benchmark, what it is called, its colour, its dashes and the shape of its marks.
CURVES = (
    ("whole", "collect, the first time", "#1F4E79", "", "circle"),
    ("changed", "collect, 10 returns changed", "#A23B00", "8 4", "diamond"),
    ("worked", "worked out again, nothing changed", "#2E6B34", "4 3", "triangle"),
    ("again", "collect, nothing changed", "#6A3D8F", "1 3", "circle"),
)
MEMORY = (
    ("nothing", "the framework alone", "#5B6770", "2 4", "square"),
    ("whole", "collect, the first time", "#1F4E79", "", "circle"),
    ("again", "collect, nothing changed", "#6A3D8F", "1 3", "circle"),
)
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 470, 360, 62, 24, 46, 48
_INK, _GRID = "#1B1F23", "#D5DADF"


@dataclass(frozen=True)
class Curve:
    """One curve: points are (returns, value)."""

    name: str
    points: tuple[tuple[int, float], ...]
    colour: str
    dashes: str
    mark: str


def measured() -> dict[int, dict[str, dict[str, Any]]]:
    """What was measured, by the number of returns and the line."""
    return {int(size): lines for size, lines in json.loads(RESULTS.read_text("ascii")).items()}


def curves(
    about: Sequence[tuple[str, str, str, str, str]], value: Callable[[dict[str, Any]], float]
) -> tuple[Curve, ...]:
    """The curves of one chart; a line that was not measured at a size has no point there."""
    sizes = sorted(measured().items())
    found = []
    for line, name, colour, dashes, mark in about:
        points = tuple((size, value(lines[line])) for size, lines in sizes if line in lines)
        found.append(Curve(name, points, colour, dashes, mark))
    return tuple(each for each in found if each.points)


def milliseconds(taken: dict[str, Any]) -> float:
    """Milliseconds of processors a return."""
    return float(taken["cpu"]) / int(taken["files"]) * 1000


def picture() -> str:
    """Both charts, as an SVG."""
    time = _chart("Milliseconds of processor a return", curves(CURVES, milliseconds), 0, decades=True)
    memory = _chart("Megabytes of the parent, at most", curves(MEMORY, lambda taken: float(taken["memory"])), _WIDTH)
    names = {each.name: each for each in (*curves(CURVES, milliseconds), *curves(MEMORY, milliseconds))}
    key = "".join(_key(each, at) for at, each in enumerate(names.values()))
    height = _HEIGHT + 22 * math.ceil(len(names) / 2) + 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _WIDTH} {height}" role="img" '
        f'font-family="Arial, Helvetica, sans-serif" font-size="12" fill="{_INK}">\n'
        "<title>Time a return and memory, by the number of returns</title>\n"
        f'<rect width="{2 * _WIDTH}" height="{height}" fill="#FFFFFF"/>\n{time}{memory}{key}</svg>\n'
    )


def table() -> str:
    """The same as a table."""
    sizes = sorted(measured().items())
    lines = ["| | " + " | ".join(f"{size:,} returns" for size, _ in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    for line, name, *_ in CURVES:
        cells = [f"{milliseconds(found[line]):.2f}" if line in found else "" for _, found in sizes]
        lines.append(f"| {name}, ms of processor a return | " + " | ".join(cells) + " |")
    for line, name in (("again", "nothing changed"), ("changed", "10 returns changed")):
        cells = []
        for _, found in sizes:
            both = line in found and "whole" in found
            cells.append(f"{100 * found[line]['cpu'] / found['whole']['cpu']:.1f} %" if both else "")
        lines.append(f"| {name}, of the first time | " + " | ".join(cells) + " |")
    for line, key, name in (("whole", "memory", "parent"), ("read", "workers", "largest reading process")):
        cells = [f"{found[line][key]:.0f}" if line in found else "" for _, found in sizes]
        lines.append(f"| MB at most, the first time: {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with the table that is measured."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _chart(title: str, found: Sequence[Curve], across: int, *, decades: bool = False) -> str:
    """One chart; the number of returns on a scale of ratios, and with `decades` the values too."""
    sizes = [size for each in found for size, _ in each.points]
    values = [value for each in found for _, value in each.points]
    if decades:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        ticks = [10.0**power for power in range(low, high + 1)]
    else:
        step = 10.0 ** math.floor(math.log10(max(values)))
        step = step / 2 if max(values) / step < 4 else step
        low, high = 0, math.ceil(max(values) / step)
        ticks = [step * which for which in range(high + 1)]
    first, last = math.log10(min(sizes)), math.log10(max(sizes))

    def x(size: float) -> float:
        share = (math.log10(size) - first) / ((last - first) or 1)
        return across + _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        share = (math.log10(value) - low) / ((high - low) or 1) if decades else value / ticks[-1]
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    parts = [f'<text x="{across + _LEFT}" y="24" font-size="14" font-weight="bold">{title}</text>\n']
    left, right, middle = across + _LEFT, across + _WIDTH - _RIGHT, x(10 ** ((first + last) / 2))
    for tick in ticks:
        parts.append(
            f'<line x1="{left}" x2="{right}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="{_GRID}"/>'
            f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>\n'
        )
    for size in sorted(set(sizes)):
        parts.append(f'<text x="{x(size):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{size:,}</text>\n')
    parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">returns</text>\n')
    for each in found:
        places = [(x(size), y(value)) for size, value in each.points]
        line = " ".join(f"{across:.1f},{down:.1f}" for across, down in places)
        parts.append(_line(each, line) + "".join(_mark(each, *place) for place in places))
    return "".join(parts)


def _key(each: Curve, at: int) -> str:
    left, down = _LEFT + (at % 2) * _WIDTH, _HEIGHT + 16 + 22 * (at // 2)
    return (
        _line(each, f"{left},{down} {left + 40},{down}")
        + _mark(each, left + 20, down)
        + f'<text x="{left + 50}" y="{down + 4}">{each.name}</text>\n'
    )


def _line(each: Curve, points: str) -> str:
    dashes = f' stroke-dasharray="{each.dashes}"' if each.dashes else ""
    return f'<polyline points="{points}" fill="none" stroke="{each.colour}" stroke-width="2.5"{dashes}/>\n'


def _mark(each: Curve, x: float, y: float) -> str:
    if each.mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{each.colour}"/>\n'
    corners = {
        "square": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        "diamond": ((0, -6), (6, 0), (0, 6), (-6, 0)),
        "triangle": ((0, -6), (5.5, 4), (-5.5, 4)),
    }[each.mark]
    points = " ".join(f"{x + across:.1f},{y + down:.1f}" for across, down in corners)
    return f'<polygon points="{points}" fill="{each.colour}"/>\n'


def main() -> None:
    """Write both."""
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
