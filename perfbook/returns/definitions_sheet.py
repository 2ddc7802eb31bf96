"""The sheet Definitions: what each measure means and how it is scored, one row a measure."""

from __future__ import annotations

from perfbook.framework.model import Band, Framework, Measure, Scheme
from perfbook.framework.periods import Period
from perfbook.returns import facts, heights, layout, page
from perfbook.scoring.words import direction_words
from perfbook.workbook.numfmt import display
from perfbook.workbook.writer import Book

_TITLE_ROW, _HEADER_ROW, _FIRST_ROW = 0, 2, 3
_SIZE = 10
_POLARITY = {
    "higher": "Higher is better",
    "lower": "Lower is better",
    "range": "Within the range is best",
    "none": "Not judged",
}
# As wide together as a page of A4 landscape takes in letters that can be read.
_HEADERS: tuple[tuple[str, float], ...] = (
    ("Code", 9),
    ("Measure", 32),
    ("What it means", 46),
    ("The figure", 28),
    ("How it is scored", 42),
)
_MEANING = 2


def write_definitions(book: Book, framework: Framework, directorate: str, period: Period) -> None:
    """Writes the sheet."""
    sheet, house = book.sheet(layout.DEFINITIONS), book.house
    sheet.text(_TITLE_ROW, 0, "What the measures mean, and how they are scored", book.style(**house.title()))
    heading, body = book.style(**house.heading()), book.style(**(house.wrapped() | {"font_size": _SIZE}))
    measures = framework.measures_of(directorate, period)
    rows = [_row(framework, measure, period) for measure in measures]
    # A column that no measure fills would only push the others apart.
    kept = [column for column in range(len(_HEADERS)) if column != _MEANING or any(row[column] for row in rows)]
    for column, source in enumerate(kept):
        header, width = _HEADERS[source]
        sheet.text(_HEADER_ROW, column, header, heading)
        sheet.raw.set_column(column, column, width)
    for number, texts in enumerate(rows, start=_FIRST_ROW):
        for column, source in enumerate(kept):
            sheet.text(number, column, texts[source], body)
        needed = max(heights.lines(texts[source], _HEADERS[source][1], _SIZE) for source in kept)
        sheet.raw.set_row(number, heights.height(needed, _SIZE))
    raw = sheet.raw
    raw.set_row(_TITLE_ROW, 28)
    heights.let_grow(raw)
    raw.freeze_panes(_FIRST_ROW, 2)
    page.lock(raw)
    page.lay_out(
        raw,
        house,
        page.Page(
            area=(_TITLE_ROW, 0, max(_HEADER_ROW, _FIRST_ROW + len(rows) - 1), len(kept) - 1),
            heading=(_HEADER_ROW, _HEADER_ROW),
            council=f"{framework.council} {period.label}",
            margins=(0.4, 0.4, 0.5, 0.6),
        ),
    )
    raw.fit_to_pages(1, 0)


def _row(framework: Framework, measure: Measure, period: Period) -> tuple[str, ...]:
    scored = scoring_words(framework.scheme_of(measure), measure) if measure.polarity != "none" else "Not scored."
    figure = "\n".join(line for line in _figure_lines(framework, measure, period) if line)
    return (measure.code, measure.title, _meaning(measure), figure, scored)


def _meaning(measure: Measure) -> str:
    """The definition, and what is divided by what."""
    parts = [measure.definition]
    if measure.numerator:
        parts.append(f"Numerator: {measure.numerator}")
    if measure.denominator:
        parts.append(f"Denominator: {measure.denominator}")
    return "\n".join(part for part in parts if part)


def _figure_lines(framework: Framework, measure: Measure, period: Period) -> tuple[str, ...]:
    """What kind of figure it is: unit, how often, which way is good, target."""
    reported = measure.frequency + (f", {measure.arrears} behind" if measure.arrears else "")
    target = framework.target(measure.key, measure.about(period))
    shown = facts.target_of(measure, target)
    words = shown if isinstance(shown, str) else display(shown, measure.number_format)
    return (
        f"Unit: {measure.unit.shown}",
        f"{reported[0].upper()}{reported[1:]}, {measure.calculation}",
        _POLARITY[measure.polarity],
        words if words == facts.NO_TARGET else f"Target: {words}",
    )


def scoring_words(scheme: Scheme, measure: Measure) -> str:
    """The bands of a scheme in words, a line each, best first."""
    if scheme.is_chosen:
        return "\n".join(["Chosen by whoever fills the return:", *(f"{b.symbol} {b.word}" for b in scheme.bands)])
    lines = []
    for position, band in enumerate(scheme.bands, start=1):
        level = _limit(band, measure, last=position == len(scheme.bands))
        lines.append(f"{band.symbol} {band.word}: {level}{direction_words(band)}")
    return "\n".join(lines)


def _limit(band: Band, measure: Measure, last: bool) -> str:
    if last or band.limit is None:
        return "further off target"
    if not band.limit:
        return "within the target range" if measure.polarity == "range" else "target or better"
    number = format(band.limit.normalize(), "f")
    if band.limit_unit == "% of target":
        return f"up to {number}% off target"
    unit = "percentage points" if measure.unit.kind == "percent" else measure.unit.shown
    return f"up to {number} {unit} off target"
