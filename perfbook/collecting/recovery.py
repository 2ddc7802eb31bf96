"""Whose a return is that has lost its identity: told from the keys of its rows, or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from perfbook.errors import PeriodError
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period, parse
from perfbook.returns.identity import Identity, identity_of
from perfbook.returns.lines import lines_of


def recover_identity(rows: Mapping[str, str], framework: Framework, period: Period) -> Identity | None:
    """The identity that a return of `period` with these rows would have; None where they leave any doubt.

    `rows` are the keys of its measures' rows and of its actions, each with the words in which the row names the period
    of its figure, empty for an action. They tell a directorate when at least half of its rows are there and none of
    another's, and the period when every row that names one names the right one, and one does.
    """
    owners: dict[str, set[str]] = {}
    abouts: dict[str, Period | None] = {}
    for directorate in framework.expected(period):
        lines = lines_of(framework, directorate, period)
        abouts |= {line.key: line.about for line in lines}
        owners[directorate] = {line.key for line in lines}
        owners[directorate] |= {action.key for action in framework.actions_of(directorate, period)}
    found = {directorate: keys & rows.keys() for directorate, keys in owners.items() if keys & rows.keys()}
    if len(found) != 1:
        return None
    ((directorate, known),) = found.items()
    named = {key: about for key in known if (about := _period(rows[key], framework))}
    right = all(abouts.get(key) == about for key, about in named.items())
    if 2 * len(known) < len(owners[directorate]) or not named or not right:
        return None
    return identity_of(framework, directorate, period)


def _period(words: str, framework: Framework) -> Period | None:
    try:
        return parse(words, framework.year_start)
    except PeriodError:
        return None
