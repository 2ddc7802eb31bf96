"""The night: collect and consolidate as configured, with no screen and no question.

Whatever happens is told three times: by the exit code, in outputs/nightly.json (written whole when the run starts and
when it ends), and in outputs/log/nightly.log. A night in which nothing changed reads no return and writes no book.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbook._files import write_whole
from perfbook._lock import held
from perfbook.errors import BusyError, CannotWriteError, PerfbookError, UsageError
from perfbook.framework.periods import Period
from perfbook.memo import Memo
from perfbook.settings import FILE_NAME, ZONE, Settings, read_settings
from perfbook.unattended import notes
from perfbook.unattended.runlog import RunLog, new_run_id

if TYPE_CHECKING:
    from perfbook.consolidation import Consolidation
    from perfbook.records import Quarter
    from perfbook.refreshing.place import Placed
    from perfbook.workspace import Workspace

NIGHTLY = "nightly"
WATCH = "watch"
_BIGGEST_SUMMARY = 5_000_000


@dataclass(frozen=True)
class PeriodNight:
    """One period of a night. `result` is `written` (a new scorecard), `unchanged`, or `failed`.

    `counts` is the answer of `consolidate --json`, its files counted; its as-at is that of the book. `stale_since` is
    when the scorecard was last refreshed, where it could not be now; `failed` says why in one sentence. `letters`
    counts what became of letters by result, with `problems`, `open` and `failed` (see `chasing.chase`).
    """

    period: str
    result: str
    exit_code: int
    counts: Mapping[str, Any] = field(default_factory=dict)
    failed: str = ""
    stale_since: datetime | None = None
    letters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Night:
    """One run, as nightly.json tells it. `state` is `running` or `ended`; `refreshed` says when each period last was.

    `last_good` is the start of the last run before this one that failed in nothing, `missed_nights` the nights between.
    """

    run: str
    state: str
    started: datetime
    ended: datetime | None = None
    exit_code: int | None = None
    periods: tuple[PeriodNight, ...] = ()
    failed: str = ""
    last_good: datetime | None = None
    missed_nights: int = 0
    refreshed: Mapping[str, datetime] = field(default_factory=dict)
    log: str = ""

    @property
    def is_good(self) -> bool:
        """Whether everything was refreshed."""
        return self.exit_code in (0, 1)

    def as_json(self) -> dict[str, Any]:
        """The summary as plain data."""
        return {
            "run": self.run,
            "state": self.state,
            "started": self.started.isoformat(),
            "ended": _iso(self.ended),
            "exit_code": self.exit_code,
            "failed": self.failed,
            "last_good": _iso(self.last_good),
            "missed_nights": self.missed_nights,
            "refreshed": {label: moment.isoformat() for label, moment in sorted(self.refreshed.items())},
            "log": self.log,
            "periods": [
                {
                    "period": one.period,
                    "result": one.result,
                    "exit_code": one.exit_code,
                    "failed": one.failed,
                    "stale_since": _iso(one.stale_since),
                    "counts": dict(one.counts),
                    "letters": dict(one.letters),
                }
                for one in self.periods
            ],
        }


def run_night(
    path: Path,
    *,
    period: str | None = None,
    as_at: datetime | None = None,
    name: str = NIGHTLY,
    clock: Callable[[], datetime] = lambda: datetime.now(ZONE),
) -> Night:
    """Run one night of the workspace at `path`, or at the nearest folder above it.

    `period` is one period instead of those that perfbook.toml names; `name` is that of the summary and of the log. What
    fails is told in the result, its exit code and the summary; raised is only what cannot be told there: WorkspaceError
    where there is no workspace, BusyError where another run is at work, CannotWriteError where it cannot be written.
    """
    root = _root(path)
    started = clock()
    run = new_run_id(started)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(root, together=True))
        except BusyError as error:
            with RunLog(log_path(root, name), run, rotates=False) as log:
                log.failure("busy", reason=str(error))
            raise
        log = stack.enter_context(RunLog(log_path(root, name), run))
        return _Night(root, name, run, started, clock, log).whole(period, as_at)


def summary_path(root: Path, name: str = NIGHTLY) -> Path:
    """Where a run tells what it did."""
    return root / "outputs" / f"{name}.json"


def log_path(root: Path, name: str = NIGHTLY) -> Path:
    """Where all runs are logged."""
    return root / "outputs" / "log" / f"{name}.log"


class _Night:
    def __init__(
        self, root: Path, name: str, run: str, started: datetime, clock: Callable[[], datetime], log: RunLog
    ) -> None:
        self.root = root
        self.summary = summary_path(root, name)
        self.clock = clock
        self.log = log
        self.done: list[PeriodNight] = []
        self._workspace: Workspace | None = None
        self._quarters: dict[Period, Quarter] = {}
        before = _last_summary(self.summary)
        last_good = _moment(before.get("last_good"))
        if before.get("exit_code") in (0, 1):
            last_good = _moment(before.get("started")) or last_good
        self.refreshed = _refreshed(before)
        self.stale = _stale(before)
        missed = _nights_between(last_good, started)
        self.night = Night(run, "running", started, last_good=last_good, missed_nights=missed, refreshed=self.refreshed)

    def whole(self, period: str | None, as_at: datetime | None) -> Night:
        night = self.night
        code, failed = 2, "The run was stopped before it ended."
        try:
            self.log.info("started", last_good=_iso(night.last_good), missed_nights=night.missed_nights)
            self._write(night)
            settings = read_settings(self.root / FILE_NAME)
            for chosen in _periods(settings, period):
                self.done.append(self._period(settings, chosen, as_at or self.clock()))
            code = max(one.exit_code for one in self.done)
            failed = " ".join(dict.fromkeys(one.failed for one in self.done if one.failed))
        except (PerfbookError, OSError) as error:
            code, failed = _told(error)
            self.log.failure("failed", error, reason=failed)
        finally:
            night = replace(
                night,
                state="ended",
                ended=self.clock(),
                exit_code=code,
                failed=failed,
                periods=tuple(self.done),
                refreshed=self.refreshed,
                log=self.log.broken,
            )
            self.log.info("ended", exit_code=code, failed=failed)
            self._write(night)
        return night

    def _period(self, settings: Settings, period: Period, as_at: datetime) -> PeriodNight:
        began = time.perf_counter()
        memo = None
        try:
            memo = Memo("nights", self.root, settings, period)
            done = self._unchanged(memo, period, as_at) or self._refresh(memo, settings, period, as_at)
            done = self._chase(settings, period, as_at, done)
        except Exception as error:  # a fault in one period must not keep the others from being told
            code, sentence = _told(error)
            self.log.failure("failed", error, period=period.label, reason=sentence)
            if memo:
                memo.forget()
            done = self._failed(period, code, sentence)
        self.log.info(
            "period",
            period=period.label,
            result=done.result,
            exit_code=done.exit_code,
            returns=done.counts.get("returns"),
            findings=done.counts.get("findings"),
            letters=dict(done.letters),
            seconds=round(time.perf_counter() - began, 3),
        )
        return done

    def _unchanged(self, memo: Memo, period: Period, as_at: datetime) -> PeriodNight | None:
        """The night from the memo of the last one, where that still holds."""
        known = memo.recall(as_at)
        if known is None:
            return None
        self._fresh(period, [Path(place) for place in known.answer.get("outputs", {}).values()])
        return PeriodNight(period.label, "unchanged", known.exit_code, known.answer)

    def _refresh(self, memo: Memo, settings: Settings, period: Period, as_at: datetime) -> PeriodNight:
        workspace = self._open()
        if not notes.is_reachable(workspace.returns_folder(period)):
            memo.forget()
            return self._from_archive(workspace, period, as_at)
        done = self._consolidated(settings, workspace, period, as_at)
        self._quarters[period] = done.quarter
        self._fresh(period, list(done.outputs.values()))
        if done.scorecard:
            self._tell_placed(period, done.scorecard)
        code, failed = self._report(settings, workspace, done)
        counts = _counts(done.as_json(), done.quarter)
        if failed:
            memo.forget()
        else:
            written = (*done.outputs.values(), workspace.feedback_folder(period))
            memo.keep(as_at, counts, done.exit_code, files=done.quarter.files, outputs=written)
        return PeriodNight(period.label, "written", max(done.exit_code, code), counts, failed)

    def _consolidated(self, settings: Settings, workspace: Workspace, period: Period, as_at: datetime) -> Consolidation:
        """On a cluster where one is named; the night goes on without one that cannot be reached."""
        with contextlib.ExitStack() as stack:
            if settings.nightly.cluster:
                from perfbook.parallel import cluster

                try:
                    workspace = replace(workspace, workers=stack.enter_context(cluster(settings.nightly.cluster)))
                except UsageError as error:
                    self.log.failure("cluster not used", error, period=period.label, reason=str(error))
            return workspace.consolidate(period=period, as_at=as_at)

    def _tell_placed(self, period: Period, placed: Placed) -> None:
        """What became of the scorecard that officers work in."""
        for sentence in placed.sentences:
            self.log.info("scorecard", period=period.label, how=placed.how, reason=sentence)

    def _report(self, settings: Settings, workspace: Workspace, done: Consolidation) -> tuple[int, str]:
        """Tables, report and digest, where they are wanted, added to what was written; an exit code and what failed.

        The scorecard is fresh whatever becomes of them.
        """
        what = ""
        try:
            if settings.nightly.tables:
                what = "tables"
                from perfbook.dataset import write_dataset

                write_dataset(done.quarter, workspace.tables_folder)
            if settings.nightly.report:
                what = "reports"
                from perfbook.reports.make import write_reports

                done.outputs.update(write_reports(workspace, done.quarter))
        except (PerfbookError, OSError) as error:
            code, sentence = _told(error)
            self.log.failure(f"{what} failed", error, period=done.quarter.period.label, reason=sentence)
            return code, sentence
        return 0, ""

    def _chase(self, settings: Settings, period: Period, as_at: datetime, done: PeriodNight) -> PeriodNight:
        """Letters, where they are wanted; not where nobody knows what has come since.

        What fails here is told and leaves the scorecard's own result as it is; a person must look, so the code is 1.
        """
        if settings.nightly.chase == "off" or done.result == "failed":
            return done
        from perfbook.chasing.chase import chase

        try:
            workspace = self._open()
            quarter = self._quarters.get(period) or workspace.collect(period=period, as_at=as_at)
            round_ = chase(workspace, quarter, settings.nightly.chase, self.log.info)
        except (PerfbookError, OSError) as error:
            _, sentence = _told(error)
            self.log.failure("letters failed", error, period=period.label, reason=sentence)
            return replace(done, exit_code=max(done.exit_code, 1), letters={"failed": sentence})
        told = round_.summary()
        return replace(done, exit_code=max(done.exit_code, min(round_.exit_code, 1)), letters=told)

    def _from_archive(self, workspace: Workspace, period: Period, as_at: datetime) -> PeriodNight:
        """The returns folder cannot be reached: the scorecard as the archive has it, and it says so."""
        from perfbook.account import account
        from perfbook.unattended.recall import quarter_from_archive

        folder, scorecard = workspace.returns_folder(period), workspace.scorecard_path(period)
        since = self._since(period)
        reason = f"The returns folder {folder} could not be reached."
        notice = f"{notes.since_text(since)}: the returns folder could not be reached."
        quarter = quarter_from_archive(workspace, period, as_at, notice)
        if quarter is None:
            remedy = f"Run perfbook generate for {period.label}, or put the folder right in {FILE_NAME}."
            sentence = f"{reason} {remedy}"
            return self._failed(period, 2, sentence)
        placed = workspace.place_scorecard(quarter)
        scorecard = placed.path
        self._tell_placed(period, placed)
        notes.put_note(scorecard, since, f"{reason} It was built again from the archive.")
        counts = _counts(account(quarter).as_json({"scorecard": scorecard}), quarter)
        sentence = f"{reason} The scorecard was built from the archive and says so."
        return PeriodNight(period.label, "failed", 2, counts, sentence, since)

    def _failed(self, period: Period, code: int, sentence: str) -> PeriodNight:
        since = self._since(period)
        with contextlib.suppress(PerfbookError, OSError):
            notes.put_note(self._open().scorecard_path(period), since, sentence)
        return PeriodNight(period.label, "failed", code, {}, sentence, since)

    def _fresh(self, period: Period, outputs: Sequence[Path]) -> None:
        self.refreshed[period.label] = self.clock()
        for path in outputs:
            notes.remove_note(path)

    def _since(self, period: Period) -> datetime | None:
        """When a period was last refreshed, by a run of any kind: the summaries and the scorecard's own time say it."""
        label = period.label
        summaries = [_last_summary(summary_path(self.root, name)) for name in (NIGHTLY, WATCH)]
        known = [self.refreshed.get(label), *(_refreshed(each).get(label) for each in summaries)]
        with contextlib.suppress(PerfbookError, OSError, ValueError, OverflowError):
            scorecard = self._open().scorecard_path(period)
            if notes.note_path(scorecard).exists():
                # Stale already: since then the book may have been built from the archive, so its time says nothing.
                known.append(self.stale.get(label))
            else:
                known.append(datetime.fromtimestamp(scorecard.stat().st_mtime, ZONE).replace(microsecond=0))
        return max((moment for moment in known if moment), default=None)

    def _open(self) -> Workspace:
        # Not at the top: a quiet night must not wait for the libraries that read and write workbooks.
        from perfbook.workspace import open_workspace

        if self._workspace is None:
            self._workspace = open_workspace(self.root)
        return self._workspace

    def _write(self, night: Night) -> None:
        data = json.dumps(night.as_json(), ensure_ascii=True, indent=1).encode("ascii")
        try:
            write_whole(self.summary, data)
        except CannotWriteError as error:
            self.log.failure("summary not written", reason=str(error))
            raise


