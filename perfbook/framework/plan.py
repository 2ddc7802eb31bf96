"""The council plan as it is reported: which action stands where, and how each is rated. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from perfbook.framework.model import Action, Deliverable, Framework, Scheme
from perfbook.framework.periods import Period
from perfbook.workbook.text import day_in_words

# Keys of actions and deliverables hold no @.
_AT = "@"


@dataclass(frozen=True)
class Placement:
    """An action under a deliverable, or under its priority where it has none."""

    action: Action
    deliverable: Deliverable | None = None

    @property
    def key(self) -> str:
        """`action@deliverable`, or the action's key where it has no deliverable."""
        return place_key(self.action.key, self.deliverable.key if self.deliverable else "")

    @property
    def priority(self) -> str:
        """The key of the priority that it counts for."""
        return self.deliverable.priority if self.deliverable else self.action.priority


def place_key(action: str, deliverable: str) -> str:
    """The key of a placement; the action's own where no deliverable is named."""
    return f"{action}{_AT}{deliverable}" if deliverable else action


def described(action: Action) -> str:
    """An action as its rows show it: its title, below it the baseline and the direction that is aimed at."""
    return "\n".join((action.title, *told_before(action)))


def told_before(action: Action) -> tuple[str, ...]:
    """The baseline and the direction that is aimed at, a line each, where there are any."""
    lines = (("Baseline", action.baseline), ("Target", action.direction))
    return tuple(f"{name}: {text}" for name, text in lines if text)


def placements(framework: Framework, period: Period | None = None) -> tuple[Placement, ...]:
    """Every placement, or those in force in a reporting period, in the order of the plan.

    By priority, within it by deliverable, and last the actions that stand under the priority itself.
    """
    under: dict[str, list[Action]] = {}
    for action in framework.actions:
        if period is None or action.in_force(period):
            for key in action.deliverables or ("",):
                under.setdefault(key, []).append(action)
    found: list[Placement] = []
    for priority in framework.priorities:
        for deliverable in framework.deliverables:
            if deliverable.priority == priority.key:
                found += [Placement(action, deliverable) for action in under.get(deliverable.key, ())]
        found += [Placement(action) for action in under.get("", ()) if action.priority == priority.key]
    return tuple(found)


def rating_scheme(framework: Framework, action: Action) -> Scheme:
    """The scheme by which an action is rated: its own, else the council's usual one for ratings."""
    return framework.schemes[action.scheme or usual_rating_scheme(framework)]


def usual_rating_scheme(framework: Framework) -> str:
    """The key of the scheme by which actions are rated unless they name another: the usual scheme of the council where
    a person chooses in it, else the first scheme in which one does. Empty where there is none."""
    return usual_among(framework.schemes, framework.default_scheme)


def usual_among(schemes: Mapping[str, Scheme], usual: str) -> str:
    """The same, of schemes by key and the key of the council's usual one."""
    if usual in schemes and schemes[usual].is_chosen:
        return usual
    return next((key for key, scheme in schemes.items() if scheme.is_chosen), "")


def rating_keys(framework: Framework) -> tuple[str, ...]:
    """The keys of all bands in which actions can be rated, best first, the usual scheme's before others'."""
    if not framework.actions:
        return ()
    keys = dict.fromkeys((usual_rating_scheme(framework), *(action.scheme for action in framework.actions)))
    schemes = [framework.schemes[key] for key in keys if key]
    return tuple(dict.fromkeys(band.key for scheme in schemes for band in scheme.bands))


def reference_of(code: str) -> str:
    """A reference for comparison: spaces, points and case do not matter (`ACE 27`, `PH.6`)."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def day_words(due: str) -> str:
    """A due date as people write it: 31 March 2024; other words as they are."""
    try:
        day = date.fromisoformat(due)
    except ValueError:
        return due
    return day_in_words(day)


def column_key(label: str) -> str:
    """The key of a grid's column, from its name."""
    return "_".join("".join(letter if letter.isalnum() else " " for letter in label.casefold()).split()) or "column"
