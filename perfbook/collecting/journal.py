"""What the log has to learn of a run: bytes received, versions that count, outcomes that are news."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from perfbook.collecting import recorded
from perfbook.collecting.archive import COUNTING, Archive, NewEvent
from perfbook.collecting.ledger import Ledger, received_of
from perfbook.collecting.outcomes import Verdict
from perfbook.collecting.scan import Scanned
from perfbook.collecting.versions import Version, received_at
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period


class Journal:
    """The events of one run, in their order; what the log knows already is not said again.

    `absent` holds the files, each with its directorate, of which an earlier version still counts.
    """

    def __init__(
        self, framework: Framework, period: Period, archive: Archive, ledger: Ledger, as_at: datetime, zone: ZoneInfo
    ) -> None:
        self.framework, self.period, self.archive, self.ledger = framework, period, archive, ledger
        self.as_at, self.zone = as_at, zone
        self.events: list[NewEvent] = []
        self.absent: set[tuple[str, str]] = set()

    def received(self, scanned: Scanned, digest: str) -> datetime:
        """Record bytes that came under a name; answers when they came."""
        known = self.ledger.received.get(scanned.path)
        if known and known.data["sha256"] == digest:
            return received_of(known, self.period, self.zone)
        fields = {
            "period": self.period.label,
            "path": scanned.path,
            "sha256": digest,
            "size": len(scanned.data),
            "modified": scanned.modified.isoformat() if scanned.modified else "",
        }
        self.events.append(NewEvent("received", self.as_at, fields))
        return received_at(self.as_at, scanned.modified, self.period)

    def counts(self, key: str, version: Version, judged: Verdict, before: str) -> str:
        """Record a version that counts, and all that it says (see `recorded`); answers the hash of that."""
        figures = self.archive.store(recorded.dump(version.submission, self.framework))
        fields = {
            "period": self.period.label,
            "path": version.path,
            "sha256": version.sha256,
            "code": judged.code,
            "reason": judged.reason,
            "directorate": key,
            "issue": version.submission.issue,
            "state": version.submission.state,
            "received": version.received.isoformat(),
            "before": before,
            "figures": figures,
        }
        kind = judged.outcome if judged.outcome in COUNTING else "accepted"
        self.events.append(NewEvent(kind, self.as_at, fields))
        return figures

    def judged(self, path: str, sha256: str, directorate: str, judged: Verdict, modified: datetime | None) -> None:
        """Record an outcome that is news; those that count are recorded where they are decided."""
        if judged.outcome in (*COUNTING, "unchanged") or not judged.logged:
            return
        known = self.ledger.judged.get(path)
        # Of a file whose bytes are not kept its time is known from here alone.
        when = modified.isoformat() if modified and not sha256 else ""
        news = (judged.outcome, sha256, judged.code if judged.outcome != "superseded" else "", when)
        if known:
            code = known.data["code"] if known.kind != "superseded" else ""
            if (known.kind, known.data["sha256"], code, known.data.get("modified", "")) == news:
                return
        self.verdict(path, sha256, directorate, judged, modified=when)

    def verdict(
        self, path: str, digest: str, directorate: str, judged: Verdict, *, gone: bool = False, modified: str = ""
    ) -> None:
        """Record an outcome; `gone` says that the file is not there any more."""
        fields = {
            "period": self.period.label,
            "path": path,
            "sha256": digest,
            "code": judged.code,
            "reason": judged.recorded or judged.reason,
            "directorate": directorate,
            **({"modified": modified} if modified else {}),
            **({"gone": True} if gone else {}),
            # What lay here before still counts.
            **({"kept": True} if not gone and (path, directorate) in self.absent else {}),
        }
        self.events.append(NewEvent(judged.outcome, self.as_at, fields))
