"""What the commands show on a screen: tables and sentences, made here and printed by the commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfbook.figure_notes import closing_sentence
from perfbook.inflow import MARKS
from perfbook.records import SEVERITIES, Quarter, Reopening
from perfbook.scorecard.words import in_a_sentence, rating_labels
from perfbook.scoring.judge import band_keys
from perfbook.sent import completeness, days_late, findings_of

if TYPE_CHECKING:
    from perfbook.account import Account
    from perfbook.action_passport import ActionPassport
    from perfbook.chasing.chase import Chasing
    from perfbook.closing import Closed
    from perfbook.collecting.archive import Verification
    from perfbook.collecting.redaction import Redacted
    from perfbook.demo import Demo
    from perfbook.doctor import Line
    from perfbook.inflow import Curve
    from perfbook.linter import Report
    from perfbook.narrative.beside import Listed
    from perfbook.narrative.told import Told
    from perfbook.passport import Passport

_BAR = 20


def _table(*columns: str, title: str = "") -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        numeric = column in ("Answered", "Count", "Ours", "Published")
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    return table


def files(quarter: Quarter) -> RenderableType | None:
    """The files of the folder, each with its outcome; those that are unchanged are only counted."""
    if not quarter.files:
        return "The returns folder is empty."
    table = _table("File", "Outcome", "Code", "Reason")
    unchanged = sum(file.outcome == "unchanged" for file in quarter.files)
    for file in quarter.files:
        if file.outcome != "unchanged":
            table.add_row(Text(file.path), file.outcome, file.code, Text(file.reason))
    note = f"{unchanged} files unchanged since the last collection." if unchanged else ""
    return Group(*([table] if table.row_count else []), *([Text(note)] if note else []))


def findings(quarter: Quarter) -> RenderableType | None:
    """Findings, errors first, those of a file from its top to its bottom."""
    if not quarter.findings:
        return None
    framework = quarter.framework
    codes = {each.key: each.code or each.key for each in framework.deliverables}
    codes |= {each.key: each.code or each.key for each in framework.actions}
    codes |= {m.key: m.code or m.key for m in framework.measures}
    order = {"error": 0, "warning": 1, "info": 2}
    table = _table("Finding", "Measure", "Where", "What")
    for finding in sorted(
        quarter.findings, key=lambda f: (bool(f.suppressed), order[f.severity], f.file, _place(f.cell))
    ):
        place = f"{finding.file} {finding.sheet}!{finding.cell}" if finding.cell else finding.file
        measure = codes.get(finding.measure, finding.measure)
        grade = "suppressed" if finding.suppressed else finding.severity
        words = f"{finding.found} Suppressed: {finding.suppressed}" if finding.suppressed else finding.message
        table.add_row(f"{finding.code} {grade}", measure, Text(place), Text(words))
    return table


def _place(cell: str) -> tuple[int, int, str]:
    """Row and column of a cell, to order by: N7 before N10, Z7 before AA7."""
    column = cell.rstrip("0123456789")
    return int(cell[len(column) :] or 0), len(column), column


def checked(report: Report) -> RenderableType:
    """What the linter found, file by file, and the counts."""
    parts: list[RenderableType] = []
    for file in report.files:
        parts.append(Text(f"{file.path} ({_KINDS[file.kind]})"))
        if not file.findings:
            parts += [Text("  nothing found"), Text()]
            continue
        table = _table("Finding", "Where", "What", "What to do")
        order = {severity: place for place, severity in enumerate(SEVERITIES)}
        for each in sorted(file.findings, key=lambda f: (bool(f.suppressed), order[f.severity], f.sheet)):
            grade = "suppressed" if each.suppressed else each.severity
            place = f"{each.sheet}!{each.cell}" if each.cell else each.sheet
            what = " ".join(part for part in (each.found, each.expected) if part)
            table.add_row(f"{each.code} {grade}", Text(place), Text(what), Text(each.suppressed or each.remedy))
        parts += [table, Text()]
    counts = report.counts
    words = [_many(counts[key], word) for key, word in (("error", "error"), ("warning", "warning"), ("info", "note"))]
    if counts["suppressed"]:
        words.append(f"{counts['suppressed']} suppressed")
    files = _many(len(report.files), "file")
    return Group(*parts, Text(f"{files}: {', '.join(words)}"))


_KINDS = {"return": "a return", "framework": "a framework workbook", "unknown": "not one of ours"}


def returns(quarter: Quarter) -> RenderableType:
    """Who has sent what."""
    due = quarter.returns[0].due if quarter.returns else None
    title = f"{quarter.framework.council}, {quarter.period}: returns due {due:%d %B %Y}" if due else ""
    table = _table("Directorate", "State", "Answered", "Complete", "Received", "Late", "To look at", title=title)
    for record in quarter.returns:
        for each in (record, *record.parts):
            received = f"{each.received:%d %b %Y %H:%M}" if each.received else ""
            late = "late" if each.late else "overdue" if each.overdue else ""
            days = days_late(each, quarter.as_at)
            late += f", {_many(days, 'day')}" if late else ""
            found = Counter(finding.severity for finding in findings_of(quarter, each))
            open_ = ", ".join(_many(number, severity) for severity, number in found.items())
            answered, asked = completeness(each)
            complete = f"{100 * answered // asked}%" if asked else ""
            name = quarter.framework.directorate(record.directorate).name if each is record else f"  {each.owner}"
            said = [f"{each.answered} of {each.measures}"] if each.measures or not each.actions else []
            said += [f"{each.rated} of {each.actions} rated"] if each.actions else []
            table.add_row(Text(name), each.state, ", ".join(said), complete, received, late, open_)
    return table


def curve(now: Curve, before: Curve | None) -> RenderableType:
    """How returns come in, day by day from the due day, beside the period before."""
    both = [each for each in (now, before) if each]
    table = _table("Returns received", *(each.period for each in both))
    for mark in MARKS:
        found = [each.by(mark) for each in both]
        if found[0] is None and before is None:
            continue
        when = "by the due day" if mark == 0 else f"{_many(abs(mark), 'day')} {'before' if mark < 0 else 'after'}"
        table.add_row(when, *(_bar(number, each.expected) for number, each in zip(found, both, strict=True)))
    return table


def _bar(number: int | None, expected: int) -> Text:
    if number is None:
        return Text("")
    filled = round(_BAR * number / expected) if expected else 0
    return Text(f"{'#' * filled}{'.' * (_BAR - filled)} {number} of {expected}")


def doctor(lines: Iterable[Line]) -> RenderableType:
    """What was looked at, and what to do."""
    table = _table("", "Verdict", "Found", "What to do")
    for line in lines:
        style = {"to do": "bold red", "ok": "green"}.get(line.verdict, "")
        table.add_row(line.what, Text(line.verdict, style=style), Text(line.found), Text(line.remedy))
    return table


_RESULT_WORDS = {
    "draft": "draft, not sent",
    "written": "written, to be sent by hand",
    "sent": "sent",
    "refused": "refused",
    "failed": "not sent, waits for the next run",
    "unsure": "may have been sent; it is not sent again",
}
_STAGE_WORDS = {
    "before": "due soon",
    "due": "due",
    "first": "late",
    "second": "still missing",
    "escalation": "escalated",
    "query": "questions",
    "thanks": "thanks",
}


def chasing(done: Chasing) -> RenderableType:
    """Letters, what became of each, and what a person must see to."""
    lines: list[RenderableType] = []
    if done.handled:
        table = _table("To", "About", "Result", "File")
        for each in done.handled:
            about = ", ".join(_STAGE_WORDS[stage] for stage in each.letter.stages)
            result = f"{_RESULT_WORDS[each.result]}{': ' if each.reason else ''}{each.reason}"
            file = str(each.path) if each.path else ""
            table.add_row(Text(each.letter.to), f"{about} ({len(each.letter.calls)})", Text(result), Text(file))
        lines.append(table)
    else:
        lines.append(Text("There is nobody to write to now."))
    lines += [Text(problem) for problem in done.problems]
    for old in done.open:
        what = "was refused" if old.outcome == "refused" else "may or may not have gone"
        lines.append(Text(f"The letter to {old.to} of {old.at:%d %B %Y} {what}. {old.reason}".strip()))
    if done.way == "draft" and done.handled:
        lines.append(
            Text("Nothing was sent. To send: perfbook chase --send; to send by hand: perfbook chase --by-hand.")
        )
    return Group(*lines)


def feedback(books: Sequence[Path]) -> str | None:
    """Which returns go back with queries; None where none does."""
    if not books:
        return None
    count = f"{len(books)} return{' goes' if len(books) == 1 else 's go'} back with queries"
    return f"{count}, in {books[0].parent}: {', '.join(book.stem for book in books)}"


def headline(result: Account) -> RenderableType:
    """The counts, a line a group."""
    table = _table("", "Counts", title=f"{result.quarter.framework.council}, {result.quarter.period}")
    for name, text in _headlines(result):
        table.add_row(name, Text(text))
    return table


def _headlines(result: Account) -> list[tuple[str, str]]:
    sent, found = result.returns, result.findings
    framework = result.quarter.framework
    return [
        (
            "Returns",
            f"{sent['received']} of {sent['expected']} received ({sent['certified']} certified), "
            f"{sent['in_progress']} in progress, {sent['not_started']} not started, "
            f"{sent['unreadable']} unreadable, {sent['late']} late, {sent['overdue']} overdue",
        ),
        *(_measure_lines(result) if framework.measures or not framework.actions else ()),
        *(_action_lines(result) if framework.actions else ()),
        *_by_hand(result.quarter),
        (
            "Findings",
            ", ".join(
                _many(found[key], word) for key, word in (("error", "error"), ("warning", "warning"), ("info", "note"))
            )
            + (f", {found['suppressed']} suppressed" if found["suppressed"] else ""),
        ),
    ]


def _by_hand(quarter: Quarter) -> list[tuple[str, str]]:
    """What was adjusted, published and restated, where anything was."""
    found = []
    if quarter.adjusted or quarter.ratings_set:
        counting = sum(each.counts for each in quarter.adjusted)
        places = len({(each.placement, each.adjustment.period) for each in quarter.ratings_set})
        said = [_many(counting, "figure")] if quarter.adjusted else []
        said += [_many(places, "rating")] if places else []
        found.append(("Adjusted", f"{' and '.join(said)} by hand, on the scorecard\u2019s sheet Changes"))
    closed = closing_sentence(quarter)
    if closed:
        found.append(("Closed", closed))
    return found


def _measure_lines(result: Account) -> list[tuple[str, str]]:
    counts, measures = result.counts, result.counts.measures
    words = _band_words(result.quarter)
    score = ", ".join(f"{number} {words[key]}" for key, number in counts.score.items() if key != "not_scored" or number)
    return [
        (
            "Measures",
            f"{measures['total']}: {measures['due']} due, {measures['delayed']} delayed, "
            f"{measures['not_due']} not due; {measures['reported']} reported, {measures['missing']} missing, "
            f"{measures['not_available']} not available",
        ),
        ("Score", score),
        ("Trend", _directions(counts.trend)),
        ("Annual", _directions(counts.annual)),
    ]


def _action_lines(result: Account) -> list[tuple[str, str]]:
    actions, labels = result.actions, rating_labels(result.quarter.framework)
    bare = f", {_many(actions.unreferenced, 'action')} without a reference" if actions.unreferenced else ""
    return [
        (
            "Actions",
            f"{actions.placements} in their places: {actions.distinct} different references, {actions.several} of them "
            f"in several places{bare}",
        ),
        ("Rating", ", ".join(f"{number} {in_a_sentence(labels[key])}" for key, number in actions.rating.items())),
    ]


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _directions(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {key.replace('_', ' ')}" for key, number in counts.items())


def _band_words(quarter: Quarter) -> dict[str, str]:
    framework = quarter.framework
    words = {band.key: band.word.lower() for scheme in framework.schemes.values() for band in scheme.bands}
    return {key: words[key] for key in band_keys(framework)} | {"not_scored": "not scored"}


def closed(result: Closed) -> RenderableType:
    """What a closing did, and what was restated since."""
    closing = result.closing
    when = f"{closing.at.day} {closing.at:%B %Y %H:%M}"
    first = (
        f"{closing.period} is closed: its figures are kept as they are published now ({closing.sha256[:12]})."
        if result.is_new
        else f"{closing.period} was closed on {when} already, and stays as it was published ({closing.sha256[:12]})."
    )
    if not result.restatements:
        return Text(first if result.is_new else f"{first} Nothing was restated since.")
    table = _table("Restated", "What", "Published", "Now", "Why")
    for each in result.restatements:
        table.add_row(Text(each.name), each.field, Text(each.before), Text(each.now), Text(each.why))
    return Group(Text(first), table)


def reopened(result: Reopening) -> RenderableType:
    """What the undoing of a closing did."""
    return Text(
        f"{result.period} is open again. What was published on {result.closed.day} {result.closed:%B %Y} stays in the "
        f"record ({result.sha256[:12]}); nothing of it counts as restated until the period is closed again."
    )


def passport(result: Passport | ActionPassport) -> RenderableType:
    """A passport, a line a fact."""
    table = Table.grid(padding=(0, 2))
    for label, text in result.rows():
        table.add_row(label, Text(text))
    return table


def verification(found: Verification) -> RenderableType:
    """What reading the record again found: each problem, then one line."""
    lines = [Text(problem) for problem in found.problems]
    if found.unfinished:
        lines.append(Text("A redaction was interrupted; the next collection deletes what it left."))
    redacted_files = f", {_many(found.redacted, 'file')} redacted" if found.redacted else ""
    sound = "The record is sound" if found.is_sound else f"The record has {_many(len(found.problems), 'problem')}"
    lines.append(Text(f"{sound}: {_many(found.events, 'event')}, {_many(found.blobs, 'file')} read{redacted_files}."))
    return Group(*lines)


def redacted(done: Redacted) -> RenderableType:
    """What a redaction took out, and what it cannot reach."""
    lines = [Text(f"deleted  {path}") for path in done.paths]
    changed = (_many(done.figures, "recorded return"), _many(done.lines, "line"))
    lines.append(
        Text(f"{_many(len(done.files), 'file')} deleted from the record; {changed[0]} and {changed[1]} changed.")
    )
    lines.append(
        Text(
            "Not touched: the original in the shared folder (delete it, or every collection names it; what stands in "
            "the name of a file is recorded anew), scorecards that were written before (run perfbook consolidate), "
            "copies that were sent out, and backups."
        )
    )
    return Group(*lines)


def demo(done: Demo) -> RenderableType:
    """The demonstration's table of results and the paths to open."""
    result = done.consolidation.account
    first = done.first_day.returns
    steps = _table("Step", "Result", title=f"{done.workspace.settings.council}, {result.quarter.period}, start to end")
    steps.add_row("Blank returns", f"{len(done.generated.written)} written")
    steps.add_row("Day one", f"{first['received']} of {first['expected']} received, {first['not_started']} not started")
    for name, text in _headlines(result):
        steps.add_row(name, Text(text))
    lines = tuple(result.reconciliation.lines())
    published = _table("Published figures", "Ours", "Published", "Measures that differ")
    for line in lines:
        published.add_row(*(Text(cell) for cell in line))
    paths = Table.grid(padding=(0, 2))
    paths.add_row("Scorecard", str(done.consolidation.outputs["scorecard"]))
    paths.add_row("Completed returns", str(done.workspace.returns_folder(result.quarter.period)))
    paths.add_row("Blank returns", str(done.blanks))
    paths.add_row("What is measured", str(done.workspace.root / "framework.xlsx"))
    closing = Text(f"Done in {done.seconds:.1f} s. Open the scorecard first.")
    beside = (published, Text()) if lines else ()
    return Group(steps, Text(), *beside, paths, Text(), closing)


def figures(
    found: Sequence[Told], references: Mapping[str, str], wanted: Sequence[Listed], rows: Sequence[Told | None]
) -> RenderableType:
    """The figures of texts; and of those that were listed how many are among them, and which are not."""
    table = _table("Reference", "Figure", "Period", "Number", "Unit", "Since baseline", "Since last time")
    for each in found:
        figure = each.figure
        cells = (references[each.action], figure.label, each.when, f"{figure.number:f}", figure.unit)
        table.add_row(*(Text(cell) for cell in (*cells, each.since_baseline, each.since_last)))
    lines: list[RenderableType] = [table, Text(f"{len(found)} figures.")]
    if wanted:
        missing = [one for one, row in zip(wanted, rows, strict=True) if row is None]
        lines.append(Text(f"{len(wanted) - len(missing)} of {len(wanted)} listed figures found with label and period."))
        lines += [
            Text(f"missing  {one.reference} {one.label}, {one.when}: {one.number:f} {one.unit}") for one in missing
        ]
    return Group(*lines)
