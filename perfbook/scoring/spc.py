"""Process behaviour (XmR) charts: which changes of a figure are more than its usual ups and downs.

The limits are those of Wheeler, "Making Sense of Data" (2003): the mean, and on both sides of it 2.66 times the average
moving range, the difference between neighbouring figures. Every moving range counts, also one beyond the upper range
limit: so it is in Wheeler's book and in the tools of NHS England's programme "Making Data Count". (The R package
NHSRplotthedots leaves those out unless told otherwise, after Nelson 1982; its vignette "Deviations" has both.)

The rules, their order, and the icons of variation and assurance are in the manner of Making Data Count: the SQL tool of
NHS England and NHS Improvement (2019 to 2020), and for two of three near a limit NHSRplotthedots 0.2.2. Figures are
taken as they are shown, so two that read the same are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from perfbook.framework.model import Polarity

# How many figures limits are made from, at least and at most; and how many make a run.
LEAST, MOST, RUN = 10, 40, 7
PROCESS, RANGE = Decimal("2.66"), Decimal("3.267")
# Places beyond those of the figure within which it stands on the mean or on a limit.
FINER = 4

Rule = Literal[0, 1, 2, 3, 4]
OUTSIDE, TREND, SIDE, NEAR = 1, 2, 3, 4
RULE_WORDS: tuple[str, ...] = (
    "",
    "outside the limits",
    "seven in a row {falling|rising}",
    "seven in a row {below|above} the mean",
    "two of three near the {lower|upper} limit",
)
# Variation: nothing special; improving, concerning, neither; each by high or low figures.
COMMON, BETTER_HIGH, BETTER_LOW, WORSE_HIGH, WORSE_LOW, OTHER_HIGH, OTHER_LOW = range(1, 8)
VARIATION_WORDS: dict[int, str] = {
    COMMON: "∿ Usual variation",
    BETTER_HIGH: "↑ Improving, high",
    BETTER_LOW: "↓ Improving, low",
    WORSE_HIGH: "↑ Concerning, high",
    WORSE_LOW: "↓ Concerning, low",
    OTHER_HIGH: "↑ Special, high",
    OTHER_LOW: "↓ Special, low",
}
HITS, HIT_AND_MISS, FAILS = 1, 2, 3
ASSURANCE_WORDS: dict[int, str] = {
    HITS: "✓ Consistently hits",
    HIT_AND_MISS: "? Hit and miss",
    FAILS: "✗ Consistently fails",
}


@dataclass(frozen=True)
class Limits:
    """The lines of a chart, in the units of the figures."""

    mean: Decimal
    average_range: Decimal

    @cached_property
    def upper(self) -> Decimal:
        """The upper natural process limit."""
        return self.mean + PROCESS * self.average_range

    @cached_property
    def lower(self) -> Decimal:
        """The lower natural process limit; it may lie below nought."""
        return self.mean - PROCESS * self.average_range

    @cached_property
    def range_limit(self) -> Decimal:
        """The largest moving range to be expected."""
        return RANGE * self.average_range

    @cached_property
    def near(self) -> Decimal:
        """How far from the mean the last third before a limit begins."""
        return 2 * PROCESS * self.average_range / 3


@dataclass(frozen=True)
class Signal:
    """What is special of a point: the first rule that it meets (0: none), and whether up (1) or down (-1)."""

    rule: int = 0
    direction: int = 0

    @property
    def words(self) -> str:
        """The rule in words; nothing for none."""
        return rule_words(self.rule, self.direction)


def rule_words(rule: int, direction: int) -> str:
    """A rule in words: `seven in a row rising`."""
    text = RULE_WORDS[rule]
    if "{" not in text:
        return text
    before, _, rest = text.partition("{")
    choice, _, after = rest.partition("}")
    low, high = choice.split("|")
    return f"{before}{high if direction > 0 else low}{after}"


def moving_ranges(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The differences between neighbours, without their sign: one fewer than there are values."""
    return tuple(abs(after - before) for before, after in pairwise(values))


def limits(values: Sequence[Decimal]) -> Limits:
    """The limits of two or more figures, oldest first. Whoever shows them wants `LEAST` figures."""
    ranges = moving_ranges(values)
    return Limits(sum(values, Decimal(0)) / len(values), sum(ranges, Decimal(0)) / len(ranges))


@dataclass(frozen=True)
class Course:
    """What the rules look at, a value a point, each with its sign: up is above, down below.

    `sides` of the mean, `outside` the limits, `near` a limit and within it; `runs` on one side up to the point and
    `whole` to their end; `steps` from the point before, `rises` in a row up to the point and `climbs` to their end;
    `trends` of seven or more; `windows`: whether two of the three points up to it are near.
    """

    sides: tuple[int, ...]
    outside: tuple[int, ...]
    near: tuple[int, ...]
    runs: tuple[int, ...]
    whole: tuple[int, ...]
    steps: tuple[int, ...]
    rises: tuple[int, ...]
    climbs: tuple[int, ...]
    trends: tuple[int, ...]
    windows: tuple[int, ...]

    def signal(self, place: int) -> Signal:
        """What is special of a point, from 0."""
        directions = (self.outside[place], self.trends[place], 0, 0)
        if abs(self.whole[place]) >= RUN:
            directions = (*directions[:2], self.sides[place], 0)
        if self.near[place] and any(self.windows[place : place + 3]):
            directions = (*directions[:3], self.near[place])
        return next((Signal(rule, each) for rule, each in enumerate(directions, 1) if each), Signal())


