"""The sheet Definitions: what each measure means and how it is scored, one row a measure."""

from __future__ import annotations

from perfbook.framework.model import Band, Framework, Measure, Scheme
from perfbook.framework.periods import Period
from perfbook.returns import heights, layout, page
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
_HEADERS: tuple[tuple[str, float], ...] = (
    ("Code", 9),
    ("Measure", 32),
    ("Definition", 40),
    ("Numerator", 24),
    ("Denominator", 24),
    ("Unit", 11),
    ("Good is", 13),
    ("Reported", 15),
    ("Target", 14),
    ("How it is scored", 50),
)
_OPTIONAL = (2, 3, 4)


def write_definitions(book: Book, framework: Framework, directorate: str, period: Period) -> None:
    """Writes the sheet."""
    sheet, house = book.sheet(layout.DEFINITIONS), book.house
    sheet.text(_TITLE_ROW, 0, "What the measures mean, and how they are scored", book.style(**house.title()))
    heading, body = book.style(**house.heading()), book.style(**(house.wrapped() | {"font_size": _SIZE}))
    measures = framework.measures_of(directorate, period)
    rows = [_row(framework, measure, period) for measure in measures]
    # Columns that no measure fills would only push the others apart.
    kept = [column for column in range(len(_HEADERS)) if column not in _OPTIONAL or any(row[column] for row in rows)]
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
        page.Page(heading=(_HEADER_ROW, _HEADER_ROW), margins=(0.4, 0.4, 0.5, 0.6), footer_margin=None),
    )
    raw.fit_to_pages(1, 0)


def _row(framework: Framework, measure: Measure, period: Period) -> tuple[str, ...]:
    reported = (
        measure.frequency + (f", {measure.arrears} behind" if measure.arrears else "") + f", {measure.calculation}"
    )
    target = framework.target(measure.key, measure.about(period))
    shown = ""
    if target and target.value is not None:
        shown = display(target.value, measure.number_format)
        if target.high is not None:
            shown = f"{shown} to {display(target.high, measure.number_format)}"
    return (
        measure.code,
        measure.title,
        measure.definition,
        measure.numerator,
        measure.denominator,
        measure.unit.shown,
        _POLARITY[measure.polarity],
        reported[0].upper() + reported[1:],
        shown,
        scoring_words(framework.scheme_of(measure), measure) if measure.polarity != "none" else "Not scored.",
    )


def scoring_words(scheme: Scheme, measure: Measure) -> str:
    """The bands of a scheme in words, a line each, best first."""
    lines = []
    for position, band in enumerate(scheme.bands, start=1):
        lines.append(f"{band.symbol} {band.word}: {_limit(band, measure, last=position == len(scheme.bands))}")
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
