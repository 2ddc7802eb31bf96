"""Whether a text says what is being done about what it explains, as a commentary may where no action is given."""

from __future__ import annotations

from perfbook.checks.across.subject import Text

__all__ = ["tells_of_doing"]

# One of these stands in nearly every text that does. Rather too many of them: a text that says nothing of it may be
# passed over, and none that does is said to be silent.
_DOING = frozenset(
    {
        *("action", "actions", "additional", "address", "addressed", "addressing", "advertised", "agency"),
        *("agreed", "aim", "aims", "appoint", "appointed", "asked", "back", "began", "begin", "begins"),
        *("begun", "being", "campaign", "clear", "cleared", "clearing", "continue", "continues", "continuing"),
        *("contractor", "developed", "developing", "due", "ensure", "ensuring", "escalated", "expected"),
        *("extra", "focus", "focused", "focusing", "follow", "followed", "from", "hired", "implement"),
        *("implemented", "implementing", "improve", "improvements", "improving", "interviewed", "interviews"),
        *("introduce", "introduced", "introducing", "launch", "launched", "launching", "meet", "meeting"),
        *("meetings", "meets", "monitor", "monitored", "monitoring", "moved", "moving", "new", "next", "now"),
        *("ordered", "overtime", "place", "plan", "planned", "planning", "plans", "prevent", "prevention"),
        *("procured", "procurement", "programme", "project", "put", "recovery", "recruit", "recruited"),
        *("recruiting", "recruitment", "reduce", "reducing", "resolve", "resolved", "resolving", "review"),
        *("reviewed", "reviewing", "reviews", "scheme", "shall", "start", "started", "starts", "support"),
        *("supported", "supporting", "taken", "taking", "target", "targeted", "targeting", "temporary"),
        *("train", "trained", "training", "weekly", "will", "work", "working", "works", "written"),
    }
)


def tells_of_doing(text: Text) -> bool:
    """Whether a text may say what is being done, or has been."""
    return not _DOING.isdisjoint(text.said.words)
