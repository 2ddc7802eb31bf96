"""A workspace: one council's folder, and what can be done with it.

    perfbook.toml  framework.xlsx  returns/<period>/  archive/  outputs/<period>/

`generate` writes blank returns, `collect` reads what lies in the returns folder into the archive, `consolidate`
collects and writes the scorecard. Everything takes the as-at time as an input; the same inputs give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from perfbook import _cache, _stored
from perfbook._files import write_changed, write_whole
from perfbook._lock import held
from perfbook.account import account
from perfbook.adjusting import record_adjustments
from perfbook.closing import Closed, close
from perfbook.collecting.archive import Archive, Verification
from perfbook.collecting.collect import demand_zone
from perfbook.collecting.redaction import Redacted, redact
from perfbook.collecting.seen import forget_seen
from perfbook.consolidation import Consolidation
from perfbook.conversing import conversation_of, write_feedback
from perfbook.copies import write_copies
from perfbook.errors import PerfbookError, UsageError
from perfbook.framework.kept import kept_framework
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.framework_changes import remember_framework
from perfbook.memo import forget_all
from perfbook.moving import remember_consolidated
from perfbook.parallel import Workers
from perfbook.records import Quarter, Reopening
from perfbook.reopening import reopen
from perfbook.settings import FILE_NAME, FRAMEWORK_NAME, ZONE, By, Settings, find_root, read_settings
from perfbook.styling import house_of
from perfbook.workbook.palette import HouseStyle
from perfbook.workbook.text import file_name, shortened

if TYPE_CHECKING:
    # What writes workbooks is slow to load, and not wanted where somebody only looks.
    from perfbook.chasing.chase import Chasing, Way
    from perfbook.generating import Generated
    from perfbook.publishing.publish import Published
    from perfbook.refreshing.place import Placed
    from perfbook.scorecard.button import Button

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Workspace:
    """One council's folder. Make one with `open_workspace` or `create_workspace`.

    `workers` read and write returns; without them it is processes of this machine, as many as are worth it. Give them
    with `dataclasses.replace`, and see `parallel.cluster`.
    """

    root: Path
    settings: Settings
    workers: Workers | None = None

    @cached_property
    def framework(self) -> Framework:
        """What is measured, from framework.xlsx. Raises FrameworkError with all mistakes."""
        settings = self.settings
        return kept_framework(
            self.root,
            self.root / FRAMEWORK_NAME,
            council=settings.council,
            year_start=settings.year_start,
            reporting=settings.reporting,
            default_scheme=settings.scheme,
        )

    @cached_property
    def archive(self) -> Archive:
        """The record of all that was issued and received; its log is read once, as long as it stays as it is."""
        return Archive(self.root / "archive")

    @cached_property
    def house(self) -> HouseStyle:
        """The look of what perfbook writes for this council. Raises StyleError where its logo cannot be used."""
        return house_of(self.settings.style, self.root)

    def returns_folder(self, period: Period) -> Path:
        """The shared folder of a period's returns."""
        return self.root / self.settings.returns_folder / file_name(period.label)

    def outputs_folder(self, period: Period) -> Path:
        """Where perfbook writes for a period."""
        return self.root / "outputs" / file_name(period.label)

    def period(self, text: str | Period | None = None) -> Period:
        """The reporting period that is meant: by default the current one of perfbook.toml."""
        if isinstance(text, Period):
            return text
        return self.settings.period if text is None else self.settings.parse_period(text)

    def generate(
        self,
        *,
        period: str | Period | None = None,
        directorate: str | None = None,
        by: By | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
    ) -> Generated:
        """Write a blank return for each directorate, or for one; with `by` "owner", one for each owner in it.

        A file that is there already may hold a manager's figures: it is left as it is and named in `kept`. So is
        one that is not there, but of which the archive holds a version with something in it; only where that
        directorate is named a new blank is written. A directorate of which owners' books were sent out for the period
        has owners' books. Raises UsageError for an unknown directorate, and for one that was returned the other way
        already, BusyError, CannotWriteError.
        """
        from perfbook.generating import generate

        now = as_at or datetime.now(ZONE)
        demand_zone(now)
        with held(self.root):
            return generate(self, self.period(period), directorate, by, now, progress)

    def collect(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
    ) -> Quarter:
        """Read what lies in the period's folder into the archive, and return the quarter as it stands.

        Writes a book for each return that goes back with queries, to outputs/<period>/feedback.
        """
        return self.converse(period=period, as_at=as_at, progress=progress).quarter

    def converse(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
    ) -> Consolidation:
        """The same, with the account of it and the books that go back."""
        with held(self.root):
            found = conversation_of(self, self.archive, self.period(period), as_at, progress)
            feedback, kept = write_feedback(self, found)
        return Consolidation(found.quarter, account(found.quarter), {}, feedback, kept, conversation=found)

    def look(self, *, period: str | Period | None = None, as_at: datetime | None = None) -> Quarter:
        """The quarter as a collection would find it now. Nothing is written but to the user's own cache."""
        return self._quarter(self.archive.preview(), self.period(period), as_at, None)

    def consolidate(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
        xlsm: bool = False,
        collect: bool = True,
    ) -> Consolidation:
        """Collect, then write the scorecard: an .xlsx, or with `xlsm` a workbook with macros that refreshes itself.

        Where officers have worked in the scorecard that is there, it is refreshed, and what they added stays; where it
        cannot be, the fresh one is written beside it and `Consolidation.scorecard` says why.
        Writes a book for each return that goes back with queries, too, as `collect` does. Without `collect` the
        scorecard alone is written, from the archive (see `recall`). Raises BusyError, CannotWriteError; the old
        scorecard is then whole.
        """
        with held(self.root):
            chosen = self.period(period)
            found = conversation_of(self, self.archive, chosen, as_at, progress) if collect else None
            quarter = found.quarter if found else self.recall(period=chosen, as_at=as_at, progress=progress)
            placed = self.place_scorecard(quarter, xlsm=xlsm)
            feedback, kept = write_feedback(self, found) if found else ((), ())
        return Consolidation(quarter, account(quarter), {"scorecard": placed.path}, feedback, kept, placed)

    def place_scorecard(self, quarter: Quarter, *, xlsm: bool = False) -> Placed:
        """Write the scorecard of a quarter, or refresh the one that officers work in; see `refreshing.place`."""
        from perfbook.refreshing.place import place_scorecard
        from perfbook.scorecard.build import build_scorecard

        button, house = self._button() if xlsm else None, self.house

        def build(selected: Period, directorate: str, notes: dict[str, str], measure: str) -> bytes:
            return build_scorecard(
                quarter,
                selected=selected,
                directorate=directorate,
                notes=notes,
                measure=measure,
                button=button,
                house=house,
            )

        placed = place_scorecard(self.scorecard_path(quarter.period, xlsm=xlsm), quarter, build, quarter.as_at)
        self._after_consolidating(quarter)
        return placed

    def _after_consolidating(self, quarter: Quarter) -> None:
        """What a scorecard's links lead to, and what the next one compares with."""
        archive = self.archive
        write_copies(self.outputs_folder(quarter.period), archive, quarter.copies)
        remember_consolidated(archive, quarter)
        remember_framework(archive, quarter)

    def report(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
        pdf: bool = False,
    ) -> Consolidation:
        """Collect, then write the Word report and the HTML digest; with `pdf` the report also as PDF.

        The digest says what changed since the last one of an earlier day, which the archive knows. Templates of the
        workspace (see `copy_templates`) come before those of perfbook. Raises BusyError, CannotWriteError,
        WorkspaceError where a template cannot be filled, UsageError where a PDF cannot be made.
        """
        from perfbook.reports.make import write_reports

        with held(self.root):
            quarter = self._quarter(self.archive, self.period(period), as_at, progress)
            outputs = write_reports(self, quarter, pdf=pdf)
        return Consolidation(quarter, account(quarter), outputs)

    def pages(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
        pdf: bool = True,
    ) -> dict[str, Path]:
        """Write the pages of every directorate for printing, from the record as it is; as PDF too unless told not to.

        Raises UsageError where nothing was collected for the period, or a PDF cannot be made, BusyError,
        CannotWriteError.
        """
        from perfbook._office import converted
        from perfbook.scorecard.pages import build_pages

        with held(self.root):
            quarter = self.recall(period=period, as_at=as_at, progress=progress)
            data = build_pages(quarter, self.house)
            outputs = {"pages": self.output_path(quarter.period, "directorate pages", "xlsx")}
            write_changed(outputs["pages"], data)
            if pdf:
                printed = converted(data, ".xlsx", "pdf", "print the pages from Excel", "the directorate pages")
                outputs["pdf"] = self.output_path(quarter.period, "directorate pages", "pdf")
                write_whole(outputs["pdf"], printed)
        return outputs

    def chase(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
        way: Way = "draft",
    ) -> Chasing:
        """Collect, then write or send the letters that the returns call for; see `chasing.chase`.

        Raises BusyError, CannotWriteError, UsageError, WorkspaceError.
        """
        from perfbook.chasing.chase import chase
        from perfbook.unattended.runlog import RunLog, new_run_id

        now = as_at or datetime.now(ZONE)
        with held(self.root), RunLog(self.root / "outputs" / "log" / "chase.log", new_run_id(now)) as log:
            quarter = self._quarter(self.archive, self.period(period), now, progress)
            return chase(self, quarter, way, log.info)

    def close(
        self, *, period: str | Period | None = None, as_at: datetime | None = None, progress: Progress | None = None
    ) -> Closed:
        """Freeze a period as published, from the record as it is: what lies in the folder uncollected is not looked at.

        A period that is closed already stays as it was published; `Closed.restatements` say what is something else now.
        Raises UsageError where nothing was collected for the period, or there is nothing to publish, BusyError,
        CannotWriteError.
        """
        with held(self.root):
            quarter = self.recall(period=period, as_at=as_at, progress=progress)
            record_adjustments(self.archive, self.framework, quarter.as_at)
            remember_framework(self.archive, quarter)
            return close(self.archive, quarter)

    def reopen(
        self, *, reason: str, by: str, period: str | Period | None = None, as_at: datetime | None = None
    ) -> Reopening:
        """Undo the closing of a period, with the reason and who decided it; what was published stays in the record.

        Raises UsageError where the period is not closed, BusyError, ArchiveError, CannotWriteError.
        """
        now = as_at or datetime.now(ZONE)
        demand_zone(now)
        with held(self.root):
            return reopen(self.archive, self.period(period), now, reason, by)

    def publish(
        self,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        revised: bool = False,
        release: bool = False,
        ods: bool = True,
        progress: Progress | None = None,
    ) -> Published:
        """Write the public copy of a period from the record, and the list for review; see `publishing.publish`."""
        from perfbook.publishing.publish import publish

        return publish(self, period=period, as_at=as_at, revised=revised, release=release, ods=ods, progress=progress)

    def copy_templates(self) -> tuple[list[Path], list[Path]]:
        """Copy the templates of reports into the workspace, to be restyled; returns those written and those kept."""
        from perfbook.reports.make import copy_templates

        with held(self.root):
            return copy_templates(self.root)

    def write_tables(
        self,
        path: Path,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
    ) -> Consolidation:
        """Collect, then write just the tables for a scorecard that is refreshed in place.

        Raises as `consolidate` does; then the file says why instead, since nobody may see what is printed. Raises
        UsageError where its folder is not there.
        """
        from perfbook.scorecard.tables import failure_text, tables, tables_text

        demand_folder(path)
        try:
            with held(self.root):
                quarter = self._quarter(self.archive, self.period(period), as_at, progress)
                text = tables_text(tables(quarter))
                self._after_consolidating(quarter)
        except (PerfbookError, OSError) as error:
            sentence = str(error) if isinstance(error, PerfbookError) else f"The system refused: {error}."
            write_whole(path, failure_text(getattr(error, "exit_code", 2), sentence).encode("ascii"))
            raise
        write_whole(path, text.encode("ascii"))
        return Consolidation(quarter, account(quarter), {"tables": path})

    def write_dataset(
        self,
        folder: Path | None = None,
        *,
        period: str | Period | None = None,
        as_at: datetime | None = None,
        progress: Progress | None = None,
        collect: bool = True,
    ) -> tuple[Quarter, tuple[Path, ...]]:
        """Collect, then write the tidy tables as a Parquet dataset; see `dataset.write_dataset`.

        By default to outputs/tables. Without `collect` from the record alone. Raises UsageError where pyarrow is not
        installed, BusyError, CannotWriteError.
        """
        from perfbook.dataset import write_dataset

        with held(self.root):
            chosen = self.period(period)
            if collect:
                quarter = self._quarter(self.archive, chosen, as_at, progress)
            else:
                quarter = self.recall(period=chosen, as_at=as_at, progress=progress)
            return quarter, write_dataset(quarter, folder or self.tables_folder)

    @property
    def tables_folder(self) -> Path:
        """Where the Parquet dataset lies unless another folder is named."""
        return self.root / "outputs" / "tables"

    def verify_archive(self, *, progress: Progress | None = None) -> Verification:
        """Read the whole record again, every line and every file in it; nothing is written."""
        return self.archive.verify(progress)

    def redact(
        self,
        what: str = "",
        *,
        reason: str,
        texts: Sequence[str] = (),
        period: str | Period | None = None,
        as_at: datetime | None = None,
    ) -> Redacted:
        """Take a file, or texts, out of the record for ever; see `collecting.redaction.redact`.

        What perfbook remembers of the folder is forgotten too. The originals, the outputs and backups are not touched.
        """
        now = as_at or datetime.now(ZONE)
        demand_zone(now)
        label = self.period(period).label if period else ""
        with held(self.root):
            done = redact(self.archive, what, reason=reason, texts=texts, at=now, period=label)
            forget_seen(self.root)
            _stored.forget_all()
            forget_all()
            _cache.forget_kind("feedback")
        return done

    def scorecard_path(self, period: Period, *, xlsm: bool = False) -> Path:
        """The scorecard of a period."""
        return self.output_path(period, "scorecard", "xlsm" if xlsm else "xlsx")

    def output_path(self, period: Period, what: str, extension: str) -> Path:
        """An output of a period: the period is in its name, since Excel will not open two books of one name."""
        council = shortened(self.settings.council, 60).strip()
        return self.outputs_folder(period) / f"{file_name(f'{council} {period.label} {what}')}.{extension}"

    def _button(self) -> Button:
        from perfbook import __version__
        from perfbook.scorecard.button import Button

        set_up = self.settings.button
        return Button(
            set_up.way,
            set_up.command,
            set_up.workspace,
            self.settings.returns_folder,
            set_up.limit,
            f"perfbook {__version__}",
        )

    def feedback_folder(self, period: Period) -> Path:
        """Where the books lie that go back with queries."""
        return self.outputs_folder(period) / "feedback"

    def recall(
        self, *, period: str | Period | None = None, as_at: datetime | None = None, progress: Progress | None = None
    ) -> Quarter:
        """The quarter from the archive alone, as if every file still lay where it was last seen. Nothing is written.

        Raises UsageError where nothing was ever collected for the period.
        """
        chosen, archive = self.period(period), self.archive
        if not any(e.data["period"] == chosen.label for e in archive.events("received")):
            raise UsageError(f"The record holds nothing of {chosen.label} yet. Run perfbook collect first.")
        return self._quarter(archive, chosen, as_at, progress, collecting=False)

    def _quarter(
        self,
        archive: Archive,
        period: Period,
        as_at: datetime | None,
        progress: Progress | None,
        *,
        collecting: bool = True,
    ) -> Quarter:
        return conversation_of(self, archive, period, as_at, progress, collecting=collecting).quarter


def open_workspace(path: str | os.PathLike[str] = ".") -> Workspace:
    """The workspace at `path`, or at the nearest folder above it that holds a perfbook.toml."""
    root = find_root(path)
    return Workspace(root, read_settings(root / FILE_NAME))


def demand_folder(path: Path) -> None:
    """Raise UsageError where a file is to be written into a folder that is not there: it was mistyped."""
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}. Make it, or name another.")
