"""Whether the answer of a collection is the sum of what its directorates add to it, one by one."""

from __future__ import annotations

from perfbook.collecting.collect import Collected
from perfbook.feedback.conversation import Conversation
from perfbook.framework.model import Framework
from perfbook.records import Submission


def is_plain(found: Conversation) -> bool:
    """Whether nothing of a quarter concerns several directorates but what the rules between them say.

    It is not where owners have books of their own, where something was adjusted or published, where the period is
    closed already, where evidence was sent, or where a return brought something of a measure that is another
    directorate's.
    """
    quarter, framework = found.quarter, found.quarter.framework
    by_hand = framework.adjustments or framework.published or framework.published_ratings
    stated = framework.published_totals or framework.published_statements
    frozen = any(closing.period.end >= quarter.period.end for closing in quarter.closings)
    several = len(framework.directorates) > 1 and found.framework is framework
    if not several or by_hand or stated or frozen or found.past.is_mixed:
        return False
    return is_plain_part(framework, found.collected)


def is_plain_part(framework: Framework, collected: Collected) -> bool:
    """The same of some directorates of a quarter that was plain, as they were collected."""
    expected = {record.directorate for record in collected.returns}
    brought = collected.submissions
    return not collected.evidence and all(each.directorate in expected and _is_own(framework, each) for each in brought)


def _is_own(framework: Framework, submission: Submission) -> bool:
    """Whether all that a return brought is its directorate's."""
    measures = (framework.by_key.get(each.measure) for each in submission.observations)
    actions = (framework.actions_by_key.get(each.action) for each in submission.actions)
    return all(item and item.directorate == submission.directorate for item in (*measures, *actions))
