"""What texts tell in figures: those of baselines and of updates, as they were picked and as officers corrected them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from perfbook.framework.model import Action, Framework, TextCorrection
from perfbook.framework.periods import Period
from perfbook.narrative.pick import Picked, pick
from perfbook.records import ActionReport

BASELINE = "Baseline"
Move = Literal["better", "worse", "same", "up", "down", ""]
_QUARTER = re.compile(
    r"\b(?:quarter|qtr|q) ?(?P<number>[1-4])\b|\b(?P<nth>[1-4])(?:st|nd|rd|th) quarter\b", re.IGNORECASE
)
_UP = re.compile(r"\b(?:increase|rise|grow|improve|more|higher)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:decrease|reduce|fall|fewer|less|lower)\b", re.IGNORECASE)
_STEM = 5
_LEAST_ALIKE = 0.5


@dataclass(frozen=True)
class Told:
    """One figure of a text.

    `period` is the reporting period that it counts for, None for the baseline: that of its update, or an earlier
    quarter of the year that the text names. `source` is the text's own period. `wanted` is the direction that is stated
    for it. `correction` says who corrected it and why, empty where nobody did.
    """

    action: str
    source: Period | None
    period: Period | None
    figure: Picked
    wanted: str = ""
    since_baseline: Move = ""
    since_last: Move = ""
    correction: str = ""

    @property
    def when(self) -> str:
        """The period as lists show it."""
        return self.period.label if self.period else BASELINE


def told(framework: Framework, reports: Iterable[ActionReport]) -> tuple[Told, ...]:
    """The figures of every action's texts, in the framework's order, the baseline first, then period by period.

    Of reports those of the action itself are read: what is said at a single place repeats it.
    """
    own: dict[str, dict[Period, str]] = {}
    for report in reports:
        if report.update and not report.deliverable:
            own.setdefault(report.action, {})[report.period] = report.update
    found: list[Told] = []
    for action in framework.actions:
        updates = sorted(own.get(action.key, {}).items(), key=lambda item: item[0].end)
        texts: list[tuple[Period | None, str]] = [(None, action.baseline), *updates]
        several = [each for period, text in texts for each in _of_text(framework, action, period, text)]
        found += _moved(several)
    return tuple(found)


def _of_text(framework: Framework, action: Action, source: Period | None, text: str) -> Iterator[Told]:
    corrections = [c for c in framework.text_corrections if c.action == action.key and c.period == source]
    for figure in pick(text):
        corrected, why = figure, ""
        for each in corrections:
            if each.doing != "add" and _plain(each.found) == _plain(figure.label):
                corrected, why = _corrected(figure, each), _why(each)
                if each.doing == "leave out":
                    break
        else:
            yield _told(action, source, corrected, why)
    for each in corrections:
        if each.doing == "add" and each.number is not None:
            shown = f"{each.number}{each.unit if each.unit == '%' else ''}"
            yield _told(action, source, Picked(each.label, each.number, each.unit, shown, each.about), _why(each))


def _corrected(figure: Picked, correction: TextCorrection) -> Picked:
    return replace(
        figure,
        label=correction.label or figure.label,
        number=figure.number if correction.number is None else correction.number,
        unit=correction.unit or figure.unit,
        when=correction.about or figure.when,
    )


def _why(correction: TextCorrection) -> str:
    words = {"correct": "Corrected", "add": "Added", "leave out": "Left out"}[correction.doing]
    return f"{words}: {correction.reason}" + (f" ({correction.by})" if correction.by else "")


def _told(action: Action, source: Period | None, figure: Picked, why: str) -> Told:
    return Told(
        action.key, source, _period(source, figure.when), figure, wanted_of(action, figure.label), correction=why
    )


def _period(source: Period | None, when: str) -> Period | None:
    """The reporting period of a figure: that of its text, or an earlier quarter of the same year that it names."""
    named = _QUARTER.search(when)
    if source is None or source.kind != "quarter" or named is None:
        return source
    number = int(named["number"] or named["nth"])
    return replace(source, index=number) if number < source.index else source


def wanted_of(action: Action, label: str) -> str:
    """The direction that is stated for a figure: that of the label which is likest, else the one that holds for all."""
    best, most = "", 0
    for part in re.split(r"[;\n]", action.direction):
        name, colon, direction = part.partition(":")
        if not colon:
            best = best or (part.strip() if _UP.search(part) or _DOWN.search(part) else "")
            continue
        shared = len(stems(name) & stems(label))
        if shared > most:
            best, most = direction.strip(), shared
    return best


def stems(words: str) -> frozenset[str]:
    """The words of a label without endings, for comparison; of short ones only numbers and abbreviations."""
    found = re.findall(r"[^\W_]+(?:&[^\W_]+)*", words)
    return frozenset(word.casefold()[:_STEM] for word in found if len(word) > 2 or word.isdigit() or word.isupper())


def _moved(several: Sequence[Told]) -> Iterator[Told]:
    """The same figures, with how each moved since the baseline and since the period before."""
    for each in several:
        base = last = None
        if each.period:
            before = [one for one in several if one.period is None or one.period.end < each.period.end]
            base = _same_as(each, [one for one in before if one.period is None])
            ends = {one.period.end if one.period else None for one in before}
            latest = max((end for end in ends if end), default=None)
            last = _same_as(each, [one for one in before if (one.period.end if one.period else None) == latest])
        yield replace(
            each, since_baseline=_move(base, each) if base else "", since_last=_move(last, each) if last else ""
        )


def _same_as(each: Told, others: Sequence[Told]) -> Told | None:
    """The one figure among others that is told of the same thing: at least half of the words are, and of no other."""
    own = stems(each.figure.label)
    likes: list[tuple[float, Told]] = []
    for one in others:
        words = stems(one.figure.label)
        if one.figure.unit == each.figure.unit and (own | words):
            likes.append((len(own & words) / len(own | words), one))
    likes.sort(key=lambda pair: -pair[0])
    if not likes or likes[0][0] < _LEAST_ALIKE or (len(likes) > 1 and likes[1][0] == likes[0][0]):
        return None
    return likes[0][1]


def _move(was: Told, now: Told) -> Move:
    more = now.figure.number - was.figure.number
    if not more:
        return "same"
    down = bool(_DOWN.search(now.wanted)) and not _UP.search(now.wanted)
    if not now.wanted or not (down or _UP.search(now.wanted)):
        return "up" if more > 0 else "down"
    return "better" if (more < 0) == down else "worse"


def _plain(label: str) -> str:
    return " ".join(label.casefold().split())
