"""A book that went back with queries and has come again: which version was asked about, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.records import Reply, Submission
from perfbook.returns import actions_layout, evidence_layout, grids_layout, layout, sections_layout
from perfbook.returns._grid import SheetCells, find
from perfbook.returns.filled import content_of
from perfbook.returns.own import Own, own_of


def with_answers(submission: Submission, sheets: tuple[SheetCells, ...], framework: Framework) -> Submission:
    """The submission with what it answers; as it is, where the book did not go back with queries."""
    identity = find(sheets, layout.IDENTITY_MARK, layout.IDENTITY)
    answers = identity[0].text(layout.ANSWERS, layout.VALUE_COLUMN) if identity else ""
    if not answers:
        return submission
    own = own_of(sheets)
    sent = identity[0].text(layout.CONTENT, layout.VALUE_COLUMN)
    unedited = content_of(own.entries, own.sign_off) == sent
    return replace(submission, answers=answers, unedited=unedited, replies=_replies(own, framework, submission.period))


def _replies(own: Own, framework: Framework, period: Period) -> tuple[Reply, ...]:
    found: list[Reply] = []
    there = {row.partition(layout.ROW_SEPARATOR)[0] for row, _ in own.entries} & framework.by_key.keys()
    for measure in (framework.by_key[key] for key in sorted(there, key=framework.places.__getitem__)):
        abouts = measure.abouts(period)
        for about in abouts:
            key = layout.row_key(measure.key, about, abouts[-1])
            found += _reply(own, layout.MEASURE, key, measure.key, about)
    kinds = (actions_layout.ACTION, sections_layout.SECTION, grids_layout.LINE, evidence_layout.EVIDENCE)
    for kind in kinds:
        rows = sorted(row for row, column in own.entries if column == layout.reply_key(kind))
        for row in rows:
            found += _reply(own, kind, row, row, period)
    return tuple(found)


def _reply(own: Own, kind: str, row: str, subject: str, about: Period) -> Iterator[Reply]:
    text = own.entries.get((row, layout.reply_key(kind)))
    codes = str(own.entries.get((row, layout.reply_key(kind, layout.CODES))) or "").split()
    if isinstance(text, str) and codes:
        yield Reply(subject, about, tuple(codes), text, kind)