def course(values: Sequence[Decimal], found: Limits, places: int) -> Course:
    """What the rules look at; `places` are those that the figures are shown with."""
    sides, near = _sides(values, found, places), _near(values, found, places)
    runs = _runs(sides)
    steps = [0, *(_sign(after - before) for before, after in pairwise(values))]
    rises = _runs(steps)
    climbs = _members(rises)
    return Course(
        tuple(sides),
        tuple(_outside(value, found, places) for value in values),
        tuple(near),
        tuple(runs),
        tuple(_members(runs)),
        tuple(steps),
        tuple(rises),
        tuple(climbs),
        # The point from which they rise is one of the seven; where a fall turns into a rise the fall counts.
        tuple(_long(here) or _long(after) for here, after in zip(climbs, [*climbs[1:], 0], strict=True)),
        tuple(int(_two_of_three(sides, near, end)) if end >= 2 else 0 for end in range(len(values))),
    )


def signals(values: Sequence[Decimal], places: int) -> tuple[Signal, ...]:
    """What is special of each point."""
    made = course(values, limits(values), places)
    return tuple(made.signal(place) for place in range(len(values)))


def last_signal(values: Sequence[Decimal], places: int, found: Limits) -> Signal:
    """What is special of the last point, without looking at all of them: the same as the last of `signals`."""
    outside = _outside(values[-1], found, places)
    if outside:
        return Signal(OUTSIDE, outside)
    steps = [_sign(after - before) for before, after in zip(values[-RUN:], values[1 - RUN :], strict=False)]
    if len(values) >= RUN and steps[0] and len(set(steps)) == 1:
        return Signal(TREND, steps[0])
    sides = _sides(values[-RUN:], found, places)
    if len(values) >= RUN and sides[0] and len(set(sides)) == 1:
        return Signal(SIDE, sides[0])
    last = values[-3:]
    near = _near(last, found, places)
    if len(last) == 3 and near[-1] and _two_of_three(sides[-3:], near, 2):
        return Signal(NEAR, near[-1])
    return Signal()


def variation(signal: Signal, polarity: Polarity) -> int:
    """The icon of variation that a signal gives: a key of `VARIATION_WORDS`."""
    if not signal.rule:
        return COMMON
    high = signal.direction > 0
    if polarity not in ("higher", "lower"):
        return OTHER_HIGH if high else OTHER_LOW
    if high == (polarity == "higher"):
        return BETTER_HIGH if high else BETTER_LOW
    return WORSE_HIGH if high else WORSE_LOW


def assurance(
    found: Limits, polarity: Polarity, target: Decimal | None, target_high: Decimal | None, places: int
) -> int | None:
    """Whether the process as it is will meet its target: a key of `ASSURANCE_WORDS`, None without a target.

    It consistently hits where even a figure on the worse limit meets the target, and consistently fails where even one
    on the better limit misses it. (The tool of NHS England calls a target that lies on a limit unreliable, which would
    be said of a measure that is 100% always and ought to be.) A range is hit where both limits lie within it.
    """
    if target is None or polarity == "none":
        return None
    least, most = (_sign_of(each - target, places) for each in (found.lower, found.upper))
    if polarity == "higher":
        return HITS if least >= 0 else FAILS if most < 0 else HIT_AND_MISS
    if polarity == "lower":
        return HITS if most <= 0 else FAILS if least > 0 else HIT_AND_MISS
    end = target if target_high is None else target_high
    lowest, highest = (_sign_of(each - end, places) for each in (found.lower, found.upper))
    if least >= 0 and highest <= 0:
        return HITS
    return FAILS if most < 0 or lowest > 0 else HIT_AND_MISS


# -- Rules ----------------------------------------------------------------------------------------------------------


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _sign_of(value: Decimal, places: int) -> int:
    """The sign of a difference between figures or lines that is more than the noise of a division: of what it is when
    rounded to some places more than those of the figures."""
    return _sign(value) if abs(value) >= _half(places) else 0


@lru_cache(maxsize=64)
def _half(places: int) -> Decimal:
    """Half a unit of the last place that counts."""
    return Decimal(5).scaleb(-places - FINER - 1)


def _outside(value: Decimal, found: Limits, places: int) -> int:
    if _sign_of(value - found.upper, places) > 0:
        return 1
    return -1 if _sign_of(value - found.lower, places) < 0 else 0


def _sides(values: Sequence[Decimal], found: Limits, places: int) -> list[int]:
    return [_sign_of(value - found.mean, places) for value in values]


def _near(values: Sequence[Decimal], found: Limits, places: int) -> list[int]:
    """Which points lie in the last third before a limit, and on which side."""
    made = []
    for value in values:
        within = not _outside(value, found, places)
        far = _sign_of(abs(value - found.mean) - found.near, places) > 0
        made.append(_sign(value - found.mean) if within and far else 0)
    return made


def _two_of_three(sides: Sequence[int], near: Sequence[int], end: int) -> bool:
    """Whether of the three points up to `end`, all on one side of the mean, two or more are near the limit."""
    window = range(end - 2, end + 1)
    return len({sides[each] for each in window}) == 1 and sum(abs(near[each]) for each in window) >= 2


def _runs(signs: Sequence[int]) -> list[int]:
    """How many of one sign there are in a row up to each place, with that sign."""
    made: list[int] = []
    for sign in signs:
        before = made[-1] if made else 0
        made.append(before + sign if before * sign > 0 else sign)
    return made


def _members(runs: Sequence[int]) -> list[int]:
    """The length of the whole run that each place belongs to, with its sign."""
    made = list(runs)
    for place in range(len(runs) - 2, -1, -1):
        if runs[place] * runs[place + 1] > 0:
            made[place] = made[place + 1]
    return made


def _long(climb: int) -> int:
    """The direction of steps that make seven points in a row; 0 for fewer."""
    return (climb > 0) - (climb < 0) if abs(climb) >= RUN - 1 else 0
