"""`perfbook import`: from a spreadsheet to a workspace that works."""

from __future__ import annotations

import calendar
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from perfbook import _resources
from perfbook._files import write_changed
from perfbook.errors import FrameworkError, PeriodError, UsageError
from perfbook.framework.book import read_framework
from perfbook.framework.book_writer import write_framework
from perfbook.framework.model import KIND_OF, Framework
from perfbook.framework.periods import Period, parse
from perfbook.framework.version import with_version
from perfbook.importing.drafts import Corrections
from perfbook.importing.fields import Goal, goal_of
from perfbook.importing.proposal import Known, Proposal, propose_framework
from perfbook.importing.sheet import Earlier, earlier_import, lines, write_import_sheet
from perfbook.importing.source import SourceBook, read_spreadsheet
from perfbook.importing.spelling import exact, parts_of
from perfbook.importing.tables import find_tables
from perfbook.returns._grid import address
from perfbook.scoring.schemes import BUILT_IN
from perfbook.settings import FILE_NAME, FRAMEWORK_NAME, Settings, read_settings
from perfbook.workspace import Workspace, open_workspace

_APRIL = 4
BEFORE = "framework before import.xlsx"
_COUNCIL = re.compile(r"((?:[A-Z][\w'&-]+ ){1,4}(?:Council|Borough))\b")


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: `written` are the files, none where it was tried only."""

    source: SourceBook
    proposal: Proposal
    root: Path | None
    written: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer of `import --json`."""
        proposal = self.proposal
        told = list(lines(proposal, self.source))
        return {
            "file": self.source.file,
            "workspace": str(self.root) if self.root else None,
            "period": proposal.period.label,
            "measures": len(proposal.framework.measures),
            "cells": {
                "total": proposal.cells,
                "placed": len(proposal.ledger.placed),
                "not_placed": len(proposal.ledger.listed),
            },
            "guesses": len(proposal.marks),
            "columns": [
                {
                    "sheet": line.sheet,
                    "column": line.where,
                    "header": line.says,
                    "goes_to": line.goes,
                    "sure": line.sure,
                    "because": line.because,
                }
                for line in told
                if line.what == "column"
            ],
            "not_placed": [
                {"sheet": line.sheet, "cell": line.where, "says": line.says, "because": line.because}
                for line in told
                if line.what in ("cell", "comment")
            ],
            "outputs": {path.name: str(path) for path in self.written},
        }


def import_spreadsheet(
    file: str,
    *,
    workspace: str | None = None,
    to: str | None = None,
    sheets: Sequence[str] = (),
    columns: Sequence[str] = (),
    council: str = "",
    period: str = "",
    year_start: str = "",
    dry_run: bool = False,
    overwrite: bool = False,
) -> Imported:
    """Make a framework from a spreadsheet: in a workspace, or in a new one at `to`.

    `columns` are what an officer says of columns, each like `Outturn=Figure 2019-20`. The same file and the same words
    give the same bytes. Raises UsageError for what cannot be, FrameworkError where what was made cannot be read.
    """
    if workspace is not None and to is not None:
        raise UsageError("Choose one of -w and --to: an existing workspace, or a new one.")
    if workspace is None and to is None and not dry_run:
        raise UsageError("Say where: -w FOLDER for a workspace that is there, --to FOLDER for a new one.")
    source = read_spreadsheet(Path(file))
    target = _Target.at(workspace, to, overwrite=overwrite or dry_run)
    known = target.known(council, period, _month(year_start) if year_start else None)
    said = _with_columns(target.corrections, source, columns, known.year_start)
    proposal = propose_framework(source, known, sheets, said)
    name, why = (known.council, "") if known.council else _council(source, target.root, proposal)
    framework = with_version(replace(proposal.framework, council=name))
    proposal = replace(proposal, framework=framework)
    if dry_run or target.root is None:
        return Imported(source, proposal, target.root, ())
    return Imported(source, proposal, target.root, _write(target, source, proposal, why))


