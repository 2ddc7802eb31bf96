"""Whether a text may give a figure that is close to one of a row's, which is seen soon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from perfbook.checks.across.subject import Line
from perfbook.checks.said import has_word, numerals_in, outline_of

__all__ = ["IN_SCALE", "Near", "known_of"]

# What an outline shows of a range of figures; and of a figure in thousands or more, which is then looked for.
_RANGE = re.compile(r"0(?=[%pt-])(?:%|percent)?(?:-|to)\.?0")
IN_SCALE = re.compile(r"0(?:k|m|bn|thousand|billion)")
_SCALED = re.compile(r"[0-9]\s?(?:k|m|mn|bn|thousand|million|billion)\b")
# A little more than is compared with exact numbers afterwards.
_ROUGHLY = 0.051
_Spans = list[tuple[float, float]]


class Near:
    """The figures of a row that a text may quote, to see soon whether it gives one that is close to them.

    `spelt` are the words by which the texts write numbers out, with what they stand for.
    """

    _spans: _Spans | None = None
    _known: frozenset[float] | None = None
    _own: Sequence[float] = ()

    def __init__(self, line: Line, spelt: Sequence[tuple[float, str]] = ()) -> None:
        self.line, self.spelt = line, spelt

    def holds(self, lower: str) -> bool:
        """Whether a figure of a text in small letters may be close to one of the row's, and none of those known."""
        spans = self.spans
        if not spans:
            return False
        least, most = spans[0][0], spans[-1][1]
        outline = outline_of(lower)
        if "0" in outline:
            figures = numerals_in(lower, outline)
            for figure in figures:
                if figure in self._own:  # as nearly all that are close
                    continue
                for low, high in spans:
                    if low <= figure <= high and figure not in self.known:
                        return True
            # Of thousands or more a text gives less than a thousandth in digits.
            if min(figures) * 1000 <= most and IN_SCALE.search(outline) and _SCALED.search(lower):
                return True
            # What stands for a range is the middle of two figures that follow each other.
            if "\u2013" in lower or _RANGE.search(outline):
                for first, last in pairwise(figures):
                    if self._is_near((first + last) / 2):
                        return True
        for number, word in self.spelt:
            if least <= number <= most and word in lower and self._is_near(number) and has_word(lower, word):
                return True
        return False

    def _is_near(self, number: float) -> bool:
        return any(low <= number <= high for low, high in self.spans)

    @property
    def spans(self) -> _Spans:
        """From where to where a figure is close to each of the row's, in order; one of a text has no sign."""
        if self._spans is None:
            self._own = [float(each.value) for each in (self.line.now, *self.line.before) if each and each.value]
            values = sorted(map(abs, self._own))
            self._spans = [(value * (1 - _ROUGHLY), value * (1 + _ROUGHLY)) for value in values]
        return self._spans

    @property
    def known(self) -> frozenset[float]:
        """Every figure that the row holds."""
        if self._known is None:
            self._known = frozenset(map(float, known_of(self.line)))
        return self._known


def known_of(line: Line) -> list[Decimal]:
    """Every figure that the row holds."""
    known = []
    for figure in (*line.figures, line.target, *line.targets, *line.comparators):
        if figure is None:
            continue
        if figure.value is not None:
            known.append(figure.value)
        if figure.numerator is not None:
            known.append(figure.numerator)
        if figure.denominator is not None:
            known.append(figure.denominator)
        if figure.cumulative is not None:
            known.append(figure.cumulative)
    return known
