"""What the lists hold, row by row: returns, files, findings and passports, as plain values with their rows' heights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from perfbook.checks.evidence_rules import GENERAL
from perfbook.framework.model import Action, Measure
from perfbook.rating_notes import own_reports
from perfbook.records import RETURN_STATES, SEVERITIES, Finding, Observation, ReturnState
from perfbook.scorecard.blocks import Block, Row, Value, format_runs, runs, serial
from perfbook.scorecard.change_rows import CHANGE_COLUMNS, change_rows
from perfbook.scorecard.frame import row_height
from perfbook.scorecard.passport_order import checks_of, link_to, passport_order
from perfbook.scorecard.rating_rows import (
    AS_RETURNED,
    BLANK,
    rating_row,
    reports_of,
    source_cells,
)
from perfbook.scorecard.view import View
from perfbook.scorecard.words import SEVERITY_WORDS, SUPPRESSED_WORD
from perfbook.sent import completeness, days_late, findings_of
from perfbook.workbook.text import clean_text

Columns = tuple[tuple[str, float], ...]

RETURN_COLUMNS: Columns = (
    ("Directorate", 30),
    ("State", 12),
    ("Due", 16),
    ("Received", 16),
    ("Late", 8),
    ("Overdue", 10),
    ("Days late", 9),
    ("Complete", 10),
    ("Measures", 11),
    ("Answered", 11),
    ("Errors", 8),
    ("Warnings", 10),
    ("Signed by (role)", 20),
    ("Signed on", 12),
    ("File", 44),
    # As on the return's sheet Start, to be compared.
    ("Figures", 10),
    ("Statuses", 10),
    ("Comments", 11),
    ("All added up", 14),
)
# At the end, where there are actions.
ACTION_RETURN_COLUMNS: Columns = (("Actions", 10), ("Rated", 10))
FILE_COLUMNS: Columns = (
    ("File", 58),
    ("Outcome", 13),
    ("Code", 9),
    ("Reason", 70),
    ("Directorate", 30),
    ("Last changed", 18),
)
FINDING_COLUMNS: Columns = (
    ("Code", 9),
    ("Severity", 10),
    ("Measure", 10),
    ("What was found", 58),
    ("What to do", 48),
    ("File", 34),
    ("Sheet", 13),
    ("Cell", 10),
)
# Where words stand: statuses and ratings, what was written beside a figure, how it was stored and shown.
_STATUS, _BESIDE, _STORED = 18.0, 24.0, 22.0
PASSPORT_COLUMNS: Columns = (
    ("Code", 9),
    ("Measure", 34),
    ("Figure for", 14),
    ("Reported in", 12),
    ("Status", _STATUS),
    ("Figure", 12),
    ("Shown as", _STORED),
    ("Stored as", _STORED),
    ("Beside it", _BESIDE),
    ("File", 40),
    ("Sheet", 13),
    ("Cell", 10),
    ("Sent by (role)", 20),
    ("Received", 17),
    ("SHA-256 begins", 15),
    ("Key", 12),
    ("Checks", 44),
    ("As it was read", 60),
)
_PASSPORT_WRAPPED = frozenset({"Measure", "Status", "Shown as", "Stored as", "Beside it", "File", "Checks"})
TEXT_FIGURE_COLUMNS: Columns = (
    ("Reference", 10),
    ("Action", 34),
    ("Figure", 44),
    ("Period", 13),
    ("Number", 11),
    ("Unit", 12),
    ("As it stands", 24),
    ("Time in the text", 24),
    ("Is to", 18),
    ("Since baseline", 13),
    ("Since last time", 13),
    ("Corrected", 34),
)
EVIDENCE_COLUMNS: Columns = (
    ("Code", 9),
    ("Measure or action", 36),
    ("Directorate", 26),
    ("What it shows", 50),
    ("Where it is", 50),
    ("Found", 15),
    ("File", 40),
    ("Cell", 9),
)
NOTHING_CHANGED = "Nothing has changed since the last consolidation, and nothing was adjusted or restated."
EVIDENCE_LOST = "No"
# What is not in the folder is not looked for.
_FOUND_WORDS = {"yes": "Yes", "no": EVIDENCE_LOST, "": "Not looked for"}
STATE_WORDS: dict[ReturnState, str] = {state: state.capitalize() for state in RETURN_STATES}


def lists(view: View) -> Iterator[Block]:
    """Every list. `list_<name>` is the defined name of its rows, `<name>` the table that they stand in."""
    yield _returns(view)
    yield _files(view)
    yield _findings(view)
    yield _changes(view)
    yield _passport(view)
    if view.has_evidence:
        yield _evidence(view)
    if view.has_text_figures:
        yield _text_figures(view)


def _changes(view: View) -> Block:
    """What changed; where nothing did, a row that says so."""
    rows, heights = change_rows(view)
    if not rows:
        width = CHANGE_COLUMNS[2][1]
        empty: Row = ("None", "", NOTHING_CHANGED, *("" for _ in CHANGE_COLUMNS[3:7]), None, None)
        rows = [(*empty, *("" for _ in CHANGE_COLUMNS[len(empty) :]))]
        heights = [row_height([(NOTHING_CHANGED, width)], 20)]
    return _list("changes", CHANGE_COLUMNS, rows, heights, numbers=(7, 8))


def _list(
    name: str,
    columns: Columns,
    rows: Sequence[Row],
    heights: Sequence[float],
    *,
    numbers: Sequence[int] = (),
    figure: int | None = None,
    formats: Sequence[str] = (),
    link: int | None = None,
) -> Block:
    texts = frozenset(range(len(columns))) - frozenset(numbers) - {link}
    clean = tuple(tuple(clean_text(each) if isinstance(each, str) else each for each in row) for row in rows)
    found = runs(heights)
    return Block(
        f"list_{name}",
        "list",
        len(columns),
        clean,
        texts,
        labels=tuple(label for label, _ in columns),
        heights=found,
        figure=figure,
        formats=format_runs(formats),
        link=link,
    )


def _returns(view: View) -> Block:
    rows: list[Row] = []
    heights = []
    for record in view.quarter.returns:
        signed = record.sign_off
        name = view.framework.directorate(record.directorate).name
        role = signed.role if signed else ""
        found = findings_of(view.quarter, record)
        heights.append(row_height([(name, 30), (record.file, 44), (role, 20)], 20))
        rows.append(
            (
                name,
                STATE_WORDS[record.state],
                serial(record.due),
                serial(record.received),
                "Yes" if record.late else "No",
                "Yes" if record.overdue else "No",
                days_late(record, view.quarter.as_at),
                _share(*completeness(record)),
                record.measures,
                record.answered,
                *(sum(each.severity == severity for each in found) for severity in ("error", "warning")),
                role,
                signed.date if signed else "",
                record.file,
                *record.control,
                *((record.actions, record.rated) if view.has_actions else ()),
            )
        )
    return _list("returns", return_columns(view), rows, heights, numbers=(2, 3, *range(6, 12), *range(15, 21)))


def _share(part: int, whole: int) -> Value:
    return float(Fraction(part, whole)) if whole else None


def return_columns(view: View) -> Columns:
    """The columns of the list of returns."""
    return (*RETURN_COLUMNS, *(ACTION_RETURN_COLUMNS if view.has_actions else ()))


def _files(view: View) -> Block:
    names = {directorate.key: directorate.name for directorate in view.framework.directorates}
    files = view.quarter.files
    rows = [
        (
            file.path,
            file.outcome.capitalize(),
            file.code,
            file.reason,
            names.get(file.directorate, file.directorate),
            serial(file.modified),
        )
        for file in files
    ]
    heights = [row_height([(file.path, 58), (file.reason, 70)], 20) for file in files]
    return _list("files", FILE_COLUMNS, rows, heights, numbers=(5,))


def _findings(view: View) -> Block:
    """Errors first, suppressed ones last with the reason in place of what to do."""
    codes = {action.key: action.code for action in view.framework.actions}
    codes |= {each.key: each.code for each in view.framework.deliverables}
    codes |= {measure.key: measure.code for measure in view.framework.measures}
    rows, heights = [], []
    for finding in sorted(view.quarter.findings, key=_gravest_first):
        what = " ".join(part for part in (finding.found, finding.expected) if part)
        do = finding.suppressed or finding.remedy
        heights.append(row_height([(what, 58), (do, 48), (finding.file, 34), (finding.sheet, 13)]))
        rows.append(
            (
                finding.code,
                SUPPRESSED_WORD if finding.suppressed else SEVERITY_WORDS[finding.severity],
                codes.get(finding.measure, finding.measure),
                what,
                do,
                finding.file,
                finding.sheet,
                finding.cell,
            )
        )
    return _list("findings", FINDING_COLUMNS, rows, heights)


def _gravest_first(finding: Finding) -> tuple[bool, int]:
    return bool(finding.suppressed), SEVERITIES.index(finding.severity)


def _evidence(view: View) -> Block:
    """In the order of the framework, what supports a return as a whole at the end."""
    items: dict[str, Measure | Action] = {**view.framework.by_key, **view.framework.actions_by_key}
    order = {key: place for place, key in enumerate(items)}
    names = {each.key: each.name for each in view.framework.directorates}
    rows, heights = [], []
    for each in sorted(view.quarter.evidence, key=lambda each: order.get(each.about, len(order))):
        item = items.get(each.about)
        title = item.title if item else each.supports or BLANK
        where = names.get(each.directorate, each.directorate)
        file, cell = (each.source.file, each.source.cell) if each.source else ("", "")
        texts = [(title, 36.0), (where, 26.0), (each.shows, 50.0), (each.where, 50.0), (file, 40.0)]
        heights.append(row_height(texts, 20))
        found = _FOUND_WORDS[each.found] if each.where else BLANK
        code = item.code or item.key if item else GENERAL
        rows.append((code, title, where, each.shows or BLANK, each.where or BLANK, found, file, cell))
    return _list("evidence", EVIDENCE_COLUMNS, rows, heights)


def _text_figures(view: View) -> Block:
    """Action by action, the baseline first."""
    actions = view.framework.actions_by_key
    rows, heights, formats = [], [], []
    for each in view.text_figures:
        action, figure = actions[each.action], each.figure
        texts = [(action.title, 34.0), (figure.label, 44.0), (each.correction, 34.0), (each.wanted, 18.0)]
        heights.append(row_height(texts, 20))
        places = len(f"{figure.number:f}".partition(".")[2])
        formats.append("#,##0" + (f".{'0' * places}" if places else ""))
        shown = f"{figure.roughly} {figure.shown}".strip()
        moves = (each.since_baseline.capitalize(), each.since_last.capitalize())
        rows.append(
            (
                action.code or action.key,
                action.title,
                figure.label,
                each.when,
                figure.number,
                figure.unit,
                shown,
                figure.when,
                each.wanted,
                *moves,
                each.correction,
            )
        )
    return _list("text_figures", TEXT_FIGURE_COLUMNS, rows, heights, numbers=(4,), figure=4, formats=formats)


def _passport(view: View) -> Block:
    """Measures in the framework's order, the newest figure first."""
    rows: list[Row] = []
    formats = []
    checks = checks_of(view)
    for each, as_returned in passport_order(view):
        measure = view.framework.by_key[each.measure]
        formats.append(measure.number_format)
        said = checks.get((each.measure, each.period.label), "")
        rows.append((*_figure(view, each, measure, as_returned=as_returned), said, link_to(view, each.source)))
    returned_ratings = own_reports(view.quarter)
    for report in reports_of(view, returned_ratings):
        formats.append("General")
        row = rating_row(view, report, as_returned=report in returned_ratings)
        rows.append((*row, checks.get((report.action, report.period.label), ""), link_to(view, report.source)))
    last = len(PASSPORT_COLUMNS) - 1
    wrapped = [(place, width) for place, (label, width) in enumerate(PASSPORT_COLUMNS) if label in _PASSPORT_WRAPPED]
    heights = [row_height([(str(row[place] or ""), width) for place, width in wrapped], 16) for row in rows]
    return _list("passport", PASSPORT_COLUMNS, rows, heights, numbers=(5, 13), figure=5, formats=formats, link=last)


def _figure(view: View, each: Observation, measure: Measure, *, as_returned: bool) -> Row:
    note = None if as_returned else view.notes.get((each.measure, each.period))
    status = AS_RETURNED if as_returned else note.mark if note else each.status or ""
    beside = " ".join(part for part in (each.companion, note.note if note else "") if part)
    labels = (measure.code, measure.title, each.period.label, each.reported_in.label, status)
    return (*labels, each.actual, *source_cells(each.source, beside), each.measure)