# --- Where it goes ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Target:
    """The workspace that is written: `settings` is None for a new one, `earlier` what an earlier import left there."""

    root: Path | None = None
    settings: Settings | None = None
    framework: Framework | None = None
    earlier: Earlier | None = None
    replaced: bool = False

    @classmethod
    def at(cls, workspace: str | None, to: str | None, *, overwrite: bool) -> _Target:
        if to is not None:
            root = Path(to).resolve()
            if not to.strip() or (root / FILE_NAME).exists() or (root / FRAMEWORK_NAME).exists():
                raise UsageError(f"{root} is a workspace already. Import into it with -w, or choose another folder.")
            return cls(root)
        if workspace is None:
            return cls()
        there = open_workspace(workspace)
        return cls._existing(there, overwrite)

    @classmethod
    def _existing(cls, there: Workspace, overwrite: bool) -> _Target:
        root, path = there.root, there.root / FRAMEWORK_NAME
        archive = root / "archive"
        if archive.is_dir() and any(archive.iterdir()):
            raise UsageError(
                f"Returns were sent out from {root} already, and a new framework would not know them. Import into a "
                "new folder with --to, and copy from there what you need."
            )
        templates = _resources.folder("workbook_templates") / "blank"
        untouched = _same(root / FILE_NAME, templates / FILE_NAME)
        settings = None if untouched else there.settings
        if not path.exists() or _same(path, templates / FRAMEWORK_NAME):
            return cls(root, settings)
        earlier = earlier_import(read_spreadsheet(path), there.settings.year_start)
        try:
            framework: Framework | None = there.framework
        except FrameworkError:
            framework = None
        kept = framework is not None and earlier is not None and framework.version == earlier.version
        if not kept and not overwrite:
            raise UsageError(
                f"{path} holds work that an import would replace: no import made it, or it was changed after one. "
                f"With --replace it is imported anew, and the old one is kept as {BEFORE!r}."
            )
        return cls(root, settings, framework, earlier, not kept)

    @property
    def corrections(self) -> Corrections:
        """What an officer changed on the sheet Import."""
        return self.earlier.corrections if self.earlier else Corrections()

    def known(self, council: str, period: str, year_start: int | None) -> Known:
        """What is known before the spreadsheet is looked at. `year_start` is a month, from 1."""
        settings, schemes = self.settings, dict(self.framework.schemes) if self.framework else dict(BUILT_IN)
        if settings is None:
            start = year_start or _APRIL
            given = _period(period, start) if period else None
            return Known(council=council.strip(), year_start=start, period=given, schemes=schemes)
        if settings.scheme not in schemes:
            schemes = dict(BUILT_IN)
        if year_start not in (None, settings.year_start):
            raise UsageError(f"--year-start: {FILE_NAME} says another month. Change it there.")
        given = _period(period, settings.year_start) if period else settings.period
        if given.kind != KIND_OF[settings.reporting]:
            raise UsageError(f"{given.label} is a {given.kind}, but returns here are {settings.reporting}.")
        scheme = settings.scheme if settings.scheme in schemes else ""
        return Known(
            council=council.strip() or settings.council,
            year_start=settings.year_start,
            reporting=settings.reporting,
            period=given,
            scheme=scheme,
            schemes=schemes,
        )


def _month(text: str) -> int:
    names = [name.casefold() for name in calendar.month_name]
    if text.strip().casefold() not in names[1:]:
        raise UsageError(f"--year-start: {text!r} is not the name of a month, such as April.")
    return names.index(text.strip().casefold())


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()


def _period(text: str, year_start: int) -> Period:
    try:
        return parse(text, year_start)
    except PeriodError as error:
        found = exact(text, year_start)
        if found is None:
            raise UsageError(f"--period: {error}") from error
        return found


def _with_columns(said: Corrections, source: SourceBook, columns: Sequence[str], year_start: int) -> Corrections:
    """What an officer says with --map, on top of what the sheet Import says."""
    found: dict[str, dict[int, Goal]] = {sheet: dict(goals) for sheet, goals in said.columns.items()}
    for text in columns:
        name, equals, goal = text.rpartition("=")
        if not equals or not name.strip():
            raise UsageError(f'--map {text!r}: write it like --map "Outturn=Figure 2019-20" or --map "F=Not placed".')
        meant = goal_of(goal, year_start)
        places = list(_columns_named(source, name.strip(), year_start))
        if not places:
            tables = [table for sheet in source.sheets for table in find_tables(sheet, year_start)]
            there = [head.words for table in tables for head in table.heads]
            raise UsageError(
                f"--map: no column is called {name.strip()!r}. There are: {', '.join(filter(None, there))}."
            )
        for sheet, column in places:
            found.setdefault(sheet, {})[column] = meant
    return Corrections(found, said.rows)