def _root(path: Path) -> Path:
    start = path.resolve()
    for folder in (start, *start.parents) if start.is_dir() else ():
        if (folder / FILE_NAME).is_file():
            return folder
    from perfbook.workspace import open_workspace

    return open_workspace(path).root  # says what is missing


def _nights_between(last: datetime | None, now: datetime) -> int:
    """Nights without a good run between the last good one and this one."""
    if last is None:
        return 0
    return max((now.astimezone(ZONE).date() - last.astimezone(ZONE).date()).days - 1, 0)


def _periods(settings: Settings, wanted: str | None) -> tuple[Period, ...]:
    if wanted is not None:
        return (settings.parse_period(wanted),)
    return settings.nightly.periods or (settings.period,)


def _told(error: BaseException) -> tuple[int, str]:
    """An exit code and one sentence."""
    if isinstance(error, PerfbookError):
        return error.exit_code, " ".join(str(error).split())
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return 2, f"The system refused: {error.strerror or error}{where}. Check the folder and its rights."
    return 2, f"perfbook failed in a way that was not foreseen ({type(error).__name__}); the log has the details."


def _counts(answer: dict[str, Any], quarter: Quarter) -> dict[str, Any]:
    """The answer of `consolidate --json`, its list of files as counts."""
    outcomes: dict[str, int] = {}
    for file in quarter.files:
        outcomes[file.outcome] = outcomes.get(file.outcome, 0) + 1
    return {**answer, "files": outcomes}


def _last_summary(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _BIGGEST_SUMMARY:
            return {}
        table = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _refreshed(summary: Mapping[str, Any]) -> dict[str, datetime]:
    known = summary.get("refreshed")
    found = {str(label): _moment(text) for label, text in known.items()} if isinstance(known, dict) else {}
    return {label: moment for label, moment in found.items() if moment}


def _stale(summary: Mapping[str, Any]) -> dict[str, datetime]:
    periods = summary.get("periods")
    rows = [row for row in periods if isinstance(row, dict)] if isinstance(periods, list) else []
    found = {str(row.get("period")): _moment(row.get("stale_since")) for row in rows}
    return {label: moment for label, moment in found.items() if moment}


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
