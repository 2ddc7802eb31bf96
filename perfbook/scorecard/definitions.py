"""The sheet Definitions: what each measure means, how it is scored, and the words that the scorecard uses."""

from __future__ import annotations

from perfbook.framework.model import Band, Measure, Scheme
from perfbook.scorecard.frame import Frame, head, open_sheet, row_height
from perfbook.scorecard.words import POLARITY_WORDS, band_label
from perfbook.scoring.words import direction_words

SHEET = "Definitions"
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Code", 8),
    ("Measure", 28),
    ("Definition", 36),
    ("Numerator", 20),
    ("Denominator", 20),
    ("Unit", 9),
    ("Good is", 11),
    ("Reported", 12),
    ("Directorate", 17),
    ("How it is scored", 28),
)
_WORDS: tuple[tuple[str, str], ...] = (
    ("Due", "In force, and a figure is expected in the period. In arrears: due for its own, earlier period."),
    ("Reported", "A figure arrived. Score, trend and annual comparison each add up to the measures reported."),
    ("Missing", "Due, but neither a figure nor a reason arrived."),
    ("Not available", "Due, but there will be no figure; the return says so."),
    ("Delayed", "The figure will come later; not counted as due."),
    ("Not due", "No figure is expected in this period."),
    ("Withdrawn", "No longer, or not yet, in force; outside all counts."),
    ("Trend", "Against the previous period of the measure's own frequency, as shown: improved, consistent or worse."),
    ("Annual comparison", "Against the same period last year."),
    ("Not comparable", "One of the two figures is missing, or the measure is not judged."),
    ("Not scored", "A figure without a target, or a measure that is not judged."),
    ("Provisional, certified", "How a return was signed. Received means one of the two."),
)


_RUNNING_WORDS: tuple[tuple[str, str], ...] = (
    ("Year to date", "The sum of the year's figures, or what the return gave. It is scored against its share of the"),
    ("", "target for the year, where the figures of the periods add up."),
)
_ROLLING_WORDS: tuple[tuple[str, str], ...] = (
    ("12 months", "Worked out from the figures of the last twelve months: their sum, or numerators over denominators."),
    ("", "It is scored. Where one of the periods is not known it is not worked out, and not scored."),
)
_CHOSEN_WORDS: tuple[tuple[str, str], ...] = (
    ("Chosen score", "Where a measure has no target its service chooses the score in the return."),
)
_ACTION_WORDS: tuple[tuple[str, str], ...] = (
    (
        "Action",
        "What a service does for the plan. It stands under one deliverable or several, and counts in each place.",
    ),
    ("Rating", "How the action stands, chosen by a person; the update says why. It is the action's own in every place"),
    ("", "unless the return says something else for one of them."),
    ("No rating", "The return gives none for the period."),
)


def write_definitions(frame: Frame) -> None:
    """Writes the sheet."""
    framework = frame.view.framework
    widths = [width for _, width in _COLUMNS]
    title = "Definitions: what the measures and words mean"
    sheet = open_sheet(frame, SHEET, title, widths, follows_period=False, head_row=3)
    if framework.measures:
        head(frame, sheet, 3, [label for label, _ in _COLUMNS])
    row = 4
    for measure in framework.measures:
        texts = _texts(frame, measure)
        pairs = [(text, width) for text, width in zip(texts, widths, strict=True)]
        sheet.raw.set_row(row, row_height(pairs, 30))
        for column, text in enumerate(texts):
            sheet.text(row, column, text, frame.top)
        row += 1
    if framework.measures:
        row += 1
    words = _WORDS if frame.view.has_measures else _WORDS[-1:]
    if frame.view.has_running:
        words = (*words, *_RUNNING_WORDS)
    if any(measure.rolls for measure in frame.view.framework.measures):
        words = (*words, *_ROLLING_WORDS)
    if frame.view.has_chosen:
        words = (*words, *_CHOSEN_WORDS)
    if frame.view.has_actions:
        words = (*words, *_ACTION_WORDS)
    head(frame, sheet, row if framework.measures else 3, ("Word", "", "What it means", "", ""), height=20)
    row -= not framework.measures
    for word, meaning in words:
        row += 1
        sheet.text(row, 0, word, frame.bare(bold=True))
        sheet.text(row, 2, meaning, frame.bare())
    sheet.raw.freeze_panes(4, 2)


def _texts(frame: Frame, measure: Measure) -> tuple[str, ...]:
    framework = frame.view.framework
    behind = f", {measure.arrears} behind" if measure.arrears else ""
    return (
        measure.code,
        measure.title,
        "\n".join(part for part in (measure.definition, measure.note) if part),
        measure.numerator,
        measure.denominator,
        measure.unit.shown,
        POLARITY_WORDS[measure.polarity],
        f"{measure.frequency.capitalize()}{behind}, {measure.calculation}",
        framework.directorate(measure.directorate).name,
        scheme_words(framework.scheme_of(measure), measure) if measure.polarity != "none" else "Not scored.",
    )


def scheme_words(scheme: Scheme, measure: Measure) -> str:
    """The bands of a scheme in words for a measure, a line each, best first."""
    count = len(scheme.bands)
    return "\n".join(
        f"{band_label(band)}: {_limit(band, measure, last=position == count)}{direction_words(band)}"
        for position, band in enumerate(scheme.bands, 1)
    )


def _limit(band: Band, measure: Measure, *, last: bool) -> str:
    if last or band.limit is None:
        return "further off"
    if not band.limit:
        return "within the range" if measure.polarity == "range" else "target or better"
    number = format(band.limit.normalize(), "f")
    if band.limit_unit == "% of target":
        return f"up to {number}% short"
    unit = "percentage points" if measure.unit.kind == "percent" else measure.unit.shown
    return f"up to {number} {unit} short"