def _columns_named(source: SourceBook, name: str, year_start: int) -> Sequence[tuple[str, int]]:
    """The columns with a header, or with a letter; `Sheet!` before it means one sheet only."""
    sheet_name, marked, rest = name.rpartition("!")
    wanted = " ".join((rest if marked else name).split()).casefold()
    sheets = [each for each in source.sheets if not marked or each.name.casefold() == sheet_name.casefold()]
    tables = [table for sheet in sheets for table in find_tables(sheet, year_start)]
    heads = [(table.name, head) for table in tables for head in table.heads]
    named = [(table, head.column) for table, head in heads if head.words.casefold() == wanted]
    lettered = [
        (table, head.column)
        for table, head in heads
        if address((0, head.column)).rstrip("0123456789").casefold() == wanted
    ]
    return named or lettered


# --- Writing ----------------------------------------------------------------------------------------------------------


def framework_bytes(proposal: Proposal, source: SourceBook) -> bytes:
    """framework.xlsx of a proposal, with its guesses marked and the sheet Import."""
    framework, period = proposal.framework, proposal.period
    return write_framework(
        framework,
        created=datetime.combine(period.start, time(), UTC),
        periods=parts_of(period.whole_year, KIND_OF[framework.reporting]),
        marks=proposal.marks,
        further=lambda book: write_import_sheet(book, proposal, source),
    )


def _write(target: _Target, source: SourceBook, proposal: Proposal, council_because: str) -> tuple[Path, ...]:
    root = target.root
    assert root is not None
    framework, period = proposal.framework, proposal.period
    data = framework_bytes(proposal, source)
    settings = None if target.settings else _settings(framework, period, proposal.settings, council_because)
    _demand_readable(data, framework)
    written = []
    if target.replaced:
        written.append(root / BEFORE)
        write_changed(root / BEFORE, (root / FRAMEWORK_NAME).read_bytes())
    write_changed(root / FRAMEWORK_NAME, data)
    written.append(root / FRAMEWORK_NAME)
    if settings is not None:
        write_changed(root / FILE_NAME, settings.encode("utf-8"))
        read_settings(root / FILE_NAME)
        written.append(root / FILE_NAME)
    return tuple(written)


def _demand_readable(data: bytes, framework: Framework) -> None:
    """What was made is read as any framework is, before it takes the place of anything."""
    with tempfile.TemporaryDirectory(prefix="perfbook-") as folder:
        path = Path(folder) / FRAMEWORK_NAME
        path.write_bytes(data)
        read_framework(
            path,
            council=framework.council,
            year_start=framework.year_start,
            reporting=framework.reporting,
            default_scheme=framework.default_scheme,
        )


def _council(source: SourceBook, root: Path | None, proposal: Proposal) -> tuple[str, str]:
    """The council's name and why it is it."""
    for sheet in source.sheets:
        for place in sorted(sheet.cells)[:30]:
            found = _COUNCIL.search(sheet.cells[place].words)
            if found:
                proposal.ledger.place(sheet.cells[place], f"{FILE_NAME}, the council's name")
                return found[1], f"{sheet.cells[place].address} of the spreadsheet says so"
    return (root.name if root else "Your council"), "the folder has this name"


def _settings(framework: Framework, period: Period, because: Mapping[str, str], council_because: str) -> str:
    """perfbook.toml for what was imported: the usual one, with a reason beside what was guessed."""
    text = (_resources.folder("workbook_templates") / "blank" / FILE_NAME).read_text(encoding="utf-8")
    values = {
        "council": (framework.council, council_because),
        "year_start": (calendar.month_name[framework.year_start], ""),
        "period": (period.label, because.get("period", "")),
        "reporting": (framework.reporting, because.get("reporting", "")),
        "scheme": (framework.default_scheme, because.get("scheme", "")),
    }
    for name, (value, why) in values.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        remark = f"# Guessed: {why}.\n" if why else ""
        found = re.search(rf"(?m)^{name} = .*$", text)
        assert found is not None, name
        text = text[: found.start()] + remark + line + text[found.end() :]
    # The example of a date: that of the period itself.
    day = period.end.toordinal() + 21
    example = f'# "{period.label}" = {datetime.fromordinal(day):%Y-%m-%d}'
    return re.sub(r'(?m)^# "[^"]+" = \d{4}-\d\d-\d\d$', lambda _: example, text)
