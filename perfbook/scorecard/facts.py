"""The single facts of a scorecard: what a consolidation may change, and what must be the same for a refresh."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from perfbook.figure_notes import closing_sentence
from perfbook.framework.version import version_of
from perfbook.scorecard.blocks import Block
from perfbook.scorecard.matrices import lookups
from perfbook.scorecard.process import may_have_icons
from perfbook.scorecard.view import View
from perfbook.scorecard.words import moment
from perfbook.workbook.text import clean_text

# To be raised with every change of the sheets that another layout of the same framework would show.
LAYOUT = 7
# The newest periods that a history shows: three years of months. And those that fit as columns on the width of a page;
# the data sheets hold all.
NEWEST, FIT = 36, 12


@dataclass(frozen=True)
class Facts:
    """Texts under defined names, on the sheet `Data facts`.

    `as_at_text` and `notice_text` change with every consolidation. The others say what book it is: a book of another
    period, framework or layout is built anew and never refreshed.
    """

    as_at_text: str
    notice_text: str
    own_period: str
    framework_version: str
    layout_version: str

    @property
    def all(self) -> dict[str, str]:
        """Every fact by its defined name."""
        return dict(vars(self))

    def blocks(self) -> tuple[Block, ...]:
        """Those that a consolidation changes."""
        changing = {"as_at_text": self.as_at_text, "notice_text": self.notice_text}
        return tuple(Block(name, "cell", 1, ((text,),), frozenset({0})) for name, text in changing.items())


def facts_of(view: View) -> Facts:
    """The facts of a quarter."""
    quarter = view.quarter
    closed = closing_sentence(quarter)
    said = f"({closed.rstrip('.')})" if closed else ""
    return Facts(
        " ".join(part for part in (moment(quarter.as_at), said) if part),
        clean_text(quarter.notice),
        quarter.period.label,
        quarter.framework.version or version_of(quarter.framework),
        _layout(view),
    )


def layout_parts(view: View) -> list[object]:
    """What the framework leaves open, and formulas and charts are yet written for."""
    return [
        LAYOUT,
        [block.rows for block in lookups(view)],
        view.count_rows,
        *(("printed ratings",) if view.has_printed_ratings else ()),
        # What the sheet Detail and the icons need columns and lines for.
        [any(measure.polarity == "range" for measure in view.framework.measures), may_have_icons(view)],
        [[row, view.framework.measures[row].forecast] for row in view.forecast_rows],
        {kind: [view.newest(kind, most) for most in (NEWEST, FIT)] for kind in view.slots.kinds},
    ]


def _layout(view: View) -> str:
    """A fingerprint of these, and of what a macro does not change: axes of sparklines, what is hidden."""
    negative = [view.has_negative(measure) for measure in view.framework.measures]
    shown = [bool(view.notes), bool(view.rating_notes), view.has_icons, sorted(view.forecast_shown)]
    content = [*layout_parts(view), negative, *shown]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]
