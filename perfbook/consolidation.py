"""What a collection, a scorecard or a report came to: what was found, and what was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbook.account import Account
from perfbook.records import Quarter

if TYPE_CHECKING:
    from perfbook.feedback.conversation import Conversation
    from perfbook.refreshing.place import Placed


@dataclass(frozen=True)
class Consolidation:
    """What `consolidate` found and wrote. `account` holds the counts that `--json` answers.

    `feedback` are the books of returns that go back with queries; those of them that lay there already, made from the
    same, are `kept`. `scorecard` is how the scorecard was written, `conversation` what was asked and
    answered, where it was collected and not written.
    """

    quarter: Quarter
    account: Account
    outputs: dict[str, Path]
    feedback: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    scorecard: Placed | None = None
    conversation: Conversation | None = field(default=None, repr=False)

    @property
    def exit_code(self) -> int:
        """That of the account, and 1 where the scorecard had to be written beside the one that officers have."""
        beside = self.scorecard is not None and self.scorecard.how == "beside"
        return max(self.account.exit_code, int(beside))

    def as_json(self) -> dict[str, Any]:
        """The answer of `--json`."""
        books = [{"file": str(path), "written": path not in self.kept} for path in self.feedback]
        answer = self.account.as_json(self.outputs) | {"feedback": books}
        return answer | {"scorecard": self.scorecard.as_json()} if self.scorecard else answer
